//! The proxy as it ships: its program, in a process of its own, set up by its environment.

use anyhow::{Context as _, Result, ensure};
use linchpin_sandbox::{DEFAULT_API_NAME, DEFAULT_API_PASSWORD, DEFAULT_BASIQ_API_KEY, supplement};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicUsize;
use tempfile::TempDir;

use super::{CLIENT_NAME, CLIENT_SECRET, PracticeSite, WEBHOOK_SECRET};
use crate::process::Running;
use crate::settings::workspace;
use crate::{Settings, http};

/// Which of the aggregator's dialects the proxy speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Dialect {
    /// Quovo's API, version 3.
    #[default]
    QuovoV3,
    /// Its version 2, which verifies and sends deposits.
    QuovoV2,
    /// Basiq's API: logins are passed on where an institution takes one, else people go to the page for consent.
    Basiq,
}

impl Dialect {
    fn kind(self) -> &'static str {
        match self {
            Self::QuovoV3 => "quovo_v3",
            Self::QuovoV2 => "quovo_v2",
            Self::Basiq => "basiq",
        }
    }

    /// Where the practice bank speaks it.
    fn path(self) -> &'static str {
        match self {
            Self::QuovoV3 => "v3",
            Self::QuovoV2 => "v2",
            Self::Basiq => "basiq",
        }
    }

    /// Where its institutions are listed.
    pub(super) fn directory(self) -> &'static str {
        match self {
            Self::QuovoV3 => "/institutions",
            Self::QuovoV2 => "/brokerages",
            Self::Basiq => "/connectors",
        }
    }

    /// What the proxy is told besides, to reach the practice bank at `url`.
    fn access(self, url: &str) -> Vec<(&'static str, String)> {
        match self {
            Self::QuovoV3 | Self::QuovoV2 => vec![
                ("LINCHPIN_AGGREGATOR__NAME", DEFAULT_API_NAME.to_owned()),
                ("LINCHPIN_AGGREGATOR__PASSWORD", DEFAULT_API_PASSWORD.to_owned()),
            ],
            Self::Basiq => vec![
                ("LINCHPIN_AGGREGATOR__PASSWORD", DEFAULT_BASIQ_API_KEY.to_owned()),
                ("LINCHPIN_AGGREGATOR__SIGN_IN", "both".to_owned()),
                ("LINCHPIN_AGGREGATOR__CONSENT_URL", format!("{url}/consent/home")),
                // The practice bank's clock can be moved, the proxy's cannot.
                ("LINCHPIN_REFRESH_EVERY", "0".to_owned()),
            ],
        }
    }
}

/// What the client allows of deposits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DepositPolicy {
    /// To linked accounts, where the provider finds them.
    pub automatic: bool,
    /// To numbers alone, where the person tells the amounts.
    pub manual: bool,
    /// Whether the person tells the amounts in linked accounts, too.
    pub confirm_automatic: bool,
}

impl Default for DepositPolicy {
    fn default() -> Self {
        Self { automatic: true, manual: true, confirm_automatic: false }
    }
}

/// What the proxy's operator knows of routing numbers. Made up, as far as their names go.
const ROUTING_NUMBERS: &str = "routing_number\tbank_name\trecord\treplaced_by
306061549\tLantern Thrift\tuse_as_is\t
021000021\tOld Lantern\tuse_new\t306061549
011000015\tFederal Reserve Bank\tfrb\t
";

/// The proxy, with a database of its own.
pub struct ProxySite {
    running: Running,
    origin: String,
    pub(super) http: reqwest::Client,
    pub(super) host_origin: String,
    pub(super) minted: AtomicUsize,
    // Last: removed when the program has ended.
    store: TempDir,
}

impl ProxySite {
    /// Starts it on `port`, for browsers that find it at `origin`.
    pub(crate) async fn start(
        settings: &Settings,
        logs: &Path,
        practice: &PracticeSite,
        (dialect, deposits): (Dialect, DepositPolicy),
        (port, origin): (u16, String),
        host_port: u16,
    ) -> Result<Self> {
        let index = settings.dist.join("index.html");
        ensure!(index.is_file(), "{} is missing; `cargo xtask dist` builds the widget", index.display());
        let program = match &settings.proxy {
            Some(program) => program.clone(),
            None => build()?,
        };
        practice.lead_back_to(&origin);
        let store = TempDir::new().context("making room for the proxy's database")?;
        let host_origin = format!("http://localhost:{host_port}");
        let institutions = store.path().join("institutions.tsv");
        std::fs::write(&institutions, supplement()).context("writing the table of institutions")?;
        let routing_numbers = logs.join("routing-numbers.tsv");
        std::fs::write(&routing_numbers, ROUTING_NUMBERS).context("writing the table of routing numbers")?;
        let mut command = Command::new(program);
        // Nothing of the person's own set-up may leak in.
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("LINCHPIN_")) {
            command.env_remove(name);
        }
        command
            .env("LINCHPIN_ENVIRONMENT", "practice")
            .env("LINCHPIN_LISTEN", format!("127.0.0.1:{port}"))
            .env("LINCHPIN_PUBLIC_URL", &origin)
            .env("LINCHPIN_DATABASE", store.path().join("linchpin.sqlite"))
            .env("LINCHPIN_WIDGET_DIR", &settings.dist)
            .env("LINCHPIN_SUPPLEMENT", institutions)
            .env("LINCHPIN_ROUTING_NUMBERS", routing_numbers)
            // Nobody waits for a minute.
            .env("LINCHPIN_DEPOSITS_EVERY", "1")
            // Served as it is there; only the walk through the gallery asks for it.
            .env("LINCHPIN_GALLERY_DIR", &settings.gallery)
            .env("LINCHPIN_KEY", "e2e-server-key-0123456789-0123456789")
            .env("LINCHPIN_AGGREGATOR__KIND", dialect.kind())
            .env("LINCHPIN_AGGREGATOR__URL", format!("{}/{}", practice.url(), dialect.path()))
            .envs(dialect.access(practice.url()))
            .env("LINCHPIN_CLIENTS__ACORN__NAME", CLIENT_NAME)
            .env("LINCHPIN_CLIENTS__ACORN__SECRET", CLIENT_SECRET)
            .env("LINCHPIN_CLIENTS__ACORN__ORIGINS", format!("[\"{host_origin}\"]"))
            .env("LINCHPIN_CLIENTS__ACORN__REDIRECT_URIS", format!("[\"{host_origin}/return\"]"))
            .env("LINCHPIN_CLIENTS__ACORN__WEBHOOK__URL", format!("{host_origin}/webhooks/linchpin"))
            .env("LINCHPIN_CLIENTS__ACORN__WEBHOOK__SECRET", WEBHOOK_SECRET)
            .env("LINCHPIN_CLIENTS__ACORN__DEPOSITS__AUTOMATIC", deposits.automatic.to_string())
            .env("LINCHPIN_CLIENTS__ACORN__DEPOSITS__MANUAL", deposits.manual.to_string())
            .env(
                "LINCHPIN_CLIENTS__ACORN__DEPOSITS__CONFIRM_AUTOMATIC",
                deposits.confirm_automatic.to_string(),
            )
            // Without colours: people read it in an editor, and it is searched for what must not be there.
            .env("NO_COLOR", "1")
            .env("LINCHPIN_LOG", "info,linchpin_proxy=debug");
        let running = Running::start("proxy", command, logs.join("proxy.log"), port).await?;
        Ok(Self { running, origin, http: http::client(), host_origin, minted: AtomicUsize::new(0), store })
    }

    /// Ends it at once, as a crash would.
    ///
    /// # Errors
    /// The system does not.
    pub fn kill(&self) -> Result<()> {
        self.running.kill()
    }

    /// Where widget and proxy are.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Checks that neither log nor database holds any of these, each named for the message. The database holds the
    /// list of institutions, too: what stands in one of their names is no secret there.
    ///
    /// # Errors
    /// One does.
    pub fn has_kept_nothing_of(&self, secrets: &[(&str, &str)]) -> Result<()> {
        let mut kept = vec![("log".to_owned(), self.running.output().into_bytes())];
        for entry in self.store.path().read_dir().context("looking at the proxy's database")? {
            let path = entry.context("looking at the proxy's database")?.path();
            let bytes = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            kept.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), bytes));
        }
        ensure!(kept.iter().any(|(_, bytes)| bytes.starts_with(b"SQLite")), "there is a database to look at");
        let institutions = supplement();
        for (name, secret) in secrets {
            let public = listed_with(&institutions, secret);
            for (place, bytes) in &kept {
                let mut found =
                    bytes.windows(secret.len()).enumerate().filter(|(_, at)| *at == secret.as_bytes());
                let held = found.any(|(at, _)| !public.iter().any(|text| text.stands_around(bytes, at)));
                ensure!(!held, "the proxy's {place} holds {name}");
            }
        }
        Ok(())
    }

    /// The end of its log.
    pub(crate) fn last_words(&self) -> String {
        const LINES: usize = 15;
        let log = self.running.output();
        // Read every second, whatever happens.
        let told = |line: &&str| !line.contains("changed_deposits");
        let lines: Vec<&str> = log.lines().filter(told).collect();
        lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default().join("\n")
    }
}

/// A name or a domain of the list in which a secret stands by chance: a little of what stands on either side.
struct Listed<'a> {
    before: &'a [u8],
    /// How long the secret is.
    length: usize,
    behind: &'a [u8],
}

impl Listed<'_> {
    /// So much is looked at.
    const MOST: usize = 4;
    /// And less than this tells nothing.
    const LEAST: usize = 2;

    /// Whether what stands there is this name. One side is enough: a page of the database may end within a name.
    fn stands_around(&self, bytes: &[u8], at: usize) -> bool {
        let (head, tail) = bytes.split_at(at);
        let begins = self.before.len() >= Self::LEAST && head.ends_with(self.before);
        let goes_on = self.behind.len() >= Self::LEAST
            && tail.get(self.length..).is_some_and(|rest| rest.starts_with(self.behind));
        begins || goes_on
    }
}

/// All names and domains in which it stands and that are longer than it.
fn listed_with<'a>(institutions: &'a str, secret: &str) -> Vec<Listed<'a>> {
    let headings: Vec<&str> = institutions.lines().next().unwrap_or_default().split('\t').collect();
    let stored = |column: usize| matches!(headings.get(column), Some(&("name" | "domain")));
    let cells = institutions.lines().skip(1).flat_map(|line| line.split('\t').enumerate());
    let cells = cells.filter(|(column, cell)| stored(*column) && cell.len() > secret.len());
    cells
        .flat_map(|(_, cell)| {
            let places: Vec<usize> = cell.match_indices(secret).map(|(at, _)| at).collect();
            let (cell, length) = (cell.as_bytes(), secret.len());
            places.into_iter().map(move |at| {
                let (before, behind) =
                    (cell.get(..at).unwrap_or_default(), cell.get(at + length..).unwrap_or_default());
                let before = before.get(before.len().saturating_sub(Listed::MOST)..).unwrap_or_default();
                Listed { before, length, behind: behind.get(..Listed::MOST).unwrap_or(behind) }
            })
        })
        .collect()
}

/// Builds the proxy beside this test, and returns its program.
fn build() -> Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let here = env::current_exe().context("finding the target folder")?;
    // <target>/debug/deps/<test>
    let folder = here.ancestors().nth(2).context("finding the target folder")?;
    let target = folder.parent().context("finding the target folder")?;
    let mut command = Command::new(cargo);
    command
        .current_dir(workspace())
        .args(["build", "--quiet", "-p", "linchpin-proxy", "--target-dir"])
        .arg(target);
    let status = command.status().context("building the proxy")?;
    ensure!(status.success(), "building the proxy failed");
    Ok(folder.join("linchpin-proxy"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "id\tname\tdomain\tcity\n1\tForex Bank\ttrex.example\tRex\n";

    #[test]
    fn only_a_name_of_the_list_excuses_what_stands_in_it() {
        let public = listed_with(LIST, "rex");
        let excused = |text: &str| {
            text.match_indices("rex")
                .all(|(at, _)| public.iter().any(|one| one.stands_around(text.as_bytes(), at)))
        };
        assert!(excused(r#"{"name":"Forex Bank","domain":"trex.example"}"#));
        assert!(excused("Forex Ba"), "a page of the database ends there");
        for text in [r#"{"answer":"rex"}"#, "rex", "trex", "trex.com", "Forex Bank rex"] {
            assert!(!excused(text), "{text}");
        }
        assert!(listed_with(LIST, "Rex").is_empty(), "a city is not in the database");
    }
}

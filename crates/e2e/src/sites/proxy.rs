//! The proxy as it ships: its program, in a process of its own, set up by its environment.

use anyhow::{Context as _, Result, ensure};
use linchpin_sandbox::{DEFAULT_API_NAME, DEFAULT_API_PASSWORD, DEFAULT_BASIQ_API_KEY, supplement};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use super::replica::Replica;
use super::store::Store;
use super::{CLIENT_NAME, CLIENT_SECRET, PracticeSite, WEBHOOK_SECRET};
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

/// How many processes of the proxy there are, and over what.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Replicas {
    /// One, over a file.
    #[default]
    One,
    /// Two, over one PostgreSQL.
    Two,
}

/// The proxy, with a database of its own.
pub struct ProxySite {
    replicas: Vec<Replica>,
    origin: String,
    pub(super) http: reqwest::Client,
    pub(super) host_origin: String,
    pub(super) minted: AtomicUsize,
    // Last: removed when the programs have ended.
    pub(super) store: Store,
}

/// What a proxy is set up for.
pub(crate) struct Plan<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) deposits: DepositPolicy,
    /// Whether logins may be typed into an element of the host's page.
    pub(crate) in_page_credentials: bool,
    /// Where each of its processes listens.
    pub(crate) ports: &'a [u16],
    /// Where browsers find it.
    pub(crate) origin: String,
    /// Where the host page is.
    pub(crate) host_port: u16,
}

impl ProxySite {
    /// Starts a process at each port: one keeps everything in a file, more share a PostgreSQL.
    pub(crate) async fn start(
        settings: &Settings,
        logs: &Path,
        practice: &PracticeSite,
        plan: Plan<'_>,
    ) -> Result<Self> {
        let index = settings.dist.join("index.html");
        ensure!(index.is_file(), "{} is missing; `cargo xtask dist` builds the widget", index.display());
        let program = match &settings.proxy {
            Some(program) => program.clone(),
            None => build()?,
        };
        practice.lead_back_to(&plan.origin);
        let store = if plan.ports.len() > 1 { Store::on_a_server()? } else { Store::in_a_file()? };
        let host_origin = format!("http://localhost:{}", plan.host_port);
        let variables = variables(settings, logs, practice, &plan, &host_origin, &store)?;
        let named =
            |nth: usize| if nth == 0 { "proxy.log".to_owned() } else { format!("proxy-{}.log", nth + 1) };
        let replicas = plan.ports.iter().enumerate().map(|(nth, port)| Replica {
            program: program.clone(),
            variables: variables.clone(),
            port: *port,
            log: logs.join(named(nth)),
            running: Mutex::default(),
        });
        let replicas: Vec<_> = replicas.collect();
        for replica in &replicas {
            replica.start().await?;
        }
        let (origin, minted) = (plan.origin, AtomicUsize::new(0));
        Ok(Self { replicas, origin, http: http::client(), host_origin, minted, store })
    }

    /// Ends its first process at once, as a crash would.
    pub fn kill(&self) {
        self.kill_replica(0);
    }

    /// Starts its first process again, over what it left.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start_again(&self) -> Result<()> {
        self.start_replica(0).await
    }

    /// Ends one of its processes at once, as a crash would. Counted from 0.
    pub fn kill_replica(&self, nth: usize) {
        self.replicas.get(nth).map(Replica::kill).unwrap_or_default();
    }

    /// Starts one of its processes again. Counted from 0.
    ///
    /// # Errors
    /// It does not start, or there are not so many.
    pub async fn start_replica(&self, nth: usize) -> Result<()> {
        self.replicas.get(nth).context("there are not so many replicas")?.start().await
    }

    /// Where widget and proxy are.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Everything that its processes have said so far.
    pub(super) fn output(&self) -> String {
        self.replicas.iter().map(Replica::output).collect()
    }

    /// The end of its logs.
    pub(crate) fn last_words(&self) -> String {
        const LINES: usize = 15;
        let last = |replica: &Replica| {
            let log = replica.output();
            // Read every second, whatever happens.
            let told = |line: &&str| !line.contains("changed_deposits");
            let lines: Vec<&str> = log.lines().filter(told).collect();
            lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default().join("\n")
        };
        self.replicas.iter().map(last).collect::<Vec<_>>().join("\n…\n")
    }
}

/// What every process is told, but for where it listens.
fn variables(
    settings: &Settings,
    logs: &Path,
    practice: &PracticeSite,
    plan: &Plan<'_>,
    host_origin: &str,
    store: &Store,
) -> Result<Vec<(&'static str, OsString)>> {
    let institutions = store.folder().join("institutions.tsv");
    std::fs::write(&institutions, supplement()).context("writing the table of institutions")?;
    let routing_numbers = logs.join("routing-numbers.tsv");
    std::fs::write(&routing_numbers, ROUTING_NUMBERS).context("writing the table of routing numbers")?;
    let Plan { dialect, deposits, in_page_credentials, origin, .. } = plan;
    let paths = [
        ("LINCHPIN_WIDGET_DIR", settings.dist.clone()),
        ("LINCHPIN_SUPPLEMENT", institutions),
        ("LINCHPIN_ROUTING_NUMBERS", routing_numbers),
        // Served as it is there; only the walk through the gallery asks for it.
        ("LINCHPIN_GALLERY_DIR", settings.gallery.clone()),
    ];
    let texts: &[(&'static str, &str)] = &[
        ("LINCHPIN_ENVIRONMENT", "practice"),
        ("LINCHPIN_PUBLIC_URL", origin),
        ("LINCHPIN_DATABASE", store.address()),
        // Nobody waits for a minute.
        ("LINCHPIN_DEPOSITS_EVERY", "1"),
        ("LINCHPIN_KEY", "e2e-server-key-0123456789-0123456789"),
        ("LINCHPIN_AGGREGATOR__KIND", dialect.kind()),
        ("LINCHPIN_AGGREGATOR__URL", &format!("{}/{}", practice.url(), dialect.path())),
        ("LINCHPIN_CLIENTS__ACORN__NAME", CLIENT_NAME),
        ("LINCHPIN_CLIENTS__ACORN__SECRET", CLIENT_SECRET),
        ("LINCHPIN_CLIENTS__ACORN__ORIGINS", &format!("[\"{host_origin}\"]")),
        ("LINCHPIN_CLIENTS__ACORN__REDIRECT_URIS", &format!("[\"{host_origin}/return\"]")),
        ("LINCHPIN_CLIENTS__ACORN__WEBHOOK__URL", &format!("{host_origin}/webhooks/linchpin")),
        ("LINCHPIN_CLIENTS__ACORN__WEBHOOK__SECRET", WEBHOOK_SECRET),
        ("LINCHPIN_CLIENTS__ACORN__DEPOSITS__AUTOMATIC", &deposits.automatic.to_string()),
        ("LINCHPIN_CLIENTS__ACORN__DEPOSITS__MANUAL", &deposits.manual.to_string()),
        ("LINCHPIN_CLIENTS__ACORN__DEPOSITS__CONFIRM_AUTOMATIC", &deposits.confirm_automatic.to_string()),
        ("LINCHPIN_CLIENTS__ACORN__IN_PAGE_CREDENTIALS", &in_page_credentials.to_string()),
        // Without colours: people read it in an editor, and it is searched for what must not be there.
        ("NO_COLOR", "1"),
        ("LINCHPIN_LOG", "info,linchpin_proxy=debug"),
    ];
    let paths = paths.map(|(name, path)| (name, path.into_os_string()));
    let texts = texts.iter().map(|(name, text)| (*name, OsString::from(text)));
    let access = dialect.access(practice.url()).into_iter().map(|(name, text)| (name, OsString::from(text)));
    Ok(paths.into_iter().chain(texts).chain(access).collect())
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

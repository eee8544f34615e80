//! The servers that are judged: a practice aggregator and a proxy, or several over one database, each on a port of its
//! own, as they run in practice.

use std::collections::HashMap;
use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use axum::Router;
use axum::http::{HeaderValue, StatusCode};
use linchpin_protocol::{CreateSession, GiveConsent, LinkToken, OpenedSession};
use linchpin_proxy::Config;
use linchpin_proxy::app::{self, App};
use linchpin_proxy::clock::SystemClock;
use linchpin_sandbox::{
    DEFAULT_API_NAME, DEFAULT_API_PASSWORD, Directory, Register, Sandbox, SandboxConfig, practice_banks,
};
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::wire::{self, Connection};

/// The page that frames the widget.
const ORIGIN: &str = "http://localhost:4100";
/// The secret of the one client. It opens practice data only.
const SECRET: &str = "bench-0123456789-0123456789-0123456789";
/// More than anybody calls: the limits are judged elsewhere.
const UNLIMITED: &str = "10000000";
/// How long the directory may take to be there.
const PATIENCE: Duration = Duration::from_secs(60);

/// A practice aggregator and a proxy, or several. They run until this is dropped.
pub(crate) struct Site {
    /// Where the proxy listens, the first one if there are several.
    pub(crate) address: SocketAddr,
    /// Where each of them does.
    pub(crate) addresses: Vec<SocketAddr>,
    /// For each of the proxy's ids of an institution, the register's.
    pub(crate) register_ids: HashMap<String, String>,
    /// The threads that the servers share: as many as there are processors.
    runtime: Runtime,
    apps: Vec<App>,
    /// The database and the log.
    _folder: TempDir,
}

impl Drop for Site {
    fn drop(&mut self) {
        for app in self.apps.drain(..) {
            self.runtime.block_on(app.close());
        }
    }
}

impl Site {
    /// Starts both over a register of institutions, which the proxy has as its supplement, too. Returns when the proxy
    /// has read the directory.
    ///
    /// # Errors
    /// The file is no register, or the machine has no room for another socket, thread or file.
    pub(crate) fn start(institutions: &Path) -> anyhow::Result<Self> {
        Self::over(institutions, None, 1)
    }

    /// The same with so many proxies over one database: that with the given address, or a SQLite file.
    ///
    /// # Errors
    /// Those of [`Site::start`], or the database cannot be opened.
    pub(crate) fn over(institutions: &Path, database: Option<&str>, proxies: usize) -> anyhow::Result<Self> {
        let table = std::fs::read_to_string(institutions);
        let register = table.map_err(anyhow::Error::new).and_then(|table| Ok(Register::parse(&table)?));
        let register = register.with_context(|| format!("reading {}", institutions.display()))?;
        let folder = tempfile::tempdir()?;
        log_to(&folder.path().join("log"))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let file = folder.path().join("linchpin.sqlite");
        let database = database.or(file.to_str()).context("a path is no text")?;
        let institutions_of = Directory::with_register(&register);
        let sandbox =
            Sandbox::new(SandboxConfig { institutions: institutions_of, ..SandboxConfig::default() });
        let upstream = runtime.block_on(listen(sandbox.router()))?;
        let (mut addresses, mut apps) = (Vec::new(), Vec::new());
        for _ in 0..proxies {
            let (address, app) = runtime.block_on(serve(institutions, upstream, folder.path(), database))?;
            addresses.push(address);
            apps.push(app);
        }
        let address = *addresses.first().context("no proxy was asked for")?;
        let register_ids = register_ids(&register);
        let site = Self { address, addresses, register_ids, runtime, apps, _folder: folder };
        for address in &site.addresses {
            runtime_of_one()?.block_on(site.until_read(*address))?;
        }
        Ok(site)
    }

    /// Serves something else beside, in the same way. Returns where.
    ///
    /// # Errors
    /// The machine has no room for another socket.
    pub(crate) fn beside(&self, router: Router) -> anyhow::Result<SocketAddr> {
        self.runtime.block_on(listen(router))
    }

    /// Opens a session of `user`, who agrees to what is asked: as a client's server and its widget do.
    ///
    /// # Errors
    /// The proxy refuses.
    pub(crate) async fn session(&self, user: &str) -> anyhow::Result<HeaderValue> {
        let mut proxy = Connection::open(self.address).await?;
        open_session(&mut [&mut proxy], user).await
    }

    async fn until_read(&self, address: SocketAddr) -> anyhow::Result<()> {
        let bearer = self.session(&format!("whoever-waits-{address}")).await?;
        let mut proxy = Connection::open(address).await?;
        let begun = Instant::now();
        loop {
            let (status, answer) = proxy.get("/v1/institutions", Some(&bearer)).await?;
            if status == StatusCode::OK {
                return Ok(());
            }
            let answer = String::from_utf8_lossy(&answer);
            ensure!(
                status.is_server_error() && begun.elapsed() < PATIENCE,
                "the proxy has no institutions after {:.0?}: {answer}",
                begun.elapsed()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Opens a session of `user`, who agrees to what is asked, with each call to the next of the proxies.
///
/// # Errors
/// A proxy refuses.
pub(crate) async fn open_session(proxies: &mut [&mut Connection], user: &str) -> anyhow::Result<HeaderValue> {
    let many = proxies.len();
    let mut turn = 0;
    let mut next = move || {
        turn = (turn + 1) % many;
        turn
    };
    let wish = json!({"user_id": user, "origin": ORIGIN});
    let client = wire::bearer(SECRET)?;
    let link = proxies[next()].post("/v1/link-tokens", Some(&client), user, &wish).await?;
    let link: LinkToken = serde_json::from_slice(&link)?;
    let body = CreateSession { link_token: link.link_token, origin: ORIGIN.to_owned() };
    let opened = proxies[next()].post("/v1/sessions", None, user, &body).await?;
    let opened: OpenedSession = serde_json::from_slice(&opened)?;
    let bearer = wire::bearer(opened.token.expose())?;
    if let Some(consent) = opened.session.consent {
        let body = GiveConsent { version: consent.version };
        proxies[next()].post("/v1/sessions/consent", Some(&bearer), user, &body).await?;
    }
    Ok(bearer)
}

/// A runtime for whoever calls: one thread of its own.
pub(crate) fn runtime_of_one() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// Logs as the proxy does by default, but into a file: that of the first site, if there are several.
fn log_to(file: &Path) -> anyhow::Result<()> {
    if tracing::dispatcher::has_been_set() {
        return Ok(());
    }
    let ours =
        filter_fn(|line| line.target().starts_with("linchpin") || *line.level() <= tracing::Level::WARN);
    let lines =
        tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Mutex::new(File::create(file)?));
    let registry = tracing_subscriber::registry().with(lines.with_filter(LevelFilter::INFO.and(ours)));
    tracing::subscriber::set_global_default(registry).context("there is a log already")
}

async fn serve(
    institutions: &Path,
    upstream: SocketAddr,
    folder: &Path,
    database: &str,
) -> anyhow::Result<(SocketAddr, App)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let path = |path: &Path| path.to_str().map(str::to_owned).context("a path is no text");
    let variables = [
        ("ENVIRONMENT", "practice".to_owned()),
        ("LISTEN", address.to_string()),
        ("PUBLIC_URL", format!("http://{address}")),
        ("DATABASE", database.to_owned()),
        ("WIDGET_DIR", path(&folder.join("dist"))?),
        ("SUPPLEMENT", path(&institutions.canonicalize()?)?),
        ("KEY", "of a bench: more than thirty-two characters".to_owned()),
        ("AGGREGATOR__KIND", "quovo_v3".to_owned()),
        ("AGGREGATOR__URL", format!("http://{upstream}/v3")),
        ("AGGREGATOR__NAME", DEFAULT_API_NAME.to_owned()),
        ("AGGREGATOR__PASSWORD", DEFAULT_API_PASSWORD.to_owned()),
        ("LIMITS__ADDRESS_PER_MINUTE", UNLIMITED.to_owned()),
        ("LIMITS__CLIENT_PER_MINUTE", UNLIMITED.to_owned()),
        ("LIMITS__SESSION_PER_MINUTE", UNLIMITED.to_owned()),
        ("LIMITS__SEARCH_PER_SECOND", UNLIMITED.to_owned()),
        ("LIMITS__SEARCH_BURST", UNLIMITED.to_owned()),
        ("CLIENTS__BENCH__NAME", "Bench".to_owned()),
        ("CLIENTS__BENCH__SECRET", SECRET.to_owned()),
        ("CLIENTS__BENCH__ORIGINS", ORIGIN.to_owned()),
    ];
    let config = Config::load(variables.map(|(name, value)| (format!("LINCHPIN_{name}"), value)))?;
    let app = app::build(config, Arc::new(SystemClock)).await?;
    answer(listener, app.router.clone());
    Ok((address, app))
}

/// Serves a router on a port of its own.
async fn listen(router: Router) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    answer(listener, router);
    Ok(address)
}

/// As `linchpin_proxy::serve` does, but for the way down.
fn answer(listener: TcpListener, router: Router) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(axum::serve(listener, service).into_future());
}

/// What the proxy calls the institutions, and what the register does. Practice banks are in no register.
fn register_ids(register: &Register) -> HashMap<String, String> {
    let register = register.ids().map(|(id, number)| (format!("ins_{number}"), id.to_owned()));
    let practice =
        practice_banks().iter().map(|bank| (format!("ins_{}", bank.id), format!("practice:{}", bank.id)));
    register.chain(practice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxys_ids_lead_back_to_the_register() {
        let table = "id\tkind\tname\tdomain\tassets_usd\nfdic:628\tbank\tA\t\t\nncua:5\tcredit_union\tB\t\t\nocc:9\tbank\tC\t\t\n";
        let ids = register_ids(&Register::parse(table).unwrap());
        for (ours, theirs) in [
            ("ins_1000628", "fdic:628"),
            ("ins_2000005", "ncua:5"),
            ("ins_3000004", "occ:9"),
            ("ins_900001", "practice:900001"),
        ] {
            assert_eq!(ids.get(ours).map(String::as_str), Some(theirs));
        }
    }
}

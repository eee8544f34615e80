//! One session's servers: a practice aggregator, a wire that fails, and a proxy with a database of its own.

use crate::book::Book;
use crate::fault::Weather;
use crate::time::{Brake, Clocks};
use crate::window::Window;
use crate::wire::{self, Call, Front, Refusal};
use anyhow::{Context as _, anyhow};
use jiff::Timestamp;
use linchpin_protocol::{FromTree, Json, LinkId, Secret};
use linchpin_proxy::Config;
use linchpin_proxy::app::{self, App};
use linchpin_proxy::store::SqlStore;
use linchpin_sandbox::{Directory, Sandbox, SandboxConfig};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The page that frames the widget.
pub const ORIGIN: &str = "http://localhost:4100";
/// The page that a bank may send the person back to.
pub const REDIRECT: &str = "http://localhost:4100/bank";
const CLIENT_SECRET: &str = "acorn-secret-0123456789-0123456789";
/// Every session begins at this moment: ten past nine in the morning.
const MORNING: Timestamp = Timestamp::constant(1_772_442_600, 0);

/// One session's servers.
pub struct World {
    /// The practice aggregator.
    pub sandbox: Sandbox,
    /// The way to the proxy.
    pub front: Front,
    /// What goes wrong between proxy and aggregator.
    pub behind: Weather,
    /// Both servers' clocks.
    pub clocks: Clocks,
    app: Option<App>,
    wire: JoinHandle<()>,
    folder: TempDir,
}

impl Drop for World {
    fn drop(&mut self) {
        self.wire.abort();
    }
}

/// An opening of the widget, as the client's server made it.
#[derive(Debug)]
pub struct Opening {
    /// To be spent once.
    pub link_token: Secret,
    /// Names it.
    pub link_id: LinkId,
}

impl World {
    /// Starts them. `seed` decides the weather.
    ///
    /// # Errors
    /// When the machine has no room for another socket or file.
    pub async fn new(seed: u64, brake: &Brake, book: &Book) -> anyhow::Result<Self> {
        let folder = folder()?;
        let clocks = Clocks::at(MORNING);
        let sandbox = Sandbox::new(SandboxConfig {
            // Not the rest of the defaults: the whole register of institutions is among them, which takes time.
            api_name: linchpin_sandbox::DEFAULT_API_NAME.to_owned(),
            api_password: linchpin_sandbox::Secret::new(linchpin_sandbox::DEFAULT_API_PASSWORD),
            basiq_api_key: linchpin_sandbox::Secret::new(linchpin_sandbox::DEFAULT_BASIQ_API_KEY),
            basiq_redirect_url: None,
            clock: clocks.bank().clone(),
            public_url: None,
            institutions: Directory::practice_only(),
        });
        let behind = Weather::of(seed, "behind", book.log());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let upstream = format!("http://{}/v3", listener.local_addr()?);
        let wire = tokio::spawn(wire::serve(listener, sandbox.router(), behind.clone(), clocks.clone()));

        page(folder.path())?;
        let config = Config::load(variables(folder.path(), &upstream))?;
        let store = brake.hold(SqlStore::open(&config.database, config.database_connections())).await?;
        brake.watch(store.clone());
        let app = app::build_with(config, Arc::new(clocks.clone()), Arc::new(store)).await?;
        let front = Front::new(app.router.clone(), Weather::of(seed, "front", book.log()), book.clone());
        Ok(Self { sandbox, front, behind, clocks, app: Some(app), wire, folder })
    }

    /// A window of the person's browser.
    pub fn window(&self) -> Window {
        Window::new(self.front.routes(), self.sandbox.router(), self.clocks.clone())
    }

    /// From now on nothing goes wrong on either wire.
    pub fn clear_up(&self) {
        self.front.clear_up();
        self.front.set_online(true);
        self.behind.clear_up();
    }

    /// A link token, as the client's server makes one.
    ///
    /// # Errors
    /// When the proxy does not give one, although nothing is wrong on this way.
    pub async fn open(&self, wish: &Value, key: &str) -> anyhow::Result<Opening> {
        let secret = Secret::new(CLIENT_SECRET);
        let call = Call::post("/v1/link-tokens".into(), Some(secret), key.to_owned(), wish);
        let mut link: Link = self.front.ask(&call).await.map_err(refused)?;
        let text =
            |json: Option<Json>| json.and_then(String::from_tree).context("a link token without its parts");
        let (token, id) = (text(link.0.take("link_token"))?, text(link.0.take("link_id"))?);
        Ok(Opening { link_token: Secret::new(token), link_id: LinkId::new(id) })
    }

    /// Whether the widget's page is painted with consent first.
    pub async fn consent_first(&self, link: &LinkId) -> bool {
        let page = self.front.page(&format!("/widget?link={link}")).await;
        page.is_some_and(|page| page.contains(r#"data-first="consent""#))
    }

    /// What is in the database's files, for whoever looks for secrets in them.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn database(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(self.folder.path())? {
            let path = entry?.path();
            if path.to_string_lossy().contains("linchpin.sqlite") {
                bytes.extend(std::fs::read(path)?);
            }
        }
        Ok(bytes)
    }

    /// Ends what the proxy does in the background.
    pub async fn close(mut self) {
        if let Some(app) = self.app.take() {
            app.close().await;
        }
    }

    /// Time goes by for the servers only, as while a laptop is shut.
    pub fn sleep_over(&self, time: Duration) {
        self.clocks.advance(time);
    }
}

/// The answer to a link token's call, as a tree: its type in the protocol has no reader of the widget's.
struct Link(Json);

impl FromTree for Link {
    fn from_tree(tree: Json) -> Option<Self> {
        Some(Self(tree))
    }
}

fn refused(Refusal(status, body): Refusal) -> anyhow::Error {
    anyhow!("the proxy answered {status}: {body}")
}

/// In memory where there is room for it: every answered write waits for the disk otherwise.
fn folder() -> anyhow::Result<TempDir> {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    Ok(made?)
}

/// What the client's server asks for.
pub fn wish(user: &str, purpose: &str) -> Value {
    json!({"user_id": user, "origin": ORIGIN, "purpose": purpose})
}

fn page(folder: &Path) -> anyhow::Result<()> {
    let dist = folder.join("dist");
    std::fs::create_dir_all(dist.join("sdk"))?;
    std::fs::write(dist.join("index.html"), include_str!("../../../index.html"))?;
    std::fs::write(dist.join("sdk/integrity.json"), "{}")?;
    Ok(())
}

fn variables(folder: &Path, upstream: &str) -> Vec<(String, String)> {
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    [
        ("ENVIRONMENT", "practice".to_owned()),
        ("LISTEN", "127.0.0.1:4200".to_owned()),
        ("PUBLIC_URL", "http://127.0.0.1:4200".to_owned()),
        ("DATABASE", path("linchpin.sqlite")),
        ("WIDGET_DIR", path("dist")),
        ("KEY", "a key of more than thirty-two characters".to_owned()),
        ("AGGREGATOR__KIND", "quovo_v3".to_owned()),
        ("AGGREGATOR__URL", upstream.to_owned()),
        ("AGGREGATOR__NAME", linchpin_sandbox::DEFAULT_API_NAME.to_owned()),
        ("AGGREGATOR__PASSWORD", linchpin_sandbox::DEFAULT_API_PASSWORD.to_owned()),
        ("CLIENTS__ACORN__NAME", "Acorn Budget".to_owned()),
        ("CLIENTS__ACORN__SECRET", CLIENT_SECRET.to_owned()),
        ("CLIENTS__ACORN__REDIRECT_URIS", format!("[\"{REDIRECT}\"]")),
        ("CLIENTS__ACORN__ORIGINS", format!("[\"{ORIGIN}\"]")),
    ]
    .map(|(name, value)| (format!("LINCHPIN_{name}"), value))
    .into()
}

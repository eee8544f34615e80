//! A practice aggregator and a proxy, each on a port of its own, with a database of its own.

use super::database::{self, Database};
use super::handled::Handled;
use super::late::Stopper;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::{Connection, CreateLinkToken, LinkToken};
use linchpin_proxy::Config;
use linchpin_proxy::app::{self, App};
use linchpin_proxy::clock::{Clock, ManualClock, SystemClock};
use linchpin_proxy::store::{Place, SqlStore, Store as _};
use linchpin_sandbox::{BasiqConnectionId, BasiqEventKind, EventKind, Sandbox, SandboxConfig};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The page that frames the widget.
pub(crate) const ORIGIN: &str = "http://localhost:4100";
/// The page of that origin that a bank may come back to.
pub(crate) const REDIRECT: &str = "http://localhost:4100/return?from=bank";
/// The secret of the client `acorn`.
pub(crate) const ACORN: &str = "acorn-secret-0123456789-0123456789";
/// The secret of the client `birch`.
pub(crate) const BIRCH: &str = "birch-secret-0123456789-0123456789";
/// A condition that has not come true by then never will.
const PATIENCE: Duration = Duration::from_secs(60);

static KEYS: AtomicU64 = AtomicU64::new(0);

/// A fresh idempotency key.
pub(crate) fn key() -> String {
    format!("key-{}", KEYS.fetch_add(1, Ordering::Relaxed))
}

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) base: String,
    folder: TempDir,
    pub(crate) upstream: String,
    settings: Vec<(String, String)>,
    time: Arc<dyn Clock>,
    pub(crate) clock: ManualClock,
    pub(crate) http: reqwest::Client,
    tasks: Vec<JoinHandle<()>>,
    app: Option<App>,
    operators: String,
}

impl Drop for World {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl World {
    /// Both, with the machine's time.
    pub(crate) async fn new() -> Self {
        Self::build(Arc::new(SystemClock), ManualClock::new(Timestamp::now()), None, &[]).await
    }

    /// The same, and what was read a moment ago can be read again.
    pub(crate) async fn eager() -> Self {
        let settings = [("REFRESH_EVERY".to_owned(), "0".to_owned())];
        Self::build(Arc::new(SystemClock), ManualClock::new(Timestamp::now()), None, &settings).await
    }

    /// Both, with a clock of the proxy's that stands until it is moved.
    pub(crate) async fn with_clock() -> Self {
        let clock = ManualClock::new(Timestamp::now());
        Self::build(Arc::new(clock.clone()), clock, None, &[]).await
    }

    /// The same, and what was read a moment ago can be read again.
    pub(crate) async fn with_clock_and_eager() -> Self {
        Self::with_settings(&[("REFRESH_EVERY", "0")], &[]).await
    }

    /// The same with limits of its own, such as `("SESSION_PER_MINUTE", "60")`.
    pub(crate) async fn limited(limits: &[(&str, &str)]) -> Self {
        Self::with_settings(&[], limits).await
    }

    /// The same with other settings too.
    pub(crate) async fn with_settings(settings: &[(&str, &str)], limits: &[(&str, &str)]) -> Self {
        let limits = limits.iter().map(|(name, value)| (format!("LIMITS__{name}"), (*value).to_owned()));
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let clock = ManualClock::new(Timestamp::now());
        let all: Vec<_> = settings.chain(limits).collect();
        Self::build(Arc::new(clock.clone()), clock, None, &all).await
    }

    /// Both, with the machine's time, over Quovo's API of version 2.
    pub(crate) async fn over_v2() -> Self {
        Self::over_v2_with(&[]).await
    }

    /// The same with a clock of the proxy's that stands until it is moved.
    pub(crate) async fn over_v2_with_clock() -> Self {
        let clock = ManualClock::new(Timestamp::now());
        let settings = [("AGGREGATOR__KIND".to_owned(), "quovo_v2".to_owned())];
        Self::build(Arc::new(clock.clone()), clock, None, &settings).await
    }

    /// The same with settings of its own, such as how often changed deposits are read.
    pub(crate) async fn over_v2_with(settings: &[(&str, &str)]) -> Self {
        let kind = [("AGGREGATOR__KIND", "quovo_v2")];
        let all: Vec<_> =
            kind.iter().chain(settings).map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Self::build(Arc::new(SystemClock), ManualClock::new(Timestamp::now()), None, &all).await
    }

    /// Both, over Basiq's API, with a clock of the proxy's that stands until it is moved. `sign_in`: how people do.
    pub(crate) async fn over_basiq(sign_in: &str) -> Self {
        Self::over_basiq_with(sign_in, &[]).await
    }

    /// The same with settings of its own.
    pub(crate) async fn over_basiq_with(sign_in: &str, settings: &[(&str, &str)]) -> Self {
        let kind = [("AGGREGATOR__KIND", "basiq"), ("AGGREGATOR__SIGN_IN", sign_in)];
        let all: Vec<_> =
            kind.iter().chain(settings).map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let clock = ManualClock::new(Timestamp::now());
        Self::build(Arc::new(clock.clone()), clock, None, &all).await
    }

    /// In front of another upstream, with a clock that stands, and settings of its own.
    pub(crate) async fn with_upstream(upstream: &str, settings: &[(&str, &str)]) -> Self {
        let clock = ManualClock::new(Timestamp::now());
        let all: Vec<_> = settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Self::build(Arc::new(clock.clone()), clock, Some(upstream), &all).await
    }

    /// What operators are told.
    pub(crate) async fn metrics(&self) -> String {
        let request = self.http.get(format!("{}/metrics", self.operators));
        request.send().await.unwrap().text().await.unwrap()
    }

    /// Stops what the proxy does in the background, as when it is asked to end; its listener stays for the test.
    pub(crate) async fn stop(&mut self) {
        if let Some(app) = self.app.take() {
            app.close().await;
        }
    }

    /// A configuration that can be used.
    pub(crate) fn variables_for_tests() -> Vec<(String, String)> {
        let folder = tempfile::tempdir().unwrap();
        variables(&folder, "http://127.0.0.1:4200", "http://127.0.0.1:1/v3")
    }

    /// A proxy in front of another upstream than the practice aggregator.
    pub(crate) async fn in_front_of(upstream: &str) -> Self {
        Self::build(Arc::new(SystemClock), ManualClock::new(Timestamp::now()), Some(upstream), &[]).await
    }

    async fn build(
        clock: Arc<dyn Clock>,
        manual: ManualClock,
        upstream: Option<&str>,
        settings: &[(String, String)],
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        dist(&folder);
        let (sandbox, practice, serving) = practice().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut upstream = upstream.map_or(practice, str::to_owned);
        if settings.iter().any(|(_, value)| value == "quovo_v2") {
            upstream = upstream.replace("/v3", "/v2");
        }
        let mut settings = settings.to_vec();
        if settings.iter().any(|(_, value)| value == "basiq") {
            let page = upstream.replace("/v3", "/consent/home");
            upstream = upstream.replace("/v3", "/basiq");
            settings.push((
                "AGGREGATOR__PASSWORD".to_owned(),
                linchpin_sandbox::DEFAULT_BASIQ_API_KEY.to_owned(),
            ));
            settings.push(("AGGREGATOR__CONSENT_URL".to_owned(), page));
            sandbox.set_basiq_redirect(format!("{base}/return"));
        }
        let config = with(variables(&folder, &base, &upstream), &settings);
        let config = Config::load(config).unwrap_or_else(|error| panic!("{error}"));
        let app = app::build(config, Arc::clone(&clock)).await.unwrap();
        let router = app.router.clone().into_make_service_with_connect_info::<std::net::SocketAddr>();
        let answering = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let operators = format!("http://{}", listener.local_addr().unwrap());
        let router_for_operators = app.operators();
        let telling = tokio::spawn(async move { axum::serve(listener, router_for_operators).await.unwrap() });
        let http = http_client();
        let tasks = vec![serving, answering, telling];
        let world = Self {
            sandbox,
            base,
            clock: manual,
            http,
            tasks,
            folder,
            upstream,
            settings,
            time: clock,
            app: Some(app),
            operators,
        };
        world.until_answering().await;
        world
    }

    /// A second proxy over the same database, in front of the same aggregator. Its address.
    pub(crate) async fn twin(&mut self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let config = with(variables(&self.folder, &base, &self.upstream), &self.settings);
        let config = Config::load(config).unwrap();
        let app = app::build(config, Arc::clone(&self.time)).await.unwrap();
        let router = app.router.into_make_service_with_connect_info::<std::net::SocketAddr>();
        self.tasks.push(tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }));
        base
    }

    /// The same, and it can be had stand still at any operation on the store or the aggregator.
    pub(crate) async fn twin_with(&mut self, stopper: Stopper) -> String {
        let practice = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (root, version) = self.upstream.rsplit_once('/').unwrap();
        let upstream = self.upstream.replace(root, &format!("http://{}", practice.local_addr().unwrap()));
        assert!(upstream.ends_with(version));
        let stops = async |State(stopper): State<Stopper>, request: Request, rest: Next| {
            stopper.pass(&format!("{} {}", request.method(), request.uri().path())).await;
            rest.run(request).await
        };
        let router = self.sandbox.router().layer(from_fn_with_state(stopper.clone(), stops));
        self.tasks.push(tokio::spawn(async move { axum::serve(practice, router).await.unwrap() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let config = with(variables(&self.folder, &base, &upstream), &self.settings);
        let config = Config::load(config).unwrap();
        let store = Arc::new(Handled { store: self.store().await, hand: stopper });
        let app = app::build_with(config, Arc::clone(&self.time), store).await.unwrap();
        let router = app.router.into_make_service_with_connect_info::<std::net::SocketAddr>();
        self.tasks.push(tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }));
        base
    }

    /// Under which the store keeps the aggregator's institutions.
    pub(crate) fn source(&self) -> String {
        format!("QuovoV3 {}", self.upstream)
    }

    /// The aggregator goes away for good.
    pub(crate) async fn aggregator_goes_away(&mut self) {
        let serving = self.tasks.remove(0);
        serving.abort();
        // Connections that are open end with the task that accepted them.
        let _ = serving.await;
    }

    /// Waits until the institutions are there.
    pub(crate) async fn until_ready(&self) {
        until("the proxy is ready", async || {
            let answer = self.http.get(format!("{}/readyz", self.base)).send().await.unwrap();
            (answer.status() == StatusCode::OK).then_some(())
        })
        .await;
    }

    async fn until_answering(&self) {
        until("the proxy answers", async || {
            self.http.get(format!("{}/healthz", self.base)).send().await.is_ok().then_some(())
        })
        .await;
    }

    /// A request to the proxy.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// An unsafe call by a client's server.
    pub(crate) async fn client(&self, secret: &str, method: Method, path: &str, body: Value) -> Response {
        let request = self.request(method, path).bearer_auth(secret).header("idempotency-key", key());
        request.json(&body).send().await.unwrap()
    }

    /// What the client `acorn` sends for a link token.
    pub(crate) fn wish(user: &str, purpose: &str) -> Value {
        json!({"user_id": user, "origin": ORIGIN, "purpose": purpose})
    }

    /// A link token of the client `acorn`.
    pub(crate) async fn link(&self, user: &str, purpose: &str) -> LinkToken {
        let wish = Self::wish(user, purpose);
        serde_json::from_value::<CreateLinkToken>(wish.clone()).expect("the wish must fit the protocol");
        read(self.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await
    }

    /// How often something happened at the practice aggregator.
    pub(crate) fn count(&self, kind: EventKind) -> usize {
        self.sandbox.ledger().count(kind, None)
    }

    /// How often something happened in Basiq's dialect.
    pub(crate) fn count_basiq(&self, kind: BasiqEventKind) -> usize {
        self.sandbox.ledger().count_basiq(kind, None)
    }

    /// Brings something about on a connection in Basiq's dialect.
    pub(crate) async fn force_basiq(&self, connection: BasiqConnectionId, what: &str, wish: Value) {
        let root = self.upstream.trim_end_matches("/basiq");
        let url = format!("{root}/console/basiq/connections/{connection}/{what}");
        let answer = self.http.post(url).json(&wish).send().await.unwrap();
        assert!(answer.status().is_success(), "{what}: {}", answer.status());
    }

    /// Has the bank take a connection's login no more, in Quovo's dialects.
    pub(crate) async fn refuse_login(&self, connection: &Connection) {
        let record = self.store().await.connection(&connection.id).await.unwrap().unwrap();
        let reference: Value = serde_json::from_str(&record.upstream.unwrap()).unwrap();
        let (root, _) = self.upstream.rsplit_once('/').unwrap();
        let url = format!("{root}/console/connections/{}/refuse-login", reference["connection"]);
        let answer = self.http.post(url).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// Lets the practice bank go on by `seconds`.
    pub(crate) fn bank_goes_on(&self, seconds: u64) {
        self.sandbox.clock().advance(Duration::from_secs(seconds));
    }

    /// The proxy's store, once more.
    pub(crate) async fn store(&self) -> SqlStore {
        SqlStore::open(&Place::parse(&self.setting("DATABASE")), 2).await.unwrap()
    }

    /// A way into the proxy's database.
    pub(crate) async fn database(&self) -> Database {
        Database::of(&self.folder).await
    }

    /// What of the database is in files.
    pub(crate) fn database_files(&self) -> Vec<std::path::PathBuf> {
        database::files(&self.folder)
    }

    /// A setting as the proxy was given it.
    pub(crate) fn setting(&self, name: &str) -> String {
        let name = format!("LINCHPIN_{name}");
        let all = variables(&self.folder, &self.base, "http://127.0.0.1:1/v3");
        all.into_iter().find(|(known, _)| *known == name).unwrap().1
    }

    /// What the proxy's clock says.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A moment from now on the proxy's clock, as it goes over the wire.
    pub(crate) fn clock_at(&self, from_now: SignedDuration) -> String {
        linchpin_proxy::clock::on_the_wire(self.now() + from_now).as_str().to_owned()
    }

    /// Moves the proxy's clock.
    pub(crate) fn later(&self, by: SignedDuration) {
        self.clock.advance(by);
    }
}

/// An HTTP client, with the TLS that the proxy chooses: a test that starts no proxy in process has to choose it too.
pub(crate) fn http_client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// A practice aggregator on a port of its own.
pub(crate) async fn practice() -> (Sandbox, String, JoinHandle<()>) {
    let sandbox = Sandbox::new(SandboxConfig::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v3", listener.local_addr().unwrap());
    let serving = tokio::spawn({
        let sandbox = sandbox.clone();
        async move { linchpin_sandbox::serve(listener, sandbox, std::future::pending()).await.unwrap() }
    });
    (sandbox, url, serving)
}

/// The proxy's configuration.
pub(crate) fn variables(folder: &TempDir, base: &str, upstream: &str) -> Vec<(String, String)> {
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    [
        ("ENVIRONMENT", "practice".to_owned()),
        ("LISTEN", base.trim_start_matches("http://").to_owned()),
        ("PUBLIC_URL", base.to_owned()),
        ("DATABASE", database::address(folder)),
        ("WIDGET_DIR", path("dist")),
        ("KEY", "a key of more than thirty-two characters".to_owned()),
        ("AGGREGATOR__KIND", "quovo_v3".to_owned()),
        ("AGGREGATOR__URL", upstream.to_owned()),
        ("AGGREGATOR__NAME", linchpin_sandbox::DEFAULT_API_NAME.to_owned()),
        ("AGGREGATOR__PASSWORD", linchpin_sandbox::DEFAULT_API_PASSWORD.to_owned()),
        // What is not about limits is not to meet them.
        ("LIMITS__ADDRESS_PER_MINUTE", "100000".to_owned()),
        ("LIMITS__SESSION_PER_MINUTE", "100000".to_owned()),
        ("LIMITS__SEARCH_PER_SECOND", "100000".to_owned()),
        ("LIMITS__SEARCH_BURST", "100000".to_owned()),
        ("LIMITS__FAILURES_PER_MINUTE", "100000".to_owned()),
        ("CLIENTS__ACORN__NAME", "Acorn \"Budget\" & Co".to_owned()),
        ("CLIENTS__ACORN__SECRET", ACORN.to_owned()),
        ("CLIENTS__ACORN__ORIGINS", format!("[\"{ORIGIN}\"]")),
        ("CLIENTS__ACORN__REDIRECT_URIS", format!("[\"{REDIRECT}\"]")),
        ("CLIENTS__BIRCH__NAME", "Birch Bank".to_owned()),
        ("CLIENTS__BIRCH__SECRET", "an old secret of birch".to_owned()),
        ("CLIENTS__BIRCH__SECRET_NEXT", BIRCH.to_owned()),
        ("CLIENTS__BIRCH__ORIGINS", "https://birch.example".to_owned()),
    ]
    .map(|(name, value)| (format!("LINCHPIN_{name}"), value))
    .into()
}

/// The same with other settings, such as `LIMITS__SEARCH_BURST`.
pub(crate) fn with(
    mut variables: Vec<(String, String)>,
    settings: &[(String, String)],
) -> Vec<(String, String)> {
    for (name, value) in settings {
        let name = format!("LINCHPIN_{name}");
        variables.retain(|(known, _)| *known != name);
        variables.push((name, value.clone()));
    }
    variables
}

/// A widget as a build would leave it, small.
fn dist(folder: &TempDir) {
    let dist = folder.path().join("dist");
    std::fs::create_dir_all(dist.join("sdk")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(dist.join(name), text).unwrap();
    write("index.html", &built(include_str!("../../../../index.html")));
    write("linchpin-0123456789abcdef.js", "export {};");
    write("linchpin-0123456789abcdef.js.br", "compressed");
    write("boot.js", "// boot");
    write("sdk/linchpin-0.1.0.js", "globalThis.Linchpin = {};");
    write("sdk/integrity.json", "{}");
    std::fs::write(folder.path().join("secret.txt"), "outside").unwrap();
}

/// The page with the addresses of its files, as a build writes them.
fn built(page: &str) -> String {
    let style =
        r#"<link rel="stylesheet" href="/widget/linchpin-fedcba9876543210.css" integrity="sha384-style"/>"#;
    let module = r#"<meta name="linchpin-module" data-js="/widget/linchpin-0123456789abcdef.js" data-wasm="/widget/linchpin-0123456789abcdef_bg.wasm" data-rest="/widget/linchpin-0123456789abcdef_rest.wasm" data-rest-integrity="sha384-rest">"#;
    let page = page.replace(r#"<link data-trunk rel="css" href="target/style/linchpin.css">"#, style);
    page.replace(r#"<link data-trunk rel="rust" data-bin="linchpin" data-wasm-opt="0">"#, module)
}

/// A body of the expected status, as a type.
pub(crate) async fn read<T: DeserializeOwned>(response: Response, status: u16) -> T {
    let actual = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(actual.as_u16(), status, "unexpected status; the body was: {text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// The code of a problem, and that it is one.
pub(crate) async fn problem(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let body: Value = response.json().await.unwrap();
    assert_eq!(kind, "application/problem+json", "{body}");
    assert_eq!(body["request_id"], Value::String(id), "the body names the call that the header names");
    assert_eq!(body["status"], status.as_u16(), "{body}");
    let mut code = body["code"].as_str().unwrap().to_owned();
    if let Some(field) = body["fields"][0]["field"].as_str() {
        code = format!("{code} {field} {}", body["fields"][0]["problem"].as_str().unwrap());
    }
    (status, code)
}

/// Waits for a condition.
pub(crate) async fn until<T>(what: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = condition().await {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "never came true: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

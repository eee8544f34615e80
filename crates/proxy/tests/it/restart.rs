//! The proxy as it ships, killed in the middle: the story goes on, and nothing happens twice.

use super::world::{ACORN, ORIGIN, World, http_client, key, practice, read, until, variables};
use linchpin_protocol::{Connection, Next};
use linchpin_sandbox::{EventKind, Sandbox};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// The proxy's own process, killed when it is dropped.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) base: String,
    /// Where operators are told.
    pub(crate) operators: String,
    pub(crate) http: reqwest::Client,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where nothing listens, and nothing will that asks the system for any port, as every other test does: those that it
/// gives out lie higher.
pub(crate) fn free_address() -> SocketAddr {
    const FIRST: u32 = 20_000;
    const HOW_MANY: u32 = 12_000;
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    // Two runs of the tests at the same time begin at different places.
    let from = std::process::id().wrapping_mul(97);
    let free = (0..HOW_MANY).find_map(|_| {
        let nth = from.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % HOW_MANY;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, u16::try_from(FIRST + nth).ok()?));
        TcpListener::bind(address).ok().map(|_| address)
    });
    free.expect("some port is free")
}

impl Process {
    /// Starts the binary on a free port; its log goes to `log` in the folder.
    pub(crate) async fn start(folder: &TempDir, upstream: &str, log: &str) -> Self {
        Self::start_with(folder, upstream, log, &[]).await
    }

    /// The same with settings of its own.
    pub(crate) async fn start_with(
        folder: &TempDir,
        upstream: &str,
        log: &str,
        settings: &[(&str, &str)],
    ) -> Self {
        let (base, telling) = (format!("http://{}", free_address()), free_address());
        let child = Command::new(env!("CARGO_BIN_EXE_linchpin-proxy"))
            .envs(variables(folder, &base, upstream))
            .envs(settings.iter().map(|(name, value)| (format!("LINCHPIN_{name}"), value)))
            .env("LINCHPIN_METRICS_LISTEN", telling.to_string())
            .env("LINCHPIN_LOG", "trace")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(folder.path().join(log)).unwrap())
            .spawn()
            .unwrap();
        let http = http_client();
        let process = Self { child, base, operators: format!("http://{telling}"), http };
        until("the process answers", async || {
            process.http.get(format!("{}/healthz", process.base)).send().await.is_ok().then_some(())
        })
        .await;
        process
    }

    pub(crate) fn request(&self, method: Method, path: &str, bearer: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(bearer);
        request.header("idempotency-key", key()).timeout(Duration::from_secs(20))
    }

    pub(crate) async fn post(&self, path: &str, bearer: &str, body: &Value, status: u16) -> Value {
        read(self.request(Method::POST, path, bearer).json(body).send().await.unwrap(), status).await
    }

    /// A session for what the fintech's server asks for; answers with its token, and with the link.
    pub(crate) async fn open(&self, wish: &Value) -> (String, Value) {
        let link = self.post("/v1/link-tokens", ACORN, wish, 201).await;
        let body = json!({"link_token": link["link_token"], "origin": ORIGIN});
        let session = self.post("/v1/sessions", "none", &body, 201).await;
        let token = session["token"].as_str().unwrap().to_owned();
        let agreed = json!({"version": session["session"]["consent"]["version"]});
        let request = self.request(Method::POST, "/v1/sessions/consent", &token).json(&agreed);
        assert_eq!(request.send().await.unwrap().status(), 204);
        (token, link)
    }

    /// A session and a connection at Harbour Savings; answers with the session's token too.
    pub(crate) async fn begin(&self, purpose: &str) -> (String, Value, Connection) {
        self.begin_at("harbour", purpose).await
    }

    /// The same at the best match.
    pub(crate) async fn begin_at(&self, bank: &str, purpose: &str) -> (String, Value, Connection) {
        let (token, link) = self.open(&World::wish("pat", purpose)).await;
        let page = until("the institutions are there", async || {
            let request = self.request(Method::GET, &format!("/v1/institutions?query={bank}"), &token);
            let response = request.send().await.unwrap();
            response.status().is_success().then_some(response)
        })
        .await;
        let page: Value = page.json().await.unwrap();
        let body = json!({"institution_id": page["institutions"][0]["id"], "method": "credentials"});
        let connection = self.post("/v1/connections", &token, &body, 201).await;
        (token, link, serde_json::from_value(connection).unwrap())
    }

    pub(crate) async fn act(&self, token: &str, on: &Connection, part: &str, body: Value) -> Connection {
        let path = format!("/v1/connections/{}/{part}", on.id);
        serde_json::from_value(self.post(&path, token, &body, 200).await).unwrap()
    }

    pub(crate) async fn sign_in(
        &self,
        token: &str,
        on: &Connection,
        user: &str,
        passcode: &str,
    ) -> Connection {
        let fields = json!([{"id": "username", "value": user}, {"id": "password", "value": passcode}]);
        self.act(token, on, "credentials", json!({"revision": on.revision, "fields": fields})).await
    }

    pub(crate) async fn look(&self, token: &str, on: &Connection) -> Connection {
        let path = format!("/v1/connections/{}", on.id);
        read(self.request(Method::GET, &path, token).send().await.unwrap(), 200).await
    }

    pub(crate) async fn follow(&self, sandbox: &Sandbox, token: &str, from: &Connection) -> Connection {
        until("it is the person's turn", async || {
            sandbox.clock().advance(Duration::from_secs(1));
            let now = self.look(token, from).await;
            (!matches!(now.next, Next::Wait { .. })).then_some(now)
        })
        .await
    }

    pub(crate) async fn answer(&self, token: &str, on: &Connection, answer: &str) -> Connection {
        let Next::Challenges { items, .. } = &on.next else { panic!("{on:?}") };
        let id = serde_json::to_value(items).unwrap()[0]["id"].clone();
        let answers = json!([{"id": id, "value": answer}]);
        self.act(token, on, "answers", json!({"revision": on.revision, "answers": answers})).await
    }

    pub(crate) async fn choose(&self, token: &str, on: &Connection) -> Connection {
        let Next::ChooseAccounts { accounts, .. } = &on.next else { panic!("{on:?}") };
        let body = json!({"revision": on.revision, "account_ids": [accounts[0].id]});
        self.act(token, on, "accounts", body).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_proxy_goes_on_where_it_was_and_tries_no_login_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, url, _serving) = practice().await;
    let proxy = Process::start(&folder, &url, "1.log").await;
    let (token, _, connection) = proxy.begin("aggregate").await;

    drop(proxy);
    let proxy = Process::start(&folder, &url, "2.log").await;
    let form = until("the form is there again", async || {
        let path = format!("/v1/connections/{}", connection.id);
        let response = proxy.request(Method::GET, &path, &token).send().await.unwrap();
        if response.status().is_success() { Some(read::<Connection>(response, 200).await) } else { None }
    })
    .await;
    assert_eq!(form, connection, "before the login: the same form at the same revision");
    proxy.sign_in(&token, &form, "practice-question", "practice").await;

    drop(proxy);
    let proxy = Process::start(&folder, &url, "3.log").await;
    let asked = proxy.follow(&sandbox, &token, &form).await;
    assert!(matches!(asked.next, Next::Challenges { .. }), "during the sync: {asked:?}");

    drop(proxy);
    let proxy = Process::start(&folder, &url, "4.log").await;
    assert_eq!(
        proxy.look(&token, &asked).await,
        asked,
        "at the question: the same question at the same revision"
    );
    proxy.answer(&token, &asked, "rex").await;

    drop(proxy);
    let proxy = Process::start(&folder, &url, "5.log").await;
    let choose = proxy.follow(&sandbox, &token, &asked).await;
    let linked = proxy.choose(&token, &choose).await;

    drop(proxy);
    let proxy = Process::start(&folder, &url, "6.log").await;
    assert_eq!(proxy.look(&token, &linked).await.next, linked.next, "after choosing: still linked");
    assert_eq!(sandbox.ledger().count(EventKind::LoginTried, None), 1);
    assert_eq!(sandbox.ledger().count(EventKind::AnswerGiven, None), 1);
    assert_eq!(sandbox.ledger().count(EventKind::ConnectionCreated, None), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_proxy_picks_up_a_blocking_sync_by_looking() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, url, _serving) = practice().await;
    let proxy = Process::start(&folder, &url, "1.log").await;
    let (token, _, connection) = proxy.begin("verify").await;
    let waiting = proxy.sign_in(&token, &connection, "practice-slow", "practice").await;
    assert!(matches!(waiting.next, Next::Wait { .. }), "told to wait while the call blocks: {waiting:?}");
    drop(proxy);
    let proxy = Process::start(&folder, &url, "2.log").await;
    let choose = proxy.follow(&sandbox, &token, &waiting).await;
    assert!(matches!(choose.next, Next::ChooseAccounts { .. }), "{choose:?}");
    assert_eq!(sandbox.ledger().count(EventKind::LoginTried, None), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_watcher_goes_on_when_nobody_looks() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, url, _serving) = practice().await;
    let proxy = Process::start(&folder, &url, "1.log").await;
    let (token, _, connection) = proxy.begin("both").await;
    proxy.sign_in(&token, &connection, "practice-good", "practice").await;
    // Nobody polls: the numbers are read all the same, since the watcher sees the aggregation end.
    until("the numbers were asked for", async || {
        sandbox.clock().advance(Duration::from_secs(1));
        (sandbox.ledger().count(EventKind::SyncStarted, None) == 2).then_some(())
    })
    .await;
    let choose = proxy.follow(&sandbox, &token, &connection).await;
    assert!(matches!(choose.next, Next::ChooseAccounts { .. }), "{choose:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_cannot_be_used_is_refused_with_what_to_do() {
    let output = Command::new(env!("CARGO_BIN_EXE_linchpin-proxy")).env_clear().output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{text}");
    assert!(text.contains("LINCHPIN_") && text.contains("missing"), "{text}");
}

//! The quick start, followed to the letter: its file, its two calls, and between them what a person does in the widget.

use super::api::Call;
use super::file;
use linchpin_book::{Page, Sample};
use linchpin_proxy::Config;
use linchpin_sandbox::{Directory, Sandbox, SandboxConfig};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

const PAGE: &str = "docs/quick-start.md";
/// A condition that has not come true by then never will.
const PATIENCE: Duration = Duration::from_secs(30);

fn samples(language: &str) -> Vec<Sample> {
    let page = Page { path: PAGE.to_owned(), text: file(PAGE) };
    page.samples().into_iter().filter(|sample| sample.language == language).collect()
}

/// The practice bank and the proxy of the page's file, each at an address of its own.
struct Servers {
    http: Client,
    proxy: String,
    sandbox: Sandbox,
    _folder: tempfile::TempDir,
}

impl Servers {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listen = async || TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (bank, door) = (listen().await, listen().await);
        let proxy = format!("http://{}", door.local_addr().unwrap());
        let settings = samples("toml")[0]
            .text
            .replace("http://127.0.0.1:4200", &proxy)
            .replace("127.0.0.1:4300", &bank.local_addr().unwrap().to_string())
            .replace("practice.sqlite", folder.path().join("practice.sqlite").to_str().unwrap());
        let path = folder.path().join("practice.toml");
        std::fs::write(&path, settings).unwrap();
        let variable = ("LINCHPIN_CONFIG".to_owned(), path.to_str().unwrap().to_owned());
        let config = Config::load([variable]).unwrap();
        let institutions = Directory::practice_only();
        let sandbox = Sandbox::new(SandboxConfig { institutions, ..SandboxConfig::default() });
        let open = sandbox.clone();
        tokio::spawn(async move { linchpin_sandbox::serve(bank, open, std::future::pending()).await });
        tokio::spawn(async move { linchpin_proxy::serve(config, door, std::future::pending()).await });
        // Fails where the proxy has chosen one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().no_proxy().build().unwrap();
        Self { http, proxy, sandbox, _folder: folder }
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.http.request(method, format!("{}{path}", self.proxy)).timeout(PATIENCE)
    }

    /// A call of the page, with another body where that is given.
    async fn call(&self, call: &Call, body: Option<Value>) -> Value {
        let mut request = self.request(&call.method, &call.path);
        for header in &call.headers {
            let (name, value) = header.split_once(": ").unwrap();
            request = request.header(name, value);
        }
        let body = body.map_or_else(|| call.body.clone().unwrap(), |body| body.to_string());
        answer(request.body(body)).await
    }

    /// A call of the widget's.
    async fn widget(&self, token: &str, method: &str, path: &str, body: Value) -> Value {
        let key = format!("{method}-{path}").replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let request = self.request(method, path).bearer_auth(token).header("idempotency-key", key);
        answer(if method == "GET" { request } else { request.json(&body) }).await
    }
}

async fn answer(request: RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

/// A person at Harbour Savings, from the link token to the public token.
async fn link(servers: &Servers, link_token: &Value) -> Value {
    let body = json!({"link_token": link_token, "origin": "http://localhost:3000"});
    let opened = servers.widget("", "POST", "/v1/sessions", body).await;
    let token = opened["token"].as_str().unwrap();
    let agreed = json!({"version": opened["session"]["consent"]["version"]});
    servers.widget(token, "POST", "/v1/sessions/consent", agreed).await;
    let started = Instant::now();
    let search = async || {
        let path = "/v1/institutions?query=harbour";
        servers.request("GET", path).bearer_auth(token).send().await.unwrap().json::<Value>().await.unwrap()
    };
    let mut found = search().await;
    while found["institutions"].as_array().is_none_or(Vec::is_empty) {
        assert!(started.elapsed() < PATIENCE, "the institutions are not there: {found}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        found = search().await;
    }
    let body = json!({"institution_id": found["institutions"][0]["id"], "method": "credentials"});
    let mut connection = servers.widget(token, "POST", "/v1/connections", body).await;
    let path = format!("/v1/connections/{}", connection["id"].as_str().unwrap());
    let login = json!({"revision": connection["revision"], "fields": [
        {"id": "username", "value": "practice-good"}, {"id": "password", "value": "practice"}]});
    connection = servers.widget(token, "POST", &format!("{path}/credentials"), login).await;
    while connection["next"]["step"] == "wait" {
        assert!(started.elapsed() < PATIENCE, "it is still waiting: {connection}");
        servers.sandbox.clock().advance(Duration::from_secs(1));
        let wait = format!("{path}?wait=5&revision={}", connection["revision"]);
        connection = servers.widget(token, "GET", &wait, Value::Null).await;
    }
    let account = &connection["next"]["accounts"][0]["id"];
    let chosen = json!({"revision": connection["revision"], "account_ids": [account]});
    servers.widget(token, "POST", &format!("{path}/accounts"), chosen).await;
    servers.widget(token, "POST", &format!("{path}/public-token"), Value::Null).await["public_token"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_the_quick_start_has_a_verified_account() {
    let servers = Servers::start().await;
    let calls: Vec<Call> = samples("sh").iter().flat_map(|sample| Call::all(&sample.text)).collect();
    let [mint, exchange] = calls.as_slice() else { panic!("the page has two calls: {calls:?}") };
    let minted = servers.call(mint, None).await;
    let public_token = link(&servers, &minted["link_token"]).await;
    let result = servers.call(exchange, Some(json!({"public_token": public_token}))).await;
    let shown: Value = serde_json::from_str(&samples("json")[1].text).unwrap();
    for member in ["user_id", "verification"] {
        assert_eq!(result[member], shown[member], "{member} is as the page shows it");
    }
    let number = result["accounts"][0]["account_number"].as_str().unwrap_or_default();
    assert!(number.len() > 4 && result["accounts"][0]["routing"].is_string(), "the numbers come along");
}

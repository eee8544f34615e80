//! A stand-in for Linchpin's proxy that records what it is asked, and the site in front of it.

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use linchpin_example_host::{HostConfig, News, Received, router};
use linchpin_protocol::{Code, Problem, Secret};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub(crate) const ORIGIN: &str = "http://localhost:4100";
pub(crate) const CLIENT_SECRET: &str = "canary-client-secret";
pub(crate) const SIGNING: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(crate) const ACCOUNT_NUMBER: &str = "8700123454411";
/// The number of the account that deposits prove.
pub(crate) const DEPOSIT_NUMBER: &str = "569339485397";

/// One call that the stand-in got.
pub(crate) struct Call {
    pub(crate) path: &'static str,
    pub(crate) authorization: String,
    pub(crate) key: String,
    pub(crate) body: Value,
}

/// How the stand-in behaves, and what it got.
#[derive(Default)]
pub(crate) struct Proxy {
    pub(crate) calls: Mutex<Vec<Call>>,
    pub(crate) refuse: Mutex<Option<Code>>,
    pub(crate) integrity: Mutex<Option<Value>>,
    pub(crate) user: Mutex<Option<String>>,
    pub(crate) proved: Mutex<bool>,
}

impl Proxy {
    fn answer(&self, path: &'static str, headers: &HeaderMap, body: Value, answer: (u16, Value)) -> Response {
        let text =
            |name| headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let call = Call { path, authorization: text("authorization"), key: text("idempotency-key"), body };
        self.calls.lock().unwrap().push(call);
        let (status, body) = match *self.refuse.lock().unwrap() {
            Some(code) => (code.status(), serde_json::to_value(Problem::new(code)).unwrap()),
            None => answer,
        };
        (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
    }
}

async fn mint(State(proxy): State<Arc<Proxy>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let token =
        json!({"link_token": "lt_7.s3cret", "link_id": "lnk_7", "expires_at": "2026-11-20T10:00:00Z"});
    proxy.answer("/v1/link-tokens", &headers, body, (201, token))
}

async fn exchange(State(proxy): State<Arc<Proxy>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let user = proxy.user.lock().unwrap().clone().unwrap_or_else(|| "demo-user".to_owned());
    let verification = json!({
        "user_id": user, "verification": "verified",
        "connection": {"id": "con_7", "institution": {"id": "ins_4101", "name": "Harbour Savings"}},
        "accounts": [{
            "id": "acc_1", "name": "Everyday Checking", "account_number": ACCOUNT_NUMBER, "routing": "021000021",
            "kind": "checking", "present_balance": {"cents": 120_433, "currency": "USD"},
            "owner_names": ["Ada Quist"], "owner": {"dob": {"data": "1990-12-31"}},
            "verification_method": "instant", "verified_at": "2026-11-20T09:30:00Z",
        }],
    });
    proxy.answer("/v1/public-tokens/exchange", &headers, body, (200, verification))
}

/// How deposits stand: on their way until `proved` is set.
async fn deposit(State(proxy): State<Arc<Proxy>>, headers: HeaderMap) -> Response {
    let proved = *proxy.proved.lock().unwrap();
    let (state, next) = if proved { ("verified", "verified") } else { ("pending", "enter_amounts") };
    let deposit = json!({"id": "dep_1", "revision": 3, "method": "manual", "status": next, "bank": "Elm Bank", "last_digits": "5397",
        "next": {"step": next, "tries_left": 3}, "created_at": "2026-11-20T09:30:00Z"});
    let account = json!({"id": "acc_9", "name": "Household", "account_number": DEPOSIT_NUMBER, "routing": "306061549",
        "verification_method": "manual_deposit", "verified_at": "2026-11-23T09:30:00Z"});
    let accounts = if proved { json!([account]) } else { json!([]) };
    let body = json!({"user_id": "demo-user", "verification": state, "deposit": {"deposit": deposit}, "accounts": accounts});
    proxy.answer("/v1/deposits/dep_1/verification", &headers, Value::Null, (200, body))
}

/// What `demo-user` has begun: one not finished, one linked, one form that nobody has sent.
async fn connections(State(proxy): State<Arc<Proxy>>, headers: HeaderMap) -> Response {
    let one = |id: &str, name: &str, accounts: &[&str]| {
        json!({"id": id, "institution": {"id": "ins_1", "name": name}, "revision": 4, "purpose": "both",
            "account_ids": accounts, "created_at": "2026-11-20T09:30:00Z"})
    };
    let all = [
        one("con_7", "Harbour Savings", &[]),
        one("con_8", "Cedar Bank", &["acc_1"]),
        one("con_9", "Elm Bank", &[]),
    ];
    proxy.answer("/v1/users/demo-user/connections", &headers, Value::Null, (200, json!({"connections": all})))
}

async fn integrity(State(proxy): State<Arc<Proxy>>) -> Response {
    let integrity = proxy.integrity.lock().unwrap().clone();
    integrity.map_or(StatusCode::NOT_FOUND.into_response(), |hashes| Json(hashes).into_response())
}

async fn listen(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// The site with the stand-in behind it.
pub(crate) struct World {
    pub(crate) proxy: Arc<Proxy>,
    pub(crate) proxy_url: String,
    pub(crate) received: Received,
    pub(crate) news: News,
    site: String,
    http: Client,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(|config| config).await
    }

    /// With another configuration.
    pub(crate) async fn start_with(change: impl FnOnce(HostConfig) -> HostConfig) -> Self {
        let proxy = Arc::new(Proxy::default());
        let routes = Router::new()
            .route("/v1/link-tokens", post(mint))
            .route("/v1/public-tokens/exchange", post(exchange))
            .route("/v1/users/demo-user/connections", get(connections))
            .route("/v1/deposits/dep_1/verification", get(deposit))
            .route("/sdk/integrity.json", get(integrity));
        let proxy_url = listen(routes.with_state(proxy.clone())).await;
        Self::with_proxy(proxy, proxy_url, change).await
    }

    /// Where nobody listens in the proxy's place.
    pub(crate) async fn without_proxy() -> Self {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nobody = format!("http://{}", taken.local_addr().unwrap());
        drop(taken);
        Self::with_proxy(Arc::default(), nobody, |config| config).await
    }

    async fn with_proxy(
        proxy: Arc<Proxy>,
        proxy_url: String,
        change: impl FnOnce(HostConfig) -> HostConfig,
    ) -> Self {
        let config = change(HostConfig::new(ORIGIN, &proxy_url, Secret::new(CLIENT_SECRET)).unwrap());
        let (router, received, news) = router(config).unwrap();
        let site = listen(router).await;
        let http = Client::builder().no_proxy().build().unwrap();
        Self { proxy, proxy_url, received, news, site, http }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.site))
    }

    /// As the browser sends it from the site's own page.
    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.bare_post(path).header("origin", ORIGIN).header("sec-fetch-site", "same-origin").json(body)
    }

    pub(crate) fn bare_post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.site))
    }
}

/// Status and body of an answer.
pub(crate) async fn read(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

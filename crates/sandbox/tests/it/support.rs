//! A practice aggregator of its own for each test, on a free port, with a clock that only the test moves.

use std::collections::BTreeSet;
use std::time::Duration;

use linchpin_sandbox::{
    Clock, DEFAULT_API_NAME, DEFAULT_API_PASSWORD, Directory, EventKind, PracticeAnswer, Sandbox,
    SandboxConfig, serve,
};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How long a condition may take before a test gives up on it. Real time, and far more than ever needed.
const PATIENCE: Duration = Duration::from_secs(30);

/// An aggregator that is being served, and a token for it.
pub(crate) struct Practice {
    pub(crate) sandbox: Sandbox,
    pub(crate) base: String,
    pub(crate) http: Client,
    pub(crate) token: String,
}

/// With the practice banks only, at 2026-03-01 10:00 UTC.
pub(crate) async fn start() -> Practice {
    start_with(Directory::practice_only()).await
}

pub(crate) async fn start_with(institutions: Directory) -> Practice {
    let clock = Clock::stopped_at("2026-03-01T10:00:00Z".parse().unwrap());
    let sandbox = Sandbox::new(SandboxConfig { clock, institutions, ..SandboxConfig::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(listener, sandbox.clone(), std::future::pending()));
    let mut practice = Practice { sandbox, base, http: client(), token: String::new() };
    practice.token = practice.mint("test").await;
    practice
}

/// A client that follows no redirect, so that tests see them, and that does not wait for ever.
pub(crate) fn client() -> Client {
    // Another test of this process may have been first: that is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE).build().unwrap()
}

impl Practice {
    /// A new token.
    pub(crate) async fn mint(&self, name: &str) -> String {
        let minted = self
            .http
            .post(format!("{}/v3/tokens", self.base))
            .basic_auth(DEFAULT_API_NAME, Some(DEFAULT_API_PASSWORD))
            .json(&json!({ "name": name }))
            .send()
            .await
            .unwrap();
        assert_eq!(minted.status(), StatusCode::CREATED, "a token named {name} can be minted");
        minted.json::<Value>().await.unwrap()["access_token"]["token"].as_str().unwrap().to_owned()
    }

    /// A call with the token; the answer's code and JSON (`null` for an empty body).
    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token);
        let request = if body.is_null() { request } else { request.json(&body) };
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        let json = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect(&text) };
        (status, json)
    }

    /// A call that has to succeed.
    pub(crate) async fn ok(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, json) = self.call(method.clone(), path, body).await;
        assert!(status.is_success(), "{method} {path}: {status} {json}");
        json
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.ok(Method::GET, path, Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        self.ok(Method::POST, path, body).await
    }

    /// A call that has to be refused with this code and id.
    pub(crate) async fn refused(&self, method: Method, path: &str, body: Value, code: u16, id: &str) {
        let (status, json) = self.call(method.clone(), path, body).await;
        assert_eq!(status.as_u16(), code, "{method} {path}: {json}");
        assert_eq!(json["id"], id, "{method} {path}: {json}");
        assert_eq!(json["status"], code, "the code is repeated in the envelope");
        assert_eq!(keys(&json), set(&["id", "message", "status"]), "the flat envelope");
    }

    /// A new user's id.
    pub(crate) async fn user(&self, username: &str) -> u64 {
        let user = self.post("/v3/users", json!({ "username": username })).await;
        user["user"]["id"].as_u64().unwrap()
    }

    /// A new connection's id.
    pub(crate) async fn connection(&self, user: u64, institution: u64) -> u64 {
        let path = format!("/v3/users/{user}/connections");
        let made = self.post(&path, json!({ "institution_id": institution })).await;
        made["connection"]["id"].as_u64().unwrap()
    }

    /// A user with a connection to Harbour Savings on which an aggregation sync was started.
    pub(crate) async fn syncing(&self, user_name: &str) -> u64 {
        let user = self.user("pat").await;
        let connection = self.connection(user, 900_001).await;
        self.sync(connection, json!({ "username": user_name, "passcode": "practice" })).await;
        connection
    }

    /// The bank's own page for a connection: its address, asked for with `state`.
    pub(crate) async fn bank_page(&self, connection: u64, state: &str) -> String {
        let body = json!({"redirect_uri": "https://link.example/return", "state": state});
        let asked = self.post(&format!("/v3/connections/{connection}/oauth"), body).await;
        asked["oauth"]["url"].as_str().expect("an address").to_owned()
    }

    /// Says yes or no on a bank's own page; where that leads.
    pub(crate) async fn decide(&self, page: &str, decision: &str) -> String {
        let form = self.http.post(page).header("content-type", "application/x-www-form-urlencoded");
        let decided = form.body(format!("decision={decision}")).send();
        tokio::pin!(decided);
        // A page that thinks does so by the clock.
        let decided = loop {
            tokio::select! {
                decided = &mut decided => break decided.unwrap(),
                () = tokio::time::sleep(Duration::from_millis(50)) => {
                    self.sandbox.clock().advance(Duration::from_secs(1));
                }
            }
        };
        assert_eq!(decided.status(), StatusCode::SEE_OTHER, "{decision}");
        decided.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Somebody agrees on the bank's own page.
    pub(crate) async fn agree(&self, connection: u64) {
        let page = self.bank_page(connection, "state").await;
        self.decide(&page, "yes").await;
    }

    /// `POST …/sync`.
    pub(crate) async fn sync(&self, connection: u64, body: Value) -> Value {
        self.post(&format!("/v3/connections/{connection}/sync"), body).await
    }

    /// `GET …/sync`.
    pub(crate) async fn poll(&self, connection: u64) -> Value {
        self.get(&format!("/v3/connections/{connection}/sync")).await
    }

    /// Moves the clock by so many milliseconds.
    pub(crate) fn pass(&self, millis: u64) {
        self.sandbox.clock().advance(Duration::from_millis(millis));
    }

    /// Starts a verification, which blocks, moves the clock while it does, and gives its answer.
    pub(crate) async fn verify(&self, connection: u64, mut body: Value) -> Value {
        body["type"] = json!("auth");
        let before = self.sandbox.ledger().count(EventKind::SyncStarted, None);
        let request = self
            .http
            .post(format!("{}/v3/connections/{connection}/sync", self.base))
            .bearer_auth(&self.token)
            .json(&body);
        let blocked =
            tokio::spawn(async move { request.send().await.unwrap().json::<Value>().await.unwrap() });
        self.until("the sync is started", || {
            self.sandbox.ledger().count(EventKind::SyncStarted, None) > before
        })
        .await;
        assert!(!blocked.is_finished(), "a verification blocks until the clock has passed its end");
        self.pass(60_000);
        tokio::time::timeout(PATIENCE, blocked).await.expect("the verification ends").unwrap()
    }

    /// Lets a sync run to its end, answering what it asks from `answers`. The last poll.
    pub(crate) async fn finish(&self, connection: u64, answers: &[PracticeAnswer]) -> Value {
        for _ in 0..10 {
            self.pass(30_000);
            let poll = self.poll(connection).await;
            let status = &poll["sync"]["status"];
            if status == "syncing" {
                continue;
            }
            if status != "challenges" {
                return poll;
            }
            let given: Vec<Value> = open_challenges(&poll)
                .iter()
                .map(|challenge| {
                    let known = answers.iter().find(|answer| challenge["question"] == answer.question);
                    let known = known.unwrap_or_else(|| panic!("no answer is stated for {challenge}"));
                    json!({ "challenge_id": challenge["id"], "answer": known.send })
                })
                .collect();
            self.sync(connection, json!({ "answers": given })).await;
        }
        panic!("the sync never ends");
    }

    /// Waits for a condition.
    pub(crate) async fn until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let waiting = async {
            while !holds() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .unwrap_or_else(|_| panic!("waited too long until {what}"));
    }
}

/// The challenges of a sync's answer that have to be answered now.
pub(crate) fn open_challenges(answer: &Value) -> Vec<Value> {
    let all = answer["challenges"].as_array().cloned().unwrap_or_default();
    all.into_iter().filter(|challenge| challenge["should_answer"] == true).collect()
}

/// The names in an object.
pub(crate) fn keys(object: &Value) -> BTreeSet<String> {
    object.as_object().unwrap_or_else(|| panic!("{object} is no object")).keys().cloned().collect()
}

/// These names.
pub(crate) fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

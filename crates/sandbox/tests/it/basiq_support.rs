//! Basiq's ways of doing what [`crate::support`] does in Quovo's.

use std::time::Duration;

use linchpin_sandbox::{BasiqConnectionId, BasiqEventKind, DEFAULT_BASIQ_API_KEY};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::support::{Practice, keys, set, start};

/// A practice aggregator, seen by somebody who speaks Basiq.
pub(crate) struct Speaker {
    pub(crate) practice: Practice,
    /// A server's token of 3.0.
    pub(crate) server: String,
    /// A server's token of 2.1.
    pub(crate) older: String,
    /// A person.
    pub(crate) user: String,
}

/// What Pat types at Hooli.
pub(crate) const GOOD: (&str, &str) = ("gavinBelson", "hooli2016");

/// One user, and a server's tokens of both editions.
pub(crate) async fn speak() -> Speaker {
    let mut speaker =
        Speaker { practice: start().await, server: String::new(), older: String::new(), user: String::new() };
    speaker.renew().await;
    speaker.user = speaker.new_user("pat@example.com").await;
    speaker
}

/// A request of a token.
pub(crate) fn token_request(practice: &Practice, version: &str, form: &str) -> RequestBuilder {
    practice
        .http
        .post(format!("{}/basiq/token", practice.base))
        .header("authorization", format!("Basic {DEFAULT_BASIQ_API_KEY}"))
        .header("basiq-version", version)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned())
}

impl Speaker {
    /// Takes new tokens of a server: they live for an hour.
    pub(crate) async fn renew(&mut self) {
        self.server = self.token("3.0", "scope=SERVER_ACCESS").await;
        self.older = self.token("2.1", "scope=SERVER_ACCESS").await;
    }

    pub(crate) async fn token(&self, version: &str, form: &str) -> String {
        let made = token_request(&self.practice, version, form).send().await.unwrap();
        assert_eq!(made.status(), StatusCode::OK, "{version} {form}");
        made.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned()
    }

    /// A token of the person's browser.
    pub(crate) async fn client_token(&self, version: &str) -> String {
        self.token(version, &format!("scope=CLIENT_ACCESS&userId={}", self.user)).await
    }

    pub(crate) async fn new_user(&self, email: &str) -> String {
        let made = self.ok(Method::POST, "/users", json!({"email": email})).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// A call with some token; `null` for no body.
    pub(crate) async fn call_with(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let request = self.practice.http.request(method, format!("{}/basiq{path}", self.practice.base));
        let request = request.bearer_auth(token);
        let request = if body.is_null() { request } else { request.json(&body) };
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        let json = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect(&text) };
        (status, json)
    }

    /// A call with a server's token of 3.0.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        self.call_with(&self.server, method, path, body).await
    }

    /// The same, which has to succeed.
    pub(crate) async fn ok(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, json) = self.call(method.clone(), path, body).await;
        assert!(status.is_success(), "{method} {path}: {status} {json}");
        json
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.ok(Method::GET, path, Value::Null).await
    }

    /// The same, which has to be refused with this status and code.
    pub(crate) async fn refused(&self, method: Method, path: &str, body: Value, status: u16, code: &str) {
        let (got, json) = self.call(method.clone(), path, body).await;
        refused_with((got, json), status, code, &format!("{method} {path}"));
    }

    /// `POST …/connections`, as 2.1 has it.
    pub(crate) async fn create(&self, institution: &str, login: (&str, &str)) -> (StatusCode, Value) {
        let body = json!({"loginId": login.0, "password": login.1, "institution": {"id": institution}});
        self.call_with(&self.older, Method::POST, &format!("/users/{}/connections", self.user), body).await
    }

    /// The job of a new connection.
    pub(crate) async fn connecting(&self, institution: &str, login: (&str, &str)) -> String {
        let (status, job) = self.create(institution, login).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{job}");
        job["id"].as_str().unwrap().to_owned()
    }

    /// The id of a new connection whose job has ended well.
    pub(crate) async fn connected(&self, institution: &str, login: (&str, &str)) -> String {
        let job = self.connecting(institution, login).await;
        self.practice.pass(60_000);
        assert_eq!(statuses(&self.job(&job).await), ["success", "success", "success"]);
        self.newest_connection().await["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn job(&self, id: &str) -> Value {
        self.get(&format!("/jobs/{id}")).await
    }

    /// The path of a connection.
    pub(crate) fn path(&self, connection: &str) -> String {
        format!("/users/{}/connections/{connection}", self.user)
    }

    pub(crate) async fn connection(&self, id: &str) -> Value {
        self.get(&self.path(id)).await
    }

    pub(crate) async fn connections(&self) -> Vec<Value> {
        let listed = self.get(&format!("/users/{}/connections", self.user)).await;
        listed["data"].as_array().unwrap().clone()
    }

    pub(crate) async fn newest_connection(&self) -> Value {
        self.connections().await.last().expect("a connection").clone()
    }

    /// The accounts of the person at an institution.
    pub(crate) async fn accounts(&self, institution: &str) -> Vec<Value> {
        let filter = format!("/users/{}/accounts?filter=institution.id.eq('{institution}')", self.user);
        self.get(&filter).await["data"].as_array().unwrap().clone()
    }

    /// Brings something about on the console.
    pub(crate) async fn force(&self, connection: &str, what: &str, body: Value) -> StatusCode {
        let url = format!("{}/console/basiq/connections/{connection}/{what}", self.practice.base);
        self.practice.http.post(url).json(&body).send().await.unwrap().status()
    }

    /// How often something has happened, on one connection or in all.
    pub(crate) fn count(&self, kind: BasiqEventKind, connection: Option<&str>) -> usize {
        let connection = connection.map(|id| id.parse::<BasiqConnectionId>().expect("an id"));
        self.practice.sandbox.ledger().count_basiq(kind, connection)
    }

    /// Moves the clock by so many hours, and takes new tokens, since the old ones have lapsed by then.
    pub(crate) async fn pass_hours(&mut self, hours: u64) {
        self.practice.sandbox.clock().advance(Duration::from_hours(hours));
        self.renew().await;
    }
}

/// The statuses of a job's steps.
pub(crate) fn statuses(job: &Value) -> Vec<String> {
    let steps = job["steps"].as_array().expect("steps");
    steps.iter().map(|step| step["status"].as_str().unwrap().to_owned()).collect()
}

/// Basiq's envelope with this code.
pub(crate) fn refused_with((got, json): (StatusCode, Value), status: u16, code: &str, what: &str) {
    assert_eq!(got.as_u16(), status, "{what}: {json}");
    assert_eq!(keys(&json), set(&["type", "correlationId", "data"]), "{what}: the envelope");
    assert_eq!(json["type"], "list", "{what}");
    assert!(json["correlationId"].as_str().is_some_and(|id| !id.is_empty()), "{what}: {json}");
    let error = &json["data"][0];
    assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!(code)), "{what}: {json}");
    for words in ["title", "detail"] {
        assert!(error[words].as_str().is_some_and(|text| !text.is_empty()), "{what}: no {words} in {json}");
    }
}

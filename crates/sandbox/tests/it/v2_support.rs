//! v2's ways of doing what [`crate::support`] does in v3's.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::support::Practice;
use linchpin_sandbox::EventKind;

/// The practice login that a bank's own script is played with.
pub(crate) const GOOD: &str = "practice-good";

impl Practice {
    /// A new v2 account's id: `GOOD` at this brokerage, for the user of this id.
    pub(crate) async fn v2_account(&self, user: u64, brokerage: u64, is_auth: bool) -> u64 {
        let body =
            json!({"brokerage": brokerage, "username": GOOD, "password": "practice", "is_auth": is_auth});
        let made = self.post(&format!("/v2/users/{user}/accounts"), body).await;
        made["account"]["id"].as_u64().unwrap()
    }

    /// `POST …/sync` that is polled.
    pub(crate) async fn v2_sync(&self, account: u64, body: Value) -> Value {
        self.post(&format!("/v2/accounts/{account}/sync"), body).await
    }

    /// `GET …/sync`.
    pub(crate) async fn v2_poll(&self, account: u64) -> Value {
        self.get(&format!("/v2/accounts/{account}/sync")).await
    }

    /// An account after a good aggregation.
    pub(crate) async fn v2_aggregated(&self, user: u64, brokerage: u64) -> u64 {
        let account = self.v2_account(user, brokerage, false).await;
        self.v2_sync(account, Value::Null).await;
        self.pass(60_000);
        assert_eq!(self.v2_poll(account).await["sync"]["status"], "good", "account {account}");
        account
    }

    /// A new auth deposit portfolio's id, and its account's.
    pub(crate) async fn deposit_portfolio(&self, user: u64) -> (u64, u64) {
        let made = self.post(&format!("/v2/users/{user}/auth_deposit_portfolios"), Value::Null).await;
        let number = |name: &str| made["auth_deposit_portfolio"][name].as_u64().unwrap();
        (number("id"), number("account"))
    }

    /// New deposits' id.
    pub(crate) async fn deposit(&self, portfolio: u64, name: &str, routing: &str) -> u64 {
        let path = format!("/v2/portfolios/{portfolio}/auth_deposits");
        let made = self.post(&path, json!({"name": name, "routing": routing})).await;
        assert_eq!(made["auth_deposit"]["status"], "requested", "{made}");
        made["auth_deposit"]["id"].as_u64().unwrap()
    }

    /// Deposits as they are now.
    pub(crate) async fn shown_deposit(&self, deposit: u64) -> Value {
        self.get(&format!("/v2/auth_deposits/{deposit}")).await["auth_deposits"][0].clone()
    }

    /// Moves the clock by so many hours, and takes a new token, since the old one has lapsed by then.
    pub(crate) async fn pass_hours(&mut self, hours: u64) {
        self.sandbox.clock().advance(Duration::from_hours(hours));
        let name = format!("at {}", self.sandbox.clock().now());
        self.token = self.mint(&name).await;
    }

    /// What the practice bank's statement shows.
    pub(crate) async fn statement(&self) -> Vec<Value> {
        let url = format!("{}/console/statement.json", self.base);
        let shown: Value = self.http.get(url).send().await.unwrap().json().await.unwrap();
        shown["lines"].as_array().unwrap().clone()
    }

    /// Sends a call that blocks, and comes back once the aggregator has taken it.
    pub(crate) async fn v2_blocked(&self, method: Method, path: &str, body: Value) -> JoinHandle<Value> {
        let kinds = [EventKind::SyncStarted, EventKind::AnswerGiven];
        let taken = || kinds.map(|kind| self.sandbox.ledger().count(kind, None)).iter().sum::<usize>();
        let before = taken();
        let request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token);
        let request = request.json(&body);
        let blocked =
            tokio::spawn(async move { request.send().await.unwrap().json::<Value>().await.unwrap() });
        self.until("the call is taken", || taken() > before).await;
        blocked
    }

    /// Starts a verification, which blocks, moves the clock while it does, and gives its answer.
    pub(crate) async fn v2_verify(&self, account: u64, mut body: Value) -> Value {
        body["is_auth"] = json!(true);
        let blocked = self.v2_blocked(Method::POST, &format!("/v2/accounts/{account}/sync"), body).await;
        self.pass(200_000);
        tokio::time::timeout(Duration::from_secs(30), blocked).await.expect("the call ends").unwrap()
    }
}

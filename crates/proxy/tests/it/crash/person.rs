//! A person, their widget and their fintech's server, who do what the contract says when no answer comes.
//!
//! As `crates/flow` does: a call without secrets is sent again under its key, three times at most, as late as the
//! problem says. A login or an answer is never sent again: the connection is read, and the person acts on what it says.

use super::site::Site;
use crate::world::{key, until};
use linchpin_protocol::{AuthorizeProblem, Connection, Next};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// How often the widget sends a call before it gives up.
pub(super) const TRIES: usize = 3;
/// For so long a call of a dead proxy's may be on its way, in seconds.
pub(super) const ON_ITS_WAY: i64 = 15;
/// Nobody is kept waiting for longer by a proxy that was killed, in seconds.
pub(super) const LONGEST_WAIT: i64 = 20;

pub(super) struct Person<'a> {
    pub(super) site: &'a Site,
    pub(super) session: String,
    /// Seconds that went by for the proxy while this person waited.
    pub(super) waited: i64,
    /// Whether the practice bank goes on while a call is under way.
    pub(super) bank_goes_on: bool,
    /// Whether a call of a dead proxy's was waited for.
    pub(super) was_patient: bool,
    /// How often the proxy was started again.
    pub(super) revived: usize,
}

/// What comes of sending a call once.
enum Sent {
    Answer(u16, Value),
    Nothing,
}

impl<'a> Person<'a> {
    pub(super) fn new(site: &'a Site) -> Self {
        Self { site, session: String::new(), waited: 0, was_patient: false, bank_goes_on: true, revived: 0 }
    }

    async fn send(
        &mut self,
        method: &Method,
        path: &str,
        bearer: &str,
        body: Option<&Value>,
        key: &str,
    ) -> Sent {
        let request = self.site.http.request(method.clone(), format!("{}{path}", self.site.base()));
        let request = request.bearer_auth(bearer).header("idempotency-key", key);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = async {
            let response = request.timeout(Duration::from_secs(20)).send().await.ok()?;
            let status = response.status().as_u16();
            let text = response.text().await.ok()?;
            Some(Sent::Answer(status, serde_json::from_str(&text).unwrap_or_default()))
        };
        let mut answer = std::pin::pin!(answer);
        let answer = loop {
            match tokio::time::timeout(Duration::from_millis(10), &mut answer).await {
                Ok(answer) => break answer,
                Err(_) if self.bank_goes_on => self.site.bank_goes_on(),
                Err(_) => {}
            }
        };
        match answer {
            Some(answer) => answer,
            None => {
                self.revived += 1;
                assert!(self.revived < TRIES, "no answer again and again:\n{}", self.site.log());
                self.site.revive().await;
                Sent::Nothing
            }
        }
    }

    /// Time goes by while the widget waits to send a call again.
    pub(super) fn wait(&mut self, seconds: i64) {
        self.waited += seconds;
        self.site.pass(seconds);
    }

    /// An unsafe call without secrets.
    pub(super) async fn act(
        &mut self,
        method: Method,
        path: &str,
        bearer: &str,
        body: Value,
    ) -> (u16, Value) {
        self.act_under(&key(), method, path, bearer, body).await
    }

    /// The same under a key that may have been used before.
    async fn act_under(
        &mut self,
        act: &str,
        method: Method,
        path: &str,
        bearer: &str,
        body: Value,
    ) -> (u16, Value) {
        let mut tries = 0;
        loop {
            let Sent::Answer(status, answer) = self.send(&method, path, bearer, Some(&body), act).await
            else {
                continue;
            };
            if answer["retryable"] != true {
                return (status, answer);
            }
            if answer["code"] == "provider_unavailable" {
                // The institutions are being read: that takes the machine's time, not the clock's.
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
            tries += 1;
            assert!(tries < TRIES, "the widget gives up on {path}: {answer}\n{}", self.site.log());
            self.wait(answer["retry_after_s"].as_i64().unwrap_or(1));
        }
    }

    /// A call that only reads, until it is answered.
    pub(super) async fn read(&mut self, path: &str, bearer: &str) -> Value {
        loop {
            match self.send(&Method::GET, path, bearer, None, "").await {
                Sent::Answer(200, answer) => return answer,
                Sent::Answer(_, answer) if answer["code"] == "provider_unavailable" => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Sent::Answer(status, answer) => panic!("{status} {answer} for {path}\n{}", self.site.log()),
                Sent::Nothing => {}
            }
        }
    }

    pub(super) async fn look(&mut self, id: &str) -> Connection {
        let token = self.session.clone();
        serde_json::from_value(self.read(&format!("/v1/connections/{id}"), &token).await).unwrap()
    }

    /// A login or answers: sent once, whatever comes.
    async fn confide(&mut self, on: &Connection, part: &str, body: Value) -> Connection {
        let id = on.id.as_str();
        match self.confided(&format!("/v1/connections/{id}/{part}"), body).await {
            Some(answer) => serde_json::from_value(answer).unwrap(),
            None => self.look(id).await,
        }
    }

    /// What came of a call with secrets in it. `None`: it has to be read.
    pub(super) async fn confided(&mut self, path: &str, body: Value) -> Option<Value> {
        let token = self.session.clone();
        match self.send(&Method::POST, path, &token, Some(&body), &key()).await {
            Sent::Answer(200, answer) => Some(answer),
            Sent::Answer(_, answer) if answer["retryable"] == true || answer["code"] == "wrong_step" => None,
            Sent::Answer(status, answer) => panic!("{status} {answer} for {path}\n{}", self.site.log()),
            Sent::Nothing => None,
        }
    }

    /// Goes on in this session with what was begun in another.
    pub(super) async fn take_up(&mut self, on: &Connection) -> Connection {
        self.touch(on, "take-up", Value::Null).await
    }

    /// An act on a connection without secrets.
    pub(super) async fn touch(&mut self, on: &Connection, part: &str, body: Value) -> Connection {
        let (token, id) = (self.session.clone(), on.id.as_str());
        let path = format!("/v1/connections/{id}/{part}");
        match self.act(Method::POST, &path, &token, body).await {
            (200, answer) => serde_json::from_value(answer).unwrap(),
            (_, answer) if answer["code"] == "wrong_step" => self.look(id).await,
            (status, answer) => panic!("{status} {answer} for {path}\n{}", self.site.log()),
        }
    }

    /// Waits as the widget does, while time goes by at the bank and for the proxy.
    pub(super) async fn follow(&mut self, from: &Connection) -> Connection {
        let id = from.id.as_str().to_owned();
        let mut looks = 0;
        until("it is the person's turn", async || {
            self.site.bank_goes_on();
            let now = self.look(&id).await;
            let turn = !matches!(now.next, Next::Wait { .. });
            looks += 1;
            // What the dead proxy may have begun shows by then, or never. Any other wait is for the bank.
            if !turn && self.revived > 0 && looks == 3 && !self.was_patient {
                self.was_patient = true;
                self.wait(ON_ITS_WAY);
            }
            turn.then_some(now)
        })
        .await
    }

    /// A session for a user, from the link token on.
    pub(super) async fn open(&mut self, user: &str, purpose: &str) -> String {
        self.open_for(crate::world::World::wish(user, purpose)).await
    }

    /// The same for what the fintech's server asks for.
    pub(super) async fn open_for(&mut self, wish: Value) -> String {
        let link = self.backend(Method::POST, "/v1/link-tokens", wish, 201).await;
        let body = json!({"link_token": link["link_token"], "origin": crate::world::ORIGIN});
        // Twice: as if the first answer had been lost on its way.
        let act = key();
        self.act_under(&act, Method::POST, "/v1/sessions", "none", body.clone()).await;
        let (status, session) = self.act_under(&act, Method::POST, "/v1/sessions", "none", body).await;
        assert_eq!(status, 201, "{session}\n{}", self.site.log());
        let token = session["token"].as_str().unwrap().to_owned();
        let agreed = json!({"version": session["session"]["consent"]["version"]});
        let (status, given) = self.act(Method::POST, "/v1/sessions/consent", &token, agreed).await;
        assert_eq!(status, 204, "{given}\n{}", self.site.log());
        let (status, life) = self.act(Method::POST, "/v1/sessions/extend", &token, Value::Null).await;
        assert_eq!(status, 200, "{life}\n{}", self.site.log());
        self.session = token;
        link["link_id"].as_str().unwrap().to_owned()
    }

    /// A call of the fintech's server.
    pub(super) async fn backend(&mut self, method: Method, path: &str, body: Value, expected: u16) -> Value {
        let (status, answer) = self.act(method, path, crate::world::ACORN, body).await;
        assert_eq!(status, expected, "{answer} for {path}\n{}", self.site.log());
        answer
    }

    /// Asks the fintech for a bank that is not to be found.
    pub(super) async fn miss_a_bank(&mut self, name: &str) {
        let token = self.session.clone();
        let asked = json!({"text": name});
        let (status, answer) = self.act(Method::POST, "/v1/institution-requests", &token, asked).await;
        assert_eq!(status, 204, "{answer}\n{}", self.site.log());
    }

    /// A connection at the best match.
    pub(super) async fn connect(&mut self, query: &str) -> Connection {
        let token = self.session.clone();
        let page = self.read(&format!("/v1/institutions?query={query}"), &token).await;
        let id = page["institutions"][0]["id"].as_str().unwrap();
        let detail = self.read(&format!("/v1/institutions/{id}"), &token).await;
        // A login, where there is a choice.
        let method = detail["methods"].as_array().and_then(|methods| methods.last());
        let body = json!({"institution_id": id, "method": method});
        let (status, connection) = self.act(Method::POST, "/v1/connections", &token, body).await;
        assert_eq!(status, 201, "{connection}\n{}", self.site.log());
        serde_json::from_value(connection).unwrap()
    }

    /// Asks for what there is not yet: nothing is done, and the key is given back.
    pub(super) async fn ask_too_early(&mut self, on: &Connection) {
        let (token, path) = (self.session.clone(), format!("/v1/connections/{}/public-token", on.id));
        let (status, problem) = self.act(Method::POST, &path, &token, Value::Null).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("wrong_step")), "{problem}");
    }

    /// Does what the connection asks for. A login that was refused is followed by the right one.
    pub(super) async fn next(&mut self, on: &Connection, login: &str) -> Connection {
        let revision = on.revision;
        match &on.next {
            Next::Credentials { problem, .. } => {
                let refused = *problem != linchpin_protocol::CredentialProblem::None;
                let (user, passcode) = typed(login, refused);
                let fields =
                    json!([{"id": "username", "value": user}, {"id": "password", "value": passcode}]);
                // Whoever has linked this login before knows it.
                let body = json!({"revision": revision, "fields": fields, "again": true});
                self.confide(on, "credentials", body).await
            }
            Next::Authorize { problem, opened: false, .. } if *problem == AuthorizeProblem::None => {
                // Changes their mind first.
                self.touch(on, "abandon", json!({"revision": revision})).await
            }
            Next::Authorize { .. } => self.visit(on).await,
            Next::Wait { .. } => self.follow(on).await,
            Next::Challenges { items, .. } => {
                let id = serde_json::to_value(items).unwrap()[0]["id"].clone();
                let is_quovos = login.starts_with("practice");
                let answers = json!([{"id": id, "value": if is_quovos { "rex" } else { "Hooli" }}]);
                self.confide(on, "answers", json!({"revision": revision, "answers": answers})).await
            }
            Next::Instructions { .. } | Next::StartAgain {} => {
                self.touch(on, "retry", json!({"revision": revision})).await
            }
            Next::ChooseAccounts { accounts, .. } => {
                let first = accounts.iter().find(|account| account.not_verifiable.is_none()).unwrap();
                self.touch(on, "accounts", json!({"revision": revision, "account_ids": [first.id]})).await
            }
            Next::Later { .. }
            | Next::NoAccounts {}
            | Next::OfferDeposits { .. }
            | Next::Linked { .. }
            | Next::Interrupted { .. }
            | Next::Closed { .. }
            | Next::Failed { .. }
            | Next::Unknown => panic!("the story is stuck: {on:?}\n{}", self.site.log()),
        }
    }

    /// What the bank says to the first login.
    pub(super) async fn reply(&mut self, form: &Connection, login: &str) -> Connection {
        let on = self.next(form, login).await;
        self.follow(&on).await
    }

    /// All the way to a linked connection.
    pub(super) async fn link(&mut self, from: Connection, login: &str) -> Connection {
        let mut on = from;
        for _ in 0..30 {
            if matches!(on.next, Next::Linked { .. }) {
                return on;
            }
            on = self.next(&on, login).await;
        }
        panic!("it goes round in circles: {on:?}\n{}", self.site.log())
    }
}

/// What is typed for a login, and after it was refused. Basiq's are its own, and there a wrong passcode is another's.
fn typed(login: &str, refused: bool) -> (&str, &'static str) {
    match (login, refused) {
        ("gavinBelson", _) | ("Whistler", true) => ("gavinBelson", "hooli2016"),
        ("jared" | "Whistler", _) => (login, "django"),
        (_, true) => ("practice-good", "practice"),
        (_, false) => (login, "practice"),
    }
}

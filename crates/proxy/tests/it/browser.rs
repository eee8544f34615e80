//! The widget's side of a story: a session, and what a person does with it.

use super::world::{ACORN, ORIGIN, World, key, read, until};
use linchpin_protocol::{
    AuthorizeTicket, Connection, InstitutionPage, LinkToken, ManagedConnection, ManagedConnections, Next,
    OpenedSession, PublicToken, Secret, Session,
};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) struct Browser<'a> {
    pub(crate) world: &'a World,
    pub(crate) token: Secret,
    pub(crate) session: Session,
    /// What its browser says of the page that it calls from; nothing for a frame, which calls from the widget's own.
    pub(crate) page: Option<&'static str>,
}

impl<'a> Browser<'a> {
    /// Opens a session for a fresh user.
    pub(crate) async fn open(world: &'a World, user: &str, purpose: &str) -> Self {
        let link = world.link(user, purpose).await;
        Self::with(world, &link).await
    }

    /// Opens a session with a link token; the person agrees to what is asked.
    pub(crate) async fn with(world: &'a World, link: &LinkToken) -> Self {
        let browser = Self::before_consent(world, link).await;
        browser.agree().await;
        browser
    }

    /// Opens a session with a link token; the person has not agreed yet.
    pub(crate) async fn before_consent(world: &'a World, link: &LinkToken) -> Self {
        let opened: OpenedSession = read(exchange(world, link, ORIGIN, &key()).await, 201).await;
        Self { world, token: opened.token, session: opened.session, page: None }
    }

    /// Opens a session in which a user looks after what they have linked.
    pub(crate) async fn managing(world: &'a World, user: &str) -> Self {
        let wish = json!({"user_id": user, "origin": ORIGIN, "mode": "manage", "purpose": "aggregate"});
        let link = read(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await;
        Self::with(world, &link).await
    }

    /// Agrees to what is asked, if anything is.
    pub(crate) async fn agree(&self) {
        if let Some(consent) = &self.session.consent {
            let response = self.post("/v1/sessions/consent", json!({"version": consent.version})).await;
            assert_eq!(response.status(), 204, "agreeing to what was shown");
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.world.request(method, path).bearer_auth(self.token.expose());
        self.page.iter().fold(request, |request, page| request.header("origin", *page))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Response {
        self.post_with(path, body, &key()).await
    }

    pub(crate) async fn post_with(&self, path: &str, body: Value, key: &str) -> Response {
        let request = self.request(Method::POST, path);
        request.header("idempotency-key", key).json(&body).send().await.unwrap()
    }

    /// The first page of a search, once the institutions are there.
    pub(crate) async fn search(&self, query: &str) -> InstitutionPage {
        until("the institutions are there", async || {
            let response = self.get(&format!("/v1/institutions?query={query}")).await;
            if response.status().as_u16() == 503 { None } else { Some(read(response, 200).await) }
        })
        .await
    }

    /// What the person has, and what can be done about it.
    pub(crate) async fn list(&self) -> Vec<ManagedConnection> {
        let listed: ManagedConnections = read(self.get("/v1/connections").await, 200).await;
        listed.connections
    }

    /// Has a connection read again.
    pub(crate) async fn refresh(&self, connection: &Connection) -> Response {
        let body = json!({"revision": connection.revision});
        self.post(&format!("/v1/connections/{}/refresh", connection.id), body).await
    }

    /// Ends a connection.
    pub(crate) async fn disconnect(&self, connection: &Connection, purge: bool) -> Response {
        let revision = connection.revision.0;
        let path = format!("/v1/connections/{}?purge={purge}&revision={revision}", connection.id);
        let request = self.request(Method::DELETE, &path);
        request.header("idempotency-key", key()).send().await.unwrap()
    }

    /// A new connection at the best match.
    pub(crate) async fn connect(&self, query: &str) -> Connection {
        let page = self.search(query).await;
        let best = page.institutions.first().unwrap_or_else(|| panic!("nothing found for {query}"));
        let body = json!({"institution_id": best.id, "method": "credentials"});
        read(self.post("/v1/connections", body).await, 201).await
    }

    pub(crate) fn login(connection: &Connection, username: &str, passcode: &str) -> Value {
        json!({"revision": connection.revision, "fields": [
            {"id": "username", "value": username}, {"id": "password", "value": passcode}]})
    }

    /// A new connection at the best match, to be made on the bank's own page.
    pub(crate) async fn connect_at_the_bank(&self, query: &str) -> Connection {
        let page = self.search(query).await;
        let best = page.institutions.first().unwrap_or_else(|| panic!("nothing found for {query}"));
        let body = json!({"institution_id": best.id, "method": "bank_login"});
        read(self.post("/v1/connections", body).await, 201).await
    }

    /// A ticket to the bank's own page: its address.
    pub(crate) async fn ticket(&self, connection: &Connection) -> String {
        let path = format!("/v1/connections/{}/authorize", connection.id);
        let body = json!({"revision": connection.revision});
        let ticket: AuthorizeTicket = read(self.post(&path, body).await, 200).await;
        assert_eq!(ticket.seconds, 300, "five minutes");
        ticket.url.expose().to_owned()
    }

    /// Signs in with a practice login.
    pub(crate) async fn sign_in(&self, connection: &Connection, username: &str) -> Connection {
        let path = format!("/v1/connections/{}/credentials", connection.id);
        read(self.post(&path, Self::login(connection, username, "practice")).await, 200).await
    }

    /// Signs in with one of Basiq's own logins.
    pub(crate) async fn sign_in_as(&self, connection: &Connection, login: (&str, &str)) -> Connection {
        let path = format!("/v1/connections/{}/credentials", connection.id);
        read(self.post(&path, Self::login(connection, login.0, login.1)).await, 200).await
    }

    /// Goes on.
    pub(crate) async fn retry(&self, connection: &Connection) -> Connection {
        let path = format!("/v1/connections/{}/retry", connection.id);
        read(self.post(&path, json!({"revision": connection.revision})).await, 200).await
    }

    /// Answers every question.
    pub(crate) async fn answer(&self, connection: &Connection, answer: &str) -> Connection {
        let Next::Challenges { items, .. } = &connection.next else { panic!("{connection:?}") };
        let answers: Vec<Value> = items
            .iter()
            .filter(|item| item.wants_answer())
            .map(|item| json!({"id": item.id(), "value": answer}))
            .collect();
        let body = json!({"revision": connection.revision, "answers": answers});
        read(self.post(&format!("/v1/connections/{}/answers", connection.id), body).await, 200).await
    }

    /// Follows a connection by long-poll until it is something else than a wait, letting the bank go on.
    pub(crate) async fn follow(&self, from: &Connection) -> Connection {
        let mut connection = from.clone();
        for _ in 0..200 {
            if !matches!(connection.next, Next::Wait { .. }) {
                return connection;
            }
            self.world.bank_goes_on(1);
            connection = self.poll(&connection, 5).await;
        }
        panic!("still waiting: {connection:?}")
    }

    pub(crate) async fn poll(&self, connection: &Connection, wait: u64) -> Connection {
        let path =
            format!("/v1/connections/{}?wait={wait}&revision={}", connection.id, connection.revision.0);
        read(self.get(&path).await, 200).await
    }

    pub(crate) async fn now(&self, connection: &Connection) -> Connection {
        read(self.get(&format!("/v1/connections/{}", connection.id)).await, 200).await
    }

    /// Chooses the first account that can be chosen.
    pub(crate) async fn choose(&self, connection: &Connection) -> Connection {
        let Next::ChooseAccounts { accounts, .. } = &connection.next else { panic!("{connection:?}") };
        let first =
            accounts.iter().find(|account| account.not_verifiable.is_none()).expect("one can be chosen");
        let body = json!({"revision": connection.revision, "account_ids": [first.id]});
        read(self.post(&format!("/v1/connections/{}/accounts", connection.id), body).await, 200).await
    }

    pub(crate) async fn public_token(&self, connection: &Connection) -> PublicToken {
        read(self.post(&format!("/v1/connections/{}/public-token", connection.id), Value::Null).await, 200)
            .await
    }

    /// All the way to a linked connection.
    pub(crate) async fn link_all_the_way(&self, query: &str) -> Connection {
        let connection = self.connect(query).await;
        let connection = self.sign_in(&connection, "practice-good").await;
        self.choose(&self.follow(&connection).await).await
    }
}

/// Exchanges a link token.
pub(crate) async fn exchange(world: &World, link: &LinkToken, origin: &str, key: &str) -> Response {
    exchange_from(world, link, origin, key, None).await
}

/// The same from a page, as its browser says, whatever the page says itself.
pub(crate) async fn exchange_from(
    world: &World,
    link: &LinkToken,
    origin: &str,
    key: &str,
    page: Option<&str>,
) -> Response {
    let body = json!({"link_token": link.link_token.expose(), "origin": origin});
    let request = world.request(Method::POST, "/v1/sessions").header("idempotency-key", key).json(&body);
    let request = page.iter().fold(request, |request, page| request.header("origin", *page));
    request.timeout(Duration::from_secs(20)).send().await.unwrap()
}

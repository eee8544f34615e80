//! An aggregator that fails in every way there is: clear outcomes, nothing sent twice, none of its text passed on.

use super::browser::Browser;
use super::world::{World, http_client, key, practice, problem, until, variables};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use linchpin_protocol::{Connection, CredentialProblem, FailureReason, LaterReason, Next};
use linchpin_proxy::Config;
use linchpin_proxy::config::Environment;
use linchpin_sandbox::EventKind;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const UPSTREAM_TEXT: &str = "text of the aggregator, not ours to repeat";

/// How a small aggregator of one bank answers.
#[derive(Clone)]
struct Manner {
    /// What a new sync is answered with.
    start: (u16, String),
    /// What a look at the sync is answered with.
    look: (u16, String),
    syncs: u32,
}

#[derive(Clone)]
struct Fake(Arc<Mutex<Manner>>);

impl Fake {
    async fn serve(start: (u16, &str), look: (u16, &str)) -> (Self, String) {
        let own = |(status, body): (u16, &str)| (status, body.to_owned());
        let fake = Self(Arc::new(Mutex::new(Manner { start: own(start), look: own(look), syncs: 0 })));
        let router = Router::new()
            .route("/v3/tokens", post(|| async { Json(json!({"access_token": {"token": "t"}})) }))
            .route("/v3/users", post(|| async { Json(json!({"user": {"id": 1}})) }))
            .route(
                "/v3/institutions",
                get(|| async { Json(json!({"institutions": [{"id": 7, "name": "Harbour Savings"}]})) }),
            )
            .route("/v3/users/1/connections", post(|| async { Json(json!({"connection": {"id": 9}})) }))
            .route("/v3/connections/9", get(|| async { Json(json!({"connection": {"id": 9}})) }))
            .route("/v3/connections/9/sync", post(start_sync).get(look_at_sync))
            .with_state(fake.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v3", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (fake, url)
    }

    fn syncs(&self) -> u32 {
        self.0.lock().unwrap().syncs
    }

    fn start_with(&self, status: u16, body: &str) {
        self.0.lock().unwrap().start = (status, body.to_owned());
    }
}

async fn start_sync(State(Fake(fake)): State<Fake>) -> (StatusCode, String) {
    let mut manner = fake.lock().unwrap();
    manner.syncs += 1;
    (StatusCode::from_u16(manner.start.0).unwrap(), manner.start.1.clone())
}

async fn look_at_sync(State(Fake(fake)): State<Fake>) -> (StatusCode, String) {
    let manner = fake.lock().unwrap();
    (StatusCode::from_u16(manner.look.0).unwrap(), manner.look.1.clone())
}

fn error(status: u16) -> String {
    json!({"id": "some_error", "message": UPSTREAM_TEXT, "status": status}).to_string()
}

fn sync(status: Value) -> String {
    json!({"sync": {"connection_id": 9, "status": status, "progress": null}}).to_string()
}

async fn sign_in(browser: &Browser<'_>, connection: &Connection, key: &str) -> reqwest::Response {
    let path = format!("/v1/connections/{}/credentials", connection.id);
    browser.post_with(&path, Browser::login(connection, "practice-good", "practice"), key).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_a_problem_without_the_aggregators_text() {
    let (fake, url) = Fake::serve((400, &error(400)), (200, &sync(Value::Null))).await;
    let world = World::in_front_of(&url).await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect("harbour").await;
    let response = sign_in(&browser, &connection, &key()).await;
    assert_eq!(response.status(), 502);
    let text = response.text().await.unwrap();
    assert!(text.contains("provider_rejected") && !text.contains("aggregator"), "{text}");
    assert_eq!(browser.poll(&connection, 0).await, connection, "the form stands as it stood");
    assert_eq!(fake.syncs(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_aggregator_did_nothing_so_the_same_act_may_be_sent_again() {
    let (fake, url) = Fake::serve((429, &error(429)), (200, &sync(json!("syncing")))).await;
    let world = World::in_front_of(&url).await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect("harbour").await;
    let act = key();
    let refused = sign_in(&browser, &connection, &act).await;
    assert!(refused.headers().contains_key("retry-after"), "says when to come back");
    assert_eq!(problem(refused).await.1, "provider_unavailable");
    fake.start_with(200, &sync(json!("syncing")));
    let taken = sign_in(&browser, &connection, &act).await;
    assert_eq!(taken.status(), 200, "same key, same revision");
    assert_eq!(fake.syncs(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_whose_outcome_is_lost_is_looked_up_and_not_sent_again() {
    for answer in [(500, error(500)), (200, "<html>not json".to_owned()), (200, "{}".to_owned())] {
        let look = sync(json!("incorrect_credentials"));
        let (fake, url) = Fake::serve((answer.0, &answer.1), (200, &look)).await;
        let world = World::in_front_of(&url).await;
        let browser = Browser::open(&world, "pat", "aggregate").await;
        let connection = browser.connect("harbour").await;
        let shown = sign_in(&browser, &connection, &key()).await;
        assert_eq!(shown.status(), 200, "what is not known is shown as a state");
        let shown: Connection = shown.json().await.unwrap();
        let end = until("upstream was read", async || {
            let now = browser.now(&shown).await;
            let wrong = CredentialProblem::Incorrect;
            matches!(&now.next, Next::Credentials { problem, .. } if *problem == wrong).then_some(now)
        });
        end.await;
        assert_eq!(fake.syncs(), 1, "sent once, whatever came back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_nobody_knows_is_a_failure_and_not_a_success() {
    let odd = sync(json!("on_holiday"));
    let (_, url) = Fake::serve((200, &odd), (200, &odd)).await;
    let world = World::in_front_of(&url).await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect("harbour").await;
    let shown: Connection = sign_in(&browser, &connection, &key()).await.json().await.unwrap();
    assert_eq!(shown.next, Next::Failed { reason: FailureReason::Unknown });
    assert_eq!(shown.provider_status.as_deref(), Some("on_holiday"), "support may see the word");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_fails_is_repeated_until_it_succeeds() {
    let (fake, url) = Fake::serve((200, &sync(json!("syncing"))), (500, &error(500))).await;
    let world = World::in_front_of(&url).await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect("harbour").await;
    let waiting: Connection = sign_in(&browser, &connection, &key()).await.json().await.unwrap();
    assert!(matches!(waiting.next, Next::Wait { .. }), "{waiting:?}");
    fake.0.lock().unwrap().look = (200, sync(json!("postponed")));
    let end = browser.follow(&waiting).await;
    assert!(matches!(end.next, Next::Later { reason: LaterReason::Postponed, .. }), "{end:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aggregator_that_is_away_at_the_start_is_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let world = World::in_front_of(&format!("http://{address}/v3")).await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let away = browser.get("/v1/institutions?query=chase").await;
    assert!(away.headers().contains_key("retry-after"));
    let (status, code) = problem(away).await;
    assert_eq!((status.as_u16(), code.as_str()), (503, "provider_unavailable"));
    let listener = TcpListener::bind(address).await.unwrap();
    let sandbox = world.sandbox.clone();
    tokio::spawn(async move { linchpin_sandbox::serve(listener, sandbox, std::future::pending()).await });
    let page = browser.search("chase").await;
    assert!(!page.institutions.is_empty(), "once it is there, it is found");
}

#[tokio::test(flavor = "multi_thread")]
async fn production_refuses_an_aggregator_that_is_for_practice() {
    let (sandbox, url, _serving) = practice().await;
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let mut config = Config::load(variables(&folder, &base, &url)).unwrap();
    config.environment = Environment::Production;
    let serving = tokio::spawn(linchpin_proxy::serve(config, listener, std::future::pending()));
    let http = http_client();
    until("the proxy has tried to read the institutions", async || {
        (sandbox.ledger().count(EventKind::TokenMinted, None) > 0).then_some(())
    })
    .await;
    let link = http
        .request(Method::POST, format!("{base}/v1/link-tokens"))
        .bearer_auth(super::world::ACORN)
        .header("idempotency-key", key())
        .json(&World::wish("pat", "verify"))
        .send()
        .await
        .unwrap();
    let link: linchpin_protocol::LinkToken = super::world::read(link, 201).await;
    let body = json!({"link_token": link.link_token.expose(), "origin": super::world::ORIGIN});
    let request = http.post(format!("{base}/v1/sessions")).header("idempotency-key", key()).json(&body);
    let session: Value = super::world::read(request.send().await.unwrap(), 201).await;
    assert!(
        session["session"]["provider"].get("practice").is_none(),
        "no practice login is offered in production"
    );
    let agreed = json!({"version": session["session"]["consent"]["version"]});
    let agreeing =
        http.post(format!("{base}/v1/sessions/consent")).header("idempotency-key", key()).json(&agreed);
    let agreeing = agreeing.bearer_auth(session["token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(agreeing.status(), 204);
    let search = http.get(format!("{base}/v1/institutions?query=chase"));
    let search = search.bearer_auth(session["token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(problem(search).await.1, "provider_unavailable", "nothing of it is shown");
    serving.abort();
}

//! How often anybody may call, and how often a login may be tried.

use super::browser::Browser;
use super::world::{ACORN, BIRCH, World, key, problem};
use jiff::SignedDuration;
use linchpin_protocol::{Connection, Next};
use linchpin_sandbox::EventKind;
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// How many seconds a refusal asks to wait, in the body and in the header alike.
async fn wait_of(response: Response) -> i64 {
    assert_eq!(response.status(), 429);
    let header: i64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["retry_after_s"], header, "{body}");
    header
}

/// Calls until refused; then waits as told, and is let through.
async fn exhausts(world: &World, most: usize, mut call: impl AsyncFnMut() -> Response) {
    for number in 0..most {
        let response = call().await;
        assert_ne!(response.status(), 429, "call {} of {most} was refused", number + 1);
    }
    let wait = wait_of(call().await).await;
    world.later(SignedDuration::from_secs(wait));
    assert_ne!(call().await.status(), 429, "refused although it waited for {wait} s as told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_has_its_own_measure_of_calls_and_of_searches() {
    let world =
        World::limited(&[("SESSION_PER_MINUTE", "60"), ("SEARCH_PER_SECOND", "10"), ("SEARCH_BURST", "20")])
            .await;
    let (browser, other) =
        (Browser::open(&world, "pat", "verify").await, Browser::open(&world, "pat", "verify").await);
    // Looking again and again whether the institutions are there would be searches, too.
    world.until_ready().await;
    world.later(SignedDuration::from_mins(2));
    exhausts(&world, 60, async || browser.get("/v1/sessions/current").await).await;
    assert_eq!(other.get("/v1/sessions/current").await.status(), 200, "another session is not held up");
    exhausts(&world, 20, async || browser.get("/v1/institutions?query=x").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_has_its_own_measure() {
    let world = World::limited(&[("CLIENT_PER_MINUTE", "12")]).await;
    let status = async |secret| world.client(secret, Method::GET, "/v1/link-tokens/lnk_0", Value::Null).await;
    exhausts(&world, 12, async || status(ACORN).await).await;
    assert_eq!(status(BIRCH).await.status(), 404, "another client is not held up");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_its_own_measure_and_cannot_be_made_up() {
    let world = World::limited(&[("ADDRESS_PER_MINUTE", "30")]).await;
    world.later(SignedDuration::from_mins(2));
    let mut number = 0;
    exhausts(&world, 30, async || {
        number += 1;
        // Nobody vouches for the header: it must not open a bucket of its own.
        let request =
            world.request(Method::GET, "/healthz").header("x-forwarded-for", format!("192.0.2.{number}"));
        request.send().await.unwrap()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_trusted_proxy_each_caller_is_counted_alone() {
    let limits = [("ADDRESS_PER_MINUTE", "30")];
    let world = World::with_settings(&[("TRUSTED_PROXIES", "127.0.0.0/8")], &limits).await;
    world.later(SignedDuration::from_mins(2));
    let from = async |address: &str| {
        let request = world.request(Method::GET, "/healthz").header("x-forwarded-for", address);
        request.send().await.unwrap()
    };
    exhausts(&world, 30, async || from("1.2.3.4, 192.0.2.1").await).await;
    assert_eq!(from("192.0.2.2").await.status(), 200, "another caller is not held up");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_secrets_is_shut_out_even_with_the_right_one() {
    let world = World::limited(&[("FAILURES_PER_MINUTE", "20")]).await;
    let guess =
        async |secret: &str| world.client(secret, Method::GET, "/v1/link-tokens/lnk_0", Value::Null).await;
    for _ in 0..20 {
        assert_eq!(guess("wrong").await.status(), 401);
    }
    assert_eq!(guess(ACORN).await.status(), 404, "twenty mistakes are forgiven");
    assert_eq!(guess("wrong").await.status(), 401);
    let wait = wait_of(guess(ACORN).await).await;
    world.later(SignedDuration::from_secs(wait));
    assert_eq!(guess(ACORN).await.status(), 404, "let in again after {wait} s");
    let body = json!({"link_token": "lt_0.0", "origin": "https://app.example"});
    let exchange = async || {
        let request = world.request(Method::POST, "/v1/sessions").header("idempotency-key", key());
        request.json(&body).send().await.unwrap()
    };
    assert_eq!(exchange().await.status(), 401, "there is room for one");
    assert_eq!(exchange().await.status(), 401, "the one too many, which shuts the door");
    assert_eq!(exchange().await.status(), 429, "made-up link tokens are guesses too");
}

async fn wrong_login(browser: &Browser<'_>, connection: &Connection) -> Response {
    let path = format!("/v1/connections/{}/credentials", connection.id);
    let body = Browser::login(connection, "practice-good", "practice-wrong");
    browser.post(&path, body).await
}

async fn fails(browser: &Browser<'_>, form: &Connection) -> Connection {
    let waiting: Connection = super::world::read(wrong_login(browser, form).await, 200).await;
    let asked = browser.follow(&waiting).await;
    assert!(matches!(asked.next, Next::Credentials { .. }), "{asked:?}");
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_tried_five_times_in_a_quarter_of_an_hour_across_sessions_and_then_no_more() {
    let world = World::with_clock().await;
    let first = Browser::open(&world, "pat", "aggregate").await;
    let mut form = first.connect("harbour").await;
    for _ in 0..3 {
        form = fails(&first, &form).await;
    }
    world.later(SignedDuration::from_mins(10));
    let second = Browser::open(&world, "pat", "aggregate").await;
    let mut form = second.connect("harbour").await;
    for _ in 0..2 {
        form = fails(&second, &form).await;
    }
    let tried = world.count(EventKind::LoginTried);
    let refused = wrong_login(&second, &form).await;
    let body: Value = refused.json().await.unwrap();
    assert_eq!((&body["code"], &body["retry_after_s"]), (&json!("too_many_tries"), &json!(300)), "{body}");
    assert_eq!(world.count(EventKind::LoginTried), tried, "the bank must not hear of the sixth");
    let kim = Browser::open(&world, "kim", "aggregate").await;
    let kims = kim.connect("harbour").await;
    fails(&kim, &kims).await;
    let elsewhere = second.connect("chase").await;
    fails(&second, &elsewhere).await;
    world.later(SignedDuration::from_secs(301));
    let again = Browser::open(&world, "pat", "aggregate").await;
    let form = again.connect("harbour").await;
    fails(&again, &form).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_did_not_fit_or_was_not_sent_uses_no_try() {
    let world = World::with_clock().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("harbour").await;
    let path = format!("/v1/connections/{}/credentials", form.id);
    for _ in 0..8 {
        let real = browser.post(&path, Browser::login(&form, "jane", "hunter2")).await;
        assert_eq!(real.status(), 422, "not a practice login");
        let stale = json!({"revision": 99, "fields": []});
        assert_eq!(problem(browser.post(&path, stale).await).await.1, "wrong_step");
    }
    fails(&browser, &form).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_of_zero_are_refused_with_what_to_do() {
    let mut variables = World::variables_for_tests();
    variables.push(("LINCHPIN_LIMITS__SESSION_PER_MINUTE".into(), "0".into()));
    let error = linchpin_proxy::Config::load(variables).unwrap_err().to_string();
    assert!(error.contains("SESSION_PER_MINUTE") && error.contains("1 or more"), "{error}");
}

//! Tokens and idempotency: what is spent, what is repeated, what is over.

use super::browser::{Browser, exchange};
use super::world::{ACORN, ORIGIN, World, key, problem, read};
use jiff::SignedDuration;
use linchpin_protocol::{LinkToken, OpenedSession, Verification};
use linchpin_sandbox::EventKind;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_link_token_is_spent_once_and_by_its_own_page_only() {
    let world = World::new().await;
    let link = world.link("pat", "verify").await;
    let elsewhere = exchange(&world, &link, "https://evil.example", &key()).await;
    assert_eq!(problem(elsewhere).await.1, "origin_not_allowed");
    let browser = Browser::with(&world, &link).await;
    assert_eq!(browser.session.origin, ORIGIN, "a wrong page must not have spent it");
    let (status, code) = problem(exchange(&world, &link, ORIGIN, &key()).await).await;
    assert_eq!((status.as_u16(), code.as_str()), (401, "token_used"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_not_ours_are_all_alike() {
    let world = World::new().await;
    let good = world.link("pat", "verify").await;
    let text = good.link_token.expose();
    let (id, _) = text.split_once('.').unwrap();
    let mut last = text.to_owned();
    last.pop();
    for bad in
        ["", "lt_", "lt_x.y", "nonsense", &format!("{id}.{}", "0".repeat(64)), id, &last, &"x".repeat(9_000)]
    {
        let body = json!({"link_token": bad, "origin": ORIGIN});
        let request =
            world.request(Method::POST, "/v1/sessions").header("idempotency-key", key()).json(&body);
        let (status, code) = problem(request.send().await.unwrap()).await;
        assert_eq!((status.as_u16(), code.as_str()), (401, "token_invalid"), "{bad:.80}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_token_expires_after_half_an_hour() {
    let world = World::with_clock().await;
    let link = world.link("pat", "verify").await;
    world.later(SignedDuration::from_mins(30));
    assert_eq!(problem(exchange(&world, &link, ORIGIN, &key()).await).await.1, "token_expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_nothing_but_polling_comes() {
    let world = World::with_clock().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let connection = browser.connect("harbour").await;
    world.later(SignedDuration::from_mins(29));
    browser.poll(&connection, 0).await;
    world.later(SignedDuration::from_mins(2));
    let (status, code) = problem(browser.get("/v1/sessions/current").await).await;
    assert_eq!((status.as_u16(), code.as_str()), (401, "session_expired"));

    let browser = Browser::open(&world, "pat", "verify").await;
    for _ in 0..11 {
        world.later(SignedDuration::from_mins(20));
        assert_eq!(browser.get("/v1/sessions/current").await.status(), 200, "kept by use");
    }
    world.later(SignedDuration::from_mins(20));
    assert_eq!(browser.get("/v1/sessions/current").await.status(), 401, "four hours at most");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_exchange_again_gives_the_same_session_a_new_token() {
    let world = World::new().await;
    let link = world.link("pat", "verify").await;
    let act = key();
    let first: OpenedSession = read(exchange(&world, &link, ORIGIN, &act).await, 201).await;
    let second: OpenedSession = read(exchange(&world, &link, ORIGIN, &act).await, 201).await;
    assert_ne!(first.token, second.token, "a token is never kept, so it cannot be given twice");
    let with = async |token: &str| {
        world.request(Method::GET, "/v1/sessions/current").bearer_auth(token).send().await.unwrap().status()
    };
    assert_eq!(with(second.token.expose()).await, 200);
    assert_eq!(with(first.token.expose()).await, 401, "the one from before is void");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_token_asked_for_again_is_minted_anew_under_the_same_id() {
    let world = World::new().await;
    let act = key();
    let ask = async |purpose: &str| {
        let request = world.request(Method::POST, "/v1/link-tokens").bearer_auth(ACORN);
        request.header("idempotency-key", &act).json(&World::wish("pat", purpose)).send().await.unwrap()
    };
    let first: LinkToken = read(ask("verify").await, 201).await;
    let second: LinkToken = read(ask("verify").await, 201).await;
    assert_eq!(first.link_id, second.link_id, "one act, one link");
    assert_eq!(problem(exchange(&world, &first, ORIGIN, &key()).await).await.1, "token_invalid", "replaced");
    let (status, code) = problem(ask("aggregate").await).await;
    assert_eq!((status.as_u16(), code.as_str()), (422, "idempotency_mismatch"));
    Browser::with(&world, &second).await;
    assert_eq!(problem(ask("verify").await).await.1, "token_used", "nothing to mint any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn unsafe_calls_without_a_key_are_refused() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let connection = browser.connect("harbour").await;
    let id = connection.id.as_str();
    for (method, path, bearer) in [
        (Method::POST, "/v1/link-tokens".to_owned(), ACORN),
        (Method::DELETE, format!("/v1/link-tokens/{}", browser.session.link_id), ACORN),
        (Method::POST, "/v1/public-tokens/exchange".to_owned(), ACORN),
        (Method::POST, "/v1/sessions".to_owned(), ""),
        (Method::DELETE, "/v1/sessions/current".to_owned(), browser.token.expose()),
        (Method::POST, "/v1/connections".to_owned(), browser.token.expose()),
        (Method::POST, format!("/v1/connections/{id}/credentials"), browser.token.expose()),
        (Method::POST, format!("/v1/connections/{id}/answers"), browser.token.expose()),
        (Method::POST, format!("/v1/connections/{id}/retry"), browser.token.expose()),
        (Method::POST, format!("/v1/connections/{id}/accounts"), browser.token.expose()),
        (Method::POST, format!("/v1/connections/{id}/public-token"), browser.token.expose()),
    ] {
        let request = world.request(method.clone(), &path).bearer_auth(bearer).json(&json!({}));
        let (status, code) = problem(request.send().await.unwrap()).await;
        assert_eq!((status.as_u16(), code.as_str()), (400, "idempotency_missing"), "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_act_makes_one_connection() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let page = browser.search("harbour").await;
    let body = json!({"institution_id": page.institutions[0].id, "method": "credentials"});
    let act = key();
    let first: Value = read(browser.post_with("/v1/connections", body.clone(), &act).await, 201).await;
    let second: Value = read(browser.post_with("/v1/connections", body, &act).await, 201).await;
    assert_eq!(first, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_sent_twice_is_tried_once() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect("harbour").await;
    let path = format!("/v1/connections/{}/credentials", connection.id);
    let body = Browser::login(&connection, "practice-good", "practice");
    let (act, other) = (key(), key());
    let (one, two, three) = tokio::join!(
        browser.post_with(&path, body.clone(), &act),
        browser.post_with(&path, body.clone(), &act),
        browser.post_with(&path, body.clone(), &other),
    );
    let statuses = [one.status(), two.status(), three.status()].map(|status| status.as_u16());
    assert!(statuses.contains(&200), "one of them is taken: {statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 409)), "{statuses:?}");
    let repeated = browser.post_with(&path, body, &act).await;
    assert!(matches!(repeated.status().as_u16(), 200 | 409), "the same act later is answered from what is");
    browser.follow(&browser.poll(&connection, 0).await).await;
    assert_eq!(world.count(EventKind::LoginTried), 1, "one act of a person, one login");
    assert_eq!(world.count(EventKind::SyncStarted), 1);
    assert_eq!(world.count(EventKind::ConnectionCreated), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_revision_is_refused() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect("cedar credit union").await;
    let asked = browser.follow(&browser.sign_in(&connection, "practice-question").await).await;
    let path = format!("/v1/connections/{}/credentials", connection.id);
    let late = browser.post(&path, Browser::login(&connection, "practice-good", "practice")).await;
    assert_eq!(problem(late).await.1, "wrong_step", "the form of an earlier revision");
    let path = format!("/v1/connections/{}/answers", connection.id);
    let old = json!({"revision": connection.revision, "answers": []});
    assert_eq!(problem(browser.post(&path, old).await).await.1, "wrong_step");
    let none = json!({"revision": asked.revision, "answers": []});
    assert_eq!(problem(browser.post(&path, none).await).await.1, "invalid_input answers missing");
    assert_eq!(world.count(EventKind::AnswerGiven), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_token_is_exchanged_once_and_again_only_by_the_same_act() {
    let world = World::with_clock().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let connection = browser.link_all_the_way("harbour").await;
    let replaced = browser.public_token(&connection).await;
    let token = browser.public_token(&connection).await;
    let act = key();
    let spend = async |token: &str, key: &str| {
        let request = world.request(Method::POST, "/v1/public-tokens/exchange").bearer_auth(ACORN);
        request.header("idempotency-key", key).json(&json!({"public_token": token})).send().await.unwrap()
    };
    assert_eq!(problem(spend(replaced.public_token.expose(), &key()).await).await.1, "token_invalid");
    let first: Verification = read(spend(token.public_token.expose(), &act).await, 200).await;
    let again: Verification = read(spend(token.public_token.expose(), &act).await, 200).await;
    assert_eq!(first.accounts[0].account_number, again.accounts[0].account_number, "read again upstream");
    assert_eq!(problem(spend(token.public_token.expose(), &key()).await).await.1, "token_used");
    let late = browser.public_token(&connection).await;
    assert_eq!(problem(spend(late.public_token.expose(), &act).await).await.1, "idempotency_mismatch");
    world.later(SignedDuration::from_mins(30));
    assert_eq!(problem(spend(late.public_token.expose(), &key()).await).await.1, "token_expired");
}

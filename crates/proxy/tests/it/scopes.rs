//! Who sees what: clients, sessions, origins. What belongs to somebody else does not exist.

use super::browser::Browser;
use super::world::{ACORN, BIRCH, ORIGIN, World, key, problem, read};
use linchpin_protocol::{LinkState, LinkStatus};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_needs_its_secret_and_may_rotate_it() {
    let world = World::new().await;
    for bad in ["", "wrong", &format!("{ACORN}x")] {
        let (status, code) =
            problem(world.client(bad, Method::POST, "/v1/link-tokens", json!({})).await).await;
        assert_eq!((status.as_u16(), code.as_str()), (401, "unauthorized"), "{bad:?}");
    }
    let wish = json!({"user_id": "pat", "origin": "https://birch.example"});
    for good in ["an old secret of birch", BIRCH] {
        let response = world.client(good, Method::POST, "/v1/link-tokens", wish.clone()).await;
        assert_eq!(response.status(), 201, "both secrets are good while one is replaced by the other");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_token_is_minted_only_for_registered_origins_and_sound_wishes() {
    let world = World::new().await;
    let with = |field: &str, value: Value| {
        let mut wish = World::wish("pat", "verify");
        wish[field] = value;
        wish
    };
    for (wish, expected) in [
        (with("origin", json!("https://evil.example")), "origin_not_allowed"),
        (with("origin", json!("https://birch.example")), "origin_not_allowed"),
        (with("origin", json!(format!("{ORIGIN}/"))), "invalid_input origin malformed"),
        (with("user_id", json!("")), "invalid_input user_id empty"),
        (with("user_id", json!("x".repeat(129))), "invalid_input user_id too_long"),
        (with("language", json!("not a language")), "invalid_input language malformed"),
        (with("purpose", json!("spy")), "invalid_input purpose malformed"),
        (with("colour", json!("red")), "invalid_input colour malformed"),
        (json!({"user_id": "pat"}), "invalid_input origin missing"),
    ] {
        let response = world.client(ACORN, Method::POST, "/v1/link-tokens", wish.clone()).await;
        assert_eq!(problem(response).await.1, expected, "{wish}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_clients_objects_do_not_exist() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let connection = browser.link_all_the_way("harbour").await;
    let token = browser.public_token(&connection).await;
    let link = format!("/v1/link-tokens/{}", browser.session.link_id);
    let numbers = format!("/v1/connections/{}/verification", connection.id);
    for (method, path) in [(Method::GET, &link), (Method::DELETE, &link), (Method::GET, &numbers)] {
        let stranger = problem(world.client(BIRCH, method.clone(), path, Value::Null).await).await;
        let unknown = path.replace(['0', '1', '2', '3'], "f");
        let nobody = problem(world.client(BIRCH, method, &unknown, Value::Null).await).await;
        assert_eq!(stranger, nobody, "somebody else's and nobody's must look the same");
        assert_eq!(stranger.0.as_u16(), 404);
    }
    let body = json!({"public_token": token.public_token.expose()});
    let taken = world.client(BIRCH, Method::POST, "/v1/public-tokens/exchange", body.clone()).await;
    assert_eq!(problem(taken).await.1, "token_invalid");
    let own = world.client(ACORN, Method::POST, "/v1/public-tokens/exchange", body).await;
    assert_eq!(own.status(), 200, "a stranger's try must not spend it");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sessions_connection_does_not_exist() {
    let world = World::new().await;
    let owner = Browser::open(&world, "pat", "verify").await;
    let connection = owner.connect("harbour").await;
    for other in [Browser::open(&world, "kim", "verify").await, Browser::open(&world, "pat", "verify").await]
    {
        for (method, part, body) in [
            (Method::GET, "", Value::Null),
            (Method::POST, "/credentials", Browser::login(&connection, "practice-good", "practice")),
            (Method::POST, "/answers", json!({"revision": 1, "answers": []})),
            (Method::POST, "/retry", json!({"revision": 1})),
            (Method::POST, "/accounts", json!({"revision": 1, "account_ids": []})),
            (Method::POST, "/public-token", Value::Null),
        ] {
            let path = format!("/v1/connections/{}{part}", connection.id);
            let request = world.request(method, &path).bearer_auth(other.token.expose());
            let response = request.header("idempotency-key", key()).json(&body).send().await.unwrap();
            assert_eq!(problem(response).await.1, "not_found", "{part}");
        }
    }
    assert!(owner.session.unfinished.is_empty());
    let session: linchpin_protocol::Session = read(owner.get("/v1/sessions/current").await, 200).await;
    assert_eq!(session.unfinished.len(), 1, "the owner finds it again");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_of_one_sort_open_no_door_of_another() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let with_client = world.client(ACORN, Method::GET, "/v1/sessions/current", Value::Null).await;
    assert_eq!(problem(with_client).await.1, "session_expired");
    let with_session = world.client(browser.token.expose(), Method::POST, "/v1/link-tokens", json!({})).await;
    assert_eq!(problem(with_session).await.1, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clients_server_sees_how_far_it_is_and_can_end_it() {
    let world = World::new().await;
    let link = world.link("pat", "verify").await;
    let path = format!("/v1/link-tokens/{}", link.link_id);
    let status = async || {
        let response = world.client(ACORN, Method::GET, &path, Value::Null).await;
        read::<LinkStatus>(response, 200).await
    };
    assert_eq!(status().await.state, LinkState::Unused);
    let browser = Browser::with(&world, &link).await;
    assert_eq!(status().await.state, LinkState::Open);
    let connection = browser.link_all_the_way("harbour").await;
    let seen = status().await;
    assert_eq!(seen.results.len(), 1);
    assert_eq!(seen.results[0].connection_id.as_ref(), Some(&connection.id));
    assert_eq!(world.client(ACORN, Method::DELETE, &path, Value::Null).await.status(), 204);
    assert_eq!(status().await.state, LinkState::Over);
    let (code, text) = problem(browser.get("/v1/sessions/current").await).await;
    assert_eq!((code.as_u16(), text.as_str()), (401, "session_expired"), "the session ended with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_widget_can_end_its_session() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let request = world.request(Method::DELETE, "/v1/sessions/current").bearer_auth(browser.token.expose());
    assert_eq!(request.header("idempotency-key", key()).send().await.unwrap().status(), 204);
    assert_eq!(browser.get("/v1/sessions/current").await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_that_do_not_fit_are_refused_by_name() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    browser.search("chase").await;
    for (query, expected) in [
        (format!("query={}", "x".repeat(201)), "invalid_input query too_long"),
        ("query=x&limit=many".to_owned(), "invalid_input limit malformed"),
        ("query=x&limit=9223372036854775808".to_owned(), "invalid_input limit malformed"),
        ("query=x&cursor=../../etc".to_owned(), "invalid_input cursor malformed"),
        ("query=x&cursor=999999999".to_owned(), "invalid_input cursor malformed"),
    ] {
        let response = browser.get(&format!("/v1/institutions?{query}")).await;
        assert_eq!(problem(response).await.1, expected, "{query:.60}");
    }
    assert_eq!(problem(browser.get("/v1/institutions/ins_0").await).await.1, "not_found");
    assert_eq!(
        problem(browser.get("/v1/institutions/ins_22134").await).await.1,
        "not_found",
        "a system holder"
    );
    let first = browser.get("/v1/institutions?query=bank&limit=5").await;
    let first: linchpin_protocol::InstitutionPage = read(first, 200).await;
    let cursor = first.next_cursor.clone().expect("there are more than five banks");
    let second = browser.get(&format!("/v1/institutions?query=bank&limit=5&cursor={cursor}")).await;
    let second: linchpin_protocol::InstitutionPage = read(second, 200).await;
    assert_eq!((first.institutions.len(), second.institutions.len()), (5, 5));
    assert!(first.institutions.iter().all(|one| !second.institutions.contains(one)), "pages do not overlap");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_and_routes_that_do_not_fit_are_problems() {
    let world = World::new().await;
    let send = async |content_type: &str, body: String| {
        let request = world.request(Method::POST, "/v1/link-tokens").bearer_auth(ACORN);
        let request =
            request.header("idempotency-key", key()).header("content-type", content_type).body(body);
        problem(request.send().await.unwrap()).await
    };
    assert_eq!(send("text/plain", "{}".into()).await.0.as_u16(), 415);
    assert_eq!(send("application/json", "x".repeat(70_000)).await.0.as_u16(), 413);
    assert_eq!(send("application/json; charset=utf-8", "{".into()).await.0.as_u16(), 422);
    let nowhere = world.request(Method::GET, "/v1/nowhere").send().await.unwrap();
    assert_eq!(problem(nowhere).await.1, "not_found");
    let wrong_method = world.request(Method::PUT, "/v1/link-tokens").send().await.unwrap();
    assert!(wrong_method.headers().contains_key("allow"), "says what is allowed");
    assert_eq!(problem(wrong_method).await.0.as_u16(), 405);
}

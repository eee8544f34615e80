//! Which page of another origin may read an answer: the one that an element stands in, of its own session.

use super::browser::{Browser, exchange_from};
use super::surfaces::{in_a_page, mint};
use super::world::{BIRCH, ORIGIN, World, key, problem, read};
use linchpin_protocol::OpenedSession;
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// A page of another client's, which is registered like the session's own.
const ANOTHER: &str = "https://birch.example";
/// A page of nobody's.
const NOBODYS: &str = "https://evil.example";

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// Who may read an answer; nobody: empty.
fn reader(response: &Response) -> &str {
    let reader = header(response, "access-control-allow-origin");
    let varies: Vec<_> = response.headers().get_all("vary").iter().collect();
    assert_eq!(!reader.is_empty(), varies.iter().any(|value| *value == "origin"), "{varies:?}");
    assert_eq!(header(response, "access-control-allow-credentials"), "", "there are no cookies");
    reader
}

/// A call with a token, from a page.
async fn call(world: &World, call: &str, token: &str, origin: Option<&str>) -> Response {
    let (method, path) = call.split_once(' ').unwrap();
    let path = path.replace("{id}", "con_0").replace("{number}", "306061549");
    let mut request = world.request(method.parse().unwrap(), &path).bearer_auth(token);
    if method != "GET" {
        request = request.header("idempotency-key", key());
    }
    if method == "POST" {
        request = request.json(&json!({}));
    }
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    request.send().await.unwrap()
}

/// Every call that a session makes, as the document has them.
fn calls_of_sessions() -> Vec<String> {
    let document = linchpin_proxy::document();
    let mut calls = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if operation["security"] == json!([{"session": []}]) {
                calls.push(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    // Last, since nothing comes after it.
    calls.sort_by_key(|call| call == "DELETE /v1/sessions/current");
    assert!(calls.len() > 20, "{calls:?}");
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn an_elements_session_is_used_and_read_by_its_own_page_only() {
    let world = World::new().await;
    let browser = in_a_page(&world, json!({})).await;
    let token = browser.token.expose();
    for sort in calls_of_sessions() {
        for origin in
            [Some(ANOTHER), Some(NOBODYS), Some("null"), None, Some("http://localhost:4100.evil.example")]
        {
            let refused = call(&world, &sort, token, origin).await;
            assert_eq!(reader(&refused), "", "{sort} from {origin:?}");
            let (status, code) = problem(refused).await;
            assert_eq!(
                (status.as_u16(), code.as_str()),
                (403, "origin_not_allowed"),
                "{sort} from {origin:?}"
            );
        }
        // Whatever it is, error or not.
        let answer = call(&world, &sort, token, Some(ORIGIN)).await;
        assert_eq!(reader(&answer), ORIGIN, "{sort}: {}", answer.status());
        assert_ne!(problem_or_nothing(answer).await, "origin_not_allowed", "{sort}");
    }
}

async fn problem_or_nothing(response: Response) -> String {
    if response.status().is_success() { String::new() } else { problem(response).await.1 }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_names_two_origins_comes_from_none() {
    let world = World::new().await;
    let browser = in_a_page(&world, json!({})).await;
    let request = world.request(Method::GET, "/v1/sessions/current").bearer_auth(browser.token.expose());
    let both = request.header("origin", ORIGIN).header("origin", NOBODYS).send().await.unwrap();
    assert_eq!(reader(&both), "");
    assert_eq!(problem(both).await.1, "origin_not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frames_session_is_read_by_no_other_page_and_goes_on_as_ever() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    for origin in [Some(ORIGIN), Some(ANOTHER), Some(NOBODYS), None] {
        for sort in ["GET /v1/sessions/current", "POST /v1/sessions/extend"] {
            let answer = call(&world, sort, browser.token.expose(), origin).await;
            assert_eq!((answer.status().as_u16(), reader(&answer)), (200, ""), "{sort} from {origin:?}");
        }
        let error = call(&world, "GET /v1/connections/{id}", browser.token.expose(), origin).await;
        assert_eq!((error.status().as_u16(), reader(&error)), (404, ""), "from {origin:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_elements_link_is_opened_by_its_own_page_and_wrong_ones_do_not_spend_it() {
    let world = World::new().await;
    let link = mint(&world, json!({"user_id": "pat", "surface": "element", "origin": ORIGIN})).await;
    for from in [Some(ANOTHER), Some(NOBODYS), None] {
        // Whatever it says of itself.
        let refused = exchange_from(&world, &link, ORIGIN, &key(), from).await;
        assert_eq!(reader(&refused), "", "{from:?}");
        assert_eq!(problem(refused).await.1, "origin_not_allowed", "{from:?}");
    }
    let act = key();
    for time in ["first", "again"] {
        let opened = exchange_from(&world, &link, ORIGIN, &act, Some(ORIGIN)).await;
        assert_eq!(reader(&opened), ORIGIN, "{time}");
        let opened: OpenedSession = read(opened, 201).await;
        assert_eq!(opened.session.origin, ORIGIN, "{time}");
    }
    let used = exchange_from(&world, &link, ORIGIN, &key(), Some(ORIGIN)).await;
    assert_eq!(reader(&used), ORIGIN, "the page has to learn why");
    assert_eq!(problem(used).await.1, "token_used");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_before_a_session_is_known_is_told_to_registered_pages_and_no_others() {
    let world = World::new().await;
    let browser = in_a_page(&world, json!({})).await;
    let ended = call(&world, "DELETE /v1/sessions/current", browser.token.expose(), Some(ORIGIN)).await;
    assert_eq!(ended.status(), 204);
    for (origin, expected) in
        [(Some(ORIGIN), ORIGIN), (Some(ANOTHER), ANOTHER), (Some(NOBODYS), ""), (None, "")]
    {
        let over = call(&world, "GET /v1/sessions/current", browser.token.expose(), origin).await;
        assert_eq!(reader(&over), expected, "from {origin:?}");
        assert_eq!(problem(over).await.1, "session_expired", "from {origin:?}");
        let keyless = world.request(Method::POST, "/v1/sessions").header("origin", origin.unwrap_or("null"));
        let keyless = keyless.json(&json!({})).send().await.unwrap();
        assert_eq!(reader(&keyless), expected, "from {origin:?}");
        assert_eq!(problem(keyless).await.1, "idempotency_missing", "from {origin:?}");
        // What only servers call, no page reads.
        let servers = call(&world, "GET /v1/link-tokens/{id}", BIRCH, origin).await;
        assert_eq!((servers.status().as_u16(), reader(&servers)), (404, ""), "from {origin:?}");
        let health = call(&world, "GET /healthz", "", origin).await;
        assert_eq!((health.status().as_u16(), reader(&health)), (200, ""), "from {origin:?}");
    }
}

async fn asks(world: &World, path: &str, origin: &str) -> Response {
    let request = world.request(Method::OPTIONS, path).header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    let headers = "authorization,content-type,idempotency-key";
    request.header("access-control-request-headers", headers).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_asks_first_is_told_the_calls_of_a_route_for_registered_pages_only() {
    let world = World::new().await;
    for (path, methods) in [
        ("/v1/sessions", "POST"),
        ("/v1/sessions/current", "GET, DELETE"),
        ("/v1/connections/con_1", "DELETE, GET"),
        ("/v1/connections/con_1/authorize", "POST"),
    ] {
        for origin in [ORIGIN, ANOTHER] {
            let told = asks(&world, path, origin).await;
            assert_eq!((told.status().as_u16(), reader(&told)), (204, origin), "{path}");
            assert_eq!(header(&told, "access-control-allow-methods"), methods, "{path}");
            let sent = "authorization, content-type, idempotency-key";
            assert_eq!(header(&told, "access-control-allow-headers"), sent, "{path}");
            assert_eq!(header(&told, "access-control-max-age"), "600", "{path}");
        }
        for origin in [NOBODYS, "null", "*"] {
            let refused = asks(&world, path, origin).await;
            assert_eq!((refused.status().as_u16(), reader(&refused)), (405, ""), "{path} from {origin}");
            assert_eq!(header(&refused, "access-control-allow-methods"), "", "{path} from {origin}");
        }
    }
    for path in
        ["/v1/link-tokens", "/v1/public-tokens/exchange", "/v1/deposits/dep_1/verification", "/healthz"]
    {
        let refused = asks(&world, path, ORIGIN).await;
        assert_eq!(reader(&refused), "", "only servers call {path}");
        assert_eq!(header(&refused, "access-control-allow-methods"), "", "{path}");
    }
    for sort in calls_of_sessions() {
        let (_, path) = sort.split_once(' ').unwrap();
        let told = asks(&world, &path.replace("{id}", "x").replace("{number}", "1"), ORIGIN).await;
        let methods = header(&told, "access-control-allow-methods");
        let (method, _) = sort.split_once(' ').unwrap();
        assert!(methods.split(", ").any(|told| told == method), "{sort}: {methods}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_element_is_made_of_is_told_to_its_own_page_only() {
    let world = World::new().await;
    let wish = json!({"user_id": "pat", "surface": "element", "origin": ORIGIN, "language": "ar-EG",
        "appearance": {"theme": "dark"}});
    let link = mint(&world, wish).await;
    let ask = async |id: &str, origin: Option<&str>| {
        call(&world, &format!("GET /widget/element?link={id}"), "", origin).await
    };
    let told = ask(link.link_id.as_str(), Some(ORIGIN)).await;
    assert_eq!((reader(&told), header(&told, "cache-control")), (ORIGIN, "no-store"));
    let told: Value = read(told, 200).await;
    let words = told["words"].as_str().unwrap().to_owned();
    assert!(words.starts_with("/widget/words/ar-") && words.ends_with(".txt"), "{words}");
    let expected = json!({
        "link_id": link.link_id, "client": "Acorn \"Budget\" & Co", "practice": true, "first": "consent",
        "language": "ar-EG", "direction": "rtl", "theme": "dark",
        "module": "/widget/linchpin-0123456789abcdef.js",
        "wasm": "/widget/linchpin-0123456789abcdef_bg.wasm",
        "rest": "/widget/linchpin-0123456789abcdef_rest.wasm", "rest_integrity": "sha384-rest",
        "style": "/widget/linchpin-fedcba9876543210.css", "words": words, "in_page_credentials": false,
    });
    assert_eq!(told, expected);
    for file in ["module", "words"] {
        let file = call(&world, &format!("GET {}", told[file].as_str().unwrap()), "", Some(ORIGIN)).await;
        assert_eq!(file.status(), 200);
        assert_eq!(header(&file, "access-control-allow-origin"), "*", "pages import it");
        assert_eq!(header(&file, "cross-origin-resource-policy"), "cross-origin");
        assert!(header(&file, "cache-control").contains("immutable"));
    }
    for origin in [Some(ANOTHER), Some(NOBODYS), None] {
        let refused = ask(link.link_id.as_str(), origin).await;
        assert_eq!(reader(&refused), "", "{origin:?}");
        assert_eq!(problem(refused).await.1, "origin_not_allowed", "{origin:?}");
    }
    let framed = world.link("pat", "verify").await;
    for id in [framed.link_id.as_str(), "lnk_nobody", ""] {
        let unknown = ask(id, Some(ORIGIN)).await;
        assert_eq!(problem(unknown).await.1, "not_found", "{id}");
    }
}

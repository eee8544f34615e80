//! Bodies, paths, queries and connections that do not fit: each is a problem that names what is wrong, and the proxy
//! goes on.

use super::browser::Browser;
use super::world::{ACORN, ORIGIN, World, key, problem, read};
use linchpin_protocol::Next;
use linchpin_sandbox::EventKind;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Stands in every value that is refused; no answer may repeat it.
const MARKER: &str = "m4rk3r-nobody-may-repeat";

/// A route with a body that fits, and the fields whose type can be wrong.
struct Route {
    path: String,
    token: String,
    body: Value,
}

async fn routes(browser: &Browser<'_>) -> Vec<Route> {
    let connection = browser.connect("harbour").await;
    let (widget, client) = (browser.token.expose().to_owned(), ACORN.to_owned());
    let at = |part: &str| format!("/v1/connections/{}/{part}", connection.id);
    let login = json!({"revision": 1, "fields": [{"id": "username", "value": MARKER}]});
    let answers = json!({"revision": 1, "answers": [{"id": "chl_1", "value": MARKER}]});
    [
        ("/v1/link-tokens".into(), &client, json!({"user_id": MARKER, "origin": ORIGIN})),
        ("/v1/public-tokens/exchange".into(), &client, json!({"public_token": MARKER})),
        ("/v1/sessions".into(), &client, json!({"link_token": MARKER, "origin": ORIGIN})),
        ("/v1/sessions/consent".into(), &widget, json!({"version": MARKER})),
        ("/v1/institution-requests".into(), &widget, json!({"text": MARKER})),
        ("/v1/connections".into(), &widget, json!({"institution_id": MARKER, "method": "credentials"})),
        (at("credentials"), &widget, login),
        (at("answers"), &widget, answers),
        (at("retry"), &widget, json!({"revision": 1})),
        (at("accounts"), &widget, json!({"revision": 1, "account_ids": [MARKER]})),
    ]
    .map(|(path, token, body)| Route { path, token: token.clone(), body })
    .into()
}

async fn send(world: &World, route: &Route, body: Vec<u8>) -> (u16, String) {
    let started = Instant::now();
    let request = world.request(Method::POST, &route.path).bearer_auth(&route.token);
    let request = request.header("idempotency-key", key()).header("content-type", "application/json");
    let response = request.body(body).send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(5), "{} took {:?}", route.path, started.elapsed());
    assert!(status < 500, "{} answered {status}: {text}", route.path);
    assert!(!text.contains(MARKER), "{} repeats a value: {text}", route.path);
    (status, text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_no_database_keeps_is_refused_or_names_nobody() {
    let world = World::new().await;
    let wish = json!({"user_id": "pat\0", "origin": ORIGIN});
    let answer = world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await;
    let problem: Value = read(answer, 422).await;
    assert_eq!(problem["fields"][0]["field"], "user_id", "{problem}");
    let known = world.request(Method::GET, "/v1/users/pat%00/connections").bearer_auth(ACORN).send().await;
    assert_eq!(known.unwrap().status(), 200, "nobody of that name has any");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_body_that_does_not_fit_names_the_field_and_never_the_value() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    for route in routes(&browser).await {
        for (field, sound) in route.body.as_object().unwrap() {
            let wrong_type = if sound.is_string() { json!({MARKER: [MARKER]}) } else { json!(MARKER) };
            for (what, value) in [("missing", None), ("null", Some(Value::Null)), ("type", Some(wrong_type))]
            {
                let mut body = route.body.clone();
                match value {
                    Some(value) => body[field] = value,
                    None => drop(body.as_object_mut().unwrap().remove(field)),
                }
                let (status, text) = send(&world, &route, body.to_string().into_bytes()).await;
                assert_eq!(status, 422, "{} with {what} {field}: {text}", route.path);
                let answer: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(answer["fields"][0]["field"], **field, "{} with {what} {field}", route.path);
                // In a web view there is no page with an origin: `null` says as much as nothing.
                let no_page = (&*route.path, field.as_str(), what) == ("/v1/link-tokens", "origin", "null");
                let absent = what == "missing" || no_page;
                let kind = if absent { "missing" } else { "malformed" };
                assert_eq!(answer["fields"][0]["problem"], kind, "{} with {what} {field}", route.path);
            }
            let twice = format!("{{\"{field}\":{sound},\"{field}\":{sound}}}");
            let (status, text) = send(&world, &route, twice.into_bytes()).await;
            assert_eq!(status, 422, "{} with {field} twice: {text}", route.path);
        }
        let mut more = route.body.clone();
        more["colour"] = json!(MARKER);
        let (_, text) = send(&world, &route, more.to_string().into_bytes()).await;
        assert!(text.contains("\"colour\""), "{} does not name the unknown member: {text}", route.path);
    }
    browser.link_all_the_way("harbour").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_bytes_in_bodies_are_refused_on_every_route() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    for route in routes(&browser).await {
        let (field, _) = route.body.as_object().unwrap().iter().next().unwrap();
        let with = |value: &str| format!("{{\"{field}\":{value}}}").into_bytes();
        for (what, body, expected) in [
            ("nothing", Vec::new(), 422),
            ("half a body", br#"{"revision":"#.to_vec(), 422),
            ("deep lists", with(&"[".repeat(50_000)), 422),
            ("deep objects", with(&"{\"a\":".repeat(10_000)), 422),
            ("bytes that are no text", b"{\"revision\":\"\xff\xfe\"}".to_vec(), 422),
            ("half a surrogate pair", with(r#""\ud800""#), 422),
            ("a number without end", with(&"9".repeat(1_000)), 422),
            ("a fraction", with("1.5e308"), 422),
            ("a list", b"[]".to_vec(), 422),
            ("a word", format!("\"{MARKER}\"").into_bytes(), 422),
            ("two bodies", format!("{} {}", route.body, route.body).into_bytes(), 422),
            ("too much", with(&format!("\"{}\"", "x".repeat(70_000))), 413),
        ] {
            let (status, text) = send(&world, &route, body).await;
            assert_eq!(status, expected, "{} with {what}: {text}", route.path);
        }
        // Characters that show nothing, where a text fits: refused or harmless, never a fault.
        for odd in [r#""\u0000""#, r#""\u202e\u0007""#, r#""' OR 1=1 --""#] {
            let mut body = route.body.clone();
            body[field] = serde_json::from_str(odd).unwrap();
            send(&world, &route, body.to_string().into_bytes()).await;
        }
    }
    browser.link_all_the_way("harbour").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn absurd_addresses_and_headers_are_problems() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    browser.search("chase").await;
    for path in [
        "/v1/connections/%00",
        "/v1/connections/%ff%fe",
        "/v1/connections/..%2f..%2fetc%2fpasswd",
        "/v1/institutions/%F0%9F%92%A3",
        "/v1/institutions?query=%00%ff",
        "/v1/institutions?query=%e2%80%ae&limit=0",
        "/v1/institutions?limit=99999999999999999999999",
        "/v1/institutions?limit=-1",
        "/v1/institutions?&&&=&=&query",
        "/v1/institutions?query=a&query=b",
        "/widget/..%2f..%2fsecret.txt",
        "/widget/%00",
        "//v1//sessions",
    ] {
        let status = browser.get(path).await.status().as_u16();
        assert!(status < 500, "{path} answered {status}");
    }
    let long = format!("/v1/institutions?query={}", "%41".repeat(10_000));
    assert!(browser.get(&long).await.status().as_u16() < 500, "a query of 30 kB");
    let request = world.request(Method::POST, "/v1/link-tokens").bearer_auth(ACORN);
    let response = request.header("idempotency-key", "x".repeat(256)).json(&json!({})).send().await.unwrap();
    assert_eq!(problem(response).await.1, "invalid_input idempotency-key too_long");
    let huge = world.request(Method::GET, "/healthz").header("x-huge", "x".repeat(1_000_000)).send().await;
    assert!(huge.is_err() || huge.unwrap().status() == 431, "headers of 1 MB were read");
    let mut many = world.request(Method::GET, "/healthz");
    for number in 0..500 {
        many = many.header(format!("x-{number}"), "x");
    }
    let many = many.send().await;
    assert!(many.is_err() || many.unwrap().status() == 431, "500 headers were read");
    assert_eq!(browser.get("/v1/sessions/current").await.status(), 200, "the proxy goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_does_nothing_and_holds_nothing() {
    let world = World::new().await;
    let address = world.base.trim_start_matches("http://").to_owned();
    let head = |rest: &str| {
        format!(
            "POST /v1/link-tokens HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {ACORN}\r\n\
             idempotency-key: {}\r\ncontent-type: application/json\r\n{rest}",
            key()
        )
    };
    let cases = [
        ("half a body", head("content-length: 50\r\n\r\n{\"user_id\":"), None),
        ("half a chunk", head("transfer-encoding: chunked\r\n\r\n20\r\n{\"us"), None),
        ("a chunk that is none", head("transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n"), Some("400")),
        ("chunks", head("transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), Some("422")),
        ("no request", "GARBAGE\r\n\r\n".to_owned(), Some("400")),
        ("two lengths", head("content-length: 2\r\ncontent-length: 3\r\n\r\n{}"), Some("400")),
    ];
    for (what, bytes, expected) in cases {
        let mut socket = TcpStream::connect(&address).await.unwrap();
        socket.write_all(bytes.as_bytes()).await.unwrap();
        if expected.is_none() {
            socket.shutdown().await.unwrap();
        }
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(5), socket.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "{what}: the connection was held");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
        match expected {
            Some(expected) => assert_eq!(status, expected, "{what}: {answer}"),
            None => assert!(!status.starts_with('2') && !status.starts_with('5'), "{what}: {answer}"),
        }
    }
    Browser::open(&world, "pat", "verify").await.link_all_the_way("harbour").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_takes_no_answers_and_nothing_is_started_by_them() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("approve in app").await;
    let asked = browser.follow(&browser.sign_in(&form, "practice-good").await).await;
    assert!(matches!(asked.next, Next::Challenges { .. }), "{asked:?}");
    let path = format!("/v1/connections/{}/answers", asked.id);
    let body = json!({"revision": asked.revision, "answers": []});
    let (status, code) = problem(browser.post(&path, body).await).await;
    assert_eq!((status.as_u16(), code.as_str()), (422, "invalid_input answers not_offered"));
    assert_eq!(world.count(EventKind::LoginTried), 1, "the login was tried once more");
    assert_eq!(browser.now(&asked).await.revision, asked.revision, "it is waited for as before");
}

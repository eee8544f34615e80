//! What every answer says to browsers, whatever it is.

use super::world::{ACORN, World, key};
use reqwest::{Method, Response};

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// One call of every route, and calls that no route answers.
async fn every_sort_of_answer(world: &World) -> Vec<(String, Response)> {
    let mut calls: Vec<(Method, String)> = vec![];
    let document = linchpin_proxy::document();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            calls.push((method.to_uppercase().parse().unwrap(), path.replace("{id}", "con_0")));
        }
    }
    for path in ["/healthz", "/readyz", "/widget", "/widget?link=lnk_0", "/widget/boot.js", "/widget/none.js"]
    {
        calls.push((Method::GET, path.to_owned()));
    }
    for path in ["/go/none", "/return", "/return?state=none", "/return/page.css"] {
        calls.push((Method::GET, path.to_owned()));
    }
    for path in ["/sdk/linchpin.js", "/sdk/none.js", "/nowhere", "/v1/../etc/passwd", "/metrics"] {
        calls.push((Method::GET, path.to_owned()));
    }
    calls.extend([(Method::PUT, "/v1/sessions".to_owned()), (Method::OPTIONS, "/v1/sessions".to_owned())]);
    calls.extend([(Method::TRACE, "/v1/sessions".to_owned()), (Method::POST, "/csp-reports".to_owned())]);
    let mut answers = Vec::new();
    for (method, path) in calls {
        let request =
            world.request(method.clone(), &path).bearer_auth(ACORN).header("idempotency-key", key());
        let request = request.header("origin", "https://evil.example");
        answers.push((format!("{method} {path}"), request.send().await.unwrap()));
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sort_of_answer_is_closed_down() {
    let world = World::new().await;
    let answers = every_sort_of_answer(&world).await;
    assert!(answers.len() > 30, "only {} sorts of answers", answers.len());
    for (call, response) in &answers {
        let has = |name: &str, value: &str| assert_eq!(header(response, name), value, "{name} of {call}");
        has("x-content-type-options", "nosniff");
        has("referrer-policy", "no-referrer");
        assert!(header(response, "x-request-id").starts_with("req_"), "{call}");
        assert!(header(response, "content-security-policy").contains("frame-ancestors"), "{call}");
        assert!(
            header(response, "server").is_empty() && header(response, "x-powered-by").is_empty(),
            "{call}"
        );
        let static_file = call.contains("/widget/") || call.contains("/sdk/");
        if !(static_file && response.status().is_success()) {
            has("cache-control", "no-store");
        }
        let loader = call.contains("/sdk/") && response.status().is_success();
        let shared = header(response, "access-control-allow-origin");
        assert_eq!(
            shared,
            if loader { "*" } else { "" },
            "only the loader may be read from elsewhere: {call}"
        );
        assert!(header(response, "access-control-allow-methods").is_empty(), "{call}");
        let kind = header(response, "content-type");
        if kind.starts_with("text/") {
            assert!(kind.contains("charset=utf-8"), "{call} leaves its charset open: {kind}");
        }
        assert!(header(response, "strict-transport-security").is_empty(), "there is no TLS in this test");
        assert!(header(response, "set-cookie").is_empty(), "{call}: there are no cookies");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_tls_browsers_are_told_to_stay_there() {
    let world = World::with_settings(&[("PUBLIC_URL", "https://link.example")], &[]).await;
    let response = world.request(Method::GET, "/healthz").send().await.unwrap();
    let told = header(&response, "strict-transport-security");
    let seconds: u64 = told.trim_start_matches("max-age=").split(';').next().unwrap().parse().unwrap();
    assert!(seconds >= 31_536_000, "a year at least (ASVS 3.4.1): {told}");
}

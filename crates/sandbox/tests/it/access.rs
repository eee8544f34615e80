//! Who may call what, and how calls are refused.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::start;

/// Every route that needs a token.
const ROUTES: &[(&str, &str)] = &[
    ("GET", "/v3/users"),
    ("POST", "/v3/users"),
    ("GET", "/v3/users/1"),
    ("PUT", "/v3/users/1"),
    ("DELETE", "/v3/users/1"),
    ("GET", "/v3/users/1/connections"),
    ("POST", "/v3/users/1/connections"),
    ("GET", "/v3/users/1/accounts"),
    ("GET", "/v3/institutions"),
    ("GET", "/v3/institutions/900001"),
    ("GET", "/v3/connections"),
    ("GET", "/v3/connections/1"),
    ("PUT", "/v3/connections/1"),
    ("DELETE", "/v3/connections/1"),
    ("GET", "/v3/connections/1/sync"),
    ("POST", "/v3/connections/1/sync"),
    ("GET", "/v3/connections/1/challenges"),
    ("PUT", "/v3/connections/1/challenges"),
    ("POST", "/v3/connections/1/challenges"),
    ("GET", "/v3/connections/1/accounts"),
    ("GET", "/v3/connections/1/auth"),
    ("GET", "/v3/accounts/1"),
    ("GET", "/v3/accounts/1/auth"),
];

#[tokio::test]
async fn every_route_needs_a_live_token() {
    let practice = start().await;
    let other = practice.mint("other").await;
    practice
        .http
        .delete(format!("{}/v3/tokens", practice.base))
        .basic_auth("practice", Some("practice-password"))
        .json(&json!({"name": "other"}))
        .send()
        .await
        .unwrap();
    for (method, path) in ROUTES {
        let method: Method = method.parse().unwrap();
        let request = || practice.http.request(method.clone(), format!("{}{path}", practice.base));
        for (what, request) in [
            ("no token", request()),
            ("an unknown token", request().bearer_auth("deadbeef")),
            ("a revoked token", request().bearer_auth(&other)),
            ("the API user's password", request().basic_auth("practice", Some("practice-password"))),
        ] {
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{method} {path} with {what}");
            assert_eq!(response.headers()["www-authenticate"], "Bearer", "{method} {path} with {what}");
            let body: Value = response.json().await.unwrap();
            assert_eq!(body["status"], 401, "{method} {path} with {what}: {body}");
        }
    }
}

#[tokio::test]
async fn unknown_ids_and_addresses_are_not_found() {
    let practice = start().await;
    for (method, path) in ROUTES.iter().filter(|(_, path)| path.contains("/1")) {
        let body = json!({"institution_id": 900_001, "answers": [{"challenge_id": 1, "answer": "a"}]});
        let body = if *method == "GET" || *method == "DELETE" { Value::Null } else { body };
        practice.refused(method.parse().unwrap(), path, body, 404, "not_found").await;
    }
    for path in ["/v3/users/pat", "/v3/users/-1", "/v3/nothing", "/v2/nothing", "/v1/accounts", "/console"] {
        practice.refused(Method::GET, path, Value::Null, 404, "not_found").await;
    }
    practice.refused(Method::PATCH, "/v3/users", Value::Null, 405, "method_not_allowed").await;
}

#[tokio::test]
async fn a_token_dies_after_an_hour_unless_it_says_otherwise() {
    let practice = start().await;
    practice.pass(59 * 60 * 1_000);
    practice.get("/v3/users").await;
    practice.pass(60 * 1_000);
    let (status, _) = practice.call(Method::GET, "/v3/users", Value::Null).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "after the hour");
    practice.mint("test").await;
}

#[tokio::test]
async fn tokens_are_minted_listed_and_taken_back_by_the_api_user_only() {
    let practice = start().await;
    let url = format!("{}/v3/tokens", practice.base);
    for (name, password) in [("practice", "wrong"), ("wrong", "practice-password"), ("", "")] {
        let request = practice.http.post(&url).basic_auth(name, Some(password)).json(&json!({"name": "x"}));
        let status = request.send().await.unwrap().status();
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{name:?} with {password:?}");
    }
    let as_api_user = |method: Method, body: Value| {
        let request = practice.http.request(method, &url).basic_auth("practice", Some("practice-password"));
        async move {
            let response = request.json(&body).send().await.unwrap();
            (response.status().as_u16(), response.text().await.unwrap())
        }
    };
    for body in [
        json!({"name": "test"}),
        json!({"name": " "}),
        json!({}),
        json!({"name": "late", "expires": "2026-03-01T09:00:00Z"}),
        json!({"name": "odd", "expires": "tomorrow"}),
    ] {
        assert_eq!(as_api_user(Method::POST, body.clone()).await.0, 400, "{body}");
    }
    let (_, listed) = as_api_user(Method::GET, json!({})).await;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(
        listed,
        json!({"access_tokens": [{"name": "test", "expires": "2026-03-01T11:00:00Z"}]}),
        "no values"
    );
    assert_eq!(
        as_api_user(Method::DELETE, json!({"name": "test"})).await,
        (204, String::new()),
        "taken back"
    );
    assert_eq!(as_api_user(Method::DELETE, json!({"name": "test"})).await.0, 404, "only once");
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused_without_repeating_them() {
    let practice = start().await;
    for body in ["{", "canary", "{\"username\": [\"canary\"]}", "[\"canary\"]", "\u{0}"] {
        let request = practice.http.post(format!("{}/v3/users", practice.base)).bearer_auth(&practice.token);
        let response = request.body(body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body:?}");
        let text = response.text().await.unwrap();
        assert!(text.contains("invalid_parameter") && !text.contains("canary"), "{text}");
    }
    let large = json!({"username": "x".repeat(70_000)});
    practice.refused(Method::POST, "/v3/users", large, 413, "body_too_large").await;
}

#[tokio::test]
async fn every_answer_says_that_it_is_practice() {
    let practice = start().await;
    for path in ["/", "/console/console.css", "/console/ledger.json", "/v3/users", "/v3/tokens", "/nothing"] {
        let response = practice.http.get(format!("{}{path}", practice.base)).send().await.unwrap();
        assert_eq!(response.headers()["x-linchpin-practice"], "true", "{path}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
    }
}

//! The console page.

use linchpin_sandbox::{EventKind, logins, practice_banks};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Practice, start};

async fn page(practice: &Practice) -> String {
    practice.http.get(&practice.base).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn it_has_a_strict_policy_and_keeps_to_it() {
    let practice = start().await;
    let response = practice.http.get(&practice.base).send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    for part in ["default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{part} is missing in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8", "a page");
    let html = response.text().await.unwrap();
    for forbidden in ["<script", "<style", "style=", "onclick", "http://", "https://"] {
        assert!(!html.contains(forbidden), "{forbidden} in the page");
    }
    for (path, kind) in [("/console/console.css", "text/css"), ("/console/icon.svg", "image/svg+xml")] {
        assert!(html.contains(path), "the page asks for {path}");
        let response = practice.http.get(format!("{}{path}", practice.base)).send().await.unwrap();
        let given = response.headers()["content-type"].to_str().unwrap();
        assert!(given.starts_with(kind), "{path} is {given}");
    }
}

#[tokio::test]
async fn it_shows_logins_banks_connections_and_the_ledger() {
    let practice = start().await;
    let empty = page(&practice).await;
    for login in logins() {
        assert!(empty.contains(login.user_name), "{} is not on the page", login.user_name);
    }
    for bank in practice_banks() {
        assert!(empty.contains(bank.name), "{} is not on the page", bank.name);
    }
    let connection = practice.syncing("practice-wrong").await;
    practice.pass(10_000);
    let html = page(&practice).await;
    assert!(html.contains("incorrect_credentials"), "the status of connection {connection}");
    let first = html.find("Aggregation sync started").expect("the sync is told");
    let last = html.find("Access token").expect("the token is told");
    assert!(first < last, "newest first");
}

#[tokio::test]
async fn it_escapes_what_others_wrote() {
    let practice = start().await;
    let user = practice.user("<script>alert(1)</script>").await;
    let connection = practice.connection(user, 900_001).await;
    practice.sync(connection, json!({"username": "practice-<img src=x>", "passcode": "p"})).await;
    let html = page(&practice).await;
    assert!(!html.contains("<script") && !html.contains("<img"), "markup got through");
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "shown as text");
    assert!(html.contains("practice-&lt;img src=x&gt;"), "shown as text");
}

#[tokio::test]
async fn the_clock_is_moved_by_form_and_by_json() {
    let practice = start().await;
    let url = format!("{}/console/clock/advance", practice.base);
    let form = practice
        .http
        .post(&url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body("seconds=60");
    let response = form.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER, "back to the page");
    assert_eq!(response.headers()["location"], "/", "back to the page");
    assert_eq!(practice.sandbox.clock().now().to_string(), "2026-03-01T10:01:00Z", "a minute later");
    let response = practice.http.post(&url).json(&json!({"seconds": 3_600})).send().await.unwrap();
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer, json!({"now": "2026-03-01T11:01:00Z"}), "an hour later");
    assert!(page(&practice).await.contains("2026-03-01 11:01:00 UTC"), "the page shows it");
}

#[tokio::test]
async fn the_clock_is_not_moved_by_nonsense_nor_by_another_site() {
    let practice = start().await;
    let url = format!("{}/console/clock/advance", practice.base);
    for body in [json!({"seconds": 0}), json!({"seconds": -5}), json!({"seconds": 31_622_401}), json!({})] {
        let status = practice.http.post(&url).json(&body).send().await.unwrap().status();
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    }
    for site in ["cross-site", "same-site"] {
        let request = practice.http.post(&url).header("sec-fetch-site", site).json(&json!({"seconds": 1}));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{site}");
    }
    assert_eq!(practice.sandbox.clock().now().to_string(), "2026-03-01T10:00:00Z", "it stood still");
}

#[tokio::test]
async fn the_ledger_is_there_as_json() {
    let practice = start().await;
    let connection = practice.syncing("practice-good").await;
    let url = format!("{}/console/ledger.json", practice.base);
    let ledger: Value = practice.http.get(url).send().await.unwrap().json().await.unwrap();
    let kinds: Vec<_> =
        ledger["entries"].as_array().unwrap().iter().map(|entry| entry["kind"].clone()).collect();
    assert_eq!(
        kinds,
        ["token_minted", "user_created", "connection_created", "sync_started", "login_tried"],
        "oldest first"
    );
    assert_eq!(
        ledger["entries"][4],
        json!({"seq": 5, "at": "2026-03-01T10:00:00Z", "kind": "login_tried", "user": 501, "connection": connection,
               "institution": 900_001, "username": "practice-good", "outcome": "accepted"}),
        "a whole entry"
    );
}

#[tokio::test]
async fn outcomes_of_deposits_are_brought_about_by_form_and_by_json() {
    let mut practice = start().await;
    let user = practice.user("pat").await;
    let (portfolio, _) = practice.deposit_portfolio(user).await;
    let deposit = practice.deposit(portfolio, "400123456789", "129999908").await;
    let url = format!("{}/console/deposits/{deposit}/outcome", practice.base);
    for (outcome, status) in [
        ("submitted", "submitted"),
        ("process_error", "deposit_failed"),
        ("invalid_account_number", "deposit_failed"),
        ("invalid_bank_account", "deposit_failed"),
        ("invalid_routing_number", "deposit_failed"),
        ("verification_failed", "verification_failed"),
        ("verified", "verified"),
        ("transferred", "transferred"),
    ] {
        assert!(page(&practice).await.contains(&format!("value=\"{outcome}\"")), "a choice of {outcome}");
        let form = practice.http.post(&url).header("content-type", "application/x-www-form-urlencoded");
        let response = form.body(format!("outcome={outcome}")).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{outcome}");
        assert_eq!(practice.shown_deposit(deposit).await["status"], status, "{outcome}");
        let response = practice.http.post(&url).json(&json!({"outcome": outcome})).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{outcome}");
    }
    practice.pass_hours(24).await;
    assert_eq!(practice.shown_deposit(deposit).await["status"], "transferred", "a manual one waits");
    let foreign = practice.http.post(&url).header("sec-fetch-site", "cross-site");
    let foreign = foreign.json(&json!({"outcome": "verified"})).send().await.unwrap();
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let unknown = practice.http.post(&url).json(&json!({"outcome": "lost"})).send().await.unwrap();
    assert_eq!(unknown.status(), StatusCode::BAD_REQUEST);
    let count = practice.sandbox.ledger().count(EventKind::DepositForced, None);
    assert_eq!(count, 16, "each is told");
}

#[tokio::test]
async fn a_good_login_is_refused_from_then_on_and_can_be_given_again() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let account = practice.v2_aggregated(user, 900_001).await;
    let action = format!("/console/connections/{account}/refuse-login");
    assert!(page(&practice).await.contains(&action), "a button");
    let response = practice.http.post(format!("{}{action}", practice.base)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(practice.v2_poll(account).await["sync"]["status"], "login");
    assert!(!page(&practice).await.contains(&action), "no button where nothing is good");
    let login = json!({"username": "practice-good", "password": "practice"});
    practice.ok(reqwest::Method::PUT, &format!("/v2/accounts/{account}"), login).await;
    practice.v2_sync(account, Value::Null).await;
    practice.pass(30_000);
    assert_eq!(practice.v2_poll(account).await["sync"]["status"], "good");
}

//! Banks' own pages: asked for, decided once, and what comes of it.

use std::time::Duration;

use linchpin_sandbox::{ConnectionId, EventKind};
use reqwest::Method;
use serde_json::json;

use crate::support::start;

const OWN_PAGE: u64 = 900_026;
const EITHER: u64 = 900_027;
const MOVES: u64 = 900_029;

#[tokio::test]
async fn a_person_agrees_and_the_sync_needs_no_login() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let connection = practice.connection(user, OWN_PAGE).await;
    let path = format!("/v3/connections/{connection}");
    assert_eq!(practice.get(&path).await["connection"]["is_oauth"], true, "from the start");
    let sync = format!("{path}/sync");
    practice.refused(Method::POST, &sync, json!({}), 400, "invalid_parameter").await;
    let login = json!({"username": "practice-good", "passcode": "practice"});
    practice.refused(Method::POST, &sync, login, 400, "invalid_parameter").await;

    let page = practice.bank_page(connection, "a&b").await;
    let shown = practice.http.get(&page).send().await.unwrap();
    assert_eq!(shown.headers()["cross-origin-opener-policy"], "same-origin");
    let policy = shown.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("form-action 'self' https://link.example;"), "{policy}");
    let text = shown.text().await.unwrap();
    assert!(text.contains("Own Page Bank") && text.contains("Practice"), "{text}");
    assert!(!text.contains("<script"), "plain forms: {text}");
    assert_eq!(practice.decide(&page, "yes").await, "https://link.example/return?state=a%26b");
    assert_eq!(practice.http.get(&page).send().await.unwrap().status(), 404, "it decides once");

    practice.sync(connection, json!({})).await;
    assert_eq!(practice.finish(connection, &[]).await["sync"]["status"], "good");
    let ledger = practice.sandbox.ledger();
    let on = Some(ConnectionId(connection));
    assert_eq!(ledger.count(EventKind::LoginTried, on), 0, "no login was tried");
    assert_eq!(ledger.count(EventKind::ConsentDecided, on), 1);
    let told = serde_json::to_string(&ledger.entries()).unwrap();
    assert!(!told.contains("a&b"), "the state is not in the ledger: {told}");
}

#[tokio::test]
async fn who_refuses_goes_back_with_the_reason_and_nothing_has_changed() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let connection = practice.connection(user, OWN_PAGE).await;
    let page = practice.bank_page(connection, "s").await;
    assert_eq!(practice.decide(&page, "no").await, "https://link.example/return?state=s&error=access_denied");
    let sync = format!("/v3/connections/{connection}/sync");
    practice.refused(Method::POST, &sync, json!({}), 400, "invalid_parameter").await;
}

#[tokio::test]
async fn a_page_waits_for_half_an_hour_and_only_its_own_form_decides() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let connection = practice.connection(user, OWN_PAGE).await;
    let page = practice.bank_page(connection, "s").await;
    let form = practice.http.post(&page).header("content-type", "application/x-www-form-urlencoded");
    let foreign = form.header("sec-fetch-site", "cross-site").body("decision=yes").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    practice.sandbox.clock().advance(Duration::from_secs(31 * 60));
    assert_eq!(practice.http.get(&page).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_page_is_asked_for_where_there_is_one_and_for_an_address_that_can_be_gone_to() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let body = json!({"redirect_uri": "https://link.example/return", "state": "s"});
    let harbour = practice.connection(user, 900_001).await;
    let path = format!("/v3/connections/{harbour}/oauth");
    practice.refused(Method::POST, &path, body, 400, "invalid_parameter").await;
    let own = practice.connection(user, OWN_PAGE).await;
    let path = format!("/v3/connections/{own}/oauth");
    for (redirect_uri, state) in [
        ("javascript:alert(1)", "s"),
        ("https://link.example/#x", "s"),
        ("https://a.example; script-src *", "s"),
        ("https://link.example/return", ""),
    ] {
        let body = json!({"redirect_uri": redirect_uri, "state": state});
        practice.refused(Method::POST, &path, body, 400, "invalid_parameter").await;
    }
}

#[tokio::test]
async fn either_way_leads_in_where_a_bank_takes_both() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let listed = practice.get(&format!("/v3/institutions/{EITHER}")).await;
    let bank = &listed["institution"];
    assert_eq!(
        (&bank["is_oauth"], &bank["access_info"]["username_description"]),
        (&json!(true), &json!("User name"))
    );
    let (typed, agreed) = (practice.connection(user, EITHER).await, practice.connection(user, EITHER).await);
    practice.sync(typed, json!({"username": "practice-good", "passcode": "practice"})).await;
    practice.agree(agreed).await;
    practice.sync(agreed, json!({})).await;
    for (connection, is_oauth) in [(typed, false), (agreed, true)] {
        assert_eq!(practice.finish(connection, &[]).await["sync"]["status"], "good");
        let shown = practice.get(&format!("/v3/connections/{connection}")).await;
        assert_eq!(shown["connection"]["is_oauth"], is_oauth);
    }
}

#[tokio::test]
async fn a_bank_that_has_moved_takes_the_old_login_no_more() {
    let mut practice = start().await;
    let user = practice.user("pat").await;
    let connection = practice.connection(user, MOVES).await;
    let login = json!({"username": "practice-good", "passcode": "practice"});
    practice.sync(connection, login.clone()).await;
    assert_eq!(practice.finish(connection, &[]).await["sync"]["status"], "good");
    practice.sandbox.clock().advance(Duration::from_secs(25 * 60 * 60));
    practice.token = practice.mint("a day later").await;
    let moved = practice.get(&format!("/v3/connections/{connection}")).await;
    assert_eq!(moved["connection"]["status"], "incorrect_credentials", "{moved}");
    assert_eq!(moved["connection"]["is_oauth"], true, "{moved}");
    let sync = format!("/v3/connections/{connection}/sync");
    practice.refused(Method::POST, &sync, login, 400, "invalid_parameter").await;
    practice.agree(connection).await;
    practice.sync(connection, json!({})).await;
    assert_eq!(practice.finish(connection, &[]).await["sync"]["status"], "good");
    practice.sandbox.clock().advance(Duration::from_secs(25 * 60 * 60));
    practice.token = practice.mint("two days later").await;
    let stays = practice.get(&format!("/v3/connections/{connection}")).await;
    assert_eq!(stays["connection"]["status"], "good", "it moves once: {stays}");
}

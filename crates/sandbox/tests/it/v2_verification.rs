//! v2's verification: blocking syncs, both at once, and what `…/auth` then shows.

use linchpin_sandbox::{Event, EventKind, SyncKind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{keys, open_challenges, set, start};

#[tokio::test]
async fn a_verification_blocks_for_minutes_and_shows_no_progress() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let account = practice.v2_account(user, 900_101, true).await;
    let sync = format!("/v2/accounts/{account}/sync");
    let blocked = practice.v2_blocked(Method::POST, &sync, json!({"is_auth": true})).await;
    practice.pass(170_000);
    let poll = practice.v2_poll(account).await;
    assert_eq!(poll["sync"]["status"], "syncing", "after 170 seconds");
    assert_eq!(poll["sync"]["progress"], Value::Null, "none for a verification");
    assert!(!blocked.is_finished(), "the caller is still waiting");
    practice.pass(10_000);
    let answer = blocked.await.unwrap();
    assert_eq!(
        answer,
        json!({"sync": {"account": account, "has_realtime": false, "progress": null, "status": "good"}}),
        "as the reference prints it"
    );
}

#[tokio::test]
async fn the_flags_are_taken_from_the_query_too_and_exclude_each_other() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let account = practice.v2_account(user, 900_001, true).await;
    let path = format!("/v2/accounts/{account}/sync");
    let blocked = practice.v2_blocked(Method::POST, &format!("{path}?is_auth=true"), json!({})).await;
    practice.pass(30_000);
    assert_eq!(blocked.await.unwrap()["sync"]["status"], "good");
    let started = practice.sandbox.ledger().entries();
    let is_auth = |event: &Event| matches!(event, Event::SyncStarted { sync: SyncKind::Auth, .. });
    assert!(started.iter().any(|entry| is_auth(&entry.event)), "{started:?}");
    let both = json!({"is_auth": true, "is_both": true});
    practice.refused(Method::POST, &path, both, 400, "invalid_parameter").await;
}

#[tokio::test]
async fn both_at_once_is_polled_and_leaves_numbers_and_portfolios() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let account = practice.v2_account(user, 900_001, false).await;
    let begun = practice.v2_sync(account, json!({"is_both": true})).await;
    assert_eq!(
        begun["sync"]["progress"],
        json!({"message": "Queued", "percent": 0.0, "state": "queued"}),
        "it answers at once: {begun}"
    );
    practice.pass(30_000);
    let auth = practice.get(&format!("/v2/accounts/{account}/auth")).await;
    assert_eq!(auth["auth"]["portfolios"].as_array().unwrap().len(), 2, "{auth}");
    let found = practice.get(&format!("/v2/accounts/{account}/portfolios")).await;
    assert_eq!(found["portfolios"].as_array().unwrap().len(), 3, "{found}");
}

#[tokio::test]
async fn a_question_comes_with_the_blocking_answer_and_its_answer_blocks_again() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let account = practice.v2_account(user, 900_002, true).await;
    let asked = practice.v2_verify(account, json!({})).await;
    let sync = json!({"account": account, "has_realtime": false, "progress": null, "status": "questions"});
    assert_eq!(asked["sync"], sync);
    let open = open_challenges(&asked);
    let wrong = json!({"questions": [{"id": open[0]["id"], "answer": "no"}]});
    let again = practice.v2_verify(account, wrong).await;
    assert_eq!(again["sync"]["status"], "questions", "asked anew: {again}");
    let open = open_challenges(&again);
    let right = json!({"questions": [{"id": open[0]["id"], "answer": "rex"}]});
    assert_eq!(practice.v2_verify(account, right).await["sync"]["status"], "good");
}

#[tokio::test]
async fn numbers_and_owners_are_there_after_a_verification_and_none_before() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let account = practice.v2_account(user, 900_001, true).await;
    let path = format!("/v2/accounts/{account}/auth");
    let before = practice.get(&path).await;
    assert_eq!(before["auth"]["portfolios"], json!([]), "{before}");
    assert_eq!(before["auth"]["last_good_auth"], Value::Null, "{before}");
    practice.v2_verify(account, json!({})).await;
    let auth = practice.get(&path).await["auth"].clone();
    assert_eq!(auth["last_good_auth"], "2026-03-01T10:00:02.400", "{auth}");
    assert_eq!(auth["updated"], "2026-03-01T10:00:00.000", "{auth}");
    let first = &auth["portfolios"][0];
    assert_eq!(
        (&first["portfolio_category"], &first["portfolio_type"]),
        (&json!("Banking"), &json!("Checking"))
    );
    assert_eq!(first["owner_names"], json!(["Pat Practice"]));
    assert_eq!(first["details"]["email"], json!({"data": "pat@practice.example", "error": null}));
    let v3 = practice.get(&format!("/v3/connections/{account}/auth")).await;
    assert_eq!(v3["auth"]["accounts"][0]["account_number"], first["name"], "one number in both dialects");
    assert!(practice.sandbox.ledger().count(EventKind::NumbersRead, None) >= 2, "each reading is told");
}

#[tokio::test]
async fn what_is_not_known_of_an_owner_is_an_error_and_what_is_not_allowed_is_absent() {
    let practice = start().await;
    let user = practice.user("pat").await;
    for (bank, has_details) in [(900_103, true), (900_104, false)] {
        let account = practice.v2_account(user, bank, true).await;
        practice.v2_verify(account, json!({})).await;
        let auth = practice.get(&format!("/v2/accounts/{account}/auth")).await;
        let first = &auth["auth"]["portfolios"][0];
        assert_eq!(first.get("details").is_some(), has_details, "{bank}: {first}");
        if has_details {
            let missing = json!({"data": null, "error": {"id": "not_found", "message": "Not found."}});
            assert_eq!(first["details"]["email"], missing, "{bank}");
            assert_eq!(keys(&first["details"]), set(&["address", "dob", "email", "phone"]), "{bank}");
            assert_eq!(first["details"]["phone"]["error"], Value::Null, "{bank}: the rest is there");
        }
    }
}

#[tokio::test]
async fn where_nothing_is_verified_at_once_both_flags_are_refused() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let account = practice.v2_account(user, 900_019, false).await;
    let path = format!("/v2/accounts/{account}/sync");
    for flag in ["is_auth", "is_both"] {
        practice.refused(Method::POST, &path, json!({flag: true}), 400, "invalid_parameter").await;
    }
    assert_eq!(practice.v2_sync(account, Value::Null).await["sync"]["status"], "syncing");
}

//! The stories of the reference's connections guide: create, sync, read, remove.

use linchpin_sandbox::{ConnectionId, EventKind, SyncKind, practice_banks};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::start;

#[tokio::test]
async fn a_connection_is_made_without_trying_the_bank_and_then_synced() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let connection = practice.connection(user, 900_001).await;
    let shown = practice.get(&format!("/v3/connections/{connection}")).await;
    assert_eq!(shown["connection"]["status"], Value::Null, "no sync has been attempted");
    let ledger = practice.sandbox.ledger();
    let id = Some(ConnectionId(connection));
    assert_eq!(ledger.count(EventKind::LoginTried, id), 0, "creating tries nothing at the bank");

    practice.sync(connection, json!({"username": "practice-good", "passcode": "practice"})).await;
    practice.pass(10_000);
    let shown = practice.get(&format!("/v3/connections/{connection}")).await;
    assert_eq!(shown["connection"]["status"], "good", "{shown}");
    assert_eq!(ledger.count(EventKind::LoginTried, id), 1, "one sync, one login");
    assert_eq!(ledger.count(EventKind::SyncStarted, id), 1, "one sync");

    let listed = practice.get("/v3/connections").await;
    assert_eq!(listed["connections"], json!([shown["connection"]]), "in the list of all");
    let listed = practice.get(&format!("/v3/users/{user}/connections")).await;
    assert_eq!(listed["connections"], json!([shown["connection"]]), "and of the user");
}

#[tokio::test]
async fn a_verification_blocks_shows_no_progress_and_brings_account_numbers() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let connection = practice.connection(user, 900_001).await;
    let done =
        practice.verify(connection, json!({"username": "practice-good", "passcode": "practice"})).await;
    assert_eq!(
        done,
        json!({"sync": {"connection_id": connection, "config_instructions": null, "status": "good", "progress": null}}),
        "final at once"
    );
    let auth = practice.get(&format!("/v3/connections/{connection}/auth")).await;
    assert_eq!(auth["auth"]["last_good_auth"], "2026-03-01T10:00:02", "when the script ended: {auth}");
    let ledger = practice.sandbox.ledger().entries();
    let kinds: Vec<_> = ledger.iter().map(|entry| entry.event.kind()).collect();
    assert!(kinds.contains(&EventKind::NumbersRead), "reading numbers is a side effect to see: {kinds:?}");
    assert!(
        ledger.iter().any(|entry| matches!(
            entry.event,
            linchpin_sandbox::Event::SyncStarted { sync: SyncKind::Auth, .. }
        )),
        "it is told as a verification"
    );
}

#[tokio::test]
async fn an_aggregation_alone_brings_no_account_numbers() {
    let practice = start().await;
    let connection = practice.syncing("practice-good").await;
    practice.pass(10_000);
    let auth = practice.get(&format!("/v3/connections/{connection}/auth")).await;
    assert_eq!(auth["auth"]["accounts"], json!([]), "{auth}");
    assert_eq!(auth["auth"]["last_good_auth"], Value::Null, "{auth}");
    let accounts = practice.get(&format!("/v3/connections/{connection}/accounts")).await;
    let path = format!("/v3/accounts/{}/auth", accounts["accounts"][0]["id"]);
    practice.refused(Method::GET, &path, Value::Null, 404, "not_found").await;
}

#[tokio::test]
async fn a_verification_is_refused_where_there_is_no_instant_one() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let connection = practice.connection(user, 900_019).await;
    let path = format!("/v3/connections/{connection}/sync");
    let body = json!({"username": "practice-good", "passcode": "practice", "type": "auth"});
    practice.refused(Method::POST, &path, body, 400, "invalid_parameter").await;
    assert_eq!(practice.sandbox.ledger().count(EventKind::LoginTried, None), 0, "the bank is not asked");
}

#[tokio::test]
async fn the_same_login_twice_is_a_duplicate_wherever_it_is_given() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let first = practice.connection(user, 900_001).await;
    let login = json!({"username": "practice-good", "passcode": "practice"});
    practice.sync(first, login.clone()).await;

    let second = practice.connection(user, 900_001).await;
    let path = format!("/v3/connections/{second}");
    for (method, path) in [(Method::POST, format!("{path}/sync")), (Method::PUT, path)] {
        practice.refused(method, &path, login.clone(), 409, "duplicate_account").await;
    }
    let path = format!("/v3/users/{user}/connections");
    let whole = json!({"institution_id": 900_001, "username": " practice-good ", "passcode": "practice"});
    practice.refused(Method::POST, &path, whole.clone(), 409, "duplicate_account").await;

    let elsewhere = json!({"institution_id": 900_002, "username": "practice-good", "passcode": "practice"});
    practice.post(&path, elsewhere).await;
    let other = practice.user("sam").await;
    practice.post(&format!("/v3/users/{other}/connections"), whole.clone()).await;
    practice.ok(Method::DELETE, &format!("/v3/connections/{first}"), Value::Null).await;
    practice.post(&path, whole).await;
}

#[tokio::test]
async fn a_login_given_at_creation_is_used_by_the_first_sync() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let path = format!("/v3/users/{user}/connections");
    let whole = json!({"institution_id": 900_001, "username": "practice-good", "passcode": "practice"});
    let id = practice.post(&path, whole).await["connection"]["id"].as_u64().unwrap();
    assert_eq!(practice.sync(id, Value::Null).await["sync"]["status"], "syncing", "no login needed now");
    let bare = practice.connection(user, 900_002).await;
    let path = format!("/v3/connections/{bare}/sync");
    practice.refused(Method::POST, &path, json!({}), 400, "invalid_parameter").await;
    practice.refused(Method::POST, &path, json!({"username": "x"}), 400, "invalid_parameter").await;
}

#[tokio::test]
async fn removing_is_final_and_removing_a_user_removes_what_is_theirs() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let (first, second) =
        (practice.connection(user, 900_001).await, practice.connection(user, 900_002).await);
    let path = format!("/v3/connections/{first}");
    let (status, body) = practice.call(Method::DELETE, &path, Value::Null).await;
    assert_eq!((status, body), (StatusCode::NO_CONTENT, Value::Null), "an empty answer");
    for method in [Method::GET, Method::DELETE] {
        practice.refused(method, &path, Value::Null, 404, "not_found").await;
    }
    practice.ok(Method::DELETE, &format!("/v3/users/{user}"), Value::Null).await;
    practice.refused(Method::GET, &format!("/v3/connections/{second}"), Value::Null, 404, "not_found").await;
    practice.refused(Method::GET, &format!("/v3/users/{user}"), Value::Null, 404, "not_found").await;
    assert_eq!(practice.sandbox.ledger().count(EventKind::ConnectionDeleted, None), 2, "both are told");
}

#[tokio::test]
async fn users_are_unique_by_username_and_can_be_changed() {
    let practice = start().await;
    let user = practice.user("pat").await;
    for body in [json!({"username": "pat"}), json!({"username": " "}), json!({"name": "Pat"}), json!([])] {
        practice.refused(Method::POST, "/v3/users", body, 400, "invalid_parameter").await;
    }
    let path = format!("/v3/users/{user}");
    let changed = practice.ok(Method::PUT, &path, json!({"email": "pat@host.example"})).await;
    assert_eq!(changed["user"]["email"], "pat@host.example", "{changed}");
    assert_eq!(changed["user"]["username"], "pat", "what is not named stays");
    let sam = practice.user("sam").await;
    let taken = json!({"username": "pat"});
    practice.refused(Method::PUT, &format!("/v3/users/{sam}"), taken, 400, "invalid_parameter").await;
}

#[tokio::test]
async fn institutions_are_found_by_name_or_website_and_filtered_by_auth_type() {
    let practice = start().await;
    let ids = async |query: &str| -> Vec<u64> {
        let found = practice.get(&format!("/v3/institutions?{query}")).await;
        found["institutions"].as_array().unwrap().iter().map(|one| one["id"].as_u64().unwrap()).collect()
    };
    assert_eq!(ids("query=HARBOUR%20sav").await, [900_001], "by name, whatever the case");
    assert_eq!(ids("query=cedar.example").await, [900_002], "by website");
    assert_eq!(ids("query=zebra").await, [0_u64; 0], "nothing");
    assert_eq!(ids("").await.len(), practice_banks().len(), "everything");
    assert!(!ids("auth_type=instant").await.contains(&900_019), "not the one without");
    practice
        .refused(Method::GET, "/v3/institutions?auth_type=magic", Value::Null, 400, "invalid_parameter")
        .await;
    practice.refused(Method::GET, "/v3/institutions/21700", Value::Null, 404, "not_found").await;
}

//! What becomes of Basiq's connections after the first day: refresh, another password, purge, delete, limits
//! (basiq.md 2.5, 2.7, 2.9, 4, 7, 8 and 11).

use std::time::Duration;

use linchpin_sandbox::{BasiqEventKind, BasiqRules};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::basiq_support::{GOOD, Speaker, refused_with, speak, statuses};

const HOOLI: &str = "AU00000";
const NOTHING: (StatusCode, Value) = (StatusCode::NO_CONTENT, Value::Null);

async fn refresh(speaker: &Speaker, connection: &str) -> (StatusCode, Value) {
    speaker.call(Method::POST, &format!("{}/refresh", speaker.path(connection)), Value::Null).await
}

async fn purge(speaker: &Speaker, connection: &str) -> (StatusCode, Value) {
    speaker.call(Method::POST, &format!("{}/purge", speaker.path(connection)), Value::Null).await
}

async fn delete(speaker: &Speaker, connection: &str) -> (StatusCode, Value) {
    speaker.call(Method::DELETE, &speaker.path(connection), Value::Null).await
}

#[tokio::test]
async fn a_refresh_keeps_the_connection_and_joins_one_that_is_under_way() {
    let speaker = speak().await;
    let id = speaker.connected(HOOLI, GOOD).await;
    let (status, first) = refresh(&speaker, &id).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{first}");
    assert_eq!(speaker.connection(&id).await["status"], "active", "while it is refreshed");
    assert_eq!(refresh(&speaker, &id).await, (StatusCode::OK, first.clone()), "the same job");
    assert_eq!(speaker.connection(&id).await["lastUsed"], "2026-03-01T10:00:07Z", "it moves at the end");
    speaker.practice.pass(7_000);
    assert_eq!(speaker.connection(&id).await["lastUsed"], "2026-03-01T10:01:07Z");
    let (status, second) = refresh(&speaker, &id).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_ne!(first["id"], second["id"]);
    assert_eq!(speaker.count(BasiqEventKind::RefreshStarted, Some(&id)), 2, "joining starts nothing");
    assert_eq!(speaker.count(BasiqEventKind::LoginTried, Some(&id)), 3, "each job tries the login once");
    let filter = format!("/users/{}/jobs?filter=connection.id.eq('{id}')", speaker.user);
    let listed = speaker.get(&filter).await;
    assert_eq!((&listed["size"], &listed["data"][0]["institution"]["id"]), (&json!(3), &json!(HOOLI)));
}

#[tokio::test]
async fn a_job_is_told_of_for_seven_days() {
    let mut speaker = speak().await;
    let job = speaker.connecting(HOOLI, GOOD).await;
    speaker.pass_hours(7 * 24 - 1).await;
    assert_eq!(speaker.get(&format!("/users/{}/jobs", speaker.user)).await["size"], 1);
    speaker.pass_hours(1).await;
    assert_eq!(speaker.get(&format!("/users/{}/jobs", speaker.user)).await["size"], 0);
    speaker.refused(Method::GET, &format!("/jobs/{job}"), Value::Null, 404, "resource-not-found").await;
}

#[tokio::test]
async fn a_failed_refresh_makes_it_invalid_and_a_good_one_active_again() {
    let speaker = speak().await;
    let id = speaker.connected(HOOLI, GOOD).await;
    let wish = json!({"step": "retrieve-accounts", "code": "service-unavailable"});
    assert_eq!(speaker.force(&id, "failure", wish).await, StatusCode::OK);
    let (_, job) = refresh(&speaker, &id).await;
    speaker.practice.pass(60_000);
    let job = speaker.job(job["id"].as_str().unwrap()).await;
    assert_eq!(statuses(&job), ["success", "failed", "pending"]);
    assert_eq!(job["steps"][1]["result"]["code"], "service-unavailable");
    assert_eq!(speaker.connection(&id).await["status"], "invalid");
    assert_eq!(refresh(&speaker, &id).await.0, StatusCode::ACCEPTED, "by hand it may be");
    speaker.practice.pass(60_000);
    assert_eq!(speaker.connection(&id).await["status"], "active");
}

#[tokio::test]
async fn a_wrong_password_is_replaced_and_the_connection_stays_the_same() {
    let speaker = speak().await;
    speaker.connecting(HOOLI, (GOOD.0, "wrong")).await;
    speaker.practice.pass(60_000);
    let id = speaker.newest_connection().await["id"].as_str().unwrap().to_owned();
    let (path, body) = (speaker.path(&id), json!({"password": GOOD.1}));
    speaker.refused(Method::POST, &path, body.clone(), 403, "forbidden-access").await;
    let (status, job) = speaker.call_with(&speaker.older, Method::POST, &path, body).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{job}");
    speaker.practice.pass(60_000);
    assert_eq!(statuses(&speaker.job(job["id"].as_str().unwrap()).await), ["success"; 3]);
    assert_eq!(speaker.connections().await.len(), 1);
    assert_eq!(speaker.connection(&id).await["status"], "active");
    assert_eq!(speaker.count(BasiqEventKind::LoginReplaced, Some(&id)), 1);
}

#[tokio::test]
async fn another_password_that_meets_an_outage_is_tried_again_every_two_hours_for_a_week() {
    let mut speaker = speak().await;
    let id = speaker.connected(HOOLI, GOOD).await;
    let wish = json!({"step": "verify-credentials", "code": "service-unavailable"});
    assert_eq!(speaker.force(&id, "failure", wish).await, StatusCode::OK);
    let (path, body) = (speaker.path(&id), json!({"password": GOOD.1}));
    let (_, job) = speaker.call_with(&speaker.older, Method::POST, &path, body).await;
    let job = job["id"].as_str().unwrap().to_owned();
    speaker.practice.pass(60_000);
    assert_eq!(statuses(&speaker.job(&job).await), ["failed", "pending", "pending"]);
    assert_eq!(speaker.connection(&id).await["status"], "invalid");
    let (status, joined) = refresh(&speaker, &id).await;
    assert_eq!((status, joined["id"].as_str()), (StatusCode::OK, Some(job.as_str())), "it is queued");
    let tried = speaker.count(BasiqEventKind::LoginTried, Some(&id));
    speaker.pass_hours(2).await;
    speaker.practice.pass(60_000);
    assert_eq!(statuses(&speaker.job(&job).await), ["success"; 3]);
    assert_eq!(speaker.connection(&id).await["status"], "active");
    assert_eq!(speaker.count(BasiqEventKind::LoginTried, Some(&id)), tried + 1);
}

#[tokio::test]
async fn what_stays_out_for_a_week_is_given_up_and_a_first_login_is_tried_once() {
    let mut speaker = speak().await;
    let first = speaker.connecting(HOOLI, ("jianYang", "nothotdog")).await;
    speaker.practice.pass(60_000);
    assert_eq!(statuses(&speaker.job(&first).await), ["failed", "pending", "pending"]);
    let id = speaker.newest_connection().await["id"].as_str().unwrap().to_owned();
    speaker.pass_hours(24).await;
    assert_eq!(speaker.count(BasiqEventKind::LoginTried, Some(&id)), 1, "nobody asked for more");
    let (path, body) = (speaker.path(&id), json!({"password": "nothotdog"}));
    let (status, _) = speaker.call_with(&speaker.older, Method::POST, &path, body).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    speaker.pass_hours(8 * 24).await;
    let tried = speaker.count(BasiqEventKind::LoginTried, Some(&id));
    assert!((80..=85).contains(&tried), "every two hours for seven days: {tried}");
    speaker.pass_hours(24).await;
    assert_eq!(speaker.count(BasiqEventKind::LoginTried, Some(&id)), tried, "and no longer");
}

#[tokio::test]
async fn the_same_login_again_joins_the_running_job_and_later_waits_for_six_minutes() {
    let speaker = speak().await;
    let (_, first) = speaker.create(HOOLI, GOOD).await;
    assert_eq!(speaker.create(HOOLI, GOOD).await, (StatusCode::OK, first), "nothing is tried twice");
    assert_eq!(speaker.count(BasiqEventKind::ConnectionCreated, None), 1);
    speaker.practice.pass(60_000);
    let paused = speaker.connecting(HOOLI, GOOD).await;
    speaker.practice.pass(359_000);
    assert_eq!(statuses(&speaker.job(&paused).await), ["pending", "pending", "pending"]);
    assert_eq!(speaker.newest_connection().await["status"], "pending");
    assert_eq!(speaker.count(BasiqEventKind::LoginTried, None), 1, "held back is not tried");
    speaker.practice.pass(1_000);
    assert_eq!(statuses(&speaker.job(&paused).await)[0], "in-progress");
    assert_eq!(speaker.count(BasiqEventKind::LoginTried, None), 2);
    speaker.practice.pass(60_000);
    assert_eq!(statuses(&speaker.job(&paused).await), ["success"; 3]);
}

#[tokio::test]
async fn another_password_institution_or_a_deleted_connection_is_no_reason_to_wait() {
    let speaker = speak().await;
    speaker.connecting(HOOLI, (GOOD.0, "wrong")).await;
    speaker.practice.pass(60_000);
    let right = speaker.connected(HOOLI, GOOD).await;
    speaker.connected("AU00001", GOOD).await;
    assert_eq!(delete(&speaker, &right).await, NOTHING);
    speaker.connected(HOOLI, GOOD).await;
    let rules = BasiqRules { pause: Duration::from_secs(1), ..BasiqRules::default() };
    speaker.practice.sandbox.set_basiq_rules(rules);
    let job = speaker.connecting(HOOLI, GOOD).await;
    speaker.practice.pass(1_000);
    assert_eq!(statuses(&speaker.job(&job).await)[0], "in-progress", "a pause can be made shorter");
}

#[tokio::test]
async fn purged_data_is_gone_for_the_whole_institution_and_a_refresh_fetches_its_own_again() {
    let speaker = speak().await;
    let id = speaker.connected(HOOLI, GOOD).await;
    let second = speaker.connected(HOOLI, ("jared", "django")).await;
    speaker.connected("AU00001", GOOD).await;
    assert_eq!(speaker.accounts(HOOLI).await.len(), 5);
    assert_eq!(purge(&speaker, &id).await, NOTHING);
    assert!(speaker.accounts(HOOLI).await.is_empty(), "of {second}, too");
    assert_eq!(speaker.accounts("AU00001").await.len(), 3, "not elsewhere");
    assert_eq!(speaker.connection(&id).await["status"], "active", "it survives");
    assert_eq!(purge(&speaker, &id).await, NOTHING, "twice is as good as once");
    refresh(&speaker, &id).await;
    speaker.practice.pass(60_000);
    assert_eq!(speaker.accounts(HOOLI).await.len(), 3);
}

#[tokio::test]
async fn only_an_active_connection_is_purged() {
    let speaker = speak().await;
    let id = speaker.connected(HOOLI, GOOD).await;
    for status in ["invalid", "pending", "init", "pre-init", "revoked"] {
        assert_eq!(speaker.force(&id, "status", json!({"status": status})).await, StatusCode::OK);
        assert_eq!(speaker.connection(&id).await["status"], status, "any word can be wished for");
        refused_with(purge(&speaker, &id).await, 400, "parameter-not-valid", status);
    }
    assert_eq!(delete(&speaker, &id).await, NOTHING, "whatever its status is");
    refused_with(purge(&speaker, &id).await, 404, "resource-not-found", "a deleted one");
    assert_eq!(speaker.count(BasiqEventKind::ConnectionPurged, None), 0);
    assert_eq!(speaker.accounts(HOOLI).await.len(), 3, "its data stays");
}

#[tokio::test]
async fn a_deleted_connection_is_not_there_and_the_next_one_has_accounts_of_its_own() {
    let speaker = speak().await;
    let id = speaker.connected(HOOLI, GOOD).await;
    let before = speaker.accounts(HOOLI).await;
    assert_eq!(delete(&speaker, &id).await, NOTHING);
    for (method, path) in [
        (Method::GET, speaker.path(&id)),
        (Method::DELETE, speaker.path(&id)),
        (Method::POST, format!("{}/refresh", speaker.path(&id))),
    ] {
        speaker.refused(method, &path, Value::Null, 404, "resource-not-found").await;
    }
    assert!(speaker.connections().await.is_empty());
    let next = speaker.connected(HOOLI, GOOD).await;
    assert_ne!(next, id);
    let after = speaker.accounts(HOOLI).await;
    assert_eq!(after.len(), 2 * before.len(), "what was not purged is there twice");
    assert_eq!(speaker.count(BasiqEventKind::ConnectionDeleted, None), 1);
}

#[tokio::test]
async fn a_job_whose_connection_is_deleted_ends() {
    let speaker = speak().await;
    let job = speaker.connecting(HOOLI, GOOD).await;
    let id = speaker.newest_connection().await["id"].as_str().unwrap().to_owned();
    assert_eq!(delete(&speaker, &id).await, NOTHING);
    speaker.practice.pass(60_000);
    assert_eq!(statuses(&speaker.job(&job).await), ["failed", "pending", "pending"]);
    assert!(speaker.accounts(HOOLI).await.is_empty());
}

#[tokio::test]
async fn a_call_can_be_made_to_fail_with_and_without_being_done() {
    let speaker = speak().await;
    let id = speaker.connected(HOOLI, GOOD).await;
    assert_eq!(speaker.force(&id, "refusal", json!({"call": "purge"})).await, StatusCode::OK);
    refused_with(purge(&speaker, &id).await, 500, "internal-server-error", "not done");
    assert_eq!(speaker.accounts(HOOLI).await.len(), 3);
    assert_eq!(purge(&speaker, &id).await, NOTHING, "only the next one fails");
    let wish = json!({"call": "refresh", "status": 400});
    assert_eq!(speaker.force(&id, "refusal", wish).await, StatusCode::OK);
    refused_with(refresh(&speaker, &id).await, 400, "invalid-credentials", "not done");
    assert_eq!(speaker.count(BasiqEventKind::RefreshStarted, None), 0);
    let wish = json!({"call": "delete", "status": 503, "done": true});
    assert_eq!(speaker.force(&id, "refusal", wish).await, StatusCode::OK);
    refused_with(delete(&speaker, &id).await, 503, "service-unavailable", "done all the same");
    refused_with(delete(&speaker, &id).await, 404, "resource-not-found", "it is gone");
    for wish in [json!({"call": "create"}), json!({"call": "purge", "status": 200}), json!({})] {
        assert!(speaker.force(&id, "refusal", wish).await.is_client_error());
    }
}

#[tokio::test]
async fn there_is_room_for_so_many_connections_only() {
    let speaker = speak().await;
    assert_eq!(BasiqRules::default().most_connections, 500, "as Basiq's sandbox");
    speaker.practice.sandbox.set_basiq_rules(BasiqRules { most_connections: 1, ..BasiqRules::default() });
    let id = speaker.connected(HOOLI, GOOD).await;
    let answer = speaker.create("AU00001", GOOD).await;
    refused_with(answer, 403, "too-many-sandbox-connections", "the second");
    assert_eq!(delete(&speaker, &id).await, NOTHING);
    speaker.connected("AU00001", GOOD).await;
}

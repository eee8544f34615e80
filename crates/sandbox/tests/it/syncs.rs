//! Syncs follow the clock and nothing else.

use std::sync::{Arc, Mutex};

use linchpin_sandbox::{Clock, EventKind, Sandbox, SandboxConfig, serve};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{client, open_challenges, start};

#[tokio::test]
async fn a_sync_stands_still_while_the_clock_does() {
    let practice = start().await;
    let connection = practice.syncing("practice-good").await;
    let first = practice.poll(connection).await;
    for _ in 0..5 {
        assert_eq!(practice.poll(connection).await, first, "no time has passed");
    }
    practice.pass(400);
    assert_eq!(
        practice.poll(connection).await["sync"]["progress"]["message"],
        "Logging in",
        "the queue took 0.4 s"
    );
}

#[tokio::test]
async fn percent_never_falls_not_even_after_a_wrong_answer() {
    let practice = start().await;
    let connection = practice.syncing("practice-two-questions").await;
    let (mut last, mut rounds, mut seen) = (0.0, 0, Vec::new());
    for _ in 0..200 {
        practice.pass(100);
        let poll = practice.poll(connection).await;
        if let Some(percent) = poll["sync"]["progress"]["percent"].as_f64() {
            assert!((last..=1.0).contains(&percent), "{percent} after {last}: {poll}");
            if percent > last {
                seen.push(percent);
            }
            last = percent;
        }
        let open = open_challenges(&poll);
        if !open.is_empty() {
            rounds += 1;
            // Wrong in the first round, right in the second.
            let answers = if rounds == 1 { ["no", "no"] } else { ["rex", "salem"] };
            let given: Vec<Value> = open
                .iter()
                .zip(answers)
                .map(|(challenge, answer)| json!({"challenge_id": challenge["id"], "answer": answer}))
                .collect();
            practice.sync(connection, json!({ "answers": given })).await;
        }
        if poll["sync"]["status"] == "good" {
            break;
        }
    }
    let poll = practice.poll(connection).await;
    assert_eq!(poll["sync"]["status"], "good", "{poll}");
    assert_eq!(
        poll["sync"]["progress"],
        json!({"message": "Finished", "percent": 1.0, "state": "finished"}),
        "{poll}"
    );
    assert_eq!(rounds, 2, "asked again once");
    assert!(seen.len() >= 4, "progress in steps: {seen:?}");
}

#[tokio::test]
async fn a_plain_sync_takes_two_to_three_seconds() {
    let practice = start().await;
    let connection = practice.syncing("practice-good").await;
    practice.pass(2_000);
    assert_eq!(practice.poll(connection).await["sync"]["status"], "syncing", "after two");
    practice.pass(1_000);
    assert_eq!(practice.poll(connection).await["sync"]["status"], "good", "after three");
}

#[tokio::test]
async fn a_sync_under_way_is_joined_not_started_again() {
    let practice = start().await;
    let connection = practice.syncing("practice-good").await;
    practice.pass(500);
    let joined = practice.sync(connection, json!({})).await;
    assert_eq!(joined["sync"]["progress"]["message"], "Logging in", "the one under way: {joined}");
    assert_eq!(practice.sandbox.ledger().count(EventKind::LoginTried, None), 1, "the bank sees one login");
}

#[tokio::test]
async fn a_sync_after_the_bank_page_was_dealt_with_needs_no_login() {
    let practice = start().await;
    let connection = practice.syncing("practice-config").await;
    practice.pass(10_000);
    let poll = practice.poll(connection).await;
    assert_eq!(poll["sync"]["status"], "user_config", "{poll}");
    assert!(
        poll["sync"]["config_instructions"].as_str().is_some_and(|text| !text.is_empty()),
        "what to do: {poll}"
    );
    let shown = practice.get(&format!("/v3/connections/{connection}")).await;
    assert_eq!(
        shown["connection"]["config_instructions"], poll["sync"]["config_instructions"],
        "the connection says it too"
    );
    practice.sync(connection, json!({})).await;
    practice.pass(10_000);
    let poll = practice.poll(connection).await;
    assert_eq!(poll["sync"]["status"], "good", "{poll}");
    assert_eq!(poll["sync"]["config_instructions"], Value::Null, "nothing left to do");
}

#[tokio::test]
async fn a_wrong_login_is_repaired_on_the_same_connection() {
    let practice = start().await;
    let connection = practice.syncing("practice-wrong").await;
    practice.pass(10_000);
    assert_eq!(practice.poll(connection).await["sync"]["status"], "incorrect_credentials", "refused");
    practice.sync(connection, json!({"username": "practice-good", "passcode": "practice"})).await;
    practice.pass(10_000);
    assert_eq!(practice.poll(connection).await["sync"]["status"], "good", "repaired");
}

#[tokio::test]
async fn a_verification_that_meets_a_question_answers_with_it_and_goes_on_blocking() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let connection = practice.connection(user, 900_001).await;
    let asked =
        practice.verify(connection, json!({"username": "practice-question", "passcode": "practice"})).await;
    assert_eq!(asked["sync"]["status"], "challenges", "{asked}");
    assert_eq!(asked["sync"]["progress"], Value::Null, "{asked}");
    let body =
        json!({"type": "auth", "answers": [{"challenge_id": asked["challenges"][0]["id"], "answer": "rex"}]});
    let request = practice
        .http
        .post(format!("{}/v3/connections/{connection}/sync", practice.base))
        .bearer_auth(&practice.token)
        .json(&body);
    let blocked = tokio::spawn(async move { request.send().await.unwrap().json::<Value>().await.unwrap() });
    practice
        .until("the answer is taken", || practice.sandbox.ledger().count(EventKind::AnswerGiven, None) == 1)
        .await;
    practice.pass(10_000);
    assert_eq!(blocked.await.unwrap()["sync"]["status"], "good", "final at once");
}

#[tokio::test]
async fn a_blocked_verification_of_a_removed_connection_ends_with_not_found() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let connection = practice.connection(user, 900_001).await;
    let path = format!("/v3/connections/{connection}/sync");
    let body = json!({"username": "practice-good", "passcode": "practice", "type": "auth"});
    let remover = async {
        practice
            .until("the sync is started", || {
                practice.sandbox.ledger().count(EventKind::SyncStarted, None) == 1
            })
            .await;
        practice.ok(Method::DELETE, &format!("/v3/connections/{connection}"), Value::Null).await;
        practice.pass(60_000);
    };
    tokio::join!(practice.refused(Method::POST, &path, body, 404, "not_found"), remover);
}

#[tokio::test]
async fn stopping_the_service_does_not_wait_for_a_blocked_verification() {
    let sandbox = Sandbox::new(SandboxConfig {
        clock: Clock::stopped_at(jiff::Timestamp::UNIX_EPOCH),
        ..SandboxConfig::default()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, sandbox.clone(), async { drop(stopped.await) }));
    let practice = crate::support::Practice { sandbox, base, http: client(), token: String::new() };
    let practice = crate::support::Practice { token: practice.mint("stop").await, ..practice };
    let user = practice.user("pat").await;
    let connection = practice.connection(user, 900_018).await;
    let path = format!("/v3/connections/{connection}/sync");
    let body = json!({"username": "practice-good", "passcode": "practice", "type": "auth"});
    let order = Arc::new(Mutex::new(Vec::new()));
    let stopper = async {
        practice
            .until("the sync is started", || {
                practice.sandbox.ledger().count(EventKind::SyncStarted, None) == 1
            })
            .await;
        order.lock().unwrap().push("stop");
        drop(stop);
    };
    let blocked = async {
        practice.refused(Method::POST, &path, body, 503, "closing").await;
        order.lock().unwrap().push("answered");
    };
    tokio::join!(blocked, stopper);
    assert_eq!(*order.lock().unwrap(), ["stop", "answered"], "it blocked until the service was stopped");
    let crate::support::Practice { http, .. } = practice;
    drop(http);
    server.await.unwrap().expect("the service ends without an error");
}

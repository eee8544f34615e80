//! Asking and answering.

use linchpin_sandbox::{ConnectionId, EventKind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Practice, open_challenges, start};

/// A sync that has come to its first round; the round.
async fn asked(practice: &Practice, login: &str) -> (u64, Vec<Value>) {
    let connection = practice.syncing(login).await;
    practice.pass(30_000);
    let open = open_challenges(&practice.poll(connection).await);
    assert!(!open.is_empty(), "{login} asks something");
    (connection, open)
}

#[tokio::test]
async fn a_wrong_answer_asks_again_with_a_new_challenge() {
    let practice = start().await;
    let (connection, open) = asked(&practice, "practice-question").await;
    let wrong = json!({"answers": [{"challenge_id": open[0]["id"], "answer": "felix"}]});
    let checking = practice.sync(connection, wrong.clone()).await;
    assert_eq!(checking["sync"]["status"], "syncing", "the bank looks at it first: {checking}");
    practice.pass(5_000);
    let again = open_challenges(&practice.poll(connection).await);
    assert_eq!(again.len(), 1, "asked once more");
    assert_eq!(again[0]["question"], open[0]["question"], "the same question");
    assert_ne!(again[0]["id"], open[0]["id"], "as a new challenge");
    let path = format!("/v3/connections/{connection}/sync");
    practice.refused(Method::POST, &path, wrong, 400, "invalid_parameter").await;
    let right = json!({"answers": [{"id": again[0]["id"], "answer": "  ReX "}]});
    practice.sync(connection, right).await;
    practice.pass(10_000);
    assert_eq!(practice.poll(connection).await["sync"]["status"], "good", "case and spaces do not count");
}

#[tokio::test]
async fn two_questions_may_be_answered_one_after_the_other() {
    let practice = start().await;
    let (connection, open) = asked(&practice, "practice-two-questions").await;
    assert_eq!(open.len(), 2, "both at once");
    let answer =
        |at: usize, text: &str| json!({"answers": [{"challenge_id": open[at]["id"], "answer": text}]});
    let half = practice.sync(connection, answer(1, "Salem")).await;
    assert_eq!(half["sync"]["status"], "challenges", "one is left: {half}");
    assert_eq!(open_challenges(&half), [open[0].clone()], "the other one");
    let path = format!("/v3/connections/{connection}/sync");
    practice.refused(Method::POST, &path, answer(1, "Salem"), 400, "invalid_parameter").await;
    practice.sync(connection, answer(0, "Rex")).await;
    practice.pass(10_000);
    assert_eq!(practice.poll(connection).await["sync"]["status"], "good", "both are answered");
}

#[tokio::test]
async fn answers_may_come_by_the_challenges_address() {
    for (method, name) in [(Method::PUT, "answers"), (Method::PUT, "questions"), (Method::POST, "answers")] {
        let practice = start().await;
        let (connection, open) = asked(&practice, "practice-choices").await;
        let path = format!("/v3/connections/{connection}/challenges");
        let body = json!({name: [{"challenge_id": open[0]["id"], "answer": 1}]});
        let left = practice.ok(method, &path, body).await;
        assert_eq!(open_challenges(&left), [] as [Value; 0], "{name}: nothing is left to answer");
        practice.pass(10_000);
        assert_eq!(practice.poll(connection).await["sync"]["status"], "good", "{name}: the sync went on");
    }
}

#[tokio::test]
async fn a_batch_with_an_answer_to_nothing_changes_nothing() {
    let practice = start().await;
    let (connection, open) = asked(&practice, "practice-question").await;
    let path = format!("/v3/connections/{connection}/sync");
    let good = json!({"challenge_id": open[0]["id"], "answer": "rex"});
    for bad in [json!([good, {"challenge_id": 1, "answer": "rex"}]), json!([good, good])] {
        practice.refused(Method::POST, &path, json!({"answers": bad}), 400, "invalid_parameter").await;
    }
    assert_eq!(practice.sandbox.ledger().count(EventKind::AnswerGiven, None), 0, "all or nothing");
    practice.sync(connection, json!({"answers": [good]})).await;
    assert_eq!(
        practice.sandbox.ledger().count(EventKind::AnswerGiven, Some(ConnectionId(connection))),
        1,
        "taken"
    );
}

#[tokio::test]
async fn a_timed_code_says_when_it_ends_and_lapses_into_resync() {
    let practice = start().await;
    let (connection, open) = asked(&practice, "practice-code").await;
    assert_eq!(open[0]["expires"], Value::Null, "choosing where to send it is not timed");
    practice.sync(connection, json!({"answers": [{"challenge_id": open[0]["id"], "answer": 2}]})).await;
    practice.pass(700);
    let timed = open_challenges(&practice.poll(connection).await);
    assert_eq!(timed[0]["expires"], "2026-03-01T10:02:30Z", "two minutes after it was asked");
    practice.pass(119_000);
    assert_eq!(practice.poll(connection).await["sync"]["status"], "challenges", "a second is left");
    practice.pass(1_000);
    assert_eq!(practice.poll(connection).await["sync"]["status"], "resync", "time is up");
    let late = json!({"answers": [{"challenge_id": timed[0]["id"], "answer": "246810"}]});
    let after = practice.sync(connection, late).await;
    assert_eq!(after["sync"]["status"], "resync", "too late changes nothing: {after}");
    assert_eq!(practice.sandbox.ledger().count(EventKind::SyncStarted, None), 1, "and starts nothing");
}

#[tokio::test]
async fn a_new_sync_kills_the_challenges_of_the_last() {
    let practice = start().await;
    let (connection, open) = asked(&practice, "practice-question").await;
    practice.sync(connection, json!({})).await;
    practice.pass(30_000);
    let path = format!("/v3/connections/{connection}/sync");
    let old = json!({"answers": [{"challenge_id": open[0]["id"], "answer": "rex"}]});
    practice.refused(Method::POST, &path, old, 400, "invalid_parameter").await;
    let again = open_challenges(&practice.poll(connection).await);
    assert_ne!(again[0]["id"], open[0]["id"], "the new sync asks anew");
}

#[tokio::test]
async fn answers_where_nothing_is_asked_are_refused() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let connection = practice.connection(user, 900_001).await;
    let answer = json!({"answers": [{"challenge_id": 801, "answer": "rex"}]});
    for path in
        [format!("/v3/connections/{connection}/sync"), format!("/v3/connections/{connection}/challenges")]
    {
        practice.refused(Method::POST, &path, answer.clone(), 400, "invalid_parameter").await;
    }
    let path = format!("/v3/connections/{connection}/challenges");
    practice.refused(Method::PUT, &path, json!({"answers": []}), 400, "invalid_parameter").await;
    assert_eq!(practice.get(&path).await, json!({"challenges": []}), "none yet");
}

#[tokio::test]
async fn a_bank_that_knows_who_comes_asks_no_more_until_the_login_changes() {
    let practice = start().await;
    let (connection, open) = asked(&practice, "practice-question").await;
    practice.sync(connection, json!({"answers": [{"challenge_id": open[0]["id"], "answer": "Rex"}]})).await;
    practice.pass(10_000);
    assert_eq!(practice.poll(connection).await["sync"]["status"], "good");
    practice.sync(connection, json!({})).await;
    practice.pass(10_000);
    assert_eq!(practice.poll(connection).await["sync"]["status"], "good", "it was answered once");
    let login = json!({"username": "practice-two-questions", "passcode": "practice"});
    practice.sync(connection, login).await;
    practice.pass(10_000);
    assert_eq!(
        practice.poll(connection).await["sync"]["status"],
        "challenges",
        "somebody else may have come"
    );
}

//! What comes of a blocking sync whose caller hangs up: at one bank it goes on, at another it is given up.

use linchpin_sandbox::{ConnectionId, EventKind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Practice, start};

const GOES_ON: u64 = 900_101;
const GIVES_UP: u64 = 900_102;

/// Starts a verification and hangs up five seconds later, by the clock.
async fn hung_up(practice: &Practice, bank: u64) -> u64 {
    let user = practice.user("pat").await;
    let account = practice.v2_account(user, bank, true).await;
    let sync = format!("/v2/accounts/{account}/sync");
    let blocked = practice.v2_blocked(Method::POST, &sync, json!({"is_auth": true})).await;
    practice.pass(5_000);
    blocked.abort();
    practice
        .until("the aggregator has noticed", || practice.sandbox.waiting_callers(ConnectionId(account)) == 0)
        .await;
    account
}

#[tokio::test]
async fn at_most_banks_it_goes_on_and_a_poll_shows_how_it_ends() {
    let practice = start().await;
    let account = hung_up(&practice, GOES_ON).await;
    assert_eq!(practice.v2_poll(account).await["sync"]["status"], "syncing");
    practice.pass(180_000);
    assert_eq!(practice.v2_poll(account).await["sync"]["status"], "good");
    assert_eq!(practice.sandbox.ledger().count(EventKind::SyncAbandoned, None), 0);
    let auth = practice.get(&format!("/v2/accounts/{account}/auth")).await;
    assert_eq!(auth["auth"]["portfolios"].as_array().unwrap().len(), 2, "{auth}");
}

#[tokio::test]
async fn at_one_bank_it_is_given_up_and_the_account_is_as_before() {
    let practice = start().await;
    let account = hung_up(&practice, GIVES_UP).await;
    let on = Some(ConnectionId(account));
    let ledger = practice.sandbox.ledger();
    assert_eq!(ledger.count(EventKind::SyncAbandoned, on), 1, "it is given up");
    practice.pass(180_000);
    assert_eq!(practice.v2_poll(account).await["sync"]["status"], Value::Null, "as before the first sync");
    assert_eq!(ledger.count(EventKind::LoginTried, on), 1, "the bank has seen the login all the same");
    assert_eq!(
        practice.v2_verify(account, json!({})).await["sync"]["status"],
        "good",
        "it can be tried again"
    );
}

#[tokio::test]
async fn it_is_not_given_up_while_another_caller_waits_for_it() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let account = practice.v2_account(user, GIVES_UP, true).await;
    let sync = format!("/v2/accounts/{account}/sync");
    let first = practice.v2_blocked(Method::POST, &sync, json!({"is_auth": true})).await;
    let request = practice.http.post(format!("{}{sync}", practice.base)).bearer_auth(&practice.token);
    let second = tokio::spawn(request.json(&json!({"is_auth": true})).send());
    practice
        .until("the second waits too", || practice.sandbox.waiting_callers(ConnectionId(account)) == 2)
        .await;
    first.abort();
    practice
        .until("the first is gone", || practice.sandbox.waiting_callers(ConnectionId(account)) == 1)
        .await;
    practice.pass(60_000);
    let answer: Value = second.await.unwrap().unwrap().json().await.unwrap();
    assert_eq!(answer["sync"]["status"], "good", "{answer}");
    assert_eq!(practice.sandbox.ledger().count(EventKind::SyncStarted, None), 1, "it joined the first");
}

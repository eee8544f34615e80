//! An aggregator that is broken in every way at every call: the person is told something true, nothing is done twice,
//! nothing succeeds that did not, and when it is well again the story goes on without a new session.

mod ends;
mod fault;

use super::browser::Browser;
use super::world::{World, practice, until};
use fault::{Fault, FaultServer, UPSTREAM_TEXT};
use jiff::SignedDuration;
use linchpin_protocol::{Connection, Next};
use linchpin_sandbox::EventKind;
use serde_json::{Value, json};
use std::time::Duration;

/// One call to the aggregator, and a story that makes it.
struct Call {
    method: &'static str,
    /// How its path ends.
    end: &'static str,
    purpose: &'static str,
}

const CREATE_USER: Call = Call { method: "POST", end: "/users", purpose: "aggregate" };
const CREATE_CONNECTION: Call = Call { method: "POST", end: "/connections", purpose: "aggregate" };
const START_SYNC: Call = Call { method: "POST", end: "/sync", purpose: "aggregate" };
const POLL_SYNC: Call = Call { method: "GET", end: "/sync", purpose: "aggregate" };
const ACCOUNTS: Call = Call { method: "GET", end: "/accounts", purpose: "aggregate" };
const NUMBERS: Call = Call { method: "GET", end: "/auth", purpose: "both" };

/// A story through one fault: what the person saw, and what is left to do.
async fn survives(world: &World, faults: &FaultServer, call: &Call, fault: Fault) {
    let cell = format!("{fault:?} at {} {}", call.method, call.end);
    let browser =
        Browser::open(world, &format!("{fault:?}-{}", call.end.replace('/', "-")), call.purpose).await;
    let before = |kind| world.count(kind);
    let (users, made) = (before(EventKind::UserCreated), before(EventKind::ConnectionCreated));
    let logins = before(EventKind::LoginTried);
    let mut form = browser.connect("harbour").await;
    let mut submits = 0;
    faults.spoil(call.method, call.end, fault);
    // The person signs in, and again where they are told that it was not done.
    let path = format!("/v1/connections/{}/credentials", form.id);
    let login = Browser::login(&form, "practice-good", "practice");
    let told = shown(&cell, browser.post(&path, login).await).await;
    // A problem says that nothing was done: only what was taken may have reached the bank.
    submits += usize::from(told.is_some());
    let login_arrived = call.method == "POST" && call.end == "/sync" && fault.arrives();
    assert!(told.is_some() || !login_arrived, "{cell}: a login that arrived is called undone");
    if let Some(connection) = told {
        form = connection;
    }
    until(&format!("the call was made: {cell}"), async || {
        world.bank_goes_on(1);
        (faults.spoiled() > 0).then_some(())
    })
    .await;
    // While the aggregator is silent this may take as long as a call to it may.
    let state = format!("/v1/connections/{}", form.id);
    let looked = browser.get(&state);
    if let Ok(response) = tokio::time::timeout(Duration::from_secs(1), looked).await
        && let Some(connection) = shown(&cell, response).await
    {
        let early = matches!(connection.next, Next::ChooseAccounts { .. } | Next::Linked { .. });
        assert!(!early, "success out of a fault, {cell}: {connection:?}");
    }
    faults.heal();
    let end = until(&format!("the story went on after {cell}"), async || {
        world.bank_goes_on(1);
        // A call that left no trace may be on its way for a while.
        world.later(SignedDuration::from_secs(2));
        let looked = browser.get(&format!("/v1/connections/{}", form.id)).await;
        form = shown(&cell, looked).await?;
        match &form.next {
            Next::ChooseAccounts { .. } => return Some(form.clone()),
            Next::Closed { .. } => panic!("a connection is gone after {cell}"),
            Next::Credentials { .. } => {
                let login = Browser::login(&form, "practice-good", "practice");
                submits += usize::from(shown(&cell, browser.post(&path, login).await).await.is_some());
            }
            Next::Later { .. } | Next::Failed { .. } | Next::StartAgain {} => {
                let retry = format!("/v1/connections/{}/retry", form.id);
                shown(&cell, browser.post(&retry, json!({"revision": form.revision})).await).await;
            }
            Next::Wait { .. }
            | Next::Authorize { .. }
            | Next::Challenges { .. }
            | Next::Instructions { .. }
            | Next::NoAccounts {}
            | Next::OfferDeposits { .. }
            | Next::Linked { .. }
            | Next::Interrupted { .. }
            | Next::Unknown => {}
        }
        None
    })
    .await;
    let linked = browser.choose(&end).await;
    assert!(matches!(linked.next, Next::Linked { .. }), "{cell}: {linked:?}");
    let more = |kind, before: usize| world.count(kind) - before;
    assert!(more(EventKind::UserCreated, users) <= 1, "{cell}: two users");
    assert!(more(EventKind::ConnectionCreated, made) <= 1, "{cell}: two connections for one");
    let tried = more(EventKind::LoginTried, logins);
    // Reading the numbers is a sync of its own.
    let answered = usize::from(call.purpose == "both");
    assert!(
        tried <= submits + answered,
        "{cell}: {tried} logins at the bank, {submits} were taken from the person and {answered} follow from that"
    );
    assert_eq!(faults.redirected(), 0, "{cell}: a redirection was followed");
}

/// A state, or nothing where the answer is a problem; never a fault of our own, and never the aggregator's text.
async fn shown(cell: &str, response: reqwest::Response) -> Option<Connection> {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    assert!(!text.contains(UPSTREAM_TEXT), "{cell}: the aggregator's text is repeated: {text}");
    if status == 200 {
        return Some(serde_json::from_str(&text).unwrap());
    }
    let problem: Value = serde_json::from_str(&text).unwrap();
    let code = problem["code"].as_str().unwrap();
    let clear =
        ["provider_unavailable", "provider_rejected", "provider_timeout", "wrong_step", "too_many_tries"];
    assert!(clear.contains(&code), "{cell}: {status} {text}");
    None
}

/// All faults, in five worlds at a time: what takes long is waiting for the next look.
async fn every_fault_at(call: Call) {
    let (one, rest) = Fault::ALL.split_at(4);
    let (two, rest) = rest.split_at(4);
    let (three, rest) = rest.split_at(4);
    let (four, five) = rest.split_at(4);
    tokio::join!(
        survives_all(&call, one),
        survives_all(&call, two),
        survives_all(&call, three),
        survives_all(&call, four),
        survives_all(&call, five),
    );
}

async fn survives_all(call: &Call, all: &[Fault]) {
    let (sandbox, behind, _serving) = practice().await;
    let (faults, url) = FaultServer::in_front_of(&behind).await;
    // The breaker has tests of its own: here every call has to meet the fault.
    let mut world = World::with_upstream(&url, &[("LIMITS__BREAKER_CALLS", "1000000")]).await;
    world.sandbox = sandbox;
    for fault in all {
        survives(&world, &faults, call, *fault).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_answer_to_a_new_user_is_survived() {
    every_fault_at(CREATE_USER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_answer_to_a_new_connection_is_survived() {
    every_fault_at(CREATE_CONNECTION).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_answer_to_a_login_is_survived() {
    every_fault_at(START_SYNC).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_look_at_a_sync_is_survived() {
    every_fault_at(POLL_SYNC).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_accounts_are_survived() {
    every_fault_at(ACCOUNTS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_account_numbers_are_survived() {
    every_fault_at(NUMBERS).await;
}

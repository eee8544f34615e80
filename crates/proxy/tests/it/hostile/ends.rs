//! An aggregator that is broken when a connection is to be ended: it is ended once, or stands as interrupted until the
//! person tries again.

use super::fault::{Fault, FaultServer};
use crate::browser::Browser;
use crate::world::{World, practice, read};
use linchpin_protocol::{Connection, Next, Parting, PartingProblem, Standing};
use linchpin_sandbox::EventKind;
use std::time::Duration;

/// What becomes of the end of a connection while the aggregator answers so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    Ended,
    Stopped(PartingProblem),
}

/// Faults that are answered at once. Those that hang end as a time-out does, after half a minute.
const QUICK: [(Fault, Outcome); 10] = [
    (Fault::Closed, Outcome::Stopped(PartingProblem::ProviderUnavailable)),
    // There is no body to be cut in half.
    (Fault::HalfABody, Outcome::Ended),
    (Fault::Html, Outcome::Stopped(PartingProblem::ProviderUnavailable)),
    (Fault::Redirect, Outcome::Stopped(PartingProblem::ProviderUnavailable)),
    (Fault::Status(204), Outcome::Ended),
    (Fault::Status(400), Outcome::Stopped(PartingProblem::ProviderRejected)),
    (Fault::Status(401), Outcome::Stopped(PartingProblem::ProviderUnavailable)),
    (Fault::Status(429), Outcome::Stopped(PartingProblem::ProviderUnavailable)),
    (Fault::Status(500), Outcome::Stopped(PartingProblem::ProviderUnavailable)),
    (Fault::Status(599), Outcome::Stopped(PartingProblem::ProviderUnavailable)),
];

async fn ends(fault: Fault, outcome: Outcome) {
    let cell = format!("{fault:?}");
    let (sandbox, behind, _serving) = practice().await;
    let (faults, url) = FaultServer::in_front_of(&behind).await;
    let mut world = World::with_upstream(&url, &[("LIMITS__BREAKER_CALLS", "1000000")]).await;
    world.sandbox = sandbox;
    let linked = Browser::open(&world, "pat", "aggregate").await.link_all_the_way("harbour").await;
    let browser = Browser::managing(&world, "pat").await;
    let now = browser.now(&linked).await;
    faults.spoil("DELETE", "", fault);
    let mut told: Connection = read(browser.disconnect(&now, false).await, 200).await;
    while matches!(told.next, Next::Wait { .. }) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        told = browser.now(&told).await;
    }
    if outcome == Outcome::Ended {
        // It said that it was done; what it says is believed.
        assert_eq!(told.next, Next::Closed { successor: None }, "{cell}");
        return;
    }
    let Outcome::Stopped(reason) = outcome else { return };
    let stopped = Next::Interrupted { parting: Parting::Disconnect, erased: false, reason };
    assert_eq!(told.next, stopped, "{cell}");
    let list = browser.list().await;
    assert_eq!(
        (list.len(), list[0].standing),
        (1, Standing::Ending),
        "{cell}: it is still there, and says how"
    );
    assert!(list[0].disconnect.is_some(), "{cell}: and can be ended");
    faults.heal();
    let mut over: Connection = read(browser.disconnect(&told, false).await, 200).await;
    while matches!(over.next, Next::Wait { .. }) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        over = browser.now(&over).await;
    }
    assert_eq!(over.next, Next::Closed { successor: None }, "{cell}");
    assert_eq!(world.count(EventKind::ConnectionDeleted), 1, "{cell}: once");
    assert_eq!(faults.redirected(), 0, "{cell}: a redirection was followed");
}

async fn all_end(cells: &[(Fault, Outcome)]) {
    for (fault, outcome) in cells {
        ends(*fault, *outcome).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_answer_to_the_end_of_a_connection_is_survived() {
    let (one, rest) = QUICK.split_at(4);
    let (two, three) = rest.split_at(3);
    // What takes long is waiting for the next try.
    tokio::join!(all_end(one), all_end(two), all_end(three));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_was_interrupted_can_be_given_up() {
    let (sandbox, behind, _serving) = practice().await;
    let (faults, url) = FaultServer::in_front_of(&behind).await;
    let mut world = World::with_upstream(&url, &[("LIMITS__BREAKER_CALLS", "1000000")]).await;
    world.sandbox = sandbox;
    let linked = Browser::open(&world, "pat", "aggregate").await.link_all_the_way("harbour").await;
    let browser = Browser::managing(&world, "pat").await;
    let now = browser.now(&linked).await;
    faults.spoil("DELETE", "", Fault::Status(400));
    let told: Connection = read(browser.disconnect(&now, false).await, 200).await;
    assert!(matches!(told.next, Next::Interrupted { .. }), "{told:?}");
    faults.heal();
    let body = serde_json::json!({"revision": told.revision});
    let path = format!("/v1/connections/{}/retry", told.id);
    let kept: Connection = read(browser.post(&path, body).await, 200).await;
    assert_eq!(kept.next, linked.next, "it stands as it stood");
    assert_eq!(world.count(EventKind::ConnectionDeleted), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_still_listed() {
    let (sandbox, behind, _serving) = practice().await;
    let (faults, url) = FaultServer::in_front_of(&behind).await;
    let mut world = World::with_upstream(&url, &[("LIMITS__BREAKER_CALLS", "1000000")]).await;
    world.sandbox = sandbox;
    let linked = Browser::open(&world, "pat", "aggregate").await.link_all_the_way("harbour").await;
    let browser = Browser::managing(&world, "pat").await;
    let now = browser.now(&linked).await;
    faults.spoil("GET", "/sync", Fault::Status(500));
    let list = browser.list().await;
    assert_eq!(list.len(), 1, "what cannot be read is not lost");
    assert_eq!(list[0].connection.next, linked.next, "as it was seen last");
    let refused = browser.disconnect(&now, false).await;
    assert_eq!(refused.status(), 503, "what can be done with it is not known");
    assert_eq!(world.count(EventKind::ConnectionDeleted), 0);
}

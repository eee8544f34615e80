//! An aggregator that is broken when a connection is to be ended: it is ended once, or stands as interrupted until the
//! person tries again.

use super::Stage;
use super::dialect::{Call, Counted, Dialect};
use super::fault::Fault;
use crate::browser::Browser;
use crate::world::{read, until};
use jiff::SignedDuration;
use linchpin_protocol::{Connection, ManagedConnections, Next, Parting, PartingProblem, Standing};
use linchpin_proxy::store::{PartingStage, Store as _};
use std::time::{Duration, Instant};

/// What becomes of the end of a connection while the aggregator answers so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    Ended,
    Stopped(PartingProblem),
}

/// Faults that are answered at once. Those that hang end as a time-out does, after half a minute.
const QUICK: [(Fault, Outcome); 12] = [
    (Fault::Closed, Outcome::Stopped(PartingProblem::ProviderUnavailable)),
    // There is no body to be cut in half.
    (Fault::HalfABody, Outcome::Ended),
    (Fault::Html, Outcome::Stopped(PartingProblem::ProviderUnavailable)),
    (Fault::Redirect, Outcome::Stopped(PartingProblem::ProviderUnavailable)),
    (Fault::Status(204), Outcome::Ended),
    (Fault::Status(400), Outcome::Stopped(PartingProblem::ProviderRejected)),
    (Fault::Status(401), Outcome::Stopped(PartingProblem::ProviderUnavailable)),
    (Fault::Status(403), Outcome::Stopped(PartingProblem::ProviderRejected)),
    // What is not there has ended.
    (Fault::Status(404), Outcome::Ended),
    (Fault::Status(429), Outcome::Stopped(PartingProblem::ProviderUnavailable)),
    (Fault::Status(500), Outcome::Stopped(PartingProblem::ProviderUnavailable)),
    (Fault::Status(599), Outcome::Stopped(PartingProblem::ProviderUnavailable)),
];

/// One end that is asked for, and all that is done until it is told.
async fn disconnect(browser: &Browser<'_>, from: &Connection, purge: bool) -> Connection {
    let told: Connection = read(browser.disconnect(from, purge).await, 200).await;
    until("the end is told", async || {
        let now = browser.now(&told).await;
        (!matches!(now.next, Next::Wait { .. })).then_some(now)
    })
    .await
}

/// `purge`: the fault is met when what was read is to be erased before.
async fn ends(dialect: &'static Dialect, purge: Option<Call>, fault: Fault, outcome: Outcome) {
    let call = purge.unwrap_or(dialect.delete);
    let cell = format!("{fault:?} at {} {} of {}", call.method, call.end, dialect.kind);
    let stage = Stage::over(dialect).await;
    let linked = stage.linked("pat").await;
    let browser = Browser::managing(&stage.world, "pat").await;
    let now = browser.now(&linked).await;
    stage.faults.spoil(call, fault);
    let told = disconnect(&browser, &now, purge.is_some()).await;
    let Outcome::Stopped(reason) = outcome else {
        // It said that it was done; what it says is believed.
        assert_eq!(told.next, Next::Closed { successor: None }, "{cell}");
        return;
    };
    let stopped =
        Next::Interrupted { parting: Parting::Disconnect, erases: purge.is_some(), erased: false, reason };
    assert_eq!(told.next, stopped, "{cell}");
    assert_eq!(stage.count(Counted::Deletions), usize::from(fault.arrives() && purge.is_none()), "{cell}");
    let list = browser.list().await;
    assert_eq!(
        (list.len(), list[0].standing),
        (1, Standing::Ending),
        "{cell}: it is still there, and says how"
    );
    assert!(list[0].disconnect.is_some(), "{cell}: and can be ended");
    stage.faults.heal();
    let over = disconnect(&browser, &told, purge.is_some()).await;
    assert_eq!(over.next, Next::Closed { successor: None }, "{cell}");
    assert_eq!(stage.count(Counted::Deletions), 1, "{cell}: once");
    assert!(purge.is_none() || stage.count(Counted::Purges) > 0, "{cell}: nothing was erased");
    assert_eq!(stage.faults.redirected(), 0, "{cell}: a redirection was followed");
}

async fn all_end(dialect: &'static Dialect, cells: &[(Fault, Outcome)]) {
    for (fault, outcome) in cells {
        ends(dialect, None, *fault, *outcome).await;
    }
}

/// What is to be erased first, where that can be done. A refusal says that it cannot, as the connection stands.
async fn all_are_erased(dialect: &'static Dialect) {
    let Some(purge) = dialect.purge else { return };
    for (fault, reason) in [
        (Fault::Closed, PartingProblem::ProviderUnavailable),
        (Fault::Html, PartingProblem::ProviderUnavailable),
        (Fault::Status(400), PartingProblem::NotWorking),
        (Fault::Status(500), PartingProblem::ProviderUnavailable),
    ] {
        ends(dialect, Some(purge), fault, Outcome::Stopped(reason)).await;
    }
}

pub(super) async fn all_are_survived(dialect: &'static Dialect) {
    let (one, rest) = QUICK.split_at(4);
    let (two, three) = rest.split_at(4);
    // What takes long is waiting for the next try.
    tokio::join!(
        all_end(dialect, one),
        all_end(dialect, two),
        all_end(dialect, three),
        all_are_erased(dialect)
    );
}

pub(super) async fn is_given_up(dialect: &'static Dialect) {
    let stage = Stage::over(dialect).await;
    let linked = stage.linked("pat").await;
    let browser = Browser::managing(&stage.world, "pat").await;
    let now = browser.now(&linked).await;
    stage.faults.spoil(dialect.delete, Fault::Status(400));
    let told = disconnect(&browser, &now, false).await;
    assert!(matches!(told.next, Next::Interrupted { .. }), "{told:?}");
    stage.faults.heal();
    let body = serde_json::json!({"revision": told.revision});
    let path = format!("/v1/connections/{}/retry", told.id);
    let kept: Connection = read(browser.post(&path, body).await, 200).await;
    assert_eq!(kept.next, linked.next, "it stands as it stood");
    assert_eq!(stage.count(Counted::Deletions), 0);
}

pub(super) async fn is_still_listed(dialect: &'static Dialect) {
    let stage = Stage::over(dialect).await;
    let linked = stage.linked("pat").await;
    let browser = Browser::managing(&stage.world, "pat").await;
    let now = browser.now(&linked).await;
    stage.faults.spoil(dialect.standing, Fault::Status(500));
    let list = browser.list().await;
    assert_eq!(list.len(), 1, "what cannot be read is not lost");
    assert_eq!(list[0].connection.next, linked.next, "as it was seen last");
    let refused = browser.disconnect(&now, false).await;
    assert_eq!(refused.status(), 503, "what can be done with it is not known");
    assert_eq!(stage.count(Counted::Deletions), 0);
}

/// The widget gives a list up after eight seconds.
pub(super) async fn is_listed_in_time(dialect: &'static Dialect) {
    let mut stage = Stage::over(dialect).await;
    let linked = stage.linked("pat").await;
    let twin = stage.world.twin().await;
    let browser = Browser::managing(&stage.world, "pat").await;
    stage.faults.spoil(dialect.standing, Fault::Silence);
    let request = stage.world.http.get(format!("{twin}/v1/connections"));
    let anew = request.bearer_auth(browser.token.expose()).send();
    let asked = Instant::now();
    let (list, anew) = tokio::join!(browser.list(), anew);
    assert!(asked.elapsed() < Duration::from_secs(7), "it took {:?}", asked.elapsed());
    assert_eq!(list[0].connection.next, linked.next, "as it was seen last");
    let anew: ManagedConnections = read(anew.unwrap(), 200).await;
    assert_eq!(anew.connections[0].standing, Standing::Unreadable, "where nobody has seen it");
    stage.faults.heal();
    assert_eq!(browser.list().await[0].standing, Standing::Working);
}

/// Asked to stop between two tries, a proxy does not call the end interrupted: whoever is there next goes on with it.
pub(super) async fn goes_on_after_a_stop(dialect: &'static Dialect) {
    let mut stage = Stage::over(dialect).await;
    let linked = stage.linked("pat").await;
    stage.faults.spoil(dialect.delete, Fault::Status(503));
    {
        let browser = Browser::managing(&stage.world, "pat").await;
        let now = browser.now(&linked).await;
        let told: Connection = read(browser.disconnect(&now, false).await, 200).await;
        assert!(matches!(told.next, Next::Wait { .. }), "{told:?}");
    }
    stage.world.stop().await;
    let store = stage.world.store().await;
    let parting = async || store.connection(&linked.id).await.unwrap().unwrap().parting.unwrap();
    assert_eq!((parting().await.stage, parting().await.problem), (PartingStage::End, None));
    stage.faults.heal();
    stage.world.twin().await;
    stage.world.later(SignedDuration::from_secs(16));
    until("another proxy has ended it", async || (parting().await.stage == PartingStage::Over).then_some(()))
        .await;
    assert_eq!(stage.count(Counted::Deletions), 1);
}

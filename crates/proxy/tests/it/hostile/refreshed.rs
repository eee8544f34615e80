//! An aggregator that is broken when it is to read a connection again: it is asked once for each wish, what is linked stays
//! linked, and the next wish is met.

use super::dialect::{Counted, Dialect};
use super::fault::Fault;
use super::{Stage, shown};
use crate::browser::Browser;
use linchpin_protocol::Next;

/// Faults that are answered at once.
const QUICK: [Fault; 10] = [
    Fault::Closed,
    Fault::HalfABody,
    Fault::Html,
    Fault::WrongTypes,
    Fault::Redirect,
    Fault::Status(400),
    Fault::Status(401),
    Fault::Status(403),
    Fault::Status(429),
    Fault::Status(500),
];

async fn is_survived(stage: &Stage, fault: Fault) {
    let Stage { dialect, world, faults } = stage;
    let cell = format!("{fault:?} at {} {} of {}", dialect.refresh.method, dialect.refresh.end, dialect.kind);
    let user = format!("{fault:?}");
    let linked = stage.linked(&user).await;
    let browser = Browser::managing(world, &user).await;
    let now = browser.now(&linked).await;
    let [readings, logins] = [Counted::Readings, Counted::Logins].map(|what| stage.count(what));
    faults.spoil(dialect.refresh, fault);
    let told = shown(&cell, browser.refresh(&now).await).await;
    assert_eq!(faults.spoiled(), 1, "{cell}: what has an effect is asked for once");
    faults.heal();
    assert!(told.is_some() || !fault.arrives(), "{cell}: what arrived is called undone");
    let begun = stage.count(Counted::Readings) - readings;
    assert_eq!(begun, usize::from(fault.arrives()), "{cell}");
    let still = stage.follow(&browser, &now).await;
    assert!(matches!(still.next, Next::Linked { .. }), "{cell}: {still:?}");
    let again = browser.list().await.remove(0).connection;
    let again = shown(&cell, browser.refresh(&again).await).await;
    let again = again.unwrap_or_else(|| panic!("{cell}: the next wish is not met"));
    let done = stage.follow(&browser, &again).await;
    assert!(matches!(done.next, Next::Linked { .. }), "{cell}: {done:?}");
    assert_eq!(stage.count(Counted::Readings) - readings, begun + 1, "{cell}: one wish, one reading");
    assert!(
        stage.count(Counted::Logins) - logins <= begun + 1,
        "{cell}: the bank was tried more often than was wished"
    );
}

pub(super) async fn all_are_survived(dialect: &'static Dialect) {
    let (one, two) = QUICK.split_at(5);
    let some = async |faults: &[Fault]| {
        let stage = Stage::over(dialect).await;
        for fault in faults {
            is_survived(&stage, *fault).await;
        }
    };
    tokio::join!(some(one), some(two));
}

//! The path over Basiq's API: logins that are passed on, the consent page, and what becomes of connections.

mod astray;
mod consent;
mod ended;
mod later;
mod logins;
mod moves;

use crate::browser::Browser;
use crate::world::World;
use linchpin_protocol::{Connection, Next};
use linchpin_sandbox::{BasiqConnectionId, BasiqEvent, Event};
use std::sync::atomic::{AtomicUsize, Ordering};

/// One of Basiq's own logins, which works everywhere.
const GOOD: (&str, &str) = ("gavinBelson", "hooli2016");
/// One of them that is asked for a code where something is asked.
const WITH_CODE: (&str, &str) = ("jared", "django");
/// Parts of two of them: no login.
const WRONG: (&str, &str) = ("gavinBelson", "django");

/// One of Basiq's own logins that ask nothing at Hooli, another each time: the same one would have to wait, whoever has it.
pub(crate) fn next_login() -> (&'static str, &'static str) {
    static USED: AtomicUsize = AtomicUsize::new(0);
    const LOGINS: [(&str, &str); 6] = [
        ("gavinBelson", "hooli2016"),
        ("jared", "django"),
        ("Whistler", "ShowBox"),
        ("Gilfoyle", "PiedPiper"),
        ("laurieBream", "business2024"),
        ("ashMann", "hooli2024"),
    ];
    LOGINS[USED.fetch_add(1, Ordering::Relaxed) % LOGINS.len()]
}

/// Follows a connection until it is something else than a wait. The bank takes large steps: a job tells little of its way.
pub(crate) async fn follow(browser: &Browser<'_>, from: &Connection) -> Connection {
    let mut connection = from.clone();
    for _ in 0..40 {
        if !matches!(connection.next, Next::Wait { .. }) {
            return connection;
        }
        browser.world.bank_goes_on(4);
        connection = browser.poll(&connection, 1).await;
    }
    panic!("still waiting: {connection:?}")
}

/// Every connection that was made, oldest first.
pub(crate) fn made(world: &World) -> Vec<BasiqConnectionId> {
    let entries = world.sandbox.ledger().entries().into_iter();
    let made = entries.filter_map(|entry| match entry.event {
        Event::Basiq(BasiqEvent::ConnectionCreated { connection, .. }) => Some(connection),
        _ => None,
    });
    made.collect()
}

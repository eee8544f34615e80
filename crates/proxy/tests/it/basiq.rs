//! The path over Basiq's API: logins that are passed on, the consent page, and what becomes of connections.

mod consent;
mod later;
mod logins;
mod moves;

use crate::browser::Browser;
use crate::world::World;
use linchpin_protocol::{Connection, Next};
use linchpin_sandbox::{BasiqConnectionId, BasiqEvent, Event};

/// One of Basiq's own logins, which works everywhere.
const GOOD: (&str, &str) = ("gavinBelson", "hooli2016");
/// One of them that is asked for a code where something is asked.
const WITH_CODE: (&str, &str) = ("jared", "django");
/// Parts of two of them: no login.
const WRONG: (&str, &str) = ("gavinBelson", "django");

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

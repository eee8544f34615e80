//! The path over Basiq's API: logins that are passed on, the consent page, and what becomes of connections.

mod consent;
mod later;
mod logins;

use crate::world::World;
use linchpin_sandbox::{BasiqConnectionId, BasiqEvent, Event};

/// One of Basiq's own logins, which works everywhere.
const GOOD: (&str, &str) = ("gavinBelson", "hooli2016");
/// One of them that is asked for a code where something is asked.
const WITH_CODE: (&str, &str) = ("jared", "django");
/// Parts of two of them: no login.
const WRONG: (&str, &str) = ("gavinBelson", "django");

/// Every connection that was made, oldest first.
fn made(world: &World) -> Vec<BasiqConnectionId> {
    let entries = world.sandbox.ledger().entries().into_iter();
    let made = entries.filter_map(|entry| match entry.event {
        Event::Basiq(BasiqEvent::ConnectionCreated { connection, .. }) => Some(connection),
        _ => None,
    });
    made.collect()
}

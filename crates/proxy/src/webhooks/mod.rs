//! Telling clients' servers what has changed: out of the store's outbox, signed, until it is taken or given up.
//!
//! It runs in every replica and claims events by lease, so that one whose replica was killed is told by another. An
//! event is told at least once; receivers know a repetition by its id.

mod deliver;
mod reach;
mod signing;

pub(crate) use deliver::Webhooks;
pub(crate) use reach::Reach;
pub(crate) use signing::Signer;

use crate::app::AppState;
use crate::clock::later;
use crate::store::{EventRecord, StoreResult};
use crate::tokens;
use deliver::Outcome;
use jiff::SignedDuration;
use std::time::Duration;

const EVERY: Duration = Duration::from_millis(500);
/// At most so many are taken out at a time.
const AT_ONCE: u32 = 64;
/// At most so many are under way to one client, over all replicas: a server that hangs holds up its own only.
const AT_ONE_CLIENT: u32 = 8;
/// Longer than a delivery may take. Whoever holds it for so long is dead.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// Longer than all tries of one take. Receivers may forget ids that are older.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long after each try that failed the next one follows. After the last of these it is given up.
const PAUSES: [SignedDuration; 7] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(10),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(6),
    SignedDuration::from_hours(24),
];

/// Runs until the proxy goes down. What is under way then is finished: it takes less time than there is.
pub(crate) async fn run(state: AppState) {
    loop {
        let now = state.clock.now();
        match state.store.lease_events(now, later(now, LEASE), AT_ONCE, AT_ONE_CLIENT).await {
            Ok(due) => {
                for event in due {
                    let delivering = state.clone();
                    state.tasks.spawn(async move { tell(&delivering, &event).await });
                }
            }
            Err(error) => tracing::warn!(%error, "due events could not be read"),
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = state.closing.cancelled() => return,
        }
    }
}

/// One try, and what follows from it. The store failing means that it is tried again when the lease is over.
async fn tell(state: &AppState, event: &EventRecord) {
    let outcome = state.webhooks.deliver(event, state.clock.now()).await;
    if let Err(error) = settle(state, event, outcome).await {
        tracing::warn!(%error, event = %event.id, "what became of an event could not be written down");
    }
}

async fn settle(state: &AppState, event: &EventRecord, outcome: Outcome) -> StoreResult<()> {
    let (id, tries, now) = (&event.id, event.tries, state.clock.now());
    match (outcome, pause(tries)) {
        (Outcome::Taken, _) => {
            state.metrics.webhook("delivered");
            tracing::debug!(event = %id, tries, "an event was delivered");
            state.store.event_delivered(id, now).await
        }
        (Outcome::Failed(why), Some(pause)) => {
            state.metrics.webhook("failed");
            tracing::warn!(event = %id, tries, why, "an event was not taken and is tried again");
            state.store.try_event_again(id, later(now, pause)).await
        }
        (Outcome::Failed(why) | Outcome::Unwanted(why), _) => {
            state.metrics.webhook("given_up");
            tracing::error!(event = %id, tries, why, "an event was given up");
            state.store.give_event_up(id, now).await
        }
    }
}

/// How long to wait after a number of tries, with up to a quarter more, so that what failed together does not come back
/// together. `None`: there were enough.
fn pause(tries: u32) -> Option<SignedDuration> {
    let pause = *PAUSES.get(usize::try_from(tries).ok()?.checked_sub(1)?)?;
    Some(pause + pause * i32::from(jitter()) / 1024)
}

/// A number below 256. Without randomness there is no jitter, which is no harm.
fn jitter() -> u8 {
    let random = tokens::random().unwrap_or_default();
    random.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_with_a_little_chance_in_them_and_come_to_an_end() {
        let mut total = SignedDuration::ZERO;
        for (tries, least) in (1..).zip(PAUSES) {
            for _ in 0..50 {
                let pause = pause(tries).unwrap();
                assert!(pause >= least && pause < least + least / 4, "{pause:?} after {tries} tries");
            }
            total += least + least / 4;
        }
        assert_eq!(pause(8), None, "eight tries are enough");
        assert!(total < KEPT, "an event is not forgotten while it is tried");
        let some: std::collections::HashSet<_> = (0..50).map(|_| pause(7)).collect();
        assert!(some.len() > 1, "there is no chance in them");
    }
}

//! Drives a connection: polls upstream while there is something to wait for. One driver for each connection.

use super::live::Slot;
use super::look::{self, LookError};
use crate::app::AppState;
use crate::clock::later;
use jiff::SignedDuration;
use linchpin_protocol::{Connection, Next};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The first polls, while most answers come.
const QUICK: Duration = Duration::from_millis(250);
const QUICK_FOR: Duration = Duration::from_secs(2);
const SLOWEST: Duration = Duration::from_secs(2);
/// A driver holds its connection's lease for this long at a time.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(60);
const RENEW: Duration = Duration::from_secs(20);

/// Sees to it that a driver runs, and has it begin with quick polls: something was just sent.
pub(super) fn drive_quickly(state: &AppState, slot: &Arc<Slot>) {
    slot.kick.notify_one();
    ensure_driver(state, slot);
}

/// Sees to it that a driver runs.
pub(crate) fn ensure_driver(state: &AppState, slot: &Arc<Slot>) {
    let running = {
        let mut memo = slot.memo();
        memo.asked += 1;
        std::mem::replace(&mut memo.driving, true)
    };
    if running {
        return;
    }
    let (state, slot) = (state.clone(), Arc::clone(slot));
    let tasks = state.tasks.clone();
    tasks.spawn(async move {
        loop {
            let asked = slot.memo().asked;
            let closing = state.closing.clone();
            tokio::select! {
                () = drive(&state, &slot) => {}
                () = closing.cancelled() => {}
            }
            let mut memo = slot.memo();
            // Asked for again while this one was about to end: go round once more.
            if memo.asked == asked || state.closing.is_cancelled() {
                memo.driving = false;
                return;
            }
        }
    });
}

/// When to look again.
struct Cadence {
    since: Instant,
    pause: Duration,
}

impl Cadence {
    fn new() -> Self {
        Self { since: Instant::now(), pause: QUICK }
    }

    fn next(&mut self) -> Duration {
        if self.since.elapsed() >= QUICK_FOR {
            self.pause = self.pause.mul_f32(1.5).min(SLOWEST);
        }
        self.pause
    }
}

async fn drive(state: &AppState, slot: &Arc<Slot>) {
    let mut cadence = Cadence::new();
    let mut renewed: Option<Instant> = None;
    loop {
        let pause = match look_once(state, slot).await {
            Ok(Some(shown)) => match interest(&shown, slot) {
                Interest::Quick => cadence.next(),
                Interest::Slow | Interest::Own => SLOWEST,
                Interest::None => {
                    stop(state, slot).await;
                    return;
                }
            },
            // A call is under way here; it will show its result itself.
            Ok(None) => cadence.next(),
            Err(LookError::Missing) => return,
            Err(error) => {
                tracing::warn!(%error, "a look upstream failed");
                SLOWEST
            }
        };
        if !slot.is_watched() && is_over(state, slot).await {
            return;
        }
        // At once too: what is driven here need not be driven by another replica's watcher.
        if renewed.is_none_or(|renewed| renewed.elapsed() >= RENEW) {
            renewed = Some(Instant::now());
            if let Err(error) = state.store.extend_lease(&slot.id, later(state.clock.now(), LEASE)).await {
                tracing::warn!(%error, "a lease could not be held");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = slot.kick.notified() => cadence = Cadence::new(),
        }
    }
}

async fn look_once(state: &AppState, slot: &Arc<Slot>) -> Result<Option<Arc<Connection>>, LookError> {
    let _gate = slot.gate.lock().await;
    if slot.memo().running {
        return Ok(None);
    }
    if let Some(shown) = slot.shown().connection {
        match interest(&shown, slot) {
            // What does not change by itself is not asked for again.
            Interest::None => return Ok(Some(shown)),
            Interest::Own => return look::current_held(state, slot).await.map(Some),
            Interest::Quick | Interest::Slow => {}
        }
    }
    look::look(state, slot).await.map(Some)
}

#[derive(PartialEq, Eq)]
enum Interest {
    /// It runs.
    Quick,
    /// It may change by itself, and somebody is looking.
    Slow,
    /// It is the person's turn, here or at the bank's page, and somebody is looking. What they do comes to one of us, so
    /// upstream is not asked: only whether a time is over, or another replica has moved it on.
    Own,
    /// It is the person's turn, and nobody is looking.
    None,
}

fn interest(shown: &Connection, slot: &Slot) -> Interest {
    match &shown.next {
        Next::Wait { .. } => Interest::Quick,
        Next::Challenges { .. } | Next::Later { retries_itself: true, .. } if slot.is_watched() => {
            Interest::Slow
        }
        _ if slot.is_watched() => Interest::Own,
        _ => Interest::None,
    }
}

/// Whether the half hour in which an unfinished connection is followed is over.
async fn is_over(state: &AppState, slot: &Slot) -> bool {
    match look::load(state, slot).await {
        Ok(record) => record.watch_until.is_none_or(|until| until <= state.clock.now()),
        Err(LookError::Missing) => true,
        Err(_) => false,
    }
}

async fn stop(state: &AppState, slot: &Slot) {
    if let Err(error) = state.store.stop_watching(&slot.id).await {
        tracing::warn!(%error, "the watch could not be ended; it will lapse");
    }
}

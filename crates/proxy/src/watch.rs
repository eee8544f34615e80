//! The watcher: follows what people have begun, whether or not they are still looking.
//!
//! It runs in every replica and claims connections by lease, so that a killed replica's work is taken over.

use crate::app::AppState;
use crate::clock::later;
use crate::connections::{self, LEASE, TRIES_KEPT, VISITS_KEPT, ensure_driver};
use crate::webhooks;
use jiff::SignedDuration;
use std::time::Duration;
use tokio::time::Instant;

const EVERY: Duration = Duration::from_secs(1);
/// At most so many are taken over at a time.
const AT_ONCE: u32 = 32;
const TIDY_EVERY: Duration = Duration::from_secs(60);
/// What nobody has asked for in this time is forgotten.
const IDLE: Duration = Duration::from_secs(10 * 60);
/// Idempotency keys are honoured for a day (standards R1).
const KEYS_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// What people asked their client for is kept so long: enough to act on, and not a history of theirs.
const REQUESTS_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Runs until the proxy goes down.
pub(crate) async fn run(state: AppState) {
    let mut tidied: Option<Instant> = None;
    loop {
        let now = state.clock.now();
        match state.store.lease_due(now, later(now, LEASE), AT_ONCE).await {
            Ok(due) => {
                state.metrics.took_over(due.len());
                for id in due {
                    ensure_driver(&state, &state.live.slot(&id));
                }
            }
            Err(error) => tracing::warn!(%error, "due connections could not be read"),
        }
        connections::take_over(&state).await;
        if tidied.is_none_or(|tidied| tidied.elapsed() >= TIDY_EVERY) {
            tidied = Some(Instant::now());
            state.live.sweep(IDLE);
            state.guard.tidy();
            if let Err(error) = state.store.forget_tries(later(now, -TRIES_KEPT)).await {
                tracing::warn!(%error, "old tries could not be forgotten");
            }
            if let Err(error) = state.store.forget_visits(later(now, -VISITS_KEPT)).await {
                tracing::warn!(%error, "old visits could not be forgotten");
            }
            if let Err(error) = state.store.forget_keys(later(now, -KEYS_KEPT)).await {
                tracing::warn!(%error, "old idempotency keys could not be forgotten");
            }
            // Also those of clients that are not told any more.
            if let Err(error) = state.store.forget_events(later(now, -webhooks::KEPT)).await {
                tracing::warn!(%error, "old events could not be forgotten");
            }
            if let Err(error) = state.store.forget_institution_requests(later(now, -REQUESTS_KEPT)).await {
                tracing::warn!(%error, "old requests for institutions could not be forgotten");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = state.closing.cancelled() => return,
        }
    }
}

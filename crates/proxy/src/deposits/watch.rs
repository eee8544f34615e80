//! The watcher of deposits: learns what has become of them while nobody looks, from the aggregator's list of changes.
//!
//! One replica reads at a time. It asks from a little before what it saw last, since changes of one second and changes
//! written late would be missed otherwise; what it knows already changes nothing.

use super::look::{observe, settle};
use crate::app::AppState;
use crate::clock::later;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// How far back a reading overlaps the one before.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// How long a reading may take.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
const USUALLY_EVERY: Duration = Duration::from_secs(60);
/// At most so many calls are settled at a time.
const AT_ONCE: u32 = 32;
/// Calls that have not come back are settled this soon after their time.
const SETTLE_EVERY: Duration = Duration::from_secs(2);

/// Runs until the proxy goes down.
pub(crate) async fn run(state: AppState) {
    if state.aggregator.deposits().is_none() {
        return;
    }
    let every =
        state.config.deposits_every.map_or(USUALLY_EVERY, |seconds| Duration::from_secs(seconds.into()));
    let mut read = tokio::time::interval(every);
    let mut lapsed = tokio::time::interval(SETTLE_EVERY);
    loop {
        tokio::select! {
            _ = read.tick() => {
                if let Err(error) = look_for_changes(&state).await {
                    tracing::warn!(%error, "changed deposits could not be read; trying again");
                }
            }
            _ = lapsed.tick() => settle_lapsed(&state).await,
            () = state.closing.cancelled() => return,
        }
    }
}

async fn settle_lapsed(state: &AppState) {
    match state.store.lapsed_deposits(state.clock.now(), AT_ONCE).await {
        Ok(lapsed) => {
            for record in lapsed {
                settle(state, &record).await;
            }
        }
        Err(error) => tracing::warn!(%error, "deposits with lapsed calls could not be read"),
    }
}

/// Why a reading failed.
#[derive(Debug, thiserror::Error)]
enum WatchError {
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    #[error(transparent)]
    Upstream(#[from] crate::aggregators::UpstreamError),
}

async fn look_for_changes(state: &AppState) -> Result<(), WatchError> {
    let Some(deposits) = state.aggregator.deposits() else { return Ok(()) };
    let source = state.config.source();
    let now = state.clock.now();
    let leased = state.store.lease_deposit_watch(&source, now, later(now, LEASE)).await?;
    let Some(seen_until) = leased else { return Ok(()) };
    let changed = deposits.changed(seen_until.map(|seen| later(seen, -OVERLAP))).await;
    let mut newest: Option<Timestamp> = None;
    let mut complete = true;
    if let Ok(changed) = &changed {
        for seen in changed {
            // Another's, or one whose order is still under way: that is settled by whoever ordered it.
            let Some(record) = state.store.deposit_by_key(&seen.key.0).await? else { continue };
            if let Err(problem) = observe(state, &record.id, seen).await {
                tracing::warn!(?problem, "a changed deposit could not be written down");
                complete = false;
            }
        }
        newest = changed.iter().filter_map(|seen| seen.updated_at).max();
    }
    let seen_until = newest.filter(|_| complete);
    state.store.end_deposit_watch(&source, seen_until, state.clock.now()).await?;
    changed?;
    Ok(())
}

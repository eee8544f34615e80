//! Unsafe upstream calls: written down before they are made, made once, settled after.

use super::live::Slot;
use super::look::{self, LookError};
use super::{drive, tries, view};
use crate::aggregators::{Observation, Reference, UpstreamError};
use crate::app::AppState;
use crate::clock::later;
use crate::problem::{ApiProblem, ApiResult};
use crate::store::{Attempt, ConnectionRecord, Ended, Intent, SentLogin};
use jiff::SignedDuration;
use linchpin_protocol::{Code, Connection, ConnectionId, Next, Revision};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// An answer within this time is given at once; after it the person is told to wait, and the call goes on.
const QUICK: Duration = Duration::from_millis(800);
/// How long a call may be on its way without a trace upstream after the last sign of life of whoever made it. A replica
/// that lives holds its calls for as long as they take; what a killed one had sent arrives within this time or never.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_secs(15);
/// How often a call that takes long gives a sign of life.
const HOLD_EVERY: Duration = Duration::from_secs(3);
/// How long the watcher follows what a person has begun.
pub(super) const WATCHED: SignedDuration = SignedDuration::from_mins(30);

/// What a person wants done.
pub(super) struct Wish {
    pub(super) id: ConnectionId,
    /// The revision that they saw; absent for somebody who saw none.
    pub(super) revision: Option<Revision>,
    pub(super) intent: Intent,
    /// The steps at which it makes sense.
    pub(super) allowed: fn(&Next) -> bool,
}

/// Does what a person wants, once. Answers with the connection as soon as there is something to show.
///
/// `prepare` sees what is shown, and makes the work or refuses.
pub(super) async fn attempt<Prepare, Work>(
    state: &AppState,
    wish: Wish,
    prepare: Prepare,
) -> ApiResult<Arc<Connection>>
where
    Prepare: FnOnce(&Connection, &ConnectionRecord) -> ApiResult<Work>,
    Work: Future<Output = Result<Observation, UpstreamError>> + Send + 'static,
{
    attempt_with(state, wish, None, prepare).await
}

/// The same where a login is sent: what is kept of that is written down with the call.
pub(super) async fn attempt_with<Prepare, Work>(
    state: &AppState,
    wish: Wish,
    login: Option<SentLogin>,
    prepare: Prepare,
) -> ApiResult<Arc<Connection>>
where
    Prepare: FnOnce(&Connection, &ConnectionRecord) -> ApiResult<Work>,
    Work: Future<Output = Result<Observation, UpstreamError>> + Send + 'static,
{
    let slot = state.live.slot(&wish.id);
    let gate = Arc::clone(&slot.gate).lock_owned().await;
    let (shown, record) = look::standing(state, &slot).await?;
    let same = wish.revision.is_none_or(|seen| seen == shown.revision);
    if !same || !(wish.allowed)(&shown.next) {
        return Err(Code::WrongStep.into());
    }
    let work = prepare(&shown, &record)?;
    let taken = tries::take(state, &record, wish.intent).await?;
    let Some(nth) = begin(state, &record, wish.intent, login).await? else {
        tries::give_back(state, taken).await;
        return Err(Code::WrongStep.into());
    };
    {
        let mut memo = slot.memo();
        memo.running = true;
        memo.waiting_since = Some(state.clock.now());
    }
    let (tell, told) = oneshot::channel();
    let running = Running { state: state.clone(), slot, nth };
    state.tasks.spawn(async move {
        let mut work = pin!(work);
        match tokio::time::timeout(QUICK, &mut work).await {
            Ok(result) => {
                if matches!(&result, Err(error) if error.did_nothing()) {
                    tries::give_back(&running.state, taken).await;
                }
                let answer = running.finish(result, false).await;
                drop(gate);
                // Whoever asked may have gone; what was done stays done.
                let _ = tell.send(answer);
            }
            Err(_) => {
                let answer = running.show_wait(None).await;
                drop(gate);
                let _ = tell.send(answer);
                let result = running.hold(work).await;
                if matches!(&result, Err(error) if error.did_nothing()) {
                    tries::give_back(&running.state, taken).await;
                }
                let _gate = running.slot.gate.lock().await;
                if let Err(problem) = running.finish(result, true).await {
                    tracing::warn!(?problem, "a finished call could not be shown; the driver goes on");
                }
            }
        }
        drive::drive_quickly(&running.state, &running.slot);
    });
    told.await.unwrap_or_else(|_| Err(Code::Internal.into()))
}

/// Begins to read account numbers after an aggregation. The caller holds the gate and shows that it is being done.
///
/// Boxed, because settling such a call may come round to this again.
pub(super) fn read_numbers<'a>(
    state: &'a AppState,
    slot: &'a Arc<Slot>,
    record: &'a ConnectionRecord,
) -> Pin<Box<dyn Future<Output = Result<(), LookError>> + Send + 'a>> {
    Box::pin(async move {
        let Some(reference) = &record.upstream else { return Ok(()) };
        let before = reference;
        let reference = state.aggregator.for_numbers(&Reference(before.clone()))?;
        let Some(nth) = begin(state, record, Intent::Verify, None).await? else {
            // Somebody else reads them.
            return Ok(());
        };
        if !state.store.set_upstream(&record.id, Some(before), &reference.0).await? {
            // Another replica has seen more of it: the next look begins with that.
            let now = state.clock.now();
            state.store.end_attempt(&record.id, nth, Ended::Nothing, record.watch_until, now).await?;
            return Ok(());
        }
        slot.memo().running = true;
        let running = Running { state: state.clone(), slot: Arc::clone(slot), nth };
        state.tasks.spawn(async move {
            let result = running.hold(running.state.aggregator.read_numbers(&reference)).await;
            let _gate = running.slot.gate.lock().await;
            if let Err(problem) = running.finish(result, true).await {
                tracing::warn!(?problem, "read numbers could not be shown; the driver goes on");
            }
            drive::drive_quickly(&running.state, &running.slot);
        });
        Ok(())
    })
}

/// Writes down that a call is about to be made, at the record's revision. `None`: somebody else was first.
pub(super) async fn begin(
    state: &AppState,
    record: &ConnectionRecord,
    intent: Intent,
    login: Option<SentLogin>,
) -> Result<Option<u32>, LookError> {
    let now = state.clock.now();
    let attempt = Attempt {
        from: record.revision,
        intent,
        now,
        until: later(now, ON_ITS_WAY),
        watch_until: later(now, WATCHED),
        login,
    };
    Ok(state.store.begin_attempt(&record.id, &attempt).await?)
}

/// A call that is under way.
pub(super) struct Running {
    pub(super) state: AppState,
    pub(super) slot: Arc<Slot>,
    /// Its number among the connection's calls.
    pub(super) nth: u32,
}

impl Running {
    /// Waits for the call, and has other replicas know that it is still under way.
    pub(super) async fn hold<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            if let Ok(result) = tokio::time::timeout(HOLD_EVERY, &mut work).await {
                return result;
            }
            let until = later(self.state.clock.now(), ON_ITS_WAY);
            if let Err(error) = self.state.store.hold_attempt(&self.slot.id, self.nth, until).await {
                tracing::warn!(%error, "a call under way could not be held");
            }
        }
    }

    /// Shows that the call is under way, or was taken and ended at this revision. If somebody else has moved on from that,
    /// what there is now.
    async fn show_wait(&self, ended_at: Option<Revision>) -> ApiResult<Arc<Connection>> {
        let record = look::load(&self.state, &self.slot).await?;
        let stands = match ended_at {
            Some(revision) => record.revision == revision,
            None => record.pending.is_some() && record.attempts == self.nth,
        };
        if !stands {
            return Ok(look::look(&self.state, &self.slot).await?);
        }
        let stage = look::signing_in();
        Ok(look::settle(&self.state, &self.slot, record, Observation::of(stage, "syncing")).await?)
    }

    /// Writes down and shows what became of the call. The caller holds the gate. `waiting`: the person was told to wait.
    async fn finish(
        &self,
        result: Result<Observation, UpstreamError>,
        waiting: bool,
    ) -> ApiResult<Arc<Connection>> {
        let Self { state, slot, nth } = self;
        {
            let mut memo = slot.memo();
            memo.running = false;
            memo.sent = match &result {
                Err(error) if error.did_nothing() => None,
                Ok(_) | Err(_) => Some(Instant::now()),
            };
        }
        let watch_until = Some(later(state.clock.now(), WATCHED));
        let end = |ended, watch_until| {
            state.store.end_attempt(&slot.id, *nth, ended, watch_until, state.clock.now())
        };
        let (observation, ended_at) = match result {
            Ok(observation) => {
                look::keep_led_to(state, slot, *nth, &observation).await?;
                (observation, end(Ended::Taken, watch_until).await?)
            }
            Err(error) if error.did_nothing() => {
                let ended_at = end(Ended::Nothing, None).await?;
                if !waiting {
                    return Err(ApiProblem::from(error));
                }
                tracing::warn!(%error, "the aggregator failed while a person waited");
                let seen = match error {
                    UpstreamError::Rejected { .. } | UpstreamError::Gone | UpstreamError::Duplicate => {
                        view::refused()
                    }
                    _ => view::out_of_reach(),
                };
                (seen, ended_at)
            }
            Err(error) => {
                // What it did is not known. The intent stays, and upstream is read until it shows.
                tracing::warn!(%error, "the outcome of a call is not known; reading upstream");
                return self.show_wait(None).await;
            }
        };
        let record = look::load(state, slot).await?;
        if ended_at != Some(record.revision) {
            // Somebody else has ended it, or has moved on since: what it has brought is of the past.
            return Ok(look::look(state, slot).await?);
        }
        match look::settle(state, slot, record, observation).await {
            Ok(shown) => Ok(shown),
            // It was done; only its result could not be read yet.
            Err(error) => {
                tracing::warn!(%error, "a result could not be read yet");
                self.show_wait(ended_at).await
            }
        }
    }
}

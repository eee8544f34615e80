//! Looking at a deposit, and settling calls of which nobody knows what became.

use super::change::{change, take};
use super::{upstream, view};
use crate::aggregators::{DepositKey, Reference, SeenDeposit, UpstreamError};
use crate::app::AppState;
use crate::clock::later;
use crate::problem::ApiResult;
use crate::store::{DepositIntent, DepositRecord, DepositState};
use jiff::SignedDuration;
use linchpin_protocol::{Code, Deposit, DepositId, Revision};
use std::time::Duration;
use tokio::time::Instant;

/// Whoever looks learns what was so at most this long ago.
const FRESH: SignedDuration = SignedDuration::from_secs(5);
/// The same where a login is to be given again: whoever has just done so is not told to do it once more.
const FRESH_WHILE_BROKEN: SignedDuration = SignedDuration::from_secs(2);
/// How often somebody who waits is told of what others wrote.
const POLL: Duration = Duration::from_millis(400);

/// A deposit as it stands.
pub(crate) async fn render(state: &AppState, id: &DepositId) -> ApiResult<Deposit> {
    let record = state.store.deposit(id).await?.ok_or(Code::NotFound)?;
    Ok(view::shown(state, &record))
}

/// A deposit, at once if it is not what the caller has, else when it changes or the wait ends.
pub(crate) async fn wait(
    state: &AppState,
    id: &DepositId,
    wait: Duration,
    revision: Option<Revision>,
) -> ApiResult<Deposit> {
    let deadline = Instant::now() + wait;
    loop {
        refresh(state, id).await?;
        let deposit = render(state, id).await?;
        let left = deadline.saturating_duration_since(Instant::now());
        if revision != Some(deposit.revision) || left.is_zero() {
            return Ok(deposit);
        }
        tokio::select! {
            () = tokio::time::sleep(POLL.min(left)) => {}
            () = state.closing.cancelled() => return Ok(deposit),
        }
    }
}

/// Reads a deposit upstream, unless somebody just has. An aggregator that is away is no reason not to show what is known.
async fn refresh(state: &AppState, id: &DepositId) -> ApiResult<()> {
    let record = state.store.deposit(id).await?.ok_or(Code::NotFound)?;
    let now = state.clock.now();
    if let Some((_, until)) = record.intent {
        if until <= now {
            settle(state, &record).await;
        }
        return Ok(());
    }
    let fresh = if record.account_broken { FRESH_WHILE_BROKEN } else { FRESH };
    let over = record.state.is_over() || record.replaced_by.is_some();
    if over || !state.store.take_deposit_look(id, now, later(now, -fresh)).await? {
        return Ok(());
    }
    let Some(key) = &record.upstream_key else { return Ok(()) };
    match upstream(state)?.look(&DepositKey(key.clone())).await {
        Ok(seen) => observe(state, id, &seen).await?,
        Err(error) => tracing::warn!(%error, "a deposit could not be read; what is known is shown"),
    }
    Ok(())
}

/// Writes down what was seen of a deposit at which no call is under way.
pub(super) async fn observe(state: &AppState, id: &DepositId, seen: &SeenDeposit) -> ApiResult<()> {
    change(state, id, |record| {
        // Whoever makes the call that is under way writes down what came of it.
        if record.intent.is_none() {
            take(record, seen);
        }
        Ok(())
    })
    .await?;
    Ok(())
}

/// Finds out what became of a call whose time is over: its maker is gone, or never had an answer.
pub(super) async fn settle(state: &AppState, record: &DepositRecord) {
    let Some((intent, until)) = record.intent else { return };
    let settled = match intent {
        DepositIntent::Send => settle_sending(state, record).await,
        DepositIntent::Confirm => settle_confirming(state, record).await,
    };
    let seen = match settled {
        Ok(seen) => seen,
        Err(error) => {
            tracing::warn!(%error, "what became of a call for a deposit cannot be read yet");
            return;
        }
    };
    let written = change(state, &record.id, |record| {
        if record.intent != Some((intent, until)) {
            return Ok(());
        }
        record.intent = None;
        match &seen {
            Some(seen) => take(record, seen),
            None if intent == DepositIntent::Send => record.state = DepositState::NotSent,
            None => {}
        }
        if intent == DepositIntent::Confirm {
            // The try counts. Whether the amounts were wrong nobody knows, so nothing is said of them.
            record.wrong = false;
        }
        Ok(())
    });
    if let Err(problem) = written.await {
        tracing::warn!(?problem, "what became of a call for a deposit could not be written down");
    }
}

/// What was sent to the holder and is nobody's. `None`: nothing.
async fn settle_sending(
    state: &AppState,
    record: &DepositRecord,
) -> Result<Option<SeenDeposit>, UpstreamError> {
    let (Some(deposits), Some(holder)) = (state.aggregator.deposits(), &record.holder) else {
        return Ok(None);
    };
    let known = state.store.deposit_keys_at(holder).await.map_err(|_| UpstreamError::NotSent)?;
    let sent = match deposits.sent_to(&Reference(holder.clone())).await {
        Err(UpstreamError::Gone) => return Ok(None),
        sent => sent?,
    };
    Ok(sent.into_iter().find(|seen| !known.contains(&seen.key.0)))
}

async fn settle_confirming(
    state: &AppState,
    record: &DepositRecord,
) -> Result<Option<SeenDeposit>, UpstreamError> {
    let (Some(deposits), Some(key)) = (state.aggregator.deposits(), &record.upstream_key) else {
        return Ok(None);
    };
    deposits.look(&DepositKey(key.clone())).await.map(Some)
}

//! Looking upstream, and showing what was seen.

use super::live::Slot;
use super::view::{self, Own};
use super::{act, manage};
use crate::aggregators::{AccountNames, FoundAccounts, Observation, Reference, Step, UpstreamError};
use crate::app::AppState;
use crate::problem::{ApiProblem, ApiResult};
use crate::store::{ConnectionRecord, Ended, Intent, PartingRecord, StoreError};
use crate::ways;
use linchpin_protocol::{
    AuthorizeProblem, Code, Connection, ConnectionMethod, CredentialProblem, Field, Next, Stage,
};
use std::sync::Arc;
use std::time::Duration;

/// For so long after a login was taken, "never tried" means "not yet begun".
const SETTLING: Duration = Duration::from_secs(10);
/// How often a look starts over because somebody else moved the connection on.
const ATTEMPTS: usize = 3;

/// Why a look failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum LookError {
    /// There is no such connection.
    #[error("no such connection")]
    Missing,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// Somebody else has moved it on meanwhile, and was not caught up with.
    #[error("the connection keeps moving")]
    Moving,
}

impl From<LookError> for ApiProblem {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Missing => Code::NotFound.into(),
            LookError::Store(error) => error.into(),
            LookError::Upstream(error) => error.into(),
            LookError::Moving => Code::ProviderTimeout.into(),
        }
    }
}

/// What becomes of account numbers that are still to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    /// They are read now.
    Read,
    /// They are left to whoever follows the connection; if nobody does, to its person.
    Left,
}

/// Reads upstream and shows it. The caller holds the slot's gate.
pub(super) async fn look(state: &AppState, slot: &Arc<Slot>) -> Result<Arc<Connection>, LookError> {
    look_for(state, slot, Due::Read).await
}

/// The same, and nothing is begun for it.
pub(super) async fn glance(state: &AppState, slot: &Arc<Slot>) -> Result<Arc<Connection>, LookError> {
    look_for(state, slot, Due::Left).await
}

async fn look_for(state: &AppState, slot: &Arc<Slot>, due: Due) -> Result<Arc<Connection>, LookError> {
    for _ in 0..ATTEMPTS {
        match look_once(state, slot, due).await {
            // What was seen is of the past.
            Err(LookError::Moving) => {}
            looked => return looked,
        }
    }
    Err(LookError::Moving)
}

async fn look_once(state: &AppState, slot: &Arc<Slot>, due: Due) -> Result<Arc<Connection>, LookError> {
    let mut record = load(state, slot).await?;
    if let Some(parting) = &record.parting {
        return Ok(parted(state, slot, &record, parting));
    }
    let observation = match &record.upstream {
        Some(reference) => state.aggregator.read(&Reference(reference.clone())).await?,
        None => Observation::untouched(),
    };
    if !keep_moved(state, &mut record, &observation).await? {
        return Err(LookError::Moving);
    }
    settle_for(state, slot, record, observation, due).await
}

/// Keeps the reference under which a connection is found from now on. False: somebody else has kept another since the
/// record was loaded.
async fn keep_moved(
    state: &AppState,
    record: &mut ConnectionRecord,
    seen: &Observation,
) -> Result<bool, LookError> {
    let Some(moved) = &seen.moved else { return Ok(true) };
    let kept = state.store.set_upstream(&record.id, record.upstream.as_deref(), &moved.0).await?;
    if kept {
        record.upstream = Some(moved.0.clone());
    }
    Ok(kept)
}

/// Keeps the reference to which a call has led: whatever a look has kept there meanwhile is older, and what a later call
/// has led to is newer.
pub(super) async fn keep_led_to(
    state: &AppState,
    slot: &Slot,
    nth: u32,
    seen: &Observation,
) -> Result<(), LookError> {
    for _ in 0..ATTEMPTS {
        let mut record = load(state, slot).await?;
        if record.attempts != nth || keep_moved(state, &mut record, seen).await? {
            return Ok(());
        }
    }
    Err(LookError::Moving)
}

/// What is shown already, or a look. Takes the gate.
pub(super) async fn current(state: &AppState, slot: &Arc<Slot>) -> Result<Arc<Connection>, LookError> {
    let _gate = slot.gate.lock().await;
    current_held(state, slot).await
}

/// The same for a caller that holds the gate.
pub(super) async fn current_held(state: &AppState, slot: &Arc<Slot>) -> Result<Arc<Connection>, LookError> {
    let Some(shown) = slot.shown().connection else { return look(state, slot).await };
    // Another replica may have moved it on: the store knows.
    let record = load(state, slot).await?;
    if record.revision != shown.revision {
        return look(state, slot).await;
    }
    // Nobody may have come back from the bank's page in time: the clock knows.
    match shown.next {
        Next::Authorize { .. } if shown.next != visit(state, &record) => own_again(state, slot).await,
        _ => Ok(shown),
    }
}

/// What is shown, with the record that it was made from, for somebody who is to act on it. The caller holds the gate.
///
/// # Errors
/// `wrong_step` when others move it on all the time: whatever the person saw is of the past.
pub(super) async fn standing(
    state: &AppState,
    slot: &Arc<Slot>,
) -> ApiResult<(Arc<Connection>, ConnectionRecord)> {
    for _ in 0..ATTEMPTS {
        let shown = match current_held(state, slot).await {
            Err(LookError::Moving) => continue,
            shown => shown?,
        };
        let record = load(state, slot).await?;
        // Between the two another replica may have moved it on: whoever acts on what is shown must not act on that.
        if record.revision == shown.revision {
            return Ok((shown, record));
        }
    }
    Err(Code::WrongStep.into())
}

/// Shows a visit to the bank's own page as it stands now. What upstream said before still holds, so it is not asked.
/// The caller holds the gate.
pub(super) async fn own_again(state: &AppState, slot: &Arc<Slot>) -> Result<Arc<Connection>, LookError> {
    let shown = slot.shown().connection.filter(|shown| matches!(shown.next, Next::Authorize { .. }));
    let Some(shown) = shown else { return look(state, slot).await };
    let record = load(state, slot).await?;
    let next = visit(state, &record);
    let digest = view::digest(&state.key, &next);
    if record.revision == shown.revision {
        let (revision, stored) =
            state.store.advance_revision(&record.id, record.revision, &digest, state.clock.now()).await?;
        if stored.matches(&digest) {
            return Ok(slot.show(Connection { revision, next, ..(*shown).clone() }));
        }
    }
    look(state, slot).await
}

/// Sign in on the bank's own page, as the last visit stands now.
fn visit(state: &AppState, record: &ConnectionRecord) -> Next {
    view::authorize(&state.key, &record.id, &record.visit, state.clock.now())
}

/// Shows how far the end of a connection has come. Only we know that, so upstream is not asked.
fn parted(
    state: &AppState,
    slot: &Arc<Slot>,
    record: &ConnectionRecord,
    parting: &PartingRecord,
) -> Arc<Connection> {
    let now = state.clock.now();
    let since = {
        let mut memo = slot.memo();
        memo.waiting_since.get_or_insert(now).to_owned()
    };
    let next = view::since(view::parting(parting), since);
    let observation = Observation { step: Step::Closed, ..Observation::of(Step::Closed, "ending") };
    slot.show(view::connection(record, record.revision, observation, next))
}

pub(super) async fn load(state: &AppState, slot: &Slot) -> Result<ConnectionRecord, LookError> {
    state.store.connection(&slot.id).await?.ok_or(LookError::Missing)
}

/// Shows what was seen upstream at the record's revision; what there is now, if somebody else has moved on from that. Where
/// it is found from now on is kept already.
pub(super) async fn settle(
    state: &AppState,
    slot: &Arc<Slot>,
    record: ConnectionRecord,
    observation: Observation,
) -> Result<Arc<Connection>, LookError> {
    match settle_for(state, slot, record, observation, Due::Read).await {
        Err(LookError::Moving) => look(state, slot).await,
        settled => settled,
    }
}

/// Adds accounts, moves the revision if the step changed, wakes whoever waits.
async fn settle_for(
    state: &AppState,
    slot: &Arc<Slot>,
    mut record: ConnectionRecord,
    observation: Observation,
    due: Due,
) -> Result<Arc<Connection>, LookError> {
    let mut observation = Observation { step: suited(&record, observation.step), ..observation };
    manage::note(state, slot, &record, &observation);
    if observation.step == Step::Closed && (record.login.is_some() || record.tried.is_some()) {
        // The aggregator has forgotten it, too.
        state.store.set_login(&record.id, None).await?;
    }
    if let Some(parting) = &record.parting {
        return Ok(parted(state, slot, &record, parting));
    }
    observation.step = with_pending(state, slot, &mut record, observation.step).await?;
    if let Step::Authorize { left: true, .. } = observation.step {
        come_to_nothing(state, &mut record).await?;
    }
    if let Some(tried) = record.tried.take().filter(|_| has_worked(&observation.step)) {
        state.store.set_login(&record.id, Some(&tried)).await?;
    }
    if observation.step == Step::NumbersDue {
        match due {
            Due::Read => act::read_numbers(state, slot, &record).await?,
            Due::Left if record.watch_until.is_some_and(|until| until > state.clock.now()) => {}
            Due::Left => observation.step = Step::StartAgain,
        }
    }
    let next = render(state, slot, &record, &observation.step).await?;
    let digest = view::digest(&state.key, &next);
    let (revision, stored) =
        state.store.advance_revision(&record.id, record.revision, &digest, state.clock.now()).await?;
    if !stored.matches(&digest) {
        return Err(LookError::Moving);
    }
    if !matches!(next, Next::Wait { .. }) {
        slot.memo().waiting_since = None;
    }
    Ok(slot.show(view::connection(&record, revision, observation, next)))
}

/// Writes down that the last visit to the bank's own page came to nothing, as far as the aggregator tells.
async fn come_to_nothing(state: &AppState, record: &mut ConnectionRecord) -> Result<(), LookError> {
    let is_told = record.visit.until.is_some() || record.visit.problem != AuthorizeProblem::None;
    let now = state.clock.now();
    let denied = AuthorizeProblem::Denied;
    if !is_told && state.store.close_visit(&record.id, record.revision, denied, now).await? {
        record.visit.problem = denied;
    }
    Ok(())
}

/// Whether the login that was sent last was good.
fn has_worked(step: &Step) -> bool {
    matches!(step, Step::Ready | Step::NumbersDue | Step::NoAccounts)
}

/// Who signs in at the bank has no login to type.
fn suited(record: &ConnectionRecord, step: Step) -> Step {
    match (record.method, step) {
        (ConnectionMethod::BankLogin, Step::Credentials { problem }) => {
            Step::Authorize { untried: problem == CredentialProblem::None, left: false }
        }
        (_, step) => step,
    }
}

/// Weighs what was seen against an unsafe call that may still be on its way, here or in another replica.
async fn with_pending(
    state: &AppState,
    slot: &Slot,
    record: &mut ConnectionRecord,
    step: Step,
) -> Result<Step, LookError> {
    let Some(pending) = record.pending.clone() else {
        let sent_just_now = slot.memo().sent.is_some_and(|sent| sent.elapsed() < SETTLING);
        let untried = step == Step::Credentials { problem: CredentialProblem::None }
            || matches!(step, Step::Authorize { untried: true, .. });
        return Ok(if untried && sent_just_now { signing_in() } else { step });
    };
    if matches!(step, Step::Wait { .. }) {
        return Ok(step);
    }
    let reading_numbers = pending.intent == Intent::Verify;
    let no_trace = match pending.intent {
        // Due: the reference under which they are read is not kept yet, so nothing was sent.
        Intent::Verify => {
            step == Step::NumbersDue || (step == Step::Ready && !numbers_read(state, record).await?)
        }
        // How the visit itself stands is ours, and says nothing of upstream.
        Intent::Authorize | Intent::Return => matches!(step, Step::Authorize { .. }),
        // Upstream shows what the person acted on.
        Intent::Credentials | Intent::Answers | Intent::Retry | Intent::Refresh => {
            pending.before.matches(&view::digest(&state.key, &render(state, slot, record, &step).await?))
        }
    };
    if no_trace && pending.until > state.clock.now() {
        if pending.intent == Intent::Authorize {
            // A window is opening; here nothing has changed yet.
            return Ok(step);
        }
        let stage = if reading_numbers { Stage::Verifying } else { Stage::SigningIn };
        return Ok(Step::Wait { stage, percent: None });
    }
    if !slot.memo().running {
        let ended = if no_trace { Ended::Nothing } else { Ended::Taken };
        let (nth, now) = (record.attempts, state.clock.now());
        let ended_at = state.store.end_attempt(&record.id, nth, ended, record.watch_until, now).await?;
        *record = load(state, slot).await?;
        if ended_at != Some(record.revision) {
            return Err(LookError::Moving);
        }
    }
    // The numbers were to be read and were not: whether to try again is for the person to say.
    Ok(if no_trace && reading_numbers && step == Step::Ready { Step::StartAgain } else { step })
}

async fn numbers_read(state: &AppState, record: &ConnectionRecord) -> Result<bool, LookError> {
    let Some(reference) = &record.upstream else { return Ok(false) };
    Ok(accounts(state, record, reference).await?.numbers_read)
}

/// The accounts of a connection that was just seen to be there.
async fn accounts(
    state: &AppState,
    record: &ConnectionRecord,
    reference: &str,
) -> Result<FoundAccounts, LookError> {
    let names = AccountNames::new(state.key.clone(), record.id.clone());
    match state.aggregator.accounts(&Reference(reference.to_owned()), &names).await {
        // It has been ended meanwhile.
        Err(UpstreamError::Gone) => Err(LookError::Moving),
        found => Ok(found?),
    }
}

/// The step of a login that is under way.
pub(super) fn signing_in() -> Step {
    Step::Wait { stage: Stage::SigningIn, percent: None }
}

async fn render(
    state: &AppState,
    slot: &Slot,
    record: &ConnectionRecord,
    step: &Step,
) -> Result<Next, LookError> {
    if let (Step::Ready, Some(reference)) = (step, &record.upstream) {
        let found = accounts(state, record, reference).await?;
        let ways = ways::of_client(state, &record.client, record.purpose);
        let ordered = state.store.deposit_of_connection(&record.id).await?.is_some();
        return Ok(view::with_accounts(found, record, ways, ordered));
    }
    let listings = state.directory.listings();
    let listing = listings.as_ref().and_then(|listings| listings.get(&record.institution.id));
    let fields: Vec<Field> = listing.map(|listing| state.aggregator.login_form(listing)).unwrap_or_default();
    if matches!(step, Step::Credentials { .. }) && fields.is_empty() {
        // A form without fields would be a dead end; the directory is on its way.
        return Err(UpstreamError::NotSent.into());
    }
    let shown = slot.shown().connection;
    let own = Own {
        fields: &fields,
        listing,
        waiting_since: slot.memo().waiting_since,
        visit: &visit(state, record),
        before: shown.as_ref().map(|connection| &connection.next),
        paused: record.paused_until.is_some_and(|until| until > state.clock.now()),
    };
    Ok(view::next(step.clone(), &own))
}

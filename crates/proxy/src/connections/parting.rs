//! Ending connections, and putting another in the place of one.
//!
//! What was read is erased first, then the connection ends, then the other is made: the aggregator cannot erase what an
//! ended connection has read, and allows no two connections of a person to an institution by different ways. Each stage
//! is written down before the next, and can be done twice without harm; so whoever finds one that was cut off does it
//! again and goes on.

use super::live::Slot;
use super::look::{self, LookError};
use super::{calls, manage, view};
use crate::aggregators::{Care, Channel, Reference, Step, UpstreamError};
use crate::app::AppState;
use crate::clock::later;
use crate::problem::{ApiProblem, ApiResult};
use crate::store::{
    ConnectionRecord, LinkRecord, NewConnection, NewParting, PartingRecord, PartingStage, Successor,
};
use crate::tokens;
use jiff::SignedDuration;
use linchpin_protocol::{
    Code, Connection, ConnectionId, ConnectionMethod, FieldProblemKind, Parting, PartingProblem, Revision,
};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

/// What is over within this time is answered at once; after it the person is told to wait.
const QUICK: Duration = Duration::from_millis(800);
/// Whoever ends a connection is taken to be alive for so long after the last sign of it.
const LEASE: SignedDuration = SignedDuration::from_secs(15);
const HOLD_EVERY: Duration = Duration::from_secs(3);
/// The pauses between tries of one stage. After the last the person decides.
const PAUSES: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(6)];
/// At most so many that were cut off are gone on with at a time.
const AT_ONCE: u32 = 8;

/// What a person wants.
pub(crate) struct Leave {
    /// The revision that they saw.
    pub(crate) revision: Revision,
    pub(crate) parting: Parting,
    /// Whether what was read is to be erased.
    pub(crate) erases: bool,
}

/// Begins to end a connection, or goes on with one that was interrupted. Answers as soon as there is something to show.
///
/// # Errors
/// `wrong_step` when it has moved on or is being ended; `invalid_input` for what the aggregator cannot do with it.
pub(crate) async fn part(
    state: &AppState,
    link: &LinkRecord,
    id: &ConnectionId,
    leave: &Leave,
) -> ApiResult<Arc<Connection>> {
    let slot = state.live.slot(id);
    let shown = {
        let _gate = slot.gate.lock().await;
        let (shown, record) = look::standing(state, &slot).await?;
        if shown.revision != leave.revision || record.pending.is_some() {
            return Err(Code::WrongStep.into());
        }
        let parting = match &record.parting {
            Some(stopped) if stopped.problem.is_some() => resumed(stopped, link, leave)?,
            Some(_) => return Err(Code::WrongStep.into()),
            None => begun(state, link, &record, leave).await?,
        };
        let now = state.clock.now();
        let new = NewParting {
            digest: view::digest(&state.key, &view::parting(&parting)),
            record: parting,
            from: record.revision,
            now,
            lease_until: later(now, LEASE),
        };
        state.store.begin_parting(id, &new).await?.ok_or(Code::WrongStep)?;
        look::look(state, &slot).await?
    };
    let work = {
        let (state, slot) = (state.clone(), Arc::clone(&slot));
        state.tasks.clone().spawn(async move { go_on(&state, &slot).await })
    };
    // The work goes on when whoever asked has gone.
    if tokio::time::timeout(QUICK, work).await.is_err() {
        return Ok(shown);
    }
    Ok(look::current(state, &slot).await?)
}

/// Gives up the end of a connection that was interrupted: it stays, as it is.
pub(super) async fn withdraw(state: &AppState, slot: &Arc<Slot>, from: Revision) -> ApiResult<()> {
    if !state.store.withdraw_parting(&slot.id, from, state.clock.now()).await? {
        return Err(Code::WrongStep.into());
    }
    Ok(())
}

/// A person may have changed their mind since it stopped.
fn resumed(stopped: &PartingRecord, link: &LinkRecord, leave: &Leave) -> ApiResult<PartingRecord> {
    let erased = stopped.erases && stopped.stage == PartingStage::End;
    let erases = leave.erases || erased;
    let moves = leave.parting == Parting::Move;
    if moves && stopped.successor.is_none() {
        // What would take its place was not looked at when this began.
        return Err(Code::WrongStep.into());
    }
    Ok(PartingRecord {
        parting: leave.parting,
        erases,
        stage: if erases && !erased { PartingStage::Erase } else { PartingStage::End },
        problem: None,
        link: link.id.clone(),
        successor: stopped.successor.clone().filter(|_| moves),
    })
}

async fn begun(
    state: &AppState,
    link: &LinkRecord,
    record: &ConnectionRecord,
    leave: &Leave,
) -> ApiResult<PartingRecord> {
    let not_offered = |field: &str| ApiProblem::field(field, FieldProblemKind::NotOffered);
    let moves = leave.parting == Parting::Move;
    let mut successor = None;
    match (&record.upstream, state.aggregator.upkeep()) {
        // The aggregator knows nothing of it.
        (None, _) if moves || leave.erases => return Err(not_offered("purge")),
        (None, _) => {}
        (Some(_), None) => return Err(not_offered("id")),
        (Some(reference), Some(upkeep)) => {
            let reference = Reference(reference.clone());
            let seen = state.aggregator.read(&reference).await?;
            if seen.step == Step::Closed {
                // Somebody else was first.
                return Err(Code::WrongStep.into());
            }
            let care = upkeep.care(seen.moved.as_ref().unwrap_or(&reference), &seen);
            if !care.delete {
                return Err(not_offered("id"));
            }
            if leave.erases && !care.purge {
                return Err(not_offered("purge"));
            }
            if moves {
                let to = care.moves_to.ok_or_else(|| not_offered("id"))?;
                if !manage::may_move(care, to, &others(state, link, record).await?) {
                    return Err(not_offered("id"));
                }
                let id = ConnectionId::new(format!("con_{}", tokens::random()?));
                successor = Some(Successor { id, method: method(state, record, to) });
            }
        }
    }
    Ok(PartingRecord {
        parting: leave.parting,
        erases: leave.erases,
        stage: if leave.erases { PartingStage::Erase } else { PartingStage::End },
        problem: None,
        link: link.id.clone(),
        successor,
    })
}

/// How the user's other connections to the institution stand. Nothing is shown by that, so nobody's gate is waited for.
async fn others(
    state: &AppState,
    link: &LinkRecord,
    record: &ConnectionRecord,
) -> ApiResult<Vec<Option<Care>>> {
    let kept = state.store.kept_connections(&link.client, &link.user_id).await?;
    let mut others = Vec::new();
    for other in manage::others(record, &kept) {
        let (Some(reference), Some(upkeep)) = (&other.upstream, state.aggregator.upkeep()) else { continue };
        let reference = Reference(reference.clone());
        let seen = state.aggregator.read(&reference).await?;
        others.push(Some(upkeep.care(&reference, &seen)));
    }
    Ok(others)
}

/// How people sign in at an institution that is reached so.
fn method(state: &AppState, record: &ConnectionRecord, to: Channel) -> ConnectionMethod {
    let listings = state.directory.listings();
    let listing = listings.as_ref().and_then(|listings| listings.get(&record.institution.id));
    match to {
        Channel::Web if listing.is_some_and(|listing| listing.credentials) => ConnectionMethod::Credentials,
        Channel::Web | Channel::OpenBanking => ConnectionMethod::BankLogin,
    }
}

/// Goes on with connections whose end was cut off, here or in another replica.
pub(crate) async fn take_over(state: &AppState) {
    let now = state.clock.now();
    match state.store.lease_partings(now, later(now, LEASE), AT_ONCE).await {
        Ok(cut_off) => {
            for id in cut_off {
                let (state, slot) = (state.clone(), state.live.slot(&id));
                state.tasks.clone().spawn(async move { go_on(&state, &slot).await });
            }
        }
        Err(error) => tracing::warn!(%error, "connections that are being ended could not be read"),
    }
}

/// Does one stage after the other until the connection has ended, or one fails. The caller has the lease.
async fn go_on(state: &AppState, slot: &Arc<Slot>) {
    loop {
        match stage(state, slot).await {
            Ok(true) => {}
            Ok(false) => return,
            // Whoever finds the lease lapsed goes on.
            Err(error) => {
                tracing::warn!(%error, "the end of a connection was cut off; it will be gone on with");
                return;
            }
        }
    }
}

/// What became of a stage.
enum Tried {
    Done,
    Failed(UpstreamError),
    /// Somebody else has moved it on: whoever does this was taken for dead.
    Overtaken,
}

/// Does the next stage and writes down that it is done. False: there is none any more, or somebody else does it.
async fn stage(state: &AppState, slot: &Arc<Slot>) -> Result<bool, LookError> {
    let record = look::load(state, slot).await?;
    let Some(parting) = record.parting.clone().filter(is_under_way) else { return Ok(false) };
    let tried = hold(state, &record, upstream(state, &record, parting.stage)).await?;
    let gate = slot.gate.lock().await;
    let now = state.clock.now();
    let next = match (tried, parting.stage) {
        (Tried::Overtaken, _) => {
            look::look(state, slot).await?;
            return Ok(overtaken());
        }
        (Tried::Done, PartingStage::Erase) => PartingRecord { stage: PartingStage::End, ..parting },
        // It went away meanwhile: there is nothing through which anything could be erased.
        (Tried::Failed(UpstreamError::Gone), PartingStage::Erase) => {
            PartingRecord { stage: PartingStage::End, erases: false, ..parting }
        }
        (Tried::Done, PartingStage::End | PartingStage::Over) => {
            PartingRecord { stage: PartingStage::Over, ..parting }
        }
        (Tried::Failed(error), _) => {
            tracing::warn!(%error, "the end of a connection was interrupted");
            PartingRecord { problem: Some(problem(error, parting.stage)), ..parting }
        }
    };
    let digest = view::digest(&state.key, &view::parting(&next));
    let from = record.revision;
    let written = if next.stage == PartingStage::Over {
        let successor = successor(state, &record, &next).await?;
        state.store.finish_parting(&slot.id, from, successor.as_ref(), &digest, now).await?
    } else {
        state.store.advance_parting(&slot.id, from, &next, &digest, now).await?
    };
    // Also what somebody else has made of it.
    look::look(state, slot).await?;
    drop(gate);
    if written { Ok(is_under_way(&next)) } else { Ok(overtaken()) }
}

/// There is nothing to do any more for whoever was taken for dead.
fn overtaken() -> bool {
    tracing::info!("somebody else has gone on with the end of a connection");
    false
}

fn is_under_way(parting: &PartingRecord) -> bool {
    parting.problem.is_none() && parting.stage != PartingStage::Over
}

/// Why it stopped, as far as the person can do something about it.
fn problem(error: UpstreamError, stage: PartingStage) -> PartingProblem {
    match (error, stage) {
        // What can be erased was looked at before; since then the connection has broken.
        (UpstreamError::Rejected { .. }, PartingStage::Erase) => PartingProblem::NotWorking,
        (UpstreamError::Rejected { .. } | UpstreamError::Duplicate | UpstreamError::BadReference, _) => {
            PartingProblem::ProviderRejected
        }
        (UpstreamError::Gone | UpstreamError::PracticeInProduction, _) => PartingProblem::ProviderRejected,
        (
            UpstreamError::NotSent
            | UpstreamError::Busy { .. }
            | UpstreamError::Refused
            | UpstreamError::Unclear
            | UpstreamError::Broken,
            _,
        ) => PartingProblem::ProviderUnavailable,
    }
}

/// Asks the aggregator, some times if need be: done twice is done once.
async fn upstream(
    state: &AppState,
    record: &ConnectionRecord,
    stage: PartingStage,
) -> Result<Tried, LookError> {
    let (Some(reference), Some(upkeep)) = (&record.upstream, state.aggregator.upkeep()) else {
        return Ok(Tried::Done);
    };
    let reference = Reference(reference.clone());
    let mut pauses = PAUSES.into_iter();
    loop {
        let done = match stage {
            PartingStage::Erase => upkeep.purge(&reference).await,
            PartingStage::End => upkeep.delete(&reference).await,
            PartingStage::Over => return Ok(Tried::Done),
        };
        let Err(error) = done else { return Ok(Tried::Done) };
        let again = error.is_its_fault() || matches!(error, UpstreamError::Busy { .. });
        let Some(pause) = pauses.next().filter(|_| again) else { return Ok(Tried::Failed(error)) };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // Whoever finds the lease lapsed goes on: another replica, or this one when it is back.
            () = state.closing.cancelled() => return Err(error.into()),
        }
        // The person may have kept it meanwhile, and had everything read again.
        if !is_held(state, record).await? {
            return Ok(Tried::Overtaken);
        }
    }
}

/// Waits for a stage, and has other replicas know that somebody does it.
async fn hold(
    state: &AppState,
    record: &ConnectionRecord,
    work: impl Future<Output = Result<Tried, LookError>>,
) -> Result<Tried, LookError> {
    let mut work = pin!(work);
    loop {
        if let Ok(tried) = tokio::time::timeout(HOLD_EVERY, &mut work).await {
            return tried;
        }
        match is_held(state, record).await {
            Ok(true) => {}
            Ok(false) => return Ok(Tried::Overtaken),
            Err(error) => {
                tracing::warn!(%error, "the lease of a connection that is being ended could not be held");
            }
        }
    }
}

/// Holds the lease for longer. False: somebody else has moved it on.
async fn is_held(state: &AppState, record: &ConnectionRecord) -> Result<bool, LookError> {
    let until = later(state.clock.now(), LEASE);
    Ok(state.store.hold_parting(&record.id, record.revision, until).await?)
}

/// The connection that takes the place of the one that has ended: for the same use, as the aggregator can be asked for it.
async fn successor(
    state: &AppState,
    record: &ConnectionRecord,
    parting: &PartingRecord,
) -> Result<Option<NewConnection>, LookError> {
    let Some(successor) = &parting.successor else { return Ok(None) };
    let link = state.store.link(&parting.link).await?.ok_or(LookError::Missing)?;
    let listings = state.directory.listings();
    let listing = listings.as_ref().and_then(|listings| listings.get(&record.institution.id));
    let first = calls::first_step(state, listing, successor.method);
    Ok(Some(NewConnection {
        id: successor.id.clone(),
        link: LinkRecord { purpose: record.purpose, account_selection: record.account_selection, ..link },
        institution: record.institution.clone(),
        method: successor.method,
        proof: record.proof,
        digest: view::digest(&state.key, &first),
        created_at: state.clock.now(),
    }))
}

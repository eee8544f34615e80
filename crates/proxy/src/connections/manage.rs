//! Looking after what is linked: the list, and reading again.

use super::act::{self, Wish};
use super::etiquette::{self, Circumstances};
use super::live::Slot;
use super::{calls, look, parting, tries, view};
use crate::aggregators::{Care, Channel, Observation, Reference, Step};
use crate::app::AppState;
use crate::clock::{later, on_the_wire};
use crate::problem::{ApiProblem, ApiResult};
use crate::store::{ConnectionRecord, Intent, LinkRecord};
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::{
    Code, Connection, ConnectionId, DisconnectWay, Erase, FieldProblemKind, LaterReason, ManagedConnection,
    ManagedConnections, MoveWay, Next, Reach, RefreshConnection, RefreshWay, Stage, Standing,
};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// So many connections are read at a time for one list.
const AT_ONCE: usize = 4;
/// All looks for one list together take no longer: whoever waits for it gives up after eight seconds.
const LOOKS: Duration = Duration::from_secs(5);
/// A permission that ends within this time is about to end.
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What was seen of a connection when upstream was looked at last, as far as looking after it is concerned.
#[derive(Clone)]
pub(super) struct Seen {
    care: Care,
    step: Step,
    last: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

/// Keeps what a look tells about looking after a connection.
pub(super) fn note(state: &AppState, slot: &Slot, record: &ConnectionRecord, seen: &Observation) {
    let care = match (&record.upstream, state.aggregator.upkeep()) {
        (Some(reference), Some(upkeep)) => upkeep.care(&Reference(reference.clone()), seen),
        _ => Care::default(),
    };
    slot.memo().seen = Some(Seen {
        care,
        step: seen.step.clone(),
        last: etiquette::last_read(seen),
        expires_at: seen.expires_at,
    });
}

/// A user's connections as they stand upstream now, as far as that can be seen soon. Only looks: nothing is read from an
/// institution for it.
pub(crate) async fn list(state: &AppState, link: &LinkRecord) -> ApiResult<ManagedConnections> {
    let by = Instant::now() + LOOKS;
    let (list, is_whole) = look_at_all(state, link, by).await?;
    if is_whole {
        return Ok(list);
    }
    // What takes the place of one that has just ended was not there yet when the reading began.
    Ok(look_at_all(state, link, by).await?.0)
}

/// The list, and whether nothing is missing that was made meanwhile.
async fn look_at_all(
    state: &AppState,
    link: &LinkRecord,
    by: Instant,
) -> ApiResult<(ManagedConnections, bool)> {
    let mut kept = state.store.kept_connections(&link.client, &link.user_id).await?;
    let mut looks = JoinSet::new();
    let mut shown: HashMap<ConnectionId, Option<Arc<Connection>>> = HashMap::new();
    for record in &kept {
        if looks.len() >= AT_ONCE
            && let Some(Ok((id, looked))) = looks.join_next().await
        {
            shown.insert(id, looked);
        }
        let (state, record) = (state.clone(), record.clone());
        looks.spawn(async move {
            let looked = calls::glance(&state, &record, by).await;
            (record.id, looked)
        });
    }
    while let Some(looked) = looks.join_next().await {
        if let Ok((id, looked)) = looked {
            shown.insert(id, looked);
        }
    }
    let is_missing = |id: &ConnectionId| !kept.iter().any(|record| record.id == *id);
    let is_whole = shown.values().flatten().all(|connection| {
        !matches!(&connection.next, Next::Closed { successor: Some(successor) } if is_missing(successor))
    });
    let is_gone = |looked: &Option<Arc<Connection>>| {
        looked.as_ref().is_some_and(|connection| matches!(connection.next, Next::Closed { .. }))
    };
    kept.retain(|record| !shown.get(&record.id).is_some_and(is_gone));
    let mut connections = Vec::new();
    for record in &kept {
        let looked = shown.remove(&record.id).flatten();
        connections.extend(managed(state, record, looked, &kept, by).await?);
    }
    Ok((ManagedConnections { connections }, is_whole))
}

/// One line of the list. `None`: it has ended.
async fn managed(
    state: &AppState,
    record: &ConnectionRecord,
    looked: Option<Arc<Connection>>,
    all: &[ConnectionRecord],
    by: Instant,
) -> ApiResult<Option<ManagedConnection>> {
    let slot = state.live.slot(&record.id);
    let Some(connection) = looked else { return Ok(Some(unreadable(record))) };
    if matches!(connection.next, Next::Closed { .. }) {
        return Ok(None);
    }
    let parting = matches!(connection.next, Next::Interrupted { .. });
    let seen = slot.memo().seen.clone();
    let seen = match seen {
        None if parting => beneath(state, &slot, record, by).await,
        seen => seen,
    };
    let refresh = refresh_way(state, record, &connection, seen.as_ref()).await?;
    let care = seen.as_ref().map(|seen| seen.care).unwrap_or_default();
    let ending = standing(&connection, record) == Standing::Ending;
    let others: Vec<Option<Care>> = others(record, all)
        .map(|other| state.live.slot(&other.id).memo().seen.as_ref().map(|seen| seen.care))
        .collect();
    // One through which nothing was made yet has no data that could go.
    let there = others.iter().filter(|care| care.is_none_or(|care| care.keeps_data.is_some()));
    let losing = u32::try_from(there.count()).unwrap_or(u32::MAX);
    let erase = match care {
        Care { purge: true, .. } => Erase::Now,
        Care { keeps_data: Some(true), .. } => Erase::WhenWorking,
        _ => Erase::Never,
    };
    let ends = (care.delete || record.upstream.is_none()) && (!ending || parting);
    let expires_at = seen.as_ref().and_then(|seen| seen.expires_at);
    let now = state.clock.now();
    Ok(Some(ManagedConnection {
        standing: standing(&connection, record),
        connection: view::counted((*connection).clone(), now),
        begun_at: Some(on_the_wire(record.created_at)),
        expires_at: expires_at.map(on_the_wire),
        expires_soon: expires_at.is_some_and(|end| end < later(now, SOON)),
        refresh,
        disconnect: ends.then_some(DisconnectWay { keeps_data: care.keeps_data, erase, others: losing }),
        moves: care
            .moves_to
            // What was to be ended only has nothing that would take its place.
            .filter(|_| ends && record.parting.as_ref().is_none_or(|parting| parting.successor.is_some()))
            .filter(|to| may_move(care, *to, &others))
            .map(|to| MoveWay { to: reach(care, to), erase, others: losing }),
    }))
}

/// What is listed of a connection that cannot be read now: that it is there.
fn unreadable(record: &ConnectionRecord) -> ManagedConnection {
    ManagedConnection {
        connection: Connection {
            id: record.id.clone(),
            revision: record.revision,
            institution: record.institution.clone(),
            method: record.method,
            status: "unreadable".to_owned(),
            provider_status: None,
            last_attempt_at: None,
            last_success_at: None,
            updates_itself: None,
            next: Next::Later { reason: LaterReason::Unknown, retries_itself: false },
        },
        standing: Standing::Unreadable,
        begun_at: Some(on_the_wire(record.created_at)),
        expires_at: None,
        expires_soon: false,
        refresh: None,
        disconnect: None,
        moves: None,
    }
}

/// The user's other connections to the institution, of those that are kept.
pub(super) fn others<'a>(
    record: &'a ConnectionRecord,
    kept: &'a [ConnectionRecord],
) -> impl Iterator<Item = &'a ConnectionRecord> {
    kept.iter().filter(|other| {
        other.id != record.id && other.institution.id == record.institution.id && other.upstream.is_some()
    })
}

/// Whether a connection that is reached anew, or another way, can work beside the user's others at the institution: they
/// must not be reached in different ways. Of one that cannot be looked at now nobody knows, and a move cannot be undone.
pub(super) fn may_move(care: Care, to: Channel, others: &[Option<Care>]) -> bool {
    let in_the_way = |other: &Option<Care>| match other {
        None => true,
        Some(other) => other.channel.is_some_and(|channel| channel != to),
    };
    care.channel == Some(to) || !others.iter().any(in_the_way)
}

/// What can be done with a connection whose end was interrupted: what is shown of it does not say. Nothing where upstream
/// does not answer in time.
async fn beneath(state: &AppState, slot: &Slot, record: &ConnectionRecord, by: Instant) -> Option<Seen> {
    let reference = Reference(record.upstream.clone()?);
    let seen = tokio::time::timeout_at(by, state.aggregator.read(&reference)).await.ok()?.ok()?;
    note(state, slot, record, &seen);
    slot.memo().seen.clone()
}

fn reach(care: Care, to: Channel) -> Reach {
    match to {
        to if care.channel == Some(to) => Reach::Same,
        Channel::Web => Reach::Web,
        Channel::OpenBanking => Reach::OpenBanking,
    }
}

fn standing(connection: &Connection, record: &ConnectionRecord) -> Standing {
    let worked_once = !record.chosen.is_empty();
    match &connection.next {
        Next::Linked { .. } => Standing::Working,
        Next::Wait { stage: Stage::Erasing | Stage::Disconnecting, .. } | Next::Interrupted { .. } => {
            Standing::Ending
        }
        Next::Wait { .. } => Standing::Updating,
        Next::Later { .. } => Standing::Later,
        // There is nothing that its person could do about it.
        Next::NoAccounts {} | Next::Failed { .. } if worked_once => Standing::Later,
        Next::ChooseAccounts { .. } | Next::OfferDeposits { .. } => Standing::Unfinished,
        Next::Credentials { .. }
        | Next::Challenges { .. }
        | Next::Authorize { .. }
        | Next::Instructions { .. }
        | Next::StartAgain {}
        | Next::NoAccounts {}
        | Next::Failed { .. } => {
            if worked_once {
                Standing::NeedsYou
            } else {
                Standing::Unfinished
            }
        }
        Next::Closed { .. } | Next::Unknown => Standing::Unknown,
    }
}

/// Whether it may be read again now.
async fn refresh_way(
    state: &AppState,
    record: &ConnectionRecord,
    connection: &Connection,
    seen: Option<&Seen>,
) -> ApiResult<Option<RefreshWay>> {
    let Some(seen) = seen.filter(|_| record.upstream.is_some()) else { return Ok(None) };
    match &connection.next {
        Next::Wait { stage: Stage::Erasing | Stage::Disconnecting, .. } => return Ok(None),
        Next::Wait { .. } => return Ok(Some(RefreshWay::Running {})),
        _ => {}
    }
    let now = state.clock.now();
    let asked = tries::refreshes(state, record, later(now, -etiquette::DAY)).await?;
    let cooldown = state
        .config
        .refresh_every
        .map_or(etiquette::USUAL_COOLDOWN, |seconds| SignedDuration::from_secs(i64::from(seconds)));
    let of =
        Circumstances { care: seen.care, last: seen.last, step: &seen.step, asked: &asked, cooldown, now };
    Ok(etiquette::way(&of))
}

/// Refuses to begin a connection again where the aggregator takes no more readings of it today.
pub(super) async fn check_the_day(state: &AppState, slot: &Slot, record: &ConnectionRecord) -> ApiResult<()> {
    let Some(care) = slot.memo().seen.as_ref().map(|seen| seen.care) else { return Ok(()) };
    let now = state.clock.now();
    let asked = tries::refreshes(state, record, later(now, -etiquette::DAY)).await?;
    match etiquette::used_up(care, &asked, now) {
        None => Ok(()),
        Some(wait_s) => Err(ApiProblem::new(Code::TooManyTries).retry_after(Some(wait_s))),
    }
}

/// Has a connection read again, once, at a person's wish. What is being read already is joined. One whose end was
/// interrupted stays, and is read again.
///
/// # Errors
/// `refresh_too_soon`, with when it is possible; `wrong_step` when it has moved on or needs its person first.
pub(crate) async fn refresh(
    state: &AppState,
    id: &ConnectionId,
    body: &RefreshConnection,
) -> ApiResult<Arc<Connection>> {
    let slot = state.live.slot(id);
    let fresh = {
        let _gate = slot.gate.lock().await;
        let shown = look::current_held(state, &slot).await?;
        if shown.revision != body.revision {
            return Err(Code::WrongStep.into());
        }
        let stays = matches!(shown.next, Next::Interrupted { .. });
        if stays {
            parting::withdraw(state, &slot, shown.revision).await?;
        }
        // When it was read last the aggregator knows best.
        let fresh = look::look(state, &slot).await?;
        if fresh.revision != body.revision && !stays && !matches!(fresh.next, Next::Wait { .. }) {
            // What the person saw is of the past: it may have been read again meanwhile.
            return Err(Code::WrongStep.into());
        }
        fresh
    };
    let record = look::load(state, &slot).await?;
    let seen = slot.memo().seen.clone();
    match refresh_way(state, &record, &fresh, seen.as_ref()).await? {
        Some(RefreshWay::Now {}) => {}
        Some(RefreshWay::Running {}) => return Ok(fresh),
        Some(RefreshWay::TooSoon { wait_s } | RefreshWay::DailyLimit { wait_s }) => {
            return Err(ApiProblem::new(Code::RefreshTooSoon).retry_after(Some(wait_s)));
        }
        Some(RefreshWay::RepairFirst {} | RefreshWay::Unknown) => return Err(Code::WrongStep.into()),
        None => return Err(ApiProblem::field("id", FieldProblemKind::NotOffered)),
    }
    let wish = Wish {
        id: id.clone(),
        revision: Some(fresh.revision),
        intent: Intent::Refresh,
        allowed: |next| !matches!(next, Next::Wait { .. } | Next::Closed { .. } | Next::Interrupted { .. }),
    };
    act::attempt(state, wish, |_, record| {
        let reference = calls::reference(record)?;
        let aggregator = Arc::clone(&state.aggregator);
        Ok(async move {
            match aggregator.upkeep() {
                Some(upkeep) => upkeep.refresh(&reference).await,
                None => Err(crate::aggregators::UpstreamError::BadReference),
            }
        })
    })
    .await
}

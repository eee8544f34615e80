//! Logins: checked, passed on, and gone.

use super::act::{self, Wish};
use super::calls::LONGEST_VALUE;
use super::upstream::{Counterpart, Ensured};
use super::view;
use crate::aggregators::{Observation, Reference, TakenLogin, UpstreamError};
use crate::app::AppState;
use crate::clock::later;
use crate::problem::{ApiProblem, ApiResult};
use crate::scopes;
use crate::store::{ConnectionRecord, Intent, LinkRecord, SentLogin};
use crate::tokens::{Hash, Kind};
use jiff::SignedDuration;
use linchpin_protocol::{
    Code, Connection, ConnectionId, FieldKind, FieldProblem, FieldProblemKind, Mode, Next, SubmitCredentials,
};
use std::collections::HashSet;
use std::sync::Arc;

/// How many connections with one login are looked at whether they are still there.
const LOOKED_AT: usize = 3;

/// Sends a login, unless the person has linked it already and does not know.
///
/// # Errors
/// `already_connected` with the connection that has the login, where the session may use that; else with this one.
pub(crate) async fn credentials(
    state: &AppState,
    link: &LinkRecord,
    id: &ConnectionId,
    body: SubmitCredentials,
) -> ApiResult<Arc<Connection>> {
    let record = state.store.connection(id).await?.ok_or(Code::NotFound)?;
    let name = known_by(state, &record, &body);
    let linked = match &name {
        Some(name) => linked_already(state, &record, name, body.again).await?,
        None => None,
    };
    // What is linked for another purpose cannot be used in its place.
    let instead = linked.as_ref().filter(|linked| !body.again && linked.record.purpose == record.purpose);
    let is_told = instead.is_some();
    let upstream = record.upstream.clone().map(Reference);
    let keeps_name = upstream.is_some_and(|reference| state.aggregator.keeps_name(&reference));
    let pause = state.aggregator.facts().same_login_pause_s.filter(|_| linked.is_some());
    let login = SentLogin {
        name: name.filter(|_| !keeps_name),
        paused_until: pause
            .map(|seconds| later(state.clock.now(), SignedDuration::from_secs(i64::from(seconds)))),
    };
    let wish = Wish {
        id: id.clone(),
        revision: Some(body.revision),
        intent: Intent::Credentials,
        allowed: |next| matches!(next, Next::Credentials { .. }),
    };
    let sent = act::attempt_with(state, wish, Some(login), |shown, record| {
        check_login(&body, shown, state)?;
        // Only now: whoever saw something else, or typed what does not fit, learns nothing by it.
        if is_told {
            return Err(Code::AlreadyConnected.into());
        }
        let counterpart = Counterpart::of(state, record);
        Ok(async move { send(&counterpart, &body).await })
    })
    .await;
    match (sent, instead) {
        (Err(problem), Some(instead)) if problem.code() == Code::AlreadyConnected => {
            // A session for one connection sees no other.
            let usable = link.mode == Mode::Link || scopes::sees(link, &instead.record);
            let told = if usable { instead.shown.clone() } else { super::render(state, id).await.ok() };
            let now = state.clock.now();
            Err(match told {
                Some(told) => problem.with_connection(view::counted((*told).clone(), now)),
                None => problem,
            })
        }
        (sent, _) => sent,
    }
}

/// By what a login is known again: a keyed hash of its name, under its user and institution. The secret has no part in it.
fn known_by(state: &AppState, record: &ConnectionRecord, body: &SubmitCredentials) -> Option<Hash> {
    let listings = state.directory.listings();
    let listing = listings.as_ref().and_then(|listings| listings.get(&record.institution.id));
    let fields = listing.map(|listing| state.aggregator.login_form(listing)).unwrap_or_default();
    let name = fields.iter().find(|field| field.kind == FieldKind::Username)?;
    let typed = body.fields.iter().find(|value| value.id == name.id)?;
    let parts = [
        record.client.0.as_str(),
        record.user_id.as_str(),
        record.institution.id.as_str(),
        typed.value.expose().trim(),
    ];
    Some(state.key.hash(Kind::Login, &parts))
}

/// Another connection of the user's.
struct Linked {
    record: ConnectionRecord,
    /// As it stands, if that could be seen.
    shown: Option<Arc<Connection>>,
}

/// Another connection of the user's that this login is linked with; it is not looked at where that is `known`. None for
/// the login that this one has itself: sending that again mends it.
async fn linked_already(
    state: &AppState,
    record: &ConnectionRecord,
    name: &Hash,
    known: bool,
) -> ApiResult<Option<Linked>> {
    if !record.chosen.is_empty() && record.login.as_ref() == Some(name) {
        return Ok(None);
    }
    let ConnectionRecord { client, user_id, purpose, id, .. } = record;
    for _ in 0..LOOKED_AT {
        let found = state.store.linked_with_login(client, user_id, name, *purpose, id).await?;
        let Some(found) = found else { return Ok(None) };
        let shown = if known { None } else { super::look_again(state, &found).await.ok() };
        // With one that is gone upstream the look has forgotten its login.
        if shown.as_ref().is_some_and(|shown| matches!(shown.next, Next::Closed { .. })) {
            continue;
        }
        return Ok(state.store.connection(&found).await?.map(|record| Linked { record, shown }));
    }
    Ok(None)
}

fn check_login(body: &SubmitCredentials, shown: &Connection, state: &AppState) -> ApiResult<()> {
    let Next::Credentials { fields, .. } = &shown.next else { return Err(Code::WrongStep.into()) };
    let mut wrong = Vec::new();
    let mut seen = HashSet::new();
    for (position, value) in body.fields.iter().enumerate() {
        let mut refuse = |part: &str, problem| {
            wrong.push(FieldProblem { field: format!("fields.{position}.{part}"), problem });
        };
        let Some(field) = fields.iter().find(|field| field.id == value.id) else {
            refuse("id", FieldProblemKind::NotOffered);
            continue;
        };
        if !seen.insert(&value.id) {
            refuse("id", FieldProblemKind::Malformed);
        }
        let text = value.value.expose();
        if text.is_empty() {
            refuse("value", FieldProblemKind::Empty);
        } else if text.len() > LONGEST_VALUE {
            refuse("value", FieldProblemKind::TooLong);
        } else if state.config.is_practice() && !state.aggregator.is_practice_value(field.kind, text) {
            refuse("value", FieldProblemKind::NotAPracticeLogin);
        }
    }
    if fields.iter().any(|field| !seen.contains(&field.id)) {
        wrong.push(FieldProblem { field: "fields".to_owned(), problem: FieldProblemKind::Missing });
    }
    if wrong.is_empty() { Ok(()) } else { Err(ApiProblem::fields(wrong)) }
}

/// Sends a login; one that the user has there already goes to the connection that has it.
async fn send(counterpart: &Counterpart, login: &SubmitCredentials) -> Result<Observation, UpstreamError> {
    let Ensured { user, reference, login: taken } = counterpart.ensure(&login.fields).await?;
    let sent = match taken {
        TakenLogin::Left => counterpart.aggregator.submit_credentials(&reference, &login.fields).await,
        TakenLogin::Kept => counterpart.aggregator.retry(&reference).await,
        // It was sent: that it cannot be looked at must not pass for a call that did nothing.
        TakenLogin::Tried => {
            counterpart.aggregator.read(&reference).await.map_err(|_| UpstreamError::Unclear)
        }
    };
    match sent {
        Err(UpstreamError::Duplicate) => {
            let existing = counterpart.take_on(&user, Some(&reference)).await?;
            counterpart.aggregator.submit_credentials(&existing, &login.fields).await
        }
        other => other,
    }
}

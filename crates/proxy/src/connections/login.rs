//! Logins: checked, passed on, and gone.

use super::act::{self, Wish};
use super::calls::LONGEST_VALUE;
use super::upstream::{Counterpart, Ensured};
use super::view;
use crate::aggregators::{Observation, TakenLogin, UpstreamError};
use crate::app::AppState;
use crate::clock::later;
use crate::problem::{ApiProblem, ApiResult};
use crate::store::{ConnectionRecord, Intent};
use crate::tokens::{Hash, Kind};
use jiff::SignedDuration;
use linchpin_protocol::{
    Code, Connection, ConnectionId, FieldKind, FieldProblem, FieldProblemKind, Next, SubmitCredentials,
};
use std::collections::HashSet;
use std::sync::Arc;

/// Sends a login.
pub(crate) async fn credentials(
    state: &AppState,
    id: &ConnectionId,
    body: SubmitCredentials,
) -> ApiResult<Arc<Connection>> {
    let login = known_by(state, id, &body).await?;
    let mut paused_until = None;
    if let Some((login, record)) = &login
        && let Some(linked) = linked_already(state, record, login).await?
    {
        // What is linked for another purpose cannot be used in its place.
        if !body.again && linked.purpose == record.purpose {
            let linked = super::render(state, &linked.id).await.ok();
            let problem = ApiProblem::new(Code::AlreadyConnected);
            let now = state.clock.now();
            return Err(match linked {
                Some(linked) => problem.with_connection(view::counted((*linked).clone(), now)),
                None => problem,
            });
        }
        let pause = state.aggregator.facts().same_login_pause_s;
        paused_until =
            pause.map(|seconds| later(state.clock.now(), SignedDuration::from_secs(i64::from(seconds))));
    }
    let wish = Wish {
        id: id.clone(),
        revision: Some(body.revision),
        intent: Intent::Credentials,
        allowed: |next| matches!(next, Next::Credentials { .. }),
    };
    act::attempt(state, wish, |shown, record| {
        check_login(&body, shown, state)?;
        let counterpart = Counterpart::of(state, record);
        let store = Arc::clone(&state.store);
        let id = record.id.clone();
        Ok(async move {
            if let Some((login, _)) = login {
                let kept = store.set_login(&id, Some(&login), paused_until).await;
                // The login is none the worse for it; only the next time nobody will notice.
                if let Err(error) = kept {
                    tracing::warn!(%error, "a login's mark could not be kept");
                }
            }
            send(&counterpart, &body).await
        })
    })
    .await
}

/// By what a login is known again: a keyed hash of its name, under its user and institution. The secret has no part in it.
async fn known_by(
    state: &AppState,
    id: &ConnectionId,
    body: &SubmitCredentials,
) -> ApiResult<Option<(Hash, ConnectionRecord)>> {
    let Some(record) = state.store.connection(id).await? else { return Ok(None) };
    let listings = state.directory.listings();
    let listing = listings.as_ref().and_then(|listings| listings.get(&record.institution.id));
    let fields = listing.map(|listing| state.aggregator.login_form(listing)).unwrap_or_default();
    let name = fields.iter().find(|field| field.kind == FieldKind::Username);
    let typed = name.and_then(|name| body.fields.iter().find(|value| value.id == name.id));
    Ok(typed.map(|typed| {
        let parts = [
            record.client.0.as_str(),
            record.user_id.as_str(),
            record.institution.id.as_str(),
            typed.value.expose().trim(),
        ];
        (state.key.hash(Kind::Login, &parts), record)
    }))
}

/// Another connection of the user's that this login is linked with.
async fn linked_already(
    state: &AppState,
    record: &ConnectionRecord,
    login: &Hash,
) -> ApiResult<Option<ConnectionRecord>> {
    let found = state.store.linked_with_login(&record.client, &record.user_id, login, &record.id).await?;
    let Some(id) = found else { return Ok(None) };
    Ok(state.store.connection(&id).await?)
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

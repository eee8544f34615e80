//! Logins: checked, passed on, and gone.

use super::act::{self, Wish};
use super::calls::LONGEST_VALUE;
use super::upstream::{Counterpart, Ensured};
use crate::aggregators::{Observation, TakenLogin, UpstreamError};
use crate::app::AppState;
use crate::problem::{ApiProblem, ApiResult};
use crate::store::Intent;
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
    let practice = state.config.is_practice();
    let wish = Wish {
        id: id.clone(),
        revision: Some(body.revision),
        intent: Intent::Credentials,
        allowed: |next| matches!(next, Next::Credentials { .. }),
    };
    act::attempt(state, wish, |shown, record| {
        check_login(&body, shown, practice)?;
        let counterpart = Counterpart::of(state, record);
        Ok(async move { send(&counterpart, &body).await })
    })
    .await
}

fn check_login(body: &SubmitCredentials, shown: &Connection, practice: bool) -> ApiResult<()> {
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
        // What a practice login begins with, so that nobody types a real one into a practice.
        let begins = match field.kind {
            FieldKind::Username => "practice-",
            FieldKind::Password | FieldKind::Other => "practice",
        };
        if text.is_empty() {
            refuse("value", FieldProblemKind::Empty);
        } else if text.len() > LONGEST_VALUE {
            refuse("value", FieldProblemKind::TooLong);
        } else if practice && !text.starts_with(begins) {
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

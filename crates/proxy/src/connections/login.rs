//! Logins: checked, passed on, and gone.

use super::act::{self, Wish};
use super::calls::LONGEST_VALUE;
use crate::aggregators::{Aggregator, Observation, Reference, UpstreamError};
use crate::app::AppState;
use crate::problem::{ApiProblem, ApiResult};
use crate::store::{ConnectionRecord, Intent, Store, StoreError, UpstreamUser};
use crate::tokens::{Key, Kind};
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
        revision: body.revision,
        intent: Intent::Credentials,
        allowed: |next| matches!(next, Next::Credentials { .. }),
    };
    act::attempt(state, wish, |shown, record| {
        check_login(&body, shown, practice)?;
        let sender = Sender {
            store: Arc::clone(&state.store),
            aggregator: Arc::clone(&state.aggregator),
            key: state.key.clone(),
            record: record.clone(),
        };
        Ok(async move { sender.send(&body).await })
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

/// Sends a login, making the user and the connection at the aggregator where they are not there yet.
struct Sender {
    store: Arc<dyn Store>,
    aggregator: Arc<dyn Aggregator>,
    key: Key,
    record: ConnectionRecord,
}

impl Sender {
    async fn send(&self, login: &SubmitCredentials) -> Result<Observation, UpstreamError> {
        let user = self.user().await?;
        let reference = match &self.record.upstream {
            Some(reference) => Reference(reference.clone()),
            None => {
                let in_use = self.in_use().await?;
                let (institution, purpose) = (&self.record.institution.id, self.record.purpose);
                let made = self.aggregator.create(&user, institution, purpose, in_use.as_deref()).await?;
                self.keep(&made).await?;
                made
            }
        };
        match self.aggregator.submit_credentials(&reference, &login.fields).await {
            Err(UpstreamError::Duplicate) => {
                // The user has this login there already: that connection is taken on (quovo.md 9.31).
                let institution = &self.record.institution.id;
                let existing = self.aggregator.existing(&user, institution, &reference).await?;
                let existing = existing.ok_or(UpstreamError::Duplicate)?;
                self.keep(&existing).await?;
                self.aggregator.submit_credentials(&existing, &login.fields).await
            }
            other => other,
        }
    }

    async fn user(&self) -> Result<UpstreamUser, UpstreamError> {
        let (client, user) = (&self.record.client, &self.record.user_id);
        if let Some(known) = self.store.upstream_user(client, user).await.map_err(unkept)? {
            return Ok(known);
        }
        // The same name every time: a user that was made and never written down is found again by it.
        let hash = self.key.hash(Kind::User, &[&client.0, user.as_str()]);
        let short: String = hash.as_str().chars().take(32).collect();
        let made = self.aggregator.ensure_user(&format!("linchpin-{short}")).await?;
        self.store.set_upstream_user(client, user, &made).await.map_err(unkept)?;
        Ok(made)
    }

    /// After an earlier try, which may have made a connection whose name never reached us: what the user has in use.
    async fn in_use(&self) -> Result<Option<Vec<Reference>>, UpstreamError> {
        if self.record.attempts == 0 {
            return Ok(None);
        }
        let ConnectionRecord { client, user_id, id, .. } = &self.record;
        let kept = self.store.references_in_use(client, user_id, id).await.map_err(unkept)?;
        Ok(Some(kept.into_iter().map(Reference).collect()))
    }

    async fn keep(&self, reference: &Reference) -> Result<(), UpstreamError> {
        self.store.set_upstream(&self.record.id, &reference.0).await.map_err(unkept)
    }
}

/// The login was not sent, because what would find it again could not be kept.
fn unkept(error: StoreError) -> UpstreamError {
    tracing::error!(%error, "the store failed");
    UpstreamError::NotSent
}

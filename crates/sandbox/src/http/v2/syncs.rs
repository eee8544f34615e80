//! `/v2/accounts/{id}/sync`: starting and polling syncs.
//!
//! With `is_auth` the request blocks until the sync ended or asks something; with `is_both` or neither it answers at once
//! and is polled. Either flag may stand in the body or in the query (quovo.md 9.11).
//!
//! When the caller of a blocking sync hangs up, the bank decides: see `HangUp` in the catalogue.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::error::ApiError;
use super::super::extract::{Body, Id, Params};
use super::super::syncs::{ProgressView, finish_blocking};
use super::challenges::{self, Questions};
use super::status_word;
use crate::aggregator::{Connection, Run, SyncRequest};
use crate::id::ConnectionId;
use crate::ledger::SyncKind;
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
pub(super) struct Flags {
    #[serde(default)]
    is_auth: bool,
    #[serde(default)]
    is_both: bool,
}

#[derive(Deserialize)]
pub(super) struct Start {
    #[serde(default)]
    is_auth: bool,
    #[serde(default)]
    is_both: bool,
    #[serde(default)]
    questions: Questions,
}

/// The answer: `sync`, and beside it `challenges` where some are open.
#[derive(Serialize)]
struct View {
    #[serde(skip_serializing_if = "Option::is_none")]
    challenges: Option<Vec<challenges::View>>,
    sync: SyncView,
}

#[derive(Serialize)]
struct SyncView {
    account: ConnectionId,
    /// Only with the status `config`.
    #[serde(skip_serializing_if = "Option::is_none")]
    config_instructions: Option<&'static str>,
    has_realtime: bool,
    progress: Option<ProgressView>,
    status: Option<&'static str>,
}

fn view(connection: &Connection) -> View {
    let run = connection.run.as_ref();
    let has_realtime = run.is_some_and(|run| {
        run.challenges().any(|(challenge, should_answer)| should_answer && challenge.expires.is_some())
    });
    View {
        challenges: run.is_some_and(Run::is_waiting).then(|| challenges::views(connection)),
        sync: SyncView {
            account: connection.id,
            config_instructions: run.and_then(Run::instructions),
            has_realtime,
            progress: run.and_then(Run::progress).map(ProgressView::from),
            status: status_word(connection.status()),
        },
    }
}

/// `POST /v2/accounts/{id}/sync` `{is_auth?, is_both?, questions?}`.
///
/// Without `is_auth` an account that was for verification alone is so no more.
pub(super) async fn start(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
    Params(flags): Params<Flags>,
    Body(asked): Body<Start>,
) -> Result<Json<Value>, ApiError> {
    let kind = match (flags.is_auth || asked.is_auth, flags.is_both || asked.is_both) {
        (false, false) => SyncKind::Agg,
        (true, false) => SyncKind::Auth,
        (false, true) => SyncKind::Both,
        (true, true) => return Err(ApiError::invalid("is_auth and is_both exclude each other")),
    };
    sandbox.look(|world, _| {
        let answers = asked.questions.read(world.connection(id)?)?;
        Ok::<_, ApiError>(world.sync(id, SyncRequest { login: None, kind, answers })?)
    })?;
    finish_blocking(&sandbox, id).await?;
    show(&sandbox, id)
}

/// `GET /v2/accounts/{id}/sync`.
pub(super) async fn poll(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
) -> Result<Json<Value>, ApiError> {
    show(&sandbox, id)
}

fn show(sandbox: &Sandbox, id: ConnectionId) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| Ok(Json(json!(view(world.connection(id)?)))))
}

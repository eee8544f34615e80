//! `/v3/connections/{id}/sync`: starting and polling syncs.
//!
//! An aggregation answers at once; a verification blocks until it ended or asks something (quovo.md 2.4).
//! Both answer 200.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::challenges::{self, GivenAnswer};
use super::connections::login;
use super::error::ApiError;
use super::extract::{Body, Id};
use crate::aggregator::{Connection, Progress, Run, SyncRequest};
use crate::id::ConnectionId;
use crate::ledger::SyncKind;
use crate::sandbox::Sandbox;
use crate::secret::Secret;

#[derive(Deserialize)]
pub(super) struct Start {
    username: Option<Secret>,
    passcode: Option<Secret>,
    #[serde(rename = "type")]
    kind: Option<Type>,
    #[serde(default)]
    answers: Vec<GivenAnswer>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Type {
    Agg,
    Auth,
}

/// The answer: `sync`, and beside it `challenges` where some are open.
#[derive(Serialize)]
struct View {
    sync: SyncView,
    #[serde(skip_serializing_if = "Option::is_none")]
    challenges: Option<Vec<challenges::View>>,
}

#[derive(Serialize)]
struct SyncView {
    connection_id: ConnectionId,
    config_instructions: Option<&'static str>,
    status: Option<&'static str>,
    progress: Option<ProgressView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<NestedError>,
}

/// An error inside a resource: without the `status` of the envelope.
#[derive(Serialize)]
struct NestedError {
    id: &'static str,
    message: &'static str,
}

#[derive(Serialize)]
pub(super) struct ProgressView {
    message: &'static str,
    /// 0.0 to 1.0; the scale is ours (quovo.md 9.13).
    percent: f64,
    state: &'static str,
}

impl From<Progress> for ProgressView {
    fn from(progress: Progress) -> Self {
        Self {
            message: progress.message,
            percent: f64::from(progress.hundredths) / 100.0,
            state: progress.state,
        }
    }
}

fn view(connection: &Connection) -> View {
    let run = connection.run.as_ref();
    View {
        sync: SyncView {
            connection_id: connection.id,
            config_instructions: run.and_then(Run::instructions),
            status: connection.status(),
            progress: run.and_then(Run::progress).map(ProgressView::from),
            error: run
                .and_then(Run::error)
                .map(|id| NestedError { id, message: "The bank has locked the login." }),
        },
        challenges: run.is_some_and(Run::is_waiting).then(|| challenges::views(connection)),
    }
}

/// `POST /v3/connections/{id}/sync` `{username?, passcode?, type?, answers?}`.
pub(super) async fn start(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
    Body(asked): Body<Start>,
) -> Result<Json<Value>, ApiError> {
    let request = SyncRequest {
        login: login(asked.username, asked.passcode)?,
        kind: match asked.kind {
            None | Some(Type::Agg) => SyncKind::Agg,
            Some(Type::Auth) => SyncKind::Auth,
        },
        answers: challenges::read(asked.answers)?,
    };
    sandbox.look(|world, _| world.sync(id, request))?;
    finish_blocking(&sandbox, id).await?;
    show(&sandbox, id)
}

/// `GET /v3/connections/{id}/sync`.
pub(super) async fn poll(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
) -> Result<Json<Value>, ApiError> {
    show(&sandbox, id)
}

/// Waits while a verification goes on; returns at once for an aggregation.
pub(super) async fn finish_blocking(sandbox: &Sandbox, id: ConnectionId) -> Result<(), ApiError> {
    let mut waiting = None;
    loop {
        let busy_until = sandbox.look(|world, _| {
            let run = world.connection(id)?.run.as_ref().filter(|run| run.kind == SyncKind::Auth);
            Ok::<_, ApiError>(run.and_then(Run::busy_until))
        })?;
        let Some(busy_until) = busy_until else { return Ok(()) };
        waiting.get_or_insert_with(|| Waiting::start(sandbox, id));
        tokio::select! {
            () = sandbox.clock().sleep_until(busy_until) => {}
            () = sandbox.closing() => return Err(ApiError::CLOSING),
        }
    }
}

/// A caller that waits; dropped when the wait is over, and when the caller hangs up and the server with it.
struct Waiting<'a> {
    sandbox: &'a Sandbox,
    id: ConnectionId,
}

impl<'a> Waiting<'a> {
    fn start(sandbox: &'a Sandbox, id: ConnectionId) -> Self {
        sandbox.look(|world, _| world.start_waiting(id));
        Self { sandbox, id }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.sandbox.look(|world, _| world.stop_waiting(self.id));
    }
}

fn show(sandbox: &Sandbox, id: ConnectionId) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| Ok(Json(json!(view(world.connection(id)?)))))
}

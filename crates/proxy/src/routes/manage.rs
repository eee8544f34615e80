//! Looking after connections.

use super::connections::{Shown, on_connection, own};
use crate::app::AppState;
use crate::connections::{self, Leave};
use crate::extract::{Body, Id, Idempotency, Parameters, Session};
use crate::problem::{ApiProblem, ApiResult};
use crate::ways;
use axum::Json;
use axum::extract::State;
use linchpin_protocol::{
    Connection, FieldProblemKind, ManagedConnection, ManagedConnections, MoveConnection, Parting,
    RefreshConnection, Revision,
};

/// Lists the connections of the session's user as they stand, and what can be done about each. Looks only: no
/// institution is read again for it.
#[utoipa::path(
    get,
    path = "/v1/connections",
    operation_id = "list_connections",
    tag = "widget",
    security(("session" = [])),
    responses((status = 200, description = "Newest first, at most 100; without those that have ended.", body = ManagedConnections)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Session(session): Session,
) -> ApiResult<Json<ManagedConnections>> {
    let mut list = connections::list(&state, &session.link).await?;
    if !ways::takes_logins(&state, &session.link) {
        let shown = |managed: ManagedConnection| ManagedConnection {
            connection: connections::without_typing(managed.connection),
            ..managed
        };
        list.connections = list.connections.into_iter().map(shown).collect();
    }
    Ok(Json(list))
}

/// Has the institution read again. What is being read already is joined; a login is never tried again for it.
#[utoipa::path(
    post,
    path = "/v1/connections/{id}/refresh",
    operation_id = "refresh_connection",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the connection, `con_…`.")),
    request_body = RefreshConnection,
    responses((status = 200, description = "As it stands now.", body = Connection)),
)]
pub(super) async fn refresh(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
    Body(body): Body<RefreshConnection>,
) -> ApiResult<Shown> {
    let id = own(&state, &session.link, id).await?;
    let revision = body.revision.0.to_string();
    let call = ("POST /v1/connections/{id}/refresh", key, &[revision.as_str()][..]);
    let (first, target) = (state.clone(), id.clone());
    let work = async move { connections::refresh(&first, &target, &body).await };
    on_connection(&state, &session.link, call, &id, work).await
}

/// Erases what was read, ends the connection, and puts another in its place, which its person has to sign in to. That
/// cannot be undone. One that was interrupted goes on where it stopped.
#[utoipa::path(
    post,
    path = "/v1/connections/{id}/move",
    operation_id = "move_connection",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the connection, `con_…`.")),
    request_body = MoveConnection,
    responses((status = 200, description = "As it stands now; at the end closed, with its successor.", body = Connection)),
)]
pub(super) async fn move_connection(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
    Body(body): Body<MoveConnection>,
) -> ApiResult<Shown> {
    let id = own(&state, &session.link, id).await?;
    let revision = body.revision.0.to_string();
    let call = ("POST /v1/connections/{id}/move", key, &[revision.as_str()][..]);
    let (first, link, target) = (state.clone(), session.link.clone(), id.clone());
    let leave = Leave { revision: body.revision, parting: Parting::Move, erases: true };
    let work = async move { connections::part(&first, &link, &target, &leave).await };
    on_connection(&state, &session.link, call, &id, work).await
}

/// Ends the connection, and erases what was read before if that is wanted. That cannot be undone. One that was
/// interrupted goes on where it stopped.
#[utoipa::path(
    delete,
    path = "/v1/connections/{id}",
    operation_id = "disconnect",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the connection, `con_…`."), ("revision" = u64, Query, minimum = 0, description = "The revision that the screen was drawn from."), ("purge" = Option<bool>, Query, description = "Whether what was read is erased, too; `false` when absent.")),
    responses((status = 200, description = "As it stands now; at the end closed.", body = Connection)),
)]
pub(super) async fn disconnect(
    State(state): State<AppState>,
    Session(session): Session,
    Idempotency(key): Idempotency,
    Id(id): Id,
    parameters: Parameters,
) -> ApiResult<Shown> {
    let id = own(&state, &session.link, id).await?;
    let missing = || ApiProblem::field("revision", FieldProblemKind::Missing);
    let revision = parameters.number("revision")?.map(Revision).ok_or_else(missing)?;
    let erases = parameters.truth("purge")?.unwrap_or(false);
    let (shown, purge) = (revision.0.to_string(), erases.to_string());
    let call = ("DELETE /v1/connections/{id}", key, &[shown.as_str(), purge.as_str()][..]);
    let (first, link, target) = (state.clone(), session.link.clone(), id.clone());
    let leave = Leave { revision, parting: Parting::Disconnect, erases };
    let work = async move { connections::part(&first, &link, &target, &leave).await };
    on_connection(&state, &session.link, call, &id, work).await
}

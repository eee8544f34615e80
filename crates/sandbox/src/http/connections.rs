//! `/v3/connections`: logins at institutions.

use std::borrow::Cow;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::extract::{Body, Id};
use crate::aggregator::{Connection, Login, Refusal, Run, World};
use crate::clock::plain;
use crate::id::{ConnectionId, InstitutionId, UserId};
use crate::money::Cents;
use crate::sandbox::Sandbox;
use crate::secret::Secret;

#[derive(Deserialize)]
pub(super) struct Create {
    institution_id: InstitutionId,
    username: Option<Secret>,
    passcode: Option<Secret>,
}

#[derive(Deserialize)]
pub(super) struct Update {
    username: Option<Secret>,
    passcode: Option<Secret>,
}

/// A connection in Quovo v3's fields. `username` is the user's name at the aggregator, not at the bank.
#[derive(Serialize)]
pub(super) struct View {
    id: ConnectionId,
    user_id: UserId,
    username: String,
    institution_id: InstitutionId,
    institution_name: Cow<'static, str>,
    status: Option<&'static str>,
    config_instructions: Option<&'static str>,
    is_oauth: bool,
    is_disabled: bool,
    auto_updates: bool,
    created: String,
    last_sync: Option<String>,
    last_good_sync: Option<String>,
    value: Option<Cents>,
}

fn view(world: &World, connection: &Connection) -> Result<View, Refusal> {
    let institution = world.institution_of(connection.id)?;
    Ok(View {
        id: connection.id,
        user_id: connection.user,
        username: world.user(connection.user)?.username.clone(),
        institution_id: connection.institution,
        institution_name: institution.name.clone(),
        status: connection.status(),
        config_instructions: connection.run.as_ref().and_then(Run::instructions),
        is_oauth: connection.is_oauth,
        is_disabled: false,
        auto_updates: true,
        created: plain(connection.created),
        last_sync: connection.last_sync.map(plain),
        last_good_sync: connection.last_good_sync.map(plain),
        value: connection.value(),
    })
}

/// User name and passcode come together or not at all.
pub(super) fn login(username: Option<Secret>, passcode: Option<Secret>) -> Result<Option<Login>, ApiError> {
    match (username, passcode) {
        (None, None) => Ok(None),
        (Some(username), Some(passcode)) => Ok(Some(Login { username, passcode })),
        (Some(_), None) | (None, Some(_)) => {
            Err(ApiError::invalid("username and passcode have to come together"))
        }
    }
}

/// `POST /v3/users/{id}/connections` `{institution_id}` → 201 `{"connection": {…}}`.
///
/// Older clients gave `username` and `passcode` here; they are kept for the first sync (quovo.md 9.10).
pub(super) async fn create(
    State(sandbox): State<Sandbox>,
    Id(user): Id<UserId>,
    Body(asked): Body<Create>,
) -> Result<impl IntoResponse, ApiError> {
    let login = login(asked.username, asked.passcode)?;
    sandbox.look(|world, _| {
        world.user(user)?;
        if world.directory.get(asked.institution_id).is_none() {
            return Err(ApiError::invalid("there is no such institution_id"));
        }
        let id = world.create_connection(user, asked.institution_id, login)?;
        let view = view(world, world.connection(id)?)?;
        Ok((StatusCode::CREATED, Json(json!({ "connection": view }))))
    })
}

/// `GET /v3/connections` → `{"connections": […]}`.
pub(super) async fn list(State(sandbox): State<Sandbox>) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        let views = world.connections().map(|one| view(world, one)).collect::<Result<Vec<_>, _>>()?;
        Ok(Json(json!({ "connections": views })))
    })
}

/// `GET /v3/users/{id}/connections` → `{"connections": […]}`.
pub(super) async fn of_user(
    State(sandbox): State<Sandbox>,
    Id(user): Id<UserId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        world.user(user)?;
        let views = world.connections_of(user).map(|one| view(world, one)).collect::<Result<Vec<_>, _>>()?;
        Ok(Json(json!({ "connections": views })))
    })
}

/// `GET /v3/connections/{id}` → `{"connection": {…}}`.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        let view = view(world, world.connection(id)?)?;
        Ok(Json(json!({ "connection": view })))
    })
}

/// `PUT /v3/connections/{id}` `{username, passcode}`: another login, for the next sync.
pub(super) async fn update(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
    Body(asked): Body<Update>,
) -> Result<Json<Value>, ApiError> {
    let login = login(asked.username, asked.passcode)?;
    sandbox.look(|world, _| {
        world.connection(id)?;
        if let Some(login) = login {
            world.replace_login(id, login)?;
        }
        let view = view(world, world.connection(id)?)?;
        Ok(Json(json!({ "connection": view })))
    })
}

/// `DELETE /v3/connections/{id}` → 204.
pub(super) async fn delete(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
) -> Result<StatusCode, ApiError> {
    sandbox.look(|world, _| world.delete_connection(id))?;
    Ok(StatusCode::NO_CONTENT)
}

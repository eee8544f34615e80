//! `/v2/accounts`: what v2 calls an account is a login at an institution.
//!
//! An account that came with an auth deposit portfolio is among them, to be looked at only.

use std::borrow::Cow;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::connections::login;
use super::super::error::ApiError;
use super::super::extract::{Body, Id};
use super::status_word;
use crate::aggregator::{Connection, DepositPortfolio, Refusal, Run, World};
use crate::clock::plain_millis;
use crate::id::{ConnectionId, InstitutionId, UserId};
use crate::money::Cents;
use crate::sandbox::Sandbox;
use crate::secret::Secret;

#[derive(Deserialize)]
pub(super) struct Create {
    brokerage: InstitutionId,
    username: Secret,
    password: Secret,
    #[serde(default)]
    is_auth: bool,
}

#[derive(Deserialize)]
pub(super) struct Update {
    brokerage: Option<InstitutionId>,
    username: Option<Secret>,
    password: Option<Secret>,
}

/// An account in v2's fields. `username` is the user's name at the aggregator, not at the bank.
#[derive(Serialize)]
struct View {
    brokerage: InstitutionId,
    brokerage_name: Cow<'static, str>,
    config_instructions: Option<&'static str>,
    failures: u32,
    id: ConnectionId,
    is_inactive: bool,
    last_good_sync: Option<String>,
    opened: String,
    nickname: Option<String>,
    status: Option<&'static str>,
    updated: String,
    update_count: u32,
    user: UserId,
    username: String,
    value: Option<Cents>,
}

fn view(world: &World, connection: &Connection) -> Result<View, Refusal> {
    Ok(View {
        brokerage: connection.institution,
        brokerage_name: world.institution_of(connection.id)?.name.clone(),
        config_instructions: connection.run.as_ref().and_then(Run::instructions),
        failures: connection.failures,
        id: connection.id,
        is_inactive: false,
        last_good_sync: connection.last_good_sync.map(plain_millis),
        opened: plain_millis(connection.created),
        nickname: None,
        status: status_word(connection.status()),
        updated: plain_millis(connection.last_sync.unwrap_or(connection.created)),
        update_count: connection.good_syncs,
        user: connection.user,
        username: world.user(connection.user)?.username.clone(),
        value: connection.value(),
    })
}

/// The account of a placeholder: nobody ever logs in.
fn placeholder(world: &World, portfolio: &DepositPortfolio) -> Result<View, Refusal> {
    Ok(View {
        brokerage: DepositPortfolio::INSTITUTION,
        brokerage_name: DepositPortfolio::INSTITUTION_NAME.into(),
        config_instructions: None,
        failures: 0,
        id: portfolio.connection,
        is_inactive: false,
        last_good_sync: None,
        opened: plain_millis(portfolio.created),
        nickname: None,
        status: Some(DepositPortfolio::STATUS),
        updated: plain_millis(portfolio.created),
        update_count: 0,
        user: portfolio.user,
        username: world.user(portfolio.user)?.username.clone(),
        value: None,
    })
}

fn one(world: &World, id: ConnectionId) -> Result<Json<Value>, ApiError> {
    let view = match world.connection(id) {
        Ok(connection) => view(world, connection)?,
        Err(_) => placeholder(world, world.deposit_portfolio_of(id)?)?,
    };
    Ok(Json(json!({ "account": view })))
}

fn many<'a>(
    world: &World,
    connections: impl Iterator<Item = &'a Connection>,
    portfolios: impl Iterator<Item = &'a DepositPortfolio>,
) -> Result<Json<Value>, ApiError> {
    let views = connections.map(|connection| view(world, connection));
    let views = views.chain(portfolios.map(|portfolio| placeholder(world, portfolio)));
    Ok(Json(json!({ "accounts": views.collect::<Result<Vec<_>, _>>()? })))
}

/// `POST /v2/users/{id}/accounts` `{brokerage, username, password, is_auth?}` → 201 `{"account": {…}}`.
///
/// The login is kept for the first sync; nothing is tried at the bank yet.
pub(super) async fn create(
    State(sandbox): State<Sandbox>,
    Id(user): Id<UserId>,
    Body(asked): Body<Create>,
) -> Result<impl IntoResponse, ApiError> {
    let login = login(Some(asked.username), Some(asked.password))?;
    sandbox.look(|world, _| {
        let id = world.create_connection(user, asked.brokerage, login)?;
        if asked.is_auth {
            world.keep_for_verification(id)?;
        }
        Ok::<_, ApiError>((StatusCode::CREATED, one(world, id)?))
    })
}

/// `GET /v2/accounts` → `{"accounts": […]}`.
pub(super) async fn list(State(sandbox): State<Sandbox>) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| many(world, world.connections(), world.deposit_portfolios()))
}

/// `GET /v2/users/{id}/accounts` → `{"accounts": […]}`.
pub(super) async fn of_user(
    State(sandbox): State<Sandbox>,
    Id(user): Id<UserId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        world.user(user)?;
        many(world, world.connections_of(user), world.deposit_portfolios_of(user))
    })
}

/// `GET /v2/accounts/{id}` → `{"account": {…}}`.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| one(world, id))
}

/// `PUT /v2/accounts/{id}` `{username, password}`: another login, for the next sync. A `brokerage` must be the same.
pub(super) async fn update(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
    Body(asked): Body<Update>,
) -> Result<Json<Value>, ApiError> {
    let login = login(asked.username, asked.password)?;
    sandbox.look(|world, _| {
        let institution = world.connection(id)?.institution;
        if asked.brokerage.is_some_and(|brokerage| brokerage != institution) {
            return Err(ApiError::invalid("an account stays at its brokerage"));
        }
        if let Some(login) = login {
            world.replace_login(id, login)?;
        }
        one(world, id)
    })
}

/// `DELETE /v2/accounts/{id}` → 204.
pub(super) async fn delete(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
) -> Result<StatusCode, ApiError> {
    sandbox.look(|world, _| world.delete_connection(id))?;
    Ok(StatusCode::NO_CONTENT)
}

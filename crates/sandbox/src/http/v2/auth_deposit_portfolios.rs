//! `/v2/auth_deposit_portfolios`: placeholders for accounts that are proven by deposits alone.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::error::ApiError;
use super::super::extract::{Body, Id};
use crate::aggregator::{DepositPortfolio, Refusal, World};
use crate::clock::plain_millis;
use crate::id::{AccountId, ConnectionId, InstitutionId, UserId};
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
pub(super) struct Create {
    name: Option<String>,
}

/// A placeholder in v2's fields.
#[derive(Serialize)]
struct View {
    account: ConnectionId,
    brokerage: InstitutionId,
    brokerage_name: &'static str,
    id: AccountId,
    last_change: String,
    portfolio_name: String,
    user: UserId,
    username: String,
}

fn view(world: &World, portfolio: &DepositPortfolio) -> Result<View, Refusal> {
    Ok(View {
        account: portfolio.connection,
        brokerage: DepositPortfolio::INSTITUTION,
        brokerage_name: DepositPortfolio::INSTITUTION_NAME,
        id: portfolio.id,
        last_change: plain_millis(portfolio.created),
        portfolio_name: portfolio.name.clone(),
        user: portfolio.user,
        username: world.user(portfolio.user)?.username.clone(),
    })
}

fn one(world: &World, id: AccountId) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({ "auth_deposit_portfolio": view(world, world.deposit_portfolio(id)?)? })))
}

fn many<'a>(
    world: &World,
    portfolios: impl Iterator<Item = &'a DepositPortfolio>,
) -> Result<Json<Value>, ApiError> {
    let views = portfolios.map(|portfolio| view(world, portfolio)).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(json!({ "auth_deposit_portfolios": views })))
}

/// `GET /v2/auth_deposit_portfolios` → `{"auth_deposit_portfolios": […]}`, of all users.
pub(super) async fn list(State(sandbox): State<Sandbox>) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| many(world, world.deposit_portfolios()))
}

/// `GET /v2/users/{id}/auth_deposit_portfolios` → `{"auth_deposit_portfolios": […]}`.
pub(super) async fn of_user(
    State(sandbox): State<Sandbox>,
    Id(user): Id<UserId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        world.user(user)?;
        many(world, world.deposit_portfolios_of(user))
    })
}

/// `POST /v2/users/{id}/auth_deposit_portfolios` `{name?}` → 201 `{"auth_deposit_portfolio": {…}}`.
pub(super) async fn create(
    State(sandbox): State<Sandbox>,
    Id(user): Id<UserId>,
    Body(asked): Body<Create>,
) -> Result<impl IntoResponse, ApiError> {
    sandbox.look(|world, _| {
        let id = world.create_deposit_portfolio(user, asked.name)?.id;
        Ok::<_, ApiError>((StatusCode::CREATED, one(world, id)?))
    })
}

/// `GET /v2/auth_deposit_portfolios/{id}` → `{"auth_deposit_portfolio": {…}}`.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Id(id): Id<AccountId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| one(world, id))
}

/// `DELETE /v2/auth_deposit_portfolios/{id}` → 204; its deposits go too.
pub(super) async fn delete(
    State(sandbox): State<Sandbox>,
    Id(id): Id<AccountId>,
) -> Result<StatusCode, ApiError> {
    sandbox.look(|world, _| world.delete_deposit_portfolio(id))?;
    Ok(StatusCode::NO_CONTENT)
}

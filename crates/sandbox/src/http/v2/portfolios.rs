//! `/v2/portfolios`: what v2 calls a portfolio is an account of a person (checking, savings, …).
//!
//! They are there after a good aggregation; a sync for verification alone shows only in `…/auth`. Auth deposit
//! portfolios are among them.

use std::borrow::Cow;
use std::iter;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};

use super::super::error::ApiError;
use super::super::extract::Id;
use super::UNKNOWN;
use crate::aggregator::{Account, Connection, DepositPortfolio, Refusal, World};
use crate::clock::plain_millis;
use crate::id::{AccountId, ConnectionId, InstitutionId, UserId};
use crate::money::Cents;
use crate::sandbox::Sandbox;

/// A portfolio in v2's fields.
#[derive(Serialize)]
struct View {
    account: ConnectionId,
    brokerage: InstitutionId,
    brokerage_name: Cow<'static, str>,
    description: Option<String>,
    id: AccountId,
    is_inactive: bool,
    is_taxable: bool,
    last_change: Option<String>,
    nickname: Option<String>,
    owner_type: Option<&'static str>,
    portfolio_category: &'static str,
    portfolio_name: String,
    portfolio_subtype: Option<&'static str>,
    portfolio_type: &'static str,
    portfolio_type_confidence: Option<&'static str>,
    update_count: u32,
    user: UserId,
    username: String,
    value: Option<Cents>,
}

fn view(world: &World, connection: &Connection, account: Account) -> Result<View, Refusal> {
    let holding = account.holding;
    Ok(View {
        account: connection.id,
        brokerage: connection.institution,
        brokerage_name: world.institution_of(connection.id)?.name.clone(),
        description: None,
        id: account.id,
        is_inactive: false,
        is_taxable: true,
        last_change: connection.last_good_sync.map(plain_millis),
        nickname: None,
        owner_type: Some(holding.owner_type),
        portfolio_category: holding.category,
        portfolio_name: account.label(),
        portfolio_subtype: None,
        portfolio_type: holding.kind,
        portfolio_type_confidence: Some(holding.confidence),
        update_count: connection.good_syncs,
        user: connection.user,
        username: world.user(connection.user)?.username.clone(),
        value: Some(holding.present),
    })
}

/// A placeholder, of which nothing is known.
fn placeholder(world: &World, portfolio: &DepositPortfolio) -> Result<View, Refusal> {
    Ok(View {
        account: portfolio.connection,
        brokerage: DepositPortfolio::INSTITUTION,
        brokerage_name: DepositPortfolio::INSTITUTION_NAME.into(),
        description: None,
        id: portfolio.id,
        is_inactive: false,
        is_taxable: false,
        last_change: Some(plain_millis(portfolio.created)),
        nickname: None,
        owner_type: None,
        portfolio_category: UNKNOWN,
        portfolio_name: portfolio.name.clone(),
        portfolio_subtype: None,
        portfolio_type: UNKNOWN,
        portfolio_type_confidence: None,
        update_count: 0,
        user: portfolio.user,
        username: world.user(portfolio.user)?.username.clone(),
        value: None,
    })
}

fn many<'a>(
    world: &World,
    connections: impl Iterator<Item = &'a Connection>,
    portfolios: impl Iterator<Item = &'a DepositPortfolio>,
) -> Result<Json<Value>, ApiError> {
    let found = connections
        .filter(|connection| connection.is_aggregated)
        .flat_map(|connection| connection.accounts.iter().map(move |account| (connection, *account)))
        .map(|(connection, account)| view(world, connection, account));
    let views = found.chain(portfolios.map(|portfolio| placeholder(world, portfolio)));
    Ok(Json(json!({ "portfolios": views.collect::<Result<Vec<_>, _>>()? })))
}

/// `GET /v2/portfolios` → `{"portfolios": […]}`.
pub(super) async fn list(State(sandbox): State<Sandbox>) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| many(world, world.connections(), world.deposit_portfolios()))
}

/// `GET /v2/users/{id}/portfolios` → `{"portfolios": […]}`.
pub(super) async fn of_user(
    State(sandbox): State<Sandbox>,
    Id(user): Id<UserId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        world.user(user)?;
        many(world, world.connections_of(user), world.deposit_portfolios_of(user))
    })
}

/// `GET /v2/accounts/{id}/portfolios` → `{"portfolios": […]}`.
pub(super) async fn of_account(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| match world.connection(id) {
        Ok(connection) => many(world, iter::once(connection), iter::empty()),
        Err(_) => many(world, iter::empty(), iter::once(world.deposit_portfolio_of(id)?)),
    })
}

/// `GET /v2/portfolios/{id}` → `{"portfolio": {…}}`.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Id(id): Id<AccountId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        let view = match world.aggregated_account(id) {
            Ok((connection, account)) => view(world, connection, account)?,
            Err(_) => placeholder(world, world.deposit_portfolio(id)?)?,
        };
        Ok(Json(json!({ "portfolio": view })))
    })
}

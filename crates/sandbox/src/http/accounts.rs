//! Accounts (`…/accounts`) and their numbers (`…/auth`).
//!
//! Numbers are there only after a good verification sync: before one, a connection's list is empty and an account's
//! own call answers 404. Quovo's pages do not say; `last_good_auth` means that much there.

use std::borrow::Cow;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::extract::Id;
use crate::aggregator::{Account, Connection, Refusal, World};
use crate::catalogue::ROUTING;
use crate::clock::plain;
use crate::id::{AccountId, ConnectionId, InstitutionId, UserId};
use crate::money::Cents;
use crate::sandbox::Sandbox;

/// An account in Quovo v3's fields.
#[derive(Serialize)]
struct View {
    id: AccountId,
    connection_id: ConnectionId,
    institution_id: InstitutionId,
    institution_name: Cow<'static, str>,
    user_id: UserId,
    username: String,
    name: String,
    nickname: Option<String>,
    category: &'static str,
    r#type: &'static str,
    type_confidence: &'static str,
    owner_type: &'static str,
    is_taxable: bool,
    is_disabled: bool,
    value: Cents,
}

fn view(world: &World, connection: &Connection, account: Account) -> Result<View, Refusal> {
    let holding = account.holding;
    Ok(View {
        id: account.id,
        connection_id: connection.id,
        institution_id: connection.institution,
        institution_name: world.institution_of(connection.id)?.name.clone(),
        user_id: connection.user,
        username: world.user(connection.user)?.username.clone(),
        name: account.label(),
        nickname: None,
        category: holding.category,
        r#type: holding.kind,
        type_confidence: holding.confidence,
        owner_type: holding.owner_type,
        is_taxable: true,
        is_disabled: false,
        value: holding.present,
    })
}

/// An account with its numbers, in Quovo v3's fields for the USA.
#[derive(Serialize)]
struct NumberView {
    id: AccountId,
    connection_id: ConnectionId,
    institution_id: InstitutionId,
    institution_name: Cow<'static, str>,
    user_id: UserId,
    username: String,
    account_name: String,
    account_nickname: Option<String>,
    account_number: String,
    routing: &'static str,
    wire_routing: Option<&'static str>,
    present_balance: Cents,
    available_balance: Cents,
    category: &'static str,
    r#type: &'static str,
    type_confidence: &'static str,
    owner_details: OwnerDetails,
    last_good_auth: Option<String>,
}

#[derive(Serialize)]
struct OwnerDetails {
    address: Address,
    dob: &'static str,
    email: &'static str,
    phone: &'static str,
    owner_names: &'static [&'static str],
}

#[derive(Serialize)]
struct Address {
    street: &'static str,
    city: &'static str,
    state: &'static str,
    zip: &'static str,
}

fn number_view(world: &World, connection: &Connection, account: Account) -> Result<NumberView, Refusal> {
    let holding = account.holding;
    Ok(NumberView {
        id: account.id,
        connection_id: connection.id,
        institution_id: connection.institution,
        institution_name: world.institution_of(connection.id)?.name.clone(),
        user_id: connection.user,
        username: world.user(connection.user)?.username.clone(),
        account_name: account.label(),
        account_nickname: None,
        account_number: account.number(),
        routing: ROUTING,
        wire_routing: None,
        present_balance: holding.present,
        available_balance: holding.available,
        category: holding.category,
        r#type: holding.kind,
        type_confidence: holding.confidence,
        owner_details: OwnerDetails {
            address: Address { street: "1 Pier Road", city: "Salem", state: "MA", zip: "01970" },
            dob: "1980-01-31",
            email: "pat@practice.example",
            phone: "2025550142",
            owner_names: holding.owners,
        },
        last_good_auth: connection.last_good_auth.map(plain),
    })
}

fn list(world: &World, accounts: Vec<(&Connection, Account)>) -> Result<Json<Value>, ApiError> {
    let views = accounts
        .into_iter()
        .map(|(connection, account)| view(world, connection, account))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Json(json!({ "accounts": views })))
}

/// `GET /v3/connections/{id}/accounts` → `{"accounts": […]}`.
pub(super) async fn of_connection(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| list(world, world.accounts_of(id)?))
}

/// `GET /v3/users/{id}/accounts` → `{"accounts": […]}`.
pub(super) async fn of_user(
    State(sandbox): State<Sandbox>,
    Id(id): Id<UserId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| list(world, world.accounts_of_user(id)?))
}

/// `GET /v3/accounts/{id}` → `{"account": {…}}`.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Id(id): Id<AccountId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        let (connection, account) = world.account(id)?;
        Ok(Json(json!({ "account": view(world, connection, account)? })))
    })
}

/// `GET /v3/connections/{id}/auth` → `{"auth": {last_good_auth, country_code, accounts}}`.
pub(super) async fn numbers_of_connection(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        let accounts = world.numbers_of(id)?;
        let connection = world.connection(id)?;
        let views = accounts
            .into_iter()
            .map(|account| number_view(world, connection, account))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Json(json!({ "auth": {
            "last_good_auth": connection.last_good_auth.map(plain),
            "country_code": world.institution_of(id)?.country_code,
            "accounts": views,
        } })))
    })
}

/// `GET /v3/accounts/{id}/auth` → `{"auth": {…}}`.
pub(super) async fn number(
    State(sandbox): State<Sandbox>,
    Id(id): Id<AccountId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        let (connection, account) = world.number_of(id)?;
        Ok(Json(json!({ "auth": number_view(world, connection, account)? })))
    })
}

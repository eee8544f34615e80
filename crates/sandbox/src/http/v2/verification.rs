//! `GET /v2/accounts/{id}/auth`: account and routing numbers, and whose they are.
//!
//! The portfolios are those whose numbers a good verification sync has read, and those that deposits have proven. Before
//! either the list is empty; Quovo's pages do not say.

use std::borrow::Cow;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};

use super::super::error::ApiError;
use super::super::extract::Id;
use super::{NestedError, UNKNOWN};
use crate::aggregator::{Account, Connection, Deposit, DepositPortfolio, World};
use crate::catalogue::{OwnerDetails, ROUTING};
use crate::clock::plain_millis;
use crate::id::{AccountId, ConnectionId, InstitutionId, UserId};
use crate::money::Cents;
use crate::sandbox::Sandbox;

/// An account with its numbers in v2's fields.
#[derive(Serialize)]
struct View {
    balance: Option<Cents>,
    brokerage: InstitutionId,
    brokerage_name: Cow<'static, str>,
    id: ConnectionId,
    last_good_auth: Option<String>,
    portfolios: Vec<PortfolioView>,
    updated: String,
    user: UserId,
    username: String,
}

/// One of its portfolios. `name` is the account number.
#[derive(Serialize)]
struct PortfolioView {
    balance: Option<Cents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details>,
    id: AccountId,
    name: String,
    owner_names: Option<&'static [&'static str]>,
    portfolio_category: &'static str,
    portfolio_type: &'static str,
    portfolio_type_confidence: Option<&'static str>,
    routing: String,
    wire_routing: Option<&'static str>,
}

/// What is known of the owner: for each fact the fact, or why it is not there.
#[derive(Serialize)]
struct Details {
    address: Fact<Address>,
    dob: Fact<&'static str>,
    email: Fact<&'static str>,
    phone: Fact<&'static str>,
}

#[derive(Serialize)]
struct Fact<T> {
    data: Option<T>,
    error: Option<NestedError>,
}

#[derive(Serialize)]
struct Address {
    city: &'static str,
    state: &'static str,
    street: &'static str,
    zip: &'static str,
}

impl<T> Fact<T> {
    fn known(data: T) -> Self {
        Self { data: Some(data), error: None }
    }

    fn not_found() -> Self {
        Self { data: None, error: Some(NestedError { id: "not_found", message: "Not found." }) }
    }
}

impl Details {
    fn of_owner(allowed: OwnerDetails) -> Option<Self> {
        let address = Address { city: "Salem", state: "MA", street: "1 Pier Road", zip: "01970" };
        let all = Self {
            address: Fact::known(address),
            dob: Fact::known("1980-01-31"),
            email: Fact::known("pat@practice.example"),
            phone: Fact::known("2025550142"),
        };
        match allowed {
            OwnerDetails::All => Some(all),
            OwnerDetails::NoEmail => Some(Self { email: Fact::not_found(), ..all }),
            OwnerDetails::Withheld => None,
        }
    }
}

fn read_at_the_bank(account: Account, allowed: OwnerDetails) -> PortfolioView {
    let holding = account.holding;
    PortfolioView {
        balance: Some(holding.present),
        details: Details::of_owner(allowed),
        id: account.id,
        name: account.number(),
        owner_names: Some(holding.owners),
        portfolio_category: holding.category,
        portfolio_type: holding.kind,
        portfolio_type_confidence: Some(holding.confidence),
        routing: ROUTING.to_owned(),
        wire_routing: None,
    }
}

/// Of an account that only deposits have proven nothing is known but its numbers, and what an aggregation found.
fn proven(deposit: &Deposit, linked: Option<Account>) -> PortfolioView {
    let holding = linked.map(|account| account.holding);
    PortfolioView {
        balance: holding.map(|holding| holding.present),
        details: Some(Details {
            address: Fact::not_found(),
            dob: Fact::not_found(),
            email: Fact::not_found(),
            phone: Fact::not_found(),
        }),
        id: deposit.account,
        name: deposit.target.number.expose().to_owned(),
        owner_names: None,
        portfolio_category: holding.map_or(UNKNOWN, |holding| holding.category),
        portfolio_type: holding.map_or(UNKNOWN, |holding| holding.kind),
        portfolio_type_confidence: holding.map(|holding| holding.confidence),
        routing: deposit.target.routing.expose().to_owned(),
        wire_routing: None,
    }
}

fn of_connection(world: &World, connection: &Connection) -> Result<View, ApiError> {
    let institution = world.institution_of(connection.id)?;
    let known = world.numbers_of(connection.id)?;
    let read = known.iter().map(|account| read_at_the_bank(*account, institution.owner_details));
    let others = connection.accounts.iter().filter(|account| !known.iter().any(|one| one.id == account.id));
    let by_deposits = others.filter_map(|account| Some(proven(world.proof_of(account.id)?, Some(*account))));
    Ok(View {
        balance: connection.value(),
        brokerage: connection.institution,
        brokerage_name: institution.name.clone(),
        id: connection.id,
        last_good_auth: connection.last_good_auth.map(plain_millis),
        portfolios: read.chain(by_deposits).collect(),
        updated: plain_millis(connection.last_sync.unwrap_or(connection.created)),
        user: connection.user,
        username: world.user(connection.user)?.username.clone(),
    })
}

fn of_placeholder(world: &World, placeholder: &DepositPortfolio) -> Result<View, ApiError> {
    let proof = world.proof_of(placeholder.id);
    world.note_numbers_read(placeholder.connection);
    Ok(View {
        balance: None,
        brokerage: DepositPortfolio::INSTITUTION,
        brokerage_name: DepositPortfolio::INSTITUTION_NAME.into(),
        id: placeholder.connection,
        last_good_auth: None,
        portfolios: proof.map(|deposit| proven(deposit, None)).into_iter().collect(),
        updated: plain_millis(proof.map_or(placeholder.created, |deposit| deposit.updated)),
        user: placeholder.user,
        username: world.user(placeholder.user)?.username.clone(),
    })
}

/// `GET /v2/accounts/{id}/auth` → `{"auth": {…}}`.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        let view = match world.connection(id) {
            Ok(connection) => of_connection(world, connection)?,
            Err(_) => of_placeholder(world, world.deposit_portfolio_of(id)?)?,
        };
        Ok(Json(json!({ "auth": view })))
    })
}

//! `GET /v2/accounts/{id}/auth`: account and routing numbers, and whose they are.
//!
//! The portfolios are those whose numbers a good verification sync has read. Before one the list is empty; Quovo's pages
//! do not say.

use std::borrow::Cow;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};

use super::super::error::ApiError;
use super::super::extract::Id;
use crate::aggregator::Account;
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

/// An error inside a resource: without the `status` of the envelope.
#[derive(Serialize)]
struct NestedError {
    id: &'static str,
    message: &'static str,
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

/// `GET /v2/accounts/{id}/auth` → `{"auth": {…}}`.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        let accounts = world.numbers_of(id)?;
        let connection = world.connection(id)?;
        let institution = world.institution_of(id)?;
        let view = View {
            balance: connection.value(),
            brokerage: connection.institution,
            brokerage_name: institution.name.clone(),
            id,
            last_good_auth: connection.last_good_auth.map(plain_millis),
            portfolios: accounts
                .into_iter()
                .map(|account| read_at_the_bank(account, institution.owner_details))
                .collect(),
            updated: plain_millis(connection.last_sync.unwrap_or(connection.created)),
            user: connection.user,
            username: world.user(connection.user)?.username.clone(),
        };
        Ok(Json(json!({ "auth": view })))
    })
}

//! `/v2/auth_deposits`: micro-deposits to an account, their status, and verifying them by their amounts.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};

use super::super::error::ApiError;
use super::super::extract::{Body, Id, Params};
use super::super::tokens::read_time;
use super::{NestedError, status_word};
use crate::aggregator::{Amounts, Deposit, DepositPortfolio, Target, Tried, World};
use crate::clock::zoned;
use crate::id::{AccountId, ConnectionId, DepositId};
use crate::ledger::DepositWay;
use crate::money::Cents;
use crate::sandbox::Sandbox;
use crate::secret::Secret;

/// A pair of deposits in v2's fields. Its times have a `Z` and no fraction, unlike those of all other resources.
#[derive(Serialize)]
struct View {
    account: ConnectionId,
    account_status: Option<&'static str>,
    created: String,
    error: Option<NestedError>,
    id: DepositId,
    portfolio: AccountId,
    status: &'static str,
    updated: String,
}

fn view(world: &World, deposit: &Deposit) -> View {
    let account_status = match deposit.way {
        DepositWay::Manual => Some(DepositPortfolio::STATUS),
        DepositWay::Automatic => {
            let connection = world.connection(deposit.connection);
            connection.ok().and_then(|connection| status_word(connection.status()))
        }
    };
    View {
        account: deposit.connection,
        account_status,
        created: zoned(deposit.created),
        error: deposit.error().map(|error| NestedError { id: error.id(), message: error.message() }),
        id: deposit.id,
        portfolio: deposit.account,
        status: deposit.status_word(),
        updated: zoned(deposit.updated),
    }
}

#[derive(Deserialize)]
pub(super) struct Filter {
    status: Option<String>,
    updated_after: Option<String>,
}

/// The words that `status` may be. The two for failed deposits mean the same (quovo.md 9.1).
const STATUSES: &[&str] =
    &["requested", "submitted", "transferred", "verified", "deposit_failed", "failed", "verification_failed"];

/// What a list is asked for.
struct Wanted {
    status: Option<&'static str>,
    updated_after: Option<Timestamp>,
}

impl Filter {
    fn read(self) -> Result<Wanted, ApiError> {
        let known = |word: &str| STATUSES.iter().find(|known| **known == word).copied();
        let status = self.status.as_deref().map(|word| {
            known(word).map(one_word).ok_or(ApiError::invalid("there is no such status of deposits"))
        });
        let updated_after = self
            .updated_after
            .as_deref()
            .map(|text| read_time(text).ok_or(ApiError::invalid("updated_after is not an ISO 8601 time")));
        Ok(Wanted { status: status.transpose()?, updated_after: updated_after.transpose()? })
    }
}

fn one_word(status: &'static str) -> &'static str {
    if status == "failed" { "deposit_failed" } else { status }
}

impl Wanted {
    /// Updated *after* the given time: one of the very same second is left out, so ask with an overlap.
    fn takes(&self, deposit: &Deposit) -> bool {
        self.status.is_none_or(|status| status == one_word(deposit.status_word()))
            && self.updated_after.is_none_or(|after| deposit.updated > after)
    }
}

fn many<'a>(world: &World, deposits: impl Iterator<Item = &'a Deposit>, wanted: &Wanted) -> Json<Value> {
    let views: Vec<View> =
        deposits.filter(|deposit| wanted.takes(deposit)).map(|deposit| view(world, deposit)).collect();
    Json(json!({ "auth_deposits": views }))
}

/// `GET /v2/auth_deposits?status=&updated_after=` → `{"auth_deposits": […]}`, of all users.
pub(super) async fn list(
    State(sandbox): State<Sandbox>,
    Params(filter): Params<Filter>,
) -> Result<Json<Value>, ApiError> {
    let wanted = filter.read()?;
    Ok(sandbox.look(|world, _| many(world, world.deposits(), &wanted)))
}

/// `GET /v2/portfolios/{id}/auth_deposits?status=&updated_after=` → `{"auth_deposits": […]}`.
pub(super) async fn of_portfolio(
    State(sandbox): State<Sandbox>,
    Id(id): Id<AccountId>,
    Params(filter): Params<Filter>,
) -> Result<Json<Value>, ApiError> {
    let wanted = filter.read()?;
    sandbox.look(|world, _| Ok(many(world, world.deposits_to(id)?, &wanted)))
}

#[derive(Deserialize)]
pub(super) struct Create {
    /// The account number.
    name: Secret,
    routing: Secret,
}

impl Create {
    /// Whether these can be numbers at all. Whether a bank knows them shows later, in the deposits' status.
    fn read(self) -> Result<Target, ApiError> {
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (name, routing) = (self.name.expose(), self.routing.expose());
        if !are_digits(routing) || routing.len() != 9 {
            return Err(ApiError::invalid("routing has to be nine digits"));
        }
        if !are_digits(name) || !(4..=17).contains(&name.len()) {
            return Err(ApiError::invalid("name has to be an account number of 4 to 17 digits"));
        }
        Ok(Target { number: self.name, routing: self.routing })
    }
}

/// `POST /v2/portfolios/{id}/auth_deposits` `{name, routing}` → 201 `{"auth_deposit": {…}}`.
pub(super) async fn create(
    State(sandbox): State<Sandbox>,
    Id(id): Id<AccountId>,
    Body(asked): Body<Create>,
) -> Result<impl IntoResponse, ApiError> {
    let target = asked.read()?;
    let drawn = Amounts::draw()?;
    sandbox.look(|world, _| {
        let made = world.create_deposit(id, target, drawn)?.id;
        let view = view(world, world.deposit(made)?);
        Ok::<_, ApiError>((StatusCode::CREATED, Json(json!({ "auth_deposit": view }))))
    })
}

/// `GET /v2/auth_deposits/{id}` → `{"auth_deposits": [{…}]}`: a list of one, as the reference prints it (quovo.md 9.4).
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Id(id): Id<DepositId>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| Ok(Json(json!({ "auth_deposits": [view(world, world.deposit(id)?)] }))))
}

#[derive(Deserialize)]
pub(super) struct Verify {
    amounts: Vec<Number>,
}

impl Verify {
    /// Two amounts in dollars, in either order (quovo.md 9.19).
    fn read(&self) -> Result<[Cents; 2], ApiError> {
        const PAIR: &str = "amounts has to be two numbers of dollars";
        let [first, second] = self.amounts.as_slice() else { return Err(ApiError::invalid(PAIR)) };
        let read = |amount: &Number| cents(&amount.to_string()).ok_or(ApiError::invalid(PAIR));
        Ok([read(first)?, read(second)?])
    }
}

/// Dollars with at most two decimal places, as serde writes numbers.
fn cents(dollars: &str) -> Option<Cents> {
    let (whole, part) = dollars.split_once('.').unwrap_or((dollars, "0"));
    let tens = match part.len() {
        1 => 10,
        2 => 1,
        _ => return None,
    };
    let whole: i64 = whole.parse::<u32>().ok()?.into();
    let part: i64 = part.parse::<u32>().ok()?.into();
    Some(Cents(whole * 100 + part * tens))
}

/// `POST /v2/auth_deposits/{id}` `{amounts}` → `{"auth_deposit": {…}}` if they are the ones that were sent.
///
/// Wrong ones are 400. What is no pair of amounts is 400 too, and uses no try.
pub(super) async fn verify(
    State(sandbox): State<Sandbox>,
    Id(id): Id<DepositId>,
    Body(given): Body<Verify>,
) -> Result<Json<Value>, ApiError> {
    sandbox.look(|world, _| {
        world.deposit(id)?;
        match world.try_amounts(id, given.read()?)? {
            Tried::Right => Ok(Json(json!({ "auth_deposit": view(world, world.deposit(id)?) }))),
            Tried::Wrong => Err(ApiError::invalid("The values given do not match the deposits sent.")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_read_to_the_cent_and_nothing_finer() {
        for (dollars, expected) in [
            ("0.06", Some(6)),
            ("0.6", Some(60)),
            ("1", Some(100)),
            ("12.34", Some(1_234)),
            ("0.065", None),
            ("-0.06", None),
            ("1e-2", None),
            ("0.", None),
        ] {
            assert_eq!(cents(dollars), expected.map(Cents), "{dollars}");
        }
    }
}

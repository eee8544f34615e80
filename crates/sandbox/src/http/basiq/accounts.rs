//! `/users/{user}/accounts` and `…/transactions`: the user's, whichever connection they came by.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::error::BasiqError;
use super::extract::{Filtered, Here, Id, Ids};
use super::filter::Filter;
use crate::aggregator::basiq::{Account, Caller};
use crate::clock::zoned;
use crate::id::{BasiqAccountId, BasiqUserId};
use crate::sandbox::Sandbox;

const FIELDS: &[&str] = &["account.id", "connection.id", "institution.id"];

/// `GET …/accounts?filter=` → with numbers.
pub(super) async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Id(user): Id<BasiqUserId>,
    Filtered(filter): Filtered,
) -> Result<Json<Value>, BasiqError> {
    caller.server()?;
    let filter = Filter::read(filter.as_deref(), "account", FIELDS)?;
    sandbox.look(|world, _| {
        let accounts = world.basiq.read_accounts(user)?;
        let wanted = accounts.into_iter().filter(|one| filter.takes(|field| values(one, field)));
        let data: Vec<Value> = wanted.map(|account| shown(account, &here)).collect();
        let links = json!({"self": format!("{here}/users/{user}/accounts")});
        Ok(Json(json!({"type": "list", "data": data, "links": links})))
    })
}

/// `GET …/accounts/{id}`.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Ids(user, id): Ids<BasiqAccountId>,
) -> Result<Json<Value>, BasiqError> {
    caller.server()?;
    sandbox.look(|world, _| {
        let accounts = world.basiq.read_accounts(user)?;
        let account = accounts.into_iter().find(|account| account.id == id);
        account.map(|account| Json(shown(account, &here))).ok_or(BasiqError::NOT_FOUND)
    })
}

/// `GET …/transactions?filter=` → one for each account that has any.
pub(super) async fn transactions(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Id(user): Id<BasiqUserId>,
    Filtered(filter): Filtered,
) -> Result<Json<Value>, BasiqError> {
    caller.server()?;
    let filter = Filter::read(filter.as_deref(), "transaction", FIELDS)?;
    sandbox.look(|world, now| {
        world.basiq.user(user)?;
        let accounts = world.basiq.accounts_of(user).filter(|account| account.has_transactions);
        let wanted = accounts.filter(|one| filter.takes(|field| values(one, field)));
        let data: Vec<Value> = wanted.map(|account| transaction(account, now, &here)).collect();
        let links = json!({"self": format!("{here}/users/{user}/transactions")});
        Ok(Json(
            json!({"type": "list", "count": data.len(), "size": data.len(), "data": data, "links": links}),
        ))
    })
}

/// An account as a connection names it: without its number.
pub(super) fn named(account: &Account, here: &str) -> Value {
    let Account { id, user, .. } = account;
    json!({"type": "account", "id": id, "links": {"self": format!("{here}/users/{user}/accounts/{id}")}})
}

fn values(account: &Account, field: &str) -> Vec<String> {
    vec![match field {
        "account.id" => account.id.to_string(),
        "connection.id" => account.connection.to_string(),
        _ => account.institution.to_owned(),
    }]
}

fn shown(account: &Account, here: &str) -> Value {
    let Account { id, user, institution, connection, holding, .. } = account;
    let number =
        holding.bsb.map_or_else(|| holding.number.to_owned(), |bsb| format!("{bsb}-{}", holding.number));
    let mut shown = json!({
        "type": "account",
        "id": id,
        "accountHolder": holding.holder,
        "accountNo": number,
        "availableFunds": holding.available,
        "balance": holding.balance,
        "class": {"type": holding.class, "product": holding.product},
        "connection": connection,
        "currency": "AUD",
        "institution": institution,
        "lastUpdated": zoned(account.updated),
        "name": holding.name,
        "status": "available",
        "transactionIntervals": intervals(account),
        "links": {
            "self": format!("{here}/users/{user}/accounts/{id}"),
            "transactions": format!("{here}/users/{user}/transactions?filter=account.id.eq('{id}')"),
            "connection": null,
            "institution": format!("{here}/institutions/{institution}"),
        },
    });
    if account.has_parts {
        shown["bsb"] = json!(holding.bsb);
        shown["unmaskedAccNum"] = json!(holding.number);
        shown["maskedNumber"] = json!(masked(holding.number));
    }
    shown
}

fn masked(number: &str) -> String {
    let hidden = number.chars().count().saturating_sub(4);
    number.chars().enumerate().map(|(at, digit)| if at < hidden { 'x' } else { digit }).collect()
}

fn intervals(account: &Account) -> Value {
    if !account.has_transactions {
        return json!([]);
    }
    let to = account.updated.strftime("%Y-%m-%d").to_string();
    json!([{"from": to, "to": to}])
}

fn transaction(account: &Account, now: Timestamp, here: &str) -> Value {
    let Account { id, user, institution, connection, .. } = account;
    let own = format!("txn-{}", id.0);
    json!({
        "type": "transaction",
        "id": own,
        "status": "posted",
        "description": "Practice purchase",
        "amount": "-12.50",
        "account": id,
        "balance": null,
        "direction": "debit",
        "class": "payment",
        "institution": institution,
        "connection": connection,
        "transactionDate": "",
        "postDate": zoned(now.min(account.updated)),
        "links": {
            "self": format!("{here}/users/{user}/transactions/{own}"),
            "account": format!("{here}/users/{user}/accounts/{id}"),
            "institution": format!("{here}/institutions/{institution}"),
        },
    })
}

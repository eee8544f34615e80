//! Quovo v2 over HTTP: another way of speaking about the same world (quovo.md 1.2).
//!
//! Its words mislead who comes from v3: a *brokerage* is an institution, an *account* is a connection, a *portfolio* is
//! an account. Here only what is on the wire has v2's names; everything inside keeps ours.

mod accounts;
mod auth_deposit_portfolios;
mod auth_deposits;
mod brokerages;
mod challenges;
mod portfolios;
mod syncs;
mod verification;

use axum::Router;
use axum::routing::get;
use serde::Serialize;

use super::users;
use crate::sandbox::Sandbox;

/// The routes that need a token.
pub(super) fn routes() -> Router<Sandbox> {
    Router::new()
        // Users are the same in both dialects.
        .route("/v2/users", get(users::list).post(users::create))
        .route("/v2/users/{id}", get(users::show).put(users::update).delete(users::delete))
        .route("/v2/users/{id}/accounts", get(accounts::of_user).post(accounts::create))
        .route("/v2/users/{id}/portfolios", get(portfolios::of_user))
        .route("/v2/brokerages", get(brokerages::list))
        .route("/v2/brokerages/{id}", get(brokerages::show))
        .route("/v2/accounts", get(accounts::list))
        .route("/v2/accounts/{id}", get(accounts::show).put(accounts::update).delete(accounts::delete))
        .route("/v2/accounts/{id}/sync", get(syncs::poll).post(syncs::start))
        .route(
            "/v2/accounts/{id}/challenges",
            // The reference says POST, every client says PUT (quovo.md 9.3).
            get(challenges::list).put(challenges::answer).post(challenges::answer),
        )
        .route("/v2/accounts/{id}/portfolios", get(portfolios::of_account))
        .route("/v2/accounts/{id}/auth", get(verification::show))
        .route("/v2/challenges/{id}", get(challenges::show).put(challenges::answer_one))
        .route("/v2/portfolios", get(portfolios::list))
        .route("/v2/portfolios/{id}", get(portfolios::show))
        .route(
            "/v2/portfolios/{id}/auth_deposits",
            get(auth_deposits::of_portfolio).post(auth_deposits::create),
        )
        .route("/v2/auth_deposits", get(auth_deposits::list))
        .route("/v2/auth_deposits/{id}", get(auth_deposits::show).post(auth_deposits::verify))
        .route("/v2/auth_deposit_portfolios", get(auth_deposit_portfolios::list))
        .route(
            "/v2/auth_deposit_portfolios/{id}",
            get(auth_deposit_portfolios::show).delete(auth_deposit_portfolios::delete),
        )
        .route(
            "/v2/users/{id}/auth_deposit_portfolios",
            get(auth_deposit_portfolios::of_user).post(auth_deposit_portfolios::create),
        )
}

/// The type and category of an account of which nothing is known.
const UNKNOWN: &str = "Unknown";

/// An error inside a resource: without the `status` of the envelope.
#[derive(Serialize)]
struct NestedError {
    id: &'static str,
    message: &'static str,
}

/// The word for a connection's status. Quovo's v2 words are known for these; for the rest v3's stand in (quovo.md 9.15).
fn status_word(status: Option<&'static str>) -> Option<&'static str> {
    status.map(|status| match status {
        "incorrect_credentials" => "login",
        "challenges" => "questions",
        "user_config" => "config",
        other => other,
    })
}

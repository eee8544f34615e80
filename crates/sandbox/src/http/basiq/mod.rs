//! Basiq over HTTP, under `/basiq`: 2.1, where credentials are handed over, and 3.0, where people go to the consent page.
//! The token says which of the two its bearer speaks (basiq.md 0).

mod accounts;
mod connections;
mod connectors;
mod consents;
mod error;
mod extract;
mod filter;
mod jobs;
mod tokens;
mod users;

use axum::Router;
use axum::routing::{get, post};

use crate::sandbox::Sandbox;
use error::BasiqError;

/// Where the dialect's API begins.
const BASE: &str = "/basiq";

/// All routes of the API.
pub(super) fn routes() -> Router<Sandbox> {
    let api = Router::new()
        .route("/token", post(tokens::mint))
        .route("/connectors", get(connectors::list))
        .route("/connectors/{id}/{method}", get(connectors::show))
        .route("/public/connectors", get(connectors::list_publicly))
        .route("/public/connectors/{id}/{method}", get(connectors::show_publicly))
        .route("/institutions", get(connectors::institutions))
        .route("/institutions/{id}", get(connectors::institution))
        .route("/users", post(users::create))
        .route("/users/{user}", get(users::show).delete(users::delete))
        .route("/users/{user}/connections", get(connections::list).post(connections::create))
        .route(
            "/users/{user}/connections/{id}",
            get(connections::show).post(connections::update).delete(connections::delete),
        )
        .route("/users/{user}/connections/{id}/refresh", post(connections::refresh))
        .route("/users/{user}/connections/{id}/purge", post(connections::purge))
        .route("/users/{user}/jobs", get(jobs::list))
        .route("/jobs/{id}", get(jobs::show))
        .route("/jobs/{id}/mfa", post(jobs::answer))
        .route("/users/{user}/accounts", get(accounts::list))
        .route("/users/{user}/accounts/{id}", get(accounts::show))
        .route("/users/{user}/transactions", get(accounts::transactions))
        .route("/users/{user}/consents", get(consents::list))
        .route("/users/{user}/consents/{id}", axum::routing::delete(consents::revoke))
        .fallback(|| async { BasiqError::NOT_FOUND })
        .method_not_allowed_fallback(|| async { BasiqError::METHOD });
    Router::new().nest(BASE, api)
}

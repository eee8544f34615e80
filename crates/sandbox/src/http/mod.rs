//! Quovo v3 and v2 and Basiq over HTTP, and the console.

mod accounts;
mod auth;
mod bank_page;
mod basiq;
mod challenges;
mod connections;
mod consent_page;
mod console;
mod error;
mod extract;
mod institutions;
mod syncs;
mod tokens;
mod users;
mod v2;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::sandbox::Sandbox;
use error::ApiError;

/// On every answer, so that a proxy in production can refuse to talk to a practice aggregator.
const PRACTICE: HeaderName = HeaderName::from_static("x-linchpin-practice");

/// Bodies hold a few names and answers.
const BODY_LIMIT: usize = 64 * 1024;

/// All routes.
pub(crate) fn router(sandbox: Sandbox) -> Router {
    let for_api_user = Router::new()
        .route("/v3/tokens", get(tokens::list).post(tokens::mint).delete(tokens::revoke))
        .route("/v2/tokens", get(tokens::list).post(tokens::mint).delete(tokens::revoke))
        .route_layer(from_fn_with_state(sandbox.clone(), auth::api_user));

    let for_token_holders = Router::new()
        .route("/v3/users", get(users::list).post(users::create))
        .route("/v3/users/{id}", get(users::show).put(users::update).delete(users::delete))
        .route("/v3/users/{id}/connections", get(connections::of_user).post(connections::create))
        .route("/v3/users/{id}/accounts", get(accounts::of_user))
        .route("/v3/institutions", get(institutions::list))
        .route("/v3/institutions/{id}", get(institutions::show))
        .route("/v3/connections", get(connections::list))
        .route(
            "/v3/connections/{id}",
            get(connections::show).put(connections::update).delete(connections::delete),
        )
        .route("/v3/connections/{id}/sync", get(syncs::poll).post(syncs::start))
        .route("/v3/connections/{id}/oauth", post(bank_page::ask))
        .route(
            "/v3/connections/{id}/challenges",
            // The reference says POST, every client says PUT (quovo.md 9.3).
            get(challenges::list).put(challenges::answer).post(challenges::answer),
        )
        .route("/v3/connections/{id}/accounts", get(accounts::of_connection))
        .route("/v3/connections/{id}/auth", get(accounts::numbers_of_connection))
        .route("/v3/accounts/{id}", get(accounts::show))
        .route("/v3/accounts/{id}/auth", get(accounts::number))
        .merge(v2::routes())
        .route_layer(from_fn_with_state(sandbox.clone(), auth::token_holder));

    let for_people = Router::new()
        .route("/", get(console::page))
        .route("/bank/{id}", get(bank_page::show).post(bank_page::decide))
        .route("/console/console.css", get(console::style))
        .route("/console/icon.svg", get(console::icon))
        .route("/console/ledger.json", get(console::ledger))
        .route("/console/statement.json", get(console::statement))
        .route("/console/clock/advance", post(console::advance))
        .route("/console/deposits/{id}/outcome", post(console::force_deposit))
        .route("/console/connections/{id}/refuse-login", post(console::refuse_login))
        .merge(console::basiq::routes());

    Router::new()
        .merge(for_api_user)
        .merge(for_token_holders)
        .merge(for_people)
        .merge(basiq::routes())
        .merge(consent_page::routes())
        .fallback(|| async { ApiError::NOT_FOUND })
        .method_not_allowed_fallback(|| async { ApiError::METHOD })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(always(header::CACHE_CONTROL, "no-store"))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(PRACTICE, "true"))
        .with_state(sandbox)
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

//! The routes: who may call what. Each file holds one family.

mod client;
mod connections;
mod institutions;
mod reports;
mod sessions;

use crate::app::AppState;
use crate::{http, widget};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

/// No body of ours comes near this.
const LARGEST_BODY: usize = 64 * 1024;

pub(crate) fn router(state: AppState) -> Router {
    let client = Router::new()
        .route("/v1/link-tokens", post(client::create_link_token))
        .route("/v1/link-tokens/{id}", get(client::link_status).delete(client::revoke_link))
        .route("/v1/public-tokens/exchange", post(client::exchange))
        .route("/v1/connections/{id}/verification", get(client::verification));
    let widget = Router::new()
        .route("/v1/sessions", post(sessions::open))
        .route("/v1/sessions/current", get(sessions::current).delete(sessions::end))
        .route("/v1/sessions/extend", post(sessions::extend))
        .route("/v1/sessions/consent", post(sessions::consent))
        .route("/v1/institutions", get(institutions::search))
        .route("/v1/institutions/{id}", get(institutions::detail))
        .route("/v1/connections", post(connections::create))
        .route("/v1/connections/{id}", get(connections::read))
        .route("/v1/connections/{id}/credentials", post(connections::credentials))
        .route("/v1/connections/{id}/answers", post(connections::answers))
        .route("/v1/connections/{id}/retry", post(connections::retry))
        .route("/v1/connections/{id}/accounts", post(connections::choose))
        .route("/v1/connections/{id}/public-token", post(connections::public_token));
    let files = Router::new()
        .route("/widget", get(widget::page))
        .route("/widget/{*file}", get(widget::asset))
        .route("/sdk/{file}", get(widget::sdk))
        .route("/csp-reports", post(reports::policy_violation))
        .route("/healthz", get(|| async { "ok\n" }));
    client
        .merge(widget)
        .merge(files)
        .fallback(http::no_such_route)
        .method_not_allowed_fallback(http::no_such_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CatchPanicLayer::custom(http::after_panic))
        .layer(from_fn_with_state(state.clone(), http::every_request))
        .with_state(state)
}

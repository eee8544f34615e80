//! Whether calls should come here, and the listener for whoever watches over the proxy.

use crate::app::AppState;
use crate::http;
use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;

/// What each part says. All of them must be fine.
#[derive(Debug, Serialize)]
struct Readiness {
    /// The database answers.
    store: bool,
    /// The institutions are known.
    institutions: bool,
    /// It is not about to stop.
    staying: bool,
}

/// `GET /readyz`: 200 while calls should come here, else 503; the body says which part is not ready.
pub(crate) async fn ready(State(state): State<AppState>) -> Response {
    let readiness = Readiness {
        store: state.store.answers().await.is_ok(),
        institutions: state.directory.listings().is_some(),
        staying: !state.closing.is_cancelled(),
    };
    let fine = readiness.store && readiness.institutions && readiness.staying;
    let status = if fine { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness)).into_response()
}

/// The routes of the listener for operators. It is never the public one: counts tell strangers about the business.
pub(crate) fn operators(state: AppState) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/readyz", get(ready))
        .layer(from_fn_with_state(state.clone(), http::every_request))
        .with_state(state)
}

async fn metrics(State(state): State<AppState>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], state.metrics.text(state.tasks.len()))
}

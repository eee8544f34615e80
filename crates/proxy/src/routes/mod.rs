//! The routes: who may call what. Each file holds one family.

mod bank_login;
mod client;
mod connections;
mod deposits;
mod document;
mod institution_requests;
mod institutions;
mod manage;
mod reports;
mod sessions;
mod users;

#[cfg(fuzzing)]
pub(crate) use reports::directive;

use crate::app::AppState;
use crate::{http, pages, ready, sharing, widget};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// No body of ours comes near this.
const LARGEST_BODY: usize = 64 * 1024;

/// The API, each route with its description.
fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(document::base())
        .routes(routes!(client::create_link_token))
        .routes(routes!(client::link_status, client::revoke_link))
        .routes(routes!(client::exchange))
        .routes(routes!(client::verification))
        .routes(routes!(users::connections))
        .routes(routes!(sessions::open))
        .routes(routes!(sessions::current, sessions::end))
        .routes(routes!(sessions::extend))
        .routes(routes!(sessions::consent))
        .routes(routes!(institutions::search))
        .routes(routes!(institutions::detail))
        .routes(routes!(institution_requests::ask, institution_requests::list))
        .routes(routes!(connections::create, manage::list))
        .routes(routes!(connections::take_up))
        .routes(routes!(connections::read, manage::disconnect))
        .routes(routes!(manage::refresh))
        .routes(routes!(manage::move_connection))
        .routes(routes!(connections::credentials))
        .routes(routes!(connections::answers))
        .routes(routes!(connections::retry))
        .routes(routes!(connections::choose))
        .routes(routes!(connections::authorize))
        .routes(routes!(connections::abandon))
        .routes(routes!(connections::public_token))
        .routes(routes!(deposits::routing_number))
        .routes(routes!(deposits::create, deposits::list))
        .routes(routes!(deposits::read))
        .routes(routes!(deposits::amounts))
        .routes(routes!(deposits::correct))
        .routes(routes!(deposits::withdraw))
        .routes(routes!(deposits::public_token))
        .routes(routes!(deposits::verification))
}

/// The API's document, as `docs/openapi.json` holds it.
pub fn document() -> serde_json::Value {
    document::complete(api().into_openapi())
}

pub(crate) fn router(state: AppState) -> Router {
    let files = Router::new()
        .route("/widget", get(widget::page))
        .route(sharing::ELEMENT, get(widget::element))
        .route("/widget/words/{name}", get(widget::words))
        .route("/widget/looks/{name}", get(widget::look))
        .route("/widget/{*file}", get(widget::asset))
        .route("/sdk/{file}", get(widget::sdk))
        .route("/gallery", get(widget::gallery))
        .route("/gallery/", get(widget::gallery))
        .route("/gallery/{*file}", get(widget::gallery_file))
        // Whoever only asks what there is goes nowhere.
        .route("/go/{ticket}", get(bank_login::go).head(http::no_such_method))
        .route("/return", get(bank_login::come_back).post(bank_login::matches).head(http::no_such_method))
        .route("/return/page.css", get(pages::style))
        .route("/csp-reports", post(reports::policy_violation))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready::ready));
    let (api, _) = api().split_for_parts();
    api.merge(files)
        .fallback(http::no_such_route)
        .method_not_allowed_fallback(http::no_such_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CatchPanicLayer::custom(http::after_panic))
        .layer(from_fn_with_state(state.clone(), http::every_request))
        .with_state(state)
}

//! The console: a page for people, and the same facts as JSON for tests.
//!
//! No script, no inline style, nothing from elsewhere. It has no password, so a page of another site must not be able
//! to move the clock: browsers say where a request comes from, and only the console's own forms are let through.

mod page;

use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

use super::error::ApiError;
use super::extract::Body;
use crate::sandbox::Sandbox;

const STYLE: &str = include_str!("console.css");
const ICON: &str = include_str!("icon.svg");

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'",
);
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A step of the clock: a leap year at most, so that a slip of the keyboard does not end the practice.
const LONGEST_STEP_S: u64 = 366 * 24 * 60 * 60;

#[derive(Deserialize)]
struct Step {
    seconds: u64,
}

/// `GET /`.
pub(super) async fn page(State(sandbox): State<Sandbox>) -> Response {
    let entries = sandbox.ledger().entries();
    let page = sandbox.look(|world, now| page::render(world, now, &entries));
    let headers = [(header::CONTENT_SECURITY_POLICY, POLICY), (header::REFERRER_POLICY, NO_REFERRER)];
    (headers, axum::response::Html(page.into_string())).into_response()
}

const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");

/// `GET /console/console.css`.
pub(super) async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

/// `GET /console/icon.svg`.
pub(super) async fn icon() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml")], ICON)
}

/// `GET /console/ledger.json` → `{"now", "entries": […]}`, oldest first.
pub(super) async fn ledger(State(sandbox): State<Sandbox>) -> impl IntoResponse {
    Json(json!({ "now": sandbox.clock().now(), "entries": sandbox.ledger().entries() }))
}

/// `POST /console/clock/advance` `seconds`: a form goes back to the page, JSON gets `{"now"}`.
pub(super) async fn advance(State(sandbox): State<Sandbox>, request: Request) -> Result<Response, ApiError> {
    if !is_own_form_or_no_browser(request.headers()) {
        return Err(ApiError::FORBIDDEN);
    }
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let step = if is_form {
        let Form(step) =
            Form::<Step>::from_request(request, &()).await.map_err(|_| ApiError::invalid(SECONDS))?;
        step
    } else {
        let Body(step) = Body::<Step>::from_request(request, &()).await?;
        step
    };
    if !(1..=LONGEST_STEP_S).contains(&step.seconds) {
        return Err(ApiError::invalid(SECONDS));
    }
    sandbox.clock().advance(Duration::from_secs(step.seconds));
    Ok(if is_form {
        Redirect::to("/").into_response()
    } else {
        Json(json!({ "now": sandbox.clock().now() })).into_response()
    })
}

const SECONDS: &str = "seconds has to be a whole number from 1 to 31622400";

/// Absent: not a browser (of today). `none`: typed by the person.
pub(super) fn is_own_form_or_no_browser(headers: &HeaderMap) -> bool {
    headers.get(FETCH_SITE).is_none_or(|site| site == "same-origin" || site == "none")
}

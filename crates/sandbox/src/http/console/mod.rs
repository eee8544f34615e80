//! The console: a page for people, and the same facts as JSON for tests.
//!
//! No script, no inline style, nothing from elsewhere. It has no password, so a page of another site must not be able
//! to move the clock: browsers say where a request comes from, and only the console's own forms are let through.

pub(super) mod basiq;
mod basiq_words;
mod deposits;
mod page;

use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;

use super::error::ApiError;
use super::extract::{Body, Id, is_form};
use crate::aggregator::World;
use crate::id::{AccountId, ConnectionId, DepositId};
use crate::money::Cents;
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

#[derive(Deserialize)]
struct Wish {
    outcome: String,
}

#[derive(Deserialize)]
struct Nothing {}

/// A line of the practice bank's statement.
#[derive(Serialize)]
struct Line {
    deposit: DepositId,
    /// The portfolio it goes to.
    portfolio: AccountId,
    /// The last digits of the account number.
    number_ends: String,
    amount: Cents,
    is_pending: bool,
    since: Timestamp,
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
    let (step, asked) = read::<Step>(request, SECONDS).await?;
    if !(1..=LONGEST_STEP_S).contains(&step.seconds) {
        return Err(ApiError::invalid(SECONDS));
    }
    sandbox.clock().advance(Duration::from_secs(step.seconds));
    Ok(done(&sandbox, asked))
}

/// `POST /console/deposits/{id}/outcome` `outcome`: brings an outcome of micro-deposits about.
pub(super) async fn force_deposit(
    State(sandbox): State<Sandbox>,
    Id(id): Id<DepositId>,
    request: Request,
) -> Result<Response, ApiError> {
    let (wish, asked) = read::<Wish>(request, "outcome is missing").await?;
    sandbox.look(|world, _| world.force_deposit(id, &wish.outcome))?;
    Ok(done(&sandbox, asked))
}

/// `POST /console/connections/{id}/refuse-login`: the bank takes the connection's login no more.
pub(super) async fn refuse_login(
    State(sandbox): State<Sandbox>,
    Id(id): Id<ConnectionId>,
    request: Request,
) -> Result<Response, ApiError> {
    let (Nothing {}, asked) = read(request, "this takes nothing").await?;
    sandbox.look(|world, _| world.force_login(id))?;
    Ok(done(&sandbox, asked))
}

/// `GET /console/statement.json` → `{"now", "lines": […]}`: what the practice bank's statement shows, oldest first.
pub(super) async fn statement(State(sandbox): State<Sandbox>) -> impl IntoResponse {
    sandbox.look(|world, now| Json(json!({ "now": now, "lines": lines(world) })))
}

fn lines(world: &World) -> Vec<Line> {
    let shown = world.deposits().filter_map(|deposit| Some((deposit, deposit.on_statement()?)));
    shown
        .flat_map(|(deposit, (amounts, since))| {
            amounts.map(|amount| Line {
                deposit: deposit.id,
                portfolio: deposit.account,
                number_ends: deposit.end_of_number().to_owned(),
                amount,
                is_pending: deposit.is_pending(),
                since,
            })
        })
        .collect()
}

/// How something was asked for, and so how it is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    ByForm,
    ByJson,
}

/// Reads what the console's own forms, or a test with JSON, ask for. `misuse` says what is wrong with a form.
async fn read<T: DeserializeOwned>(request: Request, misuse: &'static str) -> Result<(T, Asked), ApiError> {
    if !is_own_form_or_no_browser(request.headers()) {
        return Err(ApiError::FORBIDDEN);
    }
    if is_form(request.headers()) {
        let form = Form::<T>::from_request(request, &()).await;
        let Form(wish) = form.map_err(|_| ApiError::invalid(misuse))?;
        Ok((wish, Asked::ByForm))
    } else {
        let Body(wish) = Body::<T>::from_request(request, &()).await?;
        Ok((wish, Asked::ByJson))
    }
}

/// A form goes back to the page, JSON gets `{"now"}`.
fn done(sandbox: &Sandbox, asked: Asked) -> Response {
    match asked {
        Asked::ByForm => Redirect::to("/").into_response(),
        Asked::ByJson => Json(json!({ "now": sandbox.clock().now() })).into_response(),
    }
}

const SECONDS: &str = "seconds has to be a whole number from 1 to 31622400";

/// Absent: not a browser (of today). `none`: typed by the person.
pub(super) fn is_own_form_or_no_browser(headers: &HeaderMap) -> bool {
    headers.get(FETCH_SITE).is_none_or(|site| site == "same-origin" || site == "none")
}

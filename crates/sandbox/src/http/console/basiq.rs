//! The console's part of Basiq's dialect: connections, what can be brought about on them, the test logins.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::post;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use super::page::{table, time_of};
use super::{Nothing, done, read};
use crate::aggregator::World;
use crate::aggregator::basiq::{Basiq, BasiqRefusal, Call, Connection, NextRefusal, Status};
use crate::catalogue::basiq::{StepTitle, basiq_connectors, basiq_logins};
use crate::clock::later;
use crate::http::error::ApiError;
use crate::id::BasiqConnectionId;
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
struct WishedStatus {
    status: String,
}

#[derive(Deserialize)]
struct WishedFailure {
    step: String,
    code: String,
}

#[derive(Deserialize)]
struct WishedRefusal {
    call: String,
    #[serde(default = "internal_error")]
    status: u16,
    /// Whether the call is done all the same.
    #[serde(default)]
    done: bool,
}

#[derive(Deserialize)]
struct WishedExpiry {
    at: Timestamp,
}

#[derive(Deserialize)]
struct Wish {
    outcome: String,
}

fn internal_error() -> u16 {
    500
}

/// What can be brought about, under `/console/basiq/connections/{id}`.
pub(in crate::http) fn routes() -> Router<Sandbox> {
    let of = |what: &str| format!("/console/basiq/connections/{{id}}/{what}");
    Router::new()
        .route(&of("status"), post(status))
        .route(&of("failure"), post(failure))
        .route(&of("refusal"), post(refusal))
        .route(&of("expiry"), post(expiry))
        .route(&of("abandon"), post(abandon))
        .route(&of("outcome"), post(outcome))
}

/// `POST …/status` `{status}`: any word, known or not.
async fn status(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (wish, asked) = read::<WishedStatus>(request, "status is missing").await?;
    force(&sandbox, &id, |basiq, id| basiq.force_status(id, &wish.status))?;
    Ok(done(&sandbox, asked))
}

/// `POST …/failure` `{step, code}`: the running job fails at a step that is ahead of it, or else the next job does.
async fn failure(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (wish, asked) = read::<WishedFailure>(request, "step and code are wanted").await?;
    let step = StepTitle::read(&wish.step).ok_or(ApiError::invalid("there is no such step"))?;
    force(&sandbox, &id, |basiq, id| basiq.force_failure(id, step, &wish.code))?;
    Ok(done(&sandbox, asked))
}

/// `POST …/refusal` `{call, status?, done?}`: the next `purge`, `delete` or `refresh` is answered with this status.
async fn refusal(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (wish, asked) = read::<WishedRefusal>(request, "call is missing").await?;
    let call = Call::read(&wish.call).ok_or(ApiError::invalid("call is purge, delete or refresh"))?;
    if !(400..600).contains(&wish.status) {
        return Err(ApiError::invalid("status is from 400 to 599"));
    }
    let refusal = NextRefusal { call, status: wish.status, done: wish.done };
    force(&sandbox, &id, |basiq, id| basiq.force_refusal(id, refusal))?;
    Ok(done(&sandbox, asked))
}

/// `POST …/expiry` `{at}`: when the consent at the bank ends.
async fn expiry(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (wish, asked) = read::<WishedExpiry>(request, "at is not an ISO 8601 time").await?;
    force(&sandbox, &id, |basiq, id| basiq.force_expiry(id, wish.at))?;
    Ok(done(&sandbox, asked))
}

/// `POST …/abandon`: the person has left the bank's page, which nobody can decide on any more.
async fn abandon(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (Nothing {}, asked) = read(request, "this takes nothing").await?;
    force(&sandbox, &id, Basiq::abandon)?;
    Ok(done(&sandbox, asked))
}

/// `POST …/outcome` `{outcome}`: one of those that the page offers.
async fn outcome(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (wish, asked) = read::<Wish>(request, "outcome is missing").await?;
    let outcome = OUTCOMES.iter().find(|(name, _)| *name == wish.outcome);
    let (_, outcome) = outcome.ok_or(ApiError::invalid("there is no such outcome"))?;
    let now = sandbox.clock().now();
    force(&sandbox, &id, |basiq, id| match *outcome {
        Outcome::Status(word) => basiq.force_status(id, word),
        Outcome::Failure(step, code) => basiq.force_failure(id, step, code),
        Outcome::Refusal(call) => basiq.force_refusal(id, NextRefusal { call, status: 500, done: false }),
        Outcome::EndsIn(time) => basiq.force_expiry(id, later(now, time)),
        Outcome::Left => basiq.abandon(id),
    })?;
    Ok(done(&sandbox, asked))
}

/// What the page offers.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    Status(&'static str),
    Failure(StepTitle, &'static str),
    Refusal(Call),
    EndsIn(Duration),
    Left,
}

static OUTCOMES: &[(&str, Outcome)] = &[
    ("invalid", Outcome::Status("invalid")),
    ("active", Outcome::Status("active")),
    ("revoked", Outcome::Status("revoked")),
    ("wrong login next", Outcome::Failure(StepTitle::VerifyCredentials, "invalid-credentials")),
    (
        "action needed next",
        Outcome::Failure(StepTitle::RetrieveAccounts, "account-not-accessible-requires-user-action"),
    ),
    ("bank unavailable next", Outcome::Failure(StepTitle::RetrieveAccounts, "service-unavailable")),
    ("purge fails next", Outcome::Refusal(Call::Purge)),
    ("delete fails next", Outcome::Refusal(Call::Delete)),
    ("refresh fails next", Outcome::Refusal(Call::Refresh)),
    ("consent ends in six days", Outcome::EndsIn(Duration::from_hours(6 * 24))),
    ("consent ends now", Outcome::EndsIn(Duration::ZERO)),
    ("person has left", Outcome::Left),
];

fn force(
    sandbox: &Sandbox,
    id: &str,
    wish: impl FnOnce(&mut Basiq, BasiqConnectionId) -> Result<(), BasiqRefusal>,
) -> Result<(), ApiError> {
    let id = id.parse().map_err(|_| ApiError::NOT_FOUND)?;
    sandbox.look(|world, _| wish(&mut world.basiq, id)).map_err(|refusal| match refusal {
        BasiqRefusal::NotFound => ApiError::NOT_FOUND,
        BasiqRefusal::NotValid(_, why) => ApiError::invalid(why),
        _ => ApiError::invalid("this cannot be brought about"),
    })
}

/// Every connection, newest first, with a choice of what to bring about.
pub(super) fn section(world: &World) -> Markup {
    let connections: Vec<&Connection> = world.basiq.connections().collect();
    html! {
        section aria-labelledby="basiq" {
            h2 id="basiq" { "Connections (Basiq)" }
            @if connections.is_empty() {
                p.empty { "None yet. They appear when somebody connects a bank in Basiq’s dialect." }
            } @else {
                (table(&["Connection", "User", "Institution", "Status", "Last used", "Bring about"], html! {
                    @for connection in connections.iter().rev() {
                        tr {
                            td data-label="Connection" { (connection.id) }
                            td data-label="User" { (connection.user) }
                            td data-label="Institution" { (connection.connector.name) " (" (connection.connector.method.word()) ")" }
                            td data-label="Status" { (status_of(connection)) }
                            td data-label="Last used" { (time_of(connection.last_used)) }
                            td data-label="Bring about" { (outcomes(connection)) }
                        }
                    }
                }))
            }
        }
    }
}

/// A word for the eye as well as a colour.
fn status_of(connection: &Connection) -> Markup {
    let class = match connection.status {
        Status::Active => "good",
        Status::Pending | Status::PreInit | Status::Init => "busy",
        Status::Invalid | Status::Other(_) => "bad",
    };
    html! { span class=(format!("status {class}")) { (connection.status.word()) } }
}

fn outcomes(connection: &Connection) -> Markup {
    html! {
        form.outcome method="post" action=(format!("/console/basiq/connections/{}/outcome", connection.id)) {
            select name="outcome" aria-label=(format!("What becomes of {}", connection.id)) {
                @for (outcome, _) in OUTCOMES { option value=(outcome) { (outcome) } }
            }
            button.small type="submit" { "Go" }
        }
    }
}

/// The test logins, and where they are taken.
pub(super) fn login_list() -> Markup {
    html! {
        section aria-labelledby="basiq-logins" {
            h2 id="basiq-logins" { "Basiq’s test logins" }
            p.quiet { "Every institution with a login takes these. Banks that ask take the answers shown." }
            (table(&["Login ID", "Password", "What happens", "Right answers"], html! {
                @for login in basiq_logins() {
                    tr {
                        td data-label="Login ID" { code { (login.login_id) } }
                        td data-label="Password" { code { (login.password) } }
                        td data-label="What happens" { (login.outcome.replace('`', "")) }
                        td data-label="Right answers" { (login.answers().replace('`', "")) }
                    }
                }
            }))
            (table(&["Institution", "Id", "Method", "What it shows"], html! {
                @for connector in basiq_connectors() {
                    tr {
                        td data-label="Institution" { (connector.name) }
                        td data-label="Id" { code { (connector.id) } }
                        td data-label="Method" { (connector.method.word()) }
                        td data-label="What it shows" { (connector.shows.replace('`', "")) }
                    }
                }
            }))
        }
    }
}

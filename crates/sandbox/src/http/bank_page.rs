//! A practice bank's own page: where a person says yes or no, and nothing else. No script, no password to type.
//!
//! It is isolated from whoever opened it (`Cross-Origin-Opener-Policy: same-origin`), as banks' pages are: an opener that
//! counts on its window handle is left with one that says `closed`.

use axum::Form;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::console::is_own_form_or_no_browser;
use super::error::ApiError;
use super::extract::{Body, Id};
use crate::aggregator::{Decision, Token};
use crate::clock::later;
use crate::id::ConnectionId;
use crate::sandbox::Sandbox;
use crate::secret::Secret;

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

#[derive(Deserialize)]
pub(super) struct Ask {
    redirect_uri: String,
    state: Secret,
}

/// `POST /v3/connections/{id}/oauth` `{redirect_uri, state}` → `{"oauth": {"url"}}`: a page for one person, for half an
/// hour. No readable source has this endpoint: it is made up.
pub(super) async fn ask(
    State(sandbox): State<Sandbox>,
    Id(connection): Id<ConnectionId>,
    headers: HeaderMap,
    Body(asked): Body<Ask>,
) -> Result<Json<Value>, ApiError> {
    let id = Token::draw()?;
    let here = sandbox.public_url(headers.get(header::HOST).and_then(|host| host.to_str().ok()));
    let here = here.ok_or_else(|| ApiError::invalid("the host of this service is not known"))?;
    let url = format!("{here}/bank/{}", id.expose());
    sandbox.look(|world, _| world.ask_consent(connection, asked.redirect_uri, asked.state, id))?;
    Ok(Json(json!({ "oauth": { "url": url } })))
}

/// `GET /bank/{id}`.
pub(super) async fn show(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let found = sandbox.look(|world, _| {
        let consent = world.consent(&id)?;
        let bank = world.institution_of(consent.connection)?.name.clone();
        Ok::<_, ApiError>((consent.clone(), bank))
    });
    match found {
        Ok((consent, bank)) => {
            let address = format!("/bank/{id}");
            page(StatusCode::OK, &bank, question(&bank, &address), Some(consent.origin()))
        }
        Err(_) => over(),
    }
}

#[derive(Deserialize)]
pub(super) struct Choice {
    decision: Word,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Yes,
    No,
}

/// `POST /bank/{id}` `decision=yes|no`: back to where the person came from.
pub(super) async fn decide(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Result<Response, ApiError> {
    if !is_own_form_or_no_browser(&headers) {
        return Err(ApiError::FORBIDDEN);
    }
    let decision = match choice.decision {
        Word::Yes => Decision::Yes,
        Word::No => Decision::No,
    };
    let thinks_until = sandbox.look(|world, now| {
        let connection = world.consent(&id).ok()?.connection;
        let takes = world.institution_of(connection).ok()?.page_takes;
        (decision == Decision::Yes).then(|| later(now, takes))
    });
    if let Some(until) = thinks_until {
        tokio::select! {
            () = sandbox.clock().sleep_until(until) => {}
            () = sandbox.closing() => return Err(ApiError::CLOSING),
        }
    }
    let Ok(consent) = sandbox.look(|world, _| world.decide(&id, decision)) else { return Ok(over()) };
    let way_back = HeaderValue::from_str(&consent.way_back(decision))
        .map_err(|_| ApiError::invalid("redirect_uri cannot be gone to"))?;
    Ok((StatusCode::SEE_OTHER, isolated(), [(header::LOCATION, way_back)]).into_response())
}

pub(super) fn isolated() -> [(HeaderName, HeaderValue); 2] {
    [
        (OPENER, HeaderValue::from_static("same-origin")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ]
}

fn over() -> Response {
    let text = html! {
        p { "Somebody has decided here already, or it has waited for too long." }
        p { "Close this window and go back to where you came from." }
    };
    page(StatusCode::NOT_FOUND, "Practice bank", text, None)
}

fn question(bank: &str, address: &str) -> Markup {
    html! {
        p { "Somebody asks to see your accounts at " strong { (bank) } ": their names, balances and numbers." }
        form method="post" action=(address) {
            button type="submit" name="decision" value="yes" { "Allow" }
            button.plain type="submit" name="decision" value="no" { "Refuse" }
        }
        p.quiet { "To try what happens when nobody decides, just close this window." }
    }
}

/// A page for people in front of practice banks. Its forms may lead to `target` in the end.
pub(super) fn page(status: StatusCode, title: &str, text: Markup, target: Option<&str>) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " (practice)" }
                link rel="icon" href="/console/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/console/console.css";
            }
            body {
                main.bank {
                    section {
                        p.practice { "Practice. This is no real bank, and nobody’s money." }
                        h1 { (title) }
                        (text)
                    }
                }
            }
        }
    };
    // A form's policy also holds for where its answer leads.
    let target = target.unwrap_or("'none'");
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {target}; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    (status, isolated(), [(header::CONTENT_SECURITY_POLICY, policy)], Html(page.into_string()))
        .into_response()
}

//! The two pages that a window goes through: out to a bank's own page, and back from there.
//!
//! Ticket and state stand in addresses, so no answer here has a referrer, is kept, or is logged but by its route.

use crate::app::AppState;
use crate::connections::{self, Arrival, Opening, Proof};
use crate::extract::Parameters;
use crate::language::Tongue;
use crate::pages::{self, Page};
use crate::problem::{ApiResult, Guess};
use crate::store::{LinkRecord, VisitRecord};
use crate::tokens::Hash;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use linchpin_protocol::{Code, Secret, Surface};
use reqwest::Url;
use std::collections::HashMap;

/// None of our tickets and states is longer, and none needs to reach the store.
const LONGEST: usize = 128;
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const PURPOSE: HeaderName = HeaderName::from_static("sec-purpose");

/// `GET /go/{ticket}`: on to the bank's own page.
pub(super) async fn go(
    State(state): State<AppState>,
    Path(ticket): Path<String>,
    headers: HeaderMap,
) -> Response {
    let tongue = &Tongue::wished(None, &headers);
    // What a browser only fetches to be quick, or puts into a frame, is no person who goes there.
    if !is_a_window(&headers, connections::is_from_a_page(&ticket)) {
        return pages::answer(StatusCode::BAD_REQUEST, Page::PassedOn, tongue);
    }
    if ticket.len() > LONGEST {
        return unknown(Page::OpenAgain, tongue);
    }
    match connections::open(&state, &ticket).await {
        Ok(Opening::Go(departure)) => {
            let cookie = set_cookie(&state, &departure.state, &departure.cookie);
            let to = HeaderValue::from_str(departure.url.expose()).ok();
            match (cookie, to) {
                (Some(cookie), Some(to)) => {
                    (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, to)])
                        .into_response()
                }
                _ => pages::answer(StatusCode::BAD_GATEWAY, Page::BankAway, tongue),
            }
        }
        Ok(Opening::Used) => pages::answer(StatusCode::GONE, Page::OpenAgain, tongue),
        Ok(Opening::Late) => pages::answer(StatusCode::GONE, Page::TooLate, tongue),
        Ok(Opening::Unknown) => unknown(Page::OpenAgain, tongue),
        Ok(Opening::Away) => pages::answer(StatusCode::BAD_GATEWAY, Page::BankAway, tongue),
        Err(problem) => {
            tracing::warn!(?problem, "a ticket could not be used");
            pages::answer(StatusCode::SERVICE_UNAVAILABLE, Page::BankAway, tongue)
        }
    }
}

/// `GET /return?state=…`: back from the bank's own page; with `error` when it said no.
pub(super) async fn come_back(
    State(state): State<AppState>,
    headers: HeaderMap,
    parameters: ApiResult<Parameters>,
) -> Response {
    let tongue = &Tongue::wished(None, &headers);
    let parameters = parameters.ok();
    let token = parameters.as_ref().and_then(|all| all.text("state")).filter(|text| text.len() <= LONGEST);
    let (Some(parameters), Some(token)) = (&parameters, token) else { return unknown(Page::Nobody, tongue) };
    if headers.get(&FETCH_DEST).is_some_and(|dest| dest != "document") {
        return pages::answer(StatusCode::BAD_REQUEST, Page::Nobody, tongue);
    }
    let key = connections::state_hash(&state, token);
    let kept = cookie(&headers, &cookie_name(&state, &key));
    let refused = parameters.text("error").is_some();
    let arrival = connections::come_back(&state, &key, Proof::Cookie(kept.as_deref()), refused).await;
    taken(&state, token, arrival, &headers)
}

/// `POST /return`: the digits that the widget shows, typed by somebody who came back in another browser.
pub(super) async fn matches(
    State(state): State<AppState>,
    headers: HeaderMap,
    form: Result<Form<HashMap<String, String>>, FormRejection>,
) -> Response {
    let tongue = &Tongue::wished(None, &headers);
    let form = form.ok();
    let text = |name: &str| {
        let text = form.as_ref().and_then(|Form(all)| all.get(name)).filter(|text| text.len() <= LONGEST);
        text.map(String::as_str)
    };
    let (Some(token), Some(digits)) = (text("state"), text("digits")) else {
        return unknown(Page::Nobody, tongue);
    };
    // Only our own page asks for them.
    if headers.get(&FETCH_SITE).is_some_and(|site| site != "same-origin") {
        return pages::answer(StatusCode::BAD_REQUEST, Page::Nobody, tongue);
    }
    let key = connections::state_hash(&state, token);
    let arrival = connections::come_back(&state, &key, Proof::Digits(digits), false).await;
    taken(&state, token, arrival, &headers)
}

/// The page for whoever came back with this state.
fn taken(state: &AppState, token: &str, arrival: ApiResult<Arrival>, headers: &HeaderMap) -> Response {
    let tongue = &Tongue::wished(None, headers);
    match arrival {
        Ok(Arrival::Allowed(link, visit)) => arrived(state, &link, &visit, true, headers),
        Ok(Arrival::Denied(link, visit)) => arrived(state, &link, &visit, false, headers),
        Ok(Arrival::Asked { link, bank, mismatch }) => {
            let tongue = &Tongue::wished(link.language.as_deref(), headers);
            let page = Page::Match { client: name_of(state, &link), bank: &bank, state: token, mismatch };
            let mut response = pages::answer(StatusCode::FORBIDDEN, page, tongue);
            if mismatch {
                response.extensions_mut().insert(Guess);
            }
            response
        }
        Ok(Arrival::AnotherBrowser) => pages::answer(StatusCode::FORBIDDEN, Page::AnotherBrowser, tongue),
        Ok(Arrival::Unknown) => unknown(Page::Nobody, tongue),
        Ok(Arrival::Away) => pages::answer(StatusCode::BAD_GATEWAY, Page::ReloadThis, tongue),
        Err(problem) if problem.code() == Code::NotFound => unknown(Page::Nobody, tongue),
        Err(problem) => {
            tracing::warn!(?problem, "a return could not be taken");
            pages::answer(StatusCode::SERVICE_UNAVAILABLE, Page::ReloadThis, tongue)
        }
    }
}

/// Back to the page that went there in place, or to one that says that the window can be closed.
fn arrived(
    state: &AppState,
    link: &LinkRecord,
    visit: &VisitRecord,
    allowed: bool,
    headers: &HeaderMap,
) -> Response {
    let tongue = &Tongue::wished(link.language.as_deref(), headers);
    let client = name_of(state, link);
    if let Some(to) = way_back(state, link).filter(|_| visit.in_place) {
        return pages::answer(StatusCode::OK, Page::Onward { client, to: &to }, tongue);
    }
    let page = match (allowed, state.aggregator.return_tells()) {
        (true, true) => Page::Allowed { client },
        (true, false) => Page::Back { client },
        (false, _) => Page::Denied { client },
    };
    pages::answer(StatusCode::OK, page, tongue)
}

fn name_of<'a>(state: &'a AppState, link: &LinkRecord) -> &'a str {
    state.clients.get(&link.client).map_or("", |client| client.config.name.as_str())
}

/// The page that can be come back to, told which opening it is about: the client's, or in a web view the widget's own.
fn way_back(state: &AppState, link: &LinkRecord) -> Option<String> {
    let (page, parameter) = match link.surface {
        Surface::Frame | Surface::Element => (link.redirect_uri.clone()?, "linchpin"),
        Surface::WebView => (format!("{}/widget", state.config.public_url), "link"),
    };
    let mut url = Url::parse(&page).ok()?;
    url.query_pairs_mut().append_pair(parameter, link.id.as_str());
    Some(url.into())
}

/// Where guessing has no cost, somebody guesses.
fn unknown(page: Page<'_>, tongue: &Tongue) -> Response {
    let mut response = pages::answer(StatusCode::NOT_FOUND, page, tongue);
    response.extensions_mut().insert(Guess);
    response
}

/// Whether a browser opens this at the top of a window, for a person, out of the widget; or, where the client's own page
/// leads there, out of a page. A link that somebody passed on is not followed: whoever signs in at the bank by it would
/// link their account for a stranger.
///
/// A browser that says nothing about it is believed; all that are kept up to date do (Fetch Metadata).
fn is_a_window(headers: &HeaderMap, from_a_page: bool) -> bool {
    let from: fn(&str) -> bool =
        if from_a_page { |site| site != "none" } else { |site| site == "same-origin" };
    let says = |name: &HeaderName, fits: fn(&str) -> bool| {
        headers.get(name).is_none_or(|value| value.to_str().is_ok_and(fits))
    };
    !headers.contains_key(&PURPOSE) && says(&FETCH_DEST, |dest| dest == "document") && says(&FETCH_SITE, from)
}

/// A name for each visit, so that two windows do not take each other's. With TLS, one that no other host can set.
fn cookie_name(state: &AppState, key: &Hash) -> String {
    let prefix = if state.config.public_url.starts_with("https://") { "__Host-" } else { "" };
    let short: String = key.as_str().chars().take(16).collect();
    format!("{prefix}linchpin-{short}")
}

fn set_cookie(state: &AppState, key: &Hash, cookie: &Secret) -> Option<HeaderValue> {
    let secure = if state.config.public_url.starts_with("https://") { "; Secure" } else { "" };
    let seconds = connections::RETURN_LIFE.as_secs();
    let name = cookie_name(state, key);
    // Lax: the bank's page is another site, and sends the person here with a link or a redirect.
    let text =
        format!("{name}={}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", cookie.expose());
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The cookie of this name.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.to_owned())
}

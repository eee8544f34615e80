//! What every request and response goes through: an id, a time limit, one log line, headers, problems' bodies.

use crate::app::AppState;
use crate::limits::Address;
use crate::problem::{self, ApiProblem};
use crate::sharing::Asker;
use crate::tokens;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use linchpin_protocol::{Code, RequestId};
use std::any::Any;
use std::time::{Duration, Instant};

/// No request takes longer. A long-poll waits for at most 25 seconds.
const LONGEST: Duration = Duration::from_secs(30);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The outermost layer.
pub(crate) async fn every_request(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = RequestId::new(format!("req_{}", tokens::random().unwrap_or_default()));
    let method = request.method().clone();
    // The template, never the path: a path may hold ids, a query may hold what a person typed.
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let started = Instant::now();
    let address = Address::of(request.extensions(), request.headers(), &state.config.trusted_proxies);
    let asker = Asker::arriving(&mut request);
    let mut response = match state.guard.address(&address) {
        Ok(()) => match asker.preflight(&state, &method, &route) {
            Some(response) => response,
            None => match tokio::time::timeout(LONGEST, next.run(request)).await {
                Ok(response) => response,
                Err(_) => ApiProblem::new(Code::ProviderTimeout).into_response(),
            },
        },
        Err(refused) => refused.into_response(),
    };
    asker.answer(&state, &route, &mut response);
    if problem::is_a_guess(&response) {
        state.guard.failed(&address);
    }
    if let Some(code) = problem::code(&response) {
        state.metrics.problem(code.as_str());
    }
    problem::render(&mut response, &id);
    headers(response.headers_mut(), &id, state.config.public_url.starts_with("https://"));
    let (status, milliseconds) = (response.status().as_u16(), started.elapsed().as_millis());
    state.metrics.answered(method.as_str(), &route, status, started.elapsed());
    tracing::info!(%method, route, status, milliseconds, request_id = %id, "answered");
    response
}

/// Headers that every response carries, unless its route has said something else.
fn headers(headers: &mut HeaderMap, id: &RequestId, tls: bool) {
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let defaults = [
        (header::CACHE_CONTROL, "no-store"),
        (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
        // Nothing but the widget's page may be framed (ASVS 3.4.6).
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if tls {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
}

/// For paths that no route matches.
pub(crate) async fn no_such_route() -> ApiProblem {
    ApiProblem::new(Code::NotFound)
}

/// For routes that do not take the method; axum adds `Allow`.
pub(crate) async fn no_such_method() -> ApiProblem {
    ApiProblem::new(Code::NotFound).with_status(StatusCode::METHOD_NOT_ALLOWED)
}

/// The last resort. The panic's text stays out of the log: it may hold a value.
pub(crate) fn after_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    ApiProblem::new(Code::Internal).into_response()
}

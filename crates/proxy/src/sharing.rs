//! Who may read an answer from another origin (CORS): the page that an element stands in, if it is about its own session.
//! To every other page the API stays closed.
//!
//! The session decides, not the address: whoever reads it notes whether the page that asked is the session's. What is
//! refused before any session is known (a token that is over, too many calls) tells nothing of anybody, and every page
//! that some client has registered may read it: an element could not say what has happened otherwise. No cookie takes
//! part in any of it.

use crate::app::AppState;
use crate::problem::{self, ApiResult};
use crate::scopes;
use crate::store::LinkRecord;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use linchpin_protocol::{Code, Surface};
use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

/// What the widget sends of which a browser asks first.
const SENT: HeaderValue = HeaderValue::from_static("authorization, content-type, idempotency-key");
/// For so many seconds it need not ask again.
const REMEMBERED: HeaderValue = HeaderValue::from_static("600");
/// The page's description, which an element reads before it has a session.
pub(crate) const ELEMENT: &str = "/widget/element";

/// The page that a request comes from, as its browser says, and whether it may read the answer once that is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asker {
    origin: Option<HeaderValue>,
    reads: Arc<OnceLock<bool>>,
}

impl FromRequestParts<AppState> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

impl Asker {
    /// The one who makes a request. It goes along with the request from here.
    pub(crate) fn arriving(request: &mut Request) -> Self {
        let asker = Self { origin: origin(request.headers()), reads: Arc::default() };
        request.extensions_mut().insert(asker.clone());
        asker
    }

    /// The one who makes the request that has these extensions.
    pub(crate) fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_default()
    }

    /// Holds a call under a link against the page that it comes from.
    ///
    /// # Errors
    /// `origin_not_allowed`: what stands in a client's page is used from that page only.
    pub(crate) fn admit(&self, link: &LinkRecord) -> ApiResult<()> {
        let (reads, admitted) = match link.surface {
            Surface::Frame | Surface::WebView => (false, true),
            Surface::Element => {
                let own = self.origin.as_ref().is_some_and(|origin| origin == link.origin.as_str());
                (own, own)
            }
        };
        // Asked twice, it is the same link and the same page.
        let _ = self.reads.set(reads);
        if admitted { Ok(()) } else { Err(Code::OriginNotAllowed.into()) }
    }

    /// The answer to a browser that asks which calls may be made before it makes one. `None`: it asks nothing of the sort,
    /// or for a page that no client has registered.
    pub(crate) fn preflight(&self, state: &AppState, method: &Method, route: &str) -> Option<Response> {
        let methods = methods(route);
        let origin = self.origin.as_ref().filter(|origin| is_registered(state, origin))?;
        if method != Method::OPTIONS || methods.is_empty() {
            return None;
        }
        let methods = HeaderValue::from_str(&methods.join(", ")).ok()?;
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, SENT);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED);
        share(&mut response, origin.clone());
        Some(response)
    }

    /// Lets the page that asked read the answer, if it may.
    pub(crate) fn answer(self, state: &AppState, route: &str, response: &mut Response) {
        let Some(origin) = self.origin.filter(|_| !methods(route).is_empty()) else { return };
        let reads = match self.reads.get() {
            Some(reads) => *reads,
            None => problem::code(response).is_some() && is_registered(state, &origin),
        };
        if reads {
            share(response, origin);
        }
    }
}

/// The methods with which a widget calls a route; none where it calls none.
fn methods(route: &str) -> Vec<&'static str> {
    if route == ELEMENT { vec!["GET"] } else { scopes::methods(route) }
}

/// The one origin that a request states.
fn origin(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut stated = headers.get_all(header::ORIGIN).into_iter();
    stated.next().filter(|_| stated.next().is_none()).cloned()
}

fn is_registered(state: &AppState, origin: &HeaderValue) -> bool {
    let mut origins = state.clients.values().flat_map(|client| &client.config.origins);
    origins.any(|known| origin == known.as_str())
}

fn share(response: &mut Response, origin: HeaderValue) {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}

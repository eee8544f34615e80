//! Pages and files that a story puts beside the example host's own.

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A page or a file, and what a browser is told of it.
#[derive(Clone, Debug)]
pub struct Served {
    kind: &'static str,
    policy: String,
    body: Vec<u8>,
}

/// What there is, by its path.
pub(super) type More = Arc<Mutex<BTreeMap<String, Served>>>;

impl Served {
    /// A page under this policy.
    pub fn page(html: &str, policy: &str) -> Self {
        Self { kind: "text/html; charset=utf-8", policy: policy.to_owned(), body: html.into() }
    }

    /// A script or a style sheet, by the end of its name.
    pub fn file(name: &str, body: Vec<u8>) -> Self {
        let kind = if name.ends_with(".css") { "text/css" } else { "text/javascript" };
        Self { kind, policy: "default-src 'none'".to_owned(), body }
    }
}

/// Answers with what a story has put there, before the host is asked.
pub(super) async fn or_served(State(more): State<More>, request: Request, next: Next) -> Response {
    let found = more.lock().unwrap_or_else(PoisonError::into_inner).get(request.uri().path()).cloned();
    let Some(Served { kind, policy, body }) = found else { return next.run(request).await };
    // A page that may be kept alive for when somebody comes back.
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, body).into_response()
}

//! Who may call: the API user with Basic for tokens, a live token with Bearer for the rest (quovo.md 2).

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::error::ApiError;
use crate::sandbox::Sandbox;

/// Lets only the API user through.
pub(super) async fn api_user(
    State(sandbox): State<Sandbox>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let pair = credentials(request.headers(), "basic")
        .and_then(|encoded| STANDARD.decode(encoded).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let known =
        pair.as_deref().and_then(|pair| pair.split_once(':')).is_some_and(|(n, p)| sandbox.is_api_user(n, p));
    if known { Ok(next.run(request).await) } else { Err(ApiError::NO_API_USER) }
}

/// Lets only holders of a live token through.
pub(super) async fn token_holder(
    State(sandbox): State<Sandbox>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let known = credentials(request.headers(), "bearer")
        .is_some_and(|token| sandbox.look(|world, _| world.is_live_token(token)));
    if known { Ok(next.run(request).await) } else { Err(ApiError::NO_TOKEN) }
}

fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (given, credentials) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then_some(credentials.trim())
}

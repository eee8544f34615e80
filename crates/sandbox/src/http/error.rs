//! Errors in Quovo's flat envelope `{id, message, status}` (quovo.md 6).
//!
//! `invalid_parameter` (400) and `duplicate_account` are Quovo's words; that the latter comes with 409 is our guess.
//! Every other id is invented: no readable source has the words for 401, 404 and so on. Clients should go by the
//! HTTP code.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::aggregator::{NoRandomness, Refusal};

/// An answer that is an error.
#[derive(Debug, Clone, Copy)]
pub(super) struct ApiError {
    status: StatusCode,
    id: &'static str,
    /// Fixed text: nothing of the request may come back in it.
    message: &'static str,
    /// How to authenticate, with 401.
    challenge: Option<&'static str>,
}

impl ApiError {
    const fn new(status: StatusCode, id: &'static str, message: &'static str) -> Self {
        Self { status, id, message, challenge: None }
    }

    pub(super) const fn invalid(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_parameter", message)
    }

    pub(super) const NOT_FOUND: Self =
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this address");
    pub(super) const METHOD: Self = Self::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this address does not take this method",
    );
    pub(super) const TOO_LARGE: Self =
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "a body may hold 64 kB at most");
    pub(super) const CLOSING: Self =
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "closing", "the service is being stopped");
    pub(super) const FORBIDDEN: Self =
        Self::new(StatusCode::FORBIDDEN, "forbidden", "another site may not do this");
    pub(super) const NO_TOKEN: Self = Self {
        challenge: Some("Bearer"),
        ..Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "a live access token is required")
    };
    pub(super) const NO_API_USER: Self = Self {
        challenge: Some("Basic realm=\"practice\""),
        ..Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "the API user's name and password are required")
    };
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Self::NOT_FOUND,
            Refusal::Invalid(why) => Self::invalid(why),
            Refusal::DuplicateAccount => {
                Self::new(StatusCode::CONFLICT, "duplicate_account", "this login is already linked")
            }
        }
    }
}

impl From<NoRandomness> for ApiError {
    fn from(_: NoRandomness) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the system gave no randomness")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Envelope {
            id: &'static str,
            message: &'static str,
            status: u16,
        }
        let body = Envelope { id: self.id, message: self.message, status: self.status.as_u16() };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

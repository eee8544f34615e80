//! Errors in Basiq's envelope (basiq.md 6).

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::aggregator::basiq::{BasiqRefusal, TokenRefusal};
use crate::aggregator::{NoRandomness, Token};

/// An answer that is an error. Fixed texts: nothing of the request comes back in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BasiqError {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: &'static str,
    parameter: Option<&'static str>,
}

impl BasiqError {
    const fn new(status: StatusCode, code: &'static str, title: &'static str, detail: &'static str) -> Self {
        Self { status, code, title, detail, parameter: None }
    }

    pub(super) const fn missing(parameter: &'static str) -> Self {
        let title = "Required parameter not supplied";
        let this =
            Self::new(StatusCode::BAD_REQUEST, "parameter-not-supplied", title, "Supply it and try again.");
        Self { parameter: Some(parameter), ..this }
    }

    pub(super) const fn not_valid(parameter: &'static str, detail: &'static str) -> Self {
        let title = "Parameter value is not valid";
        let this = Self::new(StatusCode::BAD_REQUEST, "parameter-not-valid", title, detail);
        Self { parameter: Some(parameter), ..this }
    }

    pub(super) const CONTENT: Self = Self::new(
        StatusCode::BAD_REQUEST,
        "invalid-content",
        "The body cannot be read",
        "It is not what this call takes.",
    );
    pub(super) const CONTENT_TYPE: Self = Self::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-content-type",
        "The type of the body is not supported",
        "Send JSON, or a form to /token.",
    );
    pub(super) const NOT_FOUND: Self = Self::new(
        StatusCode::NOT_FOUND,
        "resource-not-found",
        "The requested resource cannot be found",
        "Check its id.",
    );
    pub(super) const METHOD: Self = Self::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "The method is not allowed",
        "This address does not take this method.",
    );
    pub(super) const NO_TOKEN: Self = Self::new(
        StatusCode::UNAUTHORIZED,
        "unauthorized-access",
        "Unauthorized access",
        "Send an access token.",
    );
    pub(super) const UNKNOWN_TOKEN: Self = Self::new(
        StatusCode::UNAUTHORIZED,
        "invalid-authorization-token",
        "Invalid authorization token",
        "The access token is malformed or unknown.",
    );
    pub(super) const EXPIRED_TOKEN: Self =
        Self::new(StatusCode::FORBIDDEN, "access-denied", "Access denied", "The access token has expired.");
    pub(super) const SCOPE: Self = Self::new(
        StatusCode::FORBIDDEN,
        "forbidden-access",
        "Forbidden access",
        "The scope or version of the access token does not allow this.",
    );
    pub(super) const UNKNOWN_KEY: Self = Self::new(
        StatusCode::NOT_FOUND,
        "resource-not-found",
        "API key not found",
        "The API key is unknown or was deleted.",
    );

    /// With this status and code, as somebody wished.
    fn wished(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let code = match status {
            StatusCode::SERVICE_UNAVAILABLE => "service-unavailable",
            StatusCode::TOO_MANY_REQUESTS => "too-many-requests",
            StatusCode::BAD_REQUEST => "invalid-credentials",
            _ => "internal-server-error",
        };
        Self::new(status, code, "Not now", "This was wished for on the console.")
    }

    /// How it is told.
    fn envelope(self, correlation: &str) -> Value {
        let mut error =
            json!({"type": "error", "code": self.code, "title": self.title, "detail": self.detail});
        if let Some(parameter) = self.parameter {
            // The pointer is the whole way to the parameter, which is the last step of it.
            error["source"] = match parameter {
                "institution" => json!({"pointer": "connection/institution/id", "parameter": "id"}),
                _ => json!({"pointer": parameter, "parameter": parameter}),
            };
        }
        json!({"type": "list", "correlationId": correlation, "data": [error]})
    }
}

impl From<BasiqRefusal> for BasiqError {
    fn from(refusal: BasiqRefusal) -> Self {
        match refusal {
            BasiqRefusal::NotFound => Self::NOT_FOUND,
            BasiqRefusal::Missing(parameter) => Self::missing(parameter),
            BasiqRefusal::NotValid(parameter, why) => Self::not_valid(parameter, why),
            BasiqRefusal::Institution(code) => Self {
                parameter: Some("institution"),
                ..Self::new(
                    StatusCode::BAD_REQUEST,
                    code,
                    "The institution cannot be connected",
                    "Choose another institution, or another method.",
                )
            },
            BasiqRefusal::TooManyRefreshes => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                "Too many requests",
                "The connection has been refreshed too often today. Wait before trying again.",
            ),
            BasiqRefusal::TooManyConnections => Self::new(
                StatusCode::FORBIDDEN,
                "too-many-sandbox-connections",
                "Too many connections",
                "Delete connections before making others.",
            ),
            BasiqRefusal::Forced(refusal) => Self::wished(refusal.status),
        }
    }
}

impl From<TokenRefusal> for BasiqError {
    fn from(refusal: TokenRefusal) -> Self {
        match refusal {
            TokenRefusal::Unknown => Self::UNKNOWN_TOKEN,
            TokenRefusal::Expired => Self::EXPIRED_TOKEN,
        }
    }
}

impl From<NoRandomness> for BasiqError {
    fn from(_: NoRandomness) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal-server-error",
            "Internal error",
            "The system gave no randomness.",
        )
    }
}

impl IntoResponse for BasiqError {
    fn into_response(self) -> Response {
        // Without randomness it is an error all the same, only not one that can be told from others.
        let correlation = Token::draw().map_or_else(|_| "0".to_owned(), |drawn| drawn.expose().to_owned());
        (self.status, Json(self.envelope(&correlation))).into_response()
    }
}

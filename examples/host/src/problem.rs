//! What the page is told when something fails: a closed list, in a form of this site's own.

use crate::LinchpinError;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use linchpin_protocol::Code;
use serde::Serialize;

/// What failed, as far as the page has to know. The words for the person are the page's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HostProblem {
    /// Linchpin, or the bank behind it, cannot be reached: try again.
    Unavailable,
    /// The token is past its life or was used before: link again.
    TokenOver,
    /// This site is not set up as Linchpin expects it: its operator has to look.
    Misconfigured,
    /// The call was not made by this site's own page.
    CrossSite,
    /// The body is not what it should be.
    BadRequest,
}

impl HostProblem {
    fn status(self) -> StatusCode {
        match self {
            HostProblem::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            HostProblem::TokenOver => StatusCode::GONE,
            HostProblem::Misconfigured => StatusCode::INTERNAL_SERVER_ERROR,
            HostProblem::CrossSite => StatusCode::FORBIDDEN,
            HostProblem::BadRequest => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<LinchpinError> for HostProblem {
    fn from(error: LinchpinError) -> Self {
        match error {
            LinchpinError::Unreachable | LinchpinError::System => HostProblem::Unavailable,
            LinchpinError::Garbled => HostProblem::Misconfigured,
            LinchpinError::Refused(Code::TokenExpired | Code::TokenUsed | Code::TokenInvalid) => {
                HostProblem::TokenOver
            }
            LinchpinError::Refused(code) if code.retryable() => HostProblem::Unavailable,
            LinchpinError::Refused(_) => HostProblem::Misconfigured,
        }
    }
}

#[derive(Serialize)]
struct Body {
    problem: HostProblem,
}

impl IntoResponse for HostProblem {
    fn into_response(self) -> Response {
        (self.status(), Json(Body { problem: self })).into_response()
    }
}

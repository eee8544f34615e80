//! Problems on their way out. What happened inside goes to the log; only a closed code goes to the caller.

use crate::aggregators::UpstreamError;
use crate::store::StoreError;
use crate::tokens::NoRandomness;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use linchpin_protocol::{Code, Connection, Deposit, FieldProblem, FieldProblemKind, Problem, RequestId};

/// A problem to answer with. Converted from every inner error, never carrying its text.
#[derive(Debug, Clone)]
pub(crate) struct ApiProblem(Box<Problem>);

/// What handlers return.
pub(crate) type ApiResult<T> = Result<T, ApiProblem>;

impl ApiProblem {
    /// A problem of this kind.
    pub(crate) fn new(code: Code) -> Self {
        Self(Box::new(Problem::new(code)))
    }

    /// `invalid_input` for one field of the body or the query.
    pub(crate) fn field(field: impl Into<String>, problem: FieldProblemKind) -> Self {
        Self::fields(vec![FieldProblem { field: field.into(), problem }])
    }

    /// `invalid_input` for several fields.
    pub(crate) fn fields(fields: Vec<FieldProblem>) -> Self {
        let mut problem = Self::new(Code::InvalidInput);
        problem.0.fields = fields;
        problem
    }

    /// The same problem under another HTTP status, where HTTP has a sharper one than the code.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status.as_u16();
        self
    }

    /// What it is.
    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    /// Adds the connection as it stands now.
    pub(crate) fn with_connection(mut self, connection: Connection) -> Self {
        self.0.connection = Some(Box::new(connection));
        self
    }

    /// Adds the deposit as it stands now.
    pub(crate) fn with_deposit(mut self, deposit: Deposit) -> Self {
        self.0.deposit = Some(Box::new(deposit));
        self
    }

    /// Says when the call may be repeated.
    pub(crate) fn retry_after(mut self, seconds: Option<u32>) -> Self {
        self.0.retry_after_s = seconds;
        self
    }

    /// The fields that do not fit.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn field_names(&self) -> Vec<String> {
        self.0.fields.iter().map(|problem| problem.field.clone()).collect()
    }
}

impl From<Code> for ApiProblem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<StoreError> for ApiProblem {
    fn from(error: StoreError) -> Self {
        // The store's errors name tables and files, never values.
        tracing::error!(%error, "the store failed");
        Self::new(Code::Internal)
    }
}

impl From<NoRandomness> for ApiProblem {
    fn from(error: NoRandomness) -> Self {
        tracing::error!(%error, "cannot mint");
        Self::new(Code::Internal)
    }
}

impl From<UpstreamError> for ApiProblem {
    fn from(error: UpstreamError) -> Self {
        tracing::warn!(%error, "the aggregator failed");
        match error {
            UpstreamError::NotSent | UpstreamError::Broken | UpstreamError::Refused => {
                Self::new(Code::ProviderUnavailable)
            }
            UpstreamError::Busy { retry_after_s } => {
                Self::new(Code::ProviderUnavailable).retry_after(retry_after_s)
            }
            UpstreamError::Unclear => Self::new(Code::ProviderTimeout),
            UpstreamError::Rejected { .. } | UpstreamError::Gone | UpstreamError::PracticeInProduction => {
                Self::new(Code::ProviderRejected)
            }
            UpstreamError::Duplicate => Self::new(Code::AlreadyConnected),
            UpstreamError::BadReference => Self::new(Code::Internal),
        }
    }
}

impl IntoResponse for ApiProblem {
    /// Leaves the body to [`render`], which knows the request's id.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The code of the problem that a response is to carry.
pub(crate) fn code(response: &Response) -> Option<Code> {
    response.extensions().get::<ApiProblem>().map(ApiProblem::code)
}

/// Marks a page that answers to a secret which is none of ours.
#[derive(Clone, Copy)]
pub(crate) struct Guess;

/// Whether somebody came with a secret or a token that is none of ours. One that is over is no guess.
pub(crate) fn is_a_guess(response: &Response) -> bool {
    response.extensions().get::<Guess>().is_some()
        || matches!(code(response), Some(Code::Unauthorized | Code::TokenInvalid))
}

/// Writes a problem's body into its response, with the request's id.
pub(crate) fn render(response: &mut Response, request_id: &RequestId) {
    let Some(ApiProblem(mut problem)) = response.extensions_mut().remove::<ApiProblem>() else { return };
    problem.request_id = Some(request_id.clone());
    let retry_after = problem.retry_after_s.or(problem.retryable.then_some(1));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.remove(header::CONTENT_LENGTH);
    if let Some(seconds) = retry_after.filter(|_| matches!(problem.status, 429 | 503)) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.status == 401 {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    // A problem is plain words and numbers: writing it cannot fail.
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    *response.body_mut() = body.into();
}

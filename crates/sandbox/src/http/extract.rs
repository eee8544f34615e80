//! Reading requests, so that every refusal is in the envelope and repeats nothing of the request.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// A JSON body. An empty one counts as `{}`, so that calls without parameters need none.
///
/// The content type is not looked at: Quovo states JSON, and its clients were not strict about saying so.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(|_| ApiError::TOO_LARGE)?;
        let json: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        // serde's message may quote a value, which may be a passcode: it is dropped.
        serde_json::from_slice(json)
            .map(Self)
            .map_err(|_| ApiError::invalid("the body is not the JSON object this call takes"))
    }
}

/// The one number in the path. What is not a number names nothing.
pub(super) struct Id<T>(pub(super) T);

impl<S: Send + Sync, T: From<u64>> FromRequestParts<S> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(id) =
            Path::<u64>::from_request_parts(parts, state).await.map_err(|_| ApiError::NOT_FOUND)?;
        Ok(Self(T::from(id)))
    }
}

/// The query string.
pub(super) struct Params<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Query::from_request_parts(parts, state)
            .await
            .map(|Query(params)| Self(params))
            .map_err(|_| ApiError::invalid("the query string cannot be read"))
    }
}

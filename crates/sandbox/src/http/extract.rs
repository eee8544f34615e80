//! Reading requests, so that every refusal is in the envelope and repeats nothing of the request.

use axum::Form;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// A JSON body, or a form (quovo.md 1.2). An empty one counts as `{}`, so that calls without parameters need none.
///
/// JSON is read whatever the content type: Quovo states JSON, and its clients were not strict about saying so.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let is_form = is_form(request.headers());
        let bytes = Bytes::from_request(request, state).await.map_err(|_| ApiError::TOO_LARGE)?;
        // serde's message may quote a value, which may be a passcode: it is dropped.
        if is_form && !bytes.is_empty() && !bytes.starts_with(b"{") {
            return read_form(bytes, state).await.map(Self);
        }
        let json: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        serde_json::from_slice(json)
            .map(Self)
            .map_err(|_| ApiError::invalid("the body is not the JSON object this call takes"))
    }
}

async fn read_form<S: Send + Sync, T: DeserializeOwned>(bytes: Bytes, state: &S) -> Result<T, ApiError> {
    let mut form = Request::new(bytes.into());
    *form.method_mut() = Method::POST;
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    form.headers_mut().insert(header::CONTENT_TYPE, kind);
    let read = Form::<T>::from_request(form, state).await;
    read.map(|Form(body)| body).map_err(|_| ApiError::invalid("the form has not the fields this call takes"))
}

/// Whether a body says that it is a form.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"))
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

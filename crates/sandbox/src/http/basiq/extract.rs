//! Reading requests: who calls, what for, and where this service is.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::HeaderMap;
use axum::http::header;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::BASE;
use super::error::BasiqError;
use crate::aggregator::basiq::{Caller, Scope, Version};
use crate::id::BasiqUserId;
use crate::sandbox::Sandbox;

impl FromRequestParts<Sandbox> for Caller {
    type Rejection = BasiqError;

    async fn from_request_parts(parts: &mut Parts, sandbox: &Sandbox) -> Result<Self, BasiqError> {
        let header = parts.headers.get(header::AUTHORIZATION).ok_or(BasiqError::NO_TOKEN)?;
        let (scheme, token) =
            header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(BasiqError::UNKNOWN_TOKEN)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(BasiqError::UNKNOWN_TOKEN);
        }
        Ok(sandbox.look(|world, _| world.basiq.caller(token.trim()))?)
    }
}

impl Caller {
    /// Only a server may.
    pub(super) fn server(self) -> Result<(), BasiqError> {
        if self.scope == Scope::Server { Ok(()) } else { Err(BasiqError::SCOPE) }
    }

    /// A server, or this user's browser, may.
    pub(super) fn may_act_for(self, user: BasiqUserId) -> Result<(), BasiqError> {
        match self.scope {
            Scope::Server => Ok(()),
            Scope::Client(bound) if bound == user => Ok(()),
            Scope::Client(_) => Err(BasiqError::SCOPE),
        }
    }

    /// Only this user's browser may.
    pub(super) fn client_of(self, user: BasiqUserId) -> Result<(), BasiqError> {
        if self.scope == Scope::Client(user) { Ok(()) } else { Err(BasiqError::SCOPE) }
    }

    /// Only who speaks 2.1 may: 3.0 has the consent page for it (basiq.md 0).
    pub(super) fn hands_over_credentials(self) -> Result<(), BasiqError> {
        if self.version == Version::V2_1 { Ok(()) } else { Err(BasiqError::SCOPE) }
    }
}

/// Where this API is, as its caller calls it: links begin with it.
pub(super) struct Here(pub(super) String);

impl FromRequestParts<Sandbox> for Here {
    type Rejection = BasiqError;

    async fn from_request_parts(parts: &mut Parts, sandbox: &Sandbox) -> Result<Self, BasiqError> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let origin = sandbox.public_url(host).ok_or(BasiqError::missing("Host"))?;
        Ok(Self(format!("{origin}{BASE}")))
    }
}

/// The one id in the path. What is no id names nothing.
pub(super) struct Id<T>(pub(super) T);

impl<T: FromStr> FromRequestParts<Sandbox> for Id<T> {
    type Rejection = BasiqError;

    async fn from_request_parts(parts: &mut Parts, sandbox: &Sandbox) -> Result<Self, BasiqError> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, sandbox).await.map_err(|_| BasiqError::NOT_FOUND)?;
        text.parse().map(Self).map_err(|_| BasiqError::NOT_FOUND)
    }
}

/// The user in the path, and one thing of theirs.
pub(super) struct Ids<T>(pub(super) BasiqUserId, pub(super) T);

impl<T: FromStr> FromRequestParts<Sandbox> for Ids<T> {
    type Rejection = BasiqError;

    async fn from_request_parts(parts: &mut Parts, sandbox: &Sandbox) -> Result<Self, BasiqError> {
        let Path((user, id)) = Path::<(String, String)>::from_request_parts(parts, sandbox)
            .await
            .map_err(|_| BasiqError::NOT_FOUND)?;
        let user = user.parse().map_err(|_| BasiqError::NOT_FOUND)?;
        Ok(Self(user, id.parse().map_err(|_| BasiqError::NOT_FOUND)?))
    }
}

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Sandbox> for Body<T> {
    type Rejection = BasiqError;

    async fn from_request(request: Request, sandbox: &Sandbox) -> Result<Self, BasiqError> {
        if !says_json(request.headers()) {
            return Err(BasiqError::CONTENT_TYPE);
        }
        let bytes = Bytes::from_request(request, sandbox).await.map_err(|_| BasiqError::CONTENT)?;
        // serde's message may quote a value, which may be a password: it is dropped.
        serde_json::from_slice(&bytes).map(Self).map_err(|_| BasiqError::CONTENT)
    }
}

fn says_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_none_or(|kind| kind.as_bytes().starts_with(b"application/json"))
}

/// The filter in the query, as it stands there.
pub(super) struct Filtered(pub(super) Option<String>);

#[derive(Deserialize)]
struct Params {
    filter: Option<String>,
}

impl FromRequestParts<Sandbox> for Filtered {
    type Rejection = BasiqError;

    async fn from_request_parts(parts: &mut Parts, sandbox: &Sandbox) -> Result<Self, BasiqError> {
        Query::<Params>::from_request_parts(parts, sandbox)
            .await
            .map(|Query(params)| Self(params.filter))
            .map_err(|_| BasiqError::not_valid("filter", "the query cannot be read"))
    }
}

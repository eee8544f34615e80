//! `/v3/tokens`: access tokens of the API user.
//!
//! Quovo's pages show `token` and `expires` in a new token. How they list tokens is not known; we list names and ends.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::ApiError;
use super::extract::Body;
use crate::aggregator::Token;
use crate::clock::zoned;
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
pub(super) struct Mint {
    name: String,
    expires: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Revoke {
    name: String,
}

#[derive(Serialize)]
struct Minted<'a> {
    token: &'a str,
    expires: String,
}

#[derive(Serialize)]
struct Listed {
    name: String,
    expires: String,
}

/// `POST /v3/tokens` `{name, expires?}` → 201 `{"access_token": {…}}`.
pub(super) async fn mint(
    State(sandbox): State<Sandbox>,
    Body(asked): Body<Mint>,
) -> Result<impl IntoResponse, ApiError> {
    let read = |text| read_time(text).ok_or(ApiError::invalid("expires is not an ISO 8601 time"));
    let expires = asked.expires.as_deref().map(read).transpose()?;
    let value = Token::draw()?;
    sandbox.look(|world, _| {
        let token = world.mint_token(asked.name, value, expires)?;
        let minted = Minted { token: token.value.expose(), expires: zoned(token.expires) };
        Ok((StatusCode::CREATED, Json(json!({ "access_token": minted }))))
    })
}

/// `GET /v3/tokens` → `{"access_tokens": […]}`, live ones, without their values.
pub(super) async fn list(State(sandbox): State<Sandbox>) -> impl IntoResponse {
    let tokens: Vec<Listed> = sandbox.look(|world, _| {
        world
            .tokens()
            .map(|token| Listed { name: token.name.clone(), expires: zoned(token.expires) })
            .collect()
    });
    Json(json!({ "access_tokens": tokens }))
}

/// `DELETE /v3/tokens` `{name}` → 204.
pub(super) async fn revoke(
    State(sandbox): State<Sandbox>,
    Body(asked): Body<Revoke>,
) -> Result<StatusCode, ApiError> {
    sandbox.look(|world, _| world.revoke_token(&asked.name))?;
    Ok(StatusCode::NO_CONTENT)
}

/// ISO 8601 with a zone, or without one for UTC (quovo.md 9.23).
pub(super) fn read_time(text: &str) -> Option<Timestamp> {
    let zoned = text.parse::<Timestamp>();
    let utc = || text.parse::<DateTime>()?.to_zoned(TimeZone::UTC).map(|time| time.timestamp());
    zoned.or_else(|_: jiff::Error| utc()).ok()
}

//! `POST /token` (basiq.md 2.1). The key goes into the header as it was issued: Basiq takes it for Base64 already.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Form, FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::BasiqError;
use crate::aggregator::Token;
use crate::aggregator::basiq::{Caller, Scope, Version};
use crate::http::extract::is_form;
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
struct Ask {
    scope: Option<String>,
    #[serde(rename = "userId")]
    user: Option<String>,
}

/// `POST /token` → `{access_token, token_type, expires_in}`, seconds.
pub(super) async fn mint(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, BasiqError> {
    check_key(&sandbox, &headers)?;
    let version = headers.get("basiq-version").ok_or(BasiqError::missing("basiq-version"))?;
    let version = version.to_str().ok().and_then(Version::read);
    let version = version.ok_or(BasiqError::not_valid("basiq-version", "2.1 and 3.0 are known here"))?;
    if !is_form(&headers) {
        return Err(BasiqError::CONTENT_TYPE);
    }
    let asked = read(body).await?;
    let scope = match asked.scope.as_deref() {
        None => return Err(BasiqError::missing("scope")),
        Some("SERVER_ACCESS") => Scope::Server,
        Some("CLIENT_ACCESS") => {
            let user = asked.user.ok_or(BasiqError::missing("userId"))?;
            let unknown = BasiqError::not_valid("userId", "there is no such user");
            Scope::Client(user.parse().map_err(|_| unknown)?)
        }
        Some(_) => return Err(BasiqError::not_valid("scope", "SERVER_ACCESS and CLIENT_ACCESS are known")),
    };
    let value = Token::draw()?;
    let shown = value.expose().to_owned();
    let life = sandbox.look(|world, _| world.basiq.mint(value, Caller { scope, version }))?;
    Ok(Json(json!({"access_token": shown, "token_type": "Bearer", "expires_in": life})))
}

fn check_key(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), BasiqError> {
    let header = headers.get(header::AUTHORIZATION).ok_or(BasiqError::missing("Authorization"))?;
    let malformed = BasiqError::not_valid("Authorization", "send Basic and the API key as it was issued");
    let (scheme, key) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed);
    }
    if sandbox.is_basiq_key(key.trim()) {
        return Ok(());
    }
    // Who treats it as a password of standard Basic authentication encodes it once more, perhaps with a colon.
    let decoded = STANDARD.decode(key.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let is_encoded = decoded.is_some_and(|text| sandbox.is_basiq_key(text.trim_matches(':')));
    Err(if is_encoded { malformed } else { BasiqError::UNKNOWN_KEY })
}

async fn read(body: Bytes) -> Result<Ask, BasiqError> {
    let mut form = Request::new(body.into());
    *form.method_mut() = Method::POST;
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    form.headers_mut().insert(header::CONTENT_TYPE, kind);
    let read = Form::<Ask>::from_request(form, &()).await;
    read.map(|Form(asked)| asked).map_err(|_| BasiqError::CONTENT)
}

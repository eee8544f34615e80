//! HTTP to Quovo: access tokens, and what its refusals mean.

use super::wire;
use crate::aggregators::UpstreamError;
use crate::aggregators::http::{self, Effect, Http, ORDINARY_ANSWER, Refusal};
use crate::aggregators::text;
use crate::clock::{Clock, later};
use crate::tokens;
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::Secret;
use reqwest::{Method, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

pub(in crate::aggregators) use crate::aggregators::http::{Call, DIRECTORY, ORDINARY, change, look};

/// A token is replaced this long before its end.
const TOKEN_MARGIN: SignedDuration = SignedDuration::from_secs(60);
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// How long an auth sync may take: it blocks until the bank has answered, up to five minutes (quovo.md 2.4).
pub(in crate::aggregators) const BLOCKING: Duration = Duration::from_secs(330);

pub(in crate::aggregators) struct Client {
    http: Http,
    name: String,
    password: Secret,
    clock: Arc<dyn Clock>,
    token: Mutex<Option<Token>>,
}

#[derive(Clone)]
struct Token {
    secret: Secret,
    good_until: Timestamp,
}

impl Client {
    pub(in crate::aggregators) fn new(
        base: &str,
        name: &str,
        password: Secret,
        refuse_practice: bool,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let http = Http::new(base, refuse_practice)?;
        Ok(Self { http, name: name.to_owned(), password, clock, token: Mutex::new(None) })
    }

    /// Makes a call. A refused token is replaced and the call repeated only if the call has no effect.
    pub(in crate::aggregators) async fn send<T: DeserializeOwned>(
        &self,
        call: Call<'_, impl Serialize>,
    ) -> Result<T, UpstreamError> {
        let answer = self.attempt(&call).await;
        match answer {
            Err(UpstreamError::Refused) => {
                self.token.lock().await.take();
                if call.effect == Effect::None { self.attempt(&call).await } else { answer }
            }
            other => other,
        }
    }

    /// Removes something. What is gone already is removed.
    pub(in crate::aggregators) async fn remove(&self, path: &str) -> Result<(), UpstreamError> {
        let remove = Call { method: Method::DELETE, body: None::<()>, ..change(path, (), ORDINARY) };
        match self.command(remove).await {
            Err(UpstreamError::Gone) => Ok(()),
            other => other,
        }
    }

    /// Makes a call whose answer is empty.
    pub(in crate::aggregators) async fn command(
        &self,
        call: Call<'_, impl Serialize>,
    ) -> Result<(), UpstreamError> {
        let response = self.request(&call).await?;
        // Deletions are answered with nothing, under more than one status (quovo.md 2).
        let empty = response.status().is_success() && response.content_length() == Some(0);
        if empty || response.status() == StatusCode::NO_CONTENT {
            return Ok(());
        }
        read::<serde::de::IgnoredAny>(response, call.largest).await.map(|_| ())
    }

    async fn attempt<T: DeserializeOwned>(
        &self,
        call: &Call<'_, impl Serialize>,
    ) -> Result<T, UpstreamError> {
        let response = self.request(call).await?;
        read(response, call.largest).await
    }

    async fn request(&self, call: &Call<'_, impl Serialize>) -> Result<Response, UpstreamError> {
        let token = self.token().await?;
        let mut request = self.http.request(call.method.clone(), call.path, call.timeout);
        request = request.bearer_auth(token.expose());
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        self.http.send(request).await
    }

    /// The access token: minted with the API user's password, kept in memory only.
    async fn token(&self) -> Result<Secret, UpstreamError> {
        let mut kept = self.token.lock().await;
        let now = self.clock.now();
        if let Some(token) = kept.as_ref().filter(|token| token.good_until > now) {
            return Ok(token.secret.clone());
        }
        let random = tokens::random().map_err(|_| UpstreamError::NotSent)?;
        let name = format!("linchpin-{random}");
        // Without an end of ours: with clocks that differ, it could lie in the past where it counts (quovo.md 2.1).
        let body = wire::NewToken { name: &name };
        let request = self.http.request(Method::POST, "/tokens", ORDINARY);
        let request = request.basic_auth(&self.name, Some(self.password.expose())).json(&body);
        let answer = match self.http.send(request).await {
            Ok(response) => read(response, ORDINARY_ANSWER).await,
            Err(error) => Err(error),
        };
        let answer: wire::TokenAnswer = answer.map_err(|error| match error {
            UpstreamError::Rejected { .. } | UpstreamError::Gone | UpstreamError::Duplicate => {
                UpstreamError::Refused
            }
            // Whatever became of this token, the call that wanted it was not sent.
            UpstreamError::Unclear | UpstreamError::Broken => UpstreamError::NotSent,
            other => other,
        })?;
        let stated = answer.access_token.expires.as_deref().and_then(text::moment);
        let end = stated.unwrap_or(later(now, TOKEN_LIFE)).min(later(now, TOKEN_LIFE));
        let token = Token { secret: answer.access_token.token, good_until: later(end, -TOKEN_MARGIN) };
        Ok(kept.insert(token).secret.clone())
    }
}

async fn read<T: DeserializeOwned>(response: Response, largest: usize) -> Result<T, UpstreamError> {
    http::read(response, largest, refused).await
}

fn refused(refusal: Refusal) -> UpstreamError {
    let by_status = refusal.by_status();
    if !matches!(by_status, UpstreamError::Rejected { .. }) {
        return by_status;
    }
    let id = serde_json::from_slice::<wire::ErrorBody>(&refusal.body).ok().and_then(|body| body.id);
    match id.as_deref() {
        Some("duplicate_account" | "duplicate_connection") => UpstreamError::Duplicate,
        _ => by_status,
    }
}

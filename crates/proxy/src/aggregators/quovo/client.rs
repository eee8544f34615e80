//! HTTP to Quovo: access tokens, timeouts, and what a failure means for what Quovo did.

use super::wire;
use crate::aggregators::UpstreamError;
use crate::clock::{Clock, later};
use crate::tokens;
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::Secret;
use reqwest::{Method, Response, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Every response of a practice aggregator carries this header.
const PRACTICE_HEADER: &str = "x-linchpin-practice";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The whole directory is the largest answer there is: about 3 MB in practice.
pub(in crate::aggregators) const DIRECTORY: usize = 64 * 1024 * 1024;
/// Every other answer is about one person.
const ORDINARY_ANSWER: usize = 4 * 1024 * 1024;
/// A token is replaced this long before its end.
const TOKEN_MARGIN: SignedDuration = SignedDuration::from_secs(60);
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// How long an ordinary call may take.
pub(in crate::aggregators) const ORDINARY: Duration = Duration::from_secs(30);
/// How long an auth sync may take: it blocks until the bank has answered, up to five minutes (quovo.md 2.4).
pub(in crate::aggregators) const BLOCKING: Duration = Duration::from_secs(330);

/// Whether a call changes something upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::aggregators) enum Effect {
    /// It only looks: it may be repeated.
    None,
    /// It changes something: it is sent once.
    Some,
}

/// One call.
pub(in crate::aggregators) struct Call<'a, B> {
    pub(in crate::aggregators) method: Method,
    pub(in crate::aggregators) path: &'a str,
    pub(in crate::aggregators) body: Option<B>,
    pub(in crate::aggregators) effect: Effect,
    pub(in crate::aggregators) timeout: Duration,
    /// Bytes of the answer beyond which it is not read on.
    pub(in crate::aggregators) largest: usize,
}

/// A GET.
pub(in crate::aggregators) fn look(path: &str) -> Call<'_, ()> {
    Call {
        method: Method::GET,
        path,
        body: None,
        effect: Effect::None,
        timeout: ORDINARY,
        largest: ORDINARY_ANSWER,
    }
}

/// A POST that is sent once.
pub(in crate::aggregators) fn change<B>(path: &str, body: B, timeout: Duration) -> Call<'_, B> {
    Call {
        method: Method::POST,
        path,
        body: Some(body),
        effect: Effect::Some,
        timeout,
        largest: ORDINARY_ANSWER,
    }
}

pub(in crate::aggregators) struct Client {
    http: reqwest::Client,
    base: String,
    name: String,
    password: Secret,
    clock: Arc<dyn Clock>,
    refuse_practice: bool,
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
        let mut http = reqwest::Client::builder();
        if base.starts_with("http://") {
            // A practice aggregator on this machine: there is no certificate to check, and reading the machine's roots
            // takes longer than everything else at the start.
            http = http.tls_certs_only([]);
        }
        let http = http
            .connect_timeout(CONNECT_TIMEOUT)
            // A redirect would carry a login to another place (ASVS 15.3.2).
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("linchpin-proxy/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let base = base.trim_end_matches('/').to_owned();
        let name = name.to_owned();
        Ok(Self { http, base, name, password, clock, refuse_practice, token: Mutex::new(None) })
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
        self.read::<serde::de::IgnoredAny>(response, call.largest).await.map(|_| ())
    }

    async fn attempt<T: DeserializeOwned>(
        &self,
        call: &Call<'_, impl Serialize>,
    ) -> Result<T, UpstreamError> {
        let response = self.request(call).await?;
        self.read(response, call.largest).await
    }

    async fn request(&self, call: &Call<'_, impl Serialize>) -> Result<Response, UpstreamError> {
        let token = self.token().await?;
        let mut request = self
            .http
            .request(call.method.clone(), format!("{}{}", self.base, call.path))
            .timeout(call.timeout)
            .bearer_auth(token.expose());
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        request.send().await.map_err(|error| transport(&error))
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
        let response = self
            .http
            .post(format!("{}/tokens", self.base))
            .timeout(ORDINARY)
            .basic_auth(&self.name, Some(self.password.expose()))
            .json(&body)
            .send()
            .await
            // Whatever became of this token, the call that wanted it was not sent.
            .map_err(|_| UpstreamError::NotSent)?;
        let answer: wire::TokenAnswer = match self.read(response, ORDINARY_ANSWER).await {
            Ok(answer) => answer,
            Err(UpstreamError::PracticeInProduction) => return Err(UpstreamError::PracticeInProduction),
            Err(UpstreamError::Rejected { .. } | UpstreamError::Gone | UpstreamError::Duplicate) => {
                return Err(UpstreamError::Refused);
            }
            Err(UpstreamError::Unclear | UpstreamError::Broken) => return Err(UpstreamError::NotSent),
            Err(other) => return Err(other),
        };
        let stated = answer.access_token.expires.as_deref().and_then(super::text::moment);
        let end = stated.unwrap_or(later(now, TOKEN_LIFE)).min(later(now, TOKEN_LIFE));
        let token = Token { secret: answer.access_token.token, good_until: later(end, -TOKEN_MARGIN) };
        Ok(kept.insert(token).secret.clone())
    }

    async fn read<T: DeserializeOwned>(
        &self,
        response: Response,
        largest: usize,
    ) -> Result<T, UpstreamError> {
        if self.refuse_practice && response.headers().contains_key(PRACTICE_HEADER) {
            return Err(UpstreamError::PracticeInProduction);
        }
        let status = response.status();
        let retry_after_s = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok());
        if status.is_success() {
            let body = limited(response, largest).await?;
            return serde_json::from_slice(&body).map_err(|error| {
                // The position only: serde's own text can repeat a value.
                let (line, column) = (error.line(), error.column());
                tracing::warn!(line, column, "the aggregator's answer does not read as documented");
                UpstreamError::Broken
            });
        }
        Err(match status {
            StatusCode::UNAUTHORIZED => UpstreamError::Refused,
            StatusCode::NOT_FOUND => UpstreamError::Gone,
            StatusCode::TOO_MANY_REQUESTS => UpstreamError::Busy { retry_after_s },
            status if status.is_client_error() => {
                let body = limited(response, largest).await.unwrap_or_default();
                let id = serde_json::from_slice::<wire::ErrorBody>(&body).ok().and_then(|body| body.id);
                match id.as_deref() {
                    Some("duplicate_account" | "duplicate_connection") => UpstreamError::Duplicate,
                    _ => UpstreamError::Rejected { status: status.as_u16() },
                }
            }
            _ => UpstreamError::Broken,
        })
    }
}

/// A failure below HTTP. Only a connection that was never made is certain to have done nothing.
fn transport(error: &reqwest::Error) -> UpstreamError {
    if error.is_connect() || error.is_builder() { UpstreamError::NotSent } else { UpstreamError::Unclear }
}

async fn limited(mut response: Response, largest: usize) -> Result<Vec<u8>, UpstreamError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| UpstreamError::Unclear)? {
        if body.len() + chunk.len() > largest {
            return Err(UpstreamError::Broken);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

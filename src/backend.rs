//! The proxy, over HTTP. One method a call; nothing is sent again from here.

use gloo_net::http::{Method, RequestBuilder, Response};
use linchpin_flow::{CallError, Reply};
use linchpin_protocol::{Code, OpenedSession, Problem, PublicToken, Secret};
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::AbortSignal;

/// How long a call may take before it counts as lost, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Patience {
    /// Reading what is at hand.
    Short = 8_000,
    /// A step of linking, or a read that waits for a change: longer than the proxy's own limit of 30 s.
    Long = 40_000,
}

/// One call, ready to be sent.
#[derive(Debug)]
pub struct Call {
    method: Method,
    path: String,
    session: Option<Secret>,
    key: Option<String>,
    body: Option<Secret>,
    patience: Patience,
}

/// What a session call brought.
#[derive(Debug)]
pub struct Opened {
    /// The session's token.
    pub token: Secret,
    /// The session.
    pub reply: Reply,
}

impl Call {
    /// Reads.
    pub fn get(path: String, session: Option<Secret>, patience: Patience) -> Self {
        Self { method: Method::GET, path, session, key: None, body: None, patience }
    }

    /// Changes something, once for each key.
    pub fn post(path: String, session: Option<Secret>, key: String, body: &impl Serialize) -> Self {
        // The body may hold a login: it rests in a type that overwrites itself.
        let body = serde_json::to_string(body).ok().map(Secret::new);
        Self { method: Method::POST, path, session, key: Some(key), body, patience: Patience::Long }
    }

    /// Sends it and reads the answer.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, CallError> {
        let text = self.text().await?;
        serde_json::from_str(&text).map_err(|_| CallError::Network)
    }

    /// Sends it and opens the session that comes back.
    pub async fn open(self) -> Result<Opened, CallError> {
        let OpenedSession { token, session } = self.send().await?;
        Ok(Opened { token, reply: Reply::Session(Box::new(session)) })
    }

    /// Sends it and reads the public token that comes back.
    pub async fn mint(self) -> Result<Secret, CallError> {
        let PublicToken { public_token, .. } = self.send().await?;
        Ok(public_token)
    }

    async fn text(self) -> Result<String, CallError> {
        let signal = AbortSignal::timeout_with_u32(self.patience as u32);
        let mut request = RequestBuilder::new(&self.path)
            .method(self.method)
            .abort_signal(Some(&signal))
            .header("accept", "application/json");
        if let Some(session) = &self.session {
            request = request.header("authorization", &format!("Bearer {}", session.expose()));
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        let sent = match &self.body {
            Some(body) => match request.header("content-type", "application/json").body(body.expose()) {
                Ok(request) => request.send().await,
                Err(error) => Err(error),
            },
            None => request.send().await,
        };
        let response = sent.map_err(|_| CallError::Network)?;
        let text = response.text().await.map_err(|_| CallError::Network)?;
        if response.ok() { Ok(text) } else { Err(CallError::Problem(Box::new(problem(&response, &text)))) }
    }
}

/// Reads a refusal. One that is not ours, from something in between, is told by its status.
fn problem(response: &Response, text: &str) -> Problem {
    serde_json::from_str(text).unwrap_or_else(|_| {
        Problem::new(match response.status() {
            401 => Code::SessionExpired,
            404 => Code::NotFound,
            429 => Code::RateLimited,
            502..=504 => Code::ProviderUnavailable,
            _ => Code::Internal,
        })
    })
}

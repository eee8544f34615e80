//! The proxy, over HTTP. One method a call; nothing is sent again from here.

use crate::browser::Alarm;
use crate::tree::parse;
use gloo_net::http::{Method, RequestBuilder};
use linchpin_flow::CallError;
use linchpin_protocol::{Code, FromTree, Json, Problem, Secret};
use serde::Serialize;
use web_sys::AbortController;

/// How long a call may take before it counts as lost, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Patience {
    /// Reading what is at hand.
    Short = 8_000,
    /// A step of linking, or a read that waits for a change: longer than the proxy's own limit of 30 s.
    Long = 40_000,
}

/// The body of a call. It may hold a login: it rests in a type that overwrites itself.
pub fn json(body: &impl Serialize) -> Option<Secret> {
    serde_json::to_string(body).ok().map(Secret::new)
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

impl Call {
    /// Reads.
    pub fn get(path: String, session: Option<Secret>, patience: Patience) -> Self {
        Self { method: Method::GET, path, session, key: None, body: None, patience }
    }

    /// Changes something, once for each key.
    pub fn post(path: String, session: Option<Secret>, key: String, body: Option<Secret>) -> Self {
        Self { method: Method::POST, path, session, key: Some(key), body, patience: Patience::Long }
    }

    /// Ends something, once for each key.
    pub fn delete(path: String, session: Option<Secret>, key: String) -> Self {
        Self { method: Method::DELETE, ..Self::post(path, session, key, None) }
    }

    /// Sends it to the proxy at that origin, or at the page's own where that is empty, and reads the answer. `flight` gives
    /// it up.
    pub async fn send(self, home: &str, flight: &AbortController) -> Result<Json, CallError> {
        let late = Alarm::after(self.patience as u32, {
            let flight = flight.clone();
            move || flight.abort()
        });
        let answered = self.exchange(home, flight).await;
        drop(late);
        let (ok, status, text) = answered.map_err(|_| CallError::Network)?;
        if !ok {
            return Err(CallError::Problem(Box::new(problem(status, &text))));
        }
        // Some calls have nothing to answer.
        if text.is_empty() { Some(Json::Null) } else { parse(&text) }.ok_or(CallError::Network)
    }

    async fn exchange(
        self,
        home: &str,
        flight: &AbortController,
    ) -> Result<(bool, u16, String), gloo_net::Error> {
        let mut request = RequestBuilder::new(&format!("{home}{}", self.path))
            .method(self.method)
            .abort_signal(Some(&flight.signal()))
            .header("accept", "application/json");
        if let Some(session) = &self.session {
            request = request.header("authorization", &format!("Bearer {}", session.expose()));
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        let request = match &self.body {
            Some(body) => request.header("content-type", "application/json").body(body.expose())?,
            None => request.build()?,
        };
        let response = request.send().await?;
        let text = response.text().await?;
        Ok((response.ok(), response.status(), text))
    }
}

/// Reads a refusal. One that is not ours, from something in between, is told by its status.
fn problem(status: u16, text: &str) -> Problem {
    parse(text).and_then(FromTree::from_tree).unwrap_or_else(|| {
        let (code, retryable) = match status {
            401 => (Code::SessionExpired, false),
            404 => (Code::NotFound, false),
            429 => (Code::RateLimited, true),
            502..=504 => (Code::ProviderUnavailable, true),
            _ => (Code::Internal, true),
        };
        // Without the words that `Problem::new` adds for developers: nobody reads them here.
        Problem {
            kind: String::new(),
            title: String::new(),
            status,
            code,
            retryable,
            retry_after_s: None,
            request_id: None,
            fields: Vec::new(),
            connection: None,
            deposit: None,
        }
    })
}

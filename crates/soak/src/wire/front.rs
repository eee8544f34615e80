//! Between widget and proxy: the proxy's own routes, through the weather. What `src/backend.rs` of the widget does in
//! a browser, natively.
//!
//! The routes are called without a socket. A caller that goes away drops its call, as hyper does when a browser closes
//! its connection; every other fault leaves the proxy with a call that it answered to the end.

use super::{NOT_JSON, OTHER_SHAPE};
use crate::book::Book;
use crate::fault::{Fault, Weather};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use linchpin_flow::CallError;
use linchpin_protocol::{Code, FromTree, Json, Problem, Secret};
use serde::Serialize;
use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tower::ServiceExt;

/// How long a call may take before it counts as lost, as in the widget.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Patience {
    /// Reading what is at hand.
    Short,
    /// A step of linking, or a read that waits for a change.
    Long,
}

impl Patience {
    fn time(self) -> Duration {
        match self {
            Patience::Short => Duration::from_secs(8),
            Patience::Long => Duration::from_secs(40),
        }
    }
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

/// Why a test's own call brought nothing.
#[derive(Debug)]
pub struct Refusal(pub u16, pub String);

impl Call {
    /// Reads.
    pub fn get(path: String, session: Option<Secret>, patience: Patience) -> Self {
        Self { method: Method::GET, path, session, key: None, body: None, patience }
    }

    /// Changes something, once for each key.
    pub fn post(path: String, session: Option<Secret>, key: String, body: &impl Serialize) -> Self {
        let body = serde_json::to_string(body).ok().map(Secret::new);
        Self { method: Method::POST, path, session, key: Some(key), body, patience: Patience::Long }
    }

    /// Ends something, once for each key.
    pub fn delete(path: String, session: Option<Secret>, key: String) -> Self {
        Self { method: Method::DELETE, path, session, key: Some(key), body: None, patience: Patience::Long }
    }

    fn request(&self) -> Option<Request<Body>> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(&self.path)
            .header("accept", "application/json")
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000))));
        if let Some(session) = &self.session {
            request = request.header("authorization", format!("Bearer {}", session.expose()));
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        match &self.body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.expose().to_owned()))
                .ok(),
            None => request.body(Body::empty()).ok(),
        }
    }
}

/// The wire between widgets and their proxy. Clones share one.
#[derive(Clone)]
pub struct Front {
    routes: Router,
    weather: Weather,
    book: Book,
    online: Rc<Cell<bool>>,
}

impl Front {
    /// The wire to these routes.
    pub fn new(routes: Router, weather: Weather, book: Book) -> Self {
        Self { routes, weather, book, online: Rc::new(Cell::new(true)) }
    }

    /// The proxy's own routes, past the weather.
    pub fn routes(&self) -> Router {
        self.routes.clone()
    }

    /// From now on nothing goes wrong.
    pub fn clear_up(&self) {
        self.weather.clear_up();
    }

    /// What went wrong so far, by kind.
    pub fn met(&self) -> std::collections::BTreeMap<&'static str, u64> {
        self.weather.met()
    }

    /// Has the browser's network go and come back.
    pub fn set_online(&self, online: bool) {
        self.online.set(online);
    }

    /// Whether the browser has a network.
    pub fn online(&self) -> bool {
        self.online.get()
    }

    /// Sends a call as the widget does, and reads its answer.
    ///
    /// # Errors
    /// As `src/backend.rs` of the widget tells them apart.
    pub async fn send(&self, call: Call) -> Result<Json, CallError> {
        self.book.search("a request's address", &call.path);
        let sent = tokio::time::timeout(call.patience.time(), self.pass(&call)).await;
        let (status, text) = sent.ok().flatten().ok_or(CallError::Network)?;
        if !(200..300).contains(&status) {
            self.book.search("a problem", &text);
            return Err(CallError::Problem(Box::new(problem(status, &text))));
        }
        if text.is_empty() {
            return Ok(Json::Null);
        }
        serde_json::from_str(&text).map_err(|_| CallError::Network)
    }

    /// Sends a call past the weather: somebody else's, who looks on.
    ///
    /// # Errors
    /// The status and the body of an answer that is not a success.
    pub async fn ask<T: FromTree>(&self, call: &Call) -> Result<T, Refusal> {
        let (status, text) = self.deliver(call).await.ok_or_else(|| Refusal(0, "no answer".to_owned()))?;
        let read = serde_json::from_str(&text).ok().and_then(T::from_tree);
        read.filter(|_| status < 300).ok_or(Refusal(status, text))
    }

    /// The text that the proxy answers to a plain GET, such as the widget's page.
    pub async fn page(&self, path: &str) -> Option<String> {
        let call = Call::get(path.to_owned(), None, Patience::Long);
        self.deliver(&call).await.map(|(_, text)| text)
    }

    async fn pass(&self, call: &Call) -> Option<(u16, String)> {
        if !self.online.get() {
            return None;
        }
        let path = call.path.split('?').next().unwrap_or(&call.path);
        let fault = self.weather.next(call.method.as_str(), path);
        match fault {
            None => self.deliver(call).await,
            Some(Fault::Late(time)) => {
                tokio::time::sleep(time).await;
                self.deliver(call).await
            }
            Some(Fault::AnsweredLate(time)) => {
                let answer = self.deliver(call).await;
                tokio::time::sleep(time).await;
                answer
            }
            Some(Fault::Reset) => None,
            // Half a body is half an answer: a browser tells no more of it than of none.
            Some(Fault::Lost | Fault::Cut) => {
                self.deliver(call).await;
                None
            }
            Some(Fault::Gone(time)) => {
                let _ = tokio::time::timeout(time, self.deliver(call)).await;
                None
            }
            Some(Fault::TooMany(seconds)) => {
                let problem = Problem { retry_after_s: Some(seconds), ..Problem::new(Code::RateLimited) };
                Some((429, serde_json::to_string(&problem).unwrap_or_default()))
            }
            Some(Fault::Refused(status)) => Some((status, NOT_JSON.to_owned())),
            Some(Fault::DoneButFailed(status)) => {
                self.deliver(call).await;
                Some((status, NOT_JSON.to_owned()))
            }
            Some(Fault::Malformed) => {
                self.deliver(call).await.map(|(status, _)| (status, NOT_JSON.to_owned()))
            }
            Some(Fault::WrongSchema) => {
                self.deliver(call).await.map(|(status, _)| (status, OTHER_SHAPE.to_owned()))
            }
        }
    }

    async fn deliver(&self, call: &Call) -> Option<(u16, String)> {
        let arrival = call.key.as_deref().map(|key| (key, self.book.arrived(key)));
        let response = self.routes.clone().oneshot(call.request()?).await.ok()?;
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.ok()?;
        if let Some((key, arrival)) = arrival {
            self.book.answered(key, arrival, status);
        }
        Some((status, String::from_utf8(body.into()).ok()?))
    }
}

/// Reads a refusal. One that is not ours, from something in between, is told by its status.
fn problem(status: u16, text: &str) -> Problem {
    serde_json::from_str(text).ok().and_then(Problem::from_tree).unwrap_or_else(|| {
        let (code, retryable) = match status {
            401 => (Code::SessionExpired, false),
            404 => (Code::NotFound, false),
            429 => (Code::RateLimited, true),
            502..=504 => (Code::ProviderUnavailable, true),
            _ => (Code::Internal, true),
        };
        Problem { retryable, status, ..Problem::new(code) }
    })
}

//! The server of a client, which takes webhooks and may answer them badly.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use linchpin_protocol::WebhookEvent;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What the messages to `acorn` are signed with.
pub(crate) const SIGNING: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Stands in the receiver's address, as a secret of a client's might.
pub(crate) const PLACE: &str = "canary-place-9d41";

/// A message as it came.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) event: WebhookEvent,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// How often this event had come before.
    pub(crate) before: usize,
}

impl Heard {
    /// Which object has moved to which revision.
    fn of(&self) -> (String, u64) {
        let data = &self.event.data;
        let connection = data.connection_id.as_ref().map(|id| id.as_str());
        let object = connection.or(data.deposit_id.as_ref().map(|id| id.as_str()));
        (object.unwrap().to_owned(), data.revision.0)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// The signature that this message has to carry, worked out from the definition of HMAC (RFC 2104).
    pub(crate) fn expected_signature(&self, secret: &str) -> String {
        let mut key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        key.resize(64, 0);
        let mixed = |with: u8| key.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
        let mut inner = Sha256::new();
        inner.update(mixed(0x36));
        inner.update(format!("{}.{}.", self.header("webhook-id"), self.header("webhook-timestamp")));
        inner.update(&self.body);
        let mut outer = Sha256::new();
        outer.update(mixed(0x5c));
        outer.update(inner.finalize());
        format!("v1,{}", STANDARD.encode(outer.finalize()))
    }
}

/// What it does with a message.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Status(u16),
    RedirectTo(String),
    Never,
}

type Script = dyn Fn(&Heard) -> Answer + Send + Sync;

/// A server on a port of its own.
pub(crate) struct Receiver {
    port: u16,
    inbox: Inbox,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Inbox {
    heard: Arc<Mutex<Vec<Heard>>>,
    /// What it has taken, or said that it never wants.
    settled: Arc<Mutex<BTreeSet<(String, u64)>>>,
    script: Arc<Script>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Receiver {
    /// One that takes everything.
    pub(crate) async fn willing() -> Self {
        Self::with(|_| Answer::Status(204)).await
    }

    pub(crate) async fn with(script: impl Fn(&Heard) -> Answer + Send + Sync + 'static) -> Self {
        Self::at(0, script).await
    }

    pub(crate) async fn at(port: u16, script: impl Fn(&Heard) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let inbox = Inbox { heard: Arc::default(), settled: Arc::default(), script: Arc::new(script) };
        let router = Router::new().route("/{place}", post(take)).with_state(inbox.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, inbox, serving }
    }

    pub(crate) fn url(&self) -> String {
        url(self.port)
    }

    /// A client's settings, without `LINCHPIN_`.
    pub(crate) fn settings(&self) -> [(&'static str, String); 2] {
        settings(self.port)
    }

    /// Everything that came, repetitions included.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.inbox.heard.lock().unwrap().clone()
    }

    /// Which revisions of which object were told of, and how often.
    pub(crate) fn told(&self) -> BTreeMap<(String, u64), usize> {
        let mut told = BTreeMap::new();
        for heard in self.heard() {
            *told.entry(heard.of()).or_default() += 1;
        }
        told
    }

    /// Whether every move of an object that is at `revision` was told of and answered for good.
    pub(crate) fn knows_all_of(&self, object: &str, revision: u64) -> bool {
        let settled = self.inbox.settled.lock().unwrap();
        (2..=revision).all(|revision| settled.contains(&(object.to_owned(), revision)))
    }
}

pub(crate) fn url(port: u16) -> String {
    format!("http://localhost:{port}/{PLACE}")
}

/// The settings of a client whose receiver listens, or will listen, on a port.
pub(crate) fn settings(port: u16) -> [(&'static str, String); 2] {
    [("CLIENTS__ACORN__WEBHOOK__URL", url(port)), ("CLIENTS__ACORN__WEBHOOK__SECRET", SIGNING.to_owned())]
}

async fn take(State(inbox): State<Inbox>, headers: HeaderMap, body: Bytes) -> Response {
    let event: WebhookEvent = serde_json::from_slice(&body).unwrap();
    let answer = {
        let mut heard = inbox.heard.lock().unwrap();
        let before = heard.iter().filter(|earlier| earlier.event.id == event.id).count();
        let message = Heard { event, headers, body, before };
        let answer = (inbox.script)(&message);
        if matches!(answer, Answer::Status(200..300 | 410)) {
            inbox.settled.lock().unwrap().insert(message.of());
        }
        heard.push(message);
        answer
    };
    match answer {
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::RedirectTo(place) => {
            let place = HeaderValue::from_str(&place).unwrap();
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, place)]).into_response()
        }
        Answer::Never => std::future::pending().await,
    }
}

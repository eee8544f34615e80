//! A watcher on Chromium's debugging port (Chrome DevTools Protocol, <https://chromedevtools.github.io/devtools-protocol/>).
//!
//! The driver's own way to that protocol ends at the page; a frame of another site is a *target* of its own. So this
//! attaches to the page, and to every frame before its first script runs.

use anyhow::{Context as _, Result, anyhow, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use super::super::ConsoleError;
use crate::http;

/// One attachment to the page or to a frame.
pub(super) type Session = String;
/// A method, and its parameters.
pub(super) type Call = (&'static str, Value);

/// A talk with the browser. Dropping it ends it.
pub(super) struct DevTools {
    said: mpsc::UnboundedSender<Value>,
    seen: Arc<Mutex<Seen>>,
    page: Session,
    task: JoinHandle<()>,
}

impl Drop for DevTools {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What is known, and who waits for an answer.
struct Seen {
    script: &'static str,
    last_id: u64,
    waiting: HashMap<u64, oneshot::Sender<Result<Value>>>,
    targets: HashMap<Session, Target>,
    errors: Vec<ConsoleError>,
    /// What every frame is told before its first script runs, beside what all are told.
    frames_too: Vec<Call>,
    hold: Option<String>,
    held: Vec<(Session, Value)>,
}

/// A page, or a frame of another site. Its id is also the id of its topmost frame.
struct Target {
    id: Value,
    url: String,
}

/// What the browser says: the answer to a call, or an event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Heard {
    id: Option<u64>,
    #[serde(default)]
    result: Value,
    error: Option<Value>,
    method: Option<String>,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    session_id: Session,
}

impl DevTools {
    /// Attaches to the only page of the browser at `address` (host and port).
    pub(super) async fn attach(address: &str, script: &'static str) -> Result<Self> {
        let version: Value =
            http::client().get(format!("http://{address}/json/version")).send().await?.json().await?;
        let url =
            version["webSocketDebuggerUrl"].as_str().context("the browser names no debugging socket")?;
        let (socket, _) = tokio_tungstenite::connect_async(url).await.context("watching the browser")?;
        let (mut sink, mut stream) = socket.split();

        let (said, mut to_say) = mpsc::unbounded_channel::<Value>();
        let seen = Arc::new(Mutex::new(Seen {
            script,
            last_id: 0,
            waiting: HashMap::new(),
            targets: HashMap::new(),
            errors: Vec::new(),
            frames_too: Vec::new(),
            hold: None,
            held: Vec::new(),
        }));
        let task = tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                loop {
                    let replies = tokio::select! {
                        Some(message) = to_say.recv() => vec![message],
                        heard = stream.next() => match heard {
                            Some(Ok(Message::Text(text))) => lock(&seen).hear(&text),
                            Some(Ok(_)) => Vec::new(),
                            Some(Err(_)) | None => return,
                        },
                    };
                    for reply in replies {
                        if sink.send(Message::text(reply.to_string())).await.is_err() {
                            return;
                        }
                    }
                }
            }
        });

        let mut devtools = Self { said, seen, page: Session::new(), task };
        devtools.page = devtools.attach_to_new_page().await?;
        Ok(devtools)
    }

    /// Attaches to a page of the browser's to which it is not attached yet.
    pub(super) async fn attach_to_new_page(&self) -> Result<Session> {
        let targets = self.ask("", "Target.getTargets", json!({})).await?;
        let known: Vec<Value> = lock(&self.seen).targets.values().map(|target| target.id.clone()).collect();
        let is_new = |one: &&Value| one["type"] == "page" && !known.contains(&one["targetId"]);
        let page = targets["targetInfos"].as_array().and_then(|all| all.iter().find(is_new));
        let page = page.context("the browser has no other page")?["targetId"].clone();
        let attached =
            self.ask("", "Target.attachToTarget", json!({ "targetId": page, "flatten": true })).await?;
        let session = attached["sessionId"].as_str().context("attaching gave no session")?.to_owned();
        // Events and answers come in order, so this answer means that all set-up calls before it have been taken.
        self.ask(&session, "Page.enable", json!({})).await?;
        Ok(session)
    }

    /// The page that was there first.
    pub(super) fn page(&self) -> &Session {
        &self.page
    }

    /// Asks the page's target.
    pub(super) async fn ask_page(&self, method: &str, parameters: Value) -> Result<Value> {
        self.ask(&self.page, method, parameters).await
    }

    /// Asks one target; the browser itself when `session` is empty.
    pub(super) async fn ask(&self, session: &str, method: &str, parameters: Value) -> Result<Value> {
        let (answer, answered) = oneshot::channel();
        let call = {
            let mut seen = lock(&self.seen);
            let call = seen.call(session, method, parameters);
            let id = seen.last_id;
            seen.waiting.insert(id, answer);
            call
        };
        self.said.send(call).context("the browser is gone")?;
        answered.await.with_context(|| format!("the browser is gone, {method} has no answer"))?
    }

    /// Tells this to the page now, and to every frame that comes before its first script runs.
    pub(super) async fn tell_all(&self, calls: Vec<Call>) -> Result<()> {
        for (method, parameters) in &calls {
            self.ask_page(method, parameters.clone()).await?;
        }
        lock(&self.seen).frames_too = calls;
        Ok(())
    }

    /// The frames of other sites whose address begins so.
    pub(super) fn frames(&self, address: &str) -> Result<Vec<Session>> {
        let seen = lock(&self.seen);
        let fits = |(session, target): (&Session, &Target)| {
            (*session != self.page && target.url.starts_with(address)).then(|| session.clone())
        };
        let frames: Vec<_> = seen.targets.iter().filter_map(fits).collect();
        ensure!(!frames.is_empty(), "no frame is at {address}");
        Ok(frames)
    }

    /// The frame of another site whose address contains this.
    pub(super) fn frame_with(&self, part: &str) -> Option<Session> {
        let seen = lock(&self.seen);
        let mut frames = seen.targets.iter().filter(|(session, _)| **session != self.page);
        frames.find(|(_, target)| target.url.contains(part)).map(|(session, _)| session.clone())
    }

    pub(super) fn take_errors(&self) -> Vec<ConsoleError> {
        std::mem::take(&mut lock(&self.seen).errors)
    }

    pub(super) fn hold(&self, part: &str) {
        lock(&self.seen).hold = Some(part.to_owned());
    }

    pub(super) fn held(&self) -> usize {
        lock(&self.seen).held.len()
    }

    pub(super) fn release(&self) {
        self.settle("Fetch.continueRequest", &json!({}));
    }

    pub(super) fn lose(&self) {
        self.settle("Fetch.failRequest", &json!({ "errorReason": "ConnectionReset" }));
    }

    /// Says what becomes of the held requests, and holds no more.
    fn settle(&self, method: &str, how: &Value) {
        let mut seen = lock(&self.seen);
        seen.hold = None;
        for (session, request) in std::mem::take(&mut seen.held) {
            let mut parameters = how.clone();
            parameters["requestId"] = request;
            let call = seen.call(&session, method, parameters);
            // A browser that is gone has no requests to go on with.
            let _ = self.said.send(call);
        }
    }
}

impl Seen {
    fn call(&mut self, session: &str, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let mut call = json!({ "id": self.last_id, "method": method, "params": parameters });
        if !session.is_empty() {
            call["sessionId"] = json!(session);
        }
        call
    }

    /// Takes in what the browser says, and returns what is to be said to it.
    fn hear(&mut self, text: &str) -> Vec<Value> {
        let Ok(heard) = serde_json::from_str::<Heard>(text) else { return Vec::new() };
        if let Some(waiting) = heard.id.and_then(|id| self.waiting.remove(&id)) {
            let answer =
                heard.error.map_or(Ok(heard.result), |error| Err(anyhow!("the browser says {error}")));
            // Whoever asked may have stopped waiting.
            let _ = waiting.send(answer);
            return Vec::new();
        }
        let parameters = heard.params;
        match heard.method.as_deref() {
            Some("Target.attachedToTarget") => self.attached(&parameters),
            Some("Target.detachedFromTarget") => {
                self.targets.remove(parameters["sessionId"].as_str().unwrap_or_default());
                Vec::new()
            }
            Some("Page.frameNavigated") => self.navigated(&heard.session_id, &parameters["frame"]),
            Some("Fetch.requestPaused") => self.paused(heard.session_id, &parameters),
            Some("Log.entryAdded") if parameters["entry"]["level"] == "error" => {
                let entry = &parameters["entry"];
                let address = entry["url"].as_str().map(|url| format!(" ({url})")).unwrap_or_default();
                let text = entry["text"].as_str().unwrap_or_default();
                self.error(&heard.session_id, format!("{text}{address}"))
            }
            Some("Runtime.consoleAPICalled")
                if parameters["type"] == "error" || parameters["type"] == "assert" =>
            {
                let words = parameters["args"].as_array().into_iter().flatten().map(spoken);
                let text = words.collect::<Vec<_>>().join(" ");
                self.error(&heard.session_id, text)
            }
            Some("Runtime.exceptionThrown") => {
                let details = &parameters["exceptionDetails"];
                let text = details["exception"]["description"].as_str().or(details["text"].as_str());
                self.error(&heard.session_id, format!("uncaught: {}", text.unwrap_or("?")))
            }
            _ => Vec::new(),
        }
    }

    /// Sets up a new target before its first script runs, and lets it go on.
    fn attached(&mut self, parameters: &Value) -> Vec<Value> {
        let session = parameters["sessionId"].as_str().unwrap_or_default().to_owned();
        let info = &parameters["targetInfo"];
        let mut calls = Vec::new();
        if matches!(info["type"].as_str(), Some("page" | "iframe")) {
            let url = info["url"].as_str().unwrap_or_default().to_owned();
            self.targets.insert(session.clone(), Target { id: info["targetId"].clone(), url });
            let follow = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true });
            for (method, parameters) in [
                ("Page.enable", json!({})),
                ("Page.addScriptToEvaluateOnNewDocument", json!({ "source": self.script })),
                ("Runtime.enable", json!({})),
                ("Log.enable", json!({})),
                ("Network.enable", json!({})),
                ("Target.setAutoAttach", follow),
            ] {
                calls.push(self.call(&session, method, parameters));
            }
            for (method, parameters) in self.frames_too.clone() {
                calls.push(self.call(&session, method, parameters));
            }
            if self.hold.is_some() {
                calls.push(self.call(&session, "Fetch.enable", json!({})));
            }
        }
        calls.push(self.call(&session, "Runtime.runIfWaitingForDebugger", json!({})));
        calls
    }

    fn navigated(&mut self, session: &str, frame: &Value) -> Vec<Value> {
        if let Some(target) = self.targets.get_mut(session).filter(|target| target.id == frame["id"]) {
            target.url = frame["url"].as_str().unwrap_or_default().to_owned();
        }
        Vec::new()
    }

    fn paused(&mut self, session: Session, parameters: &Value) -> Vec<Value> {
        let url = parameters["request"]["url"].as_str().unwrap_or_default();
        let request = parameters["requestId"].clone();
        if self.hold.as_deref().is_some_and(|part| url.contains(part)) {
            self.held.push((session, request));
            return Vec::new();
        }
        vec![self.call(&session, "Fetch.continueRequest", json!({ "requestId": request }))]
    }

    fn error(&mut self, session: &str, text: String) -> Vec<Value> {
        let url = self.targets.get(session).map_or("", |target| &target.url);
        let page = url.split('?').next().unwrap_or_default().to_owned();
        self.errors.push(ConsoleError { page, text });
        Vec::new()
    }
}

/// A value as the console shows it.
fn spoken(value: &Value) -> String {
    match (&value["value"], &value["description"]) {
        (Value::String(text), _) | (Value::Null, Value::String(text)) => text.clone(),
        (other, _) => other.to_string(),
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    // Every change is whole, so the value is sound even after a panic elsewhere.
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

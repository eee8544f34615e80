//! Where a story happens: a practice aggregator that outlives the proxy, the proxy, and the one who starts it again.

use super::child::{self, Serving};
use super::plan::{Armed, Moment, Point};
use crate::database::Database;
use crate::receiver::{Answer, Heard, Receiver};
use crate::world::{http_client, until, variables, with};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use linchpin_sandbox::{BasiqRules, Directory, EventKind, Sandbox, SandboxConfig};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Which of the aggregators' APIs the proxy speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Over {
    QuovoV3,
    QuovoV2,
    /// With how people sign in, as it is configured.
    Basiq(&'static str),
}

/// A practice aggregator, a proxy that may be killed, and the server of its client.
pub(super) struct Site {
    pub(super) sandbox: Sandbox,
    pub(super) http: reqwest::Client,
    /// Outlives the proxy too, and hears what it tells.
    pub(super) receiver: Receiver,
    folder: TempDir,
    over: Over,
    /// Where the aggregator is, whatever its API.
    upstream: String,
    process: Arc<Process>,
    busy: Arc<AtomicBool>,
    slow: Arc<AtomicBool>,
    stubborn: Arc<AtomicBool>,
    ahead: Mutex<i64>,
    ended_early: AtomicBool,
    answering: JoinHandle<()>,
}

/// What is public of the proxy: nothing listens there.
const PUBLIC: &str = "http://127.0.0.1:9";

/// The child, if one runs. Killing it is for the aggregator's side too.
#[derive(Default)]
struct Process(Mutex<Option<Serving>>);

impl Process {
    /// False: none runs that is known.
    fn kill(&self) -> bool {
        let mut process = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(serving) = process.as_mut() else { return false };
        let _ = serving.process.kill();
        let _ = serving.process.wait();
        true
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.answering.abort();
        self.process.kill();
    }
}

impl Site {
    /// All three. With a point, armed from the start, the proxy may end before it has answered anything, and the client's
    /// server takes not everything at once.
    pub(super) async fn over(over: Over, armed: Option<Option<&Point>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sandbox =
            Sandbox::new(SandboxConfig { institutions: Directory::practice_only(), ..Default::default() });
        let process = Arc::new(Process::default());
        let busy = Arc::new(AtomicBool::new(false));
        let slow = Arc::new(AtomicBool::new(false));
        let stubborn = Arc::new(AtomicBool::new(false));
        let wire = Wire {
            process: Arc::clone(&process),
            armed: Arc::new(Armed::new(folder.path())),
            busy: Arc::clone(&busy),
            slow: Arc::clone(&slow),
            stubborn: Arc::clone(&stubborn),
        };
        let router: Router = sandbox.router().layer(from_fn_with_state(wire, forward));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = format!("http://{}", listener.local_addr().unwrap());
        // The bank's clock runs while a proxy starts: a question is not to run out by that.
        sandbox.set_basiq_rules(BasiqRules { answer_within: Duration::from_hours(2), ..Default::default() });
        // Wherever the proxy listens: whoever comes back is led to it.
        sandbox.set_basiq_redirect(format!("{PUBLIC}/return"));
        let answering = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let site = Self {
            sandbox,
            http: http_client(),
            receiver: Receiver::with(if armed.is_some() { moody } else { willing }).await,
            folder,
            over,
            upstream,
            process,
            busy,
            slow,
            stubborn,
            ahead: Mutex::new(0),
            ended_early: AtomicBool::new(false),
            answering,
        };
        if let Some(point) = armed {
            site.arm(point);
        }
        site.start().await;
        site
    }

    /// From here on operations count, and the proxy ends at the point.
    pub(super) fn arm(&self, point: Option<&Point>) {
        Armed::arm(self.folder.path(), point);
    }

    /// From here on they do not.
    pub(super) fn disarm(&self) {
        Armed::disarm(self.folder.path());
    }

    pub(super) fn visited(&self) -> Vec<(String, usize)> {
        Armed::visited(self.folder.path())
    }

    /// A way into the proxy's database.
    pub(super) async fn database(&self) -> Database {
        Database::of(&self.folder).await
    }

    /// The end of what the proxies said.
    pub(super) fn log(&self) -> String {
        let text = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    pub(super) fn base(&self) -> String {
        let process = self.process.0.lock().unwrap_or_else(PoisonError::into_inner);
        process.as_ref().expect("it was started").base.clone()
    }

    async fn start(&self) {
        let serving = match self.try_start().await {
            Some(serving) => serving,
            None => {
                // It ended at its point before it listened.
                self.ended_early.store(true, Ordering::SeqCst);
                Armed::disarm(self.folder.path());
                self.try_start().await.unwrap_or_else(|| panic!("it does not start:\n{}", self.log()))
            }
        };
        *self.process.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(serving);
    }

    async fn try_start(&self) -> Option<Serving> {
        let folder = self.folder.path().to_owned();
        let upstream = &self.upstream;
        let (version, settings) = match self.over {
            Over::QuovoV3 => ("v3", vec![]),
            Over::QuovoV2 => {
                ("v2", vec![("AGGREGATOR__KIND", "quovo_v2".to_owned()), ("DEPOSITS_EVERY", "1".to_owned())])
            }
            Over::Basiq(sign_in) => (
                "basiq",
                vec![
                    ("AGGREGATOR__KIND", "basiq".to_owned()),
                    ("AGGREGATOR__SIGN_IN", sign_in.to_owned()),
                    ("AGGREGATOR__PASSWORD", linchpin_sandbox::DEFAULT_BASIQ_API_KEY.to_owned()),
                    ("AGGREGATOR__CONSENT_URL", format!("{upstream}/consent/home")),
                ],
            ),
        };
        let settings: Vec<_> = settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut variables =
            with(variables(&self.folder, PUBLIC, &format!("{upstream}/{version}")), &settings);
        let told = self.receiver.settings();
        variables.extend(told.map(|(name, value)| (format!("LINCHPIN_{name}"), value)));
        variables.push(("PATH".to_owned(), std::env::var("PATH").unwrap_or_default()));
        tokio::task::spawn_blocking(move || child::start(&folder, variables)).await.unwrap()
    }

    /// No answer came: the proxy is dead. Whoever looks after it starts it again, and it is not killed any more.
    pub(super) async fn revive(&self) {
        until("the proxy is dead, since it does not answer", async || self.is_dead().then_some(())).await;
        Armed::disarm(self.folder.path());
        self.start().await;
    }

    /// Whether the proxy came to its point before anybody could ask it, and was started again.
    pub(super) fn ended_early(&self) -> bool {
        self.ended_early.load(Ordering::SeqCst)
    }

    /// Whether the process has ended.
    pub(super) fn is_dead(&self) -> bool {
        let mut process = self.process.0.lock().unwrap_or_else(PoisonError::into_inner);
        process.as_mut().is_none_or(|serving| serving.process.try_wait().unwrap().is_some())
    }

    /// Time goes by for the proxy.
    pub(super) fn pass(&self, seconds: i64) {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        *ahead += seconds;
        std::fs::write(self.folder.path().join("ahead"), ahead.to_string()).unwrap();
    }

    /// Time goes by for the practice bank.
    pub(super) fn bank_goes_on(&self) {
        self.sandbox.clock().advance(Duration::from_secs(1));
    }

    /// So many hours go by for the practice bank.
    pub(super) fn hours_go_by(&self, hours: u64) {
        self.sandbox.clock().advance(Duration::from_hours(hours));
    }

    /// The aggregator refuses to end the next connection.
    pub(super) fn is_stubborn_once(&self) {
        self.stubborn.store(true, Ordering::SeqCst);
    }

    /// The aggregator takes long over the next deposits, or over ending the next connection.
    pub(super) fn is_slow_once(&self) {
        self.slow.store(true, Ordering::SeqCst);
    }

    /// The aggregator has too much to do for the next sync, or the next deposits.
    pub(super) fn is_busy_once(&self) {
        self.busy.store(true, Ordering::SeqCst);
    }

    pub(super) fn count(&self, kind: EventKind) -> usize {
        self.sandbox.ledger().count(kind, None)
    }
}

fn willing(_: &Heard) -> Answer {
    Answer::Status(204)
}

/// Takes one message at the second try, and does not want another at all.
fn moody(heard: &Heard) -> Answer {
    Answer::Status(match (heard.event.data.revision.0, heard.before) {
        (2, 0) => 500,
        (3, _) => 410,
        _ => 204,
    })
}

/// The wire between proxy and aggregator, on which a call may be the proxy's last.
#[derive(Clone)]
struct Wire {
    process: Arc<Process>,
    armed: Arc<Armed>,
    busy: Arc<AtomicBool>,
    slow: Arc<AtomicBool>,
    stubborn: Arc<AtomicBool>,
}

/// Longer than it takes until a call under way has to be held.
const SLOW: Duration = Duration::from_millis(3_500);

async fn forward(State(wire): State<Wire>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with("/bank/") || path.starts_with("/consent/") {
        // A person's browser, not the proxy.
        return next.run(request).await;
    }
    let operation = format!("{} {}", request.method(), template(request.uri().path()));
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let nth = wire.armed.note(&operation);
    let end_if = async |moment| {
        if wire.armed.is_due(&operation, nth, moment) {
            // It may call before whoever has started it has heard where it listens.
            while !wire.process.kill() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            std::future::pending::<()>().await;
        }
    };
    end_if(Moment::Before).await;
    let order = operation == "POST /v2/portfolios/{}/auth_deposits";
    let busy = order || operation == "POST /v3/connections/{}/sync";
    if busy && wire.busy.swap(false, Ordering::SeqCst) {
        end_if(Moment::After).await;
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    let end =
        matches!(operation.as_str(), "DELETE /v3/connections/{}" | "DELETE /basiq/users/{}/connections/{}");
    if end && wire.stubborn.swap(false, Ordering::SeqCst) {
        end_if(Moment::After).await;
        return StatusCode::BAD_REQUEST.into_response();
    }
    if (order || end) && wire.slow.swap(false, Ordering::SeqCst) {
        tokio::time::sleep(SLOW).await;
    }
    // What has arrived is done, also when the caller has gone.
    let answer = tokio::spawn(next.run(Request::from_parts(parts, Body::from(body)))).await.unwrap();
    end_if(Moment::After).await;
    answer
}

/// A path without its ids: numbers, and at Basiq numbers behind a word, as in `job-1`.
fn template(path: &str) -> String {
    let is_id = |part: &str| part.rsplit('-').next().is_some_and(|number| number.parse::<u64>().is_ok());
    let part = |part: &str| if is_id(part) { "{}".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

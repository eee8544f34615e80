//! A proxy that stands still in the middle of a move, is taken for dead, and is not: another has gone on meanwhile, and
//! what the first one comes back with is of the past.

use super::database::Database;
use super::receiver::Receiver;
use super::restart::Process;
use super::world::{ORIGIN, until};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next as Rest, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use linchpin_protocol::{Connection, Next};
use linchpin_sandbox::{BasiqEventKind, DEFAULT_BASIQ_API_KEY, Sandbox, SandboxConfig};
use serde_json::json;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// The wire to the aggregator, on which one answer is kept back.
#[derive(Clone)]
struct Wire {
    /// Of which call: `purge` or `delete`.
    call: &'static str,
    /// What is said at last; `None`: what the aggregator has said.
    told: Option<StatusCode>,
    kept: Arc<AtomicBool>,
    released: Arc<Notify>,
}

async fn forward(State(wire): State<Wire>, request: Request, rest: Rest) -> Response {
    let ends = request.method() == Method::DELETE && wire.call == "delete";
    let is_it = ends || request.uri().path().ends_with(wire.call);
    let answer = rest.run(request).await;
    if !is_it || wire.kept.swap(true, Ordering::SeqCst) {
        return answer;
    }
    wire.released.notified().await;
    wire.told.map_or(answer, |status| status.into_response())
}

/// Has a process stand still, or go on.
fn signal(process: &Process, name: &str) {
    let done = Command::new("kill").arg(name).arg(process.child.id().to_string()).status().unwrap();
    assert!(done.success(), "kill {name}");
}

async fn start(folder: &TempDir, upstream: &str, receiver: &Receiver, log: &str) -> Process {
    let told = receiver.settings();
    let consent = format!("{upstream}/consent/home");
    let mut settings = vec![
        ("AGGREGATOR__KIND", "basiq"),
        ("AGGREGATOR__SIGN_IN", "both"),
        ("AGGREGATOR__PASSWORD", DEFAULT_BASIQ_API_KEY),
        ("AGGREGATOR__CONSENT_URL", consent.as_str()),
    ];
    settings.extend(told.iter().map(|(name, value)| (*name, value.as_str())));
    Process::start_with(folder, &format!("{upstream}/basiq"), log, &settings).await
}

/// `call` is the one at which the first proxy stands still; it is done. `told` is what it hears of it in the end.
async fn comes_back_late(call: &'static str, told: Option<StatusCode>, erased: usize) {
    let case = format!("{call}, {told:?}");
    let (folder, receiver) = (tempfile::tempdir().unwrap(), Receiver::willing().await);
    let sandbox = Sandbox::new(SandboxConfig::default());
    let wire = Wire { call, told, kept: Arc::default(), released: Arc::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = format!("http://{}", listener.local_addr().unwrap());
    let router = sandbox.router().layer(from_fn_with_state(wire.clone(), forward));
    let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let a = start(&folder, &upstream, &receiver, "a.log").await;
    let b = start(&folder, &upstream, &receiver, "b.log").await;
    let (token, _, form) = a.begin_at("hooli", "aggregate").await;
    a.sign_in(&token, &form, "jared", "django").await;
    let linked = a.choose(&token, &a.follow(&sandbox, &token, &form).await).await;
    let wish = json!({"user_id": "pat", "origin": ORIGIN, "mode": "manage", "purpose": "aggregate"});
    let (token, _) = a.open(&wish).await;

    let waiting = a.act(&token, &linked, "move", json!({"revision": linked.revision})).await;
    assert!(matches!(waiting.next, Next::Wait { .. }), "{case}: {waiting:?}");
    assert!(wire.kept.load(Ordering::SeqCst), "{case}: it waits for that answer");
    let mut database = Database::of(&folder).await;
    until("it stands still, and holds nothing", async || {
        signal(&a, "-STOP");
        // As if the time had passed for which it is taken to be alive.
        let lapsed = "UPDATE connection SET parting_until = 0 WHERE parting_until > 0";
        let done = database.try_run(lapsed).await.ok();
        if done.is_none() {
            // It was writing just then.
            signal(&a, "-CONT");
        }
        done
    })
    .await;
    let over = until("the other goes on to the end", async || {
        let now = b.look(&token, &linked).await;
        matches!(now.next, Next::Closed { .. }).then_some(now)
    })
    .await;
    assert!(matches!(over.next, Next::Closed { successor: Some(_) }), "{case}: {over:?}");

    signal(&a, "-CONT");
    wire.released.notify_one();
    until("it has come back, and has seen that it was overtaken", async || {
        let log = std::fs::read_to_string(folder.path().join("a.log")).unwrap();
        log.contains("somebody else has gone on").then_some(())
    })
    .await;
    let same = async |proxy: &Process| -> Connection { proxy.look(&token, &linked).await };
    assert_eq!(same(&a).await, over, "{case}");
    assert_eq!(same(&b).await, over, "{case}: nothing has moved");
    let happened = |kind| sandbox.ledger().count_basiq(kind, None);
    assert_eq!(happened(BasiqEventKind::ConnectionDeleted), 1, "{case}");
    assert_eq!(happened(BasiqEventKind::ConnectionPurged), erased, "{case}: once by each who did not know");
    assert_eq!(database.number("SELECT COUNT(*) FROM connection").await, 2, "{case}: one in its place");
    until("every move is told", async || {
        receiver.knows_all_of(linked.id.as_str(), over.revision.0).then_some(())
    })
    .await;
    assert!(receiver.told().values().all(|times| *times == 1), "{case}: {:?}", receiver.told());
    serving.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_overtaken_while_erasing_changes_nothing() {
    comes_back_late("purge", None, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_overtaken_and_hears_of_a_fault_does_not_try_again() {
    comes_back_late("purge", Some(StatusCode::SERVICE_UNAVAILABLE), 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_overtaken_while_ending_changes_nothing() {
    comes_back_late("delete", None, 1).await;
}

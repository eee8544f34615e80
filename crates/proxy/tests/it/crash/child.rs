//! The proxy in a process of its own: this very test binary, started again.

use super::plan::Armed;
use super::site::{Over, Site};
use crate::handled::Handled;
use crate::world::until;
use jiff::{SignedDuration, Timestamp};
use linchpin_proxy::clock::{Clock, later};
use linchpin_proxy::store::SqlStore;
use linchpin_proxy::{Config, app};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::net::TcpListener;

/// Where the story and the child meet. Its presence says that this is the child.
const FOLDER: &str = "CRASH_FOLDER";
const LISTENING: &str = "the child listens on ";

/// A child that serves, and its output, which has to stay open.
pub(super) struct Serving {
    pub(super) process: Child,
    pub(super) base: String,
    _output: BufReader<ChildStdout>,
}

/// Starts the proxy. `None`: it ended before it listened.
pub(super) fn start(folder: &Path, variables: Vec<(String, String)>) -> Option<Serving> {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child::a_process_that_nobody_kills_serves", "--nocapture"])
        .envs(variables)
        .env(FOLDER, folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(std::fs::File::options().create(true).append(true).open(folder.join("log")).unwrap())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 0 {
        if let Some((_, address)) = line.trim().split_once(LISTENING) {
            return Some(Serving { process, base: format!("http://{address}"), _output: output });
        }
        line.clear();
    }
    process.wait().unwrap();
    None
}

/// As a test, what every crash story stands on: the process starts, serves, and goes on. Started by a story, it is
/// that process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_nobody_kills_serves() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return serve(PathBuf::from(folder)).await;
    }
    let site = Site::over(Over::QuovoV3, None).await;
    // The institutions are read while it serves already.
    until("it is ready", async || {
        let answer = site.http.get(format!("{}/readyz", site.base())).send().await.unwrap();
        (answer.status() == 200).then_some(())
    })
    .await;
    assert!(!site.is_dead(), "{}", site.log());
}

#[expect(clippy::print_stdout, reason = "it is how the story learns of the address")]
async fn serve(folder: PathBuf) {
    let config = Config::load(std::env::vars()).unwrap();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    let store = SqlStore::open(&config.database, config.database_connections()).await.unwrap();
    let store = Handled { store, hand: Armed::new(&folder) };
    let clock = SharedClock { file: folder.join("ahead"), last: AtomicI64::new(0) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{LISTENING}{}", listener.local_addr().unwrap());
    let app = app::build_with(config, Arc::new(clock), Arc::new(store)).await.unwrap();
    let router = app.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, router).await.unwrap();
}

/// The machine's time, ahead by as many seconds as the story says.
#[derive(Debug)]
struct SharedClock {
    file: PathBuf,
    last: AtomicI64,
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        // Between two writes the file may be empty for a moment.
        if let Some(ahead) =
            std::fs::read_to_string(&self.file).ok().and_then(|text| text.trim().parse().ok())
        {
            self.last.fetch_max(ahead, Ordering::Relaxed);
        }
        later(Timestamp::now(), SignedDuration::from_secs(self.last.load(Ordering::Relaxed)))
    }
}

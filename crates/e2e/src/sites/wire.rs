//! A wire between browser and proxy that spoils one call, in one of many ways. Whatever else goes over it passes: to
//! the processes of the proxy in turn, as a load balancer does, and past one that does not listen.

use anyhow::{Context as _, Result};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How long a delayed call is held: beyond the proxy's own limit for a quick answer, within the widget's patience.
const DELAY: Duration = Duration::from_millis(1_500);
/// Longer than any head that a browser sends.
const LONGEST_HEAD: usize = 64 * 1024;

/// How a call is spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It arrives late.
    Delay,
    /// The connection is reset; the call does not arrive.
    Reset,
    /// It arrives and is done; its answer is lost.
    Lost,
    /// It arrives and is done; half of the answer comes back.
    Cut,
    /// It does not arrive: 429 with `Retry-After`.
    TooMany,
    /// It does not arrive: 500.
    Broken,
    /// It does not arrive: 503.
    Away,
    /// It arrives and is done; the answer is not JSON.
    Malformed,
}

impl Fault {
    /// Every way.
    pub const ALL: [Self; 8] = [
        Self::Delay,
        Self::Reset,
        Self::Lost,
        Self::Cut,
        Self::TooMany,
        Self::Broken,
        Self::Away,
        Self::Malformed,
    ];
}

/// A sort of call: its method, and how its path begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// Such as `POST`.
    pub method: &'static str,
    /// Such as `/v1/connections/`.
    pub begins: &'static str,
    /// Such as `/answers`; empty for any end.
    pub ends: &'static str,
}

impl Sort {
    pub(super) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && path.starts_with(self.begins) && path.ends_with(self.ends)
    }
}

#[derive(Default)]
struct Plan {
    /// Until a call of this sort has come, none is spoiled.
    after: Option<Sort>,
    /// The n-th call of this sort from then on, and how it is spoiled.
    next: Option<(Sort, usize, Fault)>,
    /// How many calls were spoiled since then: none or one.
    spoiled: usize,
}

/// The wire. It ends when it is dropped.
pub struct Wire {
    origin: String,
    plan: Arc<Mutex<Plan>>,
    server: JoinHandle<()>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Wire {
    /// A wire to whatever will listen on these ports of this machine.
    pub(crate) async fn to(ports: Vec<u16>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("listening for the browser")?;
        let origin = format!("http://{}", listener.local_addr().context("finding the wire's port")?);
        let plan = Arc::<Mutex<Plan>>::default();
        let known = Arc::clone(&plan);
        let ends = Arc::new(Ends { ports, calls: AtomicUsize::new(0) });
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(converse(socket, Arc::clone(&ends), Arc::clone(&known)));
            }
        });
        Ok(Self { origin, plan, server })
    }

    /// Where browsers find what is behind it.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Spoils the n-th call of this sort from now on, counted from 1, and no other.
    pub fn spoil(&self, sort: Sort, nth: usize, fault: Fault) {
        *lock(&self.plan) = Plan { next: Some((sort, nth, fault)), ..Plan::default() };
    }

    /// Spoils the first call of this sort that comes after the next one of sort `after`, and no other.
    pub fn spoil_after(&self, after: Sort, sort: Sort, fault: Fault) {
        *lock(&self.plan) = Plan { after: Some(after), next: Some((sort, 1, fault)), ..Plan::default() };
    }

    /// Whether that call came.
    pub fn has_spoiled(&self) -> bool {
        lock(&self.plan).spoiled > 0
    }
}

fn lock(plan: &Mutex<Plan>) -> std::sync::MutexGuard<'_, Plan> {
    // Every change is a few assignments: a poisoned plan is sound.
    plan.lock().unwrap_or_else(PoisonError::into_inner)
}

fn fault_for(plan: &Mutex<Plan>, method: &str, path: &str) -> Option<Fault> {
    let mut plan = lock(plan);
    if let Some(after) = plan.after {
        if after.is(method, path) {
            plan.after = None;
        }
        return None;
    }
    let (sort, left, fault) = plan.next.filter(|(sort, ..)| sort.is(method, path))?;
    if left > 1 {
        plan.next = Some((sort, left - 1, fault));
        return None;
    }
    plan.next = None;
    plan.spoiled += 1;
    Some(fault)
}

/// The far ends of the wire.
struct Ends {
    ports: Vec<u16>,
    /// How many calls went over it.
    calls: AtomicUsize,
}

impl Ends {
    /// To the next one that listens.
    async fn connect(&self) -> Option<TcpStream> {
        let first = self.calls.fetch_add(1, Ordering::Relaxed);
        for port in self.ports.iter().cycle().skip(first % self.ports.len().max(1)).take(self.ports.len()) {
            if let Ok(socket) = TcpStream::connect(("127.0.0.1", *port)).await {
                return Some(socket);
            }
        }
        None
    }
}

/// One call over one socket; both sides are told that it is closed afterwards.
async fn converse(mut browser: TcpStream, ends: Arc<Ends>, plan: Arc<Mutex<Plan>>) -> Option<()> {
    let (head, body) = request(&mut browser).await?;
    let mut words = head.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let path = target.split('?').next().unwrap_or(target);
    let fault = fault_for(&plan, method, path);
    let whole = async || forward(&ends, &head, &body).await;
    let answer = match fault {
        None => whole().await?,
        Some(Fault::Delay) => {
            tokio::time::sleep(DELAY).await;
            whole().await?
        }
        Some(Fault::Reset) => return reset(&browser),
        Some(Fault::Lost) => {
            whole().await?;
            return reset(&browser);
        }
        Some(Fault::Cut) => {
            let whole = whole().await?;
            whole.get(..whole.len() - whole.len() / 4)?.to_vec()
        }
        Some(Fault::TooMany) => refusal("429 Too Many Requests\r\nretry-after: 1"),
        Some(Fault::Broken) => refusal("500 Internal Server Error"),
        Some(Fault::Away) => refusal("503 Service Unavailable"),
        Some(Fault::Malformed) => {
            whole().await?;
            answer("200 OK\r\ncontent-type: application/json", "{\"next\": {\"step\":")
        }
    };
    browser.write_all(&answer).await.ok()?;
    browser.shutdown().await.ok()
}

/// Closes with a reset instead of a farewell.
fn reset(browser: &TcpStream) -> Option<()> {
    browser.set_zero_linger().ok()
}

fn refusal(status: &str) -> Vec<u8> {
    answer(status, "Please stand by.")
}

fn answer(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}

/// A request's head, without its last empty line, and its body.
async fn request(socket: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if bytes.len() > LONGEST_HEAD || socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(bytes.get(..end)?).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let mut body = bytes.split_off(end + 4);
    while body.len() < length.unwrap_or(0) {
        if socket.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some((head, body))
}

/// What the proxy answers, to the last byte.
async fn forward(ends: &Ends, head: &str, body: &[u8]) -> Option<Vec<u8>> {
    let mut socket = ends.connect().await?;
    let kept = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let head = kept.collect::<Vec<_>>().join("\r\n");
    socket.write_all(format!("{head}\r\nconnection: close\r\n\r\n").as_bytes()).await.ok()?;
    socket.write_all(body).await.ok()?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.ok()?;
    Some(answer)
}

//! A server in front of the practice aggregator that spoils one call, in one of many ways.

use super::dialect::Call;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What an aggregator must not pass on, and the proxy must not repeat.
pub(crate) const UPSTREAM_TEXT: &str = "text-of-the-aggregator-not-ours-to-repeat";

/// How a call is spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection is closed before anything is said. The call did not arrive.
    Closed,
    /// The call arrives, and half of its answer comes back.
    HalfABody,
    /// The call arrives, half of its answer comes back, and then nothing until the fault is over.
    Stall,
    /// The call arrives, and nothing comes back until the fault is over.
    Silence,
    /// The call arrives; the answer is empty.
    Empty,
    /// The call arrives; the answer is a page for people.
    Html,
    /// The call arrives; the answer is JSON of another shape.
    WrongShape,
    /// The call arrives; the answer has the right names and the wrong types.
    WrongTypes,
    /// The call arrives; the answer is 10 MB.
    Huge,
    /// The call arrives; the answer is shorter than it says.
    ShortOfItsLength,
    /// The call does not arrive; the answer leads elsewhere.
    Redirect,
    /// The call does not arrive; the answer is this status.
    Status(u16),
}

impl Fault {
    /// Every way.
    pub(crate) const ALL: [Self; 21] = [
        Self::Closed,
        Self::HalfABody,
        Self::Stall,
        Self::Silence,
        Self::Empty,
        Self::Html,
        Self::WrongShape,
        Self::WrongTypes,
        Self::Huge,
        Self::ShortOfItsLength,
        Self::Redirect,
        Self::Status(204),
        Self::Status(400),
        Self::Status(401),
        Self::Status(403),
        Self::Status(404),
        Self::Status(409),
        Self::Status(429),
        Self::Status(500),
        Self::Status(503),
        Self::Status(599),
    ];
}

impl Fault {
    /// Whether the call arrives, so that what it asks for is done.
    pub(crate) fn arrives(self) -> bool {
        !matches!(self, Self::Closed | Self::Redirect | Self::Status(_))
    }
}

/// How an answer is changed that reads well otherwise.
#[derive(Clone, Copy)]
pub(crate) enum Lie {
    /// What it says.
    Otherwise(fn(&mut Value)),
    /// All of it.
    Instead(fn() -> String),
}

/// Which call is spoiled, and how.
type Plan = Option<(Call, Fault)>;

#[derive(Clone)]
pub(crate) struct FaultServer {
    plan: Arc<tokio::sync::watch::Sender<Plan>>,
    lies: Arc<Mutex<Vec<(Call, Lie)>>>,
    served: Arc<Mutex<usize>>,
    spoiled: Arc<Mutex<usize>>,
    redirected: Arc<Mutex<usize>>,
}

impl FaultServer {
    /// In front of the practice aggregator at `behind`; gives the address to use instead.
    pub(crate) async fn in_front_of(behind: &str) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v3", listener.local_addr().unwrap());
        let behind = behind.trim_start_matches("http://").trim_end_matches("/v3").to_owned();
        let server = Self {
            plan: Arc::new(tokio::sync::watch::Sender::new(None)),
            lies: Arc::default(),
            served: Arc::default(),
            spoiled: Arc::default(),
            redirected: Arc::default(),
        };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (server, behind) = (accepting.clone(), behind.clone());
                tokio::spawn(async move { server.serve(socket, &behind).await });
            }
        });
        (server, url)
    }

    /// Spoils calls from now on.
    pub(crate) fn spoil(&self, call: Call, fault: Fault) {
        *self.spoiled.lock().unwrap() = 0;
        self.plan.send_replace(Some((call, fault)));
    }

    /// Answers a call with something else from now on, too.
    pub(crate) fn lie(&self, call: Call, lie: Lie) {
        self.lies.lock().unwrap().push((call, lie));
    }

    /// Spoils no more; what hangs is cut off.
    pub(crate) fn heal(&self) {
        self.lies.lock().unwrap().clear();
        self.plan.send_replace(None);
    }

    /// How many calls have come.
    pub(crate) fn served(&self) -> usize {
        *self.served.lock().unwrap()
    }

    /// How many calls were spoiled since [`Self::spoil`].
    pub(crate) fn spoiled(&self) -> usize {
        *self.spoiled.lock().unwrap()
    }

    /// How many calls followed a redirection.
    pub(crate) fn redirected(&self) -> usize {
        *self.redirected.lock().unwrap()
    }

    async fn serve(&self, mut socket: TcpStream, behind: &str) -> Option<()> {
        let (head, body) = request(&mut socket).await?;
        let mut words = head.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        if path.contains("elsewhere") {
            *self.redirected.lock().unwrap() += 1;
        }
        *self.served.lock().unwrap() += 1;
        let lies: Vec<Lie> = {
            let lies = self.lies.lock().unwrap();
            let told = |(call, _): &&(Call, Lie)| call.method == method && ends(&path, call.end);
            lies.iter().filter(told).map(|(_, lie)| *lie).collect()
        };
        let plan = *self.plan.borrow();
        let fault =
            plan.filter(|(call, _)| call.method == method && ends(&path, call.end)).map(|(_, fault)| fault);
        if fault.is_some() {
            *self.spoiled.lock().unwrap() += 1;
        }
        let answer =
            if fault.is_none_or(Fault::arrives) { forward(behind, &head, &body).await? } else { Vec::new() };
        let Some(fault) = fault else {
            let answer = lies.into_iter().fold(answer, |answer, lie| retold(&answer, lie).unwrap_or(answer));
            return socket.write_all(&answer).await.ok();
        };
        let half = answer.len() - 20.min(answer.len());
        let sent = match fault {
            Fault::Closed => Vec::new(),
            Fault::HalfABody | Fault::Stall => answer[..half].to_vec(),
            Fault::Silence => Vec::new(),
            Fault::Empty => ok(""),
            Fault::Html => ok(&format!("<!doctype html><p>{UPSTREAM_TEXT}</p>")),
            Fault::WrongShape => ok(&format!("{{\"{UPSTREAM_TEXT}\":[]}}")),
            Fault::WrongTypes => ok(&wrong_types()),
            Fault::Huge => ok(&format!("{{\"padding\":\"{}\"}}", "x".repeat(10_000_000))),
            Fault::ShortOfItsLength => {
                b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{\"sync\":{}}".to_vec()
            }
            Fault::Redirect => {
                b"HTTP/1.1 307 Elsewhere\r\nlocation: /v3/elsewhere\r\ncontent-length: 0\r\n\r\n".to_vec()
            }
            Fault::Status(204) => b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(),
            Fault::Status(status) => {
                let retry = if status == 503 { "" } else { "retry-after: 2\r\n" };
                let body = format!("{{\"id\":\"some_error\",\"message\":\"{UPSTREAM_TEXT}\"}}");
                let length = body.len();
                let head = format!("HTTP/1.1 {status} Fault\r\n{retry}content-length: {length}\r\n");
                format!("{head}connection: close\r\n\r\n{body}").into_bytes()
            }
        };
        socket.write_all(&sent).await.ok()?;
        if matches!(fault, Fault::Stall | Fault::Silence) {
            let mut plan = self.plan.subscribe();
            plan.wait_for(Option::is_none).await.ok()?;
        }
        Some(())
    }
}

/// Whether a path ends so, with `*` for a name; what is asked of it does not count.
fn ends(path: &str, end: &str) -> bool {
    let mut path = path.split('?').next().unwrap_or_default().rsplit('/');
    let named = |wanted: &str, part: &str| if wanted == "*" { is_name(part) } else { wanted == part };
    end.trim_start_matches('/').rsplit('/').all(|wanted| path.next().is_some_and(|part| named(wanted, part)))
}

/// Names have a digit in them, and words of the API have none.
fn is_name(part: &str) -> bool {
    part.contains(|one: char| one.is_ascii_digit())
}

/// An answer that went well, with another body. None of the others is changed.
fn retold(answer: &[u8], lie: Lie) -> Option<Vec<u8>> {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let status = String::from_utf8_lossy(answer.get(..head)?).lines().next()?.to_owned();
    if !status.contains(" 20") {
        return None;
    }
    let body = match lie {
        Lie::Instead(body) => body(),
        Lie::Otherwise(change) => {
            let mut body: Value = serde_json::from_slice(answer.get(head + 4..)?).ok()?;
            change(&mut body);
            body.to_string()
        }
    };
    let length = body.len();
    Some(format!("{status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes())
}

fn ok(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}

/// The names of all answers, each with a value of another type than is documented.
fn wrong_types() -> String {
    let texts = [
        "institutions",
        "brokerages",
        "user",
        "connection",
        "account",
        "sync",
        "challenges",
        "accounts",
        "portfolios",
        "auth",
        "access_token",
        "data",
        "steps",
    ];
    let mut members: Vec<String> =
        texts.iter().map(|name| format!("\"{name}\":\"{UPSTREAM_TEXT}\"")).collect();
    members.push(format!("\"id\":[\"{UPSTREAM_TEXT}\"]"));
    format!("{{{}}}", members.join(","))
}

/// A request's head, without its last empty line, and its body.
async fn request(socket: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length.unwrap_or(0) {
        if socket.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some((head, body))
}

/// What the practice aggregator answers.
async fn forward(behind: &str, head: &str, body: &[u8]) -> Option<Vec<u8>> {
    let mut socket = TcpStream::connect(behind).await.ok()?;
    socket.write_all(format!("{head}\r\nconnection: close\r\n\r\n").as_bytes()).await.ok()?;
    socket.write_all(body).await.ok()?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.ok()?;
    Some(answer)
}

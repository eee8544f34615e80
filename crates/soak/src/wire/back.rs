//! Between proxy and aggregator: real sockets, in front of the practice aggregator's own routes.

use super::{NOT_JSON, OTHER_SHAPE};
use crate::fault::{Fault, Weather};
use crate::time::Clocks;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use std::pin::pin;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// Longer than any head that the proxy sends.
const LONGEST_HEAD: usize = 64 * 1024;

/// Answers what comes to the listener with `behind`, through the weather, for as long as it is polled.
///
/// The practice aggregator lives by a clock that has to be moved; `clocks` moves it whenever somebody calls.
pub async fn serve(listener: TcpListener, routes: Router, weather: Weather, clocks: Clocks) {
    let behind = Behind { routes, clocks };
    let mut sockets = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((socket, _)) = accepted else { return };
                sockets.spawn(converse(socket, behind.clone(), weather.clone()));
            }
            Some(_) = sockets.join_next() => {}
        }
    }
}

/// Answers the calls that come over one socket, one after the other, until either side closes it.
async fn converse(mut socket: TcpStream, behind: Behind, weather: Weather) -> Option<()> {
    socket.set_nodelay(true).ok()?;
    let mut read = Vec::new();
    loop {
        let request = request(&mut socket, &mut read).await?;
        let fault = weather.next(request.method().as_str(), request.uri().path());
        let pause = |time: Duration| tokio::time::sleep(time);
        match fault {
            None => {
                let answer = answer(&behind, request).await?;
                socket.write_all(&written(answer)).await.ok()?;
            }
            Some(Fault::Late(time)) => {
                pause(time).await;
                let answer = answer(&behind, request).await?;
                socket.write_all(&written(answer)).await.ok()?;
            }
            Some(Fault::AnsweredLate(time)) => {
                let answer = answer(&behind, request).await?;
                pause(time).await;
                socket.write_all(&written(answer)).await.ok()?;
            }
            Some(Fault::Reset) => return reset(socket),
            // A proxy that goes away half-way is a matter of its own tests; here the wire goes.
            Some(Fault::Lost | Fault::Gone(_)) => {
                answer(&behind, request).await?;
                return reset(socket);
            }
            Some(Fault::Cut) => {
                let whole = written(answer(&behind, request).await?);
                socket.write_all(whole.get(..whole.len() - whole.len() / 4)?).await.ok()?;
                return None;
            }
            Some(Fault::TooMany(seconds)) => {
                let head = [("retry-after", seconds.to_string())];
                socket.write_all(&refusal(429, &head)).await.ok()?;
            }
            Some(Fault::Refused(status)) => socket.write_all(&refusal(status, &[])).await.ok()?,
            Some(Fault::DoneButFailed(status)) => {
                answer(&behind, request).await?;
                socket.write_all(&refusal(status, &[])).await.ok()?;
            }
            Some(Fault::Malformed) => {
                let (status, head, _) = answer(&behind, request).await?;
                socket.write_all(&written((status, head, NOT_JSON.into()))).await.ok()?;
            }
            Some(Fault::WrongSchema) => {
                let (status, head, _) = answer(&behind, request).await?;
                socket.write_all(&written((status, head, OTHER_SHAPE.into()))).await.ok()?;
            }
        }
    }
}

/// Closes with a reset instead of a farewell.
fn reset(socket: TcpStream) -> Option<()> {
    socket.set_zero_linger().ok()?;
    None
}

type Answer = (u16, Vec<(String, String)>, Vec<u8>);

/// The practice aggregator.
#[derive(Clone)]
struct Behind {
    routes: Router,
    clocks: Clocks,
}

async fn answer(behind: &Behind, request: Request<Body>) -> Option<Answer> {
    let call = pin!(behind.routes.clone().oneshot(request));
    let response: Response<Body> = behind.clocks.striking(call).await.ok()?;
    let (parts, body) = response.into_parts();
    let head = parts.headers.iter().filter_map(|(name, value)| {
        let length = matches!(name.as_str(), "content-length" | "transfer-encoding" | "connection");
        (!length).then(|| Some((name.to_string(), value.to_str().ok()?.to_owned())))?
    });
    let head = head.collect();
    let body = to_bytes(body, usize::MAX).await.ok()?;
    Some((parts.status.as_u16(), head, body.into()))
}

fn written((status, head, body): Answer) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} Answer\r\n");
    for (name, value) in head {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if status != 204 {
        text.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend(body);
    bytes
}

fn refusal(status: u16, head: &[(&str, String)]) -> Vec<u8> {
    let head = head.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let body = format!(r#"{{"id":"in_between","message":"not now","status":{status}}}"#);
    written((status, head, body.into_bytes()))
}

/// The next request on the socket; nothing when there is none, or none that can be read.
async fn request(socket: &mut TcpStream, read: &mut Vec<u8>) -> Option<Request<Body>> {
    let (length, request, body) = loop {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Request::new(&mut headers);
        if let httparse::Status::Complete(length) = head.parse(read).ok()? {
            let mut request = Request::builder().method(head.method?).uri(head.path?);
            let mut body = 0;
            for header in head.headers.iter() {
                if header.name.eq_ignore_ascii_case("content-length") {
                    body = std::str::from_utf8(header.value).ok()?.trim().parse().ok()?;
                }
                request = request.header(header.name, header.value);
            }
            break (length, request, body);
        }
        if read.len() > LONGEST_HEAD || socket.read_buf(read).await.ok()? == 0 {
            return None;
        }
    };
    let end = length.checked_add(body)?;
    while read.len() < end {
        if socket.read_buf(read).await.ok()? == 0 {
            return None;
        }
    }
    let rest = read.split_off(end);
    let body = std::mem::replace(read, rest).split_off(length);
    request.body(Body::from(body)).ok()
}

//! A connection that stays open, for one call after another.

use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpStream;

/// HTTP/1.1 over one socket. It ends with the runtime on which it was opened.
pub(crate) struct Connection {
    host: HeaderValue,
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    /// # Errors
    /// Nobody listens there.
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let socket = TcpStream::connect(address).await.with_context(|| format!("connecting to {address}"))?;
        socket.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(socket)).await?;
        // Whatever goes wrong with it, the next call says so.
        tokio::spawn(connection);
        Ok(Self { host: HeaderValue::try_from(address.to_string())?, sender })
    }

    /// Reads what is at `target`, a path with its query.
    ///
    /// # Errors
    /// The connection broke.
    pub(crate) async fn get(
        &mut self,
        target: &str,
        bearer: Option<&HeaderValue>,
    ) -> anyhow::Result<(StatusCode, Bytes)> {
        let request = Request::get(target).body(Full::default())?;
        self.call(request, bearer).await
    }

    /// Does something that is to be done once.
    ///
    /// # Errors
    /// The connection broke, or it was refused.
    pub(crate) async fn post(
        &mut self,
        target: &str,
        bearer: Option<&HeaderValue>,
        key: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<Bytes> {
        let request = Request::builder().method(Method::POST).uri(target).header("idempotency-key", key);
        let request = request.header(CONTENT_TYPE, "application/json");
        let request = request.body(Full::from(serde_json::to_vec(body)?))?;
        let (status, answer) = self.call(request, bearer).await?;
        ensure!(status.is_success(), "{target} answered {status}");
        Ok(answer)
    }

    async fn call(
        &mut self,
        mut request: Request<Full<Bytes>>,
        bearer: Option<&HeaderValue>,
    ) -> anyhow::Result<(StatusCode, Bytes)> {
        request.headers_mut().insert(HOST, self.host.clone());
        if let Some(bearer) = bearer {
            request.headers_mut().insert(AUTHORIZATION, bearer.clone());
        }
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }
}

/// What a token is sent as.
///
/// # Errors
/// It has characters that no header may have.
pub(crate) fn bearer(token: &str) -> anyhow::Result<HeaderValue> {
    let mut bearer = HeaderValue::try_from(format!("Bearer {token}"))?;
    bearer.set_sensitive(true);
    Ok(bearer)
}

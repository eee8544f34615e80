//! HTTP to an aggregator: timeouts, sizes, and what a failure means for what it did. How it lets us in is its adapter's.

use super::UpstreamError;
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Every response of a practice aggregator carries this header.
const PRACTICE_HEADER: &str = "x-linchpin-practice";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// An aggregator that asks to be left alone is left alone for so many seconds at the most: people are told of it.
const LONGEST_REST: u32 = 60 * 60;
/// The whole directory is the largest answer there is: about 3 MB in practice.
pub(super) const DIRECTORY: usize = 64 * 1024 * 1024;
/// Every other answer is about one person.
pub(super) const ORDINARY_ANSWER: usize = 4 * 1024 * 1024;
/// How long an ordinary call may take.
pub(super) const ORDINARY: Duration = Duration::from_secs(30);

/// Whether a call changes something upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It only looks: it may be repeated.
    None,
    /// It changes something: it is sent once.
    Some,
}

/// One call.
pub(super) struct Call<'a, B> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) body: Option<B>,
    pub(super) effect: Effect,
    pub(super) timeout: Duration,
    /// Bytes of the answer beyond which it is not read on.
    pub(super) largest: usize,
}

/// A GET.
pub(super) fn look(path: &str) -> Call<'_, ()> {
    Call {
        method: Method::GET,
        path,
        body: None,
        effect: Effect::None,
        timeout: ORDINARY,
        largest: ORDINARY_ANSWER,
    }
}

/// A POST that is sent once.
pub(super) fn change<B>(path: &str, body: B, timeout: Duration) -> Call<'_, B> {
    Call {
        method: Method::POST,
        path,
        body: Some(body),
        effect: Effect::Some,
        timeout,
        largest: ORDINARY_ANSWER,
    }
}

/// An aggregator's address, and how it is spoken to.
pub(super) struct Http {
    client: reqwest::Client,
    base: String,
    refuse_practice: bool,
}

/// An answer with a status between 400 and 499: nothing was done.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    retry_after_s: Option<u32>,
    /// Never repeated: it is not ours.
    pub(super) body: Vec<u8>,
}

impl Refusal {
    /// What the status alone says.
    pub(super) fn by_status(&self) -> UpstreamError {
        match self.status {
            StatusCode::UNAUTHORIZED => UpstreamError::Refused,
            StatusCode::NOT_FOUND => UpstreamError::Gone,
            StatusCode::TOO_MANY_REQUESTS => self.busy(),
            status => UpstreamError::Rejected { status: status.as_u16() },
        }
    }

    /// Too much was asked of it.
    pub(super) fn busy(&self) -> UpstreamError {
        UpstreamError::Busy { retry_after_s: self.retry_after_s }
    }
}

impl Http {
    /// `refuse_practice`: answers of an aggregator that says it is for practice are errors.
    pub(super) fn new(base: &str, refuse_practice: bool) -> Result<Self, reqwest::Error> {
        let mut client = reqwest::Client::builder();
        if base.starts_with("http://") {
            // A practice aggregator on this machine: there is no certificate to check, and reading the machine's roots
            // takes longer than everything else at the start.
            client = client.tls_certs_only([]);
        }
        let client = client
            .connect_timeout(CONNECT_TIMEOUT)
            // A redirect would carry a login to another place (ASVS 15.3.2).
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("linchpin-proxy/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, base: base.trim_end_matches('/').to_owned(), refuse_practice })
    }

    /// A request to a path below the address.
    pub(super) fn request(&self, method: Method, path: &str, timeout: Duration) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).timeout(timeout)
    }

    /// Sends a request.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Response, UpstreamError> {
        let response = request.send().await.map_err(|error| transport(&error))?;
        if self.refuse_practice && response.headers().contains_key(PRACTICE_HEADER) {
            return Err(UpstreamError::PracticeInProduction);
        }
        Ok(response)
    }
}

/// Reads an answer; what the aggregator refuses is read by its adapter.
pub(super) async fn read<T: DeserializeOwned, E: From<UpstreamError>>(
    response: Response,
    largest: usize,
    refused: impl FnOnce(Refusal) -> E,
) -> Result<T, E> {
    let body = body(response, largest, refused).await?;
    serde_json::from_slice(&body).map_err(|error| {
        // The position only: serde's own text can repeat a value.
        let (line, column) = (error.line(), error.column());
        tracing::warn!(line, column, "the aggregator's answer does not read as documented");
        UpstreamError::Broken.into()
    })
}

/// The bytes of an answer that went well.
pub(super) async fn body<E: From<UpstreamError>>(
    response: Response,
    largest: usize,
    refused: impl FnOnce(Refusal) -> E,
) -> Result<Vec<u8>, E> {
    let status = response.status();
    if status.is_success() {
        return Ok(limited(response, largest).await?);
    }
    if !status.is_client_error() {
        return Err(UpstreamError::Broken.into());
    }
    let retry_after = response.headers().get(header::RETRY_AFTER);
    let retry_after_s = retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let retry_after_s = retry_after_s.map(|seconds: u32| seconds.min(LONGEST_REST));
    let body = limited(response, largest).await.unwrap_or_default();
    Err(refused(Refusal { status, retry_after_s, body }))
}

/// A failure below HTTP. Only a connection that was never made is certain to have done nothing.
fn transport(error: &reqwest::Error) -> UpstreamError {
    if error.is_connect() || error.is_builder() { UpstreamError::NotSent } else { UpstreamError::Unclear }
}

async fn limited(mut response: Response, largest: usize) -> Result<Vec<u8>, UpstreamError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| UpstreamError::Unclear)? {
        if body.len() + chunk.len() > largest {
            return Err(UpstreamError::Broken);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

//! HTTP to Basiq: tokens of each version and scope, and what its refusals mean (basiq.md 2.1, 6).

use super::wire;
use crate::aggregators::UpstreamError;
use crate::aggregators::http::{self, Effect, Http, ORDINARY_ANSWER, Refusal};
use crate::clock::{Clock, later};
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::Secret;
use reqwest::{Method, Response, StatusCode, Url, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Mutex;

pub(super) use crate::aggregators::http::{Call, DIRECTORY, ORDINARY, change, look};

/// A token is replaced this long before its end.
const TOKEN_MARGIN: SignedDuration = SignedDuration::from_secs(60);
/// Whatever its end: two or three times an hour is what Basiq asks for (basiq.md 2.1).
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(25);
/// An end sooner than this is not believed: calls would be made for tokens alone. One that has run out is refused, and
/// replaced then.
const SHORTEST_LIFE: SignedDuration = SignedDuration::from_mins(5);
/// Longer than any token; a header has to hold it, and an address.
const LONGEST_TOKEN: usize = 8 * 1024;

/// Which API a token is for: the token carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Version {
    /// Takes logins.
    V2,
    /// Everything else.
    V3,
}

impl Version {
    fn as_str(self) -> &'static str {
        match self {
            Self::V2 => "2.1",
            Self::V3 => "3.0",
        }
    }
}

/// Why a call failed, with Basiq's code for it.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: UpstreamError,
    pub(super) refused: Option<wire::Error>,
}

impl From<UpstreamError> for Failure {
    fn from(error: UpstreamError) -> Self {
        Self { error, refused: None }
    }
}

impl From<Failure> for UpstreamError {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

pub(super) struct Client {
    http: Http,
    /// Sent exactly as it was issued.
    key: Secret,
    clock: Arc<dyn Clock>,
    tokens: Mutex<HashMap<Version, Token>>,
}

struct Token {
    secret: Secret,
    good_until: Timestamp,
}

impl Client {
    pub(super) fn new(
        base: &str,
        key: Secret,
        refuse_practice: bool,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self { http: Http::new(base, refuse_practice)?, key, clock, tokens: Mutex::default() })
    }

    /// Makes a call with the server's token. A refused token is replaced and the call repeated only if the call has no
    /// effect.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        version: Version,
        call: Call<'_, impl Serialize>,
    ) -> Result<T, Failure> {
        let response = self.admitted(version, &call).await?;
        http::read(response, call.largest, refused).await
    }

    /// Makes a call whose answer is empty.
    pub(super) async fn command(&self, call: Call<'_, impl Serialize>) -> Result<(), Failure> {
        let response = self.admitted(Version::V3, &call).await?;
        let body = http::body(response, call.largest, refused).await?;
        // A page of somebody's in between says that all is well, too.
        if body.is_empty() || serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok() {
            return Ok(());
        }
        Err(UpstreamError::Broken.into())
    }

    /// Makes a call with a token of its own, bound to a user.
    pub(super) async fn send_as<T: DeserializeOwned>(
        &self,
        token: &Secret,
        call: Call<'_, impl Serialize>,
    ) -> Result<T, Failure> {
        let response = self.request(token, &call).await?;
        http::read(response, call.largest, refused).await
    }

    /// A token that stands for one user. It never reaches a browser but in the address of the consent page.
    pub(super) async fn user_token(&self, version: Version, user: &str) -> Result<Secret, UpstreamError> {
        let scope = [("scope", "CLIENT_ACCESS"), ("userId", user)];
        self.mint(version, &scope).await.map(|answer| answer.access_token)
    }

    async fn admitted(&self, version: Version, call: &Call<'_, impl Serialize>) -> Result<Response, Failure> {
        let token = self.server_token(version).await?;
        let response = self.request(&token, call).await?;
        // An expired token is 403 with a code, so the body has to be read to tell it from a refusal of ours.
        if !matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Ok(response);
        }
        let Err(failure) = http::body::<Failure>(response, ORDINARY_ANSWER, refused).await else {
            return Err(UpstreamError::Broken.into());
        };
        if failure.error != UpstreamError::Refused {
            return Err(failure);
        }
        self.forget(version, &token).await;
        if call.effect == Effect::Some {
            return Err(failure);
        }
        let token = self.server_token(version).await?;
        Ok(self.request(&token, call).await?)
    }

    async fn forget(&self, version: Version, token: &Secret) {
        let mut tokens = self.tokens.lock().await;
        // Somebody else may have replaced it meanwhile.
        if tokens.get(&version).is_some_and(|kept| kept.secret == *token) {
            tokens.remove(&version);
        }
    }

    async fn request(
        &self,
        token: &Secret,
        call: &Call<'_, impl Serialize>,
    ) -> Result<Response, UpstreamError> {
        let mut request = self.http.request(call.method.clone(), call.path, call.timeout);
        request = request.bearer_auth(token.expose()).header(header::ACCEPT, "application/json");
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        self.http.send(request).await
    }

    /// The server's token: kept in memory only.
    async fn server_token(&self, version: Version) -> Result<Secret, UpstreamError> {
        let mut tokens = self.tokens.lock().await;
        let now = self.clock.now();
        if let Some(token) = tokens.get(&version).filter(|token| token.good_until > now) {
            return Ok(token.secret.clone());
        }
        let answer = self.mint(version, &[("scope", "SERVER_ACCESS")]).await?;
        let secret = answer.access_token.clone();
        tokens.insert(
            version,
            Token { secret: answer.access_token, good_until: later(now, life(answer.expires_in)) },
        );
        Ok(secret)
    }

    async fn mint(
        &self,
        version: Version,
        scope: &[(&str, &str)],
    ) -> Result<wire::TokenAnswer, UpstreamError> {
        // The key is not encoded once more: that is not standard, and the standard way is refused.
        let mut key = header::HeaderValue::from_str(&format!("Basic {}", self.key.expose()))
            .map_err(|_| UpstreamError::Refused)?;
        key.set_sensitive(true);
        let request = self.http.request(Method::POST, "/token", ORDINARY);
        let request = request
            .header(header::AUTHORIZATION, key)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("basiq-version", version.as_str())
            .body(form(scope));
        let answer = match self.http.send(request).await {
            Ok(response) => {
                http::read::<wire::TokenAnswer, Failure>(response, ORDINARY_ANSWER, refused).await
            }
            Err(error) => Err(error.into()),
        };
        let answer = answer.and_then(|answer| {
            if is_token(answer.access_token.expose()) {
                Ok(answer)
            } else {
                Err(UpstreamError::Broken.into())
            }
        });
        answer.map_err(|failure| match failure.error {
            // An unknown key is 404.
            UpstreamError::Rejected { .. } | UpstreamError::Gone | UpstreamError::Duplicate => {
                UpstreamError::Refused
            }
            // Whatever became of this token, the call that wanted it was not sent.
            UpstreamError::Unclear | UpstreamError::Broken => UpstreamError::NotSent,
            other => other,
        })
    }
}

/// How long a token is used of which it is said that it lasts so many seconds.
fn life(stated: Option<u32>) -> SignedDuration {
    let stated = stated.map(|seconds| SignedDuration::from_secs(seconds.into()));
    match stated.filter(|stated| *stated >= SHORTEST_LIFE) {
        Some(stated) => (stated - TOKEN_MARGIN).min(TOKEN_LIFE),
        None => TOKEN_LIFE,
    }
}

/// What a header can hold.
fn is_token(text: &str) -> bool {
    (1..=LONGEST_TOKEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// As the body of a form.
fn form(fields: &[(&str, &str)]) -> String {
    let encoded = Url::parse_with_params("form://fields", fields);
    encoded.ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default()
}

/// Codes say more than statuses: an expired token is 403, and so is what asks too much.
fn refused(refusal: Refusal) -> Failure {
    let told = serde_json::from_slice::<wire::Errors>(&refusal.body).ok();
    if let Some(correlation_id) = told.as_ref().and_then(correlation_id) {
        // Basiq's support asks for it (basiq.md 6).
        tracing::info!(correlation_id, status = refusal.status.as_u16(), "the aggregator refused a call");
    }
    let first = told.and_then(|told| told.data.into_iter().next());
    let error = match first.as_ref().and_then(|error| error.code.as_deref()) {
        Some("access-denied") => UpstreamError::Refused,
        Some("too-many-requests") => refusal.busy(),
        Some("resource-already-exists") => UpstreamError::Duplicate,
        _ if refusal.status == StatusCode::GONE => UpstreamError::Gone,
        _ => refusal.by_status(),
    };
    Failure { error, refused: first }
}

/// What an answer is called for support, if that can be a name only: more hexadecimal digits than any number has that is
/// a secret.
fn correlation_id(told: &wire::Errors) -> Option<&str> {
    let id = told.correlation_id.as_deref()?;
    let (hyphens, digits): (Vec<u8>, Vec<u8>) = id.bytes().partition(|byte| *byte == b'-');
    let fits = hyphens.len() <= 4 && (32..=64).contains(&digits.len());
    (fits && digits.iter().all(u8::is_ascii_hexdigit)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_used_for_less_long_than_it_lasts_and_nonsense_is_not_believed() {
        assert_eq!(life(Some(3_600)), TOKEN_LIFE);
        assert_eq!(life(Some(600)), SignedDuration::from_mins(9));
        for nonsense in [None, Some(0), Some(1), Some(u32::MAX)] {
            assert_eq!(life(nonsense), TOKEN_LIFE, "{nonsense:?}");
        }
        let read = |seconds: &str| {
            let json = format!(r#"{{"access_token":"t","expires_in":{seconds}}}"#);
            serde_json::from_str::<wire::TokenAnswer>(&json).unwrap().expires_in
        };
        assert_eq!(read("3600"), Some(3_600));
        for nonsense in ["-1", "1e30", "\"soon\"", "null", "4294967296", "[]"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn what_a_header_cannot_hold_is_no_token() {
        assert!(is_token("eyJhbGciOi.J9-_~+/="));
        for bad in ["", "a b", "a\r\nx-evil: 1", "\u{e9}", &"x".repeat(LONGEST_TOKEN + 1)] {
            assert!(!is_token(bad), "{bad:?}");
        }
    }

    #[test]
    fn nothing_but_a_name_is_logged_of_a_refusal() {
        let told = |id: &str| {
            let json = format!(r#"{{"type":"list","correlationId":{id},"data":[]}}"#);
            correlation_id(&serde_json::from_str(&json).unwrap()).map(str::to_owned)
        };
        let name = "0a1b2c3d-0000-4fff-8000-0123456789ab";
        assert_eq!(told(&format!("\"{name}\"")).as_deref(), Some(name));
        for other in [
            "\"gavinBelson\"",
            "\"600000157441965\"",
            "\"0a1b2c3d-0000-4fff-8000-0123456789ag\"",
            "7",
            "null",
        ] {
            assert_eq!(told(other), None, "{other}");
        }
    }

    #[test]
    fn a_form_keeps_what_it_holds_apart() {
        assert_eq!(
            form(&[("scope", "CLIENT_ACCESS"), ("userId", "a&b=c d")]),
            "scope=CLIENT_ACCESS&userId=a%26b%3Dc+d"
        );
    }
}

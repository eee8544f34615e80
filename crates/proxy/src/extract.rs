//! What handlers take: bodies that fit, keys, principals. Each refusal is a problem.

use crate::app::AppState;
use crate::config::ClientConfig;
use crate::consent;
use crate::problem::ApiProblem;
use crate::scopes;
use crate::sharing::Asker;
use crate::store::{ClientId, SessionRecord};
use crate::tokens::Kind;
use crate::ways;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use jiff::SignedDuration;
use linchpin_protocol::{Code, FieldProblemKind};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use std::collections::HashMap;
use std::time::Duration;

/// A session ends when nothing but polling has come for this long.
pub(crate) const IDLE: SignedDuration = SignedDuration::from_mins(30);
const LONGEST_KEY: usize = 255;
/// A body has this long to arrive: whoever drips it must not hold a connection.
const SLOWEST_BODY: Duration = Duration::from_secs(10);

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ApiProblem> {
        if !is_json(request.headers()) {
            let problem = ApiProblem::field("content-type", FieldProblemKind::Malformed);
            return Err(problem.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        parse(&whole(request, SLOWEST_BODY).await?).map(Self)
    }
}

/// The whole body, if it comes in time.
async fn whole(request: Request, patience: Duration) -> Result<Bytes, ApiProblem> {
    let refuse = |problem, status| Err(ApiProblem::field("", problem).with_status(status));
    match tokio::time::timeout(patience, Bytes::from_request(request, &())).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            refuse(FieldProblemKind::TooLong, StatusCode::PAYLOAD_TOO_LARGE)
        }
        // It broke off.
        Ok(Err(_)) => refuse(FieldProblemKind::Malformed, StatusCode::BAD_REQUEST),
        Err(_) => refuse(FieldProblemKind::Missing, StatusCode::REQUEST_TIMEOUT),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Reads a body, or names the field at which it stops fitting. The value is never repeated.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiProblem> {
    // A list of an object's values would pass for the object, and nobody has agreed to that.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(ApiProblem::field("", FieldProblemKind::Malformed));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let mut path: Vec<String> = error
            .path()
            .iter()
            .filter_map(|segment| match segment {
                Segment::Seq { index } => Some(index.to_string()),
                Segment::Map { key } => Some(plain(key)),
                Segment::Enum { .. } | Segment::Unknown => None,
            })
            .collect();
        let text = error.inner().to_string();
        let kind = match text.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')) {
            Some((field, _)) => {
                path.push(plain(field));
                FieldProblemKind::Missing
            }
            None => FieldProblemKind::Malformed,
        };
        ApiProblem::field(path.join("."), kind)
    })?;
    json.end().map_err(|_| ApiProblem::field("", FieldProblemKind::Malformed))?;
    Ok(read)
}

/// A field's name as it may be repeated: what our own fields are made of.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(64).collect()
}

/// The `Idempotency-Key` header: one for each act of a person.
pub(crate) struct Idempotency(pub(crate) String);

impl FromRequestParts<AppState> for Idempotency {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiProblem> {
        let header = parts.headers.get("idempotency-key").ok_or(Code::IdempotencyMissing)?;
        let malformed = || ApiProblem::field("idempotency-key", FieldProblemKind::Malformed);
        let key = header.to_str().map_err(|_| malformed())?.trim();
        if key.is_empty() {
            return Err(Code::IdempotencyMissing.into());
        }
        if key.len() > LONGEST_KEY {
            return Err(ApiProblem::field("idempotency-key", FieldProblemKind::TooLong));
        }
        Ok(Self(key.to_owned()))
    }
}

/// A client's server.
pub(crate) struct Client {
    pub(crate) id: ClientId,
    pub(crate) config: ClientConfig,
}

impl FromRequestParts<AppState> for Client {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiProblem> {
        let secret = bearer(&parts.headers).ok_or(Code::Unauthorized)?;
        let hash = state.key.hash(Kind::Client, &[secret]);
        // All of them are compared, so that the time taken tells nothing.
        let mut found = None;
        for (id, client) in &state.clients {
            let any = client.secrets.iter().fold(false, |any, secret| secret.matches(&hash) | any);
            if any {
                found = Some(Self { id: id.clone(), config: client.config.clone() });
            }
        }
        let client = found.ok_or(Code::Unauthorized)?;
        state.guard.client(&client.id)?;
        Ok(client)
    }
}

/// The widget, with a session that goes on. The call counts as a sign of life.
pub(crate) struct Session(pub(crate) SessionRecord);

/// The widget, with a session that goes on. The call does not count as a sign of life.
pub(crate) struct PollingSession(pub(crate) SessionRecord);

impl FromRequestParts<AppState> for Session {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiProblem> {
        session(parts, state, true).await.map(Self)
    }
}

impl FromRequestParts<AppState> for PollingSession {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiProblem> {
        session(parts, state, false).await.map(Self)
    }
}

async fn session(parts: &Parts, state: &AppState, touch: bool) -> Result<SessionRecord, ApiProblem> {
    let token = bearer(&parts.headers).ok_or(Code::SessionExpired)?;
    let hash = state.key.hash(Kind::Session, &[token]);
    let now = state.clock.now();
    let found = state.store.session(&hash, now, crate::clock::later(now, -IDLE), touch).await?;
    let session = found.ok_or(Code::SessionExpired)?;
    // Here and not in the handlers, so that no route can forget it.
    Asker::of(&parts.extensions).admit(&session.link)?;
    let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    state.guard.session(&session.link.id, route == "/v1/institutions")?;
    let agreed = session.agreed || consent::to_ask(state, &session.link).is_none();
    let types = ways::takes_logins(state, &session.link);
    scopes::check(session.link.mode, agreed, types, &parts.method, route)?;
    Ok(session)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
}

/// The id in the path.
pub(crate) struct Id(pub(crate) String);

impl FromRequestParts<AppState> for Id {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiProblem> {
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Code::NotFound)?;
        // None of our ids is longer, and none needs to reach the store.
        if id.len() > 128 { Err(Code::NotFound.into()) } else { Ok(Self(id)) }
    }
}

/// The query's parameters, each at most once.
pub(crate) struct Parameters(HashMap<String, String>);

impl FromRequestParts<AppState> for Parameters {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiProblem> {
        Self::of(&parts.uri)
    }
}

impl Parameters {
    /// Reads an address's query.
    pub(crate) fn of(uri: &Uri) -> Result<Self, ApiProblem> {
        let query = Query::<HashMap<String, String>>::try_from_uri(uri);
        query.map(|Query(map)| Self(map)).map_err(|_| ApiProblem::field("query", FieldProblemKind::Malformed))
    }

    /// A parameter's text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A parameter that is a whole number of at most 63 bits, which is what the store holds.
    pub(crate) fn number(&self, name: &'static str) -> Result<Option<u64>, ApiProblem> {
        let number = |text: &str| text.parse().ok().filter(|number| i64::try_from(*number).is_ok());
        let malformed = || ApiProblem::field(name, FieldProblemKind::Malformed);
        self.text(name).map(|text| number(text).ok_or_else(malformed)).transpose()
    }

    /// A parameter that is `true` or `false`.
    pub(crate) fn truth(&self, name: &'static str) -> Result<Option<bool>, ApiProblem> {
        let malformed = |_| ApiProblem::field(name, FieldProblemKind::Malformed);
        self.text(name).map(|text| text.parse().map_err(malformed)).transpose()
    }

    /// The size of a page that `limit` asks for.
    pub(crate) fn limit(&self, usual: u32, largest: u32) -> Result<u32, ApiProblem> {
        let Some(limit) = self.number("limit")? else { return Ok(usual) };
        let limit = u32::try_from(limit).ok().filter(|limit| (1..=largest).contains(limit));
        limit.ok_or_else(|| ApiProblem::field("limit", FieldProblemKind::NotOffered))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linchpin_protocol::{CreateLinkToken, SubmitCredentials};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    fn refusal<T: DeserializeOwned>(body: &str) -> (String, String) {
        let problem = parse::<T>(body.as_bytes()).err().unwrap();
        let text = format!("{problem:?}");
        (problem.field_names().remove(0), text)
    }

    #[test]
    fn a_body_that_does_not_fit_names_the_field_and_not_the_value() {
        for (body, field) in [
            ("{}", "revision"),
            (r#"{"revision":1}"#, "fields"),
            (r#"{"revision":"s3cret","fields":[]}"#, "revision"),
            (r#"{"revision":1,"fields":[{"id":"username"}]}"#, "fields.0.value"),
            (r#"{"revision":1,"fields":[{"id":"username","value":{"s3cret":1}}]}"#, "fields.0.value"),
            (r#"{"revision":1,"fields":[],"more":"s3cret"}"#, "more"),
            (r#"{"revision":1,"fields":[]} s3cret"#, ""),
            ("s3cret", ""),
            (r#"[1,[["s3cret","s3cret"]]]"#, ""),
            ("", ""),
        ] {
            let (named, text) = refusal::<SubmitCredentials>(body);
            assert_eq!(named, field, "{body}");
            assert!(!text.contains("s3cret"), "a value was repeated: {text}");
        }
        let (named, _) = refusal::<CreateLinkToken>(r#"{"user_id":"u","origin":"o","purpose":"spy"}"#);
        assert_eq!(named, "purpose");
    }

    /// Sends the head of a request, then `bytes` one at a time for as long as anybody reads.
    async fn dripped(bytes: &'static [u8]) -> String {
        let route = axum::routing::post(|request: Request| async {
            let patience = Duration::from_millis(50);
            whole(request, patience).await.err().map_or("read".to_owned(), |problem| format!("{problem:?}"))
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut socket = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/", route)).await });
        let head = b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 5\r\n\r\n";
        socket.write_all(head).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn a_body_that_does_not_arrive_in_time_is_given_up() {
        let late = dripped(b"{").await;
        assert!(late.contains("408"), "a body that never ends was waited for: {late}");
        let whole = dripped(b"{   }").await;
        assert!(whole.ends_with("read"), "a body in time is read: {whole}");
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        let body = format!(r#"{{"revision":1,"fields":[{{"id":"username","value":{}"#, "[".repeat(50_000));
        assert_eq!(refusal::<SubmitCredentials>(&body).0, "fields.0.value");
    }
}

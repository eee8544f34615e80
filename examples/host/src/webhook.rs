//! What Linchpin's server tells this one by itself: that something has changed, while no page of ours was looking.
//!
//! Anybody can send something to this address. So a message counts only with a signature that nobody else can make, made
//! within the last five minutes, and once. What it says is an id; what became of it is asked with our own secret.

use crate::Site;
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use linchpin_protocol::{Secret, WebhookEvent};
use sha2::Sha256;
use std::{fmt, sync::Arc};

/// Seconds that a signature may be older, or by a clock that is ahead newer, than now. Who has overheard a message cannot
/// send it again later, and within this time its id gives it away.
const WINDOW: u64 = 5 * 60;

/// Why a message is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// A header is missing or cannot be read.
    #[error("a header is missing")]
    Header,
    /// It was signed too long ago, or by a clock far ahead.
    #[error("it was not signed in the last five minutes")]
    Time,
    /// No signature is ours.
    #[error("no signature fits")]
    Signature,
    /// It is signed and still not understood.
    #[error("it cannot be read")]
    Body,
}

/// Tells Linchpin's messages from everybody else's, by the scheme of Standard Webhooks: HMAC-SHA256 over id, seconds and
/// body.
#[derive(Clone)]
pub(crate) struct Verifier(Hmac<Sha256>);

impl Verifier {
    /// Takes the secret that the proxy signs with: `whsec_` and bytes in base64. `None`: it is something else.
    pub(crate) fn new(secret: &Secret) -> Option<Self> {
        let key = STANDARD.decode(secret.expose().strip_prefix("whsec_")?).ok()?;
        // An empty key would fit a signature that anybody can make.
        (key.len() >= 24).then(|| Hmac::new_from_slice(&key).ok().map(Self))?
    }

    /// The event in a message. The body is only looked at when a signature fits.
    pub(crate) fn read(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<WebhookEvent, Refusal> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).ok_or(Refusal::Header);
        let (id, seconds, signatures) =
            (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
        let signed_at: i64 = seconds.parse().map_err(|_| Refusal::Header)?;
        if now.as_second().abs_diff(signed_at) > WINDOW {
            return Err(Refusal::Time);
        }
        let mut mac = self.0.clone();
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        // Two while a secret is being rotated. Each is compared in constant time.
        let fits = |signature: &str| {
            let signature = signature.strip_prefix("v1,").and_then(|text| STANDARD.decode(text).ok());
            signature.is_some_and(|signature| mac.clone().verify_slice(&signature).is_ok())
        };
        if !signatures.split(' ').any(fits) {
            return Err(Refusal::Signature);
        }
        let event: WebhookEvent = serde_json::from_slice(body).map_err(|_| Refusal::Body)?;
        // The header's id is the one that is signed with the time.
        if event.id.as_str() == id { Ok(event) } else { Err(Refusal::Body) }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[verifier]")
    }
}

/// `POST /webhooks/linchpin`: puts it by and answers at once. A repetition is answered like the first.
pub(crate) async fn take(State(site): State<Arc<Site>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Some(verifier) = &site.config.webhook else { return StatusCode::NOT_FOUND };
    let now = Timestamp::now();
    match verifier.read(&headers, &body, now) {
        Ok(event) => {
            site.news.take(event, now);
            StatusCode::NO_CONTENT
        }
        Err(Refusal::Body) => StatusCode::BAD_REQUEST,
        Err(refusal) => {
            tracing::warn!(%refusal, "a message that says it is Linchpin's is not taken");
            StatusCode::UNAUTHORIZED
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"id":"evt_1","type":"connection.updated","created_at":"2026-11-20T09:30:00Z","data":{"connection_id":"con_7","revision":4}}"#;
    /// Of [`BODY`] as `evt_1` at the second 1,800,000,000, made with another program.
    const SIGNATURE: &str = "v1,IDSPWaPGv1FPFPEBzscM2JcKGpURIFdo7T2660F8eRs=";

    fn read_at(
        seconds: i64,
        id: &'static str,
        signature: &str,
        body: &[u8],
    ) -> Result<WebhookEvent, Refusal> {
        let headers =
            [("webhook-id", id), ("webhook-timestamp", "1800000000"), ("webhook-signature", signature)];
        let headers = headers
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()));
        let verifier = Verifier::new(&Secret::new(SECRET)).unwrap();
        verifier.read(&headers.into_iter().collect(), body, Timestamp::from_second(seconds).unwrap())
    }

    fn read(signature: &str) -> Result<WebhookEvent, Refusal> {
        read_at(1_800_000_000, "evt_1", signature, BODY)
    }

    #[test]
    fn a_message_with_our_signature_is_read() {
        assert_eq!(read(SIGNATURE).unwrap().data.revision.0, 4);
        let rotated = format!("v1,bm90IG91cnM= v2,{} {SIGNATURE}", "x".repeat(44));
        assert!(read(&rotated).is_ok(), "one of several is enough");
    }

    #[test]
    fn whatever_was_changed_makes_it_somebody_elses() {
        let (bare, other) = (SIGNATURE.replace("v1,", ""), SIGNATURE.replace("v1,", "v1a,"));
        for signature in ["", "v1,", "v1,bm90IG91cnM=", "v1,!", &bare, &other] {
            assert_eq!(read(signature), Err(Refusal::Signature), "{signature}");
        }
        let body = String::from_utf8_lossy(BODY).replace("con_7", "con_8");
        assert_eq!(read_at(1_800_000_000, "evt_1", SIGNATURE, body.as_bytes()), Err(Refusal::Signature));
        assert_eq!(read_at(1_800_000_000, "evt_2", SIGNATURE, BODY), Err(Refusal::Signature));
        let verifier = Verifier::new(&Secret::new(SECRET)).unwrap();
        let nothing = verifier.read(&HeaderMap::new(), BODY, Timestamp::now());
        assert_eq!(nothing, Err(Refusal::Header));
    }

    #[test]
    fn a_message_is_good_for_five_minutes_on_either_side() {
        for (seconds, expected) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
            let read = read_at(1_800_000_000 + seconds, "evt_1", SIGNATURE, BODY);
            assert_eq!(read.is_ok(), expected, "{seconds}: {read:?}");
            assert!(expected || read == Err(Refusal::Time));
        }
    }

    #[test]
    fn a_secret_of_another_form_is_none() {
        for wrong in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ="] {
            assert!(Verifier::new(&Secret::new(wrong)).is_none(), "{wrong}");
        }
    }
}

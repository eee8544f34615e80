//! What went wrong, as RFC 9457 problem details with a closed list of codes.

use crate::{Connection, Deposit, RequestId};
use serde::{Deserialize, Serialize};

/// The body of every answer that is not a success; media type `application/problem+json`.
///
/// It never carries what was sent, nor an aggregator's own text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI reference that names the kind: `/problems/<code>`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// The kind in English, for developers.
    #[serde(default)]
    pub title: String,
    /// The HTTP status.
    #[serde(default)]
    pub status: u16,
    /// The kind, to decide by.
    pub code: Code,
    /// Whether the same call may succeed later.
    #[serde(default)]
    pub retryable: bool,
    /// How long to wait before, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
    /// Which call it was, for support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
    /// Which fields do not fit, with `invalid_input`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
    /// The connection as it stands now, with `wrong_step`; the one that has the login, with `already_connected`, where the
    /// session may use that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<Box<Connection>>,
    /// The deposit as it stands now, with `wrong_step`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit: Option<Box<Deposit>>,
}

/// A field that does not fit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldProblem {
    /// Its path in the body, such as `fields.0.value`.
    pub field: String,
    /// What is wrong with it.
    pub problem: FieldProblemKind,
}

/// What is wrong with a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldProblemKind {
    /// It must be there.
    Missing,
    /// It must not be empty.
    Empty,
    /// It is longer than allowed.
    TooLong,
    /// It is not of the form that is asked for.
    Malformed,
    /// It names something that is not on offer.
    NotOffered,
    /// Only practice logins are accepted in practice mode.
    NotAPracticeLogin,
    /// Its digits do not fit together: one is wrong, or two are swapped.
    Checksum,
    /// No bank has it, or none with customers.
    NotForCustomers,
    /// It is not the number of the account that was chosen.
    OtherAccount,
    /// A kind newer than this reader.
    #[serde(other)]
    Unknown,
}

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $status:literal, $retryable:literal, $title:literal;)+) => {
        /// Every kind of problem there is.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Code {
            $($(#[$meta])* #[serde(rename = $text)] $variant,)+
            /// A code newer than this reader.
            #[serde(rename = "unknown", other)]
            Unknown,
        }

        impl Code {
            /// Every code that the proxy can send.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            /// As it stands on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)+ Code::Unknown => "unknown" }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> u16 {
                match self { $(Code::$variant => $status,)+ Code::Unknown => 500 }
            }

            /// Whether the same call may succeed later.
            pub fn retryable(self) -> bool {
                match self { $(Code::$variant => $retryable,)+ Code::Unknown => false }
            }

            /// In English, for developers.
            pub fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)+ Code::Unknown => "Unknown problem" }
            }
        }
    };
}

codes! {
    /// The link token or public token is past its life.
    TokenExpired = "token_expired", 401, false, "The token has expired; make a new one";
    /// The token was exchanged before.
    TokenUsed = "token_used", 401, false, "The token was used before; make a new one";
    /// The token is not one of ours.
    TokenInvalid = "token_invalid", 401, false, "The token is not valid";
    /// The session is over.
    SessionExpired = "session_expired", 401, false, "The session is over";
    /// No client secret, or a wrong one.
    Unauthorized = "unauthorized", 401, false, "The client secret is missing or wrong";
    /// This kind of session may not do this.
    ForbiddenInMode = "forbidden_in_mode", 403, false, "Not possible in this mode";
    /// The person has to agree first.
    ConsentRequired = "consent_required", 403, false, "The person has not agreed yet";
    /// The page's origin is not one that the client registered.
    OriginNotAllowed = "origin_not_allowed", 403, false, "The origin is not registered for this client";
    /// There is no such thing, or it belongs to somebody else.
    NotFound = "not_found", 404, false, "Not found";
    /// The object has moved on; read it again.
    WrongStep = "wrong_step", 409, false, "The object has moved on; read it again";
    /// The body does not fit; see `fields`.
    InvalidInput = "invalid_input", 422, false, "The input does not fit; see fields";
    /// An unsafe call without `Idempotency-Key`.
    IdempotencyMissing = "idempotency_missing", 400, false, "The Idempotency-Key header is missing";
    /// The same call is still running.
    IdempotencyRunning = "idempotency_running", 409, true, "The same call is still running";
    /// The key was used with another body.
    IdempotencyMismatch = "idempotency_mismatch", 422, false, "The Idempotency-Key was used with another body";
    /// Too many calls.
    RateLimited = "rate_limited", 429, true, "Too many calls; wait";
    /// Too many tries.
    TooManyTries = "too_many_tries", 429, false, "Too many tries";
    /// The user has this login already.
    AlreadyConnected = "already_connected", 409, false, "This login is connected already";
    /// A refresh is allowed later.
    RefreshTooSoon = "refresh_too_soon", 429, true, "Refreshed too recently; wait";
    /// The aggregator cannot be reached.
    ProviderUnavailable = "provider_unavailable", 503, true, "The provider cannot be reached";
    /// The aggregator refused the call.
    ProviderRejected = "provider_rejected", 502, false, "The provider refused the call";
    /// The aggregator did not answer in time; what it did is not known.
    ProviderTimeout = "provider_timeout", 504, true, "The provider did not answer in time";
    /// A fault of ours.
    Internal = "internal", 500, true, "Something went wrong on our side";
}

impl Problem {
    /// A problem of this kind, with everything that follows from its code.
    pub fn new(code: Code) -> Self {
        Self {
            kind: format!("/problems/{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            retryable: code.retryable(),
            retry_after_s: None,
            request_id: None,
            fields: Vec::new(),
            connection: None,
            deposit: None,
        }
    }
}

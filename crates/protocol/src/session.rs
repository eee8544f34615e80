//! What the widget learns when it opens.

use crate::json::tagged;
use crate::{
    AccountSelection, Connection, ConnectionId, Consent, DataKind, Deposit, DepositFacts, DepositId,
    DepositWays, InstitutionId, InstitutionPage, InstitutionRef, LinkId, Mode, Purpose, Secret, Timestamp,
};
use serde::{Deserialize, Serialize};

/// `POST /v1/sessions`: exchanges the link token.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateSession {
    /// As the loader handed it over.
    pub link_token: Secret,
    /// The origin of the framing page, as the loader states it in the handshake.
    pub origin: String,
}

/// A session that was just opened, with the token that speaks for it.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenedSession {
    /// Goes into `Authorization: Bearer …` of every further call.
    pub token: Secret,
    /// Everything else.
    pub session: Session,
}

/// What the widget needs to draw its first screen, and the facts that its words rest on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Which opening this is.
    pub link_id: LinkId,
    /// What the widget was opened for.
    pub mode: Mode,
    /// What the client needs.
    pub purpose: Purpose,
    /// How many accounts may be chosen.
    pub account_selection: AccountSelection,
    /// The only origin that messages may go to or come from.
    pub origin: String,
    /// Who asks.
    pub client: ClientFacts,
    /// Through whom.
    pub provider: ProviderFacts,
    /// The end of the session, at the latest.
    pub expires_at: Timestamp,
    /// How many seconds the session goes on if the person does nothing.
    pub idle_s: u32,
    /// How many seconds it goes on at the latest.
    pub remaining_s: u32,
    /// What the client gets to see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<DataKind>,
    /// What the person has to agree to before anything else; absent once that is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// The institutions to show before anything is typed, so that the first screen needs one answer.
    #[serde(default)]
    pub popular: InstitutionPage,
    /// Opens straight at this institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution_id: Option<InstitutionId>,
    /// Where the person may be sent back to after a bank's own page, if the client names such a page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub can_redirect: bool,
    /// The ways to a proof by deposits that are open to this person.
    #[serde(default, skip_serializing_if = "DepositWays::is_none")]
    pub deposits: DepositWays,
    /// The deposit that this session is for, in mode `deposit`; it is among `unfinished`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit_id: Option<DepositId>,
    /// What was begun and is not finished: deposits first, then what was begun in this session or by this user before
    /// it; the newest of each first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfinished: Vec<Unfinished>,
}

/// The answer to `POST /v1/sessions/extend`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionLife {
    /// The session ends then if the person does nothing until then: 30 minutes from now, and never after `expires_at`.
    pub idle_expires_at: Timestamp,
    /// The session's end, at the latest.
    pub expires_at: Timestamp,
    /// How many seconds the session goes on if the person does nothing.
    pub idle_s: u32,
    /// How many seconds it goes on at the latest.
    pub remaining_s: u32,
}

/// Something begun and not finished.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Unfinished {
    /// Deposits that are on their way, or that the person has to do something about.
    Deposit {
        /// As they stand.
        deposit: Box<Deposit>,
    },
    /// A connection of this session that is not linked yet.
    Connection {
        /// As it stands.
        connection: Box<Connection>,
    },
    /// A connection that was begun in an earlier session and is not linked yet. It can be taken up.
    Earlier {
        /// Which.
        id: ConnectionId,
        /// Where it is.
        institution: InstitutionRef,
        /// When it was begun.
        begun_at: Timestamp,
    },
    /// A kind newer than this reader.
    #[serde(other)]
    Unknown,
}

tagged!(Unfinished by "kind");

/// What the client states about itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClientFacts {
    /// The name that the person knows, such as `Acorn Budget`.
    pub name: String,
    /// Where the person finds help, https only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help_url: Option<String>,
    /// The client's privacy statement, https only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy_url: Option<String>,
}

/// What is true of the aggregator behind the proxy. What is absent is not said.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProviderFacts {
    /// Who provides the service, such as `Quovo`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it keeps the login for later updates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeps_login: Option<bool>,
    /// How long it waits before it tries a login that it has already, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_login_pause_s: Option<u32>,
    /// How long linking usually takes, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_seconds: Option<u32>,
    /// What is true of its deposits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposits: Option<DepositFacts>,
    /// Present in practice mode: no real bank is reached, and only practice logins are accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practice: Option<PracticeFacts>,
}

/// How to sign in for practice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PracticeFacts {
    /// A login name that works everywhere, such as `practice-good`. Nothing secret.
    pub username: String,
    /// The passcode that goes with every practice login.
    pub passcode: String,
}

/// The answer to `POST /v1/connections/{id}/public-token`.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicToken {
    /// `pt_…`: handed to the page, exchanged once by the client's server.
    pub public_token: Secret,
    /// Until when: 30 minutes from now.
    pub expires_at: Timestamp,
}

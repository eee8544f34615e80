//! A connection, and what its person has to do next.

mod acts;
mod challenge;
mod reasons;

pub use acts::{
    Abandon, Answer, Authorize, AuthorizeTicket, ChooseAccounts, CreateConnection, CredentialValue, Retry,
    SubmitAnswers, SubmitCredentials,
};
pub use challenge::{Challenge, ChoiceOption, PictureOption};
pub use reasons::{AuthorizeProblem, CredentialProblem, FailureReason, LaterReason, Stage};

use crate::json::tagged;
use crate::{
    ConnectionId, DepositWays, Field, InstitutionId, MaskedAccount, Parting, PartingProblem, Revision,
    Timestamp,
};
use serde::{Deserialize, Serialize};

/// One login at one institution.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Connection {
    /// Our name for it.
    pub id: ConnectionId,
    /// Moves whenever `next` changes in a way that matters; percent and times do not move it.
    pub revision: Revision,
    /// Where it is.
    pub institution: InstitutionRef,
    /// How it was made.
    pub method: ConnectionMethod,
    /// Informative and open; decide by `next`.
    pub status: String,
    /// The aggregator's own word for the status, for support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_status: Option<String>,
    /// When the aggregator last tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_attempt_at: Option<Timestamp>,
    /// When it last succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success_at: Option<Timestamp>,
    /// Whether the aggregator goes on updating it by itself; absent when it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updates_itself: Option<bool>,
    /// What the person has to do now.
    pub next: Next,
}

/// How a connection was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConnectionMethod {
    /// With a login that was typed into the widget.
    Credentials,
    /// On the bank's own page.
    BankLogin,
    /// A method newer than this reader.
    #[serde(other)]
    Unknown,
}

/// The institution of a connection.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstitutionRef {
    /// Our name for it.
    pub id: InstitutionId,
    /// The name to show.
    pub name: String,
    /// Its web domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
}

/// What the person has to do now: one value for each family of screens.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Next {
    /// Enter the login.
    Credentials {
        /// The fields, in order.
        fields: Vec<Field>,
        /// What was wrong with the last try.
        #[serde(default)]
        problem: CredentialProblem,
        /// Tries left before the bank locks the login, if the provider knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tries_left: Option<u32>,
    },
    /// Nothing: wait.
    Wait {
        /// What is going on.
        #[serde(default)]
        stage: Stage,
        /// Real progress, 0 to 100; absent when the provider gives none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        percent: Option<u8>,
        /// Since when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
    },
    /// Answer what the institution asks.
    Challenges {
        /// All of them are answered together.
        items: Vec<Challenge>,
        /// When the answers come too late; absent when there is no known limit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
        /// How many milliseconds were left when this was answered; goes with `expires_at` and, unlike it, needs no
        /// clock that is set right.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remaining_ms: Option<u64>,
        /// There is a limit, and nobody says when.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        soon: bool,
    },
    /// Sign in on the bank's own page.
    Authorize {
        /// The host of that page, shown before anybody goes there; absent when it is not known yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        host: Option<String>,
        /// What became of the last visit.
        #[serde(default)]
        problem: AuthorizeProblem,
        /// Somebody is there now.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        opened: bool,
        /// Six digits, shown while somebody is there: whoever comes back in another browser types them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digits: Option<String>,
    },
    /// Do something on the institution's own site, then come back.
    Instructions {
        /// What to do, in the institution's words; text, not markup.
        text: String,
        /// Its website, https only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        website: Option<String>,
    },
    /// The attempt lapsed; start again when ready.
    StartAgain {},
    /// Choose which account to use.
    ChooseAccounts {
        /// What was found.
        accounts: Vec<MaskedAccount>,
        /// Whether more than one may be chosen.
        #[serde(default)]
        many: bool,
    },
    /// The institution gives no numbers at once: two small deposits prove the account instead.
    OfferDeposits {
        /// The account that was chosen; absent where none can be linked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<MaskedAccount>,
        /// What is open to the person.
        #[serde(default)]
        ways: DepositWays,
    },
    /// Nothing can be done now.
    Later {
        /// Why.
        #[serde(default)]
        reason: LaterReason,
        /// Whether the provider tries again by itself.
        retries_itself: bool,
    },
    /// The login works, and has no accounts.
    NoAccounts {},
    /// Done.
    Linked {
        /// What was chosen.
        accounts: Vec<MaskedAccount>,
    },
    /// The connection was to be ended, and is not yet. The same act again goes on from here.
    Interrupted {
        /// What was to be done.
        #[serde(default)]
        parting: Parting,
        /// What was read was to be erased, too.
        #[serde(default)]
        erases: bool,
        /// That is done already.
        #[serde(default)]
        erased: bool,
        /// Why it stopped.
        #[serde(default)]
        reason: PartingProblem,
    },
    /// The connection is gone.
    Closed {
        /// The one that took its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        successor: Option<ConnectionId>,
    },
    /// It could not be finished.
    Failed {
        /// Why, as far as it is known.
        #[serde(default)]
        reason: FailureReason,
    },
    /// A step newer than this reader.
    #[serde(other)]
    Unknown,
}

tagged!(Next by "step");

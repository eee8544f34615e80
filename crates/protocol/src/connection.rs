//! A connection, and what its person has to do next.

use crate::json::tagged;
use crate::{
    AccountId, ChallengeId, ConnectionId, DepositWays, Field, FieldId, InstitutionId, MaskedAccount, Parting,
    PartingProblem, Revision, Secret, Timestamp,
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
        /// What was read is erased already.
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

/// What became of the last visit to the bank's own page.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuthorizeProblem {
    /// Nothing: nobody was there yet.
    #[default]
    None,
    /// The person, or the bank, said no there.
    Denied,
    /// The person gave it up here.
    Abandoned,
    /// The way there was not used in its time.
    Expired,
    /// Nobody came back in time.
    TimedOut,
    /// A problem newer than this reader.
    #[serde(other)]
    Unknown,
}

/// What was wrong with the last login.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CredentialProblem {
    /// Nothing: it has not been tried.
    #[default]
    None,
    /// The institution did not accept it.
    Incorrect,
    /// The institution locked it.
    Locked,
    /// The institution will lock it soon.
    NearLock,
    /// A problem newer than this reader.
    #[serde(other)]
    Unknown,
}

/// What is going on while the person waits. Stages come in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The provider has this login already, and waits before it tries it again.
    Paused,
    /// Signing in at the institution.
    SigningIn,
    /// Reading the accounts.
    Reading,
    /// Reading account and routing numbers.
    Verifying,
    /// Erasing what was read.
    Erasing,
    /// Ending the connection.
    Disconnecting,
    /// Not told, or newer than this reader.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Why nothing can be done now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LaterReason {
    /// The provider paused the attempt.
    Postponed,
    /// The provider is under maintenance.
    Maintenance,
    /// The institution cannot be reached.
    InstitutionUnavailable,
    /// Not told, or newer than this reader.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Why a connection could not be finished.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// The provider refused.
    ProviderRejected,
    /// The institution gives no numbers for its accounts, so none can be verified.
    NotVerifiable,
    /// Not told, or newer than this reader.
    #[default]
    #[serde(other)]
    Unknown,
}

/// One question that the institution asks. Decided by what it carries, never by a provider's type word.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Challenge {
    /// A question with a typed answer.
    Text {
        /// Names the answer when it is sent.
        id: ChallengeId,
        /// The institution's question; text, not markup.
        prompt: String,
    },
    /// A one-time code, sent or shown by a device.
    Code {
        /// Names the answer when it is sent.
        id: ChallengeId,
        /// What the institution says about it; text, not markup.
        prompt: String,
    },
    /// One option is picked.
    Choice {
        /// Names the answer when it is sent.
        id: ChallengeId,
        /// The institution's question; text, not markup.
        prompt: String,
        /// In the institution's order.
        options: Vec<ChoiceOption>,
    },
    /// A picture, and a typed answer about it.
    Image {
        /// Names the answer when it is sent.
        id: ChallengeId,
        /// The institution's question; text, not markup.
        prompt: String,
        /// A raster picture as a `data:` URI, at most 256 kB.
        picture: String,
    },
    /// One picture is picked.
    ImageChoice {
        /// Names the answer when it is sent.
        id: ChallengeId,
        /// The institution's question; text, not markup.
        prompt: String,
        /// In the institution's order.
        options: Vec<PictureOption>,
    },
    /// Something is approved elsewhere, such as in the bank's app.
    Approve {
        /// Names the challenge.
        id: ChallengeId,
        /// What the institution says about it; text, not markup.
        prompt: String,
        /// The person has to say when it is done, with an answer that is empty. Otherwise it takes no answer and goes on
        /// by itself.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        confirm: bool,
    },
    /// A kind newer than this reader.
    #[serde(other)]
    Unknown,
}

tagged!(Challenge by "kind");

impl Challenge {
    /// Its name; absent for a kind newer than this reader.
    pub fn id(&self) -> Option<&ChallengeId> {
        match self {
            Self::Text { id, .. }
            | Self::Code { id, .. }
            | Self::Choice { id, .. }
            | Self::Image { id, .. }
            | Self::ImageChoice { id, .. }
            | Self::Approve { id, .. } => Some(id),
            Self::Unknown => None,
        }
    }

    /// What is asked, in the institution's words; empty for a kind newer than this reader.
    pub fn prompt(&self) -> &str {
        match self {
            Self::Text { prompt, .. }
            | Self::Code { prompt, .. }
            | Self::Choice { prompt, .. }
            | Self::Image { prompt, .. }
            | Self::ImageChoice { prompt, .. }
            | Self::Approve { prompt, .. } => prompt,
            Self::Unknown => "",
        }
    }

    /// Whether an answer is sent for it.
    pub fn wants_answer(&self) -> bool {
        !matches!(self, Self::Approve { confirm: false, .. } | Self::Unknown)
    }
}

/// One option of a choice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChoiceOption {
    /// What is sent when it is picked.
    pub key: String,
    /// What it says; text, not markup.
    pub label: String,
    /// What it belongs to, such as `Voice` or `Text` for the delivery of a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

/// One picture of a choice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PictureOption {
    /// What is sent when it is picked.
    pub key: String,
    /// A raster picture as a `data:` URI, at most 256 kB.
    pub picture: String,
}

/// `POST /v1/connections`: makes a connection, without a login yet. Repeating it with the same key gives the same one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateConnection {
    /// Where.
    pub institution_id: InstitutionId,
    /// How.
    pub method: ConnectionMethod,
}

/// `POST /v1/connections/{id}/credentials`: the login, passed on and forgotten.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubmitCredentials {
    /// The revision that the form was drawn from.
    pub revision: Revision,
    /// One value for each field of the form.
    pub fields: Vec<CredentialValue>,
    /// The person knows that they have linked this login already, and goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

/// One value of a login form.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CredentialValue {
    /// Which field.
    pub id: FieldId,
    /// What was typed, untouched.
    pub value: Secret,
}

/// `POST /v1/connections/{id}/answers`: answers to every open challenge.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubmitAnswers {
    /// The revision that the challenges were drawn from.
    pub revision: Revision,
    /// One for each challenge.
    pub answers: Vec<Answer>,
}

/// The answer to one challenge.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Which challenge.
    pub id: ChallengeId,
    /// What was typed, untouched; empty where something was approved elsewhere.
    pub value: Secret,
}

/// `POST /v1/connections/{id}/accounts`: which accounts to use.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChooseAccounts {
    /// The revision that the list was drawn from.
    pub revision: Revision,
    /// One, or more where the link token allows it.
    pub account_ids: Vec<AccountId>,
}

/// `POST /v1/connections/{id}/retry`: go on after instructions, a lapsed attempt or an outage. Sends no login.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// The revision that the screen was drawn from.
    pub revision: Revision,
}

/// `POST /v1/connections/{id}/authorize`: a fresh way to the bank's own page. Earlier ones are void.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Authorize {
    /// The revision that the screen was drawn from.
    pub revision: Revision,
    /// Whether the bank is to come back to the client's own page, in this very window.
    #[serde(default)]
    pub in_place: bool,
}

/// The answer to `POST /v1/connections/{id}/authorize`.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorizeTicket {
    /// Where to send the person, once: an address on the proxy that leads on to the bank.
    pub url: Secret,
    /// How many seconds it is good for.
    pub seconds: u32,
}

/// `POST /v1/connections/{id}/abandon`: the person gave the visit to the bank's own page up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Abandon {
    /// The revision that the screen was drawn from.
    pub revision: Revision,
}

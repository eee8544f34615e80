//! What an aggregator can do, in our words. One folder for each that we speak to.
//!
//! An adapter holds no state about connections: everything it needs to find one again is in its [`Reference`]. Its
//! wire types and their translation stay inside its folder.

pub mod basiq;
mod breaker;
mod deposits;
mod guarded;
mod http;
mod money;
pub(crate) mod quovo;
pub mod quovo_v2;
pub mod quovo_v3;
mod text;
mod upkeep;

pub use deposits::{AccountNumbers, DepositKey, Deposits, SeenDeposit};
pub(crate) use guarded::Guarded;
pub use upkeep::{Care, Channel, Upkeep};

use crate::tokens::{Key, Kind};
use async_trait::async_trait;
use jiff::Timestamp;
use linchpin_protocol::{
    AccountId, Answer, Challenge, ConnectionId, CredentialProblem, CredentialValue, FailureReason, Field,
    FieldKind, InstitutionId, LaterReason, MaskedAccount, Place, ProviderFacts, Purpose, Secret, Stage,
    VerifiedAccount, Way,
};
use serde::{Deserialize, Serialize};

use crate::store::UpstreamUser;

/// An aggregator.
///
/// Calls that change something upstream are made once; whoever calls them has written that down before.
#[async_trait]
pub trait Aggregator: Send + Sync + 'static {
    /// What is true of it. What it does not know is absent.
    fn facts(&self) -> ProviderFacts;

    /// Its whole list of institutions.
    async fn institutions(&self) -> Result<Vec<Listing>, UpstreamError>;

    /// What it can do with deposits; `None`: it sends none.
    fn deposits(&self) -> Option<&dyn Deposits>;

    /// What it can do for connections that exist; `None`: nothing but read them.
    fn upkeep(&self) -> Option<&dyn Upkeep>;

    /// The fields of an institution's login form, in order.
    fn login_form(&self, listing: &Listing) -> Vec<Field>;

    /// Whether a value of a login form is one for practice, so that nobody types a real login into a practice.
    fn is_practice_value(&self, kind: FieldKind, value: &str) -> bool {
        let begins = match kind {
            FieldKind::Username => "practice-",
            FieldKind::Password | FieldKind::Other => "practice",
        };
        value.starts_with(begins)
    }

    /// Finds or makes the user of this name.
    async fn ensure_user(&self, name: &str) -> Result<UpstreamUser, UpstreamError>;

    /// Makes a connection. Some take the `login` with it, without trying it; others take none yet. With `adopt` an earlier
    /// try may have made one whose name never reached us: one at which nothing was ever tried and that is not among those
    /// `adopt` holds is taken instead.
    async fn create(
        &self,
        user: &UpstreamUser,
        institution: &InstitutionId,
        purpose: Purpose,
        adopt: Option<&[Reference]>,
        login: &[CredentialValue],
    ) -> Result<Created, UpstreamError>;

    /// Whether another login than the one that failed wants another connection, made with [`Aggregator::create`], in the
    /// place of this one. This one is ended once the other is kept.
    fn gives_way(&self, _: &Reference) -> bool {
        false
    }

    /// After [`UpstreamError::Duplicate`]: the user's connection that has this login already, if it is certain which.
    async fn existing(
        &self,
        user: &UpstreamUser,
        institution: &InstitutionId,
        purpose: Purpose,
        besides: Option<&Reference>,
    ) -> Result<Option<Reference>, UpstreamError>;

    /// Sends a login.
    async fn submit_credentials(
        &self,
        reference: &Reference,
        login: &[CredentialValue],
    ) -> Result<Observation, UpstreamError>;

    /// Whether a login that is sent to a connection leaves it the name of the login that it has.
    fn keeps_name(&self, _: &Reference) -> bool {
        false
    }

    /// Sends answers.
    async fn answer(&self, reference: &Reference, answers: &[Answer]) -> Result<Observation, UpstreamError>;

    /// Starts again with the login that the aggregator has.
    async fn retry(&self, reference: &Reference) -> Result<Observation, UpstreamError>;

    /// After [`Step::NumbersDue`]: the reference under which the numbers are read. Kept before the call is made.
    fn for_numbers(&self, reference: &Reference) -> Result<Reference, UpstreamError>;

    /// Reads account numbers, under a reference from [`Aggregator::for_numbers`]. May take minutes.
    async fn read_numbers(&self, reference: &Reference) -> Result<Observation, UpstreamError>;

    /// Where the person signs in on the bank's own page. The bank sends them to `back` then, with `state`.
    async fn authorize(
        &self,
        reference: &Reference,
        back: &str,
        state: &Secret,
    ) -> Result<BankPage, UpstreamError>;

    /// Whether what comes back in the address from the bank's own page says what was decided there. If not, only a look
    /// tells.
    fn return_tells(&self) -> bool {
        true
    }

    /// Goes on with what the person has allowed on the bank's own page.
    async fn authorized(&self, reference: &Reference) -> Result<Observation, UpstreamError>;

    /// Looks, changing nothing.
    async fn read(&self, reference: &Reference) -> Result<Observation, UpstreamError>;

    /// The accounts under a connection, masked.
    async fn accounts(
        &self,
        reference: &Reference,
        names: &AccountNames,
    ) -> Result<FoundAccounts, UpstreamError>;

    /// The accounts under a connection with their numbers.
    async fn verified_accounts(
        &self,
        reference: &Reference,
        names: &AccountNames,
    ) -> Result<Vec<VerifiedAccount>, UpstreamError>;
}

/// How an adapter finds its connection again: a versioned text that only it reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference(pub String);

/// A connection that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Created {
    /// How it is found again.
    pub reference: Reference,
    /// What became of the login that came with it.
    pub login: TakenLogin,
}

/// What became of a login that came with a new connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TakenLogin {
    /// It was not taken: it has to be sent.
    Left,
    /// It is kept there, so that it only has to be started.
    Kept,
    /// It is being tried already: nothing more is to be sent, only looked at.
    Tried,
}

/// An institution as an aggregator lists it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Listing {
    /// Our name for it.
    pub id: InstitutionId,
    /// The name to show.
    pub name: String,
    /// Its web domain.
    pub domain: Option<String>,
    /// Its website, https only.
    pub website: Option<String>,
    /// Where it is, if that is known.
    #[serde(default)]
    pub place: Option<Place>,
    /// Whether it can be linked now.
    pub available: bool,
    /// Whether it exists for practice only.
    pub practice: bool,
    /// Whether people can sign in on its own page.
    pub bank_login: bool,
    /// Whether it takes a login that is typed elsewhere.
    pub credentials: bool,
    /// The quickest way to account numbers.
    pub way: Way,
    /// How well known it is; bigger is better known.
    pub popularity: u32,
    /// What it calls the name of a login.
    pub username_label: Option<String>,
    /// What it calls the secret of a login.
    pub password_label: Option<String>,
    /// What it wants to be typed besides, or instead of a name and a secret.
    #[serde(default)]
    pub more_fields: Vec<Field>,
    /// What it wants people to know before they sign in.
    pub notes: Option<String>,
}

/// A bank's own page, for one person to sign in at.
#[derive(Debug)]
pub struct BankPage {
    /// Its address: https, or http on this machine while practising. Leads whoever has it into somebody's sign-in.
    pub url: Secret,
    /// Its host, with the port if that is not the usual one; nothing secret.
    pub host: String,
    /// The reference under which the connection is found from now on, if that has changed.
    pub moved: Option<Reference>,
}

/// How things stand upstream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Observation {
    /// What has to happen now.
    pub step: Step,
    /// The status in our words; informative.
    pub status: String,
    /// The aggregator's own word.
    pub provider_status: Option<String>,
    /// When it last tried.
    pub last_attempt_at: Option<Timestamp>,
    /// When it last succeeded.
    pub last_success_at: Option<Timestamp>,
    /// Whether it goes on updating by itself.
    pub updates_itself: Option<bool>,
    /// When the person's permission for it ends, if it does.
    pub expires_at: Option<Timestamp>,
    /// The reference under which it is found from now on, if that has changed.
    pub moved: Option<Reference>,
}

impl Observation {
    /// A connection at which nothing has happened yet.
    pub fn untouched() -> Self {
        Self::of(Step::Credentials { problem: CredentialProblem::None }, "new")
    }

    /// A step that we know of without having asked.
    pub fn of(step: Step, status: &str) -> Self {
        Self {
            step,
            status: status.to_owned(),
            provider_status: None,
            last_attempt_at: None,
            last_success_at: None,
            updates_itself: None,
            expires_at: None,
            moved: None,
        }
    }
}

/// What has to happen now, before our own knowledge (fields, websites, chosen accounts) is added.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// The login is wanted.
    Credentials {
        /// What was wrong with the last.
        problem: CredentialProblem,
    },
    /// The person has to sign in on the bank's own page.
    Authorize {
        /// Nothing was ever tried with the consent that this leads to.
        untried: bool,
        /// They were there, and came back without having allowed anything.
        left: bool,
    },
    /// It is running.
    Wait {
        /// What is going on.
        stage: Stage,
        /// How far, 0 to 100.
        percent: Option<u8>,
    },
    /// Answers are wanted.
    Challenges {
        /// The questions.
        items: Vec<Challenge>,
        /// When answers come too late.
        expires_at: Option<Timestamp>,
        /// There is a limit, and nobody says when.
        soon: bool,
    },
    /// The person has to visit the institution.
    Instructions {
        /// In the institution's words.
        text: String,
    },
    /// The attempt lapsed.
    StartAgain,
    /// The aggregation is done; the numbers are still to be read.
    NumbersDue,
    /// The accounts can be read.
    Ready,
    /// Nothing can be done now.
    Later {
        /// Why.
        reason: LaterReason,
        /// Whether the aggregator tries again by itself.
        retries_itself: bool,
    },
    /// The login works and has no accounts.
    NoAccounts,
    /// The connection is gone.
    Closed,
    /// It could not be finished.
    Failed {
        /// Why.
        reason: FailureReason,
    },
}

impl Step {
    /// The person has to sign in on the bank's own page once more.
    pub(crate) const SIGN_IN_AGAIN: Self = Self::Authorize { untried: false, left: false };
}

/// Accounts under a connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundAccounts {
    /// All of them, masked.
    pub accounts: Vec<MaskedAccount>,
    /// Whether the aggregator has read numbers at all.
    pub numbers_read: bool,
}

/// Gives accounts our names: a keyed hash, so that an id tells nothing and stays the same.
#[derive(Debug, Clone)]
pub struct AccountNames {
    key: Key,
    connection: ConnectionId,
}

impl AccountNames {
    /// Names for the accounts of one connection.
    pub fn new(key: Key, connection: ConnectionId) -> Self {
        Self { key, connection }
    }

    /// Our name for the account that the aggregator calls `upstream`.
    pub fn name(&self, upstream: &str) -> AccountId {
        let hash = self.key.hash(Kind::Account, &[self.connection.as_str(), upstream]);
        let short: String = hash.as_str().chars().take(24).collect();
        AccountId::new(format!("acc_{short}"))
    }
}

/// What went wrong upstream. Never carries the aggregator's own text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// Certain: the call did not reach it.
    #[error("the aggregator could not be reached")]
    NotSent,
    /// Certain: it did nothing, because it has too much to do.
    #[error("the aggregator is busy")]
    Busy {
        /// When to come back, if it says.
        retry_after_s: Option<u32>,
    },
    /// Certain: it did nothing, because it does not know us.
    #[error("the aggregator refused our access: check its name and password")]
    Refused,
    /// Certain: it did nothing, because it did not like the call.
    #[error("the aggregator rejected the call with HTTP status {status}")]
    Rejected {
        /// The HTTP status.
        status: u16,
    },
    /// What it did is not known: no answer came.
    #[error("the aggregator did not answer in time")]
    Unclear,
    /// What it did is not known: the answer was a fault or could not be read.
    #[error("the aggregator answered with a fault or something unreadable")]
    Broken,
    /// There is no such object any more.
    #[error("the aggregator has no such object")]
    Gone,
    /// It has this login already.
    #[error("the aggregator has this login already")]
    Duplicate,
    /// A stored reference is not one of this adapter's.
    #[error("a stored reference is not one of this adapter's")]
    BadReference,
    /// It is a practice aggregator, and this is production.
    #[error("the aggregator is for practice only: production must not use it")]
    PracticeInProduction,
}

impl UpstreamError {
    /// In one word, for counts and logs.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Busy { .. } => "busy",
            Self::Refused => "refused",
            Self::Rejected { .. } => "rejected",
            Self::Duplicate => "duplicate",
            Self::BadReference => "bad_reference",
            Self::Gone => "gone",
            Self::Unclear => "unclear",
            Self::Broken => "broken",
            Self::PracticeInProduction => "practice_in_production",
        }
    }

    /// Whether it tells of the aggregator's own state: out of reach, silent, or talking nonsense. What it refuses it
    /// has understood, and a bank's "wrong password" is no error at all.
    pub fn is_its_fault(self) -> bool {
        match self {
            Self::NotSent | Self::Unclear | Self::Broken => true,
            Self::Busy { .. } | Self::Refused | Self::Rejected { .. } | Self::Duplicate | Self::Gone => false,
            Self::BadReference | Self::PracticeInProduction => false,
        }
    }

    /// Whether the aggregator certainly did nothing.
    pub fn did_nothing(self) -> bool {
        match self {
            Self::NotSent | Self::Busy { .. } | Self::Refused | Self::Rejected { .. } | Self::Duplicate => {
                true
            }
            Self::BadReference | Self::Gone => true,
            Self::Unclear | Self::Broken | Self::PracticeInProduction => false,
        }
    }
}

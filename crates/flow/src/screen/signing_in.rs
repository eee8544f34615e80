//! What is drawn from the login to the end.

use super::Trouble;
use crate::manage::Work;
use linchpin_protocol::{
    AuthorizeProblem, Challenge, ChallengeId, CredentialProblem, Field, FieldId, InstitutionRef,
    MaskedAccount, Place, Revision, Stage,
};

/// Sign in on the bank's own page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BankLoginView {
    /// Where.
    pub institution: InstitutionRef,
    /// The host of that page, if known.
    pub host: Option<String>,
    /// What became of the last visit.
    pub problem: AuthorizeProblem,
    /// What whoever comes back in another browser types there; as long as somebody is away.
    pub digits: Option<String>,
    /// Whether the person is there now.
    pub away: bool,
    /// Whether a way there is in the vault.
    pub ready: bool,
    /// Moves whenever it is another way.
    pub ticket: u32,
    /// Whether it can be done in this window.
    pub in_place: bool,
    /// Whether the login can be typed here instead.
    pub can_type: bool,
    /// Why there is no way there.
    pub trouble: Option<Trouble>,
    /// Whether something is being asked.
    pub busy: bool,
}

impl BankLoginView {
    /// Whether there was a way there, and it ran out or was used up.
    pub fn is_void(&self) -> bool {
        self.ticket > 0 && !self.ready && !self.busy && self.trouble.is_none()
    }
}

/// Enter the login.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CredentialsView {
    /// Where.
    pub institution: InstitutionRef,
    /// Where that is.
    pub place: Option<Place>,
    /// The fields in order; absent until they are known.
    pub fields: Option<Vec<Field>>,
    /// What the institution wants known.
    pub notes: Option<String>,
    /// Its website, https.
    pub website: Option<String>,
    /// What was wrong with the last try.
    pub problem: CredentialProblem,
    /// Tries left, if known.
    pub tries_left: Option<u32>,
    /// Whether the person has linked this login before.
    pub same_login: SameLogin,
    /// Fields that were left empty.
    pub empty: Vec<FieldId>,
    /// Why the form was not taken.
    pub trouble: Option<Trouble>,
    /// Whether it is being sent.
    pub busy: bool,
    /// How many times the form came back. The secret is emptied when this moves.
    pub returned: u32,
}

/// Whether the person has linked a login before.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SameLogin {
    /// Not as far as it is known.
    #[default]
    New,
    /// Yes, and is asked what to do.
    Linked {
        /// Whether the connection that has it can be gone on with here.
        usable: bool,
    },
    /// Yes, and it is entered once more all the same.
    Again,
}

impl SameLogin {
    /// Whether the person is asked what to do.
    pub fn is_linked(self) -> bool {
        matches!(self, Self::Linked { .. })
    }

    /// Whether the connection that has it can be gone on with here.
    pub fn is_usable(self) -> bool {
        self == Self::Linked { usable: true }
    }
}

/// Wait.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProgressView {
    /// Where.
    pub institution: InstitutionRef,
    /// What it is for.
    pub work: Work,
    /// The furthest stage so far.
    pub stage: Stage,
    /// The furthest percent so far.
    pub percent: Option<u8>,
    /// How long it has been.
    pub patience: Patience,
}

/// How long the person has been waiting.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Patience {
    /// Not long.
    #[default]
    Fresh,
    /// 4 seconds: a word of reassurance is due.
    Reassure,
    /// 15 seconds: it goes on without the person.
    MayClose,
}

/// Answer what the institution asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AskedView {
    /// Where.
    pub institution: InstitutionRef,
    /// Which round.
    pub revision: Revision,
    /// The questions.
    pub items: Vec<Challenge>,
    /// How long there is.
    pub limit: Option<Limit>,
    /// Whether all of it is done elsewhere and goes on by itself.
    pub elsewhere: bool,
    /// Those left without an answer.
    pub empty: Vec<ChallengeId>,
    /// Why the form was not taken.
    pub trouble: Option<Trouble>,
    /// Whether it is being sent.
    pub busy: bool,
    /// How many times the form came back. The answers are emptied when this moves.
    pub returned: u32,
}

/// How long there is to answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// Not long; nobody says how long.
    Soon,
    /// So many milliseconds from when this was learned. At zero it is found out whether an answer came in time.
    Left {
        /// How many.
        ms: u64,
        /// Moves whenever it was learned anew.
        countdown: u32,
    },
}

/// Choose an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountsView {
    /// Where.
    pub institution: InstitutionRef,
    /// What was found.
    pub accounts: Vec<MaskedAccount>,
    /// Whether more than one may be chosen.
    pub many: bool,
    /// Whether nothing was chosen.
    pub nothing_chosen: bool,
    /// Why the choice was not taken.
    pub trouble: Option<Trouble>,
    /// Whether it is being sent.
    pub busy: bool,
}

/// Linked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DoneView {
    /// Where.
    pub institution: InstitutionRef,
    /// What.
    pub accounts: Vec<MaskedAccount>,
    /// Whether the person goes on, and the host page has yet to be told.
    pub busy: bool,
}

/// Visit the institution's own page first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstructionsView {
    /// Where.
    pub institution: InstitutionRef,
    /// What to do.
    pub text: String,
    /// Its website, https.
    pub website: Option<String>,
    /// Whether another try is being started.
    pub busy: bool,
}

/// A screen that says one thing about a connection and offers ways on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoticeView {
    /// Where.
    pub institution: InstitutionRef,
    /// Whether the provider tries again by itself.
    pub retries_itself: bool,
    /// Whether another try can be started.
    pub can_retry: bool,
    /// Nothing was tried: there is no way in that is taken here.
    pub no_way: bool,
    /// Whether another try is being started.
    pub busy: bool,
}

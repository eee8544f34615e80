//! What is to be drawn: facts, no words.

use crate::NotNamed;
use crate::manage::{ConnectionsView, InterruptedView, ManagedView, Work};
use linchpin_protocol::{
    AccountField, AmountProblem, AuthorizeProblem, Challenge, ChallengeId, Code, ConnectionId, Consent,
    CredentialProblem, Deposit, DepositFailure, DepositMethod, DepositNext, DepositWays, Field, FieldId,
    Institution, InstitutionRef, LaterReason, MaskedAccount, Method, Place, ReadAs, Revision,
    RoutingNumberFacts, ScreenName, Session, Stage, Timestamp,
};
use std::sync::Arc;

/// One screen with everything it shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Screen {
    /// Agree.
    Consent(ConsentView),
    /// What was begun before.
    Welcome(WelcomeView),
    /// Find the institution.
    Search(SearchView),
    /// Name the institution that is not in the list.
    NotListed(NotListedView),
    /// The institution is connected already.
    AlreadyConnected(ExistingView),
    /// Choose how to sign in.
    ChooseMethod(MethodsView),
    /// Sign in on the bank's own page.
    BankLogin(BankLoginView),
    /// Enter the login.
    Credentials(CredentialsView),
    /// Wait.
    Progress(ProgressView),
    /// Answer what the institution asks.
    Challenges(AskedView),
    /// Choose an account.
    ChooseAccount(AccountsView),
    /// Linked.
    Done(DoneView),
    /// Visit the institution's own page first.
    Instructions(InstructionsView),
    /// The attempt lapsed.
    StartAgain(NoticeView),
    /// Nothing can be done now.
    Later(NoticeView, LaterReason),
    /// The login has no accounts.
    NoAccounts(NoticeView),
    /// It could not be finished.
    Failed(NoticeView),
    /// Two small deposits are offered.
    OfferDeposits(OfferView),
    /// Type routing and account number.
    BankDetails(DetailsView),
    /// Read them once more before they are sent.
    ReviewDetails(ReviewView),
    /// Something is being done about deposits, and nobody knows the outcome yet.
    DepositWait(DepositView),
    /// Deposits are on their way.
    DepositsOnTheirWay(DepositView),
    /// Type the amounts that arrived.
    EnterAmounts(AmountsView),
    /// They have not arrived.
    NotArrived(DepositView),
    /// The deposits ended otherwise, need something else, or are about to be given up.
    DepositProblem(DepositView),
    /// The deposits have proved the account.
    DepositDone(DepositView),
    /// What the person has.
    Connections(ConnectionsView),
    /// One of these.
    Connection(ManagedView),
    /// Whether to end it.
    Disconnect(ManagedView),
    /// Whether to put another in its place.
    Move(ManagedView),
    /// It was to be ended, and is not yet.
    Interrupted(InterruptedView),
    /// The session is over, or could not be opened.
    SessionOver(Code),
    /// Nothing: the host page closes the frame.
    Ended,
}

/// What makes a screen a new one: the focus moves when it changes, and what was typed starts afresh.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScreenId {
    /// Which screen.
    pub name: ScreenName,
    /// Which state of the connection, where a screen can come twice in a row.
    pub revision: Option<Revision>,
    /// Whether it is the other half of its screen: the person is away on the bank's own page, the sign-in is locked or
    /// linked already, the name was sent, or it is asked whether to give deposits up.
    pub other_half: bool,
}

impl Screen {
    /// Its name, for the host page and for tests.
    pub fn name(&self) -> ScreenName {
        match self {
            Screen::Consent(_) => ScreenName::Consent,
            Screen::Welcome(_) => ScreenName::Welcome,
            Screen::Search(_) => ScreenName::Search,
            Screen::NotListed(_) => ScreenName::NotListed,
            Screen::AlreadyConnected(_) => ScreenName::AlreadyConnected,
            Screen::ChooseMethod(_) => ScreenName::ChooseMethod,
            Screen::BankLogin(_) => ScreenName::BankLogin,
            Screen::Credentials(_) => ScreenName::Credentials,
            Screen::Progress(_) => ScreenName::Progress,
            Screen::Challenges(_) => ScreenName::Challenges,
            Screen::ChooseAccount(_) => ScreenName::ChooseAccount,
            Screen::Done(_) => ScreenName::Done,
            Screen::Instructions(_) => ScreenName::Instructions,
            Screen::StartAgain(_) => ScreenName::StartAgain,
            Screen::Later(..) => ScreenName::Later,
            Screen::NoAccounts(_) => ScreenName::NoAccounts,
            Screen::Failed(_) => ScreenName::Failed,
            Screen::OfferDeposits(_) => ScreenName::OfferDeposits,
            Screen::BankDetails(_) => ScreenName::BankDetails,
            Screen::ReviewDetails(_) => ScreenName::ReviewDetails,
            Screen::DepositWait(_) => ScreenName::Progress,
            Screen::DepositsOnTheirWay(_) => ScreenName::DepositsOnTheirWay,
            Screen::EnterAmounts(_) => ScreenName::EnterAmounts,
            Screen::NotArrived(_) => ScreenName::NotArrived,
            Screen::DepositProblem(_) => ScreenName::DepositProblem,
            Screen::DepositDone(_) => ScreenName::Done,
            Screen::Connections(_) => ScreenName::Connections,
            Screen::Connection(_) => ScreenName::Connection,
            Screen::Disconnect(_) => ScreenName::Disconnect,
            Screen::Move(_) => ScreenName::Move,
            Screen::Interrupted(_) => ScreenName::Interrupted,
            Screen::SessionOver(_) | Screen::Ended => ScreenName::SessionOver,
        }
    }

    /// Whether what the person did is being carried out.
    pub fn busy(&self) -> bool {
        match self {
            Screen::Welcome(view) => view.busy,
            Screen::NotListed(view) => view.busy,
            Screen::AlreadyConnected(view) => view.busy,
            Screen::BankLogin(view) => view.busy,
            Screen::Credentials(view) => view.busy,
            Screen::Challenges(view) => view.busy,
            Screen::Consent(view) => view.busy,
            Screen::ChooseAccount(view) => view.busy,
            Screen::Done(view) => view.busy,
            Screen::Instructions(view) => view.busy,
            Screen::StartAgain(view)
            | Screen::Later(view, _)
            | Screen::NoAccounts(view)
            | Screen::Failed(view) => view.busy,
            Screen::OfferDeposits(view) => view.busy,
            Screen::BankDetails(view) => view.busy,
            Screen::ReviewDetails(view) => view.busy,
            Screen::EnterAmounts(view) => view.busy,
            Screen::DepositsOnTheirWay(view)
            | Screen::NotArrived(view)
            | Screen::DepositProblem(view)
            | Screen::DepositDone(view) => view.busy,
            Screen::Connection(view) | Screen::Disconnect(view) | Screen::Move(view) => view.busy,
            Screen::Connections(view) => view.busy,
            Screen::Interrupted(view) => view.busy,
            Screen::Search(_)
            | Screen::DepositWait(_)
            | Screen::ChooseMethod(_)
            | Screen::Progress(_)
            | Screen::SessionOver(_)
            | Screen::Ended => false,
        }
    }

    /// Why a form was not taken, apart from what the institution says.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Screen::NotListed(view) => view.trouble,
            Screen::BankLogin(view) => view.trouble,
            Screen::Credentials(view) => view.trouble,
            Screen::Challenges(view) => view.trouble,
            Screen::ChooseAccount(view) => view.trouble,
            Screen::BankDetails(view) => view.trouble,
            Screen::EnterAmounts(view) => view.trouble,
            Screen::DepositProblem(view) => view.trouble,
            Screen::Connections(view) => view.trouble,
            Screen::Connection(view) | Screen::Disconnect(view) | Screen::Move(view) => view.trouble,
            Screen::Interrupted(view) => view.trouble,
            _ => None,
        }
    }

    /// How many times a form came back. What was typed in confidence is emptied when this moves.
    pub fn returned(&self) -> u32 {
        match self {
            Screen::Credentials(view) => view.returned,
            Screen::Challenges(view) => view.returned,
            Screen::BankDetails(view) => view.returned,
            Screen::EnterAmounts(view) => view.returned,
            _ => 0,
        }
    }

    /// The institution that it is about.
    pub fn institution(&self) -> Option<&InstitutionRef> {
        match self {
            Screen::AlreadyConnected(view) => Some(&view.institution),
            Screen::ChooseMethod(view) => Some(&view.institution),
            Screen::BankLogin(view) => Some(&view.institution),
            Screen::Credentials(view) => Some(&view.institution),
            Screen::Progress(view) => Some(&view.institution),
            Screen::Challenges(view) => Some(&view.institution),
            Screen::ChooseAccount(view) => Some(&view.institution),
            Screen::Done(view) => Some(&view.institution),
            Screen::Instructions(view) => Some(&view.institution),
            Screen::StartAgain(view)
            | Screen::Later(view, _)
            | Screen::NoAccounts(view)
            | Screen::Failed(view) => Some(&view.institution),
            Screen::OfferDeposits(view) => Some(&view.institution),
            Screen::BankDetails(view) => view.institution.as_ref(),
            Screen::Connection(view) | Screen::Disconnect(view) | Screen::Move(view) => {
                Some(&view.managed.connection.institution)
            }
            Screen::Interrupted(view) => Some(&view.institution),
            Screen::ReviewDetails(_)
            | Screen::DepositWait(_)
            | Screen::DepositsOnTheirWay(_)
            | Screen::EnterAmounts(_)
            | Screen::NotArrived(_)
            | Screen::DepositProblem(_)
            | Screen::DepositDone(_)
            | Screen::Connections(_)
            | Screen::Consent(_)
            | Screen::Welcome(_)
            | Screen::Search(_)
            | Screen::NotListed(_)
            | Screen::SessionOver(_)
            | Screen::Ended => None,
        }
    }

    /// What makes it a new one.
    pub fn id(&self) -> ScreenId {
        let revision = match self {
            Screen::Challenges(view) => Some(view.revision),
            Screen::DepositProblem(view) => Some(view.deposit.revision),
            // As it stands now, even where that is another way to stand.
            Screen::Connection(view) => Some(view.managed.connection.revision),
            Screen::Interrupted(view) => Some(view.revision),
            _ => None,
        };
        let other_half = match self {
            Screen::BankLogin(view) => view.away,
            Screen::NotListed(view) => view.sent,
            Screen::Credentials(view) => {
                view.problem == CredentialProblem::Locked || view.same_login.is_linked()
            }
            Screen::DepositProblem(view) => view.gives_up,
            _ => false,
        };
        ScreenId { name: self.name(), revision, other_half }
    }
}

/// Something laid over the screen, which stays as it is beneath.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cover {
    /// Asks whether to leave.
    Leave,
    /// No network, or no answer.
    Offline,
    /// What comes behind the first screens could not be fetched.
    PartMissing,
    /// The proxy cannot do it now.
    Trouble(Code),
    /// The session is about to end.
    Expiring {
        /// Whether it can be made to go on.
        can_extend: bool,
    },
}

/// Why a form was not taken, apart from what the institution says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// It is not known whether it arrived.
    Unconfirmed,
    /// Practice mode takes practice logins only.
    NotAPracticeLogin,
    /// The proxy refused.
    Refused(Code),
}

/// Agree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsentView {
    /// What to agree to; absent until the session is open.
    pub consent: Option<Consent>,
    /// Whether the session is being opened, or the consent put on record.
    pub busy: bool,
}

/// What was begun before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WelcomeView {
    /// Deposits, newest first.
    pub deposits: Vec<Deposit>,
    /// Connections, newest first. There is at least one of both together.
    pub begun: Vec<Begun>,
    /// Whether one of them is being taken up.
    pub busy: bool,
}

/// A connection that was begun in an earlier session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Begun {
    /// Which.
    pub id: ConnectionId,
    /// Where.
    pub institution: InstitutionRef,
    /// When.
    pub at: Timestamp,
}

/// The institution is connected already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExistingView {
    /// Where.
    pub institution: InstitutionRef,
    /// Whether the connection is being looked up or taken up.
    pub busy: bool,
}

/// Choose how to sign in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MethodsView {
    /// Where.
    pub institution: InstitutionRef,
    /// The ways that this widget knows, preferred first; at least two.
    pub methods: Vec<Method>,
}

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

/// Search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SearchView {
    /// What was typed.
    pub query: String,
    /// What was found; absent before the first answer.
    pub found: Option<Arc<Found>>,
    /// What to show before anything is typed; absent until the session is open.
    pub popular: Option<Vec<Institution>>,
    /// Whether an answer is on its way.
    pub busy: bool,
    /// Why there is no answer.
    pub trouble: Option<Code>,
    /// Moves whenever the list is another one.
    pub list: u32,
}

/// What was found for a text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// For which text.
    pub sought: String,
    /// Best first, all pages so far.
    pub institutions: Vec<Institution>,
    /// How many there are on all pages.
    pub total: u32,
    /// As what the text was understood.
    pub read_as: ReadAs,
    /// Asks for the next page, if there is one.
    pub next: Option<String>,
    /// Whether it was not sent, because it may be an account number.
    pub withheld: bool,
}

/// Name the institution that is not in the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotListedView {
    /// What was searched for.
    pub sought: String,
    /// Why the name was not sent.
    pub problem: Option<NotNamed>,
    /// Why it was not taken.
    pub trouble: Option<Trouble>,
    /// Whether it was put on record.
    pub sent: bool,
    /// Whether the account can be proved by deposits all the same.
    pub deposits: bool,
    /// Whether it is being sent.
    pub busy: bool,
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
    /// Whether another try is being started.
    pub busy: bool,
}

/// Two small deposits are offered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfferView {
    /// Where.
    pub institution: InstitutionRef,
    /// The linked account; absent as long as none is linked.
    pub account: Option<MaskedAccount>,
    /// What is open to the person; nothing says that the account cannot be proved.
    pub ways: DepositWays,
    /// Whether something is being carried out.
    pub busy: bool,
}

/// Type routing and account number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DetailsView {
    /// The institution that the person came from.
    pub institution: Option<InstitutionRef>,
    /// The linked account, where the provider looks for the deposits itself.
    pub account: Option<MaskedAccount>,
    /// The routing number as it stands.
    pub routing: String,
    /// What the person calls the account.
    pub name: String,
    /// What is known of the routing number.
    pub facts: Option<Arc<RoutingNumberFacts>>,
    /// Deposits were sent to other numbers before; which of them was wrong.
    pub corrects: Option<AccountField>,
    /// What is wrong with the fields.
    pub problems: DetailProblems,
    /// Why the numbers were not taken.
    pub trouble: Option<Trouble>,
    /// Whether something is being carried out.
    pub busy: bool,
    /// How many times the form came back. The account number is emptied when this moves.
    pub returned: u32,
}

impl DetailsView {
    /// The bank of the routing number, where it can be linked at once instead.
    pub fn offers_link(&self) -> Option<&InstitutionRef> {
        let linked_already = self.account.is_some() || self.corrects.is_some();
        self.facts.as_ref()?.institution.as_ref().filter(|_| !linked_already)
    }
}

/// What is wrong with the numbers of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DetailProblems {
    /// With the routing number.
    pub routing: Option<RoutingTrouble>,
    /// With the account number.
    pub number: Option<NumberTrouble>,
    /// With the name.
    pub name: Option<NameTrouble>,
}

impl DetailProblems {
    /// Whether anything is.
    pub fn any(&self) -> bool {
        *self != Self::default()
    }
}

/// What is wrong with a routing number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RoutingTrouble {
    /// There is none.
    Empty,
    /// It is not nine digits.
    Format {
        /// How many there are.
        digits: usize,
    },
    /// Its digits do not fit together.
    Checksum,
    /// No bank has it.
    Range,
    /// A central bank's or a clearing house's.
    NotForCustomers,
}

/// What is wrong with an account number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumberTrouble {
    /// There is none.
    Empty,
    /// It is not 4 to 17 digits.
    Format,
    /// It was typed twice, and not the same.
    Differs,
    /// It is not that of the account that was chosen.
    OtherAccount,
}

/// What is wrong with the name of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameTrouble {
    /// It has so many digits that it may be an account number.
    Digits,
    /// It is too long.
    TooLong,
}

/// Read the numbers once more before they are sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewView {
    /// The bank, as far as it is known.
    pub bank: Option<String>,
    /// Nine digits.
    pub routing: String,
    /// The last digits of the account number.
    pub last_digits: String,
    /// What the person calls the account; may be empty.
    pub name: String,
    /// Whether the provider looks for the deposits itself.
    pub automatic: bool,
    /// Whether they are being sent.
    pub busy: bool,
}

/// Deposits, as they stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DepositView {
    /// As it was read last.
    pub deposit: Arc<Deposit>,
    /// Whether it is asked whether to give them up.
    pub gives_up: bool,
    /// Whether the connection that they need can be repaired here.
    pub repairs: bool,
    /// They cannot be read any more.
    pub gone: bool,
    /// Why something about them was not taken.
    pub trouble: Option<Trouble>,
    /// Whether something is being carried out.
    pub busy: bool,
}

impl DepositView {
    /// Whether other deposits can be sent in place of these, to the same account.
    pub fn may_correct(&self) -> bool {
        let may = match self.deposit.next {
            DepositNext::CorrectAccount { .. } => true,
            // They have not arrived: the number may be another's. The numbers of a linked account are known to fit.
            DepositNext::WaitForDeposit { .. } | DepositNext::EnterAmounts { .. } => {
                self.deposit.method == DepositMethod::Manual
            }
            DepositNext::Failed { reason } => reason != DepositFailure::TooManyTries,
            DepositNext::Wait { .. }
            | DepositNext::WaitForProvider { .. }
            | DepositNext::RepairConnection { .. }
            | DepositNext::UseAnotherAccount {}
            | DepositNext::ProviderRetries {}
            | DepositNext::Verified {}
            | DepositNext::Replaced { .. }
            | DepositNext::Withdrawn {}
            | DepositNext::Unknown => false,
        };
        may && !self.gone
    }
}

/// Type the amounts that arrived.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AmountsView {
    /// As it was read last.
    pub deposit: Arc<Deposit>,
    /// How often it can still be tried.
    pub tries_left: u32,
    /// The last pair was not the one that was sent.
    pub wrong: bool,
    /// Which of them cannot be read, and why.
    pub problems: [Option<AmountProblem>; 2],
    /// Why they were not taken.
    pub trouble: Option<Trouble>,
    /// Whether they are being compared.
    pub busy: bool,
    /// How many times the form came back. The amounts are emptied when this moves.
    pub returned: u32,
}

impl SearchView {
    /// The first screen as the static page paints it, before anything is known.
    pub fn before_session(query: String, session: Option<&Session>) -> Self {
        Self {
            query,
            found: None,
            popular: session.map(|session| session.popular.institutions.clone()),
            busy: false,
            trouble: None,
            list: 0,
        }
    }
}

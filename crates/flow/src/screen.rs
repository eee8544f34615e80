//! What is to be drawn: facts, no words.

mod beginnings;
mod proving;
mod signing_in;

pub use beginnings::{
    Begun, ConsentView, ExistingView, Found, MethodsView, NotListedView, SearchView, WelcomeView,
};
pub use proving::{
    AmountsView, DepositView, DetailProblems, DetailsView, NameTrouble, NumberTrouble, OfferView, ReviewView,
    RoutingTrouble,
};
pub use signing_in::{
    AccountsView, AskedView, BankLoginView, CredentialsView, DoneView, InstructionsView, Limit, NoticeView,
    Patience, ProgressView, SameLogin,
};

use crate::manage::{ConnectionsView, InterruptedView, ManagedView};
use linchpin_protocol::{Code, CredentialProblem, InstitutionRef, LaterReason, Revision, ScreenName};

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

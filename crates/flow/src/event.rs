//! What can happen to the flow.

use crate::{NumberTrouble, Seq};
use linchpin_protocol::{
    AccountId, AmountProblem, ChallengeId, Connection, ConnectionId, Deposit, DepositId, FieldId,
    InstitutionDetail, InstitutionId, InstitutionPage, ManagedConnections, Method, Problem,
    RoutingNumberFacts, Session, SessionLife,
};

/// Something that happened: the person did something, an answer came, time went by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// The host page handed over the link token; the driver holds it.
    Start {
        /// Whether a session of this very opening was kept by the frame.
        resumable: bool,
    },
    /// The host page made the frame visible.
    Shown,
    /// A call ended.
    Replied {
        /// Which.
        seq: Seq,
        /// How.
        result: Result<Reply, CallError>,
    },
    /// Time that was asked for went by.
    Elapsed(Timer),
    /// The browser lost its network.
    WentOffline,
    /// The browser has a network again.
    CameOnline,
    /// Something waits for what comes behind the first screens, and that could not be fetched.
    PartMissing,
    /// It came, or is fetched once more.
    PartComing,

    /// The person agrees to what is shown.
    Agreed,
    /// Welcome back: go on with this one.
    TakenUp(ConnectionId),
    /// Welcome back: go on with these deposits.
    DepositTakenUp(DepositId),
    /// Welcome back: begin something new.
    StartNew,
    /// The institution is connected already: use that connection.
    UseExisting,
    /// The institution is connected already: use another sign-in there.
    AnotherSignIn,
    /// How to sign in.
    MethodChosen(Method),
    /// The way to the bank's own page was taken: a window is opening.
    BankOpened,
    /// Go to the bank's own page in this window, and come back to the host page.
    BankInPlace,
    /// The visit to the bank's own page is given up.
    BankCancelled,
    /// The person says that it is done elsewhere: look now.
    CheckNow,
    /// The session is to go on.
    Extend,
    /// The search text changed.
    Typed(String),
    /// An institution was picked from the list or the tiles.
    Picked(InstitutionId),
    /// The next page of what was found.
    More,
    /// The institution is not in the list.
    NotListed,
    /// What the person calls the institution that is not in the list.
    BankNamed(String),
    /// The login form was submitted; the driver holds the values.
    CredentialsEntered {
        /// Fields that were left empty.
        empty: Vec<FieldId>,
    },
    /// The answers were submitted; the driver holds them.
    AnswersEntered {
        /// Challenges that were left without an answer.
        empty: Vec<ChallengeId>,
    },
    /// A way to a proof by deposits was chosen.
    WayChosen(DepositWay),
    /// The routing number changed.
    RoutingTyped(String),
    /// The numbers of an account were submitted; the driver holds the account number.
    DetailsEntered {
        /// The routing number as it was typed.
        routing: String,
        /// The last digits of the account number, at most four and never more than half of it; or why it is none.
        number: Result<String, NumberTrouble>,
        /// What the person calls the account.
        name: String,
    },
    /// The bank of the routing number can be linked at once: do that instead.
    LinkInstead,
    /// The numbers were read once more: send them.
    SendDetails,
    /// The amounts were submitted; the driver holds them.
    AmountsEntered {
        /// Which of them cannot be read, and why.
        problems: [Option<AmountProblem>; 2],
    },
    /// The deposits have not arrived.
    NotArrived,
    /// The numbers of deposits that were sent are typed anew.
    CorrectNumbers,
    /// The deposits are to be given up; said once more, they are.
    GiveUp,
    /// Repair the connection that the deposits need, or that is looked after; or see how far that one is.
    Repair,
    /// The login is linked already: enter it once more all the same.
    EnterAgain,
    /// Your connections: look after this one.
    ConnectionPicked(ConnectionId),
    /// Have the connection read again.
    Refresh,
    /// Keep the connection that was to be ended.
    Keep,
    /// Ask whether to end the connection.
    DisconnectAsked,
    /// End the connection.
    Disconnect {
        /// Whether what was read is erased too, where the person was asked for that.
        erase: Option<bool>,
    },
    /// Ask whether to put another connection in its place.
    MoveAsked,
    /// Put another connection in its place.
    Move,
    /// Accounts were chosen.
    AccountsChosen(Vec<AccountId>),
    /// The way on of the present screen: try once more.
    TryAgain,
    /// Back, or "choose another bank".
    Back,
    /// Done: link one more.
    AnotherBank,
    /// Done: finish.
    Finish,
    /// The person asks to close: the cross, or Escape.
    CloseAsked,
    /// The host page closes.
    CloseOrdered,
    /// "Leave?": stay.
    Stay,
    /// "Leave?": leave.
    Leave,
}

impl Event {
    /// Whether the person goes on from what was linked just now.
    pub(crate) fn leads_away_from_a_link(&self) -> bool {
        matches!(
            self,
            Event::Finish | Event::CloseAsked | Event::AnotherBank | Event::NotArrived | Event::GiveUp
        )
    }
}

/// A way to a proof by deposits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DepositWay {
    /// Link the account; the provider finds the deposits in it.
    Automatic,
    /// Give the numbers; type the amounts once they arrived.
    Manual,
}

/// What a call brought.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply {
    /// The session, opened or resumed.
    Session(Box<Session>),
    /// A page of institutions.
    Institutions(InstitutionPage),
    /// An institution with its login form.
    Institution(Box<InstitutionDetail>),
    /// A connection as it stands.
    Connection(Box<Connection>),
    /// What the person has.
    Connections(ManagedConnections),
    /// A deposit as it stands.
    Deposit(Box<Deposit>),
    /// What is known of a routing number.
    Routing(Box<RoutingNumberFacts>),
    /// A public token was minted; the driver holds it.
    PublicToken,
    /// What was said is on record.
    Recorded,
    /// A way to the bank's own page is in the vault, for so many seconds.
    Ticket {
        /// How long it is good for.
        seconds: u32,
    },
    /// The session goes on.
    Life(SessionLife),
}

/// Why a call brought nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CallError {
    /// No answer came, or only half of one. What an unsafe call did is not known.
    Network,
    /// The proxy refused.
    Problem(Box<Problem>),
}

/// What time was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timer {
    /// The person stopped typing. Carries the number of the key press.
    Typing(u32),
    /// A failed call may be sent again.
    Resend(Seq),
    /// The person has been waiting for a while. Carries the number of the wait.
    Patience(u32),
    /// The time for the answers is over. Carries the number of the countdown.
    Expired(u32),
    /// The way to the bank's own page is about to be void. Carries its number.
    Ticket(u32),
    /// The person has done nothing for long. Carries the number of the last act.
    Idle(u32),
    /// What the list of connections says may not be true any more. Carries the number of the list.
    Listed(u32),
    /// The session comes to its end, whatever is done.
    Ending,
}

//! What the flow wants done.

use crate::Timer;
use linchpin_protocol::{
    AccountId, Change, Code, ConnectionId, ConnectionMethod, DepositId, ExitReason, InstitutionId,
    LinkedResult, Revision, WidgetEvent,
};

/// Names one call, so that a late answer to an earlier one is told apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Seq(pub u32);

/// Names one act of the person. The driver keeps one idempotency key for each, so that a call that is sent again
/// for the same act is done once.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Act(pub u32);

/// Something to be done by the driver.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Make a call and answer with [`crate::Event::Replied`].
    Call {
        /// Which one.
        seq: Seq,
        /// What to ask.
        request: Request,
    },
    /// Answer with [`crate::Event::Elapsed`] after this time.
    After {
        /// In milliseconds.
        ms: u32,
        /// With this.
        timer: Timer,
    },
    /// Drop every value that was typed and is not sent.
    ForgetSecrets,
    /// Drop everything that belongs to the login: the unsent values, and the user name that a failed try keeps.
    ForgetLogin,
    /// Keep the session for a reload of this very opening.
    KeepSession,
    /// Drop the kept session.
    DropSession,
    /// Move the focus to the heading of the screen.
    FocusHeading,
    /// Move the focus to the summary of what is wrong with the form.
    FocusErrors,
    /// Tell the host page.
    Post(Post),
}

/// A call to the proxy. Values that must not be seen are not here; the driver adds them from its vault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Request {
    /// Read the session that the frame kept.
    ResumeSession,
    /// Exchange the link token.
    OpenSession {
        /// The act.
        act: Act,
    },
    /// Put the person's consent on record.
    GiveConsent {
        /// The act.
        act: Act,
        /// What was shown.
        version: String,
    },
    /// Find institutions.
    Search {
        /// What was typed.
        query: String,
        /// Where the page begins; the first when absent.
        cursor: Option<String>,
    },
    /// Put on record which institution the person did not find.
    AskForInstitution {
        /// The act.
        act: Act,
        /// What the person calls it.
        text: String,
    },
    /// Read an institution with its login form.
    ReadInstitution {
        /// Which.
        id: InstitutionId,
    },
    /// Read a connection, now or when it changes.
    ReadConnection {
        /// Which.
        id: ConnectionId,
        /// The revision that is known; an answer comes at once if there is a newer one.
        revision: Option<Revision>,
        /// How long to wait for a change, in seconds; 0 answers at once.
        wait_s: u32,
    },
    /// Make a connection, without a login.
    CreateConnection {
        /// The act.
        act: Act,
        /// Where.
        institution_id: InstitutionId,
        /// How.
        method: ConnectionMethod,
    },
    /// Take a connection of this user's into this session.
    TakeUp {
        /// The act.
        act: Act,
        /// Which.
        id: ConnectionId,
    },
    /// Get a way to the bank's own page into the vault.
    Authorize {
        /// The act.
        act: Act,
        /// For which connection.
        id: ConnectionId,
        /// As it was drawn.
        revision: Revision,
        /// Whether the bank is to come back to the client's own page.
        in_place: bool,
    },
    /// Put it on record that the visit to the bank's own page was given up.
    Abandon {
        /// The act.
        act: Act,
        /// For which connection.
        id: ConnectionId,
        /// As it was drawn.
        revision: Revision,
    },
    /// Keep the session alive.
    Extend {
        /// The act.
        act: Act,
    },
    /// Send the login from the vault.
    SendCredentials {
        /// The act.
        act: Act,
        /// For which connection.
        id: ConnectionId,
        /// As it was drawn.
        revision: Revision,
        /// Also if it is linked already.
        again: bool,
    },
    /// Send the answers from the vault.
    SendAnswers {
        /// The act.
        act: Act,
        /// For which connection.
        id: ConnectionId,
        /// As it was drawn.
        revision: Revision,
    },
    /// Have the provider try once more.
    Retry {
        /// The act.
        act: Act,
        /// Which connection.
        id: ConnectionId,
        /// As it was drawn.
        revision: Revision,
    },
    /// Choose accounts.
    ChooseAccounts {
        /// The act.
        act: Act,
        /// Of which connection.
        id: ConnectionId,
        /// As it was drawn.
        revision: Revision,
        /// Which.
        account_ids: Vec<AccountId>,
    },
    /// Read what the person has, to look after it.
    ReadConnections,
    /// Have a connection read again.
    Refresh {
        /// The act.
        act: Act,
        /// Which.
        id: ConnectionId,
        /// As it was drawn.
        revision: Revision,
    },
    /// End a connection, or go on ending it.
    Disconnect {
        /// The act.
        act: Act,
        /// Which.
        id: ConnectionId,
        /// As it was drawn.
        revision: Revision,
        /// Whether what was read is erased before.
        purge: bool,
    },
    /// Put another connection in the place of one, or go on with that.
    Move {
        /// The act.
        act: Act,
        /// Of which.
        id: ConnectionId,
        /// As it was drawn.
        revision: Revision,
    },
    /// Mint a public token into the vault.
    MintPublicToken {
        /// The act.
        act: Act,
        /// For which connection.
        id: ConnectionId,
    },
    /// Find out what is known of a routing number. It only helps: when no answer comes, it is not asked again.
    ReadRouting {
        /// Nine digits.
        routing: String,
    },
    /// Read a deposit, now or when it changes.
    ReadDeposit {
        /// Which.
        id: DepositId,
        /// The revision that is known; an answer comes at once if there is a newer one.
        revision: Option<Revision>,
        /// How long to wait for a change, in seconds; 0 answers at once.
        wait_s: u32,
    },
    /// Have two deposits sent, with the account number from the vault.
    CreateDeposit {
        /// The act.
        act: Act,
        /// The linked account, where the provider looks for them itself.
        account: Option<(ConnectionId, AccountId)>,
        /// Nine digits.
        routing: String,
        /// What the person calls the account.
        name: Option<String>,
    },
    /// Have other deposits sent in place of these, with the account number from the vault.
    CorrectDeposit {
        /// The act.
        act: Act,
        /// In whose place.
        id: DepositId,
        /// As it was drawn.
        revision: Revision,
        /// Nine digits.
        routing: String,
    },
    /// Send the amounts from the vault.
    SubmitAmounts {
        /// The act.
        act: Act,
        /// Of which deposit.
        id: DepositId,
        /// As it was drawn.
        revision: Revision,
    },
    /// Give the deposits up.
    WithdrawDeposit {
        /// The act.
        act: Act,
        /// Which.
        id: DepositId,
        /// As it was drawn.
        revision: Revision,
    },
    /// Mint a public token for a deposit into the vault.
    MintDepositToken {
        /// The act.
        act: Act,
        /// For which deposit.
        id: DepositId,
    },
}

impl Request {
    /// Whether it changes something, so that it carries an idempotency key and travels alone.
    pub fn is_unsafe(&self) -> bool {
        match self {
            Request::ResumeSession
            | Request::Search { .. }
            | Request::ReadInstitution { .. }
            | Request::ReadConnection { .. }
            | Request::ReadConnections
            | Request::ReadRouting { .. }
            | Request::ReadDeposit { .. } => false,
            Request::OpenSession { .. }
            | Request::GiveConsent { .. }
            | Request::AskForInstitution { .. }
            | Request::CreateConnection { .. }
            | Request::TakeUp { .. }
            | Request::Authorize { .. }
            | Request::Abandon { .. }
            | Request::Extend { .. }
            | Request::SendCredentials { .. }
            | Request::SendAnswers { .. }
            | Request::Retry { .. }
            | Request::ChooseAccounts { .. }
            | Request::Refresh { .. }
            | Request::Disconnect { .. }
            | Request::Move { .. }
            | Request::CreateDeposit { .. }
            | Request::CorrectDeposit { .. }
            | Request::SubmitAmounts { .. }
            | Request::WithdrawDeposit { .. }
            | Request::MintDepositToken { .. }
            | Request::MintPublicToken { .. } => true,
        }
    }

    /// Whether the proxy takes it for a sign of life: polling is none.
    pub fn is_a_sign_of_life(&self) -> bool {
        !matches!(self, Request::ReadConnection { .. } | Request::ReadDeposit { .. })
    }

    /// Whether it mints a public token, before which the host page is not told of the end.
    pub fn mints(&self) -> bool {
        matches!(self, Request::MintPublicToken { .. } | Request::MintDepositToken { .. })
    }

    /// Whether it is about deposits, or about what they need.
    pub(crate) fn is_about_deposits(&self) -> bool {
        matches!(
            self,
            Request::ReadRouting { .. }
                | Request::ReadDeposit { .. }
                | Request::CreateDeposit { .. }
                | Request::CorrectDeposit { .. }
                | Request::SubmitAmounts { .. }
                | Request::WithdrawDeposit { .. }
                | Request::MintDepositToken { .. }
        )
    }

    /// Whether it takes the account number along. It may be sent again for the same act, since that is done once: the
    /// number stays in the vault until the call is answered.
    pub fn needs_number(&self) -> bool {
        matches!(self, Request::CreateDeposit { .. } | Request::CorrectDeposit { .. })
    }

    /// Whether it carries what the person typed in confidence. Such a call is never sent again by itself: the bank
    /// would count another try.
    pub fn carries_secrets(&self) -> bool {
        matches!(
            self,
            Request::SendCredentials { .. } | Request::SendAnswers { .. } | Request::SubmitAmounts { .. }
        )
    }
}

/// Something to tell the host page. The driver adds ids and tokens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Post {
    /// The session is open.
    Ready,
    /// The session could not be opened.
    Failed {
        /// Why.
        code: Code,
    },
    /// Something was linked; the public token is in the vault.
    Linked {
        /// What.
        result: LinkedResult,
    },
    /// The end, with something linked.
    Success {
        /// What.
        results: Vec<LinkedResult>,
    },
    /// The end of looking after connections.
    Done {
        /// What became of them.
        changes: Vec<Change>,
    },
    /// The end, with nothing linked.
    Exit {
        /// Why.
        reason: ExitReason,
    },
    /// The page is to go to the bank; the way there is in the vault.
    Navigate,
    /// Something that a host may want to know.
    Event(WidgetEvent),
}

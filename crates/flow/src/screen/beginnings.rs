//! What is drawn before anybody signs in.

use super::Trouble;
use crate::NotNamed;
use linchpin_protocol::{
    Code, ConnectionId, Consent, Deposit, Institution, InstitutionRef, Method, ReadAs, Session, Timestamp,
};
use std::sync::Arc;

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

//! What a session did, written down beside the machine that is tested: acts, endings, and what must stay secret.

use crate::fault::Log;
use linchpin_flow::{Post, Screen};
use linchpin_protocol::{Revision, ScreenName};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a person's act asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActKind {
    /// A login, for a connection.
    Login,
    /// So many answers.
    Answers(usize),
    /// Another try of the provider's.
    Retry,
    /// A way to the bank's own page.
    Authorize,
    /// The amounts of a deposit.
    Amounts,
    /// Anything that never reaches a bank.
    Other,
}

/// What became of a call at the proxy, whatever came back to the widget.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was under way when its caller went.
    Unknown,
    /// Answered with this status.
    Answered(u16),
}

/// One act of a person: one idempotency key, however often its call was sent.
#[derive(Clone, Debug)]
pub struct Act {
    /// What it asks for.
    pub kind: ActKind,
    /// On which connection.
    pub connection: Option<String>,
    /// How often the driver sent it.
    pub sent: u32,
    /// One for each time it arrived.
    pub outcomes: Vec<Outcome>,
}

impl Act {
    /// Whether it may have been passed on to the bank: a refusal says that nothing was done.
    pub fn may_have_reached_the_bank(&self) -> bool {
        self.outcomes.iter().any(|outcome| match outcome {
            Outcome::Unknown => true,
            Outcome::Answered(status) => *status < 400,
        })
    }
}

/// What is written down of one session. Clones share one book.
#[derive(Clone, Default)]
pub struct Book(Rc<RefCell<Pages>>);

#[derive(Default)]
struct Pages {
    acts: BTreeMap<String, Act>,
    secrets: Vec<String>,
    wrong: Vec<String>,
    screens: BTreeMap<&'static str, u64>,
    log: Log,
}

impl Book {
    /// Something that must not be seen from now on.
    pub fn keep_secret(&self, secret: &str) {
        // What is this short stands in plenty of harmless text.
        if secret.len() >= 6 {
            self.0.borrow_mut().secrets.push(secret.to_owned());
        }
    }

    /// Complains if a secret is in the text.
    pub fn search(&self, place: &str, text: &str) {
        let found = self.0.borrow().secrets.iter().position(|secret| text.contains(secret.as_str()));
        if let Some(at) = found {
            self.complain(format!("secret number {at} is in {place}"));
        }
    }

    /// Something is not as it must be.
    pub fn complain(&self, what: String) {
        self.note(format!("WRONG: {what}"));
        self.0.borrow_mut().wrong.push(what);
    }

    /// What is not as it must be.
    pub fn complaints(&self) -> Vec<String> {
        self.0.borrow().wrong.clone()
    }

    /// A line for whoever reads how a session failed.
    pub fn note(&self, line: String) {
        self.0.borrow().log.note(line);
    }

    /// Where lines are noted.
    pub fn log(&self) -> Log {
        self.0.borrow().log.clone()
    }

    /// A screen came up.
    pub fn saw(&self, screen: &'static str) {
        *self.0.borrow_mut().screens.entry(screen).or_default() += 1;
    }

    /// How often each screen came up.
    pub fn screens(&self) -> BTreeMap<&'static str, u64> {
        self.0.borrow().screens.clone()
    }

    /// An unsafe call is about to be sent under `key`.
    pub fn sends(&self, key: &str, kind: ActKind, connection: Option<&str>) {
        let mut pages = self.0.borrow_mut();
        let act = pages.acts.entry(key.to_owned()).or_insert_with(|| Act {
            kind,
            connection: connection.map(str::to_owned),
            sent: 0,
            outcomes: Vec::new(),
        });
        act.sent += 1;
    }

    /// A call under `key` arrived at the proxy; returns its number, for [`Self::answered`].
    pub fn arrived(&self, key: &str) -> usize {
        let mut pages = self.0.borrow_mut();
        let Some(act) = pages.acts.get_mut(key) else { return 0 };
        act.outcomes.push(Outcome::Unknown);
        act.outcomes.len() - 1
    }

    /// The proxy answered the arrival of that number.
    pub fn answered(&self, key: &str, arrival: usize, status: u16) {
        let mut pages = self.0.borrow_mut();
        let act = pages.acts.get_mut(key);
        if let Some(outcome) = act.and_then(|act| act.outcomes.get_mut(arrival)) {
            *outcome = Outcome::Answered(status);
        }
    }

    /// All acts.
    pub fn acts(&self) -> Vec<Act> {
        self.0.borrow().acts.values().cloned().collect()
    }
}

/// What one frame told the host page, from its start to its end.
#[derive(Clone, Default, Debug)]
pub struct Told {
    /// How often it told of a success.
    pub successes: u32,
    /// How often it told of an end without one.
    pub exits: u32,
    /// How many links it told of.
    pub linked: u32,
}

impl Told {
    /// Writes down what is told, and what is wrong with it.
    pub fn write(&mut self, post: &Post, book: &Book) {
        let ended = self.successes + self.exits > 0;
        match post {
            Post::Success { results } => {
                self.successes += 1;
                if results.is_empty() {
                    book.complain("a success without a result".to_owned());
                }
            }
            Post::Exit { .. } | Post::Done { .. } => self.exits += 1,
            Post::Linked { .. } => self.linked += 1,
            Post::Ready | Post::Failed { .. } | Post::Navigate | Post::Event(_) => {}
        }
        if ended {
            book.complain(format!("the host page was told of something after the end: {post:?}"));
        }
    }
}

/// A call that was refused because somebody else had moved the connection on.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// On which connection.
    pub connection: String,
    /// The revision that the refusal stated.
    pub present: Revision,
}

/// A screen's name for tables.
pub fn name_of(screen: &Screen) -> &'static str {
    if *screen == Screen::Ended {
        return "the end";
    }
    match screen.name() {
        ScreenName::Consent => "consent",
        ScreenName::Search => "search",
        ScreenName::NotListed => "not listed",
        ScreenName::Welcome => "welcome back",
        ScreenName::AlreadyConnected => "already connected",
        ScreenName::ChooseMethod => "choose method",
        ScreenName::BankLogin => "bank login",
        ScreenName::Credentials => "credentials",
        ScreenName::Progress => "progress",
        ScreenName::Challenges => "challenges",
        ScreenName::ChooseAccount => "choose account",
        ScreenName::Done => "done",
        ScreenName::Leave => "leave?",
        ScreenName::Expiring => "about to expire",
        ScreenName::SessionOver => "session over",
        ScreenName::Offline => "offline",
        ScreenName::Instructions => "instructions",
        ScreenName::StartAgain => "start again",
        ScreenName::Later => "later",
        ScreenName::NoAccounts => "no accounts",
        ScreenName::Failed => "failed",
        ScreenName::OfferDeposits => "offer deposits",
        ScreenName::BankDetails => "bank details",
        ScreenName::ReviewDetails => "review details",
        ScreenName::DepositsOnTheirWay => "deposits on their way",
        ScreenName::EnterAmounts => "enter amounts",
        ScreenName::NotArrived => "not arrived",
        ScreenName::DepositProblem => "deposit problem",
        ScreenName::Connections => "your connections",
        ScreenName::Connection => "connection",
        ScreenName::Disconnect => "disconnect?",
        ScreenName::Move => "move?",
        ScreenName::Interrupted => "interrupted",
    }
}

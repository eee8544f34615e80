//! What the practice aggregator remembers and does in Basiq's dialect, without HTTP.
//!
//! It is a world beside Quovo's: users, connections and accounts are others. Clock and ledger are the same.
//! Passwords and answers are compared when they arrive and not kept; of a login only its id stays, to notice the same
//! login twice.

mod accounts;
mod connections;
mod consents;
mod forced;
mod jobs;
mod logins;
mod settling;
mod starting;
mod tokens;
mod users;
mod visits;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

pub(crate) use accounts::Account;
pub(crate) use connections::{Connection, Status};
pub(crate) use consents::UserConsent;
pub(crate) use forced::{Call, NextRefusal};
pub(crate) use jobs::{Job, Step, StepStatus};
pub(crate) use logins::Given;
pub(crate) use starting::Started;
pub(crate) use tokens::{Caller, Scope, TokenRefusal, Version};
pub(crate) use users::{User, UserFields};
pub(crate) use visits::{Deed, Next, Stage, Visit, Wanted};

use crate::id::{BasiqAccountId, BasiqConnectionId, BasiqConsentId, BasiqJobId, BasiqUserId};
use crate::ledger::{BasiqEvent, Event, Ledger};

/// How Basiq's dialect behaves where its pages leave a choice, or where a test wants less patience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasiqRules {
    /// How long a connection waits whose login another one has already. Basiq: six minutes.
    pub pause: Duration,
    /// How long a challenge waits for its answer.
    pub answer_within: Duration,
    /// Whether a wrong answer is refused with 400, too; else it is taken, and its step fails.
    pub refuses_wrong_answers: bool,
    /// How many connections there may be at a time. Basiq: 500 in its sandbox.
    pub most_connections: usize,
    /// How often a connection by open banking may be refreshed within 24 hours. Basiq: 20.
    pub refreshes_a_day: usize,
    /// How long after a yes at the bank a connection is still as if nobody had decided.
    pub hears_after: Duration,
    /// How long a consent at a bank lasts.
    pub arrangement_lasts: Duration,
}

impl Default for BasiqRules {
    fn default() -> Self {
        Self {
            pause: Duration::from_mins(6),
            answer_within: Duration::from_mins(2),
            refuses_wrong_answers: false,
            most_connections: 500,
            refreshes_a_day: 20,
            hears_after: Duration::ZERO,
            arrangement_lasts: Duration::from_hours(365 * 24),
        }
    }
}

/// Why a call was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BasiqRefusal {
    #[error("there is nothing with this id")]
    NotFound,
    /// A parameter is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A parameter, or the moment, is wrong. The text holds nothing of the request.
    #[error("{0}: {1}")]
    NotValid(&'static str, &'static str),
    /// The institution cannot be connected; this is why.
    #[error("{0}")]
    Institution(&'static str),
    #[error("refreshed too often")]
    TooManyRefreshes,
    #[error("there are too many connections")]
    TooManyConnections,
    /// Somebody wanted this call to be refused, or its answer to be lost.
    #[error("as was wished on the console")]
    Forced(NextRefusal),
}

/// Everything it remembers.
#[derive(Debug)]
pub(crate) struct Basiq {
    ledger: Ledger,
    pub(crate) rules: BasiqRules,
    tokens: Vec<tokens::Token>,
    users: BTreeMap<BasiqUserId, User>,
    connections: BTreeMap<BasiqConnectionId, Connection>,
    jobs: BTreeMap<BasiqJobId, Job>,
    accounts: BTreeMap<BasiqAccountId, Account>,
    consents: BTreeMap<BasiqConsentId, UserConsent>,
    visits: Vec<Visit>,
    ids: Ids,
    /// How many jobs have run where every other one asks.
    sometimes: usize,
    /// The clock's time at which the world is being looked at.
    now: Timestamp,
}

/// The ids given last, each kind in a range of its own.
#[derive(Debug)]
struct Ids {
    user: u64,
    connection: u64,
    job: u64,
    account: u64,
    consent: u64,
}

impl Basiq {
    pub(crate) fn new(ledger: Ledger, now: Timestamp) -> Self {
        Self {
            ledger,
            rules: BasiqRules::default(),
            tokens: Vec::new(),
            users: BTreeMap::new(),
            connections: BTreeMap::new(),
            jobs: BTreeMap::new(),
            accounts: BTreeMap::new(),
            consents: BTreeMap::new(),
            visits: Vec::new(),
            ids: Ids { user: 500, connection: 7_000, job: 9_000, account: 3_000, consent: 200 },
            sometimes: 0,
            now,
        }
    }

    fn record(&self, event: BasiqEvent) {
        self.ledger.record(self.now, Event::Basiq(event));
    }
}

fn next(last: &mut u64) -> u64 {
    *last += 1;
    *last
}

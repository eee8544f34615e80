//! What the practice aggregator remembers and does, without HTTP.
//!
//! Everything is in memory and gone with the process. Bank passcodes and answers are compared when they arrive and
//! not kept; of a bank login only the user name stays, to notice the same login twice.

mod accounts;
mod amounts;
pub(crate) mod basiq;
mod connections;
mod consents;
mod deposit_portfolios;
mod deposits;
mod run;
mod syncs;
mod tokens;
mod users;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub(crate) use accounts::Account;
pub(crate) use amounts::Amounts;
pub(crate) use connections::{Connection, Login};
pub(crate) use consents::{Consent, Decision, escaped, origin};
pub(crate) use deposit_portfolios::DepositPortfolio;
pub use deposits::DepositRules;
pub(crate) use deposits::{Deposit, Target, Tried};
pub(crate) use run::{Challenge, Progress, Run};
pub(crate) use syncs::SyncRequest;
pub(crate) use tokens::{NoRandomness, Token};
pub(crate) use users::{User, UserFields};

use basiq::Basiq;

use crate::directory::Directory;
use crate::id::{AccountId, ChallengeId, ConnectionId, DepositId, UserId};
use crate::ledger::{Event, Ledger};

/// Why a call was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// There is no such thing.
    #[error("there is nothing with this id")]
    NotFound,
    /// The call does not make sense; the text says why and holds nothing of the request.
    #[error("{0}")]
    Invalid(&'static str),
    /// The same bank login is linked already.
    #[error("this login is already linked for this user at this institution")]
    DuplicateAccount,
}

/// Everything it remembers.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) directory: Directory,
    /// The world of Basiq's dialect.
    pub(crate) basiq: Basiq,
    ledger: Ledger,
    tokens: Vec<Token>,
    consents: Vec<Consent>,
    users: BTreeMap<UserId, User>,
    connections: BTreeMap<ConnectionId, Connection>,
    deposit_portfolios: BTreeMap<AccountId, DepositPortfolio>,
    deposits: BTreeMap<DepositId, Deposit>,
    pub(crate) deposit_rules: DepositRules,
    ids: Ids,
    /// The clock's time at which the world is being looked at.
    now: Timestamp,
}

/// The ids given last, each kind in a range of its own so that a mix-up is seen.
#[derive(Debug)]
struct Ids {
    user: u64,
    connection: u64,
    account: u64,
    challenge: u64,
    deposit: u64,
}

impl World {
    pub(crate) fn new(directory: Directory, ledger: Ledger, now: Timestamp) -> Self {
        Self {
            directory,
            basiq: Basiq::new(ledger.clone(), now),
            ledger,
            tokens: Vec::new(),
            consents: Vec::new(),
            users: BTreeMap::new(),
            connections: BTreeMap::new(),
            deposit_portfolios: BTreeMap::new(),
            deposits: BTreeMap::new(),
            deposit_rules: DepositRules::default(),
            ids: Ids { user: 500, connection: 70_000, account: 33_000, challenge: 800, deposit: 42_000 },
            now,
        }
    }

    /// Lets everything catch up with the clock. Comes before every look at the world.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        self.now = now;
        for connection in self.connections.values_mut() {
            connection.settle(now, &mut self.ids);
            connection.move_on(now);
        }
        self.settle_deposits(now);
        self.basiq.settle(now);
    }

    fn record(&self, event: Event) {
        self.ledger.record(self.now, event);
    }
}

impl Ids {
    fn next_user(&mut self) -> UserId {
        UserId(next(&mut self.user))
    }

    fn next_connection(&mut self) -> ConnectionId {
        ConnectionId(next(&mut self.connection))
    }

    fn next_account(&mut self) -> AccountId {
        AccountId(next(&mut self.account))
    }

    fn next_challenge(&mut self) -> ChallengeId {
        ChallengeId(next(&mut self.challenge))
    }

    fn next_deposit(&mut self) -> DepositId {
        DepositId(next(&mut self.deposit))
    }
}

fn next(last: &mut u64) -> u64 {
    *last += 1;
    *last
}

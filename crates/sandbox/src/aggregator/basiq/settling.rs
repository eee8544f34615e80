//! Catching up with the clock: jobs, arrangements that end, consents that end.

use jiff::Timestamp;

use super::Basiq;
use super::connections::Status;
use super::jobs::Did;
use crate::id::{BasiqConnectionId, BasiqJobId};
use crate::ledger::BasiqEvent;

impl Basiq {
    /// Lets everything catch up with the clock. Comes before every look at the world.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        self.now = now;
        let due: Vec<BasiqJobId> = self
            .jobs
            .values()
            .filter(|job| job.next_change().is_some_and(|at| at <= now))
            .map(|job| job.id)
            .collect();
        for job in due {
            self.catch_up(job);
        }
        for connection in self.connections.values_mut() {
            let is_over = connection.expires.is_some_and(|expires| expires <= now);
            if is_over && connection.status == Status::Active {
                connection.status = Status::Invalid;
            }
        }
        self.settle_consents();
    }

    /// Lets one job catch up with the clock.
    pub(super) fn catch_up(&mut self, id: BasiqJobId) {
        let Some(job) = self.jobs.get_mut(&id) else { return };
        let (connection, did) = (job.connection, job.settle(self.now));
        self.apply(id, connection, &did);
    }

    /// What comes of what a job did.
    pub(super) fn apply(&mut self, job: BasiqJobId, connection: BasiqConnectionId, did: &[Did]) {
        for did in did {
            match *did {
                Did::BegunToVerify => self.try_login(job, connection),
                Did::LetIn => self.let_in(connection),
                Did::ReadAccounts => self.take_accounts(connection),
                Did::ReadTransactions => self.take_transactions(connection),
                Did::Ended { good, at } => self.end(connection, good, at),
            }
        }
    }

    fn try_login(&self, job: BasiqJobId, connection: BasiqConnectionId) {
        let login = self.connections.get(&connection).and_then(|known| known.login.as_ref());
        if let Some(login) = login {
            let (login_id, outcome) = (login.shown(), login.outcome());
            self.record(BasiqEvent::LoginTried { connection, job, login_id, outcome });
        }
    }

    fn end(&mut self, id: BasiqConnectionId, good: bool, at: Timestamp) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.status = if good { Status::Active } else { Status::Invalid };
            connection.last_used = at;
        }
    }
}

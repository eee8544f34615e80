//! Connections: from one user to one institution by one method (basiq.md 2.4 to 2.9 and 4).

use jiff::Timestamp;

use super::forced::{Call, NextRefusal};
use super::logins::Login;
use super::{Basiq, BasiqRefusal};
use crate::catalogue::basiq::{BasiqConnector, Method, StepTitle, failure};
use crate::id::{BasiqConnectionId, BasiqJobId, BasiqUserId};
use crate::ledger::BasiqEvent;

/// A connection. A deleted one is not kept.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: BasiqConnectionId,
    pub(crate) user: BasiqUserId,
    pub(crate) connector: &'static BasiqConnector,
    pub(crate) status: Status,
    pub(crate) created: Timestamp,
    /// When its last job ended, or when it was made.
    pub(crate) last_used: Timestamp,
    /// When the consent at the bank ends; a connection by login has none.
    pub(crate) expires: Option<Timestamp>,
    pub(super) login: Option<Login>,
    /// Its newest job.
    pub(crate) job: BasiqJobId,
    /// When it was refreshed, within the last day.
    pub(super) refreshed: Vec<Timestamp>,
    /// Whether a newer one has taken its place, since nobody finished this one.
    pub(super) superseded: bool,
    /// How the next job fails.
    pub(super) next_failure: Option<(StepTitle, String)>,
    pub(super) next_refusal: Option<NextRefusal>,
}

/// How a connection is (basiq.md 4). A deleted one has no status: it is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Status {
    Pending,
    PreInit,
    Init,
    Active,
    Invalid,
    /// One that somebody wished for on the console.
    Other(String),
}

impl Status {
    /// Basiq's word for it.
    pub(crate) fn word(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::PreInit => "pre-init",
            Self::Init => "init",
            Self::Active => "active",
            Self::Invalid => "invalid",
            Self::Other(word) => word,
        }
    }

    /// The one that is called so.
    pub(super) fn read(word: &str) -> Self {
        let known = [Self::Pending, Self::PreInit, Self::Init, Self::Active, Self::Invalid];
        known.into_iter().find(|status| status.word() == word).unwrap_or_else(|| Self::Other(word.to_owned()))
    }
}

impl Connection {
    /// Whether it is by open banking.
    pub(crate) fn is_open_banking(&self) -> bool {
        self.connector.method == Method::OpenBanking
    }
}

impl Basiq {
    /// One connection of a user.
    pub(crate) fn connection(
        &self,
        user: BasiqUserId,
        id: BasiqConnectionId,
    ) -> Result<&Connection, BasiqRefusal> {
        let connection = self.connections.get(&id).filter(|connection| connection.user == user);
        connection.ok_or(BasiqRefusal::NotFound)
    }

    /// A user's connections, oldest first, without those whose place a newer one has taken.
    pub(crate) fn connections_of(&self, user: BasiqUserId) -> Result<Vec<&Connection>, BasiqRefusal> {
        self.user(user)?;
        let listed = |connection: &&Connection| connection.user == user && !connection.superseded;
        Ok(self.connections.values().filter(listed).collect())
    }

    /// Every connection, oldest first.
    pub(crate) fn connections(&self) -> impl Iterator<Item = &Connection> {
        self.connections.values()
    }

    /// Removes the user's data of a connection's institution, whichever connection it came by. It cannot be undone.
    pub(crate) fn purge(&mut self, user: BasiqUserId, id: BasiqConnectionId) -> Result<(), BasiqRefusal> {
        let connection = self.connection(user, id)?;
        let institution = connection.connector.id;
        if connection.status != Status::Active {
            return Err(BasiqRefusal::NotValid("connectionId", "the connection is not active"));
        }
        let refusal = self.take_refusal(id, Call::Purge);
        if refusal.as_ref().is_none_or(|refusal| refusal.done) {
            self.accounts.retain(|_, account| account.user != user || account.institution != institution);
            self.record(BasiqEvent::ConnectionPurged { connection: id });
        }
        refusal.map_or(Ok(()), |refusal| Err(BasiqRefusal::Forced(refusal)))
    }

    /// Removes a connection, in whatever state. The user's data stays.
    pub(crate) fn delete_connection(
        &mut self,
        user: BasiqUserId,
        id: BasiqConnectionId,
    ) -> Result<(), BasiqRefusal> {
        self.connection(user, id)?;
        let refusal = self.take_refusal(id, Call::Delete);
        if refusal.as_ref().is_none_or(|refusal| refusal.done) {
            self.remove_connection(id);
            self.record(BasiqEvent::ConnectionDeleted { connection: id });
        }
        refusal.map_or(Ok(()), |refusal| Err(BasiqRefusal::Forced(refusal)))
    }

    /// Forgets a connection, and breaks its job off.
    pub(super) fn remove_connection(&mut self, id: BasiqConnectionId) {
        self.connections.remove(&id);
        let now = self.now;
        for job in self.jobs.values_mut().filter(|job| job.connection == id) {
            // Nobody is left to whom this would matter.
            let _ = job.break_off(failure("unknown-error"), now);
        }
    }
}

//! Connections: one login of one user at one institution.

use jiff::Timestamp;

use super::{Account, Ids, Refusal, Run, World};
use crate::catalogue::{Outcome, Script, SignIn, script_for};
use crate::clock::later;
use crate::directory::Institution;
use crate::id::{ConnectionId, InstitutionId, UserId};
use crate::ledger::{Event, SyncKind};
use crate::money::Cents;
use crate::secret::Secret;
use std::time::Duration;

/// So long after the first good sync a bank has moved that does so.
const MOVES_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// A connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    pub(crate) user: UserId,
    pub(crate) institution: InstitutionId,
    pub(crate) created: Timestamp,
    pub(crate) last_sync: Option<Timestamp>,
    pub(crate) last_good_sync: Option<Timestamp>,
    pub(crate) last_good_auth: Option<Timestamp>,
    pub(crate) accounts: Vec<Account>,
    /// The sync started last.
    pub(crate) run: Option<Run>,
    pub(super) bank_login: Option<BankLogin>,
    sign_in: SignIn,
    /// Whether it is made on the bank's own page: from the start, since somebody agreed there, or since the bank moved.
    pub(crate) is_oauth: bool,
}

/// A bank login as it arrives.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) username: Secret,
    pub(crate) passcode: Secret,
}

/// What stays of a bank login: who, and what it leads to. Not the passcode.
#[derive(Debug)]
pub(super) struct BankLogin {
    /// Absent when somebody agreed on the bank's own page: then nobody but the bank knows it.
    pub(super) username: Option<Secret>,
    pub(super) script: &'static Script,
    /// How many syncs were started with it.
    pub(super) syncs: usize,
    /// Whether a sync with it ended well: the bank then knows who comes, and asks no more.
    pub(super) recognised: bool,
}

impl World {
    /// Adds a connection; with a login, keeps that for the first sync. Nothing is tried at the bank.
    pub(crate) fn create_connection(
        &mut self,
        user: UserId,
        institution: InstitutionId,
        login: Option<Login>,
    ) -> Result<ConnectionId, Refusal> {
        self.user(user)?;
        let known =
            self.directory.get(institution).ok_or(Refusal::Invalid("there is no such institution_id"))?;
        let sign_in = known.sign_in;
        if let Some(login) = &login {
            self.refuse_duplicate(user, institution, login, None)?;
        }
        let id = self.ids.next_connection();
        let connection = Connection {
            id,
            user,
            institution,
            created: self.now,
            last_sync: None,
            last_good_sync: None,
            last_good_auth: None,
            accounts: Vec::new(),
            run: None,
            bank_login: None,
            sign_in,
            is_oauth: sign_in == SignIn::OwnPage,
        };
        self.connections.insert(id, connection);
        self.record(Event::ConnectionCreated { user, connection: id, institution });
        if let Some(login) = login {
            self.replace_login(id, login)?;
        }
        Ok(id)
    }

    /// Puts another login on a connection, for the next sync.
    pub(crate) fn replace_login(&mut self, id: ConnectionId, login: Login) -> Result<(), Refusal> {
        let connection = self.connection(id)?;
        if connection.is_oauth {
            return Err(Refusal::Invalid("people sign in on the bank's own page here"));
        }
        self.refuse_duplicate(connection.user, connection.institution, &login, Some(id))?;
        let institution = self.institution_of(id)?;
        let script = script_for(institution, &login.username, &login.passcode);
        let connection = self.connection_mut(id)?;
        // The same login given again goes on where it was: `user_config` ends on the second sync, not never.
        let (syncs, recognised) = match &connection.bank_login {
            Some(known) if std::ptr::eq(known.script, script) => (known.syncs, known.recognised),
            Some(_) | None => (0, false),
        };
        connection.bank_login = Some(BankLogin { username: Some(login.username), script, syncs, recognised });
        Ok(())
    }

    /// Removes a connection.
    pub(crate) fn delete_connection(&mut self, id: ConnectionId) -> Result<(), Refusal> {
        let connection = self.connections.remove(&id).ok_or(Refusal::NotFound)?;
        self.record(Event::ConnectionDeleted {
            user: connection.user,
            connection: id,
            institution: connection.institution,
        });
        Ok(())
    }

    /// One connection.
    pub(crate) fn connection(&self, id: ConnectionId) -> Result<&Connection, Refusal> {
        self.connections.get(&id).ok_or(Refusal::NotFound)
    }

    pub(super) fn connection_mut(&mut self, id: ConnectionId) -> Result<&mut Connection, Refusal> {
        self.connections.get_mut(&id).ok_or(Refusal::NotFound)
    }

    /// All connections, oldest first.
    pub(crate) fn connections(&self) -> impl Iterator<Item = &Connection> {
        self.connections.values()
    }

    /// Those of one user.
    pub(crate) fn connections_of(&self, user: UserId) -> impl Iterator<Item = &Connection> {
        self.connections().filter(move |connection| connection.user == user)
    }

    /// The institution of a connection.
    pub(crate) fn institution_of(&self, id: ConnectionId) -> Result<&Institution, Refusal> {
        self.directory.get(self.connection(id)?.institution).ok_or(Refusal::NotFound)
    }

    /// The same user name, for the same user at the same institution, is the same login.
    pub(super) fn refuse_duplicate(
        &self,
        user: UserId,
        institution: InstitutionId,
        login: &Login,
        but: Option<ConnectionId>,
    ) -> Result<(), Refusal> {
        let username = login.username.expose().trim();
        let taken = self
            .connections_of(user)
            .filter(|other| other.institution == institution && Some(other.id) != but)
            .filter_map(|other| other.bank_login.as_ref()?.username.as_ref())
            .any(|other| other.expose().trim() == username);
        if taken { Err(Refusal::DuplicateAccount) } else { Ok(()) }
    }
}

impl Connection {
    /// Lets its sync catch up with the clock, and takes in what a good one found.
    pub(super) fn settle(&mut self, now: Timestamp, ids: &mut Ids) {
        let Some(run) = &mut self.run else { return };
        let Some(ended) = run.settle(now, || ids.next_challenge()) else { return };
        match ended.outcome {
            Outcome::Good => {
                if let Some(login) = &mut self.bank_login {
                    login.recognised = true;
                }
                self.last_good_sync = Some(ended.at);
                if run.kind == SyncKind::Auth {
                    self.last_good_auth = Some(ended.at);
                }
                if self.accounts.is_empty() {
                    self.accounts = Account::found(|| ids.next_account());
                }
            }
            Outcome::IncorrectCredentials
            | Outcome::UserConfig(_)
            | Outcome::Resync
            | Outcome::Postponed
            | Outcome::Maintenance
            | Outcome::InstitutionUnavailable
            | Outcome::NoAccounts
            | Outcome::Locked
            | Outcome::Deleted
            | Outcome::Other(_) => {}
        }
    }

    /// A bank that has moved to its own page takes the login no more: the aggregator's nightly sync says so.
    pub(super) fn move_on(&mut self, now: Timestamp) {
        let Some(good) = self.last_good_sync else { return };
        if self.sign_in == SignIn::Moves && !self.is_oauth && later(good, MOVES_AFTER) <= now {
            self.is_oauth = true;
            self.bank_login = None;
            self.run = Some(Run::refused(now));
            self.last_sync = Some(now);
        }
    }

    /// The word for `status`; `None` before the first sync.
    pub(crate) fn status(&self) -> Option<&'static str> {
        self.run.as_ref().map(Run::status)
    }

    /// What its accounts are worth; `None` before any is known.
    pub(crate) fn value(&self) -> Option<Cents> {
        (!self.accounts.is_empty()).then(|| self.accounts.iter().map(|account| account.holding.present).sum())
    }
}

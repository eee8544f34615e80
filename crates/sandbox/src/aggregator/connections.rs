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

/// So long after the first good sync a bank has moved, or wants the login again, if it is one that does so.
const MOVES_AFTER: Duration = Duration::from_hours(24);

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
    /// Whether it is for verification alone, without nightly aggregation (v2's `is_auth`).
    pub(crate) is_auth_only: bool,
    /// Whether a good aggregation has been: v2 lists accounts only after one.
    pub(crate) is_aggregated: bool,
    /// How many syncs in a row did not end well.
    pub(crate) failures: u32,
    /// How many syncs ended well.
    pub(crate) good_syncs: u32,
    /// The sync before the present one, to return to when that is given up.
    pub(super) before: Option<Run>,
    /// How many callers wait for the present sync.
    pub(crate) waiting_callers: usize,
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
            self.directory.get_any(institution).ok_or(Refusal::Invalid("there is no such institution"))?;
        let sign_in = known.sign_in;
        if login.is_some() && sign_in == SignIn::OwnPage {
            return Err(Refusal::Invalid("people sign in on the bank's own page here"));
        }
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
            is_auth_only: false,
            is_aggregated: false,
            failures: 0,
            good_syncs: 0,
            before: None,
            waiting_callers: 0,
            is_oauth: sign_in == SignIn::OwnPage,
        };
        self.connections.insert(id, connection);
        self.record(Event::ConnectionCreated { user, connection: id, institution });
        if let Some(login) = login {
            self.replace_login(id, login)?;
        }
        Ok(id)
    }

    /// Keeps a connection out of nightly aggregation, until somebody aggregates it.
    pub(crate) fn keep_for_verification(&mut self, id: ConnectionId) -> Result<(), Refusal> {
        self.connection_mut(id)?.is_auth_only = true;
        Ok(())
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
        self.deposits.retain(|_, deposit| deposit.connection != id);
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
        self.directory.get_any(self.connection(id)?.institution).ok_or(Refusal::NotFound)
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
                self.failures = 0;
                self.good_syncs += 1;
                if matches!(run.kind, SyncKind::Auth | SyncKind::Both) {
                    self.last_good_auth = Some(ended.at);
                }
                if matches!(run.kind, SyncKind::Agg | SyncKind::Both) {
                    self.is_aggregated = true;
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
            | Outcome::Other(_) => self.failures += 1,
        }
    }

    /// A bank that has moved to its own page takes the login no more: the aggregator's nightly sync says so.
    pub(super) fn move_on(&mut self, now: Timestamp) {
        let Some(good) = self.last_good_sync.filter(|_| !self.is_auth_only) else { return };
        if later(good, MOVES_AFTER) > now {
            return;
        }
        match self.sign_in {
            SignIn::Moves if !self.is_oauth => {
                self.is_oauth = true;
                self.refuse_login(now);
            }
            SignIn::Lapses => {
                // Once.
                self.sign_in = SignIn::Login;
                self.refuse_login(now);
            }
            SignIn::Login | SignIn::OwnPage | SignIn::Either | SignIn::Moves => {}
        }
    }

    /// The bank takes the known login no more: a nightly sync says so, and another has to be given.
    pub(super) fn refuse_login(&mut self, now: Timestamp) {
        self.bank_login = None;
        self.run = Some(Run::refused(now));
        self.last_sync = Some(now);
        self.failures += 1;
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

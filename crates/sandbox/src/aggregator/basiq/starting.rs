//! What starts a job: a new connection, another password, a refresh (basiq.md 2.4, 2.5 and 2.7).

use std::time::Duration;

use super::connections::{Connection, Status};
use super::forced::Call;
use super::jobs::{Begins, Job, Plan};
use super::logins::{Given, Login};
use super::{Basiq, BasiqRefusal, next};
use crate::catalogue::basiq::{
    Authorization, BasiqConnector, Challenge, Failure, Method, StepTitle, basiq_connectors, failure,
};
use crate::clock::later;
use crate::id::{BasiqConnectionId, BasiqJobId, BasiqUserId};
use crate::ledger::BasiqEvent;

const DAY: Duration = Duration::from_hours(24);

/// A job for what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Started {
    /// It was started for it.
    Now(BasiqJobId),
    /// It was under way already.
    Before(BasiqJobId),
}

impl Started {
    /// The job, whenever it was started.
    pub(crate) fn job(self) -> BasiqJobId {
        match self {
            Self::Now(job) | Self::Before(job) => job,
        }
    }
}

impl Basiq {
    /// Connects a user by a login.
    pub(crate) fn create_connection(
        &mut self,
        user: BasiqUserId,
        institution: &str,
        given: &Given,
    ) -> Result<Started, BasiqRefusal> {
        self.user(user)?;
        let here = || basiq_connectors().iter().filter(|connector| connector.id == institution);
        if here().next().is_none() {
            return Err(BasiqRefusal::Institution("institution-not-found"));
        }
        let connector = here()
            .find(|one| one.method == Method::Web && one.authorization != Authorization::Other)
            .ok_or(BasiqRefusal::Institution("institution-not-supported"))?;
        let login = given.read(connector)?;
        let twin = self.connections.values().find(|other| {
            other.user == user && self.has_login(other, connector, &login) && self.is_busy(other)
        });
        if let Some(twin) = twin {
            return Ok(Started::Before(twin.job));
        }
        self.check_room(user, connector)?;
        let in_use = self.connections.values().any(|other| self.has_login(other, connector, &login));
        let begins = if in_use { Begins::After(self.rules.pause) } else { Begins::AtOnce };
        Ok(self.connect(user, connector, Some(login), begins))
    }

    /// Begins to connect a user by open banking: the person is to decide at the bank.
    pub(crate) fn create_open_banking(
        &mut self,
        user: BasiqUserId,
        connector: &'static BasiqConnector,
    ) -> Result<Started, BasiqRefusal> {
        self.user(user)?;
        self.check_room(user, connector)?;
        Ok(self.connect(user, connector, None, Begins::AtTheBank))
    }

    /// Gives a connection another password, and another login id unless it is to be kept.
    pub(crate) fn replace_login(
        &mut self,
        user: BasiqUserId,
        id: BasiqConnectionId,
        given: &Given,
        keeps_login_id: bool,
    ) -> Result<Started, BasiqRefusal> {
        let connection = self.connection(user, id)?;
        let no_login = BasiqRefusal::NotValid("connectionId", "the connection is not Web");
        let known = connection.login.as_ref().ok_or(no_login)?;
        let login = if keeps_login_id {
            given.read_for(connection.connector, known)?
        } else {
            given.read(connection.connector)?
        };
        if self.is_busy(connection) {
            return Ok(Started::Before(connection.job));
        }
        self.check_other_method(connection.user, connection.connector)?;
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.login = Some(login);
        }
        self.record(BasiqEvent::LoginReplaced { connection: id });
        Ok(Started::Now(self.start_job(id, Begins::AgainIfOut)))
    }

    /// Fetches what is new at the institution.
    pub(crate) fn refresh(
        &mut self,
        user: BasiqUserId,
        id: BasiqConnectionId,
    ) -> Result<Started, BasiqRefusal> {
        let connection = self.connection(user, id)?;
        if self.is_busy(connection) {
            return Ok(Started::Before(connection.job));
        }
        if matches!(connection.status, Status::Pending | Status::PreInit | Status::Init) {
            return Err(BasiqRefusal::NotValid("connectionId", "the connection has never been active"));
        }
        self.check_other_method(connection.user, connection.connector)?;
        let now = self.now;
        let lately = connection.refreshed.iter().filter(|at| later(**at, DAY) > now).count();
        if connection.is_open_banking() && lately >= self.rules.refreshes_a_day {
            return Err(BasiqRefusal::TooManyRefreshes);
        }
        let refusal = self.take_refusal(id, Call::Refresh);
        if let Some(refusal) = refusal.filter(|refusal| !refusal.done) {
            return Err(BasiqRefusal::Forced(refusal));
        }
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.refreshed.retain(|at| later(*at, DAY) > now);
            connection.refreshed.push(now);
        }
        let job = self.start_job(id, Begins::AtOnce);
        self.record(BasiqEvent::RefreshStarted { connection: id, job });
        match refusal {
            Some(refusal) => Err(BasiqRefusal::Forced(refusal)),
            None => Ok(Started::Now(job)),
        }
    }

    /// Whether its job is not over.
    pub(crate) fn is_busy(&self, connection: &Connection) -> bool {
        self.jobs.get(&connection.job).is_some_and(Job::is_running)
    }

    /// Refuses what would leave a user with two methods at one institution.
    pub(super) fn check_other_method(
        &self,
        user: BasiqUserId,
        connector: &BasiqConnector,
    ) -> Result<(), BasiqRefusal> {
        let stands_in_the_way = |other: &Connection| {
            other.user == user
                && other.connector.id == connector.id
                && other.connector.method != connector.method
                && match other.status {
                    Status::Active | Status::Init => true,
                    Status::Pending | Status::Invalid => self.is_busy(other),
                    Status::PreInit | Status::Other(_) => false,
                }
        };
        if self.connections.values().any(stands_in_the_way) {
            return Err(BasiqRefusal::NotValid("institution", "another method is connected there"));
        }
        Ok(())
    }

    fn check_room(&self, user: BasiqUserId, connector: &BasiqConnector) -> Result<(), BasiqRefusal> {
        self.check_other_method(user, connector)?;
        if self.connections.len() >= self.rules.most_connections {
            return Err(BasiqRefusal::TooManyConnections);
        }
        Ok(())
    }

    fn has_login(&self, other: &Connection, connector: &BasiqConnector, login: &Login) -> bool {
        other.connector.id == connector.id && other.login.as_ref().is_some_and(|known| known.is_same(login))
    }

    fn connect(
        &mut self,
        user: BasiqUserId,
        connector: &'static BasiqConnector,
        login: Option<Login>,
        begins: Begins,
    ) -> Started {
        let id = BasiqConnectionId(next(&mut self.ids.connection));
        let status = match connector.method {
            Method::Web => Status::Pending,
            Method::OpenBanking => Status::PreInit,
        };
        let connection = Connection {
            id,
            user,
            connector,
            status,
            created: self.now,
            last_used: self.now,
            expires: None,
            login,
            job: BasiqJobId(0),
            refreshed: Vec::new(),
            superseded: false,
            next_failure: None,
            next_refusal: None,
        };
        self.connections.insert(id, connection);
        let (institution, method) = (connector.id, connector.method.word());
        self.record(BasiqEvent::ConnectionCreated { user, connection: id, institution, method });
        Started::Now(self.start_job(id, begins))
    }

    /// Starts the next job of a connection that is there.
    pub(super) fn start_job(&mut self, id: BasiqConnectionId, begins: Begins) -> BasiqJobId {
        let job = BasiqJobId(next(&mut self.ids.job));
        let asks_this_time = self.asks_this_time(id);
        let (now, answer_within) = (self.now, self.rules.answer_within);
        if let Some(connection) = self.connections.get_mut(&id) {
            let plan = plan(connection, asks_this_time, begins, now);
            let of = (connection.user, id, connection.connector.id);
            connection.job = job;
            self.jobs.insert(job, Job::start(job, of, plan, now, answer_within));
        }
        self.catch_up(job);
        job
    }

    fn asks_this_time(&mut self, id: BasiqConnectionId) -> bool {
        let authorization = self.connections.get(&id).map(|connection| connection.connector.authorization);
        match authorization {
            Some(Authorization::UserMfa) => true,
            Some(Authorization::UserMfaIntermittent) => {
                self.sometimes += 1;
                self.sometimes % 2 == 1
            }
            _ => false,
        }
    }
}

/// What a new job of this connection does.
fn plan(connection: &mut Connection, asks_this_time: bool, begins: Begins, now: jiff::Timestamp) -> Plan {
    let connector = connection.connector;
    let forced = connection.next_failure.take().map(|(step, code)| (step, failure(&code)));
    let asks: Option<Challenge> = connection
        .login
        .as_ref()
        .and_then(Login::plays)
        .filter(|_| asks_this_time)
        .map(|login| login.challenge_at(connector));
    let fails = forced.or_else(|| fate(connection, begins, now));
    let persists = (begins == Begins::AgainIfOut).then(|| fate(connection, begins, now));
    Plan { has_challenge_step: connector.may_ask(), asks, fails, persists, begins }
}

/// Where and why a job fails when nobody has wished for anything.
fn fate(connection: &Connection, begins: Begins, now: jiff::Timestamp) -> Option<(StepTitle, Failure)> {
    if connection.connector.status == "major-outage" {
        return Some((StepTitle::VerifyCredentials, failure("service-unavailable")));
    }
    match &connection.login {
        Some(login) => login.failure(),
        None => {
            let is_over = connection.expires.is_none_or(|expires| expires <= now);
            let at_once = matches!(begins, Begins::AtOnce | Begins::AgainIfOut);
            (is_over && at_once).then_some((StepTitle::VerifyCredentials, Failure::ARRANGEMENT_OVER))
        }
    }
}

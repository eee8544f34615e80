//! Visits to the consent page (basiq.md 2.10 and 9): one person, step by step, and back to where they came from.

use std::time::Duration;

use jiff::Timestamp;

use super::connections::Status;
use super::logins::Given;
use super::{Basiq, BasiqRefusal, Connection, Job, Scope, Started};
use crate::catalogue::basiq::{Authorization, BasiqConnector, Method, basiq_connectors};
use crate::clock::later;
use crate::id::{BasiqConnectionId, BasiqJobId, BasiqUserId};
use crate::secret::Secret;

/// How long a visit lasts.
const LIFE: Duration = Duration::from_mins(30);

/// How soon a consent at a bank has to end for `reauthorise` to offer it.
const SOON: Duration = Duration::from_hours(7 * 24);

/// What a link to the consent page asks for.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) action: Option<String>,
    pub(crate) state: Option<Secret>,
    pub(crate) institution: Option<String>,
    pub(crate) connection: Option<String>,
}

/// A person on the consent page.
#[derive(Debug)]
pub(crate) struct Visit {
    /// Names the visit; whoever has it acts for the person.
    id: Secret,
    user: BasiqUserId,
    state: Option<Secret>,
    /// The institution that the link names.
    institution: Option<String>,
    /// The connection that it names, which is the person's.
    connection: Option<BasiqConnectionId>,
    pub(crate) stage: Stage,
    /// What went wrong just now, in words for the person.
    pub(crate) notice: Option<&'static str>,
    began: Timestamp,
}

/// Where a visit is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stage {
    /// May their data be had at all?
    Consent,
    /// Which institution, and by which method?
    Institutions,
    /// Which of the consents at banks that end soon?
    Renewals,
    /// Their login, for a new connection or for one that is there.
    Login { connector: &'static BasiqConnector, connection: Option<BasiqConnectionId>, keeps_login_id: bool },
    /// What the institution asks.
    Challenge { job: BasiqJobId },
    /// At the bank.
    Bank { connector: &'static BasiqConnector, connection: BasiqConnectionId },
}

/// What a person does.
#[derive(Debug)]
pub(crate) enum Deed {
    Agree,
    Cancel,
    Choose {
        institution: String,
        method: String,
    },
    LogIn(Given),
    Answer(Vec<Secret>),
    Renew(String),
    /// Goes away without having decided anything.
    Leave,
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Another page of this visit.
    Stay,
    /// Until the job has come to rest.
    Wait(BasiqJobId),
    /// The visit is over: back, with these jobs and the state that the link had.
    Leave { jobs: Vec<BasiqJobId>, state: Option<Secret> },
}

impl Basiq {
    /// Begins a visit with a token of the person's own browser. `id` cannot be guessed.
    pub(crate) fn visit(&mut self, id: Secret, token: &str, wanted: Wanted) -> Result<(), &'static str> {
        let caller = self.caller(token).map_err(|_| "This link is not good, or no longer.")?;
        let Scope::Client(user) = caller.scope else {
            return Err("This link was made with a token that no browser may have.");
        };
        let unknown = "This link names a connection that is not there.";
        let named = wanted.connection.as_deref().map(str::parse).transpose().map_err(|_| unknown)?;
        if let Some(connection) = named {
            self.connection(user, connection).map_err(|_| unknown)?;
        }
        let institution = wanted.institution.as_deref();
        let stage = self.first_stage(user, wanted.action.as_deref(), institution, named)?;
        let now = self.now;
        self.visits.retain(|visit| later(visit.began, LIFE) > now);
        let Wanted { state, institution, .. } = wanted;
        let (connection, notice) = (named, None);
        self.visits.push(Visit { id, user, state, institution, connection, stage, notice, began: now });
        Ok(())
    }

    /// The visit of this name.
    pub(crate) fn visit_called(&self, id: &str) -> Result<&Visit, BasiqRefusal> {
        let is_it = |visit: &&Visit| visit.id.matches(id) && later(visit.began, LIFE) > self.now;
        self.visits.iter().find(is_it).ok_or(BasiqRefusal::NotFound)
    }

    /// The connectors that a visit can choose from.
    pub(crate) fn choices(&self, visit: &Visit) -> Vec<&'static BasiqConnector> {
        choices(visit.institution.as_deref())
    }

    /// The connections of a visit's person whose consent at the bank ends soon.
    pub(crate) fn renewals(&self, visit: &Visit) -> Vec<&Connection> {
        let until = later(self.now, SOON);
        let soon = |one: &&Connection| one.expires.is_some_and(|expires| expires <= until);
        let all = self.connections.values().filter(|one| one.user == visit.user && !one.superseded);
        all.filter(soon).collect()
    }

    /// A person does something.
    pub(crate) fn act(&mut self, id: &str, deed: Deed) -> Result<Next, BasiqRefusal> {
        let visit = self.visit_called(id)?;
        let (user, stage) = (visit.user, visit.stage);
        let done = self.do_it(user, stage, id, deed);
        match done {
            Ok(Next::Leave { jobs, .. }) => Ok(self.leave(id, jobs)),
            Ok(next) => Ok(next),
            Err(BasiqRefusal::NotFound) => Err(BasiqRefusal::NotFound),
            Err(refusal) => {
                self.change(id, |visit| visit.notice = Some(in_words(&refusal)));
                Ok(Next::Stay)
            }
        }
    }

    /// What comes after a job that was waited for.
    pub(crate) fn after(&mut self, id: &str, job: BasiqJobId) -> Result<Next, BasiqRefusal> {
        let found = self.job(job)?;
        let (asks, failed) = (found.challenge().is_some(), found.failed().is_some() && !found.is_let_in());
        let detail = found.failed().and_then(|step| step.failure.as_ref()).map(|failure| failure.detail);
        let connection = found.connection;
        if asks {
            self.change(id, |visit| visit.stage = Stage::Challenge { job });
            return Ok(Next::Stay);
        }
        if !failed {
            return Ok(self.leave(id, vec![job]));
        }
        let connector = self.connections.get(&connection).ok_or(BasiqRefusal::NotFound)?.connector;
        self.change(id, |visit| {
            let keeps_login_id = matches!(visit.stage, Stage::Login { keeps_login_id: true, .. });
            visit.stage = Stage::Login { connector, connection: Some(connection), keeps_login_id };
            visit.notice = Some(detail.unwrap_or("That was not the right answer, or it came too late."));
        });
        Ok(Next::Stay)
    }

    /// When to look at a job again that has not come to rest: nothing when there is no reason to wait for it.
    pub(crate) fn restless_until(&self, job: BasiqJobId) -> Option<Timestamp> {
        let waits = |job: &&Job| {
            job.challenge().is_none() && !job.is_paused() && !job.is_let_in() && job.failed().is_none()
        };
        self.jobs.get(&job).filter(waits).and_then(Job::next_change)
    }

    fn first_stage(
        &mut self,
        user: BasiqUserId,
        action: Option<&str>,
        institution: Option<&str>,
        connection: Option<BasiqConnectionId>,
    ) -> Result<Stage, &'static str> {
        let has_consent = self.has_consent(user);
        match action {
            None | Some("" | "null") if connection.is_none() => Ok(Stage::Consent),
            None | Some("" | "null" | "connect") if !has_consent => Ok(Stage::Consent),
            Some("reauthorise") if connection.is_none() => Ok(Stage::Renewals),
            None | Some("" | "null" | "connect" | "reauthorise") => {
                self.stage_after_consent(user, institution, connection).map_err(|why| in_words(&why))
            }
            Some(_) => Err("This action cannot be practised here."),
        }
    }

    fn stage_after_consent(
        &mut self,
        user: BasiqUserId,
        institution: Option<&str>,
        connection: Option<BasiqConnectionId>,
    ) -> Result<Stage, BasiqRefusal> {
        let Some(id) = connection else {
            return only_choice(institution)
                .map_or(Ok(Stage::Institutions), |one| self.begin_with(user, one));
        };
        let connection = self.connection(user, id)?;
        let (connector, is_left) = (connection.connector, connection.status == Status::PreInit);
        match connector.method {
            Method::Web => Ok(Stage::Login { connector, connection: Some(id), keeps_login_id: true }),
            // Who left on the way goes through all of it again, with a new one.
            Method::OpenBanking if is_left => self.open_banking(user, connector),
            Method::OpenBanking => Ok(Stage::Bank { connector, connection: id }),
        }
    }

    fn do_it(&mut self, user: BasiqUserId, stage: Stage, id: &str, deed: Deed) -> Result<Next, BasiqRefusal> {
        let gone = |jobs| Ok(Next::Leave { jobs, state: None });
        self.change(id, |visit| visit.notice = None);
        match (stage, deed) {
            (Stage::Consent, Deed::Agree) => {
                self.decide_consent(user, true)?;
                let visit = self.visit_called(id)?;
                let (institution, connection) = (visit.institution.clone(), visit.connection);
                let stage = self.stage_after_consent(user, institution.as_deref(), connection);
                let stage = stage.unwrap_or_else(|why| {
                    // What stands in the way of one institution is told where another can be chosen.
                    self.change(id, |visit| visit.notice = Some(in_words(&why)));
                    Stage::Institutions
                });
                self.go(id, stage)
            }
            (Stage::Consent, Deed::Cancel) => {
                self.decide_consent(user, false)?;
                gone(Vec::new())
            }
            (Stage::Institutions, Deed::Choose { institution, method }) => {
                let of = choices(Some(&institution)).into_iter();
                let chosen = of.into_iter().find(|one| one.method.word() == method);
                let stage = self.begin_with(user, chosen.ok_or(BasiqRefusal::NotFound)?)?;
                self.go(id, stage)
            }
            (Stage::Renewals, Deed::Renew(connection)) => {
                let connection = connection.parse().map_err(|_| BasiqRefusal::NotFound)?;
                let connector = self.connection(user, connection)?.connector;
                self.go(id, Stage::Bank { connector, connection })
            }
            (Stage::Login { connector, connection, keeps_login_id }, Deed::LogIn(given)) => {
                let started = match connection {
                    None => self.create_connection(user, connector.id, &given)?,
                    Some(old) => self.replace_login(user, old, &given, keeps_login_id)?,
                };
                Ok(Next::Wait(started.job()))
            }
            (Stage::Challenge { job }, Deed::Answer(answers)) => {
                self.answer(job, &answers)?;
                Ok(Next::Wait(job))
            }
            (Stage::Bank { connection, .. }, Deed::Agree) => {
                self.decide_at_the_bank(user, connection, true)?;
                gone(vec![self.connection(user, connection)?.job])
            }
            (Stage::Bank { connection, .. }, Deed::Cancel) => {
                self.decide_at_the_bank(user, connection, false)?;
                gone(Vec::new())
            }
            (_, Deed::Cancel | Deed::Leave) => gone(Vec::new()),
            // A form of an earlier page, sent again: the page that is due now is shown.
            _ => Ok(Next::Stay),
        }
    }

    fn begin_with(
        &mut self,
        user: BasiqUserId,
        connector: &'static BasiqConnector,
    ) -> Result<Stage, BasiqRefusal> {
        match connector.method {
            Method::Web => {
                self.check_other_method(user, connector)?;
                Ok(Stage::Login { connector, connection: None, keeps_login_id: false })
            }
            Method::OpenBanking => self.open_banking(user, connector),
        }
    }

    fn open_banking(
        &mut self,
        user: BasiqUserId,
        connector: &'static BasiqConnector,
    ) -> Result<Stage, BasiqRefusal> {
        let started: Started = self.create_open_banking(user, connector)?;
        let connection = self.job(started.job())?.connection;
        Ok(Stage::Bank { connector, connection })
    }

    fn go(&mut self, id: &str, stage: Stage) -> Result<Next, BasiqRefusal> {
        self.change(id, |visit| visit.stage = stage);
        Ok(Next::Stay)
    }

    fn leave(&mut self, id: &str, jobs: Vec<BasiqJobId>) -> Next {
        let at = self.visits.iter().position(|visit| visit.id.matches(id));
        let state = at.and_then(|at| self.visits.swap_remove(at).state);
        Next::Leave { jobs, state }
    }

    fn change(&mut self, id: &str, change: impl FnOnce(&mut Visit)) {
        if let Some(visit) = self.visits.iter_mut().find(|visit| visit.id.matches(id)) {
            change(visit);
        }
    }
}

/// The connectors that people can use, of one institution where one is named.
fn choices(institution: Option<&str>) -> Vec<&'static BasiqConnector> {
    let usable = |one: &&BasiqConnector| {
        one.stage != "alpha"
            && (one.method == Method::OpenBanking || one.authorization != Authorization::Other)
    };
    let all: Vec<_> = basiq_connectors().iter().filter(usable).collect();
    let named: Vec<_> = all.iter().copied().filter(|one| Some(one.id) == institution).collect();
    if named.is_empty() { all } else { named }
}

fn only_choice(institution: Option<&str>) -> Option<&'static BasiqConnector> {
    match *choices(institution) {
        [one] => Some(one),
        _ => None,
    }
}

/// Why something was not done, for the person.
fn in_words(refusal: &BasiqRefusal) -> &'static str {
    match refusal {
        BasiqRefusal::Missing(_) => "Fill in every field.",
        BasiqRefusal::NotValid("institution", _) => {
            "This institution is connected in another way already. End that connection first."
        }
        BasiqRefusal::NotValid(..) => "That was not taken. Try again.",
        BasiqRefusal::Institution(_) => "This institution cannot be connected.",
        BasiqRefusal::TooManyConnections => "There are too many connections.",
        BasiqRefusal::TooManyRefreshes | BasiqRefusal::Forced(_) | BasiqRefusal::NotFound => {
            "That cannot be done now."
        }
    }
}

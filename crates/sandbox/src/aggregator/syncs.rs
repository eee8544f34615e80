//! Starting syncs and answering their challenges.

use super::{Login, Refusal, Run, World};
use crate::catalogue::{HangUp, Outcome};
use crate::id::{ChallengeId, ConnectionId};
use crate::ledger::{Event, LoginOutcome, ShownName, SyncKind};
use crate::secret::Answer;

/// What `POST …/sync` may say.
#[derive(Debug, Default)]
pub(crate) struct SyncRequest {
    pub(crate) login: Option<Login>,
    pub(crate) kind: SyncKind,
    pub(crate) answers: Vec<(ChallengeId, Answer)>,
}

impl World {
    /// Starts a sync, or carries a waiting one on with answers, or joins one that is under way.
    ///
    /// - With answers, the waiting sync goes on as the type it was started as; login and type are not looked at.
    /// - While a sync is under way, nothing is started: a bank would see two logins at once.
    /// - Else a new sync starts, with the login given or the one known. Challenges of the former are dead.
    pub(crate) fn sync(&mut self, id: ConnectionId, request: SyncRequest) -> Result<(), Refusal> {
        let connection = self.connection(id)?;
        if !request.answers.is_empty() {
            return self.answer(id, &request.answers);
        }
        if connection.run.as_ref().is_some_and(Run::is_busy) {
            return Ok(());
        }
        if request.kind != SyncKind::Agg && !self.institution_of(id)?.is_instant() {
            return Err(Refusal::Invalid("this institution offers no instant verification"));
        }
        if let Some(login) = request.login {
            self.replace_login(id, login)?;
        }
        self.start(id, request.kind)
    }

    fn start(&mut self, id: ConnectionId, kind: SyncKind) -> Result<(), Refusal> {
        let now = self.now;
        let connection = self.connection_mut(id)?;
        let login = connection.bank_login.as_mut().ok_or(Refusal::Invalid(if connection.is_oauth {
            "nobody has agreed on the bank's own page yet"
        } else {
            "username and passcode are required"
        }))?;
        let act = login.script.act(login.syncs).ok_or(Refusal::Invalid("this login leads nowhere"))?;
        login.syncs += 1;
        let tried = login.username.as_ref().map(|username| Event::LoginTried {
            user: connection.user,
            connection: id,
            institution: connection.institution,
            username: ShownName::of(username.expose().trim()),
            outcome: match act.end {
                Outcome::IncorrectCredentials | Outcome::Locked => LoginOutcome::Refused,
                Outcome::Good
                | Outcome::UserConfig(_)
                | Outcome::Resync
                | Outcome::Postponed
                | Outcome::Maintenance
                | Outcome::InstitutionUnavailable
                | Outcome::NoAccounts
                | Outcome::Deleted
                | Outcome::Other(_) => LoginOutcome::Accepted,
            },
        });
        let run = Run::start(kind, act, now, login.recognised);
        connection.before = connection.run.replace(run);
        connection.last_sync = Some(now);
        // Whoever aggregates wants it nightly from then on (v2).
        connection.is_auth_only &= kind == SyncKind::Auth;
        self.record(Event::SyncStarted { connection: id, sync: kind });
        // With a consent no login is tried.
        if let Some(tried) = tried {
            self.record(tried);
        }
        // A step that takes no time shows what comes after it.
        self.settle(now);
        Ok(())
    }

    /// Somebody waits for the sync that is under way.
    pub(crate) fn start_waiting(&mut self, id: ConnectionId) {
        if let Ok(connection) = self.connection_mut(id) {
            connection.waiting_callers += 1;
        }
    }

    /// Somebody waits no more. A verification that is not over then has lost its caller; see [`HangUp`].
    pub(crate) fn stop_waiting(&mut self, id: ConnectionId) {
        let gives_up = self.institution_of(id).is_ok_and(|bank| bank.hang_up == HangUp::GivesUp);
        let Ok(connection) = self.connection_mut(id) else { return };
        connection.waiting_callers = connection.waiting_callers.saturating_sub(1);
        let is_lost = connection.waiting_callers == 0 && connection.run.as_ref().is_some_and(Run::is_busy);
        if is_lost && gives_up {
            connection.run = connection.before.take();
            self.record(Event::SyncAbandoned { connection: id });
        }
    }

    /// The connection whose sync asked this last.
    pub(crate) fn asked_on(&self, challenge: ChallengeId) -> Result<ConnectionId, Refusal> {
        let asked = |run: &Run| run.challenges().any(|(asked, _)| asked.id == challenge);
        let connection = self.connections().find(|connection| connection.run.as_ref().is_some_and(asked));
        connection.map(|connection| connection.id).ok_or(Refusal::NotFound)
    }

    /// Answers open challenges; the sync goes on once all of the round are answered.
    pub(crate) fn answer(
        &mut self,
        id: ConnectionId,
        answers: &[(ChallengeId, Answer)],
    ) -> Result<(), Refusal> {
        let now = self.now;
        let run = self.connection_mut(id)?.run.as_mut().ok_or(Refusal::Invalid("no challenge is open"))?;
        for (challenge, right) in run.answer(now, answers)? {
            self.record(Event::AnswerGiven { connection: id, challenge, right });
        }
        self.settle(now);
        Ok(())
    }
}

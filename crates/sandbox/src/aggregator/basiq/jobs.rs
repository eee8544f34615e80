//! Jobs: steps that are played by the clock (basiq.md 3).
//!
//! A job is not driven by a timer. Whoever looks at the world first lets every job catch up with the clock.

use std::time::Duration;

use jiff::Timestamp;

use super::{Basiq, BasiqRefusal};
use crate::catalogue::basiq::{Challenge, Failure, StepTitle};
use crate::clock::later;
use crate::id::{BasiqConnectionId, BasiqJobId, BasiqUserId};
use crate::ledger::BasiqEvent;
use crate::secret::Secret;

/// For how long a job is told of.
const REMEMBERED: Duration = Duration::from_hours(7 * 24);

/// How soon another login that met an outage is tried again by itself (basiq.md 6).
const AGAIN_AFTER: Duration = Duration::from_hours(2);

/// How long an answer is looked at.
const CHECK: Duration = Duration::from_secs(1);

/// Work on a connection.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: BasiqJobId,
    pub(crate) user: BasiqUserId,
    pub(crate) connection: BasiqConnectionId,
    pub(crate) institution: &'static str,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) steps: Vec<Step>,
    /// The step it is at.
    at: usize,
    phase: Phase,
    asks: Option<Challenge>,
    fails: Option<(StepTitle, Failure)>,
    /// How its login fails each time it is tried by itself; `None`: it is not.
    persists: Option<Option<(StepTitle, Failure)>>,
    answer_within: Duration,
}

/// A step, as a job shows it.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) title: StepTitle,
    pub(crate) status: StepStatus,
    /// Why it failed. A challenge that was answered wrong, or too late, says nothing.
    pub(crate) failure: Option<Failure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepStatus {
    Pending,
    InProgress,
    Success,
    Failed,
    Skipped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Held back, because its login is in use.
    Paused {
        until: Timestamp,
    },
    /// Waiting for a person to decide at the bank; for ever, if nobody does.
    AtTheBank,
    Working {
        until: Timestamp,
    },
    /// Waiting for an answer.
    Asking {
        until: Timestamp,
    },
    Checking {
        until: Timestamp,
        right: bool,
    },
    /// It has failed, and is to be tried again by itself.
    Queued {
        until: Timestamp,
    },
    Over,
}

/// What is to be done by a new job.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) has_challenge_step: bool,
    pub(super) asks: Option<Challenge>,
    pub(super) fails: Option<(StepTitle, Failure)>,
    pub(super) persists: Option<Option<(StepTitle, Failure)>>,
    pub(super) begins: Begins,
}

/// How a job begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    AtOnce,
    /// At once, and again by itself while the bank is in trouble.
    AgainIfOut,
    After(Duration),
    /// When a person has agreed at the bank.
    AtTheBank,
}

/// What a job did while it caught up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Did {
    /// It has begun to verify, with the login if there is one.
    BegunToVerify,
    /// The bank has let the person in.
    LetIn,
    ReadAccounts,
    ReadTransactions,
    Ended {
        good: bool,
        at: Timestamp,
    },
}

impl Job {
    pub(super) fn start(
        id: BasiqJobId,
        (user, connection, institution): (BasiqUserId, BasiqConnectionId, &'static str),
        plan: Plan,
        now: Timestamp,
        answer_within: Duration,
    ) -> Self {
        let mut titles = vec![StepTitle::VerifyCredentials];
        if plan.has_challenge_step {
            titles.push(StepTitle::MfaChallenge);
        }
        titles.extend([StepTitle::RetrieveAccounts, StepTitle::RetrieveTransactions]);
        let step = |title| Step { title, status: StepStatus::Pending, failure: None };
        let phase = match plan.begins {
            Begins::AtOnce | Begins::AgainIfOut => Phase::Paused { until: now },
            Begins::After(pause) => Phase::Paused { until: later(now, pause) },
            Begins::AtTheBank => Phase::AtTheBank,
        };
        let mut job = Self {
            id,
            user,
            connection,
            institution,
            created: now,
            updated: now,
            steps: titles.into_iter().map(step).collect(),
            at: 0,
            phase,
            asks: plan.asks,
            fails: plan.fails,
            persists: plan.persists,
            answer_within,
        };
        if phase == Phase::AtTheBank {
            job.mark(StepStatus::InProgress);
        }
        job
    }

    /// Whether it still has something to do.
    pub(crate) fn is_running(&self) -> bool {
        self.phase != Phase::Over
    }

    /// Whether it waits for a person at the bank.
    pub(crate) fn is_at_the_bank(&self) -> bool {
        self.phase == Phase::AtTheBank
    }

    /// Whether it is held back.
    pub(crate) fn is_paused(&self) -> bool {
        matches!(self.phase, Phase::Paused { .. })
    }

    /// What it asks, while it waits for an answer.
    pub(crate) fn challenge(&self) -> Option<Challenge> {
        matches!(self.phase, Phase::Asking { .. }).then_some(self.asks).flatten()
    }

    /// How long a challenge waits.
    pub(crate) fn answer_within(&self) -> Duration {
        self.answer_within
    }

    /// Whether the step of this title is done.
    pub(crate) fn has_done(&self, title: StepTitle) -> bool {
        self.steps.iter().any(|step| step.title == title && step.status == StepStatus::Success)
    }

    /// Whether the person is logged in, and no challenge is left.
    pub(crate) fn is_let_in(&self) -> bool {
        let mut before = self.steps.iter().take_while(|step| step.title < StepTitle::RetrieveAccounts);
        before.all(|step| matches!(step.status, StepStatus::Success | StepStatus::Skipped))
    }

    /// The step that failed.
    pub(crate) fn failed(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.status == StepStatus::Failed)
    }

    /// When it changes by itself.
    pub(crate) fn next_change(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Paused { until }
            | Phase::Working { until }
            | Phase::Asking { until }
            | Phase::Queued { until }
            | Phase::Checking { until, .. } => Some(until),
            Phase::AtTheBank | Phase::Over => None,
        }
    }

    /// Catches up with the clock.
    pub(super) fn settle(&mut self, now: Timestamp) -> Vec<Did> {
        let mut did = Vec::new();
        while let Some(at) = self.next_change().filter(|at| *at <= now) {
            self.updated = at;
            match self.phase {
                Phase::Paused { .. } => {
                    did.push(Did::BegunToVerify);
                    self.begin_step(at, &mut did);
                }
                Phase::Working { .. } => self.finish_step(at, &mut did),
                Phase::Checking { right: true, .. } => self.finish_step(at, &mut did),
                Phase::Checking { right: false, .. } | Phase::Asking { .. } => self.fail(None, at, &mut did),
                Phase::Queued { .. } => {
                    self.fails = self.persists.clone().flatten();
                    self.at = 0;
                    for step in &mut self.steps {
                        (step.status, step.failure) = (StepStatus::Pending, None);
                    }
                    did.push(Did::BegunToVerify);
                    self.begin_step(at, &mut did);
                }
                Phase::AtTheBank | Phase::Over => break,
            }
        }
        did
    }

    /// A person has agreed at the bank, of which it hears then.
    pub(super) fn agree(&mut self, heard: Timestamp) {
        if self.phase == Phase::AtTheBank {
            self.phase = Phase::Working { until: heard };
        }
    }

    /// Ends it now with this failure of the step it is at.
    pub(super) fn break_off(&mut self, failure: Failure, now: Timestamp) -> Vec<Did> {
        let mut did = Vec::new();
        if self.is_running() {
            self.fail(Some(failure), now, &mut did);
        }
        did
    }

    /// Has the step of this title fail, if it is not done yet.
    pub(super) fn fail_at(&mut self, title: StepTitle, failure: Failure) -> bool {
        let is_ahead =
            self.steps.get(self.at..).is_some_and(|steps| steps.iter().any(|step| step.title == title));
        let takes = self.is_running() && is_ahead;
        if takes {
            self.fails = Some((title, failure));
        }
        takes
    }

    fn begin_step(&mut self, at: Timestamp, did: &mut Vec<Did>) {
        let Some(step) = self.steps.get(self.at) else {
            self.phase = Phase::Over;
            did.push(Did::Ended { good: true, at });
            return;
        };
        let (title, fails_here) = (step.title, self.fails_at(step.title));
        if title == StepTitle::MfaChallenge && self.asks.is_none() && !fails_here {
            self.mark(StepStatus::Skipped);
            self.at += 1;
            return self.begin_step(at, did);
        }
        self.mark(StepStatus::InProgress);
        self.phase = match title {
            StepTitle::MfaChallenge if self.asks.is_some() => {
                Phase::Asking { until: later(at, self.answer_within) }
            }
            _ => Phase::Working { until: later(at, lasts(title)) },
        };
    }

    fn finish_step(&mut self, at: Timestamp, did: &mut Vec<Did>) {
        let Some(title) = self.steps.get(self.at).map(|step| step.title) else { return };
        if self.fails_at(title) {
            let failure = self.fails.take().map(|(_, failure)| failure);
            return self.fail(failure, at, did);
        }
        match title {
            StepTitle::RetrieveAccounts => did.push(Did::ReadAccounts),
            StepTitle::RetrieveTransactions => did.push(Did::ReadTransactions),
            StepTitle::VerifyCredentials => did.push(Did::LetIn),
            StepTitle::MfaChallenge => {}
        }
        self.mark(StepStatus::Success);
        self.at += 1;
        self.begin_step(at, did);
    }

    /// The step it is at fails; those after it stay pending (basiq.md 3, rule 3).
    fn fail(&mut self, failure: Option<Failure>, at: Timestamp, did: &mut Vec<Did>) {
        self.updated = at;
        self.mark(StepStatus::Failed);
        let is_outage = failure.as_ref().is_some_and(|failure| failure.code == "service-unavailable");
        if let Some(step) = self.steps.get_mut(self.at) {
            step.failure = failure;
        }
        let next = later(at, AGAIN_AFTER);
        let again = self.persists.is_some() && is_outage && next < later(self.created, REMEMBERED);
        self.phase = if again { Phase::Queued { until: next } } else { Phase::Over };
        did.push(Did::Ended { good: false, at });
    }

    fn mark(&mut self, status: StepStatus) {
        if let Some(step) = self.steps.get_mut(self.at) {
            step.status = status;
        }
    }

    fn fails_at(&self, title: StepTitle) -> bool {
        self.fails.as_ref().is_some_and(|(at, _)| *at == title)
    }
}

impl Basiq {
    /// One job. Older ones are forgotten.
    pub(crate) fn job(&self, id: BasiqJobId) -> Result<&Job, BasiqRefusal> {
        let recent = |job: &&Job| later(job.created, REMEMBERED) > self.now;
        self.jobs.get(&id).filter(recent).ok_or(BasiqRefusal::NotFound)
    }

    /// A user's jobs, oldest first.
    pub(crate) fn jobs_of(&self, user: BasiqUserId) -> Result<Vec<&Job>, BasiqRefusal> {
        self.user(user)?;
        let recent = |job: &&Job| job.user == user && later(job.created, REMEMBERED) > self.now;
        Ok(self.jobs.values().filter(recent).collect())
    }

    /// Takes the answer to a job's challenge: once, and in time.
    pub(crate) fn answer(&mut self, id: BasiqJobId, answers: &[Secret]) -> Result<(), BasiqRefusal> {
        let job = self.job(id)?;
        let nothing = BasiqRefusal::NotValid("mfa-response", "this job waits for no answer");
        let challenge = job.challenge().ok_or(nothing)?;
        if answers.len() != challenge.answers_wanted() {
            return Err(BasiqRefusal::NotValid("mfa-response", "there has to be one answer for each input"));
        }
        let texts: Vec<&str> = answers.iter().map(Secret::expose).collect();
        let right = challenge.takes(&texts, job.institution);
        let connection = job.connection;
        self.record(BasiqEvent::AnswerGiven { connection, job: id, right });
        let now = self.now;
        if let Some(job) = self.jobs.get_mut(&id) {
            job.phase = Phase::Checking { until: later(now, CHECK), right };
            job.updated = now;
        }
        if !right && self.rules.refuses_wrong_answers {
            return Err(BasiqRefusal::NotValid("mfa-response", "the answer is wrong"));
        }
        Ok(())
    }
}

/// How long a step takes.
fn lasts(title: StepTitle) -> Duration {
    match title {
        StepTitle::VerifyCredentials | StepTitle::RetrieveAccounts => Duration::from_secs(2),
        StepTitle::MfaChallenge => CHECK,
        StepTitle::RetrieveTransactions => Duration::from_secs(3),
    }
}

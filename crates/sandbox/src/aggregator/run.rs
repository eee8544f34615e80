//! One sync: plays an act by the clock.
//!
//! A run is not driven by a timer. Whoever looks at it first lets it catch up with the clock ([`Run::settle`]), so
//! the same looks at the same times always show the same.

use std::time::Duration;

use jiff::Timestamp;

use super::Refusal;
use crate::catalogue::{Act, Form, Outcome, Prompt, Step};
use crate::clock::later;
use crate::id::ChallengeId;
use crate::ledger::SyncKind;
use crate::secret::Answer;

/// How long a wrong answer is looked at before the round is asked again.
const RECHECK: Duration = Duration::from_millis(600);

/// Nothing happens, and it ends with a refusal.
static REFUSED: Act = Act { steps: &[], end: Outcome::IncorrectCredentials };

/// A sync that was started.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) kind: SyncKind,
    act: &'static Act,
    /// Whether the bank knows who comes, so that its questions are passed over.
    recognised: bool,
    /// The step it is at.
    at: usize,
    /// When that step, or the phase within it, began.
    since: Timestamp,
    phase: Phase,
    /// The round of challenges asked last.
    round: Vec<Challenge>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Going on by itself.
    Moving,
    /// Looking at a wrong answer.
    Rechecking,
    /// For answers.
    Waiting,
    Over(Outcome),
}

/// A challenge that was asked.
#[derive(Debug)]
pub(crate) struct Challenge {
    pub(crate) id: ChallengeId,
    pub(crate) prompt: &'static Prompt,
    pub(crate) expires: Option<Timestamp>,
    /// When it is approved elsewhere, if that is what it asks for.
    approved: Option<Timestamp>,
    /// Whether the answer was right, once there is one. The answer itself is not kept.
    answered: Option<bool>,
}

impl Challenge {
    /// Whether it has an answer, right or wrong.
    pub(crate) fn is_answered(&self) -> bool {
        self.answered.is_some()
    }
}

/// What a poll shows of a running aggregation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) state: &'static str,
    pub(crate) message: &'static str,
    /// 0 to 100; never falls within one run.
    pub(crate) hundredths: u8,
}

/// A run just ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    /// When, which may be before it was looked at.
    pub(crate) at: Timestamp,
}

impl Run {
    pub(crate) fn start(kind: SyncKind, act: &'static Act, now: Timestamp, recognised: bool) -> Self {
        Self { kind, act, recognised, at: 0, since: now, phase: Phase::Moving, round: Vec::new() }
    }

    /// One that the bank has refused.
    pub(crate) fn refused(now: Timestamp) -> Self {
        let run = Self::start(SyncKind::Agg, &REFUSED, now, false);
        Self { phase: Phase::Over(Outcome::IncorrectCredentials), ..run }
    }

    /// Catches up with the clock; says so if the run ended by it.
    pub(crate) fn settle(
        &mut self,
        now: Timestamp,
        mut next_id: impl FnMut() -> ChallengeId,
    ) -> Option<Ended> {
        while self.next_change().is_none_or(|at| at <= now) {
            match (self.phase, self.act.steps.get(self.at)) {
                (Phase::Moving, Some(Step::Progress { lasts, .. })) => {
                    self.since = later(self.since, *lasts);
                    self.at += 1;
                }
                (Phase::Moving, Some(Step::Ask(_))) if self.recognised => self.at += 1,
                (Phase::Moving, Some(Step::Ask(prompts))) => self.ask(prompts, &mut next_id),
                (Phase::Rechecking, Some(Step::Ask(prompts))) => {
                    self.since = later(self.since, RECHECK);
                    self.ask(prompts, &mut next_id);
                }
                (Phase::Waiting, _) => {
                    // Nobody answered in time; without a time limit a waiting run stays as it is.
                    self.since = self.next_change()?;
                    if self.approved_at() != Some(self.since) {
                        return Some(self.end(Outcome::Resync));
                    }
                    self.round.iter_mut().for_each(|challenge| challenge.answered = Some(true));
                    self.at += 1;
                    self.phase = Phase::Moving;
                }
                (Phase::Moving | Phase::Rechecking, _) => return Some(self.end(self.act.end)),
                (Phase::Over(_), _) => return None,
            }
        }
        None
    }

    /// When it changes by itself; `None` when it does so at once or not at all.
    fn next_change(&self) -> Option<Timestamp> {
        match (self.phase, self.act.steps.get(self.at)) {
            (Phase::Moving, Some(Step::Progress { lasts, .. })) => Some(later(self.since, *lasts)),
            (Phase::Rechecking, _) => Some(later(self.since, RECHECK)),
            (Phase::Waiting, _) => {
                let limits = self.round.iter().filter_map(|challenge| challenge.expires);
                limits.chain(self.approved_at()).min()
            }
            (Phase::Moving | Phase::Over(_), _) => None,
        }
    }

    /// When all that is left of the round is approved elsewhere; `None` while something is to be answered.
    fn approved_at(&self) -> Option<Timestamp> {
        let open = self.round.iter().filter(|challenge| challenge.answered.is_none());
        let moments: Option<Vec<Timestamp>> = open.map(|challenge| challenge.approved).collect();
        moments?.into_iter().max()
    }

    /// For a caller that blocks: until when to wait, or `None` once it ended or asks something.
    pub(crate) fn busy_until(&self) -> Option<Timestamp> {
        self.is_busy().then(|| self.next_change()).flatten()
    }

    /// Whether it is going on by itself.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.phase, Phase::Moving | Phase::Rechecking)
    }

    /// Whether it waits for answers.
    pub(crate) fn is_waiting(&self) -> bool {
        self.phase == Phase::Waiting
    }

    fn ask(&mut self, prompts: &'static [Prompt], next_id: &mut impl FnMut() -> ChallengeId) {
        let since = self.since;
        self.round = prompts
            .iter()
            .map(|prompt| Challenge {
                id: next_id(),
                prompt,
                expires: prompt.lapses_after.map(|lapse| later(since, lapse)),
                approved: match prompt.form {
                    Form::Approval { after } => Some(later(since, after)),
                    Form::Text { .. }
                    | Form::Choices { .. }
                    | Form::Image { .. }
                    | Form::ImageChoices { .. } => None,
                },
                answered: None,
            })
            .collect();
        self.phase = Phase::Waiting;
    }

    fn end(&mut self, outcome: Outcome) -> Ended {
        self.phase = Phase::Over(outcome);
        Ended { outcome, at: self.since }
    }

    /// Takes answers to the round asked last, all or (where one does not fit) none. Says which were right.
    ///
    /// A run that lapsed meanwhile takes late answers without effect: its status says `resync`.
    pub(crate) fn answer(
        &mut self,
        now: Timestamp,
        answers: &[(ChallengeId, Answer)],
    ) -> Result<Vec<(ChallengeId, bool)>, Refusal> {
        for (at, (id, _)) in answers.iter().enumerate() {
            let asked = self.round.iter().find(|challenge| challenge.id == *id);
            let twice = answers.iter().take(at).any(|(earlier, _)| earlier == id);
            if twice || asked.is_none_or(|challenge| challenge.answered.is_some()) {
                return Err(Refusal::Invalid("an answer names a challenge that is not open"));
            }
        }
        match self.phase {
            Phase::Waiting => {}
            Phase::Over(Outcome::Resync) => return Ok(Vec::new()),
            Phase::Moving | Phase::Rechecking | Phase::Over(_) => {
                return Err(Refusal::Invalid("no challenge is open"));
            }
        }
        let mut verdicts = Vec::new();
        for (id, answer) in answers {
            if let Some(challenge) = self.round.iter_mut().find(|challenge| challenge.id == *id) {
                let right = challenge.prompt.takes(answer.0.expose());
                challenge.answered = Some(right);
                verdicts.push((*id, right));
            }
        }
        if self.round.iter().all(|challenge| challenge.answered.is_some()) {
            self.since = now;
            if self.round.iter().all(|challenge| challenge.answered == Some(true)) {
                self.at += 1;
                self.phase = Phase::Moving;
            } else {
                self.phase = Phase::Rechecking;
            }
        }
        Ok(verdicts)
    }

    /// The word for `status`.
    pub(crate) fn status(&self) -> &'static str {
        match self.phase {
            Phase::Moving | Phase::Rechecking => "syncing",
            Phase::Waiting => "challenges",
            Phase::Over(outcome) => outcome.status(),
        }
    }

    /// What the person has to do on the bank's own site, if that is how it ended.
    pub(crate) fn instructions(&self) -> Option<&'static str> {
        match self.phase {
            Phase::Over(outcome) => outcome.instructions(),
            Phase::Moving | Phase::Rechecking | Phase::Waiting => None,
        }
    }

    /// The id of the error that it ended with.
    pub(crate) fn error(&self) -> Option<&'static str> {
        match self.phase {
            Phase::Over(outcome) => outcome.error(),
            Phase::Moving | Phase::Rechecking | Phase::Waiting => None,
        }
    }

    /// What a poll shows: nothing for a verification, nor while challenges are open.
    pub(crate) fn progress(&self) -> Option<Progress> {
        if self.kind == SyncKind::Auth {
            return None;
        }
        match self.phase {
            Phase::Waiting => None,
            Phase::Over(_) => Some(Progress { state: "finished", message: "Finished", hundredths: 100 }),
            Phase::Rechecking => {
                Some(Progress { message: "Checking your answer", state: "syncing", ..self.last_progress() })
            }
            Phase::Moving => Some(self.last_progress()),
        }
    }

    /// The progress step it is at, or else the last one before.
    fn last_progress(&self) -> Progress {
        let passed = self.act.steps.iter().take(self.at + 1).rev();
        passed
            .filter_map(|step| match step {
                Step::Progress { state, message, hundredths, .. } => {
                    Some(Progress { state, message, hundredths: *hundredths })
                }
                Step::Ask(_) => None,
            })
            .next()
            .unwrap_or(Progress { state: "queued", message: "Queued", hundredths: 0 })
    }

    /// The round asked last, each with whether it has to be answered now.
    pub(crate) fn challenges(&self) -> impl Iterator<Item = (&Challenge, bool)> {
        let waiting = self.is_waiting();
        let open = |challenge: &Challenge| challenge.answered.is_none() && challenge.approved.is_none();
        self.round.iter().map(move |challenge| (challenge, waiting && open(challenge)))
    }
}

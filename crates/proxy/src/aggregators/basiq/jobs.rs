//! Jobs and what they ask (basiq.md 3, 5). Pure.

use super::causes::{Cause, is_question};
use super::place::plain_name;
use super::wire;
use crate::aggregators::text::plain_text;
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::{Answer, Challenge, ChallengeId, Stage};

/// Below this a limit is not one that anybody could keep: the field was read in another unit by whoever wrote it
/// (basiq.md 11.7).
const SHORTEST_LIMIT_MS: f64 = 10_000.0;
/// And beyond this nobody waits.
const LONGEST_LIMIT_MS: f64 = 3_600_000.0;
/// More questions than anybody would answer at once.
const MOST_QUESTIONS: usize = 20;
/// What is sent when nothing is to be typed (basiq.md 5).
const CONFIRMED: &str = "confirmed";
/// Our name for what is to be approved.
const APPROVAL: &str = "chl_approve";

/// How far a job is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It runs.
    Running(Stage),
    /// It asks.
    Asking { items: Vec<Challenge>, limit: Limit },
    /// It is over, and something went wrong.
    Failed {
        cause: Cause,
        /// In the institution's words.
        told: Option<String>,
    },
    /// It is over, and all went well.
    Done,
}

/// How long there is to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// From the moment at which it was first asked.
    For(SignedDuration),
    /// There is one, and nobody says when.
    Soon,
    /// None is known.
    None,
}

impl Limit {
    pub(super) fn end(self, asked_at: Option<Timestamp>) -> Option<Timestamp> {
        match self {
            Self::For(time) => asked_at.map(|at| crate::clock::later(at, time)),
            Self::Soon | Self::None => None,
        }
    }
}

/// How far a job is. A failure comes first: the steps behind it stay `pending` for ever.
pub(super) fn progress(job: &wire::Job) -> Progress {
    let status = |step: &&wire::Step, word: &str| step.status == word;
    if let Some(failed) = job.steps.iter().find(|step| status(step, "failed")) {
        let told = failed.results().iter().find_map(|result| result.detail.clone());
        return Progress::Failed { cause: Cause::of_step(failed), told };
    }
    let asking = job.steps.iter().filter(|step| is_question(step) && status(step, "in-progress"));
    if let Some(asked) = asking.flat_map(wire::Step::results).find(|result| is_challenge(result)) {
        return Progress::Asking { items: challenges(asked), limit: limit(asked) };
    }
    let over = |step: &wire::Step| matches!(step.status.as_str(), "success" | "skipped");
    if !job.steps.is_empty() && job.steps.iter().all(over) {
        return Progress::Done;
    }
    let signed_in =
        job.steps.iter().take_while(|step| over(step)).any(|step| step.title == "verify-credentials");
    let questions_done = job.steps.iter().filter(|step| is_question(step)).all(over);
    Progress::Running(if signed_in && questions_done { Stage::Reading } else { Stage::SigningIn })
}

/// Whether the bank has let the person in.
pub(super) fn is_signed_in(job: &wire::Job) -> bool {
    job.steps.iter().any(|step| step.title == "verify-credentials" && step.status == "success")
}

/// Whether nothing more happens in it.
pub(super) fn is_over(job: &wire::Job) -> bool {
    matches!(progress(job), Progress::Failed { .. } | Progress::Done)
}

/// The job's connection: what it links to, or what its first step has led to. One of another user is none.
pub(super) fn connection(job: &wire::Job, user: &str) -> Option<String> {
    let source = job.links.as_ref().and_then(|links| links.source.as_deref());
    let verified =
        job.steps.iter().filter(|step| step.title == "verify-credentials" && step.status == "success");
    let results = verified.flat_map(wire::Step::results).filter_map(|result| result.url.as_deref());
    source.into_iter().chain(results).find_map(|address| connection_in(address, user)).map(str::to_owned)
}

/// The name in an address such as `/users/u/connections/c`, with or without a host.
fn connection_in<'a>(address: &'a str, user: &str) -> Option<&'a str> {
    let (users, rest) = address.split_once("/connections/")?;
    users.rsplit_once("/users/").filter(|(_, of)| *of == user)?;
    plain_name(rest.split(['/', '?', '#']).next()?)
}

fn is_challenge(result: &wire::StepResult) -> bool {
    result.kind.as_deref() == Some("mfa") || result.method.is_some()
}

fn challenges(asked: &wire::StepResult) -> Vec<Challenge> {
    let words = asked.description.as_deref().map(plain_text).unwrap_or_default();
    let labels = match &asked.input {
        None => &[][..],
        Some(wire::Input::Labels(labels)) => labels,
        // It wants something, and it cannot be read what.
        Some(wire::Input::Other(_)) => return vec![Challenge::Unknown],
    };
    if labels.is_empty() {
        return vec![Challenge::Approve { id: ChallengeId::new(APPROVAL), prompt: words, confirm: true }];
    }
    if labels.len() > MOST_QUESTIONS {
        return vec![Challenge::Unknown];
    }
    let single = labels.len() == 1;
    let question = |(at, label): (usize, &String)| {
        let id = ChallengeId::new(format!("chl_{at}"));
        let label = plain_text(label);
        match asked.method.as_deref() {
            Some("token") => {
                let prompt = if single && !words.is_empty() { words.clone() } else { label };
                Challenge::Code { id, prompt }
            }
            Some("security-questions") => Challenge::Text { id, prompt: label },
            _ => Challenge::Text { id, prompt: format!("{words} {label}").trim().to_owned() },
        }
    };
    labels.iter().enumerate().map(question).collect()
}

fn limit(asked: &wire::StepResult) -> Limit {
    match asked.expiry_ms {
        None => Limit::None,
        Some(ms) if !ms.is_finite() || ms < SHORTEST_LIMIT_MS => Limit::Soon,
        #[expect(clippy::cast_possible_truncation, reason = "held below an hour")]
        Some(ms) => Limit::For(SignedDuration::from_millis(ms.min(LONGEST_LIMIT_MS) as i64)),
    }
}

/// Answers in the order in which they were asked for. `None`: they are not answers to what Basiq asks.
pub(super) fn in_order(answers: &[Answer]) -> Option<Vec<&str>> {
    if let [approved] = answers
        && approved.id.as_str() == APPROVAL
    {
        return Some(vec![CONFIRMED]);
    }
    let mut placed = answers
        .iter()
        .map(|answer| {
            let place: usize = answer.id.as_str().strip_prefix("chl_")?.parse().ok()?;
            Some((place, answer.value.expose()))
        })
        .collect::<Option<Vec<_>>>()?;
    placed.sort_by_key(|(place, _)| *place);
    let complete = placed.iter().enumerate().all(|(at, (place, _))| at == *place);
    complete.then(|| placed.into_iter().map(|(_, answer)| answer).collect())
}

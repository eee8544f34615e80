//! A connection's status and its job's progress into our steps (basiq.md 3, 4). Pure.

use super::causes::Cause;
use super::jobs::{Limit, Progress};
use super::place::{Method, Place, Way};
use super::wire;
use crate::aggregators::text::{moment, printable_word};
use crate::aggregators::{Observation, Step};
use crate::clock::later;
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::{CredentialProblem, FailureReason, Stage};

/// After trouble a bank is left alone for so long (basiq.md 7, R7).
const LEFT_ALONE_FOR: SignedDuration = SignedDuration::from_mins(10);
/// And then tried so often before it is given up.
const MOST_TRIES: u8 = 2;
/// What was given up is tried no more for so long. Basiq says only that it is to be left then.
const GIVEN_UP_FOR: SignedDuration = SignedDuration::from_hours(24);
/// For so long Basiq itself tries another login for a connection that has worked, every two hours (basiq.md 6).
const PERSISTS_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What Basiq calls the state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Pending,
    PreInit,
    Init,
    Active,
    Invalid,
    Deleted,
    /// A word that nobody has told us of.
    Other,
}

impl Status {
    pub(super) fn read(word: Option<&str>) -> Self {
        match word {
            Some("pending") => Self::Pending,
            Some("pre-init") => Self::PreInit,
            Some("init") => Self::Init,
            Some("active") => Self::Active,
            Some("invalid" | "invalid-connection") => Self::Invalid,
            Some("deleted" | "revoked") => Self::Deleted,
            Some(_) | None => Self::Other,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::PreInit => "pre-init",
            Self::Init => "init",
            Self::Active => "active",
            Self::Invalid => "invalid",
            Self::Deleted => "deleted",
            Self::Other => "other",
        }
    }
}

/// What was read.
pub(super) struct Seen<'a> {
    /// The job that was begun last; `None`: it is not known any more.
    pub(super) job: Option<(&'a wire::Job, Progress)>,
    /// `None`: it is not known yet.
    pub(super) connection: Option<&'a wire::Connection>,
}

impl Seen<'_> {
    pub(super) fn status(&self) -> Option<Status> {
        self.connection.map(|connection| Status::read(connection.status.as_deref()))
    }
}

/// Takes into the place what has to be remembered.
pub(super) fn remember(place: &mut Place, seen: &Seen<'_>, now: Timestamp) {
    if let Some(connection) = seen.connection {
        place.method = connection.method.as_deref().and_then(Method::read).or(place.method);
        place.asks |= connection.mfa_enabled == Some(true);
    }
    match &seen.job {
        Some((_, Progress::Asking { limit, .. })) => {
            place.asks = true;
            // Also without a limit: what was asked once is not asked anew by looking at it.
            place.asked_at = place.asked_at.or((*limit != Limit::None).then_some(now));
        }
        Some((job, Progress::Failed { cause, .. })) if place.cause != Some(*cause) => {
            place.cause = Some(*cause);
            // Nothing has failed yet that is still to come.
            place.failed_at = Some(job.updated.as_deref().and_then(moment).unwrap_or(now).min(now));
            place.troubles = if cause.is_trouble() { place.troubles.saturating_add(1) } else { 0 };
        }
        Some(_) | None => {}
    }
    if !matches!(&seen.job, Some((_, Progress::Asking { .. }))) {
        place.asked_at = None;
    }
    let running = matches!(&seen.job, Some((_, Progress::Running(_) | Progress::Asking { .. })));
    if seen.status() == Some(Status::Active) && !running {
        place.good = true;
        place.job = None;
        place.cause = None;
        place.failed_at = None;
        place.troubles = 0;
        place.persists = false;
    }
    if place.failed_at.is_some_and(|at| later(at, PERSISTS_FOR) <= now) {
        place.persists = false;
    }
}

/// Until when a bank in trouble is left alone: some minutes, and for long once it was tried again in vain (basiq.md 7, R7).
pub(super) fn left_alone_until(place: &Place) -> Option<Timestamp> {
    let at = place.failed_at.filter(|_| place.cause.is_some_and(Cause::is_trouble))?;
    Some(later(at, if place.troubles > MOST_TRIES { GIVEN_UP_FOR } else { LEFT_ALONE_FOR }))
}

/// How things stand. `smart_cache`: whether Basiq updates by itself, if that is known.
pub(super) fn observation(place: &Place, seen: &Seen<'_>, smart_cache: Option<bool>) -> Observation {
    let connection = seen.connection;
    let status = seen.status();
    let last_used = connection.and_then(|connection| moment(connection.last_used.as_deref()?));
    let tried = seen.job.as_ref().and_then(|(job, _)| moment(job.updated.as_deref()?));
    let expires_at = connection.and_then(|connection| moment(connection.expiry_date.as_deref()?));
    Observation {
        step: step(place, seen),
        status: status.map_or("pending", Status::as_str).to_owned(),
        provider_status: connection.and_then(|connection| connection.status.as_deref()).map(printable_word),
        last_attempt_at: tried.max(last_used),
        last_success_at: last_used.filter(|_| status == Some(Status::Active)),
        // The person has to be there when they are asked, so it is never done behind their back (basiq.md 5).
        updates_itself: smart_cache.map(|on| on && !place.asks),
        expires_at,
        moved: None,
    }
}

fn step(place: &Place, seen: &Seen<'_>) -> Step {
    let status = seen.status();
    if status == Some(Status::Deleted) {
        return Step::Closed;
    }
    match &seen.job {
        // At the bank's page, as far as Basiq knows: whoever is back has left it without an end.
        Some((_, Progress::Running(_))) if status == Some(Status::PreInit) => Step::SIGN_IN_AGAIN,
        Some((_, Progress::Running(stage))) => Step::Wait { stage: *stage, percent: None },
        Some((_, Progress::Asking { items, limit })) => {
            let expires_at = limit.end(place.asked_at);
            Step::Challenges { items: items.clone(), expires_at, soon: *limit == Limit::Soon }
        }
        // One that works all the same, works.
        Some((_, Progress::Failed { .. })) if status == Some(Status::Active) => Step::Ready,
        Some((_, Progress::Failed { cause, told })) => cause.step(place, told.as_deref()),
        Some((_, Progress::Done)) | None => by_status(place, status),
    }
}

/// What the status alone says: where no job is known, or it is over.
fn by_status(place: &Place, status: Option<Status>) -> Step {
    match status {
        // Neither a job nor a connection is known: there is nothing to go on with.
        None => untouched(place.way),
        Some(Status::Pending) => Step::Wait { stage: Stage::SigningIn, percent: None },
        Some(Status::Init) => Step::Wait { stage: Stage::Reading, percent: None },
        Some(Status::PreInit) => Step::SIGN_IN_AGAIN,
        Some(Status::Active) => Step::Ready,
        Some(Status::Invalid) => place.cause.unwrap_or(Cause::Unknown).step(place, None),
        Some(Status::Deleted) => Step::Closed,
        Some(Status::Other) => Step::Failed { reason: FailureReason::Unknown },
    }
}

/// Nothing was begun, or nothing is left of it.
pub(super) fn untouched(way: Way) -> Step {
    match way {
        Way::Login => Step::Credentials { problem: CredentialProblem::None },
        Way::Consent => Step::Authorize { untried: true, left: false },
    }
}

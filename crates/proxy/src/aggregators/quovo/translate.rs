//! Quovo's statuses and challenges into our steps (quovo.md 3, 5, 9). Pure.

use super::challenges::asked;
use super::text::percent;
use super::wire;
use crate::aggregators::text::{moment, plain_text, printable_word};
use crate::aggregators::{Observation, Step};
use linchpin_protocol::{CredentialProblem, FailureReason, LaterReason, Stage};

/// Which sync a status belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::aggregators) enum Phase {
    /// An aggregation, and that is all that was asked for.
    Aggregate,
    /// An aggregation, with the numbers to be read after it.
    AggregateFirst,
    /// An auth sync: reads account numbers, gives no progress.
    Auth,
}

impl Phase {
    /// As `POST …/sync` calls it.
    pub(in crate::aggregators) fn sync_type(self) -> &'static str {
        match self {
            Phase::Aggregate | Phase::AggregateFirst => "agg",
            Phase::Auth => "auth",
        }
    }
}

/// How things stand, from a sync and, where it was read, the connection itself.
pub(in crate::aggregators) fn observation(
    phase: Phase,
    sync: &wire::Sync,
    challenges: &[wire::Challenge],
    connection: Option<&wire::Connection>,
) -> Observation {
    let status = sync.status.as_deref();
    Observation {
        step: step(phase, sync, challenges, connection),
        status: status.map_or("new", known_status).to_owned(),
        provider_status: status.map(printable_word),
        last_attempt_at: connection.and_then(|connection| moment(connection.last_sync.as_deref()?)),
        last_success_at: connection.and_then(|connection| moment(connection.last_good_sync.as_deref()?)),
        updates_itself: connection.and_then(|connection| connection.auto_updates),
        expires_at: None,
        moved: None,
    }
}

/// The error that comes with a login which the bank has locked; the word is ours (docs/quovo.md).
const LOCKED: &str = "account_locked";

fn step(
    phase: Phase,
    sync: &wire::Sync,
    challenges: &[wire::Challenge],
    connection: Option<&wire::Connection>,
) -> Step {
    let later = |reason| Step::Later { reason, retries_itself: true };
    match sync.status.as_deref() {
        None => Step::Credentials { problem: CredentialProblem::None },
        Some("syncing") => wait(phase, sync.progress.as_ref()),
        Some("good") => match phase {
            Phase::AggregateFirst => Step::NumbersDue,
            Phase::Aggregate | Phase::Auth => Step::Ready,
        },
        Some("incorrect_credentials") => {
            let locked = sync.error.as_ref().is_some_and(|error| error.id.as_deref() == Some(LOCKED));
            let problem = if locked { CredentialProblem::Locked } else { CredentialProblem::Incorrect };
            Step::Credentials { problem }
        }
        Some("challenges") => asked(challenges),
        Some("user_config") => Step::Instructions {
            text: sync
                .config_instructions
                .as_deref()
                .or_else(|| connection?.config_instructions.as_deref())
                .map(plain_text)
                .unwrap_or_default(),
        },
        Some("resync") => Step::StartAgain,
        Some("postponed") => later(LaterReason::Postponed),
        Some("maintenance") => later(LaterReason::Maintenance),
        Some("institution_unavailable") => later(LaterReason::InstitutionUnavailable),
        Some("no_accounts") => Step::NoAccounts,
        Some("deleted") => Step::Closed,
        Some(_) => Step::Failed { reason: FailureReason::Unknown },
    }
}

/// Our vocabulary of statuses is Quovo's of version 3; what is not in it is `other`.
fn known_status(status: &str) -> &'static str {
    const KNOWN: [&str; 11] = [
        "syncing",
        "good",
        "incorrect_credentials",
        "challenges",
        "user_config",
        "resync",
        "postponed",
        "maintenance",
        "institution_unavailable",
        "no_accounts",
        "deleted",
    ];
    KNOWN.into_iter().find(|known| *known == status).unwrap_or("other")
}

fn wait(phase: Phase, progress: Option<&wire::Progress>) -> Step {
    if phase == Phase::Auth {
        return Step::Wait { stage: Stage::Verifying, percent: None };
    }
    let percent = progress.and_then(|progress| progress.percent).and_then(percent);
    let queued = progress.and_then(|progress| progress.state.as_deref()) == Some("queued");
    // Only `queued` is certain among the states (quovo.md 9.14): with it, or near the start, the login is under way.
    let stage =
        if queued || percent.is_none_or(|percent| percent < 34) { Stage::SigningIn } else { Stage::Reading };
    Step::Wait { stage, percent }
}

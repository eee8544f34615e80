//! How often a login or an answer may be tried: counted across sessions, devices and restarts, since the bank that locks
//! somebody out counts so too.

use super::etiquette;
use crate::app::AppState;
use crate::clock::later;
use crate::problem::{ApiProblem, ApiResult};
use crate::store::{ConnectionRecord, Intent};
use crate::tokens::{Hash, Kind};
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::Code;

/// In this time (standards R4).
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// So many logins of one person at one institution. Banks lock after three to five wrong ones.
const LOGINS: u32 = 5;
/// So often a connection that lapsed is begun again: each time the aggregator signs in with the login that it has.
const RETRIES: u32 = 5;
/// Readings at a person's wish are counted for as long as an aggregator's daily limit needs, and nothing is kept longer.
pub(crate) const KEPT: SignedDuration = etiquette::DAY;
/// So many rounds of answers: a login may lead to several.
const ANSWERS: u32 = 15;

/// A try that counts until it is given back.
#[must_use]
pub(super) struct Try {
    subject: Hash,
    at: Timestamp,
}

/// Counts a try before it is made, so that two tabs at once cannot both have the last one.
///
/// # Errors
/// `too_many_tries`, with when the next one is possible.
pub(super) async fn take(
    state: &AppState,
    record: &ConnectionRecord,
    intent: Intent,
) -> ApiResult<Option<Try>> {
    let at = state.clock.now();
    let of_person = |sort| {
        let (client, institution) = (record.client.0.as_str(), record.institution.id.as_str());
        state.key.hash(Kind::Try, &[client, record.user_id.as_str(), institution, sort])
    };
    let (subject, most) = match intent {
        Intent::Credentials => (of_person("login"), LOGINS),
        Intent::Answers => (of_person("answers"), ANSWERS),
        Intent::Refresh => {
            // Whether it may be done was looked at; this one is counted, whatever the others were.
            let subject = refreshes_of(state, record);
            state.store.take_try(&subject, at, at, u32::MAX).await?;
            return Ok(Some(Try { subject, at }));
        }
        // The aggregator signs in with what it has: a reading like others.
        Intent::Retry => (refreshes_of(state, record), RETRIES),
        // Nobody signs in anywhere.
        Intent::Verify | Intent::Authorize | Intent::Return => return Ok(None),
    };
    match state.store.take_try(&subject, at, later(at, -WINDOW), most).await? {
        None => Ok(Some(Try { subject, at })),
        Some(oldest) => {
            let wait = later(oldest, WINDOW).duration_since(at).as_millis().max(1);
            let seconds = u32::try_from((wait + 999) / 1_000).unwrap_or(u32::MAX);
            Err(ApiProblem::new(Code::TooManyTries).retry_after(Some(seconds)))
        }
    }
}

/// When people asked for a connection to be read again since `since`, oldest first.
pub(super) async fn refreshes(
    state: &AppState,
    record: &ConnectionRecord,
    since: Timestamp,
) -> ApiResult<Vec<Timestamp>> {
    Ok(state.store.tries(&refreshes_of(state, record), since).await?)
}

fn refreshes_of(state: &AppState, record: &ConnectionRecord) -> Hash {
    state.key.hash(Kind::Try, &[record.id.as_str(), "refresh"])
}

/// Gives a try back that was certainly not made.
pub(super) async fn give_back(state: &AppState, taken: Option<Try>) {
    let Some(Try { subject, at }) = taken else { return };
    if let Err(error) = state.store.give_try_back(&subject, at).await {
        // It counts, then: too strict by one is the safe side.
        tracing::warn!(%error, "a try could not be given back");
    }
}

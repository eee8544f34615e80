//! What upstream says, plus what we know ourselves: the connection as the widget sees it. Pure.

use crate::aggregators::{FoundAccounts, Listing, Observation, Step};
use crate::clock::on_the_wire;
use crate::store::{ConnectionRecord, PartingRecord, PartingStage, Proof, Visit};
use crate::tokens::{self, Hash, Key, Kind};
use jiff::Timestamp;
use linchpin_protocol::{
    AccountSelection, AuthorizeProblem, Connection, ConnectionId, ConnectionMethod, DepositWays,
    FailureReason, Field, LaterReason, MaskedAccount, Next, Revision, Stage,
};

/// What we know ourselves.
pub(super) struct Own<'a> {
    pub(super) fields: &'a [Field],
    pub(super) listing: Option<&'a Listing>,
    pub(super) waiting_since: Option<Timestamp>,
    /// Sign in on the bank's own page, as the last visit stands: [`authorize`].
    pub(super) visit: &'a Next,
    /// What is shown now: a percentage never goes backwards.
    pub(super) before: Option<&'a Next>,
    /// The aggregator has this login already, and is taken to wait before it tries it again.
    pub(super) paused: bool,
}

/// What the person has to do now. For [`Step::Ready`] see [`with_accounts`].
pub(super) fn next(step: Step, own: &Own<'_>) -> Next {
    match step {
        Step::Credentials { problem } => {
            Next::Credentials { fields: own.fields.to_vec(), problem, tries_left: None }
        }
        Step::Authorize { .. } => own.visit.clone(),
        Step::Wait { stage, percent } => wait(stage, percent, own),
        Step::NumbersDue => wait(Stage::Verifying, None, own),
        Step::Ready => wait(Stage::Reading, None, own),
        Step::Challenges { items, expires_at, soon } => {
            Next::Challenges { items, expires_at: expires_at.map(on_the_wire), remaining_ms: None, soon }
        }
        Step::Instructions { text } => {
            Next::Instructions { text, website: own.listing.and_then(|listing| listing.website.clone()) }
        }
        Step::StartAgain => Next::StartAgain {},
        Step::Later { reason, retries_itself } => Next::Later { reason, retries_itself },
        Step::NoAccounts => Next::NoAccounts {},
        Step::Closed => Next::Closed { successor: None },
        Step::Failed { reason } => Next::Failed { reason },
    }
}

/// Sign in on the bank's own page. That nobody came back in time needs no writing down: the clock says so.
pub(super) fn authorize(key: &Key, id: &ConnectionId, visit: &Visit, now: Timestamp) -> Next {
    let (opened, problem) = match visit.until {
        Some(until) if until > now => (true, AuthorizeProblem::None),
        Some(_) => (false, AuthorizeProblem::TimedOut),
        None => (false, visit.problem),
    };
    let digits = visit.until.filter(|_| opened).map(|until| digits(key, id, until));
    Next::Authorize { host: visit.host.clone(), problem, opened, digits }
}

/// How far the end of a connection has come.
pub(super) fn parting(parting: &PartingRecord) -> Next {
    let wait = |stage| Next::Wait { stage, percent: None, since: None };
    match (parting.stage, parting.problem) {
        (PartingStage::Over, _) => {
            Next::Closed { successor: parting.successor.as_ref().map(|successor| successor.id.clone()) }
        }
        (stage, Some(reason)) => Next::Interrupted {
            parting: parting.parting,
            erases: parting.erases,
            erased: parting.erases && stage == PartingStage::End,
            reason,
        },
        (PartingStage::Erase, None) => wait(Stage::Erasing),
        (PartingStage::End, None) => wait(Stage::Disconnecting),
    }
}

/// Whether a connection has ended: here, or at the aggregator as far as was seen when somebody looked last.
pub(super) fn has_ended(key: &Key, record: &ConnectionRecord) -> bool {
    is_over(record) || record.digest.matches(&digest(key, &Next::Closed { successor: None }))
}

/// Whether a connection was ended here.
pub(super) fn is_over(record: &ConnectionRecord) -> bool {
    record.parting.as_ref().is_some_and(|parting| parting.stage == PartingStage::Over)
}

/// A wait with when it began.
pub(super) fn since(mut next: Next, began: Timestamp) -> Next {
    if let Next::Wait { since, .. } = &mut next {
        *since = Some(on_the_wire(began));
    }
    next
}

/// What the widget shows as long as somebody is waited for until then.
pub(super) fn digits(key: &Key, id: &ConnectionId, until: Timestamp) -> String {
    tokens::digits(&key.hash(Kind::Match, &[id.as_str(), &until.to_string()]))
}

fn wait(stage: Stage, percent: Option<u8>, own: &Own<'_>) -> Next {
    // A late answer of a poll, or an aggregator that counts anew, must not turn the progress back.
    let (stage, percent) = match own.before {
        Some(Next::Wait { stage: shown, percent: before, .. }) if *shown != Stage::Unknown => {
            (stage.max_known(*shown), percent.max(*before))
        }
        _ => (stage, percent),
    };
    let unmoved =
        matches!(stage, Stage::Unknown | Stage::SigningIn) && percent.is_none_or(|percent| percent == 0);
    let stage = if own.paused && unmoved { Stage::Paused } else { stage };
    let percent = if stage == Stage::Verifying { None } else { percent };
    Next::Wait { stage, percent, since: own.waiting_since.map(on_the_wire) }
}

/// The later of two stages; one that is not known says nothing.
trait MaxKnown {
    fn max_known(self, other: Self) -> Self;
}

impl MaxKnown for Stage {
    fn max_known(self, other: Self) -> Self {
        if self == Stage::Unknown { other } else { self.max(other) }
    }
}

/// What the person has to do when accounts were found. `ways`: how deposits could prove one; `ordered`: some are on their
/// way, or were.
pub(super) fn with_accounts(
    found: FoundAccounts,
    record: &ConnectionRecord,
    ways: DepositWays,
    ordered: bool,
) -> Next {
    // Also where some were chosen: with nothing there, nothing is linked.
    if found.accounts.is_empty() {
        return Next::NoAccounts {};
    }
    // After what was read was erased, an aggregator may give the same accounts other names: they are chosen anew.
    let is_chosen = |account: &MaskedAccount| record.chosen.contains(&account.id);
    if found.accounts.iter().any(is_chosen) {
        let mut accounts: Vec<_> = found.accounts.into_iter().filter(is_chosen).collect();
        return match record.proof {
            Proof::Deposits if !ordered => Next::OfferDeposits { account: accounts.pop(), ways },
            Proof::Deposits | Proof::Numbers => Next::Linked { accounts },
        };
    }
    if found.accounts.iter().all(|account| account.not_verifiable.is_some()) {
        if ways.manual && !ordered {
            return Next::OfferDeposits { account: None, ways: DepositWays { automatic: false, ..ways } };
        }
        return Next::Failed { reason: FailureReason::NotVerifiable };
    }
    let many = record.account_selection == AccountSelection::Many;
    Next::ChooseAccounts { accounts: found.accounts, many }
}

/// A keyed digest of a step, without percent and times: when it changes, the revision moves.
pub(super) fn digest(key: &Key, next: &Next) -> Hash {
    let mut next = next.clone();
    match &mut next {
        Next::Wait { percent, since, .. } => {
            *percent = None;
            *since = None;
        }
        Next::Challenges { expires_at, remaining_ms, .. } => {
            *expires_at = None;
            *remaining_ms = None;
        }
        Next::Credentials { .. }
        | Next::Authorize { .. }
        | Next::Instructions { .. }
        | Next::StartAgain {}
        | Next::ChooseAccounts { .. }
        | Next::OfferDeposits { .. }
        | Next::Later { .. }
        | Next::NoAccounts {}
        | Next::Linked { .. }
        | Next::Interrupted { .. }
        | Next::Closed { .. }
        | Next::Failed { .. }
        | Next::Unknown => {}
    }
    // Plain words, numbers and text: writing them cannot fail.
    let text = serde_json::to_string(&next).unwrap_or_default();
    key.hash(Kind::Digest, &[&text])
}

/// The connection as the widget sees it.
pub(super) fn connection(
    record: &ConnectionRecord,
    revision: Revision,
    observation: Observation,
    next: Next,
) -> Connection {
    // An old login may have turned into one on the bank's own page.
    let method = match next {
        Next::Authorize { .. } => ConnectionMethod::BankLogin,
        _ => record.method,
    };
    let status = self::status(&next).map_or(observation.status, str::to_owned);
    Connection {
        id: record.id.clone(),
        revision,
        institution: record.institution.clone(),
        method,
        status,
        provider_status: observation.provider_status,
        last_attempt_at: observation.last_attempt_at.map(on_the_wire),
        last_success_at: observation.last_success_at.map(on_the_wire),
        updates_itself: observation.updates_itself,
        next,
    }
}

/// The status that is ours to say: what is chosen here upstream knows nothing of.
pub(super) fn status(next: &Next) -> Option<&'static str> {
    match next {
        Next::Linked { .. } => Some("linked"),
        Next::OfferDeposits { .. } => Some("unproved"),
        Next::Interrupted { .. } => Some("interrupted"),
        Next::Closed { .. } => Some("closed"),
        Next::Credentials { .. }
        | Next::Wait { .. }
        | Next::Challenges { .. }
        | Next::Authorize { .. }
        | Next::Instructions { .. }
        | Next::StartAgain {}
        | Next::ChooseAccounts { .. }
        | Next::Later { .. }
        | Next::NoAccounts {}
        | Next::Failed { .. }
        | Next::Unknown => None,
    }
}

/// The connection for a session that takes no logins. A step that asks for a login or an answer leads nowhere there, so it is
/// not shown: nothing is to be typed that could not be sent.
pub(crate) fn without_typing(mut connection: Connection) -> Connection {
    let asks = match &connection.next {
        Next::Credentials { .. } => true,
        Next::Challenges { items, .. } => items.iter().any(|item| item.wants_answer()),
        _ => false,
    };
    if asks {
        connection.next = Next::Failed { reason: FailureReason::Unknown };
    }
    connection
}

/// The connection with what is left of its time: as it is kept, it states the moment only.
pub(crate) fn counted(mut connection: Connection, now: Timestamp) -> Connection {
    let left = remaining_ms(&connection.next, now);
    if let Next::Challenges { remaining_ms, .. } = &mut connection.next {
        *remaining_ms = left;
    }
    connection
}

/// Whether the time for the answers is over.
pub(super) fn is_too_late(next: &Next, now: Timestamp) -> bool {
    remaining_ms(next, now) == Some(0)
}

fn remaining_ms(next: &Next, now: Timestamp) -> Option<u64> {
    let Next::Challenges { expires_at: Some(at), .. } = next else { return None };
    let at: Timestamp = at.as_str().parse().ok()?;
    Some(u64::try_from(at.as_millisecond().saturating_sub(now.as_millisecond())).unwrap_or(0))
}

/// What is shown when a call could not be made while the person was already waiting.
pub(super) fn out_of_reach() -> Observation {
    Observation::of(Step::Later { reason: LaterReason::Unknown, retries_itself: false }, "other")
}

/// What is shown when the aggregator refused while the person was already waiting.
pub(super) fn refused() -> Observation {
    Observation::of(Step::Failed { reason: FailureReason::ProviderRejected }, "other")
}

#[cfg(test)]
mod tests {
    use super::*;
    use linchpin_protocol::Secret;

    const NOBODY: &Next =
        &Next::Authorize { host: None, problem: AuthorizeProblem::None, opened: false, digits: None };

    fn own(before: Option<&Next>) -> Own<'_> {
        Own { fields: &[], listing: None, waiting_since: None, visit: NOBODY, before, paused: false }
    }

    #[test]
    fn progress_never_goes_backwards() {
        let shown = next(Step::Wait { stage: Stage::Reading, percent: Some(60) }, &own(None));
        for (stage, percent, expected) in [
            (Stage::Reading, Some(40), (Stage::Reading, Some(60))),
            (Stage::SigningIn, Some(10), (Stage::Reading, Some(60))),
            (Stage::Reading, Some(70), (Stage::Reading, Some(70))),
            (Stage::Reading, None, (Stage::Reading, Some(60))),
            (Stage::Verifying, None, (Stage::Verifying, None)),
        ] {
            let after = next(Step::Wait { stage, percent }, &own(Some(&shown)));
            let Next::Wait { stage, percent, .. } = after else { panic!("{after:?}") };
            assert_eq!((stage, percent), expected);
        }
    }

    #[test]
    fn percent_and_times_do_not_move_the_digest_and_all_else_does() {
        let key = Key::new(&Secret::new("key"));
        let wait = |stage, percent| Next::Wait { stage, percent, since: None };
        let one = digest(&key, &wait(Stage::Reading, Some(10)));
        assert_eq!(one, digest(&key, &wait(Stage::Reading, Some(90))), "percent is not a step");
        let since = Next::Wait {
            stage: Stage::Reading,
            percent: None,
            since: Some(on_the_wire(Timestamp::UNIX_EPOCH)),
        };
        assert_eq!(one, digest(&key, &since), "a time is not a step");
        assert_ne!(one, digest(&key, &wait(Stage::Verifying, Some(10))), "a stage is");
        assert_ne!(one, digest(&key, &Next::StartAgain {}));
    }
}

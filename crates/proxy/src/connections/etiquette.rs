//! When a connection may be read again. All the rules are here.
//!
//! Reading a bank often can lock its customer out, or have the aggregator shut out. So nothing is read again because a
//! page was opened, nothing for everybody at once, and no login is tried again: only what a person asks for, one
//! connection at a time, and not soon after the last. What lapsed while its person was at it may be begun again at once, a
//! few times (`tries`): that counts as a reading, too.

use crate::aggregators::{Care, Observation, Step};
use crate::clock::later;
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::RefreshWay;

/// How long after the last reading the next is allowed, unless the operator says otherwise. No aggregator names a number.
pub(crate) const USUAL_COOLDOWN: SignedDuration = SignedDuration::from_mins(15);
/// In which time an aggregator's daily limit counts. Where its day begins nobody says.
pub(crate) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What the rules look at.
pub(super) struct Circumstances<'a> {
    /// What the aggregator can do for the connection.
    pub(super) care: Care,
    /// When it last read, or tried to, as it says.
    pub(super) last: Option<Timestamp>,
    /// What has to happen now.
    pub(super) step: &'a Step,
    /// When people asked for it in the last 24 hours, oldest first.
    pub(super) asked: &'a [Timestamp],
    /// How long after the last reading the next is allowed.
    pub(super) cooldown: SignedDuration,
    pub(super) now: Timestamp,
}

/// When the aggregator last read, or tried to.
pub(super) fn last_read(seen: &Observation) -> Option<Timestamp> {
    seen.last_attempt_at.max(seen.last_success_at)
}

/// Whether a connection may be read again now. `None`: the aggregator cannot.
pub(super) fn way(of: &Circumstances<'_>) -> Option<RefreshWay> {
    if !of.care.refresh {
        return match of.step {
            Step::Wait { .. } | Step::NumbersDue => Some(RefreshWay::Running {}),
            Step::Credentials { .. }
            | Step::Authorize { .. }
            | Step::Challenges { .. }
            | Step::Instructions { .. } => Some(RefreshWay::RepairFirst {}),
            Step::StartAgain
            | Step::Ready
            | Step::Later { .. }
            | Step::NoAccounts
            | Step::Closed
            | Step::Failed { .. } => None,
        };
    }
    if let Some(wait_s) = used_up(of.care, of.asked, of.now) {
        return Some(RefreshWay::DailyLimit { wait_s });
    }
    // The aggregator's clock may run ahead of ours: a reading in the future was just now.
    let last = of.last.map(|last| last.min(of.now)).max(of.asked.last().copied());
    let rested = last.map(|last| later(last, of.cooldown)).max(of.care.left_alone_until);
    match rested.filter(|until| *until > of.now) {
        Some(until) => Some(RefreshWay::TooSoon { wait_s: wait(of.now, until) }),
        None => Some(RefreshWay::Now {}),
    }
}

/// Seconds until an aggregator that takes only so many readings in a day takes the next; `None`: it takes it now.
pub(super) fn used_up(care: Care, asked: &[Timestamp], now: Timestamp) -> Option<u32> {
    let most = usize::try_from(care.most_refreshes_a_day?).ok()?;
    let in_a_day: Vec<_> = asked.iter().filter(|at| later(**at, DAY) > now).collect();
    let oldest = in_a_day.get(in_a_day.len().checked_sub(most)?)?;
    Some(wait(now, later(**oldest, DAY)))
}

/// Seconds until then, rounded up.
fn wait(now: Timestamp, until: Timestamp) -> u32 {
    let milliseconds = until.duration_since(now).as_millis().max(1);
    u32::try_from((milliseconds + 999) / 1_000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use linchpin_protocol::{CredentialProblem, Stage};

    fn at(minutes: i64) -> Timestamp {
        later("2026-11-20T12:00:00Z".parse().unwrap(), SignedDuration::from_mins(minutes))
    }

    const GOOD: Care = Care {
        refresh: true,
        left_alone_until: None,
        most_refreshes_a_day: None,
        delete: true,
        keeps_data: None,
        purge: false,
        channel: None,
        moves_to: None,
    };

    fn seen<'a>(last: Option<Timestamp>, asked: &'a [Timestamp]) -> Circumstances<'a> {
        Circumstances { care: GOOD, last, step: &Step::Ready, asked, cooldown: USUAL_COOLDOWN, now: at(0) }
    }

    #[test]
    fn what_was_never_read_may_be_read() {
        assert_eq!(way(&seen(None, &[])), Some(RefreshWay::Now {}));
    }

    #[test]
    fn the_last_reading_is_waited_out_whoever_asked_for_it() {
        assert_eq!(way(&seen(Some(at(-5)), &[])), Some(RefreshWay::TooSoon { wait_s: 600 }));
        assert_eq!(way(&seen(None, &[at(-14)])), Some(RefreshWay::TooSoon { wait_s: 60 }));
        assert_eq!(way(&seen(Some(at(-60)), &[at(-14)])), Some(RefreshWay::TooSoon { wait_s: 60 }));
        assert_eq!(way(&seen(Some(at(-15)), &[at(-20)])), Some(RefreshWay::Now {}));
    }

    #[test]
    fn a_bank_in_trouble_is_left_alone_for_as_long_as_the_aggregator_says() {
        let resting = Care { left_alone_until: Some(at(20)), ..GOOD };
        let when = |asked| way(&Circumstances { care: resting, ..seen(None, asked) });
        assert_eq!(when(&[]), Some(RefreshWay::TooSoon { wait_s: 1_200 }));
        assert_eq!(when(&[at(-1)]), Some(RefreshWay::TooSoon { wait_s: 1_200 }), "the later of the two");
        let rested = Care { left_alone_until: Some(at(-1)), ..GOOD };
        assert_eq!(way(&Circumstances { care: rested, ..seen(None, &[]) }), Some(RefreshWay::Now {}));
    }

    #[test]
    fn a_reading_in_the_future_counts_as_one_just_now() {
        assert_eq!(way(&seen(Some(at(300)), &[])), Some(RefreshWay::TooSoon { wait_s: 900 }));
    }

    #[test]
    fn the_daily_limit_lasts_until_the_oldest_reading_is_a_day_old() {
        let asked: Vec<_> = (1..=20).rev().map(|n| at(-60 * n)).collect();
        let limited = Care { most_refreshes_a_day: Some(20), ..GOOD };
        let of = Circumstances { care: limited, ..seen(None, &asked) };
        assert_eq!(way(&of), Some(RefreshWay::DailyLimit { wait_s: 4 * 3_600 }), "twenty in a day");
        assert_eq!(way(&Circumstances { asked: &asked[1..], ..of }), Some(RefreshWay::Now {}), "nineteen");
        let old: Vec<_> = asked.iter().map(|at| later(*at, -SignedDuration::from_hours(24))).collect();
        let of = Circumstances { care: limited, ..seen(None, &old) };
        assert_eq!(way(&of), Some(RefreshWay::Now {}), "yesterday's do not count");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let cannot = Care { refresh: false, ..GOOD };
        let when = |step: &Step| way(&Circumstances { care: cannot, step, ..seen(None, &[]) });
        let running = Step::Wait { stage: Stage::Reading, percent: None };
        assert_eq!(when(&running), Some(RefreshWay::Running {}));
        let refused = Step::Credentials { problem: CredentialProblem::Incorrect };
        assert_eq!(
            when(&refused),
            Some(RefreshWay::RepairFirst {}),
            "a login is never tried again by itself"
        );
        assert_eq!(when(&Step::Closed), None);
    }
}

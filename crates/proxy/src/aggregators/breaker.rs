//! Leaves an aggregator alone that fails more often than not, so that people are told at once and it can recover.

use crate::clock::{Clock, later};
use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What counts is the share of failures in this time.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// How long it is left alone before one call may try.
const PAUSE: SignedDuration = SignedDuration::from_secs(15);
/// A probe that does not come back is given up after this: the longest that a call may take.
const PROBE: SignedDuration = SignedDuration::from_secs(30);

/// A breaker.
#[derive(Debug)]
pub(super) struct Breaker {
    clock: Arc<dyn Clock>,
    /// So many calls must have been made before their share of failures says anything.
    fewest: usize,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    outcomes: VecDeque<(Timestamp, bool)>,
    /// Until when no call is let through; after it, one at a time is.
    open_until: Option<Timestamp>,
}

impl Breaker {
    pub(super) fn new(clock: Arc<dyn Clock>, fewest: u32) -> Self {
        Self { clock, fewest: usize::try_from(fewest).unwrap_or(usize::MAX), memory: Mutex::default() }
    }

    /// Lets a call through, or says after how many seconds to come back.
    pub(super) fn admit(&self) -> Result<(), u32> {
        let now = self.clock.now();
        let mut memory = self.memory();
        let Some(until) = memory.open_until else { return Ok(()) };
        if now < until {
            let wait = until.duration_since(now).as_millis().max(1);
            return Err(u32::try_from((wait + 999) / 1_000).unwrap_or(u32::MAX));
        }
        // This one is the probe; the others wait for what becomes of it.
        memory.open_until = Some(later(now, PROBE));
        Ok(())
    }

    /// Notes what became of a call. Answers with whether the breaker is open now.
    pub(super) fn note(&self, well: bool) -> bool {
        let now = self.clock.now();
        let mut memory = self.memory();
        if memory.open_until.is_some() {
            memory.open_until = if well { None } else { Some(later(now, PAUSE)) };
            memory.outcomes.clear();
            return !well;
        }
        let since = later(now, -WINDOW);
        while memory.outcomes.front().is_some_and(|(at, _)| *at < since) {
            memory.outcomes.pop_front();
        }
        memory.outcomes.push_back((now, well));
        let failed = memory.outcomes.iter().filter(|(_, well)| !well).count();
        let open = !well && memory.outcomes.len() >= self.fewest && failed * 2 >= memory.outcomes.len();
        if open {
            memory.open_until = Some(later(now, PAUSE));
        }
        open
    }

    /// A panic elsewhere while it was held leaves it whole: it is changed in single steps.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn breaker() -> (Breaker, ManualClock) {
        let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
        (Breaker::new(Arc::new(clock.clone()), 4), clock)
    }

    #[test]
    fn half_of_the_calls_must_fail_and_few_calls_say_nothing() {
        let (breaker, _) = breaker();
        for _ in 0..3 {
            assert!(!breaker.note(false), "three calls are too few to judge by");
        }
        for _ in 0..4 {
            assert!(!breaker.note(true), "a call that went well opens nothing");
        }
        assert_eq!(breaker.admit(), Ok(()), "three of seven are less than half");
        assert!(breaker.note(false), "four of eight");
        assert_eq!(breaker.admit(), Err(15));
    }

    #[test]
    fn after_a_pause_one_call_tries_and_decides() {
        let (breaker, clock) = breaker();
        for _ in 0..4 {
            breaker.note(false);
        }
        clock.advance(SignedDuration::from_secs(10));
        assert_eq!(breaker.admit(), Err(5), "it says when to come back");
        clock.advance(SignedDuration::from_secs(5));
        assert_eq!(breaker.admit(), Ok(()), "the probe");
        assert!(breaker.admit().is_err(), "one at a time");
        assert!(breaker.note(false));
        assert_eq!(breaker.admit(), Err(15), "the probe failed: another pause");
        clock.advance(SignedDuration::from_secs(15));
        assert_eq!(breaker.admit(), Ok(()));
        assert!(!breaker.note(true));
        assert_eq!(breaker.admit(), Ok(()), "the probe went well: everybody may");
        assert_eq!(breaker.admit(), Ok(()));
    }

    #[test]
    fn what_is_older_than_a_minute_is_forgotten() {
        let (breaker, clock) = breaker();
        for _ in 0..3 {
            breaker.note(false);
        }
        clock.advance(SignedDuration::from_secs(61));
        assert!(!breaker.note(false), "one failure in this minute");
    }

    #[test]
    fn a_probe_that_never_comes_back_is_followed_by_another() {
        let (breaker, clock) = breaker();
        for _ in 0..4 {
            breaker.note(false);
        }
        clock.advance(SignedDuration::from_secs(15));
        assert_eq!(breaker.admit(), Ok(()));
        clock.advance(SignedDuration::from_secs(30));
        assert_eq!(breaker.admit(), Ok(()), "the first probe is given up");
    }
}

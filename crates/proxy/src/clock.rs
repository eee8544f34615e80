//! The time, as something that is passed in.

use jiff::{SignedDuration, Timestamp};
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

/// Tells the time. Lives, leases and expiries all follow one of these, so that a test can move them.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<Timestamp>>);

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(start)))
    }

    /// Moves it forward.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = later(*now, by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The moment `by` after `moment`, held at the end of representable time.
pub fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// A moment as it stands in our JSON: RFC 3339 in UTC, whole milliseconds.
pub fn on_the_wire(moment: Timestamp) -> linchpin_protocol::Timestamp {
    let millis = Timestamp::from_millisecond(moment.as_millisecond()).unwrap_or(moment);
    linchpin_protocol::Timestamp::new(millis.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
        let twin = clock.clone();
        clock.advance(SignedDuration::from_secs(90));
        assert_eq!(twin.now().as_second(), 90, "clones share one time");
    }

    #[test]
    fn moments_go_out_in_utc_with_milliseconds_at_most() {
        let moment = Timestamp::new(1_700_000_000, 123_456_789).unwrap();
        assert_eq!(on_the_wire(moment).as_str(), "2023-11-14T22:13:20.123Z");
    }
}

//! A clock that a test or a person can move forward.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;

/// The practice aggregator's only source of time. Clones share one clock.
///
/// It never goes backwards, not even when the machine's clock is set back: it counts from the moment it was made.
///
/// ```
/// use linchpin_sandbox::Clock;
/// use std::time::Duration;
///
/// let clock = Clock::stopped_at("2026-03-01T10:00:00Z".parse().unwrap());
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now().to_string(), "2026-03-01T10:01:00Z");
/// ```
#[derive(Debug, Clone)]
pub struct Clock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    base: Timestamp,
    /// Absent in a stopped clock, which moves by [`Clock::advance`] only.
    started: Option<Instant>,
    moved_by: watch::Sender<Duration>,
}

impl Clock {
    /// A clock that shows the real time and runs with it.
    #[must_use]
    pub fn running() -> Self {
        Self::new(Timestamp::now(), Some(Instant::now()))
    }

    /// A clock that shows `at` until it is moved.
    #[must_use]
    pub fn stopped_at(at: Timestamp) -> Self {
        Self::new(at, None)
    }

    fn new(base: Timestamp, started: Option<Instant>) -> Self {
        Self { inner: Arc::new(Inner { base, started, moved_by: watch::Sender::new(Duration::ZERO) }) }
    }

    /// The time it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let ran = self.inner.started.map_or(Duration::ZERO, |started| started.elapsed());
        later(self.inner.base, ran.saturating_add(*self.inner.moved_by.borrow()))
    }

    /// Moves it forward and wakes everything that waits for a time now reached.
    pub fn advance(&self, by: Duration) {
        self.inner.moved_by.send_modify(|moved| *moved = moved.saturating_add(by));
    }

    /// Waits until the clock shows `at` or later, by running or by being moved.
    pub async fn sleep_until(&self, at: Timestamp) {
        let mut moved = self.inner.moved_by.subscribe();
        loop {
            let left = at.duration_since(self.now());
            let Some(left) = Duration::try_from(left).ok().filter(|left| !left.is_zero()) else { return };
            let changed = moved.changed();
            if self.inner.started.is_some() {
                tokio::select! {
                    () = tokio::time::sleep(left) => {}
                    _ = changed => {}
                }
            } else if changed.await.is_err() {
                // Cannot happen while `self` holds the sender; never returning early is the safe reading.
                std::future::pending::<()>().await;
            }
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::running()
    }
}

/// `at` plus `by`, held at the last time there is.
pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// A time as resources carry it: UTC, whole seconds, no zone (`2024-03-01T10:00:00`).
pub(crate) fn plain(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// A time as v2's resources carry it: UTC, milliseconds, no zone (`2016-07-29T17:13:48.457`).
pub(crate) fn plain_millis(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string()
}

/// A time as `expires` carries it: the same with `Z`.
pub(crate) fn zoned(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    #[tokio::test]
    async fn a_sleeper_on_a_stopped_clock_wakes_when_the_clock_is_moved_past_its_time() {
        let clock = Clock::stopped_at(noon());
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(later(noon(), Duration::from_secs(10))).await }
        });
        clock.advance(Duration::from_secs(4));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished(), "four of ten seconds are not enough");
        clock.advance(Duration::from_secs(6));
        sleeper.await.expect("the sleeper ends once its time is reached");
    }

    #[tokio::test]
    async fn a_time_already_reached_is_not_waited_for() {
        let clock = Clock::stopped_at(noon());
        clock.sleep_until(noon()).await;
        assert_eq!(clock.now(), noon(), "waiting does not move the clock");
    }

    #[test]
    fn a_running_clock_never_goes_backwards() {
        let clock = Clock::running();
        let mut last = clock.now();
        for _ in 0..1000 {
            let now = clock.now();
            assert!(now >= last, "{now} came after {last}");
            last = now;
        }
    }

    #[test]
    fn moving_past_the_end_of_time_stops_there() {
        let clock = Clock::stopped_at(noon());
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX, "no overflow, no panic");
    }
}

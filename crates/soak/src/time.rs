//! Time that jumps to the next thing that happens.
//!
//! A session runs in a single-threaded runtime whose time stands still (tokio's `start_paused`). Such a runtime jumps
//! to its next timer whenever it has nothing else to do. Calls from widget to proxy are made within the thread, and
//! what is written to a socket of this machine can be read at once, so nothing to do means that everybody waits for
//! time to go by, with one exception: the database works in a thread of its own. While it does, a blocking task is kept,
//! and with one under way the runtime does not jump.

use jiff::{SignedDuration, Timestamp};
use linchpin_proxy::clock::Clock;
use linchpin_proxy::store::SqlStore;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::Instant;

/// How often it is looked whether the database is done.
const LOOK_EVERY: Duration = Duration::from_micros(50);

/// How exactly a call that waits for the bank is told the time.
const TICK: Duration = Duration::from_millis(100);

/// What keeps a runtime's time from jumping.
#[derive(Clone, Default)]
pub struct Brake(Arc<Held>);

#[derive(Default)]
struct Held {
    database: Mutex<Option<SqlStore>>,
    pulled: AtomicBool,
}

impl Brake {
    /// While this database works, time stands.
    pub fn watch(&self, database: SqlStore) {
        *self.0.database.lock().unwrap_or_else(PoisonError::into_inner) = Some(database);
    }

    /// Has time stand while the future works in other threads.
    pub async fn hold<T>(&self, work: impl Future<Output = T>) -> T {
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let held = tokio::task::spawn_blocking(move || wait.recv());
        let result = work.await;
        drop(done);
        // It ends with the error that nobody is left to send.
        let _ = held.await;
        result
    }

    /// A single-threaded runtime under this brake, at the beginning of its time.
    ///
    /// # Errors
    /// When the machine has no room for another one.
    pub fn runtime(&self) -> std::io::Result<Runtime> {
        let brake = self.clone();
        Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .on_thread_park(move || brake.pull_if_working())
            .build()
    }

    fn is_working(&self) -> bool {
        let database = self.0.database.lock().unwrap_or_else(PoisonError::into_inner);
        database.as_ref().is_some_and(|database| !database.is_idle())
    }

    /// Called when the runtime has nothing to do.
    fn pull_if_working(&self) {
        if !self.is_working() || self.0.pulled.swap(true, Ordering::AcqRel) {
            return;
        }
        let brake = self.clone();
        Handle::current().spawn_blocking(move || {
            while brake.is_working() {
                std::thread::sleep(LOOK_EVERY);
            }
            brake.0.pulled.store(false, Ordering::Release);
        });
    }
}

/// The proxy's clock and the practice aggregator's, which follow the runtime's time. Clones share one pair.
#[derive(Clone, Debug)]
pub struct Clocks {
    since: Instant,
    base: Timestamp,
    /// Milliseconds that went by for the servers only.
    ahead: Arc<AtomicU64>,
    bank: linchpin_sandbox::Clock,
    /// How far the bank's clock has been moved.
    moved: Arc<Mutex<Duration>>,
}

impl Clocks {
    /// Both clocks at `base`, now. To be called within the runtime.
    pub fn at(base: Timestamp) -> Self {
        Self {
            since: Instant::now(),
            base,
            ahead: Arc::default(),
            bank: linchpin_sandbox::Clock::stopped_at(base),
            moved: Arc::default(),
        }
    }

    /// The practice aggregator's.
    pub fn bank(&self) -> &linchpin_sandbox::Clock {
        &self.bank
    }

    /// Time goes by for the servers only, as while a laptop is shut.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead.fetch_add(millis, Ordering::AcqRel);
        self.strike();
    }

    /// Sets the bank's clock, which has to be moved, to the present time.
    pub fn strike(&self) {
        let mut moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = self.passed();
        self.bank.advance(passed.saturating_sub(*moved));
        *moved = passed;
    }

    /// Has the bank's clock strike while something goes on that may wait for it.
    pub async fn striking<T>(&self, mut work: impl Future<Output = T> + Unpin) -> T {
        self.strike();
        loop {
            match tokio::time::timeout(TICK, &mut work).await {
                Ok(done) => return done,
                Err(_) => self.strike(),
            }
        }
    }

    fn passed(&self) -> Duration {
        self.since.elapsed() + Duration::from_millis(self.ahead.load(Ordering::Acquire))
    }
}

impl Clock for Clocks {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.passed()).unwrap_or(SignedDuration::MAX);
        self.base.saturating_add(passed).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_goes_by_in_no_time_and_the_clocks_follow() -> anyhow::Result<()> {
        let started = std::time::Instant::now();
        Brake::default().runtime()?.block_on(async {
            let clocks = Clocks::at(Timestamp::UNIX_EPOCH);
            tokio::time::sleep(Duration::from_secs(3600)).await;
            clocks.strike();
            assert_eq!(clocks.now().as_second(), 3600);
            assert_eq!(clocks.bank().now().as_second(), 3600);
            clocks.advance(Duration::from_secs(60));
            assert_eq!(clocks.now().as_second(), 3660);
            assert_eq!(clocks.bank().now().as_second(), 3660);
        });
        assert!(started.elapsed() < Duration::from_secs(60), "nobody waits for it");
        Ok(())
    }

    #[test]
    fn time_stands_while_work_is_done_in_another_thread() -> anyhow::Result<()> {
        let brake = Brake::default();
        brake.runtime()?.block_on(async {
            let before = Instant::now();
            let (done, told) = tokio::sync::oneshot::channel();
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(30));
                done.send(())
            });
            let held = brake.hold(told);
            let timed = tokio::time::timeout(Duration::from_millis(10), held).await;
            assert!(timed.is_ok(), "a timer of 10 ms went off while 30 ms of work were done");
            assert_eq!(before.elapsed(), Duration::ZERO);
        });
        Ok(())
    }
}

//! How quickly the search answers, and how long it takes to be built: in processor time of the one thread that does it,
//! so that what else the machine does is not counted.

use std::hint::black_box;
use std::time::Duration;

use linchpin_search::{Entry, Index};
use nix::time::{ClockId, clock_gettime};

/// How often each query is asked; the quickest counts, since what others do to the processor's caches is not the search's
/// doing.
const ROUNDS: usize = 5;
/// Results on a page.
const PAGE: usize = 20;

/// The times of all queries on one thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) median: Duration,
    pub(crate) p95: Duration,
    pub(crate) p99: Duration,
    pub(crate) slowest: Duration,
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { median, p95, p99, slowest } = self;
        write!(f, "median {median:.1?}, p95 {p95:.1?}, p99 {p99:.1?}, slowest {slowest:.1?}")
    }
}

/// Asks each query for its first page.
pub(crate) fn ask<'a>(index: &Index, queries: impl Iterator<Item = &'a str>) -> Times {
    let mut times: Vec<Duration> = queries
        .map(|query| {
            let round = |_| {
                let begun = processor_time();
                black_box(index.search(black_box(query), PAGE, 0));
                processor_time().saturating_sub(begun)
            };
            (0..ROUNDS).map(round).min().unwrap_or_default()
        })
        .collect();
    times.sort_unstable();
    let at = |hundredths: usize| {
        let place = (times.len() * hundredths).div_ceil(100).saturating_sub(1);
        times.get(place).copied().unwrap_or_default()
    };
    Times { median: at(50), p95: at(95), p99: at(99), slowest: at(100) }
}

/// What this thread has used of the processor so far.
fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map(Duration::from).unwrap_or_default()
}

/// Builds the index, three times; the quickest counts.
pub(crate) fn build(entries: &[Entry]) -> (Index, Duration) {
    let once = || {
        let entries = entries.to_vec();
        let begun = processor_time();
        let index = Index::build(entries);
        (index, processor_time().saturating_sub(begun))
    };
    let mut quickest = once();
    for _ in 0..2 {
        let next = once();
        if next.1 < quickest.1 {
            quickest = next;
        }
    }
    quickest
}

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
/// Milliseconds and bytes that may not be exceeded.
const SLOWEST_P95: Duration = Duration::from_millis(1);
const SLOWEST_P99: Duration = Duration::from_millis(2);
const SLOWEST_BUILD: Duration = Duration::from_millis(150);
pub(crate) const LARGEST: usize = 20_000_000;
/// The size to which the directory is grown, and how many times slower it may be then.
pub(crate) const GROWN: usize = 30_000;
const GROWN_FACTOR: f64 = 3.0;

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

impl Times {
    /// In any order.
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |hundredths: usize| {
            let place = (times.len() * hundredths).div_ceil(100).saturating_sub(1);
            times.get(place).copied().unwrap_or_default()
        };
        Self { median: at(50), p95: at(95), p99: at(99), slowest: at(100) }
    }
}

/// An index, with the time that it took to be built.
pub(crate) type Built = (Index, Duration);

/// Measures an index and one over the directory as it has `grown`. Returns the bounds that do not hold.
pub(crate) fn measure((index, built): Built, (grown, grown_built): Built, queries: &[&str]) -> Vec<String> {
    println!(
        "\nProcessor time of one thread, quickest of {ROUNDS}, a page of {PAGE}, {} queries",
        queries.len()
    );
    let [times, grown_times] = ask([&index, &grown], queries);
    for (index, built, times) in [(&index, built, &times), (&grown, grown_built, &grown_times)] {
        println!("  {} institutions: {times}", index.len());
        println!("    built in {built:.1?}, {:.1} MB in memory", megabytes(index.size()));
    }
    let factor = grown_times.p95.as_secs_f64() / times.p95.as_secs_f64();
    println!("  grown, the p95 is {factor:.2} times as long");
    let bounds = [
        (times.p95 > SLOWEST_P95, format!("p95 is {:.1?}, above {SLOWEST_P95:?}", times.p95)),
        (times.p99 > SLOWEST_P99, format!("p99 is {:.1?}, above {SLOWEST_P99:?}", times.p99)),
        (built > SLOWEST_BUILD, format!("the index is built in {built:.1?}, above {SLOWEST_BUILD:?}")),
        (
            index.size() > LARGEST,
            format!("the index takes {:.1} MB, above {:.1}", megabytes(index.size()), megabytes(LARGEST)),
        ),
        (factor > GROWN_FACTOR, format!("grown, p95 is {factor:.2} times as long, above {GROWN_FACTOR:.0}")),
    ];
    bounds.into_iter().filter_map(|(broken, bound)| broken.then_some(bound)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "shown to one decimal")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// Asks each query for its first page, in each round of each index: so what else the machine does meets all alike.
fn ask<const N: usize>(indexes: [&Index; N], queries: &[&str]) -> [Times; N] {
    let mut quickest = indexes.map(|_| vec![Duration::MAX; queries.len()]);
    for _ in 0..ROUNDS {
        for (index, quickest) in indexes.iter().zip(&mut quickest) {
            for (query, quickest) in queries.iter().zip(quickest) {
                let begun = processor_time();
                black_box(index.search(black_box(query), PAGE, 0));
                *quickest = processor_time().saturating_sub(begun).min(*quickest);
            }
        }
    }
    quickest.map(Times::of)
}

/// What this thread has used of the processor so far.
fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map(Duration::from).unwrap_or_default()
}

/// What all threads of this process have used of the processors so far.
pub(crate) fn processor_time_of_all() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map(Duration::from).unwrap_or_default()
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

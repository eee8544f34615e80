//! Random people against the real proxy and the practice aggregator, over wires that fail.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a panic in a test is its failure message")]

use linchpin_soak::report::Report;
use linchpin_soak::{session, soak, threads};

/// Sessions in this test; `cargo xtask soak --sessions N` runs any number.
const SESSIONS: usize = 2_000;

/// Seeds that failed once, and what for: the first word of each line.
fn kept() -> Vec<u64> {
    let lines = include_str!("../seeds.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_whitespace().next()).map(|seed| seed.parse().unwrap()).collect()
}

fn holds(report: &Report) {
    println!("{report}");
    for failure in &report.failures {
        println!("\nseed {}, line by line:\n{}", failure.seed, failure.log.join("\n"));
    }
    let seeds: Vec<_> = report.failures.iter().map(|failure| (failure.seed, &failure.wrong)).collect();
    assert!(seeds.is_empty(), "sessions that failed, by seed: {seeds:?}; --replay SEED shows one");
}

#[test]
fn random_people_come_to_an_end_and_nothing_is_done_twice() {
    holds(&soak(kept().into_iter(), threads()));
    let report = soak(session::seeds(1).take(SESSIONS), threads());
    holds(&report);
    assert_eq!(report.sessions, u64::try_from(SESSIONS).unwrap());
    for screen in ["consent", "search", "credentials", "progress", "challenges", "choose account", "done"] {
        assert!(report.seen(screen) > 0, "nobody came to the screen `{screen}`");
    }
    for fault in ["reset before it arrived", "done, answer lost", "429 with Retry-After", "answer not JSON"] {
        assert!(report.met(fault) > 0, "nobody met the fault `{fault}`");
    }
}

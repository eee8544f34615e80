//! Model against reality.
//!
//! A random person ([`person`]) drives the widget's state machine ([`linchpin_flow`]) natively ([`tab`]) against the
//! real proxy and the practice aggregator, each session with servers of its own ([`world`]), over two wires that fail
//! ([`fault`], [`wire`]), while time goes by faster than it does ([`time`]). Afterwards the bank's ledger shows nothing
//! twice, no secret is anywhere that it must not be, the host page was told of the end once, and with nothing in the
//! way any more a sensible person comes to an end or to a screen with a way on ([`session`]).
//!
//! What a seed decides: the person, every deed and pause, and what goes wrong with the n-th call of each sort on each
//! wire. What it does not decide: ids and tokens, and within some milliseconds of the session's time the order in which
//! things happen that happen at once, because sockets and the database take real time. A person decides by what is on
//! the screen, so a session may take another turn where such an order matters.

pub mod book;
pub mod dice;
pub mod fault;
pub mod person;
pub mod report;
pub mod session;
pub mod tab;
pub mod time;
pub mod vault;
pub mod window;
pub mod wire;
pub mod world;

use report::Report;
use std::sync::Mutex;
use std::sync::PoisonError;
use tokio::task::LocalSet;

/// As many sessions at a time as keep this machine busy: each waits for its database's thread now and then.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from) + 1
}

/// Runs the sessions of these seeds, as many at a time as there are threads.
pub fn soak(seeds: impl Iterator<Item = u64> + Send, threads: usize) -> Report {
    let started = std::time::Instant::now();
    let seeds = Mutex::new(seeds);
    let report = Mutex::new(Report::default());
    let next = || seeds.lock().unwrap_or_else(PoisonError::into_inner).next();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| work(&next, &report));
        }
    });
    let mut report = report.into_inner().unwrap_or_else(PoisonError::into_inner);
    report.took = started.elapsed();
    report
}

/// One thread's sessions, one after the other.
fn work(next: &(impl Fn() -> Option<u64> + Sync), report: &Mutex<Report>) {
    while let Some(seed) = next() {
        let brake = time::Brake::default();
        let ended =
            brake.runtime().map(|runtime| LocalSet::new().block_on(&runtime, session::run(seed, &brake)));
        let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
        match ended {
            Ok(outcome) => report.add(seed, outcome),
            Err(error) => report.fail(seed, format!("no runtime: {error}")),
        }
    }
}

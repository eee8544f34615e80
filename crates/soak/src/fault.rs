//! What goes wrong on a wire, and when: it follows from the seed and from which call of its sort it is.

use crate::dice::Dice;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One thing that goes wrong with one call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The call arrives late.
    Late(Duration),
    /// The answer arrives late.
    AnsweredLate(Duration),
    /// The connection is reset; the call does not arrive.
    Reset,
    /// The call arrives and is done; its answer is lost.
    Lost,
    /// The call arrives, and whoever made it is gone while it is being done.
    Gone(Duration),
    /// The call arrives; half of its answer comes back.
    Cut,
    /// The call does not arrive: 429 with `Retry-After`, in seconds.
    TooMany(u32),
    /// The call does not arrive: an error of somebody in between.
    Refused(u16),
    /// The call arrives and is done; the answer says that it failed.
    DoneButFailed(u16),
    /// The call arrives; its answer is not JSON.
    Malformed,
    /// The call arrives; its answer is JSON of another shape.
    WrongSchema,
}

impl Fault {
    /// Its kind, as the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Fault::Late(_) => "delayed call",
            Fault::AnsweredLate(_) => "delayed answer",
            Fault::Reset => "reset before it arrived",
            Fault::Lost => "done, answer lost",
            Fault::Gone(_) => "caller gone half-way",
            Fault::Cut => "answer cut in half",
            Fault::TooMany(_) => "429 with Retry-After",
            Fault::Refused(500) => "500, not done",
            Fault::Refused(_) => "503, not done",
            Fault::DoneButFailed(500) => "500, though done",
            Fault::DoneButFailed(_) => "503, though done",
            Fault::Malformed => "answer not JSON",
            Fault::WrongSchema => "answer of another shape",
        }
    }

    fn thrown(dice: &mut Dice) -> Self {
        // The longest is beyond the proxy's patience with a call, and within the time in which it counts on its arrival.
        let late = [200, 900, 3_000, 9_000, 40_000];
        let time = Duration::from_millis(dice.pick(&late).copied().unwrap_or_default());
        match dice.below(14) {
            0 => Fault::Late(time),
            1 => Fault::AnsweredLate(time),
            2 | 3 => Fault::Reset,
            4 | 5 => Fault::Lost,
            6 => Fault::Gone(Duration::from_millis(20 * u64::try_from(dice.below(8)).unwrap_or(0))),
            7 => Fault::Cut,
            8 => Fault::TooMany(1 + u32::try_from(dice.below(5)).unwrap_or(0)),
            9 => Fault::Refused(500),
            10 => Fault::Refused(503),
            11 => Fault::DoneButFailed(if dice.in_hundred(50) { 500 } else { 503 }),
            12 => Fault::Malformed,
            _ => Fault::WrongSchema,
        }
    }
}

/// What happened, line by line. Clones share one.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// One more line.
    pub fn note(&self, line: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// All lines.
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Decides what goes wrong on one wire. Clones share one.
#[derive(Clone)]
pub struct Weather(Arc<Mutex<Sky>>);

struct Sky {
    seed: u64,
    wire: &'static str,
    /// Of a thousand calls, so many go wrong.
    rough: usize,
    /// How many calls of each sort there were.
    calls: HashMap<String, u64>,
    met: BTreeMap<&'static str, u64>,
    log: Log,
}

impl Weather {
    /// What the seed has in store for a wire; every call and every fault is noted in the log.
    pub fn of(seed: u64, wire: &'static str, log: Log) -> Self {
        let mut dice = Dice::keyed(seed, ("weather", wire));
        let rough = [0, 0, 20, 50, 100, 200].get(dice.below(6)).copied().unwrap_or(0);
        Self(Arc::new(Mutex::new(Sky {
            seed,
            wire,
            rough,
            calls: HashMap::new(),
            met: BTreeMap::new(),
            log,
        })))
    }

    fn sky(&self) -> MutexGuard<'_, Sky> {
        // Every change is a count: a poisoned sky is sound.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on nothing goes wrong.
    pub fn clear_up(&self) {
        self.sky().rough = 0;
    }

    /// What goes wrong with the next call of this sort (its method and its path).
    pub fn next(&self, method: &str, path: &str) -> Option<Fault> {
        let mut sky = self.sky();
        let sky = &mut *sky;
        let sort = sort_of(method, path);
        let count = sky.calls.entry(sort.clone()).or_default();
        *count += 1;
        let mut dice = Dice::keyed(sky.seed, (sky.wire, sort, *count));
        let fault = dice.in_thousand(sky.rough).then(|| Fault::thrown(&mut dice));
        // Looks are many and change nothing.
        if fault.is_some() || method != "GET" {
            let what = fault.map_or_else(String::new, |fault| format!(": {fault:?}"));
            sky.log.note(format!("    {} {method} {path}{what}", sky.wire));
        }
        let fault = fault?;
        *sky.met.entry(fault.name()).or_default() += 1;
        Some(fault)
    }

    /// What went wrong so far, by kind.
    pub fn met(&self) -> BTreeMap<&'static str, u64> {
        self.sky().met.clone()
    }
}

/// A call without its ids and its query: the ids are random, and must not decide.
fn sort_of(method: &str, path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    let is_id = |part: &str| part.contains('_') || part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = path.split('/').map(|part| if !part.is_empty() && is_id(part) { "*" } else { part });
    format!("{method} {}", parts.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_do_not_decide_what_goes_wrong() {
        assert_eq!(
            sort_of("GET", "/v1/connections/con_12ab/answers?wait=25"),
            "GET /v1/connections/*/answers"
        );
        assert_eq!(sort_of("POST", "/v3/connections/1000007/sync"), "POST /v3/connections/*/sync");
    }

    #[test]
    fn every_fault_is_met_and_the_same_again_for_the_same_seed() {
        let storm = |seed| {
            let weather = Weather::of(seed, "front", Log::default());
            weather.sky().rough = 1000;
            let faults: Vec<_> = (0..400).map(|_| weather.next("GET", "/v1/sessions/current")).collect();
            (faults, weather.met())
        };
        let (faults, met) = storm(5);
        assert_eq!(met.len(), 13, "every kind comes up: {met:?}");
        assert_eq!(faults, storm(5).0, "the same seed has the same in store");
        assert_ne!(faults, storm(6).0);
    }

    #[test]
    fn once_it_has_cleared_up_nothing_goes_wrong() {
        let weather = Weather::of(5, "front", Log::default());
        weather.sky().rough = 1000;
        weather.clear_up();
        assert!((0..100).all(|_| weather.next("GET", "/").is_none()));
    }
}

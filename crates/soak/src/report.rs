//! What came of many sessions.

use crate::session::Outcome;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Sums over sessions.
#[derive(Debug, Default)]
pub struct Report {
    /// How many there were.
    pub sessions: u64,
    /// How long all of them took together, in real time.
    pub took: Duration,
    /// Those that failed: the seed, and what was wrong.
    pub failures: Vec<Failure>,
    /// What happened in the session that was added last, line by line.
    pub last_log: Vec<String>,
    deeds: u64,
    lasted: Duration,
    faults: BTreeMap<&'static str, (u64, u64)>,
    screens: BTreeMap<&'static str, u64>,
    endings: BTreeMap<String, u64>,
    ledger: BTreeMap<&'static str, u64>,
}

/// A session that failed.
#[derive(Debug)]
pub struct Failure {
    /// Brings it again.
    pub seed: u64,
    /// What was wrong.
    pub wrong: Vec<String>,
    /// What happened, line by line.
    pub log: Vec<String>,
}

impl Report {
    /// Adds a session.
    pub fn add(&mut self, seed: u64, outcome: Outcome) {
        self.sessions += 1;
        self.deeds += outcome.deeds;
        self.lasted += outcome.lasted;
        for (fault, count) in outcome.faults_before {
            self.faults.entry(fault).or_default().0 += count;
        }
        for (fault, count) in outcome.faults_behind {
            self.faults.entry(fault).or_default().1 += count;
        }
        for (screen, count) in outcome.screens {
            *self.screens.entry(screen).or_default() += count;
        }
        for (what, count) in outcome.ledger {
            *self.ledger.entry(what).or_default() += count;
        }
        *self.endings.entry(outcome.ending).or_default() += 1;
        if !outcome.wrong.is_empty() {
            self.failures.push(Failure { seed, wrong: outcome.wrong, log: outcome.log.clone() });
        }
        self.last_log = outcome.log;
    }

    /// Adds a failure of the whole.
    pub fn fail(&mut self, seed: u64, what: String) {
        self.failures.push(Failure { seed, wrong: vec![what], log: Vec::new() });
    }

    /// How often a screen came up.
    pub fn seen(&self, screen: &str) -> u64 {
        self.screens.get(screen).copied().unwrap_or_default()
    }

    /// How often a fault was met, on both wires.
    pub fn met(&self, fault: &str) -> u64 {
        self.faults.get(fault).map_or(0, |(before, behind)| before + behind)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.took.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
        let rate = self.sessions as f64 / seconds.max(0.001);
        writeln!(
            f,
            "{} sessions, {} deeds in {seconds:.1} s: {rate:.1} sessions/s",
            self.sessions, self.deeds
        )?;
        writeln!(f, "{:.1} hours went by for the people in them", self.lasted.as_secs_f64() / 3600.0)?;
        writeln!(f, "\n{:<28}{:>16}{:>20}", "fault", "widget - proxy", "proxy - aggregator")?;
        for (fault, (before, behind)) in &self.faults {
            writeln!(f, "{fault:<28}{before:>16}{behind:>20}")?;
        }
        writeln!(f, "\n{:<28}{:>16}", "at the bank", "times")?;
        for (what, count) in &self.ledger {
            writeln!(f, "{what:<28}{count:>16}")?;
        }
        writeln!(f, "\n{:<28}{:>16}", "screen", "came up")?;
        for (screen, count) in &self.screens {
            writeln!(f, "{screen:<28}{count:>16}")?;
        }
        let mut endings: Vec<_> = self.endings.iter().collect();
        endings.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        writeln!(f, "\n{:<44}{:>8}", "stood at -> came to", "sessions")?;
        for (ending, count) in endings {
            writeln!(f, "{ending:<44}{count:>8}")?;
        }
        for failure in &self.failures {
            writeln!(f, "\nFAILED: seed {}", failure.seed)?;
            for wrong in &failure.wrong {
                writeln!(f, "  {wrong}")?;
            }
        }
        Ok(())
    }
}

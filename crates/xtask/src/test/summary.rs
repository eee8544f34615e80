//! The table at the end.

use std::fmt;
use std::time::Duration;

use crate::process::spoken;

/// How many lines of a reason are said again at the end, where they are found even when the rest was cut off.
const REASON: usize = 40;

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Well, with a note such as the number of tests.
    Passed(String),
    /// Not well, with the reason.
    Failed(String),
}

impl Outcome {
    /// Prints the whole reason where it happened, and keeps its beginning for the end.
    pub(super) fn failed(error: &anyhow::Error) -> Self {
        let reason = format!("{error:#}");
        eprintln!("FAILED: {reason}");
        Self::Failed(reason.lines().take(REASON).collect::<Vec<_>>().join("\n"))
    }
}

/// All steps so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    steps: Vec<(&'static str, Duration, Outcome)>,
}

impl Summary {
    /// Adds a step that has ended.
    pub(super) fn add(&mut self, name: &'static str, took: Duration, outcome: Outcome) {
        self.steps.push((name, took, outcome));
    }

    /// Whether nothing failed, and something ran.
    pub(super) fn all_passed(&self) -> bool {
        !self.steps.is_empty() && self.failed() == 0
    }

    fn failed(&self) -> usize {
        self.steps.iter().filter(|(_, _, outcome)| matches!(outcome, Outcome::Failed(_))).count()
    }
}

impl fmt::Display for Summary {
    /// One line for each step; the last line, `N passed, N failed`, is for programs to read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n== summary")?;
        for (name, took, outcome) in &self.steps {
            let (result, note) = match outcome {
                Outcome::Passed(note) => ("passed", note),
                Outcome::Failed(reason) => ("FAILED", reason),
            };
            let mut lines = note.lines();
            let line =
                format!("  {name:<12} {result}  {:>12}  {}", spoken(*took), lines.next().unwrap_or_default());
            writeln!(f, "{}", line.trim_end())?;
            for line in lines {
                writeln!(f, "               {line}")?;
            }
        }
        let failed = self.failed();
        writeln!(f, "{} passed, {failed} failed", self.steps.len() - failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_lists_every_step_and_ends_with_the_plain_line() {
        let mut summary = Summary::default();
        summary.add("format", Duration::from_millis(900), Outcome::Passed(String::new()));
        summary.add(
            "native",
            Duration::from_secs(61),
            Outcome::Failed("2 of 412 tests failed\nmoney::cents".to_owned()),
        );
        assert_eq!(
            summary.to_string(),
            "\n== summary\n  format       passed        900 ms\n  \
             native       FAILED    1 min 01 s  2 of 412 tests failed\n               money::cents\n\
             1 passed, 1 failed\n",
            "programs read the last line, people the table"
        );
        assert!(!summary.all_passed(), "one step failed");
    }

    #[test]
    fn a_summary_of_nothing_is_no_success() {
        assert!(!Summary::default().all_passed(), "nothing ran");
    }

    #[test]
    fn only_the_beginning_of_a_reason_is_said_again() {
        let log = ["it broke"; 3 * REASON].join("\n");
        let Outcome::Failed(kept) = Outcome::failed(&anyhow::anyhow!(log)) else { unreachable!() };
        assert_eq!(kept.lines().count(), REASON, "the rest was printed where it happened");
    }
}

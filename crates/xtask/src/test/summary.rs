//! The table at the end.

use std::fmt;
use std::time::Duration;

use crate::process::spoken;

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Well, with a note such as the number of tests.
    Passed(String),
    /// Not well, with the reason.
    Failed(String),
}

impl Outcome {
    /// Prints the whole reason where it happened and keeps its first line for the table.
    pub(super) fn failed(error: &anyhow::Error) -> Self {
        let reason = format!("{error:#}");
        eprintln!("FAILED: {reason}");
        Self::Failed(reason.lines().next().unwrap_or_default().to_owned())
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
            let line = format!("  {name:<12} {result}  {:>12}  {note}", spoken(*took));
            writeln!(f, "{}", line.trim_end())?;
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
        summary.add("native", Duration::from_secs(61), Outcome::Failed("2 of 412 tests failed".to_owned()));
        assert_eq!(
            summary.to_string(),
            "\n== summary\n  format       passed        900 ms\n  \
             native       FAILED    1 min 01 s  2 of 412 tests failed\n1 passed, 1 failed\n",
            "programs read the last line, people the table"
        );
        assert!(!summary.all_passed(), "one step failed");
    }

    #[test]
    fn a_summary_of_nothing_is_no_success() {
        assert!(!Summary::default().all_passed(), "nothing ran");
    }

    #[test]
    fn only_the_first_line_of_a_reason_goes_into_the_table() {
        let outcome = Outcome::failed(&anyhow::anyhow!("it broke\nand here is its log"));
        assert_eq!(outcome, Outcome::Failed("it broke".to_owned()), "the log was printed where it happened");
    }
}

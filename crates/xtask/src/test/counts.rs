//! How many tests ran and which failed, read from what the test runners print.

use std::fmt::Write as _;
use std::process::Command;

use anyhow::ensure;

use crate::process;

/// How many lines of what a failed test said are kept: enough for its message, too few for a backtrace.
const SAID: usize = 8;

/// The sums over all test programs of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
    /// Each failed test with the beginning of what it said.
    failures: Vec<Failure>,
    /// Whether the lines that come are what the last failed test said.
    telling: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Failure {
    test: String,
    said: Vec<String>,
}

impl Counts {
    /// Adds a line such as `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; …`;
    /// other lines add nothing. Rust's own runner and wasm-bindgen's print the same; Node's prints `# pass 12`.
    fn add(&mut self, line: &str) {
        self.listen(line);
        if let Some((kind, number)) = line.trim_start_matches(['#', 'ℹ', ' ']).split_once(' ')
            && let Ok(number) = number.trim().parse::<u64>()
        {
            match kind {
                "pass" => self.passed += number,
                "fail" | "cancelled" => self.failed += number,
                "skipped" | "todo" => self.ignored += number,
                _ => {}
            }
        }
        let Some((_, results)) = line.split_once("test result: ") else { return };
        for part in results.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(kind)) = (words.next(), words.next()) else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match kind {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }

    /// Keeps the names of failed tests, and what each said first.
    fn listen(&mut self, line: &str) {
        // Rust's runner: `---- name stdout ----`; wasm-bindgen's: `---- name output ----`; Node's: `not ok 3 - name`.
        let told = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" ----"));
        let test = told.and_then(|told| told.rsplit_once(' ')).map(|(test, _)| test);
        let node = line.trim_start().strip_prefix("not ok ").and_then(|rest| rest.split_once(" - "));
        if let Some(test) = test.or(node.map(|(_, test)| test)) {
            self.failures.push(Failure { test: test.to_owned(), said: Vec::new() });
            self.telling = true;
            return;
        }
        let ends = ["failures:", "test result: ", "stack backtrace:", "ok "];
        if ends.iter().any(|end| line.trim_start().starts_with(end)) {
            self.telling = false;
        }
        if self.telling
            && !line.trim().is_empty()
            && let Some(failure) = self.failures.last_mut()
            && failure.said.len() < SAID
        {
            failure.said.push(line.trim().to_owned());
        }
    }

    /// `2 of 412 tests failed`, and below it each of them with what it said.
    fn reason(&self) -> String {
        let mut reason = format!("{} of {} tests failed", self.failed, self.passed + self.failed);
        for Failure { test, said } in &self.failures {
            // Writing to a string cannot fail.
            let _ = write!(reason, "\n{test}");
            for line in said {
                let _ = write!(reason, "\n  {line}");
            }
        }
        reason
    }

    /// A step whose tests were not run has not passed.
    fn check(&self) -> anyhow::Result<()> {
        ensure!(self.failed == 0, self.reason());
        ensure!(self.passed > 0, "no test ran");
        ensure!(
            self.ignored == 0,
            "{} tests were ignored; a test that is not run proves nothing",
            self.ignored
        );
        Ok(())
    }
}

/// Runs `cargo test` and returns how many tests passed, as `412 tests`.
///
/// # Errors
/// The command fails, a test fails or is ignored, or no test ran at all.
pub(super) fn tests(command: &mut Command) -> anyhow::Result<String> {
    let mut counts = Counts::default();
    let ended = process::run_reading(command, |line| counts.add(line));
    // The number of failed tests says more than the status of cargo.
    if counts.failed > 0 {
        counts.check()?;
    }
    ended?;
    counts.check()?;
    Ok(format!("{} tests", counts.passed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(lines: &[&str]) -> Counts {
        let mut counts = Counts::default();
        lines.iter().for_each(|line| counts.add(line));
        counts
    }

    #[test]
    fn results_of_all_test_programs_are_added_up() {
        let counts = counted(&[
            "running 12 tests",
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s",
            "test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 4 filtered out; finished in 1.50s",
            "test result: ok. 7 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.84s",
        ]);
        assert_eq!((counts.passed, counts.failed, counts.ignored), (22, 2, 1), "all three results count");
    }

    #[test]
    fn failed_ignored_and_missing_tests_are_all_failures() {
        let line = |passed, failed, ignored| {
            format!("test result: x. {passed} passed; {failed} failed; {ignored} ignored")
        };
        assert!(counted(&[&line(5, 0, 0)]).check().is_ok(), "five tests passed");
        for (passed, failed, ignored) in [(5, 1, 0), (5, 0, 1), (0, 0, 0)] {
            assert!(
                counted(&[&line(passed, failed, ignored)]).check().is_err(),
                "{passed} passed, {failed} failed, {ignored} ignored is no success"
            );
        }
        assert!(counted(&["Finished in 3 s"]).check().is_err(), "no result at all means that nothing ran");
    }

    #[test]
    fn failed_tests_are_named_with_what_they_said() {
        let counts = counted(&[
            "test money::cents ... FAILED",
            "failures:",
            "",
            "---- money::cents stdout ----",
            "",
            "thread 'money::cents' panicked at src/money.rs:7:9:",
            "a cent is missing",
            "stack backtrace:",
            "   0: std::panicking",
            "",
            "failures:",
            "    money::cents",
            "test result: FAILED. 3 passed; 1 failed; 0 ignored",
            "not ok 4 - the frame says hello",
            "  ---",
            "  error: 'it said nothing'",
            "ok 5 - it is closed",
            "# fail 1",
        ]);
        assert_eq!(
            counts.reason(),
            "2 of 5 tests failed\nmoney::cents\n  thread 'money::cents' panicked at src/money.rs:7:9:\n  \
             a cent is missing\nthe frame says hello\n  ---\n  error: 'it said nothing'",
            "names and messages, and no backtrace"
        );
    }

    #[test]
    fn a_test_program_that_crashes_is_a_failure_even_with_good_results_before() {
        let script = "echo 'test result: ok. 5 passed; 0 failed; 0 ignored'; exit 101";
        assert!(
            tests(Command::new("sh").args(["-c", script])).is_err(),
            "the exit status says that something is wrong"
        );
    }
}

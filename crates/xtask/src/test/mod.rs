//! `cargo xtask test`: every check, one after another, with one summary at the end.

mod api;
mod counts;
mod steps;
mod summary;

use std::process::ExitCode;
use std::time::Instant;

use crate::args::TestOptions;
use crate::setup;
use crate::workspace::Workspace;
pub(crate) use steps::{Step, stories};
use summary::{Outcome, Summary};

/// Runs the steps that were asked for. All run, even when one fails.
///
/// # Errors
/// None of the steps' own: those are in the summary and in the exit code.
pub(crate) fn run(workspace: &Workspace, options: &TestOptions) -> anyhow::Result<ExitCode> {
    if options.list {
        for step in Step::ALL {
            println!("{:<12} {}", step.name(), step.about());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let steps: Vec<Step> = Step::ALL.into_iter().filter(|step| chosen(*step, &options.only)).collect();
    let mut summary = Summary::default();
    let started = Instant::now();
    let mut needs: Vec<setup::Need> = steps.iter().flat_map(|step| step.needs()).copied().collect();
    needs.sort();
    needs.dedup();
    println!("== setup: what the steps need");
    match setup::prepare(workspace, &needs, options.consent) {
        Err(error) => summary.add("setup", started.elapsed(), Outcome::failed(&error)),
        Ok(toolbox) => {
            summary.add("setup", started.elapsed(), Outcome::Passed(String::new()));
            for step in steps {
                println!("\n== {}: {}", step.name(), step.about());
                let started = Instant::now();
                let outcome = match step.run(workspace, &toolbox) {
                    Ok(note) => Outcome::Passed(note),
                    Err(error) => Outcome::failed(&error),
                };
                summary.add(step.name(), started.elapsed(), outcome);
            }
        }
    }
    print!("{summary}");
    Ok(if summary.all_passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(step: Step, only: &[Step]) -> bool {
    only.is_empty() || only.contains(&step)
}

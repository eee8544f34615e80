//! `cargo xtask bench`: what the project is judged by in numbers.

use std::ffi::OsString;

use crate::process;
use crate::setup::{self, Consent};
use crate::test;
use crate::workspace::Workspace;

/// Runs the judging program, and measures in a browser.
///
/// # Errors
/// Something cannot be built, the arguments do not fit, or a bound does not hold; it has been said which.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> anyhow::Result<()> {
    // Files of others judge what is found for them; how soon a key press is answered has nothing to do with them.
    let (judge, type_too) = match arguments {
        [what] if what == "page" => return page(workspace),
        [what] if what == "typing" => (false, true),
        [what] => (true, what == "search"),
        _ => (true, false),
    };
    if judge {
        program(workspace, arguments)?;
    }
    if type_too {
        typing(workspace)?;
    }
    Ok(())
}

/// Builds the judging program as servers are built, and runs it. Its own program reads its arguments.
fn program(workspace: &Workspace, arguments: &[OsString]) -> anyhow::Result<()> {
    let bench = ["run", "--quiet", "--profile", "server", "--package", "linchpin-bench", "--"];
    // Files are named from where the person stands.
    let here = std::env::current_dir()?;
    process::run(workspace.cargo().current_dir(here).args(bench).args(arguments))
}

/// Types into the widget that ships, in a browser, and measures how soon the answer is on the screen.
fn typing(workspace: &Workspace) -> anyhow::Result<()> {
    measure(workspace, &["--test", "latency", "what_is_found_for_a_key_press"])
}

/// Opens the widget that ships on a slow network and a slow phone, and measures how soon it is there.
fn page(workspace: &Workspace) -> anyhow::Result<()> {
    measure(workspace, &["--bench", "opening"])
}

/// Runs a program of the stories that prints what it measures.
fn measure(workspace: &Workspace, which: &[&str]) -> anyhow::Result<()> {
    let toolbox = setup::prepare(workspace, &setup::FOR_STORIES, Consent::OwnFolderOnly)?;
    process::run(&mut test::stories(workspace, &toolbox, &[&["--quiet"], which].concat())?)
}

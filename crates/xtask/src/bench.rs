//! `cargo xtask bench`: what the project is judged by in numbers.

use std::ffi::OsString;

use crate::process;
use crate::workspace::Workspace;

/// Builds the judging program as servers are built, and runs it. Its own program reads its arguments.
///
/// # Errors
/// It cannot be built, its arguments do not fit, or a bound does not hold; it has said which.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> anyhow::Result<()> {
    let bench = ["run", "--quiet", "--profile", "server", "--package", "linchpin-bench", "--"];
    // Files are named from where the person stands.
    let here = std::env::current_dir()?;
    process::run(workspace.cargo().current_dir(here).args(bench).args(arguments))
}

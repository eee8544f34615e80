//! Python, for the one tool that is written in it.

use std::path::Path;
use std::process::Command;

use crate::process;

/// Makes an environment of its own for a tool, so that nothing is installed into the system's Python.
///
/// # Errors
/// There is no Python, or it cannot make environments; the message says what to install.
pub(super) fn make_environment(folder: &Path) -> anyhow::Result<()> {
    let make = || process::run(Command::new("python3").args(["-m", "venv"]).arg(folder));
    if make().is_ok() {
        return Ok(());
    }
    // Debian ships Python without its module for environments.
    if nix::unistd::geteuid().is_root() {
        process::run(Command::new("apt-get").args(["update", "-qq"]))?;
        process::run(Command::new("apt-get").args(["install", "-y", "-qq", "python3", "python3-venv"]))?;
        return make();
    }
    anyhow::bail!(
        "Python 3.10 or newer with its venv module is needed: `sudo apt-get install python3 python3-venv`"
    )
}

//! Node: runs `wasm-opt` and the TypeScript compiler, and compresses the page's files.

use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::process;

/// The oldest Node that the tools run on.
const OLDEST: u32 = 20;

/// Makes sure that Node and npm are there and not too old.
///
/// # Errors
/// One is missing or too old; the message says what to install.
pub(super) fn check() -> anyhow::Result<()> {
    let wanted = || format!("Node {OLDEST} or later is needed, with npm; please install it");
    let said = process::output(Command::new("node").arg("--version")).with_context(wanted)?;
    let major = major(&said).with_context(|| format!("`node --version` said `{}`", said.trim()))?;
    ensure!(major >= OLDEST, "{}; this one is {}", wanted(), said.trim());
    process::output(Command::new("npm").arg("--version")).with_context(wanted)?;
    Ok(())
}

/// The major version in `v20.20.2`.
fn major(said: &str) -> Option<u32> {
    said.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_version_is_read_from_what_it_says() {
        assert_eq!(major("v20.20.2\n"), Some(20), "the first number counts");
        assert_eq!(major("v9.0.0"), Some(9), "9 is less than 20, as numbers and not as text");
        assert_eq!(major("node: not found"), None, "anything else is no version");
    }
}

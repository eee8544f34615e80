//! The system's packages.

use std::process::Command;

use anyhow::{Context as _, bail};

use super::Consent;
use crate::process;

/// Installs packages of Debian's, where that is allowed. `why` says what is missing for what, `or` what else can be done.
///
/// # Errors
/// They cannot be installed here, or not without being asked to; the message says what to do.
pub(super) fn install(consent: Consent, packages: &[&str], why: &str, or: &str) -> anyhow::Result<()> {
    let by_hand = format!("apt-get update && apt-get install -y {}", packages.join(" "));
    if process::find_program(&["apt-get"]).is_none() {
        bail!("{why}; install them, {or}");
    }
    let prefix: &[&str] = match (nix::unistd::geteuid().is_root(), consent) {
        (true, _) => &[],
        (false, Consent::SystemPackages) => &["sudo"],
        (false, Consent::OwnFolderOnly) => bail!(
            "{why}. Install them with `sudo sh -c '{by_hand}'`, {or}, or run this again with --install to have it done \
             with sudo"
        ),
    };
    println!("Installing {}, because {why}: about 2 minutes", packages.join(" and "));
    let apt = |arguments: &[&str]| {
        let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments].concat();
        let mut words = words.into_iter();
        let mut command = Command::new(words.next().unwrap_or("env"));
        process::run(command.args(words))
    };
    apt(&["update", "-q"])?;
    apt(&[&["install", "-y", "-q"], packages].concat())
        .with_context(|| format!("installing {}; by hand: {by_hand}", packages.join(" and ")))
}

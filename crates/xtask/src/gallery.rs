//! `cargo xtask gallery`: every screen in every state, as a page of its own that the proxy serves in practice.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::dist::{self, inputs};
use crate::process;
use crate::setup::{self, Consent, Toolbox};
use crate::workspace::Workspace;

/// Where its sources are, below the root.
pub(crate) const SOURCES: &str = "crates/gallery";

/// `cargo xtask gallery`.
///
/// # Errors
/// A tool cannot be had, or the build fails.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let toolbox = setup::prepare(workspace, &setup::FOR_DIST, Consent::OwnFolderOnly)?;
    build(workspace, &toolbox)?;
    println!("The gallery is in {}; `cargo xtask demo` shows it.", folder(workspace).display());
    Ok(())
}

/// Where [`build`] puts it.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("gallery")
}

/// Builds it like the widget that ships, from the same libraries, unless it is there already.
///
/// # Errors
/// The build fails.
pub(crate) fn build(workspace: &Workspace, toolbox: &Toolbox) -> anyhow::Result<()> {
    let folder = folder(workspace);
    // Beside the folder: what is in it is served.
    let note = folder.with_extension("inputs");
    let inputs = inputs::fingerprint(&workspace.root, &[SOURCES])?;
    let kept = std::fs::read_to_string(&note).is_ok_and(|kept| kept == inputs);
    if kept && folder.join("index.html").is_file() {
        println!("The gallery is built: nothing it is made from has changed.");
        return Ok(());
    }
    println!("Building the gallery: about 2 minutes the first time, half a minute later");
    dist::fetch(workspace)?;
    process::run(trunk(workspace, toolbox, "build", &folder)?.arg("--release"))?;
    // Last, so that a build that was broken off is not taken for a finished one.
    std::fs::write(&note, inputs).with_context(|| format!("writing {}", note.display()))
}

/// Trunk over the gallery's sources, into `folder`.
///
/// # Errors
/// As [`dist::trunk`].
pub(crate) fn trunk(
    workspace: &Workspace,
    toolbox: &Toolbox,
    command: &str,
    folder: &Path,
) -> anyhow::Result<Command> {
    let mut trunk = dist::trunk(workspace, toolbox)?;
    trunk.arg(command).arg("--config").arg(workspace.path(SOURCES).join("Trunk.toml"));
    trunk.arg("--dist").arg(folder);
    Ok(trunk)
}

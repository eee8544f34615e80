//! `cargo xtask openapi` and `messages`: what is written down for others, as the code makes it.

use anyhow::Context as _;

use crate::process;
use crate::workspace::Workspace;

/// Where the document is kept, below the root.
pub(crate) const FILE: &str = "docs/openapi.json";

/// Writes the document.
///
/// # Errors
/// The proxy does not build, or the file cannot be written.
pub(crate) fn write(workspace: &Workspace) -> anyhow::Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--locked", "--quiet", "-p", "linchpin-proxy", "--example", "openapi"]);
    let document = process::output(&mut cargo)?;
    std::fs::write(workspace.path(FILE), document).with_context(|| format!("writing {FILE}"))?;
    println!("wrote {FILE}");
    Ok(())
}

/// Writes what hosts read about the messages: types and a page.
///
/// # Errors
/// The program that makes them does not build, or fails.
pub(crate) fn write_messages(workspace: &Workspace) -> anyhow::Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--locked", "--quiet", "-p", "linchpin-schema", "--"]).arg(&workspace.root);
    process::run(&mut cargo)?;
    println!("wrote the messages");
    Ok(())
}

//! The running proxy, attacked by its own document: schemathesis makes calls that fit it and calls that do not, follows
//! what answers name, and holds every answer against it.

use std::process::Command;

use crate::children::Children;
use crate::openapi;

use crate::process;
use crate::services::{Services, Wanted};
use crate::setup::Toolbox;
use crate::workspace::Workspace;

/// The same calls every time.
const SEED: &str = "20261121";

/// Runs the attack. What it returns is a note for the summary.
///
/// # Errors
/// An answer broke the document or was a fault of the proxy's, or something could not be started.
pub(super) fn attack(workspace: &Workspace, toolbox: &Toolbox) -> anyhow::Result<String> {
    let services = Services::build(workspace, Wanted::default())?;
    let folder = workspace.target.join("api");
    // A database of an earlier run was keyed with another secret.
    let _ = std::fs::remove_dir_all(&folder);
    let mut children = Children::new(folder.clone())?;
    services.write_supplement(&folder)?;
    for service in services.for_attack(&workspace.path("sdk"), &folder) {
        children.start(service)?;
    }
    let own = workspace.path("crates/xtask/api");
    let mut command = Command::new(toolbox.schemathesis());
    command
        .current_dir(&folder)
        .args(["-m", "schemathesis.cli", "--config-file"])
        .arg(own.join("schemathesis.toml"))
        .arg("run")
        .arg(workspace.path(openapi::FILE))
        .args(["--url", &services.proxy_url(), "--seed", SEED, "--workers", "1"])
        .env("PYTHONPATH", &own)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("LINCHPIN_URL", services.proxy_url())
        .env("LINCHPIN_ORIGIN", services.host_url())
        .env("LINCHPIN_CLIENT_SECRET", services.client_secret());
    process::run(&mut command)?;
    children.stop();
    Ok(String::new())
}

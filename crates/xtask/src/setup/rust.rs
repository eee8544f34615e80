//! What must stand beside the compiler.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use crate::process;
use crate::workspace::Workspace;

const TARGET: &str = "wasm32-unknown-unknown";

/// Makes sure that the pinned toolchain can build for the browser.
///
/// # Errors
/// The target is missing and rustup cannot add it.
pub(super) fn ensure_wasm_target(workspace: &Workspace) -> anyhow::Result<()> {
    let mut ask = Command::new("rustc");
    ask.current_dir(&workspace.root).env("RUSTUP_TOOLCHAIN", &workspace.toolchain);
    let folder = process::output(ask.args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    println!(
        "Adding the WebAssembly target to Rust {}, needed to build the widget: a few seconds",
        workspace.toolchain
    );
    process::run(Command::new("rustup").args(["target", "add", TARGET, "--toolchain", &workspace.toolchain]))
        .with_context(|| format!("the target {TARGET} of Rust {} is missing", workspace.toolchain))
}

/// Makes sure that there is a C compiler: SQLite and the encryption of the proxy are compiled from C.
///
/// # Errors
/// There is none.
pub(super) fn check_c_compiler() -> anyhow::Result<()> {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    process::output(Command::new(&compiler).arg("--version"))
        .context("a C compiler is needed; on Debian: apt-get install build-essential")?;
    Ok(())
}

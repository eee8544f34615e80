//! The script that wasm-bindgen writes beside the module, made small. Trunk's own minifier cannot read it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::compress::files_below;
use super::loader::integrity;
use crate::process;
use crate::setup::Toolbox;

/// Shrinks the script, and tells the page its new hash.
///
/// # Errors
/// There is not exactly one such script, it cannot be shrunk, or the page does not state its hash.
pub(super) fn shrink(toolbox: &Toolbox, folder: &Path) -> anyhow::Result<()> {
    let scripts: Vec<PathBuf> =
        files_below(folder)?.into_iter().filter(|file| is_glue(folder, file)).collect();
    let [script] = scripts.as_slice() else {
        anyhow::bail!("the build has {} scripts beside the module, and should have one", scripts.len())
    };
    let before = integrity(&fs::read(script).context("reading the script beside the module")?);
    terser(toolbox, script, &["--module"])?;
    let after = integrity(&fs::read(script).context("reading the script that was made small")?);
    let page = folder.join("index.html");
    let html = fs::read_to_string(&page).context("reading the page that was built")?;
    ensure!(html.contains(&before), "the page does not state the hash of the script beside the module");
    fs::write(&page, html.replace(&before, &after)).context("writing the script's new hash into the page")
}

/// Makes a script small, in its place.
///
/// # Errors
/// The tool refuses it.
pub(super) fn terser(toolbox: &Toolbox, script: &Path, options: &[&str]) -> anyhow::Result<()> {
    let mut terser = Command::new(toolbox.terser());
    terser.arg(script).args(["--compress", "passes=2", "--mangle"]).args(options).arg("--output").arg(script);
    process::output(&mut terser).with_context(|| format!("making {} small", script.display()))?;
    Ok(())
}

/// Whether a file is the script that belongs to the module: it stands at the top, and has the module's name.
fn is_glue(folder: &Path, file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    file.parent() == Some(folder)
        && name.strip_suffix(".js").is_some_and(|name| folder.join(format!("{name}_bg.wasm")).exists())
}

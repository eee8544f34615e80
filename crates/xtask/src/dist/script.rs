//! The script that wasm-bindgen writes beside the module, and what the page is told of both. Trunk's own minifier cannot
//! read the script.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use sha2::{Digest as _, Sha256};

use super::compress::files_below;
use super::inputs::hex;
use super::loader::integrity;
use super::module;
use crate::process;
use crate::setup::Toolbox;

/// Shrinks script and module, names them anew, and tells the page.
///
/// # Errors
/// There is not exactly one such script, one of the two cannot be shrunk, or the page does not state its hash.
pub(super) fn shrink(toolbox: &Toolbox, folder: &Path) -> anyhow::Result<()> {
    let scripts: Vec<PathBuf> =
        files_below(folder)?.into_iter().filter(|file| module_of(folder, file).is_some()).collect();
    let [script] = scripts.as_slice() else {
        anyhow::bail!("the build has {} scripts beside the module, and should have one", scripts.len())
    };
    let wasm = module_of(folder, script).context("the script has no module")?;
    let hashes = || -> anyhow::Result<[String; 2]> {
        let read = |file: &Path| fs::read(file).with_context(|| format!("reading {}", file.display()));
        Ok([integrity(&read(script)?), integrity(&read(&wasm)?)])
    };
    let before = hashes()?;
    module::shrink(toolbox, script, &wasm)?;
    let after = hashes()?;
    let page = folder.join("index.html");
    let mut html = fs::read_to_string(&page).context("reading the page that was built")?;
    for (before, after) in before.iter().zip(&after) {
        ensure!(html.contains(before), "the page does not state the hashes of script and module");
        html = html.replace(before, after);
    }
    // Browsers keep a file under its name for ever, so the name stands for these very bytes.
    let stem = script.file_stem().and_then(|stem| stem.to_str()).context("the script has no name")?;
    let sum = Sha256::digest(after.concat());
    let name = format!("linchpin-{}", &hex(&sum).get(..16).context("a hash is longer")?);
    html = html.replace(stem, &name);
    fs::rename(script, folder.join(format!("{name}.js"))).context("naming the script")?;
    fs::rename(&wasm, folder.join(format!("{name}_bg.wasm"))).context("naming the module")?;
    fs::write(&page, html).context("writing the new hashes into the page")
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

/// The module that a script belongs to: it stands at the top, and has the script's name.
fn module_of(folder: &Path, file: &Path) -> Option<PathBuf> {
    let name = file.file_name()?.to_str()?.strip_suffix(".js")?;
    let module = folder.join(format!("{name}_bg.wasm"));
    (file.parent() == Some(folder) && module.exists()).then_some(module)
}

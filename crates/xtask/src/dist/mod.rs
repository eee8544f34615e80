//! The release build of the page: hashed files, a `.br` beside each, a table of sizes, and what they may be.

mod compress;
pub(crate) mod inputs;
mod loader;
mod module;
mod page;
mod screens;
mod script;
mod sizes;
mod split;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::Context as _;
use linchpin_words::Language;

use crate::process;
use crate::setup::{self, Consent, Toolbox};
use crate::workspace::Workspace;
use page::Page;
use sizes::Sizes;

/// Where the release build goes, below the root.
pub(crate) const FOLDER: &str = "dist";
/// Where the words go in it.
const WORDS: &str = "words";

/// `cargo xtask dist`.
///
/// # Errors
/// A tool cannot be had, the build fails, or the result breaks one of the page's rules.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let toolbox = setup::prepare(workspace, &setup::FOR_DIST, Consent::OwnFolderOnly)?;
    build(workspace, &toolbox)
}

/// Builds the page unless it is there already, prints its sizes, and holds it against its rules.
///
/// # Errors
/// The build fails, or the result breaks one of the page's rules.
pub(crate) fn build(workspace: &Workspace, toolbox: &Toolbox) -> anyhow::Result<()> {
    let folder = workspace.path(FOLDER);
    let inputs = inputs::fingerprint(&workspace.root, &[])?;
    let sizes = match Sizes::kept(&folder, &inputs) {
        Some(sizes) => {
            println!("The widget is built: nothing it is made from has changed.");
            sizes
        }
        None => make(workspace, toolbox, &folder, inputs)?,
    };
    sizes.print();
    sizes.check()
}

fn make(workspace: &Workspace, toolbox: &Toolbox, folder: &Path, inputs: String) -> anyhow::Result<Sizes> {
    println!("Building the widget for release: about 2 minutes the first time, seconds later");
    let started = Instant::now();
    fetch(workspace)?;
    process::run(trunk(workspace, toolbox)?.args(["build", "--release"]))?;
    script::shrink(toolbox, folder)?;
    let [loader, element] = loader::publish(workspace, toolbox, folder)?;
    let hook = loader::hook(workspace, toolbox, folder)?;
    write_words(folder)?;
    compress::beside_each(folder)?;
    let html =
        std::fs::read_to_string(folder.join("index.html")).context("reading the page that was built")?;
    let page = Page::read(&html)?;
    let named = workspace.target.join("wasm-bindgen/release/linchpin_bg.wasm");
    let named = std::fs::read(&named).with_context(|| format!("reading {}", named.display()))?;
    let screens = screens::weights(&named)?;
    let sizes = Sizes::measure(folder, inputs, &page, [&loader, &hook, &element], screens)?;
    // Last, so that a build that was broken off is not taken for a finished one.
    sizes.keep(folder)?;
    println!("  done in {}", process::spoken(started.elapsed()));
    Ok(sizes)
}

/// The words of each language, for the proxy to serve.
fn write_words(folder: &Path) -> anyhow::Result<()> {
    let words = folder.join(WORDS);
    std::fs::create_dir_all(&words).context("making the folder of the words")?;
    for language in Language::ALL {
        std::fs::write(words.join(language.file_name()), language.file()).context("writing the words")?;
    }
    Ok(())
}

/// Trunk with its tools on `PATH`, in the root.
///
/// # Errors
/// The tools' folder cannot stand in `PATH`.
pub(crate) fn trunk(workspace: &Workspace, toolbox: &Toolbox) -> anyhow::Result<Command> {
    let mut trunk = Command::new(toolbox.trunk());
    trunk
        .current_dir(&workspace.root)
        .env("PATH", toolbox.path()?)
        .env("RUSTUP_TOOLCHAIN", &workspace.toolchain)
        // Trunk reads this as its own option and stops at the values that others use.
        .env_remove("NO_COLOR");
    process::forget_cargo(&mut trunk);
    Ok(trunk)
}

/// Trunk works offline, so what it builds from must be here before.
///
/// # Errors
/// The registry cannot be reached, or `Cargo.lock` does not fit.
pub(crate) fn fetch(workspace: &Workspace) -> anyhow::Result<()> {
    process::run(workspace.cargo().args(["fetch", "--locked", "--quiet"]))
}

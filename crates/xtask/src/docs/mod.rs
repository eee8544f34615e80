//! `cargo xtask docs`: the book of `docs/`, its samples compiled, its links followed.

mod commands;
mod links;
mod samples;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use crate::process;
use crate::setup::{self, Consent, Toolbox};
use crate::workspace::Workspace;

/// Where the book is made, below the folder that cargo builds into.
const FOLDER: &str = "book";
/// Its chapters as they go into it, beside that.
const SOURCE: &str = "book-source";

/// Makes the book. What it returns is one line about it.
///
/// # Errors
/// A tool cannot be had, or what [`build`] says.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<String> {
    let toolbox = setup::prepare(workspace, &setup::FOR_BOOK, Consent::OwnFolderOnly)?;
    let note = build(workspace, &toolbox)?;
    let page = workspace.target.join(FOLDER).join("index.html");
    Ok(format!("{note}\nThe book: {}", page.display()))
}

/// Compiles the samples, makes the book and follows its links. What it returns is a note for the summary.
///
/// # Errors
/// A chapter cannot be read, a sample does not compile, or a link leads nowhere.
pub(crate) fn build(workspace: &Workspace, toolbox: &Toolbox) -> anyhow::Result<String> {
    let pages = linchpin_book::pages(&workspace.root).context("reading the documentation")?;
    commands::check(&pages)?;
    let compiled = samples::compile(workspace, toolbox, &pages)?;
    let (source, book) = (workspace.target.join(SOURCE), workspace.target.join(FOLDER));
    stage(&workspace.path(linchpin_book::FOLDER), &source)?;
    process::run(Command::new(toolbox.mdbook()).arg("build").arg(&source).arg("--dest-dir").arg(&book))?;
    let followed = links::follow(&book)?;
    Ok(format!("{compiled} samples compiled, {followed} links followed"))
}

/// Copies the chapters and what they show, with the links that lead out of the book written as names of files.
fn stage(docs: &Path, source: &Path) -> anyhow::Result<()> {
    if source.exists() {
        fs::remove_dir_all(source).context("removing the chapters of an earlier book")?;
    }
    fs::create_dir_all(source).with_context(|| format!("creating {}", source.display()))?;
    for entry in fs::read_dir(docs).with_context(|| format!("listing {}", docs.display()))? {
        let from = entry.context("listing the documentation")?.path();
        let to = source.join(from.file_name().context("a file has a name")?);
        if from.is_dir() {
            stage(&from, &to)?;
        } else if from.extension().is_some_and(|extension| extension == "md") {
            let chapter = fs::read_to_string(&from).with_context(|| format!("reading {}", from.display()))?;
            fs::write(&to, linchpin_book::leaving(&chapter)).context("writing a chapter")?;
        } else {
            fs::copy(&from, &to).with_context(|| format!("copying {}", from.display()))?;
        }
    }
    Ok(())
}

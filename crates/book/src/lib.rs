//! The documentation as data: its chapters, its links, its samples.
//!
//! `cargo xtask docs` builds the book out of this, and this crate's tests hold the pages against the code. Paths are
//! relative to the root of the repository, with `/` between their parts.

mod links;
mod samples;

use std::path::{Path, PathBuf};

pub use links::{leaving, slug};
pub use samples::{Mark, Sample};

/// The folder of the chapters.
pub const FOLDER: &str = "docs";
/// The list of the chapters.
pub const SUMMARY: &str = "docs/SUMMARY.md";
/// Pages with samples that are no chapters.
const BESIDE: [&str; 2] = ["README.md", "sdk/README.md"];

/// A page of the documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its path, such as `docs/tokens.md`.
    pub path: String,
    /// Its Markdown.
    pub text: String,
}

impl Page {
    /// Its samples, in order.
    pub fn samples(&self) -> Vec<Sample> {
        samples::of(self)
    }
}

/// The repository's root, for tests and examples: this crate's own place tells it.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The chapters in the order of the summary, without those that are not written yet.
///
/// # Errors
/// The summary or a chapter cannot be read.
pub fn chapters(root: &Path) -> std::io::Result<Vec<Page>> {
    let summary = std::fs::read_to_string(root.join(SUMMARY))?;
    let named = summary.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let files = named.filter(|file| !file.is_empty());
    files.map(|file| read(root, &format!("{FOLDER}/{file}"))).collect()
}

/// All pages whose samples are checked: the chapters, and the repository's first pages.
///
/// # Errors
/// One of them cannot be read.
pub fn pages(root: &Path) -> std::io::Result<Vec<Page>> {
    let mut pages = chapters(root)?;
    for path in BESIDE {
        pages.push(read(root, path)?);
    }
    Ok(pages)
}

/// Reads one page.
///
/// # Errors
/// It cannot be read; the message names it.
pub fn read(root: &Path, path: &str) -> std::io::Result<Page> {
    let text = std::fs::read_to_string(root.join(path))
        .map_err(|error| std::io::Error::new(error.kind(), format!("{path}: {error}")))?;
    Ok(Page { path: path.to_owned(), text })
}

//! A brotli copy beside each file that gains by it, so that a server compresses nothing itself.
//!
//! Node's encoder does it: Node is needed anyhow, and a Rust encoder would have to be compiled, with
//! optimisation, before the first page is built.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::process;

/// Compresses the files named in its arguments.
const SCRIPT: &str = include_str!("compress.mjs");

/// The kinds of files that brotli makes smaller; pictures and fonts are compressed already.
const KINDS: [&str; 9] = ["css", "html", "js", "json", "svg", "ts", "txt", "wasm", "webmanifest"];

/// Writes the compressed copies of everything below `folder`.
///
/// # Errors
/// The folder cannot be listed, or Node fails.
pub(super) fn beside_each(folder: &Path) -> anyhow::Result<()> {
    let files: Vec<PathBuf> = files_below(folder)?.into_iter().filter(|file| gains(file)).collect();
    let mut node = Command::new("node");
    node.args(["--input-type=module", "--eval", SCRIPT, "--"]).args(files);
    process::output(&mut node).context("compressing the files of the page")?;
    Ok(())
}

/// Every file below `folder`, sorted.
///
/// # Errors
/// A folder cannot be listed.
pub(super) fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("listing {}", folder.display()))? {
            let path = entry.with_context(|| format!("listing {}", folder.display()))?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a file of this kind gets a compressed copy.
pub(super) fn gains(file: &Path) -> bool {
    file.extension().is_some_and(|kind| KINDS.iter().any(|gaining| kind == *gaining))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_modules_gain_and_compressed_files_do_not() {
        for name in ["index.html", "widget-1f.js", "widget-1f_bg.wasm", "sdk/linchpin.d.ts"] {
            assert!(gains(Path::new(name)), "{name} should get a compressed copy");
        }
        for name in ["logo.png", "text.woff2", "index.html.br", "LICENSE"] {
            assert!(!gains(Path::new(name)), "{name} should stay alone");
        }
    }
}

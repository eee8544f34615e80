//! What the page is made from, as one number: the same number means that a build would give the same page.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

/// Folders that no part of the page comes from. Everything else counts: a folder that is forgotten here costs a
/// build, one that is forgotten in a list of what counts would serve an old page.
const APART: [&str; 13] = [
    ".ci",
    ".git",
    "artefacts",
    "crates/e2e",
    "crates/gallery",
    "crates/proxy",
    "crates/sandbox",
    "crates/search",
    "dist",
    "docs",
    "examples",
    "target",
    "tests",
];

/// A fingerprint of every file below `root` that the widget's page may be made from, of those below the folders
/// `besides`, and of the compiler flags.
///
/// # Errors
/// A file or folder cannot be read.
pub(crate) fn fingerprint(root: &Path, besides: &[&str]) -> anyhow::Result<String> {
    let mut files = Vec::new();
    collect(root, Path::new(""), &mut files)?;
    for folder in besides {
        collect(root, Path::new(folder), &mut files)?;
    }
    files.sort();
    let mut all = Sha256::new();
    for file in &files {
        let bytes = fs::read(root.join(file)).with_context(|| format!("reading {}", file.display()))?;
        let name = file.to_string_lossy();
        // Lengths first, so that no two different sets of files run together into the same bytes.
        all.update((name.len() as u64).to_le_bytes());
        all.update(name.as_bytes());
        all.update((bytes.len() as u64).to_le_bytes());
        all.update(&bytes);
    }
    all.update(std::env::var("RUSTFLAGS").unwrap_or_default());
    Ok(hex(&all.finalize()))
}

fn collect(root: &Path, below: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let folder = root.join(below);
    let entries = fs::read_dir(&folder).with_context(|| format!("listing {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("listing {}", folder.display()))?;
        let path = below.join(entry.file_name());
        let kind = entry.file_type().with_context(|| format!("looking at {}", path.display()))?;
        if kind.is_dir() {
            if !is_apart(&path) {
                collect(root, &path, files)?;
            }
        } else if !is_prose(&path) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_apart(folder: &Path) -> bool {
    APART.iter().any(|apart| folder == Path::new(apart)) || folder.ends_with("node_modules")
}

fn is_prose(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "md")
        || file.to_str().is_some_and(|name| name.starts_with("LICENSE-"))
}

/// Lower-case hexadecimal.
/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of this test's own, removed afterwards.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("linchpin-xtask-{name}-{}", std::process::id()));
            fs::create_dir_all(folder.join("src")).unwrap();
            fs::create_dir_all(folder.join("crates/proxy")).unwrap();
            fs::create_dir_all(folder.join("crates/gallery")).unwrap();
            Self(folder)
        }

        fn write(&self, name: &str, text: &str) {
            fs::write(self.0.join(name), text).unwrap();
        }

        fn fingerprint(&self) -> String {
            fingerprint(&self.0, &[]).unwrap()
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_changed_renamed_or_new_source_changes_the_fingerprint() {
        let scratch = Scratch::new("sources");
        scratch.write("src/lib.rs", "one");
        let first = scratch.fingerprint();
        assert_eq!(scratch.fingerprint(), first, "nothing has changed");
        scratch.write("src/lib.rs", "two");
        let second = scratch.fingerprint();
        assert_ne!(second, first, "the file's text has changed");
        fs::rename(scratch.0.join("src/lib.rs"), scratch.0.join("src/other.rs")).unwrap();
        let third = scratch.fingerprint();
        assert_ne!(third, second, "the file's name has changed");
        scratch.write("src/empty.rs", "");
        assert_ne!(scratch.fingerprint(), third, "there is one file more");
    }

    #[test]
    fn the_gallery_counts_where_it_is_asked_for() {
        let scratch = Scratch::new("gallery");
        scratch.write("crates/gallery/main.rs", "one state");
        let first = fingerprint(&scratch.0, &["crates/gallery"]).unwrap();
        let widget = scratch.fingerprint();
        scratch.write("crates/gallery/main.rs", "two states");
        assert_ne!(fingerprint(&scratch.0, &["crates/gallery"]).unwrap(), first, "the gallery has changed");
        assert_eq!(scratch.fingerprint(), widget, "the widget has not");
    }

    #[test]
    fn what_the_page_is_not_made_from_does_not_count() {
        let scratch = Scratch::new("apart");
        scratch.write("src/lib.rs", "one");
        let first = scratch.fingerprint();
        scratch.write("crates/proxy/main.rs", "a server");
        scratch.write("README.md", "prose");
        assert_eq!(scratch.fingerprint(), first, "neither the proxy nor prose is in the page");
    }
}

//! Pictures of the screens reached, kept for people to look at.

use anyhow::{Context as _, Result};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::browser::{Browser, View};

/// The pictures of one story.
#[derive(Debug)]
pub(crate) struct Pictures {
    folder: PathBuf,
    view: View,
    taken: AtomicU32,
}

impl Pictures {
    pub(crate) fn new(folder: PathBuf, view: View) -> Self {
        Self { folder, view, taken: AtomicU32::new(0) }
    }

    /// Keeps a picture of what the browser shows as `<nn>-<screen>-<width>-<light|dark>.png`.
    ///
    /// # Errors
    /// The browser gives none, or it cannot be written.
    pub(crate) async fn take(&self, browser: &Browser, screen: &str) -> Result<()> {
        let number = self.taken.fetch_add(1, Ordering::Relaxed) + 1;
        let View { width, scheme, .. } = self.view;
        let name = format!("{number:02}-{screen}-{width}-{}.png", scheme.as_str());
        self.keep(&name, &browser.picture().await?)
    }

    /// Keeps a picture under this very name.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn keep(&self, name: &str, picture: &[u8]) -> Result<()> {
        let path = self.folder.join(name);
        std::fs::write(&path, picture).with_context(|| format!("writing {}", path.display()))
    }
}

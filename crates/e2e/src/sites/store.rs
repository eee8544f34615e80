//! Where the proxy keeps everything.

use anyhow::{Context as _, Result, ensure};
use linchpin_practice_postgres::Server;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tokio::task::block_in_place;

/// A database of a story's own. It goes with the story.
pub(super) struct Store {
    folder: TempDir,
    /// As the proxy's configuration says it.
    address: String,
    server: Option<&'static Server>,
}

impl Store {
    /// A file.
    pub(super) fn in_a_file() -> Result<Self> {
        let folder = room()?;
        let address = folder.path().join("linchpin.sqlite").to_string_lossy().into_owned();
        Ok(Self { folder, address, server: None })
    }

    /// A database on the one PostgreSQL server of this run, which starts with the first.
    pub(super) fn on_a_server() -> Result<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("story_{}", MADE.fetch_add(1, Ordering::Relaxed));
        let (server, address) = block_in_place(|| {
            let server = Server::of_this_process()?;
            anyhow::Ok((server, server.database(&name)?))
        })
        .context("making a database on a server")?;
        Ok(Self { folder: room()?, address, server: Some(server) })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Room for what the proxy reads besides.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Everything that it holds and says, each part with its name.
    pub(super) fn contents(&self) -> Result<Vec<(String, Vec<u8>)>> {
        let mut parts = Vec::new();
        if let Some(server) = self.server {
            let dump = self.folder().join("dump.sql");
            let mut command = Command::new(server.program("pg_dump"));
            let done = command.arg(&self.address).arg("--file").arg(&dump).status();
            ensure!(done.context("starting pg_dump")?.success(), "the database could not be written out");
            parts.push(part(server.log())?);
        }
        for entry in self.folder().read_dir().context("looking at the proxy's database")? {
            parts.push(part(entry.context("looking at the proxy's database")?.path())?);
        }
        let is_database =
            |bytes: &[u8]| bytes.starts_with(b"SQLite") || bytes.starts_with(b"--\n-- PostgreSQL");
        ensure!(parts.iter().any(|(_, bytes)| is_database(bytes)), "there is a database to look at");
        Ok(parts)
    }
}

fn room() -> Result<TempDir> {
    TempDir::new().context("making room for the proxy's database")
}

fn part(path: PathBuf) -> Result<(String, Vec<u8>)> {
    let bytes = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    Ok((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), bytes))
}

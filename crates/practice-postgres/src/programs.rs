//! Where PostgreSQL's programs are.

use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};

/// Where Debian keeps them, one folder for each major version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// All that are used.
const NEEDED: [&str; 3] = ["initdb", "postgres", "psql"];

/// The programs of one version.
#[derive(Debug)]
pub struct Programs(PathBuf);

impl Programs {
    /// Looks for them.
    ///
    /// # Errors
    /// When they are nowhere, with what to install.
    pub fn find() -> anyhow::Result<Self> {
        if let Some(named) = std::env::var_os("POSTGRES_BIN").filter(|named| !named.is_empty()) {
            let named = PathBuf::from(named);
            if !is_whole(&named) {
                bail!(
                    "POSTGRES_BIN names {}, which does not hold initdb, postgres and psql",
                    named.display()
                );
            }
            return Ok(Self(named));
        }
        newest(Path::new(DEBIAN)).map(Self).with_context(|| {
            format!(
                "PostgreSQL is not below {DEBIAN}: install Debian's package `postgresql`, or name the folder of initdb, \
                 postgres and psql in POSTGRES_BIN"
            )
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }
}

fn is_whole(folder: &Path) -> bool {
    NEEDED.iter().all(|program| folder.join(program).is_file())
}

/// The folder of the newest version that is whole.
fn newest(versions: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(versions).ok()?.flatten();
    let version = |path: PathBuf| Some((path.file_name()?.to_str()?.parse::<u32>().ok()?, path.join("bin")));
    let whole = entries.filter_map(|entry| version(entry.path())).filter(|(_, folder)| is_whole(folder));
    whole.max_by_key(|(version, _)| *version).map(|(_, folder)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_that_is_whole_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let install = |version: &str, programs: &[&str]| {
            let bin = folder.path().join(version).join("bin");
            std::fs::create_dir_all(&bin).unwrap();
            for program in programs {
                std::fs::write(bin.join(program), "").unwrap();
            }
        };
        assert_eq!(newest(folder.path()), None);
        install("9", &NEEDED);
        install("15", &NEEDED);
        install("17", &["psql"]);
        install("common", &NEEDED);
        assert_eq!(newest(folder.path()), Some(folder.path().join("15/bin")), "17 is a client only");
    }
}

//! The folder of the installed tools: outside the clone, shared by all clones, one folder for each tool and version.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;

use super::tool::Tool;
use crate::process;
use crate::workspace::Workspace;

/// The tools' folder.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// `$LINCHPIN_TOOLS`, else `$XDG_CACHE_HOME/linchpin/tools`, else `~/.cache/linchpin/tools`.
    ///
    /// # Errors
    /// None of the three variables is set.
    pub(super) fn from_environment() -> anyhow::Result<Self> {
        let folder = folder(|name| std::env::var_os(name).filter(|value| !value.is_empty()))
            .context("set LINCHPIN_TOOLS to a folder for the tools: HOME is not set either")?;
        Ok(Self { folder: std::path::absolute(folder).context("finding the folder of the tools")? })
    }

    /// The file of a tool that is used.
    pub(super) fn entry(&self, tool: &Tool) -> PathBuf {
        self.folder.join(tool.folder()).join(tool.entry)
    }

    /// Installs those of the tools that are missing or broken.
    ///
    /// # Errors
    /// One cannot be installed, or does not work afterwards.
    pub(super) fn ensure(&self, tools: &[&Tool], workspace: &Workspace) -> anyhow::Result<()> {
        if self.missing(tools).is_empty() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder).with_context(|| format!("creating {}", self.folder.display()))?;
        let _lock = self.lock()?;
        // Another run may have installed them while this one waited.
        let missing = self.missing(tools);
        if missing.is_empty() {
            return Ok(());
        }
        println!("These tools are missing and go into {}:", self.folder.display());
        for tool in &missing {
            println!("  {}", tool.announcement());
        }
        for tool in missing {
            self.install(tool, workspace)?;
        }
        remove(&self.folder.join(".build"))
    }

    fn missing<'a>(&self, tools: &[&'a Tool]) -> Vec<&'a Tool> {
        tools.iter().copied().filter(|tool| tool.check(&self.folder.join(tool.folder())).is_err()).collect()
    }

    /// The folder gets its final name only when the tool answers: an installation that was killed half-way is
    /// never taken for a finished one.
    fn install(&self, tool: &Tool, workspace: &Workspace) -> anyhow::Result<()> {
        let started = Instant::now();
        println!("Installing {}:", tool.folder());
        let finished = self.folder.join(tool.folder());
        let partial = self.folder.join(format!("{}.partial", tool.folder()));
        remove(&partial)?;
        fs::create_dir_all(&partial).with_context(|| format!("creating {}", partial.display()))?;
        tool.install(&partial, &self.folder, workspace)?;
        tool.check(&partial).context("it was installed but does not work")?;
        remove(&finished)?;
        fs::rename(&partial, &finished)
            .with_context(|| format!("moving {} into place", partial.display()))?;
        println!("  done in {}", process::spoken(started.elapsed()));
        Ok(())
    }

    /// Held until the file is dropped, or this program ends in whatever way.
    fn lock(&self) -> anyhow::Result<File> {
        let path = self.folder.join(".lock");
        let file = File::create(&path).with_context(|| format!("creating {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                println!("Another run is installing tools; waiting for it …");
                file.lock().with_context(|| format!("locking {}", path.display()))?;
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("locking {}", path.display()));
            }
        }
        Ok(file)
    }
}

fn folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let cache = || variable("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || variable("HOME").map(|home| Path::new(&home).join(".cache"));
    variable("LINCHPIN_TOOLS")
        .map(PathBuf::from)
        .or_else(|| Some(cache().or_else(home)?.join("linchpin/tools")))
}

/// Removes a folder that may not be there.
fn remove(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(set: &[(&str, &str)]) -> Option<PathBuf> {
        folder(|name| set.iter().find(|(set, _)| *set == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn the_most_particular_variable_chooses_the_folder() {
        let all = [("HOME", "/home/ada"), ("XDG_CACHE_HOME", "/cache"), ("LINCHPIN_TOOLS", "/tools")];
        assert_eq!(chosen(&all), Some("/tools".into()), "LINCHPIN_TOOLS comes first");
        assert_eq!(chosen(&all[..2]), Some("/cache/linchpin/tools".into()), "then XDG_CACHE_HOME");
        assert_eq!(chosen(&all[..1]), Some("/home/ada/.cache/linchpin/tools".into()), "then HOME");
        assert_eq!(chosen(&[]), None, "without any there is no folder to guess");
    }
}

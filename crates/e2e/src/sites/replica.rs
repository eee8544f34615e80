//! One process of the proxy's: started, killed, and started again over what it left.

use anyhow::Result;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::process::{Running, said};

/// How a process of the proxy's is started, and the one that runs.
pub(super) struct Replica {
    pub(super) program: PathBuf,
    pub(super) variables: Vec<(&'static str, OsString)>,
    /// Where it listens.
    pub(super) port: u16,
    /// What all of them say, one after the other.
    pub(super) log: PathBuf,
    pub(super) running: Mutex<Option<Running>>,
}

impl Replica {
    /// Starts it, and waits until it listens.
    ///
    /// # Errors
    /// It does not start.
    pub(super) async fn start(&self) -> Result<()> {
        let mut command = Command::new(&self.program);
        // Nothing of the person's own set-up may leak in.
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("LINCHPIN_")) {
            command.env_remove(name);
        }
        command
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env("LINCHPIN_LISTEN", format!("127.0.0.1:{}", self.port));
        let running = Running::start("proxy", command, self.log.clone(), self.port).await?;
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
        Ok(())
    }

    /// Ends it at once, as a crash would, if it runs.
    pub(super) fn kill(&self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// What was said so far.
    pub(super) fn output(&self) -> String {
        said(&self.log)
    }
}

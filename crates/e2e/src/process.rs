//! Programs that run beside a story, and end with it.

use anyhow::{Context as _, Result, bail};
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::wait;

/// A program that is killed when this is dropped, also while a test panics.
#[derive(Debug)]
pub(crate) struct Running {
    name: &'static str,
    child: Child,
}

impl Running {
    /// Starts a program with its output at the end of a log, and waits until it listens on `port`.
    ///
    /// # Errors
    /// It cannot be started, ends, or does not listen in time. The message holds its log.
    pub(crate) async fn start(
        name: &'static str,
        mut command: Command,
        log: PathBuf,
        port: u16,
    ) -> Result<Self> {
        let output = File::options().create(true).append(true).open(&log);
        let output = output.with_context(|| format!("opening {}", log.display()))?;
        let errors = output.try_clone().with_context(|| format!("opening {}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .with_context(|| format!("starting the {name} ({})", command.get_program().display()))?;
        let mut running = Self { name, child };
        let listening = wait::until(&format!("the {name} to listen"), async || running.listens(port)).await;
        listening.with_context(|| format!("the log of the {name}:\n{}", said(&log)))?;
        Ok(running)
    }

    fn listens(&mut self, port: u16) -> Result<Option<()>> {
        if let Some(status) = self.child.try_wait().context("watching a program")? {
            bail!("the {} has ended ({status})", self.name);
        }
        Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok().map(|_| ()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What stands in a log.
pub(crate) fn said(log: &Path) -> String {
    std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// A port that nothing listens on, and that nothing will listen on or call from that asks the system for any: those that
/// it gives out lie higher, and a browser and its servers ask for many.
///
/// # Errors
/// None is left.
pub(crate) fn free_port() -> Result<u16> {
    const FIRST: u32 = 20_000;
    const HOW_MANY: u32 = 12_000;
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    // Two runs of the stories at the same time begin at different places.
    let from = std::process::id().wrapping_mul(97);
    let free = (0..HOW_MANY).find_map(|_| {
        let nth = from.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % HOW_MANY;
        let port = u16::try_from(FIRST + nth).ok()?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok().map(|_| port)
    });
    free.context("no port is free")
}

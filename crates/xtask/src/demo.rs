//! `cargo xtask demo`: the release build of the widget, to be tried.

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::children::Children;
use crate::dist;
use crate::gallery;
use crate::process;
use crate::services::{Services, Wanted};
use crate::setup::{self, Consent};
use crate::workspace::Workspace;

/// Builds everything, starts the servers, and stays until Ctrl-C.
///
/// # Errors
/// Something cannot be built or started, or a server stops by itself.
pub(crate) fn run(workspace: &Workspace, wanted: Wanted) -> anyhow::Result<()> {
    let started = Instant::now();
    let toolbox = setup::prepare(workspace, &setup::FOR_DIST, Consent::OwnFolderOnly)?;
    dist::build(workspace, &toolbox)?;
    gallery::build(workspace, &toolbox)?;
    let mut services = Services::build(workspace, wanted)?;
    services.show_gallery(gallery::folder(workspace));
    // From here on there is something to stop.
    let stop = StopSignal::watch()?;
    let folder = workspace.target.join("demo");
    let mut children = Children::new(folder.clone())?;
    start(&mut children, &services, &workspace.path(dist::FOLDER), &folder)?;
    welcome(&services, &folder)?;
    println!("\nReady after {}. Ctrl-C stops everything.", process::spoken(started.elapsed()));
    stay(&mut children, &stop)
}

/// Starts the servers over an empty database: its secrets were made for an earlier run.
///
/// # Errors
/// The old database cannot be removed, or a server does not start.
pub(crate) fn start(
    children: &mut Children,
    services: &Services,
    widget: &Path,
    folder: &Path,
) -> anyhow::Result<()> {
    for name in ["linchpin.sqlite", "linchpin.sqlite-wal", "linchpin.sqlite-shm"] {
        match std::fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error)
                    .with_context(|| format!("removing the database of an earlier run, {name}"));
            }
            _ => {}
        }
    }
    services.write_supplement(folder)?;
    for service in services.in_order(widget, folder) {
        children.start(service)?;
    }
    Ok(())
}

/// Prints where to go and what to type there.
///
/// # Errors
/// The practice logins cannot be asked for.
pub(crate) fn welcome(services: &Services, folder: &Path) -> anyhow::Result<()> {
    println!("\n{}", services.logins()?.trim_end());
    println!("\n  Open      {}   and press “Connect your bank”", services.host_url());
    println!("  Console   {}   the practice bank: its clock, and what it was asked", services.practice_url());
    println!("  Proxy     {}", services.proxy_url());
    if let Some(gallery) = services.gallery_url() {
        println!("  Gallery   {gallery}   every screen in every state");
    }
    println!("  Logs      {}", folder.display());
    Ok(())
}

/// Watches over the programs until this one is asked to end, then stops them.
///
/// # Errors
/// One of them has stopped by itself; the others are then stopped too.
pub(crate) fn stay(children: &mut Children, stop: &StopSignal) -> anyhow::Result<()> {
    loop {
        if stop.asked_within(Duration::from_millis(200)) {
            println!("\nStopping …");
            children.stop();
            return Ok(());
        }
        if let Some(ended) = children.ended()? {
            children.stop();
            bail!(ended);
        }
    }
}

/// Tells when this program is asked to end: by Ctrl-C, by SIGTERM, or because its terminal is gone.
#[derive(Debug)]
pub(crate) struct StopSignal(mpsc::Receiver<()>);

impl StopSignal {
    /// From now on, being asked to end is told here instead of ending this program at once.
    ///
    /// # Errors
    /// The system refuses, or it was called before.
    pub(crate) fn watch() -> anyhow::Result<Self> {
        let (sender, receiver) = mpsc::channel();
        ctrlc::set_handler(move || {
            // Nobody listens any more when everything is being stopped already.
            let _ = sender.send(());
        })
        .context("watching for Ctrl-C")?;
        Ok(Self(receiver))
    }

    fn asked_within(&self, time: Duration) -> bool {
        !matches!(self.0.recv_timeout(time), Err(RecvTimeoutError::Timeout))
    }
}

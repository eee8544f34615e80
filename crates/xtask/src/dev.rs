//! `cargo xtask dev`: like the demo, with a fast build that follows the sources.

use std::time::Instant;

use anyhow::Context as _;

use crate::children::{Children, Service};
use crate::demo::{self, StopSignal};
use crate::dist;
use crate::gallery;
use crate::process;
use crate::services::{Services, Wanted};
use crate::setup::{self, Consent};
use crate::workspace::Workspace;

/// Builds once, starts the servers, then builds the widget again whenever one of its files changes.
///
/// # Errors
/// Something cannot be built or started, or a server stops by itself.
pub(crate) fn run(workspace: &Workspace, wanted: Wanted) -> anyhow::Result<()> {
    let started = Instant::now();
    let toolbox = setup::prepare(workspace, &setup::FOR_DIST, Consent::OwnFolderOnly)?;
    let folder = workspace.target.join("dev");
    // Apart from the release build, which `demo` would otherwise have to make again.
    let page = folder.join("dist");
    std::fs::create_dir_all(&page).with_context(|| format!("creating {}", page.display()))?;
    dist::fetch(workspace)?;
    println!("Building the widget: about 2 minutes the first time, seconds later");
    process::run(dist::trunk(workspace, &toolbox)?.arg("build").arg("--dist").arg(&page))?;
    let states = folder.join("gallery");
    std::fs::create_dir_all(&states).with_context(|| format!("creating {}", states.display()))?;
    process::run(&mut gallery::trunk(workspace, &toolbox, "build", &states)?)?;
    let mut services = Services::build(workspace, wanted)?;
    services.show_gallery(states.clone());
    services.follow(page.join("index.html"));
    let stop = StopSignal::watch()?;
    let mut children = Children::new(folder.clone())?;
    demo::start(&mut children, &services, &page, &folder)?;
    let mut watch = dist::trunk(workspace, &toolbox)?;
    // Only what the page is made from; the servers' sources and the databases would set it off as well.
    watch.arg("watch").arg("--dist").arg(&page);
    for source in ["src", "style", "public", "index.html", "crates/protocol", "crates/flow"] {
        if workspace.path(source).exists() {
            watch.arg("--watch").arg(source);
        }
    }
    children.start(Service { name: "builder", command: watch, ready: None })?;
    let mut watch = gallery::trunk(workspace, &toolbox, "watch", &states)?;
    for source in ["src", "style", gallery::SOURCES, "crates/protocol", "crates/flow"] {
        watch.arg("--watch").arg(workspace.path(source));
    }
    children.start(Service { name: "gallery builder", command: watch, ready: None })?;
    demo::welcome(&services, &folder)?;
    println!("\nReady after {}. Ctrl-C stops everything.", process::spoken(started.elapsed()));
    println!("A change in the widget is built at once (see builder.log), and the page loads again.");
    println!("A change in a server needs `cargo xtask dev` again.");
    demo::stay(&mut children, &stop)
}

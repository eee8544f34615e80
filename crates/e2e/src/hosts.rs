//! Host pages as others make them: by hand under the strictest policy, with a library's modal, and by Vite and React.
//!
//! Each has a button that opens the widget, one that takes it away, and a list of what it tells. Their files are in `hosts/`.

use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::page::HostPage;
use crate::settings::workspace;
use crate::{Served, World, http};

const SCRIPT: &str = include_str!("../hosts/page.js");
const TRAP: &str = include_str!("../hosts/trap.js");
/// What every page of these shows.
const BODY: &str = "<button id=connect type=button>Connect your bank</button>
    <button id=leave type=button>Take it away</button><ol></ol>";

/// A host page, and what has to happen once it is loaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Host {
    /// Its policy allows the loader's one file, by its hash, and the widget's frame.
    Strict,
    /// It keeps the focus in a modal by focus-trap, which shuts out what stands beside it.
    Trap,
    /// Vite has built it, with React in strict mode and the loader's package.
    Vite,
    /// The same, with the button in a modal by Radix.
    ViteModal,
}

impl Host {
    /// Where it is, on the host's origin.
    fn path(self) -> &'static str {
        match self {
            Self::Strict => "/strict",
            Self::Trap => "/trap",
            Self::Vite => "/vite/",
            Self::ViteModal => "/vite/?dialog",
        }
    }

    /// Makes it and has it served. Returns its address.
    ///
    /// # Errors
    /// A tool is missing, or the page cannot be built.
    pub async fn serve(self, world: &World) -> Result<String> {
        let widget = world.proxy.origin();
        match self {
            Self::Strict => {
                let (src, script) = pinned(widget).await?;
                let policy = format!("script-src {src}; frame-src {widget}");
                world.host.serve(self.path(), Served::page(&document(BODY, &script), &policy));
            }
            Self::Trap => {
                let (src, script) = pinned(widget).await?;
                let tools = tools(world)?;
                let read = |name: &str| fs::read(tools.join(name)).with_context(|| format!("reading {name}"));
                let scripts = [
                    ("/trap/tabbable.js", read("tabbable/dist/index.umd.js")?),
                    ("/trap/focus-trap.js", read("focus-trap/dist/focus-trap.umd.js")?),
                    ("/trap/page.js", SCRIPT.into()),
                    ("/trap/trap.js", TRAP.into()),
                ];
                let mut all = script;
                for (path, text) in scripts {
                    all.push_str(&format!("<script src=\"{path}\"></script>"));
                    world.host.serve(path, Served::file(path, text));
                }
                let body = format!(
                    "<input aria-label=\"Beside the modal\">
                    <div role=dialog aria-modal=true aria-label=Modal>{BODY}</div>"
                );
                let policy = format!("script-src 'self' {src}; frame-src {widget}");
                world.host.serve(self.path(), Served::page(&document(&body, &all), &policy));
            }
            Self::Vite | Self::ViteModal => {
                // Radix puts a style into the page, and cannot do without.
                let style = if self == Self::Vite { "'self'" } else { "'self' 'unsafe-inline'" };
                let policy = format!(
                    "default-src 'none'; script-src 'self'; style-src {style}; connect-src 'self'; img-src data:; \
                     frame-src {widget}"
                );
                let project = tempfile::tempdir().context("making a fresh project")?;
                build(project.path(), &tools(world)?, widget)?;
                let page = fs::read_to_string(project.path().join("dist/index.html"))
                    .context("reading what Vite has built")?;
                world.host.serve("/vite/", Served::page(&page, &policy));
                for entry in fs::read_dir(project.path().join("dist/assets")).context("listing it")? {
                    let file = entry.context("listing it")?.path();
                    let name = file.file_name().and_then(|name| name.to_str()).context("a name")?;
                    let path = format!("/vite/assets/{name}");
                    world.host.serve(&path, Served::file(&path, fs::read(&file).context("reading it")?));
                }
            }
        }
        Ok(format!("{}{}", world.host.origin(), self.path()))
    }

    /// Makes the page that was loaded ready for a person.
    ///
    /// # Errors
    /// The page is not as it was made.
    pub async fn enter(self, page: &HostPage<'_>) -> Result<()> {
        // Its policy allows no script of its own. What a driver runs is not under it.
        if self == Self::Strict {
            page.act(SCRIPT, &[]).await?;
        }
        Ok(())
    }
}

/// The address of the loader with its version, and the tag that loads it by its hash.
async fn pinned(widget: &str) -> Result<(String, String)> {
    let answer = http::client().get(format!("{widget}/sdk/integrity.json")).send().await;
    let hashes: serde_json::Value = answer.context("asking for the loader's hash")?.json().await?;
    let name = concat!("linchpin-", env!("CARGO_PKG_VERSION"), ".js");
    let src = format!("{widget}/sdk/{name}");
    let hash = hashes[name].as_str().with_context(|| format!("there is no hash of {name}"))?;
    let tag = format!("<script src=\"{src}\" integrity=\"{hash}\" crossorigin=anonymous></script>");
    Ok((src, tag))
}

fn document(body: &str, scripts: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Somebody's page</title><link rel=icon href=data:,>
        <body><h1>Somebody's page</h1>{body}{scripts}</body></html>"
    )
}

fn tools(world: &World) -> Result<PathBuf> {
    world.settings().host_tools.clone().context(
        "LINCHPIN_HOST_TOOLS must name the folder that holds Vite, React and the modals; `cargo xtask test` sets it",
    )
}

/// Fills an empty folder as a person would who begins: the project's files, its packages, and the loader's as it is packed.
fn build(project: &Path, tools: &Path, widget: &str) -> Result<()> {
    let source = workspace().join("crates/e2e/hosts/vite");
    fs::create_dir_all(project.join("src")).context("making the project")?;
    for name in ["package.json", "vite.config.js", "index.html", "src/main.jsx", "src/App.jsx"] {
        fs::copy(source.join(name), project.join(name)).with_context(|| format!("copying {name}"))?;
    }
    let packages = project.join("node_modules");
    let loader = packages.join("@linchpin/loader");
    fs::create_dir_all(&loader).context("making the folder of packages")?;
    for entry in fs::read_dir(tools).with_context(|| format!("listing {}", tools.display()))? {
        let package = entry.context("listing the packages")?;
        // Vite writes its cache into a hidden folder of its own.
        if !package.file_name().to_string_lossy().starts_with('.') {
            symlink(package.path(), packages.join(package.file_name())).context("installing a package")?;
        }
    }
    let mut pack = Command::new("npm");
    pack.args(["pack", "--silent", "--pack-destination"]).arg(project).arg(workspace().join("sdk"));
    let packed = run(pack.current_dir(project))?;
    let mut unpack = Command::new("tar");
    unpack.args(["-xzf", packed.trim(), "--strip-components=1", "-C"]).arg(&loader);
    run(unpack.current_dir(project))?;
    let mut vite = Command::new("node");
    vite.arg(tools.join("vite/bin/vite.js")).args(["build", "--logLevel", "warn"]);
    run(vite.current_dir(project).env("VITE_WIDGET_URL", format!("{widget}/widget")))?;
    Ok(())
}

/// What a program prints.
fn run(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("running {}", command.get_program().display()))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (printed, complained) = (said(&output.stdout), said(&output.stderr));
    ensure!(output.status.success(), "{:?} fails: {printed}{complained}", command);
    Ok(printed)
}

//! Where the parts are that a story needs.

use anyhow::{Context as _, Result, ensure};
use std::env;
use std::path::{Path, PathBuf};

/// Where the parts are. Each has an environment variable; `cargo xtask test` sets them all.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `LINCHPIN_DIST`: the built widget; `dist` beside the workspace's `Cargo.toml` by default.
    pub dist: PathBuf,
    /// `LINCHPIN_GALLERY`: the built gallery; `target/gallery` by default.
    pub gallery: PathBuf,
    /// `LINCHPIN_PROXY_BIN`: the proxy's program; built by cargo when absent.
    pub proxy: Option<PathBuf>,
    /// `LINCHPIN_AXE`: the file `axe.min.js` of axe-core.
    pub axe: PathBuf,
    /// `LINCHPIN_READER`: the browser's bundle of the virtual screen reader; only stories that listen to it need it.
    pub reader: Option<PathBuf>,
    /// `LINCHPIN_HOST_TOOLS`: the folder that holds Vite, React and libraries for modals; only stories in host pages of
    /// others' making need it.
    pub host_tools: Option<PathBuf>,
    /// `LINCHPIN_ARTEFACTS`: where pictures and logs go; `artefacts` by default.
    pub artefacts: PathBuf,
    /// `CHROMEDRIVER`: the driver's program; looked up on the path by default.
    pub chromedriver: PathBuf,
    /// `CHROMIUM`: the browser's program; the driver's own choice by default.
    pub chromium: Option<PathBuf>,
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// A part is missing; the message names it and says how to get it.
    pub fn read() -> Result<Self> {
        let root = workspace();
        let settings = Self {
            dist: path("LINCHPIN_DIST").unwrap_or_else(|| root.join("dist")),
            gallery: path("LINCHPIN_GALLERY").unwrap_or_else(|| root.join("target/gallery")),
            proxy: path("LINCHPIN_PROXY_BIN"),
            axe: path("LINCHPIN_AXE").context(
                "LINCHPIN_AXE must name the file axe.min.js of axe-core; `cargo xtask test` sets it",
            )?,
            reader: path("LINCHPIN_READER"),
            host_tools: path("LINCHPIN_HOST_TOOLS"),
            artefacts: path("LINCHPIN_ARTEFACTS").unwrap_or_else(|| root.join("artefacts")),
            chromedriver: path("CHROMEDRIVER").unwrap_or_else(|| PathBuf::from("chromedriver")),
            chromium: path("CHROMIUM"),
        };
        ensure!(settings.axe.is_file(), "LINCHPIN_AXE names {}, which is no file", settings.axe.display());
        if let Some(proxy) = &settings.proxy {
            ensure!(proxy.is_file(), "LINCHPIN_PROXY_BIN names {}, which is no file", proxy.display());
        }
        Ok(settings)
    }
}

fn path(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

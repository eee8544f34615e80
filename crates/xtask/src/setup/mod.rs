//! Everything the commands need and cargo does not bring: found, or installed into a cache outside the clone.
//!
//! What cannot be had is an error that names it. Nothing is ever skipped for want of a tool.

mod browser;
mod cache;
mod node;
mod packages;
mod postgres;
mod python;
mod rust;
mod tool;
mod versions;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::process;
use crate::workspace::Workspace;
pub(crate) use browser::Browser;
use cache::Cache;
use tool::Tool;
use versions::Versions;

/// Something a command cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// The standard library for `wasm32-unknown-unknown`.
    WasmTarget,
    /// `wasm-bindgen` and `wasm-bindgen-test-runner`, of the version in `Cargo.lock`.
    WasmBindgen,
    /// Trunk, which builds the page.
    Trunk,
    /// `wasm-opt`, which makes the module small.
    WasmOpt,
    /// axe-core, which looks for barriers in a page.
    AxeCore,
    /// The TypeScript compiler.
    TypeScript,
    /// terser, which makes the script beside the module small.
    Terser,
    /// React and its types, for the tests of the hook.
    React,
    /// What hosts build and bring themselves: Vite, React, and libraries for modals.
    HostTools,
    /// schemathesis, which attacks the API by its document.
    Schemathesis,
    /// What reads a page out, as a screen reader does.
    ScreenReader,
    /// mdBook, which makes the book.
    MdBook,
    /// Chromium and its driver, of one major version.
    Browser,
    /// PostgreSQL's programs.
    Postgres,
}

/// What building the page for release takes.
pub(crate) const FOR_DIST: [Need; 5] =
    [Need::WasmTarget, Need::WasmBindgen, Need::Trunk, Need::WasmOpt, Need::Terser];

/// What the stories take: the page as it ships, somebody to look at it and to listen to it, and a server for proxies that
/// share one.
pub(crate) const FOR_STORIES: [Need; 10] = [
    Need::WasmTarget,
    Need::WasmBindgen,
    Need::Trunk,
    Need::WasmOpt,
    Need::Terser,
    Need::AxeCore,
    Need::ScreenReader,
    Need::HostTools,
    Need::Browser,
    Need::Postgres,
];

/// What the book takes: what makes it, and what its samples are compiled with.
pub(crate) const FOR_BOOK: [Need; 3] = [Need::MdBook, Need::TypeScript, Need::React];

/// What may be changed on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Only the tools' cache; system packages only where this already runs as root.
    OwnFolderOnly,
    /// System packages too, with sudo.
    SystemPackages,
}

/// Where the tools are.
#[derive(Debug)]
pub(crate) struct Toolbox {
    wasm_bindgen: Tool,
    trunk: Tool,
    binaryen: Tool,
    axe_core: Tool,
    typescript: Tool,
    terser: Tool,
    react: Tool,
    host_tools: Tool,
    schemathesis: Tool,
    screen_reader: Tool,
    mdbook: Tool,
    cache: Cache,
    browser: Option<Browser>,
}

/// Makes sure that everything in `needs` is there, and installs what is not.
///
/// # Errors
/// Something is missing and cannot be had; the message names it and says what to do.
pub(crate) fn prepare(workspace: &Workspace, needs: &[Need], consent: Consent) -> anyhow::Result<Toolbox> {
    let versions = Versions::read(workspace)?;
    let mut toolbox = Toolbox {
        wasm_bindgen: Tool::wasm_bindgen(&versions),
        trunk: Tool::trunk(&versions),
        binaryen: Tool::binaryen(&versions),
        axe_core: Tool::axe_core(&versions),
        typescript: Tool::typescript(&versions),
        terser: Tool::terser(&versions),
        react: Tool::react(&versions),
        host_tools: Tool::host_tools(&versions),
        schemathesis: Tool::schemathesis(&versions),
        screen_reader: Tool::screen_reader(&versions),
        mdbook: Tool::mdbook(&versions),
        cache: Cache::from_environment()?,
        browser: None,
    };
    let tools: Vec<&Tool> = needs.iter().filter_map(|need| toolbox.tool(*need)).collect();
    rust::check_c_compiler()?;
    if tools.iter().any(|tool| tool.needs_node()) {
        node::check()?;
    }
    if needs.contains(&Need::WasmTarget) {
        rust::ensure_wasm_target(workspace)?;
    }
    toolbox.cache.ensure(&tools, workspace)?;
    if needs.contains(&Need::Browser) {
        toolbox.browser = Some(browser::ensure(consent)?);
    }
    if needs.contains(&Need::Postgres) {
        postgres::ensure(consent)?;
    }
    Ok(toolbox)
}

impl Toolbox {
    fn tool(&self, need: Need) -> Option<&Tool> {
        match need {
            Need::WasmBindgen => Some(&self.wasm_bindgen),
            Need::Trunk => Some(&self.trunk),
            Need::WasmOpt => Some(&self.binaryen),
            Need::AxeCore => Some(&self.axe_core),
            Need::TypeScript => Some(&self.typescript),
            Need::Terser => Some(&self.terser),
            Need::React => Some(&self.react),
            Need::HostTools => Some(&self.host_tools),
            Need::Schemathesis => Some(&self.schemathesis),
            Need::ScreenReader => Some(&self.screen_reader),
            Need::MdBook => Some(&self.mdbook),
            Need::WasmTarget | Need::Browser | Need::Postgres => None,
        }
    }

    /// The Trunk program.
    pub(crate) fn trunk(&self) -> PathBuf {
        self.cache.entry(&self.trunk)
    }

    /// The TypeScript compiler.
    pub(crate) fn tsc(&self) -> PathBuf {
        self.cache.entry(&self.typescript)
    }

    /// The program that makes scripts small.
    pub(crate) fn terser(&self) -> PathBuf {
        self.cache.entry(&self.terser)
    }

    /// The folder that holds React, its types and what they need, each in a folder of its name.
    pub(crate) fn react(&self) -> PathBuf {
        let mut folder = self.cache.entry(&self.react);
        folder.pop();
        folder.pop();
        folder
    }

    /// The same with what hosts build and bring themselves.
    pub(crate) fn host_tools(&self) -> PathBuf {
        let mut folder = self.cache.entry(&self.host_tools);
        folder.pop();
        folder.pop();
        folder
    }

    /// The Python that knows schemathesis.
    pub(crate) fn schemathesis(&self) -> PathBuf {
        self.cache.entry(&self.schemathesis)
    }

    /// The program that makes the book.
    pub(crate) fn mdbook(&self) -> PathBuf {
        self.cache.entry(&self.mdbook)
    }

    /// The script that a page loads to be examined by axe-core.
    pub(crate) fn axe(&self) -> PathBuf {
        self.cache.entry(&self.axe_core)
    }

    /// The script that a page loads to be read out.
    pub(crate) fn screen_reader(&self) -> PathBuf {
        self.cache.entry(&self.screen_reader).with_file_name("lib/esm/index.browser.js")
    }

    /// A program of binaryen, such as `wasm-opt`.
    pub(crate) fn binaryen(&self, program: &str) -> PathBuf {
        self.cache.entry(&self.binaryen).with_file_name(program)
    }

    /// The browser that [`prepare`] found.
    ///
    /// # Errors
    /// It was not among the needs.
    pub(crate) fn browser(&self) -> anyhow::Result<&Browser> {
        self.browser.as_ref().context("a browser is used here but is not among the needs")
    }

    /// `PATH` with the folders of `wasm-bindgen` and `wasm-opt` first, so that Trunk and cargo take these.
    ///
    /// # Errors
    /// The cache's name cannot stand in `PATH`.
    pub(crate) fn path(&self) -> anyhow::Result<OsString> {
        let folder = |tool| self.cache.entry(tool).parent().map(Path::to_path_buf);
        let folders: Vec<PathBuf> =
            [&self.wasm_bindgen, &self.binaryen].into_iter().filter_map(folder).collect();
        process::path_with(&folders)
    }
}

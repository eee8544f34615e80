//! The steps, each a check that must hold.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::{api, counts};
use crate::dist;
use crate::docs;
use crate::fuzz;
use crate::gallery;
use crate::process;
use crate::setup::{Need, Toolbox};
use crate::workspace::Workspace;

const WASM: &str = "wasm32-unknown-unknown";

/// The packages that run in a browser, and only there.
const IN_BROWSER: [&str; 4] = ["-p", "linchpin", "-p", "linchpin-gallery"];
/// All others, after `--workspace`.
const IN_BROWSER_EXCLUDED: [&str; 4] = ["--exclude", "linchpin", "--exclude", "linchpin-gallery"];

/// One check, in the order in which they run: quick ones first, and `dist` before what uses its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The code is formatted.
    Format,
    /// No lint warns in what runs on servers and in tools.
    Lints,
    /// No lint warns in what runs in the browser.
    LintsWasm,
    /// Unit and integration tests of everything but the widget.
    Native,
    /// The proxy over PostgreSQL.
    Postgres,
    /// The reference and the book build without a broken link, and the book's samples compile.
    Docs,
    /// The running proxy withstands an attack by its own document.
    Api,
    /// The parsers bear what libFuzzer thinks of, for a short while.
    Fuzz,
    /// The widget's tests, in a real browser.
    Browser,
    /// The release build is within its budgets.
    Dist,
    /// The loader's types hold for the ways it is used.
    Types,
    /// The loader in a real browser, against a frame that the tests speak for.
    Loader,
    /// Whole stories: host page, widget, proxy, practice bank.
    EndToEnd,
}

impl Step {
    /// All steps, in order.
    pub(crate) const ALL: [Self; 13] = [
        Self::Format,
        Self::Lints,
        Self::LintsWasm,
        Self::Native,
        Self::Postgres,
        Self::Docs,
        Self::Api,
        Self::Fuzz,
        Self::Browser,
        Self::Dist,
        Self::Types,
        Self::Loader,
        Self::EndToEnd,
    ];

    /// The step that `--only` calls by this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// What `--only` calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lints => "lints",
            Self::LintsWasm => "lints-wasm",
            Self::Native => "native",
            Self::Postgres => "postgres",
            Self::Docs => "docs",
            Self::Api => "api",
            Self::Fuzz => "fuzz",
            Self::Browser => "browser",
            Self::Dist => "dist",
            Self::Types => "types",
            Self::Loader => "loader",
            Self::EndToEnd => "e2e",
        }
    }

    /// What it checks, in a few words.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Format => "the code is formatted",
            Self::Lints => "no lint warns, servers and tools",
            Self::LintsWasm => "no lint warns, widget",
            Self::Native => "unit and integration tests",
            Self::Postgres => "the proxy over PostgreSQL: killed, raced, and in two processes",
            Self::Docs => "the reference and the book: links, samples",
            Self::Api => "the running proxy, attacked by its own document",
            Self::Fuzz => "the parsers, fed by libFuzzer for a short while",
            Self::Browser => "the widget's tests in headless Chromium",
            Self::Dist => "the release build and its budgets",
            Self::Types => "the loader's TypeScript types",
            Self::Loader => "the loader in headless Chromium",
            Self::EndToEnd => "whole stories in headless Chromium",
        }
    }

    /// What must be there before it runs.
    pub(super) fn needs(self) -> &'static [Need] {
        match self {
            Self::Format | Self::Lints | Self::Fuzz => &[],
            Self::Native | Self::Postgres => &[Need::Postgres],
            Self::LintsWasm => &[Need::WasmTarget],
            Self::Docs => &[Need::WasmTarget, Need::MdBook, Need::TypeScript, Need::React],
            Self::Api => &[Need::Schemathesis],
            Self::Browser => &[Need::WasmTarget, Need::WasmBindgen, Need::Browser],
            Self::Dist => &crate::setup::FOR_DIST,
            Self::Types => &[Need::TypeScript, Need::React],
            Self::Loader => &[Need::Browser, Need::TypeScript, Need::React],
            Self::EndToEnd => &crate::setup::FOR_STORIES,
        }
    }

    /// Runs it. What it returns is a note for the summary.
    ///
    /// # Errors
    /// What does not hold.
    pub(super) fn run(self, workspace: &Workspace, toolbox: &Toolbox) -> anyhow::Result<String> {
        match self {
            Self::Format => process::run(workspace.cargo().args(["fmt", "--all", "--check"]))?,
            Self::Lints => {
                clippy(
                    workspace,
                    &[&["--workspace"], &IN_BROWSER_EXCLUDED[..], &["--all-targets"]].concat(),
                )?;
            }
            Self::LintsWasm => {
                clippy(workspace, &[&IN_BROWSER[..], &["--target", WASM, "--all-targets"]].concat())?;
                // Their tests run natively only.
                let shared = ["-p", "linchpin-protocol", "-p", "linchpin-flow"];
                clippy(workspace, &[&shared[..], &["--target", WASM, "--lib"]].concat())?;
            }
            Self::Native => return native(workspace),
            Self::Postgres => return postgres(workspace),
            Self::Docs => {
                doc(workspace, &[&["--workspace"], &IN_BROWSER_EXCLUDED[..]].concat())?;
                doc(workspace, &[&IN_BROWSER[..], &["--lib", "--target", WASM]].concat())?;
                return docs::build(workspace, toolbox);
            }
            Self::Api => return api::attack(workspace, toolbox),
            Self::Fuzz => return fuzz::short(workspace),
            Self::Browser => return browser(workspace, toolbox),
            Self::Dist => dist::build(workspace, toolbox)?,
            Self::Types => return types(workspace, toolbox),
            Self::Loader => return loader(workspace, toolbox),
            Self::EndToEnd => return end_to_end(workspace, toolbox),
        }
        Ok(String::new())
    }
}

fn clippy(workspace: &Workspace, arguments: &[&str]) -> anyhow::Result<()> {
    process::run(
        workspace.cargo().args(["clippy", "--locked"]).args(arguments).args(["--", "-D", "warnings"]),
    )
}

fn doc(workspace: &Workspace, arguments: &[&str]) -> anyhow::Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["doc", "--locked", "--no-deps"]).args(arguments).env("RUSTDOCFLAGS", "-D warnings");
    process::run(&mut cargo)
}

fn cargo_test(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--locked", "--no-fail-fast"]).args(arguments);
    cargo
}

fn native(workspace: &Workspace) -> anyhow::Result<String> {
    // The widget's tests need a browser, the stories more than that: each has a step of its own.
    let packages = [&["--workspace"], &IN_BROWSER_EXCLUDED[..], &["--exclude", "linchpin-e2e"]].concat();
    counts::tests(&mut cargo_test(workspace, &packages))
}

/// What depends on the store most; all of the proxy's tests can be run so by hand.
fn postgres(workspace: &Workspace) -> anyhow::Result<String> {
    let over = |filters: &[&str]| {
        let mut cargo = cargo_test(workspace, &["-p", "linchpin-proxy", "--test", "it", "--"]);
        cargo.args(filters).env("STORE", "postgres");
        cargo
    };
    let parts = [
        "replicas::",
        "overtaken::",
        "restart::",
        "revisions::",
        "late::",
        "webhooks::",
        "idempotency::",
        "keys::",
        "leaks::",
    ];
    let whole = counts::tests(&mut over(&parts))?;
    // Every story, killed around its calls to the aggregator: what is written at other points is written in the same way.
    let killed = counts::tests(over(&["crash::"]).env("CRASH_POINT", "_attempt"))?;
    Ok(format!("{whole}; {killed} that kill"))
}

fn browser(workspace: &Workspace, toolbox: &Toolbox) -> anyhow::Result<String> {
    // Without the examples in the docs, which wasm-bindgen's runner cannot run.
    let mut cargo =
        cargo_test(workspace, &[&IN_BROWSER[..], &["--target", WASM, "--lib", "--bins", "--tests"]].concat());
    cargo
        .env("PATH", toolbox.path()?)
        .env("CHROMEDRIVER", &toolbox.browser()?.chromedriver)
        // Seconds for a whole test program; the default of 20 is too short for a busy machine.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300")
        // A module without debug information loads several times faster.
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    counts::tests(&mut cargo)
}

fn types(workspace: &Workspace, toolbox: &Toolbox) -> anyhow::Result<String> {
    let folder = workspace.path("sdk");
    let mut sources = Vec::new();
    for entry in std::fs::read_dir(&folder).context("listing sdk")? {
        let path = entry.context("listing sdk")?.path();
        let extension = path.extension().and_then(OsStr::to_str);
        if matches!(extension, Some("ts" | "tsx")) {
            sources.push(path);
        }
    }
    let declarations = |path: &&PathBuf| path.to_string_lossy().ends_with(".d.ts");
    let declared = sources.iter().filter(declarations).count();
    ensure!(declared > 0, "sdk/ has no .d.ts");
    ensure!(declared < sources.len(), "sdk/ has no sample that uses its types");
    sources.sort();
    let mut tsc = Command::new(toolbox.tsc());
    tsc.current_dir(&folder).args(["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom"]);
    tsc.args(["--module", "esnext", "--moduleResolution", "bundler", "--jsx", "react-jsx", "--types", ""]);
    tsc.arg("--typeRoots").arg(toolbox.react().join("@types"));
    process::run(tsc.args(&sources))?;
    Ok(format!("{} files", sources.len()))
}

fn loader(workspace: &Workspace, toolbox: &Toolbox) -> anyhow::Result<String> {
    // The element is tried with the widget itself. Its budgets are the business of another step.
    if let Err(error) = dist::build(workspace, toolbox) {
        eprintln!("note: {error:#}");
    }
    let browser = toolbox.browser()?;
    let mut node = Command::new("node");
    node.current_dir(&workspace.root).args(["--test", "--test-reporter=tap", "sdk/tests/"]);
    node.env("CHROMIUM", &browser.chromium).env("CHROMEDRIVER", &browser.chromedriver);
    node.env("REACT", toolbox.react()).env("TSC", toolbox.tsc()).env("DIST", workspace.path(dist::FOLDER));
    counts::tests(&mut node)
}

fn end_to_end(workspace: &Workspace, toolbox: &Toolbox) -> anyhow::Result<String> {
    // A story waits more than it works: one more at a time than there are cores keeps these busy.
    let at_once = std::thread::available_parallelism().map_or(2, std::num::NonZero::get) + 1;
    counts::tests(stories(workspace, toolbox, &[])?.env("RUST_TEST_THREADS", at_once.to_string()))
}

/// Builds what the stories need, and gives the command that tells them, or those that the arguments name.
///
/// # Errors
/// A build fails.
pub(crate) fn stories(
    workspace: &Workspace,
    toolbox: &Toolbox,
    arguments: &[&str],
) -> anyhow::Result<Command> {
    // Its budgets are the business of another step; here the page only has to be there.
    if let Err(error) = dist::build(workspace, toolbox) {
        eprintln!("note: {error:#}");
    }
    gallery::build(workspace, toolbox)?;
    process::run(workspace.cargo().args(["build", "--locked", "-p", "linchpin-proxy"]))?;
    let artefacts = workspace.path("artefacts");
    std::fs::create_dir_all(&artefacts).context("creating the folder for pictures")?;
    let browser = toolbox.browser()?;
    let mut cargo = cargo_test(workspace, &[&["-p", "linchpin-e2e"], arguments].concat());
    cargo
        .env("LINCHPIN_DIST", workspace.path(dist::FOLDER))
        .env("LINCHPIN_GALLERY", gallery::folder(workspace))
        .env("LINCHPIN_PROXY_BIN", workspace.target.join("debug/linchpin-proxy"))
        .env("LINCHPIN_AXE", toolbox.axe())
        .env("LINCHPIN_READER", toolbox.screen_reader())
        .env("LINCHPIN_HOST_TOOLS", toolbox.host_tools())
        .env("LINCHPIN_ARTEFACTS", artefacts)
        .env("CHROMIUM", &browser.chromium)
        .env("CHROMEDRIVER", &browser.chromedriver);
    Ok(cargo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_found_by_its_own_name() {
        for step in Step::ALL {
            assert_eq!(Step::named(step.name()), Some(step), "two steps share the name {}", step.name());
        }
    }
}

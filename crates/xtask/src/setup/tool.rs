//! One tool: what it is for, how it is installed, how one knows that it works.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use super::versions::Versions;
use crate::process;
use crate::workspace::Workspace;

/// A tool of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tool {
    /// Its name in the registry.
    package: &'static str,
    version: String,
    /// What it is for, as the end of "needed to …".
    purpose: &'static str,
    /// How long its installation takes on two cores.
    takes: &'static str,
    source: Source,
    /// The file that is used, below the tool's folder.
    pub(super) entry: &'static str,
    proof: Proof,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    /// Compiled by `cargo install` with these further arguments.
    Crate(&'static [&'static str]),
    /// Unpacked by `npm install`.
    Npm,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Proof {
    /// The entry, run with `--version`, says this.
    Says(String),
    /// The entry is a file that begins with this.
    Begins(String),
}

impl Tool {
    /// Cargo's counterpart of the library that the widget is built with. Its own lock file names a version that
    /// not every registry serves, so it is installed without.
    pub(super) fn wasm_bindgen(versions: &Versions) -> Self {
        Self {
            package: "wasm-bindgen-cli",
            version: versions.wasm_bindgen.clone(),
            purpose: "join the WebAssembly module and the page, and run its tests in a browser",
            takes: "about 2 minutes on two cores",
            source: Source::Crate(&[]),
            entry: "bin/wasm-bindgen",
            proof: Proof::Says(versions.wasm_bindgen.clone()),
        }
    }

    /// The bundler.
    pub(super) fn trunk(versions: &Versions) -> Self {
        Self {
            package: "trunk",
            version: versions.trunk.clone(),
            purpose: "build the widget's page",
            takes: "about 4 minutes on two cores",
            source: Source::Crate(&["--locked", "--no-default-features", "--features", "rustls"]),
            entry: "bin/trunk",
            proof: Proof::Says(versions.trunk.clone()),
        }
    }

    /// `wasm-opt`.
    pub(super) fn binaryen(versions: &Versions) -> Self {
        Self {
            package: "binaryen",
            version: versions.binaryen.clone(),
            purpose: "make the WebAssembly module small",
            takes: "a few seconds",
            source: Source::Npm,
            entry: "node_modules/.bin/wasm-opt",
            proof: Proof::Says(versions.wasm_opt_release()),
        }
    }

    /// The accessibility rules that the end-to-end tests run on every screen.
    pub(super) fn axe_core(versions: &Versions) -> Self {
        Self {
            package: "axe-core",
            version: versions.axe_core.clone(),
            purpose: "look for barriers on every screen",
            takes: "a few seconds",
            source: Source::Npm,
            entry: "node_modules/axe-core/axe.min.js",
            proof: Proof::Begins(format!("/*! axe v{}\n", versions.axe_core)),
        }
    }

    /// The TypeScript compiler.
    pub(super) fn typescript(versions: &Versions) -> Self {
        Self {
            package: "typescript",
            version: versions.typescript.clone(),
            purpose: "check the loader's types",
            takes: "a few seconds",
            source: Source::Npm,
            entry: "node_modules/.bin/tsc",
            proof: Proof::Says(versions.typescript.clone()),
        }
    }

    /// The name of its folder in the cache: one for each version, so that two clones never fight.
    pub(super) fn folder(&self) -> String {
        // The program's name, not the package's: this is what people look for.
        let name = self.package.strip_suffix("-cli").unwrap_or(self.package);
        format!("{name}-{}", self.version)
    }

    /// Whether it is installed or run by Node.
    pub(super) fn needs_node(&self) -> bool {
        match self.source {
            Source::Npm => true,
            Source::Crate(_) => false,
        }
    }

    /// One line for the person who waits.
    pub(super) fn announcement(&self) -> String {
        format!("{} {}, needed to {}: {}", self.package, self.version, self.purpose, self.takes)
    }

    /// Installs it into `folder`, working in `cache`.
    ///
    /// # Errors
    /// The installation fails.
    pub(super) fn install(&self, folder: &Path, cache: &Path, workspace: &Workspace) -> anyhow::Result<()> {
        let mut command = match self.source {
            Source::Crate(arguments) => {
                let mut command = Command::new("cargo");
                command
                    .args(["install", self.package, "--version", &self.version, "--quiet"])
                    .args(arguments);
                command.arg("--root").arg(folder);
                // Tools are used far more seldom than they are built here: quick to build comes first.
                command
                    .env("CARGO_TARGET_DIR", cache.join(".build"))
                    .env("CARGO_PROFILE_RELEASE_LTO", "off")
                    .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
                    .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
                    .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
                    .env("RUSTUP_TOOLCHAIN", &workspace.toolchain);
                // Flags meant for the product.
                for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET", "RUSTC_WRAPPER"] {
                    command.env_remove(name);
                }
                process::forget_cargo(&mut command);
                command
            }
            Source::Npm => {
                let mut command = Command::new("npm");
                command.args(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel", "error"]);
                command.arg("--prefix").arg(folder).arg(format!("{}@{}", self.package, self.version));
                command
            }
        };
        // Away from the clone, so that its settings are not taken for the tool's.
        process::run(command.current_dir(cache)).with_context(|| format!("installing {}", self.package))
    }

    /// Whether `folder` holds it, whole and of this version.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn check(&self, folder: &Path) -> anyhow::Result<()> {
        let entry = folder.join(self.entry);
        match &self.proof {
            Proof::Says(expected) => {
                let said = process::output(Command::new(&entry).arg("--version"))?;
                anyhow::ensure!(said.contains(expected), "{} says `{}`", entry.display(), said.trim());
            }
            Proof::Begins(expected) => {
                let text = std::fs::read(&entry).with_context(|| format!("reading {}", entry.display()))?;
                anyhow::ensure!(
                    text.starts_with(expected.as_bytes()),
                    "{} is of another version",
                    entry.display()
                );
            }
        }
        Ok(())
    }
}

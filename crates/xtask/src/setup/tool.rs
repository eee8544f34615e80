//! One tool: what it is for, how it is installed, how one knows that it works.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use super::python;
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
    /// Packages of its registry that are installed beside it, each with its version.
    besides: Vec<String>,
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
    /// Unpacked by `pip install` into an environment of its own.
    Python,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Proof {
    /// The entry, run with `--version`, says this.
    Says(String),
    /// This module, run by the entry with `--version`, says that.
    ModuleSays(&'static str, String),
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
            besides: Vec::new(),
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
            besides: Vec::new(),
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
            besides: Vec::new(),
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
            besides: Vec::new(),
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
            besides: Vec::new(),
            entry: "node_modules/.bin/tsc",
            proof: Proof::Says(versions.typescript.clone()),
        }
    }

    /// What makes the script beside the module small.
    pub(super) fn terser(versions: &Versions) -> Self {
        Self {
            package: "terser",
            version: versions.terser.clone(),
            purpose: "make the script beside the module small",
            takes: "a few seconds",
            source: Source::Npm,
            besides: Vec::new(),
            entry: "node_modules/.bin/terser",
            proof: Proof::Says(versions.terser.clone()),
        }
    }

    /// React with its types, for the tests of the hook.
    pub(super) fn react(versions: &Versions) -> Self {
        Self {
            package: "react-dom",
            version: versions.react.clone(),
            purpose: "test the hook for React",
            takes: "a few seconds",
            source: Source::Npm,
            besides: vec![
                format!("react@{}", versions.react),
                format!("@types/react@{}", versions.react_types),
            ],
            entry: "node_modules/react-dom/package.json",
            proof: Proof::Begins(format!(
                "{{\n  \"name\": \"react-dom\",\n  \"version\": \"{}\",",
                versions.react
            )),
        }
    }

    /// What a host of its own kind is built with and brings along: Vite, React, and libraries for modals.
    pub(super) fn host_tools(versions: &Versions) -> Self {
        Self {
            package: "vite",
            version: versions.vite.clone(),
            purpose: "build host pages as others do",
            takes: "a few seconds",
            source: Source::Npm,
            besides: vec![
                format!("@vitejs/plugin-react@{}", versions.vite_react),
                format!("react@{}", versions.react),
                format!("react-dom@{}", versions.react),
                format!("focus-trap@{}", versions.focus_trap),
                format!("@radix-ui/react-dialog@{}", versions.radix_dialog),
            ],
            entry: "node_modules/.bin/vite",
            proof: Proof::Says(versions.vite.clone()),
        }
    }

    /// The attacker of the API.
    pub(super) fn schemathesis(versions: &Versions) -> Self {
        Self {
            package: "schemathesis",
            version: versions.schemathesis.clone(),
            purpose: "attack the API by its document",
            takes: "about half a minute",
            source: Source::Python,
            besides: Vec::new(),
            entry: "bin/python",
            proof: Proof::ModuleSays("schemathesis.cli", versions.schemathesis.clone()),
        }
    }

    /// What reads a page out into a list, as a screen reader does by voice.
    pub(super) fn screen_reader(versions: &Versions) -> Self {
        Self {
            package: "@guidepup/virtual-screen-reader",
            version: versions.screen_reader.clone(),
            purpose: "hear what a screen reader says of every screen",
            takes: "a few seconds",
            source: Source::Npm,
            besides: Vec::new(),
            entry: "node_modules/@guidepup/virtual-screen-reader/package.json",
            proof: Proof::Begins(format!(
                "{{\n  \"name\": \"@guidepup/virtual-screen-reader\",\n  \"version\": \"{}\",",
                versions.screen_reader
            )),
        }
    }

    /// What makes the book; without its server and its search.
    pub(super) fn mdbook(versions: &Versions) -> Self {
        Self {
            package: "mdbook",
            version: versions.mdbook.clone(),
            purpose: "make the book of the documentation",
            takes: "about 2 minutes on two cores",
            source: Source::Crate(&["--locked", "--no-default-features"]),
            besides: Vec::new(),
            entry: "bin/mdbook",
            proof: Proof::Says(versions.mdbook.clone()),
        }
    }

    /// The name of its folder in the cache: one for each version, so that two clones never fight.
    pub(super) fn folder(&self) -> String {
        // The program's name, not the package's: this is what people look for.
        let name = self.package.rsplit('/').next().unwrap_or(self.package);
        let name = name.strip_suffix("-cli").unwrap_or(name);
        format!("{name}-{}", self.version)
    }

    /// Whether it is installed or run by Node.
    pub(super) fn needs_node(&self) -> bool {
        match self.source {
            Source::Npm => true,
            Source::Crate(_) | Source::Python => false,
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
                command.args(["install", self.package, "--version", &self.version]).args(arguments);
                // A person wants to see that it goes on; a log does not want hundreds of lines.
                if !std::io::stderr().is_terminal() {
                    command.arg("--quiet");
                }
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
            Source::Python => {
                python::make_environment(folder)?;
                let mut command = Command::new(folder.join("bin/python"));
                command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
                command.arg(format!("{}=={}", self.package, self.version));
                command
            }
            Source::Npm => {
                let mut command = Command::new("npm");
                command.args(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel", "error"]);
                command.arg("--prefix").arg(folder).arg(format!("{}@{}", self.package, self.version));
                command.args(&self.besides);
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
            Proof::ModuleSays(module, expected) => {
                let said = process::output(Command::new(&entry).args(["-m", module, "--version"]))?;
                anyhow::ensure!(said.contains(expected), "{module} says `{}`", said.trim());
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    use super::*;

    fn versions() -> Versions {
        Versions {
            wasm_bindgen: "0.2.130".to_owned(),
            trunk: "0.21.14".to_owned(),
            binaryen: "132.0.0".to_owned(),
            axe_core: "4.14.1".to_owned(),
            typescript: "7.0.2".to_owned(),
            terser: "5.51.2".to_owned(),
            react: "19.3.1".to_owned(),
            react_types: "19.3.0".to_owned(),
            schemathesis: "4.32.5".to_owned(),
            screen_reader: "0.33.0".to_owned(),
            vite: "8.3.8".to_owned(),
            vite_react: "6.3.0".to_owned(),
            focus_trap: "8.2.4".to_owned(),
            radix_dialog: "1.3.1".to_owned(),
            mdbook: "0.5.4".to_owned(),
        }
    }

    /// A folder in which the tool's entry is this text, run by the shell if it is a program.
    fn folder(tool: &Tool, text: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("linchpin-xtask-{}-{}", tool.package, std::process::id()));
        let entry = folder.join(tool.entry);
        fs::create_dir_all(entry.parent().unwrap()).unwrap();
        fs::write(&entry, text).unwrap();
        fs::set_permissions(&entry, fs::Permissions::from_mode(0o755)).unwrap();
        folder
    }

    #[test]
    fn folders_carry_the_programs_name_and_the_version() {
        let versions = versions();
        assert_eq!(
            Tool::wasm_bindgen(&versions).folder(),
            "wasm-bindgen-0.2.130",
            "the program is not called -cli"
        );
        assert_eq!(Tool::binaryen(&versions).folder(), "binaryen-132.0.0", "one folder for each version");
        assert_eq!(
            Tool::screen_reader(&versions).folder(),
            "virtual-screen-reader-0.33.0",
            "without whose it is: a folder has no other above it"
        );
    }

    #[test]
    fn a_program_counts_only_when_it_answers_with_its_version() {
        let tool = Tool::trunk(&versions());
        let folder = folder(&tool, "#!/bin/sh\necho trunk 0.21.14\n");
        assert!(tool.check(&folder).is_ok(), "it says the right version");
        fs::write(folder.join(tool.entry), "#!/bin/sh\necho trunk 0.20.0\n").unwrap();
        assert!(tool.check(&folder).is_err(), "it says another version");
        fs::write(folder.join(tool.entry), "#!/bin/sh\necho trunk 0.21.14; exit 1\n").unwrap();
        assert!(tool.check(&folder).is_err(), "it fails");
        fs::remove_dir_all(&folder).unwrap();
        assert!(tool.check(&folder).is_err(), "it is not there");
    }

    #[test]
    fn a_script_counts_only_when_it_begins_with_its_version() {
        let tool = Tool::axe_core(&versions());
        let folder = folder(&tool, "/*! axe v4.14.1\n * Copyright");
        assert!(tool.check(&folder).is_ok(), "it begins with the right version");
        fs::write(folder.join(tool.entry), "/*! axe v4.14.10\n").unwrap();
        assert!(tool.check(&folder).is_err(), "4.14.10 is another version");
        fs::remove_dir_all(&folder).unwrap();
    }
}

//! The versions of the tools, each pinned in one place.

use anyhow::Context as _;
use serde_json::Value;

use crate::workspace::Workspace;

/// The version of every tool that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Versions {
    /// Follows the library in `Cargo.lock`: the two speak a format that changes with every release.
    pub(crate) wasm_bindgen: String,
    /// From `[workspace.metadata.tools]`, like the rest.
    pub(crate) trunk: String,
    /// The npm package that holds `wasm-opt`.
    pub(crate) binaryen: String,
    /// The npm package of the accessibility rules.
    pub(crate) axe_core: String,
    /// The npm package of the TypeScript compiler.
    pub(crate) typescript: String,
    /// The npm package that makes scripts small.
    pub(crate) terser: String,
    /// The npm packages of React itself.
    pub(crate) react: String,
    /// The npm package of its types.
    pub(crate) react_types: String,
    /// The Python package that attacks the API.
    pub(crate) schemathesis: String,
    /// The npm package that reads a page out as a screen reader would.
    pub(crate) screen_reader: String,
    /// The npm package of the bundler that many hosts use.
    pub(crate) vite: String,
    /// Its plugin for React.
    pub(crate) vite_react: String,
    /// The npm package that keeps the focus in a part of a page.
    pub(crate) focus_trap: String,
    /// The npm package of a modal for React.
    pub(crate) radix_dialog: String,
    /// The crate that makes the book.
    pub(crate) mdbook: String,
}

impl Versions {
    /// Reads the pins of this workspace.
    ///
    /// # Errors
    /// `Cargo.lock` cannot be read, or a pin is missing.
    pub(super) fn read(workspace: &Workspace) -> anyhow::Result<Self> {
        let lock = std::fs::read_to_string(workspace.path("Cargo.lock")).context("reading Cargo.lock")?;
        Self::from_pins(&lock, &workspace.tools)
    }

    fn from_pins(lock: &str, tools: &Value) -> anyhow::Result<Self> {
        let tool = |name: &str| {
            let version = tools.get(name).and_then(Value::as_str);
            version.map(str::to_owned).with_context(|| format!("[workspace.metadata.tools] has no `{name}`"))
        };
        Ok(Self {
            wasm_bindgen: locked_version(lock, "wasm-bindgen")?,
            trunk: tool("trunk")?,
            binaryen: tool("binaryen")?,
            axe_core: tool("axe-core")?,
            typescript: tool("typescript")?,
            terser: tool("terser")?,
            react: tool("react")?,
            react_types: tool("react-types")?,
            schemathesis: tool("schemathesis")?,
            screen_reader: tool("screen-reader")?,
            vite: tool("vite")?,
            vite_react: tool("vite-react")?,
            focus_trap: tool("focus-trap")?,
            radix_dialog: tool("radix-dialog")?,
            mdbook: tool("mdbook")?,
        })
    }

    /// What `wasm-opt --version` calls its release, and Trunk with it: `version_132` for binaryen 132.0.0.
    pub(super) fn wasm_opt_release(&self) -> String {
        format!("version_{}", self.binaryen.split('.').next().unwrap_or_default())
    }
}

/// The version of a package in the text of a `Cargo.lock`.
fn locked_version(lock: &str, package: &str) -> anyhow::Result<String> {
    let lock: toml::Table = toml::from_str(lock).context("reading Cargo.lock")?;
    let packages =
        lock.get("package").and_then(toml::Value::as_array).context("Cargo.lock has no packages")?;
    let mut versions = packages
        .iter()
        .filter(|entry| entry.get("name").and_then(toml::Value::as_str) == Some(package))
        .filter_map(|entry| entry.get("version").and_then(toml::Value::as_str));
    let version = versions.next().with_context(|| format!("Cargo.lock has no package `{package}`"))?;
    anyhow::ensure!(
        versions.next().is_none(),
        "Cargo.lock has two versions of `{package}`; only one can be served"
    );
    Ok(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
dependencies = ["wasm-bindgen-macro"]

[[package]]
name = "wasm-bindgen-macro"
version = "0.2.131"
"#;

    fn root_file(name: &str) -> String {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
        std::fs::read_to_string(path).unwrap()
    }

    fn pinned() -> Versions {
        let manifest: toml::Table = toml::from_str(&root_file("Cargo.toml")).unwrap();
        let tools = serde_json::to_value(&manifest["workspace"]["metadata"]["tools"]).unwrap();
        Versions::from_pins(&root_file("Cargo.lock"), &tools).unwrap()
    }

    #[test]
    fn the_lock_file_gives_the_version_of_exactly_that_package() {
        assert_eq!(
            locked_version(LOCK, "wasm-bindgen").unwrap(),
            "0.2.130",
            "a longer name must not be taken for it"
        );
        assert!(locked_version(LOCK, "wasm").is_err(), "a package that is not locked has no version");
    }

    #[test]
    fn two_locked_versions_of_one_package_are_an_error() {
        let twice = format!("{LOCK}\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.99\"\n");
        assert!(locked_version(&twice, "wasm-bindgen").is_err(), "one program cannot serve two versions");
    }

    #[test]
    fn a_missing_pin_is_named() {
        let tools = serde_json::json!({ "trunk": "1", "binaryen": "2", "typescript": "3" });
        let error = Versions::from_pins(LOCK, &tools).unwrap_err().to_string();
        assert!(error.contains("axe-core"), "the message should name the pin: {error}");
    }

    #[test]
    fn trunk_asks_for_the_versions_that_are_installed() {
        let versions = pinned();
        let asked = |file: &str, tool: &str| {
            let trunk: toml::Table = toml::from_str(&root_file(file)).unwrap();
            trunk["tools"][tool].as_str().unwrap().to_owned()
        };
        for file in ["Trunk.toml", "crates/gallery/Trunk.toml"] {
            assert_eq!(asked(file, "wasm_bindgen"), versions.wasm_bindgen, "{file} should follow Cargo.lock");
        }
        let release = versions.wasm_opt_release();
        assert_eq!(asked("Trunk.toml", "wasm_opt"), release, "Trunk.toml should follow Cargo.toml");
    }
}

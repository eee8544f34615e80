//! What the commands need to know about this workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use crate::process;

/// The workspace this command was started in.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Where cargo puts what it builds.
    pub(crate) target: PathBuf,
    /// The version that the widget, the loader and the servers share.
    pub(crate) version: String,
    /// The toolchain that `rust-toolchain.toml` pins.
    pub(crate) toolchain: String,
    /// `[workspace.metadata.tools]` of the root `Cargo.toml`.
    pub(crate) tools: Value,
}

impl Workspace {
    /// Asks cargo about the workspace around the current folder.
    ///
    /// # Errors
    /// Cargo cannot be run or does not find a workspace, or the workspace lacks one of the things that it pins.
    pub(crate) fn load() -> anyhow::Result<Self> {
        let metadata =
            process::output(Command::new("cargo").args(["metadata", "--no-deps", "--format-version", "1"]))
                .context("asking cargo about the workspace")?;
        let metadata: Value =
            serde_json::from_str(&metadata).context("reading what cargo says of the workspace")?;
        let text = |key: &str| {
            metadata
                .get(key)
                .and_then(Value::as_str)
                .map(PathBuf::from)
                .with_context(|| format!("cargo named no {key}"))
        };
        let root = text("workspace_root")?;
        let pin = std::fs::read_to_string(root.join("rust-toolchain.toml"))
            .context("reading rust-toolchain.toml")?;
        Ok(Self {
            target: text("target_directory")?,
            version: widget_version(&metadata).context("the workspace has no package `linchpin`")?,
            toolchain: pinned_toolchain(&pin)?,
            tools: metadata
                .pointer("/metadata/tools")
                .cloned()
                .context("Cargo.toml has no [workspace.metadata.tools]")?,
            root,
        })
    }

    /// A path below the root.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// `cargo` of the pinned toolchain, run in the root, with what cargo told this program about itself removed:
    /// build scripts would see it and build again.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.root).env("RUSTUP_TOOLCHAIN", &self.toolchain);
        process::forget_cargo(&mut command);
        command
    }
}

fn widget_version(metadata: &Value) -> Option<String> {
    let packages = metadata.get("packages")?.as_array()?;
    let widget =
        packages.iter().find(|package| package.get("name").and_then(Value::as_str) == Some("linchpin"))?;
    Some(widget.get("version")?.as_str()?.to_owned())
}

fn pinned_toolchain(pin: &str) -> anyhow::Result<String> {
    let pin: toml::Table = toml::from_str(pin).context("reading rust-toolchain.toml")?;
    let channel =
        pin.get("toolchain").and_then(|toolchain| toolchain.get("channel")).and_then(toml::Value::as_str);
    channel.map(str::to_owned).context("rust-toolchain.toml names no channel")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widgets_version_is_the_root_packages() {
        let metadata = serde_json::json!({ "packages": [
            { "name": "linchpin-proxy", "version": "9.9.9" },
            { "name": "linchpin", "version": "0.1.0" },
        ] });
        assert_eq!(
            widget_version(&metadata).as_deref(),
            Some("0.1.0"),
            "a longer name must not be taken for the widget"
        );
    }

    #[test]
    fn a_toolchain_file_without_a_channel_is_an_error() {
        assert_eq!(
            pinned_toolchain("[toolchain]\nchannel = \"1.95.0\"").unwrap(),
            "1.95.0",
            "the channel is the pin"
        );
        assert!(pinned_toolchain("[toolchain]\nprofile = \"minimal\"").is_err(), "nothing is pinned there");
    }
}

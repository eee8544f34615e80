//! The loader and the element that host pages embed, published under their version with the hash they pin each by; and the
//! hook beside them.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha384};

use super::script::terser;
use crate::setup::Toolbox;
use crate::workspace::Workspace;

/// Shrinks `sdk/linchpin.js` and `sdk/linchpin-link.js` of the build and copies each to its name with the version, such as
/// `sdk/linchpin-<version>.js`, with their integrity in `sdk/integrity.json`. Returns their paths below `folder`.
///
/// # Errors
/// A script cannot be read or shrunk, or a copy cannot be written.
pub(super) fn publish(
    workspace: &Workspace,
    toolbox: &Toolbox,
    folder: &Path,
) -> anyhow::Result<[String; 2]> {
    let sdk = folder.join("sdk");
    let mut record = serde_json::Map::new();
    let mut publish = |stem: &str| {
        let present = sdk.join(format!("{stem}.js"));
        // Its first line names version and licence.
        terser(toolbox, &present, &["--comments", "/^!/"])?;
        let script = fs::read(&present).with_context(|| format!("reading {stem}.js of the build"))?;
        let name = format!("{stem}-{}.js", workspace.version);
        let integrity = integrity(&script);
        println!("  {name}: integrity=\"{integrity}\"");
        fs::write(sdk.join(&name), script).with_context(|| format!("writing {name}"))?;
        record.insert(name.clone(), integrity.into());
        anyhow::Ok(format!("sdk/{name}"))
    };
    let published = [publish("linchpin")?, publish("linchpin-link")?];
    let record = serde_json::Value::Object(record);
    fs::write(sdk.join("integrity.json"), format!("{record:#}\n")).context("writing their integrity")?;
    Ok(published)
}

/// Makes the hook for React small, as a bundler would, to be weighed: it comes with the package, and nobody serves it.
/// Returns its path below `folder`.
///
/// # Errors
/// The hook cannot be read, shrunk or written.
pub(super) fn hook(workspace: &Workspace, toolbox: &Toolbox, folder: &Path) -> anyhow::Result<String> {
    const PATH: &str = "sdk/react.js";
    let copy = folder.join(PATH);
    fs::copy(workspace.path("sdk/react.mjs"), &copy).context("copying the hook for React")?;
    terser(toolbox, &copy, &["--module"])?;
    Ok(PATH.to_owned())
}

/// The value of a script's `integrity` attribute (W3C Subresource Integrity, 3.1).
pub(super) fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_integrity_is_what_browsers_compute() {
        // The example of Subresource Integrity, 3.1.
        assert_eq!(
            integrity(b"alert('Hello, world.');"),
            "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO",
            "a host page would refuse to run a loader with another hash"
        );
    }
}

//! The loader that host pages embed, published under its version with the hash they pin it by; and the hook beside it.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha384};

use super::script::terser;
use crate::setup::Toolbox;
use crate::workspace::Workspace;

/// Shrinks `sdk/linchpin.js` of the build and copies it to `sdk/linchpin-<version>.js`, with its integrity in
/// `sdk/integrity.json`. Returns its path below `folder`.
///
/// # Errors
/// The loader cannot be read or shrunk, or the copy cannot be written.
pub(super) fn publish(workspace: &Workspace, toolbox: &Toolbox, folder: &Path) -> anyhow::Result<String> {
    let sdk = folder.join("sdk");
    let present = sdk.join("linchpin.js");
    // Its first line names version and licence.
    terser(toolbox, &present, &["--comments", "/^!/"])?;
    let loader = fs::read(&present).context("reading the loader of the build")?;
    let name = format!("linchpin-{}.js", workspace.version);
    let integrity = integrity(&loader);
    println!("  {name}: integrity=\"{integrity}\"");
    let record = serde_json::json!({ (name.as_str()): integrity });
    fs::write(sdk.join(&name), loader).context("writing the loader")?;
    fs::write(sdk.join("integrity.json"), format!("{record:#}\n"))
        .context("writing the loader's integrity")?;
    Ok(format!("sdk/{name}"))
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

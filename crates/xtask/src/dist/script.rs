//! The script that wasm-bindgen writes beside the module, and what the page is told of both. Trunk's own minifier cannot
//! read the script.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use sha2::{Digest as _, Sha256};

use super::compress::files_below;
use super::inputs::hex;
use super::loader::integrity;
use super::module;
use crate::process;
use crate::setup::Toolbox;

/// Shrinks script and module, names them anew, and tells the page.
///
/// # Errors
/// There is not exactly one such script, one of the two cannot be shrunk, or the page does not state its hash.
pub(super) fn shrink(toolbox: &Toolbox, folder: &Path) -> anyhow::Result<()> {
    let scripts: Vec<PathBuf> =
        files_below(folder)?.into_iter().filter(|file| module_of(folder, file).is_some()).collect();
    let [script] = scripts.as_slice() else {
        anyhow::bail!("the build has {} scripts beside the module, and should have one", scripts.len())
    };
    let wasm = module_of(folder, script).context("the script has no module")?;
    let hashes = || -> anyhow::Result<[String; 2]> {
        let read = |file: &Path| fs::read(file).with_context(|| format!("reading {}", file.display()));
        Ok([integrity(&read(script)?), integrity(&read(&wasm)?)])
    };
    let before = hashes()?;
    let rest = folder.join("rest.wasm");
    module::shrink(toolbox, script, &wasm, &rest)?;
    let after = hashes()?;
    let page = folder.join("index.html");
    let mut html = fs::read_to_string(&page).context("reading the page that was built")?;
    let [script_before, wasm_before] = &before;
    ensure!(html.contains(script_before), "the page does not state the hash of the script");
    html = compiled_as_it_comes(&html.replace(script_before, &after[0]), wasm_before)?;
    // Browsers keep a file under its name for ever, so the name stands for these very bytes.
    let stem = script.file_stem().and_then(|stem| stem.to_str()).context("the script has no name")?;
    let behind = integrity(&fs::read(&rest).context("reading the rest of the module")?);
    let sum = Sha256::digest([after.concat(), behind.clone()].concat());
    let name = format!("linchpin-{}", &hex(&sum).get(..16).context("a hash is longer")?);
    html = html.replace(stem, &name);
    let html = with_rest(&html, &name, &behind)?;
    fs::rename(&rest, folder.join(format!("{name}_rest.wasm"))).context("naming the rest of the module")?;
    fs::rename(script, folder.join(format!("{name}.js"))).context("naming the script")?;
    fs::rename(&wasm, folder.join(format!("{name}_bg.wasm"))).context("naming the module")?;
    fs::write(&page, html).context("writing the new hashes into the page")
}

/// The page, without the module's hash at its preload. A browser holds back what has one until it is whole, and compiles
/// nothing meanwhile; and what the script fetches then, by a name that stands for the very bytes, is not bound by it.
///
/// # Errors
/// The page does not state the hash, or not once.
fn compiled_as_it_comes(html: &str, hash: &str) -> anyhow::Result<String> {
    let attribute = format!(" integrity=\"{hash}\"");
    ensure!(html.matches(&attribute).count() == 1, "the page does not state the hash of the module once");
    Ok(html.replace(&attribute, ""))
}

/// The page, naming the rest of the module beside it, for the page's script, which fetches it once the first screen stands.
///
/// # Errors
/// The page does not name the module.
fn with_rest(html: &str, name: &str, integrity: &str) -> anyhow::Result<String> {
    let start = html.find("data-wasm=\"").context("the page does not name the module for its script")?;
    let (before, tag) = html.split_at(start);
    let module = format!("{name}_bg.wasm\"");
    let (base, after) = tag.split_once(&module).context("the page names another module")?;
    let base = base.strip_prefix("data-wasm=\"").context("the page names another module")?;
    ensure!(!base.contains(['"', '<', '>']), "the page names another module for its script");
    let rest = format!("data-rest=\"{base}{name}_rest.wasm\" data-rest-integrity=\"{integrity}\"");
    Ok(format!("{before}data-wasm=\"{base}{module} {rest}{after}"))
}

/// Makes a script small, in its place.
///
/// # Errors
/// The tool refuses it.
pub(super) fn terser(toolbox: &Toolbox, script: &Path, options: &[&str]) -> anyhow::Result<()> {
    let mut terser = Command::new(toolbox.terser());
    terser.arg(script).args(["--compress", "passes=2", "--mangle"]).args(options).arg("--output").arg(script);
    process::output(&mut terser).with_context(|| format!("making {} small", script.display()))?;
    Ok(())
}

/// The module that a script belongs to: it stands at the top, and has the script's name.
fn module_of(folder: &Path, file: &Path) -> Option<PathBuf> {
    let name = file.file_name()?.to_str()?.strip_suffix(".js")?;
    let module = folder.join(format!("{name}_bg.wasm"));
    (file.parent() == Some(folder) && module.exists()).then_some(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<link href="/w/l-1f_bg.wasm"><meta name="m" data-js="/w/l-1f.js" data-wasm="/w/l-1f_bg.wasm"></head>"#;

    #[test]
    fn the_rest_is_named_where_the_module_is_named_for_the_script() {
        let page = with_rest(PAGE, "l-1f", "sha384-x").expect("the page names the module");
        let named = r#"data-wasm="/w/l-1f_bg.wasm" data-rest="/w/l-1f_rest.wasm" data-rest-integrity="sha384-x"></head>"#;
        assert!(page.ends_with(named), "{page}");
        assert!(
            page.starts_with(r#"<link href="/w/l-1f_bg.wasm"><meta name="m" data-js="/w/l-1f.js" "#),
            "{page}"
        );
    }

    #[test]
    fn the_module_is_preloaded_without_its_hash_and_the_script_with_it() {
        let page = r#"<link href="/w/l.js" integrity="sha384-a"><link href="/w/l_bg.wasm" integrity="sha384-b" as="fetch">"#;
        let without = compiled_as_it_comes(page, "sha384-b").expect("the page states it");
        assert_eq!(
            without,
            r#"<link href="/w/l.js" integrity="sha384-a"><link href="/w/l_bg.wasm" as="fetch">"#
        );
        assert!(compiled_as_it_comes(page, "sha384-c").is_err(), "another hash");
    }

    #[test]
    fn a_page_that_names_another_module_is_refused() {
        assert!(with_rest(PAGE, "l-2f", "sha384-x").is_err());
        assert!(with_rest("<p></p>", "l-1f", "sha384-x").is_err());
        let elsewhere = r#"<meta data-wasm="/w/a_bg.wasm"><a href="/w/l-1f_bg.wasm">"#;
        assert!(with_rest(elsewhere, "l-1f", "sha384-x").is_err());
    }
}

//! The samples for pages, compiled: TypeScript, JavaScript and React strictly, with the loader's own types.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use linchpin_book::{Mark, Page, Sample};
use serde_json::{Value, json};

use crate::process;
use crate::setup::Toolbox;
use crate::workspace::Workspace;

/// Where they are written, below the folder that cargo builds into: one file for each, named after its place.
const FOLDER: &str = "book-samples";

/// Compiles the samples of all pages. Returns how many there are.
///
/// # Errors
/// One does not compile: the compiler names its file, which is named after page and line.
pub(super) fn compile(workspace: &Workspace, toolbox: &Toolbox, pages: &[Page]) -> anyhow::Result<usize> {
    let folder = workspace.target.join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder).context("removing the samples of an earlier book")?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let mut written = 0;
    for sample in pages.iter().flat_map(Page::samples) {
        if let Some((ending, text)) = module(&sample)? {
            let name = sample.place.replace(['/', '.', ':'], "-");
            fs::write(folder.join(format!("{name}.{ending}")), text).context("writing a sample")?;
            written += 1;
        }
    }
    ensure!(written > 0, "the documentation shows no sample for a page");
    let settings = settings(&workspace.path("sdk"), &toolbox.react())?;
    fs::write(folder.join("tsconfig.json"), settings).context("writing the compiler's settings")?;
    process::run(Command::new(toolbox.tsc()).arg("--project").arg(&folder))?;
    Ok(written)
}

/// A sample as a module, with the ending of its file; `None` for those that are not for pages.
///
/// # Errors
/// A page's sample has a script that is neither in the sample nor sealed.
fn module(sample: &Sample) -> anyhow::Result<Option<(&'static str, String)>> {
    if matches!(sample.mark, Some(Mark::Excerpt(_))) {
        return Ok(None);
    }
    let (ending, text) = match sample.language.as_str() {
        "ts" => ("ts", sample.text.clone()),
        "tsx" => ("tsx", sample.text.clone()),
        "js" => ("js", sample.text.clone()),
        "html" => ("js", scripts(sample)?),
        _ => return Ok(None),
    };
    // A file with an import or an export is a module, in which one may wait at the top.
    Ok(Some((ending, format!("{text}\nexport {{}};\n"))))
}

/// The text of all scripts of a page. One from elsewhere has to be sealed by its hash.
fn scripts(sample: &Sample) -> anyhow::Result<String> {
    let mut scripts = String::new();
    for part in sample.text.split("<script").skip(1) {
        let (attributes, rest) = part.split_once('>').context("a script's tag is closed")?;
        if attributes.contains("src=") {
            let sealed = attributes.contains("integrity=") && attributes.contains("crossorigin=");
            ensure!(sealed, "{}: a script without its hash", sample.place);
        }
        let (script, _) = rest.split_once("</script>").context("a script is closed")?;
        scripts.push_str(script);
    }
    Ok(scripts)
}

/// As strict as for the loader's own types, and for JavaScript too. `@linchpin/loader` is the folder `sdk`.
///
/// # Errors
/// The package does not say what it exports.
fn settings(sdk: &Path, react: &Path) -> anyhow::Result<String> {
    let package =
        fs::read_to_string(sdk.join("package.json")).context("reading the loader's package.json")?;
    let package: Value = serde_json::from_str(&package).context("reading the loader's package.json")?;
    let name = package["name"].as_str().context("the loader's package has no name")?;
    let exports = package["exports"].as_object().context("the loader's package exports nothing")?;
    let mut paths = serde_json::Map::new();
    for (export, entry) in exports {
        let types = entry["types"].as_str().with_context(|| format!("{export} has no types"))?;
        paths.insert(export.replacen('.', name, 1), json!([sdk.join(types)]));
    }
    for name in ["react", "react/jsx-runtime"] {
        paths.insert(name.to_owned(), json!([react.join("@types").join(name)]));
    }
    let settings = json!({
        "compilerOptions": {
            "noEmit": true, "strict": true, "allowJs": true, "checkJs": true,
            "target": "es2022", "lib": ["es2022", "dom"], "module": "esnext", "moduleResolution": "bundler",
            "jsx": "react-jsx", "types": [],
            "paths": paths,
        },
        "include": ["*"],
        // The global that one script makes, and the element that the other does.
        "files": [sdk.join("script.d.ts"), sdk.join("link.d.ts")],
    });
    Ok(settings.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(language: &str, text: &str) -> Sample {
        let (place, text) = ("docs/a.md:3".to_owned(), text.to_owned());
        Sample { place, language: language.to_owned(), mark: None, text }
    }

    #[test]
    fn of_a_page_the_scripts_are_compiled_and_those_from_elsewhere_are_sealed() {
        let sealed = r#"<script src="https://link.example/l.js" integrity="sha384-x" crossorigin="anonymous"></script>
            <p>text</p><script type="module">open();</script>"#;
        let (ending, text) = module(&sample("html", sealed)).unwrap().unwrap();
        assert!(ending == "js" && text.starts_with("open();") && !text.contains("<p>"), "{text}");
        let open = sealed.replace(r#" integrity="sha384-x""#, "");
        assert!(module(&sample("html", &open)).is_err(), "a script without its hash");
    }

    #[test]
    fn what_is_not_for_pages_or_not_whole_is_left_to_others() {
        assert!(module(&sample("toml", "a = 1")).unwrap().is_none());
        let excerpt = Sample { mark: Some(Mark::Excerpt("a part".to_owned())), ..sample("ts", "…") };
        assert!(module(&excerpt).unwrap().is_none());
    }
}

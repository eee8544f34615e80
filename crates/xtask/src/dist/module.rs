//! The module and the script beside it, without what no page uses.
//!
//! Libraries below export classes for pages that stream; ours makes none. An export keeps everything that it reaches, so
//! the classes go from the script first, and then from the module what the script does not ask for.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde_json::json;

use super::script::terser;
use super::split;
use crate::process;
use crate::setup::Toolbox;

/// Makes the script and its module small, in their place, and splits the module: what the first screen does not run goes to
/// `rest`.
///
/// # Errors
/// The script is not as wasm-bindgen writes it, or a tool refuses one of the two.
pub(super) fn shrink(toolbox: &Toolbox, script: &Path, module: &Path, rest: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(script).context("reading the script beside the module")?;
    let text = without_classes(&text)?;
    fs::write(script, split::fetching(&text)?).context("writing the script beside the module")?;
    terser(toolbox, script, &["--module"])?;
    let graph = script.with_extension("graph.json");
    fs::write(&graph, reached(&text).to_string()).context("writing what the script asks for")?;
    let cut = cut(toolbox, module, rest, &graph);
    fs::remove_file(&graph).context("removing what was written of the script")?;
    cut
}

fn cut(toolbox: &Toolbox, module: &Path, rest: &Path, graph: &Path) -> anyhow::Result<()> {
    let told = |tool: PathBuf, module: &Path, arguments: &[&std::ffi::OsStr]| {
        let mut command = std::process::Command::new(tool);
        process::output(command.arg(module).args(arguments).arg("-o").arg(module)).map(|_| ())
    };
    // The names stay until it is split by them.
    let arguments = ["--graph-file".as_ref(), graph.as_ref(), "--debuginfo".as_ref()];
    told(toolbox.binaryen("wasm-metadce"), module, &arguments)
        .context("taking from the module what nobody asks for")?;
    let halves = split::split(&fs::read(module).context("reading the module")?)?;
    for (file, half) in [(module, halves.first), (rest, halves.rest)] {
        fs::write(file, half).context("writing half of the module")?;
        // The bytes that count are those on the wire: for speed comes out smaller there than for size.
        told(toolbox.binaryen("wasm-opt"), file, &["-O2".as_ref(), "--strip-debug".as_ref()])
            .context("making the module small")?;
    }
    Ok(())
}

/// The script without the classes that it exports and never uses, and without the start that no page calls.
fn without_classes(script: &str) -> anyhow::Result<String> {
    let mut kept = String::with_capacity(script.len());
    let mut classes = BTreeSet::new();
    let mut until = None;
    for line in script.lines() {
        if let Some(end) = until {
            if line.trim_end().ends_with(end) && !line.starts_with(' ') || end == ";" && line.ends_with(end) {
                until = None;
            }
            continue;
        }
        if let Some(name) = line.strip_prefix("export class ").and_then(|rest| rest.strip_suffix(" {")) {
            classes.insert(name.to_owned());
            until = Some("}");
            continue;
        }
        let is_of = |name: &String| {
            line.strip_prefix("if (Symbol.dispose) ")
                .is_some_and(|rest| rest.starts_with(&format!("{name}.")))
        };
        let is_registry = |name: &String| line.starts_with(&format!("const {name}Finalization = "));
        if classes.iter().any(is_of) {
            continue;
        }
        if classes.iter().any(is_registry) {
            until = (!line.ends_with(';')).then_some(";");
            continue;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    for class in &classes {
        ensure!(!kept.contains(class.as_str()), "the script beside the module uses its class {class}");
    }
    let start = "export { initSync, __wbg_init as default };";
    ensure!(kept.contains(start), "the script beside the module does not end as it should");
    Ok(kept.replace(start, "export { __wbg_init as default };"))
}

/// What the script asks of the module, as wasm-metadce wants to be told.
fn reached(script: &str) -> serde_json::Value {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let names: BTreeSet<&str> = script
        .split("wasm.")
        .skip(1)
        .filter_map(|rest| rest.split(|c| !is_name(c)).next())
        .filter(|name| !name.is_empty())
        .collect();
    let mut graph = vec![json!({ "name": "page", "root": true, "reaches": names })];
    graph.extend(names.iter().map(|name| json!({ "name": name, "export": name })));
    graph.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "export class Stream {
    free() {
        wasm.__wbg_stream_free(this.__wbg_ptr, 0);
    }
}
if (Symbol.dispose) Stream.prototype[Symbol.dispose] = Stream.prototype.free;

function start() {
    wasm.__wbindgen_start();
    return wasm.memory.buffer;
}
const StreamFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_stream_free(ptr, 1));
const CLOSURES = 1;
export { initSync, __wbg_init as default };
";

    #[test]
    fn a_class_that_nobody_uses_goes_with_what_it_asks_for() {
        let kept = without_classes(SCRIPT).expect("it is as wasm-bindgen writes it");
        assert!(!kept.contains("Stream") && !kept.contains("initSync"), "{kept}");
        assert!(kept.contains("function start()") && kept.contains("const CLOSURES = 1;"), "{kept}");
        let names = reached(&kept);
        assert_eq!(names.pointer("/0/reaches"), Some(&json!(["__wbindgen_start", "memory"])), "{names}");
    }

    #[test]
    fn a_class_that_is_used_is_not_taken_away_silently() {
        let used = SCRIPT.replace("function start() {", "function start() {\n    Stream.wrap(0);");
        assert!(without_classes(&used).is_err());
    }
}

//! One more aggregator is a folder of its own, its registration, and its configuration.

use std::path::{Path, PathBuf};

/// Every source below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The folders of the adapters.
fn aggregators(below: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(below).unwrap().map(|entry| entry.unwrap().path());
    let folders = entries.filter(|path| path.is_dir());
    folders.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn only_registration_and_configuration_name_an_aggregator() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let names = aggregators(&src.join("aggregators"));
    assert!(names.contains(&"basiq".to_owned()) && names.len() > 2, "{names:?}");
    let allowed = ["app.rs", "aggregators/mod.rs", "config.rs", "fuzzing.rs"];
    let mut found = Vec::new();
    sources(&src, &mut found);
    let mut naming = Vec::new();
    for path in found {
        let place = path.strip_prefix(&src).unwrap().to_str().unwrap().to_owned();
        let folder = names.iter().any(|name| place.starts_with(&format!("aggregators/{name}/")));
        // Tests may look at any.
        let test = place.contains("tests");
        if folder || test || place.starts_with("config/") || allowed.contains(&place.as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // Comments cite the pages on which a rule stands.
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let words = code.flat_map(|line| line.split("//").next().unwrap_or_default().split_whitespace());
        for word in words.map(|word| word.to_lowercase().replace('_', "")) {
            if names.iter().any(|name| word.contains(&name.replace('_', ""))) {
                naming.push(format!("{place}: {word}"));
            }
        }
    }
    assert!(naming.is_empty(), "an aggregator is named in {naming:#?}");
}

//! The papers are true: dependencies, licences, links, and the tests that the threat model rests on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic in a test is its failure message"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const DEPENDENCIES: &str = include_str!("../../../docs/dependencies.md");
const SECURITY: &str = include_str!("../../../SECURITY.md");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn metadata(arguments: &[&str]) -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["metadata", "--locked", "--format-version", "1"]).args(arguments);
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Files of the repository with this ending, except what is built or fetched.
fn files(ending: &str) -> Vec<PathBuf> {
    const NOT_OURS: [&str; 6] = ["target", "dist", "artefacts", "node_modules", ".git", "fuzz/corpus"];
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        let not_ours = NOT_OURS.map(|name| root().join(name));
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type().unwrap().is_dir() {
                if !not_ours.contains(&entry.path()) {
                    walk(&entry.path(), ending, found);
                }
            } else if name.ends_with(ending) {
                found.push(entry.path());
            }
        }
    }
    let mut found = Vec::new();
    walk(&root(), ending, &mut found);
    found.sort();
    found
}

/// The words in backticks of a text.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The rows of a page's tables, cell by cell, without their headings.
fn rows(page: &str) -> Vec<Vec<&str>> {
    let lines = page.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split('|').map(str::trim).collect()).collect();
    let rules = |row: &Vec<&str>| row.iter().all(|cell| cell.chars().all(|c| c == '-'));
    let is_heading = |at: usize| rows.get(at + 1).is_some_and(rules);
    rows.iter()
        .enumerate()
        .filter(|(at, row)| !rules(row) && !is_heading(*at))
        .map(|(_, row)| row.clone())
        .collect()
}

#[test]
fn every_dependency_has_its_reason() {
    let listed: BTreeSet<&str> = rows(DEPENDENCIES).iter().flat_map(|cells| quoted(cells[0])).collect();
    let mut used = BTreeSet::new();
    let metadata = metadata(&["--no-deps"]);
    for package in metadata["packages"].as_array().unwrap() {
        for dependency in package["dependencies"].as_array().unwrap() {
            used.insert(dependency["name"].as_str().unwrap().to_owned());
        }
    }
    used.extend(metadata["metadata"]["tools"].as_object().unwrap().keys().cloned());
    // The fuzz targets stand outside the workspace, with a lock file of their own.
    let fuzz = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    let fuzz: toml::Table = toml::from_str(&fuzz).unwrap();
    used.extend(fuzz["dependencies"].as_table().unwrap().keys().cloned());
    used.retain(|name| !name.starts_with("linchpin"));
    for name in &used {
        assert!(listed.contains(name.as_str()), "docs/dependencies.md lacks a reason for `{name}`");
    }
    for name in listed {
        let known = used.contains(name) || name == "wasm-bindgen-cli";
        assert!(known, "docs/dependencies.md gives a reason for `{name}`, which nothing uses");
    }
}

#[test]
fn every_licence_is_one_that_the_page_allows() {
    let (_, allowed) = DEPENDENCIES.split_once("## Licences").unwrap();
    let (_, allowed) = allowed.split_once(':').unwrap();
    let allowed: Vec<&str> = allowed.trim().trim_end_matches('.').split(',').map(str::trim).collect();
    for package in metadata(&[])["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_else(|| panic!("{name} states no licence"));
        let expression = spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            expression.evaluate(|asked| allowed.contains(&asked.to_string().as_str())),
            "{name} is under {licence}, which docs/dependencies.md does not allow"
        );
    }
}

#[test]
fn every_link_in_the_documents_leads_somewhere() {
    let mut checked = 0;
    for page in files(".md") {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(target.exists(), "{}: {link} leads nowhere", page.display());
            if !anchor.is_empty() {
                let text = std::fs::read_to_string(&target).unwrap();
                let found =
                    text.lines().filter(|line| line.starts_with('#')).any(|line| slug(line) == anchor);
                assert!(found, "{}: there is no heading {link}", page.display());
            }
            checked += 1;
        }
    }
    assert!(checked > 10, "only {checked} links were found: is the search for them broken?");
}

/// A heading as a link names it.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_control_of_the_threat_model_names_tests_that_exist() {
    let code: String = [".rs", ".js", ".mjs"]
        .iter()
        .flat_map(|ending| files(ending))
        .filter(|file| !file.ends_with("papers.rs"))
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    let (_, model) = SECURITY.split_once("## Threats").unwrap();
    let mut named = 0;
    for cells in rows(model) {
        let tests: Vec<&str> = quoted(cells[2]).collect();
        assert!(!tests.is_empty(), "no test holds this control: {}", cells[1]);
        for test in tests {
            let exists =
                [format!("fn {test}("), format!("\"{test}\"")].iter().any(|text| code.contains(text));
            assert!(exists, "SECURITY.md names a test that does not exist: {test}");
            named += 1;
        }
    }
    assert!(named > 30, "only {named} tests were found in the threat model");
}

//! What is checked in is what the Rust types say.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is its failure message")]

use std::path::Path;

#[test]
fn what_hosts_read_is_what_the_types_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (path, text) in linchpin_schema::documents() {
        let kept = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        assert!(kept == text, "{path} is not what crates/protocol says: run `cargo xtask messages`");
    }
}

#[test]
fn every_event_has_a_class_and_no_type_is_empty() {
    let documents = linchpin_schema::documents();
    let page = &documents.iter().find(|(path, _)| path.ends_with("events.md")).unwrap().1;
    for event in ["opened", "screen", "searched", "credentials_submitted", "problem"] {
        let line = page.lines().find(|line| line.starts_with(&format!("| `{event}` |"))).unwrap();
        assert!(line.ends_with("stable |") || line.ends_with("evolving |"), "{line}");
    }
    assert!(
        page.lines().any(|line| line.starts_with("| `opened` |") && line.ends_with(" stable |")),
        "{page}"
    );
    for (path, text) in &documents {
        assert!(!text.contains(": ;") && !text.contains("=\n;") && !text.contains("()"), "{path}: {text}");
    }
}

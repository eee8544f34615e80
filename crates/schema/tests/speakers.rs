//! Whoever speaks to the frame in a host's place knows every message that there is: the loader, the element, and the page's
//! own script in an app's web view.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test is its failure message")]

use std::collections::BTreeSet;

const LOADER: &str = include_str!("../../../sdk/linchpin.mjs");
const ELEMENT: &str = include_str!("../../../sdk/linchpin-link.mjs");
const WEB_VIEW: &str = include_str!("../../../public/boot.js");
/// What only a frame has to say: that it is there, how high it is, and where its page is to go.
const OF_A_FRAME: [&str; 3] = ["hello", "resized", "navigate"];

/// The words that tell the alternatives of a union of messages apart, as hosts read them.
fn types_of(union: &str) -> BTreeSet<String> {
    let (_, wire) =
        linchpin_schema::documents().into_iter().find(|(path, _)| path.ends_with("messages.d.ts")).unwrap();
    let (_, behind) = wire.split_once(&format!("export type {union} =")).unwrap();
    let declaration = behind.split_once("\n  );").unwrap().0;
    let types = declaration.split("readonly type: \"").skip(1);
    let types: BTreeSet<String> = types.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    assert!(types.len() > 2, "{union} has only {types:?}");
    types
}

#[test]
fn the_loader_handles_every_message_of_the_frame_and_sends_every_message_of_the_host() {
    for word in types_of("FrameMessage") {
        assert!(LOADER.contains(&format!("case \"{word}\":")), "sdk/linchpin.mjs does not handle {word}");
    }
    for word in types_of("HostMessage") {
        assert!(LOADER.contains(&format!("type: \"{word}\"")), "sdk/linchpin.mjs never sends {word}");
    }
}

#[test]
fn the_element_handles_every_message_that_is_not_about_a_frame() {
    for word in types_of("FrameMessage").iter().filter(|word| !OF_A_FRAME.contains(&word.as_str())) {
        assert!(
            ELEMENT.contains(&format!("case \"{word}\":")),
            "sdk/linchpin-link.mjs does not handle {word}"
        );
    }
    // Escape belongs to the page.
    for word in types_of("HostMessage").iter().filter(|word| *word != "escape") {
        assert!(ELEMENT.contains(&format!("type: \"{word}\"")), "sdk/linchpin-link.mjs never sends {word}");
    }
}

#[test]
fn an_app_is_told_every_message_that_is_not_about_a_frame() {
    let (_, list) = WEB_VIEW.split_once("const told = [").unwrap();
    let told: BTreeSet<String> =
        list.split_once(']').unwrap().0.split(", ").map(|word| word.trim_matches('"').to_owned()).collect();
    let wanted: BTreeSet<String> =
        types_of("FrameMessage").into_iter().filter(|word| !OF_A_FRAME.contains(&word.as_str())).collect();
    assert_eq!(told, wanted);
}

#[test]
fn all_of_the_package_carries_one_version() {
    let package: serde_json::Value = serde_json::from_str(include_str!("../../../sdk/package.json")).unwrap();
    let version = package["version"].as_str().unwrap();
    assert_eq!(version, env!("CARGO_PKG_VERSION"), "the package's version");
    assert!(LOADER.starts_with(&format!("/*! Linchpin loader {version} ")), "the loader's first line");
    assert!(ELEMENT.starts_with(&format!("/*! Linchpin element {version} ")), "the element's first line");
}

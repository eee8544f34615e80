//! Settings in the documentation are settings, and production refuses what "Going live" says.

use super::{every_sample, file};
use linchpin_proxy::Config;
use std::collections::BTreeMap;

/// What a proxy for practice is told, beside what a sample says.
const PRACTICE: [(&str, &str); 11] = [
    ("LINCHPIN_ENVIRONMENT", "practice"),
    ("LINCHPIN_PUBLIC_URL", "http://127.0.0.1:4200"),
    ("LINCHPIN_DATABASE", "linchpin.sqlite"),
    ("LINCHPIN_WIDGET_DIR", "dist"),
    ("LINCHPIN_KEY", "0123456789012345678901234567890123456789"),
    ("LINCHPIN_AGGREGATOR__KIND", "quovo_v3"),
    ("LINCHPIN_AGGREGATOR__URL", "http://127.0.0.1:4300/v3"),
    ("LINCHPIN_AGGREGATOR__NAME", "practice"),
    ("LINCHPIN_AGGREGATOR__PASSWORD", "practice-password"),
    ("LINCHPIN_CLIENTS__ACORN__NAME", "Acorn Budget"),
    ("LINCHPIN_CLIENTS__ACORN__ORIGINS", "http://localhost:4100"),
];
/// The secrets of a sound production.
const SECRETS: [(&str, &str); 3] = [
    ("LINCHPIN_KEY", "3b0c6e51f7a24d98b1e05c7d9a6f2e840d57c3b1"),
    ("LINCHPIN_AGGREGATOR__PASSWORD", "9f2c7a51d0e84b36"),
    ("LINCHPIN_CLIENTS__ACORN__SECRET", "c81d2f6a90b3e745d12c8f0a7b6e593d4f1a0c28"),
];
/// What else makes it one.
const PRODUCTION: [(&str, &str); 4] = [
    ("LINCHPIN_ENVIRONMENT", "production"),
    ("LINCHPIN_PUBLIC_URL", "https://link.example"),
    ("LINCHPIN_AGGREGATOR__URL", "https://api.quovo.com/v3"),
    ("LINCHPIN_CLIENTS__ACORN__ORIGINS", "https://app.acorn.example"),
];

fn load(variables: BTreeMap<&str, &str>) -> Result<Config, String> {
    let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    Config::load(variables).map_err(|error| error.to_string())
}

/// A sound production with one setting that may not be.
fn production_with(name: &'static str, value: &'static str) -> Result<Config, String> {
    let mut all: BTreeMap<_, _> = PRACTICE.into_iter().chain(SECRETS).chain(PRODUCTION).collect();
    if name.contains("WEBHOOK") {
        all.insert(
            "LINCHPIN_CLIENTS__ACORN__WEBHOOK__SECRET",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwb83hfQ1s",
        );
    }
    all.insert(name, value);
    load(all)
}

#[test]
fn every_file_and_every_part_of_one_is_taken() {
    let known = file("crates/proxy/README.md");
    let folder = tempfile::tempdir().unwrap();
    let mut read = 0;
    for sample in every_sample().iter().filter(|sample| sample.language == "toml") {
        let table: toml::Table = toml::from_str(&sample.text).expect(&sample.place);
        for name in table.keys() {
            let variable = format!("LINCHPIN_{}", name.to_uppercase());
            assert!(known.contains(&variable), "{}: `{name}` is no setting", sample.place);
        }
        let says = |name: &str, value: &str| table.get(name).and_then(toml::Value::as_str) == Some(value);
        let mut variables: BTreeMap<&str, &str> = if !table.contains_key("public_url") {
            // A part: all else stands in the environment.
            PRACTICE.into_iter().chain([SECRETS[2]]).collect()
        } else if says("environment", "production") {
            SECRETS.into()
        } else {
            BTreeMap::new()
        };
        let path = folder.path().join("linchpin.toml");
        std::fs::write(&path, &sample.text).unwrap();
        variables.insert("LINCHPIN_CONFIG", path.to_str().unwrap());
        if let Err(error) = load(variables) {
            panic!("{}: {error}", sample.place);
        }
        read += 1;
    }
    assert!(read >= 3, "only {read} samples of settings were found");
}

#[test]
fn production_refuses_what_going_live_says_and_names_it() {
    production_with("LINCHPIN_ENVIRONMENT", "production").unwrap();
    let cases = [
        ("LINCHPIN_PUBLIC_URL", &["http://link.example", "https://link.example/"][..]),
        ("LINCHPIN_KEY", &["3b0c6e51f7a24d98", "changeme-changeme-changeme-changeme"]),
        ("LINCHPIN_AGGREGATOR__URL", &["https://127.0.0.1:4300/v3", "http://api.quovo.com/v3"]),
        ("LINCHPIN_AGGREGATOR__PASSWORD", &["practice-password"]),
        (
            "LINCHPIN_CLIENTS__ACORN__SECRET",
            &[
                "c81d2f6a90b3e745",
                "example-example-example-example-example",
                "3b0c6e51f7a24d98b1e05c7d9a6f2e840d57c3b1",
            ],
        ),
        ("LINCHPIN_CLIENTS__ACORN__ORIGINS", &["[]", "http://app.acorn.example", "https://link.example"]),
        (
            "LINCHPIN_CLIENTS__ACORN__REDIRECT_URIS",
            &[r#"["http://app.acorn.example/linked"]"#, r#"["https://elsewhere.example/linked"]"#],
        ),
        ("LINCHPIN_CLIENTS__ACORN__HELP_URL", &["http://acorn.example/help"]),
        ("LINCHPIN_CLIENTS__ACORN__PRIVACY_URL", &["http://acorn.example/privacy"]),
        (
            "LINCHPIN_CLIENTS__ACORN__WEBHOOK__URL",
            &["http://app.acorn.example/hooks", "https://10.0.0.8/hooks"],
        ),
        ("LINCHPIN_GALLERY_DIR", &["target/gallery"]),
        ("LINCHPIN_DATABASE", &["postgres://linchpin:x@db.example/linchpin"]),
    ];
    let page = file("docs/going-live.md");
    let listed: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `LINCHPIN_")?.split('`').next()).collect();
    let tried: Vec<String> = cases
        .iter()
        .map(|(name, _)| name.trim_start_matches("LINCHPIN_").replace("__ACORN__", "__<ID>__"))
        .collect();
    assert_eq!(listed, tried, "the page lists what is tried here, in this order");
    for (name, values) in cases {
        for value in values {
            let refusal =
                production_with(name, value).map(|_| ()).expect_err(&format!("{name}={value} is taken"));
            assert!(refusal.contains(name), "{name}={value}: {refusal}");
        }
    }
}

//! What the documentation says, held against the code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic in a test is its failure message"
)]

mod api;
mod quick_start;
mod samples;
mod settings;
mod tables;

use linchpin_book::{Page, Sample};

/// The samples of every page.
fn every_sample() -> Vec<Sample> {
    linchpin_book::pages(&linchpin_book::root()).unwrap().iter().flat_map(Page::samples).collect()
}

/// A file of the repository.
fn file(path: &str) -> String {
    linchpin_book::read(&linchpin_book::root(), path).unwrap().text
}

/// The API's document, as it is checked in: a test of the proxy's holds it against the code.
fn document() -> serde_json::Value {
    serde_json::from_str(&file("docs/openapi.json")).unwrap()
}

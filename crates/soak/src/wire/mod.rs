//! The two wires: between widget and proxy, and between proxy and aggregator.

mod back;
mod front;

pub use back::serve;
pub use front::{Call, Front, Patience, Refusal};

/// An answer of another shape than anybody asked for.
const OTHER_SHAPE: &str =
    r#"{"weather":{"sky":"clear"},"next":["up","down"],"session":7,"institutions":"all","sync":[]}"#;
/// An answer that is not JSON.
const NOT_JSON: &str = "<!doctype html><title>Gateway</title><p>Please stand by {";

//! Every parser that reads what others send, fed with whatever libFuzzer thinks of.
//!
//! One program holds all targets, so that it is built once; `LINCHPIN_FUZZ_TARGET` says which one runs. Start it with
//! `cargo xtask fuzz`, which builds it with coverage counters and keeps the corpus. A target panics where something
//! that must always hold does not.
#![no_main]

mod shapes;
mod targets;

use std::sync::OnceLock;
use targets::Target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    static TARGET: OnceLock<Target> = OnceLock::new();
    TARGET.get_or_init(chosen)(data);
});

fn chosen() -> Target {
    let name = std::env::var("LINCHPIN_FUZZ_TARGET").unwrap_or_default();
    let found = targets::ALL.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("LINCHPIN_FUZZ_TARGET names no target: {name:?}")).1
}

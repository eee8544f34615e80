//! Every screen, mounted in a real browser: act as a person would, look at what stands there.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test says what broke"
)]

mod asked;
mod beginnings;
mod boxed;
mod consent;
mod deposits;
mod element;
mod ends;
mod fetch;
mod halves;
mod login;
mod manage;
mod not_listed;
mod one;
mod page;
mod search;
mod story;
mod waiting;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

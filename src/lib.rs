//! The Linchpin widget: a person links a bank account and proves that it is theirs.
//!
//! What happens next is decided by [`linchpin_flow`], which knows no browser. Here it is drawn and done:
//!
//! - [`screens`]: one screen a file. A screen takes what it shows and hands back intents; it makes no calls.
//! - [`parts`]: what several screens are made of.
//! - [`app`]: header, footer, the present screen and what is laid over it.
//! - [`driver`]: the only place that performs effects.
//! - [`backend`]: the only place that talks HTTP.
//! - [`host`]: the only place that exchanges messages with the host page.
//! - [`vault`]: the only place that holds secrets.
//! - `rest`: what waits for the part of the module that comes behind the first screen.
//! - [`text`]: every word on the screens.

#![allow(
    unreachable_pub,
    reason = "a component is a public function inside a private module, which the crate re-exports"
)]

pub mod app;
pub mod backend;
pub mod browser;
pub mod driver;
pub mod facts;
pub mod host;
pub mod look;
pub mod parts;
mod rest;
pub mod screens;
pub mod text;
mod tree;
pub mod vault;

use crate::app::App;
use crate::driver::Driver;
use leptos::mount::mount_to;
use leptos::prelude::*;

/// Takes the static page over: what was typed into it is kept, and so is the focus.
pub fn start() {
    let Some(root) = browser::page_root() else { return };
    if !text::speak_as_the_page() {
        return browser::tell_page(rest::GONE);
    }
    let typed = browser::typed_before_start();
    let driver = Driver::new(host::Page::read());
    if let Some(typed) = &typed {
        driver.happen(linchpin_flow::Event::Typed(typed.text.clone()));
    }
    root.set_text_content(None);
    root.set_class_name("");
    let mounted = mount_to(root, {
        let driver = driver.clone();
        move || view! { <App driver=driver /> }
    });
    // The widget lives as long as its frame.
    mounted.forget();
    if let Some(typed) = typed {
        typed.restore();
    }
    driver.listen();
}

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

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
//! - [`place`]: where all of it lives, a frame's page or an element of somebody's.
//! - [`element`]: how it gets into that element, and out of it.
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
pub mod element;
pub mod facts;
pub mod host;
pub mod look;
pub mod parts;
pub mod place;
mod rest;
pub mod screens;
pub mod text;
mod tree;
pub mod vault;

use crate::app::App;
use crate::driver::Driver;
use crate::host::{Host, Page};
use crate::place::Place;
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use std::rc::Rc;
use web_sys::HtmlElement;

/// Takes the static page over: what was typed into it is kept, and so is the focus. In somebody's page it does nothing: an
/// element of it is taken by [`element::mount`].
pub fn start() {
    let Some(root) = browser::page_root() else { return };
    let place = Place::whole_page();
    if !text::speak_as_the_page() {
        return place.tell(rest::GONE);
    }
    let typed = browser::typed_before_start(place);
    let driver = Driver::new(place, Page::read(), Host::Parent);
    if let Some(typed) = &typed {
        driver.happen(linchpin_flow::Event::Typed(typed.text.clone()));
    }
    root.set_text_content(None);
    root.set_class_name("");
    // The widget lives as long as its frame.
    draw(root, driver.clone()).forget();
    if let Some(typed) = typed {
        typed.restore(place);
    }
    driver.listen();
}

fn draw(root: HtmlElement, driver: Rc<Driver>) -> UnmountHandle<impl Mountable> {
    mount_to(root, move || view! { <App driver=driver /> })
}

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

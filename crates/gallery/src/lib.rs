//! Every screen of the widget in every state, fed with fixed data.
//!
//! It is how a designer looks at Linchpin, and what pictures and accessibility checks run over. It is served by a proxy
//! in practice mode that was told where it is, and is no part of the widget that ships.
//!
//! - [`states`]: the table of states.
//! - [`tongue`]: the languages that they are shown in.
//! - [`wanted`]: which of them the address asks for, and how it is to be shown.
//! - [`bare`]: one state, as the widget draws it, and nothing else.
//! - [`mod@bench`]: the list of states and the switches, around a frame with one of them.

#![allow(
    unreachable_pub,
    reason = "a component is a public function inside a private module, which the crate re-exports"
)]

pub mod bare;
pub mod bench;
pub mod states;
pub mod tongue;
pub mod wanted;

use crate::bare::Bare;
use crate::bench::Bench;
use crate::wanted::Wanted;
use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Draws what the address asks for, and goes along with it when it changes.
pub fn start() {
    let Some(root) = document().get_element_by_id("gallery") else { return };
    let mounted = mount_to(root.unchecked_into::<HtmlElement>(), || {
        let wanted = RwSignal::new(Wanted::of_address());
        let handle = window_event_listener_untyped("popstate", move |_| wanted.set(Wanted::of_address()));
        on_cleanup(move || handle.remove());
        if wanted.read_untracked().bare {
            view! { <Bare wanted /> }.into_any()
        } else {
            view! { <Bench wanted /> }.into_any()
        }
    });
    // The gallery lives as long as its page.
    mounted.forget();
}

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

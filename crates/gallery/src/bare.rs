//! One state, as the widget draws it in its own page, and nothing else.

use crate::states::{self, State};
use crate::wanted::Wanted;
use leptos::prelude::*;
use linchpin::app::Frame;
use linchpin::look::{Look, live};
use linchpin_protocol::Secret;
use wasm_bindgen::closure::Closure;

/// One state.
#[component]
pub fn Bare(
    /// Which, and how it is to be shown.
    wanted: RwSignal<Wanted>,
) -> impl IntoView {
    stop_the_clock();
    Effect::new(move || dress(&wanted.read()));
    live(move || {
        let name = wanted.with(|wanted| wanted.state.clone());
        match states::named(&name) {
            Some(state) => drawn(state),
            None => view! { <main><h1>"There is no state called " {name}</h1></main> }.into_any(),
        }
    })
}

/// Countdowns stand, so that a state looks the same whenever one looks.
fn stop_the_clock() {
    let Some(clock) = window().performance() else { return };
    let standing = Closure::<dyn Fn() -> f64>::new(|| 0.0).into_js_value();
    // Where the browser does not let it be done, they go.
    let _ = js_sys::Reflect::set(&clock, &"now".into(), &standing);
}

/// Gives the page what the proxy gives the widget's, theme, direction and language, and tells tests which state is drawn.
fn dress(wanted: &Wanted) {
    let Some(html) = document().document_element() else { return };
    let attributes = [
        ("data-theme", wanted.theme.as_str()),
        ("dir", wanted.direction),
        ("lang", wanted.language),
        ("data-state", &wanted.state),
    ];
    for (name, value) in attributes {
        // Fails for names that are none, and these are.
        let _ = html.set_attribute(name, value);
    }
}

/// The state, standing still: what a person does on it leads nowhere.
fn drawn(state: State) -> AnyView {
    let State { screen, cover, facts, username, .. } = state;
    let id = RwSignal::new(screen.id());
    let intents = UnsyncCallback::new(|_| ());
    let look = Look { screen: RwSignal::new(screen), facts: RwSignal::new(facts), intents };
    let username = UnsyncCallback::new(move |()| username.map(Secret::new));
    let way = UnsyncCallback::new(|()| Some(Secret::new("#")));
    view! { <Frame look id cover=RwSignal::new(cover) username way /> }.into_any()
}

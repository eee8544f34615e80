//! The list of states and the switches, around a frame with one of them.

use crate::states::{self, Group};
use crate::tongue::Tongue;
use crate::wanted::{THEMES, WIDTHS, Wanted};
use leptos::ev::MouseEvent;
use leptos::html::Iframe;
use leptos::prelude::*;
use linchpin::look::live;
use wasm_bindgen::JsValue;

/// How tall the frame is, in CSS pixels: a phone's height.
const HEIGHT: u32 = 800;

/// The whole page.
#[component]
pub fn Bench(
    /// What is shown.
    wanted: RwSignal<Wanted>,
) -> impl IntoView {
    Effect::new(|| {
        // In a long list the state that the address asks for is out of sight.
        if let Ok(Some(link)) = document().query_selector(".bench-list [aria-current]") {
            link.scroll_into_view_with_bool(false);
        }
    });
    if wanted.read_untracked().state.is_empty() {
        let first = states::all().into_iter().flat_map(|group| group.states).next();
        wanted.update(|wanted| wanted.state = first.map(|state| state.name).unwrap_or_default());
    }
    let groups: Vec<_> = states::all().into_iter().map(|group| list(wanted, group)).collect();
    view! {
        <div class="bench">
            <nav class="bench-list" aria-label="States">{groups}</nav>
            <main class="bench-stage">
                {live(move || switches(wanted))}
                {frame(wanted)}
            </main>
        </div>
    }
}

fn list(wanted: RwSignal<Wanted>, Group { title, states }: Group) -> AnyView {
    let links = states.into_iter().map(|state| {
        let name = state.name.clone();
        let link = live(move || {
            let to = wanted.read().with(|wanted| wanted.state.clone_from(&name));
            link(wanted, to, name.clone())
        });
        view! { <li>{link}</li> }.into_any()
    });
    let links: Vec<_> = links.collect();
    view! {
        <h2>{title}</h2>
        <ul>{links}</ul>
    }
    .into_any()
}

/// A link to another view, which is shown without loading the page again.
fn link(wanted: RwSignal<Wanted>, to: Wanted, words: String) -> AnyView {
    let current = (*wanted.read() == to).then_some("true");
    let query = to.query();
    let href = query.clone();
    let go = move |event: MouseEvent| {
        if event.meta_key() || event.ctrl_key() || event.shift_key() {
            return;
        }
        let history = window().history();
        let pushed = history
            .is_ok_and(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&query)).is_ok());
        if pushed {
            event.prevent_default();
            wanted.set(to.clone());
        }
    };
    view! { <a href=href aria-current=current on:click=go>{words}</a> }.into_any()
}

fn switches(wanted: RwSignal<Wanted>) -> AnyView {
    let now = wanted.get();
    let switch = |name: &'static str, choices: Vec<(String, Wanted)>| {
        let links: Vec<_> = choices.into_iter().map(|(words, to)| link(wanted, to, words)).collect();
        view! { <p class="bench-switch"><strong>{name}</strong> {links}</p> }.into_any()
    };
    let themes = THEMES.map(|theme| (theme.as_str().to_owned(), now.with(|now| now.theme = theme)));
    let tongues =
        Tongue::ALL.map(|tongue| (tongue.own_name().to_owned(), now.with(|now| now.tongue = tongue)));
    let widths = WIDTHS.map(|width| (width.to_string(), now.with(|now| now.width = width)));
    view! {
        <h1>{now.state.clone()}</h1>
        <div class="bench-switches">
            {switch("Theme", themes.into())}
            {switch("Language", tongues.into())}
            {switch("Width", widths.into())}
        </div>
    }
    .into_any()
}

/// A frame with the state alone.
fn frame(wanted: RwSignal<Wanted>) -> AnyView {
    let frame = NodeRef::<Iframe>::new();
    Effect::new(move || {
        let address = wanted.read().with(|wanted| wanted.bare = true).query();
        if let Some(window) = frame.get().and_then(|frame| frame.content_window()) {
            // Another `src` would be a step of its own on the way back.
            let _ = window.location().replace(&address);
        }
    });
    let title = Signal::derive(move || wanted.read().state.clone());
    let width = Signal::derive(move || wanted.read().width.to_string());
    view! { <iframe node_ref=frame class="bench-frame" title=title width=width height=HEIGHT.to_string()></iframe> }
        .into_any()
}

//! Buttons: one main way on, and quiet others. A button hands back one event.

use crate::look::Look;
use leptos::prelude::*;
use linchpin_flow::Event;

/// The one main way on of a screen.
#[component]
pub fn Primary(
    /// What it says.
    #[prop(into)]
    label: Signal<String>,
    /// Where its event goes.
    look: Look,
    /// What it hands back; nothing as long as an earlier act is being carried out.
    event: fn() -> Event,
) -> impl IntoView {
    let busy = look.busy();
    let press = move |_| {
        // A button that is taken from the page under the finger does nothing.
        if !busy.try_get_untracked().unwrap_or(true) {
            look.happen(event());
        }
    };
    view! {
        <button type="button" class="button" aria-disabled=disabled(busy) on:click=press>
            {label}
        </button>
    }
}

/// The main way on of a form: says one thing, and another while the form is being sent.
#[component]
pub fn Submit(
    /// What it says.
    label: Signal<String>,
    /// Whether the form is being sent.
    busy: Signal<bool>,
    /// Whether it takes something away.
    #[prop(optional)]
    danger: bool,
) -> impl IntoView {
    view! {
        <button type="submit" class="button" class:danger=danger aria-disabled=disabled(busy)>
            {label}
        </button>
    }
}

fn disabled(busy: Signal<bool>) -> Signal<Option<String>> {
    Signal::derive(move || busy.get().then(|| "true".to_owned()))
}

/// A quiet way on.
#[component]
pub fn LinkButton(
    /// What it says.
    label: String,
    /// Where its event goes.
    look: Look,
    /// What it hands back.
    event: fn() -> Event,
    /// Whether it leads to taking something away.
    #[prop(optional)]
    danger: bool,
) -> impl IntoView {
    view! {
        <button type="button" class="link" class:danger=danger on:click=move |_| look.happen(event())>
            {label}
        </button>
    }
}

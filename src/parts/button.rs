//! Buttons: one main way on, and quiet others.

use leptos::prelude::*;

/// The one main way on of a screen.
#[component]
pub fn Primary(
    /// What it says.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it was pressed and is being carried out; it does nothing then.
    #[prop(into, optional)]
    busy: Signal<bool>,
    /// What it does.
    press: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button"
            aria-disabled=move || busy.get().then_some("true")
            on:click=move |_| {
                if !busy.get_untracked() {
                    press();
                }
            }
        >
            {label}
        </button>
    }
}

/// The main way on of a form.
#[component]
pub fn Submit(
    /// What it says.
    #[prop(into)]
    label: Signal<String>,
    /// Whether the form is being sent.
    #[prop(into)]
    busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <button type="submit" class="button" aria-disabled=move || busy.get().then_some("true")>
            {label}
        </button>
    }
}

/// A quiet way on.
#[component]
pub fn LinkButton(
    /// What it says.
    #[prop(into)]
    label: String,
    /// What it does.
    press: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button type="button" class="link" on:click=move |_| press()>
            {label}
        </button>
    }
}

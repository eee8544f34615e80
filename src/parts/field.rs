//! A field for something that must not be seen by others: masked, can be shown, and told about caps lock.

use super::{Glyph, Icon};
use crate::text::{Key, fill, say};
use leptos::html::Input;
use leptos::prelude::*;

/// A field whose value stays in the page's own input element until it is read.
#[component]
pub fn SecretField(
    /// The id of the input element.
    id: String,
    /// Its label.
    label: String,
    /// Where to read the value.
    input: NodeRef<Input>,
    /// Whether it starts out masked, with a button to show it.
    masked: bool,
    /// The purpose, as in HTML's `autocomplete`.
    autocomplete: &'static str,
    /// What is wrong with it; empty when nothing is.
    error: Signal<String>,
) -> impl IntoView {
    let shown = RwSignal::new(!masked);
    let hint = RwSignal::new(None::<Key>);
    let error_id = format!("{id}-error");
    let hint_id = format!("{id}-hint");
    let described = {
        let (error_id, hint_id) = (error_id.clone(), hint_id.clone());
        move || {
            let ids =
                [(!error.read().is_empty()).then_some(&error_id), hint.get().is_some().then_some(&hint_id)];
            let ids = ids.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
            (!ids.is_empty()).then_some(ids)
        }
    };
    let look = move |caps: bool| {
        let stray =
            !masked && input.get_untracked().is_some_and(|input| input.value().trim() != input.value());
        hint.set(if stray { Some(Key::StraySpace) } else { (masked && caps).then_some(Key::CapsLock) });
    };
    let reveal = masked.then(|| {
        let label = label.clone();
        let name = move || {
            let key = if shown.get() { Key::HideField } else { Key::ShowField };
            fill(key, &[("field", &label)])
        };
        view! {
            <button type="button" class="icon-button" aria-label=name on:click=move |_| shown.update(|shown| *shown = !*shown)>
                {move || view! { <Icon glyph=if shown.get() { Glyph::EyeOff } else { Glyph::Eye } /> }}
            </button>
        }
    });
    view! {
        <div class="field" class:bad=move || !error.read().is_empty()>
            <label for=id.clone()>{label}</label>
            <div class="box">
                <input
                    node_ref=input
                    id=id
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="512"
                    aria-invalid=move || (!error.read().is_empty()).then_some("true")
                    aria-describedby=described
                    on:keyup=move |event| look(event.get_modifier_state("CapsLock"))
                    on:blur=move |_| look(false)
                />
                {reveal}
            </div>
            {move || {
                let words = error.get();
                let id = error_id.clone();
                (!words.is_empty()).then(|| view! { <div class="field-error" id=id>{words}</div> })
            }}
            {move || {
                let id = hint_id.clone();
                hint.get().map(|key| view! { <div class="hint" id=id role="status">{say(key)}</div> })
            }}
        </div>
    }
}

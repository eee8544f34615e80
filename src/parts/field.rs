//! A field for something that must not be seen by others: masked, can be shown, and told about caps lock.

use super::{Glyph, Icon};
use crate::look::{Look, live, nothing};
use crate::text::{Key, fill, say};
use leptos::html::Input;
use leptos::prelude::*;
use linchpin_protocol::Secret;

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
    /// Which keyboard a phone shows; for digits, in which spaces do not matter.
    #[prop(optional)]
    inputmode: Option<&'static str>,
) -> impl IntoView {
    let shown = RwSignal::new(!masked);
    let hint = RwSignal::new(None::<Key>);
    let bad = Signal::derive(move || !error.read().is_empty());
    let error_id = format!("{id}-error");
    let hint_id = format!("{id}-hint");
    let described = {
        let (error_id, hint_id) = (error_id.clone(), hint_id.clone());
        Signal::derive(move || match (bad.get(), hint.get().is_some()) {
            (false, false) => None,
            (true, false) => Some(error_id.clone()),
            (false, true) => Some(hint_id.clone()),
            (true, true) => Some(format!("{error_id} {hint_id}")),
        })
    };
    let invalid = Signal::derive(move || bad.get().then(|| "true".to_owned()));
    let kind = Signal::derive(move || Some(if shown.get() { "text" } else { "password" }.to_owned()));
    let look = move |caps: bool| {
        // A field that is taken from the page loses the focus too: its signals are gone by then.
        let Some(input) = input.try_get_untracked().flatten() else { return };
        let stray = !masked && inputmode.is_none() && input.value().trim() != input.value();
        let seen = if stray { Some(Key::StraySpace) } else { (masked && caps).then_some(Key::CapsLock) };
        let _ = hint.try_set(seen);
    };
    let words = label.clone();
    let reveal = live(move || {
        if !masked {
            return nothing();
        }
        let (key, glyph) =
            if shown.get() { (Key::HideField, Glyph::EyeOff) } else { (Key::ShowField, Glyph::Eye) };
        let name = fill(key, &[("field", &words)]);
        view! {
            <button type="button" class="icon-button" aria-label=name on:click=move |_| shown.update(|shown| *shown = !*shown)>
                <Icon glyph />
            </button>
        }
        .into_any()
    });
    let complaint = live(move || match error.get() {
        words if words.is_empty() => nothing(),
        words => view! { <div class="field-error" id=error_id.clone()>{words}</div> }.into_any(),
    });
    let advice = live(move || match hint.get() {
        None => nothing(),
        Some(key) => view! { <div class="hint" id=hint_id.clone() role="status">{say(key)}</div> }.into_any(),
    });
    view! {
        <div class="field" class:bad=bad>
            <label for=id.clone()>{label}</label>
            <div class="box">
                <input
                    node_ref=input
                    id=id
                    type=kind
                    autocomplete=autocomplete
                    inputmode=inputmode
                    maxlength="512"
                    aria-invalid=invalid
                    aria-describedby=described
                    on:keyup=move |event| look(event.get_modifier_state("CapsLock"))
                    on:blur=move |_| look(false)
                />
                {reveal}
            </div>
            {complaint}
            {advice}
        </div>
    }
}

/// A field for digits, with the keyboard of a phone that goes with them. Nothing is suggested for it.
pub fn digits_field(
    id: &'static str,
    label: String,
    input: NodeRef<Input>,
    masked: bool,
    inputmode: &'static str,
    error: Signal<String>,
) -> AnyView {
    view! { <SecretField id=id.to_owned() label input masked autocomplete="off" inputmode error /> }
        .into_any()
}

/// Who else could read what is typed, where the widget stands in the client's own page.
pub fn page_can_read(look: Look) -> AnyView {
    let facts = look.facts.read_untracked();
    let words = facts.in_page.then(|| fill(Key::PageCanRead, &[("client", &facts.client())]));
    view! { <p class="quiet small">{words.unwrap_or_default()}</p> }.into_any()
}

/// What stands in a field, and whether it is to be emptied with the others.
#[derive(Clone, Copy)]
pub struct Typed {
    input: NodeRef<Input>,
    secret: bool,
}

impl Typed {
    /// A field; one that is not `secret` keeps its value when a form comes back.
    pub fn new(input: NodeRef<Input>, secret: bool) -> Self {
        Self { input, secret }
    }

    /// What was typed, untouched.
    pub fn read(self) -> Secret {
        Secret::new(self.input.try_get_untracked().flatten().map(|input| input.value()).unwrap_or_default())
    }

    /// Overwrites a secret.
    pub fn empty(self) {
        if self.secret {
            self.overwrite();
        }
    }

    fn overwrite(self) {
        if let Some(input) = self.input.try_get_untracked().flatten() {
            input.set_value("");
        }
    }
}

/// Overwrites secrets whenever the form comes back, and everything when the screen goes.
pub fn empty_when_returned(fields: Vec<Typed>, returned: Signal<u32>) {
    let kept = fields.clone();
    Effect::new(move |before: Option<u32>| {
        let now = returned.get();
        if before.is_some_and(|before| before != now) {
            kept.iter().copied().for_each(Typed::empty);
        }
        now
    });
    on_cleanup(move || fields.iter().copied().for_each(Typed::overwrite));
}

//! A boxed remark.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// How a remark is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Worth knowing.
    Plain,
    /// Went well.
    Good,
    /// Take care.
    Warn,
    /// Went wrong.
    Danger,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Plain => "notice",
            Tone::Good => "notice good",
            Tone::Warn => "notice warn",
            Tone::Danger => "notice danger",
        }
    }

    fn glyph(self) -> Glyph {
        match self {
            Tone::Plain | Tone::Good => Glyph::Lock,
            Tone::Warn | Tone::Danger => Glyph::Warn,
        }
    }
}

/// A boxed remark with a title and a sentence.
#[component]
pub fn Notice(
    /// How it is meant.
    tone: Tone,
    /// The point.
    #[prop(into)]
    title: String,
    /// The rest; nothing is drawn for an empty text.
    #[prop(into)]
    text: String,
    /// Another icon than the tone's own.
    #[prop(optional)]
    glyph: Option<Glyph>,
) -> impl IntoView {
    let rest = (!text.is_empty()).then(|| view! { <p class="told">{text}</p> });
    view! {
        <div class=tone.class()>
            <Icon glyph=glyph.unwrap_or(tone.glyph()) />
            <strong>{title}</strong>
            {rest}
        </div>
    }
}

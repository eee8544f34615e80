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
}

/// A boxed remark with a title, and a sentence or a list.
#[component]
pub fn Notice(
    /// How it is meant.
    tone: Tone,
    /// Its icon.
    glyph: Glyph,
    /// The point.
    title: String,
    /// The rest.
    #[prop(optional)]
    text: String,
    /// The rest, where it is several things.
    #[prop(optional)]
    list: Vec<String>,
) -> impl IntoView {
    let class = match tone {
        Tone::Plain => "notice",
        Tone::Good => "notice good",
        Tone::Warn => "notice warn",
    };
    let list: Vec<_> = list.into_iter().map(|one| view! { <li>{one}</li> }.into_any()).collect();
    view! {
        <div class=class>
            <Icon glyph />
            <strong>{title}</strong>
            <p class="told">{text}</p>
            <ul>{list}</ul>
        </div>
    }
}

//! What is wrong with a form, above it. Takes the focus, and is read out when it appears (GOV.UK error summary).

use super::{Glyph, Icon};
use leptos::prelude::*;

/// The summary of what is wrong.
#[component]
pub fn Summary(
    /// The point.
    #[prop(into)]
    title: String,
    /// The rest.
    #[prop(into)]
    text: String,
    /// Ids of fields, each with the words that stand beside it too.
    #[prop(optional)]
    fields: Vec<(String, String)>,
) -> impl IntoView {
    let rest = (!text.is_empty()).then(|| view! { <p>{text}</p> });
    let links = (!fields.is_empty()).then(|| {
        let links =
            fields.into_iter().map(|(id, words)| view! { <li><a href=format!("#{id}")>{words}</a></li> });
        view! { <ul>{links.collect_view()}</ul> }
    });
    view! {
        <div id="problem" class="notice danger" tabindex="-1" role="alert">
            <Icon glyph=Glyph::Warn />
            <strong>{title}</strong>
            {rest}
            {links}
        </div>
    }
}

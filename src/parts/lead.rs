//! The head of a screen: which bank, and the one question.

use super::Monogram;
use leptos::prelude::*;
use linchpin_protocol::{InstitutionRef, Place};

/// Which bank: its tile, its name and a line that tells it apart.
#[component]
pub fn Who(
    /// The bank.
    institution: InstitutionRef,
    /// Another line than its domain.
    #[prop(optional)]
    line: Option<String>,
) -> impl IntoView {
    let line = line.unwrap_or_else(|| institution.domain.unwrap_or_default());
    view! {
        <div class="who">
            <Monogram name=institution.name.clone() />
            <div>
                <div class="name"><bdi>{institution.name}</bdi></div>
                <div class="where">{line}</div>
            </div>
        </div>
    }
}

/// City, state and domain in one line.
pub fn whereabouts(place: Option<&Place>, domain: Option<&str>) -> String {
    let place = place.map(|Place { city, state }| format!("{city}, {state}"));
    [place, domain.map(str::to_owned)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The one question of a screen, and a line below it. Takes the focus when the screen is new.
#[component]
pub fn Lead(
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// The line below.
    #[prop(optional, into)]
    text: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="lead">
            <h1 tabindex="-1">{title}</h1>
            <p class="quiet">{text}</p>
        </div>
    }
}

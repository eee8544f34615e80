//! Wait: named phases, real progress where there is any, and a word when it takes long.

use crate::look::{Look, live, nothing};
use crate::parts::{Glyph, Lead, Notice, Tone, Who};
use crate::text::{Key, fill, say};
use leptos::prelude::*;
use linchpin_flow::{Patience, ProgressView, Screen};
use linchpin_protocol::{Purpose, Stage};

/// Wait.
#[component]
pub fn Progress(
    /// What it shows.
    look: Look,
    /// What it showed first.
    view: ProgressView,
) -> impl IntoView {
    let institution = view.institution.clone();
    let title = fill(Key::ConnectingTo, &[("bank", &institution.name)]);
    let facts = look.facts.get_untracked();
    let usual = facts.usual_seconds.map(|count| fill(Key::UsuallySeconds, &[("count", &count.to_string())]));
    // Another screen is being drawn: what was shown last stays for that moment.
    let seen = move |last: &ProgressView| match &*look.screen.read() {
        Screen::Progress(view) => view.clone(),
        _ => last.clone(),
    };
    let first = view.clone();
    let percent = Signal::derive(move || seen(&first).percent.map(|percent| percent.to_string()));
    let first = view.clone();
    let phases = live(move || {
        let stage = seen(&first).stage;
        let items = phases(facts.purpose).iter().map(|(phase, key)| {
            let (class, state) = state_of(*phase, stage);
            let state = state.map(|key| format!(", {}", say(key))).unwrap_or_default();
            view! { <li class=class>{say(*key)}<span class="aside">{state}</span></li> }.into_any()
        });
        items.collect::<Vec<_>>().into_any()
    });
    let word = live(move || {
        let text = match seen(&view).patience {
            Patience::Fresh => return nothing(),
            Patience::Reassure => say(Key::StillWorkingHelp),
            Patience::MayClose => fill(Key::StillWorkingLong, &[("bank", &view.institution.name)]),
        };
        view! { <Notice tone=Tone::Plain glyph=Glyph::Clock title=say(Key::StillWorking) text /> }.into_any()
    });
    view! {
        <Who institution />
        <Lead title text=usual.unwrap_or_default() />
        <progress class="meter" aria-label=say(Key::ProgressLabel) max="100" value=percent></progress>
        <ul class="phases">{phases}</ul>
        <div class="foot" role="status">{word}</div>
    }
}

/// What is done, in order, for what the client needs.
fn phases(purpose: Option<Purpose>) -> &'static [(Stage, Key)] {
    const ALL: [(Stage, Key); 3] = [
        (Stage::SigningIn, Key::PhaseSigningIn),
        (Stage::Reading, Key::PhaseReading),
        (Stage::Verifying, Key::PhaseVerifying),
    ];
    match purpose {
        Some(Purpose::Aggregate) => &ALL[..2],
        Some(Purpose::Verify | Purpose::Both) | None => &ALL,
    }
}

/// Whether a phase is behind, under way or ahead. While the stage is not told, the first is under way.
fn state_of(phase: Stage, stage: Stage) -> (&'static str, Option<Key>) {
    let stage = if stage == Stage::Unknown { Stage::SigningIn } else { stage };
    match phase.cmp(&stage) {
        std::cmp::Ordering::Less => ("done", Some(Key::PhaseDone)),
        std::cmp::Ordering::Equal => ("now", Some(Key::PhaseNow)),
        std::cmp::Ordering::Greater => ("", None),
    }
}

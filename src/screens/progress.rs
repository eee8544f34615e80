//! Wait: named phases, real progress where there is any, and a word when it takes long.

use crate::facts::Facts;
use crate::parts::{Glyph, Lead, Notice, Tone, Who};
use crate::text::{Key, fill, say};
use leptos::prelude::*;
use linchpin_flow::{Patience, ProgressView};
use linchpin_protocol::{Purpose, Stage};

/// Wait.
#[component]
pub fn Progress(
    /// What it shows.
    view: Signal<ProgressView>,
    /// What its words rest on.
    facts: Signal<Facts>,
) -> impl IntoView {
    let bank = view.with_untracked(|view| view.institution.clone());
    let name = bank.name.clone();
    let stage = Memo::new(move |_| view.read().stage);
    let percent = Memo::new(move |_| view.read().percent);
    let patience = Memo::new(move |_| view.read().patience);
    let title = fill(Key::ConnectingTo, &[("bank", &bank.name)]);
    let usual = move || {
        let seconds = facts.read().usual_seconds;
        seconds.map(|count| fill(Key::UsuallySeconds, &[("count", &count.to_string())])).unwrap_or_default()
    };
    view! {
        <Who institution=bank />
        <Lead title=title text=Signal::derive(usual) />
        <progress class="meter" aria-label=say(Key::ProgressLabel) max="100" value=move || percent.get()></progress>
        <ul class="phases">
            {move || {
                let facts = facts.read();
                phases(facts.purpose)
                    .iter()
                    .map(|(phase, key)| {
                        let (class, state) = state_of(*phase, stage.get());
                        view! {
                            <li class=class>
                                {say(*key)}
                                {state.map(|key| view! { <span class="aside">", " {say(key)}</span> })}
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
        <div class="foot" role="status">
            {move || {
                let text = match patience.get() {
                    Patience::Fresh => return None,
                    Patience::Reassure => say(Key::StillWorkingHelp),
                    Patience::MayClose => fill(Key::StillWorkingLong, &[("bank", &name)]),
                };
                Some(view! { <Notice tone=Tone::Plain glyph=Glyph::Clock title=say(Key::StillWorking) text /> })
            }}
        </div>
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

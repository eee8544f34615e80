//! Wait: named phases, real progress where there is any, and a word when it takes long.

use super::credentials::same_pause;
use super::manage::provider;
use crate::look::{Look, live, nothing};
use crate::parts::{Glyph, Lead, Notice, Tone, Who};
use crate::text::{Key, count, fill, say};
use leptos::prelude::*;
use linchpin_flow::{Patience, ProgressView, Screen, Work};
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
    let facts = look.facts.get_untracked();
    let connects = view.work == Work::Connecting;
    let usual =
        facts.usual_seconds.filter(|_| connects).map(|seconds| count(Key::UsuallySeconds, seconds, &[]));
    // Another screen is being drawn: what was shown last stays for that moment.
    let seen = move |last: &ProgressView| match &*look.screen.read() {
        Screen::Progress(view) => view.clone(),
        _ => last.clone(),
    };
    let first = view.clone();
    let title = live({
        let (first, bank) = (view.clone(), institution.name.clone());
        move || {
            let title = title_of(seen(&first).work);
            view! { <Lead title=fill(title, &[("bank", &bank)]) text=usual.clone().unwrap_or_default() /> }
                .into_any()
        }
    });
    let percent = Signal::derive(move || seen(&first).percent.map(|percent| percent.to_string()));
    let first = view.clone();
    let phases = live(move || {
        let ProgressView { stage, work, .. } = seen(&first);
        let phases = phases(work, facts.purpose);
        let first = phases.first().map_or(Stage::SigningIn, |(phase, _)| *phase);
        let items = phases.iter().map(|(phase, key)| {
            let (class, state) = state_of(*phase, stage, first);
            let state = state.map(|key| format!("{} {}", say(Key::Comma), say(key))).unwrap_or_default();
            view! { <li class=class>{say(*key)}<span class="aside">{state}</span></li> }.into_any()
        });
        items.collect::<Vec<_>>().into_any()
    });
    // The list is seen to move on; those who do not see it are told (WCAG 2.2, 4.1.3).
    let begun = Signal::derive({
        let (first, purpose) = (view.clone(), facts.purpose);
        move || {
            let ProgressView { stage, work, .. } = seen(&first);
            begun(work, purpose, stage).map(say).unwrap_or_default()
        }
    });
    let who = provider(&facts);
    let paused = same_pause(&facts).unwrap_or_else(|| fill(Key::PausedHelp, &[("provider", &who)]));
    let word = live(move || {
        let seen = seen(&view);
        if seen.stage == Stage::Paused {
            let text = format!("{paused} {}", say(Key::MayClose));
            return view! { <Notice tone=Tone::Plain glyph=Glyph::Clock title=say(Key::PausedTitle) text /> }
                .into_any();
        }
        let (reassure, may_close) = match seen.work {
            Work::Connecting | Work::Updating => (Key::StillWorkingHelp, Key::StillWorkingLong),
            // No bank is asked for that.
            Work::Disconnecting { .. } | Work::Moving { .. } => (Key::StillEndingHelp, Key::StillEndingLong),
        };
        let text = match seen.patience {
            Patience::Fresh => return nothing(),
            Patience::Reassure => say(reassure),
            Patience::MayClose => fill(may_close, &[("bank", &view.institution.name), ("provider", &who)]),
        };
        view! { <Notice tone=Tone::Plain glyph=Glyph::Clock title=say(Key::StillWorking) text /> }.into_any()
    });
    view! {
        <Who institution />
        {title}
        <progress class="meter" aria-label=say(Key::ProgressLabel) max="100" value=percent></progress>
        <ul class="phases">{phases}</ul>
        <div class="foot" role="status">{word}</div>
        <div class="aside" role="status">{begun}</div>
    }
}

/// The phase that is under way, once there is one behind it: that of the beginning is in the list, which is new itself.
fn begun(work: Work, purpose: Option<Purpose>, stage: Stage) -> Option<Key> {
    phases(work, purpose).iter().skip(1).find(|(phase, _)| *phase == stage).map(|(_, key)| *key)
}

/// What a wait is for.
fn title_of(work: Work) -> Key {
    match work {
        Work::Connecting => Key::ConnectingTo,
        Work::Updating => Key::Updating,
        Work::Disconnecting { .. } => Key::Disconnecting,
        Work::Moving { .. } => Key::Moving,
    }
}

/// What is done, in order: for what the client needs, or to end a connection.
fn phases(work: Work, purpose: Option<Purpose>) -> &'static [(Stage, Key)] {
    const END: [(Stage, Key); 2] =
        [(Stage::Erasing, Key::PhaseErasing), (Stage::Disconnecting, Key::PhaseEnding)];
    match work {
        Work::Disconnecting { erases } | Work::Moving { erases } => &END[usize::from(!erases)..],
        Work::Connecting | Work::Updating => reading(purpose),
    }
}

fn reading(purpose: Option<Purpose>) -> &'static [(Stage, Key)] {
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
fn state_of(phase: Stage, stage: Stage, first: Stage) -> (&'static str, Option<Key>) {
    let stage = if stage == Stage::Unknown { first } else { stage };
    match phase.cmp(&stage) {
        std::cmp::Ordering::Less => ("done", Some(Key::PhaseDone)),
        std::cmp::Ordering::Equal => ("now", Some(Key::PhaseNow)),
        std::cmp::Ordering::Greater => ("", None),
    }
}

//! How long there is to answer: shown all the time, told at 60, 30 and 10 seconds.
//!
//! Counted from when it was learned, with a clock that only goes forward: what the device's own clock says has no part.

use crate::look::{Look, live, nothing};
use crate::parts::{Glyph, Icon};
use crate::text::{Key, count, fill, say};
use leptos::prelude::*;
use linchpin_flow::{Limit, Screen};
use std::time::Duration;

/// When those who do not see the time are told of it, in seconds.
const TOLD_AT: [u64; 3] = [60, 30, 10];

fn limit(look: Look) -> Option<Limit> {
    match &*look.screen.read() {
        Screen::Challenges(view) => view.limit,
        _ => None,
    }
}

/// Milliseconds on a clock that only goes forward.
fn forward() -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts up from 0")]
    window().performance().map_or(0, |clock| clock.now() as u64)
}

/// What is left, as a part of the screen.
pub(super) fn countdown(look: Look, bank: &str) -> AnyView {
    let bank = bank.to_owned();
    // The moment at which it is over, on that clock.
    let end = Memo::new(move |_| match limit(look) {
        Some(Limit::Left { ms, .. }) => Some(forward().saturating_add(ms)),
        Some(Limit::Soon) | None => None,
    });
    let left = RwSignal::new(None::<u64>);
    let look_again = move || {
        // Rounded up: at 0 it is over.
        let seconds = |end: u64| end.saturating_sub(forward()).div_ceil(1_000);
        let _ = left.try_set(end.try_get_untracked().flatten().map(seconds));
    };
    Effect::new(move |_| {
        end.track();
        look_again();
    });
    if let Ok(ticking) = set_interval_with_handle(look_again, Duration::from_millis(500)) {
        on_cleanup(move || ticking.clear());
    }
    // Looked at twice a second, drawn once.
    let left = Memo::new(move |_| left.get());
    let told = Memo::new(move |_| {
        left.get().and_then(|left| TOLD_AT.into_iter().filter(|at| left <= *at).min()).unwrap_or_default()
    });
    let words = Signal::derive(move || match told.get() {
        60 => say(Key::MinuteLeft),
        0 => String::new(),
        seconds => count(Key::SecondsLeft, seconds, &[]),
    });
    let shown = live(move || match (left.get(), limit(look)) {
        (_, Some(Limit::Soon)) => line(fill(Key::AnswerSoon, &[("bank", &bank)]), false),
        (Some(0), _) => line(say(Key::TimeUp), true),
        (Some(left), _) => {
            let time = format!("{}:{:02}", left / 60, left % 60);
            line(fill(Key::TimeLeft, &[("time", &time)]), left <= 30)
        }
        (None, _) => nothing(),
    });
    view! {
        {shown}
        <div class="aside" role="status">{words}</div>
    }
    .into_any()
}

fn line(words: String, urgent: bool) -> AnyView {
    view! { <p class="limit num" class:urgent=urgent><Icon glyph=Glyph::Clock /> {words}</p> }.into_any()
}

//! Header, footer, the present screen and what is laid over it.

use crate::driver::{Driver, Intent};
use crate::facts::Facts;
use crate::parts::{Glyph, Icon};
use crate::screens::{self, Cover};
use crate::text::{Key, fill, say};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use linchpin_flow::{Event, ScreenId};
use linchpin_protocol::ScreenName;
use std::rc::Rc;

/// Steps from the search to the end, as the quiet hint in the header counts them.
const STEPS: u8 = 4;

/// The whole widget.
#[component]
pub fn App(
    /// What is drawn, and where intents go.
    driver: Rc<Driver>,
) -> impl IntoView {
    let (screen, cover, facts) = (driver.screen, driver.cover, driver.facts);
    let id = Memo::new(move |_| screen.read().id());
    let kept = StoredValue::new_local(driver.clone());
    let intents = UnsyncCallback::new(move |intent| driver.intend(intent));
    let happen = move |event| intents.run(Intent::Event(event));
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() {
            happen(if cover.get_untracked().is_some() { Event::Stay } else { Event::CloseAsked });
        }
    };
    // Escape works wherever the focus is, as long as the frame lives.
    let handle = window_event_listener(leptos::ev::keydown, escape);
    on_cleanup(move || handle.remove());

    view! {
        <div class="card" inert=move || cover.get().is_some()>
            <p class="practice">{say(Key::Practice)}</p>
            <Header id happen />
            <main class="body">
                {move || {
                    id.track();
                    let username = kept.with_value(|driver| driver.username());
                    screens::draw(screen, facts.into(), intents, username)
                }}
            </main>
            <Footer facts />
        </div>
        {move || {
            cover.get().map(|cover| view! { <Cover cover screen intents /> })
        }}
    }
}

/// Back, how far, close.
#[component]
fn Header(id: Memo<ScreenId>, happen: impl Fn(Event) + Copy + Send + Sync + 'static) -> impl IntoView {
    let name = move || id.read().name;
    let has_back = move || {
        !matches!(
            name(),
            ScreenName::Search | ScreenName::Done | ScreenName::SessionOver | ScreenName::Opening
        )
    };
    let steps = move || {
        let step = step_of(name());
        let words = fill(Key::StepOf, &[("step", &step.to_string()), ("steps", &STEPS.to_string())]);
        let dots = (1..=STEPS).map(|dot| view! { <i class:on=dot <= step></i> }).collect_view();
        view! { <div class="steps" role="img" aria-label=words>{dots}</div> }
    };
    view! {
        <header class="bar">
            {move || {
                if has_back() {
                    view! {
                        <button type="button" class="icon-button" aria-label=say(Key::Back) on:click=move |_| happen(Event::Back)>
                            <Icon glyph=Glyph::Back />
                        </button>
                    }
                        .into_any()
                } else {
                    view! { <span></span> }.into_any()
                }
            }}
            {steps}
            <button type="button" class="icon-button" aria-label=say(Key::Close) on:click=move |_| happen(Event::CloseAsked)>
                <Icon glyph=Glyph::Close />
            </button>
        </header>
    }
}

/// How far a screen is from the search to the end.
fn step_of(name: ScreenName) -> u8 {
    match name {
        ScreenName::Opening | ScreenName::Search | ScreenName::SessionOver => 1,
        ScreenName::Credentials => 2,
        ScreenName::Progress
        | ScreenName::Challenges
        | ScreenName::Instructions
        | ScreenName::StartAgain
        | ScreenName::Later
        | ScreenName::NoAccounts
        | ScreenName::Failed
        | ScreenName::Leave
        | ScreenName::Offline => 3,
        ScreenName::ChooseAccount | ScreenName::Done => 4,
    }
}

/// Who provides the service, and help. In the same place on every screen.
#[component]
fn Footer(facts: RwSignal<Facts>) -> impl IntoView {
    let help = move || {
        facts.read().help_url.clone().map(|url| {
            view! {
                <a href=url target="_blank" rel="noopener noreferrer">
                    {say(Key::Help)}
                    <span class="aside">" (" {say(Key::OpensNewTab)} ")"</span>
                </a>
            }
        })
    };
    view! {
        <footer class="fine">
            <span>{move || fill(Key::SecuredFor, &[("client", &facts.read().client())])}</span>
            {help}
        </footer>
    }
}

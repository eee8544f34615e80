//! Header, footer, the present screen and what is laid over it.

use crate::driver::Driver;
use crate::look::{Look, live, nothing};
use crate::parts::{Glyph, Icon};
use crate::screens::{self, Way};
use crate::text::{Key, fill, number, say};
use leptos::prelude::*;
use linchpin_flow::{Cover, Event, Screen, ScreenId};
use linchpin_protocol::{ScreenName, Secret};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

/// Steps from the search to the end, as the quiet hint in the header counts them.
const STEPS: u8 = 4;

/// The whole widget, driven.
#[component]
pub fn App(
    /// What is drawn, and where intents go.
    driver: Rc<Driver>,
) -> impl IntoView {
    let (screen, facts, id, cover, place) =
        (driver.screen, driver.facts, driver.id, driver.cover, driver.place);
    let username = UnsyncCallback::new({
        let driver = driver.clone();
        move |()| driver.username()
    });
    let way = UnsyncCallback::new({
        let driver = driver.clone();
        move |()| driver.way()
    });
    let intents = UnsyncCallback::new(move |intent| driver.intend(intent));
    view! { <Frame look=Look { screen, facts, intents, place } id cover username way /> }
}

/// The whole widget as it is drawn, whoever says what.
#[component]
pub fn Frame(
    /// What is drawn, and where intents go.
    look: Look,
    /// What makes the screen a new one.
    id: RwSignal<ScreenId>,
    /// What is laid over it.
    cover: RwSignal<Option<Cover>>,
    /// The user name of the last try, asked for at every new screen.
    username: UnsyncCallback<(), Option<Secret>>,
    /// The way to the bank's own page, as long as there is one.
    way: Way,
) -> impl IntoView {
    let facts = look.facts;
    // Escape works wherever the focus is in the frame, or in the element. What is no dialog is not closed by it.
    StoredValue::new_local(look.place.listen("keydown", move |event| {
        let key = event.unchecked_ref::<KeyboardEvent>().key();
        if key == "Escape" && !event.default_prevented() {
            if cover.get_untracked().is_some() {
                look.happen(Event::Stay);
            } else if !look.place.is_inline() {
                look.happen(Event::CloseAsked);
            }
        }
    }));
    let covered = Signal::derive(move || cover.get().is_some());
    // A page has landmarks of its own.
    let in_page = look.place.is_in_page();
    let role = in_page.then_some("none");
    let body = live(move || {
        id.track();
        screens::draw(look, username.run(()), way)
    });
    let body = match in_page {
        true => view! { <div class="body">{body}</div> }.into_any(),
        false => view! { <main class="body">{body}</main> }.into_any(),
    };

    view! {
        <div class="card" inert=covered>
            <header role=role>
                <p class="practice">{say(Key::Practice)}</p>
                <div class="bar">
                {live(move || match id.read().name {
                    ScreenName::Consent
                    | ScreenName::Welcome
                    | ScreenName::Search
                    | ScreenName::Connections
                    | ScreenName::Done
                    | ScreenName::SessionOver => {
                        view! { <span></span> }.into_any()
                    }
                    _ if !facts.read().searches && !facts.read().manages => view! { <span></span> }.into_any(),
                    _ => icon_button(look, Key::Back, Glyph::Back, || Event::Back),
                })}
                {live(move || match facts.read().manages {
                    // Looking after something has no end to count towards.
                    true => view! { <span></span> }.into_any(),
                    false => steps(step_of(id.read().name)),
                })}
                {icon_button(look, Key::Close, Glyph::Close, || Event::CloseAsked)}
                </div>
            </header>
            {body}
            <footer class="fine" role=role>{live(move || footer(look))}</footer>
        </div>
        {live(move || cover.get().map_or_else(nothing, |kind| screens::cover(look, kind)))}
    }
}

fn icon_button(look: Look, name: Key, glyph: Glyph, event: fn() -> Event) -> AnyView {
    view! {
        <button type="button" class="icon-button" aria-label=say(name) on:click=move |_| look.happen(event())>
            <Icon glyph />
        </button>
    }
    .into_any()
}

fn steps(step: u8) -> AnyView {
    let words = fill(Key::StepOf, &[("step", &number(step)), ("steps", &number(STEPS))]);
    let dots: Vec<_> = (1..=STEPS)
        .map(|dot| view! { <i class=if dot <= step { "on" } else { "" }></i> }.into_any())
        .collect();
    view! { <div class="steps" role="img" aria-label=words>{dots}</div> }.into_any()
}

/// How far a screen is from the search to the end.
fn step_of(name: ScreenName) -> u8 {
    match name {
        ScreenName::Consent
        | ScreenName::Welcome
        | ScreenName::Search
        | ScreenName::NotListed
        | ScreenName::AlreadyConnected
        | ScreenName::Connections
        | ScreenName::Connection
        | ScreenName::Expiring
        | ScreenName::SessionOver => 1,
        ScreenName::ChooseMethod
        | ScreenName::BankLogin
        | ScreenName::Credentials
        | ScreenName::OfferDeposits
        | ScreenName::BankDetails => 2,
        ScreenName::Progress
        | ScreenName::Challenges
        | ScreenName::Instructions
        | ScreenName::StartAgain
        | ScreenName::Later
        | ScreenName::NoAccounts
        | ScreenName::Failed
        | ScreenName::ReviewDetails
        | ScreenName::Disconnect
        | ScreenName::Move
        | ScreenName::Interrupted
        | ScreenName::EnterAmounts
        | ScreenName::NotArrived
        | ScreenName::DepositProblem
        | ScreenName::Leave
        | ScreenName::Offline => 3,
        ScreenName::ChooseAccount | ScreenName::DepositsOnTheirWay | ScreenName::Done => 4,
    }
}

/// Who provides the service, and help. In the same place on every screen.
fn footer(look: Look) -> AnyView {
    if matches!(*look.screen.read_untracked(), Screen::Ended) {
        return nothing();
    }
    let facts = look.facts.read();
    let help = facts.help_url.clone().map(|url| {
        view! {
            <a href=url target="_blank" rel="noopener noreferrer">
                {say(Key::Help)}
                <span class="aside">" (" {say(Key::OpensNewTab)} ")"</span>
            </a>
        }
    });
    view! {
        <span>{fill(Key::SecuredFor, &[("client", &facts.client())])}</span>
        {help}
    }
    .into_any()
}

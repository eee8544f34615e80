//! What is laid over a screen: leave?, offline, trouble. The screen beneath stays as it is, and out of reach.

use crate::browser::focus_soon;
use crate::driver::{Intent, Intents};
use crate::parts::{LinkButton, Primary};
use crate::text::{Key, fill, say};
use leptos::prelude::*;
use linchpin_flow::{Cover as Kind, Event, Screen};
use linchpin_protocol::InstitutionRef;

/// A dialog over the screen.
#[component]
pub fn Cover(
    /// Which.
    cover: Kind,
    /// The screen beneath.
    screen: RwSignal<Screen>,
    /// Where intents go.
    intents: Intents,
) -> impl IntoView {
    let happen = move |event| intents.run(Intent::Event(event));
    let before = document().active_element();
    focus_soon("#cover-title");
    // The focus goes back to where it was, unless the screen has changed beneath.
    on_cleanup({
        let before = StoredValue::new_local(before);
        move || {
            use wasm_bindgen::JsCast;
            let element = before.try_get_value().flatten();
            if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
            {
                request_animation_frame(move || {
                    if element.is_connected() {
                        let _ = element.focus();
                    }
                });
            }
        }
    });
    let (title, text) = match cover {
        Kind::Leave => {
            let bank = screen.with_untracked(bank_of);
            let text = bank.map_or_else(
                || say(Key::LeaveHelpShort),
                |bank| fill(Key::LeaveHelp, &[("bank", &bank.name)]),
            );
            (Key::LeaveQuestion, text)
        }
        Kind::Offline => (Key::Offline, say(Key::OfflineHelp)),
        Kind::Trouble(_) => (Key::SomethingBroke, say(Key::SomethingBrokeHelp)),
    };
    let ways = match cover {
        Kind::Leave => view! {
            <Primary label=say(Key::Stay) press=move || happen(Event::Stay) />
            <LinkButton label=say(Key::Leave) press=move || happen(Event::Leave) />
        }
        .into_any(),
        Kind::Offline | Kind::Trouble(_) => view! {
            <Primary label=say(Key::TryAgain) press=move || happen(Event::TryAgain) />
            <LinkButton label=say(Key::Close) press=move || happen(Event::CloseAsked) />
        }
        .into_any(),
    };
    view! {
        <div class="cover">
            <div class="sheet" role="alertdialog" aria-modal="true" aria-labelledby="cover-title" aria-describedby="cover-text">
                <h2 id="cover-title" tabindex="-1">{say(title)}</h2>
                <p id="cover-text" class="quiet">{text}</p>
                {ways}
            </div>
        </div>
    }
}

/// The bank that a screen is about.
fn bank_of(screen: &Screen) -> Option<InstitutionRef> {
    match screen {
        Screen::Credentials(view) => Some(view.institution.clone()),
        Screen::Progress(view) => Some(view.institution.clone()),
        Screen::Challenges(view) => Some(view.institution.clone()),
        Screen::ChooseAccount(view) => Some(view.institution.clone()),
        Screen::Instructions(view) => Some(view.institution.clone()),
        Screen::StartAgain(view)
        | Screen::Later(view, _)
        | Screen::NoAccounts(view)
        | Screen::Failed(view) => Some(view.institution.clone()),
        Screen::Done(view) => Some(view.institution.clone()),
        Screen::Search(_) | Screen::SessionOver(_) | Screen::Ended => None,
    }
}

//! What is laid over a screen: leave?, offline, trouble. The screen beneath stays as it is, and out of reach.

use crate::look::Look;
use crate::parts::{LinkButton, Primary};
use crate::place::Place;
use crate::text::{Key, fill, say};
use leptos::prelude::*;
use linchpin_flow::{Cover, Event};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Draws a dialog over the screen.
pub fn cover(look: Look, kind: Cover) -> AnyView {
    look.place.focus_soon("#cover-title");
    give_focus_back(look.place);
    let (title, text) = match kind {
        Cover::Leave => {
            let screen = look.screen.read_untracked();
            let manages = look.facts.read_untracked().manages;
            let help = if manages { Key::LeaveHelpManaged } else { Key::LeaveHelp };
            let text = screen
                .institution()
                .filter(|bank| !bank.name.is_empty())
                .map_or_else(|| say(Key::LeaveHelpShort), |bank| fill(help, &[("bank", &bank.name)]));
            (Key::LeaveQuestion, text)
        }
        Cover::Expiring { can_extend: true } => (Key::StillThere, say(Key::StillThereHelp)),
        Cover::Expiring { can_extend: false } => (Key::EndsSoon, say(Key::EndsSoonHelp)),
        Cover::Offline => (Key::Offline, say(Key::OfflineHelp)),
        Cover::PartMissing => (Key::PartMissing, say(Key::PartMissingHelp)),
        Cover::Trouble(_) => (Key::SomethingBroke, say(Key::SomethingBrokeHelp)),
    };
    let [(main, on), (quiet, out)]: [(Key, fn() -> Event); 2] = match kind {
        Cover::Leave => [(Key::Stay, || Event::Stay), (Key::Leave, || Event::Leave)],
        Cover::Expiring { can_extend: true } => {
            [(Key::GoOn, || Event::Extend), (Key::Close, || Event::CloseAsked)]
        }
        Cover::Expiring { can_extend: false } => {
            [(Key::Understood, || Event::Extend), (Key::Close, || Event::CloseAsked)]
        }
        Cover::Offline | Cover::PartMissing | Cover::Trouble(_) => {
            [(Key::TryAgain, || Event::TryAgain), (Key::Close, || Event::CloseAsked)]
        }
    };
    // A cover's ways work whatever is being carried out beneath.
    let mut look = look;
    look.screen = RwSignal::new(linchpin_flow::Screen::Ended);
    view! {
        <div class="cover">
            <div class="sheet" role="alertdialog" aria-modal="true" aria-labelledby="cover-title" aria-describedby="cover-text">
                <h2 id="cover-title" tabindex="-1">{say(title)}</h2>
                <p id="cover-text" class="quiet">{text}</p>
                <Primary label=say(main) look event=on />
                <LinkButton label=say(quiet) look event=out />
            </div>
        </div>
    }
    .into_any()
}

/// When the cover goes, the focus returns to where it was, if that is still there.
fn give_focus_back(place: Place) {
    let before = place.focused().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let before = StoredValue::new_local(before);
    on_cleanup(move || {
        let Some(element) = before.try_get_value().flatten() else { return };
        request_animation_frame(move || {
            if element.is_connected() {
                let _ = element.focus();
            }
        });
    });
}

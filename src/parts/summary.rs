//! What is wrong with a form, above it. Takes the focus, and is read out when it appears (GOV.UK error summary).

use super::{Glyph, Icon};
use crate::facts::Facts;
use crate::look::{Live, Look, live, nothing};
use crate::text::{Key, fill, say};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use linchpin_flow::{Screen, Trouble};
use linchpin_protocol::Code;

/// What is wrong: what happened, what to do, and which fields.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Complaint {
    /// What happened.
    pub title: String,
    /// What to do.
    pub text: String,
    /// Ids of fields, each with the words that stand beside it too.
    pub fields: Vec<(String, String)>,
}

impl Complaint {
    /// Some fields are not filled in.
    pub fn fields(fields: Vec<(String, String)>) -> Option<Self> {
        (!fields.is_empty()).then(|| Self { title: say(Key::ThereIsAProblem), text: String::new(), fields })
    }

    /// The form was not taken.
    fn trouble(trouble: Trouble, screen: &Screen, facts: &Facts) -> Self {
        let (title, text) = match trouble {
            Trouble::Refused(Code::TooManyTries) if matches!(screen, Screen::BankDetails(_)) => {
                (Key::EnoughDeposits, Key::EnoughDepositsHelp)
            }
            Trouble::Unconfirmed => (Key::NotConfirmed, Key::NotConfirmedHelp),
            Trouble::NotAPracticeLogin => match &facts.practice {
                Some((username, passcode)) => {
                    let text = fill(Key::OnlyPracticeHelp, &[("username", username), ("passcode", passcode)]);
                    return Self { title: say(Key::OnlyPractice), text, fields: Vec::new() };
                }
                None => (Key::OnlyPractice, Key::OnlyPracticeHelpShort),
            },
            Trouble::Refused(Code::RateLimited | Code::TooManyTries) => {
                (Key::TooManyTries, Key::TooManyTriesHelp)
            }
            Trouble::Refused(Code::RefreshTooSoon) => (Key::TooSoon, Key::ComeBackLater),
            Trouble::Refused(Code::AlreadyConnected) => (Key::AlreadyConnected, Key::AlreadyConnectedHelp),
            Trouble::Refused(_) => (Key::NotTaken, Key::NotTakenHelp),
        };
        let bank = screen.institution().map(|institution| institution.name.as_str()).unwrap_or_default();
        Self { title: fill(title, &[("bank", bank)]), text: say(text), fields: Vec::new() }
    }
}

/// The summary of what is wrong with a form, as long as something is.
pub fn summary(look: Look, own: fn(&Screen) -> Option<Complaint>) -> Live {
    live(move || {
        let screen = look.screen.read();
        let facts = look.facts.read();
        let trouble = screen.trouble().map(|trouble| Complaint::trouble(trouble, &screen, &facts));
        let Some(Complaint { title, text, fields }) = trouble.or_else(|| own(&screen)) else {
            return nothing();
        };
        let links = fields.into_iter().map(|(id, words)| {
            let href = format!("#{id}");
            // An address leads nowhere within an element of somebody's page, and is that page's own.
            let go = move |event: MouseEvent| {
                if look.place.is_in_page() {
                    event.prevent_default();
                    if let Some(field) = look.place.find(&format!("[id=\"{id}\"]")) {
                        let _ = field.focus();
                    }
                }
            };
            view! { <li><a href=href on:click=go>{words}</a></li> }.into_any()
        });
        let links = links.collect::<Vec<_>>();
        view! {
            <div id="problem" class="notice danger" tabindex="-1" role="alert">
                <Icon glyph=Glyph::Warn />
                <strong>{title}</strong>
                <p>{text}</p>
                <ul>{links}</ul>
            </div>
        }
        .into_any()
    })
}

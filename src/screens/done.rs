//! Linked: what was linked, what the client can now see, and the way back.

use crate::driver::{Intent, Intents};
use crate::facts::Facts;
use crate::parts::{Glyph, Icon, Lead, LinkButton, Notice, Primary, Tone, account_name};
use crate::text::{Key, fill, say};
use leptos::prelude::*;
use linchpin_flow::{DoneView, Event};
use linchpin_protocol::Purpose;

/// Linked.
#[component]
pub fn Done(
    /// What it shows.
    view: Signal<DoneView>,
    /// What its words rest on.
    facts: Signal<Facts>,
    /// Where intents go.
    intents: Intents,
) -> impl IntoView {
    let DoneView { institution, accounts, .. } = view.get_untracked();
    let happen = move |event| intents.run(Intent::Event(event));
    let title = fill(Key::BankConnected, &[("bank", &institution.name)]);
    let text = Signal::derive(move || {
        let proven = facts.read().purpose != Some(Purpose::Aggregate);
        match accounts.as_slice() {
            [only] => {
                let key = if proven { Key::AccountVerified } else { Key::AccountConnected };
                fill(key, &[("account", &account_name(only))])
            }
            several => {
                let key = if proven { Key::AccountsVerified } else { Key::AccountsConnected };
                fill(key, &[("count", &several.len().to_string())])
            }
        }
    });
    let sees = move || {
        let facts = facts.read();
        let key = match facts.purpose? {
            Purpose::Verify => Key::SeesNumbers,
            Purpose::Aggregate => Key::SeesBalances,
            Purpose::Both => Key::SeesBoth,
        };
        let title = fill(Key::NowSees, &[("client", &facts.client())]);
        Some(view! { <Notice tone=Tone::Good title text=say(key) /> })
    };
    view! {
        <div class="seal"><Icon glyph=Glyph::Check /></div>
        <Lead title=title text />
        {sees}
        <div class="foot">
            <Primary
                label=Signal::derive(move || fill(Key::FinishTo, &[("client", &facts.read().client())]))
                press=move || happen(Event::Finish)
            />
            <LinkButton label=say(Key::AnotherBank) press=move || happen(Event::AnotherBank) />
        </div>
    }
}

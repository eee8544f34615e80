//! Linked: what was linked, what the client can now see, and the way back.

use super::consent::kinds;
use crate::look::Look;
use crate::parts::{Glyph, Icon, Lead, LinkButton, Notice, Primary, Tone, account_name};
use crate::text::{Key, count, fill, say};
use leptos::prelude::*;
use linchpin_flow::{DoneView, Event};
use linchpin_protocol::Purpose;

/// Linked.
#[component]
pub fn Done(
    /// What it shows, and where intents go.
    look: Look,
    /// What it showed first.
    view: DoneView,
) -> impl IntoView {
    let DoneView { institution, accounts, .. } = view;
    let facts = look.facts.get_untracked();
    let client = facts.client();
    let client = [("client", client.as_str())];
    let title = fill(Key::BankConnected, &[("bank", &institution.name)]);
    let proven = facts.purpose != Some(Purpose::Aggregate);
    let text = match accounts.as_slice() {
        [only] => {
            let key = if proven { Key::AccountVerified } else { Key::AccountConnected };
            fill(key, &[("account", &account_name(only))])
        }
        several => {
            let key = if proven { Key::AccountsVerified } else { Key::AccountsConnected };
            count(key, several.len(), &[])
        }
    };
    let sees = kinds(&facts.data);
    let another = facts.searches.then(|| {
        view! { <LinkButton label=say(Key::AnotherBank) look event=|| Event::AnotherBank /> }
    });
    view! {
        <div class="seal"><Icon glyph=Glyph::Check /></div>
        <Lead title text />
        <Notice tone=Tone::Good glyph=Glyph::Eye title=fill(Key::NowSees, &client) list=sees />
        <div class="foot">
            <Primary label=fill(Key::FinishTo, &client) look event=|| Event::Finish />
            {another}
        </div>
    }
}

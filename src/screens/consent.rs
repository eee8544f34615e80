//! Agree: who gets what, for what, until when, and how to take it back. What nobody has stated is not said.

use crate::facts::Facts;
use crate::look::{Look, live, nothing};
use crate::parts::{Lead, LinkButton, Primary, date};
use crate::text::{Key, fill, say};
use leptos::prelude::*;
use linchpin_flow::{Event, Screen};
use linchpin_protocol::{Consent as Terms, DataKind};

/// Agree.
#[component]
pub fn Consent(
    /// What it shows, and where intents go.
    look: Look,
) -> impl IntoView {
    let title = fill(Key::ShareWith, &[("client", &look.client())]);
    view! {
        <Lead title />
        {live(move || match &*look.screen.read() {
            Screen::Consent(view) => match &view.consent {
                Some(terms) => told(terms, &look.facts.read()),
                None => view! { <div class="bone tall"></div> }.into_any(),
            },
            _ => nothing(),
        })}
        <div class="foot">
            <Primary label=say(Key::Continue) look event=|| Event::Agreed />
            <LinkButton label=say(Key::Decline) look event=|| Event::CloseAsked />
        </div>
    }
}

fn told(terms: &Terms, facts: &Facts) -> AnyView {
    let client = facts.client();
    let client = [("client", client.as_str())];
    let through = match &facts.provider {
        Some(provider) => fill(Key::GetsThrough, &[client[0], ("provider", provider)]),
        None => fill(Key::Gets, &client),
    };
    let kinds: Vec<_> =
        kinds(&terms.data).into_iter().map(|words| view! { <li>{words}</li> }.into_any()).collect();
    let mut rows = Vec::new();
    let mut row = |name: Key, value: AnyView| {
        rows.push(view! { <div><dt>{say(name)}</dt><dd>{value}</dd></div> }.into_any());
    };
    if let Some(reason) = terms.reason.clone() {
        row(Key::WhatFor, reason.into_any());
    }
    if let Some(until) = terms.until.as_ref().and_then(|until| date(until.as_str())) {
        row(Key::UntilWhen, until.into_any());
    }
    if let Some(url) = &terms.revoke_url {
        row(Key::TakeBack, link(url, host(url)));
    }
    if let Some(url) = &facts.privacy_url {
        row(Key::Privacy, link(url, host(url)));
    }
    // Its own page could.
    let never = if facts.in_page { String::new() } else { fill(Key::NeverSeesPassword, &client) };
    view! {
        <p class="quiet">{through}</p>
        <ul class="gets">{kinds}</ul>
        <dl class="terms">{rows}</dl>
        <p class="quiet small">{never}</p>
    }
    .into_any()
}

/// What the client gets to see, in words. A kind that this version has no words for is told as such: agreeing to what is
/// not said would be no consent.
pub(super) fn kinds(data: &[DataKind]) -> Vec<String> {
    let words = |kind: &DataKind| match kind {
        DataKind::Accounts => Key::DataAccounts,
        DataKind::AccountNumbers => Key::DataNumbers,
        DataKind::Balances => Key::DataBalances,
        DataKind::Transactions => Key::DataTransactions,
        DataKind::Owner => Key::DataOwner,
        DataKind::Unknown => Key::DataOther,
    };
    data.iter().map(|kind| say(words(kind))).collect()
}

fn link(url: &str, words: String) -> AnyView {
    view! {
        <a href=url.to_owned() target="_blank" rel="noopener noreferrer">
            {words}
            <span class="aside">" (" {say(Key::OpensNewTab)} ")"</span>
        </a>
    }
    .into_any()
}

/// Where a link leads, as it is shown.
fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
}

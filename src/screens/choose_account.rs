//! Choose an account. Those that cannot be used are shown, with the reason.

use super::credentials::trouble_words;
use crate::driver::{Intent, Intents};
use crate::facts::Facts;
use crate::parts::{Lead, Submit, Summary, Who, dotted, money};
use crate::text::{Key, fill, say};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use linchpin_flow::{AccountsView, Event};
use linchpin_protocol::{AccountId, MaskedAccount, NotVerifiable};

/// Choose an account.
#[component]
pub fn ChooseAccount(
    /// What it shows.
    view: Signal<AccountsView>,
    /// What its words rest on.
    facts: Signal<Facts>,
    /// Where intents go.
    intents: Intents,
) -> impl IntoView {
    let AccountsView { institution, accounts, many, .. } = view.get_untracked();
    let busy = Signal::derive(move || view.read().busy);
    // With a single choice that can be made, it is made already: one press less, and the button names it.
    let usable: Vec<_> = accounts.iter().filter(|account| account.not_verifiable.is_none()).collect();
    let chosen = RwSignal::new(match usable.as_slice() {
        [only] => vec![only.id.clone()],
        _ => Vec::new(),
    });
    let count = accounts.len();
    let found = match count {
        1 => say(Key::AccountsFoundOne),
        _ => fill(Key::AccountsFoundMany, &[("count", &count.to_string())]),
    };
    let bank = institution.name.clone();
    let title = Signal::derive(move || {
        fill(if many { Key::WhichAccounts } else { Key::WhichAccount }, &[("client", &facts.read().client())])
    });
    let first = accounts
        .iter()
        .find(|account| account.not_verifiable.is_none())
        .map(|account| element_id(&account.id));
    let problem = move || {
        let view = view.read();
        if let Some(trouble) = view.trouble {
            let (title, text) = trouble_words(trouble, &Facts::default());
            return Some(view! { <Summary title text /> });
        }
        let fields = first.iter().map(|id| (id.clone(), say(Key::PleaseChoose))).collect();
        view.nothing_chosen.then(|| view! { <Summary title=say(Key::ThereIsAProblem) text="" fields /> })
    };
    let names: Vec<(AccountId, String)> =
        accounts.iter().map(|account| (account.id.clone(), account.name.clone())).collect();
    let label = Signal::derive(move || {
        if busy.get() {
            return say(Key::Sending);
        }
        if many {
            return say(Key::UseTheseAccounts);
        }
        let chosen = chosen.read();
        let name = names.iter().find(|(id, _)| chosen.first() == Some(id));
        name.map_or_else(|| say(Key::UseThisAccount), |(_, name)| fill(Key::UseAccount, &[("account", name)]))
    });
    let options =
        accounts.into_iter().map(|account| view! { <Choice account bank=bank.clone() many chosen /> });
    let options = options.collect_view();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !busy.get_untracked() {
            intents.run(Intent::Event(Event::AccountsChosen(chosen.get_untracked())));
        }
    };
    view! {
        <Who institution line=found />
        {problem}
        <Lead title />
        <form class="form" novalidate on:submit=submit>
            <fieldset class="options">
                <legend>{say(if many { Key::ChooseSome } else { Key::ChooseOne })}</legend>
                {options}
            </fieldset>
            <div class="foot">
                <Submit label busy />
            </div>
        </form>
    }
}

/// One account to choose.
#[component]
fn Choice(
    account: MaskedAccount,
    bank: String,
    many: bool,
    chosen: RwSignal<Vec<AccountId>>,
) -> impl IntoView {
    let reason = account.not_verifiable.map(|reason| match reason {
        NotVerifiable::NoTransfers => say(Key::NoTransfers),
        NotVerifiable::NumberMissing => fill(Key::NumberMissing, &[("bank", &bank)]),
        NotVerifiable::Unknown => say(Key::CannotBeUsed),
    });
    let off = reason.is_some();
    let (id, own) = (account.id.clone(), account.id.clone());
    let end = reason.unwrap_or_else(|| account.balance.as_ref().map(money).unwrap_or_default());
    let name = account.name.clone();
    let change = move |_| {
        chosen.update(|chosen| {
            let had = chosen.contains(&id);
            if many {
                chosen.retain(|other| *other != id);
            } else {
                chosen.clear();
            }
            if !(many && had) {
                chosen.push(id.clone());
            }
        });
    };
    view! {
        <label class="option" class:off=off>
            <input
                id=element_id(&own)
                type=if many { "checkbox" } else { "radio" }
                name="account"
                disabled=off
                prop:checked=move || chosen.read().contains(&own)
                on:change=change
            />
            <span class="what">
                <span class="name">{name}</span>
                {dotted(&account).map(|dots| {
                    let words = fill(Key::EndingIn, &[("digits", account.last_digits.as_deref().unwrap_or_default())]);
                    view! {
                        <br />
                        <span class="quiet small num" aria-hidden="true">{dots}</span>
                        <span class="aside">", " {words} ","</span>
                    }
                })}
            </span>
            <span class=if off { "end small" } else { "end num" }>" " {end}</span>
        </label>
    }
}

fn element_id(id: &AccountId) -> String {
    format!("account-{id}")
}

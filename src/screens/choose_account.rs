//! Choose an account. Those that cannot be used are shown, with the reason.

use crate::look::Look;
use crate::parts::{Complaint, Lead, Primary, Submit, Who, dotted, money, summary};
use crate::text::{Key, count, fill, say};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use linchpin_flow::{AccountsView, Event, Screen};
use linchpin_protocol::{AccountId, MaskedAccount, NotVerifiable};

/// Choose an account.
#[component]
pub fn ChooseAccount(
    /// What it shows, and where intents go.
    look: Look,
    /// What it showed first.
    view: AccountsView,
) -> impl IntoView {
    let AccountsView { institution, accounts, many, .. } = view;
    let busy = look.busy();
    // With a single choice that can be made, it is made already: one press less, and the button names it.
    let chosen = RwSignal::new(match usable(&accounts).as_slice() {
        [only] => vec![only.id.clone()],
        _ => Vec::new(),
    });
    let line = count(Key::AccountsFound, accounts.len(), &[]);
    let none = usable(&accounts).is_empty();
    let title = match (none, many) {
        (true, _) => Key::NoneUsable,
        (false, true) => Key::WhichAccounts,
        (false, false) => Key::WhichAccount,
    };
    let title = fill(title, &[("client", &look.client())]);
    let legend = match (none, many) {
        (true, _) => line.clone(),
        (false, true) => say(Key::ChooseSome),
        (false, false) => say(Key::ChooseOne),
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
    let bank = institution.name.clone();
    let options: Vec<_> = accounts.into_iter().map(|account| choice(account, &bank, many, chosen)).collect();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !busy.try_get_untracked().unwrap_or(true) {
            look.happen(Event::AccountsChosen(chosen.get_untracked()));
        }
    };
    let way_on = if none {
        view! { <Primary label=look.other_way() look event=|| Event::Back /> }.into_any()
    } else {
        view! { <Submit label busy /> }.into_any()
    };
    view! {
        <Who institution line />
        {summary(look, complaint)}
        <Lead title />
        <form class="form" novalidate on:submit=submit>
            <fieldset class="options">
                <legend>{legend}</legend>
                {options}
            </fieldset>
            <div class="foot">
                {way_on}
            </div>
        </form>
    }
}

/// Accounts that can be chosen.
fn usable(accounts: &[MaskedAccount]) -> Vec<&MaskedAccount> {
    accounts.iter().filter(|account| account.not_verifiable.is_none()).collect()
}

/// Nothing was chosen.
fn complaint(screen: &Screen) -> Option<Complaint> {
    let Screen::ChooseAccount(view) = screen else { return None };
    let first =
        usable(&view.accounts).first().map(|account| (element_id(&account.id), say(Key::PleaseChoose)));
    Complaint::fields(first.into_iter().filter(|_| view.nothing_chosen).collect())
}

/// One account to choose.
fn choice(account: MaskedAccount, bank: &str, many: bool, chosen: RwSignal<Vec<AccountId>>) -> AnyView {
    let reason = account.not_verifiable.map(|reason| match reason {
        NotVerifiable::NoTransfers => say(Key::NoTransfers),
        NotVerifiable::NumberMissing => fill(Key::NumberMissing, &[("bank", bank)]),
        NotVerifiable::Unknown => say(Key::CannotBeUsed),
    });
    let off = reason.is_some();
    let end = reason.unwrap_or_else(|| account.balance.as_ref().map(money).unwrap_or_default());
    let dots = dotted(&account).unwrap_or_default();
    let digits = account.last_digits.as_deref().unwrap_or_default();
    let ending = if digits.is_empty() { String::new() } else { fill(Key::EndingIn, &[("digits", digits)]) };
    let (id, own) = (account.id.clone(), account.id.clone());
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
    let element = element_id(&own);
    let checked = Signal::derive(move || chosen.read().contains(&own));
    view! {
        <label class="option" class:off=off>
            <input
                id=element
                type=if many { "checkbox" } else { "radio" }
                name="account"
                disabled=off
                prop:checked=checked
                on:change=change
            />
            <span class="what">
                <span class="name">{account.name}</span>
                <span class="dots quiet small num" aria-hidden="true">{dots}</span>
                <span class="aside">" " {ending} " "</span>
            </span>
            <span class=if off { "end small" } else { "end num" }>{end}</span>
        </label>
    }
    .into_any()
}

fn element_id(id: &AccountId) -> String {
    format!("account-{id}")
}

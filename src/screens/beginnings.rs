//! Where to begin: with what was begun before, with a connection that is there, and how to sign in.

use crate::look::Look;
use crate::parts::{Lead, LinkButton, Primary, Who, date, row};
use crate::text::{Key, fill, say};
use leptos::prelude::*;
use linchpin_flow::{Begun, Event, ExistingView, MethodsView, WelcomeView};
use linchpin_protocol::{Deposit, DepositNext, Method};

/// What was begun before.
#[component]
pub fn Welcome(
    /// Where intents go.
    look: Look,
    /// What it shows.
    view: WelcomeView,
) -> impl IntoView {
    let busy = look.busy();
    let deposits = view.deposits.into_iter().map(|deposit| deposit_row(look, deposit));
    let rows = view.begun.into_iter().map(|Begun { id, institution, at }| {
        let title = fill(Key::GoOnWith, &[("bank", &institution.name)]);
        let line = date(at.as_str()).map(|date| fill(Key::BegunOn, &[("date", &date)])).unwrap_or_default();
        let press = move || {
            if !busy.try_get_untracked().unwrap_or(true) {
                look.happen(Event::TakenUp(id.clone()));
            }
        };
        row(Some(institution.name), title, line, Box::new(press))
    });
    let rows: Vec<_> = deposits.chain(rows).collect();
    view! {
        <Lead title=say(Key::WelcomeBack) text=say(Key::WelcomeBackHelp) />
        <ul class="options plain-list">{rows}</ul>
        <div class="foot">
            <LinkButton label=say(Key::StartNew) look event=|| Event::StartNew />
        </div>
    }
}

/// Deposits that are on their way, or that something is to be done about.
fn deposit_row(look: Look, deposit: Deposit) -> AnyView {
    let title = match deposit.next {
        DepositNext::EnterAmounts { .. } => Key::RowAmounts,
        DepositNext::Wait { .. }
        | DepositNext::WaitForDeposit { .. }
        | DepositNext::WaitForProvider { .. } => Key::RowOnTheirWay,
        DepositNext::ProviderRetries {}
        | DepositNext::RepairConnection { .. }
        | DepositNext::CorrectAccount { .. }
        | DepositNext::UseAnotherAccount {}
        | DepositNext::Verified {}
        | DepositNext::Failed { .. }
        | DepositNext::Replaced { .. }
        | DepositNext::Withdrawn {}
        | DepositNext::Unknown => Key::RowLook,
    };
    let bank = deposit.bank.clone().unwrap_or_default();
    let line = super::deposits::account_of(&deposit);
    let id = deposit.id;
    row(Some(bank), say(title), line, Box::new(move || look.happen(Event::DepositTakenUp(id.clone()))))
}

/// The institution is connected already.
#[component]
pub fn AlreadyConnected(
    /// Where intents go.
    look: Look,
    /// What it shows.
    view: ExistingView,
) -> impl IntoView {
    let name = view.institution.name.clone();
    let bank = [("bank", name.as_str())];
    let title = fill(Key::ConnectedAlready, &bank);
    view! {
        <Who institution=view.institution />
        <Lead title text=fill(Key::ConnectedAlreadyHelp, &bank) />
        <div class="foot">
            <Primary label=say(Key::UseExisting) look event=|| Event::UseExisting />
            <LinkButton label=fill(Key::AnotherSignIn, &bank) look event=|| Event::AnotherSignIn />
            <LinkButton label=look.other_way() look event=|| Event::Back />
        </div>
    }
}

/// Choose how to sign in.
#[component]
pub fn ChooseMethod(
    /// Where intents go.
    look: Look,
    /// What it shows.
    view: MethodsView,
) -> impl IntoView {
    let name = view.institution.name.clone();
    let bank = [("bank", name.as_str())];
    let ways = view.methods.into_iter().filter_map(|method| {
        let (title, text) = match method {
            Method::BankLogin => (Key::OnBanksPage, Key::OnBanksPageHelp),
            Method::Credentials => (Key::TypedHere, Key::TypedHereHelp),
            Method::Unknown => return None,
        };
        let press = Box::new(move || look.happen(Event::MethodChosen(method)));
        Some(row(None, say(title), say(text), press))
    });
    let ways: Vec<_> = ways.collect();
    view! {
        <Who institution=view.institution />
        <Lead title=fill(Key::HowToSignIn, &bank) />
        <ul class="options plain-list">{ways}</ul>
        <div class="foot">
            <LinkButton label=look.other_way() look event=|| Event::Back />
        </div>
    }
}

//! Wait, and choose an account.

use crate::page::{Shown, bank, drawn, show as show_screen};
use leptos::prelude::*;
use linchpin_flow::{AccountsView, Patience, ProgressView, Screen, Work};
use linchpin_protocol::{
    AccountId, AccountKind, Cents, Currency, MaskedAccount, Money, NotVerifiable, Stage,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement, HtmlFormElement, HtmlInputElement};

#[wasm_bindgen_test]
async fn phases_are_told_in_order_with_real_progress_and_a_word_when_it_takes_long() {
    let view = ProgressView {
        institution: bank(),
        work: Work::Connecting,
        stage: Stage::Unknown,
        percent: None,
        patience: Patience::Fresh,
    };
    let page = show_screen(Screen::Progress(view.clone()), None);
    assert_eq!(page.heading(), "Connecting to Harbour Savings");
    let meter: Element = page.get("progress");
    assert_eq!(meter.get_attribute("value"), None, "no progress is told as none");
    assert_eq!(page.get::<Element>(".now").text_content().unwrap(), "Signing in, in progress");
    let heard = || page.get::<Element>(".aside[role=status]").text_content().unwrap();
    assert_eq!(heard(), "", "the first is in the list");
    let later =
        ProgressView { stage: Stage::Reading, percent: Some(62), patience: Patience::Reassure, ..view };
    page.change(|screen| *screen = Screen::Progress(later)).await;
    assert_eq!(meter.get_attribute("value").as_deref(), Some("62"));
    assert_eq!(page.get::<Element>(".done").text_content().unwrap(), "Signing in, done");
    assert_eq!(page.get::<Element>(".now").text_content().unwrap(), "Reading your accounts, in progress");
    assert_eq!(heard(), "Reading your accounts", "what is seen to go on is heard to go on");
    assert!(page.get::<Element>("[role=status]").text_content().unwrap().contains("Still working"));
}

#[wasm_bindgen_test]
async fn a_wait_without_a_bank_is_not_laid_at_its_door() {
    let view = ProgressView {
        institution: bank(),
        work: Work::Disconnecting { erases: true },
        stage: Stage::Erasing,
        percent: None,
        patience: Patience::Reassure,
    };
    let page = show_screen(Screen::Progress(view.clone()), None);
    let word = || page.get::<Element>("[role=status]").text_content().unwrap();
    assert_eq!(word(), "Still workingThis can take a moment.");
    let long = ProgressView { patience: Patience::MayClose, ..view };
    page.change(|screen| *screen = Screen::Progress(long)).await;
    assert!(word().contains("Quovo is taking its time."), "{}", word());
}

fn account(id: &str, name: &str, usable: bool) -> MaskedAccount {
    MaskedAccount {
        id: AccountId::new(id),
        name: name.into(),
        last_digits: Some("4411".into()),
        kind: AccountKind::Checking,
        balance: Some(Money { cents: Cents(-211_306), currency: Currency::new("USD") }),
        not_verifiable: (!usable).then_some(NotVerifiable::NoTransfers),
    }
}

fn show(accounts: Vec<MaskedAccount>, many: bool) -> Shown<impl Mountable> {
    let view = AccountsView {
        institution: bank(),
        accounts,
        many,
        nothing_chosen: false,
        trouble: None,
        busy: false,
    };
    show_screen(Screen::ChooseAccount(view), None)
}

fn submit(page: &Shown<impl Mountable>) {
    page.get::<HtmlFormElement>("form").request_submit().unwrap();
}

#[wasm_bindgen_test]
async fn one_account_is_chosen_and_the_button_names_it() {
    let page = show(vec![account("acc_1", "Everyday", true), account("acc_2", "Holiday", true)], false);
    page.get::<HtmlInputElement>("#account-acc_1").click();
    page.get::<HtmlInputElement>("#account-acc_2").click();
    drawn().await;
    assert!(page.has_button("Use Holiday"));
    submit(&page);
    assert_eq!(page.heard.told(), [r#"Event(AccountsChosen([AccountId("acc_2")]))"#]);
}

#[wasm_bindgen_test]
async fn many_accounts_can_be_chosen_and_taken_back() {
    let page = show(vec![account("acc_1", "Everyday", true), account("acc_2", "Holiday", true)], true);
    for id in ["#account-acc_1", "#account-acc_2", "#account-acc_1"] {
        page.get::<HtmlInputElement>(id).click();
    }
    submit(&page);
    assert_eq!(page.heard.told(), [r#"Event(AccountsChosen([AccountId("acc_2")]))"#]);
}

#[wasm_bindgen_test]
async fn an_account_that_cannot_be_used_is_shown_with_the_reason_and_the_only_other_is_chosen() {
    let page = show(vec![account("acc_1", "Card", false), account("acc_2", "Everyday", true)], false);
    let card: HtmlInputElement = page.get("#account-acc_1");
    assert!(card.disabled());
    assert!(page.text().contains("Cannot receive transfers"));
    assert!(
        page.text().contains("-$2,113.06"),
        "money is written as the language writes it: {}",
        page.text()
    );
    assert!(page.get::<HtmlInputElement>("#account-acc_2").checked());
    submit(&page);
    assert_eq!(page.heard.told(), [r#"Event(AccountsChosen([AccountId("acc_2")]))"#]);
}

#[wasm_bindgen_test]
async fn nothing_chosen_is_said_with_a_link_to_the_choice() {
    let page = show(vec![account("acc_1", "A", true), account("acc_2", "B", true)], false);
    submit(&page);
    assert_eq!(page.heard.told(), ["Event(AccountsChosen([]))"]);
    page.change(|screen| match screen {
        Screen::ChooseAccount(view) => view.nothing_chosen = true,
        other => panic!("another screen is shown: {other:?}"),
    })
    .await;
    let link: HtmlElement = page.get::<Element>("#problem a").unchecked_into();
    assert_eq!(link.get_attribute("href").as_deref(), Some("#account-acc_1"));
}

//! Two small deposits: the offer, the numbers, the amounts, the wait, the ends.

use crate::page::{Shown, bank, drawn, show as show_screen};
use leptos::prelude::*;
use linchpin_flow::{
    AmountsView, DepositView, DetailProblems, DetailsView, NumberTrouble, OfferView, ReviewView,
    RoutingTrouble, Screen,
};
use linchpin_protocol::{
    AccountField, AmountProblem, Deposit, DepositFailure, DepositId, DepositMethod, DepositNext, DepositWays,
    Revision, RoutingNumberFacts, RoutingState, Timestamp,
};
use std::sync::Arc;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlFormElement, HtmlInputElement};

fn show(screen: Screen) -> Shown<impl Mountable> {
    show_screen(screen, None)
}

fn deposit(next: DepositNext) -> Arc<Deposit> {
    Arc::new(Deposit {
        id: DepositId::new("dep_1"),
        revision: Revision(3),
        method: DepositMethod::Manual,
        bank: Some("Harbour Savings".into()),
        last_digits: Some("5397".into()),
        name: None,
        connection_id: None,
        account_id: None,
        replaces: None,
        status: "open".into(),
        provider_status: None,
        created_at: Timestamp::new("2026-11-20T10:00:00Z"),
        next,
    })
}

fn view(next: DepositNext) -> DepositView {
    DepositView {
        deposit: deposit(next),
        gives_up: false,
        repairs: false,
        gone: false,
        trouble: None,
        busy: false,
    }
}

fn details() -> DetailsView {
    DetailsView {
        institution: None,
        account: None,
        routing: String::new(),
        name: String::new(),
        facts: None,
        corrects: None,
        problems: DetailProblems::default(),
        trouble: None,
        busy: false,
        returned: 0,
    }
}

fn facts(state: RoutingState, replaced_by: Option<&str>) -> Option<Arc<RoutingNumberFacts>> {
    Some(Arc::new(RoutingNumberFacts {
        routing: "021000021".into(),
        state,
        bank: Some("Harbour Savings".into()),
        replaced_by: replaced_by.map(str::to_owned),
        institution: None,
    }))
}

fn amounts() -> AmountsView {
    AmountsView {
        deposit: deposit(DepositNext::EnterAmounts { tries_left: 3, wrong: false, expected_by: None }),
        tries_left: 3,
        wrong: false,
        problems: [None; 2],
        trouble: None,
        busy: false,
        returned: 0,
    }
}

const ROUTING: &str = "Routing number";
const NUMBER: &str = "Account number";
const AGAIN: &str = "Account number again";

#[wasm_bindgen_test]
fn what_is_offered_can_be_chosen_and_what_is_not_is_not_there() {
    let offer = |automatic, manual| OfferView {
        institution: bank(),
        account: None,
        ways: DepositWays { automatic, manual },
        busy: false,
    };
    let page = show(Screen::OfferDeposits(offer(true, true)));
    let rows = page.all("button.option");
    assert_eq!(rows.len(), 2, "{}", page.text());
    page.get::<web_sys::HtmlElement>("li:last-child button").click();
    assert_eq!(page.heard.told(), ["Event(WayChosen(Manual))"]);
    let page = show(Screen::OfferDeposits(offer(false, false)));
    assert!(!page.has("button.option") && page.heading().contains("cannot be proved"), "{}", page.text());
}

#[wasm_bindgen_test]
async fn numbers_that_were_typed_are_typed_twice_and_are_not_in_what_is_told() {
    let page = show(Screen::BankDetails(details()));
    drawn().await;
    assert_eq!(page.field(NUMBER).type_(), "password", "it is masked");
    assert_eq!(page.field(NUMBER).autocomplete(), "off");
    page.type_into(ROUTING, "021000021");
    page.type_into(NUMBER, "000123454411");
    page.type_into(AGAIN, "000123454412");
    page.get::<HtmlFormElement>("form").request_submit().unwrap();
    let told = page.heard.told();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0], r#"Event(RoutingTyped("021000021"))"#);
    assert!(told[1].contains("Err(Differs)"), "{told:?}");
    page.type_into(AGAIN, " 0001-2345-4411");
    page.get::<HtmlFormElement>("form").request_submit().unwrap();
    let told = page.heard.told();
    assert!(told[0].contains("number: Ok(") && !told[0].contains("4411"), "{told:?}");
}

#[wasm_bindgen_test]
async fn a_number_that_was_pasted_is_not_asked_for_again_until_it_is_changed() {
    let page = show(Screen::BankDetails(details()));
    drawn().await;
    let field: HtmlInputElement = page.field(NUMBER);
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    field.dispatch_event(&web_sys::Event::new_with_event_init_dict("paste", &init).unwrap()).unwrap();
    field.set_value("000123454411");
    drawn().await;
    assert!(!page.text().contains(AGAIN), "{}", page.text());
    page.type_into(ROUTING, "021000021");
    page.get::<HtmlFormElement>("form").request_submit().unwrap();
    assert!(page.heard.told()[1].contains("number: Ok("));
    page.key(&field, "7");
    drawn().await;
    assert!(page.text().contains(AGAIN), "{}", page.text());
}

#[wasm_bindgen_test]
async fn the_banks_name_is_shown_and_a_number_that_was_replaced_can_be_taken_over() {
    let page =
        show(Screen::BankDetails(DetailsView { facts: facts(RoutingState::Known, None), ..details() }));
    drawn().await;
    assert!(page.text().contains("Harbour Savings. Is this your bank?"), "{}", page.text());
    page.change(|screen| {
        let facts = facts(RoutingState::Replaced, Some("111000025"));
        *screen = Screen::BankDetails(DetailsView { facts, ..details() });
    })
    .await;
    page.button("Use 111000025").click();
    assert_eq!(page.field(ROUTING).value(), "111000025");
    assert_eq!(page.heard.told(), [r#"Event(RoutingTyped("111000025"))"#]);
    page.change(|screen| {
        let facts = facts(RoutingState::Unlisted, None);
        *screen = Screen::BankDetails(DetailsView { facts, ..details() });
    })
    .await;
    assert!(page.text().contains("If the number is right, go on."), "{}", page.text());
}

#[wasm_bindgen_test]
async fn what_is_wrong_with_the_numbers_stands_in_the_summary_and_beside_each() {
    let page = show(Screen::BankDetails(DetailsView { routing: "021000021".into(), ..details() }));
    drawn().await;
    assert_eq!(page.field(ROUTING).value(), "021000021", "it need not be typed again");
    page.type_into(NUMBER, "123456");
    let problems = DetailProblems {
        routing: Some(RoutingTrouble::Format { digits: 8 }),
        number: Some(NumberTrouble::Differs),
        name: None,
    };
    page.change(|screen| *screen = Screen::BankDetails(DetailsView { problems, returned: 1, ..details() }))
        .await;
    let summary = page.get::<Element>("#problem").text_content().unwrap();
    assert!(summary.contains("You entered 8.") && summary.contains("not the same"), "{summary}");
    assert_eq!(page.all("#problem a").len(), 2);
    assert_eq!(page.field(AGAIN).get_attribute("aria-invalid").as_deref(), Some("true"));
    assert_eq!(page.field(NUMBER).get_attribute("aria-invalid"), None);
    assert_eq!(page.field(NUMBER).value(), "", "what was typed in confidence is typed again");
}

#[wasm_bindgen_test]
async fn the_numbers_are_read_once_more_with_the_last_digits_only() {
    let view = ReviewView {
        bank: Some("Harbour Savings".into()),
        routing: "021000021".into(),
        last_digits: "4411".into(),
        name: "Household".into(),
        automatic: false,
        busy: false,
    };
    let page = show(Screen::ReviewDetails(view));
    drawn().await;
    for words in ["Harbour Savings", "021000021", "••••\u{a0}4411", "Household"] {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
    page.button("Send the deposits").click();
    assert_eq!(page.heard.told(), ["Event(SendDetails)"]);
}

#[wasm_bindgen_test]
async fn what_is_understood_of_the_amounts_is_said_before_they_are_sent() {
    let page = show(Screen::EnterAmounts(amounts()));
    drawn().await;
    page.type_into("One amount", "$0.12");
    assert_eq!(page.get::<Element>("#understood").text_content().unwrap(), "Read as 12 cents");
    page.type_into("Other amount", "1¢");
    assert_eq!(page.get::<Element>("#understood").text_content().unwrap(), "Read as 12 cents and 1 cent");
    page.get::<HtmlFormElement>("form").request_submit().unwrap();
    assert_eq!(page.heard.take().len(), 1);
}

#[wasm_bindgen_test]
async fn amounts_that_cannot_be_read_are_told_and_stay_and_a_wrong_pair_is_emptied() {
    let page = show(Screen::EnterAmounts(amounts()));
    drawn().await;
    page.type_into("One amount", "twelve");
    page.get::<HtmlFormElement>("form").request_submit().unwrap();
    let told = page.heard.told();
    assert!(told[0].contains("Err(Format)") && told[0].contains("Err(Empty)"), "{told:?}");
    let problems = [Some(AmountProblem::Format), Some(AmountProblem::Empty)];
    page.change(|screen| *screen = Screen::EnterAmounts(AmountsView { problems, ..amounts() })).await;
    assert_eq!(page.all("#problem a").len(), 2);
    assert_eq!(page.field("One amount").value(), "twelve", "a slip can be mended");
    page.type_into("Other amount", "12");
    assert_eq!(page.get::<Element>("#understood").text_content().unwrap(), "Read as 12 cents");

    let wrong = AmountsView { wrong: true, tries_left: 1, returned: 1, ..amounts() };
    page.change(|screen| *screen = Screen::EnterAmounts(wrong)).await;
    let summary = page.get::<Element>("#problem").text_content().unwrap();
    assert!(summary.contains("These are not the two amounts"), "the pair is wrong, not one: {summary}");
    assert!(summary.contains("1 try is left."), "{summary}");
    assert_eq!(page.text().matches("is left.").count(), 1, "and not once more: {}", page.text());
    assert_eq!(page.all("#problem a").len(), 0);
    assert_eq!(page.field("One amount").value(), "");
    assert_eq!(page.get::<Element>("#understood").text_content().unwrap(), "", "nor does it stand elsewhere");
}

#[wasm_bindgen_test]
fn from_the_day_on_which_they_are_late_the_numbers_come_first() {
    let not_arrived = |expected_by: Option<&str>| {
        let expected_by = expected_by.map(Timestamp::new);
        let next = DepositNext::EnterAmounts { tries_left: 3, wrong: false, expected_by };
        show(Screen::NotArrived(view(next)))
    };
    let first = |page: &Shown<_>| page.get::<Element>("button.button").text_content().unwrap();
    let page = not_arrived(Some("2099-11-24T12:00:00Z"));
    assert!(page.text().contains("They are late from"), "{}", page.text());
    assert_eq!(first(&page), "Back to Acorn Budget");
    let page = not_arrived(Some("2020-11-24T12:00:00Z"));
    assert!(page.text().contains("They should have been there by"), "{}", page.text());
    assert_eq!(first(&page), "Correct the numbers");
    let page = not_arrived(None);
    assert!(
        !page.text().contains("late") && !page.text().contains("by"),
        "nobody says when: {}",
        page.text()
    );
}

#[wasm_bindgen_test]
fn each_end_has_its_own_words_and_the_amounts_are_blamed_only_where_they_were_wrong() {
    let ended = |next| show(Screen::DepositProblem(view(next)));
    let failed = |reason| ended(DepositNext::Failed { reason });
    let mut headings = std::collections::HashSet::new();
    for page in [
        failed(DepositFailure::TooManyTries),
        failed(DepositFailure::NotConfirmedInTime),
        failed(DepositFailure::NotSent),
        ended(DepositNext::CorrectAccount { field: AccountField::AccountNumber }),
        ended(DepositNext::CorrectAccount { field: AccountField::RoutingNumber }),
        ended(DepositNext::UseAnotherAccount {}),
        ended(DepositNext::ProviderRetries {}),
        ended(DepositNext::Withdrawn {}),
    ] {
        assert!(headings.insert(page.heading()), "{} is said twice", page.heading());
    }
    let page = failed(DepositFailure::NotConfirmedInTime);
    assert!(page.text().contains("No amounts were wrong."), "{}", page.text());
    page.button("Send new deposits").click();
    assert_eq!(page.heard.told(), ["Event(CorrectNumbers)"]);
}

#[wasm_bindgen_test]
async fn after_deposits_that_were_stopped_a_way_leads_back_to_the_client() {
    let page = show(Screen::DepositProblem(view(DepositNext::Withdrawn {})));
    assert_eq!(page.heading(), "These deposits are stopped");
    page.button("Choose another bank").click();
    page.button("Back to Acorn Budget").click();
    assert_eq!(page.heard.told(), ["Event(Back)", "Event(CloseAsked)"]);
}

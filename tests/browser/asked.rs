//! Answer what the institution asks.

use crate::page::{Shown, bank, drawn, show as show_screen, until};
use leptos::prelude::*;
use linchpin::driver::Intent;
use linchpin_flow::{AskedView, Limit, Screen};
use linchpin_protocol::{Challenge, ChallengeId, ChoiceOption, PictureOption, Revision};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement, HtmlFormElement, HtmlInputElement};

const PICTURE: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

fn submit(page: &Shown<impl Mountable>) {
    page.get::<HtmlFormElement>("form").request_submit().unwrap();
}

fn change(page: &Shown<impl Mountable>, change: impl FnOnce(&mut AskedView)) -> impl Future<Output = ()> {
    page.change(|screen| match screen {
        Screen::Challenges(view) => change(view),
        other => panic!("another screen is shown: {other:?}"),
    })
}

fn option(key: &str, label: &str, category: Option<&str>) -> ChoiceOption {
    ChoiceOption { key: key.into(), label: label.into(), category: category.map(Into::into) }
}

fn delivery() -> Challenge {
    Challenge::Choice {
        id: ChallengeId::new("chl_3n"),
        prompt: "How should we send it?".into(),
        options: vec![
            option("4", "***-0142", Some("Text")),
            option("5", "***-0142", Some("Voice")),
            option("6", "***-0177", Some("Text")),
        ],
    }
}

fn answers(page: &Shown<impl Mountable>) -> Vec<(String, String)> {
    let Some(Intent::Answers { values, empty }) = page.heard.take().pop() else {
        panic!("no answers were handed over")
    };
    assert!(empty.is_empty(), "{empty:?} are empty");
    values.iter().map(|answer| (answer.id.to_string(), answer.value.expose().to_owned())).collect()
}

#[wasm_bindgen_test]
async fn a_choice_is_grouped_and_what_is_sent_is_the_key() {
    let page = show_asked(asked(vec![delivery()]));
    let groups: Vec<_> = page.all(".category").iter().map(|group| group.text_content().unwrap()).collect();
    assert_eq!(groups, ["Text", "Voice"], "in the order in which they come first");
    let options = page.all("label.option");
    assert!(options[1].text_content().unwrap().contains("***-0177"), "under its category");
    submit(&page);
    assert!(
        page.heard.told()[0].contains(r#"empty: [ChallengeId("chl_3n")]"#),
        "nothing is picked by itself"
    );
    change(&page, |view| view.empty = vec![ChallengeId::new("chl_3n")]).await;
    assert!(page.text().contains("Choose one of these"));
    let link: Element = page.get("#problem a");
    let target = link.get_attribute("href").unwrap();
    assert!(page.has(&format!("input{target}")), "{target} leads to the first option");
    options[1].clone().dyn_into::<HtmlElement>().unwrap().click();
    submit(&page);
    assert_eq!(answers(&page), [("chl_3n".to_owned(), "6".to_owned())]);
}

#[wasm_bindgen_test]
async fn a_picture_stands_above_its_field_and_pictures_can_be_picked() {
    let page = show_asked(asked(vec![
        Challenge::Image { id: ChallengeId::new("chl_4"), prompt: "Type it".into(), picture: PICTURE.into() },
        Challenge::ImageChoice {
            id: ChallengeId::new("chl_5n"),
            prompt: "Pick yours".into(),
            options: ["0", "1"].map(|key| PictureOption { key: key.into(), picture: PICTURE.into() }).into(),
        },
    ]));
    let alts: Vec<_> = page.all("img").iter().map(|image| image.get_attribute("alt").unwrap()).collect();
    assert_eq!(alts, ["Picture from Harbour Savings", "Picture 1 of 2", "Picture 2 of 2"]);
    page.type_into("Type it", "K7RM");
    page.all("label.option")[1].clone().dyn_into::<HtmlElement>().unwrap().click();
    submit(&page);
    let expected = [("chl_4", "K7RM"), ("chl_5n", "1")].map(|(id, value)| (id.to_owned(), value.to_owned()));
    assert_eq!(answers(&page), expected);
}

#[wasm_bindgen_test]
async fn a_code_can_be_filled_in_by_the_device() {
    let code = Challenge::Code { id: ChallengeId::new("chl_6"), prompt: "Enter the code".into() };
    let page = show_asked(asked(vec![code]));
    let field: HtmlInputElement = page.field("Enter the code");
    assert_eq!(field.get_attribute("autocomplete").as_deref(), Some("one-time-code"));
}

#[wasm_bindgen_test]
async fn the_time_left_is_shown_counts_down_and_is_told_sparingly() {
    let code = Challenge::Code { id: ChallengeId::new("chl_6"), prompt: "Enter the code".into() };
    let mut view = asked(vec![code]);
    view.limit = Some(Limit::Left { ms: 95_000, countdown: 1 });
    let page = show_asked(view);
    drawn().await;
    assert!(page.text().contains("Time left: 1:3"), "{}", page.text());
    assert_eq!(
        page.get::<Element>(".limit + [role=status]").text_content().unwrap(),
        "",
        "nothing to tell yet"
    );
    change(&page, |view| view.limit = Some(Limit::Left { ms: 29_900, countdown: 2 })).await;
    until("it is told", || page.text().contains("30 seconds left")).await;
    until("it goes on", || page.text().contains("Time left: 0:29")).await;
    change(&page, |view| view.limit = Some(Limit::Left { ms: 0, countdown: 2 })).await;
    until("it is over", || page.text().contains("The time is over")).await;
    change(&page, |view| view.limit = Some(Limit::Soon)).await;
    until("nobody says when", || page.text().contains("answer soon") && !page.text().contains("Time left"))
        .await;
}

#[wasm_bindgen_test]
async fn what_is_approved_elsewhere_has_no_form() {
    let mut view = asked(vec![approval(false)]);
    view.elsewhere = true;
    let page = show_asked(view);
    assert!(!page.has("form") && page.text().contains("Open the bank's app."));
    page.button("I have approved it").click();
    assert_eq!(page.heard.told(), ["Event(CheckNow)"]);
}

#[wasm_bindgen_test]
async fn what_was_approved_elsewhere_is_said_with_a_button() {
    let page = show_asked(asked(vec![approval(true)]));
    assert!(page.text().contains("Open the bank's app.") && !page.has("input"));
    submit(&page);
    assert_eq!(answers(&page), [("chl_7".to_owned(), String::new())]);
}

fn approval(confirm: bool) -> Challenge {
    Challenge::Approve { id: ChallengeId::new("chl_7"), prompt: "Open the bank's app.".into(), confirm }
}

fn asked(items: Vec<Challenge>) -> AskedView {
    AskedView {
        institution: bank(),
        revision: Revision(3),
        items,
        limit: None,
        elsewhere: false,
        empty: vec![],
        trouble: None,
        busy: false,
        returned: 0,
    }
}

fn question(id: &str, prompt: &str) -> Challenge {
    Challenge::Text { id: ChallengeId::new(id), prompt: prompt.into() }
}

fn show_asked(view: AskedView) -> Shown<impl Mountable> {
    show_screen(Screen::Challenges(view), None)
}

#[wasm_bindgen_test]
async fn each_question_has_its_own_field_and_complaint() {
    let page = show_asked(asked(vec![question("chl_1", "First pet?"), question("chl_2", "First car?")]));
    page.type_into("First pet?", "rex");
    submit(&page);
    assert!(page.heard.told()[0].contains(r#"empty: [ChallengeId("chl_2")]"#));
    page.change(|screen| match screen {
        Screen::Challenges(view) => view.empty = vec![ChallengeId::new("chl_2")],
        other => panic!("another screen is shown: {other:?}"),
    })
    .await;
    assert_eq!(page.field("First car?").get_attribute("aria-invalid").as_deref(), Some("true"));
    assert_eq!(page.field("First pet?").get_attribute("aria-invalid"), None);
    assert_eq!(page.field("First pet?").value(), "rex", "what was answered stays");
    page.type_into("First car?", "beetle");
    submit(&page);
    let Some(Intent::Answers { values, empty }) = page.heard.take().pop() else {
        panic!("no answers were handed over")
    };
    assert!(empty.is_empty());
    assert_eq!(values.iter().map(|answer| answer.value.expose()).collect::<Vec<_>>(), ["rex", "beetle"]);
    assert_eq!(page.field("First pet?").value(), "", "answers leave the page");
}

#[wasm_bindgen_test]
async fn a_question_of_an_unknown_kind_offers_another_bank() {
    let page = show_asked(asked(vec![Challenge::Unknown]));
    assert!(!page.has("form"));
    let way: HtmlElement = page.button("Choose another bank");
    way.click();
    assert_eq!(page.heard.told(), ["Event(Back)"]);
}

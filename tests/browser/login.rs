//! Enter the login.

use crate::page::{Shown, bank, drawn, show as show_screen};
use leptos::prelude::*;
use linchpin::driver::Intent;
use linchpin_flow::{CredentialsView, SameLogin, Screen, Trouble};
use linchpin_protocol::{CredentialProblem, Field, FieldId, FieldKind};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlFormElement};

pub(crate) fn form() -> CredentialsView {
    CredentialsView {
        institution: bank(),
        place: None,
        fields: Some(vec![
            Field {
                id: FieldId::new("username"),
                label: Some("Member number".into()),
                kind: FieldKind::Username,
            },
            Field { id: FieldId::new("password"), label: Some("Passcode".into()), kind: FieldKind::Password },
        ]),
        notes: Some("Use <b>online</b> banking.".into()),
        website: None,
        problem: CredentialProblem::None,
        tries_left: None,
        same_login: SameLogin::New,
        empty: vec![],
        trouble: None,
        busy: false,
        returned: 0,
    }
}

fn show(view: CredentialsView, username: Option<&str>) -> Shown<impl Mountable> {
    show_screen(Screen::Credentials(view), username)
}

/// Changes the form that is shown.
async fn change(page: &Shown<impl Mountable>, change: impl FnOnce(&mut CredentialsView)) {
    page.change(|screen| match screen {
        Screen::Credentials(view) => change(view),
        other => panic!("another screen is shown: {other:?}"),
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_bank_whose_name_comes_with_its_fields_is_named_then() {
    let mut nameless = CredentialsView { fields: None, ..form() };
    nameless.institution.name.clear();
    let page = show(nameless, None);
    assert!(!page.has("h1"), "{}", page.text());
    change(&page, |view| *view = form()).await;
    assert_eq!(page.heading(), "Sign in to Harbour Savings");
}

fn submit(page: &Shown<impl Mountable>) {
    page.get::<HtmlFormElement>("form").request_submit().unwrap();
}

#[wasm_bindgen_test]
async fn the_banks_own_labels_and_notes_are_shown_and_password_managers_are_helped() {
    let page = show(form(), None);
    assert_eq!(page.heading(), "Sign in to Harbour Savings");
    assert!(page.text().contains("Use <b>online</b> banking."), "notes are text");
    assert_eq!(page.field("Member number").get_attribute("autocomplete").as_deref(), Some("username"));
    let passcode = page.field("Passcode");
    assert_eq!(passcode.get_attribute("autocomplete").as_deref(), Some("current-password"));
    assert_eq!(passcode.type_(), "password");
    assert!(page.text().contains("To Quovo, who signs in for you and keeps it"), "{}", page.text());
}

#[wasm_bindgen_test]
async fn submitting_hands_the_values_over_and_empties_the_secret() {
    let page = show(form(), None);
    page.type_into("Member number", " 40 118 ");
    page.type_into("Passcode", "pass word ");
    submit(&page);
    let Some(Intent::Login { values, username, empty }) = page.heard.take().pop() else {
        panic!("no login was handed over")
    };
    assert_eq!(values[0].value.expose(), " 40 118 ", "what was typed is not touched");
    assert_eq!(values[1].value.expose(), "pass word ");
    assert_eq!(username.unwrap().expose(), " 40 118 ");
    assert!(empty.is_empty());
    assert_eq!(page.field("Passcode").value(), "", "the secret leaves the page");
    assert_eq!(page.field("Member number").value(), " 40 118 ");
}

#[wasm_bindgen_test]
async fn empty_fields_are_named_in_a_summary_and_beside_the_field() {
    let page = show(form(), None);
    submit(&page);
    assert!(page.heard.told()[0].contains(r#"empty: [FieldId("username"), FieldId("password")]"#));
    change(&page, |view| view.empty = vec![FieldId::new("password")]).await;
    let summary: Element = page.get("#problem");
    assert_eq!(summary.get_attribute("role").as_deref(), Some("alert"));
    assert_eq!(page.get::<Element>("#problem a").get_attribute("href").as_deref(), Some("#field-password"));
    let passcode = page.field("Passcode");
    assert_eq!(passcode.get_attribute("aria-invalid").as_deref(), Some("true"));
    let described = passcode.get_attribute("aria-describedby").unwrap();
    assert_eq!(page.get::<Element>(&format!("#{described}")).text_content().unwrap(), "Enter your passcode");
}

#[wasm_bindgen_test]
async fn a_wrong_login_keeps_the_user_name_and_says_what_to_do() {
    let view = CredentialsView { problem: CredentialProblem::Incorrect, ..form() };
    let page = show(view, Some("40 118"));
    drawn().await;
    assert_eq!(page.field("Member number").value(), "40 118");
    assert_eq!(page.field("Passcode").value(), "");
    assert!(page.text().contains("Harbour Savings did not accept these details"));
}

#[wasm_bindgen_test]
async fn a_form_that_comes_back_empties_the_secret_again() {
    let page = show(form(), None);
    drawn().await;
    page.type_into("Passcode", "typed meanwhile");
    change(&page, |view| {
        view.returned += 1;
        view.trouble = Some(Trouble::NotAPracticeLogin);
    })
    .await;
    assert_eq!(page.field("Passcode").value(), "");
    assert!(page.text().contains("Try practice-good with practice."), "{}", page.text());
}

#[wasm_bindgen_test]
async fn a_second_press_while_busy_hands_nothing_over() {
    let page = show(form(), None);
    page.type_into("Member number", "a");
    page.type_into("Passcode", "b");
    change(&page, |view| view.busy = true).await;
    submit(&page);
    assert!(page.heard.take().is_empty(), "a double click must not send twice");
    assert!(page.has_button("Signing in…"));
}

#[wasm_bindgen_test]
async fn the_secret_can_be_shown_and_hidden() {
    let page = show(form(), None);
    page.button("Show Passcode").click();
    drawn().await;
    assert_eq!(page.field("Passcode").type_(), "text");
    page.button("Hide Passcode").click();
    drawn().await;
    assert_eq!(page.field("Passcode").type_(), "password");
}

#[wasm_bindgen_test]
async fn a_locked_login_takes_no_more_tries() {
    let view = CredentialsView { problem: CredentialProblem::Locked, ..form() };
    let page = show(view, None);
    assert!(!page.has("form"));
    page.button("Choose another bank").click();
    assert_eq!(page.heard.told(), ["Event(Back)"]);
}

#[wasm_bindgen_test]
async fn leaving_the_screen_overwrites_what_was_typed() {
    let page = show(form(), None);
    page.type_into("Passcode", "hunter2");
    let field = page.field("Passcode");
    drop(page);
    assert_eq!(field.value(), "", "the element outlives the screen in the browser's memory");
}

#[wasm_bindgen_test]
async fn a_locked_login_leaves_no_form_but_the_banks_own_site() {
    let website = Some("https://harbour.example".into());
    let page = show(CredentialsView { problem: CredentialProblem::Locked, website, ..form() }, None);
    assert!(!page.has("form"), "no more tries");
    assert_eq!(page.get::<Element>("h1").text_content().unwrap(), "Harbour Savings has locked this sign-in");
    let site: Element = page.get("a.button");
    assert_eq!(site.get_attribute("href").as_deref(), Some("https://harbour.example"));
    page.button("Choose another bank").click();
    assert_eq!(page.heard.told(), ["Event(Back)"]);
}

#[wasm_bindgen_test]
async fn after_a_wrong_login_the_banks_own_site_helps() {
    let mut view = form();
    view.website = Some("https://harbour.example".into());
    let page = show(view, None);
    assert!(!page.has("a.link"), "not before it was wrong");
    page.change(|screen| match screen {
        Screen::Credentials(view) => view.problem = CredentialProblem::Incorrect,
        other => panic!("another screen is shown: {other:?}"),
    })
    .await;
    assert!(page.get::<Element>("a.link").text_content().unwrap().contains("harbour.example"));
}

//! Name the institution that is not in the list.

use crate::page::{Shown, drawn, show as show_screen};
use leptos::prelude::*;
use linchpin_flow::{NotListedView, NotNamed, Screen};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

const LABEL: &str = "Name or website";

fn view(sought: &str) -> NotListedView {
    NotListedView {
        sought: sought.into(),
        problem: None,
        trouble: None,
        sent: false,
        deposits: false,
        busy: false,
    }
}

fn show(view: NotListedView) -> Shown<impl Mountable> {
    show_screen(Screen::NotListed(view), None)
}

#[wasm_bindgen_test]
async fn what_was_searched_for_stands_there_and_is_handed_back_as_it_was_changed() {
    let page = show(view("elm stret"));
    drawn().await;
    assert_eq!(page.field(LABEL).value(), "elm stret");
    page.type_into(LABEL, "Elm Street Bank");
    page.button("Send to Acorn Budget").click();
    assert_eq!(page.heard.told(), [r#"Event(BankNamed("Elm Street Bank"))"#]);
}

#[wasm_bindgen_test]
async fn a_name_that_was_not_sent_stays_and_the_summary_leads_to_it() {
    let page = show(view(""));
    drawn().await;
    page.type_into(LABEL, "0123456789");
    let digits = NotListedView { problem: Some(NotNamed::Digits), ..view("") };
    page.change(|screen| *screen = Screen::NotListed(digits)).await;
    assert!(page.get::<Element>("#problem").text_content().unwrap().contains("Leave account numbers out"));
    assert_eq!(page.get::<Element>("#problem a").get_attribute("href").as_deref(), Some("#missing"));
    assert_eq!(page.field(LABEL).get_attribute("aria-invalid").as_deref(), Some("true"));
    assert_eq!(page.field(LABEL).value(), "0123456789");
}

#[wasm_bindgen_test]
async fn a_name_that_is_on_record_leads_back() {
    let page = show(NotListedView { sent: true, ..view("elm") });
    assert!(page.text().contains("Acorn Budget can see now which bank you are missing."), "{}", page.text());
    page.button("Look for another bank").click();
    assert_eq!(page.heard.told(), ["Event(Back)"]);
}

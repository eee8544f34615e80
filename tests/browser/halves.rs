//! The rest of the module comes behind the first screen: what needs it waits for it, and nothing else does.

use crate::fetch::Stub;
use crate::page::{Place, drawn, until};
use crate::story::{Said, bank, begin, connection, end, prepare_form, session};
use leptos::prelude::*;
use serde_json::json;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, HtmlElement};

/// The page as its script marks it while the rest is on its way.
struct Coming;

impl Coming {
    fn mark() -> Self {
        document().document_element().unwrap().set_attribute("data-rest", "coming").unwrap();
        Self
    }

    fn tell(name: &str) {
        window().dispatch_event(&Event::new(name).unwrap()).unwrap();
    }

    fn fails() {
        Self::tell("linchpin-rest-failed");
    }

    fn comes(self) {
        drop(self);
        Self::tell("linchpin-rest-came");
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        document().document_element().unwrap().remove_attribute("data-rest").unwrap();
    }
}

fn is_covered(page: &Place) -> bool {
    page.has("[role=alertdialog], [role=dialog]")
}

#[wasm_bindgen_test]
async fn the_search_goes_on_while_the_bank_that_was_picked_waits() {
    let stub = Stub::install();
    let said = Said::listen();
    let coming = Coming::mark();
    prepare_form(&stub);
    stub.on("GET", "/v1/institutions", 200, &json!({"institutions": [bank()]}));
    let page = begin("lnk_halves");
    until("the host is told", || !said.of("ready").is_empty()).await;
    page.type_into("Name or website", "harbour");
    until("the bank is found", || page.has("[role=option]")).await;

    page.get::<HtmlElement>("[role=option]").click();
    page.get::<HtmlElement>("[role=option]").click();
    drawn().await;
    assert!(stub.calls_to("GET", "/v1/institutions/ins_1").is_empty(), "it waits");
    assert!(!is_covered(&page), "and is not late yet");
    let marker = || document().document_element().unwrap().get_attribute("data-rest");
    assert_eq!(marker().as_deref(), Some("awaited"), "that it is waited for can be seen");
    Coming::fails();
    drawn().await;
    assert!(page.text().contains("The next step could not be loaded"), "somebody waits: {}", page.text());

    let asked = Rc::new(Cell::new(0));
    let count = asked.clone();
    let handle = window_event_listener_untyped("linchpin-rest-again", move |_| count.set(count.get() + 1));
    page.button("Try again").click();
    drawn().await;
    handle.remove();
    assert_eq!(asked.get(), 1, "it is fetched at once");
    assert!(!is_covered(&page), "until that is known to fail, too");
    Coming::fails();
    drawn().await;
    assert!(is_covered(&page), "{}", page.text());

    coming.comes();
    until("the form is there", || page.has("#field-password")).await;
    assert!(!is_covered(&page));
    assert_eq!(stub.calls_to("GET", "/v1/institutions/ins_1").len(), 1, "pressed twice, picked once");
    assert!(stub.unmatched().is_empty(), "{:?}", stub.unmatched());
    end(&said).await;
}

#[wasm_bindgen_test]
async fn a_failure_that_nobody_waits_for_is_not_spoken_of() {
    let stub = Stub::install();
    let said = Said::listen();
    let coming = Coming::mark();
    prepare_form(&stub);
    let page = begin("lnk_halves_quiet");
    until("the tiles are there", || page.has("button.tile")).await;
    Coming::fails();
    drawn().await;
    assert!(!is_covered(&page), "{}", page.text());
    coming.comes();
    page.get::<HtmlElement>("button.tile").click();
    until("the form is there", || page.has("#field-password")).await;
    end(&said).await;
}

#[wasm_bindgen_test]
async fn what_was_begun_before_waits_and_the_order_to_close_does_not() {
    let stub = Stub::install();
    let said = Said::listen();
    let coming = Coming::mark();
    let mut begun = session();
    let wait = connection(3, json!({"step": "wait", "percent": 10}));
    begun["unfinished"] = json!([{"kind": "connection", "connection": wait}]);
    stub.on("POST", "/v1/sessions", 201, &json!({"token": "st_canary", "session": begun}));
    let _page = begin("lnk_halves_begun");
    until("the session is asked for", || !stub.calls_to("POST", "/v1/sessions").is_empty()).await;
    drawn().await;
    drawn().await;
    assert!(said.of("ready").is_empty(), "its answer waits");
    end(&said).await;
    coming.comes();
    drawn().await;
    assert_eq!(said.of("ready").len(), 0, "what comes after the end changes nothing");
    assert!(stub.unmatched().is_empty(), "{:?}", stub.unmatched());
}

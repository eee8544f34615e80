//! The widget in a box of the host's page.

use crate::fetch::Stub;
use crate::page::{drawn, until};
use crate::story::{Said, begin, begin_in_box, end, prepare_form};
use leptos::prelude::*;
use linchpin::place::{INLINE, Place};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

/// The page is nobody's box any more, for the next test.
fn leave_box() {
    document().document_element().unwrap().remove_attribute(INLINE).unwrap();
}

#[wasm_bindgen_test]
async fn the_height_is_told_at_the_start_and_whenever_it_changes() {
    let stub = Stub::install();
    prepare_form(&stub);
    let said = Said::listen();
    let page = begin_in_box("lnk_box");
    until("the height is told", || !said.of("resized").is_empty()).await;
    for height in [777, 333] {
        page.root.set_attribute("style", &format!("height: {height}px")).unwrap();
        until("the new height is told", || {
            said.of("resized").last().is_some_and(|message| message["height"] == height)
        })
        .await;
    }
    end(&said).await;
    leave_box();
}

#[wasm_bindgen_test]
async fn escape_is_the_pages_own() {
    let stub = Stub::install();
    prepare_form(&stub);
    let said = Said::listen();
    let page = begin_in_box("lnk_box_escape");
    until("the first screen is there", || page.has("h1")).await;
    page.key(&page.get::<Element>("h1"), "Escape");
    drawn().await;
    assert!(said.of("exit").is_empty(), "what is no dialog is not closed by Escape");
    end(&said).await;
    leave_box();
}

#[wasm_bindgen_test]
async fn over_the_page_no_height_is_told() {
    let stub = Stub::install();
    prepare_form(&stub);
    let said = Said::listen();
    let page = begin("lnk_over");
    page.root.set_id("linchpin");
    page.root.set_attribute("style", "height: 555px").unwrap();
    until("the first screen is there", || page.has("h1")).await;
    drawn().await;
    // A test before this one may still tell that its place has gone.
    let told = said.of("resized").into_iter().any(|message| message["height"] == 555);
    assert!(!Place::whole_page().is_inline() && !told, "only a box is as high as what it holds");
    end(&said).await;
}

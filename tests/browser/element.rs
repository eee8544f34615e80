//! The widget in elements of somebody's page: several at once, each on its own, and gone without a trace.

use crate::fetch::Stub;
use crate::page::{Place, drawn, until};
use crate::story::{bank, origin, prepare_form, session};
use leptos::prelude::*;
use linchpin::element::{hear, mount, unmount};
use linchpin_words::Language;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, Event, HtmlElement, ShadowRootInit, ShadowRootMode};

const HOME: &str = "https://link.example";

/// An element with a shadow root, and the widget in that.
struct InPage {
    number: u32,
    place: Place,
    said: Rc<RefCell<Vec<Value>>>,
}

impl std::ops::Deref for InPage {
    type Target = Place;
    fn deref(&self) -> &Place {
        &self.place
    }
}

impl Drop for InPage {
    fn drop(&mut self) {
        unmount(self.number);
    }
}

fn value(json: &Value) -> wasm_bindgen::JsValue {
    js_sys::JSON::parse(&json.to_string()).unwrap()
}

impl InPage {
    /// Mounted, and started with a token.
    fn begin(link: &str) -> Self {
        let host = Place::new();
        let shadow = host.root.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).unwrap();
        let root: HtmlElement = document().create_element("div").unwrap().unchecked_into();
        shadow.append_child(&root).unwrap();
        // The element that it stands in goes with the test's page.
        std::mem::forget(host);
        let place = Place { root: root.clone() };
        let said = Rc::new(RefCell::new(Vec::new()));
        let kept = said.clone();
        let tell = Closure::<dyn FnMut(wasm_bindgen::JsValue)>::new(move |message| {
            let text = String::from(js_sys::JSON::stringify(&message).unwrap());
            kept.borrow_mut().push(serde_json::from_str(&text).unwrap());
        });
        let facts = json!({"link_id": link, "client": "Acorn Budget", "first": "search", "language": "en",
            "direction": "ltr", "host": origin(), "home": HOME});
        let words = format!("{}\n{}", linchpin_words::WIDGET_EDITION, Language::English.widget());
        let number = mount(root, &value(&facts), &words, tell.into_js_value().unchecked_into());
        assert_ne!(number, 0, "the words are for these keys");
        let page = Self { number, place, said };
        page.say(&json!({"type": "start", "token": "lt_t.canary", "origin": origin(), "inline": true}));
        page.say(&json!({"type": "open"}));
        page
    }

    fn say(&self, message: &Value) {
        let mut message = message.clone();
        message["linchpin"] = json!(1);
        hear(self.number, &value(&message));
    }

    fn heard(&self, kind: &str) -> usize {
        self.said.borrow().iter().filter(|said| said["type"] == kind).count()
    }
}

fn open_session(stub: &Stub) {
    stub.on("POST", "/v1/sessions", 201, &json!({"token": "st_canary", "session": session()}));
}

#[wasm_bindgen_test]
async fn two_stand_on_one_page_and_neither_knows_of_the_other() {
    let stub = Stub::install();
    open_session(&stub);
    open_session(&stub);
    stub.on("GET", "/v1/institutions", 200, &json!({"institutions": [bank()]}));
    let (one, other) = (InPage::begin("lnk_one"), InPage::begin("lnk_other"));
    assert_eq!((one.heard("hello"), other.heard("hello")), (1, 1));
    until("both are ready", || one.heard("ready") == 1 && other.heard("ready") == 1).await;
    one.type_into("Name or website", "harbour");
    until("the bank is found", || one.has("[role=option]")).await;
    assert!(!other.has("[role=option]") && other.has("button.tile"), "{}", other.text());
    other.key(&other.get::<Element>("h1"), "Escape");
    one.say(&json!({"type": "close"}));
    until("the one is told of its end", || one.heard("exit") == 1).await;
    assert_eq!(other.heard("exit"), 0, "the other goes on");
    drop(one);
    assert!(other.has("button.tile"), "{}", other.text());
}

#[wasm_bindgen_test]
async fn calls_go_to_the_proxy_and_the_page_keeps_no_token() {
    let stub = Stub::install();
    open_session(&stub);
    let page = InPage::begin("lnk_home");
    until("it is ready", || page.heard("ready") == 1).await;
    assert!(stub.calls().iter().all(|call| call.origin == HOME), "{:?}", stub.calls());
    let storage = window().session_storage().unwrap().unwrap();
    assert_eq!(storage.get_item("linchpin:lnk_home").unwrap(), None);
}

#[wasm_bindgen_test]
async fn a_press_a_key_and_a_form_work_in_a_shadow_tree() {
    let stub = Stub::install();
    prepare_form(&stub);
    let page = InPage::begin("lnk_press");
    until("the tiles are there", || page.has("button.tile")).await;
    page.get::<HtmlElement>("button.tile").click();
    until("the form is there", || page.has("#field-password")).await;
    let text = page.text();
    assert!(text.contains("Acorn Budget’s own page, which could read what you type here"), "{text}");
    assert!(!text.contains("never sees"), "{text}");
    page.get::<web_sys::HtmlFormElement>("form").request_submit().unwrap();
    until("what is missing is said", || page.has("#problem")).await;
    assert!(document().query_selector("#problem").unwrap().is_none(), "only in the shadow tree");
    let address = window().location().href().unwrap();
    page.get::<HtmlElement>("#problem a").click();
    let shadow = page.root.get_root_node().unchecked_into::<web_sys::ShadowRoot>();
    let focused = shadow.active_element().map(|element| element.id());
    assert_eq!(focused.as_deref(), Some("field-username"), "the summary leads to the field");
    assert_eq!(window().location().href().unwrap(), address, "and the page's address is its own");
}

#[wasm_bindgen_test]
async fn what_is_unmounted_leaves_nothing_and_hears_nothing() {
    let stub = Stub::install();
    open_session(&stub);
    stub.hang("GET", "/v1/institutions");
    let page = InPage::begin("lnk_gone");
    until("it is ready", || page.heard("ready") == 1).await;
    page.type_into("Name or website", "harbour");
    until("it asks", || !stub.calls_to("GET", "/v1/institutions?").is_empty()).await;

    unmount(page.number);
    assert_eq!(page.root.inner_html(), "");
    until("the call is given up", || stub.calls_to("GET", "/v1/institutions?")[0].aborted).await;
    let (calls, said) = (stub.calls().len(), page.said.borrow().len());
    for name in ["offline", "online", "pagehide"] {
        window().dispatch_event(&Event::new(name).unwrap()).unwrap();
    }
    page.root.dispatch_event(&Event::new("linchpin-rest-came").unwrap()).unwrap();
    page.say(&json!({"type": "close"}));
    unmount(page.number);
    drawn().await;
    assert_eq!((stub.calls().len(), page.said.borrow().len()), (calls, said), "nobody is there any more");
    assert_eq!(page.root.inner_html(), "");
}

#[wasm_bindgen_test]
async fn leaving_overwrites_what_was_typed() {
    let stub = Stub::install();
    prepare_form(&stub);
    let page = InPage::begin("lnk_typed");
    until("the tiles are there", || page.has("button.tile")).await;
    page.get::<HtmlElement>("button.tile").click();
    until("the form is there", || page.has("#field-password")).await;
    page.type_into("Passcode", "hunter2");
    let field = page.field("Passcode");
    unmount(page.number);
    assert_eq!(field.value(), "", "the element outlives the widget in the browser's memory");
}

#[wasm_bindgen_test]
async fn the_focus_is_not_fetched_out_of_the_rest_of_the_page() {
    let stub = Stub::install();
    prepare_form(&stub);
    let own = Place::new();
    own.root.set_inner_html("<button>of the page</button>");
    let button: HtmlElement = own.get("button");
    button.focus().unwrap();
    let page = InPage::begin("lnk_focus");
    until("the tiles are there", || page.has("button.tile")).await;
    let tile = page.get::<HtmlElement>("button.tile");
    tile.click();
    until("the form is there", || page.has("#field-password")).await;
    drawn().await;
    assert_eq!(
        document().active_element().as_ref(),
        Some(button.as_ref()),
        "nobody was active in the element"
    );

    page.get::<HtmlElement>("#field-username").focus().unwrap();
    page.button("Back").click();
    until("the search is there", || page.has("#search")).await;
    let host = page.root.get_root_node().unchecked_into::<web_sys::ShadowRoot>().host();
    until("the heading has the focus", || document().active_element().as_ref() == Some(&host)).await;
}

//! The whole widget with its driver: what is sent, what is kept, what the host page is told.

use crate::fetch::Stub;
use crate::page::{Mounted, Place, drawn, mount, until};
use leptos::prelude::*;
use linchpin::app::App;
use linchpin::driver::Driver;
use linchpin::host::{Host, Page};
use linchpin::place;
use linchpin_protocol::LinkId;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, HtmlFormElement, MessageEvent, MessageEventInit};

pub(crate) fn session() -> Value {
    json!({"link_id": "lnk_t", "mode": "link", "purpose": "both", "account_selection": "one", "origin": origin(),
        "client": {"name": "Acorn Budget"}, "provider": {"name": "Quovo"}, "expires_at": "2027-01-01T00:00:00Z", "idle_s": 1800, "remaining_s": 14400,
        "popular": {"institutions": [bank()]}})
}

pub(crate) fn bank() -> Value {
    json!({"id": "ins_1", "name": "Harbour Savings", "domain": "harbour.example"})
}

fn fields() -> Value {
    json!([{"id": "username", "label": "Member number", "kind": "username"},
        {"id": "password", "label": "Passcode", "kind": "password"}])
}

pub(crate) fn connection(revision: u32, next: Value) -> Value {
    json!({"id": "con_1", "revision": revision, "institution": bank(), "method": "credentials",
        "status": format!("s{revision}"), "next": next})
}

fn account() -> Value {
    json!({"id": "acc_1", "name": "Everyday Checking", "last_digits": "4411", "kind": "checking"})
}

pub(crate) fn origin() -> String {
    window().location().origin().unwrap()
}

/// What the widget said to the host page.
#[derive(Clone, Default)]
pub(crate) struct Said(Rc<RefCell<Vec<Value>>>);

impl Said {
    pub(crate) fn listen() -> Self {
        let said = Self::default();
        let kept = said.0.clone();
        let handle = window_event_listener_untyped("message", move |event| {
            let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
            let text = js_sys::JSON::stringify(&event.data()).ok().map(String::from).unwrap_or_default();
            let Ok(value) = serde_json::from_str::<Value>(&text) else { return };
            kept.borrow_mut().push(value);
        });
        std::mem::forget(handle);
        said
    }

    pub(crate) fn of(&self, kind: &str) -> Vec<Value> {
        self.0.borrow().iter().filter(|said| said["type"] == kind).cloned().collect()
    }
}

/// Says something to the widget, as the host page at the given origin would.
fn say(from: &str, message: &Value) {
    let init = MessageEventInit::new();
    init.set_origin(from);
    init.set_source(Some(&window()));
    init.set_data(&js_sys::JSON::parse(&message.to_string()).unwrap());
    let event = MessageEvent::new_with_event_init_dict("message", &init).unwrap();
    window().dispatch_event(&event).unwrap();
}

fn start_message() -> Value {
    json!({"linchpin": 1, "type": "start", "token": "lt_t.canary-link-token", "origin": origin()})
}

/// The widget in the test's own page, listening; nothing kept from before.
fn open(link: &str) -> Mounted<impl Mountable> {
    let page = Page {
        host: origin(),
        link_id: LinkId::new(link),
        client: Some("Acorn Budget".into()),
        consent_first: false,
        home: String::new(),
    };
    let storage = window().session_storage().unwrap().unwrap();
    storage.remove_item(&format!("linchpin:{link}")).unwrap();
    let driver = Driver::new(place::Place::whole_page(), page, Host::Parent);
    let mounted = mount({
        let driver = driver.clone();
        move || view! { <App driver /> }
    });
    driver.listen();
    mounted
}

/// The same, started by the host page.
pub(crate) fn begin(link: &str) -> Mounted<impl Mountable> {
    let page = open(link);
    say(&origin(), &start_message());
    page
}

/// The same, in a box of the host's page: the place stands for the whole of the frame's.
pub(crate) fn begin_in_box(link: &str) -> Mounted<impl Mountable> {
    let page = open(link);
    page.root.set_id("linchpin");
    let mut start = start_message();
    start["inline"] = json!(true);
    say(&origin(), &start);
    page
}

fn kept(link: &str) -> Option<String> {
    window().session_storage().unwrap().unwrap().get_item(&format!("linchpin:{link}")).unwrap()
}

/// Ends the widget, and waits until the host page was told: its last message must not reach the next test.
pub(crate) async fn end(said: &Said) {
    say(&origin(), &json!({"linchpin": 1, "type": "close"}));
    until("the end is told", || !said.of("exit").is_empty() || !said.of("success").is_empty()).await;
}

fn heading(page: &Place) -> String {
    page.heading()
}

fn submit(page: &Place) {
    page.get::<HtmlFormElement>("form").request_submit().unwrap();
}

/// Everything up to the login form.
pub(crate) fn prepare_form(stub: &Stub) {
    stub.on("POST", "/v1/sessions", 201, &json!({"token": "st_canary", "session": session()}));
    let detail = json!({"institution": bank(), "methods": ["credentials"], "fields": fields()});
    stub.on("GET", "/v1/institutions/ins_1", 200, &detail);
}

async fn open_form(page: &Place) {
    until("the tiles are there", || page.has("button.tile")).await;
    page.get::<HtmlElement>("button.tile").click();
    until("the form is there", || page.has("#field-password")).await;
}

#[wasm_bindgen_test]
async fn a_person_links_a_bank_and_the_host_page_is_told_once() {
    let stub = Stub::install();
    let said = Said::listen();
    prepare_form(&stub);
    stub.on("GET", "/v1/institutions", 200, &json!({"institutions": [bank()]}));
    let start = json!({"step": "credentials", "fields": fields()});
    stub.on("POST", "/v1/connections", 201, &connection(1, start));
    stub.on(
        "POST",
        "/v1/connections/con_1/credentials",
        200,
        &connection(2, json!({"step": "wait", "percent": 10})),
    );
    let asked =
        json!({"step": "challenges", "items": [{"kind": "text", "id": "chl_1", "prompt": "First pet?"}]});
    stub.on("GET", "/v1/connections/con_1", 200, &connection(3, asked));
    let choose = json!({"step": "choose_accounts", "accounts": [account()]});
    stub.on("POST", "/v1/connections/con_1/answers", 200, &connection(4, choose));
    let linked = json!({"step": "linked", "accounts": [account()]});
    stub.on("POST", "/v1/connections/con_1/accounts", 200, &connection(5, linked));
    let token = json!({"public_token": "pt_canary", "expires_at": "2027-01-01T00:00:00Z"});
    stub.on("POST", "/v1/connections/con_1/public-token", 200, &token);

    let page = begin("lnk_story");
    until("the host is told", || !said.of("ready").is_empty()).await;
    assert_eq!(kept("lnk_story").as_deref(), Some("st_canary"), "a reload can go on");

    page.type_into("Name or website", "harbour");
    until("the bank is found", || page.has("[role=option]")).await;
    page.get::<HtmlElement>("[role=option]").click();
    until("the form is there", || page.has("#field-password")).await;
    page.type_into("Member number", "canary-user");
    page.type_into("Passcode", "canary-passcode");
    submit(&page);
    until("the bank asks", || heading(&page).contains("asks a question")).await;
    page.type_into("First pet?", "canary-answer");
    submit(&page);
    until("accounts are there", || heading(&page).starts_with("Which account")).await;
    submit(&page);
    until("it is linked", || heading(&page) == "Harbour Savings is connected").await;
    until("the host has the token", || !said.of("linked").is_empty()).await;
    page.button("Back to Acorn Budget").click();
    until("the host is told of the end", || !said.of("success").is_empty()).await;
    drawn().await;

    assert!(stub.unmatched().is_empty(), "calls nobody expected: {:?}", stub.unmatched());
    assert!(stub.left().is_empty(), "calls that were not made: {:?}", stub.left());
    let unsafe_calls: Vec<_> = stub.calls().into_iter().filter(|call| call.method == "POST").collect();
    let mut keys: Vec<_> = unsafe_calls.iter().map(|call| call.key.clone().expect("a key")).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), unsafe_calls.len(), "each act has a key of its own");
    assert!(keys.iter().all(|key| key.len() == 32), "{keys:?}");
    assert_eq!(
        stub.calls_to("GET", "/v1/institutions?query=harbour").len(),
        1,
        "one search for what was typed"
    );
    assert!(unsafe_calls[2].body.contains("canary-passcode"), "the login goes to the proxy, and once");

    assert_eq!(said.of("success").len(), 1, "the end is told once");
    assert!(said.of("exit").is_empty());
    assert_eq!(said.of("linked")[0]["public_token"], "pt_canary");
    let told = serde_json::to_string(&*said.0.borrow()).unwrap();
    for secret in ["canary-user", "canary-passcode", "canary-answer", "st_canary"] {
        assert!(!told.contains(secret), "the host page was told {secret}: {told}");
    }
    assert_eq!(kept("lnk_story"), None, "nothing stays behind");
}

#[wasm_bindgen_test]
async fn messages_from_elsewhere_are_not_heard() {
    let stub = Stub::install();
    let said = Said::listen();
    let _page = open("lnk_elsewhere");
    say("https://evil.example", &start_message());
    let lie = json!({"linchpin": 1, "type": "start", "token": "lt_t.x", "origin": "https://evil.example"});
    say(&origin(), &lie);
    say(&origin(), &json!({"linchpin": 2, "type": "start", "token": "lt_t.x", "origin": origin()}));
    say(&origin(), &json!("start"));
    drawn().await;
    assert!(stub.calls().is_empty(), "{:?}", stub.calls());
    end(&said).await;
}

#[wasm_bindgen_test]
async fn a_login_whose_answer_is_lost_is_not_sent_again() {
    let stub = Stub::install();
    let said = Said::listen();
    prepare_form(&stub);
    let empty = json!({"step": "credentials", "fields": fields()});
    stub.on("POST", "/v1/connections", 201, &connection(1, empty.clone()));
    stub.fail("POST", "/v1/connections/con_1/credentials");
    stub.on("GET", "/v1/connections/con_1", 200, &connection(1, empty));
    let page = begin("lnk_lost");
    open_form(&page).await;
    page.type_into("Member number", "me");
    page.type_into("Passcode", "once");
    submit(&page);
    until("it is told", || page.text().contains("We could not confirm that this arrived")).await;
    until("what is true was read", || !stub.calls_to("GET", "/v1/connections/con_1").is_empty()).await;
    drawn().await;
    assert_eq!(stub.calls_to("POST", "/v1/connections/con_1/credentials").len(), 1, "a bank counts tries");
    assert_eq!(page.field("Passcode").value(), "");
    assert_eq!(page.field("Member number").value(), "me", "the user name need not be typed again");
    assert!(stub.unmatched().is_empty(), "{:?}", stub.unmatched());
    end(&said).await;
}

#[wasm_bindgen_test]
async fn a_read_that_fails_is_sent_again_by_itself() {
    let stub = Stub::install();
    let said = Said::listen();
    stub.on("POST", "/v1/sessions", 201, &json!({"token": "st_1", "session": session()}));
    stub.fail("GET", "/v1/institutions/ins_1");
    let detail = json!({"institution": bank(), "methods": ["credentials"], "fields": fields()});
    stub.on("GET", "/v1/institutions/ins_1", 200, &detail);
    let page = begin("lnk_again");
    open_form(&page).await;
    assert_eq!(stub.calls_to("GET", "/v1/institutions/ins_1").len(), 2);
    assert_eq!(
        stub.calls_to("GET", "/v1/institutions/ins_1")[1].authorization.as_deref(),
        Some("Bearer st_1")
    );
    end(&said).await;
}

#[wasm_bindgen_test]
async fn what_is_read_for_nobody_any_more_is_given_up_and_what_changes_something_is_not() {
    let stub = Stub::install();
    let said = Said::listen();
    stub.on("POST", "/v1/sessions", 201, &json!({"token": "st_1", "session": session()}));
    let page = begin("lnk_given_up");
    until("the host is told", || !said.of("ready").is_empty()).await;
    let aborted = |method, path| stub.calls_to(method, path).first().map(|call| call.aborted);

    stub.hang("GET", "/v1/institutions");
    page.type_into("Name or website", "harb");
    until("it asks", || aborted("GET", "/v1/institutions?query=harb") == Some(false)).await;
    stub.on("GET", "/v1/institutions", 200, &json!({"institutions": [bank()]}));
    page.type_into("Name or website", "harbour");
    until("the bank is found", || page.has("[role=option]")).await;
    assert_eq!(aborted("GET", "/v1/institutions?query=harb"), Some(true), "more was typed since");
    assert_eq!(aborted("GET", "/v1/institutions?query=harbour"), Some(false), "that was answered");

    stub.hang("GET", "/v1/institutions/ins_1");
    page.get::<HtmlElement>("[role=option]").click();
    until("its form is asked for", || aborted("GET", "/v1/institutions/ins_1") == Some(false)).await;
    page.button("Back").click();
    until("it is given up", || aborted("GET", "/v1/institutions/ins_1") == Some(true)).await;
    until("the list is there again", || page.has("[role=option]")).await;

    let detail = json!({"institution": bank(), "methods": ["credentials"], "fields": fields()});
    stub.on("GET", "/v1/institutions/ins_1", 200, &detail);
    stub.hang("POST", "/v1/connections");
    page.get::<HtmlElement>("[role=option]").click();
    until("the form is there", || page.has("#field-password")).await;
    page.type_into("Member number", "me");
    page.type_into("Passcode", "once");
    submit(&page);
    until("it is sent", || aborted("POST", "/v1/connections") == Some(false)).await;
    end(&said).await;
    drawn().await;
    assert_eq!(aborted("POST", "/v1/connections"), Some(false), "it may be under way already");
    assert!(stub.unmatched().is_empty(), "{:?}", stub.unmatched());
}

#[wasm_bindgen_test]
async fn leaving_in_the_middle_asks_first_and_staying_loses_nothing() {
    let stub = Stub::install();
    let said = Said::listen();
    prepare_form(&stub);
    let page = begin("lnk_leave");
    open_form(&page).await;
    page.type_into("Member number", "still here");
    page.button("Close").click();
    until("it asks", || page.has("[role=alertdialog]")).await;
    assert!(page.has(".card[inert]"), "what lies beneath is out of reach");
    assert!(said.of("exit").is_empty());
    page.button("Stay").click();
    until("the question is gone", || !page.has("[role=alertdialog]")).await;
    assert_eq!(page.field("Member number").value(), "still here");
    page.button("Close").click();
    until("it asks again", || page.has("[role=alertdialog]")).await;
    page.button("Leave").click();
    until("the host is told", || !said.of("exit").is_empty()).await;
    drawn().await;
    assert_eq!(said.of("exit").len(), 1);
    assert_eq!(said.of("exit")[0]["reason"], "closed_by_person");
}

#[wasm_bindgen_test]
async fn an_expired_link_says_so_and_the_host_is_told_why() {
    let stub = Stub::install();
    let said = Said::listen();
    let problem =
        json!({"type": "/problems/token_expired", "title": "x", "status": 401, "code": "token_expired"});
    stub.on("POST", "/v1/sessions", 401, &problem);
    let page = begin("lnk_old");
    until("it is told", || heading(&page) == "This link has run out").await;
    until("the host is told", || !said.of("failed").is_empty()).await;
    assert_eq!(said.of("failed")[0]["code"], "token_expired");
    end(&said).await;
}

#[wasm_bindgen_test]
async fn a_form_that_is_gone_bears_late_events() {
    let stub = Stub::install();
    let said = Said::listen();
    let faults = Rc::new(RefCell::new(0));
    let count = faults.clone();
    let handle = window_event_listener_untyped("error", move |_| *count.borrow_mut() += 1);
    prepare_form(&stub);
    let page = begin("lnk_late");
    open_form(&page).await;
    let fields = [page.field("Member number"), page.field("Passcode")];
    let submit: HtmlElement = page.get("button[type=submit]");
    page.button("Back").click();
    until("the search is back", || heading(&page) == "Find your bank").await;
    for field in fields {
        // The browser tells a removed field that it lost the focus.
        field.dispatch_event(&web_sys::Event::new("blur").unwrap()).unwrap();
    }
    submit.click();
    drawn().await;
    handle.remove();
    assert_eq!(*faults.borrow(), 0, "an event that comes late must not bring the widget down");
    end(&said).await;
}

//! Where to begin, and the bank's own page.

use crate::page::{bank, show, show_cover};
use linchpin_flow::{BankLoginView, Begun, Cover, ExistingView, MethodsView, Screen, WelcomeView};
use linchpin_protocol::{AuthorizeProblem, ConnectionId, Method, Timestamp};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

fn bank_login() -> BankLoginView {
    BankLoginView {
        institution: bank(),
        host: Some("login.harbour.example".into()),
        problem: AuthorizeProblem::None,
        digits: None,
        away: false,
        ready: true,
        ticket: 1,
        in_place: false,
        can_type: false,
        trouble: None,
        busy: false,
    }
}

/// A click that is not followed, so that the tests stay where they are.
fn click(link: &HtmlElement) {
    let stay = wasm_bindgen::closure::Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| {
        event.prevent_default()
    });
    link.add_event_listener_with_callback("click", stay.as_ref().unchecked_ref()).unwrap();
    link.click();
}

#[wasm_bindgen_test]
async fn what_was_begun_before_can_be_gone_on_with() {
    let begun = Begun {
        id: ConnectionId::new("con_1"),
        institution: bank(),
        at: Timestamp::new("2026-11-20T10:00:00Z"),
    };
    let page = show(Screen::Welcome(WelcomeView { deposits: vec![], begun: vec![begun], busy: false }), None);
    assert_eq!(page.heading(), "Welcome back");
    assert!(
        page.text().contains("Go on with Harbour Savings") && page.text().contains("2026"),
        "{}",
        page.text()
    );
    page.get::<HtmlElement>("button.option").click();
    page.button("Connect another bank").click();
    assert_eq!(page.heard.told(), [r#"Event(TakenUp(ConnectionId("con_1")))"#, "Event(StartNew)"]);
}

#[wasm_bindgen_test]
async fn a_connection_that_is_there_can_be_used_or_passed_by() {
    let page = show(Screen::AlreadyConnected(ExistingView { institution: bank(), busy: false }), None);
    for name in ["Use this connection", "Use another sign-in at Harbour Savings", "Choose another bank"] {
        page.button(name).click();
    }
    assert_eq!(page.heard.told(), ["Event(UseExisting)", "Event(AnotherSignIn)", "Event(Back)"]);
}

#[wasm_bindgen_test]
async fn how_to_sign_in_is_asked_with_the_banks_page_first() {
    let methods = vec![Method::BankLogin, Method::Credentials];
    let page = show(Screen::ChooseMethod(MethodsView { institution: bank(), methods }), None);
    let ways = page.all("button.option");
    assert!(ways[0].text_content().unwrap().starts_with("On the bank’s own page"));
    ways.into_iter().for_each(|way| way.dyn_into::<HtmlElement>().unwrap().click());
    assert_eq!(page.heard.told(), ["Event(MethodChosen(BankLogin))", "Event(MethodChosen(Credentials))"]);
}

#[wasm_bindgen_test]
async fn the_way_to_the_banks_page_is_a_link_that_the_click_itself_opens() {
    let page = show(Screen::BankLogin(bank_login()), None);
    assert!(page.text().contains("login.harbour.example"), "where it leads is shown before");
    let link: HtmlElement = page.get("a.button");
    assert_eq!(link.get_attribute("href").as_deref(), Some("https://link.example/go/t"));
    assert_eq!(link.get_attribute("target").as_deref(), Some("_blank"));
    click(&link);
    assert_eq!(page.heard.told(), ["Event(BankOpened)"]);
}

#[wasm_bindgen_test]
async fn without_a_way_there_is_nothing_to_follow() {
    let page = show(Screen::BankLogin(BankLoginView { ready: false, busy: true, ..bank_login() }), None);
    assert!(!page.has("a.button") && page.text().contains("Getting ready…"));
    page.change(|screen| {
        *screen =
            Screen::BankLogin(BankLoginView { ready: false, can_type: true, in_place: true, ..bank_login() });
    })
    .await;
    assert!(page.text().contains("The link to Harbour Savings ran out"));
    for name in [
        "Get a new link to the page",
        "Continue in this window instead",
        "Use your user name and password instead",
    ] {
        page.button(name).click();
    }
    let told = ["Event(TryAgain)", "Event(BankInPlace)", "Event(MethodChosen(Credentials))"];
    assert_eq!(page.heard.told(), told);
}

#[wasm_bindgen_test]
async fn while_away_the_choices_are_there_whatever_became_of_the_window() {
    let digits = Some("482913".to_owned());
    let page = show(Screen::BankLogin(BankLoginView { away: true, digits, ..bank_login() }), None);
    assert_eq!(page.heading(), "Finish at Harbour Savings");
    assert!(page.text().contains("Type \u{2066}482913\u{2069} there"), "{}", page.text());
    page.button("I have finished").click();
    click(&page.get("a.button"));
    page.button("Cancel").click();
    assert_eq!(page.heard.told(), ["Event(CheckNow)", "Event(BankOpened)", "Event(BankCancelled)"]);
}

#[wasm_bindgen_test]
async fn each_end_of_a_visit_has_its_own_words() {
    let mut seen = Vec::new();
    for problem in [
        AuthorizeProblem::Denied,
        AuthorizeProblem::Abandoned,
        AuthorizeProblem::Expired,
        AuthorizeProblem::TimedOut,
    ] {
        let page = show(Screen::BankLogin(BankLoginView { problem, ..bank_login() }), None);
        let words = page.get::<web_sys::Element>(".notice strong").text_content().unwrap();
        assert!(!seen.contains(&words), "{problem:?} says {words} again");
        seen.push(words);
    }
}

#[wasm_bindgen_test]
async fn a_session_that_ends_soon_goes_on_with_one_press() {
    let screen = || Screen::BankLogin(bank_login());
    let page = show_cover(screen(), Cover::Expiring { can_extend: true });
    assert!(page.text().contains("Are you still there?"));
    page.button("Go on").click();
    assert_eq!(page.heard.told(), ["Event(Extend)"]);
    let page = show_cover(screen(), Cover::Expiring { can_extend: false });
    assert!(page.text().contains("can be finished later"));
    assert!(page.has_button("OK") && page.has_button("Close"));
}

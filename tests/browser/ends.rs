//! Done, the screens that say one thing, and what is laid over a screen.

use crate::page::{bank, show, show_cover};
use linchpin_flow::{Cover as Kind, DoneView, InstructionsView, NoticeView, Screen};
use linchpin_protocol::{AccountId, AccountKind, Code, LaterReason, MaskedAccount};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

#[wasm_bindgen_test]
async fn done_says_what_was_linked_and_what_can_be_seen() {
    let account = MaskedAccount {
        id: AccountId::new("acc_1"),
        name: "Everyday Checking".into(),
        last_digits: Some("4411".into()),
        kind: AccountKind::Checking,
        balance: None,
        not_verifiable: None,
    };
    let view = DoneView { institution: bank(), accounts: vec![account], busy: false };
    let page = show(Screen::Done(view), None);
    assert_eq!(page.heading(), "Harbour Savings is connected");
    assert!(
        page.text().contains("Everyday Checking \u{2066}••••\u{a0}4411\u{2069} is verified."),
        "{}",
        page.text()
    );
    let seen: Vec<_> = page.all(".notice li").iter().filter_map(|item| item.text_content()).collect();
    assert!(
        seen.windows(2).any(|two| two == ["Account numbers and the bank’s number", "Balances"]),
        "{seen:?}"
    );
    page.button("Connect another bank").click();
    page.button("Back to Acorn Budget").click();
    assert_eq!(page.heard.told(), ["Event(AnotherBank)", "Event(Finish)"]);
}

fn notice() -> NoticeView {
    NoticeView { institution: bank(), retries_itself: true, can_retry: false, no_way: false, busy: false }
}

#[wasm_bindgen_test]
async fn every_answer_of_a_bank_has_its_own_words_and_a_way_on() {
    let screens = [
        (
            Screen::Later(notice(), LaterReason::Maintenance),
            "Bank connections are being serviced",
            "Event(CloseAsked)",
        ),
        (
            Screen::Later(NoticeView { retries_itself: false, ..notice() }, LaterReason::Postponed),
            "Harbour Savings is answering late",
            "Event(Back)",
        ),
        (
            Screen::Later(notice(), LaterReason::InstitutionUnavailable),
            "Harbour Savings cannot be reached now",
            "Event(CloseAsked)",
        ),
        (Screen::StartAgain(notice()), "Harbour Savings waited too long", "Event(TryAgain)"),
        (Screen::NoAccounts(notice()), "No accounts found at Harbour Savings", "Event(Back)"),
        (Screen::Failed(notice()), "Harbour Savings could not be connected", "Event(Back)"),
        (
            Screen::Failed(NoticeView { no_way: true, ..notice() }),
            "Harbour Savings cannot be connected here",
            "Event(Back)",
        ),
    ];
    for (screen, heading, way) in screens {
        let page = show(screen, None);
        assert_eq!(page.heading(), heading);
        page.get::<web_sys::HtmlElement>(".button").click();
        assert_eq!(page.heard.told(), [way], "{heading}");
    }
}

#[wasm_bindgen_test]
async fn instructions_are_text_with_a_link_that_opens_apart() {
    let view = InstructionsView {
        institution: bank(),
        text: "Accept <script>terms</script>.".into(),
        website: Some("https://harbour.example".into()),
        busy: false,
    };
    let page = show(Screen::Instructions(view), None);
    assert!(page.text().contains("Accept <script>terms</script>."));
    let link: Element = page.get("a");
    assert_eq!(link.get_attribute("rel").as_deref(), Some("noopener noreferrer"));
    page.button("I have done this").click();
    assert_eq!(page.heard.told(), ["Event(TryAgain)"]);
}

#[wasm_bindgen_test]
async fn the_end_of_the_session_says_why_and_closes() {
    for (code, heading) in [
        (Code::SessionExpired, "Your session is over"),
        (Code::TokenUsed, "This link has run out"),
        (Code::NotFound, "This could not be opened"),
    ] {
        let page = show(Screen::SessionOver(code), None);
        assert_eq!(page.heading(), heading);
        page.button("Close").click();
        assert_eq!(page.heard.told(), ["Event(CloseAsked)"]);
    }
}

#[wasm_bindgen_test]
async fn covers_are_dialogs_with_ways_on_and_out() {
    for (cover, title, ways) in [
        (Kind::Leave, "Leave without finishing?", [("Stay", "Event(Stay)"), ("Leave", "Event(Leave)")]),
        (
            Kind::Offline,
            "You are offline",
            [("Try again", "Event(TryAgain)"), ("Close", "Event(CloseAsked)")],
        ),
        (
            Kind::PartMissing,
            "The next step could not be loaded",
            [("Try again", "Event(TryAgain)"), ("Close", "Event(CloseAsked)")],
        ),
    ] {
        let page = show_cover(Screen::NoAccounts(notice()), cover);
        let dialog: Element = page.get("[role=alertdialog]");
        let named = dialog.get_attribute("aria-labelledby").unwrap();
        assert_eq!(page.get::<Element>(&format!("#{named}")).text_content().unwrap(), title);
        for (button, event) in ways {
            page.button(button).click();
            assert_eq!(page.heard.told(), [event]);
        }
    }
}

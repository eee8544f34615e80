//! Agreeing: what is said, what is not, and that the words carry their version.

use crate::page::{drawn, show};
use linchpin::text::{Key, say};
use linchpin_flow::{ConsentView, Screen};
use linchpin_protocol::{CONSENT_WORDS, Consent, DataKind, Timestamp};
use linchpin_words::Language;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

fn terms() -> Consent {
    Consent {
        version: "1.abc".into(),
        data: vec![DataKind::Accounts, DataKind::AccountNumbers],
        reason: Some("To pay <b>you</b>.".into()),
        until: Some(Timestamp::new("2027-11-20T12:00:00Z")),
        revoke_url: Some("https://acorn.example/revoke?x=1".into()),
    }
}

fn asked(consent: Option<Consent>) -> Screen {
    Screen::Consent(ConsentView { busy: consent.is_none(), consent })
}

#[wasm_bindgen_test]
async fn the_person_reads_who_gets_what_for_what_and_until_when() {
    let page = show(asked(Some(terms())), None);
    assert_eq!(page.heading(), "Share bank data with Acorn Budget?");
    let text = page.text();
    for told in [
        "through Quovo",
        "Account numbers and the bank’s number",
        "To pay <b>you</b>.",
        "November 20, 2027",
        "acorn.example",
    ] {
        assert!(text.contains(told), "{told} is missing in: {text}");
    }
    assert!(!text.contains("Balances"), "what is not asked for is not said: {text}");
    assert!(!page.has("b"), "the client's words are text");
    let link = page.get::<Element>("dd a");
    assert_eq!(link.get_attribute("rel").as_deref(), Some("noopener noreferrer"));
    page.button("Continue").click();
    page.button("Not now").click();
    assert_eq!(page.heard.told(), ["Event(Agreed)", "Event(CloseAsked)"]);
}

#[wasm_bindgen_test]
async fn what_nobody_states_is_not_said() {
    let bare = Consent { reason: None, until: None, revoke_url: None, ..terms() };
    let page = show(asked(Some(bare)), None);
    for word in [Key::WhatFor, Key::UntilWhen, Key::TakeBack, Key::Privacy] {
        assert!(!page.text().contains(&say(word)), "{word:?} without a fact: {}", page.text());
    }
}

#[wasm_bindgen_test]
async fn nothing_can_be_agreed_to_before_it_is_known_what() {
    let page = show(asked(None), None);
    assert_eq!(page.heading(), "Share bank data with Acorn Budget?", "painted before the session is open");
    page.get::<HtmlElement>(".button").click();
    assert!(page.heard.told().is_empty());
    page.change(|screen| *screen = asked(Some(terms()))).await;
    drawn().await;
    page.get::<HtmlElement>(".button").click();
    assert_eq!(page.heard.told(), ["Event(Agreed)"]);
}

/// A consent on record names the version of its words: other words under the same version would make it worthless.
#[wasm_bindgen_test]
fn other_words_take_another_version() {
    let keys = [
        Key::ShareWith,
        Key::GetsThrough,
        Key::Gets,
        Key::DataAccounts,
        Key::DataNumbers,
        Key::DataBalances,
        Key::DataTransactions,
        Key::DataOwner,
        Key::DataOther,
        Key::WhatFor,
        Key::UntilWhen,
        Key::TakeBack,
        Key::Privacy,
        Key::NeverSeesPassword,
        Key::Continue,
        Key::Decline,
    ];
    let said =
        |language: Language| keys.map(|key| linchpin_words::at(language.widget(), key as usize)).join("|");
    let words = Language::ALL.map(said).join("|");
    // FNV-1a: any change of the words changes it.
    let digest = words.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    assert_eq!(
        (CONSENT_WORDS, digest),
        (2, 8_846_845_806_882_089_591),
        "raise CONSENT_WORDS with the words: {words}"
    );
}

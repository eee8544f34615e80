//! Looking after connections: the list, one of them, and what is asked before one is ended.

use crate::page::{bank, drawn, show, until};
use linchpin_flow::{ConnectionsView, InterruptedView, ManagedView, Note, Noted, SameLogin, Screen};
use linchpin_protocol::{
    AccountId, AccountKind, Connection, ConnectionId, ConnectionMethod, DisconnectWay, Erase,
    ManagedConnection, MaskedAccount, MoveWay, Next, Parting, PartingProblem, Reach, RefreshWay, Revision,
    Standing, Timestamp,
};
use std::sync::Arc;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

pub(crate) fn working() -> ManagedConnection {
    let account = MaskedAccount {
        id: AccountId::new("acc_1"),
        name: "Everyday Checking".into(),
        last_digits: Some("4411".into()),
        kind: AccountKind::Checking,
        balance: None,
        not_verifiable: None,
    };
    ManagedConnection {
        connection: Connection {
            id: ConnectionId::new("con_1"),
            revision: Revision(1),
            institution: bank(),
            method: ConnectionMethod::Credentials,
            status: "linked".into(),
            provider_status: None,
            last_attempt_at: None,
            last_success_at: Some(Timestamp::new(minutes_ago(12))),
            updates_itself: Some(true),
            next: Next::Linked { accounts: vec![account] },
        },
        standing: Standing::Working,
        begun_at: Some(Timestamp::new("2026-10-20T10:00:00Z")),
        expires_at: None,
        expires_soon: false,
        refresh: Some(RefreshWay::Now {}),
        disconnect: Some(DisconnectWay { keeps_data: Some(true), erase: Erase::Now, others: 1 }),
        moves: Some(MoveWay { to: Reach::OpenBanking, erase: Erase::Now, others: 0 }),
    }
}

/// A moment in RFC 3339.
pub(crate) fn minutes_ago(minutes: u32) -> String {
    let then = js_sys::Date::now() - f64::from(minutes) * 60_000.0;
    js_sys::Date::new(&then.into()).to_iso_string().into()
}

pub(crate) fn list(list: Vec<ManagedConnection>, note: Option<Note>) -> Screen {
    let list = Some(list.into_iter().map(Arc::new).collect());
    Screen::Connections(ConnectionsView { list, note, trouble: None, busy: false })
}

pub(crate) fn of(managed: ManagedConnection) -> ManagedView {
    ManagedView { managed: Arc::new(managed), trouble: None, nothing_chosen: false, busy: false }
}

#[wasm_bindgen_test]
async fn the_list_says_how_each_stands_and_when_it_was_updated() {
    let soon = ManagedConnection {
        expires_at: Some(Timestamp::new("2999-12-03T10:00:00Z")),
        expires_soon: true,
        ..named("con_2", Standing::NeedsYou)
    };
    let page = show(list(vec![working(), soon], None), None);
    assert_eq!(page.heading(), "Your connections");
    let rows: Vec<String> =
        page.all("button.option").iter().filter_map(|element| element.text_content()).collect();
    let [first, second] = rows.as_slice() else { panic!("{rows:?}") };
    for words in ["Harbour Savings", "Working", "Updated 12 minutes ago", "Updates by itself"] {
        assert!(first.contains(words), "{words:?} in {first:?}");
    }
    assert!(!first.contains("permission"), "{first}");
    for words in ["Needs you", "Your permission ends on December 3, 2999"] {
        assert!(second.contains(words), "{words:?} in {second:?}");
    }
    page.get::<HtmlElement>("button.option").click();
    assert_eq!(page.heard.told(), [r#"Event(ConnectionPicked(ConnectionId("con_1")))"#]);
}

pub(crate) fn named(id: &str, standing: Standing) -> ManagedConnection {
    let mut managed = ManagedConnection { standing, ..working() };
    managed.connection.id = ConnectionId::new(id);
    managed
}

/// The id of what has the focus.
fn focused() -> String {
    leptos::prelude::document().active_element().map(|element| element.id()).unwrap_or_default()
}

#[wasm_bindgen_test]
async fn whoever_is_at_a_row_stays_at_that_connection_when_the_list_changes() {
    let page =
        show(list(vec![named("con_1", Standing::Updating), named("con_2", Standing::Working)], None), None);
    let row: HtmlElement = page.get("#connection-con_1");
    row.focus().unwrap();
    page.change(|screen| {
        *screen = list(vec![named("con_1", Standing::Working), named("con_2", Standing::Working)], None);
    })
    .await;
    assert!(row.text_content().unwrap().contains("Working"), "the words follow");
    assert_eq!(focused(), "connection-con_1");
    assert!(row.is_connected(), "it is the same row");

    page.change(|screen| {
        *screen = list(vec![named("con_3", Standing::Working), named("con_1", Standing::Working)], None);
    })
    .await;
    until("the focus is where it was", || focused() == "connection-con_1").await;
    page.get::<HtmlElement>("#connection-con_1").click();
    assert_eq!(page.heard.told(), [r#"Event(ConnectionPicked(ConnectionId("con_1")))"#]);
}

#[wasm_bindgen_test]
async fn whoever_is_at_a_row_that_goes_is_taken_to_the_heading_and_told_why() {
    let page =
        show(list(vec![named("con_1", Standing::Working), named("con_2", Standing::Working)], None), None);
    page.get::<HtmlElement>("#connection-con_1").focus().unwrap();
    let note = Note { institution: bank(), what: Noted::Gone };
    page.change(|screen| *screen = list(vec![named("con_2", Standing::Working)], Some(note))).await;
    assert_ne!(focused(), "connection-con_2", "what is pressed in that moment must not reach another");
    until("the heading has the focus", || {
        let focused = leptos::prelude::document().active_element();
        focused.is_some_and(|element| element.tag_name() == "H1")
    })
    .await;
    until("it is told", || {
        let told = page.get::<Element>("[role=status]").text_content().unwrap();
        told == "Harbour Savings is no longer connected"
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_reading_that_found_something_to_do_is_not_called_up_to_date() {
    let note = Note { institution: bank(), what: Noted::NeedsYou };
    let page = show(list(vec![named("con_1", Standing::NeedsYou)], Some(note)), None);
    let told = || page.get::<Element>("[role=status]").text_content().unwrap();
    assert_eq!(told(), "", "what stands there from the start is not read out");
    until("it is said", || !told().is_empty()).await;
    assert_eq!(told(), "Harbour Savings needs youIt was not updated. No new data comes until this is fixed.");
    assert!(page.has("[role=status] .notice.warn"));
}

#[wasm_bindgen_test]
async fn an_empty_list_says_so_and_what_came_of_an_act_is_read_out() {
    let page = show(list(vec![], None), None);
    assert_eq!(page.heading(), "Nothing is connected");
    assert_eq!(page.get::<Element>("[role=status]").text_content().as_deref(), Some(""));
    let note = Note { institution: bank(), what: Noted::Disconnected { erased: true } };
    page.change(|screen| *screen = list(vec![], Some(note))).await;
    until("it is told", || {
        let told = page.get::<Element>("[role=status]").text_content().unwrap();
        told == "Harbour Savings is disconnectedThe data read through it is erased."
    })
    .await;
}

#[wasm_bindgen_test]
async fn one_connection_offers_what_can_be_done_and_nothing_else() {
    let page = show(Screen::Connection(of(working())), None);
    assert_eq!(page.heading(), "Harbour Savings is connected");
    assert!(page.text().contains("Everyday Checking"), "{}", page.text());
    page.button("Refresh now").click();
    page.button("Move to open banking").click();
    page.button("Disconnect").click();
    assert_eq!(page.heard.told(), ["Event(Refresh)", "Event(MoveAsked)", "Event(DisconnectAsked)"]);
    let bare = ManagedConnection { refresh: None, disconnect: None, moves: None, ..working() };
    let page = show(Screen::Connection(of(bare)), None);
    for absent in ["Refresh now", "Move to open banking", "Disconnect", "Fix it"] {
        assert!(!page.has_button(absent), "{absent}");
    }
}

#[wasm_bindgen_test]
async fn when_it_can_be_refreshed_again_is_told_as_soon_as_it_is_known() {
    let page = show(Screen::Connection(of(working())), None);
    let refused = ManagedConnection { refresh: Some(RefreshWay::TooSoon { wait_s: 700 }), ..working() };
    page.change(|screen| *screen = Screen::Connection(of(refused))).await;
    let told = page.get::<Element>("[role=status]").text_content().unwrap();
    assert_eq!(told, "You can refresh again in 12 minutes.");
    assert!(!page.has_button("Refresh now"));
}

#[wasm_bindgen_test]
async fn before_one_is_ended_neither_fate_of_the_data_is_chosen_for_the_person() {
    let page = show(Screen::Disconnect(of(working())), None);
    assert_eq!(page.heading(), "Disconnect Harbour Savings?");
    assert!(page.text().contains("your other connection to Harbour Savings"), "{}", page.text());
    page.button("Disconnect").click();
    assert_eq!(page.heard.told(), ["Event(Disconnect { erase: None })"]);
    page.get::<HtmlElement>("#data-erased").click();
    drawn().await;
    page.button("Disconnect").click();
    assert_eq!(page.heard.told(), ["Event(Disconnect { erase: Some(true) })"]);
    page.change(|screen| {
        *screen = Screen::Disconnect(ManagedView { nothing_chosen: true, ..of(working()) });
    })
    .await;
    let link = page.get::<Element>("#problem a");
    assert_eq!(link.get_attribute("href").as_deref(), Some("#data-kept"));
}

#[wasm_bindgen_test]
async fn a_move_names_its_steps_in_order_and_what_cannot_be_undone() {
    let page = show(Screen::Move(of(working())), None);
    let steps: Vec<_> = page.all("ol li").iter().filter_map(|element| element.text_content()).collect();
    assert_eq!(
        steps,
        [
            "The data read so far is erased. That cannot be undone.",
            "The present connection ends. That cannot be undone.",
            "You give your permission on Harbour Savings’s own page."
        ]
    );
    page.button("Move it now").click();
    page.button("Keep the connection").click();
    assert_eq!(page.heard.told(), ["Event(Move)", "Event(Back)"]);
}

#[wasm_bindgen_test]
async fn what_was_interrupted_says_what_is_done_and_what_is_not() {
    let view = InterruptedView {
        institution: bank(),
        revision: Revision(1),
        parting: Parting::Disconnect,
        erases: true,
        erased: true,
        reason: PartingProblem::ProviderUnavailable,
        refresh: Some(RefreshWay::Now {}),
        trouble: None,
        busy: false,
    };
    let page = show(Screen::Interrupted(view), None);
    assert_eq!(page.heading(), "Harbour Savings is not disconnected yet");
    let steps: Vec<_> = page.all(".phases li").iter().filter_map(|element| element.text_content()).collect();
    assert_eq!(steps, ["Data erased – done", "Connection ended – not yet"]);
    page.button("Try again").click();
    page.button("Keep the connection").click();
    assert_eq!(page.heard.told(), ["Event(TryAgain)", "Event(Keep)"]);
}

#[wasm_bindgen_test]
async fn a_login_that_is_linked_already_leads_to_its_connection_or_is_entered_again() {
    let view = crate::login::form();
    let view = linchpin_flow::CredentialsView { same_login: SameLogin::Linked { usable: true }, ..view };
    let page = show(Screen::Credentials(view), None);
    assert_eq!(page.heading(), "This sign-in to Harbour Savings is already connected");
    page.button("Use the connection you have").click();
    page.button("Enter it again anyway").click();
    assert_eq!(page.heard.told(), ["Event(UseExisting)", "Event(EnterAgain)"]);
}

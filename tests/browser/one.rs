//! One connection that is looked after: what is known of it, and nothing that is not.

use crate::manage::{list, minutes_ago, named, of, working};
use crate::page::{bank, show, until};
use linchpin_flow::{InterruptedView, ManagedView, Screen};
use linchpin_protocol::{
    AuthorizeProblem, Connection, DisconnectWay, Erase, FailureReason, LaterReason, ManagedConnection, Next,
    Parting, PartingProblem, RefreshWay, Revision, Stage, Standing, Timestamp,
};
use std::sync::Arc;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

/// Another step than the working one's.
fn at(standing: Standing, next: Next) -> ManagedConnection {
    ManagedConnection { connection: Connection { next, ..working().connection }, standing, ..working() }
}

#[wasm_bindgen_test]
async fn of_one_that_cannot_be_looked_at_nothing_is_said_that_nobody_knows() {
    let next = Next::Later { reason: LaterReason::Unknown, retries_itself: false };
    let page = show(Screen::Connection(of(at(Standing::Unreadable, next))), None);
    assert_eq!(page.heading(), "It is not known how Harbour Savings stands");
    assert!(page.text().contains("Quovo did not say."), "{}", page.text());
}

#[wasm_bindgen_test]
async fn a_refusal_that_does_not_say_when_is_not_given_a_time() {
    let page = show(Screen::Connection(of(working())), None);
    let refused = ManagedConnection { refresh: Some(RefreshWay::TooSoon { wait_s: 0 }), ..working() };
    page.change(|screen| *screen = Screen::Connection(of(refused))).await;
    let told = page.get::<Element>("[role=status]").text_content().unwrap();
    assert_eq!(told, "You can refresh again later.");
}

#[wasm_bindgen_test]
async fn where_nothing_was_ever_read_no_data_is_spoken_of() {
    let next = Next::Authorize { host: None, problem: AuthorizeProblem::None, opened: false, digits: None };
    let begun = at(Standing::Unfinished, next);
    let way = DisconnectWay { keeps_data: Some(true), erase: Erase::WhenWorking, others: 0 };
    let begun = ManagedConnection {
        connection: Connection { last_success_at: None, ..begun.connection },
        disconnect: Some(way),
        ..begun
    };
    let page = show(Screen::Disconnect(of(begun.clone())), None);
    assert!(!page.text().contains("erased"), "{}", page.text());
    let read = ManagedView {
        managed: Arc::new(ManagedConnection { standing: Standing::NeedsYou, ..begun.clone() }),
        ..of(begun)
    };
    let page = show(Screen::Disconnect(read), None);
    assert!(page.text().contains("The data cannot be erased now"), "{}", page.text());
}

/// What has the focus, by its kind.
fn focused() -> String {
    leptos::prelude::document().active_element().map(|element| element.tag_name()).unwrap_or_default()
}

#[wasm_bindgen_test]
async fn one_that_goes_on_is_told_as_it_comes_to_stand_and_the_focus_stays_where_it_is() {
    let wait = |percent| {
        let next = Next::Wait { stage: Stage::Reading, percent, since: None };
        let running = at(Standing::Updating, next);
        ManagedConnection { refresh: Some(RefreshWay::Running {}), ..running }
    };
    let page = show(Screen::Connection(of(wait(None))), None);
    let heading: HtmlElement = page.get("h1");
    heading.focus().unwrap();
    assert_eq!(page.heading(), "Harbour Savings is being updated");
    let news = || page.all("[role=status]").last().unwrap().text_content().unwrap();
    assert_eq!(news(), "");
    let button = page.button("See how far it is");
    page.change(|screen| *screen = Screen::Connection(of(wait(Some(40))))).await;
    assert!(button.is_connected(), "what has not changed is not drawn anew");

    page.change(|screen| *screen = Screen::Connection(of(working()))).await;
    assert_eq!(page.heading(), "Harbour Savings is connected");
    assert!(heading.is_connected() && focused() == "H1", "the same heading still has the focus");
    assert_eq!(news(), "Harbour Savings is connected", "it is read out, too");
    assert!(page.text().contains("Everyday Checking") && page.has_button("Refresh now"), "{}", page.text());
}

#[wasm_bindgen_test]
async fn whoever_is_at_a_button_that_goes_is_taken_to_the_heading() {
    let page = show(Screen::Connection(of(working())), None);
    page.button("Refresh now").focus().unwrap();
    let refused = ManagedConnection { refresh: Some(RefreshWay::TooSoon { wait_s: 700 }), ..working() };
    page.change(|screen| *screen = Screen::Connection(of(refused))).await;
    until("the heading has the focus", || focused() == "H1").await;
}

#[wasm_bindgen_test]
async fn several_at_one_bank_are_told_apart_on_the_list_and_where_one_is_ended() {
    let begun = |id: &str, minutes| {
        let next = Next::Credentials { fields: Vec::new(), problem: Default::default(), tries_left: None };
        let mut managed = at(Standing::Unfinished, next);
        managed.connection.id = linchpin_protocol::ConnectionId::new(id);
        ManagedConnection { begun_at: Some(Timestamp::new(minutes_ago(minutes))), ..managed }
    };
    let mut two = named("con_1", Standing::Working);
    if let Next::Linked { accounts } = &mut two.connection.next {
        accounts.push(accounts[0].clone());
    }
    let all = vec![two.clone(), begun("con_2", 12), begun("con_3", 40)];
    let page = show(list(all, None), None);
    let row = |id: &str| page.get::<Element>(&format!("#connection-{id}")).text_content().unwrap();
    assert!(row("con_1").contains("Everyday Checking") && row("con_1").contains("4411"), "{}", row("con_1"));
    assert!(row("con_1").contains("+1"), "{}", row("con_1"));
    assert!(row("con_2").contains("Begun 12 minutes ago"), "{}", row("con_2"));
    assert!(row("con_3").contains("Begun 40 minutes ago"), "{}", row("con_3"));
    let alone = show(list(vec![begun("con_2", 12)], None), None);
    assert!(!alone.text().contains("Begun"), "a single one needs no telling apart: {}", alone.text());

    for screen in [Screen::Disconnect(of(two.clone())), Screen::Move(of(two))] {
        let page = show(screen, None);
        let line = page.get::<Element>(".who .where").text_content().unwrap();
        assert!(line.contains("Everyday Checking") && line.contains("4411"), "{line}");
    }
}

#[wasm_bindgen_test]
async fn what_becomes_of_one_that_is_kept_is_said_as_it_will_be() {
    let told = [
        (RefreshWay::Now {}, "its data is read again."),
        (RefreshWay::TooSoon { wait_s: 700 }, "its data can be read again in 12 minutes."),
        (RefreshWay::RepairFirst {}, "its data stays erased until it is read again."),
    ];
    for (refresh, words) in told {
        let view = InterruptedView {
            institution: bank(),
            revision: Revision(1),
            parting: Parting::Disconnect,
            erases: true,
            erased: true,
            reason: PartingProblem::ProviderUnavailable,
            refresh: Some(refresh),
            trouble: None,
            busy: false,
        };
        let page = show(Screen::Interrupted(view), None);
        assert!(page.text().contains(words), "{}", page.text());
    }
}

#[wasm_bindgen_test]
async fn what_cannot_be_mended_here_promises_no_refresh_after_it_is() {
    let failed = Next::Failed { reason: FailureReason::Unknown };
    let refresh = Some(RefreshWay::RepairFirst {});
    let page =
        show(Screen::Connection(of(ManagedConnection { refresh, ..at(Standing::NeedsYou, failed) })), None);
    assert_eq!(page.heading(), "Harbour Savings does not work any more");
    assert!(!page.text().contains("once this is fixed"), "{}", page.text());
}

//! One connection that is looked after: what is known of it, and nothing that is not.

use crate::manage::{of, working};
use crate::page::show;
use linchpin_flow::{ManagedView, Screen};
use linchpin_protocol::{
    AuthorizeProblem, Connection, DisconnectWay, Erase, LaterReason, ManagedConnection, Next, RefreshWay,
    Standing,
};
use std::sync::Arc;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

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

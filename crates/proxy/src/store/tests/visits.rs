//! Visits to banks' own pages.

use super::*;

on_every_store!(
    a_ticket_is_used_once_in_its_time_and_replaced_by_the_next,
    a_visit_is_found_by_its_state_and_its_first_end_stays,
    a_visit_that_was_opened_is_closed_at_its_revision_and_by_whatever_moves_on,
    visits_are_forgotten_by_their_age,
);

pub(super) fn ticket(name: &str, minutes: i64) -> NewTicket {
    NewTicket {
        hash: hash(name),
        connection: ConnectionId::new("con_1"),
        link: LinkId::new("lnk_1"),
        in_place: true,
        now: at(minutes),
        expires_at: at(minutes + 5),
    }
}

pub(super) async fn spend(store: &dyn Store, name: &str, minutes: i64) -> TicketSpend {
    let back = WayBack { cookie: hash("cookie"), state: hash(&format!("state of {name}")) };
    store.spend_ticket(&hash(name), &back, at(minutes)).await.unwrap()
}

async fn a_ticket_is_used_once_in_its_time_and_replaced_by_the_next(store: &dyn Store) {
    let id = with_connection(store).await;
    store.mint_ticket(&ticket("one", 0)).await.unwrap();
    let record = store.connection(&id).await.unwrap().unwrap();
    assert_eq!(record.method, ConnectionMethod::BankLogin, "from now on it is made there");
    store.mint_ticket(&ticket("two", 1)).await.unwrap();
    assert!(matches!(spend(store, "one", 2).await, TicketSpend::Used), "the next one makes it void");
    assert!(matches!(spend(store, "none", 2).await, TicketSpend::Unknown));
    let late = spend(store, "two", 6).await;
    assert!(matches!(&late, TicketSpend::Expired(visit) if visit.connection == id), "{late:?}");
    let used = spend(store, "two", 5).await;
    assert!(matches!(&used, TicketSpend::Spent(visit) if visit.in_place && visit.link.as_str() == "lnk_1"));
    assert!(matches!(spend(store, "two", 5).await, TicketSpend::Used));
    store.mint_ticket(&ticket("three", 5)).await.unwrap();
    assert!(store.visit(&hash("state of two")).await.unwrap().is_some(), "who went already can come back");
}

async fn a_visit_is_found_by_its_state_and_its_first_end_stays(store: &dyn Store) {
    with_connection(store).await;
    store.mint_ticket(&ticket("one", 0)).await.unwrap();
    assert!(store.visit(&hash("state of one")).await.unwrap().is_none(), "nobody went yet");
    spend(store, "one", 1).await;
    let visit = async || store.visit(&hash("state of one")).await.unwrap().unwrap();
    let gone = visit().await;
    assert_eq!((gone.opened_at, gone.cookie, gone.ended), (Some(at(1)), Some(hash("cookie")), None));
    for problem in [AuthorizeProblem::Denied, AuthorizeProblem::None] {
        store.end_visit(&hash("state of one"), problem).await.unwrap();
        assert_eq!(visit().await.ended, Some(AuthorizeProblem::Denied));
    }
}

async fn a_visit_that_was_opened_is_closed_at_its_revision_and_by_whatever_moves_on(store: &dyn Store) {
    let id = with_connection(store).await;
    let visit = async || store.connection(&id).await.unwrap().unwrap().visit;
    assert_eq!(visit().await, Visit { problem: AuthorizeProblem::None, until: None, host: None });
    assert!(store.begin_attempt(&id, &attempt(1, 1)).await.unwrap().is_some());
    let close = async |from: u64, minutes: i64| {
        let problem = AuthorizeProblem::Abandoned;
        store.close_visit(&id, Revision(from), problem, at(minutes)).await.unwrap()
    };
    assert!(!close(1, 1).await, "a call is under way");
    assert!(store.open_visit(&id, 1, at(11), "bank.example").await.unwrap());
    assert!(store.connection(&id).await.unwrap().unwrap().pending.is_none(), "and has ended with that");
    assert_eq!(visit().await.until, Some(at(11)));
    assert!(!close(7, 2).await, "at another revision");
    assert!(close(1, 2).await);
    let closed = visit().await;
    assert_eq!((closed.problem, closed.until), (AuthorizeProblem::Abandoned, None));
    assert_eq!(closed.host.as_deref(), Some("bank.example"), "the host is known from now on");

    assert!(store.begin_attempt(&id, &attempt(1, 2)).await.unwrap().is_some());
    assert!(store.open_visit(&id, 2, at(11), "bank.example").await.unwrap());
    assert!(store.begin_attempt(&id, &attempt(1, 3)).await.unwrap().is_some());
    store.end_attempt(&id, 3, Ended::Nothing, None, at(1)).await.unwrap();
    assert_eq!(visit().await.until, Some(at(11)), "nothing came of it, so the person is still there");
    assert!(store.begin_attempt(&id, &attempt(1, 3)).await.unwrap().is_some());
    store.end_attempt(&id, 4, Ended::Taken, None, at(1)).await.unwrap();
    assert_eq!(visit().await.until, None, "it goes on, so nobody is waited for");
}

async fn visits_are_forgotten_by_their_age(store: &dyn Store) {
    with_connection(store).await;
    store.mint_ticket(&ticket("one", 0)).await.unwrap();
    spend(store, "one", 1).await;
    assert_eq!(store.forget_visits(at(0)).await.unwrap(), 0);
    assert_eq!(store.forget_visits(at(1)).await.unwrap(), 1);
    assert!(store.visit(&hash("state of one")).await.unwrap().is_none());
}

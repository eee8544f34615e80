//! What clients are to be told.

use super::*;

on_every_store!(
    every_move_of_a_revision_is_told_and_nothing_else_is,
    a_client_that_is_not_told_has_nothing_in_the_outbox,
    an_event_is_leased_by_one_and_by_the_next_when_the_lease_is_over,
    what_is_settled_is_not_tried_again,
    a_client_whose_server_hangs_holds_up_its_own_events_only,
    events_are_forgotten_by_their_age,
);

pub(super) fn acorn() -> ClientId {
    ClientId("acorn".into())
}

/// All that are due, as (object, revision, tries).
async fn due(store: &dyn Store, minutes: i64) -> Vec<EventRecord> {
    store.lease_events(at(minutes), at(minutes + 1), 100, 100).await.unwrap()
}

fn moves(events: &[EventRecord]) -> Vec<(&str, u64)> {
    events.iter().map(|event| (event.object.as_str(), event.revision.0)).collect()
}

/// A connection of a client that is told, moved as often as it says.
async fn with_moves(store: &dyn Store, moves: u64) -> ConnectionId {
    store.set_told_clients(&[acorn()]).await.unwrap();
    let id = with_connection(store).await;
    for from in 1..=moves {
        let digest = hash(&format!("step {from}"));
        store.advance_revision(&id, Revision(from), &digest, at(0)).await.unwrap();
    }
    id
}

async fn every_move_of_a_revision_is_told_and_nothing_else_is(store: &dyn Store) {
    let id = with_moves(store, 0).await;
    assert!(due(store, 0).await.is_empty(), "a connection that was made has not moved");

    store.advance_revision(&id, Revision(1), &hash("form"), at(1)).await.unwrap();
    assert!(due(store, 1).await.is_empty(), "the same step is no move");
    store.advance_revision(&id, Revision(1), &hash("wait"), at(2)).await.unwrap();
    let told = due(store, 2).await;
    assert_eq!(moves(&told), [("con_1", 2)]);
    let event = &told[0];
    assert!(event.id.as_str().starts_with("evt_") && event.id.as_str().len() == 36, "{}", event.id);
    assert_eq!((event.kind, event.created_at), (WebhookKind::ConnectionUpdated, at(2)));
    assert_eq!((&event.client, event.tries), (&acorn(), 1));
    store.advance_revision(&id, Revision(1), &hash("other"), at(2)).await.unwrap();
    assert!(due(store, 2).await.is_empty(), "whoever came too late has moved nothing");

    assert!(store.begin_attempt(&id, &attempt(2, 3)).await.unwrap().is_some());
    store.end_attempt(&id, 1, Ended::Nothing, None, at(3)).await.unwrap();
    assert!(store.begin_attempt(&id, &attempt(2, 3)).await.unwrap().is_some());
    store.hold_attempt(&id, 2, at(9)).await.unwrap();
    assert!(store.set_upstream(&id, None, "501").await.unwrap());
    assert_eq!(moves(&due(store, 3).await), [("con_1", 2)], "only the lease of the first is over");
    store.end_attempt(&id, 2, Ended::Taken, None, at(3)).await.unwrap();
    assert_eq!(moves(&due(store, 3).await), [("con_1", 3)], "a call that was taken ends its revision");

    let chosen = [AccountId::new("acc_1")];
    store.choose_accounts(&id, Revision(9), &chosen, &hash("linked"), at(3)).await.unwrap();
    assert!(due(store, 3).await.is_empty(), "a choice that was refused");
    store.choose_accounts(&id, Revision(3), &chosen, &hash("linked"), at(3)).await.unwrap();
    assert_eq!(moves(&due(store, 3).await), [("con_1", 4)]);
    assert_eq!(store.connection(&id).await.unwrap().unwrap().revision, Revision(4));
}

async fn a_client_that_is_not_told_has_nothing_in_the_outbox(store: &dyn Store) {
    store.set_told_clients(&[ClientId("birch".into())]).await.unwrap();
    let id = with_connection(store).await;
    store.advance_revision(&id, Revision(1), &hash("wait"), at(0)).await.unwrap();
    assert!(due(store, 0).await.is_empty());
    store.set_told_clients(&[acorn(), acorn()]).await.unwrap();
    assert!(due(store, 0).await.is_empty(), "what was is not told afterwards");
    store.advance_revision(&id, Revision(2), &hash("form"), at(0)).await.unwrap();
    assert_eq!(moves(&due(store, 0).await), [("con_1", 3)]);
    store.set_told_clients(&[]).await.unwrap();
    store.advance_revision(&id, Revision(3), &hash("wait"), at(0)).await.unwrap();
    assert!(due(store, 0).await.is_empty(), "not told any more");
}

async fn an_event_is_leased_by_one_and_by_the_next_when_the_lease_is_over(store: &dyn Store) {
    with_moves(store, 3).await;
    let first = store.lease_events(at(0), at(1), 2, 100).await.unwrap();
    assert_eq!(moves(&first), [("con_1", 2), ("con_1", 3)], "oldest first, and no more than asked for");
    assert_eq!(moves(&due(store, 0).await), [("con_1", 4)], "what the first one has left");
    assert!(due(store, 0).await.is_empty());
    let again = due(store, 1).await;
    assert_eq!(moves(&again), [("con_1", 2), ("con_1", 3), ("con_1", 4)], "nobody said what became of them");
    assert!(again.iter().all(|event| event.tries == 2), "a lease that lapsed was a try: {again:?}");
    assert_eq!(again[0].id, first[0].id, "under the same id, so that the client knows it again");
}

async fn what_is_settled_is_not_tried_again(store: &dyn Store) {
    with_moves(store, 3).await;
    let [one, two, three] = <[EventRecord; 3]>::try_from(due(store, 0).await).unwrap();
    store.event_delivered(&one.id, at(0)).await.unwrap();
    store.try_event_again(&two.id, at(10)).await.unwrap();
    store.give_event_up(&three.id, at(0)).await.unwrap();
    // A replica whose lease has lapsed comes with what it saw.
    store.try_event_again(&one.id, at(1)).await.unwrap();
    store.give_event_up(&one.id, at(1)).await.unwrap();
    store.try_event_again(&three.id, at(1)).await.unwrap();
    assert!(due(store, 9).await.is_empty());
    let again = due(store, 10).await;
    assert_eq!((moves(&again), again[0].tries), (vec![("con_1", 3)], 2), "the one that is to be tried again");
}

async fn a_client_whose_server_hangs_holds_up_its_own_events_only(store: &dyn Store) {
    store.set_told_clients(&[acorn(), ClientId("birch".into())]).await.unwrap();
    for (client, connection, steps) in [("acorn", "con_a", 6), ("birch", "con_b", 2)] {
        let mut link = new_link(&format!("lnk_{client}"));
        link.record.client = ClientId(client.into());
        assert!(store.create_link(&link).await.unwrap());
        let made = new_connection(connection, &link);
        store.create_connection(&made).await.unwrap();
        for from in 1..=steps {
            let digest = hash(&format!("step {from}"));
            store.advance_revision(&made.id, Revision(from), &digest, at(0)).await.unwrap();
        }
    }
    let lease = async |minutes| store.lease_events(at(minutes), at(minutes + 5), 100, 2).await.unwrap();
    let mut first = lease(0).await;
    first.sort_by(|one, other| (&one.object, one.revision).cmp(&(&other.object, other.revision)));
    assert_eq!(moves(&first), [("con_a", 2), ("con_a", 3), ("con_b", 2), ("con_b", 3)], "two places each");
    assert!(lease(0).await.is_empty(), "they are taken");
    store.event_delivered(&first[0].id, at(0)).await.unwrap();
    assert_eq!(moves(&lease(0).await), [("con_a", 4)], "one is free again");
}

async fn events_are_forgotten_by_their_age(store: &dyn Store) {
    let id = with_moves(store, 1).await;
    store.advance_revision(&id, Revision(2), &hash("later"), at(5)).await.unwrap();
    assert_eq!(store.forget_events(at(0)).await.unwrap(), 0);
    assert_eq!(store.forget_events(at(5)).await.unwrap(), 1);
    assert_eq!(moves(&due(store, 5).await), [("con_1", 3)]);
}

//! The ends of connections: who may write how far they have come.

use super::*;
use linchpin_protocol::{Parting, PartingProblem};

on_every_store!(
    an_end_begins_once_and_not_beside_a_call,
    stages_are_written_by_whoever_saw_the_one_before,
    an_end_that_stopped_is_gone_on_with_or_given_up,
    whoever_comes_back_late_changes_nothing,
    what_has_ended_keeps_no_login_and_its_successor_is_there,
    an_end_is_leased_until_it_stops_or_is_over,
);

/// A move that has come so far.
pub(super) fn moving(stage: PartingStage, problem: Option<PartingProblem>) -> PartingRecord {
    PartingRecord {
        parting: Parting::Move,
        erases: true,
        stage,
        problem,
        link: LinkId::new("lnk_1"),
        successor: Some(Successor { id: ConnectionId::new("con_2"), method: ConnectionMethod::BankLogin }),
    }
}

/// A move that begins where somebody has seen the connection, and is leased for a minute.
pub(super) fn begun(from: u64, minutes: i64) -> NewParting {
    NewParting {
        record: moving(PartingStage::Erase, None),
        from: Revision(from),
        digest: hash("erasing"),
        now: at(minutes),
        lease_until: at(minutes + 1),
    }
}

async fn kept(store: &dyn Store, id: &ConnectionId) -> (Revision, Option<PartingRecord>) {
    let record = store.connection(id).await.unwrap().unwrap();
    (record.revision, record.parting)
}

async fn an_end_begins_once_and_not_beside_a_call(store: &dyn Store) {
    let id = with_connection(store).await;
    assert!(store.begin_attempt(&id, &attempt(1, 0)).await.unwrap().is_some());
    assert_eq!(store.begin_parting(&id, &begun(1, 0)).await.unwrap(), None, "a call is under way");
    assert_eq!(store.begin_parting(&id, &begun(1, 1)).await.unwrap(), Some(Revision(2)), "its time is over");
    assert_eq!(store.begin_parting(&id, &begun(2, 1)).await.unwrap(), None, "it is under way");
    assert!(
        store.begin_attempt(&id, &attempt(2, 5)).await.unwrap().is_none(),
        "nothing is sent for what is ended"
    );
    assert_eq!(
        kept(store, &id).await,
        (Revision(2), Some(moving(PartingStage::Erase, None))),
        "as it was begun"
    );
}

async fn stages_are_written_by_whoever_saw_the_one_before(store: &dyn Store) {
    let id = with_connection(store).await;
    store.begin_parting(&id, &begun(1, 0)).await.unwrap().unwrap();
    let next = moving(PartingStage::End, None);
    assert!(!store.advance_parting(&id, Revision(1), &next, &hash("ending"), at(1)).await.unwrap());
    assert!(store.advance_parting(&id, Revision(2), &next, &hash("ending"), at(1)).await.unwrap());
    assert_eq!(kept(store, &id).await, (Revision(3), Some(next)));
    assert!(!store.finish_parting(&id, Revision(2), None, &hash("over"), at(1)).await.unwrap());
    assert!(store.finish_parting(&id, Revision(3), None, &hash("over"), at(1)).await.unwrap());
    assert_eq!(kept(store, &id).await, (Revision(4), Some(moving(PartingStage::Over, None))));
    assert!(!store.finish_parting(&id, Revision(4), None, &hash("again"), at(1)).await.unwrap());
    assert_eq!(store.begin_parting(&id, &begun(4, 9)).await.unwrap(), None, "it is over for good");
}

async fn an_end_that_stopped_is_gone_on_with_or_given_up(store: &dyn Store) {
    let id = with_connection(store).await;
    store.begin_parting(&id, &begun(1, 0)).await.unwrap().unwrap();
    assert!(!store.withdraw_parting(&id, Revision(2), at(0)).await.unwrap(), "it has not stopped");
    let stopped = moving(PartingStage::Erase, Some(PartingProblem::ProviderUnavailable));
    assert!(store.advance_parting(&id, Revision(2), &stopped, &hash("stopped"), at(1)).await.unwrap());
    assert_eq!(
        store.begin_parting(&id, &begun(3, 2)).await.unwrap(),
        Some(Revision(4)),
        "it is gone on with"
    );
    assert!(!store.withdraw_parting(&id, Revision(3), at(2)).await.unwrap(), "somebody has gone on with it");
    assert!(store.advance_parting(&id, Revision(4), &stopped, &hash("stopped"), at(3)).await.unwrap());
    assert!(store.withdraw_parting(&id, Revision(5), at(3)).await.unwrap());
    assert_eq!(kept(store, &id).await, (Revision(6), None), "nobody who saw it stopped can act on that");
    assert_eq!(store.begin_parting(&id, &begun(5, 4)).await.unwrap(), None, "it was given up");
}

/// Another went on, it stopped there, the person kept the connection, and began to end it another day.
async fn whoever_comes_back_late_changes_nothing(store: &dyn Store) {
    let id = with_connection(store).await;
    store.begin_parting(&id, &begun(1, 0)).await.unwrap().unwrap();
    let stopped = moving(PartingStage::Erase, Some(PartingProblem::ProviderUnavailable));
    store.advance_parting(&id, Revision(2), &stopped, &hash("stopped"), at(1)).await.unwrap();
    store.withdraw_parting(&id, Revision(3), at(2)).await.unwrap();
    for begun_again in [false, true] {
        if begun_again {
            store.begin_parting(&id, &begun(4, 3)).await.unwrap().unwrap();
        }
        let before = kept(store, &id).await;
        for saw in [2, 3] {
            let saw = Revision(saw);
            let next = moving(PartingStage::End, None);
            assert!(!store.advance_parting(&id, saw, &next, &hash("late"), at(4)).await.unwrap());
            assert!(!store.advance_parting(&id, saw, &stopped, &hash("late"), at(4)).await.unwrap());
            let successor = new_connection("con_2", &new_link("lnk_1"));
            let finished = store.finish_parting(&id, saw, Some(&successor), &hash("late"), at(4)).await;
            assert!(!finished.unwrap());
            assert!(
                !store.hold_parting(&id, saw, at(60)).await.unwrap(),
                "nor does it hold what is another's"
            );
        }
        assert_eq!(kept(store, &id).await, before);
    }
    assert!(store.connection(&ConnectionId::new("con_2")).await.unwrap().is_none(), "nothing took its place");
    assert_eq!(
        store.lease_partings(at(4), at(5), 9).await.unwrap(),
        [id],
        "the lease lapses when it would have"
    );
}

async fn what_has_ended_keeps_no_login_and_its_successor_is_there(store: &dyn Store) {
    let id = with_connection(store).await;
    super::logins::sent(store, &id, 1, "pat", Ended::Taken).await;
    store.set_login(&id, Some(&hash("pat"))).await.unwrap();
    super::logins::sent(store, &id, 2, "kim", Ended::Taken).await;
    store.begin_parting(&id, &begun(3, 0)).await.unwrap().unwrap();
    store.set_login(&id, Some(&hash("kim"))).await.unwrap();
    assert_eq!(super::logins::kept(store, &id).await.0, Some(hash("pat")), "while it ends, nothing changes");
    let successor = new_connection("con_2", &new_link("lnk_1"));
    assert!(store.finish_parting(&id, Revision(4), Some(&successor), &hash("over"), at(1)).await.unwrap());
    assert!(store.connection(&successor.id).await.unwrap().is_some());
    assert_eq!(super::logins::kept(store, &id).await, (None, None, None));
    store.set_login(&id, Some(&hash("kim"))).await.unwrap();
    assert_eq!(super::logins::kept(store, &id).await, (None, None, None), "nor of a look that comes late");
}

async fn an_end_is_leased_until_it_stops_or_is_over(store: &dyn Store) {
    let id = with_connection(store).await;
    store.begin_parting(&id, &begun(1, 0)).await.unwrap().unwrap();
    let lease = async |now| store.lease_partings(at(now), at(now + 1), 9).await.unwrap();
    assert!(lease(0).await.is_empty(), "whoever began it does it");
    assert!(store.hold_parting(&id, Revision(2), at(3)).await.unwrap());
    assert!(lease(2).await.is_empty(), "and is alive");
    assert_eq!(lease(3).await, std::slice::from_ref(&id));
    assert!(lease(3).await.is_empty(), "another has it now");
    let stopped = moving(PartingStage::Erase, Some(PartingProblem::NotWorking));
    store.advance_parting(&id, Revision(2), &stopped, &hash("stopped"), at(3)).await.unwrap();
    assert!(lease(60).await.is_empty(), "the person decides");
    assert!(!store.hold_parting(&id, Revision(3), at(60)).await.unwrap(), "there is nothing to hold");
    store.begin_parting(&id, &begun(3, 60)).await.unwrap().unwrap();
    store.finish_parting(&id, Revision(4), None, &hash("over"), at(60)).await.unwrap();
    assert!(lease(90).await.is_empty(), "it is over");
}

//! Many who end the same connection.

use super::super::partings::{begun, moving};
use super::*;
use linchpin_protocol::PartingProblem;

on_replicas_of_every_store! {
    one_end_begins,
    one_outcome_of_a_stage_stands,
    one_writes_that_it_is_over_and_one_connection_takes_its_place,
    what_stopped_is_either_gone_on_with_or_given_up,
    one_replica_takes_an_end_over,
    an_end_and_a_call_do_not_begin_beside_each_other,
}

async fn begin(replicas: &Replicas) -> ConnectionId {
    let id = with_connection(&*replicas.stores[0]).await;
    replicas.stores[0].begin_parting(&id, &begun(1, 0)).await.unwrap().unwrap();
    id
}

async fn kept(replicas: &Replicas, id: &ConnectionId) -> ConnectionRecord {
    replicas.stores[1].connection(id).await.unwrap().unwrap()
}

async fn one_end_begins(replicas: Replicas) {
    let id = with_connection(&*replicas.stores[0]).await;
    let begin = |store: Arc<dyn Store>, _| {
        let id = id.clone();
        async move { store.begin_parting(&id, &begun(1, 0)).await }
    };
    let outcomes = replicas.race(begin).await;
    assert_eq!(count(&outcomes, Option::is_some), 1, "{outcomes:?}");
}

/// One who was taken for dead failed, another got through, and both write it down.
async fn one_outcome_of_a_stage_stands(replicas: Replicas) {
    let id = begin(&replicas).await;
    let write = |store: Arc<dyn Store>, nth: usize| {
        let id = id.clone();
        async move {
            let failed = moving(PartingStage::Erase, Some(PartingProblem::ProviderUnavailable));
            let outcome = if nth.is_multiple_of(3) { failed } else { moving(PartingStage::End, None) };
            let written = store.advance_parting(&id, Revision(2), &outcome, &hash("next"), at(1)).await?;
            Ok(written.then_some(outcome))
        }
    };
    let written: Vec<_> = replicas.race(write).await.into_iter().flatten().collect();
    assert_eq!(written.len(), 1, "{written:?}");
    let kept = kept(&replicas, &id).await;
    assert_eq!((kept.revision, kept.parting.as_ref()), (Revision(3), written.first()));
}

async fn one_writes_that_it_is_over_and_one_connection_takes_its_place(replicas: Replicas) {
    replicas.stores[0].set_told_clients(&[super::super::outbox::acorn()]).await.unwrap();
    let id = begin(&replicas).await;
    let finish = |store: Arc<dyn Store>, nth: usize| {
        let id = id.clone();
        async move {
            let successor = new_connection(&format!("con_new_{nth}"), &new_link("lnk_1"));
            store.finish_parting(&id, Revision(2), Some(&successor), &hash("over"), at(1)).await
        }
    };
    assert_eq!(count(&replicas.race(finish).await, |finished| *finished), 1);
    let made = replicas.stores[1].connections_of_link(&LinkId::new("lnk_1")).await.unwrap();
    assert_eq!(made.len(), 2, "the one that ended, and one in its place: {made:?}");
    let told = replicas.stores[1].lease_events(at(1), at(2), 10, 10).await.unwrap();
    assert_eq!(told.len(), 2, "that it began, and that it is over: {told:?}");
}

async fn what_stopped_is_either_gone_on_with_or_given_up(replicas: Replicas) {
    let id = begin(&replicas).await;
    let stopped = moving(PartingStage::Erase, Some(PartingProblem::ProviderUnavailable));
    replicas.stores[0].advance_parting(&id, Revision(2), &stopped, &hash("stopped"), at(1)).await.unwrap();
    let decide = |store: Arc<dyn Store>, nth: usize| {
        let id = id.clone();
        async move {
            let goes_on = nth.is_multiple_of(2);
            let decided = if goes_on {
                store.begin_parting(&id, &begun(3, 2)).await?.is_some()
            } else {
                store.withdraw_parting(&id, Revision(3), at(2)).await?
            };
            Ok(decided.then_some(goes_on))
        }
    };
    let decided: Vec<_> = replicas.race(decide).await.into_iter().flatten().collect();
    assert_eq!(decided.len(), 1, "one of them has decided: {decided:?}");
    let kept = kept(&replicas, &id).await;
    assert_eq!((kept.revision, kept.parting.is_some()), (Revision(4), decided[0]));
}

async fn one_replica_takes_an_end_over(replicas: Replicas) {
    let id = begin(&replicas).await;
    let lease = |store: Arc<dyn Store>, _| async move { store.lease_partings(at(2), at(3), 10).await };
    let outcomes = replicas.race(lease).await;
    assert_eq!(count(&outcomes, |leased| leased.contains(&id)), 1, "{outcomes:?}");
}

async fn an_end_and_a_call_do_not_begin_beside_each_other(replicas: Replicas) {
    let id = with_connection(&*replicas.stores[0]).await;
    let either = |store: Arc<dyn Store>, nth: usize| {
        let id = id.clone();
        async move {
            if nth.is_multiple_of(2) {
                return Ok(store.begin_parting(&id, &begun(1, 0)).await?.is_some());
            }
            Ok(store.begin_attempt(&id, &attempt(1, 0)).await?.is_some())
        }
    };
    let outcomes = replicas.race(either).await;
    assert_eq!(count(&outcomes, |begun| *begun), 1, "{outcomes:?}");
}

//! Many at once, from two processes' worth of stores over one database: one of them gets it.

use super::*;
use std::future::Future;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::task::JoinSet;

/// So many at once.
const MANY: usize = 16;

/// Two stores over one database, as two replicas have them.
struct Replicas {
    stores: [Arc<dyn Store>; 2],
    /// Where a SQLite file is, until the end.
    _folder: Option<TempDir>,
}

/// Runs each of the tests below on two stores over a fresh database of each sort.
macro_rules! on_replicas_of_every_store {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    super::$test(super::sqlite().await).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    super::$test(super::postgres().await).await;
                }
            )+
        }
    };
}

mod partings;

on_replicas_of_every_store! {
    one_exchange_of_a_link_opens_its_session,
    one_claim_of_a_key_goes_ahead,
    one_attempt_begins,
    an_attempt_that_ends_as_others_begin_leaves_them_no_gap,
    a_revision_moves_once_for_all_that_saw_the_same,
    one_choice_stands,
    one_reference_takes_the_place_of_another,
    one_public_token_lives_and_is_spent_once,
    one_watcher_gets_a_connection,
    one_deliverer_gets_an_event_and_a_move_that_many_make_is_told_once,
    as_many_tries_are_taken_as_there_are,
    as_many_requests_are_kept_as_a_link_may_make,
    the_same_link_and_the_same_connection_are_made_once,
    one_ticket_lives_and_is_used_once,
    as_many_deposits_are_kept_as_an_account_may_get,
    an_event_is_under_way_as_often_as_its_client_may_be_told_at_once,
}

async fn sqlite() -> Replicas {
    let folder = tempfile::tempdir().unwrap();
    let file = Place::File(folder.path().join("store.sqlite"));
    Replicas { stores: [open(&file).await, open(&file).await], _folder: Some(folder) }
}

async fn postgres() -> Replicas {
    let place = fresh_database();
    Replicas { stores: [open(&place).await, open(&place).await], _folder: None }
}

async fn open(place: &Place) -> Arc<dyn Store> {
    Arc::new(SqlStore::open(place, 8).await.unwrap())
}

impl Replicas {
    /// The same operation many times at once, on each of them in turn.
    async fn race<T, Work>(&self, operation: impl Fn(Arc<dyn Store>, usize) -> Work) -> Vec<T>
    where
        T: Send + 'static,
        Work: Future<Output = StoreResult<T>> + Send + 'static,
    {
        let mut running = JoinSet::new();
        for nth in 0..MANY {
            running.spawn(operation(Arc::clone(&self.stores[nth % 2]), nth));
        }
        running.join_all().await.into_iter().map(|done| done.unwrap()).collect()
    }
}

fn count<T>(outcomes: &[T], fits: impl Fn(&T) -> bool) -> usize {
    outcomes.iter().filter(|outcome| fits(outcome)).count()
}

async fn one_exchange_of_a_link_opens_its_session(replicas: Replicas) {
    replicas.stores[0].create_link(&new_link("lnk_1")).await.unwrap();
    let spend = |store: Arc<dyn Store>, nth: usize| async move {
        store.spend_link(&LinkId::new("lnk_1"), &hash(&nth.to_string()), at(1), at(240)).await
    };
    let outcomes = replicas.race(spend).await;
    assert_eq!(count(&outcomes, |spend| *spend == Spend::Opened), 1, "{outcomes:?}");
    assert_eq!(count(&outcomes, |spend| *spend == Spend::Used), MANY - 1, "{outcomes:?}");
}

async fn one_claim_of_a_key_goes_ahead(replicas: Replicas) {
    let claim = |store: Arc<dyn Store>, nth: usize| async move {
        let key = KeyUse {
            principal: "link lnk_1".into(),
            route: "POST /v1/connections",
            key: "k".into(),
            fingerprint: hash("body"),
            subject: format!("con_{nth}"),
        };
        store.claim_key(&key, at(0), at(1)).await
    };
    let outcomes = replicas.race(claim).await;
    assert_eq!(count(&outcomes, |claim| *claim == KeyClaim::Claimed), 1, "{outcomes:?}");
    assert_eq!(count(&outcomes, |claim| *claim == KeyClaim::Running), MANY - 1, "{outcomes:?}");
}

async fn one_attempt_begins(replicas: Replicas) {
    let id = with_connection(&*replicas.stores[0]).await;
    let begin = |store: Arc<dyn Store>, _| {
        let id = id.clone();
        async move { store.begin_attempt(&id, &attempt(1, 0)).await }
    };
    assert_eq!(count(&replicas.race(begin).await, Option::is_some), 1, "one upstream call");
    let taken_over = |store: Arc<dyn Store>, _| {
        let id = id.clone();
        async move { store.begin_attempt(&id, &attempt(1, 1)).await }
    };
    assert_eq!(count(&replicas.race(taken_over).await, Option::is_some), 1, "and one when its time is over");
}

async fn an_attempt_that_ends_as_others_begin_leaves_them_no_gap(replicas: Replicas) {
    let id = with_connection(&*replicas.stores[0]).await;
    assert!(replicas.stores[0].begin_attempt(&id, &attempt(1, 0)).await.unwrap().is_some());
    let operation = |store: Arc<dyn Store>, nth: usize| {
        let id = id.clone();
        async move {
            if nth == MANY / 2 {
                store.end_attempt(&id, 1, Ended::Taken, None, at(1)).await?;
                return Ok(None);
            }
            store.begin_attempt(&id, &attempt(1, 0)).await
        }
    };
    assert_eq!(count(&replicas.race(operation).await, Option::is_some), 0, "that revision is over");
}

async fn a_revision_moves_once_for_all_that_saw_the_same(replicas: Replicas) {
    let id = with_connection(&*replicas.stores[0]).await;
    let same = |store: Arc<dyn Store>, _| {
        let id = id.clone();
        async move { store.advance_revision(&id, Revision(1), &hash("wait"), at(1)).await }
    };
    let outcomes = replicas.race(same).await;
    assert!(outcomes.iter().all(|moved| *moved == (Revision(2), hash("wait"))), "{outcomes:?}");
    let different = |store: Arc<dyn Store>, nth: usize| {
        let id = id.clone();
        async move {
            let digest = hash(&nth.to_string());
            Ok(store.advance_revision(&id, Revision(2), &digest, at(1)).await?.1 == digest)
        }
    };
    assert_eq!(
        count(&replicas.race(different).await, |mine| *mine),
        1,
        "one of them is what stands there now"
    );
}

async fn one_choice_stands(replicas: Replicas) {
    let id = with_connection(&*replicas.stores[0]).await;
    let choose = |store: Arc<dyn Store>, nth: usize| {
        let id = id.clone();
        async move {
            let chosen = [AccountId::new(format!("acc_{nth}"))];
            let moved = store.choose_accounts(&id, Revision(1), &chosen, &hash("linked"), at(1)).await?;
            Ok(moved.map(|_| chosen))
        }
    };
    let outcomes = replicas.race(choose).await;
    let stands: Vec<_> = outcomes.into_iter().flatten().collect();
    assert_eq!(stands.len(), 1, "{stands:?}");
    assert_eq!(replicas.stores[1].connection(&id).await.unwrap().unwrap().chosen, stands[0]);
}

async fn one_reference_takes_the_place_of_another(replicas: Replicas) {
    let id = with_connection(&*replicas.stores[0]).await;
    for before in [None, Some("first")] {
        if let Some(before) = before {
            let kept = replicas.stores[0].connection(&id).await.unwrap().unwrap().upstream;
            assert!(replicas.stores[0].set_upstream(&id, kept.as_deref(), before).await.unwrap());
        }
        let replace = |store: Arc<dyn Store>, nth: usize| {
            let id = id.clone();
            async move {
                let upstream = format!("of {nth}");
                Ok(store.set_upstream(&id, before, &upstream).await?.then_some(upstream))
            }
        };
        let kept: Vec<_> = replicas.race(replace).await.into_iter().flatten().collect();
        assert_eq!(kept.len(), 1, "{kept:?}");
        let stands = replicas.stores[1].connection(&id).await.unwrap().unwrap().upstream;
        assert_eq!(stands.as_ref(), kept.first(), "and nobody writes over it who has not seen it");
    }
}

async fn one_public_token_lives_and_is_spent_once(replicas: Replicas) {
    let id = with_connection(&*replicas.stores[0]).await;
    let mint = |store: Arc<dyn Store>, nth: usize| {
        let id = id.clone();
        async move {
            store
                .mint_public_token(
                    &TokenSubject::Connection(id.clone()),
                    &hash(&nth.to_string()),
                    at(0),
                    at(30),
                )
                .await
        }
    };
    replicas.race(mint).await;
    let spend_each = |store: Arc<dyn Store>, nth: usize| async move {
        store.spend_public_token(&ClientId("acorn".into()), &hash(&nth.to_string()), at(1)).await
    };
    let outcomes = replicas.race(spend_each).await;
    assert_eq!(
        count(&outcomes, |spend| *spend == PublicSpend::Spent(TokenSubject::Connection(id.clone()))),
        1,
        "{outcomes:?}"
    );
    replicas.stores[0]
        .mint_public_token(&TokenSubject::Connection(id.clone()), &hash("last"), at(2), at(30))
        .await
        .unwrap();
    let spend_one = |store: Arc<dyn Store>, _| async move {
        store.spend_public_token(&ClientId("acorn".into()), &hash("last"), at(3)).await
    };
    let outcomes = replicas.race(spend_one).await;
    assert_eq!(
        count(&outcomes, |spend| *spend == PublicSpend::Spent(TokenSubject::Connection(id.clone()))),
        1,
        "{outcomes:?}"
    );
    assert_eq!(count(&outcomes, |spend| *spend == PublicSpend::Used), MANY - 1, "{outcomes:?}");
}

async fn one_watcher_gets_a_connection(replicas: Replicas) {
    let id = with_connection(&*replicas.stores[0]).await;
    replicas.stores[0].begin_attempt(&id, &attempt(1, 0)).await.unwrap();
    let lease = |store: Arc<dyn Store>, _| async move { store.lease_due(at(2), at(3), 10).await };
    let outcomes = replicas.race(lease).await;
    assert_eq!(count(&outcomes, |leased| leased.contains(&id)), 1, "{outcomes:?}");
}

async fn one_deliverer_gets_an_event_and_a_move_that_many_make_is_told_once(replicas: Replicas) {
    replicas.stores[0].set_told_clients(&[super::outbox::acorn()]).await.unwrap();
    let id = with_connection(&*replicas.stores[0]).await;
    let same = |store: Arc<dyn Store>, _| {
        let id = id.clone();
        async move { store.advance_revision(&id, Revision(1), &hash("wait"), at(0)).await }
    };
    replicas.race(same).await;
    let lease = |store: Arc<dyn Store>, _| async move { store.lease_events(at(0), at(1), 10, 10).await };
    let outcomes = replicas.race(lease).await;
    assert_eq!(outcomes.iter().map(Vec::len).sum::<usize>(), 1, "{outcomes:?}");
}

async fn as_many_tries_are_taken_as_there_are(replicas: Replicas) {
    let take =
        |store: Arc<dyn Store>, _| async move { store.take_try(&hash("pat"), at(0), at(-15), 5).await };
    let outcomes = replicas.race(take).await;
    assert_eq!(count(&outcomes, Option::is_none), 5, "{outcomes:?}");
}

async fn as_many_requests_are_kept_as_a_link_may_make(replicas: Replicas) {
    let link = new_link("lnk_1");
    replicas.stores[0].create_link(&link).await.unwrap();
    let ask = |store: Arc<dyn Store>, nth: usize| {
        let request = super::institution_requests::asked(&link, i64::try_from(nth).unwrap());
        async move { store.keep_institution_request(&request, 5).await }
    };
    assert_eq!(count(&replicas.race(ask).await, |kept| *kept), 5);
    let kept =
        replicas.stores[1].institution_requests(&link.record.client, None, 100).await.unwrap().unwrap();
    assert_eq!(kept.len(), 5, "{kept:?}");
}

async fn the_same_link_and_the_same_connection_are_made_once(replicas: Replicas) {
    let make = |store: Arc<dyn Store>, _| async move {
        let link = new_link("lnk_1");
        store.create_link(&link).await?;
        store.create_connection(&new_connection("con_1", &link)).await
    };
    replicas.race(make).await;
    let made = replicas.stores[1].connections_of_link(&LinkId::new("lnk_1")).await.unwrap();
    assert_eq!(made.len(), 1, "{made:?}");
}

async fn one_ticket_lives_and_is_used_once(replicas: Replicas) {
    with_connection(&*replicas.stores[0]).await;
    let mint = |store: Arc<dyn Store>, nth: usize| async move {
        store.mint_ticket(&super::visits::ticket(&nth.to_string(), 0)).await
    };
    replicas.race(mint).await;
    let use_each = |store: Arc<dyn Store>, nth: usize| async move {
        Ok(super::visits::spend(&*store, &nth.to_string(), 1).await)
    };
    let outcomes = replicas.race(use_each).await;
    let used = |spend: &TicketSpend| matches!(spend, TicketSpend::Spent(_));
    assert_eq!(count(&outcomes, used), 1, "one of them lives: {outcomes:?}");
    replicas.stores[0].mint_ticket(&super::visits::ticket("last", 2)).await.unwrap();
    let use_one = |store: Arc<dyn Store>, _| async move {
        let back = WayBack { cookie: hash("cookie"), state: hash("state") };
        store.spend_ticket(&hash("last"), &back, at(3)).await
    };
    let outcomes = replicas.race(use_one).await;
    assert_eq!(count(&outcomes, used), 1, "and is used once: {outcomes:?}");
}

async fn as_many_deposits_are_kept_as_an_account_may_get(replicas: Replicas) {
    let link = new_link("lnk_1");
    replicas.stores[0].create_link(&link).await.unwrap();
    let order = |store: Arc<dyn Store>, nth: usize| {
        let deposit = super::deposits::deposit(&format!("dep_{nth}"), &link, 0);
        async move { store.create_deposit(&deposit, &super::deposits::LIMITS()).await }
    };
    let outcomes = replicas.race(order).await;
    assert_eq!(count(&outcomes, |kept| *kept == DepositKept::Kept), 2, "{outcomes:?}");
}

async fn an_event_is_under_way_as_often_as_its_client_may_be_told_at_once(replicas: Replicas) {
    let store = &replicas.stores[0];
    store.set_told_clients(&[super::outbox::acorn()]).await.unwrap();
    let id = with_connection(&**store).await;
    for revision in 1..=16 {
        store.advance_revision(&id, Revision(revision), &hash(&revision.to_string()), at(0)).await.unwrap();
    }
    let lease = |store: Arc<dyn Store>, _| async move { store.lease_events(at(0), at(1), 2, 3).await };
    let outcomes = replicas.race(lease).await;
    assert_eq!(outcomes.iter().map(Vec::len).sum::<usize>(), 3, "{outcomes:?}");
}

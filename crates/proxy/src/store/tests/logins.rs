//! By what a login is known again.

use super::*;

on_every_store!(
    a_login_is_known_again_once_it_has_worked,
    a_login_that_was_not_sent_leaves_what_is_known,
    a_call_that_sends_no_login_changes_nothing_of_it,
    what_is_known_of_logins_can_be_forgotten,
    a_login_is_found_where_it_is_linked_for_the_same_use_first,
);

/// Sends a login at a revision: the attempt and its end.
pub(super) async fn sent(store: &dyn Store, id: &ConnectionId, from: u64, name: &str, ended: Ended) {
    let login = SentLogin { name: Some(hash(name)), paused_until: Some(at(6)) };
    let attempt = Attempt { login: Some(login), ..attempt(from, 0) };
    let begun = store.begin_attempt(id, &attempt).await.unwrap();
    let nth = begun.unwrap_or_else(|| panic!("it is sent at revision {from}"));
    store.set_login(id, Some(&hash(name))).await.unwrap();
    let under_way = store.connection(id).await.unwrap().unwrap();
    assert_eq!(under_way.tried, Some(hash(name)), "nobody knows yet whether it works");
    store.end_attempt(id, nth, ended, None, at(0)).await.unwrap();
}

/// The login that works, the one that was sent last, and the pause.
pub(super) async fn kept(
    store: &dyn Store,
    id: &ConnectionId,
) -> (Option<Hash>, Option<Hash>, Option<Timestamp>) {
    let record = store.connection(id).await.unwrap().unwrap();
    (record.login, record.tried, record.paused_until)
}

async fn a_login_is_known_again_once_it_has_worked(store: &dyn Store) {
    let id = with_connection(store).await;
    sent(store, &id, 1, "pat", Ended::Taken).await;
    assert_eq!(kept(store, &id).await, (None, Some(hash("pat")), Some(at(6))));
    store.set_login(&id, Some(&hash("kim"))).await.unwrap();
    assert_eq!(kept(store, &id).await.0, None, "that was not sent last");
    store.set_login(&id, Some(&hash("pat"))).await.unwrap();
    assert_eq!(kept(store, &id).await, (Some(hash("pat")), None, Some(at(6))));
    sent(store, &id, 2, "kim", Ended::Taken).await;
    assert_eq!(kept(store, &id).await.0, Some(hash("pat")), "the bank may still refuse the other");
}

async fn a_login_that_was_not_sent_leaves_what_is_known(store: &dyn Store) {
    let id = with_connection(store).await;
    sent(store, &id, 1, "pat", Ended::Taken).await;
    store.set_login(&id, Some(&hash("pat"))).await.unwrap();
    sent(store, &id, 2, "kim", Ended::Nothing).await;
    assert_eq!(kept(store, &id).await, (Some(hash("pat")), None, Some(at(6))));
}

async fn a_call_that_sends_no_login_changes_nothing_of_it(store: &dyn Store) {
    let id = with_connection(store).await;
    sent(store, &id, 1, "pat", Ended::Taken).await;
    let retry = Attempt { intent: Intent::Retry, ..attempt(2, 0) };
    assert_eq!(store.begin_attempt(&id, &retry).await.unwrap(), Some(2));
    store.end_attempt(&id, 2, Ended::Nothing, None, at(0)).await.unwrap();
    assert_eq!(kept(store, &id).await, (None, Some(hash("pat")), Some(at(6))));
}

async fn what_is_known_of_logins_can_be_forgotten(store: &dyn Store) {
    let id = with_connection(store).await;
    sent(store, &id, 1, "pat", Ended::Taken).await;
    store.set_login(&id, Some(&hash("pat"))).await.unwrap();
    sent(store, &id, 2, "kim", Ended::Taken).await;
    store.set_login(&id, None).await.unwrap();
    assert_eq!(kept(store, &id).await, (None, None, None));
}

async fn a_login_is_found_where_it_is_linked_for_the_same_use_first(store: &dyn Store) {
    let asks = with_connection(store).await;
    let link = new_link("lnk_1");
    for (nth, purpose) in [(2, Purpose::Both), (3, Purpose::Aggregate)] {
        let mut link = link.clone();
        link.record.purpose = purpose;
        let created_at = at(1) + SignedDuration::from_secs(nth);
        let linked = NewConnection { created_at, ..new_connection(&format!("con_{nth}"), &link) };
        store.create_connection(&linked).await.unwrap();
        sent(store, &linked.id, 1, "pat", Ended::Taken).await;
        store.set_login(&linked.id, Some(&hash("pat"))).await.unwrap();
        let chosen = [AccountId::new("acc_1")];
        assert!(
            store
                .choose_accounts(&linked.id, Revision(2), &chosen, &hash("linked"), at(1))
                .await
                .unwrap()
                .is_some()
        );
    }
    let (acorn, pat) = (ClientId("acorn".into()), UserId::new("pat"));
    let found = async |purpose| {
        let found = store.linked_with_login(&acorn, &pat, &hash("pat"), purpose, &asks).await.unwrap();
        found.unwrap().as_str().to_owned()
    };
    assert_eq!(found(Purpose::Both).await, "con_2");
    assert_eq!(found(Purpose::Aggregate).await, "con_3");
    assert_eq!(found(Purpose::Verify).await, "con_3", "else the newest: the provider waits all the same");
}

//! Connections, revisions, attempts and leases.

use super::*;

on_every_store!(
    a_revision_moves_only_with_the_digest_and_only_from_where_it_stood,
    an_attempt_begins_once_and_only_at_the_present_revision,
    chosen_accounts_are_kept_with_a_new_revision,
    a_lease_is_held_by_one_at_a_time,
    what_is_kept_comes_back_as_it_was,
    an_attempt_that_was_taken_is_the_end_of_its_revision_and_one_that_did_nothing_is_not,
    whoever_was_overtaken_does_not_end_or_hold_what_another_has_begun,
    a_call_under_way_is_held_by_signs_of_life,
    a_choice_waits_for_a_call_under_way,
    a_watch_does_not_end_under_a_call_under_way,
    what_a_user_has_in_use_is_told_without_the_one_that_asks,
    what_is_looked_after_is_found_behind_any_number_of_forms_and_of_what_has_ended,
    a_reference_is_replaced_only_by_whoever_knows_it,
);

async fn a_revision_moves_only_with_the_digest_and_only_from_where_it_stood(store: &dyn Store) {
    let id = with_connection(store).await;
    let same = store.advance_revision(&id, Revision(1), &hash("form"), at(1)).await.unwrap();
    assert_eq!(same, (Revision(1), hash("form")), "the same step, the same revision");
    let moved = store.advance_revision(&id, Revision(1), &hash("wait"), at(1)).await.unwrap();
    assert_eq!(moved, (Revision(2), hash("wait")));
    let stale = store.advance_revision(&id, Revision(1), &hash("form"), at(1)).await.unwrap();
    assert_eq!(stale, (Revision(2), hash("wait")), "whoever looked earlier does not turn it back");
}

async fn an_attempt_begins_once_and_only_at_the_present_revision(store: &dyn Store) {
    let id = with_connection(store).await;
    assert!(
        store.begin_attempt(&id, &attempt(2, 0)).await.unwrap().is_none(),
        "the person saw something else"
    );
    assert!(store.begin_attempt(&id, &attempt(1, 0)).await.unwrap().is_some());
    assert!(store.begin_attempt(&id, &attempt(1, 0)).await.unwrap().is_none(), "one is running");
    let kept = store.connection(&id).await.unwrap().unwrap();
    let pending = Pending { intent: Intent::Credentials, until: at(1), before: hash("form") };
    assert_eq!(kept.pending, Some(pending), "written down before it is made");
    assert!(
        store.begin_attempt(&id, &attempt(1, 1)).await.unwrap().is_some(),
        "the first one's time is over"
    );
    store.end_attempt(&id, 2, Ended::Taken, Some(at(40)), at(1)).await.unwrap();
    let kept = store.connection(&id).await.unwrap().unwrap();
    assert_eq!((kept.pending, kept.watch_until), (None, Some(at(40))));
}

async fn chosen_accounts_are_kept_with_a_new_revision(store: &dyn Store) {
    let id = with_connection(store).await;
    let chosen = [AccountId::new("acc_1"), AccountId::new("acc_2")];
    let stale = store.choose_accounts(&id, Revision(9), &chosen, &hash("linked"), at(1)).await.unwrap();
    assert_eq!(stale, None, "the list was another one");
    for (link, client) in [("lnk_2", "acorn"), ("lnk_3", "birch")] {
        let mut link = new_link(link);
        link.record.client = ClientId(client.into());
        store.create_link(&link).await.unwrap();
        store.spend_link(&link.record.id, &hash(client), at(0), at(240)).await.unwrap();
    }
    let linked =
        async |token| store.session(&hash(token), at(1), at(-29), false).await.unwrap().unwrap().linked;
    assert!(linked("acorn").await.is_empty());
    let moved = store.choose_accounts(&id, Revision(1), &chosen, &hash("linked"), at(1)).await.unwrap();
    assert_eq!(moved, Some(Revision(2)));
    assert_eq!(store.connection(&id).await.unwrap().unwrap().chosen, chosen);
    assert_eq!(linked("acorn").await, [InstitutionId::new("ins_1")], "also under another link");
    assert!(linked("birch").await.is_empty(), "users live inside one client");
}

async fn a_lease_is_held_by_one_at_a_time(store: &dyn Store) {
    let id = with_connection(store).await;
    let due = async |minutes: i64| store.lease_due(at(minutes), at(minutes + 1), 10).await.unwrap();
    assert!(due(0).await.is_empty(), "nothing was begun");
    store.begin_attempt(&id, &attempt(1, 0)).await.unwrap();
    assert!(due(0).await.is_empty(), "whoever began it holds it");
    assert_eq!(due(1).await, vec![id.clone()], "nobody came back: it is taken over");
    assert!(due(1).await.is_empty(), "one at a time");
    store.extend_lease(&id, at(10)).await.unwrap();
    assert!(due(9).await.is_empty() && due(10).await == [id.clone()], "held for longer");
    assert!(due(30).await.is_empty(), "half an hour is over");
    store.end_attempt(&id, 1, Ended::Nothing, Some(at(60)), at(1)).await.unwrap();
    store.stop_watching(&id).await.unwrap();
    assert!(due(31).await.is_empty(), "nothing to watch any more");
}

async fn what_is_kept_comes_back_as_it_was(store: &dyn Store) {
    let id = with_connection(store).await;
    let link = new_link("lnk_1");
    assert_eq!(store.link(&link.record.id).await.unwrap(), Some(link.record.clone()));
    store.create_connection(&new_connection("con_1", &link)).await.unwrap();
    assert!(store.set_upstream(&id, None, r#"{"v":1}"#).await.unwrap());
    let kept = store.connection(&id).await.unwrap().unwrap();
    assert_eq!((kept.purpose, kept.account_selection), (Purpose::Both, AccountSelection::Many));
    assert_eq!(kept.institution.domain.as_deref(), Some("harbour.example"));
    assert_eq!(kept.upstream.as_deref(), Some(r#"{"v":1}"#));
    assert_eq!(kept.link_id, link.record.id);
    let later =
        NewConnection { created_at: at(1) + SignedDuration::from_secs(1), ..new_connection("con_2", &link) };
    store.create_connection(&later).await.unwrap();
    let list = store.connections_of_link(&link.record.id).await.unwrap();
    let ids: Vec<_> = list.iter().map(|connection| connection.id.as_str()).collect();
    assert_eq!(ids, ["con_2", "con_1"], "newest first, and none twice");
    let (client, user) = (ClientId("acorn".into()), UserId::new("pat"));
    assert_eq!(store.upstream_user(&client, &user).await.unwrap(), None);
    store.set_upstream_user(&client, &user, &UpstreamUser("501".into())).await.unwrap();
    assert_eq!(store.upstream_user(&client, &user).await.unwrap(), Some(UpstreamUser("501".into())));
    assert!(store.connection(&ConnectionId::new("con_9")).await.unwrap().is_none());
}

async fn an_attempt_that_was_taken_is_the_end_of_its_revision_and_one_that_did_nothing_is_not(
    store: &dyn Store,
) {
    let id = with_connection(store).await;
    let begin = async |from, minutes| store.begin_attempt(&id, &attempt(from, minutes)).await.unwrap();
    let end = async |nth, ended| store.end_attempt(&id, nth, ended, None, at(1)).await.unwrap();
    assert_eq!(begin(1, 0).await, Some(1));
    assert_eq!(end(1, Ended::Nothing).await, Some(Revision(1)));
    assert_eq!(begin(1, 0).await, Some(2), "nothing was done, so the step stands");
    assert_eq!(end(2, Ended::Taken).await, Some(Revision(2)));
    assert_eq!(begin(1, 0).await, None, "one step, one call that was taken");
    let kept = store.connection(&id).await.unwrap().unwrap();
    assert_eq!((kept.revision, kept.digest), (Revision(2), hash("form")), "also if it looks the same after");

    assert_eq!(begin(2, 0).await, Some(3), "each call that was begun is counted");
    store.advance_revision(&id, Revision(2), &hash("wait"), at(1)).await.unwrap();
    let stands = end(3, Ended::Taken).await;
    assert_eq!(stands, Some(Revision(3)), "it has moved with the wait that was shown, and moves once");
    let kept = store.connection(&id).await.unwrap().unwrap();
    assert_eq!((kept.revision, kept.attempts), (Revision(3), 3));
}

async fn whoever_was_overtaken_does_not_end_or_hold_what_another_has_begun(store: &dyn Store) {
    let id = with_connection(store).await;
    let pending = async || store.connection(&id).await.unwrap().unwrap().pending;
    assert_eq!(store.begin_attempt(&id, &attempt(1, 0)).await.unwrap(), Some(1));
    assert_eq!(
        store.begin_attempt(&id, &attempt(1, 1)).await.unwrap(),
        Some(2),
        "the first one's time is over"
    );
    let second = pending().await;
    assert!(second.is_some());
    for ended in [Ended::Taken, Ended::Nothing] {
        assert_eq!(store.end_attempt(&id, 1, ended, Some(at(9)), at(2)).await.unwrap(), None);
    }
    store.hold_attempt(&id, 1, at(9)).await.unwrap();
    assert!(!store.open_visit(&id, 1, at(9), "bank.example").await.unwrap());
    assert_eq!(pending().await, second, "it is another's");

    assert_eq!(store.end_attempt(&id, 2, Ended::Taken, None, at(2)).await.unwrap(), Some(Revision(2)));
    assert_eq!(store.end_attempt(&id, 2, Ended::Taken, None, at(2)).await.unwrap(), None, "once");
    store.hold_attempt(&id, 2, at(9)).await.unwrap();
    assert!(!store.open_visit(&id, 2, at(9), "bank.example").await.unwrap());
    let kept = store.connection(&id).await.unwrap().unwrap();
    assert_eq!((kept.revision, kept.pending, kept.visit.until), (Revision(2), None, None));
}

async fn a_call_under_way_is_held_by_signs_of_life(store: &dyn Store) {
    let id = with_connection(store).await;
    store.hold_attempt(&id, 0, at(5)).await.unwrap();
    assert_eq!(store.connection(&id).await.unwrap().unwrap().pending, None, "there is nothing to hold");
    let begin = async |minutes| store.begin_attempt(&id, &attempt(1, minutes)).await.unwrap();
    assert_eq!(begin(0).await, Some(1));
    store.hold_attempt(&id, 1, at(5)).await.unwrap();
    assert_eq!(begin(4).await, None, "it is still under way");
    assert!(store.lease_due(at(4), at(6), 10).await.unwrap().is_empty(), "and held with its connection");
    assert_eq!(begin(5).await, Some(2), "its time is over");
}

async fn a_choice_waits_for_a_call_under_way(store: &dyn Store) {
    let id = with_connection(store).await;
    assert!(store.begin_attempt(&id, &attempt(1, 0)).await.unwrap().is_some());
    let chosen = [AccountId::new("acc_1")];
    let early = store.choose_accounts(&id, Revision(1), &chosen, &hash("linked"), at(1)).await.unwrap();
    assert_eq!(early, None, "what the call brings is not known yet");
    store.end_attempt(&id, 1, Ended::Nothing, None, at(1)).await.unwrap();
    let made = store.choose_accounts(&id, Revision(1), &chosen, &hash("linked"), at(1)).await.unwrap();
    assert_eq!(made, Some(Revision(2)));
}

async fn a_watch_does_not_end_under_a_call_under_way(store: &dyn Store) {
    let id = with_connection(store).await;
    assert!(store.begin_attempt(&id, &attempt(1, 0)).await.unwrap().is_some());
    store.stop_watching(&id).await.unwrap();
    assert_eq!(store.lease_due(at(2), at(3), 10).await.unwrap(), [id], "whoever made it may be dead");
}

async fn what_a_user_has_in_use_is_told_without_the_one_that_asks(store: &dyn Store) {
    let id = with_connection(store).await;
    let link = new_link("lnk_1");
    let other = new_connection("con_2", &link);
    store.create_connection(&other).await.unwrap();
    let (acorn, pat) = (ClientId("acorn".into()), UserId::new("pat"));
    let in_use = async |client: &ClientId, user: &UserId, besides: &ConnectionId| {
        store.references_in_use(client, user, besides).await.unwrap()
    };
    assert!(in_use(&acorn, &pat, &id).await.is_empty(), "nothing is made upstream yet");
    assert!(store.set_upstream(&id, None, "seven").await.unwrap());
    assert_eq!(in_use(&acorn, &pat, &other.id).await, ["seven"]);
    assert!(in_use(&acorn, &pat, &id).await.is_empty(), "its own is not in anybody's way");
    assert!(in_use(&ClientId("birch".into()), &pat, &other.id).await.is_empty(), "not birch's");
    assert!(in_use(&acorn, &UserId::new("sam"), &other.id).await.is_empty(), "not sam's");
}

async fn what_is_looked_after_is_found_behind_any_number_of_forms_and_of_what_has_ended(store: &dyn Store) {
    let id = with_connection(store).await;
    assert!(store.set_upstream(&id, None, "seven").await.unwrap());
    let link = new_link("lnk_1");
    for nth in 2..=102 {
        let later = at(1) + SignedDuration::from_secs(nth);
        let form = NewConnection { created_at: later, ..new_connection(&format!("con_{nth}"), &link) };
        store.create_connection(&form).await.unwrap();
    }
    let (acorn, pat) = (ClientId("acorn".into()), UserId::new("pat"));
    let kept = async || {
        let kept = store.kept_connections(&acorn, &pat).await.unwrap();
        kept.into_iter().map(|record| record.id).collect::<Vec<_>>()
    };
    assert_eq!(kept().await, std::slice::from_ref(&id), "forms that were looked at are none");
    store.begin_parting(&id, &super::partings::begun(1, 2)).await.unwrap().unwrap();
    let successor = ConnectionId::new("con_2");
    assert_eq!(
        kept().await,
        [successor.clone(), id.clone()],
        "while it ends, too, with what takes its place"
    );
    assert!(store.finish_parting(&id, Revision(2), None, &hash("over"), at(2)).await.unwrap());
    assert_eq!(kept().await, [successor]);
    let none = store.kept_connections(&ClientId("birch".into()), &pat).await.unwrap();
    assert!(none.is_empty(), "users live inside one client");
}

async fn a_reference_is_replaced_only_by_whoever_knows_it(store: &dyn Store) {
    let id = with_connection(store).await;
    let set = async |before, upstream| store.set_upstream(&id, before, upstream).await.unwrap();
    assert!(!set(Some("one"), "two").await, "there is none yet");
    assert!(set(None, "one").await);
    assert!(!set(None, "two").await, "there is one by now");
    assert!(set(Some("one"), "two").await);
    assert!(!set(Some("one"), "three").await, "it is another one by now");
    assert_eq!(store.connection(&id).await.unwrap().unwrap().upstream.as_deref(), Some("two"));
}

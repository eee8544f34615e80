//! Links, sessions and consents.

use super::*;

on_every_store!(
    a_link_is_kept_as_it_was_asked_for,
    a_link_is_spent_once,
    a_link_is_not_spent_after_its_time_nor_when_revoked,
    a_link_that_was_spent_gets_no_new_secret,
    a_session_ends_by_idleness_age_and_revocation,
    a_session_that_is_extended_lives_on_until_it_is_over,
    a_consent_is_kept_once_and_stays,
    a_page_is_shown_while_the_link_or_its_session_lives,
    a_link_that_was_revoked_takes_its_session_along_and_cannot_be_renewed,
);

async fn a_link_is_kept_as_it_was_asked_for(store: &dyn Store) {
    let link = new_link("lnk_1");
    store.create_link(&link).await.unwrap();
    assert_eq!(store.link(&link.record.id).await.unwrap(), Some(link.record));
}

async fn a_link_is_spent_once(store: &dyn Store) {
    let link = new_link("lnk_1");
    store.create_link(&link).await.unwrap();
    let id = &link.record.id;
    let (one, two) = (hash("one"), hash("two"));
    let (first, second) =
        tokio::join!(store.spend_link(id, &one, at(1), at(240)), store.spend_link(id, &two, at(1), at(240)));
    let mut outcomes = [first.unwrap(), second.unwrap()];
    outcomes.sort_by_key(|spend| *spend != Spend::Opened);
    assert_eq!(outcomes, [Spend::Opened, Spend::Used], "two tabs at once, one session");
}

async fn a_link_is_not_spent_after_its_time_nor_when_revoked(store: &dyn Store) {
    for id in ["lnk_1", "lnk_2"] {
        store.create_link(&new_link(id)).await.unwrap();
    }
    let (late, gone) = (LinkId::new("lnk_1"), LinkId::new("lnk_2"));
    assert_eq!(store.spend_link(&late, &hash("t"), at(30), at(240)).await.unwrap(), Spend::Expired);
    let acorn = ClientId("acorn".into());
    assert!(!store.revoke_link(&ClientId("birch".into()), &gone, at(1)).await.unwrap(), "not birch's link");
    assert!(store.revoke_link(&acorn, &gone, at(1)).await.unwrap());
    assert_eq!(store.spend_link(&gone, &hash("t"), at(2), at(240)).await.unwrap(), Spend::Unknown);
    let never = LinkId::new("lnk_3");
    assert_eq!(store.spend_link(&never, &hash("t"), at(2), at(240)).await.unwrap(), Spend::Unknown);
}

async fn a_link_that_was_spent_gets_no_new_secret(store: &dyn Store) {
    let mut link = new_link("lnk_1");
    store.create_link(&link).await.unwrap();
    link.secret_hash = hash("another");
    assert!(store.create_link(&link).await.unwrap(), "unspent: the secret is replaced");
    let kept = store.link(&link.record.id).await.unwrap().unwrap();
    assert_eq!(kept.secret_hash, hash("another"));
    store.spend_link(&link.record.id, &hash("t"), at(1), at(240)).await.unwrap();
    link.secret_hash = hash("third");
    assert!(!store.create_link(&link).await.unwrap(), "spent: nothing to mint any more");
    assert_eq!(store.link(&link.record.id).await.unwrap().unwrap().secret_hash, hash("another"));
}

async fn a_session_ends_by_idleness_age_and_revocation(store: &dyn Store) {
    let link = new_link("lnk_1");
    store.create_link(&link).await.unwrap();
    let (id, token) = (&link.record.id, hash("t"));
    store.spend_link(id, &token, at(0), at(240)).await.unwrap();
    let alive = async |minutes: i64, touch: bool| {
        store.session(&token, at(minutes), at(minutes - 30), touch).await.unwrap().is_some()
    };
    assert!(alive(29, false).await, "not idle for half an hour yet");
    assert!(!alive(30, false).await, "a look that does not touch does not keep it");
    assert!(alive(29, true).await && alive(58, true).await, "a touch keeps it");
    for minutes in (80..240).step_by(20) {
        assert!(alive(minutes, true).await, "kept by use");
    }
    assert!(!alive(240, true).await, "four hours, whatever happens");
    let renewed = hash("t2");
    assert!(store.renew_session(id, &renewed, at(100)).await.unwrap());
    assert!(!alive(101, true).await, "the old token is void");
    assert!(store.session(&renewed, at(101), at(71), true).await.unwrap().is_some());
    store.end_session(id, at(102)).await.unwrap();
    assert!(store.session(&renewed, at(103), at(73), true).await.unwrap().is_none(), "ended");
    assert!(!store.renew_session(id, &token, at(103)).await.unwrap(), "an ended session is not renewed");
}

async fn a_session_that_is_extended_lives_on_until_it_is_over(store: &dyn Store) {
    let link = new_link("lnk_1");
    store.create_link(&link).await.unwrap();
    let (id, token) = (&link.record.id, hash("token"));
    store.spend_link(id, &token, at(1), at(100)).await.unwrap();
    assert!(store.extend_session(id, at(29), at(-1)).await.unwrap(), "still there");
    let found = store.session(&token, at(50), at(20), false).await.unwrap();
    assert!(found.is_some(), "seen at 29, so alive at 50");
    assert!(!store.extend_session(id, at(70), at(40)).await.unwrap(), "idle for too long");
    assert!(!store.extend_session(id, at(101), at(0)).await.unwrap(), "past its end");
    store.end_session(id, at(51)).await.unwrap();
    assert!(!store.extend_session(id, at(52), at(20)).await.unwrap(), "ended");
}

async fn a_consent_is_kept_once_and_stays(store: &dyn Store) {
    let link = new_link("lnk_1");
    store.create_link(&link).await.unwrap();
    let (id, token) = (&link.record.id, hash("token"));
    store.spend_link(id, &token, at(1), at(100)).await.unwrap();
    let agreed = async || store.session(&token, at(2), at(0), false).await.unwrap().unwrap().agreed;
    assert_eq!(store.consent(id).await.unwrap(), None);
    assert!(!agreed().await, "nobody has agreed yet");
    let consent = Consent {
        version: "1.abc".into(),
        data: vec![DataKind::Accounts],
        reason: None,
        until: None,
        revoke_url: None,
    };
    let first = ConsentRecord { consent, language: Some("es".into()), given_at: at(3) };
    store.give_consent(&link.record, &first).await.unwrap();
    store.give_consent(&link.record, &ConsentRecord { given_at: at(4), ..first.clone() }).await.unwrap();
    assert_eq!(store.consent(id).await.unwrap(), Some(first), "the first time is the one on record");
    assert!(agreed().await);
}

async fn a_page_is_shown_while_the_link_or_its_session_lives(store: &dyn Store) {
    let link = new_link("lnk_1");
    store.create_link(&link).await.unwrap();
    let id = &link.record.id;
    let shown =
        async |minutes: i64| store.link_for_page(id, at(minutes), at(minutes - 30)).await.unwrap().is_some();
    assert!(shown(29).await && !shown(30).await, "an unspent link lives for half an hour");
    store.spend_link(id, &hash("t"), at(20), at(260)).await.unwrap();
    assert!(shown(49).await, "a session that was seen lives on");
    assert!(!shown(51).await, "an idle one does not");
    assert!(store.revoke_link(&ClientId("acorn".into()), id, at(21)).await.unwrap());
    assert!(!shown(22).await, "a revoked one does not");
}

async fn a_link_that_was_revoked_takes_its_session_along_and_cannot_be_renewed(store: &dyn Store) {
    let mut link = new_link("lnk_1");
    store.create_link(&link).await.unwrap();
    let (id, token, acorn) = (link.record.id.clone(), hash("t"), ClientId("acorn".into()));
    store.spend_link(&id, &token, at(0), at(240)).await.unwrap();
    assert!(store.revoke_link(&acorn, &id, at(1)).await.unwrap());
    assert!(store.session(&token, at(2), at(-28), true).await.unwrap().is_none(), "the session is over");
    assert!(!store.renew_session(&id, &hash("u"), at(2)).await.unwrap(), "and gets no new token");
    link.secret_hash = hash("another");
    assert!(!store.create_link(&link).await.unwrap(), "nor does the link get a new secret");
    assert!(store.revoke_link(&acorn, &id, at(3)).await.unwrap(), "ending what has ended changes nothing");
    let kept = store.link(&id).await.unwrap().unwrap();
    assert_eq!(kept.revoked_at, Some(at(1)), "and keeps its time");
    let mut stolen = new_link("lnk_2");
    store.create_link(&stolen).await.unwrap();
    stolen.record.client = ClientId("birch".into());
    assert!(!store.create_link(&stolen).await.unwrap(), "another client's id mints nothing");
}

//! What every store must do, whichever database is behind it.

use super::*;
use crate::config::Origin;
use crate::tokens::{Key, Kind};
use jiff::SignedDuration;
use linchpin_protocol::{
    AccountSelection, ConnectionMethod, Consent, ConsentTerms, DataKind, DepositId, InstitutionRef, Mode,
    Purpose, Secret, Theme,
};

/// Runs each of the tests below on a fresh store of each sort.
macro_rules! on_every_store {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $test() {
                    let folder = tempfile::tempdir().unwrap();
                    let store = SqliteStore::open(&folder.path().join("store.sqlite")).await.unwrap();
                    super::$test(&store).await;
                }
            )+
            use super::SqliteStore;
        }
    };
}

on_every_store!(
    a_link_is_spent_once,
    a_link_is_not_spent_after_its_time_nor_when_revoked,
    a_link_that_was_spent_gets_no_new_secret,
    a_session_ends_by_idleness_age_and_revocation,
    a_session_that_is_extended_lives_on_until_it_is_over,
    a_consent_is_kept_once_and_stays,
    a_page_is_shown_while_the_link_or_its_session_lives,
    a_revision_moves_only_with_the_digest_and_only_from_where_it_stood,
    an_attempt_begins_once_and_only_at_the_present_revision,
    chosen_accounts_are_kept_with_a_new_revision,
    a_public_token_is_spent_once_by_its_client_and_replaced_by_the_next,
    a_key_is_claimed_once_and_tells_what_became_of_it,
    a_lease_is_held_by_one_at_a_time,
    tries_are_counted_in_their_window_and_by_subject,
    what_is_kept_comes_back_as_it_was,
);

fn hash(text: &str) -> Hash {
    Key::new(&Secret::new("key")).hash(Kind::Link, &[text])
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
}

fn new_link(id: &str) -> NewLink {
    let record = LinkRecord {
        id: LinkId::new(id),
        client: ClientId("acorn".into()),
        user_id: UserId::new("pat"),
        secret_hash: hash(id),
        origin: Origin::parse("https://app.example").unwrap(),
        mode: Mode::Link,
        purpose: Purpose::Both,
        account_selection: AccountSelection::Many,
        connection_id: Some(ConnectionId::new("con_0")),
        deposit_id: Some(DepositId::new("dep_0")),
        consent: ConsentTerms {
            data: Some(vec![DataKind::Accounts, DataKind::Balances]),
            reason: Some("To show your balance.".into()),
            ..ConsentTerms::default()
        },
        institution_id: Some(InstitutionId::new("ins_1")),
        language: Some("en".into()),
        theme: Theme::Dark,
        created_at: at(0),
        expires_at: at(30),
        spent_at: None,
        revoked_at: None,
    };
    NewLink { secret_hash: record.secret_hash.clone(), record }
}

fn new_connection(id: &str, link: &NewLink) -> NewConnection {
    NewConnection {
        id: ConnectionId::new(id),
        link: link.record.clone(),
        institution: InstitutionRef {
            id: InstitutionId::new("ins_1"),
            name: "Harbour Savings".into(),
            domain: Some("harbour.example".into()),
        },
        method: ConnectionMethod::Credentials,
        digest: hash("form"),
        created_at: at(1),
    }
}

async fn with_connection(store: &dyn Store) -> ConnectionId {
    let link = new_link("lnk_1");
    assert!(store.create_link(&link).await.unwrap());
    let connection = new_connection("con_1", &link);
    store.create_connection(&connection).await.unwrap();
    connection.id
}

fn attempt(from: u64, minutes: i64) -> Attempt {
    Attempt {
        from: Revision(from),
        intent: Intent::Credentials,
        now: at(minutes),
        until: at(minutes + 1),
        watch_until: at(minutes + 30),
    }
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

async fn a_revision_moves_only_with_the_digest_and_only_from_where_it_stood(store: &dyn Store) {
    let id = with_connection(store).await;
    let same = store.advance_revision(&id, Revision(1), &hash("form")).await.unwrap();
    assert_eq!(same, (Revision(1), hash("form")), "the same step, the same revision");
    let moved = store.advance_revision(&id, Revision(1), &hash("wait")).await.unwrap();
    assert_eq!(moved, (Revision(2), hash("wait")));
    let stale = store.advance_revision(&id, Revision(1), &hash("form")).await.unwrap();
    assert_eq!(stale, (Revision(2), hash("wait")), "whoever looked earlier does not turn it back");
}

async fn an_attempt_begins_once_and_only_at_the_present_revision(store: &dyn Store) {
    let id = with_connection(store).await;
    assert!(!store.begin_attempt(&id, &attempt(2, 0)).await.unwrap(), "the person saw something else");
    assert!(store.begin_attempt(&id, &attempt(1, 0)).await.unwrap());
    assert!(!store.begin_attempt(&id, &attempt(1, 0)).await.unwrap(), "one is running");
    let kept = store.connection(&id).await.unwrap().unwrap();
    let pending = Pending { intent: Intent::Credentials, until: at(1), before: hash("form") };
    assert_eq!(kept.pending, Some(pending), "written down before it is made");
    assert!(store.begin_attempt(&id, &attempt(1, 1)).await.unwrap(), "the first one's time is over");
    store.end_attempt(&id, Some(at(40))).await.unwrap();
    let kept = store.connection(&id).await.unwrap().unwrap();
    assert_eq!((kept.pending, kept.watch_until), (None, Some(at(40))));
}

async fn chosen_accounts_are_kept_with_a_new_revision(store: &dyn Store) {
    let id = with_connection(store).await;
    let chosen = [AccountId::new("acc_1"), AccountId::new("acc_2")];
    let stale = store.choose_accounts(&id, Revision(9), &chosen, &hash("linked")).await.unwrap();
    assert_eq!(stale, None, "the list was another one");
    let (client, user) = (ClientId("acorn".into()), UserId::new("pat"));
    assert!(store.linked_institutions(&client, &user).await.unwrap().is_empty());
    let moved = store.choose_accounts(&id, Revision(1), &chosen, &hash("linked")).await.unwrap();
    assert_eq!(moved, Some(Revision(2)));
    assert_eq!(store.connection(&id).await.unwrap().unwrap().chosen, chosen);
    assert_eq!(store.linked_institutions(&client, &user).await.unwrap(), [InstitutionId::new("ins_1")]);
    let other = store.linked_institutions(&ClientId("birch".into()), &user).await.unwrap();
    assert!(other.is_empty(), "users live inside one client");
}

async fn a_public_token_is_spent_once_by_its_client_and_replaced_by_the_next(store: &dyn Store) {
    let id = with_connection(store).await;
    let (acorn, birch) = (ClientId("acorn".into()), ClientId("birch".into()));
    let spend = async |client: &ClientId, token: &str, minutes: i64| {
        store.spend_public_token(client, &hash(token), at(minutes)).await.unwrap()
    };
    store.mint_public_token(&id, &hash("one"), at(0), at(30)).await.unwrap();
    store.mint_public_token(&id, &hash("two"), at(1), at(31)).await.unwrap();
    assert_eq!(spend(&acorn, "one", 2).await, PublicSpend::Unknown, "the next one revokes it");
    assert_eq!(spend(&birch, "two", 2).await, PublicSpend::Unknown, "not birch's token");
    assert_eq!(spend(&acorn, "two", 31).await, PublicSpend::Expired);
    assert_eq!(store.spent_public_token(&acorn, &hash("two")).await.unwrap(), None, "not spent yet");
    assert_eq!(spend(&acorn, "two", 30).await, PublicSpend::Spent(id.clone()));
    assert_eq!(spend(&acorn, "two", 30).await, PublicSpend::Used);
    assert_eq!(store.spent_public_token(&acorn, &hash("two")).await.unwrap(), Some(id.clone()));
    store.mint_public_token(&id, &hash("three"), at(31), at(61)).await.unwrap();
    assert_eq!(spend(&acorn, "two", 32).await, PublicSpend::Used, "a spent one stays spent");
}

async fn a_key_is_claimed_once_and_tells_what_became_of_it(store: &dyn Store) {
    let key = |fingerprint: &str, subject: &str| KeyUse {
        principal: "link lnk_1".into(),
        route: "POST /v1/connections",
        key: "k".into(),
        fingerprint: hash(fingerprint),
        subject: subject.into(),
    };
    let claim =
        async |key: &KeyUse, minutes: i64| store.claim_key(key, at(minutes), at(minutes + 1)).await.unwrap();
    let (one, two) = (key("body", "con_1"), key("body", "con_2"));
    let (first, second) = tokio::join!(claim(&one, 0), claim(&two, 0));
    let both = [&first, &second];
    assert!(both.contains(&&KeyClaim::Claimed) && both.contains(&&KeyClaim::Running), "{both:?}");
    let subject = if first == KeyClaim::Claimed { "con_1" } else { "con_2" }.to_owned();
    assert_eq!(claim(&key("other body", "con_3"), 0).await, KeyClaim::Mismatch);
    assert_eq!(claim(&one, 1).await, KeyClaim::Lapsed { subject: subject.clone() }, "it never came back");
    store.finish_key(&one, "done").await.unwrap();
    let done = KeyClaim::Done { subject, outcome: "done".into() };
    assert_eq!(claim(&key("body", "con_4"), 1).await, done, "the first subject is told");
    store.release_key(&one).await.unwrap();
    assert_eq!(claim(&one, 1).await, done, "what is done cannot be given back");
    let other = KeyUse { principal: "link lnk_2".into(), ..key("body", "con_5") };
    assert_eq!(claim(&other, 1).await, KeyClaim::Claimed, "keys belong to whoever uses them");
    store.release_key(&other).await.unwrap();
    assert_eq!(claim(&other, 1).await, KeyClaim::Claimed, "nothing was done, so it is free again");
    assert_eq!(store.forget_keys(at(1)).await.unwrap(), 1, "old ones are forgotten");
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
    store.end_attempt(&id, Some(at(60))).await.unwrap();
    store.stop_watching(&id).await.unwrap();
    assert!(due(31).await.is_empty(), "nothing to watch any more");
}

async fn what_is_kept_comes_back_as_it_was(store: &dyn Store) {
    let id = with_connection(store).await;
    let link = new_link("lnk_1");
    assert_eq!(store.link(&link.record.id).await.unwrap(), Some(link.record.clone()));
    store.create_connection(&new_connection("con_1", &link)).await.unwrap();
    store.set_upstream(&id, r#"{"v":1}"#).await.unwrap();
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
    let first = ConsentRecord { consent, given_at: at(3) };
    store.give_consent(&link.record, &first).await.unwrap();
    store.give_consent(&link.record, &ConsentRecord { given_at: at(4), ..first.clone() }).await.unwrap();
    assert_eq!(store.consent(id).await.unwrap(), Some(first), "the first time is the one on record");
    assert!(agreed().await);
}

async fn tries_are_counted_in_their_window_and_by_subject(store: &dyn Store) {
    let (subject, other) = (hash("pat at harbour"), hash("kim at harbour"));
    let take =
        async |who: &Hash, minute: i64| store.take_try(who, at(minute), at(minute - 15), 3).await.unwrap();
    let (one, two) = tokio::join!(take(&subject, 0), take(&subject, 1));
    assert_eq!((one, two, take(&subject, 2).await), (None, None, None), "three are free");
    assert_eq!(take(&subject, 3).await, Some(at(0)), "the fourth waits for the first to grow old");
    assert_eq!(take(&other, 3).await, None, "somebody else's count for themselves");
    assert_eq!(take(&subject, 14).await, Some(at(0)));
    assert_eq!(take(&subject, 15).await, None, "the first is a quarter of an hour old");
    store.give_try_back(&subject, at(15)).await.unwrap();
    assert_eq!(take(&subject, 15).await, None, "it was given back");
    assert_eq!(store.forget_tries(at(2)).await.unwrap(), 2);
}

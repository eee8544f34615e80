//! Public tokens, idempotency keys and tries.

use super::*;

on_every_store!(
    a_public_token_is_spent_once_by_its_client_and_replaced_by_the_next,
    a_key_is_claimed_once_and_tells_what_became_of_it,
    tries_are_counted_in_their_window_and_by_subject,
    a_key_is_forgotten_by_its_age_alone,
);

async fn a_public_token_is_spent_once_by_its_client_and_replaced_by_the_next(store: &dyn Store) {
    let id = with_connection(store).await;
    let (acorn, birch) = (ClientId("acorn".into()), ClientId("birch".into()));
    let spend = async |client: &ClientId, token: &str, minutes: i64| {
        store.spend_public_token(client, &hash(token), at(minutes)).await.unwrap()
    };
    store
        .mint_public_token(&TokenSubject::Connection(id.clone()), &hash("one"), at(0), at(30))
        .await
        .unwrap();
    store
        .mint_public_token(&TokenSubject::Connection(id.clone()), &hash("two"), at(1), at(31))
        .await
        .unwrap();
    assert_eq!(spend(&acorn, "one", 2).await, PublicSpend::Unknown, "the next one revokes it");
    assert_eq!(spend(&birch, "two", 2).await, PublicSpend::Unknown, "not birch's token");
    assert_eq!(spend(&acorn, "two", 31).await, PublicSpend::Expired);
    assert_eq!(store.spent_public_token(&acorn, &hash("two")).await.unwrap(), None, "not spent yet");
    assert_eq!(spend(&acorn, "two", 30).await, PublicSpend::Spent(TokenSubject::Connection(id.clone())));
    assert_eq!(spend(&acorn, "two", 30).await, PublicSpend::Used);
    assert_eq!(
        store.spent_public_token(&acorn, &hash("two")).await.unwrap(),
        Some(TokenSubject::Connection(id.clone()))
    );
    store
        .mint_public_token(&TokenSubject::Connection(id.clone()), &hash("three"), at(31), at(61))
        .await
        .unwrap();
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

async fn a_key_is_forgotten_by_its_age_alone(store: &dyn Store) {
    let key = |name: &str| KeyUse {
        principal: "client acorn".into(),
        route: "POST /v1/link-tokens",
        key: name.into(),
        fingerprint: hash("body"),
        subject: name.into(),
    };
    let (done, cut_off, young) = (key("done"), key("cut_off"), key("young"));
    store.claim_key(&done, at(0), at(1)).await.unwrap();
    store.finish_key(&done, "done").await.unwrap();
    store.claim_key(&cut_off, at(0), at(1)).await.unwrap();
    store.claim_key(&young, at(1), at(2)).await.unwrap();
    assert_eq!(store.forget_keys(at(0)).await.unwrap(), 0, "not before its time");
    assert_eq!(store.forget_keys(at(1)).await.unwrap(), 2, "done or not");
    assert_eq!(store.claim_key(&done, at(2), at(3)).await.unwrap(), KeyClaim::Claimed);
    let kept = store.claim_key(&young, at(1), at(2)).await.unwrap();
    assert_eq!(kept, KeyClaim::Running, "the younger one is kept");
}

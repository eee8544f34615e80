//! Deposits, their limits, and where the watcher stands.

use super::*;
use linchpin_protocol::DepositMethod;

on_every_store!(
    a_deposit_is_kept_whole_and_once,
    an_account_and_a_person_have_their_limits,
    what_is_replaced_is_marked_in_the_same_step_and_stands_again_if_nothing_came_of_it,
    of_two_writers_the_second_has_to_read_again,
    deposits_are_found_by_whom_they_belong_to,
    lapsed_calls_are_found_and_held_ones_are_not,
    one_at_a_time_watches_and_what_was_seen_stays,
    a_look_is_taken_by_one,
    a_public_token_stands_for_a_deposit,
);

pub(super) fn deposit(id: &str, link: &NewLink, minutes: i64) -> DepositRecord {
    DepositRecord {
        id: DepositId::new(id),
        client: link.record.client.clone(),
        user_id: link.record.user_id.clone(),
        link_id: link.record.id.clone(),
        method: DepositMethod::Manual,
        connection_id: None,
        account_id: Some(AccountId::new("acc_1")),
        bank: Some("Harbour Savings".into()),
        last_digits: Some("6789".into()),
        name: Some("Rent".into()),
        account_hash: hash("account"),
        root: DepositId::new(id),
        replaces: None,
        replaced_by: None,
        holder: Some("holder".into()),
        upstream_key: None,
        state: DepositState::New,
        fault: None,
        account_broken: false,
        provider_status: None,
        tries: 0,
        wrong: false,
        out_of_tries: false,
        intent: Some((DepositIntent::Send, at(minutes + 1))),
        revision: Revision(1),
        version: 1,
        looked_at: None,
        verified_at: None,
        created_at: at(minutes),
        updated_at: at(minutes),
    }
}

pub(super) const LIMITS: fn() -> DepositLimits =
    || DepositLimits { per_account: 2, account_since: at(-60), per_user: 3, user_since: at(-10) };

async fn with_link(store: &dyn Store, id: &str, user: &str) -> NewLink {
    let mut link = new_link(id);
    link.record.user_id = UserId::new(user);
    assert!(store.create_link(&link).await.unwrap());
    link
}

async fn kept(store: &dyn Store, deposit: &DepositRecord) -> DepositRecord {
    assert_eq!(store.create_deposit(deposit, &LIMITS()).await.unwrap(), DepositKept::Kept);
    store.deposit(&deposit.id).await.unwrap().unwrap()
}

async fn a_deposit_is_kept_whole_and_once(store: &dyn Store) {
    let link = with_link(store, "lnk_1", "pat").await;
    let new = deposit("dep_1", &link, 0);
    assert_eq!(kept(store, &new).await, new);
    assert_eq!(kept(store, &DepositRecord { bank: None, ..new.clone() }).await, new, "the first stays");
    let written = DepositRecord {
        replaced_by: None,
        holder: Some("another".into()),
        upstream_key: Some("6100".into()),
        state: DepositState::Failed,
        fault: Some(DepositFault::AccountNumber),
        account_broken: true,
        provider_status: Some("deposit_failed".into()),
        tries: 2,
        wrong: true,
        out_of_tries: true,
        intent: None,
        revision: Revision(2),
        verified_at: Some(at(4)),
        updated_at: at(5),
        ..new.clone()
    };
    assert!(store.write_deposit(&written).await.unwrap());
    let read = store.deposit(&new.id).await.unwrap().unwrap();
    assert_eq!(read, DepositRecord { version: 2, ..written });
    assert_eq!(store.deposit_by_key("6100").await.unwrap(), Some(read));
    assert_eq!(store.deposit_by_key("6101").await.unwrap(), None);
    assert_eq!(store.deposit_keys_at("another").await.unwrap(), ["6100"]);
}

async fn an_account_and_a_person_have_their_limits(store: &dyn Store) {
    let (pat, sam) = (with_link(store, "lnk_1", "pat").await, with_link(store, "lnk_2", "sam").await);
    let other = |id, link, minutes, account| DepositRecord {
        account_hash: hash(account),
        ..deposit(id, link, minutes)
    };
    kept(store, &deposit("dep_1", &pat, 0)).await;
    kept(store, &deposit("dep_2", &sam, 1)).await;
    let refused = store.create_deposit(&deposit("dep_3", &sam, 2), &LIMITS()).await.unwrap();
    assert_eq!(
        refused,
        DepositKept::TooManyToAccount(at(0)),
        "whoever asks; room comes when the first is old"
    );
    assert_eq!(store.deposit(&DepositId::new("dep_3")).await.unwrap(), None);
    kept(store, &other("dep_4", &pat, 3, "b")).await;
    kept(store, &other("dep_5", &pat, 4, "c")).await;
    let refused = store.create_deposit(&other("dep_6", &pat, 5, "d"), &LIMITS()).await.unwrap();
    assert_eq!(refused, DepositKept::TooManyByUser(at(0)));
    kept(store, &other("dep_7", &sam, 5, "d")).await;
    // What certainly was not sent makes room.
    store.forget_deposit(&DepositId::new("dep_5")).await.unwrap();
    kept(store, &other("dep_6", &pat, 5, "d")).await;
}

async fn what_is_replaced_is_marked_in_the_same_step_and_stands_again_if_nothing_came_of_it(
    store: &dyn Store,
) {
    let link = with_link(store, "lnk_1", "pat").await;
    let old = kept(store, &DepositRecord { intent: None, ..deposit("dep_1", &link, 0) }).await;
    let new = DepositRecord { replaces: Some(old.id.clone()), ..deposit("dep_2", &link, 1) };
    kept(store, &new).await;
    let marked = store.deposit(&old.id).await.unwrap().unwrap();
    assert_eq!((marked.replaced_by, marked.revision), (Some(new.id.clone()), Revision(2)));
    let limits = DepositLimits { per_account: 9, ..LIMITS() };
    let third = DepositRecord { id: DepositId::new("dep_3"), ..new.clone() };
    assert_eq!(store.create_deposit(&third, &limits).await.unwrap(), DepositKept::Moved, "once");
    assert!(!store.write_deposit(&old).await.unwrap(), "whoever read it before has to read it again");
    store.forget_deposit(&new.id).await.unwrap();
    assert_eq!(store.deposit(&new.id).await.unwrap(), None);
    let again = store.deposit(&old.id).await.unwrap().unwrap();
    assert_eq!((again.replaced_by, again.revision), (None, Revision(3)));
}

async fn of_two_writers_the_second_has_to_read_again(store: &dyn Store) {
    let link = with_link(store, "lnk_1", "pat").await;
    let read = kept(store, &deposit("dep_1", &link, 0)).await;
    assert!(store.write_deposit(&DepositRecord { tries: 1, ..read.clone() }).await.unwrap());
    assert!(!store.write_deposit(&DepositRecord { tries: 2, ..read.clone() }).await.unwrap());
    assert_eq!(store.deposit(&read.id).await.unwrap().unwrap().tries, 1);
}

async fn deposits_are_found_by_whom_they_belong_to(store: &dyn Store) {
    let (pat, sam) = (with_link(store, "lnk_1", "pat").await, with_link(store, "lnk_2", "sam").await);
    for (id, link, minutes) in [("dep_1", &pat, 1), ("dep_2", &sam, 2), ("dep_3", &pat, 3)] {
        kept(store, &DepositRecord { account_hash: hash(id), ..deposit(id, link, minutes) }).await;
    }
    let ids = |found: Vec<DepositRecord>| {
        found.into_iter().map(|deposit| deposit.id.as_str().to_owned()).collect::<Vec<_>>()
    };
    let acorn = ClientId("acorn".into());
    let of_user = async |since| store.deposits_of_user(&acorn, &UserId::new("pat"), at(since)).await.unwrap();
    assert_eq!(ids(of_user(0).await), ["dep_3", "dep_1"], "newest first");
    assert_eq!(ids(of_user(1).await), ["dep_3"]);
    assert_eq!(ids(store.deposits_of_link(&LinkId::new("lnk_2")).await.unwrap()), ["dep_2"]);
    let of_client = async |filter: DepositFilter, limit| {
        ids(store.deposits_of_client(&acorn, &filter, limit).await.unwrap())
    };
    let all = DepositFilter::default;
    assert_eq!(of_client(all(), 2).await, ["dep_1", "dep_2"], "oldest change first");
    let next = DepositFilter { after: Some(DepositId::new("dep_2")), ..all() };
    assert_eq!(of_client(next, 2).await, ["dep_3"]);
    assert_eq!(of_client(DepositFilter { user_id: Some(UserId::new("sam")), ..all() }, 9).await, ["dep_2"]);
    assert_eq!(of_client(DepositFilter { updated_after: Some(at(2)), ..all() }, 9).await, ["dep_3"]);
    assert!(of_client(DepositFilter { state: Some(DepositState::Verified), ..all() }, 9).await.is_empty());
    let birch = ClientId("birch".into());
    assert!(store.deposits_of_client(&birch, &all(), 9).await.unwrap().is_empty());
    let holders = store.deposit_holders_in_use(&acorn, &UserId::new("pat")).await.unwrap();
    assert_eq!(holders, ["holder"]);
}

async fn lapsed_calls_are_found_and_held_ones_are_not(store: &dyn Store) {
    let link = with_link(store, "lnk_1", "pat").await;
    let under_way = kept(store, &deposit("dep_1", &link, 0)).await;
    assert!(store.lapsed_deposits(at(0), 9).await.unwrap().is_empty());
    assert_eq!(store.lapsed_deposits(at(1), 9).await.unwrap().len(), 1);
    store.hold_deposit(&under_way.id, at(3)).await.unwrap();
    store.hold_deposit(&under_way.id, at(2)).await.unwrap();
    assert!(store.lapsed_deposits(at(2), 9).await.unwrap().is_empty(), "a hold is never shortened");
    assert_eq!(store.lapsed_deposits(at(3), 9).await.unwrap().len(), 1);
    let over = DepositRecord { intent: None, ..store.deposit(&under_way.id).await.unwrap().unwrap() };
    assert!(store.write_deposit(&over).await.unwrap(), "holding is no change that others have to read");
    assert!(store.lapsed_deposits(at(9), 9).await.unwrap().is_empty());
}

async fn one_at_a_time_watches_and_what_was_seen_stays(store: &dyn Store) {
    let lease = async |now| store.lease_deposit_watch("quovo", at(now), at(now + 5)).await.unwrap();
    assert_eq!(lease(0).await, Some(None), "nothing was ever seen");
    assert_eq!(lease(4).await, None, "somebody else does");
    store.end_deposit_watch("quovo", Some(at(3)), at(4)).await.unwrap();
    assert_eq!(lease(4).await, Some(Some(at(3))), "given back");
    store.end_deposit_watch("quovo", Some(at(1)), at(5)).await.unwrap();
    assert_eq!(lease(5).await, Some(Some(at(3))), "it never goes backwards");
    store.end_deposit_watch("quovo", None, at(6)).await.unwrap();
    assert_eq!(lease(6).await, Some(Some(at(3))));
    assert_eq!(lease(11).await, Some(Some(at(3))), "whoever had it is gone");
    let other = store.lease_deposit_watch("another", at(11), at(12)).await.unwrap();
    assert_eq!(other, Some(None), "each aggregator has its own");
}

async fn a_look_is_taken_by_one(store: &dyn Store) {
    let link = with_link(store, "lnk_1", "pat").await;
    let id = kept(store, &deposit("dep_1", &link, 0)).await.id;
    let take = async |now| store.take_deposit_look(&id, at(now), at(now - 1)).await.unwrap();
    assert!(take(0).await && !take(0).await, "somebody just has");
    assert!(take(1).await);
}

async fn a_public_token_stands_for_a_deposit(store: &dyn Store) {
    let link = with_link(store, "lnk_1", "pat").await;
    let subject = TokenSubject::Deposit(kept(store, &deposit("dep_1", &link, 0)).await.id);
    let acorn = ClientId("acorn".into());
    for token in ["one", "two"] {
        store.mint_public_token(&subject, &hash(token), at(0), at(30)).await.unwrap();
    }
    let spend = async |token| store.spend_public_token(&acorn, &hash(token), at(1)).await.unwrap();
    assert_eq!(spend("one").await, PublicSpend::Unknown, "the next one revokes it");
    assert_eq!(spend("two").await, PublicSpend::Spent(subject.clone()));
    assert_eq!(store.spent_public_token(&acorn, &hash("two")).await.unwrap(), Some(subject));
}

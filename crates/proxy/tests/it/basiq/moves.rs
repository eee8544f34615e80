//! Ending connections, and putting others in their place.

use super::{GOOD, WITH_CODE, follow, made};
use crate::browser::Browser;
use crate::world::{World, problem, read, until};
use jiff::SignedDuration;
use linchpin_protocol::{
    Connection, ConnectionId, ConnectionMethod, DisconnectWay, Erase, ManagedConnections, MoveWay, Next,
    Parting, PartingProblem, Reach, RefreshWay, Standing,
};
use linchpin_proxy::store::{NewParting, PartingRecord, PartingStage, SqlStore, Store as _, Successor};
use linchpin_proxy::tokens::Hash;
use linchpin_sandbox::{BasiqEvent, BasiqEventKind, Event};
use serde_json::json;

/// A connection to a bank that has open banking too, linked with a login.
pub(super) async fn linked(world: &World) -> Connection {
    linked_at(world, "hooli", GOOD).await
}

/// The same at another bank, or with another login.
pub(super) async fn linked_at(world: &World, bank: &str, login: (&str, &str)) -> Connection {
    let browser = Browser::open(world, "pat", "aggregate").await;
    let form = browser.connect(bank).await;
    browser.choose(&follow(&browser, &browser.sign_in_as(&form, login).await).await).await
}

pub(super) async fn move_it(browser: &Browser<'_>, from: &Connection) -> Connection {
    let path = format!("/v1/connections/{}/move", from.id);
    let told: Connection = read(browser.post(&path, json!({"revision": from.revision})).await, 200).await;
    settled(browser, told).await
}

pub(super) async fn end_it(browser: &Browser<'_>, from: &Connection, purge: bool) -> Connection {
    let told: Connection = read(browser.disconnect(from, purge).await, 200).await;
    settled(browser, told).await
}

pub(super) async fn settled(browser: &Browser<'_>, told: Connection) -> Connection {
    until("it has ended or stopped", async || {
        let now = browser.now(&told).await;
        (!matches!(now.next, Next::Wait { .. })).then_some(now)
    })
    .await
}

/// What was erased and ended, in that order.
pub(super) fn ends(world: &World) -> Vec<&'static str> {
    let entries = world.sandbox.ledger().entries().into_iter();
    let ends = entries.filter_map(|entry| match entry.event {
        Event::Basiq(BasiqEvent::ConnectionPurged { .. }) => Some("erased"),
        Event::Basiq(BasiqEvent::ConnectionDeleted { .. }) => Some("ended"),
        _ => None,
    });
    ends.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_done_is_told_before() {
    let world = World::over_basiq("both").await;
    let connection = linked(&world).await;
    let browser = Browser::managing(&world, "pat").await;
    let list = browser.list().await;
    assert_eq!(list.len(), 1);
    assert_eq!((&list[0].connection.id, list[0].standing), (&connection.id, Standing::Working));
    let ends = DisconnectWay { keeps_data: Some(true), erase: Erase::Now, others: 0 };
    assert_eq!(list[0].disconnect, Some(ends));
    assert_eq!(list[0].moves, Some(MoveWay { to: Reach::OpenBanking, erase: Erase::Now, others: 0 }));
    world.force_basiq(made(&world)[0], "status", json!({"status": "invalid"})).await;
    let list = browser.list().await;
    assert_eq!(list[0].standing, Standing::NeedsYou, "{list:?}");
    assert_eq!(list[0].moves.as_ref().map(|moves| moves.erase), Some(Erase::WhenWorking));
    let now = &list[0].connection;
    let refused = browser.disconnect(now, true).await;
    assert_eq!(problem(refused).await.1, "invalid_input purge not_offered", "only while it works");
    assert_eq!(ends_of(&world), 0);
}

fn ends_of(world: &World) -> usize {
    ends(world).len()
}

#[tokio::test(flavor = "multi_thread")]
async fn data_stays_or_goes_as_the_person_says() {
    for (purge, expected) in [(false, vec!["ended"]), (true, vec!["erased", "ended"])] {
        let world = World::over_basiq("both").await;
        let connection = linked(&world).await;
        let browser = Browser::managing(&world, "pat").await;
        let gone = end_it(&browser, &browser.now(&connection).await, purge).await;
        assert_eq!(gone.next, Next::Closed { successor: None });
        assert_eq!(ends(&world), expected);
        assert!(browser.list().await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_erases_then_ends_then_leads_to_a_new_connection() {
    let world = World::over_basiq("both").await;
    let connection = linked(&world).await;
    let browser = Browser::managing(&world, "pat").await;
    let moved = move_it(&browser, &browser.now(&connection).await).await;
    let Next::Closed { successor: Some(successor) } = &moved.next else { panic!("{moved:?}") };
    assert_eq!(ends(&world), ["erased", "ended"], "in this order, each once");
    assert_eq!(
        world.count_basiq(BasiqEventKind::ConnectionCreated),
        1,
        "the other is not made before its person signs in"
    );
    let list = browser.list().await;
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!((&list[0].connection.id, list[0].standing), (successor, Standing::Unfinished));
    assert_eq!(list[0].connection.method, ConnectionMethod::BankLogin);
    assert!(matches!(list[0].connection.next, Next::Authorize { .. }), "{list:?}");
    // Also for whoever closed the tab and comes another day.
    let later = Browser::managing(&world, "pat").await;
    assert_eq!(&later.list().await[0].connection.id, successor);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_read_while_one_takes_anothers_place_has_one_of_them() {
    let world = World::over_basiq("both").await;
    let connection = linked(&world).await;
    let browser = Browser::managing(&world, "pat").await;
    let now = browser.now(&connection).await;
    let looks = async {
        loop {
            let (one, two, three) = tokio::join!(browser.list(), browser.list(), browser.list());
            for list in [&one, &two, &three] {
                assert_eq!(list.len(), 1, "{list:?}");
            }
            if one[0].connection.id != connection.id {
                break;
            }
        }
    };
    tokio::join!(move_it(&browser, &now), looks);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_cannot_erase_ends_nothing() {
    let world = World::over_basiq("both").await;
    let connection = linked(&world).await;
    let id = made(&world)[0];
    let browser = Browser::managing(&world, "pat").await;
    let now = browser.now(&connection).await;
    world.force_basiq(id, "refusal", json!({"call": "purge", "status": 400})).await;
    let stopped = move_it(&browser, &now).await;
    let expected = Next::Interrupted {
        parting: Parting::Move,
        erases: true,
        erased: false,
        reason: PartingProblem::NotWorking,
    };
    assert_eq!(stopped.next, expected);
    assert!(ends(&world).is_empty(), "nothing was ended");
    assert_eq!(browser.list().await[0].standing, Standing::Ending);
    let moved = move_it(&browser, &stopped).await;
    assert!(matches!(moved.next, Next::Closed { successor: Some(_) }), "{moved:?}");
    assert_eq!(ends(&world), ["erased", "ended"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_on_the_way_is_tried_again_and_done_once() {
    let world = World::over_basiq("both").await;
    let connection = linked(&world).await;
    let id = made(&world)[0];
    let browser = Browser::managing(&world, "pat").await;
    let now = browser.now(&connection).await;
    world.force_basiq(id, "refusal", json!({"call": "purge", "status": 500})).await;
    world.force_basiq(id, "refusal", json!({"call": "delete", "status": 503, "done": true})).await;
    let moved = move_it(&browser, &now).await;
    assert!(matches!(moved.next, Next::Closed { successor: Some(_) }), "{moved:?}");
    assert_eq!(ends(&world), ["erased", "ended"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_and_not_ended_goes_on_or_is_read_again() {
    for goes_on in [true, false] {
        let world = World::over_basiq_with("both", &[("REFRESH_EVERY", "0")]).await;
        let connection = linked(&world).await;
        let browser = Browser::managing(&world, "pat").await;
        let now = browser.now(&connection).await;
        world.force_basiq(made(&world)[0], "refusal", json!({"call": "delete", "status": 400})).await;
        let stopped = move_it(&browser, &now).await;
        let reason = PartingProblem::ProviderRejected;
        assert_eq!(
            stopped.next,
            Next::Interrupted { parting: Parting::Move, erases: true, erased: true, reason }
        );
        if goes_on {
            let moved = move_it(&browser, &stopped).await;
            assert!(matches!(moved.next, Next::Closed { successor: Some(_) }), "{moved:?}");
            assert_eq!(ends(&world), ["erased", "ended"], "what is erased is not erased again");
        } else {
            let kept: Connection = read(browser.refresh(&stopped).await, 200).await;
            let kept = follow(&browser, &kept).await;
            // The same accounts have other names now.
            assert!(matches!(kept.next, Next::ChooseAccounts { .. }), "it stays, and is read: {kept:?}");
            let chosen = browser.choose(&kept).await;
            assert!(matches!(chosen.next, Next::Linked { .. }), "{chosen:?}");
            assert_eq!(ends(&world), ["erased"]);
            assert_eq!(world.count_basiq(BasiqEventKind::RefreshStarted), 1);
        }
    }
}

/// A move that has come so far, as a killed proxy leaves it. What is to take its place.
pub(super) async fn left_by_a_dead_proxy(
    world: &World,
    store: &SqlStore,
    connection: &Connection,
    stage: PartingStage,
) -> ConnectionId {
    let record = store.connection(&connection.id).await.unwrap().unwrap();
    let id = ConnectionId::new("con_takes_its_place");
    let new = NewParting {
        record: PartingRecord {
            parting: Parting::Move,
            erases: true,
            stage,
            problem: None,
            link: record.link_id.clone(),
            successor: Some(Successor { id: id.clone(), method: ConnectionMethod::BankLogin }),
        },
        from: record.revision,
        digest: Hash::stored("as it was left".to_owned()),
        now: world.now(),
        lease_until: world.now() + SignedDuration::from_secs(15),
    };
    assert!(store.begin_parting(&connection.id, &new).await.unwrap().is_some());
    id
}

/// As a killed proxy leaves it, at each stage: whoever finds the lease lapsed goes on, and nobody has to look.
#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_was_cut_off_at_any_stage_is_gone_on_with() {
    for (stage, expected) in
        [(PartingStage::Erase, vec!["erased", "ended"]), (PartingStage::End, vec!["ended"])]
    {
        let world = World::over_basiq("both").await;
        let connection = linked(&world).await;
        let store = world.store().await;
        let successor = left_by_a_dead_proxy(&world, &store, &connection, stage).await;
        world.later(SignedDuration::from_secs(16));
        until("somebody went on", async || {
            let record = store.connection(&connection.id).await.unwrap().unwrap();
            record.parting.is_some_and(|parting| parting.stage == PartingStage::Over).then_some(())
        })
        .await;
        assert_eq!(ends(&world), expected);
        let browser = Browser::managing(&world, "pat").await;
        let list = browser.list().await;
        assert_eq!((list.len(), &list[0].connection.id), (1, &successor), "{list:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_login_waits_for_the_provider_and_says_so() {
    let world = World::over_basiq("credentials").await;
    linked(&world).await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("hooli").await;
    let path = format!("/v1/connections/{}/credentials", form.id);
    let mut login = Browser::login(&form, GOOD.0, GOOD.1);
    let told = browser.post(&path, login.clone()).await;
    assert_eq!(problem(told).await.1, "already_connected");
    login["again"] = true.into();
    let waiting: Connection = read(browser.post(&path, login).await, 200).await;
    let paused = linchpin_protocol::Stage::Paused;
    assert!(matches!(&waiting.next, Next::Wait { stage, .. } if *stage == paused), "{waiting:?}");
    world.later(SignedDuration::from_secs(365));
    world.bank_goes_on(365);
    let done = follow(&browser, &browser.now(&waiting).await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_when_it_can_be_read_again_and_that_it_runs() {
    let world = World::over_basiq("both").await;
    linked(&world).await;
    let browser = Browser::managing(&world, "pat").await;
    let list = browser.list().await;
    assert!(matches!(list[0].refresh, Some(RefreshWay::TooSoon { .. })), "{list:?}");
    world.later(SignedDuration::from_mins(20));
    world.bank_goes_on(20 * 60);
    let list = browser.list().await;
    assert_eq!(list[0].refresh, Some(RefreshWay::Now {}));
    let first: Connection = read(browser.refresh(&list[0].connection).await, 200).await;
    let again: Connection = read(browser.refresh(&first).await, 200).await;
    assert!(matches!(again.next, Next::Wait { .. }), "{again:?}");
    assert_eq!(world.count_basiq(BasiqEventKind::RefreshStarted), 1, "what runs is joined");
    let done = follow(&browser, &again).await;
    assert!(matches!(done.next, Next::Linked { .. }), "{done:?}");
}

/// Whoever comes back another day, or to another proxy, is asked nothing anew and loses nothing of what they wanted.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_interrupted_says_what_was_wanted_to_a_proxy_that_has_seen_nothing_of_it() {
    for purge in [false, true] {
        let mut world = World::over_basiq("both").await;
        let connection = linked(&world).await;
        world.force_basiq(made(&world)[0], "refusal", json!({"call": "delete", "status": 400})).await;
        let (token, stopped) = {
            let browser = Browser::managing(&world, "pat").await;
            let now = browser.now(&connection).await;
            (browser.token.clone(), end_it(&browser, &now, purge).await)
        };
        let (parting, reason) = (Parting::Disconnect, PartingProblem::ProviderRejected);
        assert_eq!(stopped.next, Next::Interrupted { parting, erases: purge, erased: purge, reason });
        let twin = world.twin().await;
        let list = world.http.get(format!("{twin}/v1/connections")).bearer_auth(token.expose()).send().await;
        let list: ManagedConnections = read(list.unwrap(), 200).await;
        let [there] = list.connections.as_slice() else { panic!("{list:?}") };
        assert_eq!(there.connection.next, stopped.next);
        assert!(there.disconnect.is_some() && there.refresh.is_some(), "both ways on are there: {there:?}");
        assert_eq!(there.moves, None, "what was to be ended only has nothing that would take its place");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_another_way_beside_one_that_stays() {
    let world = World::over_basiq("both").await;
    linked(&world).await;
    {
        let browser = Browser::open(&world, "pat", "aggregate").await;
        let form = browser.connect("hooli").await;
        let found = follow(&browser, &browser.sign_in_as(&form, WITH_CODE).await).await;
        browser.choose(&found).await;
    }
    let browser = Browser::managing(&world, "pat").await;
    let list = browser.list().await;
    assert_eq!(list.len(), 2, "{list:?}");
    for there in &list {
        assert_eq!(there.disconnect.as_ref().map(|way| way.others), Some(1), "{there:?}");
        assert_eq!(there.moves, None, "the provider would not take it: {there:?}");
        let path = format!("/v1/connections/{}/move", there.connection.id);
        let refused = browser.post(&path, json!({"revision": there.connection.revision})).await;
        assert_eq!(problem(refused).await.1, "invalid_input id not_offered");
    }
    assert!(ends(&world).is_empty(), "nothing was erased for a move that cannot be finished");
    end_it(&browser, &list[0].connection, false).await;
    let alone = browser.list().await;
    assert_eq!(alone[0].moves.as_ref().map(|moves| moves.to), Some(Reach::OpenBanking), "{alone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_begun_again_by_the_dozen_is_refused_until_a_quarter_of_an_hour_has_passed() {
    let world = World::over_basiq("both").await;
    let connection = linked(&world).await;
    let id = made(&world)[0];
    let browser = Browser::managing(&world, "pat").await;
    let path = format!("/v1/connections/{}/retry", connection.id);
    let lapsed = async || {
        world.force_basiq(id, "status", json!({"status": "invalid"})).await;
        browser.list().await.remove(0)
    };
    for _ in 0..5 {
        let there = lapsed().await;
        assert!(matches!(there.connection.next, Next::StartAgain {}), "{there:?}");
        let begun = browser.post(&path, json!({"revision": there.connection.revision})).await;
        follow(&browser, &read(begun, 200).await).await;
    }
    let there = lapsed().await;
    assert!(matches!(there.refresh, Some(RefreshWay::TooSoon { .. })), "it counts as a reading: {there:?}");
    let refused = browser.post(&path, json!({"revision": there.connection.revision})).await;
    assert_eq!(problem(refused).await.1, "too_many_tries");
    assert_eq!(world.count_basiq(BasiqEventKind::RefreshStarted), 5);
    world.later(SignedDuration::from_mins(16));
    let there = lapsed().await;
    let begun = browser.post(&path, json!({"revision": there.connection.revision})).await;
    assert_eq!(begun.status(), 200);
}

//! What can go wrong on the way from one connection to another (basiq.md 8): what is left then, and how it goes on.

use super::consent::Page;
use super::moves::{end_it, ends, left_by_a_dead_proxy, linked, linked_at, move_it, settled};
use super::{GOOD, WITH_CODE, follow, made};
use crate::bank_login::visitor::Visitor;
use crate::browser::Browser;
use crate::world::{World, problem, read, until};
use jiff::SignedDuration;
use linchpin_protocol::{
    AuthorizeProblem, Connection, DisconnectWay, Erase, MoveWay, Next, PartingProblem, Reach, Standing,
};
use linchpin_proxy::store::{PartingStage, Store as _};
use linchpin_sandbox::{BasiqConnectionId, BasiqEvent, BasiqEventKind, DEFAULT_BASIQ_API_KEY, Event};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// A call to the aggregator that is none of the proxy's.
async fn at_basiq(world: &World, method: Method, path: &str) -> Value {
    let token = world.http.post(format!("{}/token", world.upstream)).header("basiq-version", "3.0");
    let token = token.header("authorization", format!("Basic {DEFAULT_BASIQ_API_KEY}"));
    let token = token.header("content-type", "application/x-www-form-urlencoded").body("scope=SERVER_ACCESS");
    let token: Value = read(token.send().await.unwrap(), 200).await;
    let request = world.http.request(method, format!("{}{path}", world.upstream));
    let answer = request.bearer_auth(token["access_token"].as_str().unwrap()).send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default()
}

/// Where a connection is at the aggregator, and whose.
fn path_of(world: &World, id: BasiqConnectionId) -> (String, String) {
    let entries = world.sandbox.ledger().entries().into_iter();
    let user = entries.into_iter().find_map(|entry| match entry.event {
        Event::Basiq(BasiqEvent::ConnectionCreated { user, connection, .. }) => {
            (connection == id).then_some(user)
        }
        _ => None,
    });
    let user = format!("/users/{}", user.unwrap());
    (format!("{user}/connections/{id}"), user)
}

/// How many accounts the aggregator keeps of whoever has this connection.
async fn kept_data(world: &World, id: BasiqConnectionId) -> usize {
    let (_, user) = path_of(world, id);
    at_basiq(world, Method::GET, &format!("{user}/accounts")).await["data"].as_array().unwrap().len()
}

fn accounts(connection: &Connection) -> usize {
    match &connection.next {
        Next::ChooseAccounts { accounts, .. } => accounts.len(),
        other => panic!("nothing to choose: {other:?}"),
    }
}

fn seen(connection: &Connection) -> AuthorizeProblem {
    match &connection.next {
        Next::Authorize { problem, .. } => *problem,
        other => panic!("not a visit: {other:?}"),
    }
}

/// To the bank's own page by way of the aggregator's, where the bank can be reached by a login too.
async fn at_the_bank(world: &World, visitor: &Visitor<'_>, browser: &Browser<'_>, at: &Connection) -> Page {
    let page = Page::open(&visitor.go(&browser.ticket(at).await).await).await;
    if world.count_basiq(BasiqEventKind::ConsentDecided) == 0 {
        page.fill(world, "choice=agree").await;
    }
    page.fill(world, "choice=choose&institution=AU00000+open-banking").await;
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_broke_is_read_again_until_it_works_and_moves_then() {
    let world = World::over_basiq_with("both", &[("REFRESH_EVERY", "0")]).await;
    linked(&world).await;
    world.force_basiq(made(&world)[0], "status", json!({"status": "invalid"})).await;
    let browser = Browser::managing(&world, "pat").await;
    let broken = browser.list().await.remove(0);
    assert_eq!(broken.moves.map(|moves| moves.erase), Some(Erase::WhenWorking), "it says so before");
    let path = format!("/v1/connections/{}/move", broken.connection.id);
    let refused = browser.post(&path, json!({"revision": broken.connection.revision})).await;
    assert_eq!(problem(refused).await.1, "invalid_input purge not_offered");
    assert!(ends(&world).is_empty(), "nothing is ended that could not be erased");
    let mended: Connection = read(browser.refresh(&broken.connection).await, 200).await;
    let mended = follow(&browser, &mended).await;
    assert!(matches!(mended.next, Next::Linked { .. }), "{mended:?}");
    let moved = move_it(&browser, &mended).await;
    assert!(matches!(moved.next, Next::Closed { successor: Some(_) }), "{moved:?}");
    assert_eq!(ends(&world), ["erased", "ended"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_whose_answer_was_lost_is_done_again_before_anything_ends() {
    let world = World::over_basiq("both").await;
    let connection = linked(&world).await;
    let id = made(&world)[0];
    let browser = Browser::managing(&world, "pat").await;
    let now = browser.now(&connection).await;
    assert!(kept_data(&world, id).await > 0);
    world.force_basiq(id, "refusal", json!({"call": "purge", "status": 503, "done": true})).await;
    let moved = move_it(&browser, &now).await;
    assert!(matches!(moved.next, Next::Closed { successor: Some(_) }), "{moved:?}");
    assert_eq!(ends(&world), ["erased", "erased", "ended"], "once more is the same");
    assert_eq!(kept_data(&world, id).await, 0);
}

/// As when it is ended elsewhere between the person's wish and the first call.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_has_gone_before_it_is_erased_makes_way_all_the_same() {
    let world = World::over_basiq("both").await;
    let connection = linked(&world).await;
    let store = world.store().await;
    let id = left_by_a_dead_proxy(&world, &store, &connection, PartingStage::Erase).await;
    at_basiq(&world, Method::DELETE, &path_of(&world, made(&world)[0]).0).await;
    world.later(SignedDuration::from_secs(16));
    let over = until("somebody went on", async || {
        let parting = store.connection(&connection.id).await.unwrap().unwrap().parting.unwrap();
        (parting.stage == PartingStage::Over).then_some(parting)
    })
    .await;
    assert!(!over.erases, "it is not said that anything was erased");
    assert_eq!(ends(&world), ["ended"], "by whoever did it elsewhere");
    let list = Browser::managing(&world, "pat").await.list().await;
    assert_eq!((list.len(), &list[0].connection.id), (1, &id), "{list:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_behind_is_not_shown_as_the_new_ones_and_goes_with_the_next_erasure() {
    let world = World::over_basiq("both").await;
    let first = linked(&world).await;
    let manage = Browser::managing(&world, "pat").await;
    end_it(&manage, &manage.now(&first).await, false).await;
    let left = kept_data(&world, made(&world)[0]).await;
    assert!(left > 0, "the person wanted it kept");
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("hooli").await;
    let found = follow(&browser, &browser.sign_in_as(&form, WITH_CODE).await).await;
    let of_its_own = accounts(&found);
    let second = browser.choose(&found).await;
    assert_eq!(
        kept_data(&world, made(&world)[1]).await,
        left + of_its_own,
        "none of the old ones among them"
    );
    let manage = Browser::managing(&world, "pat").await;
    end_it(&manage, &manage.now(&second).await, true).await;
    assert_eq!(kept_data(&world, made(&world)[1]).await, 0, "what is erased is the institution's");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_linked_beside_one_that_works_by_another_way() {
    let world = World::over_basiq("both").await;
    let connection = linked(&world).await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let beside = browser.connect_at_the_bank("hooli").await;
    let visitor = Visitor::new(&world);
    // The page says why, and stays where another bank can be chosen.
    let page = at_the_bank(&world, &visitor, &browser, &beside).await;
    let arrived = visitor.come_back(&page.fill(&world, "choice=cancel").await).await;
    assert!(arrived.text.contains("back from your bank"), "{arrived:?}");
    world.later(SignedDuration::from_secs(6));
    let told = settled(&browser, browser.now(&beside).await).await;
    assert_eq!(seen(&told), AuthorizeProblem::Denied, "nothing was begun there");
    assert_eq!(made(&world).len(), 1, "never both");
    // Nor the other way round.
    let manage = Browser::managing(&world, "pat").await;
    let moved = move_it(&manage, &manage.now(&connection).await).await;
    let Next::Closed { successor: Some(successor) } = &moved.next else { panic!("{moved:?}") };
    let successor = read(manage.get(&format!("/v1/connections/{successor}")).await, 200).await;
    let visitor = Visitor::new(&world);
    let page = at_the_bank(&world, &visitor, &manage, &successor).await;
    visitor.come_back(&page.fill(&world, "choice=agree").await).await;
    let linked = manage.choose(&follow(&manage, &manage.now(&successor).await).await).await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("hooli").await;
    let path = format!("/v1/connections/{}/credentials", form.id);
    let refused = browser.post(&path, Browser::login(&form, GOOD.0, GOOD.1)).await;
    assert_eq!(problem(refused).await.1, "provider_rejected");
    assert_eq!(made(&world).len(), 2, "the one that was moved, and the one in its place");
    assert_eq!(manage.now(&linked).await.next, linked.next, "which goes on working");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_turns_round_on_the_way_to_the_new_one_finds_it_in_the_list_and_starts_again() {
    for closes_the_page in [false, true] {
        let world = World::over_basiq("both").await;
        let connection = linked(&world).await;
        let browser = Browser::managing(&world, "pat").await;
        let moved = move_it(&browser, &browser.now(&connection).await).await;
        let Next::Closed { successor: Some(successor) } = &moved.next else { panic!("{moved:?}") };
        let form = read(browser.get(&format!("/v1/connections/{successor}")).await, 200).await;
        let visitor = Visitor::new(&world);
        let page = at_the_bank(&world, &visitor, &browser, &form).await;
        let expected = if closes_the_page {
            world.later(SignedDuration::from_mins(11));
            AuthorizeProblem::TimedOut
        } else {
            visitor.come_back(&page.fill(&world, "choice=cancel").await).await;
            AuthorizeProblem::Denied
        };
        // Another day, in another tab.
        let later = Browser::managing(&world, "pat").await;
        let list = later.list().await;
        assert_eq!((list.len(), list[0].standing), (1, Standing::Unfinished), "{list:?}");
        let waiting = &list[0].connection;
        assert_eq!((&waiting.id, seen(waiting)), (successor, expected));
        let visitor = Visitor::new(&world);
        let page = at_the_bank(&world, &visitor, &later, waiting).await;
        visitor.come_back(&page.fill(&world, "choice=agree").await).await;
        let found = follow(&later, &later.now(waiting).await).await;
        let linked = later.choose(&found).await;
        assert!(matches!(linked.next, Next::Linked { .. }), "{linked:?}");
        assert_eq!(later.list().await.len(), 1, "what was left half way is no connection");
        assert_eq!(ends(&world), ["erased", "ended"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_data_goes_too_is_told_before_and_can_be_read_again() {
    let world = World::over_basiq_with("both", &[("REFRESH_EVERY", "0")]).await;
    let first = linked(&world).await;
    let second = linked_at(&world, "hooli", WITH_CODE).await;
    let browser = Browser::managing(&world, "pat").await;
    for listed in browser.list().await {
        let ends = DisconnectWay { keeps_data: Some(true), erase: Erase::Now, others: 1 };
        assert_eq!(listed.disconnect, Some(ends), "one more at that institution");
    }
    end_it(&browser, &browser.now(&first).await, true).await;
    assert_eq!(kept_data(&world, made(&world)[1]).await, 0, "the other's has gone too");
    let list = browser.list().await;
    assert_eq!((list.len(), &list[0].connection.id), (1, &second.id), "the other has not");
    let again: Connection = read(browser.refresh(&list[0].connection).await, 200).await;
    let again = follow(&browser, &again).await;
    // The same accounts have other names now.
    let chosen = browser.choose(&again).await;
    assert!(matches!(chosen.next, Next::Linked { .. }), "{chosen:?}");
    assert!(kept_data(&world, made(&world)[1]).await > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_open_banking_a_connection_is_made_anew_with_a_login() {
    let world = World::over_basiq("both").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("pied+piper").await;
    let asked = follow(&browser, &browser.sign_in_as(&form, GOOD).await).await;
    let connection = browser.choose(&follow(&browser, &browser.answer(&asked, "Hooli").await).await).await;
    let browser = Browser::managing(&world, "pat").await;
    let list = browser.list().await;
    assert_eq!(list[0].moves, Some(MoveWay { to: Reach::Same, erase: Erase::Now, others: 0 }));
    let moved = move_it(&browser, &browser.now(&connection).await).await;
    let Next::Closed { successor: Some(successor) } = &moved.next else { panic!("{moved:?}") };
    let form: Connection = read(browser.get(&format!("/v1/connections/{successor}")).await, 200).await;
    assert!(matches!(form.next, Next::Credentials { .. }), "{form:?}");
    assert_eq!(world.count_basiq(BasiqEventKind::LoginTried), 1, "no login is tried again by itself");
    let asked = follow(&browser, &browser.sign_in_as(&form, GOOD).await).await;
    let found = follow(&browser, &browser.answer(&asked, "Hooli").await).await;
    assert!(matches!(browser.choose(&found).await.next, Next::Linked { .. }));
    assert_eq!(ends(&world), ["erased", "ended"]);
    assert_eq!(made(&world).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_is_not_to_be_had_stops_before_the_end_and_can_be_taken_up_another_day() {
    let world = World::over_basiq("both").await;
    let connection = linked(&world).await;
    let id = made(&world)[0];
    let browser = Browser::managing(&world, "pat").await;
    let now = browser.now(&connection).await;
    world.force_basiq(id, "refusal", json!({"call": "purge", "status": 403})).await;
    let stopped = move_it(&browser, &now).await;
    let Next::Interrupted { erased, reason, .. } = stopped.next else { panic!("{stopped:?}") };
    assert_eq!((erased, reason), (false, PartingProblem::NotWorking));
    assert!(kept_data(&world, id).await > 0 && ends(&world).is_empty(), "all is there");
    world.later(SignedDuration::from_hours(30));
    let later = Browser::managing(&world, "pat").await;
    let list = later.list().await;
    assert_eq!((list[0].standing, &list[0].connection.next), (Standing::Ending, &stopped.next));
    let moved = move_it(&later, &list[0].connection).await;
    assert!(matches!(moved.next, Next::Closed { successor: Some(_) }), "{moved:?}");
    assert_eq!(ends(&world), ["erased", "ended"]);
}

/// At any moment: whether or not the call has arrived, and however far it has come.
#[tokio::test(flavor = "multi_thread")]
async fn who_closes_the_tab_while_it_moves_finds_it_moved_or_moves_it_then() {
    for milliseconds in [1, 25, 50, 100] {
        let world = World::over_basiq("both").await;
        let connection = linked(&world).await;
        let browser = Browser::managing(&world, "pat").await;
        let now = browser.now(&connection).await;
        let path = format!("/v1/connections/{}/move", now.id);
        let asked = browser.post(&path, json!({"revision": now.revision}));
        let _closed = tokio::time::timeout(Duration::from_millis(milliseconds), asked).await;
        let later = Browser::managing(&world, "pat").await;
        let mut looks = 0;
        let moved = until("it has moved", async || {
            let seen = later.now(&connection).await;
            looks += 1;
            match &seen.next {
                Next::Linked { .. } => {
                    // The call may still be on its way: then this one comes too late.
                    later.post(&path, json!({"revision": seen.revision})).await;
                    None
                }
                // Nobody has gone on since it was begun: whoever finds that does.
                Next::Wait { .. } if looks == 100 => {
                    world.later(SignedDuration::from_secs(16));
                    None
                }
                next => matches!(next, Next::Closed { .. }).then_some(seen),
            }
        })
        .await;
        let Next::Closed { successor: Some(successor) } = &moved.next else { panic!("{moved:?}") };
        let list = later.list().await;
        assert_eq!((list.len(), &list[0].connection.id), (1, successor), "{milliseconds} ms: {list:?}");
        let mut done = ends(&world);
        // Two may have been at it for a moment: what is erased twice is erased.
        done.dedup();
        assert_eq!(done, ["erased", "ended"], "{milliseconds} ms");
        assert_eq!(world.count_basiq(BasiqEventKind::ConnectionDeleted), 1, "{milliseconds} ms");
    }
}

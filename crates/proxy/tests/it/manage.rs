//! Looking after what is linked.

use super::basiq;
use super::browser::Browser;
use super::world::{World, problem, read, until};
use jiff::SignedDuration;
use linchpin_protocol::{Connection, DisconnectWay, Erase, Mode, Next, RefreshWay, Standing};
use linchpin_sandbox::EventKind;
use reqwest::Response;

async fn linked(world: &World) -> Connection {
    Browser::open(world, "pat", "aggregate").await.link_all_the_way("harbour").await
}

async fn refused(response: Response) -> (String, u64) {
    let wait = response.headers().get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap());
    (problem(response).await.1, wait.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_what_they_have_and_nobody_elses() {
    let world = World::with_clock().await;
    let connection = linked(&world).await;
    let stranger = Browser::open(&world, "kim", "aggregate").await;
    stranger.link_all_the_way("harbour").await;
    // A form that was looked at is nothing that they have.
    Browser::open(&world, "pat", "aggregate").await.connect("cedar").await;
    let syncs = world.count(EventKind::SyncStarted);
    let browser = Browser::managing(&world, "pat").await;
    assert_eq!(browser.session.mode, Mode::Manage);
    let list = browser.list().await;
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!(list[0].connection.id, connection.id);
    assert_eq!(list[0].standing, Standing::Working);
    assert!(list[0].connection.last_success_at.is_some(), "when it was read last: {list:?}");
    assert_eq!(list[0].moves, None, "what the provider cannot do is absent");
    let ends = DisconnectWay { keeps_data: None, erase: Erase::Never, others: 0 };
    assert_eq!(list[0].disconnect, Some(ends));
    assert_eq!(world.count(EventKind::SyncStarted), syncs, "nothing is read again because a list is shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_just_now_is_not_read_again_and_says_when_it_can_be() {
    let world = World::with_clock().await;
    let connection = linked(&world).await;
    let browser = Browser::managing(&world, "pat").await;
    let syncs = world.count(EventKind::SyncStarted);
    let list = browser.list().await;
    let Some(RefreshWay::TooSoon { wait_s }) = list[0].refresh else { panic!("{list:?}") };
    assert!((890..=900).contains(&wait_s), "a quarter of an hour after the last reading: {wait_s}");
    let (code, wait) = refused(browser.refresh(&list[0].connection).await).await;
    assert_eq!(code, "refresh_too_soon");
    assert!((880..=900).contains(&wait), "{wait}");
    assert_eq!(world.count(EventKind::SyncStarted), syncs, "nothing was sent");
    // The bank's clock may be ahead of ours.
    world.later(SignedDuration::from_secs(i64::from(wait_s) + 30));
    let list = browser.list().await;
    assert_eq!(list[0].refresh, Some(RefreshWay::Now {}));
    let read_again: Connection = read(browser.refresh(&list[0].connection).await, 200).await;
    let again = browser.follow(&read_again).await;
    assert!(matches!(again.next, Next::Linked { .. }), "{again:?}");
    assert_eq!(world.count(EventKind::SyncStarted), syncs + 1);
    assert_eq!(world.count(EventKind::LoginTried), 2, "with the login that the provider has: {connection:?}");
    let list = browser.list().await;
    assert!(matches!(list[0].refresh, Some(RefreshWay::TooSoon { .. })), "{list:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_runs_is_joined() {
    let world = World::eager().await;
    let connection = linked(&world).await;
    let browser = Browser::managing(&world, "pat").await;
    let now = browser.now(&connection).await;
    let first: Connection = read(browser.refresh(&now).await, 200).await;
    assert!(matches!(first.next, Next::Wait { .. }), "{first:?}");
    let syncs = world.count(EventKind::SyncStarted);
    let second: Connection = read(browser.refresh(&first).await, 200).await;
    assert!(matches!(second.next, Next::Wait { .. }), "{second:?}");
    assert_eq!(browser.list().await[0].refresh, Some(RefreshWay::Running {}));
    assert_eq!(world.count(EventKind::SyncStarted), syncs, "one at a time");
    browser.follow(&second).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_broke_is_repaired_before_it_is_read_again() {
    let world = World::eager().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("harbour").await;
    let wrong = browser.follow(&browser.sign_in(&form, "practice-wrong").await).await;
    assert!(matches!(wrong.next, Next::Credentials { .. }), "{wrong:?}");
    let logins = world.count(EventKind::LoginTried);
    let manage = Browser::managing(&world, "pat").await;
    let list = manage.list().await;
    assert_eq!(list[0].standing, Standing::Unfinished);
    assert_eq!(list[0].refresh, Some(RefreshWay::RepairFirst {}));
    assert_eq!(refused(manage.refresh(&list[0].connection).await).await.0, "wrong_step");
    assert_eq!(world.count(EventKind::LoginTried), logins, "a login is never tried again by itself");
    let mended = manage.follow(&manage.sign_in(&wrong, "practice-good").await).await;
    assert!(
        matches!(mended.next, Next::ChooseAccounts { .. }),
        "it is mended where it is listed: {mended:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_disconnected_is_gone_here_and_there() {
    let world = World::with_clock().await;
    let connection = linked(&world).await;
    let browser = Browser::managing(&world, "pat").await;
    let now = browser.now(&connection).await;
    let gone: Connection = read(browser.disconnect(&now, false).await, 200).await;
    assert_eq!(gone.next, Next::Closed { successor: None });
    assert_eq!(world.count(EventKind::ConnectionDeleted), 1);
    assert!(browser.list().await.is_empty());
    assert_eq!(problem(browser.disconnect(&gone, false).await).await.1, "wrong_step", "it has ended already");
    assert_eq!(world.count(EventKind::ConnectionDeleted), 1);
    let again = Browser::open(&world, "pat", "aggregate").await;
    let page = again.search("harbour").await;
    assert!(!page.institutions[0].connected, "it is not told as connected any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_erases_nothing_is_not_asked_to() {
    let world = World::with_clock().await;
    let connection = linked(&world).await;
    let browser = Browser::managing(&world, "pat").await;
    let now = browser.now(&connection).await;
    assert_eq!(problem(browser.disconnect(&now, true).await).await.1, "invalid_input purge not_offered");
    assert_eq!(browser.list().await.len(), 1, "it stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_linked_already_is_recognised_by_its_name_and_told_before_it_is_sent() {
    let world = World::with_clock().await;
    let connection = linked(&world).await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("harbour").await;
    let logins = world.count(EventKind::LoginTried);
    let path = format!("/v1/connections/{}/credentials", form.id);
    let again = browser.post(&path, Browser::login(&form, "practice-good", "practice")).await;
    assert_eq!(again.status(), 409);
    let told: serde_json::Value = again.json().await.unwrap();
    assert_eq!(told["code"], "already_connected");
    assert_eq!(told["connection"]["id"], connection.id.as_str(), "which it is");
    assert_eq!(world.count(EventKind::LoginTried), logins, "nothing was sent");
    let mut body = Browser::login(&form, "practice-good", "practice");
    body["again"] = true.into();
    let taken: Connection = read(browser.post(&path, body).await, 200).await;
    let done = browser.follow(&taken).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. } | Next::Linked { .. }), "{done:?}");
    // Another person's login of the same name is none of this one's business.
    let stranger = Browser::open(&world, "kim", "aggregate").await;
    let form = stranger.connect("harbour").await;
    stranger.sign_in(&form, "practice-good").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_disconnected_leaves_no_mark_of_its_login() {
    let world = World::with_clock().await;
    let connection = linked(&world).await;
    let store = world.store().await;
    let kept = async || {
        use linchpin_proxy::store::Store as _;
        store.connection(&connection.id).await.unwrap().unwrap().login
    };
    assert!(kept().await.is_some(), "a mark by which it is known again");
    let browser = Browser::managing(&world, "pat").await;
    let now = browser.now(&connection).await;
    let _: Connection = read(browser.disconnect(&now, false).await, 200).await;
    until("the mark is gone", async || kept().await.is_none().then_some(())).await;
    let again = Browser::open(&world, "pat", "aggregate").await;
    let form = again.connect("harbour").await;
    again.sign_in(&form, "practice-good").await;
}

/// A connection whose accounts were read, and whose numbers were to be, when everybody went away.
#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_are_still_to_be_read_are_not_read_because_a_list_is_shown() {
    let mut world = World::with_clock().await;
    let form = {
        let browser = Browser::open(&world, "pat", "both").await;
        let form = browser.connect("harbour").await;
        browser.sign_in(&form, "practice-good").await
    };
    world.stop().await;
    world.bank_goes_on(120);
    let syncs = world.count(EventKind::SyncStarted);
    // For so long somebody would have followed it.
    world.later(SignedDuration::from_mins(31));
    let manage = Browser::managing(&world, "pat").await;
    let list = manage.list().await;
    assert_eq!((&list[0].connection.id, list[0].standing), (&form.id, Standing::Unfinished), "{list:?}");
    assert_eq!(list[0].connection.next, Next::StartAgain {}, "whether to go on is for its person to say");
    assert_eq!(world.count(EventKind::SyncStarted), syncs, "a list looks only");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_at_the_provider_is_no_other_connection_there() {
    let world = World::over_basiq("credentials").await;
    for login in [("gavinBelson", "hooli2016"), ("jared", "django")] {
        let browser = Browser::open(&world, "pat", "aggregate").await;
        let form = browser.connect("hooli").await;
        browser.choose(&basiq::follow(&browser, &browser.sign_in_as(&form, login).await).await).await;
    }
    let others = async || {
        let list = Browser::managing(&world, "pat").await.list().await;
        list.into_iter().map(|line| line.disconnect.unwrap().others).collect::<Vec<_>>()
    };
    assert_eq!(others().await, [1, 1]);
    let revoked = serde_json::json!({"status": "revoked"});
    world.force_basiq(basiq::made(&world)[0], "status", revoked).await;
    assert_eq!(others().await, [0], "nothing of it would be erased");
}

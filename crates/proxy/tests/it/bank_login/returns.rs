//! Coming back: only from the browser that left, and only once.

use super::seen;
use super::visitor::Visitor;
use crate::browser::Browser;
use crate::world::{ACORN, World, read};
use jiff::SignedDuration;
use linchpin_protocol::{AuthorizeProblem, Connection, Next};
use linchpin_sandbox::EventKind;
use reqwest::Method;
use serde_json::{Value, json};

/// Somebody who has said yes at the bank, and has not come back yet.
async fn on_the_way_back<'a>(world: &'a World, browser: &Browser<'a>) -> (Connection, Visitor<'a>, String) {
    let connection = browser.connect_at_the_bank("own+page+bank").await;
    let visitor = Visitor::new(world);
    let there = visitor.go(&browser.ticket(&connection).await).await;
    let back = visitor.decide(&there, "yes").await;
    (browser.now(&connection).await, visitor, back)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_cookie_or_with_anothers_nothing_is_finished() {
    let world = World::new().await;
    let pat = Browser::open(&world, "pat", "aggregate").await;
    let kim = Browser::open(&world, "kim", "aggregate").await;
    let (pats, visitor, back) = on_the_way_back(&world, &pat).await;
    let (kims, thief, _) = on_the_way_back(&world, &kim).await;

    let stranger = Visitor::new(&world);
    let page = stranger.come_back(&back).await;
    assert_eq!((page.status, page.to), (403, None));
    assert!(page.text.contains("came back from Own Page Bank in another browser"), "{}", page.text);
    let page = thief.come_back(&back).await;
    assert_eq!(page.status, 403, "another visitor's cookie does not fit");
    // The right name with another's value.
    let name = visitor.cookies.lock().unwrap().keys().next().unwrap().clone();
    let value = thief.cookies.lock().unwrap().values().next().unwrap().clone();
    thief.cookies.lock().unwrap().insert(name, value);
    assert_eq!(thief.come_back(&back).await.status, 403);

    assert_eq!(world.count(EventKind::SyncStarted), 0, "nothing was begun by any of that");
    assert_eq!(seen(&pat.now(&pats).await), (AuthorizeProblem::None, true), "Pat is still waited for");
    assert_eq!(seen(&kim.now(&kims).await), (AuthorizeProblem::None, true));
    assert_eq!(visitor.come_back(&back).await.status, 200, "and can still come back");
    assert_eq!(world.count(EventKind::SyncStarted), 1);
}

fn digits(connection: &Connection) -> String {
    match &connection.next {
        Next::Authorize { digits: Some(digits), .. } => digits.clone(),
        other => panic!("no digits: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_another_browser_the_digits_of_the_widget_finish_it() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let (opened, _, back) = on_the_way_back(&world, &browser).await;
    let other = Visitor::new(&world);
    let page = other.come_back(&back).await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("<form method=\"post\" action=\"/return\">"), "{}", page.text);
    assert!(page.text.contains("To link it to Acorn &quot;Budget&quot; &amp; Co"), "{}", page.text);
    let shown = digits(&opened);
    assert!(shown.len() == 6 && shown.bytes().all(|byte| byte.is_ascii_digit()), "{shown}");
    assert!(!page.text.contains(&shown), "the page does not tell what it asks for");

    let from_elsewhere = other.type_digits(&back, &shown, "cross-site").await;
    assert_eq!(from_elsewhere.status, 400, "another site's form is not taken");
    let wrong = if shown == "000000" { "000001" } else { "000000" };
    let page = other.type_digits(&back, wrong, "same-origin").await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("These are not the digits"), "{}", page.text);
    assert_eq!(world.count(EventKind::SyncStarted), 0);
    assert_eq!(browser.now(&opened).await, opened, "a slip moves nothing");

    let (left, right) = shown.split_at(3);
    let spaced = format!("{left}+{right}");
    let page = other.type_digits(&back, &spaced, "same-origin").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("Your bank has said yes"), "{}", page.text);
    let done = browser.follow(&browser.now(&opened).await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
    assert_eq!(world.count(EventKind::SyncStarted), 1);
    let again = other.type_digits(&back, &shown, "same-origin").await;
    assert_eq!(again.status, 403, "they are good once");
    assert_eq!(world.count(EventKind::SyncStarted), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_guesses_the_digits_ends_the_visit() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let (opened, visitor, back) = on_the_way_back(&world, &browser).await;
    let shown = digits(&opened);
    let stranger = Visitor::new(&world);
    for guess in ["111111", "222222", "333333"] {
        let guess = if guess == shown { "444444" } else { guess };
        let page = stranger.type_digits(&back, guess, "same-origin").await;
        assert!(page.status == 403 || page.status == 404, "{page:?}");
    }
    assert_eq!(seen(&browser.now(&opened).await), (AuthorizeProblem::Abandoned, false));
    assert_eq!(stranger.type_digits(&back, &shown, "same-origin").await.status, 403, "too late");
    let page = visitor.come_back(&back).await;
    assert!(page.text.contains("Nothing was linked"), "whoever left is told so: {}", page.text);
    assert_eq!(world.count(EventKind::SyncStarted), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_in_another_browser_changes_nothing() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let (opened, _, back) = on_the_way_back(&world, &browser).await;
    let page = Visitor::new(&world).come_back(&format!("{back}&error=access_denied")).await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("in the browser where you began"), "{}", page.text);
    assert_eq!(browser.now(&opened).await, opened);
}

#[tokio::test(flavor = "multi_thread")]
async fn coming_back_again_does_nothing_twice() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let (connection, visitor, back) = on_the_way_back(&world, &browser).await;
    let pages = tokio::join!(visitor.come_back(&back), visitor.come_back(&back));
    assert_eq!((pages.0.status, pages.1.status), (200, 200), "{pages:?}");
    let done = browser.follow(&browser.now(&connection).await).await;
    let linked = browser.choose(&done).await;
    for address in [back.clone(), format!("{back}&error=access_denied")] {
        assert_eq!(visitor.come_back(&address).await.status, 200);
    }
    assert_eq!(browser.now(&connection).await, linked, "what is linked stays linked");
    assert_eq!(world.count(EventKind::SyncStarted), 1);

    let denied = browser.connect_at_the_bank("own+page+bank").await;
    let there = visitor.go(&browser.ticket(&denied).await).await;
    let no = visitor.decide(&there, "no").await;
    visitor.come_back(&no).await;
    let yes = no.replace("&error=access_denied", "");
    let page = visitor.come_back(&yes).await;
    assert!(page.text.contains("Nothing was linked"), "the first end of a visit stays: {}", page.text);
    assert_eq!(world.count(EventKind::SyncStarted), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_visits_at_once_do_not_take_each_others_way_back() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let visitor = Visitor::new(&world);
    let mut begun = Vec::new();
    for bank in ["own+page+bank", "both+ways+bank"] {
        let connection = browser.connect_at_the_bank(bank).await;
        let there = visitor.go(&browser.ticket(&connection).await).await;
        begun.push((connection, there));
    }
    for (connection, there) in begun {
        let back = visitor.decide(&there, "yes").await;
        assert_eq!(visitor.come_back(&back).await.status, 200, "in the same browser");
        let done = browser.follow(&browser.now(&connection).await).await;
        assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_up_is_shown_so_at_once_and_who_finishes_all_the_same_is_taken() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let (opened, visitor, back) = on_the_way_back(&world, &browser).await;
    assert_eq!(seen(&opened), (AuthorizeProblem::None, true));
    let path = format!("/v1/connections/{}/abandon", opened.id);
    let (polled, given_up) = tokio::join!(
        browser.poll(&opened, 20),
        browser.post_with(&path, json!({"revision": opened.revision}), "give-up")
    );
    let given_up: Connection = read(given_up, 200).await;
    assert_eq!(seen(&given_up), (AuthorizeProblem::Abandoned, false));
    assert_eq!(polled, given_up, "the other tab learns of it");
    assert!(given_up.revision > opened.revision);
    let again = browser.post_with(&path, json!({"revision": opened.revision}), "give-up").await;
    assert_eq!(read::<Connection>(again, 200).await, given_up, "once is enough");

    assert_eq!(visitor.come_back(&back).await.status, 200, "the person did finish");
    let done = browser.follow(&browser.now(&opened).await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_come_back_in_ten_minutes_is_not_waited_for() {
    let world = World::with_clock().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let (opened, visitor, back) = on_the_way_back(&world, &browser).await;
    world.later(SignedDuration::from_secs(599));
    assert_eq!(browser.now(&opened).await, opened, "a second is left");
    let (late, ()) = tokio::join!(browser.poll(&opened, 20), async {
        world.later(SignedDuration::from_secs(2));
    });
    assert_eq!(seen(&late), (AuthorizeProblem::TimedOut, false), "the long-poll says so");
    assert!(late.revision > opened.revision);
    assert_eq!(visitor.come_back(&back).await.status, 200, "late, and taken");
    let done = browser.follow(&browser.now(&opened).await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_later_or_after_a_log_out_nobody_is_taken_any_more() {
    let world = World::with_clock().await;
    let pat = Browser::open(&world, "pat", "aggregate").await;
    let (_, visitor, back) = on_the_way_back(&world, &pat).await;
    let link = format!("/v1/link-tokens/{}", pat.session.link_id);
    assert_eq!(world.client(ACORN, Method::DELETE, &link, Value::Null).await.status(), 204);
    assert_eq!(visitor.come_back(&back).await.status, 404, "the client has logged the person out");

    let kim = Browser::open(&world, "kim", "aggregate").await;
    let (_, visitor, back) = on_the_way_back(&world, &kim).await;
    world.later(SignedDuration::from_secs(3_601));
    assert_eq!(visitor.come_back(&back).await.status, 404, "an hour");
    assert_eq!(world.count(EventKind::SyncStarted), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leads_nobody_back_is_answered_with_a_page() {
    let world = World::new().await;
    let visitor = Visitor::new(&world);
    for query in ["", "?state=", "?state=none", "?error=access_denied", "?state=a&state=b"] {
        let page = visitor.come_back(&format!("{}/return{query}", world.base)).await;
        assert_eq!((page.status, page.to), (404, None), "{query}");
        assert!(page.text.contains("Go back to the page you came from"), "{query}: {}", page.text);
    }
    let long = format!("{}/return?state={}", world.base, "s".repeat(5_000));
    assert_eq!(visitor.come_back(&long).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_replica_can_take_the_person_back() {
    let mut world = World::new().await;
    let twin = world.twin().await;
    let world = world;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let (opened, visitor, back) = on_the_way_back(&world, &browser).await;
    let there = back.replace(&world.base, &twin);
    let (waiting, page) = tokio::join!(browser.poll(&opened, 20), visitor.come_back(&there));
    assert_eq!(page.status, 200);
    assert!(waiting.revision > opened.revision, "the long-poll here learns of what came there: {waiting:?}");
    let done = browser.follow(&waiting).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
}

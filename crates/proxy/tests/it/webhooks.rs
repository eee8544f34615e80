//! Clients' servers are told of every move, whatever becomes of them or of the proxy.

use super::browser::Browser;
use super::database::Database;
use super::receiver::{self, Answer, Heard, Receiver, SIGNING};
use super::restart::{Process, free_address};
use super::world::{ACORN, BIRCH, World, practice, read, until};
use jiff::SignedDuration;
use linchpin_protocol::{Connection, UserConnections, WebhookKind};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A world in which `acorn` is told, with a clock of the proxy's that stands until it is moved.
async fn world(receiver: &Receiver) -> World {
    with_settings(&receiver.settings(), &[]).await
}

async fn with_settings(settings: &[(&'static str, String)], more: &[(&str, &str)]) -> World {
    let settings = settings.iter().map(|(name, value)| (*name, value.as_str()));
    let all: Vec<_> = settings.chain(more.iter().copied()).collect();
    World::with_settings(&all, &[]).await
}

/// A linked connection: some moves.
async fn linked(world: &World) -> Connection {
    Browser::open(world, "pat", "aggregate").await.link_all_the_way("harbour").await
}

async fn until_all_is_told(receiver: &Receiver, connection: &Connection) {
    until("every move is told", async || {
        receiver.knows_all_of(connection.id.as_str(), connection.revision.0).then_some(())
    })
    .await;
}

/// How many tries came out so.
async fn count(world: &World, outcome: &str) -> usize {
    let line = format!("linchpin_webhooks_total{{outcome=\"{outcome}\"}} ");
    let metrics = world.metrics().await;
    metrics.lines().find_map(|text| text.strip_prefix(&line)).map_or(0, |count| count.parse().unwrap())
}

async fn until_counted(world: &World, outcome: &str, expected: usize) {
    until(&format!("{expected} {outcome}"), async || {
        let counted = count(world, outcome).await;
        assert!(counted <= expected, "{counted} {outcome} instead of {expected}");
        (counted == expected).then_some(())
    })
    .await;
}

fn moves(connection: &Connection) -> usize {
    usize::try_from(connection.revision.0).unwrap() - 1
}

#[tokio::test(flavor = "multi_thread")]
async fn every_move_is_told_once_signed_and_without_anything_but_its_name() {
    let receiver = Receiver::willing().await;
    let world = world(&receiver).await;
    let connection = linked(&world).await;
    until_all_is_told(&receiver, &connection).await;
    until_counted(&world, "delivered", moves(&connection)).await;
    let heard = receiver.heard();
    assert_eq!(heard.len(), moves(&connection), "each of them once: {:?}", receiver.told());
    for message in &heard {
        assert_eq!(message.header("webhook-signature"), message.expected_signature(SIGNING));
        assert_eq!(message.header("webhook-id"), message.event.id.as_str());
        assert_eq!(message.header("webhook-timestamp"), world.now().as_second().to_string());
        assert_eq!(message.header("content-type"), "application/json");
        assert_eq!(message.event.kind, WebhookKind::ConnectionUpdated);
        let body: Value = serde_json::from_slice(&message.body).unwrap();
        let data = json!({"connection_id": connection.id, "revision": message.event.data.revision});
        let expected = json!({"id": message.event.id, "type": "connection.updated",
            "created_at": world.clock_at(SignedDuration::ZERO), "data": data});
        assert_eq!(body, expected, "names and numbers, and nothing of the person or the bank");
    }

    let ask = async |secret, user| -> UserConnections {
        let path = format!("/v1/users/{user}/connections");
        read(world.request(Method::GET, &path).bearer_auth(secret).send().await.unwrap(), 200).await
    };
    let known = ask(ACORN, "pat").await.connections;
    assert_eq!((known.len(), &known[0].id, known[0].revision), (1, &connection.id, connection.revision));
    assert_eq!((known[0].institution.name.as_str(), known[0].account_ids.len()), ("Harbour Savings", 1));
    assert!(ask(ACORN, "kim").await.connections.is_empty(), "another user's");
    assert!(ask(BIRCH, "pat").await.connections.is_empty(), "another client's user of that name");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_secret_is_rotated_messages_carry_both_signatures() {
    const NEXT: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let receiver = Receiver::willing().await;
    let next = ("CLIENTS__ACORN__WEBHOOK__SECRET_NEXT", NEXT);
    let world = with_settings(&receiver.settings(), &[next]).await;
    until_all_is_told(&receiver, &linked(&world).await).await;
    for message in receiver.heard() {
        let both = [SIGNING, NEXT].map(|secret| message.expected_signature(secret)).join(" ");
        assert_eq!(message.header("webhook-signature"), both);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_taken_is_told_again_under_its_id_with_a_signature_of_its_own() {
    let receiver = Receiver::with(|heard| Answer::Status(if heard.before == 0 { 500 } else { 200 })).await;
    let world = world(&receiver).await;
    let connection = linked(&world).await;
    until_counted(&world, "failed", moves(&connection)).await;
    assert_eq!(count(&world, "delivered").await, 0);
    world.later(SignedDuration::from_secs(7));
    until_counted(&world, "delivered", moves(&connection)).await;
    let heard = receiver.heard();
    assert_eq!(heard.len(), 2 * moves(&connection));
    let of = |id: &str| heard.iter().filter(|message| message.event.id.as_str() == id).collect::<Vec<_>>();
    for first in heard.iter().filter(|message| message.before == 0) {
        let [one, two] = of(first.event.id.as_str())[..] else { panic!("{heard:?}") };
        assert_eq!(one.body, two.body, "the same message");
        let seconds = |message: &Heard| message.header("webhook-timestamp").parse::<i64>().unwrap();
        assert_eq!(seconds(two) - seconds(one), 7, "signed when it was sent");
        assert_eq!(two.header("webhook-signature"), two.expected_signature(SIGNING));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_tries_within_two_days_are_all_and_gone_is_taken_at_its_word() {
    // Of each two moves, one is refused for good.
    let odd = |heard: &Heard| heard.event.data.revision.0 % 2 == 1;
    let receiver = Receiver::with(move |heard| Answer::Status(if odd(heard) { 410 } else { 503 })).await;
    let world = world(&receiver).await;
    let connection = linked(&world).await;
    let told = moves(&connection);
    let gone = (2..=connection.revision.0).filter(|revision| revision % 2 == 1).count();
    until_counted(&world, "given_up", gone).await;
    for (tries, pause) in (1..).zip([7, 38, 150, 750, 4_500, 27_000, 108_000]) {
        until_counted(&world, "failed", tries * (told - gone)).await;
        world.later(SignedDuration::from_secs(pause));
    }
    until_counted(&world, "given_up", told).await;
    world.later(SignedDuration::from_hours(48));
    for ((_, revision), tries) in receiver.told() {
        assert_eq!(tries, if revision % 2 == 1 { 1 } else { 8 }, "revision {revision}");
    }
    assert_eq!(count(&world, "delivered").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed() {
    let elsewhere = Receiver::willing().await;
    let place = elsewhere.url();
    let receiver = Receiver::with(move |_| Answer::RedirectTo(place.clone())).await;
    let world = world(&receiver).await;
    let connection = linked(&world).await;
    until_counted(&world, "failed", moves(&connection)).await;
    assert!(elsewhere.heard().is_empty(), "it came where nobody has looked: {:?}", elsewhere.heard());
    assert_eq!(count(&world, "delivered").await, 0, "a redirect is no success");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_hangs_holds_up_no_other_and_is_told_again() {
    let receiver = Receiver::with(|heard| match (heard.event.data.revision.0, heard.before) {
        (2, 0) => Answer::Never,
        _ => Answer::Status(200),
    })
    .await;
    let world = world(&receiver).await;
    let connection = linked(&world).await;
    until_counted(&world, "delivered", moves(&connection) - 1).await;
    assert_eq!(count(&world, "failed").await, 0, "the first one still hangs");
    until_counted(&world, "failed", 1).await;
    world.later(SignedDuration::from_secs(7));
    until_counted(&world, "delivered", moves(&connection)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_away_hears_everything_when_it_is_back() {
    let port = free_address().port();
    let world = with_settings(&receiver::settings(port), &[]).await;
    let connection = linked(&world).await;
    until_counted(&world, "failed", moves(&connection)).await;
    let receiver = Receiver::at(port, |_| Answer::Status(200)).await;
    assert!(receiver.heard().is_empty());
    world.later(SignedDuration::from_secs(7));
    until_all_is_told(&receiver, &connection).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_proxies_over_one_store_tell_each_move_once() {
    let receiver = Receiver::willing().await;
    let mut world = world(&receiver).await;
    world.twin().await;
    let mut expected = Vec::new();
    for user in ["pat", "kim", "lee"] {
        let browser = Browser::open(&world, user, "aggregate").await;
        expected.push(browser.link_all_the_way("harbour").await);
    }
    for connection in &expected {
        until_all_is_told(&receiver, connection).await;
    }
    let told = receiver.told();
    assert!(told.values().all(|times| *times == 1), "{told:?}");
    assert_eq!(told.len(), expected.iter().map(moves).sum::<usize>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_without_a_webhook_is_not_told_and_nothing_is_kept_for_it() {
    let world = World::with_clock().await;
    linked(&world).await;
    assert_eq!(world.database().await.number("SELECT COUNT(*) FROM outbox").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_killed_before_it_has_told_tells_when_it_is_back() {
    let up = Arc::new(AtomicBool::new(false));
    let is_up = Arc::clone(&up);
    let receiver = Receiver::with(move |_| match is_up.load(Ordering::SeqCst) {
        true => Answer::Status(200),
        // It dies with its calls under way.
        false => Answer::Never,
    })
    .await;
    let settings = receiver.settings();
    let settings = [0, 1].map(|nth| (settings[nth].0, settings[nth].1.as_str()));
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, url, _serving) = practice().await;
    let proxy = Process::start_with(&folder, &url, "1.log", &settings).await;
    let (token, _, connection) = proxy.begin("aggregate").await;
    let waiting = proxy.sign_in(&token, &connection, "practice-good", "practice").await;
    let choose = proxy.follow(&sandbox, &token, &waiting).await;
    let linked = proxy.choose(&token, &choose).await;
    drop(proxy);
    assert!(!receiver.knows_all_of(linked.id.as_str(), 2), "nothing was answered yet");
    up.store(true, Ordering::SeqCst);
    // What was under way when it died is leased for half a minute: nobody else could know that it is dead.
    Database::of(&folder).await.run("UPDATE outbox SET lease_until = 0, next_at = 0").await;
    let _proxy = Process::start_with(&folder, &url, "2.log", &settings).await;
    until_all_is_told(&receiver, &linked).await;
}

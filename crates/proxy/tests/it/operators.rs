//! What operators see: readiness, counts, the breaker; and what nobody may see there.

use super::browser::Browser;
use super::world::{World, problem, until};
use axum::Router;
use axum::http::StatusCode;
use jiff::SignedDuration;
use linchpin_protocol::Next;
use reqwest::Method;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

async fn readiness(world: &World) -> (u16, Value) {
    let response = world.request(Method::GET, "/readyz").send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The value of a metric whose line begins so.
fn value(text: &str, begins: &str) -> u64 {
    let line = text.lines().find(|line| line.starts_with(begins));
    line.unwrap_or_else(|| panic!("no {begins} in:\n{text}")).rsplit_once(' ').unwrap().1.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_when_store_and_institutions_are_there() {
    let world = World::new().await;
    until("it is ready", async || (readiness(&world).await.0 == 200).then_some(())).await;
    let (_, parts) = readiness(&world).await;
    assert_eq!(parts, serde_json::json!({"store": true, "institutions": true, "staying": true}));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_ready_without_institutions_nor_while_it_stops() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut world = World::in_front_of(&format!("http://{nobody}/v3")).await;
    let (status, parts) = readiness(&world).await;
    assert_eq!((status, &parts["institutions"]), (503, &Value::Bool(false)), "{parts}");
    world.stop().await;
    assert_eq!(readiness(&world).await.1["staying"], false, "calls should go elsewhere at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_tell_what_happens_and_nothing_of_whom() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat-the-user", "verify").await;
    let connection = browser.link_all_the_way("harbour").await;
    browser.get("/v1/connections/con_someone").await;
    let text = world.metrics().await;
    assert!(
        value(&text, "linchpin_requests_total{method=\"POST\",route=\"/v1/sessions\",status=\"201\"}") == 1,
        "{text}"
    );
    assert!(value(&text, "linchpin_problems_total{code=\"not_found\"}") == 1, "{text}");
    assert!(
        value(&text, "linchpin_upstream_calls_total{operation=\"submit_credentials\",outcome=\"well\"}") == 1
    );
    assert_eq!(value(&text, "linchpin_breaker_open"), 0);
    for secret in
        ["pat-the-user", connection.id.as_str(), "con_someone", "harbour", "Harbour", browser.token.expose()]
    {
        assert!(!text.contains(secret), "{secret} is told to operators");
    }
    let public = world.request(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(problem(public).await.1, "not_found", "never on the public listener");
}

#[test]
fn every_metric_stands_in_the_operators_page() {
    let page = include_str!("../../../../docs/operating.md");
    let source = include_str!("../../src/metrics.rs");
    let mut found = 0;
    for registered in source.split("registry.register(").skip(1) {
        let name = registered.split('"').nth(1).unwrap();
        assert!(page.contains(&format!("`linchpin_{name}`")), "docs/operating.md lacks linchpin_{name}");
        found += 1;
    }
    assert!(found >= 8, "the search for metrics is broken");
}

/// How often the aggregator was looked at so far.
async fn looks(world: &World) -> u64 {
    let text = world.metrics().await;
    let lines =
        text.lines().filter(|line| line.starts_with("linchpin_upstream_calls_total{operation=\"read\""));
    lines.map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap()).sum()
}

/// The budget: four looks a second for two seconds, then ever fewer, down to one in two seconds. However many look.
#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_person_costs_a_stated_number_of_calls_however_many_tabs_they_open() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("harbour").await;
    let waiting = browser.sign_in(&form, "practice-slow").await;
    assert!(matches!(waiting.next, Next::Wait { .. }), "{waiting:?}");
    let (began, before) = (Instant::now(), looks(&world).await);
    while began.elapsed() < Duration::from_secs(6) {
        tokio::join!(browser.poll(&waiting, 1), browser.poll(&waiting, 1), browser.poll(&waiting, 1));
    }
    let made = looks(&world).await - before;
    // 8 in the first two seconds, then after 375, 563, 844, 1266, 1898 ms; one more for the edge.
    assert!(made <= 14, "three tabs made {made} calls in six seconds");
    assert!(made >= 6, "the bank is followed: {made} calls");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_asks_the_aggregator_while_it_is_the_persons_turn() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("harbour").await;
    let waiting = browser.sign_in(&form, "practice-good").await;
    let choose = browser.follow(&waiting).await;
    let before = looks(&world).await;
    browser.poll(&choose, 2).await;
    assert_eq!(looks(&world).await, before, "what only the person can change is not asked for");
}

/// An aggregator that fails on demand, in front of which calls are counted.
async fn failing() -> (String, Arc<AtomicBool>, Arc<AtomicUsize>) {
    let (fails, calls) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
    let (failing, counted) = (Arc::clone(&fails), Arc::clone(&calls));
    let answer = move || {
        let (failing, counted) = (Arc::clone(&failing), Arc::clone(&counted));
        async move {
            counted.fetch_add(1, Ordering::SeqCst);
            if failing.load(Ordering::SeqCst) {
                StatusCode::INTERNAL_SERVER_ERROR
            } else {
                StatusCode::NOT_FOUND
            }
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v3", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await.unwrap() });
    (url, fails, calls)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aggregator_that_keeps_failing_is_left_alone_and_tried_again_after_a_pause() {
    let (url, _, calls) = failing().await;
    let world = World::with_upstream(&url, &[("LIMITS__BREAKER_CALLS", "3")]).await;
    let open = async || value(&world.metrics().await, "linchpin_breaker_open") == 1;
    until("the breaker opens", async || open().await.then_some(())).await;
    let so_far = calls.load(Ordering::SeqCst);
    let left_alone = "linchpin_upstream_calls_total{operation=\"institutions\",outcome=\"left_alone\"}";
    until("it would have been asked", async || world.metrics().await.contains(left_alone).then_some(()))
        .await;
    assert_eq!(calls.load(Ordering::SeqCst), so_far, "nothing is sent while it is left alone");
    world.later(SignedDuration::from_secs(15));
    until("it is tried again", async || (calls.load(Ordering::SeqCst) > so_far).then_some(())).await;
}

//! What comes out of connections that have ended, or have nothing in them any more.

use super::{GOOD, follow, made};
use crate::browser::Browser;
use crate::world::{ACORN, World, problem, read, until};
use linchpin_protocol::{
    Connection, LinkStatus, LinkToken, Next, PartingProblem, RefreshWay, Standing, UserConnection,
    UserConnections, Verification,
};
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// A connection whose account numbers were asked for, and the opening that it was linked in.
async fn verified(world: &World) -> (Connection, LinkToken) {
    let link = world.link("pat", "verify").await;
    let browser = Browser::with(world, &link).await;
    let form = browser.connect("hooli").await;
    let found = follow(&browser, &browser.sign_in_as(&form, GOOD).await).await;
    (browser.choose(&found).await, link)
}

async fn ask(world: &World, path: &str) -> Response {
    world.request(Method::GET, path).bearer_auth(ACORN).send().await.unwrap()
}

async fn verification(world: &World, of: &Connection) -> Response {
    ask(world, &format!("/v1/connections/{}/verification", of.id)).await
}

/// The one connection that the client's server is told of.
async fn told(world: &World) -> UserConnection {
    let list: UserConnections = read(ask(world, "/v1/users/pat/connections").await, 200).await;
    list.connections.into_iter().next().expect("it is still told of")
}

/// Basiq shows the accounts of a connection that is gone, as long as they are not erased.
#[tokio::test(flavor = "multi_thread")]
async fn what_its_person_has_ended_hands_nothing_out() {
    let world = World::over_basiq("credentials").await;
    let (connection, link) = verified(&world).await;
    let browser = Browser::managing(&world, "pat").await;
    let token = browser.public_token(&connection).await;
    let before: Verification = read(verification(&world, &connection).await, 200).await;
    assert!(before.accounts[0].account_number.is_some(), "while it stands, its numbers are handed over");
    assert!(!told(&world).await.ended);

    let gone: Connection = read(browser.disconnect(&browser.now(&connection).await, false).await, 200).await;
    assert_eq!(gone.next, Next::Closed { successor: None });
    assert_eq!(problem(verification(&world, &connection).await).await.1, "wrong_step");
    let body = json!({"public_token": token.public_token.expose()});
    let exchanged = world.client(ACORN, Method::POST, "/v1/public-tokens/exchange", body).await;
    assert_eq!(problem(exchanged).await.1, "wrong_step", "also for a token from before");
    let path = format!("/v1/connections/{}/public-token", connection.id);
    assert_eq!(
        problem(browser.post(&path, Value::Null).await).await.1,
        "wrong_step",
        "and there is no other"
    );
    let seen = told(&world).await;
    assert!(seen.ended, "the client's server sees the end: {seen:?}");
    assert_eq!((&seen.id, seen.revision), (&connection.id, gone.revision));
    let status: LinkStatus = read(ask(&world, &format!("/v1/link-tokens/{}", link.link_id)).await, 200).await;
    assert!(status.results.is_empty(), "nothing is linked by it: {status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_ended_at_the_provider_hands_nothing_out_and_is_told_as_ended() {
    let world = World::over_basiq("credentials").await;
    let (connection, _) = verified(&world).await;
    world.force_basiq(made(&world)[0], "status", json!({"status": "revoked"})).await;
    assert_eq!(problem(verification(&world, &connection).await).await.1, "wrong_step");
    let seen = told(&world).await;
    assert!(seen.ended && seen.revision > connection.revision, "nobody else has looked: {seen:?}");
    let browser = Browser::managing(&world, "pat").await;
    let path = format!("/v1/connections/{}/public-token", connection.id);
    assert_eq!(problem(browser.post(&path, Value::Null).await).await.1, "wrong_step");
    world.force_basiq(made(&world)[0], "status", json!({"status": "active"})).await;
    let again: Verification = read(verification(&world, &connection).await, 200).await;
    assert!(!again.accounts.is_empty(), "what the provider has again is there again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_and_kept_has_no_accounts_and_does_not_pass_for_working() {
    let world = World::over_basiq("both").await;
    let (connection, _) = verified(&world).await;
    let browser = Browser::managing(&world, "pat").await;
    let now = browser.now(&connection).await;
    world.force_basiq(made(&world)[0], "refusal", json!({"call": "delete", "status": 400})).await;
    browser.disconnect(&now, true).await;
    let stopped = until("it stopped", async || {
        let now = browser.now(&connection).await;
        matches!(now.next, Next::Interrupted { erased: true, .. }).then_some(now)
    })
    .await;
    let Next::Interrupted { reason, .. } = stopped.next else { panic!("{stopped:?}") };
    assert_eq!(reason, PartingProblem::ProviderRejected);
    let kept = browser.retry(&stopped).await;
    assert_eq!(kept.next, Next::NoAccounts {}, "nothing is left of what was chosen");
    let there = browser.list().await.remove(0);
    assert_eq!(there.standing, Standing::Later, "it is to be read again, once that is allowed");
    assert!(matches!(there.refresh, Some(RefreshWay::TooSoon { .. })), "{there:?}");
}

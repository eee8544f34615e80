//! What becomes of a connection after the first day, and of calls that meet a token which has run out.

use super::{GOOD, WITH_CODE, follow, made};
use crate::browser::Browser;
use crate::world::{World, read};
use linchpin_protocol::{Connection, CredentialProblem, FailureReason, Next};
use linchpin_sandbox::BasiqEventKind;
use serde_json::json;

/// The connection as a proxy shows it that knows nothing of it yet.
async fn anew(world: &mut World, token: &str, connection: &Connection) -> Connection {
    let twin = world.twin().await;
    let path = format!("{twin}/v1/connections/{}", connection.id);
    read(world.http.get(path).bearer_auth(token).send().await.unwrap(), 200).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_job_told_outlives_it() {
    let mut world = World::over_basiq("credentials").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("hooli").await;
    let locked = follow(&browser, &browser.sign_in_as(&form, ("bighead", "password")).await).await;
    let other = Browser::open(&world, "kim", "aggregate").await;
    let linked = other.connect("hooli").await;
    let linked = other.choose(&follow(&other, &other.sign_in_as(&linked, GOOD).await).await).await;
    let (tokens, both) = ([browser.token.clone(), other.token.clone()], [locked, linked]);
    world.bank_goes_on(8 * 24 * 60 * 60);
    let first = anew(&mut world, tokens[0].expose(), &both[0]).await;
    assert!(
        matches!(first.next, Next::Credentials { problem: CredentialProblem::Locked, .. }),
        "after a week it is still known why: {first:?}"
    );
    let second = anew(&mut world, tokens[1].expose(), &both[1]).await;
    assert_eq!(second.next, both[1].next, "and the accounts are there");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_status_that_it_may_turn_to_has_a_step() {
    let mut world = World::over_basiq("credentials").await;
    let (token, linked) = {
        let browser = Browser::open(&world, "pat", "aggregate").await;
        let form = browser.connect("hooli").await;
        let found = follow(&browser, &browser.sign_in_as(&form, GOOD).await).await;
        (browser.token.clone(), browser.choose(&found).await)
    };
    let id = made(&world)[0];
    for (status, fits) in [
        ("invalid", (|next| matches!(next, Next::StartAgain {})) as fn(&Next) -> bool),
        ("under-review", |next| matches!(next, Next::Failed { reason: FailureReason::Unknown })),
        ("revoked", |next| matches!(next, Next::Closed { .. })),
        ("active", |next| matches!(next, Next::Linked { .. })),
    ] {
        world.force_basiq(id, "status", json!({"status": status})).await;
        let seen = anew(&mut world, token.expose(), &linked).await;
        assert!(fits(&seen.next), "{status}: {seen:?}");
        assert_eq!(seen.provider_status.as_deref(), Some(status), "the word itself, for support");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_runs_out_meanwhile_is_replaced() {
    let world = World::over_basiq("credentials").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("pied+piper").await;
    let asked = follow(&browser, &browser.sign_in_as(&form, GOOD).await).await;
    let minted = world.count_basiq(BasiqEventKind::TokenMinted);
    // Only the aggregator's clock: ours says that the token is good.
    world.sandbox.set_basiq_rules(linchpin_sandbox::BasiqRules {
        answer_within: std::time::Duration::from_secs(2 * 60 * 60),
        ..Default::default()
    });
    world.bank_goes_on(61 * 60);
    let again = follow(&browser, &browser.now(&asked).await).await;
    assert!(!matches!(again.next, Next::Wait { .. }), "{again:?}");
    let other = browser.connect("hooli").await;
    let path = format!("/v1/connections/{}/credentials", other.id);
    let first = browser.post(&path, Browser::login(&other, WITH_CODE.0, WITH_CODE.1)).await;
    let begun = if first.status().is_success() {
        browser.now(&other).await
    } else {
        assert_eq!(world.count_basiq(BasiqEventKind::LoginTried), 1, "a call with an effect is not repeated");
        browser.sign_in_as(&browser.now(&other).await, WITH_CODE).await
    };
    let done = follow(&browser, &begun).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
    assert!(world.count_basiq(BasiqEventKind::TokenMinted) > minted);
    assert_eq!(world.count_basiq(BasiqEventKind::LoginTried), 2, "each login was tried once");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_person_types_is_kept() {
    let world = World::over_basiq("credentials").await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let form = browser.connect("pied+piper").await;
    let asked = follow(&browser, &browser.sign_in_as(&form, GOOD).await).await;
    let found = follow(&browser, &browser.answer(&asked, "Hooli").await).await;
    browser.public_token(&browser.choose(&found).await).await;
    for file in world.database_files() {
        let bytes = std::fs::read(&file).unwrap();
        for typed in ["gavinBelson", "hooli2016", "practice-api-key"] {
            let there = bytes.windows(typed.len()).any(|window| window == typed.as_bytes());
            assert!(!there, "{typed} is in {}", file.display());
        }
    }
}

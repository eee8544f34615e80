//! The path over Quovo's API of version 2: what differs from version 3 must not show.

use super::browser::Browser;
use super::world::{ACORN, World, read};
use linchpin_protocol::{CredentialProblem, Next, NotVerifiable, Stage, Verification};
use linchpin_sandbox::EventKind;
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_links_an_account_and_the_client_gets_the_number() {
    let world = World::over_v2().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let page = browser.search("chase").await;
    assert_eq!(page.institutions[0].name, "JPMorgan Chase Bank");
    let connection = browser.connect("chase").await;
    assert_eq!(world.count(EventKind::ConnectionCreated), 0, "looking at a form makes nothing upstream");
    let waiting = browser.sign_in(&connection, "practice-question").await;
    assert!(matches!(waiting.next, Next::Wait { .. }), "a blocking sync is not waited for: {waiting:?}");
    let asked = browser.follow(&waiting).await;
    let found = browser.follow(&browser.answer(&asked, "rex").await).await;
    let Next::ChooseAccounts { accounts, .. } = &found.next else { panic!("{found:?}") };
    let last_digits = accounts[0].last_digits.clone().expect("the last digits are known");
    let linked = browser.choose(&found).await;
    let token = browser.public_token(&linked).await;
    let body = json!({"public_token": token.public_token.expose()});
    let result: Verification =
        read(world.client(ACORN, Method::POST, "/v1/public-tokens/exchange", body).await, 200).await;
    let account = &result.accounts[0];
    assert!(account.account_number.as_ref().unwrap().expose().ends_with(&last_digits));
    assert!(account.routing.is_some() && account.confidence.is_some());
    assert!(account.owner_names.as_ref().is_some_and(|names| !names.is_empty()));
    assert_eq!(world.count(EventKind::LoginTried), 1, "one login was typed, one was tried");
    assert_eq!(world.count(EventKind::ConnectionCreated), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_are_read_by_one_sync_with_progress() {
    let world = World::over_v2().await;
    let browser = Browser::open(&world, "pat", "both").await;
    let connection = browser.connect("harbour").await;
    let mut connection = browser.sign_in(&connection, "practice-slow").await;
    let mut seen = Vec::new();
    while let Next::Wait { stage, percent, .. } = connection.next {
        seen.push((stage, percent));
        world.bank_goes_on(1);
        connection = browser.poll(&connection, 5).await;
    }
    assert!(seen.is_sorted() && seen.len() > 3, "progress: {seen:?}");
    assert!(!seen.iter().any(|(stage, _)| *stage == Stage::Verifying), "there is no second sync: {seen:?}");
    let Next::ChooseAccounts { accounts, .. } = &connection.next else { panic!("{connection:?}") };
    assert!(accounts.iter().any(|account| account.last_digits.is_some()), "{accounts:?}");
    let reasons: Vec<_> = accounts.iter().filter_map(|account| account.not_verifiable).collect();
    assert!(reasons.contains(&NotVerifiable::NoTransfers), "a credit card takes no transfers: {accounts:?}");
    assert_eq!(world.count(EventKind::SyncStarted), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aggregation_reads_no_numbers() {
    let world = World::over_v2().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect("harbour").await;
    let found = browser.follow(&browser.sign_in(&connection, "practice-good").await).await;
    let Next::ChooseAccounts { accounts, .. } = &found.next else { panic!("{found:?}") };
    assert!(accounts.iter().all(|account| account.not_verifiable.is_none()), "no numbers were asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_login_is_changed_where_it_is_and_no_second_connection_is_made() {
    let world = World::over_v2().await;
    for purpose in ["verify", "aggregate", "both"] {
        let browser = Browser::open(&world, &format!("pat-{purpose}"), purpose).await;
        let before = world.count(EventKind::ConnectionCreated);
        let connection = browser.connect("harbour").await;
        let wrong = browser.follow(&browser.sign_in(&connection, "practice-wrong").await).await;
        let problem = CredentialProblem::Incorrect;
        assert!(matches!(&wrong.next, Next::Credentials { problem: p, .. } if *p == problem), "{wrong:?}");
        let right = browser.follow(&browser.sign_in(&wrong, "practice-good").await).await;
        assert!(matches!(right.next, Next::ChooseAccounts { .. }), "{purpose}: {right:?}");
        assert_eq!(world.count(EventKind::ConnectionCreated) - before, 1, "{purpose}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_there_already_goes_to_its_connection() {
    let world = World::over_v2().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    for round in 0..2 {
        let connection = browser.connect("harbour").await;
        let found = browser.follow(&browser.sign_in(&connection, "practice-good").await).await;
        assert!(matches!(found.next, Next::ChooseAccounts { .. }), "round {round}: {found:?}");
    }
    assert_eq!(world.count(EventKind::ConnectionCreated), 1, "the second went to the first's");
}

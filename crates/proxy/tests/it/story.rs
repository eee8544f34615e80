//! The path: from a link token to the verified account.

use super::browser::Browser;
use super::world::{ACORN, World, problem, read};
use linchpin_protocol::{
    Connection, CredentialProblem, InstitutionDetail, LaterReason, Next, NotVerifiable, Stage, Verification,
};
use linchpin_sandbox::EventKind;
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_links_an_account_and_the_client_gets_the_number() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    assert_eq!(browser.session.provider.name.as_deref(), Some("Quovo"));
    assert!(browser.session.provider.practice.is_some(), "practice must be visible");

    let page = browser.search("chase").await;
    let bank = page.institutions.first().expect("a well-known bank is found");
    let detail: InstitutionDetail =
        read(browser.get(&format!("/v1/institutions/{}", bank.id)).await, 200).await;
    assert_eq!(detail.fields.len(), 2, "user name and passcode");

    let connection = browser.connect("chase").await;
    assert!(
        matches!(&connection.next, Next::Credentials { fields, .. } if fields.len() == 2),
        "{connection:?}"
    );
    assert_eq!(world.count(EventKind::ConnectionCreated), 0, "looking at a form makes nothing upstream");

    let connection = browser.sign_in(&connection, "practice-question").await;
    assert!(matches!(connection.next, Next::Wait { .. }), "told to wait within a second: {connection:?}");
    let connection = browser.follow(&connection).await;
    let connection = browser.answer(&connection, "rex").await;
    let connection = browser.follow(&connection).await;
    let Next::ChooseAccounts { accounts, many } = &connection.next else { panic!("{connection:?}") };
    assert!(!many, "one account was asked for");
    let last_digits = accounts[0].last_digits.clone().expect("the last digits are known");
    assert!(last_digits.len() <= 4, "masked: {last_digits}");

    let connection = browser.choose(&connection).await;
    let Next::Linked { accounts } = &connection.next else { panic!("{connection:?}") };
    let token = browser.public_token(&connection).await;
    let body = json!({"public_token": token.public_token.expose()});
    let response = world.client(ACORN, Method::POST, "/v1/public-tokens/exchange", body).await;
    assert_eq!(response.headers()["cache-control"], "no-store", "numbers must not be cached");
    let result: Verification = read(response, 200).await;
    assert_eq!(result.user_id.as_str(), "pat");
    assert_eq!(result.accounts.len(), 1, "only what was chosen");
    assert_eq!(result.accounts[0].id, accounts[0].id);
    assert!(
        result.accounts[0].account_number.as_ref().unwrap().expose().ends_with(&last_digits),
        "the full number of that account"
    );
    assert!(result.accounts[0].routing.is_some() && result.accounts[0].owner_names.is_some());
    assert!(
        result.accounts[0].owner.as_ref().is_some_and(|owner| owner.address.is_some()),
        "owner details come along"
    );
    assert_eq!(world.count(EventKind::LoginTried), 1, "one login was typed, one was tried");

    let path = format!("/v1/connections/{}/verification", connection.id);
    let again = world.request(Method::GET, &path).bearer_auth(ACORN).send().await.unwrap();
    let again: Verification = read(again, 200).await;
    assert_eq!(again.accounts[0].account_number, result.accounts[0].account_number, "readable at any time");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aggregation_shows_progress_that_never_goes_back() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect("harbour").await;
    let mut connection = browser.sign_in(&connection, "practice-slow").await;
    let mut seen = Vec::new();
    while let Next::Wait { percent, stage, .. } = connection.next {
        seen.push((stage, percent));
        world.bank_goes_on(1);
        connection = browser.poll(&connection, 5).await;
    }
    assert!(seen.is_sorted(), "progress went back: {seen:?}");
    assert!(seen.len() > 5, "a slow sync shows many steps: {seen:?}");
    let Next::ChooseAccounts { accounts, .. } = &connection.next else { panic!("{connection:?}") };
    assert!(accounts.iter().all(|account| account.not_verifiable.is_none()), "no numbers were asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_aggregates_first_and_reads_the_numbers_after() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "both").await;
    let connection = browser.connect("harbour").await;
    let mut connection = browser.sign_in(&connection, "practice-good").await;
    let mut stages = Vec::new();
    while let Next::Wait { stage, .. } = connection.next {
        stages.push(stage);
        world.bank_goes_on(1);
        connection = browser.poll(&connection, 5).await;
    }
    assert_eq!(stages.last(), Some(&Stage::Verifying), "the numbers are read last: {stages:?}");
    let Next::ChooseAccounts { accounts, .. } = &connection.next else { panic!("{connection:?}") };
    assert!(accounts.iter().any(|account| account.last_digits.is_some()), "{accounts:?}");
    let reasons: Vec<_> = accounts.iter().filter_map(|account| account.not_verifiable).collect();
    assert!(reasons.contains(&NotVerifiable::NoTransfers), "a credit card takes no transfers: {accounts:?}");
    assert_eq!(world.count(EventKind::SyncStarted), 2, "one aggregation and one reading of numbers");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_login_asks_again_and_the_right_one_goes_on() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect("harbour").await;
    let wrong = browser.follow(&browser.sign_in(&connection, "practice-wrong").await).await;
    let problem = CredentialProblem::Incorrect;
    assert!(matches!(&wrong.next, Next::Credentials { problem: p, .. } if *p == problem), "{wrong:?}");
    assert!(wrong.revision > connection.revision, "the form changed, so its revision must");
    let right = browser.follow(&browser.sign_in(&wrong, "practice-good").await).await;
    assert!(matches!(right.next, Next::ChooseAccounts { .. }), "{right:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_answer_asks_again() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect("cedar credit union").await;
    let asked = browser.follow(&browser.sign_in(&connection, "practice-question").await).await;
    let again = browser.follow(&browser.answer(&asked, "fido").await).await;
    assert!(matches!(again.next, Next::Challenges { .. }), "{again:?}");
    assert!(again.revision > asked.revision, "another question, another revision");
    let done = browser.follow(&browser.answer(&again, "rex").await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_outcome_has_its_step() {
    let world = World::new().await;
    for (login, fits) in [
        (
            "practice-config",
            (|next| matches!(next, Next::Instructions { text, .. } if !text.is_empty())) as fn(&Next) -> bool,
        ),
        ("practice-resync", |next| matches!(next, Next::StartAgain {})),
        ("practice-postponed", |next| matches!(next, Next::Later { reason: LaterReason::Postponed, .. })),
        ("practice-maintenance", |next| matches!(next, Next::Later { reason: LaterReason::Maintenance, .. })),
        ("practice-unavailable", |next| {
            matches!(next, Next::Later { reason: LaterReason::InstitutionUnavailable, .. })
        }),
        ("practice-no-accounts", |next| matches!(next, Next::NoAccounts {})),
        ("practice-two-questions", |next| matches!(next, Next::Challenges { items, .. } if items.len() == 2)),
    ] {
        let browser = Browser::open(&world, login, "aggregate").await;
        let connection = browser.connect("harbour").await;
        let end = browser.follow(&browser.sign_in(&connection, login).await).await;
        assert!(fits(&end.next), "{login} led to {end:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_instructions_a_retry_goes_on_without_a_login() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect("harbour").await;
    let told = browser.follow(&browser.sign_in(&connection, "practice-config").await).await;
    let path = format!("/v1/connections/{}/retry", told.id);
    let on = read(browser.post(&path, json!({"revision": told.revision})).await, 200).await;
    let done = browser.follow(&on).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_while_the_provider_is_away_only_looks() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect("harbour").await;
    let later = browser.follow(&browser.sign_in(&connection, "practice-maintenance").await).await;
    let path = format!("/v1/connections/{}/retry", later.id);
    let looked: linchpin_protocol::Connection =
        read(browser.post(&path, json!({"revision": later.revision})).await, 200).await;
    assert_eq!(looked.next, later.next, "still away");
    assert_eq!(world.count(EventKind::SyncStarted), 1, "repeating logins locks people out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_connected_already_is_taken_on_again() {
    let world = World::new().await;
    let first = Browser::open(&world, "pat", "verify").await;
    first.link_all_the_way("harbour").await;
    let second = Browser::open(&world, "pat", "verify").await;
    let page = second.search("harbour").await;
    assert!(page.institutions[0].connected, "the list says that it is connected");
    let form = second.connect("harbour").await;
    let mut login = Browser::login(&form, "practice-good", "practice");
    // The person was told, and goes on.
    login["again"] = true.into();
    let path = format!("/v1/connections/{}/credentials", form.id);
    let sent: Connection = read(second.post(&path, login).await, 200).await;
    let linked = second.choose(&second.follow(&sent).await).await;
    assert!(matches!(linked.next, Next::Linked { .. }), "{linked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_practice_logins_are_taken_in_practice_and_nothing_else_is_sent() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let connection = browser.connect("harbour").await;
    let path = format!("/v1/connections/{}/credentials", connection.id);
    for (username, passcode, field) in
        [("my-real-login", "practice", "fields.0.value"), ("practice-good", "hunter2", "fields.1.value")]
    {
        let response = browser.post(&path, Browser::login(&connection, username, passcode)).await;
        let (status, code) = problem(response).await;
        assert_eq!(status.as_u16(), 422);
        assert_eq!(code, format!("invalid_input {field} not_a_practice_login"));
    }
    assert_eq!(world.count(EventKind::ConnectionCreated), 0, "nothing may reach the aggregator");
    let on = browser.sign_in(&connection, "practice-good").await;
    assert!(on.revision >= connection.revision, "a refused login leaves the form as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_offered_accounts_can_be_chosen() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let connection = browser.connect("harbour").await;
    let choose = browser.follow(&browser.sign_in(&connection, "practice-good").await).await;
    let Next::ChooseAccounts { accounts, .. } = &choose.next else { panic!("{choose:?}") };
    let path = format!("/v1/connections/{}/accounts", choose.id);
    let disabled =
        accounts.iter().find(|account| account.not_verifiable.is_some()).expect("one cannot be chosen");
    for (ids, expected) in [
        (json!(["acc_unknown"]), "invalid_input account_ids.0 not_offered"),
        (json!([disabled.id]), "invalid_input account_ids.0 not_offered"),
        (json!([]), "invalid_input account_ids empty"),
        (json!([accounts[0].id, accounts[1].id]), "invalid_input account_ids too_long"),
    ] {
        let body = json!({"revision": choose.revision, "account_ids": ids});
        let (_, code) = problem(browser.post(&path, body).await).await;
        assert_eq!(code, expected, "{ids}");
    }
    let early = browser.post(&format!("/v1/connections/{}/public-token", choose.id), json!(null)).await;
    assert_eq!(problem(early).await.1, "wrong_step", "no token before an account was chosen");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_poll_answers_at_once_when_it_is_behind_and_waits_when_it_is_not() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let form = browser.connect("harbour").await;
    let waiting = tokio::time::timeout(std::time::Duration::from_millis(300), browser.poll(&form, 20));
    assert!(waiting.await.is_err(), "nothing changed, so it must wait");
    let mut behind = form.clone();
    behind.revision.0 = 0;
    let at_once = tokio::time::timeout(std::time::Duration::from_secs(3), browser.poll(&behind, 20));
    assert_eq!(at_once.await.expect("behind, so it must be answered at once"), form);
    let (moved, on) = tokio::join!(browser.poll(&form, 20), browser.sign_in(&form, "practice-slow"));
    assert!(moved.revision > form.revision, "the other tab learns of it: {moved:?} {on:?}");
}

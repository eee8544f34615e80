//! Logins that are typed into the widget and passed on.

use super::{GOOD, WITH_CODE, WRONG, follow, made};
use crate::bank_login::visitor::Visitor;
use crate::browser::Browser;
use crate::world::{ACORN, World, problem, read};
use jiff::SignedDuration;
use linchpin_protocol::{
    Challenge, Connection, CredentialProblem, LaterReason, Next, NotVerifiable, RefreshWay, Stage,
    Verification,
};
use linchpin_sandbox::BasiqEventKind;
use reqwest::Method;
use serde_json::json;

fn problem_of(connection: &Connection) -> CredentialProblem {
    match &connection.next {
        Next::Credentials { problem, .. } => *problem,
        other => panic!("no login is wanted: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_links_an_account_and_the_client_gets_bsb_and_number() {
    let world = World::over_basiq("credentials").await;
    let browser = Browser::open(&world, "pat", "verify").await;
    assert_eq!(browser.session.provider.name.as_deref(), Some("Basiq"));
    let connection = browser.connect("hooli").await;
    assert_eq!(world.count_basiq(BasiqEventKind::UserCreated), 0, "looking at a form makes nothing upstream");
    let found = follow(&browser, &browser.sign_in_as(&connection, GOOD).await).await;
    assert_eq!((found.status.as_str(), found.provider_status.as_deref()), ("active", Some("active")));
    let Next::ChooseAccounts { accounts, .. } = &found.next else { panic!("{found:?}") };
    let cards = accounts.iter().filter_map(|account| account.not_verifiable);
    assert!(cards.into_iter().all(|reason| reason == NotVerifiable::NoTransfers), "{accounts:?}");
    let linked = browser.choose(&found).await;
    let Next::Linked { accounts } = &linked.next else { panic!("{linked:?}") };
    let last_digits = accounts[0].last_digits.clone().unwrap();
    let token = browser.public_token(&linked).await;
    let body = json!({"public_token": token.public_token.expose()});
    let result: Verification =
        read(world.client(ACORN, Method::POST, "/v1/public-tokens/exchange", body).await, 200).await;
    let account = &result.accounts[0];
    assert!(account.account_number.as_ref().unwrap().expose().ends_with(&last_digits));
    assert!(account.bsb.as_ref().is_some_and(|bsb| bsb.len() == 6), "{:?}", account.bsb);
    assert_eq!(account.routing, None, "there are none in Australia");
    assert!(account.owner_names.is_some());
    assert_eq!(world.count_basiq(BasiqEventKind::LoginTried), 1, "one login was typed, one was tried");
    assert_eq!(made(&world).len(), 1);
    assert_eq!(world.count_basiq(BasiqEventKind::TokenMinted), 2, "one of each version, not one a call");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_asks_is_answered() {
    let world = World::over_basiq("credentials").await;
    for (user, login, answer) in [("pat", GOOD, "Hooli"), ("kim", WITH_CODE, "1234")] {
        let browser = Browser::open(&world, user, "aggregate").await;
        let form = browser.connect("pied+piper").await;
        let asked = follow(&browser, &browser.sign_in_as(&form, login).await).await;
        let Next::Challenges { items, expires_at, remaining_ms, .. } = &asked.next else {
            panic!("{asked:?}")
        };
        let is_code = matches!(items.as_slice(), [Challenge::Code { .. }]);
        assert_eq!(is_code, login == WITH_CODE, "{items:?}");
        assert!(expires_at.is_some() && remaining_ms.is_some(), "there are two minutes");
        let done = follow(&browser, &browser.answer(&asked, answer).await).await;
        assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
    }
    assert_eq!(world.count_basiq(BasiqEventKind::AnswerGiven), 2, "each answer went there once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_in_the_banks_app_is_said_with_a_button() {
    let world = World::over_basiq("credentials").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("approve+in+app").await;
    let asked = follow(&browser, &browser.sign_in_as(&form, GOOD).await).await;
    let Next::Challenges { items, .. } = &asked.next else { panic!("{asked:?}") };
    assert!(matches!(items.as_slice(), [Challenge::Approve { confirm: true, .. }]), "{items:?}");
    let path = format!("/v1/connections/{}/answers", asked.id);
    let typed = json!({"revision": asked.revision, "answers": [{"id": items[0].id(), "value": "yes"}]});
    let refused = problem(browser.post(&path, typed).await).await.1;
    assert_eq!(refused, "invalid_input answers.0.value not_offered", "there is nothing to type");
    let done = follow(&browser, &browser.answer(&asked, "").await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_asks_now_and_then_may_not_ask() {
    let world = World::over_basiq("credentials").await;
    // Another login each: the same one would have to wait, whoever has it.
    for (user, login, asks) in [("pat", GOOD, true), ("kim", WITH_CODE, false)] {
        let browser = Browser::open(&world, user, "aggregate").await;
        let form = browser.connect("nucleus").await;
        let seen = follow(&browser, &browser.sign_in_as(&form, login).await).await;
        assert_eq!(matches!(seen.next, Next::Challenges { .. }), asks, "{user}: {seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_login_makes_way_for_the_right_one_also_with_another_name() {
    let world = World::over_basiq("credentials").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("hooli").await;
    let wrong = follow(&browser, &browser.sign_in_as(&form, WRONG).await).await;
    assert_eq!(problem_of(&wrong), CredentialProblem::Incorrect);
    let right = follow(&browser, &browser.sign_in_as(&wrong, WITH_CODE).await).await;
    assert!(matches!(right.next, Next::ChooseAccounts { .. }), "{right:?}");
    assert_eq!(world.count_basiq(BasiqEventKind::LoginTried), 2);
    assert_eq!((made(&world).len(), world.count_basiq(BasiqEventKind::ConnectionDeleted)), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_documented_failure_leads_to_what_the_person_can_do() {
    let world = World::over_basiq("credentials").await;
    let fails = async |login| {
        let browser = Browser::open(&world, login, "aggregate").await;
        let password = match login {
            "bighead" => "password",
            "erlich" => "aviato",
            _ => "nothotdog",
        };
        let form = browser.connect("hooli").await;
        follow(&browser, &browser.sign_in_as(&form, (login, password)).await).await
    };
    assert_eq!(problem_of(&fails("bighead").await), CredentialProblem::Locked);
    let prompted = fails("erlich").await;
    assert!(matches!(prompted.next, Next::Instructions { .. }), "{prompted:?}");
    let down = fails("jianYang").await;
    let Next::Later { reason, retries_itself } = down.next else { panic!("{down:?}") };
    assert_eq!((reason, retries_itself), (LaterReason::InstitutionUnavailable, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_trouble_the_bank_is_left_alone_and_after_two_more_tries_for_a_day() {
    let world = World::over_basiq("credentials").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("hooli").await;
    let down = follow(&browser, &browser.sign_in_as(&form, ("jianYang", "nothotdog")).await).await;
    let still = browser.retry(&down).await;
    assert!(matches!(still.next, Next::Later { .. }), "{still:?}");
    assert_eq!(world.count_basiq(BasiqEventKind::RefreshStarted), 0, "too soon");
    let mut again = still;
    for (minutes, tries) in [(11, 1), (11, 2), (11, 2), (23 * 60, 2), (60, 3), (11, 3)] {
        world.later(SignedDuration::from_mins(minutes));
        world.bank_goes_on(minutes.unsigned_abs() * 60);
        // Whoever comes again comes with a session of their own.
        let browser = Browser::managing(&world, "pat").await;
        again = follow(&browser, &browser.retry(&again).await).await;
        assert!(matches!(again.next, Next::Later { .. }), "{again:?}");
        assert_eq!(world.count_basiq(BasiqEventKind::RefreshStarted), tries, "one wish, one try");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_how_long_a_bank_in_trouble_is_left_alone() {
    let world = World::over_basiq_with("credentials", &[("REFRESH_EVERY", "0")]).await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("hooli").await;
    let found = follow(&browser, &browser.sign_in_as(&form, GOOD).await).await;
    let mut linked = browser.choose(&found).await;
    for wait in [600, 600, 24 * 60 * 60] {
        let manager = Browser::managing(&world, "pat").await;
        let trouble = json!({"step": "retrieve-accounts", "code": "service-unavailable"});
        world.force_basiq(made(&world)[0], "failure", trouble).await;
        read::<Connection>(manager.refresh(&linked).await, 200).await;
        linked = follow(&manager, &manager.now(&linked).await).await;
        let way = manager.list().await.remove(0).refresh;
        let Some(RefreshWay::TooSoon { wait_s }) = way else { panic!("{way:?}") };
        assert!((wait - 20..=wait).contains(&wait_s), "{wait_s} of {wait}");
        assert_eq!(problem(manager.refresh(&linked).await).await.1, "refresh_too_soon");
        world.later(SignedDuration::from_secs(wait.into()));
        world.bank_goes_on(wait.into());
    }
    let manager = Browser::managing(&world, "pat").await;
    read::<Connection>(manager.refresh(&linked).await, 200).await;
    let mended = follow(&manager, &manager.now(&linked).await).await;
    assert!(matches!(mended.next, Next::Linked { .. }), "{mended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_login_that_meets_trouble_is_tried_again_by_the_aggregator_itself() {
    let world = World::over_basiq_with("credentials", &[("REFRESH_EVERY", "0")]).await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("hooli").await;
    let found = follow(&browser, &browser.sign_in_as(&form, GOOD).await).await;
    let linked = browser.choose(&found).await;
    let fails = async |step, code| {
        world.force_basiq(made(&world)[0], "failure", json!({"step": step, "code": code})).await;
    };
    fails("verify-credentials", "invalid-credentials").await;
    let manager = Browser::managing(&world, "pat").await;
    read::<Connection>(manager.refresh(&linked).await, 200).await;
    let broken = follow(&manager, &manager.now(&linked).await).await;
    assert_eq!(problem_of(&broken), CredentialProblem::Incorrect);
    fails("verify-credentials", "service-unavailable").await;
    let later = follow(&manager, &manager.sign_in_as(&broken, GOOD).await).await;
    let Next::Later { reason, retries_itself } = later.next else { panic!("{later:?}") };
    assert_eq!((reason, retries_itself), (LaterReason::InstitutionUnavailable, true));
    assert_eq!(manager.list().await.remove(0).refresh, None, "there is nothing to ask for");
    let tried = world.count_basiq(BasiqEventKind::LoginTried);
    world.later(SignedDuration::from_hours(2));
    world.bank_goes_on(2 * 60 * 60 + 20);
    let mended = Browser::managing(&world, "pat").await.list().await.remove(0).connection;
    assert!(matches!(mended.next, Next::Linked { .. }), "{mended:?}");
    assert_eq!(world.count_basiq(BasiqEventKind::LoginTried), tried + 1);
    assert_eq!(made(&world).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_login_is_sent_beside_a_connection_that_works_by_open_banking() {
    let world = World::over_basiq("both").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect_at_the_bank("hooli").await;
    let visitor = Visitor::new(&world);
    let page = super::consent::at_open_banking(&world, &visitor, &browser, &connection).await;
    visitor.come_back(&page.fill(&world, "choice=agree").await).await;
    let done = follow(&browser, &browser.now(&connection).await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
    let form = browser.connect("hooli").await;
    let path = format!("/v1/connections/{}/credentials", form.id);
    let refused = browser.post(&path, Browser::login(&form, GOOD.0, GOOD.1)).await;
    assert_eq!(problem(refused).await.1, "provider_rejected");
    assert_eq!((made(&world).len(), world.count_basiq(BasiqEventKind::LoginTried)), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_or_late_answer_ends_the_try_and_another_can_be_made() {
    let world = World::over_basiq("credentials").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("pied+piper").await;
    let asked = follow(&browser, &browser.sign_in_as(&form, WITH_CODE).await).await;
    let wrong = follow(&browser, &browser.answer(&asked, "9999").await).await;
    assert!(matches!(wrong.next, Next::StartAgain {}), "{wrong:?}");
    let asked = follow(&browser, &browser.retry(&wrong).await).await;
    assert!(matches!(asked.next, Next::Challenges { .. }), "{asked:?}");
    world.bank_goes_on(180);
    let path = format!("/v1/connections/{}/answers", asked.id);
    let Next::Challenges { items, .. } = &asked.next else { panic!("{asked:?}") };
    let answer = json!({"revision": asked.revision, "answers": [{"id": items[0].id(), "value": "1234"}]});
    let response = browser.post(&path, answer).await;
    assert!(response.status().is_success(), "{}", response.status());
    let late = follow(&browser, &browser.now(&asked).await).await;
    assert!(matches!(late.next, Next::StartAgain {}), "{late:?}");
    let asked = follow(&browser, &browser.retry(&late).await).await;
    let done = follow(&browser, &browser.answer(&asked, "1234").await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
    assert_eq!((made(&world).len(), world.count_basiq(BasiqEventKind::RefreshStarted)), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_types_a_real_login_into_a_practice() {
    let world = World::over_basiq("credentials").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("hooli").await;
    let path = format!("/v1/connections/{}/credentials", form.id);
    for login in
        [("12345678", "hooli2016"), ("gavinBelson", "my own password"), ("practice-good", "practice")]
    {
        let body = Browser::login(&form, login.0, login.1);
        let refused = problem(browser.post(&path, body).await).await.1;
        assert!(refused.ends_with("not_a_practice_login"), "{login:?}: {refused}");
    }
    assert_eq!(world.count_basiq(BasiqEventKind::LoginTried), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_that_has_a_caption_is_asked_for_and_sent() {
    let world = World::over_basiq("credentials").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("four+fields").await;
    let Next::Credentials { fields, .. } = &form.next else { panic!("{form:?}") };
    let values = [GOOD.0, GOOD.1, "9876", "112233"];
    assert_eq!(fields.len(), values.len(), "{fields:?}");
    let fields: Vec<_> =
        fields.iter().zip(values).map(|(field, value)| json!({"id": field.id, "value": value})).collect();
    let path = format!("/v1/connections/{}/credentials", form.id);
    let body = json!({"revision": form.revision, "fields": fields});
    let waiting: Connection = read(browser.post(&path, body).await, 200).await;
    let done = follow(&browser, &waiting).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_stands_for_a_login_where_the_bank_wants_one() {
    let world = World::over_basiq("credentials").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let form = browser.connect("user+token").await;
    let Next::Credentials { fields, .. } = &form.next else { panic!("{form:?}") };
    assert_eq!(fields.len(), 1, "{fields:?}");
    let path = format!("/v1/connections/{}/credentials", form.id);
    let body = json!({"revision": form.revision,
        "fields": [{"id": fields[0].id, "value": "practice-user-token"}]});
    let waiting: Connection = read(browser.post(&path, body).await, 200).await;
    let done = follow(&browser, &waiting).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_login_once_more_waits_for_six_minutes() {
    let world = World::over_basiq("credentials").await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let first = browser.connect("hooli").await;
    follow(&browser, &browser.sign_in_as(&first, GOOD).await).await;
    let second = browser.connect("hooli").await;
    let mut waiting = browser.sign_in_as(&second, GOOD).await;
    for _ in 0..5 {
        world.bank_goes_on(60);
        waiting = browser.poll(&waiting, 1).await;
        assert!(matches!(waiting.next, Next::Wait { stage: Stage::SigningIn, .. }), "{waiting:?}");
    }
    world.bank_goes_on(60);
    let done = follow(&browser, &waiting).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
}

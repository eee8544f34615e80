//! Nothing happens before the person has agreed, and the client gets what was agreed to.

use super::browser::Browser;
use super::world::{ACORN, ORIGIN, World, problem, read};
use jiff::SignedDuration;
use linchpin_protocol::{DataKind, LinkStatus, LinkToken, Session, Verification};
use reqwest::Method;
use serde_json::{Value, json};

async fn link(world: &World, purpose: &str, consent: Value) -> LinkToken {
    let wish = json!({"user_id": "pat", "origin": ORIGIN, "purpose": purpose, "consent": consent});
    read(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_asked_before_the_person_has_agreed() {
    let world = World::new().await;
    let browser = Browser::before_consent(&world, &world.link("pat", "verify").await).await;
    for path in ["/v1/institutions?query=x", "/v1/institutions/ins_1", "/v1/connections/con_1"] {
        assert_eq!(problem(browser.get(path).await).await.1, "consent_required", "{path}");
    }
    let body = json!({"institution_id": "ins_1", "method": "credentials"});
    assert_eq!(problem(browser.post("/v1/connections", body).await).await.1, "consent_required");
    let stale = browser.post("/v1/sessions/consent", json!({"version": "2.0123456789abcdef"})).await;
    assert_eq!(problem(stale).await.1, "wrong_step", "other words than those that were shown");
    assert_eq!(problem(browser.get("/v1/institutions").await).await.1, "consent_required");
    browser.agree().await;
    browser.agree().await;
    browser.search("chase").await;
    let session: Session = read(browser.get("/v1/sessions/current").await, 200).await;
    assert_eq!(session.consent, None, "asked once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_agreed_to_is_on_record_and_stays_after_the_session() {
    let world = World::with_clock().await;
    let until = world.clock_at(SignedDuration::from_hours(24 * 300));
    let terms = json!({"data": ["account_numbers"], "reason": "To pay you back.", "until": until});
    let token = link(&world, "verify", terms).await;
    let browser = Browser::before_consent(&world, &token).await;
    let asked = browser.session.consent.clone().expect("the widget asks");
    assert_eq!(
        asked.data,
        [DataKind::Accounts, DataKind::AccountNumbers],
        "names of accounts are always told"
    );
    let path = format!("/v1/link-tokens/{}", token.link_id);
    let status =
        async || read::<LinkStatus>(world.client(ACORN, Method::GET, &path, Value::Null).await, 200).await;
    assert_eq!(status().await.consent, None);
    let given_at = world.clock_at(SignedDuration::ZERO);
    browser.agree().await;
    world.later(SignedDuration::from_mins(1));
    browser.agree().await;
    assert_eq!(world.client(ACORN, Method::DELETE, &path, Value::Null).await.status(), 204);
    let given = status().await.consent.expect("on record after the end");
    assert_eq!(given.consent, asked);
    assert_eq!(given.given_at.as_str(), given_at, "the first time counts");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_in_which_the_terms_were_shown_is_on_record() {
    let world = World::new().await;
    for (asked, accepted, expected) in [
        (json!("es-MX"), "fr", "es"),
        (json!("system"), "ar-EG, en;q=0.5", "ar"),
        (json!(null), "de, fr;q=0.5", "fr"),
        (json!("sv"), "fr", "en"),
    ] {
        let wish = json!({"user_id": "pat", "origin": ORIGIN, "language": asked});
        let token: LinkToken =
            read(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await;
        let browser = Browser::before_consent(&world, &token).await;
        let version = browser.session.consent.clone().expect("the widget asks").version;
        let agrees = world.request(Method::POST, "/v1/sessions/consent").bearer_auth(browser.token.expose());
        let agrees = agrees.header("idempotency-key", "agree").header("accept-language", accepted);
        assert_eq!(agrees.json(&json!({"version": version})).send().await.unwrap().status(), 204);
        let path = format!("/v1/link-tokens/{}", token.link_id);
        let status: LinkStatus = read(world.client(ACORN, Method::GET, &path, Value::Null).await, 200).await;
        let given = status.consent.expect("on record");
        assert_eq!(given.language.as_deref(), Some(expected), "{asked} {accepted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_asked_itself_is_not_asked_for_again() {
    let world = World::new().await;
    let token = link(&world, "verify", json!({"asked_by": "client"})).await;
    let browser = Browser::before_consent(&world, &token).await;
    assert_eq!(browser.session.consent, None);
    browser.search("chase").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_gets_what_was_agreed_to_and_no_more() {
    let world = World::new().await;
    for (purpose, data, number, balance, owner) in [
        ("verify", json!(null), true, false, true),
        ("both", json!(null), true, true, true),
        ("both", json!(["balances"]), false, true, false),
        ("both", json!(["account_numbers"]), true, false, false),
    ] {
        let terms = if data.is_null() { json!({}) } else { json!({"data": data}) };
        let user = format!("user-{purpose}-{}", terms.to_string().len());
        let wish = json!({"user_id": user, "origin": ORIGIN, "purpose": purpose, "consent": terms});
        let token = read(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await;
        let browser = Browser::with(&world, &token).await;
        let connection = browser.link_all_the_way("harbour").await;
        let path = format!("/v1/connections/{}/verification", connection.id);
        let result: Verification =
            read(world.client(ACORN, Method::GET, &path, Value::Null).await, 200).await;
        let account = &result.accounts[0];
        assert_eq!(account.account_number.is_some(), number, "number, {purpose} {data}");
        assert_eq!(account.routing.is_some(), number, "routing, {purpose} {data}");
        assert_eq!(account.present_balance.is_some(), balance, "balance, {purpose} {data}");
        assert_eq!(account.owner_names.is_some(), owner, "owner, {purpose} {data}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_that_cannot_be_asked_are_refused_by_name() {
    let world = World::new().await;
    for (terms, expected) in [
        (json!({"data": []}), "invalid_input consent.data empty"),
        (json!({"data": ["accounts", "balances"]}), "invalid_input consent.data.1 not_offered"),
        (json!({"data": ["soul"]}), "invalid_input consent.data.0 not_offered"),
        (json!({"reason": " "}), "invalid_input consent.reason empty"),
        (json!({"reason": "x".repeat(201)}), "invalid_input consent.reason too_long"),
        (json!({"reason": "two\nlines"}), "invalid_input consent.reason malformed"),
        (json!({"until": "soon"}), "invalid_input consent.until malformed"),
        (json!({"until": "2020-01-01T00:00:00Z"}), "invalid_input consent.until not_offered"),
        (json!({"until": "2099-01-01T00:00:00Z"}), "invalid_input consent.until not_offered"),
        (json!({"revoke_url": "javascript:alert(1)"}), "invalid_input consent.revoke_url malformed"),
        (json!({"revoke_url": "http://acorn.example/revoke"}), "invalid_input consent.revoke_url malformed"),
        (json!({"asked_by": "nobody"}), "invalid_input consent.asked_by malformed"),
        (json!({"colour": "red"}), "invalid_input consent.colour malformed"),
    ] {
        let wish = json!({"user_id": "pat", "origin": ORIGIN, "purpose": "verify", "consent": terms});
        let response = world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await;
        assert_eq!(problem(response).await.1, expected, "{terms}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_terms_have_another_version() {
    let world = World::new().await;
    let mut versions = std::collections::HashSet::new();
    for terms in [
        json!({}),
        json!({"data": ["accounts"]}),
        json!({"reason": "To pay you back."}),
        json!({"reason": "To bill you."}),
        json!({"revoke_url": "https://acorn.example/revoke"}),
    ] {
        let browser = Browser::before_consent(&world, &link(&world, "verify", terms).await).await;
        let version = browser.session.consent.expect("the widget asks").version;
        assert!(version.starts_with("2."), "begins with the version of the words: {version}");
        assert!(versions.insert(version), "two different texts under one version");
    }
}

//! What may be typed where the client's own page sees it.

use super::bank_login::visitor::Visitor;
use super::browser::Browser;
use super::surfaces::in_a_page;
use super::world::{ACORN, ORIGIN, World, problem, read};
use linchpin_protocol::{InstitutionDetail, Method as Way, Next};
use linchpin_sandbox::EventKind;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What carries a login or an answer, and is closed in a page unless its client has asked for it.
const LOGINS: [&str; 2] = ["POST /v1/connections/{id}/answers", "POST /v1/connections/{id}/credentials"];
/// What carries another secret of the person's, and is open everywhere: the number of an account.
const OTHER_SECRETS: [&str; 2] = ["POST /v1/deposits", "POST /v1/deposits/{id}/correct"];

/// Whether a description comes to a type that holds a secret.
fn holds_a_secret(document: &Value, described: &Value) -> bool {
    match described {
        Value::Object(members) => members.iter().any(|(name, value)| match value.as_str() {
            Some(place) if name == "$ref" => {
                place.ends_with("/Secret")
                    || holds_a_secret(document, document.pointer(place.trim_start_matches('#')).unwrap())
            }
            _ => holds_a_secret(document, value),
        }),
        Value::Array(items) => items.iter().any(|item| holds_a_secret(document, item)),
        _ => false,
    }
}

#[test]
fn every_call_of_a_session_that_carries_a_secret_is_said_to_be_open_or_closed_in_a_page() {
    let document = linchpin_proxy::document();
    let mut carry = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let of_session = operation["security"] == json!([{"session": []}]);
            if of_session && holds_a_secret(&document, &operation["requestBody"]) {
                carry.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    let said = LOGINS.iter().chain(&OTHER_SECRETS).map(|call| (*call).to_owned());
    assert_eq!(carry, said.collect(), "a new call that carries a secret has to be in one of the lists");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_page_no_login_and_no_answer_is_taken() {
    let world = World::new().await;
    let framed = Browser::open(&world, "pat", "aggregate").await;
    let form = framed.connect("harbour").await;
    for mode in ["link", "manage"] {
        let page = in_a_page(&world, json!({"mode": mode, "purpose": "aggregate"})).await;
        for call in LOGINS {
            let path = call.trim_start_matches("POST ").replace("{id}", form.id.as_str());
            let refused = page.post(&path, Browser::login(&form, "practice-good", "practice")).await;
            let (status, code) = problem(refused).await;
            assert_eq!((status.as_u16(), code.as_str()), (403, "forbidden_in_mode"), "{call} in {mode}");
        }
    }
    assert_eq!(world.count(EventKind::LoginTried), 0);
    let page = in_a_page(&world, json!({"mode": "manage", "purpose": "aggregate"})).await;
    let listed: Vec<Next> = page.list().await.into_iter().map(|managed| managed.connection.next).collect();
    let asks = listed.iter().any(|next| matches!(next, Next::Credentials { .. } | Next::Challenges { .. }));
    assert!(!asks, "no form is shown there: {listed:?}");
    assert!(matches!(page.now(&form).await.next, Next::Failed { .. }), "nor asked for by its id");
    assert!(matches!(framed.now(&form).await.next, Next::Credentials { .. }), "nothing has moved");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_page_a_bank_that_takes_typed_logins_only_has_no_way() {
    let world = World::new().await;
    let page = in_a_page(&world, json!({"purpose": "aggregate"})).await;
    for (bank, methods, way) in [
        ("harbour", vec![], "none"),
        ("own+page+bank", vec![Way::BankLogin], "instant"),
        ("both+ways+bank", vec![Way::BankLogin], "instant"),
    ] {
        let listed = page.search(bank).await.institutions.remove(0);
        assert_eq!(serde_json::to_value(listed.way).unwrap(), way, "{bank}");
        let path = format!("/v1/institutions/{}", listed.id);
        let detail: InstitutionDetail = read(page.get(&path).await, 200).await;
        assert_eq!((detail.methods, detail.fields.len()), (methods, 0), "{bank}");
        let wish = json!({"institution_id": listed.id, "method": "credentials"});
        let refused = page.post("/v1/connections", wish).await;
        assert_eq!(problem(refused).await.1, "invalid_input method not_offered", "{bank}");
    }
    let there = page.connect_at_the_bank("own+page+bank").await;
    let ticket = page.ticket(&there).await;
    assert!(ticket.starts_with(&format!("{}/go/p_", world.base)), "the bank's own page is gone to: {ticket}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_page_nothing_is_offered_to_be_gone_on_with_that_waits_for_a_login() {
    let world = World::new().await;
    let framed = Browser::open(&world, "pat", "aggregate").await;
    let form = framed.connect("harbour").await;
    framed.follow(&framed.sign_in(&form, "practice-question").await).await;
    let there = framed.connect_at_the_bank("own+page+bank").await;
    Visitor::new(&world).go(&framed.ticket(&there).await).await;
    let page = in_a_page(&world, json!({"purpose": "aggregate"})).await;
    let offered = serde_json::to_value(&page.session.unfinished).unwrap();
    let offered: Vec<&str> =
        offered.as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(offered, [there.id.as_str()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_only_a_typed_login_repairs_is_not_repaired_in_a_page() {
    let world = World::new().await;
    let framed = Browser::open(&world, "pat", "aggregate").await;
    let (typed, moved) =
        (framed.link_all_the_way("harbour").await, framed.link_all_the_way("both+ways+bank").await);
    let mint = async |id: &str, surface: &str| {
        let wish = json!({"user_id": "pat", "origin": ORIGIN, "surface": surface, "mode": "repair",
            "connection_id": id});
        world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await
    };
    let refused = mint(typed.id.as_str(), "element").await;
    assert_eq!(problem(refused).await.1, "invalid_input surface not_offered");
    assert_eq!(mint(typed.id.as_str(), "frame").await.status(), 201);
    assert_eq!(mint(moved.id.as_str(), "element").await.status(), 201, "the bank has a page of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_asked_for_it_takes_logins_in_its_page() {
    let world = World::with_settings(&[("CLIENTS__ACORN__IN_PAGE_CREDENTIALS", "true")], &[]).await;
    let page = in_a_page(&world, json!({"purpose": "verify"})).await;
    let path = format!("/widget/element?link={}", page.session.link_id);
    let told = world.request(Method::GET, &path).header("origin", ORIGIN).send().await.unwrap();
    let told: Value = read(told, 200).await;
    assert_eq!(told["in_page_credentials"], true);
    let form = page.connect("harbour").await;
    let waiting = page.sign_in(&form, "practice-question").await;
    let asked = page.follow(&waiting).await;
    let waiting = page.answer(&asked, "rex").await;
    let linked = page.choose(&page.follow(&waiting).await).await;
    assert!(matches!(linked.next, Next::Linked { .. }), "{linked:?}");
}

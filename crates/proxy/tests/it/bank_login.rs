//! Sign-in on the bank's own page: there, back, and every way in which that goes wrong.

mod returns;
mod tickets;
pub(crate) mod visitor;

use crate::browser::Browser;
use crate::world::{World, read};
use linchpin_protocol::{
    AuthorizeProblem, Connection, ConnectionMethod, InstitutionDetail, Method, Next, Unfinished,
};
use linchpin_sandbox::EventKind;
use serde_json::json;
use visitor::Visitor;

/// What is shown of a visit: what became of the last one, and whether somebody is there.
fn seen(connection: &Connection) -> (AuthorizeProblem, bool) {
    match &connection.next {
        Next::Authorize { problem, opened, .. } => (*problem, *opened),
        other => panic!("not a visit: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_at_the_bank_and_comes_back_linked() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let bank = browser.search("own+page+bank").await.institutions.remove(0);
    let detail: InstitutionDetail =
        read(browser.get(&format!("/v1/institutions/{}", bank.id)).await, 200).await;
    assert_eq!((detail.methods, detail.fields.len()), (vec![Method::BankLogin], 0), "there is no form");

    let connection = browser.connect_at_the_bank("own+page+bank").await;
    assert_eq!(connection.method, ConnectionMethod::BankLogin);
    assert_eq!(seen(&connection), (AuthorizeProblem::None, false));
    let visitor = Visitor::new(&world);
    let ticket = browser.ticket(&connection).await;
    assert!(ticket.starts_with(&format!("{}/go/", world.base)), "{ticket}");
    assert_eq!(browser.now(&connection).await, connection, "a ticket moves nothing");
    assert_eq!(world.count(EventKind::ConnectionCreated), 0, "nor does it make anything upstream");

    let (there, opened) = tokio::join!(visitor.go(&ticket), browser.poll(&connection, 20));
    assert_eq!(seen(&opened), (AuthorizeProblem::None, true), "the widget learns of it");
    assert!(opened.revision > connection.revision);
    let Next::Authorize { host: Some(host), .. } = &opened.next else { panic!("{opened:?}") };
    assert!(there.contains(host.as_str()), "the host is told: {host} of {there}");

    let back = visitor.decide(&there, "yes").await;
    let (page, waiting) = tokio::join!(visitor.come_back(&back), browser.poll(&opened, 20));
    assert_eq!(page.status, 200);
    assert!(page.text.contains("go back to Acorn &quot;Budget&quot; &amp; Co"), "{}", page.text);
    assert!(!page.text.contains("<script"), "{}", page.text);
    let choose = browser.follow(&waiting).await;
    assert!(matches!(choose.next, Next::ChooseAccounts { .. }), "{choose:?}");
    let linked = browser.choose(&choose).await;
    assert_eq!(linked.method, ConnectionMethod::BankLogin);
    let token = browser.public_token(&linked).await;
    let body = json!({"public_token": token.public_token.expose()});
    let result = world.client(crate::world::ACORN, reqwest::Method::POST, "/v1/public-tokens/exchange", body);
    assert_eq!(result.await.status(), 200);
    assert_eq!(world.count(EventKind::ConnectionCreated), 1);
    assert_eq!(world.count(EventKind::SyncStarted), 1, "one visit, one sync");
    assert_eq!(world.count(EventKind::LoginTried), 0, "no login went through here");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_at_the_bank_may_go_again() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect_at_the_bank("own+page+bank").await;
    let visitor = Visitor::new(&world);
    let there = visitor.go(&browser.ticket(&connection).await).await;
    let opened = browser.now(&connection).await;
    let back = visitor.decide(&there, "no").await;
    let page = visitor.come_back(&back).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Nothing was linked"), "{}", page.text);
    let denied = browser.poll(&opened, 20).await;
    assert_eq!(seen(&denied), (AuthorizeProblem::Denied, false));
    assert_eq!(world.count(EventKind::SyncStarted), 0, "nothing was allowed, so nothing is read");

    let again = visitor.sign_in_at_the_bank(&browser, &denied).await;
    let done = browser.follow(&again).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
    assert_eq!(world.count(EventKind::ConnectionCreated), 1, "one connection, however many visits");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_takes_both_is_linked_either_way() {
    let world = World::new().await;
    for method in ["credentials", "bank_login"] {
        let browser = Browser::open(&world, method, "aggregate").await;
        let bank = browser.search("both+ways+bank").await.institutions.remove(0);
        let detail: InstitutionDetail =
            read(browser.get(&format!("/v1/institutions/{}", bank.id)).await, 200).await;
        assert_eq!(detail.methods, [Method::BankLogin, Method::Credentials], "the bank's own page first");
        assert_eq!(detail.fields.len(), 2);
        let begun = if method == "credentials" {
            let form = browser.connect("both+ways+bank").await;
            browser.sign_in(&form, "practice-good").await
        } else {
            let there = browser.connect_at_the_bank("both+ways+bank").await;
            Visitor::new(&world).sign_in_at_the_bank(&browser, &there).await
        };
        let done = browser.follow(&begun).await;
        assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{method}: {done:?}");
    }
    assert_eq!(world.count(EventKind::LoginTried), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_way_that_a_bank_offers_can_be_taken() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    for (bank, method) in [("harbour", "bank_login"), ("own+page+bank", "credentials"), ("harbour", "odd")] {
        let id = browser.search(bank).await.institutions.remove(0).id;
        let body = json!({"institution_id": id, "method": method});
        let refused = crate::world::problem(browser.post("/v1/connections", body).await).await.1;
        assert_eq!(refused, "invalid_input method not_offered", "{bank} by {method}");
    }
    let form = browser.connect("harbour").await;
    for part in ["authorize", "abandon"] {
        let path = format!("/v1/connections/{}/{part}", form.id);
        let body = json!({"revision": form.revision});
        assert_eq!(crate::world::problem(browser.post(&path, body).await).await.1, "wrong_step", "{part}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_login_that_has_moved_to_the_banks_own_page_is_repaired_there() {
    let world = World::new().await;
    let first = Browser::open(&world, "pat", "verify").await;
    let linked = first.link_all_the_way("moved+bank").await;
    assert_eq!(linked.method, ConnectionMethod::Credentials);
    world.bank_goes_on(25 * 60 * 60);

    let wish = json!({"user_id": "pat", "origin": crate::world::ORIGIN, "mode": "repair",
        "connection_id": linked.id});
    let link =
        read(world.client(crate::world::ACORN, reqwest::Method::POST, "/v1/link-tokens", wish).await, 201)
            .await;
    let repair = Browser::with(&world, &link).await;
    let Some(Unfinished::Connection { connection: broken }) = repair.session.unfinished.first() else {
        panic!("{:?}", repair.session.unfinished)
    };
    assert_eq!(broken.method, ConnectionMethod::BankLogin, "the method changes with the bank");
    assert_eq!(seen(broken), (AuthorizeProblem::None, false));
    let visitor = Visitor::new(&world);
    let done = repair.follow(&visitor.sign_in_at_the_bank(&repair, broken).await).await;
    assert!(matches!(&done.next, Next::Linked { accounts } if accounts.len() == 1), "{done:?}");
    assert_eq!(done.method, ConnectionMethod::BankLogin);
    assert_eq!(world.count(EventKind::ConnectionCreated), 1, "it is the same connection");
}

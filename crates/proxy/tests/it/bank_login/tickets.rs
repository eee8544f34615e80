//! Tickets: good once, for five minutes, for whoever asked for them.

use super::seen;
use super::visitor::Visitor;
use crate::browser::Browser;
use crate::world::{ACORN, ORIGIN, REDIRECT, World, problem, read};
use jiff::SignedDuration;
use linchpin_protocol::{AuthorizeProblem, AuthorizeTicket, LinkToken};
use linchpin_sandbox::EventKind;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_leads_to_the_bank_once() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let connection = browser.connect_at_the_bank("own+page+bank").await;
    let ticket = browser.ticket(&connection).await;
    let (one, two) = (Visitor::new(&world), Visitor::new(&world));
    let pages = tokio::join!(one.open(&ticket, &[]), two.open(&ticket, &[]));
    let mut statuses = [pages.0.status, pages.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410], "of two at the same time one gets there");
    let third = one.open(&ticket, &[]).await;
    assert_eq!(third.status, 410);
    assert!(third.text.contains("open it again"), "it says what to do: {}", third.text);
    assert_eq!(world.count(EventKind::ConnectionCreated), 1);
    assert_eq!(world.count(EventKind::ConsentAsked), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_ticket_makes_the_old_one_void() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let connection = browser.connect_at_the_bank("own+page+bank").await;
    let path = format!("/v1/connections/{}/authorize", connection.id);
    let body = json!({"revision": connection.revision});
    let first: AuthorizeTicket = read(browser.post_with(&path, body.clone(), "same").await, 200).await;
    let again: AuthorizeTicket = read(browser.post_with(&path, body, "same").await, 200).await;
    assert_ne!(first.url.expose(), again.url.expose(), "only a hash was kept, so the same act gets another");
    let visitor = Visitor::new(&world);
    assert_eq!(visitor.open(first.url.expose(), &[]).await.status, 410);
    visitor.go(again.url.expose()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_too_late_is_told_so_there_and_in_the_widget() {
    let world = World::with_clock().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let connection = browser.connect_at_the_bank("own+page+bank").await;
    let ticket = browser.ticket(&connection).await;
    world.later(SignedDuration::from_secs(301));
    assert_eq!(seen(&browser.now(&connection).await), (AuthorizeProblem::None, false), "nobody was late yet");
    let visitor = Visitor::new(&world);
    let page = visitor.open(&ticket, &[]).await;
    assert_eq!(page.status, 410);
    assert!(page.text.contains("too long"), "{}", page.text);
    let late = browser.now(&connection).await;
    assert_eq!(seen(&late), (AuthorizeProblem::Expired, false));
    assert!(late.revision > connection.revision);
    visitor.go(&browser.ticket(&late).await).await;
    assert_eq!(seen(&browser.now(&connection).await), (AuthorizeProblem::None, true), "a fresh one does");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_of_a_step_that_is_over_or_of_a_session_that_has_ended_leads_nowhere() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "aggregate").await;
    let connection = browser.connect_at_the_bank("own+page+bank").await;
    let visitor = Visitor::new(&world);
    let there = visitor.go(&browser.ticket(&connection).await).await;
    let opened = browser.now(&connection).await;
    let late = browser.ticket(&opened).await;
    visitor.come_back(&visitor.decide(&there, "yes").await).await;
    assert_eq!(visitor.open(&late, &[]).await.status, 410, "it goes on already");

    let other = browser.connect_at_the_bank("slow+page+bank").await;
    let ticket = browser.ticket(&other).await;
    let end = world.request(Method::DELETE, "/v1/sessions/current").bearer_auth(browser.token.expose());
    assert_eq!(end.header("idempotency-key", "end").send().await.unwrap().status(), 204);
    assert_eq!(visitor.open(&ticket, &[]).await.status, 410, "nobody waits for it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_ticket_is_a_guess_and_guesses_are_counted() {
    let world = World::limited(&[("FAILURES_PER_MINUTE", "3")]).await;
    let visitor = Visitor::new(&world);
    for _ in 0..4 {
        let page = visitor.open(&format!("{}/go/w_{}", world.base, "0".repeat(64)), &[]).await;
        assert_eq!(page.status, 404);
    }
    assert_eq!(visitor.open(&format!("{}/healthz", world.base), &[]).await.status, 429, "shut out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_passed_on_or_is_only_prefetched_is_not_followed() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let connection = browser.connect_at_the_bank("own+page+bank").await;
    let ticket = browser.ticket(&connection).await;
    let visitor = Visitor::new(&world);
    for about in [
        ("sec-fetch-site", "none"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-dest", "iframe"),
        ("sec-purpose", "prefetch"),
    ] {
        let page = visitor.open(&ticket, &[about]).await;
        assert_eq!((page.status, page.to), (400, None), "{about:?}");
    }
    assert_eq!(Visitor::raw().head(&ticket).send().await.unwrap().status(), 405, "only asked about");
    visitor.go(&ticket).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_page_that_the_client_has_registered_can_be_come_back_to() {
    let world = World::new().await;
    for bad in [
        "http://localhost:4100/return",
        "http://localhost:4100/return?from=bank&",
        "http://localhost:4100/return?from=bank#x",
        "HTTP://localhost:4100/return?from=bank",
        "http://evil.example/return?from=bank",
        "",
    ] {
        let mut wish = World::wish("pat", "verify");
        wish["redirect_uri"] = json!(bad);
        let refused = world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await;
        assert_eq!(problem(refused).await.1, "invalid_input redirect_uri not_offered", "{bad:?}");
    }
    let plain = Browser::open(&world, "pat", "verify").await;
    assert!(!plain.session.can_redirect, "none was named");
    let connection = plain.connect_at_the_bank("own+page+bank").await;
    let path = format!("/v1/connections/{}/authorize", connection.id);
    let body = json!({"revision": connection.revision, "in_place": true});
    assert_eq!(problem(plain.post(&path, body).await).await.1, "invalid_input in_place not_offered");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_place_the_person_comes_back_to_the_clients_own_page() {
    let world = World::new().await;
    let wish = json!({"user_id": "pat", "origin": ORIGIN, "purpose": "aggregate", "redirect_uri": REDIRECT});
    let link: LinkToken = read(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await;
    let browser = Browser::with(&world, &link).await;
    assert!(browser.session.can_redirect);
    let expected = format!("content=\"0;url={REDIRECT}&amp;linchpin={}\">", browser.session.link_id);
    for (decision, problem) in [("no", Some(AuthorizeProblem::Denied)), ("yes", None)] {
        let connection = browser.connect_at_the_bank("own+page+bank").await;
        let path = format!("/v1/connections/{}/authorize", connection.id);
        let body = json!({"revision": connection.revision, "in_place": true});
        let ticket: AuthorizeTicket = read(browser.post(&path, body).await, 200).await;
        let visitor = Visitor::new(&world);
        // The client's page goes there, and that is another site.
        let about = [("sec-fetch-site", "cross-site"), ("sec-fetch-dest", "document")];
        let typed = visitor.open(ticket.url.expose(), &[("sec-fetch-site", "none")]).await;
        assert_eq!(typed.status, 400, "a link that was passed on");
        let there = visitor.open(ticket.url.expose(), &about).await.to.unwrap();
        let page = visitor.come_back(&visitor.decide(&there, decision).await).await;
        // Not by a redirect: the policy of the bank's form would hold for that too.
        assert_eq!((page.status, page.to), (200, None), "{decision}");
        assert!(page.text.contains(&expected), "{decision}: {}", page.text);
        let now = browser.now(&connection).await;
        match problem {
            Some(problem) => assert_eq!(seen(&now), (problem, false)),
            None => {
                let done = browser.follow(&now).await;
                assert!(matches!(done.next, linchpin_protocol::Next::ChooseAccounts { .. }), "{done:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_connection_gets_no_ticket() {
    let world = World::new().await;
    let owner = Browser::open(&world, "pat", "verify").await;
    let connection = owner.connect_at_the_bank("own+page+bank").await;
    let stranger = Browser::open(&world, "kim", "verify").await;
    for part in ["authorize", "abandon"] {
        let path = format!("/v1/connections/{}/{part}", connection.id);
        let body: Value = json!({"revision": connection.revision});
        assert_eq!(problem(stranger.post(&path, body).await).await.1, "not_found", "{part}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_tls_the_cookie_is_one_that_no_other_host_can_set() {
    let world = World::with_settings(&[("PUBLIC_URL", "https://link.example")], &[]).await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let connection = browser.connect_at_the_bank("own+page+bank").await;
    let ticket = browser.ticket(&connection).await.replace("https://link.example", &world.base);
    let response = Visitor::raw().get(&ticket).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-linchpin-") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(!cookie.contains("Domain"), "{cookie}");
}

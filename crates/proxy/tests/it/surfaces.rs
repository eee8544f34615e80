//! Where the widget stands: in a frame, as an element of the client's page, or by itself in a web view.

use super::bank_login::visitor::Visitor;
use super::browser::{Browser, exchange, exchange_from};
use super::world::{ACORN, ORIGIN, REDIRECT, World, key, problem, read};
use linchpin_protocol::{AuthorizeTicket, LinkToken, Next, OpenedSession};
use reqwest::Method;
use serde_json::{Value, json};

pub(crate) async fn mint(world: &World, wish: Value) -> LinkToken {
    read(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await
}

/// A session in a web view of the client's app; the person agrees to what is asked.
async fn in_a_web_view(world: &World) -> Browser<'_> {
    let link = mint(world, json!({"user_id": "pat", "surface": "web_view", "purpose": "aggregate"})).await;
    let opened: OpenedSession = read(exchange(world, &link, &world.base, &key()).await, 201).await;
    let browser = Browser { world, token: opened.token, session: opened.session, page: None };
    browser.agree().await;
    browser
}

/// A session of an element in the client's page; the person agrees to what is asked. `wish`: what else the link is for.
pub(crate) async fn in_a_page<'a>(world: &'a World, wish: Value) -> Browser<'a> {
    let mut body = json!({"user_id": "pat", "surface": "element", "origin": ORIGIN});
    body.as_object_mut().unwrap().extend(wish.as_object().unwrap().clone());
    let link = mint(world, body).await;
    let opened: OpenedSession =
        read(exchange_from(world, &link, ORIGIN, &key(), Some(ORIGIN)).await, 201).await;
    let browser = Browser { world, token: opened.token, session: opened.session, page: Some(ORIGIN) };
    browser.agree().await;
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_a_page_names_its_origin_and_what_stands_by_itself_has_none() {
    let world = World::new().await;
    for (wish, expected) in [
        (json!({}), "invalid_input origin missing"),
        (json!({"surface": "frame"}), "invalid_input origin missing"),
        (json!({"surface": "element"}), "invalid_input origin missing"),
        (json!({"surface": "element", "origin": "https://evil.example"}), "origin_not_allowed"),
        (json!({"surface": "element", "origin": "app.example"}), "invalid_input origin malformed"),
        (json!({"surface": "web_view", "origin": ORIGIN}), "invalid_input origin not_offered"),
        (json!({"surface": "web_view", "origin": world.base}), "invalid_input origin not_offered"),
        (json!({"surface": "window", "origin": ORIGIN}), "invalid_input surface malformed"),
        (json!({"surface": "web_view", "redirect_uri": REDIRECT}), "invalid_input redirect_uri not_offered"),
        (
            json!({"surface": "element", "origin": ORIGIN, "redirect_uri": REDIRECT}),
            "invalid_input redirect_uri not_offered",
        ),
    ] {
        let mut body = json!({"user_id": "pat"});
        body.as_object_mut().unwrap().extend(wish.as_object().unwrap().clone());
        let response = world.client(ACORN, Method::POST, "/v1/link-tokens", body).await;
        assert_eq!(problem(response).await.1, expected, "{wish}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_surface_gets_its_own_page_and_no_other() {
    let world = World::new().await;
    for (surface, origin, status, ancestors) in [
        ("frame", Some(ORIGIN), 200, ORIGIN),
        ("web_view", None, 200, "'none'"),
        ("element", Some(ORIGIN), 404, "'none'"),
    ] {
        let mut wish = json!({"user_id": "pat", "surface": surface});
        if let Some(origin) = origin {
            wish["origin"] = json!(origin);
        }
        let link = mint(&world, wish).await;
        let page = world.request(Method::GET, &format!("/widget?link={}", link.link_id));
        let page = page.send().await.unwrap();
        assert_eq!(page.status(), status, "{surface}");
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains(&format!("frame-ancestors {ancestors};")), "{surface}: {policy}");
        let text = page.text().await.unwrap();
        if status == 200 {
            let host = origin.unwrap_or(&world.base);
            assert!(text.contains(&format!(r#"data-surface="{surface}""#)), "{text:.200}");
            assert!(
                text.contains(&format!(r#"<meta name="linchpin-host" content="{host}">"#)),
                "{text:.900}"
            );
        } else {
            assert!(!text.contains("script"), "{surface}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_for_a_web_view_opens_from_the_widgets_own_page_only() {
    let world = World::new().await;
    let link = mint(&world, json!({"user_id": "pat", "surface": "web_view"})).await;
    let refused = exchange(&world, &link, ORIGIN, &key()).await;
    assert_eq!(problem(refused).await.1, "origin_not_allowed", "a client's page is not the widget's");
    let opened: OpenedSession = read(exchange(&world, &link, &world.base, &key()).await, 201).await;
    assert_eq!(opened.session.origin, world.base);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_web_view_the_person_comes_back_from_the_bank_to_the_widgets_own_page() {
    let world = World::new().await;
    let browser = in_a_web_view(&world).await;
    assert!(browser.session.can_redirect, "without any page of the client's");
    let connection = browser.connect_at_the_bank("own+page+bank").await;
    let path = format!("/v1/connections/{}/authorize", connection.id);
    let body = json!({"revision": connection.revision, "in_place": true});
    let ticket: AuthorizeTicket = read(browser.post(&path, body).await, 200).await;
    let visitor = Visitor::new(&world);
    let there = visitor.go(ticket.url.expose()).await;
    let page = visitor.come_back(&visitor.decide(&there, "yes").await).await;
    let back = format!("{}/widget?link={}", world.base, browser.session.link_id);
    assert_eq!(page.status, 200);
    assert!(page.text.contains(&format!("content=\"0;url={back}\">")), "{}", page.text);
    let widget = visitor.open(&back, &[("sec-fetch-dest", "document")]).await;
    assert!(widget.text.contains(r#"data-surface="web_view""#), "{}", widget.text);
    let done = browser.follow(&browser.now(&connection).await).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "{done:?}");
}

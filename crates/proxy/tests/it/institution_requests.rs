//! Institutions that people did not find, on their way to the client.

use super::browser::Browser;
use super::world::{ACORN, BIRCH, World, key, problem, read, until};
use jiff::SignedDuration;
use linchpin_protocol::{InstitutionRequests, LinkToken};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/v1/institution-requests";

/// Asks for an institution: the status, and the code of the problem if it is one.
async fn ask(browser: &Browser<'_>, text: &str) -> (u16, String) {
    let response = browser.post(PATH, json!({"text": text})).await;
    if response.status().is_success() {
        let status = response.status().as_u16();
        assert!(response.bytes().await.unwrap().is_empty(), "there is nothing to answer");
        return (status, String::new());
    }
    let (status, code) = problem(response).await;
    (status.as_u16(), code)
}

/// A page of what a client was asked for.
async fn page(world: &World, secret: &str, query: &str) -> InstitutionRequests {
    read(
        world.request(Method::GET, &format!("{PATH}?{query}")).bearer_auth(secret).send().await.unwrap(),
        200,
    )
    .await
}

/// The texts of the first page, newest first.
async fn texts(world: &World, secret: &str) -> Vec<String> {
    let page = page(world, secret, "").await;
    page.requests.into_iter().map(|request| request.text.as_str().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_did_not_find_reaches_their_company_without_the_numbers_they_typed() {
    let world = World::with_clock().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let typed = " Bank of\u{202e} Elm Street,\naccount 0012-3456-78 ";
    assert_eq!(ask(&browser, typed).await, (204, String::new()));
    let page = page(&world, ACORN, "").await;
    assert_eq!((page.requests.len(), page.next_cursor), (1, None));
    let request = &page.requests[0];
    assert_eq!(request.text.as_str(), "Bank of Elm Street, account ••••");
    assert_eq!((request.user_id.as_str(), &request.link_id), ("pat", &browser.session.link_id));
    assert_eq!(request.created_at.as_str(), world.clock_at(SignedDuration::ZERO));
    assert!(request.id.as_str().starts_with("irq_"), "{}", request.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_names_nothing_is_refused_by_name_and_any_other_is_kept_masked() {
    let world = World::new().await;
    let (longest, too_long) = ("é".repeat(200), "é".repeat(201));
    let huge = "Bank ".repeat(2_048);
    for (text, expected) in [
        ("", Err("empty")),
        (" \t\r\n\u{a0}", Err("empty")),
        ("\u{0}\u{200b}\u{202e}\u{feff}", Err("empty")),
        ("021000021", Err("malformed")),
        (" 1234 5678. ", Err("malformed")),
        (too_long.as_str(), Err("too_long")),
        (huge.as_str(), Err("too_long")),
        (longest.as_str(), Ok(longest.as_str())),
        ("🏦🏦", Ok("🏦🏦")),
        ("360", Ok("360")),
        ("<img src=x onerror=alert(1)> & 'Co\u{7}'", Ok("<img src=x onerror=alert(1)> & 'Co'")),
        ("١٢٣٤٥ بنك", Ok("•••• بنك")),
        ("Bank\u{0} 12\u{200b}34", Ok("Bank ••••")),
        ("'); DROP TABLE institution_request; --", Ok("'); DROP TABLE institution_request; --")),
    ] {
        // A session each: there is an end to what one may ask for.
        let browser = Browser::open(&world, "pat", "verify").await;
        let before = texts(&world, ACORN).await;
        let answer = ask(&browser, text).await;
        let after = texts(&world, ACORN).await;
        match expected {
            Ok(kept) => {
                assert_eq!(answer.0, 204, "{text:?}: {}", answer.1);
                assert_eq!(after.first().map(String::as_str), Some(kept), "{text:?}");
                assert_eq!(after[1..], before, "{text:?}");
            }
            Err(why) => {
                assert_eq!(answer, (422, format!("invalid_input text {why}")), "{text:?}");
                assert_eq!(after, before, "{text:?} was kept");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_none_is_refused_and_nothing_of_it_is_kept() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    for (body, expected) in [
        (&b"{\"text\":\"Elm"[..], "invalid_input text malformed"),
        (b"{\"text\":\"Elm \xff\xfe\"}", "invalid_input text malformed"),
        (b"{\"text\":[\"Elm\"]}", "invalid_input text malformed"),
        (b"{\"text\":\"Elm\",\"user_id\":\"kim\"}", "invalid_input user_id malformed"),
        (b"{}", "invalid_input text missing"),
        (b"\"Elm\"", "invalid_input  malformed"),
    ] {
        let request = world.request(Method::POST, PATH).bearer_auth(browser.token.expose());
        let request = request.header("idempotency-key", key()).header("content-type", "application/json");
        let (status, code) = problem(request.body(body).send().await.unwrap()).await;
        assert_eq!((status.as_u16(), code.as_str()), (422, expected), "{}", body.escape_ascii());
    }
    assert!(texts(&world, ACORN).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_opening_may_ask_five_times_and_a_refusal_uses_none() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let fifth = key();
    for number in 1..=5 {
        assert_eq!(ask(&browser, "4711").await.0, 422, "this is no name");
        let act = if number == 5 { fifth.clone() } else { key() };
        let asked = json!({"text": format!("Bank {number}")});
        assert_eq!(browser.post_with(PATH, asked, &act).await.status(), 204, "request {number}");
    }
    let refused = browser.post(PATH, json!({"text": "Bank 6"})).await;
    assert!(!refused.headers().contains_key("retry-after"), "there is nothing to wait for");
    let (status, code) = problem(refused).await;
    assert_eq!((status.as_u16(), code.as_str()), (429, "too_many_tries"));
    let again = browser.post_with(PATH, json!({"text": "Bank 5"}), &fifth).await;
    assert_eq!(again.status(), 204, "the fifth was kept, and is answered so again");
    assert_eq!(texts(&world, ACORN).await, ["Bank 5", "Bank 4", "Bank 3", "Bank 2", "Bank 1"]);
    let next = Browser::open(&world, "pat", "verify").await;
    assert_eq!(ask(&next, "Bank 6").await.0, 204, "another opening");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_no_part_of_an_act() {
    let world = World::new().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let act = key();
    for number in ["4711 0815", "98765"] {
        let asked = json!({"text": format!("Elm Street {number}")});
        let response = browser.post_with(PATH, asked, &act).await;
        assert_eq!(response.status(), 204, "no hash is made of a number, so another is the same act");
    }
    assert_eq!(texts(&world, ACORN).await, ["Elm Street ••••"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_comes_in_pages_newest_first_and_holds_the_clients_own() {
    let world = World::new().await;
    for number in 0..7 {
        let browser = Browser::open(&world, &format!("user-{number}"), "verify").await;
        assert_eq!(ask(&browser, &format!("Bank {number}")).await.0, 204);
    }
    let wish = json!({"user_id": "kim", "origin": "https://birch.example"});
    let link: LinkToken = read(world.client(BIRCH, Method::POST, "/v1/link-tokens", wish).await, 201).await;
    let body = json!({"link_token": link.link_token.expose(), "origin": "https://birch.example"});
    let request = world.request(Method::POST, "/v1/sessions").header("idempotency-key", key()).json(&body);
    let opened: linchpin_protocol::OpenedSession = read(request.send().await.unwrap(), 201).await;
    let other = Browser { world: &world, token: opened.token, session: opened.session, page: None };
    other.agree().await;
    assert_eq!(ask(&other, "Birch's").await.0, 204);

    let mut seen = Vec::new();
    let mut query = "limit=3".to_owned();
    for size in [3, 3, 1] {
        let page = page(&world, ACORN, &query).await;
        assert_eq!(page.requests.len(), size, "{query}");
        seen.extend(page.requests.iter().map(|request| request.text.as_str().to_owned()));
        // Somebody asks while the client reads: what follows stays what it was.
        let browser = Browser::open(&world, "sam", "verify").await;
        assert_eq!(ask(&browser, "In between").await.0, 204);
        assert_eq!(page.next_cursor.is_none(), size == 1, "the last page says that it is");
        query = format!("limit=3&cursor={}", page.next_cursor.unwrap_or_default());
    }
    assert_eq!(seen, ["Bank 6", "Bank 5", "Bank 4", "Bank 3", "Bank 2", "Bank 1", "Bank 0"]);
    let of_birch = page(&world, BIRCH, "").await;
    assert_eq!(of_birch.requests.len(), 1, "{of_birch:?}");
    let strange = format!("cursor={}", of_birch.requests[0].id);
    for (query, expected) in [
        ("limit=0", "invalid_input limit not_offered"),
        ("limit=101", "invalid_input limit not_offered"),
        ("limit=some", "invalid_input limit malformed"),
        ("cursor=", "invalid_input cursor malformed"),
        ("cursor=irq_0", "invalid_input cursor malformed"),
        ("cursor=%00%F0%9F%92%A3", "invalid_input cursor malformed"),
        (strange.as_str(), "invalid_input cursor malformed"),
    ] {
        let response = world.client(ACORN, Method::GET, &format!("{PATH}?{query}"), Value::Null).await;
        assert_eq!(problem(response).await.1, expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_for_is_forgotten_after_90_days() {
    let mut world = World::with_clock().await;
    for text in ["Elm Street Bank", "Oak Street Bank"] {
        let browser = Browser::open(&world, "pat", "verify").await;
        assert_eq!(ask(&browser, text).await.0, 204);
        world.later(SignedDuration::from_secs(2));
    }
    world.later(SignedDuration::from_hours(90 * 24) - SignedDuration::from_secs(3));
    assert_eq!(texts(&world, ACORN).await, ["Oak Street Bank", "Elm Street Bank"]);
    // A proxy that starts tidies up.
    world.twin().await;
    until("what is a second too old is forgotten", async || {
        let left = texts(&world, ACORN).await;
        assert_eq!(left[0], "Oak Street Bank", "this is a second too young");
        (left.len() == 1).then_some(())
    })
    .await;
}

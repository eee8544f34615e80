//! Going on in another session with what was begun, or linked, before.

use super::browser::Browser;
use super::world::{ACORN, World, key, problem, read};
use jiff::SignedDuration;
use linchpin_protocol::{Connection, InstitutionDetail, Next, Session, Unfinished, Verification};
use reqwest::Method;
use serde_json::{Value, json};

async fn session(browser: &Browser<'_>) -> Session {
    read(browser.get("/v1/sessions/current").await, 200).await
}

fn earlier(session: &Session) -> Vec<String> {
    let names = session.unfinished.iter().filter_map(|item| match item {
        Unfinished::Earlier { institution, .. } => Some(institution.name.clone()),
        Unfinished::Connection { .. } | Unfinished::Deposit { .. } | Unfinished::Unknown => None,
    });
    names.collect()
}

async fn take_up(browser: &Browser<'_>, id: &str) -> reqwest::Response {
    browser.post(&format!("/v1/connections/{id}/take-up"), Value::Null).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_is_offered_to_its_person_and_can_be_finished_in_another_session() {
    let world = World::new().await;
    let first = Browser::open(&world, "pat", "verify").await;
    let form = first.connect("cedar credit union").await;
    let asked = first.follow(&first.sign_in(&form, "practice-good").await).await;
    assert!(matches!(asked.next, Next::Challenges { .. }), "{asked:?}");
    // Merely looked at: nothing was tried there.
    first.connect("harbour").await;

    let second = Browser::open(&world, "pat", "verify").await;
    assert_eq!(earlier(&session(&second).await), ["Cedar Credit Union"]);
    let path = format!("/v1/connections/{}", asked.id);
    assert_eq!(second.get(&path).await.status(), 404, "not before it is taken up");
    let taken: Connection = read(take_up(&second, asked.id.as_str()).await, 200).await;
    assert_eq!((&taken.id, taken.revision), (&asked.id, asked.revision), "as it stands");
    let again: Connection = read(take_up(&second, asked.id.as_str()).await, 200).await;
    assert_eq!(again.revision, taken.revision, "twice is once");
    let found = second.follow(&second.answer(&taken, "rex").await).await;
    let linked = second.choose(&found).await;
    assert!(matches!(linked.next, Next::Linked { .. }), "{linked:?}");
    assert!(earlier(&session(&second).await).is_empty(), "it is finished");

    let token = second.public_token(&linked).await;
    let request = world.request(Method::POST, "/v1/public-tokens/exchange").bearer_auth(ACORN);
    let body = json!({"public_token": token.public_token.expose()});
    let result: Verification =
        read(request.header("idempotency-key", key()).json(&body).send().await.unwrap(), 200).await;
    assert_eq!(result.connection.unwrap().id, linked.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_can_take_it_up_nor_can_a_session_for_something_else() {
    let world = World::new().await;
    let first = Browser::open(&world, "pat", "verify").await;
    let form = first.connect("cedar credit union").await;
    let asked = first.follow(&first.sign_in(&form, "practice-good").await).await;
    let unknown = problem(take_up(&first, "con_nobodys").await).await;
    for (user, purpose) in [("kim", "verify"), ("pat", "aggregate")] {
        let other = Browser::open(&world, user, purpose).await;
        assert!(earlier(&session(&other).await).is_empty(), "{user}, {purpose}");
        let refused = problem(take_up(&other, asked.id.as_str()).await).await;
        assert_eq!(refused, unknown, "{user}, {purpose}: as if there were none");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_long_ago_is_not_offered() {
    let world = World::with_clock().await;
    let first = Browser::open(&world, "pat", "verify").await;
    let form = first.connect("cedar credit union").await;
    first.follow(&first.sign_in(&form, "practice-good").await).await;
    world.later(SignedDuration::from_hours(71));
    assert_eq!(earlier(&session(&Browser::open(&world, "pat", "verify").await).await).len(), 1);
    world.later(SignedDuration::from_hours(2));
    assert!(earlier(&session(&Browser::open(&world, "pat", "verify").await).await).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_is_connected_says_with_which_connection_and_that_one_can_be_used() {
    let world = World::new().await;
    let first = Browser::open(&world, "pat", "aggregate").await;
    let linked = first.link_all_the_way("harbour").await;
    let second = Browser::open(&world, "pat", "aggregate").await;
    let path = format!("/v1/institutions/{}", linked.institution.id);
    let detail: InstitutionDetail = read(second.get(&path).await, 200).await;
    assert_eq!(detail.existing.as_ref(), Some(&linked.id));
    assert!(detail.institution.connected);
    let taken: Connection = read(take_up(&second, linked.id.as_str()).await, 200).await;
    assert!(matches!(taken.next, Next::Linked { .. }), "{taken:?}");
    second.public_token(&taken).await;
    let other = Browser::open(&world, "kim", "aggregate").await;
    let detail: InstitutionDetail = read(other.get(&path).await, 200).await;
    assert_eq!(detail.existing, None, "another person's connection is nobody's business");
}

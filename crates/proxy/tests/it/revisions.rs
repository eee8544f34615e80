//! Many at once, in one proxy and in two over one database: the revision lets one of them through.

use super::browser::Browser;
use super::world::{ACORN, ORIGIN, World, key, until};
use linchpin_protocol::{Connection, Next};
use linchpin_sandbox::EventKind;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::time::Duration;

/// So many act at once.
const MANY: usize = 12;

/// Sends a call many times at once, to each proxy in turn, each time as another act.
async fn race(
    world: &World,
    bases: &[String],
    bearer: &str,
    path: &str,
    body: impl Fn(usize) -> Value,
) -> Outcome {
    let calls = (0..MANY).map(|nth| {
        let request = world.http.post(format!("{}{path}", bases[nth % bases.len()])).bearer_auth(bearer);
        let request =
            request.header("idempotency-key", key()).json(&body(nth)).timeout(Duration::from_secs(20));
        tokio::spawn(async move { request.send().await.unwrap() })
    });
    let mut outcome = Outcome { won: Vec::new(), lost: Vec::new() };
    for call in calls.collect::<Vec<_>>() {
        let response: Response = call.await.unwrap();
        let won = response.status().is_success();
        let answer: Value = response.json().await.unwrap();
        if won {
            outcome.won.push(answer);
        } else {
            outcome.lost.push(answer["code"].as_str().unwrap_or_default().to_owned());
        }
    }
    outcome
}

#[derive(Debug)]
struct Outcome {
    won: Vec<Value>,
    lost: Vec<String>,
}

impl Outcome {
    /// One won, and the others were told that it is another step by now.
    fn assert_one_won(&self) {
        assert_eq!(self.won.len(), 1, "one of {MANY} is let through: {self:?}");
        assert!(
            self.lost.iter().all(|code| code == "wrong_step"),
            "the others are told why: {:?}",
            self.lost
        );
    }
}

/// One proxy, and then two over one database.
async fn for_one_and_two(test: impl AsyncFn(&World, &[String])) {
    let mut world = World::new().await;
    test(&world, &[world.base.clone()]).await;
    let twin = world.twin().await;
    knows_the_institutions(&world, &twin).await;
    test(&world, &[world.base.clone(), twin]).await;
}

async fn knows_the_institutions(world: &World, base: &str) {
    let browser = Browser::open(world, &key(), "aggregate").await;
    let ask = || world.http.get(format!("{base}/v1/institutions")).bearer_auth(browser.token.expose());
    until("the other proxy has read the institutions", async || {
        ask().send().await.unwrap().status().is_success().then_some(())
    })
    .await;
}

fn counted(world: &World) -> [usize; 3] {
    [EventKind::LoginTried, EventKind::AnswerGiven, EventKind::ConnectionCreated]
        .map(|kind| world.count(kind))
}

fn path(connection: &Connection, part: &str) -> String {
    format!("/v1/connections/{}/{part}", connection.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_many_send_at_once_is_one_login() {
    for_one_and_two(async |world, bases| {
        let browser = Browser::open(world, &key(), "aggregate").await;
        let form = browser.connect("harbour").await;
        let before = counted(world);
        let login = |_| Browser::login(&form, "practice-good", "practice");
        let raced = race(world, bases, browser.token.expose(), &path(&form, "credentials"), login).await;
        raced.assert_one_won();
        let choose = browser.follow(&browser.now(&form).await).await;
        assert!(matches!(choose.next, Next::ChooseAccounts { .. }), "{choose:?}");
        let [logins, answers, connections] = counted(world);
        assert_eq!([logins, answers, connections], [before[0] + 1, before[1], before[2] + 1]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_many_send_at_once_is_given_once() {
    for_one_and_two(async |world, bases| {
        let browser = Browser::open(world, &key(), "aggregate").await;
        let form = browser.connect("cedar credit union").await;
        let asked = browser.follow(&browser.sign_in(&form, "practice-question").await).await;
        let Next::Challenges { items, .. } = &asked.next else { panic!("{asked:?}") };
        let id = serde_json::to_value(items).unwrap()[0]["id"].clone();
        let before = counted(world);
        let answer = |_| json!({"revision": asked.revision, "answers": [{"id": id, "value": "rex"}]});
        race(world, bases, browser.token.expose(), &path(&asked, "answers"), answer).await.assert_one_won();
        let choose = browser.follow(&browser.now(&asked).await).await;
        assert!(matches!(choose.next, Next::ChooseAccounts { .. }), "{choose:?}");
        assert_eq!(counted(world)[1], before[1] + 1, "the bank counts answers");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_that_many_ask_for_at_once_is_one_sync() {
    for_one_and_two(async |world, bases| {
        let browser = Browser::open(world, &key(), "aggregate").await;
        let form = browser.connect("harbour").await;
        let told = browser.follow(&browser.sign_in(&form, "practice-config").await).await;
        let before = world.count(EventKind::SyncStarted);
        let body = |_| json!({"revision": told.revision});
        race(world, bases, browser.token.expose(), &path(&told, "retry"), body).await.assert_one_won();
        browser.follow(&browser.now(&told).await).await;
        assert_eq!(world.count(EventKind::SyncStarted), before + 1, "each sync is a login at the bank");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_choices_at_once_one_stands_and_everybody_sees_it() {
    for_one_and_two(async |world, bases| {
        let browser = Browser::open(world, &key(), "aggregate").await;
        let form = browser.connect("harbour").await;
        let choose = browser.follow(&browser.sign_in(&form, "practice-good").await).await;
        let Next::ChooseAccounts { accounts, .. } = &choose.next else { panic!("{choose:?}") };
        let body = |nth: usize| {
            let account = &accounts[nth % accounts.len()];
            json!({"revision": choose.revision, "account_ids": [account.id]})
        };
        let raced = race(world, bases, browser.token.expose(), &path(&choose, "accounts"), body).await;
        raced.assert_one_won();
        for base in bases {
            let url = format!("{base}/v1/connections/{}", choose.id);
            let now = world.http.get(url).bearer_auth(browser.token.expose()).send().await.unwrap();
            let now: Value = now.json().await.unwrap();
            assert_eq!(now["next"], raced.won[0]["next"], "what one proxy was told, the other shows");
            assert_eq!(now["revision"], raced.won[0]["revision"]);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_two_proxies_see_to_be_due_are_read_once() {
    let mut world = World::new().await;
    let twin = world.twin().await;
    knows_the_institutions(&world, &twin).await;
    let browser = Browser::open(&world, "pat", "both").await;
    let form = browser.connect("harbour").await;
    let mut on = browser.sign_in(&form, "practice-good").await;
    // Both are asked all the time, so that both see the aggregation end.
    while matches!(on.next, Next::Wait { .. }) {
        world.bank_goes_on(1);
        let url = format!("{twin}/v1/connections/{}", form.id);
        let request = world.http.get(url).bearer_auth(browser.token.expose());
        let (there, here) = tokio::join!(request.send(), browser.poll(&on, 1));
        assert_eq!(there.unwrap().status(), 200);
        on = here;
    }
    assert!(matches!(on.next, Next::ChooseAccounts { .. }), "{on:?}");
    assert_eq!(world.count(EventKind::SyncStarted), 2, "one aggregation and one reading of numbers");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_many_spend_or_mint_at_once_are_spent_once_and_leave_one() {
    for_one_and_two(async |world, bases| {
        let link = world.link(&key(), "aggregate").await;
        let body = json!({"link_token": link.link_token.expose(), "origin": ORIGIN});
        let raced = race(world, bases, "none", "/v1/sessions", |_| body.clone()).await;
        assert_eq!(raced.won.len(), 1, "one link, one session: {raced:?}");
        assert!(raced.lost.iter().all(|code| code == "token_used"), "{:?}", raced.lost);

        let browser = Browser::open(world, &key(), "aggregate").await;
        let linked = browser.link_all_the_way("harbour").await;
        let mint = path(&linked, "public-token");
        let minted = race(world, bases, browser.token.expose(), &mint, |_| Value::Null).await;
        assert_eq!(minted.won.len(), MANY, "{minted:?}");
        let mut good = Vec::new();
        for token in &minted.won {
            let body = json!({"public_token": token["public_token"]});
            let answer = world.client(ACORN, Method::POST, "/v1/public-tokens/exchange", body).await;
            good.push(answer.status().as_u16());
        }
        good.sort_unstable();
        assert_eq!(good.iter().filter(|status| **status == 200).count(), 1, "one of them lives: {good:?}");

        let token = browser.public_token(&linked).await;
        let body = json!({"public_token": token.public_token.expose()});
        let raced = race(world, bases, ACORN, "/v1/public-tokens/exchange", |_| body.clone()).await;
        assert_eq!(raced.won.len(), 1, "spent once: {raced:?}");
        assert!(raced.lost.iter().all(|code| code == "token_used"), "{:?}", raced.lost);
    })
    .await;
}

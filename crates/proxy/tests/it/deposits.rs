//! Deposits over HTTP: ordered, waited for, confirmed, corrected, given up, and what their client gets.

use super::browser::Browser;
use super::receiver::Receiver;
use super::world::{ACORN, BIRCH, ORIGIN, World, key, problem, read, until};
use linchpin_protocol::{
    AccountField, Connection, Deposit, DepositFailure, DepositMethod, DepositNext, DepositWork, Deposits,
    LinkStatus, LinkToken, MaskedAccount, Next, PublicToken, ResultStatus, RoutingNumberFacts, RoutingState,
    Unfinished, Verification, VerificationMethod, VerificationState, Way, WebhookKind,
};
use linchpin_sandbox::{DepositRules, EventKind};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// Takes transfers.
const ROUTING: &str = "306061549";
/// Takes deposits.
const NUMBER: &str = "400123456789";
/// `invalid_account_number` a day after it was sent.
const UNKNOWN_NUMBER: &str = "990011112222";
const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;
/// The two that the practice bank sends in these tests.
const SENT: [u8; 2] = [9, 2];

/// A practice bank whose deposits are known, and a proxy that reads their changes every second.
async fn world() -> World {
    let world = World::over_v2_with(&[("DEPOSITS_EVERY", "1")]).await;
    world.sandbox.set_deposit_rules(DepositRules { cents: Some(SENT), ..DepositRules::default() });
    world
}

fn order(number: &str) -> Value {
    json!({"routing": ROUTING, "account_number": number})
}

async fn manual(browser: &Browser<'_>) -> Deposit {
    read(browser.post("/v1/deposits", order(NUMBER)).await, 201).await
}

async fn now(browser: &Browser<'_>, deposit: &Deposit) -> Deposit {
    read(browser.get(&format!("/v1/deposits/{}", deposit.id)).await, 200).await
}

/// The deposit once it is at another step.
async fn moved(browser: &Browser<'_>, deposit: &Deposit) -> Deposit {
    until("the deposit moves on", async || {
        let now = now(browser, deposit).await;
        (now.revision != deposit.revision).then_some(now)
    })
    .await
}

async fn act(browser: &Browser<'_>, deposit: &Deposit, what: &str, mut body: Value) -> Response {
    body["revision"] = json!(deposit.revision);
    browser.post(&format!("/v1/deposits/{}/{what}", deposit.id), body).await
}

async fn amounts(browser: &Browser<'_>, deposit: &Deposit, cents: [u8; 2]) -> Response {
    act(browser, deposit, "amounts", json!({"cents": cents})).await
}

/// Manual deposits that have been sent.
async fn sent(world: &World, browser: &Browser<'_>) -> Deposit {
    let ordered = manual(browser).await;
    assert!(matches!(ordered.next, DepositNext::WaitForDeposit { expected_by: Some(_) }), "{ordered:?}");
    world.bank_goes_on(3 * HOUR);
    moved(browser, &ordered).await
}

fn tries_left(deposit: &Deposit) -> u32 {
    let DepositNext::EnterAmounts { tries_left, .. } = deposit.next else { panic!("{deposit:?}") };
    tries_left
}

async fn linked_without_numbers(browser: &Browser<'_>) -> (Connection, MaskedAccount) {
    let connection = browser.connect("lapsing").await;
    let found = browser.follow(&browser.sign_in(&connection, "practice-good").await).await;
    let offered = browser.choose(&found).await;
    let Next::OfferDeposits { account: Some(account), ways } = &offered.next else { panic!("{offered:?}") };
    assert!(ways.automatic && ways.manual, "{ways:?}");
    (offered.clone(), account.clone())
}

async fn verification(world: &World, deposit: &Deposit) -> Verification {
    let path = format!("/v1/deposits/{}/verification", deposit.id);
    let request = world.request(Method::GET, &path).bearer_auth(ACORN);
    read(request.send().await.unwrap(), 200).await
}

#[tokio::test(flavor = "multi_thread")]
async fn manual_deposits_are_confirmed_in_any_order_and_the_client_gets_the_number() {
    let world = world().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    assert!(browser.session.deposits.manual, "{:?}", browser.session.deposits);
    let ordered = manual(&browser).await;
    assert_eq!((ordered.method, ordered.last_digits.as_deref()), (DepositMethod::Manual, Some("6789")));
    let token: PublicToken = read(act(&browser, &ordered, "public-token", json!({})).await, 200).await;
    let body = json!({"public_token": token.public_token.expose()});
    let pending: Verification =
        read(world.client(ACORN, Method::POST, "/v1/public-tokens/exchange", body).await, 200).await;
    assert_eq!(pending.verification, VerificationState::Pending);
    assert!(pending.accounts.is_empty() && pending.connection.is_none(), "{pending:?}");
    let early = problem(amounts(&browser, &ordered, SENT).await).await;
    assert_eq!(early.1, "wrong_step", "not before they are sent");
    world.bank_goes_on(3 * HOUR);
    let asked = moved(&browser, &ordered).await;
    assert_eq!(tries_left(&asked), 3);
    let verified: Deposit = read(amounts(&browser, &asked, [2, 9]).await, 200).await;
    assert_eq!(verified.next, DepositNext::Verified {});
    let result = verification(&world, &verified).await;
    let account = &result.accounts[0];
    assert_eq!(result.verification, VerificationState::Verified);
    assert_eq!(account.account_number.as_ref().unwrap().expose(), NUMBER);
    assert_eq!(account.routing.as_deref(), Some(ROUTING));
    assert_eq!(account.verification_method, VerificationMethod::ManualDeposit);
    assert!(account.verified_at.is_some() && account.present_balance.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_is_told_of_every_step_while_nobody_looks() {
    let receiver = Receiver::willing().await;
    let told = receiver.settings();
    let told = told.iter().map(|(name, value)| (*name, value.as_str()));
    let settings: Vec<_> = told.chain([("DEPOSITS_EVERY", "1")]).collect();
    let world = World::over_v2_with(&settings).await;
    let deposit = {
        let browser = Browser::open(&world, "pat", "verify").await;
        manual(&browser).await
    };
    let heard_of = async |revision: u64| {
        until("the client is told", async || {
            receiver.knows_all_of(deposit.id.as_str(), revision).then_some(())
        })
        .await;
    };
    let first = deposit.revision.0;
    heard_of(first).await;
    for (nth, time) in [3 * HOUR, 31 * DAY].into_iter().enumerate() {
        world.bank_goes_on(time);
        heard_of(first + 1 + nth as u64).await;
    }
    let heard = receiver.heard();
    let of_it = heard.iter().filter(|message| message.event.data.deposit_id.as_ref() == Some(&deposit.id));
    let kinds: Vec<_> = of_it.map(|message| message.event.kind).collect();
    assert!(kinds.iter().all(|kind| *kind == WebhookKind::DepositUpdated), "{kinds:?}");
    let page: Deposits = {
        let request = world.request(Method::GET, "/v1/deposits?status=unconfirmed").bearer_auth(ACORN);
        read(request.send().await.unwrap(), 200).await
    };
    assert_eq!(page.deposits[0].deposit.id, deposit.id, "told, it reads what has become of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn automatic_deposits_are_found_while_nobody_looks() {
    let world = world().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let listed = browser.search("lapsing").await.institutions.remove(0);
    assert_eq!(listed.way, Way::Days, "no numbers at once, but deposits");
    let (connection, account) = linked_without_numbers(&browser).await;
    let known = account.last_digits.clone().expect("the label ends in them");
    let mut body = order(&format!("12345{known}"));
    body["connection_id"] = json!(connection.id);
    body["account_id"] = json!(account.id);
    let mut other = body.clone();
    other["account_number"] = json!("1234500001");
    let refused = problem(browser.post("/v1/deposits", other).await).await;
    assert_eq!(refused.1, "invalid_input account_number other_account", "it is not that account's number");
    let ordered: Deposit = read(browser.post("/v1/deposits", body).await, 201).await;
    assert!(matches!(ordered.next, DepositNext::WaitForProvider { .. }), "{ordered:?}");
    assert!(
        matches!(browser.now(&connection).await.next, Next::Linked { .. }),
        "nothing is left to do there"
    );
    let status: LinkStatus = {
        let path = format!("/v1/link-tokens/{}", browser.session.link_id);
        read(world.request(Method::GET, &path).bearer_auth(ACORN).send().await.unwrap(), 200).await
    };
    assert_eq!(status.results.len(), 1, "one account, one result: {status:?}");
    assert_eq!(status.results[0].status, ResultStatus::DepositPending);
    // By steps, as the bank's nights come: the login lapses only where nobody comes back.
    let path = format!("/v1/deposits?updated_after={}", "2020-01-01T00:00:00Z");
    world.bank_goes_on(2 * HOUR);
    world.bank_goes_on(4 * DAY);
    let repair = until("the client learns that the login has lapsed", async || {
        let request = world.request(Method::GET, &path).bearer_auth(ACORN);
        let page: Deposits = read(request.send().await.unwrap(), 200).await;
        let deposit = page.deposits[0].deposit.clone();
        matches!(deposit.next, DepositNext::RepairConnection { .. }).then_some(deposit)
    })
    .await;
    assert_eq!(repair.next, DepositNext::RepairConnection { connection_id: connection.id.clone() });
    let wish = json!({"user_id": "pat", "origin": ORIGIN, "mode": "repair", "connection_id": connection.id});
    let link: LinkToken = read(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await;
    let repairing = Browser::with(&world, &link).await;
    let broken = repairing.now(&connection).await;
    let repaired = repairing.follow(&repairing.sign_in(&broken, "practice-good").await).await;
    assert!(matches!(repaired.next, Next::Linked { .. }), "{repaired:?}");
    world.bank_goes_on(2 * DAY);
    let verified = until("the deposits are found", async || {
        let result = verification(&world, &ordered).await;
        (result.verification == VerificationState::Verified).then_some(result)
    })
    .await;
    let proved = &verified.accounts[0];
    assert_eq!(proved.verification_method, VerificationMethod::AutomaticDeposit);
    assert_eq!(proved.id, account.id, "the account that was chosen");
    assert!(verified.connection.is_some());
    let manage = Browser::managing(&world, "pat").await;
    let listed = manage.list().await.remove(0).connection;
    let ended: Connection = read(manage.disconnect(&listed, false).await, 200).await;
    assert_eq!(ended.next, Next::Closed { successor: None });
    let path = format!("/v1/deposits/{}/verification", ordered.id);
    let late = world.request(Method::GET, &path).bearer_auth(ACORN).send().await.unwrap();
    assert_eq!(problem(late).await.1, "wrong_step", "nothing comes out of what has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_amounts_are_wrong_as_a_pair_and_three_pairs_end_it() {
    let world = world().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let mut asked = sent(&world, &browser).await;
    for (field, cents) in [("cents.0", [0, 9]), ("cents.1", [9, 100])] {
        let refused = problem(amounts(&browser, &asked, cents).await).await;
        assert_eq!(refused.1, format!("invalid_input {field} malformed"), "no deposit can be that");
    }
    for left in [2, 1] {
        asked = read(amounts(&browser, &asked, [9, 3]).await, 200).await;
        assert_eq!(tries_left(&asked), left);
        assert!(matches!(asked.next, DepositNext::EnterAmounts { wrong: true, .. }), "{asked:?}");
    }
    let ended: Deposit = read(amounts(&browser, &asked, [3, 2]).await, 200).await;
    assert_eq!(ended.next, DepositNext::Failed { reason: DepositFailure::TooManyTries });
    assert_eq!(
        problem(amounts(&browser, &ended, SENT).await).await.1,
        "wrong_step",
        "the right pair comes late"
    );
    assert_eq!(world.count(EventKind::AmountsTried), 3, "what cannot be an amount is not sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_provider_allows_fewer_tries_its_end_is_the_end() {
    let world = world().await;
    world.sandbox.set_deposit_rules(DepositRules { cents: Some(SENT), tries: 2 });
    let browser = Browser::open(&world, "pat", "verify").await;
    let asked = sent(&world, &browser).await;
    let asked: Deposit = read(amounts(&browser, &asked, [1, 2]).await, 200).await;
    let ended: Deposit = read(amounts(&browser, &asked, [1, 2]).await, 200).await;
    assert_eq!(ended.next, DepositNext::Failed { reason: DepositFailure::TooManyTries });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_at_once_over_two_proxies_use_exactly_the_allowed_tries() {
    let mut world = world().await;
    let twin = world.twin().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let asked = sent(&world, &browser).await;
    let mut guesses = JoinSet::new();
    for nth in 0..100 {
        let base = if nth % 2 == 0 { &world.base } else { &twin };
        let url = format!("{base}/v1/deposits/{}", asked.id);
        guesses.spawn(guess(world.http.clone(), url, browser.token.expose().to_owned(), asked.clone()));
    }
    for deposit in guesses.join_all().await {
        assert_eq!(deposit.next, DepositNext::Failed { reason: DepositFailure::TooManyTries });
    }
    assert_eq!(world.count(EventKind::AmountsTried), 3, "three tries, whoever makes them");
}

/// Tries a wrong pair until that is no longer possible. Whoever hears that another was first reads anew and goes on.
async fn guess(http: reqwest::Client, url: String, bearer: String, mut deposit: Deposit) -> Deposit {
    for _ in 0..400 {
        let body = json!({"revision": deposit.revision, "cents": [1, 3]});
        let call = http.post(format!("{url}/amounts")).bearer_auth(&bearer);
        let answer = call.header("idempotency-key", key()).json(&body).send().await.unwrap();
        deposit = match answer.status().as_u16() {
            200 => read(answer, 200).await,
            // The bank's clock has moved on past the life of the proxy's access: refused, and nothing was tried.
            409 | 503 => read(http.get(&url).bearer_auth(&bearer).send().await.unwrap(), 200).await,
            other => panic!("{other}: {}", answer.text().await.unwrap()),
        };
        if matches!(deposit.next, DepositNext::Failed { .. }) {
            return deposit;
        }
    }
    panic!("it never ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_the_bank_does_not_know_is_corrected_by_new_deposits() {
    let world = world().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let ordered: Deposit = read(browser.post("/v1/deposits", order(UNKNOWN_NUMBER)).await, 201).await;
    world.bank_goes_on(2 * DAY);
    let refused = moved(&browser, &ordered).await;
    assert_eq!(refused.next, DepositNext::CorrectAccount { field: AccountField::AccountNumber });
    let other = browser.post("/v1/deposits", order(NUMBER)).await;
    assert_eq!(other.status(), 201, "another account is another matter");
    let body = json!({"routing": ROUTING, "account_number": NUMBER});
    let corrected: Deposit = read(act(&browser, &refused, "correct", body.clone()).await, 201).await;
    assert_eq!(corrected.replaces.as_ref(), Some(&ordered.id));
    assert_eq!(now(&browser, &ordered).await.next, DepositNext::Replaced { by: corrected.id.clone() });
    assert_eq!(problem(act(&browser, &refused, "correct", body).await).await.1, "wrong_step", "once");
    let wish = json!({"user_id": "pat", "origin": ORIGIN, "mode": "deposit", "deposit_id": ordered.id});
    let link: LinkToken = read(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await;
    let later = Browser::with(&world, &link).await;
    let [Unfinished::Deposit { deposit }] = later.session.unfinished.as_slice() else {
        panic!("{:?}", later.session.unfinished)
    };
    assert_eq!(deposit.id, corrected.id, "what stands in its place is what there is to confirm");
    world.bank_goes_on(3 * HOUR);
    let asked = moved(&later, &corrected).await;
    let verified: Deposit = read(amounts(&later, &asked, SENT).await, 200).await;
    assert_eq!(verified.next, DepositNext::Verified {});
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_number_has_to_be_the_linked_accounts_too() {
    let world = world().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let (connection, account) = linked_without_numbers(&browser).await;
    let known = account.last_digits.clone().expect("the label ends in them");
    let mut body = order(&format!("99001{known}"));
    body["connection_id"] = json!(connection.id);
    body["account_id"] = json!(account.id);
    let ordered: Deposit = read(browser.post("/v1/deposits", body).await, 201).await;
    world.bank_goes_on(3 * HOUR);
    world.bank_goes_on(DAY);
    let refused = until("the bank refuses it", async || {
        let now = now(&browser, &ordered).await;
        matches!(now.next, DepositNext::CorrectAccount { .. }).then_some(now)
    })
    .await;
    let other = problem(act(&browser, &refused, "correct", order("1234500001")).await).await;
    assert_eq!(other.1, "invalid_input account_number other_account");
    let right = act(&browser, &refused, "correct", order(&format!("12345{known}"))).await;
    assert_eq!(read::<Deposit>(right, 201).await.method, DepositMethod::Automatic);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_error_of_the_provider_leads_to_its_own_step() {
    let world = world().await;
    let cases = [
        ("990021112222", ROUTING, DepositNext::UseAnotherAccount {}),
        ("990031112222", ROUTING, DepositNext::ProviderRetries {}),
        ("990041112222", ROUTING, DepositNext::CorrectAccount { field: AccountField::AccountNumber }),
        (NUMBER, "129999911", DepositNext::CorrectAccount { field: AccountField::RoutingNumber }),
    ];
    let mut waiting = Vec::new();
    for (nth, (number, routing, step)) in cases.into_iter().enumerate() {
        let browser = Browser::open(&world, &format!("pat-{nth}"), "verify").await;
        let body = json!({"routing": routing, "account_number": number});
        let ordered: Deposit = read(browser.post("/v1/deposits", body).await, 201).await;
        waiting.push((browser, ordered, step));
    }
    // The provider sends anew a day after its own fault; the bank needs a day to refuse.
    let (first, later): (Vec<_>, Vec<_>) =
        waiting.iter().partition(|(_, _, step)| *step == DepositNext::ProviderRetries {});
    for ((browser, ordered, step), after) in
        first.into_iter().map(|one| (one, 3 * HOUR)).chain(later.into_iter().zip([DAY, 0, 0]))
    {
        world.bank_goes_on(after);
        let what = format!("{step:?}");
        until(&what, async || (now(browser, ordered).await.next == *step).then_some(())).await;
    }
    let (browser, ordered, _) = &waiting[1];
    world.bank_goes_on(2 * DAY);
    until("it was sent again by itself", async || {
        matches!(now(browser, ordered).await.next, DepositNext::EnterAmounts { .. }).then_some(())
    })
    .await;
    let (browser, ordered, _) = &waiting[0];
    world.bank_goes_on(40 * DAY);
    until("it stays what it is", async || {
        (now(browser, ordered).await.next == DepositNext::UseAnotherAccount {}).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_confirms_in_time_is_nobodys_wrong_amounts() {
    let world = world().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let asked = sent(&world, &browser).await;
    let asked: Deposit = read(amounts(&browser, &asked, [1, 2]).await, 200).await;
    world.bank_goes_on(31 * DAY);
    let ended = moved(&browser, &asked).await;
    assert_eq!(ended.next, DepositNext::Failed { reason: DepositFailure::NotConfirmedInTime });
}

#[tokio::test(flavor = "multi_thread")]
async fn deposits_that_were_given_up_prove_nothing() {
    let world = world().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let asked = sent(&world, &browser).await;
    let withdrawn: Deposit = read(act(&browser, &asked, "withdraw", json!({})).await, 200).await;
    assert_eq!(withdrawn.next, DepositNext::Withdrawn {});
    assert_eq!(problem(amounts(&browser, &asked, SENT).await).await.1, "wrong_step");
    assert_eq!(problem(act(&browser, &withdrawn, "public-token", json!({})).await).await.1, "wrong_step");
    assert_eq!(verification(&world, &asked).await.verification, VerificationState::Failed);
    let again = Browser::open(&world, "pat", "verify").await;
    assert!(again.session.unfinished.is_empty(), "{:?}", again.session.unfinished);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_cannot_be_are_named_and_nothing_is_ordered() {
    let world = world().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    for (routing, number, name, expected) in [
        ("12345678", NUMBER, None, "routing malformed"),
        ("306061540", NUMBER, None, "routing checksum"),
        ("130000006", NUMBER, None, "routing not_for_customers"),
        ("000000518", NUMBER, None, "routing not_for_customers"),
        (ROUTING, "123", None, "account_number malformed"),
        (ROUTING, "123456789012345678", None, "account_number malformed"),
        (ROUTING, "4001 2345 6789", None, "account_number malformed"),
        (ROUTING, NUMBER, Some("   "), "name empty"),
        (ROUTING, NUMBER, Some("a name that is longer than anybody needs it"), "name too_long"),
    ] {
        let body = json!({"routing": routing, "account_number": number, "name": name});
        let refused = problem(browser.post("/v1/deposits", body).await).await;
        assert_eq!(refused.1, format!("invalid_input {expected}"), "{routing} {number} {name:?}");
    }
    assert_eq!(world.count(EventKind::DepositCreated), 0);
    assert_eq!(world.count(EventKind::DepositPortfolioCreated), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_gets_three_deposits_in_a_month_and_a_person_orders_five_a_day() {
    let world = world().await;
    for nth in 0..3 {
        let browser = Browser::open(&world, &format!("pat-{nth}"), "verify").await;
        manual(&browser).await;
    }
    let browser = Browser::open(&world, "someone else", "verify").await;
    let refused = browser.post("/v1/deposits", order(NUMBER)).await;
    let wait = refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap();
    assert_eq!(problem(refused).await.1, "too_many_tries", "the same account, whoever asks");
    assert!((29 * DAY..=30 * DAY).contains(&wait), "{wait}");
    for nth in 0..5 {
        let ordered = browser.post("/v1/deposits", order(&format!("50000000{nth}"))).await;
        assert_eq!(ordered.status(), 201, "the {nth}th of the day");
    }
    let refused = browser.post("/v1/deposits", order("500000009")).await;
    assert_eq!(problem(refused).await.1, "too_many_tries");
    assert_eq!(world.count(EventKind::DepositCreated), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_sent_twice_is_one() {
    let world = world().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let once: Deposit = read(browser.post_with("/v1/deposits", order(NUMBER), "the key").await, 201).await;
    let twice: Deposit = read(browser.post_with("/v1/deposits", order(NUMBER), "the key").await, 201).await;
    assert_eq!(once.id, twice.id);
    assert_eq!(world.count(EventKind::DepositCreated), 1);
    assert_eq!(world.count(EventKind::DepositPortfolioCreated), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clients_policy_closes_ways_and_asks_for_amounts() {
    let settings = [
        ("DEPOSITS_EVERY", "1"),
        ("CLIENTS__ACORN__DEPOSITS__MANUAL", "false"),
        ("CLIENTS__ACORN__DEPOSITS__CONFIRM_AUTOMATIC", "true"),
    ];
    let world = World::over_v2_with(&settings).await;
    world.sandbox.set_deposit_rules(DepositRules { cents: Some(SENT), ..DepositRules::default() });
    let browser = Browser::open(&world, "pat", "verify").await;
    assert!(!browser.session.deposits.manual && browser.session.deposits.automatic);
    let refused = problem(browser.post("/v1/deposits", order(NUMBER)).await).await;
    assert_eq!(refused.1, "invalid_input connection_id missing");
    let connection = browser.connect("lapsing").await;
    let found = browser.follow(&browser.sign_in(&connection, "practice-good").await).await;
    let offered = browser.choose(&found).await;
    let Next::OfferDeposits { account: Some(account), .. } = &offered.next else { panic!("{offered:?}") };
    let mut body = order(&format!("12345{}", account.last_digits.as_deref().unwrap()));
    body["connection_id"] = json!(connection.id);
    body["account_id"] = json!(account.id);
    let ordered: Deposit = read(browser.post("/v1/deposits", body).await, 201).await;
    assert!(matches!(ordered.next, DepositNext::WaitForDeposit { .. }), "{ordered:?}");
    world.bank_goes_on(3 * HOUR);
    let asked = moved(&browser, &ordered).await;
    let verified: Deposit = read(amounts(&browser, &asked, SENT).await, 200).await;
    assert_eq!((verified.method, verified.next), (DepositMethod::Automatic, DepositNext::Verified {}));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_sees_a_deposit_and_later_sessions_of_its_person_do() {
    let world = world().await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let deposit = manual(&browser).await;
    let path = format!("/v1/deposits/{}", deposit.id);
    let other = Browser::open(&world, "sam", "verify").await;
    assert_eq!(problem(other.get(&path).await).await.1, "not_found");
    let birch = world.request(Method::GET, &format!("{path}/verification")).bearer_auth(BIRCH);
    assert_eq!(problem(birch.send().await.unwrap()).await.1, "not_found");
    let page: Deposits = {
        let request = world.request(Method::GET, "/v1/deposits").bearer_auth(BIRCH);
        read(request.send().await.unwrap(), 200).await
    };
    assert!(page.deposits.is_empty());
    let wish = json!({"user_id": "sam", "origin": ORIGIN, "mode": "deposit", "deposit_id": deposit.id});
    let refused = problem(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await).await;
    assert_eq!(refused.1, "invalid_input deposit_id not_offered");
    let later = Browser::open(&world, "pat", "verify").await;
    assert!(matches!(later.session.unfinished.as_slice(), [Unfinished::Deposit { .. }]));
    assert_eq!(now(&later, &deposit).await.id, deposit.id);
    let again = manual(&later).await;
    let wish = json!({"user_id": "pat", "origin": ORIGIN, "mode": "deposit", "deposit_id": deposit.id});
    let link: LinkToken = read(world.client(ACORN, Method::POST, "/v1/link-tokens", wish).await, 201).await;
    let bound = Browser::with(&world, &link).await;
    assert_eq!(now(&bound, &deposit).await.id, deposit.id);
    let path = format!("/v1/deposits/{}", again.id);
    assert_eq!(
        problem(bound.get(&path).await).await.1,
        "not_found",
        "a session for one deposit sees that one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_a_routing_number_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("routing.tsv");
    let rows = "routing_number\tbank_name\trecord\treplaced_by
306061549\tHarbour Savings\tuse_as_is\t
021000021\tOld Harbour\tuse_new\t306061549
011000015\tFederal Reserve Bank\tfrb\t
";
    std::fs::write(&table, rows).unwrap();
    let world = World::over_v2_with(&[("ROUTING_NUMBERS", table.to_str().unwrap())]).await;
    let browser = Browser::open(&world, "pat", "verify").await;
    let facts = async |number: &str| -> RoutingNumberFacts {
        read(browser.get(&format!("/v1/routing-numbers/{number}")).await, 200).await
    };
    let known = facts("306061549").await;
    assert_eq!((known.state, known.bank.as_deref()), (RoutingState::Known, Some("Harbour Savings")));
    let replaced = facts("021000021").await;
    assert_eq!(
        (replaced.state, replaced.replaced_by.as_deref()),
        (RoutingState::Replaced, Some("306061549"))
    );
    assert_eq!(facts("011000015").await.state, RoutingState::NotForCustomers);
    assert_eq!(facts("322271627").await.state, RoutingState::Unlisted, "unknown is no reason to refuse");
    let refused = problem(browser.get("/v1/routing-numbers/306061540").await).await;
    assert_eq!(refused.1, "invalid_input number malformed");
    let mut body = order(NUMBER);
    body["routing"] = json!("011000015");
    let refused = problem(browser.post("/v1/deposits", body).await).await;
    assert_eq!(refused.1, "invalid_input routing not_for_customers");
    let ordered = manual(&browser).await;
    assert_eq!(ordered.bank.as_deref(), Some("Harbour Savings"));
    assert_ne!(ordered.next, DepositNext::Wait { work: DepositWork::Sending });
}

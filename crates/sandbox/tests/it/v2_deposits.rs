//! Micro-deposits in v2: their course by the clock, their errors, and verifying them.

use linchpin_sandbox::{ConnectionId, DepositRules, EventKind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Practice, start};

const ROUTING: &str = "129999908";
const NUMBER: &str = "400123456789";
const MISMATCH: &str = "The values given do not match the deposits sent.";

/// Deposits of 9 and 2 cents to an account that nobody has linked.
async fn manual() -> (Practice, u64, u64) {
    let practice = start().await;
    practice.sandbox.set_deposit_rules(DepositRules { cents: Some([9, 2]), ..DepositRules::default() });
    let user = practice.user("pat").await;
    let (portfolio, account) = practice.deposit_portfolio(user).await;
    let deposit = practice.deposit(portfolio, NUMBER, ROUTING).await;
    (practice, deposit, account)
}

/// A linked account's id and its checking portfolio's, and that one's account number as its label ends.
async fn linked(practice: &Practice, bank: u64) -> (u64, u64, String) {
    let user = practice.user("pat").await;
    let account = practice.v2_aggregated(user, bank).await;
    let found = practice.get(&format!("/v2/accounts/{account}/portfolios")).await;
    let checking = &found["portfolios"][0];
    let label = checking["portfolio_name"].as_str().unwrap();
    let end = label.get(label.len() - 4..).unwrap();
    (account, checking["id"].as_u64().unwrap(), format!("12345{end}"))
}

/// Tries amounts; the code, and the answer.
async fn tried(practice: &Practice, deposit: u64, amounts: Value) -> (u16, Value) {
    let path = format!("/v2/auth_deposits/{deposit}");
    let (status, answer) = practice.call(Method::POST, &path, json!({ "amounts": amounts })).await;
    (status.as_u16(), answer)
}

async fn status(practice: &Practice, deposit: u64) -> Value {
    practice.shown_deposit(deposit).await["status"].clone()
}

#[tokio::test]
async fn deposits_are_requested_then_submitted_then_transferred_and_verified_by_hand() {
    let (mut practice, deposit, account) = manual().await;
    assert_eq!(
        practice.shown_deposit(deposit).await,
        json!({"account": account, "account_status": "good", "created": "2026-03-01T10:00:00Z", "error": null,
               "id": deposit, "portfolio": 33_001, "status": "requested", "updated": "2026-03-01T10:00:00Z"})
    );
    let (code, answer) = tried(&practice, deposit, json!([0.09, 0.02])).await;
    assert_eq!((code, &answer["id"]), (400, &json!("invalid_parameter")), "not before they are sent");
    practice.pass_hours(2).await;
    let sent = practice.shown_deposit(deposit).await;
    assert_eq!((&sent["status"], &sent["updated"]), (&json!("submitted"), &json!("2026-03-01T12:00:00Z")));
    practice.pass_hours(46).await;
    let there = practice.shown_deposit(deposit).await;
    assert_eq!(
        (&there["status"], &there["updated"]),
        (&json!("transferred"), &json!("2026-03-03T10:00:00Z"))
    );
    practice.pass_hours(24).await;
    assert_eq!(status(&practice, deposit).await, "transferred", "nobody finds them by himself");
    let (code, answer) = tried(&practice, deposit, json!([0.02, 0.09])).await;
    assert_eq!(code, 200, "in either order: {answer}");
    assert_eq!(answer["auth_deposit"]["status"], "verified");
    assert_eq!(answer["auth_deposit"]["updated"], "2026-03-04T10:00:00Z", "{answer}");
    let (code, _) = tried(&practice, deposit, json!([0.09, 0.02])).await;
    assert_eq!(code, 400, "once");
    assert_eq!(status(&practice, deposit).await, "verified", "and it stays so");
}

#[tokio::test]
async fn they_can_be_verified_as_soon_as_they_are_sent() {
    let (mut practice, deposit, _) = manual().await;
    practice.pass_hours(2).await;
    assert_eq!(tried(&practice, deposit, json!([0.09, 0.02])).await.0, 200);
}

#[tokio::test]
async fn verified_numbers_are_shown_with_nothing_else_known() {
    let (mut practice, deposit, account) = manual().await;
    let path = format!("/v2/accounts/{account}/auth");
    assert_eq!(practice.get(&path).await["auth"]["portfolios"], json!([]), "not before");
    practice.pass_hours(48).await;
    tried(&practice, deposit, json!([0.09, 0.02])).await;
    let auth = practice.get(&path).await["auth"].clone();
    let unknown = json!({"data": null, "error": {"id": "not_found", "message": "Not found."}});
    assert_eq!(
        auth["portfolios"],
        json!([{"balance": null, "id": 33_001, "name": NUMBER, "routing": ROUTING, "wire_routing": null,
                "details": {"address": unknown, "dob": unknown, "email": unknown, "phone": unknown},
                "owner_names": null, "portfolio_category": "Unknown", "portfolio_type": "Unknown",
                "portfolio_type_confidence": null}])
    );
    assert_eq!((&auth["balance"], &auth["last_good_auth"]), (&Value::Null, &Value::Null), "{auth}");
}

#[tokio::test]
async fn a_third_wrong_pair_ends_it_and_the_first_two_do_not_move_it() {
    let (mut practice, deposit, account) = manual().await;
    practice.pass_hours(48).await;
    let before = practice.shown_deposit(deposit).await;
    for wrong in [json!([0.01, 0.02]), json!([0.09, 0.09])] {
        let (code, answer) = tried(&practice, deposit, wrong).await;
        assert_eq!(
            (code, answer),
            (400, json!({"id": "invalid_parameter", "message": MISMATCH, "status": 400})),
            "as the reference prints it"
        );
        assert_eq!(practice.shown_deposit(deposit).await, before, "nothing has moved");
    }
    assert_eq!(tried(&practice, deposit, json!([1, 2])).await.0, 400, "the third");
    let after = practice.shown_deposit(deposit).await;
    assert_eq!((&after["status"], &after["error"]), (&json!("verification_failed"), &Value::Null));
    assert_eq!(tried(&practice, deposit, json!([0.09, 0.02])).await.0, 400, "the right ones come too late");
    let ledger = practice.sandbox.ledger();
    assert_eq!(ledger.count(EventKind::AmountsTried, Some(ConnectionId(account))), 3, "each try is told");
}

#[tokio::test]
async fn many_wrong_pairs_at_once_use_no_more_tries_than_there_are() {
    let (mut practice, deposit, account) = manual().await;
    practice.pass_hours(48).await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let request = practice.http.post(format!("{}/v2/auth_deposits/{deposit}", practice.base));
        let request = request.bearer_auth(&practice.token).json(&json!({"amounts": [0.01, 0.02]}));
        calls.spawn(async move { request.send().await.unwrap().json::<Value>().await.unwrap() });
    }
    let answers = calls.join_all().await;
    assert!(answers.iter().all(|answer| answer["status"] == 400), "{answers:?}");
    let counted = answers.iter().filter(|answer| answer["message"] == MISMATCH).count();
    assert_eq!(counted, 3, "the rest is told that nothing can be verified");
    let ledger = practice.sandbox.ledger();
    assert_eq!(ledger.count(EventKind::AmountsTried, Some(ConnectionId(account))), 3);
}

#[tokio::test]
async fn how_often_amounts_may_be_tried_is_a_rule() {
    let (mut practice, deposit, _) = manual().await;
    practice.sandbox.set_deposit_rules(DepositRules { tries: 1, cents: None });
    practice.pass_hours(48).await;
    tried(&practice, deposit, json!([0.01, 0.02])).await;
    assert_eq!(status(&practice, deposit).await, "verification_failed");
}

#[tokio::test]
async fn what_is_no_pair_of_amounts_uses_no_try() {
    let (mut practice, deposit, account) = manual().await;
    practice.pass_hours(48).await;
    for odd in [
        json!([0.09]),
        json!([0.09, 0.02, 0.01]),
        json!([0.095, 0.02]),
        json!([-0.09, 0.02]),
        json!(["0.09", "0.02"]),
        json!(0.09),
        json!([]),
        Value::Null,
    ] {
        assert_eq!(tried(&practice, deposit, odd.clone()).await.0, 400, "{odd}");
    }
    let ledger = practice.sandbox.ledger();
    assert_eq!(ledger.count(EventKind::AmountsTried, Some(ConnectionId(account))), 0);
    assert_eq!(tried(&practice, deposit, json!([0.09, 0.02])).await.0, 200, "all tries were left");
}

#[tokio::test]
async fn deposits_that_nobody_confirms_are_given_up_after_thirty_days() {
    let (mut practice, deposit, _) = manual().await;
    practice.pass_hours(30 * 24 - 1).await;
    assert_eq!(status(&practice, deposit).await, "transferred");
    practice.pass_hours(1).await;
    let shown = practice.shown_deposit(deposit).await;
    assert_eq!(
        (&shown["status"], &shown["updated"], &shown["error"]),
        (&json!("verification_failed"), &json!("2026-03-31T10:00:00Z"), &Value::Null)
    );
}

#[tokio::test]
async fn a_linked_account_verifies_by_itself_three_days_later_whoever_watches() {
    let mut practice = start().await;
    let (account, portfolio, number) = linked(&practice, 900_019).await;
    let deposit = practice.deposit(portfolio, &number, ROUTING).await;
    practice.pass_hours(71).await;
    assert_eq!(status(&practice, deposit).await, "transferred");
    practice.pass_hours(1).await;
    let shown = practice.shown_deposit(deposit).await;
    assert_eq!((&shown["status"], &shown["account_status"]), (&json!("verified"), &json!("good")));
    let auth = practice.get(&format!("/v2/accounts/{account}/auth")).await["auth"].clone();
    let proven = &auth["portfolios"][0];
    assert_eq!((&proven["name"], &proven["routing"]), (&json!(number), &json!(ROUTING)), "as it was given");
    assert_eq!(proven["balance"], 2480.17, "an aggregation has read it");
    assert_eq!((&auth["last_good_auth"], &proven["owner_names"]), (&Value::Null, &Value::Null), "{auth}");
}

#[tokio::test]
async fn quovos_example_numbers_are_found_on_every_linked_account() {
    let mut practice = start().await;
    let (_, portfolio, _) = linked(&practice, 21_700).await;
    let deposit = practice.deposit(portfolio, "569339485397", "306061549").await;
    practice.pass_hours(72).await;
    assert_eq!(status(&practice, deposit).await, "verified");
}

#[tokio::test]
async fn deposits_to_another_account_than_the_linked_one_are_not_found() {
    let mut practice = start().await;
    let (_, portfolio, number) = linked(&practice, 900_019).await;
    let another = practice.deposit(portfolio, "400123450000", ROUTING).await;
    let hidden = practice.deposit(portfolio, &format!("99005{number}"), ROUTING).await;
    practice.pass_hours(29 * 24).await;
    for deposit in [another, hidden] {
        assert_eq!(status(&practice, deposit).await, "transferred", "{deposit}");
    }
    practice.pass_hours(24).await;
    for deposit in [another, hidden] {
        assert_eq!(status(&practice, deposit).await, "verification_failed", "{deposit}");
    }
}

#[tokio::test]
async fn nothing_is_found_while_the_login_is_refused_and_it_is_once_it_is_given_again() {
    let mut practice = start().await;
    let (account, portfolio, number) = linked(&practice, 900_105).await;
    let deposit = practice.deposit(portfolio, &number, ROUTING).await;
    practice.pass_hours(96).await;
    let shown = practice.shown_deposit(deposit).await;
    assert_eq!((&shown["status"], &shown["account_status"]), (&json!("transferred"), &json!("login")));
    let login = json!({"username": "practice-good", "password": "practice"});
    practice.ok(Method::PUT, &format!("/v2/accounts/{account}"), login).await;
    practice.v2_sync(account, Value::Null).await;
    assert_eq!(practice.shown_deposit(deposit).await["account_status"], "syncing");
    practice.pass(30_000);
    let shown = practice.shown_deposit(deposit).await;
    assert_eq!((&shown["status"], &shown["account_status"]), (&json!("verified"), &json!("good")));
    assert_eq!(shown["updated"], "2026-03-05T10:01:02Z", "when the sync ended: {shown}");
}

#[tokio::test]
async fn each_error_has_a_number_that_leads_to_it() {
    let cases = [
        ("990011234", ROUTING, "deposit_failed", "invalid_account_number"),
        ("990021234", ROUTING, "deposit_failed", "invalid_bank_account"),
        ("990041234", ROUTING, "failed", "invalid_account_number"),
        ("990071234", ROUTING, "deposit_failed", "invalid_routing_number"),
        (NUMBER, "129999911", "deposit_failed", "invalid_routing_number"),
        (NUMBER, "129999909", "deposit_failed", "invalid_routing_number"),
    ];
    let mut practice = start().await;
    let user = practice.user("pat").await;
    let (portfolio, _) = practice.deposit_portfolio(user).await;
    let mut deposits = Vec::new();
    for (name, routing, ..) in cases {
        deposits.push(practice.deposit(portfolio, name, routing).await);
    }
    practice.pass_hours(26).await;
    for (deposit, (name, routing, status, error)) in deposits.into_iter().zip(cases) {
        let shown = practice.shown_deposit(deposit).await;
        assert_eq!(
            (&shown["status"], &shown["error"]["id"]),
            (&json!(status), &json!(error)),
            "{name} {routing}"
        );
        assert_eq!(tried(&practice, deposit, json!([0.01, 0.02])).await.0, 400, "{name}");
    }
}

#[tokio::test]
async fn a_process_error_is_not_the_end() {
    let mut practice = start().await;
    let user = practice.user("pat").await;
    let (portfolio, _) = practice.deposit_portfolio(user).await;
    let deposit = practice.deposit(portfolio, "990031234", ROUTING).await;
    practice.pass_hours(2).await;
    let shown = practice.shown_deposit(deposit).await;
    assert_eq!(
        (&shown["status"], &shown["error"]["id"]),
        (&json!("deposit_failed"), &json!("process_error")),
        "{shown}"
    );
    practice.pass_hours(24).await;
    let shown = practice.shown_deposit(deposit).await;
    assert_eq!(
        (&shown["status"], &shown["error"]),
        (&json!("submitted"), &Value::Null),
        "sent again by itself"
    );
    practice.pass_hours(46).await;
    assert_eq!(status(&practice, deposit).await, "transferred");
}

#[tokio::test]
async fn a_card_takes_no_deposits() {
    let mut practice = start().await;
    let (account, ..) = linked(&practice, 900_019).await;
    let found = practice.get(&format!("/v2/accounts/{account}/portfolios")).await;
    let card =
        found["portfolios"].as_array().unwrap().iter().find(|one| one["portfolio_type"] == "Credit Card");
    let deposit = practice.deposit(card.unwrap()["id"].as_u64().unwrap(), NUMBER, ROUTING).await;
    practice.pass_hours(26).await;
    assert_eq!(practice.shown_deposit(deposit).await["error"]["id"], "invalid_bank_account");
}

#[tokio::test]
async fn what_can_be_no_number_is_refused_and_an_account_that_is_not_aggregated_takes_none() {
    let (practice, ..) = manual().await;
    let path = "/v2/portfolios/33001/auth_deposits";
    for (name, routing) in [
        (NUMBER, "12999990"),
        (NUMBER, "1299999080"),
        (NUMBER, "12999990a"),
        ("123", ROUTING),
        ("123456789012345678", ROUTING),
        ("4001-2345", ROUTING),
        ("", ""),
    ] {
        let body = json!({"name": name, "routing": routing});
        practice.refused(Method::POST, path, body, 400, "invalid_parameter").await;
    }
    for body in
        [json!({"name": NUMBER}), json!({"routing": ROUTING}), json!({"name": 4001, "routing": ROUTING})]
    {
        practice.refused(Method::POST, path, body, 400, "invalid_parameter").await;
    }
    let user = practice.user("sam").await;
    let account = practice.v2_account(user, 900_001, true).await;
    practice.v2_verify(account, json!({})).await;
    let found = practice.get(&format!("/v3/connections/{account}/accounts")).await;
    let path = format!("/v2/portfolios/{}/auth_deposits", found["accounts"][0]["id"]);
    let body = json!({"name": NUMBER, "routing": ROUTING});
    practice.refused(Method::POST, &path, body, 404, "not_found").await;
}

#[tokio::test]
async fn a_list_is_narrowed_by_status_and_by_what_was_updated_after() {
    let mut practice = start().await;
    let user = practice.user("pat").await;
    let (portfolio, _) = practice.deposit_portfolio(user).await;
    let (other, _) = practice.deposit_portfolio(user).await;
    let failed = practice.deposit(portfolio, "990041234", ROUTING).await;
    let failed_too = practice.deposit(portfolio, "990011234", ROUTING).await;
    let arrives = practice.deposit(portfolio, NUMBER, ROUTING).await;
    let elsewhere = practice.deposit(other, NUMBER, ROUTING).await;
    practice.pass_hours(26).await;
    let ids = async |path: &str| -> Vec<u64> {
        let listed = practice.get(path).await;
        let listed = listed["auth_deposits"].as_array().unwrap().clone();
        listed.iter().map(|one| one["id"].as_u64().unwrap()).collect()
    };
    let all = "/v2/auth_deposits";
    let own = format!("/v2/portfolios/{portfolio}/auth_deposits");
    assert_eq!(ids(all).await, [failed, failed_too, arrives, elsewhere], "of all portfolios");
    assert_eq!(ids(&own).await, [failed, failed_too, arrives], "of one");
    for word in ["failed", "deposit_failed"] {
        assert_eq!(
            ids(&format!("{all}?status={word}")).await,
            [failed, failed_too],
            "either word finds both"
        );
    }
    assert_eq!(ids(&format!("{own}?status=submitted")).await, [arrives]);
    assert_eq!(ids(&format!("{all}?status=verified")).await, [0_u64; 0]);
    // Submitted at noon, failed at noon of the next day.
    for (after, expected) in [
        ("2026-03-01T11:59:59Z", vec![failed, failed_too, arrives, elsewhere]),
        ("2026-03-01T12:00:00Z", vec![failed, failed_too]),
        ("2026-03-02T11:59:59.999", vec![failed, failed_too]),
        ("2026-03-02T07:00:00-05:00", vec![]),
    ] {
        assert_eq!(ids(&format!("{all}?updated_after={after}")).await, expected, "{after}");
    }
    for odd in ["status=lost", "updated_after=yesterday"] {
        practice.refused(Method::GET, &format!("{all}?{odd}"), Value::Null, 400, "invalid_parameter").await;
    }
}

#[tokio::test]
async fn amounts_are_drawn_anew_for_each_pair_and_are_on_the_statement_only() {
    let mut practice = start().await;
    let user = practice.user("pat").await;
    let (portfolio, _) = practice.deposit_portfolio(user).await;
    let mut deposits = Vec::new();
    for _ in 0..8 {
        deposits.push(practice.deposit(portfolio, NUMBER, ROUTING).await);
    }
    let bounced = practice.deposit(portfolio, "990011234", ROUTING).await;
    assert!(practice.statement().await.is_empty(), "nothing has been sent");
    practice.pass_hours(3).await;
    let lines = practice.statement().await;
    assert_eq!(lines.len(), 18, "two for each");
    assert!(lines.iter().all(|line| line["is_pending"] == true), "on the way: {lines:?}");
    practice.pass_hours(48).await;
    let lines = practice.statement().await;
    assert!(lines.iter().all(|line| line["is_pending"] == false && line["deposit"] != bounced), "{lines:?}");
    assert_eq!(lines[0]["number_ends"], "6789", "no more of the number");
    assert_eq!(lines[0]["since"], "2026-03-03T10:00:00Z", "when they arrived");
    let of = |deposit: u64| -> Vec<f64> {
        let own = lines.iter().filter(|line| line["deposit"] == deposit);
        own.map(|line| line["amount"].as_f64().unwrap()).collect()
    };
    let pairs: Vec<_> = deposits.iter().map(|deposit| of(*deposit)).collect();
    assert!(pairs.iter().any(|pair| *pair != pairs[0]), "eight pairs alike would be a wonder: {pairs:?}");
    for (deposit, pair) in deposits.into_iter().zip(pairs) {
        let (code, answer) = tried(&practice, deposit, json!(pair)).await;
        assert_eq!(code, 200, "what the statement says is right: {answer}");
    }
}

#[tokio::test]
async fn numbers_and_amounts_are_in_no_ledger_debug_or_page_but_the_statement() {
    let (mut practice, deposit, _) = manual().await;
    practice.pass_hours(48).await;
    tried(&practice, deposit, json!([0.77, 0.78])).await;
    tried(&practice, deposit, json!([0.09, 0.02])).await;
    let console = practice.http.get(&practice.base).send().await.unwrap().text().await.unwrap();
    assert!(console.contains("$0.09"), "the page shows the statement");
    let ledger = practice.http.get(format!("{}/console/ledger.json", practice.base)).send().await.unwrap();
    let told = ledger.text().await.unwrap();
    let debug = format!("{:?} {:?}", practice.sandbox, practice.sandbox.ledger().entries());
    for (what, text) in [("the page", &console), ("the ledger", &told), ("Debug", &debug)] {
        assert!(!text.contains(NUMBER) && !text.contains(ROUTING), "a number is in {what}: {text}");
        assert!(!text.contains("0.77"), "a tried amount is in {what}: {text}");
    }
    assert!(!told.contains("0.09") && !debug.contains("0.09"), "the amounts are on the statement only");
    assert!(told.contains("\"deposit_created\"") && told.contains("\"amounts_tried\""), "{told}");
}

//! The v2 dialect: accounts, syncs, challenges, portfolios over the same world as v3.

use std::time::Duration;

use linchpin_sandbox::{Directory, practice_banks, v2_practice_banks};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Practice, keys, open_challenges, set, start, start_with};
use crate::v2_support::GOOD;

/// Every route of v2 that needs a token.
const ROUTES: &[(&str, &str)] = &[
    ("GET", "/v2/users"),
    ("POST", "/v2/users"),
    ("GET", "/v2/users/1"),
    ("PUT", "/v2/users/1"),
    ("DELETE", "/v2/users/1"),
    ("GET", "/v2/users/1/accounts"),
    ("POST", "/v2/users/1/accounts"),
    ("GET", "/v2/users/1/portfolios"),
    ("GET", "/v2/brokerages"),
    ("GET", "/v2/brokerages/1"),
    ("GET", "/v2/accounts"),
    ("GET", "/v2/accounts/1"),
    ("PUT", "/v2/accounts/1"),
    ("DELETE", "/v2/accounts/1"),
    ("GET", "/v2/accounts/1/sync"),
    ("POST", "/v2/accounts/1/sync"),
    ("GET", "/v2/accounts/1/challenges"),
    ("PUT", "/v2/accounts/1/challenges"),
    ("POST", "/v2/accounts/1/challenges"),
    ("GET", "/v2/accounts/1/portfolios"),
    ("GET", "/v2/accounts/1/auth"),
    ("GET", "/v2/challenges/1"),
    ("PUT", "/v2/challenges/1"),
    ("GET", "/v2/portfolios"),
    ("GET", "/v2/portfolios/1"),
    ("GET", "/v2/portfolios/1/auth_deposits"),
    ("POST", "/v2/portfolios/1/auth_deposits"),
    ("GET", "/v2/auth_deposits"),
    ("GET", "/v2/auth_deposits/1"),
    ("POST", "/v2/auth_deposits/1"),
    ("GET", "/v2/auth_deposit_portfolios"),
    ("GET", "/v2/auth_deposit_portfolios/1"),
    ("DELETE", "/v2/auth_deposit_portfolios/1"),
    ("GET", "/v2/users/1/auth_deposit_portfolios"),
    ("POST", "/v2/users/1/auth_deposit_portfolios"),
];

#[tokio::test]
async fn every_route_needs_a_token_and_knows_what_is_not_there() {
    let practice = start().await;
    let body = json!({"brokerage": 900_001, "username": "a", "password": "b", "answer": "c", "question": "?",
                      "questions": [{"id": 1, "answer": "d"}], "name": "569339485397", "routing": "306061549",
                      "amounts": [0.01, 0.02]});
    for (method, path) in ROUTES {
        let method: Method = method.parse().unwrap();
        let without = practice.http.request(method.clone(), format!("{}{path}", practice.base));
        assert_eq!(without.send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "{method} {path}");
        if path.contains("/1") {
            let has_body = method == Method::POST || method == Method::PUT;
            let body = if has_body { body.clone() } else { Value::Null };
            practice.refused(method, path, body, 404, "not_found").await;
        }
    }
}

#[tokio::test]
async fn a_token_is_minted_by_either_address_and_opens_both() {
    let practice = start().await;
    let request = practice.http.post(format!("{}/v2/tokens", practice.base)).json(&json!({"name": "two"}));
    let minted = request.basic_auth("practice", Some("practice-password")).send().await.unwrap();
    assert_eq!(minted.status(), StatusCode::CREATED);
    let minted: Value = minted.json().await.unwrap();
    let token = minted["access_token"]["token"].as_str().unwrap();
    for path in ["/v2/users", "/v3/users"] {
        let request = practice.http.get(format!("{}{path}", practice.base)).bearer_auth(token);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK, "{path}");
    }
}

fn names(list: &Value) -> Vec<&str> {
    list["brokerages"].as_array().unwrap().iter().map(|found| found["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn brokerages_are_found_by_name_and_by_whether_they_verify_at_once() {
    let practice = start_with(Directory::full()).await;
    let found = practice.get("/v2/brokerages?can_auth=true&query=test%20bank").await;
    assert_eq!(names(&found), ["Test Bank Institution"]);
    assert_eq!(
        found["brokerages"][0],
        json!({"can_auth": true, "country_code": "USA", "id": 21_700, "is_test": true,
               "name": "Test Bank Institution", "notes": null, "password": null, "popularity_score": 5,
               "status": "available", "username": null, "website": "test-bank.example"})
    );
    let harbour = practice.get("/v2/brokerages?query=harbour.example").await;
    assert_eq!(harbour["brokerages"][0]["username"], "Member number", "a label, {harbour}");
    assert_eq!(harbour["brokerages"][0]["password"], "Passcode", "a label, {harbour}");
    let one = practice.get("/v2/brokerages/900001").await;
    assert_eq!(one["brokerage"], harbour["brokerages"][0], "the same by its own address");
    let own_page = practice.get("/v2/brokerages/900026").await;
    assert_eq!(own_page["brokerage"]["status"], "unavailable", "nobody can sign in there by v2: {own_page}");
    let instant = practice.get("/v2/brokerages?can_auth=true").await;
    let other = practice.get("/v2/brokerages?can_auth=false").await;
    assert!(names(&instant).contains(&"Harbour Savings") && !names(&instant).contains(&"No Instant Bank"));
    assert!(names(&other).contains(&"No Instant Bank") && !names(&other).contains(&"Harbour Savings"));
    let all = practice.get("/v2/brokerages").await;
    assert_eq!(
        names(&all).len(),
        names(&instant).len() + names(&other).len(),
        "each is the one or the other"
    );
    practice.refused(Method::GET, "/v2/brokerages/22134", Value::Null, 404, "not_found").await;
    practice.refused(Method::GET, "/v2/brokerages?can_auth=x", Value::Null, 400, "invalid_parameter").await;
}

#[tokio::test]
async fn quovos_own_test_bank_takes_any_login_but_an_empty_one_and_v3_does_not_list_it() {
    let practice = start().await;
    for (at, (username, password, status)) in
        [("testusername", "testpass", "good"), ("x", "", "login"), (" ", "x", "login")]
            .into_iter()
            .enumerate()
    {
        let user = practice.user(&format!("user-{at}")).await;
        let body = json!({"brokerage": 21_700, "username": username, "password": password});
        let made = practice.post(&format!("/v2/users/{user}/accounts"), body).await;
        let account = made["account"]["id"].as_u64().unwrap();
        practice.v2_sync(account, Value::Null).await;
        practice.pass(30_000);
        assert_eq!(practice.v2_poll(account).await["sync"]["status"], status, "{username:?}, {password:?}");
    }
    let user = practice.user("pat").await;
    let (path, body) = (format!("/v3/users/{user}/connections"), json!({"institution_id": 21_700}));
    practice.refused(Method::POST, &path, body, 400, "invalid_parameter").await;
    for bank in v2_practice_banks() {
        let path = format!("/v3/institutions/{}", bank.id);
        practice.refused(Method::GET, &path, Value::Null, 404, "not_found").await;
    }
}

#[tokio::test]
async fn an_account_is_made_with_its_login_and_is_the_connection_of_v3() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let account = practice.v2_account(user, 900_001, false).await;
    let v3 = practice.get(&format!("/v3/connections/{account}")).await;
    assert_eq!(v3["connection"]["status"], Value::Null, "nothing is tried at the bank yet: {v3}");
    let again = json!({"brokerage": 900_001, "username": GOOD, "password": "other"});
    let path = format!("/v2/users/{user}/accounts");
    practice.refused(Method::POST, &path, again, 409, "duplicate_account").await;
    for body in [
        json!({"brokerage": 900_001, "username": "x"}),
        json!({"brokerage": 900_001}),
        json!({"brokerage": 1, "username": "x", "password": "y"}),
        json!({"brokerage": 22_134, "username": "x", "password": "y"}),
        // People sign in on its own page, which v2 has no words for.
        json!({"brokerage": 900_026, "username": "x", "password": "y"}),
    ] {
        practice.refused(Method::POST, &path, body, 400, "invalid_parameter").await;
    }
    let listed = practice.get(&path).await;
    assert_eq!(listed["accounts"].as_array().unwrap().len(), 1, "what was refused left nothing: {listed}");
    assert_eq!(practice.get("/v2/accounts").await, listed, "of all users");
    practice.ok(Method::DELETE, &format!("/v2/accounts/{account}"), Value::Null).await;
    practice.refused(Method::GET, &format!("/v2/accounts/{account}"), Value::Null, 404, "not_found").await;
}

#[tokio::test]
async fn a_wrong_login_is_login_and_is_put_right_by_a_put() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let body = json!({"brokerage": 900_001, "username": GOOD, "password": "wrong"});
    let made = practice.post(&format!("/v2/users/{user}/accounts"), body).await;
    let account = made["account"]["id"].as_u64().unwrap();
    practice.v2_sync(account, Value::Null).await;
    practice.pass(30_000);
    assert_eq!(practice.v2_poll(account).await["sync"]["status"], "login");
    let path = format!("/v2/accounts/{account}");
    let shown = practice.get(&path).await;
    assert_eq!((&shown["account"]["status"], &shown["account"]["failures"]), (&json!("login"), &json!(1)));
    let half = json!({"username": GOOD});
    practice.refused(Method::PUT, &path, half, 400, "invalid_parameter").await;
    let elsewhere = json!({"brokerage": 900_002});
    practice.refused(Method::PUT, &path, elsewhere, 400, "invalid_parameter").await;
    practice.ok(Method::PUT, &path, json!({"username": GOOD, "password": "practice"})).await;
    practice.v2_sync(account, Value::Null).await;
    practice.pass(30_000);
    let shown = practice.get(&path).await;
    let account = &shown["account"];
    assert_eq!((&account["status"], &account["failures"]), (&json!("good"), &json!(0)), "{shown}");
    assert_eq!(account["update_count"], 1, "{shown}");
}

#[tokio::test]
async fn every_practice_bank_says_in_v2_words_how_a_sync_ends() {
    let practice = start().await;
    let user = practice.user("pat").await;
    for bank in practice_banks().iter().filter(|bank| bank.takes_logins()) {
        let body = json!({"brokerage": bank.id, "username": GOOD, "password": bank.passcode});
        let made = practice.post(&format!("/v2/users/{user}/accounts"), body).await;
        let account = made["account"]["id"].as_u64().unwrap();
        practice.v2_sync(account, Value::Null).await;
        practice.pass(60_000);
        let v3 = practice.poll(account).await["sync"]["status"].clone();
        let word = match v3.as_str().unwrap() {
            "incorrect_credentials" => "login",
            "challenges" => "questions",
            "user_config" => "config",
            other => other,
        };
        let poll = practice.v2_poll(account).await;
        assert_eq!(poll["sync"]["status"], word, "{}", bank.name);
        assert_eq!(
            poll["sync"].get("config_instructions").is_some(),
            word == "config",
            "{}: {poll}",
            bank.name
        );
        assert_eq!(poll.get("challenges").is_some(), word == "questions", "{}: {poll}", bank.name);
        let shown = practice.get(&format!("/v2/accounts/{account}")).await;
        assert_eq!(shown["account"]["status"], word, "{}", bank.name);
    }
}

#[tokio::test]
async fn a_body_may_be_a_form() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let send = async |path: String, form: &str| -> (u16, Value) {
        let request = practice.http.post(format!("{}{path}", practice.base)).bearer_auth(&practice.token);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response = request.body(form.to_owned()).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    };
    let accounts = format!("/v2/users/{user}/accounts");
    let login = "brokerage=900002&username=practice-good&password=practice&is_auth=false";
    let (code, made) = send(accounts.clone(), login).await;
    assert_eq!(code, 201, "{made}");
    let account = made["account"]["id"].as_u64().unwrap();
    practice.v2_sync(account, Value::Null).await;
    practice.pass(30_000);
    let id = practice.v2_poll(account).await["challenges"][0]["id"].clone();
    let answers = format!("questions=%5B%7B%22id%22%3A{id}%2C%22answer%22%3A%22rex%22%7D%5D");
    let (code, answer) = send(format!("/v2/accounts/{account}/challenges"), &answers).await;
    assert_eq!(code, 200, "{answer}");
    practice.pass(30_000);
    assert_eq!(practice.v2_poll(account).await["sync"]["status"], "good");
    let (code, _) = send("/v2/users".to_owned(), r#"{"username": "sam"}"#).await;
    assert_eq!(code, 201, "JSON that says it is a form, as curl sends it unless told otherwise");
    let (code, answer) = send(accounts.clone(), "brokerage=canary&username=canary&password=canary").await;
    assert_eq!((code, &answer["id"]), (400, &json!("invalid_parameter")), "{answer}");
    assert!(!answer.to_string().contains("canary"), "repeated in {answer}");
    let (code, _) = send(accounts, &format!("username={}", "x".repeat(70_000))).await;
    assert_eq!(code, 413, "too large");
}

async fn asked(practice: &Practice, bank: u64) -> (u64, Value) {
    let user = practice.user(&format!("user-{bank}")).await;
    let account = practice.v2_account(user, bank, false).await;
    practice.v2_sync(account, Value::Null).await;
    practice.pass(30_000);
    let poll = practice.v2_poll(account).await;
    assert_eq!(poll["sync"]["status"], "questions", "{poll}");
    (account, poll)
}

#[tokio::test]
async fn a_question_is_answered_by_id_by_text_and_in_a_text_by_put_post_sync_and_its_own_address() {
    let practice = start().await;
    let text = "What was the name of your first pet?";
    for way in 0..7 {
        let user = practice.user(&format!("user-{way}")).await;
        let account = practice.v2_account(user, 900_002, false).await;
        practice.v2_sync(account, Value::Null).await;
        practice.pass(30_000);
        let poll = practice.v2_poll(account).await;
        let id = &poll["challenges"][0]["id"];
        let (list, sync) =
            (format!("/v2/accounts/{account}/challenges"), format!("/v2/accounts/{account}/sync"));
        let by_id = json!({"questions": [{"id": id, "answer": "rex"}]});
        let in_text = json!({"questions": json!([{"id": id, "answer": "rex"}]).to_string()});
        let (method, path, body) = match way {
            0 => (Method::PUT, list, by_id),
            1 => (Method::POST, list, by_id),
            2 => (Method::POST, sync, by_id),
            3 => (Method::PUT, list, json!({"questions": [{"question": text, "answer": "rex"}]})),
            4 => (Method::PUT, list, in_text),
            // One question with its answer wins over a list.
            5 => (
                Method::PUT,
                list,
                json!({"question": text, "answer": "rex", "questions": [{"id": id, "answer": "no"}]}),
            ),
            _ => (Method::PUT, format!("/v2/challenges/{id}"), json!({"answer": "rex"})),
        };
        practice.ok(method, &path, body).await;
        let own = practice.get(&format!("/v2/challenges/{id}")).await;
        assert_eq!(own["challenge"]["is_answered"], true, "way {way}: {own}");
        practice.pass(30_000);
        assert_eq!(practice.v2_poll(account).await["sync"]["status"], "good", "way {way}");
    }
}

#[tokio::test]
async fn a_challenge_has_v2s_fields_and_those_of_its_form() {
    let practice = start().await;
    let common = ["account", "id", "is_answered", "last_asked", "question", "should_answer", "type"];
    let forms: [(u64, &[&str]); 5] = [
        (900_002, &[]),
        (900_007, &["choices"]),
        (900_008, &["image"]),
        (900_009, &["image_choices"]),
        (900_010, &["choices"]),
    ];
    for (bank, more) in forms {
        let (account, poll) = asked(&practice, bank).await;
        let challenge = &poll["challenges"][0];
        assert_eq!(keys(challenge), &set(&common) | &set(more), "{bank}");
        assert_eq!(challenge["account"], account, "{bank}");
        let listed = practice.get(&format!("/v2/accounts/{account}/challenges")).await;
        assert_eq!(listed["challenges"], poll["challenges"], "{bank}: the list says the same");
        assert_eq!(poll["sync"]["has_realtime"], false, "{bank}: not timed");
    }
    let (_, timed) = asked(&practice, 900_011).await;
    assert_eq!(timed["sync"]["has_realtime"], true, "a code that lapses: {timed}");
}

#[tokio::test]
async fn a_choice_is_answered_by_its_number_or_the_text_of_it() {
    let practice = start().await;
    for (at, answer) in [json!(1), json!("1")].into_iter().enumerate() {
        let user = practice.user(&format!("pat-{at}")).await;
        let account = practice.v2_account(user, 900_007, false).await;
        practice.v2_sync(account, Value::Null).await;
        practice.pass(30_000);
        let open = open_challenges(&practice.v2_poll(account).await);
        practice.v2_sync(account, json!({"questions": [{"id": open[0]["id"], "answer": answer}]})).await;
        practice.pass(30_000);
        assert_eq!(practice.v2_poll(account).await["sync"]["status"], "good", "{answer}");
    }
}

#[tokio::test]
async fn portfolios_are_there_after_an_aggregation_and_not_after_a_verification_alone() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let account = practice.v2_account(user, 900_001, true).await;
    let path = format!("/v2/accounts/{account}/portfolios");
    practice.v2_verify(account, json!({})).await;
    assert_eq!(practice.get(&path).await, json!({"portfolios": []}), "for verification alone");
    practice.v2_sync(account, Value::Null).await;
    practice.pass(30_000);
    let found = practice.get(&path).await;
    assert_eq!(found["portfolios"].as_array().unwrap().len(), 3, "{found}");
    for path in [format!("/v2/users/{user}/portfolios"), "/v2/portfolios".to_owned()] {
        assert_eq!(practice.get(&path).await, found, "{path}");
    }
    let first = &found["portfolios"][0];
    let own = practice.get(&format!("/v2/portfolios/{}", first["id"])).await;
    assert_eq!(&own["portfolio"], first);
    assert_eq!(
        (&first["portfolio_type"], &first["portfolio_category"]),
        (&json!("Checking"), &json!("Banking"))
    );
    let v3 = practice.get(&format!("/v3/accounts/{}", first["id"])).await;
    assert_eq!(v3["account"]["name"], first["portfolio_name"], "one account in both dialects");
}

#[tokio::test]
async fn the_nightly_aggregation_passes_an_auth_only_account_over_until_somebody_aggregates_it() {
    let mut practice = start().await;
    let user = practice.user("pat").await;
    // A bank that moves a day later, which the nightly aggregation notices.
    let account = practice.v2_account(user, 900_029, true).await;
    assert_eq!(practice.v2_verify(account, json!({})).await["sync"]["status"], "good");
    practice.sandbox.clock().advance(Duration::from_hours(25));
    practice.token = practice.mint("a day later").await;
    assert_eq!(practice.v2_poll(account).await["sync"]["status"], "good", "not looked at");
    practice.v2_sync(account, Value::Null).await;
    practice.sandbox.clock().advance(Duration::from_hours(25));
    practice.token = practice.mint("two days later").await;
    assert_eq!(practice.v2_poll(account).await["sync"]["status"], "login", "looked at each night");
}

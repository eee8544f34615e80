//! The canary: marked secrets through the whole path, then a search for them in everything that stays.

use super::database;
use super::receiver::{Answer, PLACE, Receiver, SIGNING};
use super::restart::Process;
use super::world::{ACORN, practice, until};
use linchpin_protocol::Next;
use linchpin_sandbox::DepositRules;
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

const PASSCODE: &str = "practice-canary-passcode-7f3a";
const USERNAME: &str = "practice-canary-username-51bd";
const ANSWER: &str = "canary-answer-19c2";
const QUERY: &str = "canary-query-88e0";
const MISSED: &str = "canary-bank-e5c7b";
const TYPED_NUMBER: &str = "4417-0293-8815";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_person_types_or_a_bank_answers_stays_in_the_database_or_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, url, _serving) = practice().await;
    // Each message is refused the first time, and a failure has to be told of.
    let receiver = Receiver::with(|heard| Answer::Status(if heard.before == 0 { 500 } else { 204 })).await;
    let settings = receiver.settings();
    let settings = [0, 1].map(|nth| (settings[nth].0, settings[nth].1.as_str()));
    let proxy = Process::start_with(&folder, &url, "proxy.log", &settings).await;
    let (token, link, connection) = proxy.begin("verify").await;
    proxy.request(Method::GET, &format!("/v1/institutions?query={QUERY}"), &token).send().await.unwrap();

    for status in [204, 422] {
        // Kept the first time; then with a member that nobody knows.
        let mut missed = json!({"text": format!("{MISSED} {TYPED_NUMBER}")});
        if status == 422 {
            missed["account"] = json!(TYPED_NUMBER);
        }
        let request = proxy.request(Method::POST, "/v1/institution-requests", &token).json(&missed);
        assert_eq!(request.send().await.unwrap().status(), status);
    }

    let on = proxy.sign_in(&token, &connection, USERNAME, PASSCODE).await;
    let wrong = proxy.follow(&sandbox, &token, &on).await;
    assert!(matches!(wrong.next, Next::Credentials { .. }), "{wrong:?}");
    let on = proxy.sign_in(&token, &wrong, "practice-question", "practice").await;
    let asked = proxy.follow(&sandbox, &token, &on).await;
    let on = proxy.answer(&token, &asked, ANSWER).await;
    let asked = proxy.follow(&sandbox, &token, &on).await;
    let on = proxy.answer(&token, &asked, "rex").await;
    let choose = proxy.follow(&sandbox, &token, &on).await;
    let linked = proxy.choose(&token, &choose).await;
    let path = format!("/v1/connections/{}/public-token", linked.id);
    let public = proxy.post(&path, &token, &Value::Null, 200).await;
    let body = json!({"public_token": public["public_token"]});
    let result = proxy.post("/v1/public-tokens/exchange", ACORN, &body, 200).await;
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let account = &result["accounts"][0];

    let mut secrets = vec![
        ("the passcode", PASSCODE.to_owned()),
        ("the user name", USERNAME.to_owned()),
        ("an answer", ANSWER.to_owned()),
        ("a search", QUERY.to_owned()),
        ("a number in a request", TYPED_NUMBER.to_owned()),
        ("a number in a request", TYPED_NUMBER.replace('-', "")),
        ("the account number", text(&account["account_number"])),
        ("the owner's email", text(&account["owner"]["email"]["data"])),
        ("the owner's name", text(&account["owner_names"][0])),
        ("the account's label", text(&account["name"])),
        ("the public token", text(&public["public_token"])),
        ("the session token", token),
        ("the client's secret", ACORN.to_owned()),
        ("the aggregator's password", linchpin_sandbox::DEFAULT_API_PASSWORD.to_owned()),
        ("the server's key", "a key of more than thirty-two characters".to_owned()),
        ("the question", "first pet".to_owned()),
        ("the webhook's secret", SIGNING.to_owned()),
        ("the webhook's key", SIGNING.replace("whsec_", "")),
        ("the webhook's address", PLACE.to_owned()),
    ];
    let link_secret = text(&link["link_token"]);
    secrets.push(("the link token's secret", link_secret.split_once('.').unwrap().1.to_owned()));

    until("the client was told twice", async || {
        receiver.told().values().any(|times| *times > 1).then_some(())
    })
    .await;
    for message in receiver.heard() {
        let told = format!("{:?} {}", message.headers, String::from_utf8_lossy(&message.body));
        for (what, secret) in &secrets {
            assert!(!told.contains(secret), "the client is told {what} without having asked: {told}");
        }
    }

    let mut files = database::files(&folder);
    assert!(files.len() >= 2, "the log of writes is searched too: {files:?}");
    files.push(folder.path().join("proxy.log"));
    for file in &files {
        let bytes = std::fs::read(file).unwrap();
        for (what, secret) in &secrets {
            assert!(!contains(&bytes, secret.as_bytes()), "{what} stays in {}", name(file));
        }
    }
    let metrics = proxy.http.get(format!("{}/metrics", proxy.operators)).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("linchpin_requests_total"), "{metrics}");
    for (what, secret) in &secrets {
        assert!(!metrics.contains(secret), "operators are told {what}");
    }
    let log = std::fs::read(files.last().unwrap()).unwrap();
    let kept = files.iter().any(|file| contains(&std::fs::read(file).unwrap(), MISSED.as_bytes()));
    assert!(kept && !contains(&log, MISSED.as_bytes()), "a request is for the client and not for the log");
    assert!(!metrics.contains(MISSED), "operators are told what somebody missed");
    assert!(contains(&log, b"/v1/connections/{id}/credentials"), "the log holds route templates");
    assert!(contains(&log, b"an event was not taken"), "the log tells of what clients refuse");
    assert!(
        contains(&std::fs::read(&files[0]).unwrap(), b"con_") || files.len() > 2,
        "the search looks at real files"
    );
}

/// An account number with its routing number is as good as a cheque, and amounts are the proof itself.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_account_that_deposits_go_to_stays_in_the_database_or_the_log() {
    const NUMBER: &str = "7340192265518";
    const MISTYPED: &str = "990017340192";
    const ROUTING: &str = "306061549";
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, url, _serving) = practice().await;
    let rules = DepositRules { cents: Some([73, 46]), ..DepositRules::default() };
    sandbox.set_deposit_rules(rules);
    let settings = [("AGGREGATOR__KIND", "quovo_v2"), ("DEPOSITS_EVERY", "1")];
    let proxy = Process::start_with(&folder, &url.replace("/v3", "/v2"), "proxy.log", &settings).await;
    let (token, _, _) = proxy.begin("verify").await;
    let numbers = |number: &str| json!({"routing": ROUTING, "account_number": number});
    let mut named = numbers(MISTYPED);
    named["name"] = json!(format!("rent {NUMBER}"));
    let ordered = proxy.post("/v1/deposits", &token, &named, 201).await;
    let mut unknown = numbers(NUMBER);
    unknown["mystery"] = json!(NUMBER);
    proxy.post("/v1/deposits", &token, &unknown, 422).await;
    let step = async |id: &Value, step: &str| {
        until(step, async || {
            let path = format!("/v1/deposits/{}", id.as_str().unwrap());
            let answer = proxy.request(Method::GET, &path, &token).send().await.unwrap();
            let now: Value = answer.json().await.unwrap();
            (now["next"]["step"] == step).then_some(now)
        })
        .await
    };
    let part = |id: &Value, part: &str| format!("/v1/deposits/{}/{part}", id.as_str().unwrap());
    sandbox.clock().advance(Duration::from_hours(30));
    let refused = step(&ordered["id"], "correct_account").await;
    let mut right = numbers(NUMBER);
    right["revision"] = refused["revision"].clone();
    let corrected = proxy.post(&part(&ordered["id"], "correct"), &token, &right, 201).await;
    sandbox.clock().advance(Duration::from_hours(3));
    let asked = step(&corrected["id"], "enter_amounts").await;
    let mut amounts = json!({"revision": asked["revision"], "cents": [46, 99]});
    let asked = proxy.post(&part(&corrected["id"], "amounts"), &token, &amounts, 200).await;
    amounts = json!({"revision": asked["revision"], "cents": [46, 73]});
    proxy.post(&part(&corrected["id"], "amounts"), &token, &amounts, 200).await;
    let path = part(&corrected["id"], "verification");
    let result: Value = proxy.request(Method::GET, &path, ACORN).send().await.unwrap().json().await.unwrap();
    assert_eq!(result["accounts"][0]["account_number"], NUMBER, "{result}");

    let mut files = database::files(&folder);
    assert!(files.len() >= 2, "the log of writes is searched too: {files:?}");
    files.push(folder.path().join("proxy.log"));
    let metrics = proxy.http.get(format!("{}/metrics", proxy.operators)).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    let secrets = [
        ("the account number", NUMBER),
        ("the mistyped number", MISTYPED),
        ("the routing number", ROUTING),
        // Not the numbers alone: a time of day in the log may hold those.
        ("the amounts", "[0.46"),
        ("the amounts", "[46,"),
        ("the amounts", "0.46,0.73"),
    ];
    for (what, secret) in secrets {
        for file in &files {
            let bytes = std::fs::read(file).unwrap();
            assert!(!contains(&bytes, secret.as_bytes()), "{what} stays in {}", name(file));
        }
        assert!(!metrics.contains(secret), "operators are told {what}");
    }
    let log = std::fs::read(files.last().unwrap()).unwrap();
    assert!(contains(&log, b"/v1/deposits/{id}/amounts"), "the log holds route templates");
    let kept = files.iter().any(|file| contains(&std::fs::read(file).unwrap(), b"5518"));
    assert!(kept, "the last digits are kept, so that people know which account it is");
}

/// Whoever has a ticket, a cookie with its state, or the address of the bank's page could go there for somebody else.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_leads_to_the_bank_or_back_stays_in_the_database_or_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, url, _serving) = practice().await;
    let proxy = Process::start(&folder, &url, "proxy.log").await;
    let (token, _, _) = proxy.begin("aggregate").await;
    let found =
        proxy.request(Method::GET, "/v1/institutions?query=own+page+bank", &token).send().await.unwrap();
    let found: Value = found.json().await.unwrap();
    let body = json!({"institution_id": found["institutions"][0]["id"], "method": "bank_login"});
    let there = proxy.post("/v1/connections", &token, &body, 201).await;
    let there: linchpin_protocol::Connection = serde_json::from_value(there).unwrap();
    let browser =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let header = |response: &reqwest::Response, name| response.headers()[name].to_str().unwrap().to_owned();
    let mut secrets = Vec::new();
    let mut way_back = String::new();
    for decision in ["no", "yes"] {
        let path = format!("/v1/connections/{}", there.id);
        let now = proxy.request(Method::GET, &path, &token).send().await.unwrap();
        let now: Value = now.json().await.unwrap();
        let path = format!("{path}/authorize");
        let ticket = proxy.post(&path, &token, &json!({"revision": now["revision"]}), 200).await;
        let ticket = ticket["url"].as_str().unwrap().to_owned();
        let out = browser.get(&ticket).send().await.unwrap();
        let (page, cookie) = (header(&out, "location"), header(&out, "set-cookie"));
        let form = browser.post(&page).header("content-type", "application/x-www-form-urlencoded");
        way_back = header(&form.body(format!("decision={decision}")).send().await.unwrap(), "location");
        let state = way_back.split_once("state=").unwrap().1.split('&').next().unwrap().to_owned();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let back = browser.get(&way_back).header("cookie", &cookie).send().await.unwrap();
        assert_eq!(back.status(), 200, "{decision}");
        secrets.extend([
            ("the ticket", ticket.rsplit_once('/').unwrap().1.to_owned()),
            ("the state", state),
            ("the cookie", cookie.split_once('=').unwrap().1.to_owned()),
            ("the bank's page", page.rsplit_once('/').unwrap().1.to_owned()),
        ]);
        // And what comes of it when it does not fit.
        for odd in [&ticket, &way_back, &format!("{ticket}{ticket}"), &format!("{way_back}&state=twice")] {
            browser.get(odd).send().await.unwrap();
        }
    }
    let waiting = proxy.request(Method::GET, &format!("/v1/connections/{}", there.id), &token).send().await;
    let waiting = serde_json::from_value(waiting.unwrap().json::<Value>().await.unwrap()).unwrap();
    let done = proxy.follow(&sandbox, &token, &waiting).await;
    assert!(matches!(done.next, Next::ChooseAccounts { .. }), "the whole way: {done:?} {way_back}");
    let metrics = proxy.http.get(format!("{}/metrics", proxy.operators)).send().await.unwrap().text().await;
    let metrics = metrics.unwrap();
    for (what, secret) in &secrets {
        assert!(secret.len() >= 32, "{what} could be guessed: {secret}");
        assert!(!metrics.contains(secret.as_str()), "operators are told {what}");
    }
    for file in database::files(&folder).into_iter().chain([folder.path().join("proxy.log")]) {
        let bytes = std::fs::read(&file).unwrap();
        for (what, secret) in &secrets {
            assert!(!contains(&bytes, secret.as_bytes()), "{what} stays in {}", name(&file));
        }
    }
    let log = std::fs::read(folder.path().join("proxy.log")).unwrap();
    assert!(contains(&log, b"/go/{ticket}"), "the log holds route templates");
}

/// What goes wrong tells nothing of what was sent: not to the caller, not to the log, not to operators.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_call_that_goes_wrong_is_repeated_anywhere() {
    const CANARY: &str = "canary-3e61";
    let folder = tempfile::tempdir().unwrap();
    let (_sandbox, url, _serving) = practice().await;
    let proxy = Process::start(&folder, &url, "proxy.log").await;
    let (token, _, connection) = proxy.begin("verify").await;
    let one = format!("/v1/connections/{}", connection.id);
    let login = |value: Value| json!({"revision": 1, "fields": [{"id": "username", "value": value}]});
    let calls = [
        (Method::POST, format!("{one}/credentials"), token.as_str(), login(json!(CANARY)).to_string()),
        (Method::POST, format!("{one}/credentials"), &token, login(json!({CANARY: CANARY})).to_string()),
        (Method::POST, format!("{one}/credentials"), &token, format!("{{\"revision\":\"{CANARY}\"")),
        (
            Method::POST,
            format!("{one}/answers"),
            &token,
            json!({"revision": 1, "answers": CANARY}).to_string(),
        ),
        (
            Method::POST,
            "/v1/sessions".into(),
            "none",
            json!({"link_token": format!("lt_{CANARY}.{CANARY}"), "origin": CANARY}).to_string(),
        ),
        (
            Method::POST,
            "/v1/public-tokens/exchange".into(),
            ACORN,
            json!({"public_token": CANARY}).to_string(),
        ),
        (Method::POST, "/v1/link-tokens".into(), CANARY, "{}".to_owned()),
        (
            Method::POST,
            "/v1/link-tokens".into(),
            ACORN,
            json!({"user_id": "pat", "origin": CANARY}).to_string(),
        ),
        (Method::GET, format!("/v1/institutions?query={CANARY}&limit={CANARY}"), &token, String::new()),
        (Method::GET, format!("/v1/{CANARY}?{CANARY}"), &token, String::new()),
        (Method::GET, format!("/v1/connections/{CANARY}"), &token, String::new()),
        (
            Method::POST,
            "/csp-reports".into(),
            "none",
            format!(r#"{{"csp-report":{{"blocked-uri":"{CANARY}"}}}}"#),
        ),
    ];
    for (method, path, bearer, body) in calls {
        let request = proxy.request(method.clone(), &path, bearer).header("content-type", "application/json");
        let response = request.body(body).send().await.unwrap();
        let told = format!("{:?}", response.headers());
        let told = told + &response.text().await.unwrap();
        assert!(!told.contains(CANARY), "{method} {path} is answered with what was sent: {told}");
    }
    let metrics = proxy.http.get(format!("{}/metrics", proxy.operators)).send().await.unwrap().text().await;
    assert!(!metrics.unwrap().contains(CANARY), "operators are told");
    for file in database::files(&folder).into_iter().chain([folder.path().join("proxy.log")]) {
        assert!(!contains(&std::fs::read(&file).unwrap(), CANARY.as_bytes()), "it stays in {}", name(&file));
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

//! Basiq's connections by login: jobs, steps, challenges, statuses (basiq.md 2.4 to 2.8, 3 to 5).

use linchpin_sandbox::{BasiqEventKind, BasiqRules};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::basiq_support::{GOOD, Speaker, refused_with, speak, statuses};
use crate::support::{keys, set};

const HOOLI: &str = "AU00000";
const ALWAYS_ASKS: &str = "AU00002";
const SOMETIMES_ASKS: &str = "AU00003";
const WRONG: (&str, &str) = ("gavinBelson", "wrong");

#[tokio::test]
async fn a_connection_goes_through_its_steps_and_is_active_when_all_are_done() {
    let speaker = speak().await;
    let (status, stub) = speaker.create(HOOLI, GOOD).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(keys(&stub), set(&["type", "id", "links"]), "no connection yet: {stub}");
    let id = stub["id"].as_str().unwrap();
    assert!(stub["links"]["self"].as_str().unwrap().ends_with(&format!("/basiq/jobs/{id}")), "{stub}");

    let verifying = speaker.job(id).await;
    assert_eq!(statuses(&verifying), ["in-progress", "pending", "pending"]);
    assert!(verifying["links"].get("source").is_none(), "not while the login is looked at: {verifying}");
    let connection = speaker.newest_connection().await;
    assert_eq!((&connection["status"], &connection["method"]), (&json!("pending"), &json!("web")));

    speaker.practice.pass(2_000);
    let loading = speaker.job(id).await;
    assert_eq!(statuses(&loading), ["success", "in-progress", "pending"]);
    assert_eq!(speaker.newest_connection().await["status"], "pending", "active is: all steps done");

    speaker.practice.pass(5_000);
    let done = speaker.job(id).await;
    assert_eq!(statuses(&done), ["success", "success", "success"]);
    let connection = speaker.newest_connection().await;
    assert_eq!(connection["status"], "active");
    assert_eq!(connection["lastUsed"], "2026-03-01T10:00:07Z", "when the job ended");
    assert_eq!(speaker.count(BasiqEventKind::LoginTried, None), 1);
}

#[tokio::test]
async fn a_finished_job_looks_as_documented() {
    let speaker = speak().await;
    let id = speaker.connecting(HOOLI, GOOD).await;
    speaker.practice.pass(5_000);
    let job = speaker.job(&id).await;
    let (user, connection) =
        (&speaker.user, speaker.newest_connection().await["id"].as_str().unwrap().to_owned());
    let here = format!("{}/basiq", speaker.practice.base);
    assert_eq!(
        job,
        json!({
            "type": "job", "id": id, "jobType": "connection",
            "created": "2026-03-01T10:00:00Z", "updated": "2026-03-01T10:00:04Z",
            "steps": [
                {"title": "verify-credentials", "status": "success",
                 "result": {"type": "link", "url": format!("/users/{user}/connections/{connection}")}},
                {"title": "retrieve-accounts", "status": "success",
                 "result": {"type": "link", "url": format!("/users/{user}/accounts?filter=institution.id.eq('AU00000')")}},
                {"title": "retrieve-transactions", "status": "in-progress", "result": null},
            ],
            "links": {"self": format!("{here}/jobs/{id}"), "source": format!("{here}/users/{user}/connections/{connection}")},
        })
    );
}

#[tokio::test]
async fn an_active_connection_looks_as_documented() {
    let speaker = speak().await;
    let id = speaker.connected(HOOLI, GOOD).await;
    let (user, here) = (&speaker.user, format!("{}/basiq", speaker.practice.base));
    let listed = &speaker.connections().await[0];
    assert_eq!(
        listed,
        &json!({
            "type": "connection", "id": id, "method": "web", "status": "active", "mfaEnabled": false,
            "createdDate": "2026-03-01T10:00:00Z", "lastUsed": "2026-03-01T10:00:07Z", "expiryDate": "",
            "institution": {"type": "institution", "id": "AU00000", "links": {"self": format!("{here}/connectors/AU00000")}},
            "links": {
                "self": format!("{here}/users/{user}/connections/{id}"),
                "accounts": format!("{here}/users/{user}/accounts?filter=institution.id.eq('AU00000')"),
                "transactions": format!("{here}/users/{user}/transactions?filter=institution.id.eq('AU00000')"),
                "user": format!("{here}/users/{user}"),
            },
        })
    );
    let whole = speaker.connection(&id).await;
    assert_eq!(whole["accounts"]["data"].as_array().unwrap().len(), 3);
    assert_eq!(whole["profile"]["fullName"], "GAVIN BELSON");
    for (filter, count) in [
        ("status.eq('active')", 1),
        ("status.eq('invalid')", 0),
        ("institution.id.eq('AU00000')", 1),
        ("institution.id.ne('AU00000')", 0),
    ] {
        let found = speaker.get(&format!("/users/{user}/connections?filter={filter}")).await;
        assert_eq!(found["data"].as_array().unwrap().len(), count, "{filter}");
    }
}

#[tokio::test]
async fn accounts_have_their_number_with_its_branch_and_are_the_users() {
    let speaker = speak().await;
    let id = speaker.connected(HOOLI, GOOD).await;
    let accounts = speaker.accounts(HOOLI).await;
    let first = &accounts[0];
    assert_eq!(first["accountNo"], "600000-157441965");
    assert_eq!((&first["type"], &first["currency"]), (&json!("account"), &json!("AUD")));
    assert_eq!(first["class"], json!({"type": "savings", "product": "Master Savings"}));
    assert_eq!((&first["connection"], &first["institution"]), (&json!(id), &json!("AU00000")));
    assert_eq!(first["accountHolder"], "GAVIN BELSON");
    assert_eq!((&first["balance"], &first["availableFunds"]), (&json!("356.50"), &json!("420.28")));
    assert!(speaker.accounts("AU00001").await.is_empty());
    let one = format!("/users/{}/accounts/{}", speaker.user, first["id"].as_str().unwrap());
    assert_eq!(&speaker.get(&one).await, first);
    let moved = speaker.get(&format!("/users/{}/transactions", speaker.user)).await;
    assert_eq!(moved["data"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_wrong_login_fails_at_the_first_step_and_the_later_ones_stay_pending() {
    let speaker = speak().await;
    let id = speaker.connecting(HOOLI, WRONG).await;
    speaker.practice.pass(60_000);
    let job = speaker.job(&id).await;
    assert_eq!(statuses(&job), ["failed", "pending", "pending"]);
    let result = &job["steps"][0]["result"];
    assert_eq!(keys(result), set(&["code", "title", "detail"]));
    assert_eq!(result["code"], "invalid-credentials");
    assert_eq!(speaker.newest_connection().await["status"], "invalid");
    assert!(speaker.accounts(HOOLI).await.is_empty());
}

#[tokio::test]
async fn each_failing_login_fails_in_its_way() {
    let speaker = speak().await;
    for (login, at, code, steps) in [
        (("bighead", "password"), 0, "invalid-credentials", ["failed", "pending", "pending"]),
        (
            ("erlich", "aviato"),
            1,
            "account-not-accessible-requires-user-action",
            ["success", "failed", "pending"],
        ),
        (("jianYang", "nothotdog"), 0, "service-unavailable", ["failed", "pending", "pending"]),
    ] {
        let id = speaker.connecting(HOOLI, login).await;
        speaker.practice.pass(60_000);
        let job = speaker.job(&id).await;
        assert_eq!(statuses(&job), steps, "{}", login.0);
        assert_eq!(job["steps"][at]["result"]["code"], code, "{}", login.0);
        assert_eq!(speaker.newest_connection().await["status"], "invalid", "{}", login.0);
    }
    let locked = speaker.connecting("AU00001", ("bighead", "password")).await;
    speaker.practice.pass(60_000);
    let title = speaker.job(&locked).await["steps"][0]["result"]["title"].clone();
    assert!(title.as_str().unwrap().contains("locked"), "only the words tell that: {title}");
}

#[tokio::test]
async fn hooli_gov_takes_one_login_and_an_outage_none() {
    let speaker = speak().await;
    for (institution, login, good) in
        [("AU00004", GOOD, true), ("AU00004", ("jared", "django"), false), ("AU90005", GOOD, false)]
    {
        let id = speaker.connecting(institution, login).await;
        speaker.practice.pass(60_000);
        let is_good = statuses(&speaker.job(&id).await).iter().all(|status| status == "success");
        assert_eq!(is_good, good, "{institution} {}", login.0);
    }
}

async fn asked(speaker: &Speaker, institution: &str, login: (&str, &str)) -> (String, Value) {
    let id = speaker.connecting(institution, login).await;
    speaker.practice.pass(2_000);
    let job = speaker.job(&id).await;
    assert_eq!(statuses(&job), ["success", "in-progress", "pending", "pending"], "{job}");
    (id, job["steps"][1].clone())
}

async fn answer(speaker: &Speaker, job: &str, answers: Value) -> (StatusCode, Value) {
    let client = speaker.client_token("3.0").await;
    let body = json!({"mfa-response": answers});
    speaker.call_with(&client, Method::POST, &format!("/jobs/{job}/mfa"), body).await
}

#[tokio::test]
async fn a_code_is_asked_for_as_documented_and_the_right_one_goes_on() {
    let speaker = speak().await;
    let (id, step) = asked(&speaker, ALWAYS_ASKS, ("jared", "django")).await;
    let description = step["result"]["description"].clone();
    assert_eq!(
        step,
        json!({"title": "mfa-challenge", "status": "in-progress", "result": {
            "type": "mfa", "method": "token", "description": description, "input": ["OTP Password"],
            "expiryMs": 120_000, "links": {"response": format!("/jobs/{id}/mfa")},
        }})
    );
    let (status, stub) = answer(&speaker, &id, json!(["1234"])).await;
    assert_eq!((status, &stub["id"]), (StatusCode::ACCEPTED, &json!(id)));
    let working = speaker.job(&id).await;
    assert_eq!(
        working["steps"][1],
        json!({"title": "mfa-challenge", "status": "in-progress", "result": null})
    );
    refused_with(answer(&speaker, &id, json!(["1234"])).await, 400, "parameter-not-valid", "a second answer");
    speaker.practice.pass(60_000);
    assert_eq!(statuses(&speaker.job(&id).await), ["success"; 4]);
    assert_eq!(speaker.newest_connection().await["status"], "active");
    assert_eq!(speaker.count(BasiqEventKind::AnswerGiven, None), 1);
}

#[tokio::test]
async fn questions_are_answered_in_their_order() {
    let speaker = speak().await;
    let (id, step) = asked(&speaker, ALWAYS_ASKS, ("Whistler", "ShowBox")).await;
    assert_eq!(step["result"]["method"], "security-questions");
    assert_eq!(step["result"]["input"].as_array().unwrap().len(), 2);
    refused_with(answer(&speaker, &id, json!(["Basiq"])).await, 400, "parameter-not-valid", "one for two");
    assert_eq!(answer(&speaker, &id, json!(["Basiq", "AU00000"])).await.0, StatusCode::ACCEPTED);
    speaker.practice.pass(60_000);
    assert_eq!(statuses(&speaker.job(&id).await), ["success"; 4]);
}

#[tokio::test]
async fn a_wrong_answer_is_taken_and_then_final() {
    let speaker = speak().await;
    let (id, _) = asked(&speaker, ALWAYS_ASKS, GOOD).await;
    assert_eq!(answer(&speaker, &id, json!(["canary"])).await.0, StatusCode::ACCEPTED);
    speaker.practice.pass(1_000);
    let job = speaker.job(&id).await;
    assert_eq!(statuses(&job), ["success", "failed", "pending", "pending"]);
    assert_eq!(job["steps"][1]["result"], Value::Null);
    assert_eq!(speaker.newest_connection().await["status"], "invalid");
    let again = answer(&speaker, &id, json!(["Hooli"])).await;
    refused_with(again, 400, "parameter-not-valid", "after the end");
}

#[tokio::test]
async fn a_wrong_answer_can_be_refused_at_once() {
    let speaker = speak().await;
    let rules = BasiqRules { refuses_wrong_answers: true, ..BasiqRules::default() };
    speaker.practice.sandbox.set_basiq_rules(rules);
    let (id, _) = asked(&speaker, ALWAYS_ASKS, GOOD).await;
    refused_with(answer(&speaker, &id, json!(["no"])).await, 400, "parameter-not-valid", "wrong");
    speaker.practice.pass(1_000);
    assert_eq!(statuses(&speaker.job(&id).await)[1], "failed", "that is final, too");
}

#[tokio::test]
async fn nobody_answers_within_two_minutes() {
    let speaker = speak().await;
    let (id, _) = asked(&speaker, ALWAYS_ASKS, GOOD).await;
    speaker.practice.pass(119_000);
    assert_eq!(statuses(&speaker.job(&id).await)[1], "in-progress");
    speaker.practice.pass(1_000);
    assert_eq!(statuses(&speaker.job(&id).await)[1], "failed");
    refused_with(answer(&speaker, &id, json!(["Hooli"])).await, 400, "parameter-not-valid", "too late");
}

#[tokio::test]
async fn an_approval_asks_for_nothing_and_is_confirmed() {
    let speaker = speak().await;
    let (id, step) = asked(&speaker, "AU90004", GOOD).await;
    assert_eq!((&step["result"]["method"], &step["result"]["input"]), (&json!("token"), &json!([])));
    assert_eq!(answer(&speaker, &id, json!(["confirmed"])).await.0, StatusCode::ACCEPTED);
    speaker.practice.pass(60_000);
    assert_eq!(statuses(&speaker.job(&id).await), ["success"; 4]);
}

#[tokio::test]
async fn a_bank_that_asks_sometimes_skips_the_step_the_next_time() {
    let speaker = speak().await;
    let (first, _) = asked(&speaker, SOMETIMES_ASKS, GOOD).await;
    assert_eq!(answer(&speaker, &first, json!(["Hooli"])).await.0, StatusCode::ACCEPTED);
    let second = speaker.connecting(SOMETIMES_ASKS, ("jared", "django")).await;
    speaker.practice.pass(60_000);
    assert_eq!(statuses(&speaker.job(&second).await), ["success", "skipped", "success", "success"]);
    assert_eq!(statuses(&speaker.job(&first).await), ["success"; 4]);
}

#[tokio::test]
async fn only_the_persons_own_browser_token_answers() {
    let speaker = speak().await;
    let (id, _) = asked(&speaker, ALWAYS_ASKS, GOOD).await;
    let (path, body) = (format!("/jobs/{id}/mfa"), json!({"mfa-response": ["Hooli"]}));
    speaker.refused(Method::POST, &path, body.clone(), 403, "forbidden-access").await;
    let other = speaker.new_user("other@example.com").await;
    let theirs = speaker.token("3.0", &format!("scope=CLIENT_ACCESS&userId={other}")).await;
    let answer = speaker.call_with(&theirs, Method::POST, &path, body).await;
    refused_with(answer, 403, "forbidden-access", "another person's");
    assert_eq!(speaker.count(BasiqEventKind::AnswerGiven, None), 0);
}

#[tokio::test]
async fn what_is_missing_or_unknown_is_refused_before_anything_is_tried() {
    let speaker = speak().await;
    let path = format!("/users/{}/connections", speaker.user);
    let hooli = json!({"id": HOOLI});
    for (body, code) in [
        (json!({"password": "x", "institution": hooli}), "parameter-not-supplied"),
        (json!({"loginId": "x", "institution": hooli}), "parameter-not-supplied"),
        (json!({"loginId": "x", "password": "x"}), "parameter-not-supplied"),
        (json!({"loginId": "x", "password": "x", "institution": {"id": "AU12345"}}), "institution-not-found"),
        (
            json!({"loginId": "x", "password": "x", "institution": {"id": "AU90001"}}),
            "institution-not-supported",
        ),
        (
            json!({"loginId": "x", "password": "x", "institution": {"id": "AU90002"}}),
            "parameter-not-supplied",
        ),
        (
            json!({"loginId": "x", "password": "x", "institution": {"id": "AU90003"}}),
            "parameter-not-supplied",
        ),
        (json!({"loginId": {"canary": 1}}), "invalid-content"),
    ] {
        let answer = speaker.call_with(&speaker.older, Method::POST, &path, body.clone()).await;
        assert!(!answer.1.to_string().contains("canary"), "{}", answer.1);
        refused_with(answer, 400, code, &body.to_string());
    }
    let good = json!({"loginId": GOOD.0, "password": GOOD.1, "institution": hooli});
    speaker.refused(Method::POST, &path, good, 403, "forbidden-access").await;
    assert_eq!(speaker.count(BasiqEventKind::ConnectionCreated, None), 0);
    assert_eq!(speaker.count(BasiqEventKind::LoginTried, None), 0);
}

#[tokio::test]
async fn tokens_and_further_secrets_are_wanted_where_their_captions_are() {
    let speaker = speak().await;
    let path = format!("/users/{}/connections", speaker.user);
    for (body, good) in [
        (json!({"userToken": "practice-user-token", "institution": {"id": "AU90003"}}), true),
        (json!({"userToken": "wrong", "institution": {"id": "AU90003"}}), false),
        (four_fields("9876", "112233"), true),
        (four_fields("9876", "000000"), false),
    ] {
        let (status, stub) = speaker.call_with(&speaker.older, Method::POST, &path, body.clone()).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{body}: {stub}");
        speaker.practice.pass(60_000);
        let steps = statuses(&speaker.job(stub["id"].as_str().unwrap()).await);
        assert_eq!(steps[0] == "success", good, "{body}: {steps:?}");
    }
}

fn four_fields(secondary: &str, code: &str) -> Value {
    json!({
        "loginId": GOOD.0, "password": GOOD.1, "secondaryLoginId": secondary, "securityCode": code,
        "institution": {"id": "AU90002"},
    })
}

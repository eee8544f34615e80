//! Basiq's tokens, users and connectors: who may call what.

use linchpin_sandbox::{BasiqEventKind, DEFAULT_BASIQ_API_KEY};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::basiq_support::{GOOD, refused_with, speak, token_request};
use crate::support::{keys, set, start};

#[tokio::test]
async fn a_token_is_made_for_the_key_as_it_was_issued() {
    let practice = start().await;
    let made = token_request(&practice, "3.0", "scope=SERVER_ACCESS").send().await.unwrap();
    assert_eq!(made.status(), StatusCode::OK);
    let made: Value = made.json().await.unwrap();
    assert_eq!(keys(&made), set(&["access_token", "token_type", "expires_in"]));
    assert_eq!((&made["token_type"], &made["expires_in"]), (&json!("Bearer"), &json!(3600)));
    assert_eq!(practice.sandbox.ledger().count_basiq(BasiqEventKind::TokenMinted, None), 1);
}

#[tokio::test]
async fn a_token_is_refused_for_a_wrong_header_key_version_or_scope() {
    let practice = start().await;
    let refused = async |request: reqwest::RequestBuilder, status: u16, code: &str, what: &str| {
        let response = request.send().await.unwrap();
        let status_got = response.status();
        refused_with((status_got, response.json().await.unwrap()), status, code, what);
    };
    let bare = || {
        let request = practice.http.post(format!("{}/basiq/token", practice.base));
        request.header("content-type", "application/x-www-form-urlencoded").body("scope=SERVER_ACCESS")
    };
    let key = format!("Basic {DEFAULT_BASIQ_API_KEY}");
    refused(bare().header("basiq-version", "3.0"), 400, "parameter-not-supplied", "no key").await;
    refused(bare().header("authorization", &key), 400, "parameter-not-supplied", "no version").await;
    let unknown = bare().header("basiq-version", "3.0").header("authorization", "Basic another-key");
    refused(unknown, 404, "resource-not-found", "an unknown key").await;
    for password in [None, Some("")] {
        let encoded = bare().header("basiq-version", "3.0").basic_auth(DEFAULT_BASIQ_API_KEY, password);
        refused(encoded, 400, "parameter-not-valid", "a key in Base64").await;
    }
    for (version, form, code) in [
        ("1.0", "scope=SERVER_ACCESS", "parameter-not-valid"),
        ("3.0", "", "parameter-not-supplied"),
        ("3.0", "scope=EVERYTHING", "parameter-not-valid"),
        ("3.0", "scope=CLIENT_ACCESS", "parameter-not-supplied"),
        ("3.0", "scope=CLIENT_ACCESS&userId=usr-1", "parameter-not-valid"),
    ] {
        refused(token_request(&practice, version, form), 400, code, form).await;
    }
    let json = token_request(&practice, "3.0", "").header("content-type", "application/json");
    let status = json.send().await.unwrap().status().as_u16();
    assert!((400..500).contains(&status), "{status}");
    assert_eq!(practice.sandbox.ledger().entries().len(), 1, "only the test's own token was made");
}

#[tokio::test]
async fn a_dead_token_is_403_and_an_unknown_one_401() {
    let speaker = speak().await;
    let path = format!("/users/{}", speaker.user);
    let unknown = speaker.call_with("deadbeef", Method::GET, &path, Value::Null).await;
    refused_with(unknown, 401, "invalid-authorization-token", "an unknown token");
    let url = format!("{}/basiq{path}", speaker.practice.base);
    let none = speaker.practice.http.get(url).send().await.unwrap();
    refused_with((none.status(), none.json().await.unwrap()), 401, "unauthorized-access", "no token");
    speaker.practice.pass(59 * 60 * 1_000);
    speaker.get(&path).await;
    speaker.practice.pass(60 * 1_000);
    speaker.refused(Method::GET, &path, Value::Null, 403, "access-denied").await;
}

#[tokio::test]
async fn a_browsers_token_opens_only_what_is_its_persons_and_tells_no_status() {
    let speaker = speak().await;
    let connection = speaker.connected("AU00000", GOOD).await;
    let client = speaker.client_token("2.1").await;
    let path = speaker.path(&connection);
    let user = format!("/users/{}", speaker.user);
    for (method, path) in [
        (Method::GET, user.clone()),
        (Method::DELETE, user.clone()),
        (Method::POST, "/users".to_owned()),
        (Method::GET, format!("{user}/accounts")),
        (Method::GET, format!("{user}/consents")),
        (Method::POST, format!("{path}/refresh")),
        (Method::POST, format!("{path}/purge")),
        (Method::DELETE, path.clone()),
    ] {
        let body = if path == "/users" { json!({"email": "x@example.com"}) } else { Value::Null };
        let answer = speaker.call_with(&client, method.clone(), &path, body).await;
        refused_with(answer, 403, "forbidden-access", &format!("{method} {path}"));
    }
    let other = speaker.new_user("other@example.com").await;
    let theirs = format!("/users/{other}/connections");
    refused_with(
        speaker.call_with(&client, Method::GET, &theirs, Value::Null).await,
        403,
        "forbidden-access",
        "another person's",
    );
    let (_, seen) = speaker.call_with(&client, Method::GET, &path, Value::Null).await;
    assert_eq!(seen["id"], connection.as_str());
    for field in ["status", "createdDate", "lastUsed"] {
        assert!(seen.get(field).is_none(), "{field} is for servers: {seen}");
    }
}

#[tokio::test]
async fn a_user_is_made_shown_and_removed_with_everything() {
    let speaker = speak().await;
    let body = json!({"mobile": "+61400000000", "firstName": "Max", "lastName": "Smith"});
    let made = speaker.ok(Method::POST, "/users", body).await;
    assert_eq!((&made["type"], &made["firstName"]), (&json!("user"), &json!("Max")));
    let self_link = made["links"]["self"].as_str().unwrap();
    assert!(self_link.ends_with(&format!("/basiq/users/{}", made["id"].as_str().unwrap())), "{self_link}");
    for (body, code) in [
        (json!({"firstName": "Max"}), "parameter-not-supplied"),
        (json!({"mobile": "0400000000"}), "parameter-not-valid"),
        (json!({"email": ["canary"]}), "invalid-content"),
    ] {
        speaker.refused(Method::POST, "/users", body, 400, code).await;
    }
    let connection = speaker.connected("AU00000", GOOD).await;
    let path = format!("/users/{}", speaker.user);
    let shown = speaker.get(&path).await;
    assert_eq!(shown["connections"]["count"], 1);
    assert_eq!(shown["connections"]["data"][0]["id"], connection.as_str());
    assert_eq!(shown["accounts"]["count"], 3);
    assert_eq!(speaker.call(Method::DELETE, &path, Value::Null).await, (StatusCode::NO_CONTENT, Value::Null));
    speaker.refused(Method::GET, &path, Value::Null, 404, "resource-not-found").await;
    speaker.refused(Method::GET, &speaker.path(&connection), Value::Null, 404, "resource-not-found").await;
}

#[tokio::test]
async fn connectors_are_listed_filtered_and_shown_with_the_captions_they_have() {
    let speaker = speak().await;
    let ids = async |filter: &str| {
        let listed = speaker.get(&format!("/connectors?filter={filter}")).await;
        let data = listed["data"].as_array().unwrap().clone();
        assert_eq!(listed["totalCount"], data.len(), "{listed}");
        let id = |one: &Value| format!("{} {}", one["id"].as_str().unwrap(), one["method"].as_str().unwrap());
        data.iter().map(id).collect::<Vec<_>>()
    };
    assert_eq!(
        ids("connector.method.eq('open-banking')").await,
        ["AU00000 openbanking", "AU90001 openbanking"]
    );
    assert_eq!(
        ids("connector.stage.eq('live'),connector.institution.tier.in('3','4')").await,
        ["AU90002 web", "AU90003 web", "AU90008 web"]
    );
    assert_eq!(ids("status.ne('operational')").await, ["AU90005 web", "AU90006 web"]);
    let (status, refusal) =
        speaker.call(Method::GET, "/connectors?filter=colour.eq('red')", Value::Null).await;
    refused_with((status, refusal), 400, "parameter-not-valid", "an unknown field");

    let hooli = speaker.get("/connectors/AU00000/web").await;
    assert_eq!((&hooli["type"], &hooli["stage"]), (&json!("connector"), &json!("live")));
    assert_eq!(hooli["institution"]["name"], "Hooli");
    assert_eq!(hooli["institution"]["type"], "Test Bank");
    assert_eq!(hooli["authorization"]["type"], "user");
    let meta = &hooli["authorization"]["meta"];
    assert_eq!(keys(meta), set(&["login_id_caption", "password_caption"]));
    assert_eq!(hooli["stats"]["averageDurationMs"]["retrieveMeta"], Value::Null);
    assert_eq!(speaker.get("/connectors/AU00002/web").await["authorization"]["type"], "user-mfa");
    assert_eq!(speaker.get("/connectors/AU00000/open-banking").await["method"], "openbanking");
    speaker
        .refused(Method::GET, "/connectors/AU00002/openbanking", Value::Null, 404, "resource-not-found")
        .await;
    let url = format!("{}/basiq/public/connectors/AU00000/web", speaker.practice.base);
    let public: Value = speaker.practice.http.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(public, hooli, "the same without a token");
}

#[tokio::test]
async fn the_older_edition_lists_institutions_with_captions_beside_them() {
    let speaker = speak().await;
    let (_, listed) = speaker.call_with(&speaker.older, Method::GET, "/institutions", Value::Null).await;
    let fields = listed["data"].as_array().unwrap();
    let four = fields.iter().find(|one| one["id"] == "AU90002").expect("Four Fields Credit Union");
    assert_eq!(four["loginIdCaption"], "Member number");
    assert_eq!(four["passwordCaption"], "Web password");
    assert_eq!(four["secondaryLoginIdCaption"], "Access number");
    assert_eq!(four["securityCodeCaption"], "Security code");
    assert!(!fields.iter().any(|one| one["id"] == "AU90001"), "it has no login");
    let (_, hooli) =
        speaker.call_with(&speaker.older, Method::GET, "/institutions/AU00000", Value::Null).await;
    assert_eq!((&hooli["name"], &hooli["securityCodeCaption"]), (&json!("Hooli"), &Value::Null));
    speaker.refused(Method::GET, "/institutions", Value::Null, 404, "resource-not-found").await;
}

#[tokio::test]
async fn what_is_not_there_is_told_in_the_envelope_and_is_practice() {
    let speaker = speak().await;
    for path in ["/users/usr-1", "/users/pat", "/jobs/job-1", "/jobs/con-1", "/nothing"] {
        speaker.refused(Method::GET, path, Value::Null, 404, "resource-not-found").await;
    }
    speaker.refused(Method::PATCH, "/users", json!({}), 405, "method-not-allowed").await;
    let url = format!("{}/basiq/nothing", speaker.practice.base);
    let response = speaker.practice.http.get(url).send().await.unwrap();
    assert_eq!(response.headers()["x-linchpin-practice"], "true");
}

#[tokio::test]
async fn an_error_points_at_what_is_wrong_as_documented() {
    let speaker = speak().await;
    let path = format!("/users/{}/connections", speaker.user);
    let body = json!({"loginId": GOOD.0, "password": GOOD.1, "institution": {}});
    let (status, told) = speaker.call_with(&speaker.older, Method::POST, &path, body).await;
    let error = &told["data"][0];
    assert_eq!((status.as_u16(), &error["code"]), (400, &json!("parameter-not-supplied")), "{told}");
    assert_eq!(keys(error), set(&["type", "code", "title", "detail", "source"]));
    assert_eq!(error["source"], json!({"pointer": "connection/institution/id", "parameter": "id"}));
}

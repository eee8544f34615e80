//! The API's document: checked in, true, and complete.

use super::browser::Browser;
use super::world::{ACORN, World, key};
use linchpin_protocol::Code;
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// A schema of the document, with what it refers to.
fn validator(schema: &Value) -> jsonschema::Validator {
    let document = linchpin_proxy::document();
    let whole = json!({"allOf": [schema], "components": document["components"]});
    jsonschema::draft202012::new(&whole).expect("the document must be sound")
}

/// Holds an answer against the document: its status, its media type, its body.
async fn holds(method: &Method, route: &str, response: Response) -> Value {
    let status = response.status().as_u16();
    let escaped = route.replace('~', "~0").replace('/', "~1");
    let place = format!("/paths/{escaped}/{}/responses/{status}", method.as_str().to_lowercase());
    let document = linchpin_proxy::document();
    let described =
        document.pointer(&place).unwrap_or_else(|| panic!("{method} {route} does not tell of {status}"));
    let Some(content) = described.get("content").and_then(Value::as_object) else {
        assert!(response.bytes().await.unwrap().is_empty(), "{place} tells of no body");
        return Value::Null;
    };
    let (media, schema) = content.iter().next().unwrap();
    let stated = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!(&stated, media, "{place}");
    let body: Value = response.json().await.unwrap();
    let validator = validator(&schema["schema"]);
    let faults: Vec<String> = validator.iter_errors(&body).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{place}: {faults:?} in {body}");
    body
}

#[test]
fn the_document_that_is_checked_in_is_the_one_that_the_code_makes() {
    let kept: Value = serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap();
    assert!(kept == linchpin_proxy::document(), "docs/openapi.json is old: run `cargo xtask openapi`");
}

#[test]
fn every_operation_says_what_it_does_and_who_may() {
    let document = linchpin_proxy::document();
    let mut ids = std::collections::HashSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            assert!(ids.insert(id.clone()), "two operations are called {id}");
            assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 10), "{method} {path}");
            let open = path == "/v1/sessions";
            assert_eq!(operation.get("security").is_none(), open, "who may call {method} {path}?");
        }
    }
    let codes = &document["components"]["schemas"]["Code"]["enum"];
    assert_eq!(codes.as_array().unwrap().len(), Code::ALL.len(), "{codes}");
    let next = document["components"]["schemas"]["Next"].to_string();
    assert!(next.contains(r#""step":{"enum":["wait"]"#), "variants are told by a member: {next}");
}

/// Every answer of a whole story, and of what goes wrong in it, is as the document says.
#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_answers_as_its_document_says() {
    let world = World::new().await;
    let client = async |method: Method, route: &str, id: &str, body: Value| {
        let path = route.replace("{id}", id);
        holds(&method, route, world.client(ACORN, method.clone(), &path, body).await).await
    };
    let link = client(Method::POST, "/v1/link-tokens", "", World::wish("pat", "both")).await;
    let link_id = link["link_id"].as_str().unwrap().to_owned();
    let body = json!({"link_token": link["link_token"], "origin": super::world::ORIGIN});
    let exchange = async |body: &Value| {
        let request = world.request(Method::POST, "/v1/sessions").header("idempotency-key", key());
        holds(&Method::POST, "/v1/sessions", request.json(body).send().await.unwrap()).await
    };
    let opened = exchange(&body).await;
    exchange(&body).await;
    let token = opened["token"].as_str().unwrap().to_owned();
    let call = async |method: Method, route: &str, id: &str, body: Value| {
        let path = route.replace("{id}", id);
        let mut request = world.request(method.clone(), &path).bearer_auth(&token);
        if method != Method::GET {
            request = request.header("idempotency-key", key());
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let route = route.split('?').next().unwrap();
        holds(&method, route, request.send().await.unwrap()).await
    };
    call(Method::GET, "/v1/institutions", "", Value::Null).await;
    let version = &opened["session"]["consent"]["version"];
    call(Method::POST, "/v1/sessions/consent", "", json!({"version": version})).await;
    call(Method::GET, "/v1/sessions/current", "", Value::Null).await;
    call(Method::POST, "/v1/sessions/extend", "", Value::Null).await;
    let browser = Browser {
        world: &world,
        token: linchpin_protocol::Secret::new(&token),
        session: serde_json::from_value(opened["session"].clone()).unwrap(),
        page: None,
    };
    browser.search("harbour").await;
    let found = call(Method::GET, "/v1/institutions?query=harbour", "", Value::Null).await;
    let bank = found["institutions"][0]["id"].as_str().unwrap().to_owned();
    call(Method::GET, "/v1/institutions/{id}", &bank, Value::Null).await;
    call(Method::GET, "/v1/institutions/{id}", "ins_0", Value::Null).await;
    for text in ["Elm Street Bank 4711", "4711"] {
        call(Method::POST, "/v1/institution-requests", "", json!({"text": text})).await;
    }
    let made = json!({"institution_id": bank, "method": "credentials"});
    call(Method::POST, "/v1/connections", "", json!({"institution_id": "ins_0", "method": "credentials"}))
        .await;
    let made = call(Method::POST, "/v1/connections", "", made).await;
    let id = made["id"].as_str().unwrap().to_owned();
    let one = "/v1/connections/{id}";
    let part = |name: &str| format!("{one}/{name}");
    call(Method::GET, one, &id, Value::Null).await;
    call(Method::GET, one, "con_0", Value::Null).await;
    call(Method::POST, &part("answers"), &id, json!({"revision": 9, "answers": []})).await;
    call(Method::POST, &part("retry"), &id, json!({"revision": 1})).await;
    call(Method::POST, &part("public-token"), &id, Value::Null).await;
    let form: linchpin_protocol::Connection = serde_json::from_value(made).unwrap();
    let login = Browser::login(&form, "practice-question", "practice");
    let mut now = call(Method::POST, &part("credentials"), &id, login).await;
    for _ in 0..400 {
        match now["next"]["step"].as_str().unwrap() {
            "wait" => world.bank_goes_on(1),
            "challenges" => {
                let answer = json!({"id": now["next"]["items"][0]["id"], "value": "rex"});
                let body = json!({"revision": now["revision"], "answers": [answer]});
                now = call(Method::POST, &part("answers"), &id, body).await;
                continue;
            }
            _ => break,
        }
        now = call(Method::GET, one, &id, Value::Null).await;
    }
    let chosen = json!({"revision": now["revision"], "account_ids": [now["next"]["accounts"][0]["id"]]});
    let linked = call(Method::POST, &part("accounts"), &id, chosen).await;
    assert_eq!(linked["next"]["step"], "linked");
    let public = call(Method::POST, &part("public-token"), &id, Value::Null).await;
    let body = json!({"public_token": public["public_token"]});
    client(Method::POST, "/v1/public-tokens/exchange", "", body.clone()).await;
    client(Method::POST, "/v1/public-tokens/exchange", "", body).await;
    client(Method::GET, "/v1/connections/{id}/verification", &id, Value::Null).await;
    client(Method::GET, "/v1/link-tokens/{id}", &link_id, Value::Null).await;
    let begun = client(Method::GET, "/v1/users/{id}/connections", "pat", Value::Null).await;
    assert_eq!(begun["connections"][0]["id"], id);
    let asked = client(Method::GET, "/v1/institution-requests", "", Value::Null).await;
    assert_eq!(asked["requests"][0]["text"], "Elm Street Bank ••••");
    call(Method::DELETE, "/v1/sessions/current", "", Value::Null).await;
    client(Method::DELETE, "/v1/link-tokens/{id}", &link_id, Value::Null).await;
    call(Method::GET, "/v1/sessions/current", "", Value::Null).await;
}

//! Quovo's own examples (`tests/seed_v2`): asked the same in the same situation, the answers have the same members, and values of
//! the same kind.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use linchpin_sandbox::DepositRules;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Practice, open_challenges, start};

const TEST_BANK: u64 = 21_700;
const NUMBER: &str = "569339485397";
const ROUTING: &str = "306061549";

/// The call that a situation leads up to.
struct Call {
    path: String,
    body: Value,
}

#[tokio::test]
async fn every_example_of_the_guide_is_answered_in_its_shape() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seed_v2");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_some_and(|kind| kind == "json") {
            let example: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
            answers_as(&example, &file.file_name().unwrap().to_string_lossy()).await;
            seen += 1;
        }
    }
    assert_eq!(seen, 28, "the guide has so many");
}

async fn answers_as(example: &Value, file: &str) {
    let mut practice = start().await;
    practice.sandbox.set_deposit_rules(DepositRules { cents: Some([9, 2]), ..DepositRules::default() });
    let call = lead_up_to(&mut practice, example["situation"].as_str().unwrap()).await;
    let request = &example["request"];
    assert_eq!(template(&call.path), template(request["path"].as_str().unwrap()), "{file}: the same address");
    let asked = request.get("body").unwrap_or(&Value::Null);
    assert_eq!(differences(&shape(asked), &shape(&call.body), ""), [""; 0], "{file}: the same request");

    let method: Method = request["method"].as_str().unwrap().parse().unwrap();
    let blocks = call.body["is_auth"] == true;
    let (code, answer) = if blocks {
        let blocked = practice.v2_blocked(method, &call.path, call.body).await;
        practice.pass(60_000);
        (200, blocked.await.unwrap())
    } else {
        let (code, answer) = practice.call(method, &call.path, call.body).await;
        (code.as_u16(), answer)
    };
    let expected = example["code"].as_u64().or(example["answer"]["status"].as_u64());
    assert!(expected.is_none_or(|expected| u64::from(code) == expected), "{file}: {code} {answer}");
    let others: Vec<&String> = example["other_forms"].as_object().unwrap().keys().collect();
    let found = differences(&shape(&example["answer"]), &shape(&answer), "");
    let at: Vec<&str> = found.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(at, others, "{file}: only these differ: {found:#?}\n{answer:#}");
}

/// Makes it so, and says what to call then.
async fn lead_up_to(practice: &mut Practice, situation: &str) -> Call {
    let user = practice.user("pat").await;
    let get = |path: String| Call { path, body: Value::Null };
    let auth = json!({"is_auth": true});
    match situation {
        "brokerages" => get("/v2/brokerages?can_auth=true".to_owned()),
        "account_created" => Call {
            path: format!("/v2/users/{user}/accounts"),
            body: json!({"brokerage": TEST_BANK, "username": "testusername", "password": "testpass"}),
        },
        "aggregation" => {
            let account = practice.v2_account(user, TEST_BANK, false).await;
            get(format!("/v2/accounts/{account}/sync"))
        }
        "auth_sync" => {
            let account = practice.v2_account(user, TEST_BANK, false).await;
            Call { path: format!("/v2/accounts/{account}/sync"), body: auth }
        }
        "auth_sync_asks" => {
            let account = practice.v2_account(user, 900_002, false).await;
            Call { path: format!("/v2/accounts/{account}/sync"), body: auth }
        }
        "auth_sync_with_answer" => {
            let account = practice.v2_account(user, 900_002, false).await;
            let asked = practice.v2_verify(account, json!({})).await;
            let id = &open_challenges(&asked)[0]["id"];
            let body = json!({"is_auth": true, "questions": [{"answer": "rex", "id": id}]});
            Call { path: format!("/v2/accounts/{account}/sync"), body }
        }
        "auth_after_sync" => {
            let account = practice.v2_account(user, TEST_BANK, false).await;
            practice.v2_verify(account, json!({})).await;
            get(format!("/v2/accounts/{account}/auth"))
        }
        _ if situation.contains("portfolio") && !situation.contains("verified") => {
            of_placeholders(practice, situation, user).await
        }
        _ => of_deposits(practice, situation, user).await,
    }
}

async fn of_placeholders(practice: &Practice, situation: &str, user: u64) -> Call {
    let other = practice.user("sam").await;
    for owner in [user, user, other] {
        practice.deposit_portfolio(owner).await;
    }
    let path = match situation {
        "portfolios_of_all" => "/v2/auth_deposit_portfolios".to_owned(),
        "portfolios_of_user" | "portfolio_created" => format!("/v2/users/{user}/auth_deposit_portfolios"),
        "portfolio_shown" => "/v2/auth_deposit_portfolios/33001".to_owned(),
        _ => panic!("{situation} is not known"),
    };
    Call { path, body: Value::Null }
}

async fn of_deposits(practice: &mut Practice, situation: &str, user: u64) -> Call {
    let account = practice.v2_aggregated(user, TEST_BANK).await;
    let found = practice.get(&format!("/v2/accounts/{account}/portfolios")).await;
    let linked = found["portfolios"][0]["id"].as_u64().unwrap();
    let (placeholder, its_account) = practice.deposit_portfolio(user).await;
    let target = json!({"name": NUMBER, "routing": ROUTING});
    let deposits_to = |portfolio: u64| format!("/v2/portfolios/{portfolio}/auth_deposits");
    let get = |path: String| Call { path, body: Value::Null };
    let since = "/v2/auth_deposits?updated_after=2017-09-05T21:25:10Z";
    match situation {
        "deposit_created" => return Call { path: deposits_to(linked), body: target },
        "manual_deposit_created" => return Call { path: deposits_to(placeholder), body: target },
        _ => {}
    }
    let automatic = practice.deposit(linked, NUMBER, ROUTING).await;
    practice.pass_hours(72).await;
    let manual = practice.deposit(placeholder, NUMBER, ROUTING).await;
    match situation {
        "verified_and_failed" | "submitted_and_failed" => {
            // Its account number leads to the status that the examples print.
            practice.deposit(placeholder, "990041234", ROUTING).await;
            practice.pass_hours(26).await;
            let all = if situation == "submitted_and_failed" { since } else { "/v2/auth_deposits" };
            get(all.to_owned())
        }
        "verified_on_portfolio" => get(deposits_to(linked)),
        "deposit_shown" => get(format!("/v2/auth_deposits/{automatic}")),
        "auth_after_automatic_deposit" => get(format!("/v2/accounts/{account}/auth")),
        "deposit_verified" | "wrong_amounts" | "auth_after_manual_deposit" => {
            practice.pass_hours(48).await;
            let path = format!("/v2/auth_deposits/{manual}");
            let right = json!({"amounts": [0.09, 0.02]});
            match situation {
                "deposit_verified" => Call { path, body: right },
                "wrong_amounts" => Call { path, body: json!({"amounts": [0.01, 0.02]}) },
                _ => {
                    practice.post(&path, right).await;
                    get(format!("/v2/accounts/{its_account}/auth"))
                }
            }
        }
        _ => panic!("{situation} is not known"),
    }
}

/// A path without its numbers and its query.
fn template(path: &str) -> String {
    let path = path.split('?').next().unwrap();
    let parts = path.split('/').map(|part| if part.parse::<u64>().is_ok() { "{id}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// What kinds of values there are at one place. The elements of a list count together.
#[derive(Debug, Default)]
struct Shape {
    forms: BTreeSet<&'static str>,
    members: BTreeMap<String, Shape>,
    elements: Option<Box<Shape>>,
}

fn shape(value: &Value) -> Shape {
    let mut shape = Shape::default();
    shape.take(value);
    shape
}

impl Shape {
    fn take(&mut self, value: &Value) {
        self.forms.insert(form(value));
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    self.members.entry(name.clone()).or_default().take(member);
                }
            }
            Value::Array(elements) => {
                let shape = self.elements.get_or_insert_default();
                for element in elements {
                    shape.take(element);
                }
            }
            _ => {}
        }
    }
}

fn form(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "decimal",
        Value::Number(_) => "integer",
        Value::String(text) => form_of_text(text),
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

fn form_of_text(text: &str) -> &'static str {
    let digits_as_0: String =
        text.chars().map(|character| if character.is_ascii_digit() { '0' } else { character }).collect();
    match digits_as_0.as_str() {
        "0000-00-00T00:00:00Z" => "time with zone",
        "0000-00-00T00:00:00.000" => "time with milliseconds",
        "0000-00-00" => "date",
        _ => "text",
    }
}

/// Where `ours` has other members, or values of a kind that `theirs` does not show: `/place what`.
fn differences(theirs: &Shape, ours: &Shape, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    let new: Vec<_> = ours.forms.difference(&theirs.forms).collect();
    if !new.is_empty() {
        found.push(format!("{at} is {new:?} and not {:?}", theirs.forms));
    }
    let names: BTreeSet<&String> = theirs.members.keys().chain(ours.members.keys()).collect();
    for name in names {
        let at = format!("{at}/{name}");
        match (theirs.members.get(name), ours.members.get(name)) {
            (Some(theirs), Some(ours)) => found.extend(differences(theirs, ours, &at)),
            // An object that is null here has no members.
            (Some(_), None) if ours.forms.contains("null") => {}
            (Some(_), None) => found.push(format!("{at} is missing")),
            (None, _) => found.push(format!("{at} is not in the example")),
        }
    }
    if let (Some(theirs), Some(ours)) = (&theirs.elements, &ours.elements) {
        found.extend(differences(theirs, ours, &format!("{at}/*")));
    }
    found
}

#[test]
fn a_difference_of_shape_is_found() {
    let theirs = shape(&json!({"a": 1, "b": [{"c": null}, {"c": "2017-08-25T16:51:13Z"}], "d": "x"}));
    let same = shape(&json!({"a": 2, "b": [{"c": null}], "d": "y"}));
    assert_eq!(differences(&theirs, &same, ""), [""; 0]);
    for (ours, at) in [
        (json!({"a": 1.5, "b": [{"c": null}], "d": "x"}), "/a"),
        (json!({"a": 1, "b": [{"c": null}], "d": "x", "e": 1}), "/e"),
        (json!({"a": 1, "b": [{"c": null}]}), "/d"),
        (json!({"a": 1, "b": [{"c": "2017-08-25T16:51:13.000"}], "d": "x"}), "/b/*/c"),
        (json!({"a": 1, "b": [{}], "d": "x"}), "/b/*/c"),
        (json!({"a": 1, "b": [], "d": "x"}), "/b/*/c"),
        (json!({"a": 1, "b": {}, "d": "x"}), "/b"),
    ] {
        let found = differences(&theirs, &shape(&ours), "");
        assert!(found.len() == 1 && found[0].starts_with(&format!("{at} ")), "{ours}: {found:?}");
    }
}

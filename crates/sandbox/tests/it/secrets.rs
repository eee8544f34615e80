//! What is typed into a bank's login is seen nowhere afterwards.

use serde_json::json;

use linchpin_sandbox::DEFAULT_BASIQ_API_KEY;
use reqwest::Method;

use crate::basiq_support::speak;
use crate::support::{open_challenges, start};

#[tokio::test]
async fn passcodes_answers_and_real_user_names_are_in_no_answer_ledger_or_page() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let refused = practice.connection(user, 900_001).await;
    practice.sync(refused, json!({"username": "canary-name", "passcode": "canary-passcode"})).await;
    let asked = practice.connection(user, 900_002).await;
    practice.sync(asked, json!({"username": "practice-question", "passcode": "practice"})).await;
    practice.pass(30_000);
    let open = open_challenges(&practice.poll(asked).await);
    practice
        .sync(asked, json!({"answers": [{"challenge_id": open[0]["id"], "answer": "canary-answer"}]}))
        .await;
    practice.pass(30_000);

    let mut seen =
        vec![format!("{:?}", practice.sandbox), format!("{:?}", practice.sandbox.ledger().entries())];
    for path in ["/", "/console/ledger.json"] {
        let page = practice.http.get(format!("{}{path}", practice.base)).send().await.unwrap();
        seen.push(page.text().await.unwrap());
    }
    for connection in [refused, asked] {
        for path in ["", "/sync", "/challenges", "/accounts"] {
            seen.push(practice.get(&format!("/v3/connections/{connection}{path}")).await.to_string());
        }
    }
    for text in &seen {
        assert!(!text.contains("canary"), "leaked in {text}");
        assert!(!text.contains(&practice.token), "the token leaked in {text}");
    }
    assert!(seen[1].contains("practice-question"), "a practice user name may be shown: {}", seen[1]);
    assert!(
        seen[1].contains("Refused") && seen[1].contains("right: false"),
        "what happened is told: {}",
        seen[1]
    );
}

#[tokio::test]
async fn what_is_given_in_basiqs_dialect_is_seen_nowhere_either() {
    let speaker = speak().await;
    speaker.practice.sandbox.set_basiq_redirect("https://link.example/return");
    let refused = speaker.connecting("AU00000", ("canary-name", "canary-password")).await;
    let asked = speaker.connecting("AU00002", ("jared", "django")).await;
    speaker.practice.pass(30_000);
    let client = speaker.client_token("3.0").await;
    let (answers, path) = (json!({"mfa-response": ["canary-answer"]}), format!("/jobs/{asked}/mfa"));
    speaker.call_with(&client, Method::POST, &path, answers).await;
    speaker.practice.pass(30_000);
    let good = speaker.connected("AU00000", ("jared", "django")).await;
    let numbers = speaker.accounts("AU00000").await;
    let number = numbers[0]["accountNo"].as_str().unwrap().split_once('-').unwrap().1.to_owned();

    let sandbox = &speaker.practice.sandbox;
    let mut seen = vec![format!("{sandbox:?}"), format!("{:?}", sandbox.ledger().entries())];
    for path in ["/", "/console/ledger.json"] {
        let page =
            speaker.practice.http.get(format!("{}{path}", speaker.practice.base)).send().await.unwrap();
        seen.push(page.text().await.unwrap());
    }
    for path in [format!("/jobs/{refused}"), format!("/jobs/{asked}"), speaker.path(&good)] {
        seen.push(speaker.get(&path).await.to_string());
    }
    let secrets = ["canary", &number, &speaker.server, &client, DEFAULT_BASIQ_API_KEY, "10000.00"];
    for text in &seen {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} leaked in {text}");
        }
    }
    assert!(seen[1].contains("jared"), "a documented login may be shown: {}", seen[1]);
}

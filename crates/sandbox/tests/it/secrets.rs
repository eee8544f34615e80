//! What is typed into a bank's login is seen nowhere afterwards.

use serde_json::json;

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

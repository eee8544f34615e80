//! Every object has exactly the fields the reference documents (quovo.md 2), no more, no less.

use linchpin_sandbox::Directory;
use serde_json::json;

use crate::support::{Practice, keys, set, start, start_with};

const USER: &[&str] = &["id", "username", "name", "email", "phone", "value"];
const CONNECTION: &[&str] = &[
    "id",
    "user_id",
    "username",
    "institution_id",
    "institution_name",
    "status",
    "config_instructions",
    "is_oauth",
    "is_disabled",
    "auto_updates",
    "created",
    "last_sync",
    "last_good_sync",
    "value",
];
const ACCOUNT: &[&str] = &[
    "id",
    "connection_id",
    "institution_id",
    "institution_name",
    "user_id",
    "username",
    "name",
    "nickname",
    "category",
    "type",
    "type_confidence",
    "owner_type",
    "is_taxable",
    "is_disabled",
    "value",
];
const AUTH: &[&str] = &[
    "id",
    "connection_id",
    "institution_id",
    "institution_name",
    "user_id",
    "username",
    "account_name",
    "account_nickname",
    "account_number",
    "routing",
    "wire_routing",
    "present_balance",
    "available_balance",
    "category",
    "type",
    "type_confidence",
    "owner_details",
    "last_good_auth",
];
const CHALLENGE: &[&str] = &["type", "id", "connection_id", "expires", "should_answer", "question"];

#[tokio::test]
async fn an_institution_has_the_documented_fields_and_nothing_of_its_place() {
    let practice = start_with(Directory::full()).await;
    let found = practice.get("/v3/institutions?query=jpmorganchase.com").await;
    let chase = &found["institutions"][0];
    assert_eq!(
        chase,
        &json!({
            "id": 1_000_628, "name": "JPMorgan Chase Bank", "website": "jpmorganchase.com", "country_code": "USA",
            "is_test": false, "is_available": true, "is_oauth": false,
            "access_info": {"username_description": null, "passcode_description": null, "sync_notes": null},
            "details": {"auth_type": "instant", "popularity_score": 10}
        }),
        "a row of the register"
    );
    let harbour = practice.get("/v3/institutions/900001").await;
    assert_eq!(harbour["institution"]["access_info"]["username_description"], "Member number", "{harbour}");
    assert_eq!(harbour["institution"]["access_info"]["passcode_description"], "Passcode", "{harbour}");
    assert_eq!(harbour["institution"]["is_test"], true, "never to be shown to customers");
    assert_eq!(keys(&harbour["institution"]), keys(chase), "one shape for all");
    let all = practice.get("/v3/institutions").await;
    assert!(all["institutions"].as_array().unwrap().len() > 8_669, "an empty query finds all, in one list");
}

#[tokio::test]
async fn users_connections_and_accounts_have_the_documented_fields() {
    let practice = start().await;
    let connection = practice.syncing("practice-good").await;
    let before = practice.get(&format!("/v3/connections/{connection}")).await;
    assert_eq!(keys(&before["connection"]), set(CONNECTION), "while syncing");
    assert_eq!(before["connection"]["created"], "2026-03-01T10:00:00", "no zone, no fraction");
    practice.pass(10_000);
    let after = practice.get(&format!("/v3/connections/{connection}")).await;
    assert_eq!(keys(&after["connection"]), set(CONNECTION), "after a good sync");
    assert_eq!(after["connection"]["username"], "pat", "the user's name, never the bank's");
    assert_eq!(after["connection"]["last_sync"], "2026-03-01T10:00:00", "the sync began then");
    assert_eq!(after["connection"]["last_good_sync"], "2026-03-01T10:00:02", "and ended then");

    let users = practice.get("/v3/users").await;
    assert_eq!(keys(&users["users"][0]), set(USER), "{users}");
    assert_eq!(users["users"][0]["value"], after["connection"]["value"], "all that the user has is there");

    let accounts = practice.get(&format!("/v3/connections/{connection}/accounts")).await;
    for account in accounts["accounts"].as_array().unwrap() {
        assert_eq!(keys(account), set(ACCOUNT), "{account}");
    }
    let first = &accounts["accounts"][0];
    assert_eq!(first["value"], 2480.17, "dollars");
    let alone = practice.get(&format!("/v3/accounts/{}", first["id"])).await;
    assert_eq!(&alone["account"], first, "the same by its own address");
    let user = &first["user_id"];
    assert_eq!(practice.get(&format!("/v3/users/{user}/accounts")).await, accounts, "the same by the user's");
}

#[tokio::test]
async fn account_numbers_have_the_documented_fields() {
    let practice = start().await;
    let (connection, _) = verified(&practice).await;
    let auth = practice.get(&format!("/v3/connections/{connection}/auth")).await;
    assert_eq!(keys(&auth["auth"]), set(&["last_good_auth", "country_code", "accounts"]), "{auth}");
    assert_eq!(auth["auth"]["country_code"], "USA", "{auth}");
    let accounts = auth["auth"]["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 2, "checking and savings; a card has no number to pay to");
    for account in accounts {
        assert_eq!(keys(account), set(AUTH), "{account}");
        assert_eq!(
            keys(&account["owner_details"]),
            set(&["address", "dob", "email", "phone", "owner_names"]),
            "{account}"
        );
        assert_eq!(
            keys(&account["owner_details"]["address"]),
            set(&["street", "city", "state", "zip"]),
            "plain"
        );
        let number = account["account_number"].as_str().unwrap();
        let end = number.get(number.len() - 4..).unwrap();
        assert!(
            account["account_name"].as_str().unwrap().ends_with(end),
            "the label ends as the number does"
        );
        let alone = practice.get(&format!("/v3/accounts/{}/auth", account["id"])).await;
        assert_eq!(&alone["auth"], account, "the same by its own address");
    }
    assert_ne!(accounts[0]["account_number"], accounts[1]["account_number"], "each has its own");
}

#[tokio::test]
async fn a_sync_and_its_progress_have_the_documented_fields() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let connection = practice.connection(user, 900_001).await;
    let never = practice.poll(connection).await;
    assert_eq!(never["sync"]["status"], json!(null), "never synced");
    assert_eq!(
        keys(&never["sync"]),
        set(&["connection_id", "config_instructions", "status", "progress"]),
        "{never}"
    );
    let begun =
        practice.sync(connection, json!({"username": "practice-question", "passcode": "practice"})).await;
    assert_eq!(
        begun,
        json!({"sync": {"connection_id": connection, "config_instructions": null, "status": "syncing",
                        "progress": {"message": "Queued", "percent": 0.0, "state": "queued"}}}),
        "as the reference prints it"
    );
    practice.pass(30_000);
    let asked = practice.poll(connection).await;
    assert_eq!(keys(&asked), set(&["sync", "challenges"]), "challenges stand beside the sync");
    assert_eq!(asked["sync"]["progress"], json!(null), "none while something is asked");
}

#[tokio::test]
async fn each_form_of_challenge_has_its_own_fields_and_no_others() {
    let forms: &[(&str, &str, &[&str])] = &[
        ("practice-question", "question", &[]),
        ("practice-choices", "choices", &["choices"]),
        // The reference's realtime page prints options under the type `question`.
        ("practice-code", "question", &["choices"]),
        ("practice-image", "image", &["image"]),
        ("practice-image-choice", "image_choices", &["image_choices"]),
    ];
    for (login, kind, more) in forms {
        let practice = start().await;
        let connection = practice.syncing(login).await;
        practice.pass(30_000);
        let poll = practice.poll(connection).await;
        let challenge = &poll["challenges"][0];
        assert_eq!(challenge["type"], *kind, "{login}");
        assert_eq!(keys(challenge), &set(CHALLENGE) | &set(more), "{login}");
        let listed = practice.get(&format!("/v3/connections/{connection}/challenges")).await;
        assert_eq!(listed["challenges"], poll["challenges"], "{login}: the list says the same");
        let parts = [(&challenge["choices"][0], set(&["key", "value", "category"]))];
        for (part, names) in parts.iter().filter(|(part, _)| !part.is_null()) {
            assert_eq!(&keys(part), names, "{login}");
        }
        for picture in
            [&challenge["image"], &challenge["image_choices"][0]].into_iter().filter(|p| !p.is_null())
        {
            assert_eq!(keys(picture), set(&["html", "source"]), "{login}");
            let source = picture["source"].as_str().unwrap();
            assert!(source.starts_with("data:image/png;base64,iVBOR"), "{login}: a PNG as data URI");
        }
    }
}

#[tokio::test]
async fn a_new_token_has_the_documented_fields() {
    let practice = start().await;
    let minted = practice
        .http
        .post(format!("{}/v3/tokens", practice.base))
        .basic_auth("practice", Some("practice-password"))
        .json(&json!({"name": "another", "expires": "2026-03-01T12:00:00"}))
        .send()
        .await
        .unwrap()
        .json::<serde_json::Value>()
        .await
        .unwrap();
    assert_eq!(keys(&minted["access_token"]), set(&["token", "expires"]), "{minted}");
    assert_eq!(minted["access_token"]["expires"], "2026-03-01T12:00:00Z", "a time without a zone is UTC");
}

/// A connection after a good verification, and the answer to that.
async fn verified(practice: &Practice) -> (u64, serde_json::Value) {
    let user = practice.user("pat").await;
    let connection = practice.connection(user, 900_001).await;
    let done =
        practice.verify(connection, json!({"username": "practice-good", "passcode": "practice"})).await;
    (connection, done)
}

//! One login for each outcome, at every institution.

use linchpin_sandbox::{Directory, PracticeAnswer, logins, practice_banks};
use serde_json::json;

use crate::support::{start, start_with};

/// The status after the first sync, every question answered as the catalogue states.
const FIRST: &[(&str, &str)] = &[
    ("practice-good", "good"),
    ("practice-question", "good"),
    ("practice-two-questions", "good"),
    ("practice-wrong", "incorrect_credentials"),
    ("practice-slow", "good"),
    ("practice-config", "user_config"),
    ("practice-unavailable", "institution_unavailable"),
    ("practice-maintenance", "maintenance"),
    ("practice-postponed", "postponed"),
    ("practice-resync", "resync"),
    ("practice-no-accounts", "no_accounts"),
    ("practice-choices", "good"),
    ("practice-code", "good"),
    ("practice-image", "good"),
    ("practice-image-choice", "good"),
];

/// What the first sync of each practice bank comes to.
const BANKS: &[(&str, &str)] = &[
    ("Harbour Savings", "good"),
    ("Cedar Credit Union", "good"),
    ("Two Questions Bank", "good"),
    ("Slow Lane Bank", "good"),
    ("Wrong Password Bank", "good"),
    ("Two Rounds Bank", "good"),
    ("Choices Bank", "good"),
    ("Picture Text Bank", "good"),
    ("Picture Choice Bank", "good"),
    ("One-Time Code Bank", "good"),
    ("Security Device Bank", "good"),
    ("New Terms Bank", "user_config"),
    ("Start Again Bank", "resync"),
    ("Postponed Bank", "postponed"),
    ("Maintenance Bank", "maintenance"),
    ("Unavailable Bank", "institution_unavailable"),
    ("No Accounts Bank", "no_accounts"),
    ("Forty Seconds Bank", "good"),
    ("No Instant Bank", "good"),
    ("Approve In App Bank", "good"),
    ("Locked Login Bank", "incorrect_credentials"),
    ("Wrong Then Question Bank", "good"),
    ("Terms Then Question Bank", "user_config"),
    ("Vanishing Bank", "deleted"),
    ("Something New Bank", "under_review"),
    ("Own Page Bank", "good"),
    ("Both Ways Bank", "good"),
    ("Slow Page Bank", "good"),
    ("Moved Bank", "good"),
];

#[tokio::test]
async fn every_login_has_its_outcome_at_a_real_institution() {
    let practice = start_with(Directory::full()).await;
    let user = practice.user("pat").await;
    assert_eq!(FIRST.len(), logins().len(), "each login is looked at");
    for (at, login) in logins().iter().enumerate() {
        let expected = FIRST.iter().find(|(name, _)| *name == login.user_name);
        let (_, expected) = expected.unwrap_or_else(|| panic!("{} is not expected here", login.user_name));
        let connection = practice.connection(user, 1_000_628).await;
        practice.sync(connection, json!({"username": login.user_name, "passcode": login.passcode})).await;
        let end = practice.finish(connection, &login.answers()).await;
        assert_eq!(end["sync"]["status"], *expected, "{}", login.user_name);
        let accounts = practice.get(&format!("/v3/connections/{connection}/accounts")).await;
        let found = accounts["accounts"].as_array().unwrap().len();
        assert_eq!(found > 0, *expected == "good", "{}: {found} accounts", login.user_name);
        let listed = practice.get(&format!("/v3/users/{user}/connections")).await;
        assert_eq!(listed["connections"].as_array().unwrap().len(), at + 1, "side by side");
    }
}

#[tokio::test]
async fn what_has_to_be_tried_twice_is_good_the_second_time() {
    for login in ["practice-config", "practice-resync"] {
        let practice = start().await;
        let connection = practice.syncing(login).await;
        practice.finish(connection, &[]).await;
        practice.sync(connection, json!({"username": login, "passcode": "practice"})).await;
        let end = practice.finish(connection, &[]).await;
        assert_eq!(end["sync"]["status"], "good", "{login}, with the login given again");
    }
}

#[tokio::test]
async fn every_practice_bank_plays_its_own_script() {
    let practice = start().await;
    let user = practice.user("pat").await;
    assert_eq!(BANKS.len(), practice_banks().len(), "each bank is looked at");
    for bank in practice_banks() {
        let expected = BANKS.iter().find(|(name, _)| *name == bank.name);
        let (_, expected) = expected.unwrap_or_else(|| panic!("{} is not expected here", bank.name));
        let connection = practice.connection(user, bank.id.0).await;
        if bank.takes_logins() {
            let login = json!({"username": "practice-good", "passcode": bank.passcode});
            practice.sync(connection, login).await;
        } else {
            practice.agree(connection).await;
            practice.sync(connection, json!({})).await;
        }
        let end = practice.finish(connection, &bank.answers()).await;
        assert_eq!(end["sync"]["status"], *expected, "{}", bank.name);
    }
}

#[tokio::test]
async fn a_practice_bank_takes_the_other_logins_too() {
    let practice = start().await;
    let user = practice.user("pat").await;
    let connection = practice.connection(user, 900_014).await;
    practice.sync(connection, json!({"username": "practice-question", "passcode": "practice"})).await;
    let rex = PracticeAnswer {
        question: "What was the name of your first pet?",
        send: "rex".into(),
        shown: "rex".into(),
    };
    let end = practice.finish(connection, &[rex]).await;
    assert_eq!(end["sync"]["status"], "good", "the login's script, not the bank's");
}

#[tokio::test]
async fn any_other_login_is_refused() {
    let practice = start().await;
    for (at, (institution, username, passcode)) in [
        (900_001, "practice-good", "wrong"),
        (900_001, "practice-good", ""),
        (900_001, "practice-nothing", "practice"),
        (900_001, "pat", "practice"),
        (900_001, "", ""),
        (900_005, "practice-good", "practice"),
    ]
    .into_iter()
    .enumerate()
    {
        let user = practice.user(&format!("user-{at}")).await;
        let connection = practice.connection(user, institution).await;
        practice.sync(connection, json!({"username": username, "passcode": passcode})).await;
        let end = practice.finish(connection, &[]).await;
        assert_eq!(end["sync"]["status"], "incorrect_credentials", "{username:?} at {institution}");
    }
}

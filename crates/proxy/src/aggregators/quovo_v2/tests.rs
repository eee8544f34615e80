use super::*;
use crate::aggregators::SeenDeposit;
use crate::store::{DepositFault, DepositState};
use crate::tokens::Key;
use linchpin_protocol::{Amounts, Cents, ChallengeId, ConnectionId, OwnerDetail};

fn body(purpose: Purpose) -> String {
    serde_json::to_string(&start_sync(place(1, purpose), Vec::new())).unwrap()
}

#[test]
fn each_purpose_has_its_sync() {
    assert_eq!(body(Purpose::Verify), r#"{"is_auth":true}"#, "blocks, and reads numbers alone");
    assert_eq!(body(Purpose::Both), r#"{"is_both":true}"#, "one sync for both");
    assert_eq!(body(Purpose::Aggregate), "{}", "a plain one");
}

#[test]
fn answers_go_out_as_questions() {
    let answer = Answer { id: ChallengeId::new("chl_811"), value: Secret::new("Rex") };
    let questions = vec![question(&answer).unwrap()];
    let sent = serde_json::to_string(&start_sync(place(1, Purpose::Verify), questions)).unwrap();
    assert_eq!(sent, r#"{"is_auth":true,"questions":[{"id":811,"answer":"Rex"}]}"#);
    let other = Answer { id: ChallengeId::new("cha_811"), value: Secret::new("Rex") };
    assert!(question(&other).is_none(), "a name that is not ours");
}

#[test]
fn a_login_is_sent_for_numbers_alone_only_where_that_is_all() {
    let sent = |is_auth| {
        let account = wire::NewAccount { brokerage: 21700, username: "pat", password: "word", is_auth };
        serde_json::to_string(&account).unwrap()
    };
    assert_eq!(sent(true), r#"{"brokerage":21700,"username":"pat","password":"word","is_auth":true}"#);
    assert_eq!(sent(false), r#"{"brokerage":21700,"username":"pat","password":"word"}"#);
}

fn observed(json: &str) -> Observation {
    let reply: wire::SyncReply = serde_json::from_str(json).unwrap();
    observation(Phase::Aggregate, reply.sync, &reply.challenges.unwrap_or_default(), None)
}

#[test]
fn the_words_of_version_2_are_understood() {
    for (word, ours) in [
        ("good", "good"),
        ("login", "incorrect_credentials"),
        ("questions", "challenges"),
        ("config", "user_config"),
        ("syncing", "syncing"),
        // Without a name of their own in version 2 (quovo.md 9.15).
        ("postponed", "postponed"),
        ("something_new", "other"),
    ] {
        let json = format!(
            r#"{{"sync": {{"account": 90017, "has_realtime": false, "progress": null, "status": "{word}"}}}}"#
        );
        let seen = observed(&json);
        assert_eq!((seen.status.as_str(), seen.provider_status.as_deref()), (ours, Some(word)));
    }
}

#[test]
fn a_sync_that_met_a_question_brings_it_and_says_whether_it_is_timed() {
    for timed in [false, true] {
        let seen = observed(&format!(
            r#"{{"sync": {{"account": 90017, "has_realtime": {timed}, "progress": null, "status": "questions"}},
                "challenges": [{{"account": 90017, "id": 811, "is_answered": false, "last_asked": true,
                                "question": "Name of your first pet?", "should_answer": true,
                                "type": "question"}}]}}"#
        ));
        let Step::Challenges { items, soon, .. } = seen.step else { panic!("{:?}", seen.step) };
        assert_eq!((items.len(), soon), (1, timed));
    }
}

#[test]
fn an_account_is_a_connection() {
    let answer: wire::AccountAnswer = serde_json::from_str(
        r#"{"account": {"id": 90017, "user": 501, "username": "host_user_501", "brokerage": 4101,
            "brokerage_name": "Harbour Savings", "nickname": null, "status": "config",
            "config_instructions": "Accept the terms.", "failures": 0, "update_count": 0, "is_inactive": false,
            "opened": "2024-03-01T10:00:00.000", "updated": "2024-03-01T10:00:00.000", "last_good_sync": null,
            "value": null}}"#,
    )
    .unwrap();
    let connection = answer.account.connection();
    assert_eq!((connection.id, connection.institution_id), (90_017, Some(4101)));
    assert_eq!(connection.status.as_deref(), Some("user_config"));
    assert_eq!(connection.config_instructions.as_deref(), Some("Accept the terms."));
}

const PORTFOLIOS: &str = r#"{"portfolios": [
    {"id": 33001, "account": 90017, "portfolio_name": "Everyday Checking xxxx2333", "nickname": null,
     "portfolio_type": "Checking", "portfolio_category": "Banking", "portfolio_type_confidence": "High",
     "is_inactive": false, "value": 880.25},
    {"id": 33002, "portfolio_name": "Old", "portfolio_type": "Savings", "portfolio_category": "Banking",
     "is_inactive": true, "value": 1}]}"#;

const AUTH: &str = r#"{"auth": {
    "id": 90017, "user": 501, "username": "host_user_501", "brokerage": 4101, "brokerage_name": "Harbour Savings",
    "balance": 880.25, "last_good_auth": "2024-03-01T10:02:00.000", "updated": "2024-03-01T10:02:00.000",
    "portfolios": [{
      "id": 33001, "name": "000111222333", "routing": "021000021", "wire_routing": null, "balance": 880.25,
      "owner_names": ["Pat Doe"],
      "portfolio_category": "Banking", "portfolio_type": "Checking", "portfolio_type_confidence": "High",
      "details": {
        "address": {"data": {"street": "1 Pier Rd", "city": "Salem", "state": "MA", "zip": "01970"}, "error": null},
        "dob": {"data": "1980-01-31", "error": null},
        "email": {"data": null, "error": {"id": "not_found", "message": "..."}},
        "phone": {"data": "5550100", "error": null}}}]}}"#;

fn names() -> AccountNames {
    AccountNames::new(Key::new(&Secret::new("key")), ConnectionId::new("con_1"))
}

fn read() -> (Vec<shared_accounts::Account>, shared_accounts::Auth) {
    let portfolios: wire_accounts::PortfoliosAnswer = serde_json::from_str(PORTFOLIOS).unwrap();
    let auth: wire_accounts::AuthAnswer = serde_json::from_str(AUTH).unwrap();
    let (accounts, auth) = accounts_of(portfolios.portfolios, Some(auth.auth));
    (accounts, auth.unwrap())
}

#[test]
fn portfolios_are_accounts_and_their_name_is_a_number() {
    let (accounts, auth) = read();
    let found = accounts::masked(&accounts, Some(&auth), &names());
    assert!(found.numbers_read);
    let [account] = found.accounts.as_slice() else { panic!("{found:?}") };
    assert_eq!(account.name, "Everyday Checking");
    assert_eq!(account.last_digits.as_deref(), Some("2333"));
    assert!(!format!("{found:?}").contains("000111222333"), "the number is not shown");
    assert_eq!(account.not_verifiable, None);
}

#[test]
fn numbers_owner_and_details_are_read_each_with_its_error() {
    let (accounts, auth) = read();
    let verified = accounts::verified(&accounts, Some(auth), &names());
    let account = &verified[0];
    assert_eq!(account.account_number.as_ref().map(Secret::expose), Some("000111222333"));
    assert_eq!((account.routing.as_deref(), account.wire_routing.as_deref()), (Some("021000021"), None));
    assert_eq!(account.owner_names.as_deref(), Some(&["Pat Doe".to_owned()][..]));
    let owner = account.owner.as_ref().unwrap();
    let Some(OwnerDetail::Data(address)) = &owner.address else { panic!("an address") };
    assert_eq!(address.expose(), "1 Pier Rd, Salem, MA, 01970");
    assert!(matches!(&owner.email, Some(OwnerDetail::Error(id)) if id == "not_found"));
    assert_eq!(account.present_balance.as_ref().map(|balance| balance.cents.0), Some(88_025));
    assert!(account.verified_at.is_some());
}

#[test]
fn what_is_known_by_its_number_only_goes_by_what_it_is() {
    let auth: wire_accounts::AuthAnswer = serde_json::from_str(AUTH).unwrap();
    let alone = auth.auth.unlisted(&[]);
    assert_eq!(alone.len(), 1);
    assert_eq!(alone[0].name.as_deref(), Some("Checking"));
    assert!(auth.auth.unlisted(&alone).is_empty(), "what is listed is not added");
}

#[test]
fn owner_names_are_told_where_details_are_withheld() {
    let auth: wire_accounts::AuthAnswer = serde_json::from_str(
        r#"{"auth": {"portfolios": [{"id": 33001, "name": "1", "owner_names": ["Pat Doe"], "details": null}]}}"#,
    )
    .unwrap();
    let (accounts, _) = read();
    let verified = accounts::verified(&accounts, Some(auth.auth.into()), &names());
    assert_eq!(verified[0].owner_names.as_deref(), Some(&["Pat Doe".to_owned()][..]));
    assert!(verified[0].owner.is_none());
}

/// The answer of one of Quovo's own examples.
fn example(name: &str) -> String {
    let file = format!("{}/../sandbox/tests/seed_v2/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_json::from_str::<serde_json::Value>(&text).unwrap()["answer"].to_string()
}

fn seen(deposits: Vec<wire_deposits::Deposit>) -> Vec<(Option<DepositState>, Option<DepositFault>)> {
    deposits.into_iter().map(SeenDeposit::from).map(|seen| (seen.state, seen.fault)).collect()
}

#[test]
fn quovos_own_examples_of_deposits_are_read() {
    use DepositFault::AccountNumber;
    use DepositState::{Failed, Requested, Submitted, Verified};
    let list = |name: &str| {
        seen(serde_json::from_str::<wire_deposits::DepositsAnswer>(&example(name)).unwrap().auth_deposits)
    };
    let verified_and_failed = [(Some(Verified), None), (Some(Failed), Some(AccountNumber))];
    assert_eq!(list("11_verified_and_failed"), verified_and_failed);
    assert_eq!(list("12_verified_on_portfolio"), [(Some(Verified), None)]);
    assert_eq!(list("17_verified_and_failed"), verified_and_failed);
    assert_eq!(
        list("25_submitted_and_failed"),
        [(Some(Submitted), None), (Some(Failed), Some(AccountNumber))]
    );
    for (name, state) in [
        ("13_deposit_created", Requested),
        ("14_deposit_shown", Verified),
        ("15_deposit_verified", Verified),
        ("16_deposit_created", Requested),
        ("24_manual_deposit_created", Requested),
        ("27_deposit_verified", Verified),
    ] {
        let answer: wire_deposits::DepositAnswer = serde_json::from_str(&example(name)).unwrap();
        let deposit = SeenDeposit::from(answer.deposit().unwrap());
        assert_eq!(deposit.state, Some(state), "{name}");
        assert!(!deposit.account_broken && deposit.updated_at.is_some(), "{name}: {deposit:?}");
    }
    for name in ["21_portfolio_created", "22_portfolio_shown", "23_portfolio_created"] {
        let answer: wire_deposits::HolderAnswer = serde_json::from_str(&example(name)).unwrap();
        let holder = answer.auth_deposit_portfolio;
        assert_ne!(holder.id, holder.account, "{name}");
    }
    for name in ["19_portfolios_of_all", "20_portfolios_of_user"] {
        let answer: wire_deposits::HoldersAnswer = serde_json::from_str(&example(name)).unwrap();
        assert!(!answer.auth_deposit_portfolios.is_empty(), "{name}");
    }
}

#[test]
fn what_deposits_have_proved_is_read_from_the_examples() {
    for name in ["18_auth_after_automatic_deposit", "28_auth_after_manual_deposit"] {
        let answer: wire_accounts::AuthAnswer = serde_json::from_str(&example(name)).unwrap();
        let names = AccountNames::new(Key::new(&Secret::new("key")), ConnectionId::new("con_1"));
        let proved = accounts::verified(&answer.auth.unlisted(&[]), Some(answer.auth.into()), &names);
        assert!(proved[0].account_number.is_some() && proved[0].routing.is_some(), "{name}");
    }
}

#[test]
fn amounts_go_out_as_numbers_of_dollars() {
    let sent = |cents: [i64; 2]| {
        let amounts = wire_deposits::Dollars(Amounts(cents.map(Cents)));
        serde_json::to_string(&wire_deposits::Confirmation { amounts }).unwrap()
    };
    assert_eq!(sent([9, 2]), r#"{"amounts":[0.09,0.02]}"#);
    assert_eq!(sent([99, 10]), r#"{"amounts":[0.99,0.10]}"#);
}

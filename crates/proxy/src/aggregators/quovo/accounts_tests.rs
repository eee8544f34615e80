use super::accounts::*;
use super::wire_accounts as wire;
use crate::aggregators::AccountNames;
use crate::tokens::Key;
use linchpin_protocol::{AccountKind, Cents, Confidence, ConnectionId, NotVerifiable, OwnerDetail, Secret};

fn names() -> AccountNames {
    AccountNames::new(Key::new(&Secret::new("key")), ConnectionId::new("con_1"))
}

fn accounts() -> Vec<wire::Account> {
    let json = r#"{"accounts":[
        {"id":33001,"connection_id":70031,"name":"Everyday Checking","nickname":null,"category":"Banking",
         "type":"Checking","type_confidence":"High","is_disabled":false,"value":880.25},
        {"id":33002,"name":"Rewards Card","category":"Banking","type":"Credit Card","value":-19.99},
        {"id":33003,"name":"Swapped","category":"Savings","type":"Banking","value":0.1},
        {"id":33004,"name":"Hidden","category":"Banking","type":"Checking","is_disabled":true,"value":1}]}"#;
    serde_json::from_str::<wire::AccountsAnswer>(json).unwrap().accounts
}

fn auth() -> wire::Auth {
    let json = r#"{"auth":{"last_good_auth":"2024-03-01T10:02:00.000","country_code":"USA","accounts":[
        {"id":33001,"account_name":"Everyday Checking","account_number":"000111222333","routing":"021000021",
         "wire_routing":null,"present_balance":880.25,"available_balance":800.1,"category":"Banking",
         "type":"Checking","type_confidence":"Very High","last_good_auth":"2024-03-01T10:02:00.000",
         "owner_details":{"address":{"data":{"street":"1 Pier Rd","city":"Salem","state":"MA","zip":"01970"},
         "error":null},"dob":{"data":"1980-01-31","error":null},
         "email":{"data":null,"error":{"id":"not_found","message":"secret text"}},
         "phone":{"data":"5550100","error":null},"owner_names":["Pat Doe"]}}]}}"#;
    serde_json::from_str::<wire::AuthAnswer>(json).unwrap().auth
}

#[test]
fn the_masked_list_says_why_an_account_cannot_be_chosen() {
    let found = masked(&accounts(), Some(&auth()), &names());
    assert!(found.numbers_read, "the auth answer has numbers");
    let reasons: Vec<_> = found.accounts.iter().map(|account| account.not_verifiable).collect();
    let expected = [None, Some(NotVerifiable::NoTransfers), Some(NotVerifiable::NumberMissing)];
    assert_eq!(reasons, expected, "disabled accounts are left out");
    assert_eq!(found.accounts[0].last_digits.as_deref(), Some("2333"));
    assert_eq!(found.accounts[0].balance.as_ref().map(|money| money.cents), Some(Cents(88_025)));
    assert_eq!(found.accounts[2].kind, AccountKind::Savings, "a swapped pair is put right");
    let json = serde_json::to_string(&found.accounts).unwrap();
    assert!(!json.contains("000111222333") && !json.contains("33001"), "{json}");
}

#[test]
fn without_numbers_asked_for_every_account_may_be_chosen() {
    let found = masked(&accounts(), None, &names());
    assert!(found.accounts.iter().all(|account| account.not_verifiable.is_none()), "{found:?}");
    assert!(!found.numbers_read);
}

#[test]
fn a_masked_number_in_the_label_is_told_once() {
    let told = |name: &str| label(Some(name), None);
    assert_eq!(told("Everyday Checking xxxx4411"), ("Everyday Checking".into(), Some("4411".into())));
    assert_eq!(told("Card •••• 0757"), ("Card".into(), Some("0757".into())));
    assert_eq!(told("Card ••0757"), ("Card".into(), Some("0757".into())));
    for whole in ["Everyday Checking", "xxxx4411", "Plan 2030", "Route x12345", "Fund X", "Max 4411"] {
        assert_eq!(told(whole), (whole.into(), None), "{whole}");
    }
}

#[test]
fn a_short_number_never_shows_whole() {
    let shown = |number: &str| last_digits(&Secret::new(number));
    assert_eq!(shown("000111222333").as_deref(), Some("2333"));
    assert_eq!(shown("12345").as_deref(), Some("45"));
    assert_eq!(shown("12").as_deref(), Some("2"));
    assert_eq!(shown("1"), None);
}

#[test]
fn the_verified_list_carries_numbers_owner_and_exact_cents() {
    let list = verified(&accounts(), Some(auth()), &names());
    let first = &list[0];
    assert_eq!(first.account_number.as_ref().unwrap().expose(), "000111222333");
    assert_eq!(first.routing.as_deref(), Some("021000021"));
    assert_eq!(first.confidence, Some(Confidence::VeryHigh));
    assert_eq!(first.available_balance.as_ref().map(|money| money.cents), Some(Cents(80_010)));
    assert_eq!(first.owner_names.as_deref(), Some(&["Pat Doe".to_owned()][..]));
    assert_eq!(first.verified_at.as_ref().map(|at| at.as_str()), Some("2024-03-01T10:02:00Z"));
    let owner = first.owner.as_ref().unwrap();
    assert!(
        matches!(&owner.address, Some(OwnerDetail::Data(line)) if line.expose() == "1 Pier Rd, Salem, MA, 01970")
    );
    assert!(matches!(&owner.email, Some(OwnerDetail::Error(word)) if word == "not_found"));
}

#[test]
fn plain_details_read_like_pairs() {
    let plain: wire::OwnerDetails = serde_json::from_str(
        r#"{"address":{"street":"1 Pier Road","city":"Salem","state":"MA","zip":"01970"},"dob":"1980-01-31",
            "email":null,"owner_names":{"data":["Pat Doe"],"error":null}}"#,
    )
    .unwrap();
    let (names, owner) = owner(Some(plain));
    assert_eq!(names.as_deref(), Some(&["Pat Doe".to_owned()][..]));
    let owner = owner.unwrap();
    assert!(
        matches!(&owner.address, Some(OwnerDetail::Data(line)) if line.expose() == "1 Pier Road, Salem, MA, 01970")
    );
    assert!(matches!(&owner.dob, Some(OwnerDetail::Data(date)) if date.expose() == "1980-01-31"));
    assert!(owner.email.is_none(), "a withheld detail is absent");
}

#[test]
fn names_are_stable_and_say_nothing() {
    let (one, two) = (names().name("33001"), names().name("33001"));
    assert_eq!(one, two, "the same account keeps its name");
    assert_ne!(one, names().name("33002"));
    assert!(!one.as_str().contains("33001"), "{one}");
}

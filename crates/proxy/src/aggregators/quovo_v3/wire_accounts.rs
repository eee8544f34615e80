//! Quovo's JSON for accounts and their numbers (quovo.md 2.6, 2.9).
//!
//! These types hold account numbers and owner details, so they have no `Debug`.

use crate::aggregators::quovo::wire::ErrorBody;
use linchpin_protocol::Secret;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
pub(super) struct AccountsAnswer {
    pub(super) accounts: Vec<Account>,
}

#[derive(Deserialize)]
pub(super) struct Account {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) nickname: Option<String>,
    #[serde(default)]
    pub(super) category: Option<String>,
    #[serde(default, rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) type_confidence: Option<String>,
    #[serde(default)]
    pub(super) is_disabled: Option<bool>,
    #[serde(default)]
    pub(super) value: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
pub(super) struct AuthAnswer {
    pub(super) auth: Auth,
}

#[derive(Deserialize)]
pub(super) struct Auth {
    #[serde(default)]
    pub(super) last_good_auth: Option<String>,
    #[serde(default)]
    pub(super) country_code: Option<String>,
    #[serde(default)]
    pub(super) accounts: Option<Vec<AuthAccount>>,
}

#[derive(Deserialize)]
pub(super) struct AuthAccount {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) account_name: Option<String>,
    #[serde(default)]
    pub(super) account_nickname: Option<String>,
    #[serde(default)]
    pub(super) account_number: Option<Secret>,
    #[serde(default)]
    pub(super) routing: Option<String>,
    #[serde(default)]
    pub(super) wire_routing: Option<String>,
    #[serde(default)]
    pub(super) present_balance: Option<Box<RawValue>>,
    #[serde(default)]
    pub(super) available_balance: Option<Box<RawValue>>,
    #[serde(default)]
    pub(super) category: Option<String>,
    #[serde(default, rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) type_confidence: Option<String>,
    #[serde(default)]
    pub(super) owner_details: Option<OwnerDetails>,
    #[serde(default)]
    pub(super) last_good_auth: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct OwnerDetails {
    #[serde(default)]
    pub(super) address: Option<Detail>,
    #[serde(default)]
    pub(super) dob: Option<Detail>,
    #[serde(default)]
    pub(super) email: Option<Detail>,
    #[serde(default)]
    pub(super) phone: Option<Detail>,
    #[serde(default)]
    pub(super) owner_names: Option<OwnerNames>,
}

/// Names as a plain list, or as a detail like the others: no readable source settles it.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OwnerNames {
    Plain(Vec<String>),
    Detail {
        #[serde(default)]
        data: Option<Vec<String>>,
    },
}

/// One detail: text, an address, or either in a `{data, error}` pair. The examples show pairs, the field tables plain
/// values (quovo.md 2.6).
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Detail {
    Text(Secret),
    Object(DetailObject),
}

#[derive(Default, Deserialize)]
pub(super) struct DetailObject {
    #[serde(default)]
    pub(super) data: Option<Box<Detail>>,
    #[serde(default)]
    pub(super) error: Option<ErrorBody>,
    #[serde(default)]
    pub(super) street: Option<Secret>,
    #[serde(default)]
    pub(super) city: Option<Secret>,
    #[serde(default)]
    pub(super) state: Option<Secret>,
    #[serde(default)]
    pub(super) zip: Option<Secret>,
}

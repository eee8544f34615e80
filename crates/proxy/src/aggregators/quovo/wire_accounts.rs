//! Quovo's JSON for accounts and their numbers (quovo.md 2.6, 2.9).
//!
//! These types hold account numbers and owner details, so they have no `Debug`.

use super::wire::ErrorBody;
use linchpin_protocol::Secret;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
pub(in crate::aggregators) struct AccountsAnswer {
    pub(in crate::aggregators) accounts: Vec<Account>,
}

#[derive(Deserialize)]
pub(in crate::aggregators) struct Account {
    pub(in crate::aggregators) id: u64,
    #[serde(default)]
    pub(in crate::aggregators) name: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) nickname: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) category: Option<String>,
    #[serde(default, rename = "type")]
    pub(in crate::aggregators) kind: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) type_confidence: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) is_disabled: Option<bool>,
    #[serde(default)]
    pub(in crate::aggregators) value: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
pub(in crate::aggregators) struct AuthAnswer {
    pub(in crate::aggregators) auth: Auth,
}

#[derive(Deserialize)]
pub(in crate::aggregators) struct Auth {
    #[serde(default)]
    pub(in crate::aggregators) last_good_auth: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) country_code: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) accounts: Option<Vec<AuthAccount>>,
}

#[derive(Deserialize)]
pub(in crate::aggregators) struct AuthAccount {
    pub(in crate::aggregators) id: u64,
    #[serde(default)]
    pub(in crate::aggregators) account_name: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) account_nickname: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) account_number: Option<Secret>,
    #[serde(default)]
    pub(in crate::aggregators) routing: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) wire_routing: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) present_balance: Option<Box<RawValue>>,
    #[serde(default)]
    pub(in crate::aggregators) available_balance: Option<Box<RawValue>>,
    #[serde(default)]
    pub(in crate::aggregators) category: Option<String>,
    #[serde(default, rename = "type")]
    pub(in crate::aggregators) kind: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) type_confidence: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) owner_details: Option<OwnerDetails>,
    #[serde(default)]
    pub(in crate::aggregators) last_good_auth: Option<String>,
}

#[derive(Default, Deserialize)]
pub(in crate::aggregators) struct OwnerDetails {
    #[serde(default)]
    pub(in crate::aggregators) address: Option<Detail>,
    #[serde(default)]
    pub(in crate::aggregators) dob: Option<Detail>,
    #[serde(default)]
    pub(in crate::aggregators) email: Option<Detail>,
    #[serde(default)]
    pub(in crate::aggregators) phone: Option<Detail>,
    #[serde(default)]
    pub(in crate::aggregators) owner_names: Option<OwnerNames>,
}

/// Names as a plain list, or as a detail like the others: no readable source settles it.
#[derive(Deserialize)]
#[serde(untagged)]
pub(in crate::aggregators) enum OwnerNames {
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
pub(in crate::aggregators) enum Detail {
    Text(Secret),
    Object(DetailObject),
}

#[derive(Default, Deserialize)]
pub(in crate::aggregators) struct DetailObject {
    #[serde(default)]
    pub(in crate::aggregators) data: Option<Box<Detail>>,
    #[serde(default)]
    pub(in crate::aggregators) error: Option<ErrorBody>,
    #[serde(default)]
    pub(in crate::aggregators) street: Option<Secret>,
    #[serde(default)]
    pub(in crate::aggregators) city: Option<Secret>,
    #[serde(default)]
    pub(in crate::aggregators) state: Option<Secret>,
    #[serde(default)]
    pub(in crate::aggregators) zip: Option<Secret>,
}

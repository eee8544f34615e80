//! Basiq's JSON for accounts (basiq.md 2.12). Holds account numbers and amounts, so nothing here has a `Debug`.

use linchpin_protocol::Secret;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    pub(super) id: String,
    /// The customer's name for it.
    #[serde(default)]
    pub(super) name: Option<String>,
    /// The institution's name for it.
    #[serde(default)]
    pub(super) display_name: Option<String>,
    /// Bank and account number in one.
    #[serde(default)]
    pub(super) account_no: Option<Secret>,
    /// Six digits.
    #[serde(default)]
    pub(super) bsb: Option<String>,
    #[serde(default)]
    pub(super) unmasked_acc_num: Option<Secret>,
    #[serde(default)]
    pub(super) masked_number: Option<String>,
    #[serde(default)]
    pub(super) account_holder: Option<String>,
    /// Amounts are text.
    #[serde(default)]
    pub(super) balance: Option<Secret>,
    #[serde(default)]
    pub(super) available_funds: Option<Secret>,
    #[serde(default)]
    pub(super) currency: Option<String>,
    #[serde(default)]
    pub(super) class: Option<Class>,
    /// The connection through which it was read.
    #[serde(default)]
    pub(super) connection: Option<String>,
    #[serde(default)]
    pub(super) last_updated: Option<String>,
    #[serde(default)]
    pub(super) status: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Class {
    #[serde(default, rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) product: Option<String>,
}

//! Basiq's JSON for accounts (basiq.md 2.12). Holds account numbers and amounts, so nothing here has a `Debug`.

use linchpin_protocol::Secret;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    pub(super) id: String,
    /// The customer's name for it.
    pub(super) name: Option<String>,
    /// The institution's name for it.
    pub(super) display_name: Option<String>,
    /// Bank and account number in one.
    pub(super) account_no: Option<Secret>,
    /// Six digits.
    pub(super) bsb: Option<String>,
    pub(super) unmasked_acc_num: Option<Secret>,
    pub(super) masked_number: Option<String>,
    pub(super) account_holder: Option<String>,
    /// Amounts are text.
    pub(super) balance: Option<Secret>,
    pub(super) available_funds: Option<Secret>,
    pub(super) currency: Option<String>,
    pub(super) class: Option<Class>,
    /// The connection through which it was read.
    pub(super) connection: Option<String>,
    /// At which institution.
    pub(super) institution: Option<String>,
    pub(super) last_updated: Option<String>,
    pub(super) status: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Class {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) product: Option<String>,
}

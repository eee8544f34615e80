//! Accounts as the browser may see them: masked.

use crate::{AccountId, Money};
use serde::{Deserialize, Serialize};

/// An account under a connection, without its full number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MaskedAccount {
    /// Our name for it.
    pub id: AccountId,
    /// The institution's label, such as `Everyday Checking`.
    pub name: String,
    /// The last digits of its number, at most four; none when the aggregator does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_digits: Option<String>,
    /// What sort of account it is.
    #[serde(default)]
    pub kind: AccountKind,
    /// Its balance, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Money>,
    /// Why it cannot be chosen; absent when it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_verifiable: Option<NotVerifiable>,
}

/// What sort of account it is, as far as the person needs to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// A checking or current account.
    Checking,
    /// A savings account.
    Savings,
    /// A credit card.
    CreditCard,
    /// A loan or mortgage.
    Loan,
    /// Investments and pensions.
    Investment,
    /// Anything else, or not known.
    #[default]
    #[serde(other)]
    Other,
}

/// Why an account cannot be verified.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotVerifiable {
    /// Money cannot be sent to or taken from accounts of this sort.
    NoTransfers,
    /// The institution did not give its number.
    NumberMissing,
    /// A reason newer than this reader.
    #[serde(other)]
    Unknown,
}

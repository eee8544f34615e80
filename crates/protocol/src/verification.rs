//! The full result, for the client's server only. Read from the aggregator at that moment; never stored.

use crate::{
    AccountId, AccountKind, ConnectionId, Deposit, InstitutionRef, Money, Secret, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

/// What a public token stands for.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verification {
    /// The client's own name for its customer.
    pub user_id: UserId,
    /// Whether the accounts are proved to be the person's.
    pub verification: VerificationState,
    /// What was linked, where something was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<VerifiedConnection>,
    /// The deposits that prove the account, where that is the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit: Option<VerifiedDeposit>,
    /// The chosen accounts, with what the person agreed to hand over. Without any while the proof is not there.
    pub accounts: Vec<VerifiedAccount>,
}

/// Whether an account is proved to be the person's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VerificationState {
    /// Yes.
    Verified,
    /// Not yet.
    Pending,
    /// No, and with these deposits it will not be.
    Failed,
    /// It was not asked for.
    None,
    /// A state newer than this reader.
    #[serde(other)]
    Unknown,
}

/// The deposits that a result rests on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifiedDeposit {
    /// As they stand.
    pub deposit: Deposit,
    /// When the provider said so last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

/// The connection that a result belongs to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifiedConnection {
    /// Our name for it; stays the same as long as it exists.
    pub id: ConnectionId,
    /// Where it is.
    pub institution: InstitutionRef,
    /// When the aggregator last succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success_at: Option<Timestamp>,
    /// When it last tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_attempt_at: Option<Timestamp>,
}

/// An account with its numbers.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifiedAccount {
    /// Our name for it.
    pub id: AccountId,
    /// The institution's label.
    pub name: String,
    /// The full account number; absent where it was not asked for or not agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_number: Option<Secret>,
    /// The nine-digit ABA routing number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<String>,
    /// The routing number for wires, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wire_routing: Option<String>,
    /// The six digits that name bank and branch of an Australian account (BSB); such an account has no routing number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bsb: Option<String>,
    /// What sort of account it is.
    #[serde(default)]
    pub kind: AccountKind,
    /// The aggregator's own word for it, such as `Checking`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_type: Option<String>,
    /// The aggregator's own word for its family, such as `Banking`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How sure the aggregator is of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// The balance now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present_balance: Option<Money>,
    /// What can be spent now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_balance: Option<Money>,
    /// Who owns it; absent when not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_names: Option<Vec<String>>,
    /// More about the owner; absent when the aggregator withholds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<OwnerDetails>,
    /// How and when it was verified.
    pub verification_method: VerificationMethod,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
}

/// How sure the aggregator is of an account's type.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Very high.
    VeryHigh,
    /// High.
    High,
    /// Moderate.
    Moderate,
    /// Low.
    Low,
    /// A tier newer than this reader.
    #[serde(other)]
    Unknown,
}

/// How an account was verified.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VerificationMethod {
    /// The institution gave its numbers to whoever signed in.
    Instant,
    /// The provider found two deposits in the linked account.
    AutomaticDeposit,
    /// The person told the amounts of two deposits.
    ManualDeposit,
    /// A method newer than this reader.
    #[serde(other)]
    Unknown,
}

/// More about the owner of an account.
#[derive(Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnerDetails {
    /// Postal address in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<OwnerDetail>,
    /// Date of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dob: Option<OwnerDetail>,
    /// Email address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<OwnerDetail>,
    /// Phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<OwnerDetail>,
}

/// One detail, or why it is not there.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OwnerDetail {
    /// What the institution says.
    Data(Secret),
    /// Why there is nothing, as a word.
    Error(String),
}

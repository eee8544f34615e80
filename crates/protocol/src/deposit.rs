//! A verification by two small deposits, and what its person has to do next.

use crate::json::tagged;
use crate::{
    AccountId, Cents, ConnectionId, DepositId, InstitutionRef, MaskedAccount, Revision, RoutingNumber,
    Secret, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Two deposits on their way to one account, or one try at that.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deposit {
    /// Our name for it.
    pub id: DepositId,
    /// Moves whenever `next` changes in a way that matters; times do not move it.
    pub revision: Revision,
    /// Who confirms that the deposits arrived.
    pub method: DepositMethod,
    /// The account's bank, as far as it is known: from the routing number, or from the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// The last digits of the account number, at most four.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_digits: Option<String>,
    /// What the person called the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The connection through which the provider looks, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// The account under that connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// The deposit in whose place this one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<DepositId>,
    /// Informative and open; decide by `next`.
    pub status: String,
    /// The aggregator's own word for the status, for support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_status: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// What happens now.
    pub next: DepositNext,
}

/// Who confirms that deposits arrived.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DepositMethod {
    /// The person, with both amounts.
    Manual,
    /// The provider, which finds them in the linked account.
    Automatic,
    /// A method newer than this reader.
    #[serde(other)]
    Unknown,
}

/// What happens now: one value for each screen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum DepositNext {
    /// A call is under way, and nobody knows its outcome yet.
    Wait {
        /// What is going on.
        #[serde(default)]
        work: DepositWork,
    },
    /// The deposits are being sent; the person looks for them.
    WaitForDeposit {
        /// When they have usually arrived; absent when the provider does not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected_by: Option<Timestamp>,
    },
    /// The deposits are on their way, and the provider looks for them itself.
    WaitForProvider {
        /// When it has usually found them; absent when it does not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected_by: Option<Timestamp>,
    },
    /// The person types both amounts.
    EnterAmounts {
        /// How often that can still be tried, at least once.
        tries_left: u32,
        /// The last pair was not the one that was sent. Never one of the two.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        wrong: bool,
        /// When the deposits have usually arrived; absent when the provider does not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected_by: Option<Timestamp>,
    },
    /// The provider cannot see the account any more: the connection has to be repaired first.
    RepairConnection {
        /// Which.
        connection_id: ConnectionId,
    },
    /// The numbers are wrong: they are typed again, and new deposits are sent.
    CorrectAccount {
        /// Which of them the bank refused.
        #[serde(default)]
        field: AccountField,
    },
    /// This account takes no deposits.
    UseAnotherAccount {},
    /// The provider could not send them and tries again by itself.
    ProviderRetries {},
    /// Done: the account is the person's.
    Verified {},
    /// It ended without a proof.
    Failed {
        /// Why.
        #[serde(default)]
        reason: DepositFailure,
    },
    /// New deposits were sent in place of these.
    Replaced {
        /// Those.
        by: DepositId,
    },
    /// The person gave it up.
    Withdrawn {},
    /// A step newer than this reader.
    #[serde(other)]
    Unknown,
}

tagged!(DepositNext by "step");

/// What is going on while nobody knows the outcome.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DepositWork {
    /// The deposits are being asked for.
    Sending,
    /// The amounts are being compared.
    Checking,
    /// Not told, or newer than this reader.
    #[default]
    #[serde(other)]
    Unknown,
}

/// One of the two numbers that name an account.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountField {
    /// The account's own.
    AccountNumber,
    /// The bank's.
    RoutingNumber,
    /// Not told, or newer than this reader.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Why deposits ended without a proof.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DepositFailure {
    /// Wrong amounts too often.
    TooManyTries,
    /// Nobody confirmed them in time. No amounts were wrong.
    NotConfirmedInTime,
    /// They were never sent.
    NotSent,
    /// Not told, or newer than this reader.
    #[default]
    #[serde(other)]
    Unknown,
}

/// The ways to a proof by deposits that are open to this person.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DepositWays {
    /// Link the account; the provider finds the deposits in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automatic: bool,
    /// Give the numbers; type the amounts once they arrived.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub manual: bool,
}

impl DepositWays {
    /// Whether there is no way.
    pub fn is_none(&self) -> bool {
        !self.automatic && !self.manual
    }
}

/// What is true of the provider's deposits. What is absent is not said.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DepositFacts {
    /// After how many working days manual deposits have usually arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_days: Option<u32>,
    /// What stands beside them on a statement, such as `ACCTVERIFY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descriptor: Option<String>,
}

/// `POST /v1/deposits`: two deposits to an account. With a connection and an account the provider looks for them itself,
/// else the person confirms the amounts. Repeating it with the same key gives the same one.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateDeposit {
    /// The connection that has the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// The account that was chosen there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// The bank's nine digits.
    pub routing: String,
    /// The account number, digits only: 4 to 17.
    pub account_number: Secret,
    /// What the person calls the account; at most 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// `POST /v1/deposits/{id}/correct`: other numbers for the same account; new deposits replace the old.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CorrectDeposit {
    /// The revision that the screen was drawn from.
    pub revision: Revision,
    /// The bank's nine digits.
    pub routing: String,
    /// The account number, digits only: 4 to 17.
    pub account_number: Secret,
}

/// `POST /v1/deposits/{id}/amounts`: the amounts that arrived, in any order.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubmitAmounts {
    /// The revision that the screen was drawn from.
    pub revision: Revision,
    /// Both, each from 1 to 99.
    pub cents: Amounts,
}

/// The amounts of two deposits. Whoever knows them has proved something, so they never show.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Amounts(pub [Cents; 2]);

impl fmt::Debug for Amounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[amounts]")
    }
}

/// `POST /v1/deposits/{id}/withdraw`: the person gives it up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WithdrawDeposit {
    /// The revision that the screen was drawn from.
    pub revision: Revision,
}

/// `GET /v1/deposits`: a client's deposits, oldest change first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deposits {
    /// A page of them, each with its user.
    pub deposits: Vec<UserDeposit>,
    /// Give it as `cursor` for what comes after; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A deposit as the client sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserDeposit {
    /// The client's own name for its customer.
    pub user_id: UserId,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// As it stands.
    pub deposit: Deposit,
}

/// `GET /v1/routing-numbers/{n}`: what is known of a routing number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoutingNumberFacts {
    /// The number.
    pub routing: String,
    /// What it is good for.
    #[serde(default)]
    pub state: RoutingState,
    /// The bank's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// The number that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// An institution with this number that can be linked at once. Only where somebody has stated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<InstitutionRef>,
}

/// What a routing number is good for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoutingState {
    /// A bank's, for its customers.
    Known,
    /// Another number has taken its place.
    Replaced,
    /// A central bank's or a clearing house's: nobody's account is there.
    NotForCustomers,
    /// Well formed, and in no list that we have. No reason to refuse it.
    #[default]
    #[serde(other)]
    Unlisted,
}

/// The shortest and the longest account number.
const ACCOUNT_NUMBER: std::ops::RangeInclusive<usize> = 4..=17;

/// Reads the number of an account as people type and paste it: 4 to 17 digits, with spaces and hyphens between.
/// `None`: it is none.
///
/// ```
/// use linchpin_protocol::{Secret, account_number};
///
/// let number = account_number(&Secret::new(" 0123-4567 ")).map(|number| number.expose().to_owned());
/// assert_eq!(number.as_deref(), Some("01234567"));
/// assert!(account_number(&Secret::new("12 3")).is_none());
/// ```
pub fn account_number(typed: &Secret) -> Option<Secret> {
    let digits = crate::plain_digits(typed.expose()).map(Secret::new)?;
    ACCOUNT_NUMBER.contains(&digits.expose().len()).then_some(digits)
}

/// Whether an account number may be that of a masked account: its last digits are the ones that are known.
pub fn fits(account: &MaskedAccount, number: &Secret) -> bool {
    account.last_digits.as_deref().is_none_or(|known| number.expose().ends_with(known))
}

impl CreateDeposit {
    /// The routing number, if it is one.
    pub fn routing(&self) -> Option<RoutingNumber> {
        RoutingNumber::parse(&self.routing).ok()
    }
}

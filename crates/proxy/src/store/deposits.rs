//! Deposits as they are kept.

use super::{ClientId, StoreError};
use crate::tokens::Hash;
use jiff::Timestamp;
use linchpin_protocol::{AccountId, ConnectionId, DepositId, DepositMethod, LinkId, Revision, UserId};
use serde::{Deserialize, Serialize};

/// Two deposits to an account, or one try at that.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DepositRecord {
    /// Its id.
    pub id: DepositId,
    /// For which client.
    pub client: ClientId,
    /// For which of its users.
    pub user_id: UserId,
    /// Under which link it was asked for.
    pub link_id: LinkId,
    /// Who confirms that they arrived.
    pub method: DepositMethod,
    /// The connection that has the account, where the provider looks itself.
    pub connection_id: Option<ConnectionId>,
    /// The account there.
    pub account_id: Option<AccountId>,
    /// The bank's name, as far as it was known.
    pub bank: Option<String>,
    /// The last digits of the account number.
    pub last_digits: Option<String>,
    /// What the person calls the account.
    pub name: Option<String>,
    /// A keyed hash of routing and account number.
    pub account_hash: Hash,
    /// The first of those that replaced one another.
    pub root: DepositId,
    /// In whose place it was sent.
    pub replaces: Option<DepositId>,
    /// What was sent in its place.
    pub replaced_by: Option<DepositId>,
    /// The aggregator's account that it goes to, private to its adapter.
    pub holder: Option<String>,
    /// The aggregator's name for it, private to its adapter.
    pub upstream_key: Option<String>,
    /// How far it is.
    pub state: DepositState,
    /// Why it could not be sent.
    pub fault: Option<DepositFault>,
    /// The provider cannot see the linked account any more.
    pub account_broken: bool,
    /// The aggregator's own word.
    pub provider_status: Option<String>,
    /// How often amounts were tried.
    pub tries: u32,
    /// Whether the last of them were wrong.
    pub wrong: bool,
    /// It ended because they were wrong too often.
    pub out_of_tries: bool,
    /// An upstream call that was begun and not settled, and until when it may be on its way.
    pub intent: Option<(DepositIntent, Timestamp)>,
    /// How often what the person sees has changed.
    pub revision: Revision,
    /// How often it was written.
    pub version: u64,
    /// When it was last read upstream because somebody looked.
    pub looked_at: Option<Timestamp>,
    /// When the proof was there.
    pub verified_at: Option<Timestamp>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When what the person sees last changed.
    pub updated_at: Timestamp,
}

/// How far deposits are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositState {
    /// Asked for here; the aggregator has not said that it knows of it.
    New,
    /// The aggregator has taken the order.
    Requested,
    /// They were handed to the banks.
    Submitted,
    /// They are taken to have arrived.
    Transferred,
    /// The proof is there.
    Verified,
    /// They could not be sent.
    Failed,
    /// They were not confirmed.
    Unconfirmed,
    /// They were never sent.
    NotSent,
    /// The person gave them up.
    Withdrawn,
}

impl DepositState {
    /// Whether nothing more comes.
    pub fn is_over(self) -> bool {
        match self {
            Self::New | Self::Requested | Self::Submitted | Self::Transferred | Self::Failed => false,
            Self::Verified | Self::Unconfirmed | Self::NotSent | Self::Withdrawn => true,
        }
    }
}

/// Why deposits could not be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositFault {
    /// The bank does not know the account number.
    AccountNumber,
    /// No transfers go to the routing number.
    RoutingNumber,
    /// The account takes no deposits.
    Account,
    /// A fault of the provider's, which sends them again by itself.
    Provider,
    /// Not told.
    Unknown,
}

/// An upstream call for a deposit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositIntent {
    /// Order them.
    Send,
    /// Try amounts.
    Confirm,
}

/// How many deposits there may be.
#[derive(Clone, Copy, Debug)]
pub struct DepositLimits {
    /// So many to one account after `account_since`.
    pub per_account: u32,
    /// See `per_account`.
    pub account_since: Timestamp,
    /// So many by one user after `user_since`.
    pub per_user: u32,
    /// See `per_user`.
    pub user_since: Timestamp,
}

/// What became of a deposit that was to be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DepositKept {
    /// It is there, or was.
    Kept,
    /// There are as many to this account as there may be; this is when the oldest of them that counts was made.
    TooManyToAccount(Timestamp),
    /// This user has made as many as may be; this is when the oldest of them that counts was made.
    TooManyByUser(Timestamp),
    /// What it was to replace has moved on.
    Moved,
}

/// Which of a client's deposits are wanted, oldest change first.
#[derive(Clone, Debug, Default)]
pub struct DepositFilter {
    /// Of this user.
    pub user_id: Option<UserId>,
    /// Changed after this.
    pub updated_after: Option<Timestamp>,
    /// In this state.
    pub state: Option<DepositState>,
    /// Those behind this one.
    pub after: Option<DepositId>,
}

/// What a public token stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TokenSubject {
    /// A connection.
    Connection(ConnectionId),
    /// A deposit.
    Deposit(DepositId),
}

impl TokenSubject {
    /// From the two columns, of which one is there.
    pub(super) fn stored(connection: Option<String>, deposit: Option<String>) -> Result<Self, StoreError> {
        match (connection, deposit) {
            (Some(id), None) => Ok(Self::Connection(ConnectionId::new(id))),
            (None, Some(id)) => Ok(Self::Deposit(DepositId::new(id))),
            _ => Err(StoreError::Unreadable("public token")),
        }
    }

    /// For the two columns.
    pub(super) fn columns(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Connection(id) => (Some(id.as_str()), None),
            Self::Deposit(id) => (None, Some(id.as_str())),
        }
    }
}

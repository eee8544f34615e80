//! What an aggregator that sends small deposits can do.

use super::{AccountNames, Reference, UpstreamError};
use crate::store::{DepositFault, DepositState, UpstreamUser};
use async_trait::async_trait;
use jiff::Timestamp;
use linchpin_protocol::{
    AccountId, Amounts, DepositFacts, DepositWays, RoutingNumber, Secret, VerifiedAccount,
};

/// An aggregator that sends two small deposits to an account, and knows when they were found or confirmed.
///
/// Deposits go to a *holder*: an account that was linked, or one that was made for them.
#[async_trait]
pub trait Deposits: Send + Sync {
    /// Which ways it has.
    fn ways(&self) -> DepositWays;

    /// What is true of its deposits.
    fn facts(&self) -> DepositFacts;

    /// How often it lets amounts be tried, if it says.
    fn tries(&self) -> Option<u32>;

    /// Makes an account for deposits alone. One of the user's at which nothing was ever sent and that is not among those
    /// `in_use` is taken instead: an earlier try may have made it, and its name never reached us.
    async fn make_holder(
        &self,
        user: &UpstreamUser,
        label: Option<&str>,
        in_use: &[Reference],
    ) -> Result<Reference, UpstreamError>;

    /// A linked account as one that deposits go to. `None`: the connection has no such account any more.
    async fn holder(
        &self,
        connection: &Reference,
        account: &AccountId,
        names: &AccountNames,
    ) -> Result<Option<Reference>, UpstreamError>;

    /// Orders two deposits to the account of these numbers.
    async fn send(&self, holder: &Reference, to: &AccountNumbers) -> Result<SeenDeposit, UpstreamError>;

    /// What was ever sent to a holder.
    async fn sent_to(&self, holder: &Reference) -> Result<Vec<SeenDeposit>, UpstreamError>;

    /// Looks at a deposit, changing nothing.
    async fn look(&self, key: &DepositKey) -> Result<SeenDeposit, UpstreamError>;

    /// Tries the amounts. `None`: they are not the ones that were sent.
    async fn confirm(&self, key: &DepositKey, amounts: Amounts)
    -> Result<Option<SeenDeposit>, UpstreamError>;

    /// Removes an account that was made for deposits, and with it what was sent there. Nothing is done to a linked one.
    async fn remove_holder(&self, holder: &Reference) -> Result<(), UpstreamError>;

    /// What has changed after `since`, of all users; everything without it.
    async fn changed(&self, since: Option<Timestamp>) -> Result<Vec<SeenDeposit>, UpstreamError>;

    /// The account that deposits have proved, with its numbers. `None`: there is none any more.
    async fn proved_account(
        &self,
        holder: &Reference,
        names: &AccountNames,
    ) -> Result<Option<VerifiedAccount>, UpstreamError>;
}

/// The aggregator's name for a deposit; only its adapter reads it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DepositKey(pub String);

/// Where deposits go to.
#[derive(Debug)]
pub struct AccountNumbers {
    /// The bank's.
    pub routing: RoutingNumber,
    /// The account's.
    pub account: Secret,
}

/// A deposit as it stands upstream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeenDeposit {
    /// Which.
    pub key: DepositKey,
    /// How far it is. `None`: a word that nobody has told us of.
    pub state: Option<DepositState>,
    /// Why it could not be sent.
    pub fault: Option<DepositFault>,
    /// The linked account cannot be seen any more.
    pub account_broken: bool,
    /// The aggregator's own word.
    pub provider_status: Option<String>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
}

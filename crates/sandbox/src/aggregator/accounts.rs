//! Accounts found under a connection, and their numbers.

use super::{Connection, Refusal, World};
use crate::catalogue::{HOLDINGS, Holding};
use crate::id::{AccountId, ConnectionId, UserId};
use crate::ledger::Event;

/// An account found by a good sync.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) holding: &'static Holding,
}

impl Account {
    pub(super) fn found(mut next_id: impl FnMut() -> AccountId) -> Vec<Self> {
        HOLDINGS.iter().map(|holding| Self { id: next_id(), holding }).collect()
    }

    /// Its number at the bank: twelve digits, a different one for each account.
    pub(crate) fn number(self) -> String {
        // Odd and not a multiple of 5, so that neighbours differ in their last four digits too.
        format!("{:012}", 400_000_000_000 + self.id.0 * 7_919)
    }

    /// The bank's own label, with the end of the number: `Everyday Checking xxxx1234`.
    pub(crate) fn label(self) -> String {
        let number = self.number();
        let end = number.get(number.len().saturating_sub(4)..).unwrap_or_default();
        format!("{} xxxx{end}", self.holding.name)
    }
}

impl World {
    /// The accounts of one connection.
    pub(crate) fn accounts_of(&self, id: ConnectionId) -> Result<Vec<(&Connection, Account)>, Refusal> {
        let connection = self.connection(id)?;
        Ok(connection.accounts.iter().map(|account| (connection, *account)).collect())
    }

    /// The accounts of one user.
    pub(crate) fn accounts_of_user(&self, id: UserId) -> Result<Vec<(&Connection, Account)>, Refusal> {
        self.user(id)?;
        let pairs = self
            .connections_of(id)
            .flat_map(|connection| connection.accounts.iter().map(move |account| (connection, *account)));
        Ok(pairs.collect())
    }

    /// One account.
    pub(crate) fn account(&self, id: AccountId) -> Result<(&Connection, Account), Refusal> {
        self.connections()
            .find_map(|connection| {
                connection.accounts.iter().find(|account| account.id == id).map(|found| (connection, *found))
            })
            .ok_or(Refusal::NotFound)
    }

    /// One account, once a good aggregation has found it.
    pub(crate) fn aggregated_account(&self, id: AccountId) -> Result<(&Connection, Account), Refusal> {
        let found = self.account(id)?;
        if found.0.is_aggregated { Ok(found) } else { Err(Refusal::NotFound) }
    }

    /// The accounts of a connection whose numbers a good verification sync has read; none before one.
    pub(crate) fn numbers_of(&self, id: ConnectionId) -> Result<Vec<Account>, Refusal> {
        let connection = self.connection(id)?;
        self.record(Event::NumbersRead { connection: id, account: None });
        Ok(connection
            .accounts
            .iter()
            .filter(|account| connection.knows_number_of(account))
            .copied()
            .collect())
    }

    /// Tells that the number of a placeholder was read.
    pub(crate) fn note_numbers_read(&self, connection: ConnectionId) {
        self.record(Event::NumbersRead { connection, account: None });
    }

    /// One account with its number, once a good verification sync has read it.
    pub(crate) fn number_of(&self, id: AccountId) -> Result<(&Connection, Account), Refusal> {
        let (connection, account) = self.account(id)?;
        if !connection.knows_number_of(&account) {
            return Err(Refusal::NotFound);
        }
        self.record(Event::NumbersRead { connection: connection.id, account: Some(id) });
        Ok((connection, account))
    }
}

impl Connection {
    fn knows_number_of(&self, account: &Account) -> bool {
        self.last_good_auth.is_some() && account.holding.has_number
    }
}

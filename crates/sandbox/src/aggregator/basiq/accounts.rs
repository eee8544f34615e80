//! Accounts: a user's, whichever connection they came by. They outlive it.

use jiff::Timestamp;

use super::{Basiq, BasiqRefusal, next};
use crate::catalogue::basiq::{AT_THE_BANK, BasiqLogin, Holding};
use crate::id::{BasiqAccountId, BasiqConnectionId, BasiqUserId};
use crate::ledger::BasiqEvent;

/// An account.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: BasiqAccountId,
    pub(crate) user: BasiqUserId,
    pub(crate) institution: &'static str,
    pub(crate) connection: BasiqConnectionId,
    /// Whether its number comes in parts, as open banking gives it.
    pub(crate) has_parts: bool,
    pub(crate) holding: &'static Holding,
    pub(crate) updated: Timestamp,
    pub(crate) has_transactions: bool,
}

impl Basiq {
    /// A user's accounts, oldest first. That their numbers were read is told.
    pub(crate) fn read_accounts(&self, user: BasiqUserId) -> Result<Vec<&Account>, BasiqRefusal> {
        self.user(user)?;
        self.record(BasiqEvent::AccountsRead { user });
        Ok(self.accounts_of(user).collect())
    }

    /// The same, without telling: for what shows no numbers.
    pub(crate) fn accounts_of(&self, user: BasiqUserId) -> impl Iterator<Item = &Account> {
        self.accounts.values().filter(move |account| account.user == user)
    }

    /// The institution's accounts as they are now. One that is known through this connection keeps its id.
    pub(super) fn take_accounts(&mut self, id: BasiqConnectionId) {
        let Some(connection) = self.connections.get(&id) else { return };
        let (user, institution) = (connection.user, connection.connector.id);
        let has_parts = connection.is_open_banking();
        let login: Option<&'static BasiqLogin> =
            connection.login.as_ref().and_then(super::logins::Login::plays);
        for holding in login.map_or(AT_THE_BANK, |login| login.holdings) {
            let known = self
                .accounts
                .values_mut()
                .find(|account| account.connection == id && account.holding.number == holding.number);
            if let Some(known) = known {
                known.updated = self.now;
                continue;
            }
            let account = BasiqAccountId(next(&mut self.ids.account));
            self.accounts.insert(
                account,
                Account {
                    id: account,
                    user,
                    institution,
                    connection: id,
                    has_parts,
                    holding,
                    updated: self.now,
                    has_transactions: false,
                },
            );
        }
    }

    /// Transactions of a connection's accounts are there.
    pub(super) fn take_transactions(&mut self, id: BasiqConnectionId) {
        for account in self.accounts.values_mut().filter(|account| account.connection == id) {
            account.has_transactions = true;
        }
    }
}

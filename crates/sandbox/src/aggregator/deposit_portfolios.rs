//! Placeholders for accounts that are proven by deposits alone, without a login.

use jiff::Timestamp;

use super::{Refusal, World};
use crate::id::{AccountId, ConnectionId, InstitutionId, UserId};
use crate::ledger::Event;

/// A v2 auth deposit portfolio. It comes with a connection of its own that cannot be synced.
#[derive(Debug)]
pub(crate) struct DepositPortfolio {
    pub(crate) id: AccountId,
    pub(crate) connection: ConnectionId,
    pub(crate) user: UserId,
    pub(crate) name: String,
    pub(crate) created: Timestamp,
}

impl DepositPortfolio {
    /// The institution that all of them are at (quovo.md 2.8).
    pub(crate) const INSTITUTION: InstitutionId = InstitutionId(22_134);
    /// Its name.
    pub(crate) const INSTITUTION_NAME: &'static str = "Manual Auth Deposits";
    /// The name of one that is given none.
    const UNNAMED: &'static str = "Auth Deposit Bank Account";
    /// The status of its connection: nothing is ever wrong with it.
    pub(crate) const STATUS: &'static str = "good";
}

impl World {
    /// Adds one. Each has a connection of its own.
    pub(crate) fn create_deposit_portfolio(
        &mut self,
        user: UserId,
        name: Option<String>,
    ) -> Result<&DepositPortfolio, Refusal> {
        self.user(user)?;
        let name = name.filter(|name| !name.trim().is_empty());
        let portfolio = DepositPortfolio {
            id: self.ids.next_account(),
            connection: self.ids.next_connection(),
            user,
            name: name.unwrap_or_else(|| DepositPortfolio::UNNAMED.to_owned()),
            created: self.now,
        };
        let (connection, account) = (portfolio.connection, portfolio.id);
        self.record(Event::DepositPortfolioCreated { user, connection, account });
        Ok(self.deposit_portfolios.entry(account).or_insert(portfolio))
    }

    /// Removes one, with its deposits.
    pub(crate) fn delete_deposit_portfolio(&mut self, id: AccountId) -> Result<(), Refusal> {
        let gone = self.deposit_portfolios.remove(&id).ok_or(Refusal::NotFound)?;
        self.deposits.retain(|_, deposit| deposit.account != id);
        self.record(Event::DepositPortfolioDeleted {
            user: gone.user,
            connection: gone.connection,
            account: id,
        });
        Ok(())
    }

    /// One of them.
    pub(crate) fn deposit_portfolio(&self, id: AccountId) -> Result<&DepositPortfolio, Refusal> {
        self.deposit_portfolios.get(&id).ok_or(Refusal::NotFound)
    }

    /// The one with this connection.
    pub(crate) fn deposit_portfolio_of(&self, id: ConnectionId) -> Result<&DepositPortfolio, Refusal> {
        self.deposit_portfolios().find(|portfolio| portfolio.connection == id).ok_or(Refusal::NotFound)
    }

    /// All of them, oldest first.
    pub(crate) fn deposit_portfolios(&self) -> impl Iterator<Item = &DepositPortfolio> {
        self.deposit_portfolios.values()
    }

    /// Those of one user.
    pub(crate) fn deposit_portfolios_of(&self, user: UserId) -> impl Iterator<Item = &DepositPortfolio> {
        self.deposit_portfolios().filter(move |portfolio| portfolio.user == user)
    }
}

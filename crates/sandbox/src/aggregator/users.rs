//! End users of the company that embeds the widget.

use super::{Refusal, World};
use crate::id::UserId;
use crate::ledger::Event;
use crate::money::Cents;

/// An end user.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) username: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
}

/// What a caller may say of a user; absent means unchanged.
#[derive(Debug, Default)]
pub(crate) struct UserFields {
    pub(crate) username: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
}

impl World {
    /// Adds a user. `username` is required and unique.
    pub(crate) fn create_user(&mut self, fields: UserFields) -> Result<&User, Refusal> {
        let username = fields.username.clone().ok_or(Refusal::Invalid("username is required"))?;
        self.check_username(&username, None)?;
        let id = self.ids.next_user();
        self.record(Event::UserCreated { user: id });
        let user =
            self.users.entry(id).or_insert(User { id, username, name: None, email: None, phone: None });
        user.take(fields);
        Ok(user)
    }

    /// Changes what `fields` name.
    pub(crate) fn update_user(&mut self, id: UserId, fields: UserFields) -> Result<&User, Refusal> {
        self.user(id)?;
        if let Some(username) = &fields.username {
            self.check_username(username, Some(id))?;
        }
        let user = self.users.get_mut(&id).ok_or(Refusal::NotFound)?;
        user.take(fields);
        Ok(user)
    }

    /// Removes a user with all connections and deposits.
    pub(crate) fn delete_user(&mut self, id: UserId) -> Result<(), Refusal> {
        self.user(id)?;
        let connections: Vec<_> = self.connections_of(id).map(|connection| connection.id).collect();
        for connection in connections {
            self.delete_connection(connection)?;
        }
        let portfolios: Vec<_> = self.deposit_portfolios_of(id).map(|portfolio| portfolio.id).collect();
        for portfolio in portfolios {
            self.delete_deposit_portfolio(portfolio)?;
        }
        self.users.remove(&id);
        self.record(Event::UserDeleted { user: id });
        Ok(())
    }

    /// One user.
    pub(crate) fn user(&self, id: UserId) -> Result<&User, Refusal> {
        self.users.get(&id).ok_or(Refusal::NotFound)
    }

    /// All users, oldest first.
    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// What all accounts of a user are worth; `None` before any is known.
    pub(crate) fn value_of_user(&self, id: UserId) -> Option<Cents> {
        let values: Vec<_> = self.connections_of(id).filter_map(super::Connection::value).collect();
        (!values.is_empty()).then(|| values.into_iter().sum())
    }

    fn check_username(&self, username: &str, of: Option<UserId>) -> Result<(), Refusal> {
        if username.trim().is_empty() {
            return Err(Refusal::Invalid("username must not be empty"));
        }
        if self.users().any(|user| user.username == username && Some(user.id) != of) {
            return Err(Refusal::Invalid("another user has this username"));
        }
        Ok(())
    }
}

impl User {
    fn take(&mut self, fields: UserFields) {
        if let Some(username) = fields.username {
            self.username = username;
        }
        self.name = fields.name.or(self.name.take());
        self.email = fields.email.or(self.email.take());
        self.phone = fields.phone.or(self.phone.take());
    }
}

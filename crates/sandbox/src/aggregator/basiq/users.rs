//! Users: containers of a person's data.

use super::{Basiq, BasiqRefusal, next};
use crate::id::BasiqUserId;
use crate::ledger::BasiqEvent;

/// A user.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: BasiqUserId,
    pub(crate) fields: UserFields,
}

/// What a caller says of a user.
#[derive(Debug, Clone, Default)]
pub(crate) struct UserFields {
    pub(crate) email: Option<String>,
    pub(crate) mobile: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) middle_name: Option<String>,
    pub(crate) last_name: Option<String>,
}

impl Basiq {
    /// Adds a user, who is reached by email or mobile.
    pub(crate) fn create_user(&mut self, fields: UserFields) -> Result<&User, BasiqRefusal> {
        let is_given = |field: &Option<String>| field.as_ref().is_some_and(|text| !text.trim().is_empty());
        if !is_given(&fields.email) && !is_given(&fields.mobile) {
            return Err(BasiqRefusal::Missing("email"));
        }
        if fields.mobile.as_ref().is_some_and(|mobile| !mobile.starts_with('+')) {
            return Err(BasiqRefusal::NotValid("mobile", "a mobile number begins with + and its country"));
        }
        let id = BasiqUserId(next(&mut self.ids.user));
        self.record(BasiqEvent::UserCreated { user: id });
        Ok(self.users.entry(id).or_insert(User { id, fields }))
    }

    /// One user.
    pub(crate) fn user(&self, id: BasiqUserId) -> Result<&User, BasiqRefusal> {
        self.users.get(&id).ok_or(BasiqRefusal::NotFound)
    }

    /// Removes a user, with everything.
    pub(crate) fn delete_user(&mut self, id: BasiqUserId) -> Result<(), BasiqRefusal> {
        self.user(id)?;
        self.connections.retain(|_, connection| connection.user != id);
        self.jobs.retain(|_, job| job.user != id);
        self.accounts.retain(|_, account| account.user != id);
        self.consents.retain(|_, consent| consent.user != id);
        self.users.remove(&id);
        self.record(BasiqEvent::UserDeleted { user: id });
        Ok(())
    }
}

//! Access tokens: of a server, or of one person's browser (basiq.md 2.1).

use std::time::Duration;

use jiff::Timestamp;

use super::{Basiq, BasiqRefusal};
use crate::clock::later;
use crate::id::BasiqUserId;
use crate::ledger::BasiqEvent;
use crate::secret::Secret;

/// How long a token lives (`expires_in` 3600).
pub(super) const LIFE: Duration = Duration::from_hours(1);

/// For how long a dead token is told apart from one that never was.
const REMEMBERED: Duration = Duration::from_hours(24);

/// A token as it was made.
#[derive(Debug)]
pub(super) struct Token {
    value: Secret,
    caller: Caller,
    made: Timestamp,
}

/// Who calls, by its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) scope: Scope,
    pub(crate) version: Version,
}

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// `SERVER_ACCESS`.
    Server,
    /// `CLIENT_ACCESS`, for one person.
    Client(BasiqUserId),
}

/// The edition of the API that a token speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// Credentials are handed over with calls.
    V2_1,
    /// Connections are made on the consent page.
    V3_0,
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenRefusal {
    /// Nobody made it.
    Unknown,
    /// It has expired.
    Expired,
}

impl Version {
    /// As the header `basiq-version` writes it.
    pub(crate) fn read(text: &str) -> Option<Self> {
        match text {
            "2.1" => Some(Self::V2_1),
            "3.0" => Some(Self::V3_0),
            _ => None,
        }
    }
}

impl Basiq {
    /// Adds a token; its life in seconds.
    pub(crate) fn mint(&mut self, value: Secret, caller: Caller) -> Result<u64, BasiqRefusal> {
        let user = match caller.scope {
            Scope::Server => None,
            Scope::Client(user) => {
                let unknown = BasiqRefusal::NotValid("userId", "there is no such user");
                self.user(user).map_err(|_| unknown)?;
                Some(user)
            }
        };
        let now = self.now;
        self.tokens.retain(|token| later(token.made, REMEMBERED) > now);
        self.tokens.push(Token { value, caller, made: now });
        self.record(BasiqEvent::TokenMinted { user });
        Ok(LIFE.as_secs())
    }

    /// Whose token this is.
    pub(crate) fn caller(&self, presented: &str) -> Result<Caller, TokenRefusal> {
        let token = self.tokens.iter().find(|token| token.value.matches(presented));
        let token = token.ok_or(TokenRefusal::Unknown)?;
        if later(token.made, LIFE) > self.now { Ok(token.caller) } else { Err(TokenRefusal::Expired) }
    }
}

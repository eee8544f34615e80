//! Access tokens of the API user.

use std::fmt::Write;
use std::time::Duration;

use jiff::Timestamp;

use super::{Refusal, World};
use crate::clock::later;
use crate::ledger::Event;
use crate::secret::Secret;

/// How long a token lives when the caller does not say (quovo.md 2.1: one hour).
const DEFAULT_LIFE: Duration = Duration::from_hours(1);

/// An access token.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) name: String,
    pub(crate) value: Secret,
    pub(crate) expires: Timestamp,
}

/// No randomness could be had from the system.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no randomness")]
pub(crate) struct NoRandomness;

impl Token {
    /// A value that cannot be guessed: 192 random bits, 48 hex digits.
    pub(crate) fn draw() -> Result<Secret, NoRandomness> {
        let mut bytes = [0_u8; 24];
        getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Secret::new(bytes.iter().fold(String::with_capacity(48), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })))
    }
}

impl World {
    /// Adds a token. Its name must be free among the live ones.
    pub(crate) fn mint_token(
        &mut self,
        name: String,
        value: Secret,
        expires: Option<Timestamp>,
    ) -> Result<&Token, Refusal> {
        let now = self.now;
        self.tokens.retain(|token| token.expires > now);
        let expires = expires.unwrap_or_else(|| later(now, DEFAULT_LIFE));
        if name.trim().is_empty() {
            return Err(Refusal::Invalid("name must not be empty"));
        }
        if expires <= now {
            return Err(Refusal::Invalid("expires must lie in the future"));
        }
        if self.tokens.iter().any(|token| token.name == name) {
            return Err(Refusal::Invalid("a live token has this name"));
        }
        self.record(Event::TokenMinted { name: name.clone() });
        self.tokens.push(Token { name, value, expires });
        self.tokens.last().ok_or(Refusal::NotFound)
    }

    /// The live tokens.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.tokens.iter().filter(|token| token.expires > self.now)
    }

    /// Takes a token back.
    pub(crate) fn revoke_token(&mut self, name: &str) -> Result<(), Refusal> {
        if !self.tokens().any(|token| token.name == name) {
            return Err(Refusal::NotFound);
        }
        self.tokens.retain(|token| token.name != name);
        self.record(Event::TokenRevoked { name: name.to_owned() });
        Ok(())
    }

    /// Whether `presented` is a live token.
    pub(crate) fn is_live_token(&self, presented: &str) -> bool {
        self.tokens().any(|token| token.value.matches(presented))
    }
}

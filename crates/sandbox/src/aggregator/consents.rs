//! Sign-in on a bank's own page: asked for by a caller, decided by a person.

use jiff::Timestamp;
use std::time::Duration;

use super::connections::BankLogin;
use super::{Refusal, World};
use crate::catalogue::SignIn;
use crate::clock::later;
use crate::id::ConnectionId;
use crate::ledger::Event;
use crate::secret::Secret;

/// How long a page waits for a person.
const LIFE: Duration = Duration::from_mins(30);

/// A page that somebody can sign in at, once.
#[derive(Debug, Clone)]
pub(crate) struct Consent {
    /// Names the page; whoever has it can decide.
    id: Secret,
    pub(crate) connection: ConnectionId,
    redirect_uri: String,
    state: Secret,
    asked: Timestamp,
}

/// What a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Yes,
    No,
}

impl Consent {
    /// Where the browser goes with a decision (RFC 6749, 4.1.2): with the caller's state, and with why if it was no.
    pub(crate) fn way_back(&self, decision: Decision) -> String {
        let separator = if self.redirect_uri.contains('?') { '&' } else { '?' };
        let state = escaped(self.state.expose());
        let error = match decision {
            Decision::Yes => "",
            Decision::No => "&error=access_denied",
        };
        format!("{}{separator}state={state}{error}", self.redirect_uri)
    }

    /// The origin to which it goes.
    pub(crate) fn origin(&self) -> &str {
        origin(&self.redirect_uri).unwrap_or("'none'")
    }
}

impl World {
    /// Makes a page for a connection. `id` cannot be guessed.
    pub(crate) fn ask_consent(
        &mut self,
        connection: ConnectionId,
        redirect_uri: String,
        state: Secret,
        id: Secret,
    ) -> Result<(), Refusal> {
        let known = self.connection(connection)?;
        if matches!(self.institution_of(connection)?.sign_in, SignIn::Login | SignIn::Lapses)
            || !(known.is_oauth || self.institution_of(connection)?.is_oauth)
        {
            return Err(Refusal::Invalid("this institution has no page of its own to sign in at"));
        }
        if origin(&redirect_uri).is_none() || redirect_uri.contains('#') {
            return Err(Refusal::Invalid(
                "redirect_uri has to be an http or https address without a fragment",
            ));
        }
        if state.expose().is_empty() {
            return Err(Refusal::Invalid("state must not be empty"));
        }
        let now = self.now;
        self.consents.retain(|consent| later(consent.asked, LIFE) > now);
        self.consents.push(Consent { id, connection, redirect_uri, state, asked: now });
        self.record(Event::ConsentAsked { connection });
        Ok(())
    }

    /// The page of this name, while it waits for somebody.
    pub(crate) fn consent(&self, id: &str) -> Result<&Consent, Refusal> {
        let waits = |consent: &&Consent| consent.id.matches(id) && later(consent.asked, LIFE) > self.now;
        self.consents.iter().find(waits).ok_or(Refusal::NotFound)
    }

    /// Takes a decision, once. With a yes, the next sync of the connection needs no login.
    pub(crate) fn decide(&mut self, id: &str, decision: Decision) -> Result<Consent, Refusal> {
        let consent = self.consent(id)?.clone();
        let script = self.institution_of(consent.connection)?.script;
        self.consents.retain(|other| !other.id.matches(id));
        let connection = self.connection_mut(consent.connection)?;
        if decision == Decision::Yes {
            connection.is_oauth = true;
            connection.bank_login = Some(BankLogin { username: None, script, syncs: 0, recognised: false });
        }
        let agreed = decision == Decision::Yes;
        self.record(Event::ConsentDecided { connection: consent.connection, agreed });
        Ok(consent)
    }
}

/// Scheme, host and port, of characters that may stand in a policy.
pub(crate) fn origin(address: &str) -> Option<&str> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| address.starts_with(scheme))?;
    let host = address.get(scheme.len()..)?.split(['/', '?', '#']).next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    if host.is_empty() || !host.chars().all(plain) { None } else { address.get(..scheme.len() + host.len()) }
}

/// Text as it stands in a query.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_stands_before_the_path_and_nothing_odd() {
        for (address, expected) in [
            ("https://link.example/return", Some("https://link.example")),
            ("http://127.0.0.1:4200/return?x=1", Some("http://127.0.0.1:4200")),
            ("https://link.example", Some("https://link.example")),
            ("https://link.example; script-src *", None),
            ("https://user@link.example/", None),
            ("javascript:alert(1)", None),
            ("https://", None),
        ] {
            assert_eq!(origin(address), expected, "{address}");
        }
    }

    #[test]
    fn a_state_comes_back_as_it_was_whatever_is_in_it() {
        assert_eq!(escaped("a-b_c.~1"), "a-b_c.~1");
        assert_eq!(escaped("a&error=x y"), "a%26error%3Dx%20y");
    }
}

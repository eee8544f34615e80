//! Random tokens, and the keyed hashes under which they are stored.

use hmac::{Hmac, KeyInit, Mac};
use linchpin_protocol::{LinkId, Secret};
use sha2::Sha256;
use std::fmt;
use std::fmt::Write as _;
use subtle::ConstantTimeEq;

/// The operating system has no randomness to give. Nothing can be minted then.
#[derive(Debug, thiserror::Error)]
#[error("the operating system's random source does not answer")]
pub struct NoRandomness;

/// What a hash is made for. Part of the hashed text, so that a hash of one sort never passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A client's secret.
    Client,
    /// The secret half of a link token.
    Link,
    /// A session token.
    Session,
    /// A public token.
    Public,
    /// The body of an unsafe call.
    Fingerprint,
    /// What a person has to do next.
    Digest,
    /// Our name for an account.
    Account,
    /// Our name for a user at the aggregator.
    User,
    /// What a person agrees to.
    Consent,
    /// Whose tries are counted, and where.
    Try,
    /// A ticket to a bank's own page.
    Ticket,
    /// What the browser of a visitor of such a page keeps.
    Visitor,
    /// What comes back with the visitor.
    State,
    /// The account that deposits go to.
    DepositAccount,
    /// The digits that the widget shows to whoever comes back in another browser.
    Match,
    /// The name of somebody's login at an institution; never its secret.
    Login,
}

impl Kind {
    fn label(self) -> &'static str {
        match self {
            Kind::Client => "client",
            Kind::Link => "link",
            Kind::Session => "session",
            Kind::Public => "public",
            Kind::Fingerprint => "fingerprint",
            Kind::Digest => "digest",
            Kind::Account => "account",
            Kind::User => "user",
            Kind::Consent => "consent",
            Kind::Try => "try",
            Kind::Ticket => "ticket",
            Kind::Visitor => "visitor",
            Kind::State => "state",
            Kind::DepositAccount => "deposit account",
            Kind::Match => "match",
            Kind::Login => "login",
        }
    }
}

/// HMAC-SHA256 under the server's key, in lower-case hexadecimal.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Hash(String);

impl Hash {
    /// Takes a hash that was stored before.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares in constant time.
    pub fn matches(&self, other: &Hash) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

/// The server's key: makes every hash that is stored, so that a stolen database holds nothing that opens a door.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    /// Takes the configured key, of any length; configuration asks for 32 characters at least.
    pub fn new(secret: &Secret) -> Self {
        // A key of any length is fine for HMAC; the fallback is never reached and keeps this free of panics.
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.expose().as_bytes())
            .unwrap_or_else(|_| <Hmac<Sha256> as KeyInit>::new(&Default::default()));
        Self(mac)
    }

    /// Hashes parts. Each part's length goes in too, so that `["ab","c"]` and `["a","bc"]` differ.
    pub fn hash(&self, kind: Kind, parts: &[&str]) -> Hash {
        let mut mac = self.0.clone();
        for part in std::iter::once(&kind.label()).chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Hash(hex(&mac.finalize().into_bytes()))
    }
}

/// Six digits that follow from a hash.
pub(crate) fn digits(hash: &Hash) -> String {
    let number = hash.as_str().get(..15).and_then(|hex| u64::from_str_radix(hex, 16).ok());
    format!("{:06}", number.unwrap_or_default() % 1_000_000)
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

/// 128 random bits as 32 hexadecimal digits; enough for an id that must not be guessed, and for a token's secret.
///
/// # Errors
/// When the operating system has no randomness.
pub fn random() -> Result<String, NoRandomness> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(hex(&bytes))
}

/// 256 random bits behind a prefix that says what the token is, such as `pt_`.
///
/// # Errors
/// When the operating system has no randomness.
pub fn token(prefix: &str) -> Result<Secret, NoRandomness> {
    Ok(Secret::new(format!("{prefix}{}{}", random()?, random()?)))
}

/// The id and the secret half of a link token, `lt_<id>.<secret>`. `None`: no token that was ever minted looks so.
pub(crate) fn link_parts(token: &Secret) -> Option<(LinkId, &str)> {
    let (id, secret) = token.expose().strip_prefix("lt_")?.split_once('.')?;
    (id.len() <= 64 && secret.len() <= 128).then(|| (LinkId::new(format!("lnk_{id}")), secret))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::new(&Secret::new(text))
    }

    #[test]
    fn tokens_differ_and_hold_at_least_128_bits() {
        let (one, two) = (token("pt_").unwrap(), token("pt_").unwrap());
        assert_ne!(one.expose(), two.expose(), "two tokens were equal");
        assert!(one.expose().len() >= "pt_".len() + 32, "too short: {} characters", one.expose().len());
    }

    #[test]
    fn a_hash_depends_on_key_kind_and_the_cut_between_parts() {
        let hash = key("one").hash(Kind::Link, &["ab", "c"]);
        assert!(hash.matches(&key("one").hash(Kind::Link, &["ab", "c"])), "the same input must match");
        assert!(!hash.matches(&key("two").hash(Kind::Link, &["ab", "c"])), "the key must matter");
        assert!(!hash.matches(&key("one").hash(Kind::Public, &["ab", "c"])), "the kind must matter");
        assert!(!hash.matches(&key("one").hash(Kind::Link, &["a", "bc"])), "the cut must matter");
    }

    #[test]
    fn the_key_never_shows() {
        assert_eq!(format!("{:?}", key("0123456789")), "[key]");
    }
}

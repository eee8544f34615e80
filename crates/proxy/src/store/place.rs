//! Where the database is: `/var/lib/linchpin/linchpin.sqlite`, or `postgres://user:password@host/database`.

use linchpin_protocol::Secret;
use reqwest::Url;
use serde::{Deserialize, Deserializer};
use std::path::PathBuf;

/// What an address of PostgreSQL begins with.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
/// What may follow the `?` in an address. Others are for other programs: silently ignored, they would mislead.
const PARAMETERS: [&str; 4] = ["sslmode", "sslrootcert", "sslcert", "sslkey"];
/// The values of `sslmode` with which nothing goes over the wire in clear text.
const ENCRYPTED: [&str; 3] = ["require", "verify-ca", "verify-full"];

/// Where the database is.
#[derive(Debug, Clone)]
pub enum Place {
    /// One SQLite file.
    File(PathBuf),
    /// A PostgreSQL database, by its address, which may hold a password.
    Postgres(Secret),
}

impl Place {
    /// The place that a setting names.
    pub fn parse(text: &str) -> Self {
        if SCHEMES.iter().any(|scheme| text.starts_with(scheme)) {
            Self::Postgres(Secret::new(text))
        } else {
            Self::File(PathBuf::from(text))
        }
    }

    /// What is wrong with it, if anything, and what to do; never a part of it.
    pub(crate) fn fault(&self, production: bool) -> Option<&'static str> {
        let Self::Postgres(address) = self else { return None };
        let Ok(url) = Url::parse(address.expose()) else {
            return Some(
                "must be postgres://user:password@host/database, with reserved characters percent-encoded",
            );
        };
        if url.host_str().is_none_or(str::is_empty) || url.path().trim_matches('/').is_empty() {
            return Some("must name a host and a database: postgres://user:password@host/database");
        }
        if url.query_pairs().any(|(name, _)| !PARAMETERS.contains(&&*name)) {
            return Some("may only have sslmode, sslrootcert, sslcert and sslkey behind the `?`");
        }
        let encrypted =
            url.query_pairs().any(|(name, mode)| name == "sslmode" && ENCRYPTED.contains(&&*mode));
        if production && !encrypted && !is_here(&url) {
            return Some(
                "must end with ?sslmode=verify-full (or verify-ca, or require) in production: who banks where travels there",
            );
        }
        None
    }
}

/// Whether it is on this machine: by its name, its address, or a socket's folder (`%2Frun%2Fpostgresql`).
fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host.to_lowercase().starts_with("%2f")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_file_and_an_address_is_never_shown() {
        assert!(matches!(Place::parse("/var/lib/linchpin.sqlite"), Place::File(_)));
        let place = Place::parse("postgresql://linchpin:hunter2@db.example/linchpin");
        assert!(matches!(place, Place::Postgres(_)));
        assert!(!format!("{place:?}").contains("hunter2"), "{place:?}");
    }

    #[test]
    fn an_address_that_cannot_be_meant_is_refused_without_being_told() {
        for wrong in [
            "postgres://",
            "postgres://u:hunter2@/linchpin",
            "postgres://u:hunter2@db.example",
            "postgres://u:hunter2@db.example/linchpin?pool=hunter2",
            "postgres://u:hunter2@db.example:port/linchpin",
        ] {
            let fault = Place::parse(wrong).fault(false);
            assert!(fault.is_some_and(|fault| !fault.contains("hunter2")), "{wrong}: {fault:?}");
        }
    }

    #[test]
    fn in_production_a_database_elsewhere_is_reached_encrypted() {
        let fault = |address: &str, production| Place::parse(address).fault(production).is_some();
        assert!(fault("postgres://u@db.example/linchpin", true));
        assert!(fault("postgres://u@db.example/linchpin?sslmode=prefer", true));
        assert!(!fault("postgres://u@db.example/linchpin?sslmode=verify-full", true));
        for here in ["localhost", "127.0.0.1:5433", "[::1]", "%2Frun%2Fpostgresql"] {
            assert!(!fault(&format!("postgres://u@{here}/linchpin"), true), "{here}");
        }
        assert!(!fault("postgres://u@db.example/linchpin", false), "practice");
    }
}

//! Which ports the three sites of the demo get.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::Context as _;

/// The ports that are tried first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WantedPorts {
    /// The example host.
    pub(crate) host: u16,
    /// The widget and its proxy.
    pub(crate) proxy: u16,
    /// The practice bank.
    pub(crate) practice: u16,
}

impl Default for WantedPorts {
    fn default() -> Self {
        Self { host: 4100, proxy: 4200, practice: 4300 }
    }
}

/// How many ports above the wanted one are tried.
const TRIES: u16 = 50;

/// `wanted`, or the next port above it that is free on `address`.
///
/// # Errors
/// All of the next fifty are taken.
pub(crate) fn free(address: Ipv4Addr, wanted: u16) -> anyhow::Result<u16> {
    (wanted..=wanted.saturating_add(TRIES))
        .find(|port| TcpListener::bind((address, *port)).is_ok())
        .with_context(|| {
            format!("no port from {wanted} to {} is free on {address}", wanted.saturating_add(TRIES))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_passed_over() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let wanted = taken.local_addr().unwrap().port();
        let found = free(Ipv4Addr::LOCALHOST, wanted).unwrap();
        assert!(found > wanted, "port {wanted} is taken, so {found} should be above it");
    }

    #[test]
    fn a_free_port_is_kept() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let wanted = listener.local_addr().unwrap().port();
        drop(listener);
        assert_eq!(
            free(Ipv4Addr::LOCALHOST, wanted).unwrap(),
            wanted,
            "a free port should be taken as asked"
        );
    }
}

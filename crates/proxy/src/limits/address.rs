//! Whose address a call comes from.

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// An address as limits count it: IPv4 in full, IPv6 by the 64 bits that name a network.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Address(IpAddr);

impl Address {
    /// The peer; behind a trusted proxy, the right-most address in `X-Forwarded-For` that is not a trusted proxy's.
    /// What stands left of that was written by whoever called, and may be anything (ASVS 4.1.3).
    pub(crate) fn of(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| plain(peer.ip()));
        // Without a peer there is no telling callers apart: they share one bucket.
        let peer = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
        let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
        if !is_trusted(&peer) {
            return Self::counted(peer);
        }
        let listed: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        // A text that is no address ends the chain: nobody vouches for what is left of it.
        let chain = listed.iter().rev().map_while(|text| text.trim().parse().ok().map(plain));
        let mut last = peer;
        for address in chain {
            last = address;
            if !is_trusted(&address) {
                break;
            }
        }
        Self::counted(last)
    }

    fn counted(address: IpAddr) -> Self {
        Self(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        })
    }
}

/// An IPv4 address that is written as IPv6 counts as what it is.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        Address::of(&extensions, &headers, &trusted).0.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_about_what_it_saw_itself() {
        for (peer, forwarded, expected) in [
            ("203.0.113.9", vec![], "203.0.113.9"),
            ("203.0.113.9", vec!["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("10.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", vec!["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", vec!["1.2.3.4, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", vec!["1.2.3.4", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", vec!["198.51.100.1, nonsense"], "10.0.0.1"),
            ("10.0.0.1", vec!["10.0.0.3"], "10.0.0.3"),
            ("::ffff:203.0.113.9", vec![], "203.0.113.9"),
            ("fd00::1", vec!["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
        ] {
            assert_eq!(seen(peer, &forwarded), expected, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn a_whole_ipv6_network_is_one_caller() {
        assert_eq!(seen("2001:db8:1:2::1", &[]), seen("2001:db8:1:2:ffff::2", &[]));
        assert_ne!(seen("2001:db8:1:2::1", &[]), seen("2001:db8:1:3::1", &[]));
    }
}

//! Where a webhook may go: to public addresses, so that a name that somebody else controls cannot turn the proxy against
//! the network that it stands in (server-side request forgery, OWASP ASVS 1.3.6 and 13.2.4).
//!
//! A name is resolved once, every address that it has is judged, and the connection is made to those very addresses. A
//! name server that answers differently the next time (DNS rebinding) has no next time.

use crate::config::Environment;
use ipnet::{Ipv4Net, Ipv6Net};
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Which addresses may be connected to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    /// Public ones.
    Public,
    /// Those, and this machine: for practice.
    PublicAndThisMachine,
}

/// A name has an address that must not be connected to, or none at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum OutOfReach {
    /// One of its addresses is not public.
    #[error("the address is not a public one")]
    NotPublic,
    /// It has no address.
    #[error("the name has no address")]
    NoAddress,
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

/// IANA's special-purpose registry for IPv4, with what clouds keep for themselves.
const NOT_PUBLIC_V4: [Ipv4Net; 16] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    // Shared by customers of a carrier; one cloud's metadata.
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    // Link-local: 169.254.169.254 is most clouds' metadata.
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    // Leads to IPv6 networks by an embedded address.
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    // Multicast, reserved, broadcast.
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
    // A public number that one cloud answers on from within each machine.
    v4(168, 63, 129, 16, 32),
];

const fn v6(segments: [u16; 3], length: u8) -> Ipv6Net {
    let [a, b, c] = segments;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

/// All that was ever given out for the public. Loopback, mapped and translated IPv4 addresses, unique local, link-local,
/// site-local and multicast ones are outside.
const GIVEN_OUT_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// What is not public within it.
const NOT_PUBLIC_V6: [Ipv6Net; 4] = [
    // Protocol assignments: Teredo, which embeds IPv4 addresses, benchmarks, ORCHID.
    v6([0x2001, 0, 0], 23),
    v6([0x2001, 0xdb8, 0], 32),
    // 6to4 embeds IPv4 addresses.
    v6([0x2002, 0, 0], 16),
    v6([0x3fff, 0, 0], 20),
];

impl Reach {
    /// What the environment allows.
    pub(crate) fn of(environment: Environment) -> Self {
        match environment {
            Environment::Practice => Self::PublicAndThisMachine,
            Environment::Production => Self::Public,
        }
    }

    /// Whether an address may be connected to.
    pub(crate) fn allows(self, address: IpAddr) -> bool {
        let public = match address {
            IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|net| net.contains(&address)),
            IpAddr::V6(address) => {
                GIVEN_OUT_V6.contains(&address) && !NOT_PUBLIC_V6.iter().any(|net| net.contains(&address))
            }
        };
        public || (self == Self::PublicAndThisMachine && address.is_loopback())
    }

    /// Whether the address's host is a name, or an address in numbers that may be connected to: such a one is never
    /// resolved.
    pub(crate) fn allows_host(self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        // The parser has turned every spelling of an IPv4 address into the usual one.
        host.parse::<IpAddr>().map_or(!host.is_empty(), |address| self.allows(address))
    }

    /// All of a name's addresses, or none: a name that leads to both sides is not to be trusted with either.
    fn check(self, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, OutOfReach> {
        if found.is_empty() {
            return Err(OutOfReach::NoAddress);
        }
        if found.iter().all(|address| self.allows(address.ip())) {
            Ok(found)
        } else {
            Err(OutOfReach::NotPublic)
        }
    }
}

/// The system's resolver, whose answers are judged before anybody connects.
impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = *self;
        Box::pin(async move {
            // The client puts the port in.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(reach.check(found)?.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(reach: Reach, address: &str) -> bool {
        reach.allows(address.parse().unwrap())
    }

    #[test]
    fn no_address_of_a_private_network_is_reached_in_whatever_form() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "192.168.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:8.8.8.8",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!allows(Reach::Public, address), "{address}");
            let this_machine = matches!(address, "127.0.0.1" | "127.255.255.254" | "::1");
            assert_eq!(allows(Reach::PublicAndThisMachine, address), this_machine, "{address}, in practice");
        }
    }

    #[test]
    fn public_addresses_are_reached_right_up_to_the_borders() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2003::1",
            "2606:4700::1111",
            "3ffe::1",
        ] {
            assert!(allows(Reach::Public, address), "{address}");
            assert!(allows(Reach::PublicAndThisMachine, address), "{address}, in practice");
        }
    }

    #[test]
    fn a_name_with_one_private_address_is_not_reached_at_all() {
        let at =
            |addresses: &[&str]| addresses.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect();
        assert_eq!(Reach::Public.check(at(&["1.1.1.1", "10.0.0.1"])), Err(OutOfReach::NotPublic));
        assert_eq!(Reach::Public.check(at(&["2606:4700::1111", "::1"])), Err(OutOfReach::NotPublic));
        assert_eq!(Reach::Public.check(at(&[])), Err(OutOfReach::NoAddress));
        assert_eq!(Reach::Public.check(at(&["1.1.1.1", "2606:4700::1111"])).map(|all| all.len()), Ok(2));
    }

    #[tokio::test]
    async fn a_name_is_judged_by_what_it_resolves_to() {
        let localhost: Name = "localhost".parse().unwrap();
        let refused = Reach::Public.resolve(localhost).await.err().map(|error| error.to_string());
        assert_eq!(refused, Some(OutOfReach::NotPublic.to_string()));
        let localhost: Name = "localhost".parse().unwrap();
        let found = Reach::PublicAndThisMachine.resolve(localhost).await.unwrap();
        assert!(found.into_iter().all(|address| address.ip().is_loopback()));
    }

    #[test]
    fn an_address_in_numbers_is_judged_in_every_spelling() {
        for url in [
            "https://127.0.0.1/x",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://017700000001/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[::ffff:a9fe:a9fe]:8443/",
            "https://169.254.169.254/latest",
            "https://１２７.０.０.１/",
        ] {
            assert!(!Reach::Public.allows_host(&Url::parse(url).unwrap()), "{url}");
        }
        for url in ["https://hooks.acorn.example/x", "https://1.1.1.1/", "https://[2606:4700::1111]/"] {
            assert!(Reach::Public.allows_host(&Url::parse(url).unwrap()), "{url}");
        }
    }
}

//! Quovo's list of institutions.
//!
//! Holds: each entry's name for us leads back to its number; names and notes are plain text; links are https and name
//! a host and nothing else.

use crate::shapes::assert_plain;
use linchpin_proxy::aggregators::Listing;
use linchpin_proxy::fuzzing::{quovo, quovo_v3};

pub(crate) fn run(data: &[u8]) {
    holds(quovo_v3::institutions(data).unwrap_or_default());
}

/// Whatever version was read.
pub(super) fn holds(listings: Vec<Listing>) {
    for listing in listings {
        let (_, id) = quovo::upstream_ids(listing.id.as_str());
        assert!(id.is_some(), "{} leads to no institution", listing.id);
        assert_plain(&listing.name);
        let texts = [&listing.username_label, &listing.password_label, &listing.notes];
        for text in texts.into_iter().flatten() {
            assert!(!text.is_empty(), "an empty text is shown");
            assert_plain(text);
        }
        if let Some(website) = &listing.website {
            let host = website.strip_prefix("https://").expect("a link is https");
            assert!(is_host(host), "a link leads to {host:?}");
        }
        if let Some(domain) = &listing.domain {
            assert!(is_host(domain), "a domain is {domain:?}");
        }
        assert!(listing.popularity <= 1_000_000, "popularity {}", listing.popularity);
    }
}

fn is_host(host: &str) -> bool {
    host.contains('.')
        && host.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-'))
        && host.split('.').all(|label| !label.is_empty())
}

//! Quovo's list of brokerages, version 2.
//!
//! Holds: what holds for version 3's institutions; each takes a login, and none has a page of its own.

use super::quovo_institutions;
use linchpin_proxy::fuzzing::quovo_v2;

pub(crate) fn run(data: &[u8]) {
    let listings = quovo_v2::institutions(data).unwrap_or_default();
    assert!(listings.iter().all(|listing| listing.credentials && !listing.bank_login));
    quovo_institutions::holds(listings);
}

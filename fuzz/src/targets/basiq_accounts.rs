//! Basiq's accounts.
//!
//! Holds: as for Quovo's; a BSB has six digits.

use super::quovo_accounts;
use linchpin_proxy::fuzzing::basiq;

pub(crate) fn run(data: &[u8]) {
    let (found, verified) = basiq::found(data).unzip();
    for bsb in verified.iter().flatten().filter_map(|account| account.bsb.as_ref()) {
        assert!(bsb.len() == 6 && bsb.bytes().all(|byte| byte.is_ascii_digit()), "BSB {bsb:?}");
    }
    quovo_accounts::holds(found, verified, data.len());
}

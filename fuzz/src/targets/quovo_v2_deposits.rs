//! Quovo's deposits, version 2: a list of them, and the answer about one, in whichever of its two shapes.
//!
//! Holds: a reason goes with a failure and with nothing else, a name is a number, and Quovo's word is a word.

use crate::shapes::{assert_word, parts};
use linchpin_proxy::fuzzing::quovo_v2;
use linchpin_proxy::store::DepositState;

pub(crate) fn run(data: &[u8]) {
    let [list, one] = parts(data);
    for seen in quovo_v2::deposits(list, one) {
        assert!(seen.key.0.parse::<u64>().is_ok(), "not one of Quovo's names: {:?}", seen.key);
        let failed = seen.state == Some(DepositState::Failed);
        assert!(failed || seen.fault.is_none(), "a reason without a failure: {seen:?}");
        if let Some(word) = &seen.provider_status {
            assert_word(word);
        }
    }
}

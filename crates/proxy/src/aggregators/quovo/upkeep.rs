//! Looking after connections: what both versions have in common.

use crate::aggregators::{Care, Observation, Step};

/// What can be done with a connection that stands like this. Quovo does not say what becomes of data when a connection is
/// deleted, purges nothing, and knows one way to each institution.
pub(in crate::aggregators) fn care(seen: &Observation) -> Care {
    let waits_for_nobody =
        matches!(seen.step, Step::Ready | Step::StartAgain | Step::NoAccounts | Step::Later { .. });
    Care { refresh: waits_for_nobody, delete: seen.step != Step::Closed, ..Care::default() }
}

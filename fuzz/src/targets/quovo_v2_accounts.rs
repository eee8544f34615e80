//! Quovo's portfolios and account numbers, version 2, and a user's logins.
//!
//! Holds: what holds for version 3's accounts, and of the numbers' portfolios none is there twice or made up; a login
//! that was tried is not one that nobody has.

use super::quovo_accounts;
use crate::shapes::parts;
use linchpin_proxy::fuzzing::quovo_v2;
use serde_json::Value;
use std::collections::HashSet;

pub(crate) fn run(data: &[u8]) {
    let [portfolios, auth, logins] = parts(data);
    let (found, verified) = (quovo_v2::found(portfolios, auth), quovo_v2::verified(portfolios, auth));
    if let (Some(found), Some(mut told)) = (&found, ids(portfolios, "/portfolios")) {
        told.extend(ids(auth, "/auth/portfolios").unwrap_or_default());
        let named: HashSet<_> = found.accounts.iter().map(|account| &account.id).collect();
        let told: HashSet<u64> = told.into_iter().collect();
        assert!(named.len() <= told.len() || !is_json(auth), "accounts that nobody told of");
    }
    quovo_accounts::holds(found, verified, data.len());
    if let Some((Some(tried), Some(nobodys))) = quovo_v2::logins(logins, 21_700) {
        let listed = ids(logins, "/accounts").unwrap_or_default();
        let once = listed.iter().filter(|id| **id == tried).count() == 1;
        assert!(tried != nobodys || !once, "a login that was tried passes for nobody's: {tried}");
    }
}

fn is_json(answer: &[u8]) -> bool {
    serde_json::from_slice::<Value>(answer).is_ok()
}

fn ids(answer: &[u8], list: &str) -> Option<Vec<u64>> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let list = answer.pointer(list)?.as_array()?;
    Some(list.iter().filter_map(|item| item.get("id")?.as_u64()).collect())
}

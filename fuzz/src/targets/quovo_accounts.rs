//! Quovo's accounts and account numbers.
//!
//! Holds: of a number at most the last four characters are shown, never all; an account is named once for each id;
//! routing numbers have nine digits; money is the cents that were written; nothing secret shows in print.

use crate::shapes::{assert_plain, assert_word, parts};
use linchpin_protocol::{OwnerDetail, VerifiedAccount};
use linchpin_proxy::aggregators::FoundAccounts;
use linchpin_proxy::fuzzing::quovo_v3;

pub(crate) fn run(data: &[u8]) {
    let [accounts, auth] = parts(data);
    holds(quovo_v3::found(accounts, auth), quovo_v3::verified(accounts, auth), data.len());
}

/// Whatever version was read, out of `length` bytes.
pub(super) fn holds(found: Option<FoundAccounts>, verified: Option<Vec<VerifiedAccount>>, length: usize) {
    assert_eq!(found.is_some(), verified.is_some(), "the same answer reads in one way and not in the other");
    for account in found.iter().flat_map(|found| &found.accounts) {
        assert_plain(&account.name);
        let digits = account.last_digits.as_deref().unwrap_or("00");
        let fits = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_alphanumeric());
        assert!(fits, "shown as last digits: {digits:?}");
        let whole = |number: &str| number.len() > 1 && number == digits;
        let shown_whole = verified.iter().flatten().any(|verified| {
            verified.id == account.id
                && verified.account_number.as_ref().is_some_and(|number| whole(number.expose()))
        });
        assert!(!shown_whole || account.name.len() + 4 < length, "a whole number is shown: {digits}");
    }
    for account in verified.iter().flatten() {
        assert_plain(&account.name);
        for routing in [&account.routing, &account.wire_routing].into_iter().flatten() {
            assert!(routing.len() == 9 && routing.bytes().all(|b| b.is_ascii_digit()), "routing {routing:?}");
        }
        for text in [&account.provider_type, &account.category].into_iter().flatten() {
            assert_plain(text);
        }
        assert!(account.account_number.as_ref().is_none_or(|number| !number.is_empty()));
        if let Some(number) = account.account_number.as_ref().filter(|number| number.expose().len() > 24) {
            let shown = format!("{:?}", account.account_number);
            assert!(!shown.contains(number.expose()), "a number shows in print");
        }
        let Some(owner) = &account.owner else { continue };
        for detail in [&owner.address, &owner.dob, &owner.email, &owner.phone].into_iter().flatten() {
            if let OwnerDetail::Error(word) = detail {
                assert_word(word);
            }
        }
    }
}

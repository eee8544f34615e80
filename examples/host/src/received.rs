//! What was linked: in full on this side, masked for the page.

use jiff::Timestamp;
use linchpin_protocol::{
    AccountId, AccountKind, ConnectionId, DepositId, Money, Secret, Verification, VerificationMethod,
    VerificationState, VerifiedAccount,
};
use serde::Serialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Newest last. A real site has a database here; this one forgets when it stops.
#[derive(Clone, Default)]
pub struct Received(Arc<Mutex<Vec<Entry>>>);

struct Entry {
    at: Timestamp,
    verification: Verification,
}

/// The most that is kept.
const CAPACITY: usize = 100;

/// What the page may see of a result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ReceivedView {
    /// When this server took it over, RFC 3339.
    pub received_at: String,
    /// The connection's name, to refer to; absent where nothing was linked.
    pub connection_id: Option<ConnectionId>,
    /// The name of the deposits that prove the account, where that is the way.
    pub deposit_id: Option<DepositId>,
    /// The institution's name, as far as it is known.
    pub institution: String,
    /// Whether the account is proved.
    pub verification: VerificationState,
    /// The chosen accounts.
    pub accounts: Vec<AccountView>,
}

/// What the page may see of an account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AccountView {
    /// The account's name, to refer to.
    pub id: AccountId,
    /// The institution's label.
    pub name: String,
    /// What sort of account it is.
    pub kind: AccountKind,
    /// The number with all but its end hidden: `•••• 4411`.
    pub number: String,
    /// The routing number: not secret, it names the institution.
    pub routing: Option<String>,
    /// What names the institution in Australia.
    pub bsb: Option<String>,
    /// Who owns it; empty when not told.
    pub owners: Vec<String>,
    /// The balance now.
    pub balance: Option<Money>,
    /// Whether there is a proof that the account is the customer's.
    pub verified: bool,
    /// When, RFC 3339.
    pub verified_at: Option<String>,
}

impl Received {
    /// Everything that was taken over, masked, oldest first.
    pub fn verifications(&self) -> Vec<ReceivedView> {
        self.entries().iter().map(Entry::view).collect()
    }

    /// The full number of an account. For this server only: it must not reach a page or a log.
    pub fn account_number(&self, account: &AccountId) -> Option<Secret> {
        let entries = self.entries();
        let mut accounts = entries.iter().rev().flat_map(|entry| &entry.verification.accounts);
        accounts.find(|known| known.id == *account)?.account_number.clone()
    }

    /// Takes a result over. One of the same connection, or of the same deposits, replaces what was there: it is newer.
    pub(crate) fn take(&self, verification: Verification, at: Timestamp) -> ReceivedView {
        let entry = Entry { at, verification };
        let view = entry.view();
        let mut entries = self.entries();
        entries.retain(|other| !other.is_about_the_same(&entry));
        if entries.len() == CAPACITY {
            entries.remove(0);
        }
        entries.push(entry);
        view
    }

    /// A panic elsewhere while the list was held leaves it whole: it is changed in single steps.
    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn is_about_the_same(&self, other: &Self) -> bool {
        let names = |entry: &Self| {
            let Verification { connection, deposit, .. } = &entry.verification;
            let connection = connection.as_ref().map(|connection| connection.id.clone());
            (connection, deposit.as_ref().map(|deposit| deposit.deposit.id.clone()))
        };
        let ((connection, deposit), (other_connection, other_deposit)) = (names(self), names(other));
        (connection.is_some() && connection == other_connection)
            || (deposit.is_some() && deposit == other_deposit)
    }

    fn view(&self) -> ReceivedView {
        let Verification { connection, deposit, accounts, verification, .. } = &self.verification;
        let linked = connection.as_ref().map(|connection| connection.institution.name.clone());
        let bank = deposit.as_ref().and_then(|deposit| deposit.deposit.bank.clone());
        ReceivedView {
            received_at: self.at.to_string(),
            connection_id: connection.as_ref().map(|connection| connection.id.clone()),
            deposit_id: deposit.as_ref().map(|deposit| deposit.deposit.id.clone()),
            institution: linked.or(bank).unwrap_or_else(|| "Bank account".to_owned()),
            verification: *verification,
            accounts: accounts.iter().map(view).collect(),
        }
    }
}

fn view(account: &VerifiedAccount) -> AccountView {
    AccountView {
        id: account.id.clone(),
        name: account.name.clone(),
        kind: account.kind,
        number: account.account_number.as_ref().map_or_else(String::new, masked),
        routing: account.routing.clone(),
        bsb: account.bsb.clone(),
        owners: account.owner_names.clone().unwrap_or_default(),
        balance: account.present_balance.clone(),
        verified: match account.verification_method {
            VerificationMethod::Instant
            | VerificationMethod::AutomaticDeposit
            | VerificationMethod::ManualDeposit => true,
            VerificationMethod::Unknown => false,
        },
        verified_at: account.verified_at.as_ref().map(|at| at.as_str().to_owned()),
    }
}

/// Four characters at the end, and never more than half of a short number.
fn masked(number: &Secret) -> String {
    let length = number.expose().chars().count();
    let shown = (length / 2).min(4);
    let end: String = number.expose().chars().skip(length - shown).collect();
    if end.is_empty() { "••••".to_owned() } else { format!("•••• {end}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_shows_its_end_and_never_more_than_half() {
        let masked = |number: &str| masked(&Secret::new(number));
        assert_eq!(masked("000123454411"), "•••• 4411");
        assert_eq!(masked("12345"), "•••• 45");
        assert_eq!(masked("1"), "••••");
        assert_eq!(masked(""), "••••");
    }
}

//! Quovo's JSON for deposits, version 2 (quovo.md 2.7, 2.8).
//!
//! What is sent holds account numbers and amounts, so those types have no `Debug`.

use crate::aggregators::text;
use crate::aggregators::{DepositKey, SeenDeposit};
use crate::store::{DepositFault, DepositState};
use linchpin_protocol::{Amounts, Cents};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

/// The body of `POST /portfolios/{id}/auth_deposits`.
#[derive(Serialize)]
pub(super) struct NewDeposit<'a> {
    /// The account number (quovo.md 9.25).
    pub(super) name: &'a str,
    pub(super) routing: &'a str,
}

/// The body of `POST /auth_deposits/{id}`: dollars.
#[derive(Serialize)]
pub(super) struct Confirmation {
    pub(super) amounts: Dollars,
}

/// Two amounts as JSON numbers of dollars with two places, written from their cents.
pub(super) struct Dollars(pub(super) Amounts);

impl Serialize for Dollars {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(2))?;
        for Cents(cents) in self.0.0 {
            let dollars = format!("{}.{:02}", cents / 100, cents % 100);
            let number = RawValue::from_string(dollars).map_err(serde::ser::Error::custom)?;
            list.serialize_element(&number)?;
        }
        list.end()
    }
}

/// The body of `POST /users/{id}/auth_deposit_portfolios`.
#[derive(Serialize)]
pub(super) struct NewHolder<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
}

#[derive(Debug, Deserialize)]
pub(super) struct HolderAnswer {
    pub(super) auth_deposit_portfolio: Holder,
}

#[derive(Debug, Deserialize)]
pub(super) struct HoldersAnswer {
    pub(super) auth_deposit_portfolios: Vec<Holder>,
}

/// A placeholder: a portfolio in an account of its own.
#[derive(Debug, Deserialize)]
pub(super) struct Holder {
    pub(super) id: u64,
    pub(super) account: u64,
}

/// One deposit; the reference prints a list of one where its siblings print the object (quovo.md 9.4).
#[derive(Debug, Deserialize)]
pub(super) struct DepositAnswer {
    #[serde(default)]
    auth_deposit: Option<Deposit>,
    #[serde(default)]
    auth_deposits: Vec<Deposit>,
}

impl DepositAnswer {
    pub(super) fn deposit(self) -> Option<Deposit> {
        self.auth_deposit.or_else(|| self.auth_deposits.into_iter().next())
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct DepositsAnswer {
    pub(super) auth_deposits: Vec<Deposit>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Deposit {
    pub(super) id: u64,
    #[serde(default)]
    account_status: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    error: Option<Fault>,
    #[serde(default)]
    updated: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Fault {
    #[serde(default)]
    id: Option<String>,
}

/// A linked account's statuses at which nobody looks for deposits until its person has done something.
const BROKEN: [&str; 4] = ["login", "questions", "config", "resync"];

impl From<Deposit> for SeenDeposit {
    fn from(deposit: Deposit) -> Self {
        let Deposit { id, account_status, status, error, updated } = deposit;
        let state = match status.as_deref() {
            Some("requested") => Some(DepositState::Requested),
            Some("submitted") => Some(DepositState::Submitted),
            Some("transferred") => Some(DepositState::Transferred),
            Some("verified") => Some(DepositState::Verified),
            // Both words are in use (quovo.md 9.1).
            Some("deposit_failed" | "failed") => Some(DepositState::Failed),
            Some("verification_failed") => Some(DepositState::Unconfirmed),
            _ => None,
        };
        let fault = error.and_then(|error| error.id).map(|id| match id.as_str() {
            "invalid_account_number" => DepositFault::AccountNumber,
            "invalid_routing_number" => DepositFault::RoutingNumber,
            "invalid_bank_account" => DepositFault::Account,
            "process_error" => DepositFault::Provider,
            _ => DepositFault::Unknown,
        });
        Self {
            key: DepositKey(id.to_string()),
            state,
            fault: fault.filter(|_| state == Some(DepositState::Failed)),
            account_broken: account_status.as_deref().is_some_and(|status| BROKEN.contains(&status)),
            provider_status: status.as_deref().map(text::printable_word),
            updated_at: updated.as_deref().and_then(text::moment),
        }
    }
}

//! Doors to this adapter's parsers for the fuzzing program: from the bytes of an answer to our own words.

use super::{accounts_of, listing, observation, wire, wire_accounts, wire_deposits};
use crate::aggregators::quovo::fuzzing::{names, phase, read};
use crate::aggregators::quovo::{accounts, users, wire as shared, wire_accounts as shared_accounts};
use crate::aggregators::{FoundAccounts, Listing, Observation, SeenDeposit};
use linchpin_protocol::VerifiedAccount;

/// What a sync says, with the challenges and the account where they read.
pub fn observed(byte: u8, sync: &[u8], challenges: &[u8], account: &[u8]) -> Option<Observation> {
    let reply: wire::SyncReply = read(sync)?;
    let asked = read::<shared::ChallengesAnswer>(challenges).map(|answer| answer.challenges);
    let asked = reply.challenges.filter(|asked| !asked.is_empty()).or(asked).unwrap_or_default();
    let account = read::<wire::AccountAnswer>(account).map(|answer| answer.account);
    Some(observation(phase(byte), reply.sync, &asked, account))
}

/// The institutions of an answer.
pub fn institutions(bytes: &[u8]) -> Option<Vec<Listing>> {
    let answer: wire::BrokeragesAnswer = read(bytes)?;
    Some(answer.brokerages.into_iter().map(listing::listing).collect())
}

/// The masked accounts of an answer, with their numbers where those read.
pub fn found(portfolios: &[u8], auth: &[u8]) -> Option<FoundAccounts> {
    let (accounts, auth) = read_both(portfolios, auth)?;
    Some(accounts::masked(&accounts, auth.as_ref(), &names()))
}

/// The verified accounts of an answer.
pub fn verified(portfolios: &[u8], auth: &[u8]) -> Option<Vec<VerifiedAccount>> {
    let (accounts, auth) = read_both(portfolios, auth)?;
    Some(accounts::verified(&accounts, auth, &names()))
}

/// The deposits of a list, and the one of an answer about one.
pub fn deposits(list: &[u8], one: &[u8]) -> Vec<SeenDeposit> {
    let list = read::<wire_deposits::DepositsAnswer>(list).map(|answer| answer.auth_deposits);
    let one = read::<wire_deposits::DepositAnswer>(one).and_then(wire_deposits::DepositAnswer::deposit);
    list.unwrap_or_default().into_iter().chain(one).map(SeenDeposit::from).collect()
}

fn read_both(
    portfolios: &[u8],
    auth: &[u8],
) -> Option<(Vec<shared_accounts::Account>, Option<shared_accounts::Auth>)> {
    let portfolios: wire_accounts::PortfoliosAnswer = read(portfolios)?;
    let auth = read::<wire_accounts::AuthAnswer>(auth).map(|answer| answer.auth);
    Some(accounts_of(portfolios.portfolios, auth))
}

/// The one login at an institution that was tried, and one at which nothing was, of the user's that an answer lists.
pub fn logins(bytes: &[u8], institution: u64) -> Option<(Option<u64>, Option<u64>)> {
    let connections = || {
        let answer: wire::AccountsAnswer = read(bytes)?;
        Some(answer.accounts.into_iter().map(wire::Account::connection).collect())
    };
    let tried = users::only_other(connections()?, institution, None);
    Some((tried, users::nobodys(connections()?, institution, &[])))
}

//! Doors to this adapter's parsers for the fuzzing program: from the bytes of an answer to our own words.

use super::{listing, wire};
use crate::aggregators::quovo::fuzzing::{names, phase, read};
use crate::aggregators::quovo::{accounts, translate, wire as shared, wire_accounts};
use crate::aggregators::{FoundAccounts, Listing, Observation};
use linchpin_protocol::VerifiedAccount;

/// What a sync says, with the challenges and the connection where they read.
pub fn observed(byte: u8, sync: &[u8], challenges: &[u8], connection: &[u8]) -> Option<Observation> {
    let reply: shared::SyncReply = read(sync)?;
    let asked = read::<shared::ChallengesAnswer>(challenges).map(|answer| answer.challenges);
    let asked = reply.challenges.filter(|asked| !asked.is_empty()).or(asked).unwrap_or_default();
    let connection = read::<wire::ConnectionAnswer>(connection).map(|answer| answer.connection);
    Some(translate::observation(phase(byte), &reply.sync, &asked, connection.as_ref()))
}

/// The institutions of an answer.
pub fn institutions(bytes: &[u8]) -> Option<Vec<Listing>> {
    let answer: wire::InstitutionsAnswer = read(bytes)?;
    Some(answer.institutions.into_iter().map(listing::listing).collect())
}

/// The masked accounts of an answer, with their numbers where those read.
pub fn found(accounts: &[u8], auth: &[u8]) -> Option<FoundAccounts> {
    let accounts: wire_accounts::AccountsAnswer = read(accounts)?;
    let auth = read::<wire_accounts::AuthAnswer>(auth).map(|answer| answer.auth);
    Some(accounts::masked(&accounts.accounts, auth.as_ref(), &names()))
}

/// The verified accounts of an answer.
pub fn verified(accounts: &[u8], auth: &[u8]) -> Option<Vec<VerifiedAccount>> {
    let accounts: wire_accounts::AccountsAnswer = read(accounts)?;
    let auth = read::<wire_accounts::AuthAnswer>(auth).map(|answer| answer.auth);
    Some(accounts::verified(&accounts.accounts, auth, &names()))
}

/// The user's connections: whether they read.
pub fn connections(bytes: &[u8]) -> bool {
    read::<wire::ConnectionsAnswer>(bytes).is_some()
}

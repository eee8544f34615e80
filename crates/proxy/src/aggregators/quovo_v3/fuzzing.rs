//! Doors to this adapter's parsers for the fuzzing program: from the bytes of an answer to our own words.

use super::{listing, wire};
use crate::aggregators::quovo::listing as shared_listing;
use crate::aggregators::quovo::translate::{self, Phase};
use crate::aggregators::quovo::{accounts, challenges, money, wire as shared, wire_accounts};
use crate::aggregators::{AccountNames, FoundAccounts, Listing, Observation};
use crate::tokens::Key;
use linchpin_protocol::{Cents, ChallengeId, ConnectionId, InstitutionId, Secret, VerifiedAccount};
use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

/// What a sync says, with the challenges and the connection where they read.
pub fn observed(phase: u8, sync: &[u8], challenges: &[u8], connection: &[u8]) -> Option<Observation> {
    let phase = match phase % 3 {
        0 => Phase::Aggregate,
        1 => Phase::AggregateFirst,
        _ => Phase::Auth,
    };
    let reply: shared::SyncReply = read(sync)?;
    let asked = read::<shared::ChallengesAnswer>(challenges).map(|answer| answer.challenges);
    let asked = reply.challenges.filter(|asked| !asked.is_empty()).or(asked).unwrap_or_default();
    let connection = read::<wire::ConnectionAnswer>(connection).map(|answer| answer.connection);
    Some(translate::observation(phase, &reply.sync, &asked, connection.as_ref()))
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

fn names() -> AccountNames {
    AccountNames::new(Key::new(&Secret::new("key")), ConnectionId::new("con_1"))
}

/// The smaller answers, which hold ids and a token only: whether they read.
pub fn small_answers(bytes: &[u8]) -> [bool; 6] {
    [
        read::<shared::TokenAnswer>(bytes).is_some(),
        read::<shared::UserAnswer>(bytes).is_some(),
        read::<shared::UsersAnswer>(bytes).is_some(),
        read::<wire::ConnectionAnswer>(bytes).is_some(),
        read::<wire::ConnectionsAnswer>(bytes).is_some(),
        read::<shared::ErrorBody>(bytes).is_some(),
    ]
}

/// A JSON number of dollars in cents.
pub fn cents(number: &str) -> Option<Cents> {
    money::cents(number)
}

/// The numbers behind our names for a challenge and an institution.
pub fn upstream_ids(text: &str) -> (Option<u64>, Option<u64>) {
    let challenge = challenges::answer(&ChallengeId::new(text), "1").map(|(id, _)| id);
    (challenge, shared_listing::upstream_institution(&InstitutionId::new(text)))
}

//! Doors to what both versions share, for the fuzzing program.

use super::translate::Phase;
use super::wire::{ErrorBody, TokenAnswer, UserAnswer, UsersAnswer};
use super::{challenges, listing};
use crate::aggregators::{AccountNames, money};
use crate::tokens::Key;
use linchpin_protocol::{Cents, ChallengeId, ConnectionId, InstitutionId, Secret};
use serde::de::DeserializeOwned;

pub(in crate::aggregators) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

/// One of the three phases for each byte.
pub(in crate::aggregators) fn phase(byte: u8) -> Phase {
    match byte % 3 {
        0 => Phase::Aggregate,
        1 => Phase::AggregateFirst,
        _ => Phase::Auth,
    }
}

pub(in crate::aggregators) fn names() -> AccountNames {
    AccountNames::new(Key::new(&Secret::new("key")), ConnectionId::new("con_1"))
}

/// The answers that hold an id, a token or a refusal only: whether they read.
pub fn small_answers(bytes: &[u8]) -> [bool; 4] {
    [
        read::<TokenAnswer>(bytes).is_some(),
        read::<UserAnswer>(bytes).is_some(),
        read::<UsersAnswer>(bytes).is_some(),
        read::<ErrorBody>(bytes).is_some(),
    ]
}

/// A JSON number of dollars in cents.
pub fn cents(number: &str) -> Option<Cents> {
    money::cents(number)
}

/// The numbers behind our names for a challenge and an institution.
pub fn upstream_ids(text: &str) -> (Option<u64>, Option<u64>) {
    let challenge = challenges::answer(&ChallengeId::new(text), "1").map(|(id, _)| id);
    (challenge, listing::upstream_institution(&InstitutionId::new(text)))
}

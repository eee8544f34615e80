//! Doors to this adapter's parsers for the fuzzing program: from the bytes of an answer to our own words.

use super::place::{Place, Way};
use super::statuses::{self, Seen};
use super::{accounts, jobs, listing, wire, wire_accounts};
use crate::aggregators::quovo::fuzzing::{names, read};
use crate::aggregators::{FoundAccounts, Listing, Observation, Reference};
use crate::config::SignIn;
use crate::store::UpstreamUser;
use jiff::Timestamp;
use linchpin_protocol::{InstitutionId, Purpose, VerifiedAccount};

/// What a job says, with its connection where that reads, and what is remembered of both.
pub fn observed(byte: u8, job: &[u8], connection: &[u8]) -> Option<(Observation, Reference)> {
    let way = if byte % 2 == 0 { Way::Login } else { Way::Consent };
    let (user, institution) = (UpstreamUser("u".to_owned()), InstitutionId::new("ins_AU00000"));
    let mut place = Place::new(&user, &institution, Purpose::Verify, way).ok()?;
    let job: wire::Job = read(job)?;
    let connection: Option<wire::Connection> = read(connection);
    place.connection = jobs::connection(&job, "u");
    let seen = Seen { job: Some((&job, jobs::progress(&job))), connection: connection.as_ref() };
    statuses::remember(&mut place, &seen, Timestamp::UNIX_EPOCH);
    let observation = statuses::observation(&place, &seen, Some(true));
    let reference = place.write().ok()?;
    Place::read(&reference).ok()?;
    Some((observation, reference))
}

/// The institutions of an answer.
pub fn institutions(byte: u8, bytes: &[u8]) -> Option<Vec<Listing>> {
    let sign_in = match byte % 3 {
        0 => SignIn::Credentials,
        1 => SignIn::Consent,
        _ => SignIn::Both,
    };
    let list: wire::List<wire::Entry<wire::Connector>> = read(bytes)?;
    Some(listing::listings(listing::readable(list.data)?, sign_in, true).0)
}

/// The masked accounts of an answer, and the same with their numbers.
pub fn found(bytes: &[u8]) -> Option<(FoundAccounts, Vec<VerifiedAccount>)> {
    let list: wire::List<wire_accounts::Account> = read(bytes)?;
    let accounts = accounts::of(list.data, "AU00000", "con-1");
    Some((accounts::masked(&accounts, true, &names()), accounts::verified(accounts, &names())))
}

/// The answers that hold a name, a token or a refusal only: whether they read.
pub fn small_answers(bytes: &[u8]) -> [bool; 5] {
    [
        read::<wire::TokenAnswer>(bytes).is_some(),
        read::<wire::Named>(bytes).is_some(),
        read::<wire::Errors>(bytes).is_some(),
        read::<wire::List<wire::Consent>>(bytes).is_some(),
        read::<wire::List<wire::Connection>>(bytes).is_some(),
    ]
}

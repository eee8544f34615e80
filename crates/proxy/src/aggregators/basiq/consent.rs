//! Sign-in on Basiq's consent page (basiq.md 2.10, 9), which leads on to the bank's own.
//!
//! Nothing that the page sends back in an address is believed but our own `state`: what was done there is read from the
//! user's jobs and connections, and only those count that were not there when the person left.

use super::client::{Client, Version, look};
use super::jobs::Progress;
use super::place::{Method, Place, Visit, plain_name};
use super::statuses::Status;
use super::{api, jobs, wire};
use crate::aggregators::{BankPage, UpstreamError};
use jiff::SignedDuration;
use linchpin_protocol::Secret;
use reqwest::Url;

/// After a visit of which nothing is to be seen, it is looked for for so long.
const SETTLES: SignedDuration = SignedDuration::from_secs(5);
/// After one that is still at the bank's page, as far as Basiq tells. Nobody says how long Basiq and the bank may take; a
/// connection that stays there was left half way (basiq.md 4).
const SETTLES_AT_THE_BANK: SignedDuration = SignedDuration::from_mins(1);
/// More jobs and connections at one institution than anybody has.
const MOST_REMEMBERED: usize = 1_000;

/// The way to the page, with a token that stands for this user alone.
pub(super) async fn page(
    client: &Client,
    page: &str,
    mut place: Place,
    state: &Secret,
) -> Result<BankPage, UpstreamError> {
    let jobs = api::jobs(client, &place.user, None).await?.into_iter();
    let jobs: Vec<String> = jobs.filter(|job| is_here(job, &place.institution)).map(|job| job.id).collect();
    let connections = api::connections(client, &place.user, &place.institution).await?;
    let connections: Vec<String> = connections.into_iter().map(|connection| connection.id).collect();
    if jobs.len().max(connections.len()) > MOST_REMEMBERED {
        // Whatever is not remembered would pass for new.
        return Err(UpstreamError::Broken);
    }
    let path = format!("/users/{}/consents", place.user);
    let consents: wire::List<wire::Consent> = client.send(Version::V3, look(&path)).await?;
    let consented = consents.data.iter().any(|consent| consent.status.as_deref() == Some("active"));
    let token = client.user_token(Version::V3, &place.user).await?;
    let mut url = Url::parse(page).map_err(|_| UpstreamError::Broken)?;
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("token", token.expose()).append_pair("state", state.expose());
        if let Some(action) = action(&place, consented) {
            query.append_pair("action", action);
        }
        query.append_pair("institutionId", &place.institution);
        if let Some(connection) = &place.connection {
            query.append_pair("connectionId", connection);
        }
    }
    let host = url.host_str().ok_or(UpstreamError::Broken)?;
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    place.visit = Some(Visit { jobs, connections, ..Visit::default() });
    Ok(BankPage { url: Secret::new(String::from(url)), host, moved: Some(place.write()?) })
}

/// What the page is to do. Without a consent that holds it asks for one first, whatever it is to do then.
fn action(place: &Place, consented: bool) -> Option<&'static str> {
    match (consented, &place.connection, place.method) {
        (false, _, _) => None,
        (true, Some(_), Some(Method::OpenBanking)) => Some("reauthorise"),
        (true, _, _) => Some("connect"),
    }
}

/// What can be seen of what a person has done on the page, once they are back.
pub(super) enum Deed {
    /// The bank has let them in, or has not: it goes on from here.
    Done(Box<Place>),
    /// Something was begun, and it is at the bank's page still: they have left that half way, or Basiq has not heard of
    /// their yes yet.
    HalfWay,
    /// Nothing.
    None,
}

impl Deed {
    /// How long it is waited for more than this, after the person is back.
    pub(super) fn patience(&self) -> SignedDuration {
        match self {
            Self::Done(_) => SignedDuration::ZERO,
            Self::HalfWay => SETTLES_AT_THE_BANK,
            Self::None => SETTLES,
        }
    }
}

/// What was done on the page since the person left. Only what is new at the institution counts.
pub(super) async fn deed(client: &Client, place: &Place, visit: &Visit) -> Result<Deed, UpstreamError> {
    let jobs = api::jobs(client, &place.user, None).await?.into_iter();
    let connections = api::connections(client, &place.user, &place.institution).await?;
    let is_listed = |id: &str| connections.iter().any(|connection| connection.id == id);
    let new = jobs.filter(|job| {
        !visit.jobs.contains(&job.id)
            && plain_name(&job.id).is_some()
            && is_here(job, &place.institution)
            && jobs::connection(job, &place.user).is_none_or(|id| is_listed(&id))
    });
    let newest = |connection: &&wire::Connection| !visit.connections.contains(&connection.id);
    let newest = connections.iter().filter(newest).max_by_key(|connection| &connection.created_date);
    let is_past =
        |connection: &wire::Connection| Status::read(connection.status.as_deref()) != Status::PreInit;
    let mut done = place.clone();
    let Some(job) = api::latest(new.collect()) else {
        // Jobs may be listed late, or not at all.
        let Some(made) = newest else { return Ok(Deed::None) };
        if !is_past(made) {
            return Ok(Deed::HalfWay);
        }
        done.good = false;
        done.connection = Some(made.id.clone());
        done.job = None;
        done.visit = None;
        return Ok(Deed::Done(Box::new(done)));
    };
    let connection = jobs::connection(&job, &place.user);
    let runs = matches!(jobs::progress(&job), Progress::Running(_));
    let told = connections.iter().find(|one| Some(&one.id) == connection.as_ref());
    if runs && !jobs::is_signed_in(&job) && !told.or(newest).is_some_and(is_past) {
        return Ok(Deed::HalfWay);
    }
    // What was renewed keeps its connection; what was made anew tells of it by and by.
    done.good &= connection == place.connection;
    done.connection = connection;
    done.begin(job.id);
    Ok(Deed::Done(Box::new(done)))
}

/// A job that does not say where it is: of those that the person has just begun, it is the one.
fn is_here(job: &wire::Job, institution: &str) -> bool {
    job.institution.as_ref().is_none_or(|there| there.id() == institution)
}

//! Sign-in on Basiq's consent page (basiq.md 2.10, 9), which leads on to the bank's own.
//!
//! Nothing that the page sends back in an address is believed but our own `state`: what was done there is read from the
//! user's jobs, and only those count that were not there when the person left.

use super::client::{Client, Version, look};
use super::place::{Method, Place};
use super::{api, jobs, wire};
use crate::aggregators::{BankPage, UpstreamError};
use linchpin_protocol::Secret;
use reqwest::Url;

/// The way to the page, with a token that stands for this user alone.
pub(super) async fn page(
    client: &Client,
    page: &str,
    mut place: Place,
    state: &Secret,
) -> Result<BankPage, UpstreamError> {
    let there = api::jobs(client, &place.user, None).await?;
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
    place.visiting = Some(there.into_iter().map(|job| job.id).collect());
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

/// What was begun on the page since the person left. `None`: nothing was allowed there.
pub(super) async fn begun(client: &Client, place: &Place) -> Result<Option<Place>, UpstreamError> {
    let Some(before) = &place.visiting else { return Ok(None) };
    let jobs = api::jobs(client, &place.user, None).await?.into_iter();
    let new = jobs.filter(|job| !before.contains(&job.id) && is_here(job, &place.institution));
    let Some(job) = api::latest(new.collect()) else { return Ok(None) };
    let mut place = place.clone();
    // What was renewed keeps its connection; what was made anew tells of it by and by.
    let connection = jobs::connection(&job);
    place.good &= connection == place.connection;
    place.connection = connection;
    place.begin(job.id);
    Ok(Some(place))
}

/// A job that does not say where it is: of those that the person has just begun, it is the one.
fn is_here(job: &wire::Job, institution: &str) -> bool {
    job.institution.as_ref().is_none_or(|there| there.id() == institution)
}

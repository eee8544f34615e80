//! Basiq's objects: reading them, and beginning something with them (basiq.md 2).

use super::client::{Call, Client, Failure, ORDINARY, Version, change, look};
use super::place::{Method, Place, plain_name};
use super::wire;
use crate::aggregators::UpstreamError;
use serde::Serialize;

/// So many connections are asked for their jobs to find one.
const MOST_ASKED: usize = 20;

/// The user's jobs of the last seven days, of one connection if one is named.
pub(super) async fn jobs(
    client: &Client,
    user: &str,
    connection: Option<&str>,
) -> Result<Vec<wire::Job>, UpstreamError> {
    let path = format!("/users/{user}/jobs");
    let path = connection.map_or_else(|| path.clone(), |id| filtered(&path, "connection.id", id));
    let list: wire::List<wire::Job> = client.send(Version::V3, look(&path)).await?;
    Ok(list.data)
}

/// Those that were begun last come last.
pub(super) fn latest(jobs: Vec<wire::Job>) -> Option<wire::Job> {
    // As text: all of one form.
    jobs.into_iter().max_by(|one, other| one.created.cmp(&other.created))
}

/// A job. `None`: it is too old, or never was.
pub(super) async fn job(client: &Client, id: &str) -> Result<Option<wire::Job>, UpstreamError> {
    match client.send(Version::V3, look(&format!("/jobs/{id}"))).await.map_err(UpstreamError::from) {
        Ok(job) => Ok(Some(job)),
        Err(UpstreamError::Gone) => Ok(None),
        Err(other) => Err(other),
    }
}

/// A place's job. While it is all that is known of the connection, one that is not found under its name is looked for
/// among the user's: whoever takes it for gone has the login typed, and tried, once more.
pub(super) async fn job_of(
    client: &Client,
    place: &Place,
    id: &str,
) -> Result<Option<wire::Job>, UpstreamError> {
    let found = job(client, id).await?;
    if found.is_some() || place.connection.is_some() {
        return Ok(found);
    }
    match jobs(client, &place.user, None).await {
        Ok(jobs) => Ok(jobs.into_iter().find(|job| job.id == id)),
        Err(UpstreamError::Gone) => Ok(None),
        Err(other) => Err(other),
    }
}

/// A place's connection, if it has one. Gone: it was deleted.
pub(super) async fn connection(
    client: &Client,
    place: &Place,
) -> Result<Option<wire::Connection>, UpstreamError> {
    let Some(path) = place.connection_path() else { return Ok(None) };
    let connection: wire::Connection = client.send(Version::V3, look(&path)).await?;
    let is_it = place.connection.as_ref() == Some(&connection.id) && is_at(&connection, &place.institution);
    // Another one than was asked for says nothing of this one.
    if is_it { Ok(Some(connection)) } else { Err(UpstreamError::Broken) }
}

fn is_at(connection: &wire::Connection, institution: &str) -> bool {
    connection.institution.as_ref().is_none_or(|there| there.id() == institution)
}

/// Whether the institution cannot be reached at all, by the way that a place has to it. Not known: it can.
pub(super) async fn is_out(client: &Client, place: &Place) -> bool {
    let method = place.method.map_or("web", Method::as_connector);
    let path = format!("/connectors/{}/{method}", place.institution);
    let connector: Result<wire::Connector, _> = client.send(Version::V3, look(&path)).await;
    connector.is_ok_and(|connector| connector.status.as_deref() == Some("major-outage"))
}

/// The user's connections to an institution.
pub(super) async fn connections(
    client: &Client,
    user: &str,
    institution: &str,
) -> Result<Vec<wire::Connection>, UpstreamError> {
    let path = filtered(&format!("/users/{user}/connections"), "institution.id", institution);
    let list: wire::List<wire::Connection> = client.send(Version::V3, look(&path)).await?;
    let here = |connection: &wire::Connection| {
        plain_name(&connection.id).is_some() && is_at(connection, institution)
    };
    Ok(list.data.into_iter().filter(here).collect())
}

/// The connection at a place's institution that a job was for: the one among whose jobs it is. Only the newest are asked
/// for theirs.
pub(super) async fn connection_of(
    client: &Client,
    place: &Place,
    job: &str,
) -> Result<Option<String>, UpstreamError> {
    let mut connections = connections(client, &place.user, &place.institution).await?;
    // As text: all of one form.
    connections.sort_by(|one, other| other.created_date.cmp(&one.created_date));
    for connection in connections.into_iter().take(MOST_ASKED) {
        let jobs = jobs(client, &place.user, Some(&connection.id)).await?;
        if jobs.iter().any(|other| other.id == job) {
            return Ok(Some(connection.id));
        }
    }
    Ok(None)
}

/// Makes a connection, and has its login tried.
pub(super) async fn create(
    client: &Client,
    place: &Place,
    login: wire::Login<'_>,
) -> Result<String, Failure> {
    let institution = wire::InstitutionName { id: &place.institution };
    let path = format!("/users/{}/connections", place.user);
    began(client, Version::V2, &path, Some(wire::NewConnection { login, institution })).await
}

/// Has a connection tried with a new login. The login's name stays (basiq.md 2.5).
pub(super) async fn update(client: &Client, path: &str, login: wire::Login<'_>) -> Result<String, Failure> {
    began(client, Version::V2, path, Some(login)).await
}

/// Has a connection read again. One that is being read already is answered with the job that does it.
pub(super) async fn refresh(client: &Client, path: &str) -> Result<String, Failure> {
    began(client, Version::V3, &format!("{path}/refresh"), None::<()>).await
}

async fn began(
    client: &Client,
    version: Version,
    path: &str,
    body: Option<impl Serialize>,
) -> Result<String, Failure> {
    let Call { method, effect, timeout, largest, .. } = change(path, (), ORDINARY);
    let call = Call { method, path, body, effect, timeout, largest };
    let job: wire::Named = client.send(version, call).await?;
    // It was taken: a name that cannot be used must not pass for a refusal.
    Ok(plain_name(&job.id).ok_or(UpstreamError::Broken)?.to_owned())
}

/// A path with a filter by one name. The quotes and brackets of the grammar are encoded.
pub(super) fn filtered(path: &str, field: &str, name: &str) -> String {
    format!("{path}?filter={field}.eq%28%27{name}%27%29")
}

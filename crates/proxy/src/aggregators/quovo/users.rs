//! Users, their connections and their logins, as both versions have them (quovo.md 2.1, 2.3).

use super::client::{Client, ORDINARY, change, look};
use super::place::Place;
use super::wire;
use crate::aggregators::{Listing, Reference, UpstreamError};
use crate::store::UpstreamUser;
use linchpin_protocol::{CredentialValue, Field, FieldId, FieldKind, PracticeFacts, ProviderFacts};

const USERNAME: &str = "username";
const PASSWORD: &str = "password";

/// What is true of Quovo.
pub(in crate::aggregators) fn facts(practice: bool, usual_seconds: Option<u32>) -> ProviderFacts {
    ProviderFacts {
        name: Some("Quovo".to_owned()),
        // It syncs every night by itself, and can only do so with the login (quovo.md 1.1).
        keeps_login: Some(true),
        same_login_pause_s: None,
        usual_seconds,
        deposits: None,
        practice: practice
            .then(|| PracticeFacts { username: "practice-good".to_owned(), passcode: "practice".to_owned() }),
    }
}

/// A name and a secret, labelled as the institution wants them.
pub(in crate::aggregators) fn login_form(listing: &Listing) -> Vec<Field> {
    let field =
        |id: &str, label: &Option<String>, kind| Field { id: FieldId::new(id), label: label.clone(), kind };
    vec![
        field(USERNAME, &listing.username_label, FieldKind::Username),
        field(PASSWORD, &listing.password_label, FieldKind::Password),
    ]
}

/// One value of a login.
pub(in crate::aggregators) fn value<'a>(login: &'a [CredentialValue], field: &str) -> Option<&'a str> {
    login.iter().find(|value| value.id.as_str() == field).map(|value| value.value.expose())
}

/// The name and the secret of a login, if both are there.
pub(in crate::aggregators) fn login(login: &[CredentialValue]) -> Option<(&str, &str)> {
    value(login, USERNAME).zip(value(login, PASSWORD))
}

/// Finds or makes the user of this name.
pub(in crate::aggregators) async fn ensure(
    client: &Client,
    name: &str,
) -> Result<UpstreamUser, UpstreamError> {
    let made: Result<wire::UserAnswer, _> =
        client.send(change("/users", wire::NewUser { username: name }, ORDINARY)).await;
    match made {
        Ok(answer) => Ok(UpstreamUser(answer.user.id.to_string())),
        // The name is taken, or the answer was lost: names are unique and ours alone, so whoever has it is the one.
        Err(
            error @ (UpstreamError::Rejected { .. }
            | UpstreamError::Duplicate
            | UpstreamError::Unclear
            | UpstreamError::Broken),
        ) => find(client, name).await?.ok_or(error),
        Err(other) => Err(other),
    }
}

async fn find(client: &Client, name: &str) -> Result<Option<UpstreamUser>, UpstreamError> {
    let users = client.send::<wire::UsersAnswer>(look("/users")).await?.users;
    let found = users.into_iter().find(|user| user.username.as_deref() == Some(name));
    Ok(found.map(|user| UpstreamUser(user.id.to_string())))
}

/// A connection at this institution at which nothing was ever tried, and that is none of those in use: an earlier try made
/// it, and its name never reached us.
pub(in crate::aggregators) fn nobodys(
    connections: Vec<wire::Connection>,
    institution: u64,
    in_use: &[Reference],
) -> Option<u64> {
    let in_use: Vec<u64> =
        in_use.iter().filter_map(|used| Place::read(used).ok()).map(|used| used.connection).collect();
    let nobodys = |c: &wire::Connection| {
        c.institution_id == Some(institution) && c.status.is_none() && !in_use.contains(&c.id)
    };
    connections.into_iter().find(nobodys).map(|connection| connection.id)
}

/// The one connection at this institution that was tried, besides one. Of two logins at one bank it cannot be told which
/// it is.
pub(in crate::aggregators) fn only_other(
    connections: Vec<wire::Connection>,
    institution: u64,
    besides: Option<u64>,
) -> Option<u64> {
    let others = connections
        .into_iter()
        .filter(|c| c.institution_id == Some(institution) && Some(c.id) != besides && c.status.is_some());
    let others: Vec<u64> = others.map(|connection| connection.id).collect();
    match others.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

//! Logins that are passed on (basiq.md 2.4, 2.5). In memory only, and sent once.

use super::client::Client;
use super::place::{Method, Place, Way};
use super::{api, jobs, wire};
use crate::aggregators::text;
use crate::aggregators::{Listing, Reference, UpstreamError};
use linchpin_protocol::{CredentialValue, Field, FieldId, FieldKind};

const USERNAME: &str = "username";
const PASSWORD: &str = "password";
const SECONDARY: &str = "secondary_login_id";
const SECURITY_CODE: &str = "security_code";
const TOKEN: &str = "user_token";

/// Basiq's own logins for practice, each with its password (basiq.md 10). No others are taken while practising.
const PRACTICE_LOGINS: [(&str, &str); 11] = [
    ("Wentworth-Smith", "whislter"),
    ("Whistler", "ShowBox"),
    ("Gilfoyle", "PiedPiper"),
    ("gavinBelson", "hooli2016"),
    ("jared", "django"),
    ("richard", "tabsnotspaces"),
    ("laurieBream", "business2024"),
    ("ashMann", "hooli2024"),
    ("bighead", "password"),
    ("erlich", "aviato"),
    ("jianYang", "nothotdog"),
];

/// What the practice aggregator takes beside or instead of those; made up.
const PRACTICE_CODES: [&str; 2] = ["9876", "112233"];
const PRACTICE_TOKEN: &str = "practice-user-token";

/// The login that people are told of.
pub(super) const SHOWN_LOGIN: (&str, &str) = PRACTICE_LOGINS[3];

/// Whether a value is part of one of Basiq's own logins.
pub(super) fn is_practice_value(kind: FieldKind, value: &str) -> bool {
    match kind {
        FieldKind::Username => PRACTICE_LOGINS.iter().any(|(login, _)| *login == value),
        FieldKind::Password => {
            value == PRACTICE_TOKEN || PRACTICE_LOGINS.iter().any(|(_, password)| *password == value)
        }
        FieldKind::Other => PRACTICE_CODES.contains(&value),
    }
}

/// A field for each caption: what has none is not asked for.
pub(super) fn form(listing: &Listing) -> Vec<Field> {
    let field = |id: &str, label: &Option<String>, kind| {
        label.as_ref().map(|label| Field { id: FieldId::new(id), label: Some(label.clone()), kind })
    };
    let named = [
        field(USERNAME, &listing.username_label, FieldKind::Username),
        field(PASSWORD, &listing.password_label, FieldKind::Password),
    ];
    let mut fields: Vec<Field> = named.into_iter().flatten().collect();
    fields.extend(listing.more_fields.iter().cloned());
    if fields.is_empty() {
        // No caption at all: a login is a name and a password.
        let plain = |id: &str, kind| Field { id: FieldId::new(id), label: None, kind };
        return vec![plain(USERNAME, FieldKind::Username), plain(PASSWORD, FieldKind::Password)];
    }
    fields
}

/// The fields beside name and password.
pub(super) fn more_fields(captions: &wire::Captions, by_token: bool) -> Vec<Field> {
    let label =
        |caption: &Option<String>| caption.as_deref().map(text::label).filter(|label| !label.is_empty());
    if by_token {
        let label = label(&captions.password_caption).or_else(|| label(&captions.login_id_caption));
        return vec![Field { id: FieldId::new(TOKEN), label, kind: FieldKind::Password }];
    }
    let field = |id: &str, caption| {
        label(caption).map(|label| Field { id: FieldId::new(id), label: Some(label), kind: FieldKind::Other })
    };
    let more = [
        field(SECONDARY, &captions.secondary_login_id_caption),
        field(SECURITY_CODE, &captions.security_code_caption),
    ];
    more.into_iter().flatten().collect()
}

fn login(values: &[CredentialValue]) -> wire::Login<'_> {
    let value =
        |id: &str| values.iter().find(|value| value.id.as_str() == id).map(|value| value.value.expose());
    wire::Login {
        login_id: value(USERNAME),
        password: value(PASSWORD),
        security_code: value(SECURITY_CODE),
        secondary_login_id: value(SECONDARY),
        user_token: value(TOKEN),
    }
}

/// Makes the connection of a place, and has the login tried. Not beside one that works by open banking: the two would be
/// in each other's way, and what Basiq would do then nobody says (basiq.md 11.13).
pub(super) async fn create(
    client: &Client,
    place: &mut Place,
    values: &[CredentialValue],
) -> Result<(), UpstreamError> {
    let others = api::connections(client, &place.user, &place.institution).await;
    let others = others.map_err(|error| match error {
        // Whatever became of the look, the login was not sent.
        UpstreamError::Unclear | UpstreamError::Broken => UpstreamError::NotSent,
        other => other,
    })?;
    if others.iter().any(works_by_open_banking) {
        return Err(UpstreamError::Rejected { status: 409 });
    }
    let job = api::create(client, place, login(values)).await?;
    place.connection = None;
    place.good = false;
    place.begin(job);
    Ok(())
}

/// Whether another login changes the one that is there, all but its name.
pub(super) fn keeps_name(place: &Place) -> bool {
    place.good && place.connection_path().is_some()
}

/// Tries another login at the connection that is there.
pub(super) async fn submit(
    client: &Client,
    place: &mut Place,
    values: &[CredentialValue],
) -> Result<(), UpstreamError> {
    let Some(path) = place.connection_path() else { return create(client, place, values).await };
    let job = api::update(client, &path, wire::Login { login_id: None, ..login(values) }).await?;
    place.begin(job);
    place.persists = true;
    Ok(())
}

fn works_by_open_banking(connection: &wire::Connection) -> bool {
    let method = connection.method.as_deref().and_then(Method::read);
    method == Some(Method::OpenBanking) && matches!(connection.status.as_deref(), Some("active" | "init"))
}

/// A connection that an earlier try made, and whose job never reached us: one that is being made or works, and that is
/// none of those in use. Only our own user has connections there, so it is the person's.
pub(super) async fn adopt(
    client: &Client,
    place: &mut Place,
    in_use: &[Reference],
) -> Result<bool, UpstreamError> {
    let in_use: Vec<Place> = in_use.iter().filter_map(|used| Place::read(used).ok()).collect();
    let is_used = |id: &str| in_use.iter().any(|used| used.connection.as_deref() == Some(id));
    let begun = |id: &str| in_use.iter().any(|used| used.job.as_deref() == Some(id));
    let running = api::jobs(client, &place.user, None).await?.into_iter().filter(|job| {
        let here = job.institution.as_ref().is_some_and(|there| there.id() == place.institution);
        here && !jobs::is_over(job)
            && !begun(&job.id)
            && jobs::connection(job, &place.user).is_none_or(|id| !is_used(&id))
    });
    if let Some(job) = api::latest(running.collect()) {
        place.connection = jobs::connection(&job, &place.user);
        place.begin(job.id);
        return Ok(true);
    }
    let connections = api::connections(client, &place.user, &place.institution).await?;
    let works = |connection: &wire::Connection| {
        matches!(connection.status.as_deref(), Some("active" | "pending"))
            && connection.method.as_deref().is_none_or(|method| method == "web")
            && !is_used(&connection.id)
    };
    place.connection = connections.into_iter().find(works).map(|connection| connection.id);
    Ok(place.connection.is_some())
}

/// The one connection of the user at an institution, besides one. Of two it cannot be told which has a login.
pub(super) async fn only_other(
    client: &Client,
    mut place: Place,
    besides: Option<&Reference>,
) -> Result<Option<Place>, UpstreamError> {
    let besides = besides.map(Place::read).transpose()?.and_then(|besides| besides.connection);
    let others = api::connections(client, &place.user, &place.institution).await?;
    let mut others = others.into_iter().filter(|other| Some(&other.id) != besides.as_ref());
    let (Some(only), None) = (others.next(), others.next()) else { return Ok(None) };
    place.way = Way::Login;
    place.good = only.status.as_deref() == Some("active");
    place.connection = Some(only.id);
    Ok(Some(place))
}

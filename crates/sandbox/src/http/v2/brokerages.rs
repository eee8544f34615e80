//! `/v2/brokerages`: the directory.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::super::error::ApiError;
use super::super::extract::{Id, Params};
use crate::catalogue::SignIn;
use crate::directory::Institution;
use crate::id::InstitutionId;
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    query: String,
    can_auth: Option<bool>,
}

/// An institution in v2's fields. `username` and `password` are labels for the login's fields.
#[derive(Serialize)]
struct View<'a> {
    can_auth: bool,
    country_code: &'static str,
    id: InstitutionId,
    is_test: bool,
    name: &'a str,
    notes: Option<&'static str>,
    password: Option<&'static str>,
    popularity_score: u8,
    status: &'static str,
    username: Option<&'static str>,
    website: Option<&'a str>,
}

/// Where people sign in on the bank's own page only, nothing can be done in v2: it has no words for that.
fn accepts_syncs(institution: &Institution) -> bool {
    institution.is_available && institution.sign_in != SignIn::OwnPage
}

impl<'a> From<&'a Institution> for View<'a> {
    fn from(institution: &'a Institution) -> Self {
        Self {
            can_auth: institution.is_instant(),
            country_code: institution.country_code,
            id: institution.id,
            is_test: institution.is_test,
            name: &institution.name,
            notes: institution.access_info.sync_notes,
            password: institution.access_info.passcode_description,
            popularity_score: institution.details.popularity_score,
            status: if accepts_syncs(institution) { "available" } else { "unavailable" },
            username: institution.access_info.username_description,
            website: institution.website.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Many<'a> {
    brokerages: Vec<View<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    brokerage: View<'a>,
}

/// `GET /v2/brokerages?can_auth=&query=` → `{"brokerages": […]}`, not paged.
pub(super) async fn list(
    State(sandbox): State<Sandbox>,
    Params(search): Params<Search>,
) -> Result<Response, ApiError> {
    // The directory never changes: the list is made outside the lock, so that nobody waits for it.
    let directory = sandbox.look(|world, _| world.directory.clone());
    let found = directory.search_v2(&search.query, search.can_auth);
    Ok(Json(Many { brokerages: found.into_iter().map(View::from).collect() }).into_response())
}

/// `GET /v2/brokerages/{id}` → `{"brokerage": {…}}`.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Id(id): Id<InstitutionId>,
) -> Result<Response, ApiError> {
    let directory = sandbox.look(|world, _| world.directory.clone());
    let institution = directory.get_any(id).ok_or(ApiError::NOT_FOUND)?;
    Ok(Json(One { brokerage: institution.into() }).into_response())
}

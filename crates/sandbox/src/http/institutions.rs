//! `/v3/institutions`: the directory.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::error::ApiError;
use super::extract::{Id, Params};
use crate::directory::{AuthType, Institution};
use crate::id::InstitutionId;
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    query: String,
    auth_type: Option<String>,
}

/// Written straight from the directory: the whole of it is some megabytes.
#[derive(Serialize)]
struct Many<'a> {
    institutions: Vec<&'a Institution>,
}

#[derive(Serialize)]
struct One<'a> {
    institution: &'a Institution,
}

/// `GET /v3/institutions?query=&auth_type=` → `{"institutions": […]}`, not paged.
pub(super) async fn list(
    State(sandbox): State<Sandbox>,
    Params(search): Params<Search>,
) -> Result<Response, ApiError> {
    let auth_type = match search.auth_type.as_deref() {
        None | Some("") => None,
        Some(word) => {
            Some(AuthType::parse(word).ok_or(ApiError::invalid("auth_type is neither instant nor avm"))?)
        }
    };
    // The directory never changes: the list is made outside the lock, so that nobody waits for it.
    let directory = sandbox.look(|world, _| world.directory.clone());
    let institutions = directory.search(&search.query, auth_type);
    Ok(Json(Many { institutions }).into_response())
}

/// `GET /v3/institutions/{id}` → `{"institution": {…}}`.
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Id(id): Id<InstitutionId>,
) -> Result<Response, ApiError> {
    let directory = sandbox.look(|world, _| world.directory.clone());
    let institution = directory.get(id).ok_or(ApiError::NOT_FOUND)?;
    Ok(Json(One { institution }).into_response())
}

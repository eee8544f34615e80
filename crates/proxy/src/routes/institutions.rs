//! Institutions: search and detail.

use super::sessions::viewer;
use crate::app::AppState;
use crate::directory::{Listings, offset};
use crate::extract::{Id, Parameters, Session};
use crate::problem::{ApiProblem, ApiResult};
use axum::Json;
use axum::extract::State;
use linchpin_protocol::{Code, FieldProblemKind, InstitutionDetail, InstitutionId, InstitutionPage, Mode};
use std::sync::Arc;

const LONGEST_QUERY: usize = 200;
const USUAL_PAGE: u32 = 20;
const LARGEST_PAGE: u32 = 50;

/// Finds institutions by name or website; without a query, the popular ones.
#[utoipa::path(
    get,
    path = "/v1/institutions",
    operation_id = "search_institutions",
    tag = "widget",
    security(("session" = [])),
    params(("query" = Option<String>, Query, max_length = 200, description = "What is looked for."), ("limit" = Option<u32>, Query, minimum = 1, maximum = 50, description = "The size of a page; 20 when absent."), ("cursor" = Option<String>, Query, description = "From the page before.")),
    responses((status = 200, description = "A page, best first.", body = InstitutionPage)),
)]
pub(super) async fn search(
    State(state): State<AppState>,
    Session(session): Session,
    parameters: Parameters,
) -> ApiResult<Json<InstitutionPage>> {
    let query = parameters.text("query").unwrap_or_default().trim();
    if query.chars().count() > LONGEST_QUERY {
        return Err(ApiProblem::field("query", FieldProblemKind::TooLong));
    }
    let limit = parameters.limit(USUAL_PAGE, LARGEST_PAGE)?;
    let offset = match parameters.text("cursor") {
        None => 0,
        Some(cursor) => {
            offset(cursor).ok_or_else(|| ApiProblem::field("cursor", FieldProblemKind::Malformed))?
        }
    };
    let listings = listings(&state)?;
    let viewer = viewer(&state, &session);
    Ok(Json(if query.is_empty() {
        listings.popular(&viewer)
    } else {
        listings.search(query, limit as usize, offset, &viewer)
    }))
}

/// Reads an institution with its login form.
#[utoipa::path(
    get,
    path = "/v1/institutions/{id}",
    operation_id = "read_institution",
    tag = "widget",
    security(("session" = [])),
    params(("id" = String, Path, description = "The id of the institution, `ins_…`.")),
    responses((status = 200, description = "The institution.", body = InstitutionDetail)),
)]
pub(super) async fn detail(
    State(state): State<AppState>,
    Session(session): Session,
    Id(id): Id,
) -> ApiResult<Json<InstitutionDetail>> {
    let listings = listings(&state)?;
    let listing = listings.get(&InstitutionId::new(id)).ok_or(Code::NotFound)?;
    let link = &session.link;
    let viewer = viewer(&state, &session);
    let mut detail = viewer.detail(listing, state.aggregator.login_form(listing));
    if link.mode == Mode::Link {
        let store = &state.store;
        detail.existing =
            store.linked_connection(&link.client, &link.user_id, &listing.id, link.purpose).await?;
    }
    Ok(Json(detail))
}

/// The list, or the reason to come back in a moment.
pub(super) fn listings(state: &AppState) -> ApiResult<Arc<Listings>> {
    let away = || ApiProblem::new(Code::ProviderUnavailable).retry_after(Some(2));
    state.directory.listings().ok_or_else(away)
}

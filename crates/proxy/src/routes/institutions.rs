//! Institutions: search and detail.

use super::sessions::viewer;
use crate::app::AppState;
use crate::directory::{Listings, offset};
use crate::extract::{Id, Parameters, Session};
use crate::problem::{ApiProblem, ApiResult};
use axum::Json;
use axum::extract::State;
use linchpin_protocol::{Code, FieldProblemKind, InstitutionDetail, InstitutionId, InstitutionPage};
use std::sync::Arc;

const LONGEST_QUERY: usize = 200;
const USUAL_PAGE: usize = 20;
const LARGEST_PAGE: usize = 50;

/// `GET /v1/institutions?query=&limit=&cursor=`
///
/// Without a query: the popular ones.
pub(super) async fn search(
    State(state): State<AppState>,
    Session(session): Session,
    parameters: Parameters,
) -> ApiResult<Json<InstitutionPage>> {
    let query = parameters.text("query").unwrap_or_default().trim();
    if query.chars().count() > LONGEST_QUERY {
        return Err(ApiProblem::field("query", FieldProblemKind::TooLong));
    }
    let limit = match parameters.number("limit")? {
        None => USUAL_PAGE,
        Some(limit) => usize::try_from(limit).unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE),
    };
    let offset = match parameters.text("cursor") {
        None => 0,
        Some(cursor) => {
            offset(cursor).ok_or_else(|| ApiProblem::field("cursor", FieldProblemKind::Malformed))?
        }
    };
    let listings = listings(&state)?;
    let viewer = viewer(&state, &session.link).await?;
    Ok(Json(if query.is_empty() {
        listings.popular(&viewer)
    } else {
        listings.search(query, limit, offset, &viewer)
    }))
}

/// `GET /v1/institutions/{id}`
pub(super) async fn detail(
    State(state): State<AppState>,
    Session(session): Session,
    Id(id): Id,
) -> ApiResult<Json<InstitutionDetail>> {
    let listings = listings(&state)?;
    let listing = listings.get(&InstitutionId::new(id)).ok_or(Code::NotFound)?;
    let viewer = viewer(&state, &session.link).await?;
    Ok(Json(viewer.detail(listing, state.aggregator.login_form(listing))))
}

/// The list, or the reason to come back in a moment.
pub(super) fn listings(state: &AppState) -> ApiResult<Arc<Listings>> {
    let away = || ApiProblem::new(Code::ProviderUnavailable).retry_after(Some(2));
    state.directory.listings().ok_or_else(away)
}

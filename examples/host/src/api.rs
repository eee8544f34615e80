//! What the page may ask of this server.

use crate::{ReceivedView, Site, linchpin::LinchpinError, problem::HostProblem};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use jiff::Timestamp;
use linchpin_protocol::{Code, LinkId, Secret};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// For the page: what it hands to the loader, and nothing else of what the proxy answered.
#[derive(Serialize)]
pub(crate) struct MintedToken {
    link_token: Secret,
}

/// From the page: what the loader handed to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Linked {
    public_token: Secret,
}

/// `POST /api/link-token`: one opening of the widget, for the customer who is logged in.
pub(crate) async fn link_token(State(site): State<Arc<Site>>) -> Result<Json<MintedToken>, HostProblem> {
    let minted = site.linchpin.mint(&site.config).await.map_err(|error| tell("minting", error))?;
    site.openings.keep(&minted);
    Ok(Json(MintedToken { link_token: minted.link_token }))
}

/// From the page: which opening a bank has led back to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Back {
    link_id: LinkId,
}

/// `POST /api/resume`: the token that an opening was begun with, for the customer who began it. An id that somebody
/// passed on is none of theirs, so it finds nothing.
pub(crate) async fn resume(
    State(site): State<Arc<Site>>,
    body: Result<Json<Back>, JsonRejection>,
) -> Result<Json<MintedToken>, HostProblem> {
    let Json(back) = body.map_err(|_| HostProblem::BadRequest)?;
    let link_token = site.openings.token(&back.link_id).ok_or(HostProblem::TokenOver)?;
    Ok(Json(MintedToken { link_token }))
}

/// `POST /api/exchange`: takes the result over, and gives back what the page may see of it.
pub(crate) async fn exchange(
    State(site): State<Arc<Site>>,
    body: Result<Json<Linked>, JsonRejection>,
) -> Result<Json<ReceivedView>, HostProblem> {
    // The rejection's text may repeat what was sent.
    let Json(linked) = body.map_err(|_| HostProblem::BadRequest)?;
    let verification =
        site.linchpin.exchange(linked.public_token).await.map_err(|error| tell("exchanging", error))?;
    // A token that was minted for another customer is not this one's, whoever brings it.
    if verification.user_id != site.config.user {
        return Err(tell("exchanging", LinchpinError::Refused(Code::TokenInvalid)));
    }
    Ok(Json(site.received.take(verification, Timestamp::now())))
}

/// `GET /api/received`: everything that was taken over, masked.
pub(crate) async fn received(State(site): State<Arc<Site>>) -> Json<Vec<ReceivedView>> {
    Json(site.received.verifications())
}

/// The operator reads the cause, the page gets the kind.
fn tell(act: &'static str, error: LinchpinError) -> HostProblem {
    tracing::warn!(%error, "{act} a token failed");
    error.into()
}

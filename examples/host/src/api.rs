//! What the page may ask of this server.

use crate::{ReceivedView, Site, Told, linchpin::LinchpinError, problem::HostProblem};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use jiff::Timestamp;
use linchpin_protocol::{Code, LinkId, Secret, VerificationState, VerifiedDeposit};
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
    let minted = site.linchpin.mint(&site.config).await.map_err(|error| tell("minting a token", error))?;
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
    let verification = site
        .linchpin
        .exchange(linked.public_token)
        .await
        .map_err(|error| tell("exchanging a token", error))?;
    // A token that was minted for another customer is not this one's, whoever brings it.
    if verification.user_id != site.config.user {
        return Err(tell("exchanging a token", LinchpinError::Refused(Code::TokenInvalid)));
    }
    Ok(Json(site.received.take(verification, Timestamp::now())))
}

/// `GET /api/received`: everything that was taken over, masked.
pub(crate) async fn received(State(site): State<Arc<Site>>) -> Json<Vec<ReceivedView>> {
    Json(site.received.verifications())
}

/// For the page: what waits for a customer who comes back.
#[derive(Serialize)]
pub(crate) struct Greeting {
    /// What they began and did not finish, newest first.
    unfinished: Vec<Begun>,
    /// Their deposits that prove nothing yet.
    deposits: Vec<Waiting>,
    /// What Linchpin told this server by itself, the last first.
    told: Vec<Told>,
}

#[derive(Serialize)]
struct Waiting {
    /// The account's number with all but its end hidden.
    number: String,
    /// What happens now, as `next.step` of the deposit says.
    step: serde_json::Value,
}

#[derive(Serialize)]
struct Begun {
    institution: String,
    begun_at: linchpin_protocol::Timestamp,
}

/// `GET /api/greeting`: what has become of what the customer began. A webhook says that something has changed; what there
/// is now is asked for here, when somebody wants to know.
pub(crate) async fn greeting(State(site): State<Arc<Site>>) -> Json<Greeting> {
    let told = site.news.told();
    let begun =
        if told.is_empty() { Ok(Vec::new()) } else { site.linchpin.connections(&site.config.user).await };
    // The page is as good without a greeting.
    let begun = begun.inspect_err(|error| tracing::warn!(%error, "asking what was begun failed"));
    let begun = begun.unwrap_or_default();
    // A form that nobody has sent is nothing to come back to: of that nothing was told.
    let unfinished =
        begun.into_iter().filter(|one| one.account_ids.is_empty() && !one.ended && site.news.knows(&one.id));
    let unfinished =
        unfinished.map(|one| Begun { institution: one.institution.name, begun_at: one.created_at }).collect();
    Json(Greeting { unfinished, deposits: waiting(&site).await, told })
}

/// What is still on its way. What has been proved meanwhile is taken over: nobody was there when it was.
async fn waiting(site: &Site) -> Vec<Waiting> {
    let mut waiting = Vec::new();
    for id in site.news.deposits() {
        let verification = match site.linchpin.deposit(&id).await {
            Ok(verification) if verification.user_id == site.config.user => verification,
            Ok(_) => continue,
            Err(error) => {
                tracing::warn!(%error, "asking how deposits stand failed");
                continue;
            }
        };
        match verification.verification {
            VerificationState::Verified => drop(site.received.take(verification, Timestamp::now())),
            VerificationState::Pending => {
                let Some(VerifiedDeposit { deposit, .. }) = verification.deposit else { continue };
                let end = deposit.last_digits.unwrap_or_default();
                let step = serde_json::to_value(&deposit.next).unwrap_or_default();
                waiting.push(Waiting { number: format!("•••• {end}"), step: step["step"].clone() });
            }
            VerificationState::Failed | VerificationState::None | VerificationState::Unknown => {}
        }
    }
    waiting
}

/// The operator reads the cause, the page gets the kind.
fn tell(act: &'static str, error: LinchpinError) -> HostProblem {
    tracing::warn!(%error, "{act} failed");
    error.into()
}

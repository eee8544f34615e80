//! `/users/{user}/consents` (basiq.md 2.10).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::error::BasiqError;
use super::extract::{Here, Id, Ids};
use crate::aggregator::basiq::{Caller, UserConsent};
use crate::clock::zoned;
use crate::id::{BasiqConsentId, BasiqUserId};
use crate::sandbox::Sandbox;

/// `GET …/consents` → `{type, size, data, links}`.
pub(super) async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Id(user): Id<BasiqUserId>,
) -> Result<Json<Value>, BasiqError> {
    caller.server()?;
    sandbox.look(|world, _| {
        let consents = world.basiq.consents_of(user)?;
        let data: Vec<Value> = consents.into_iter().map(|consent| shown(consent, &here)).collect();
        let links = json!({"self": format!("{here}/users/{user}/consents")});
        Ok(Json(json!({"type": "list", "size": data.len(), "data": data, "links": links})))
    })
}

/// `DELETE …/consents/{id}` → 204; the user's connections and data are gone.
pub(super) async fn revoke(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    Ids(user, id): Ids<BasiqConsentId>,
) -> Result<StatusCode, BasiqError> {
    caller.server()?;
    sandbox.look(|world, _| world.basiq.revoke_consent(user, id))?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(consent: &UserConsent, here: &str) -> Value {
    json!({
        "type": "consent",
        "id": consent.id,
        "status": consent.status(),
        "created": zoned(consent.created),
        "expiryDate": zoned(consent.expires),
        "purpose": {"primary": {"title": "Practice", "description": "To try a linking widget."}},
        "data": {"permissions": [
            {"scope": "ACCOUNTS", "required": true, "consented": true},
            {"scope": "TRANSACTIONS", "required": true, "consented": true},
        ]},
        "links": {"self": format!("{here}/users/{}/consents/{}", consent.user, consent.id)},
    })
}

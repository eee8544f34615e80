//! `/connectors`, and `/institutions` as 2.1 has them (basiq.md 2.3).

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::error::BasiqError;
use super::extract::{Filtered, Here};
use super::filter::Filter;
use crate::aggregator::basiq::{Caller, Version};
use crate::catalogue::basiq::{BasiqConnector, Method, basiq_connectors};
use crate::sandbox::Sandbox;

const FIELDS: &[&str] = &[
    "id",
    "method",
    "status",
    "stage",
    "scopes",
    "institution.country",
    "institution.tier",
    "institution.type",
    "authorization.type",
];
const SCOPES: [&str; 3] = ["accounts", "transactions", "profile"];
const COUNTRY: &str = "Australia";
const KIND: &str = "Test Bank";

/// `GET /connectors?filter=` → `{type, totalCount, data, links}`.
pub(super) async fn list(
    State(_): State<Sandbox>,
    _: Caller,
    here: Here,
    filtered: Filtered,
) -> Result<Json<Value>, BasiqError> {
    listed(&here, &filtered)
}

/// `GET /public/connectors`: the same without a token.
pub(super) async fn list_publicly(
    State(_): State<Sandbox>,
    here: Here,
    filtered: Filtered,
) -> Result<Json<Value>, BasiqError> {
    listed(&here, &filtered)
}

/// `GET /connectors/{id}/{method}`.
pub(super) async fn show(
    State(_): State<Sandbox>,
    _: Caller,
    here: Here,
    Path(way): Path<(String, String)>,
) -> Result<Json<Value>, BasiqError> {
    one(&here, &way)
}

/// `GET /public/connectors/{id}/{method}`: the same without a token.
pub(super) async fn show_publicly(
    State(_): State<Sandbox>,
    here: Here,
    Path(way): Path<(String, String)>,
) -> Result<Json<Value>, BasiqError> {
    one(&here, &way)
}

/// `GET /institutions` of 2.1: those with a login.
pub(super) async fn institutions(
    State(_): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
) -> Result<Json<Value>, BasiqError> {
    caller_of_2_1(caller)?;
    let by_login = basiq_connectors().iter().filter(|connector| connector.method == Method::Web);
    let data: Vec<Value> = by_login.map(|connector| institution_of_2_1(connector, &here)).collect();
    Ok(Json(json!({
        "type": "list",
        "size": data.len(),
        "data": data,
        "links": {"self": format!("{here}/institutions")},
    })))
}

/// `GET /institutions/{id}` of 2.1.
pub(super) async fn institution(
    State(_): State<Sandbox>,
    caller: Caller,
    Here(here): Here,
    Path(id): Path<String>,
) -> Result<Json<Value>, BasiqError> {
    caller_of_2_1(caller)?;
    let found = basiq_connectors().iter().find(|one| one.id == id && one.method == Method::Web);
    found.map(|connector| Json(institution_of_2_1(connector, &here))).ok_or(BasiqError::NOT_FOUND)
}

fn caller_of_2_1(caller: Caller) -> Result<(), BasiqError> {
    if caller.version == Version::V2_1 { Ok(()) } else { Err(BasiqError::NOT_FOUND) }
}

fn listed(Here(here): &Here, Filtered(filter): &Filtered) -> Result<Json<Value>, BasiqError> {
    let filter = Filter::read(filter.as_deref(), "connector", FIELDS)?;
    let wanted = basiq_connectors().iter().filter(|one| filter.takes(|field| values(one, field)));
    let data: Vec<Value> = wanted.map(|connector| shown(connector, here)).collect();
    Ok(Json(json!({
        "type": "list",
        "totalCount": data.len(),
        "data": data,
        "links": {"self": format!("{here}/connectors")},
    })))
}

fn one(Here(here): &Here, (id, method): &(String, String)) -> Result<Json<Value>, BasiqError> {
    let method = Method::read(method).ok_or(BasiqError::NOT_FOUND)?;
    let found = basiq_connectors().iter().find(|one| one.id == id && one.method == method);
    found.map(|connector| Json(shown(connector, here))).ok_or(BasiqError::NOT_FOUND)
}

fn values(connector: &BasiqConnector, field: &str) -> Vec<String> {
    let value = match field {
        "id" => connector.id,
        // In filters it is spelled as in connections.
        "method" => return vec![connector.method.word().to_owned(), connector.method_word().to_owned()],
        "status" => connector.status,
        "stage" => connector.stage,
        "scopes" => return SCOPES.map(str::to_owned).to_vec(),
        "institution.country" => COUNTRY,
        "institution.tier" => connector.tier,
        "institution.type" => KIND,
        _ => connector.authorization.word(),
    };
    vec![value.to_owned()]
}

fn shown(connector: &BasiqConnector, here: &str) -> Value {
    let mut meta = json!({});
    let captions = connector.captions;
    for (name, caption) in [
        ("login_id_caption", captions.login_id),
        ("password_caption", captions.password),
        ("secondary_login_id_caption", captions.secondary_login_id),
        ("security_code_caption", captions.security_code),
    ] {
        if let Some(caption) = caption {
            meta[name] = json!(caption);
        }
    }
    json!({
        "type": "connector",
        "id": connector.id,
        "method": connector.method_word(),
        "stage": connector.stage,
        "status": connector.status,
        "institution": {
            "type": KIND,
            "name": connector.name,
            "shortName": connector.name,
            "country": COUNTRY,
            "tier": connector.tier,
            "logo": {"colors": {"primary": "#0e5c4a"}, "links": {"square": logo(here), "full": logo(here)}},
        },
        "authorization": {"type": connector.authorization.word(), "meta": meta},
        "scopes": SCOPES,
        "stats": {"averageDurationMs": {
            "verifyCredentials": 2_000,
            "retrieveAccounts": 2_000,
            "retrieveTransactions": 3_000,
            "retrieveMeta": null,
            "total": 7_000,
        }},
        "links": {"self": format!("{here}/connectors/{}/{}", connector.id, connector.method_word())},
    })
}

fn institution_of_2_1(connector: &BasiqConnector, here: &str) -> Value {
    let captions = connector.captions;
    json!({
        "type": "institution",
        "id": connector.id,
        "name": connector.name,
        "shortName": connector.name,
        "institutionType": KIND,
        "country": COUNTRY,
        "tier": connector.tier,
        "stage": connector.stage,
        "status": connector.status,
        "authorization": connector.authorization.word(),
        "loginIdCaption": captions.login_id,
        "passwordCaption": captions.password,
        "secondaryLoginIdCaption": captions.secondary_login_id,
        "securityCodeCaption": captions.security_code,
        "forgottenPasswordUrl": null,
        "logo": {"type": "image", "links": {"square": logo(here), "full": logo(here)}},
        "links": {"self": format!("{here}/institutions/{}", connector.id)},
    })
}

/// A picture of this service's own, in place of banks' logos.
fn logo(here: &str) -> String {
    let origin = here.strip_suffix(super::BASE).unwrap_or(here);
    format!("{origin}/console/icon.svg")
}

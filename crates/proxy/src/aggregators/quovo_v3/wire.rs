//! Quovo's JSON, version 3 (quovo.md 2). Tolerant on input: what we do not need is not read, and what may be missing
//! may be missing. Accounts and their numbers are in `wire_accounts`.

use crate::aggregators::quovo::wire::{AnswerValue, Connection};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
pub(super) struct InstitutionsAnswer {
    pub(super) institutions: Vec<Institution>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Institution {
    pub(super) id: u64,
    pub(super) name: String,
    #[serde(default)]
    pub(super) website: Option<String>,
    #[serde(default)]
    pub(super) is_test: Option<bool>,
    #[serde(default)]
    pub(super) is_available: Option<bool>,
    #[serde(default)]
    pub(super) is_oauth: Option<bool>,
    #[serde(default)]
    pub(super) access_info: Option<AccessInfo>,
    #[serde(default)]
    pub(super) details: Option<InstitutionDetails>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct AccessInfo {
    #[serde(default)]
    pub(super) username_description: Option<String>,
    #[serde(default)]
    pub(super) passcode_description: Option<String>,
    #[serde(default)]
    pub(super) sync_notes: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct InstitutionDetails {
    #[serde(default)]
    pub(super) auth_type: Option<String>,
    #[serde(default)]
    pub(super) popularity_score: Option<f64>,
}

#[derive(Debug, Serialize)]
pub(super) struct NewConnection {
    pub(super) institution_id: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct ConnectionAnswer {
    pub(super) connection: Connection,
}

#[derive(Debug, Deserialize)]
pub(super) struct ConnectionsAnswer {
    pub(super) connections: Vec<Connection>,
}

/// The body of `POST …/sync`. Absent fields are not sent.
#[derive(Serialize)]
pub(super) struct StartSync<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) passcode: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) answers: Vec<SyncAnswer<'a>>,
}

#[derive(Serialize)]
pub(super) struct SyncAnswer<'a> {
    pub(super) challenge_id: u64,
    pub(super) answer: AnswerValue<'a>,
}

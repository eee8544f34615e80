//! Quovo's JSON, version 3 (quovo.md 2). Tolerant on input: what we do not need is not read, and what may be missing
//! may be missing. Accounts and their numbers are in `wire_accounts`.

use crate::aggregators::quovo::wire::ErrorBody;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize)]
pub(super) struct NewUser<'a> {
    pub(super) username: &'a str,
}

#[derive(Debug, Deserialize)]
pub(super) struct UserAnswer {
    pub(super) user: User,
}

#[derive(Debug, Deserialize)]
pub(super) struct UsersAnswer {
    pub(super) users: Vec<User>,
}

#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) username: Option<String>,
}

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

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Connection {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) institution_id: Option<u64>,
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) is_oauth: Option<bool>,
    #[serde(default)]
    pub(super) config_instructions: Option<String>,
    #[serde(default)]
    pub(super) auto_updates: Option<bool>,
    #[serde(default)]
    pub(super) last_sync: Option<String>,
    #[serde(default)]
    pub(super) last_good_sync: Option<String>,
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

/// Typed text, or the number of an option.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum AnswerValue<'a> {
    Text(&'a str),
    Number(u64),
}

#[derive(Debug, Deserialize)]
pub(super) struct SyncReply {
    pub(super) sync: Sync,
    #[serde(default)]
    pub(super) challenges: Option<Vec<Challenge>>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Sync {
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) config_instructions: Option<String>,
    #[serde(default)]
    pub(super) progress: Option<Progress>,
    #[serde(default)]
    pub(super) error: Option<ErrorBody>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Progress {
    #[serde(default)]
    pub(super) percent: Option<f64>,
    #[serde(default)]
    pub(super) state: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ChallengesAnswer {
    pub(super) challenges: Vec<Challenge>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Challenge {
    pub(super) id: u64,
    #[serde(default, rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) question: Option<String>,
    #[serde(default)]
    pub(super) should_answer: Option<bool>,
    #[serde(default)]
    pub(super) is_answered: Option<bool>,
    #[serde(default)]
    pub(super) last_asked: Option<bool>,
    /// Text or a number, of a form that no source shows (quovo.md 9.7).
    #[serde(default)]
    pub(super) expires: Option<serde_json::Value>,
    // What one kind of challenge brings along may be of any form: one that cannot be read must not hide the others.
    #[serde(default)]
    pub(super) choices: Option<serde_json::Value>,
    #[serde(default)]
    pub(super) image: Option<serde_json::Value>,
    #[serde(default)]
    pub(super) image_choices: Option<serde_json::Value>,
}

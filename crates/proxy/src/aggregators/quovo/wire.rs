//! What both versions write alike: errors, access tokens, users, progress and challenges (quovo.md 2.1, 2.4, 2.5, 6).

use linchpin_protocol::Secret;
use serde::{Deserialize, Serialize};

/// The flat error envelope. Its message is never read: it is not ours to repeat.
#[derive(Debug, Deserialize)]
pub(in crate::aggregators) struct ErrorBody {
    pub(in crate::aggregators) id: Option<String>,
}

#[derive(Serialize)]
pub(in crate::aggregators) struct NewToken<'a> {
    pub(in crate::aggregators) name: &'a str,
}

#[derive(Deserialize)]
pub(in crate::aggregators) struct TokenAnswer {
    pub(in crate::aggregators) access_token: AccessToken,
}

#[derive(Deserialize)]
pub(in crate::aggregators) struct AccessToken {
    pub(in crate::aggregators) token: Secret,
    #[serde(default)]
    pub(in crate::aggregators) expires: Option<String>,
}

#[derive(Debug, Serialize)]
pub(in crate::aggregators) struct NewUser<'a> {
    pub(in crate::aggregators) username: &'a str,
}

#[derive(Debug, Deserialize)]
pub(in crate::aggregators) struct UserAnswer {
    pub(in crate::aggregators) user: User,
}

#[derive(Debug, Deserialize)]
pub(in crate::aggregators) struct UsersAnswer {
    pub(in crate::aggregators) users: Vec<User>,
}

#[derive(Debug, Deserialize)]
pub(in crate::aggregators) struct User {
    pub(in crate::aggregators) id: u64,
    #[serde(default)]
    pub(in crate::aggregators) username: Option<String>,
}

/// Typed text, or the number of an option.
#[derive(Serialize)]
#[serde(untagged)]
pub(in crate::aggregators) enum AnswerValue<'a> {
    Text(&'a str),
    Number(u64),
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::aggregators) struct Progress {
    #[serde(default)]
    pub(in crate::aggregators) percent: Option<f64>,
    #[serde(default)]
    pub(in crate::aggregators) state: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(in crate::aggregators) struct ChallengesAnswer {
    pub(in crate::aggregators) challenges: Vec<Challenge>,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::aggregators) struct Challenge {
    pub(in crate::aggregators) id: u64,
    #[serde(default, rename = "type")]
    pub(in crate::aggregators) kind: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) question: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) should_answer: Option<bool>,
    #[serde(default)]
    pub(in crate::aggregators) is_answered: Option<bool>,
    #[serde(default)]
    pub(in crate::aggregators) last_asked: Option<bool>,
    /// Text or a number, of a form that no source shows (quovo.md 9.7).
    #[serde(default)]
    pub(in crate::aggregators) expires: Option<serde_json::Value>,
    // What one kind of challenge brings along may be of any form: one that cannot be read must not hide the others.
    #[serde(default)]
    pub(in crate::aggregators) choices: Option<serde_json::Value>,
    #[serde(default)]
    pub(in crate::aggregators) image: Option<serde_json::Value>,
    #[serde(default)]
    pub(in crate::aggregators) image_choices: Option<serde_json::Value>,
}

/// A connection in the words of version 3.
#[derive(Debug, Clone, Default, Deserialize)]
pub(in crate::aggregators) struct Connection {
    pub(in crate::aggregators) id: u64,
    #[serde(default)]
    pub(in crate::aggregators) institution_id: Option<u64>,
    #[serde(default)]
    pub(in crate::aggregators) status: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) is_oauth: Option<bool>,
    #[serde(default)]
    pub(in crate::aggregators) config_instructions: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) auto_updates: Option<bool>,
    #[serde(default)]
    pub(in crate::aggregators) last_sync: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) last_good_sync: Option<String>,
}

/// What a sync answers, in the words of version 3.
#[derive(Debug, Deserialize)]
pub(in crate::aggregators) struct SyncReply {
    pub(in crate::aggregators) sync: Sync,
    #[serde(default)]
    pub(in crate::aggregators) challenges: Option<Vec<Challenge>>,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::aggregators) struct Sync {
    #[serde(default)]
    pub(in crate::aggregators) status: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) config_instructions: Option<String>,
    #[serde(default)]
    pub(in crate::aggregators) progress: Option<Progress>,
    #[serde(default)]
    pub(in crate::aggregators) error: Option<ErrorBody>,
}

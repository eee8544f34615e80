//! Quovo's JSON, version 2 (quovo.md 2). A login is called an account there, and an account a portfolio; what is read
//! becomes the words of version 3 here and nowhere else. Tolerant on input, like version 3's.

use crate::aggregators::quovo::wire::{
    AnswerValue, Challenge, Connection, ErrorBody, Progress, Sync as Synced,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
pub(super) struct BrokeragesAnswer {
    pub(super) brokerages: Vec<Brokerage>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Brokerage {
    pub(super) id: u64,
    pub(super) name: String,
    #[serde(default)]
    pub(super) website: Option<String>,
    #[serde(default)]
    pub(super) can_auth: Option<bool>,
    #[serde(default)]
    pub(super) is_test: Option<bool>,
    #[serde(default)]
    pub(super) popularity_score: Option<f64>,
    /// `available` or `unavailable`.
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) notes: Option<String>,
    /// What it calls the name of a login.
    #[serde(default)]
    pub(super) username: Option<String>,
    /// What it calls the secret of a login.
    #[serde(default)]
    pub(super) password: Option<String>,
}

/// The body of `POST /users/{id}/accounts`.
#[derive(Serialize)]
pub(super) struct NewAccount<'a> {
    pub(super) brokerage: u64,
    pub(super) username: &'a str,
    pub(super) password: &'a str,
    /// Sent only when it holds: for numbers alone, and no nightly updates.
    #[serde(skip_serializing_if = "is_not")]
    pub(super) is_auth: bool,
}

/// The body of `PUT /accounts/{id}`.
#[derive(Serialize)]
pub(super) struct ChangedLogin<'a> {
    pub(super) username: &'a str,
    pub(super) password: &'a str,
}

#[derive(Debug, Deserialize)]
pub(super) struct AccountAnswer {
    pub(super) account: Account,
}

#[derive(Debug, Deserialize)]
pub(super) struct AccountsAnswer {
    pub(super) accounts: Vec<Account>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Account {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) brokerage: Option<u64>,
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) config_instructions: Option<String>,
    #[serde(default)]
    pub(super) updated: Option<String>,
    #[serde(default)]
    pub(super) last_good_sync: Option<String>,
}

impl Account {
    pub(super) fn connection(self) -> Connection {
        Connection {
            id: self.id,
            institution_id: self.brokerage,
            status: self.status.map(|status| word(&status)),
            config_instructions: self.config_instructions,
            // It is moved by every attempt.
            last_sync: self.updated,
            last_good_sync: self.last_good_sync,
            ..Connection::default()
        }
    }
}

/// The body of `POST /accounts/{id}/sync`. What does not hold is not sent.
#[derive(Serialize)]
pub(super) struct StartSync<'a> {
    #[serde(skip_serializing_if = "is_not")]
    pub(super) is_auth: bool,
    #[serde(skip_serializing_if = "is_not")]
    pub(super) is_both: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) questions: Vec<Question<'a>>,
}

#[derive(Serialize)]
pub(super) struct Question<'a> {
    pub(super) id: u64,
    pub(super) answer: AnswerValue<'a>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_not(value: &bool) -> bool {
    !*value
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
    /// What is asked has to be answered in time; nobody says by when.
    #[serde(default)]
    pub(super) has_realtime: Option<bool>,
    #[serde(default)]
    pub(super) progress: Option<Progress>,
    #[serde(default)]
    pub(super) config_instructions: Option<String>,
    #[serde(default)]
    pub(super) error: Option<ErrorBody>,
}

impl Sync {
    pub(super) fn synced(self) -> Synced {
        Synced {
            status: self.status.map(|status| word(&status)),
            config_instructions: self.config_instructions,
            progress: self.progress,
            error: self.error,
        }
    }
}

/// A status in version 3's word; one that has no name of its own in version 2 is taken as it is (quovo.md 1.3, 9.15).
pub(super) fn word(status: &str) -> String {
    match status {
        "login" => "incorrect_credentials",
        "questions" => "challenges",
        "config" => "user_config",
        other => other,
    }
    .to_owned()
}

//! Basiq's JSON (basiq.md 2, 3). Tolerant on input: what we do not need is not read, and what may be missing may be
//! missing. Accounts are in `wire_accounts`.

use linchpin_protocol::Secret;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

/// Every collection.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
}

/// An entry of a long list; `None`: it does not read. One that does not must not hide the others.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(super) struct Entry<T>(#[serde(deserialize_with = "if_it_fits")] pub(super) Option<T>);

/// The error envelope. Its texts are never repeated.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Errors {
    /// By which Basiq's support finds what happened.
    #[serde(default, deserialize_with = "if_it_fits")]
    pub(super) correlation_id: Option<String>,
    pub(super) data: Vec<Error>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Error {
    pub(super) code: Option<String>,
    pub(super) title: Option<String>,
    #[serde(alias = "details")]
    pub(super) detail: Option<String>,
}

/// What is of another type than is documented is as good as absent: what stands beside it still counts.
fn if_it_fits<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Told<T> {
        Fits(T),
        Other(IgnoredAny),
    }
    Ok(match Told::deserialize(deserializer)? {
        Told::Fits(value) => Some(value),
        Told::Other(_) => None,
    })
}

#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    pub(super) access_token: Secret,
    /// Seconds.
    #[serde(default, deserialize_with = "if_it_fits")]
    pub(super) expires_in: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct NewUser<'a> {
    pub(super) email: &'a str,
}

/// A user, a job that was begun: whatever is known by its name alone.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    pub(super) id: String,
}

/// The body of `POST /users/{u}/connections`. Absent fields are not sent. Holds a login, so it has no `Debug`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewConnection<'a> {
    #[serde(flatten)]
    pub(super) login: Login<'a>,
    pub(super) institution: InstitutionName<'a>,
}

#[derive(Serialize)]
pub(super) struct InstitutionName<'a> {
    pub(super) id: &'a str,
}

/// A login. An update takes no `loginId` (basiq.md 2.5).
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Login<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) login_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) password: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) security_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secondary_login_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_token: Option<&'a str>,
}

/// The body of `POST /jobs/{j}/mfa`: as many as were asked for, in that order.
#[derive(Serialize)]
pub(super) struct MfaResponse<'a> {
    #[serde(rename = "mfa-response")]
    pub(super) answers: Vec<&'a str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Connection {
    pub(super) id: String,
    pub(super) method: Option<String>,
    /// Told to a server's token only.
    pub(super) status: Option<String>,
    /// When it was made.
    pub(super) created_date: Option<String>,
    /// When it was last refreshed.
    pub(super) last_used: Option<String>,
    /// Empty for Web.
    pub(super) expiry_date: Option<String>,
    pub(super) mfa_enabled: Option<bool>,
    pub(super) institution: Option<Institution>,
}

/// A reference to an institution: an object, or its name alone.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Institution {
    Object { id: String },
    Name(String),
}

impl Institution {
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Object { id } | Self::Name(id) => id,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) created: Option<String>,
    pub(super) updated: Option<String>,
    pub(super) institution: Option<Institution>,
    #[serde(default)]
    pub(super) steps: Vec<Step>,
    pub(super) links: Option<JobLinks>,
}

#[derive(Debug, Deserialize)]
pub(super) struct JobLinks {
    /// The connection; may be missing while the login is being tried.
    pub(super) source: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Step {
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) status: String,
    pub(super) result: Option<Results>,
}

/// One result, or several, or something that nobody has told us of (basiq.md 11.10).
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Results {
    Many(Vec<StepResult>),
    One(Box<StepResult>),
    Other(IgnoredAny),
}

/// What became of a step, or what it asks.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StepResult {
    #[serde(default, rename = "type", deserialize_with = "if_it_fits")]
    pub(super) kind: Option<String>,
    #[serde(default, deserialize_with = "if_it_fits")]
    pub(super) url: Option<String>,
    #[serde(default, deserialize_with = "if_it_fits")]
    pub(super) code: Option<String>,
    #[serde(default, deserialize_with = "if_it_fits")]
    pub(super) title: Option<String>,
    #[serde(default, alias = "details", deserialize_with = "if_it_fits")]
    pub(super) detail: Option<String>,
    #[serde(default, deserialize_with = "if_it_fits")]
    pub(super) method: Option<String>,
    #[serde(default, deserialize_with = "if_it_fits")]
    pub(super) description: Option<String>,
    pub(super) input: Option<Input>,
    /// Milliseconds.
    #[serde(default, deserialize_with = "if_it_fits")]
    pub(super) expiry_ms: Option<f64>,
}

/// One label for each answer, or something that nobody has told us of.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Input {
    Labels(Vec<String>),
    Other(IgnoredAny),
}

impl Step {
    /// Its results, be it one or many.
    pub(super) fn results(&self) -> &[StepResult] {
        match &self.result {
            Some(Results::Many(results)) => results,
            Some(Results::One(result)) => std::slice::from_ref(result),
            Some(Results::Other(_)) | None => &[],
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Consent {
    pub(super) status: Option<String>,
}

/// An institution by one method.
#[derive(Debug, Deserialize)]
pub(super) struct Connector {
    pub(super) id: String,
    pub(super) method: Option<String>,
    pub(super) stage: Option<String>,
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) institution: ConnectorInstitution,
    pub(super) authorization: Option<Authorization>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ConnectorInstitution {
    #[serde(default, rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) name: Option<String>,
    /// `1` to `4`, as text.
    #[serde(default)]
    pub(super) tier: serde_json::Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct Authorization {
    #[serde(default, rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) meta: Option<Captions>,
}

/// A field of the login form is there if its caption is.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Captions {
    pub(super) login_id_caption: Option<String>,
    pub(super) password_caption: Option<String>,
    pub(super) secondary_login_id_caption: Option<String>,
    pub(super) security_code_caption: Option<String>,
}

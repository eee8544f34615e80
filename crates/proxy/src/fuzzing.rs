//! Doors to the parsers for the fuzzing program. They exist only in its build (`--cfg fuzzing`).

use crate::config::ConfigError;
use crate::extract::{self, Parameters};
use crate::{Config, directory, routes, tokens, widget};
use axum::http::Uri;
use figment::Figment;
use figment::providers::{Format, Toml};
use linchpin_protocol::{
    ChooseAccounts, CreateConnection, CreateLinkToken, CreateSession, GiveConsent, MoveConnection,
    PublicTokenExchange, RefreshConnection, Retry, Secret, SubmitAnswers, SubmitCredentials,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use crate::aggregators::basiq::fuzzing as basiq;
pub use crate::aggregators::quovo::fuzzing as quovo;
pub use crate::aggregators::quovo_v2::fuzzing as quovo_v2;
pub use crate::aggregators::quovo_v3::fuzzing as quovo_v3;

/// What became of a body: its own JSON, or the fields that the refusal names and everything that it says.
pub type Read = Result<String, (Vec<String>, String)>;

/// Every type of body that the routes take, with its name.
pub const BODIES: [(&str, fn(&[u8]) -> Read); 11] = [
    ("create_link_token", body::<CreateLinkToken>),
    ("public_token_exchange", body::<PublicTokenExchange>),
    ("create_session", body::<CreateSession>),
    ("give_consent", body::<GiveConsent>),
    ("create_connection", body::<CreateConnection>),
    ("submit_credentials", body::<SubmitCredentials>),
    ("submit_answers", body::<SubmitAnswers>),
    ("choose_accounts", body::<ChooseAccounts>),
    ("retry", body::<Retry>),
    ("refresh_connection", body::<RefreshConnection>),
    ("move_connection", body::<MoveConnection>),
];

fn body<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Read {
    match extract::parse::<T>(bytes) {
        Ok(body) => Ok(serde_json::to_string(&body).unwrap_or_default()),
        Err(problem) => Err((problem.field_names(), format!("{problem:?}"))),
    }
}

/// A link token's id and secret half.
pub fn link_token(text: &str) -> Option<(String, String)> {
    let token = Secret::new(text);
    let (id, secret) = tokens::link_parts(&token)?;
    Some((id.as_str().to_owned(), secret.to_owned()))
}

/// A query's text, number and cursor; or everything that the refusal says.
pub fn query(text: &str) -> Result<(Option<String>, Option<u64>, Option<usize>), String> {
    let uri: Uri = format!("/v1/institutions?{text}").parse().map_err(|_| String::new())?;
    let refused = |problem| format!("{problem:?}");
    let parameters = Parameters::of(&uri).map_err(refused)?;
    let limit = parameters.number("limit").map_err(refused)?;
    let cursor = parameters.text("cursor").and_then(directory::offset);
    Ok((parameters.text("query").map(str::to_owned), limit, cursor))
}

/// Whether a path may name a file of the widget.
pub fn is_file_name(text: &str) -> bool {
    widget::is_plain_name(text)
}

/// The directive that a report of a violated policy names.
pub fn policy_report(bytes: &[u8]) -> Option<String> {
    routes::directive(bytes)
}

/// A configuration from the text of a file and from variables.
///
/// # Errors
/// As [`Config::load`].
pub fn config(file: &str, variables: Vec<(String, String)>) -> Result<Config, ConfigError> {
    Config::read(Figment::new().merge(Toml::string(file)), variables)
}

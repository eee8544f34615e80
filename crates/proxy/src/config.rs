//! Configuration: defaults, then a TOML file, then the environment; errors say what to do.

mod aggregator;
mod environment;
mod files;
mod origin;
mod validate;

use crate::limits::Limits;
use crate::store::Place;
use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use ipnet::IpNet;
use linchpin_protocol::Secret;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

pub use origin::Origin;
pub(crate) use validate::is_safe_link;

/// Enough for a proxy on a few processors; more only wait for each other in the database.
const DATABASE_CONNECTIONS: u32 = 8;

/// Everything that an operator decides.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Whether real banks can be reached.
    pub environment: Environment,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The origin under which browsers reach the proxy, such as `https://link.example`.
    pub public_url: String,
    /// Where the database is: a SQLite file, or `postgres://…`.
    pub database: Place,
    /// How many operations go on in the database at once; 8 when absent.
    #[serde(default, deserialize_with = "count")]
    pub database_connections: Option<u32>,
    /// The widget as built: holds `index.html`, hashed assets and `sdk/`.
    pub widget_dir: PathBuf,
    /// The gallery as built: every screen in every state, to be looked at. In practice only; not served when absent.
    #[serde(default)]
    pub gallery_dir: Option<PathBuf>,
    /// What is known of institutions beyond the aggregator's list: a table of places, sizes and other names.
    #[serde(default)]
    pub supplement: Option<PathBuf>,
    /// What is known of routing numbers: a table of banks' names and of numbers that were replaced.
    #[serde(default)]
    pub routing_numbers: Option<PathBuf>,
    /// Keys every hash that is stored; at least 32 characters. Changing it ends all sessions and tokens.
    pub key: Secret,
    /// The aggregator behind the proxy.
    pub aggregator: AggregatorConfig,
    /// Where metrics and readiness are told to operators, apart from the public listener; nowhere when absent.
    #[serde(default)]
    pub metrics_listen: Option<SocketAddr>,
    /// How often anybody may call.
    #[serde(default)]
    pub limits: Limits,
    /// How many seconds pass between two readings of the aggregator's changed deposits; 60 when absent.
    #[serde(default, deserialize_with = "seconds")]
    pub deposits_every: Option<u32>,
    /// How many seconds after a connection was read it can be read again at a person's wish; 900 when absent.
    #[serde(default, deserialize_with = "seconds")]
    pub refresh_every: Option<u32>,
    /// Networks whose `X-Forwarded-For` is believed: `["10.0.0.0/8"]`. None by default, and then the peer counts.
    #[serde(default)]
    pub trusted_proxies: Vec<IpNet>,
    /// The companies that embed the widget, by a short name of the operator's choosing.
    pub clients: BTreeMap<String, ClientConfig>,
}

/// Whether real banks can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// A practice aggregator; only practice logins are accepted.
    Practice,
    /// Real people and real banks; weak set-ups are refused.
    Production,
}

/// How to reach the aggregator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AggregatorConfig {
    /// What it speaks.
    pub kind: AggregatorKind,
    /// Its base address, with the version where it has one: `https://api.quovo.com/v3`, `https://au-api.basiq.io`.
    pub url: String,
    /// The API user's name; none for Basiq.
    #[serde(default)]
    pub name: String,
    /// The API user's password; Basiq's API key, exactly as it was issued.
    pub password: Secret,
    /// How people sign in, where the aggregator leaves that to its customer; Basiq only.
    #[serde(default)]
    pub sign_in: Option<SignIn>,
    /// The aggregator's own page for consent, such as `https://consent.basiq.io/home`; Basiq only.
    #[serde(default)]
    pub consent_url: Option<String>,
    /// Whether the aggregator updates connections by itself (Smart Cache), if the operator knows; Basiq only.
    #[serde(default, deserialize_with = "perhaps")]
    pub smart_cache: Option<bool>,
    /// How long linking usually takes, if the operator wants that told.
    #[serde(default, deserialize_with = "seconds")]
    pub usual_seconds: Option<u32>,
}

/// How people sign in, where an aggregator leaves that to its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignIn {
    /// The login is typed into the widget and passed on.
    Credentials,
    /// On the aggregator's own page, whatever the institution.
    Consent,
    /// The login is typed into the widget where the institution takes one, else on the aggregator's own page.
    Both,
}

/// What an aggregator speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AggregatorKind {
    /// Quovo's API, version 3.
    QuovoV3,
    /// Quovo's API, version 2.
    QuovoV2,
    /// Basiq's API, version 3, and version 2.1 where logins are passed on.
    Basiq,
}

/// A company that embeds the widget.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientConfig {
    /// The name that its customers know.
    pub name: String,
    /// What its server sends as `Authorization: Bearer …`; at least 32 characters in production.
    pub secret: Secret,
    /// The next secret, accepted beside the present one while it is being rotated.
    #[serde(default)]
    pub secret_next: Option<Secret>,
    /// The exact origins of pages that may frame the widget.
    pub origins: Vec<Origin>,
    /// Its own pages that a bank may send people back to, exactly as `redirect_uri` names them. For pages in which no
    /// window can be opened.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Where customers find help, https only (http on this machine in practice).
    #[serde(default)]
    pub help_url: Option<String>,
    /// The client's privacy statement.
    #[serde(default)]
    pub privacy_url: Option<String>,
    /// Where its server is told when something changes; not told when absent.
    #[serde(default)]
    pub webhook: Option<WebhookConfig>,
    /// Which ways to a proof by deposits it allows.
    #[serde(default)]
    pub deposits: DepositPolicy,
    /// Whether logins and answers may be typed into the widget where it is an element of the client's own page, which can
    /// read them there. Elsewhere they always may.
    #[serde(default, deserialize_with = "yes_or_no")]
    pub in_page_credentials: bool,
    /// Its own words in the place of the widget's: by language, then by the name of the text.
    #[serde(default)]
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
}

/// How a client's server is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// The page that takes it: https, at a public address (http on this machine in practice).
    pub url: String,
    /// What each message is signed with: `whsec_` and 24 to 64 bytes in base64.
    pub secret: Secret,
    /// The next secret; messages are signed with both while it is being rotated.
    #[serde(default)]
    pub secret_next: Option<Secret>,
}

/// Which ways to a proof by deposits a client allows. All that the aggregator has, unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepositPolicy {
    /// Linked accounts, in which the provider finds the deposits itself.
    #[serde(default = "yes", deserialize_with = "yes_or_no")]
    pub automatic: bool,
    /// Typed numbers, and amounts that the person confirms.
    #[serde(default = "yes", deserialize_with = "yes_or_no")]
    pub manual: bool,
    /// Whether the person has to confirm the amounts in a linked account, too.
    #[serde(default, deserialize_with = "yes_or_no")]
    pub confirm_automatic: bool,
}

fn yes() -> bool {
    true
}

impl Default for DepositPolicy {
    fn default() -> Self {
        Self { automatic: true, manual: true, confirm_automatic: false }
    }
}

/// Why the configuration cannot be used. The text says what to change.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value is missing or does not parse.
    #[error("{0}. Settings come from LINCHPIN_* variables or the file named by LINCHPIN_CONFIG")]
    Unreadable(String),
    /// Values that parse and must not be used.
    #[error("{}", .0.join("\n"))]
    Refused(Vec<String>),
}

impl Config {
    /// Reads the configuration from the file that `LINCHPIN_CONFIG` names, if any, and the given environment.
    ///
    /// # Errors
    /// When a value is missing, does not parse, or is too weak for the environment.
    pub fn load(environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let environment: Vec<(String, String)> = environment.into_iter().collect();
        let open = files::open_to_all(&environment);
        let mut wrong = Vec::new();
        let environment = files::read(environment, &mut wrong);
        if !wrong.is_empty() {
            return Err(ConfigError::Refused(wrong));
        }
        let mut figment = Figment::new()
            .merge(Serialized::default("listen", "127.0.0.1:4200"))
            .merge(Serialized::default("environment", "production"));
        if let Some((_, file)) = environment.iter().find(|(name, _)| name == "LINCHPIN_CONFIG") {
            if !std::path::Path::new(file).is_file() {
                return Err(ConfigError::Refused(vec![format!(
                    "LINCHPIN_CONFIG names {file}, which is not a file: correct the path or unset it"
                )]));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        let config = Self::read(figment, environment)?;
        if config.environment == Environment::Production && !open.is_empty() {
            return Err(ConfigError::Refused(open));
        }
        Ok(config)
    }

    /// Reads the configuration from a file's settings and the given environment, which wins.
    pub(crate) fn read(settings: Figment, environment: Vec<(String, String)>) -> Result<Self, ConfigError> {
        let config: Config = settings
            .merge(environment::Variables::new(environment))
            .extract()
            .map_err(|error| ConfigError::Unreadable(environment::explain(error)))?;
        config.validate()?;
        Ok(config)
    }

    /// Which aggregator it is: another address's is another one.
    pub(crate) fn source(&self) -> String {
        format!("{:?} {}", self.aggregator.kind, self.aggregator.url)
    }

    /// How many operations may go on in the database at once.
    pub fn database_connections(&self) -> u32 {
        self.database_connections.unwrap_or(DATABASE_CONNECTIONS)
    }

    /// Whether this is practice: no real bank is reached.
    pub fn is_practice(&self) -> bool {
        self.environment == Environment::Practice
    }
}

/// Seconds as a number, or as text, since variables are text.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    number(deserializer, "must be whole seconds")
}

/// How many as a number, or as text; at least one.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    const WRONG: &str = "must be a whole number from 1 on";
    let count = number(deserializer, WRONG)?;
    if count == Some(0) { Err(serde::de::Error::custom(WRONG)) } else { Ok(count) }
}

fn number<'de, D: Deserializer<'de>>(deserializer: D, wrong: &str) -> Result<Option<u32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u32),
        Text(String),
    }
    match Option::<Either>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Either::Number(number)) => Ok(Some(number)),
        Some(Either::Text(text)) => {
            text.trim().parse().map(Some).map_err(|_| serde::de::Error::custom(wrong))
        }
    }
}

/// `true` or `false`, or the same as text, since variables are text.
fn yes_or_no<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Truth(bool),
        Text(String),
    }
    match Either::deserialize(deserializer)? {
        Either::Truth(truth) => Ok(truth),
        Either::Text(text) => {
            text.trim().parse().map_err(|_| serde::de::Error::custom("must be true or false"))
        }
    }
}

/// The same, or nothing.
fn perhaps<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    yes_or_no(deserializer).map(Some)
}

#[cfg(test)]
pub(crate) mod tests;

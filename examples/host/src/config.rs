//! What the operator of the site states.

use crate::webhook::Verifier;
use linchpin_protocol::{Purpose, Secret, UserId};
use reqwest::Url;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What the site needs to know. The secret redacts itself when printed.
#[derive(Clone, Debug)]
pub struct HostConfig {
    /// The page's own origin as the browser sees it, such as `http://localhost:4100`. Linchpin knows it too.
    pub(crate) origin: String,
    /// Where Linchpin's proxy is, for this server and for the page: an origin such as `http://127.0.0.1:4200`.
    pub(crate) linchpin: String,
    /// Speaks for this site towards the proxy. Never reaches the page.
    pub(crate) secret: Secret,
    /// Knows Linchpin's own messages; without it none are taken.
    pub(crate) webhook: Option<Verifier>,
    /// The customer. A real site takes it from its own log-in.
    pub(crate) user: UserId,
    /// What accounts are linked for.
    pub(crate) purpose: Purpose,
    /// The widget's built page, whose every change loads this site's page again. For those who work on the widget.
    pub(crate) reload: Option<PathBuf>,
}

/// What is wrong with the configuration, and what to state instead.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A variable is not there.
    #[error("{0} is missing: {1}")]
    Missing(&'static str, &'static str),
    /// An address is not an origin.
    #[error("{0} must be an origin such as {1}: scheme, host and port, nothing behind")]
    NotAnOrigin(&'static str, &'static str),
    /// The secret of webhooks cannot be one.
    #[error("LINCHPIN_WEBHOOK_SECRET must be whsec_ and at least 24 bytes in base64, as the proxy has it")]
    WebhookSecret,
    /// The address to listen on cannot be read.
    #[error("HOST_LISTEN must be an address and a port, such as 127.0.0.1:4100")]
    Listen,
}

impl HostConfig {
    /// Checks and takes over: the page's origin, the proxy's origin, and the client secret.
    ///
    /// # Errors
    /// [`ConfigError::NotAnOrigin`] when either address is more or less than an origin.
    pub fn new(origin: &str, linchpin: &str, secret: Secret) -> Result<Self, ConfigError> {
        Ok(Self {
            origin: parse_origin(origin)
                .ok_or(ConfigError::NotAnOrigin("HOST_ORIGIN", "http://localhost:4100"))?,
            linchpin: parse_origin(linchpin)
                .ok_or(ConfigError::NotAnOrigin("LINCHPIN_URL", "http://127.0.0.1:4200"))?,
            secret,
            webhook: None,
            user: UserId::new("demo-user"),
            purpose: Purpose::Both,
            reload: None,
        })
    }

    /// The page's own origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The page that a bank may lead back to. Linchpin knows it too.
    pub(crate) fn return_page(&self) -> String {
        format!("{}/return", self.origin)
    }

    /// The same for another customer.
    pub fn with_user(mut self, user: UserId) -> Self {
        self.user = user;
        self
    }

    /// The same for a site that needs its customers' accounts for this: both to read and to prove them unless it says so.
    pub fn with_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// The same with webhooks that are signed with this secret: `whsec_` and at least 24 bytes in base64.
    ///
    /// # Errors
    /// [`ConfigError::WebhookSecret`] when it is of another form.
    pub fn with_webhook(mut self, secret: &Secret) -> Result<Self, ConfigError> {
        self.webhook = Some(Verifier::new(secret).ok_or(ConfigError::WebhookSecret)?);
        Ok(self)
    }

    /// The same with a page that loads again whenever `page`, the widget's built page, changes.
    pub fn with_reload(mut self, page: PathBuf) -> Self {
        self.reload = Some(page);
        self
    }

    /// Reads the configuration and the address to listen on through `variable`, which looks up the environment.
    ///
    /// # Errors
    /// A [`ConfigError`] that names the variable and says what to state.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<(Self, SocketAddr), ConfigError> {
        let listen = variable("HOST_LISTEN").unwrap_or_else(|| "127.0.0.1:4100".to_owned());
        let listen: SocketAddr = listen.parse().map_err(|_| ConfigError::Listen)?;
        let origin = variable("HOST_ORIGIN").unwrap_or_else(|| format!("http://localhost:{}", listen.port()));
        let linchpin = variable("LINCHPIN_URL")
            .ok_or(ConfigError::Missing("LINCHPIN_URL", "the origin of Linchpin's proxy"))?;
        let secret = variable("LINCHPIN_CLIENT_SECRET").ok_or(ConfigError::Missing(
            "LINCHPIN_CLIENT_SECRET",
            "the secret that the proxy knows this site by",
        ))?;
        let mut config = Self::new(&origin, &linchpin, Secret::new(secret))?;
        if let Some(secret) = variable("LINCHPIN_WEBHOOK_SECRET") {
            config = config.with_webhook(&Secret::new(secret))?;
        }
        Ok((Self { reload: variable("HOST_RELOAD").map(PathBuf::from), ..config }, listen))
    }
}

/// An http(s) origin in the browser's own spelling. It goes into a policy header, so nothing else may pass.
fn parse_origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    let web = matches!(url.scheme(), "http" | "https");
    (bare && anonymous && web).then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<(HostConfig, SocketAddr), ConfigError> {
        HostConfig::read(|name| {
            variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn only_the_proxy_and_the_secret_have_to_be_stated() {
        let stated = [("LINCHPIN_URL", "http://127.0.0.1:4200/"), ("LINCHPIN_CLIENT_SECRET", "s3cret")];
        let (config, listen) = read(&stated).unwrap();
        assert_eq!(config.origin, "http://localhost:4100");
        assert_eq!(config.linchpin, "http://127.0.0.1:4200", "without the slash");
        assert_eq!(listen.to_string(), "127.0.0.1:4100");
        assert!(!format!("{config:?}").contains("s3cret"), "the secret does not print");
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = read(&[("LINCHPIN_URL", "http://127.0.0.1:4200")]).unwrap_err().to_string();
        assert!(error.starts_with("LINCHPIN_CLIENT_SECRET is missing"), "{error}");
    }

    #[test]
    fn a_secret_of_webhooks_is_one_or_is_refused_without_being_repeated() {
        let base = [("LINCHPIN_URL", "http://127.0.0.1:4200"), ("LINCHPIN_CLIENT_SECRET", "s3cret")];
        let with = |secret| read(&[base[0], base[1], ("LINCHPIN_WEBHOOK_SECRET", secret)]);
        let (config, _) = with("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert!(config.webhook.is_some() && !format!("{config:?}").contains("MfKQ9r8G"));
        let error = with("whsec_short").unwrap_err().to_string();
        assert!(error.starts_with("LINCHPIN_WEBHOOK_SECRET") && !error.contains("short"), "{error}");
    }

    #[test]
    fn only_a_bare_origin_gets_into_the_policy() {
        for wrong in
            ["", "localhost", "ftp://a", "http://a/b", "http://a?b", "http://u@a", "http://a; script-src *"]
        {
            assert!(parse_origin(wrong).is_none(), "{wrong}");
        }
        assert_eq!(parse_origin("HTTPS://App.Example:443").as_deref(), Some("https://app.example"));
    }
}

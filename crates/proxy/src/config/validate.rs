//! What parses and still must not be used.

use super::{ClientConfig, Config, ConfigError, Environment, WebhookConfig};
use crate::webhooks::{Reach, Signer};
use linchpin_protocol::Secret;
use linchpin_words::{Language, Unfit};
use reqwest::Url;

/// Words that stand in examples and in this repository's tests.
const KNOWN: [&str; 6] = ["changeme", "example", "password", "secret", "linchpin", "practice"];
/// Different characters of a secret below which it is monotonous; 32 random hexadecimal digits have 13 on average.
const FEWEST_CHARACTERS: usize = 6;
/// Characters of a key or secret below which guessing becomes thinkable.
const SHORTEST_SECRET: usize = 32;

impl Config {
    /// Checks everything that a type cannot say.
    ///
    /// # Errors
    /// All that is wrong, at once, each with what to do.
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let mut wrong = Vec::new();
        if self.key.expose().chars().count() < SHORTEST_SECRET {
            wrong.push(format!(
                "LINCHPIN_KEY is shorter than {SHORTEST_SECRET} characters: generate one, for instance with \
                 `openssl rand -hex 32`"
            ));
        }
        if self.environment == Environment::Production {
            self.check_secrets(&mut wrong);
            if self.gallery_dir.is_some() {
                wrong.push(
                    "LINCHPIN_GALLERY_DIR is set: the gallery shows made-up screens under this very origin, so it is \
                     for practice only; unset it"
                        .to_owned(),
                );
            }
        }
        if let Some(fault) = self.database.fault(self.environment == Environment::Production) {
            wrong.push(format!("LINCHPIN_DATABASE {fault}"));
        }
        self.check_public_url(&mut wrong);
        self.check_aggregator(&mut wrong);
        self.check_clients(&mut wrong);
        if wrong.is_empty() { Ok(()) } else { Err(ConfigError::Refused(wrong)) }
    }

    fn check_public_url(&self, wrong: &mut Vec<String>) {
        match super::Origin::parse(&self.public_url) {
            None => wrong.push(
                "LINCHPIN_PUBLIC_URL must be an origin such as https://link.example, without path or slash at the \
                 end"
                .to_owned(),
            ),
            Some(origin) if origin.is_plain_http() && self.environment == Environment::Production => wrong
                .push("LINCHPIN_PUBLIC_URL must be https in production: people type passwords there".to_owned()),
            Some(_) => {}
        }
    }

    /// Length alone makes no secret: what is monotonous or copied from an example is guessed first.
    fn check_secrets(&self, wrong: &mut Vec<String>) {
        let mut secrets = vec![
            ("LINCHPIN_KEY".to_owned(), &self.key),
            ("LINCHPIN_AGGREGATOR__PASSWORD".to_owned(), &self.aggregator.password),
        ];
        for (id, client) in &self.clients {
            let variable = format!("LINCHPIN_CLIENTS__{}__SECRET", id.to_uppercase());
            secrets.extend(client.secret_next.as_ref().map(|next| (format!("{variable}_NEXT"), next)));
            secrets.push((variable, &client.secret));
            for (name, secret) in client.webhook.iter().flat_map(webhook_secrets) {
                secrets.push((format!("LINCHPIN_CLIENTS__{}__WEBHOOK__{name}", id.to_uppercase()), secret));
            }
        }
        for (position, (variable, secret)) in secrets.iter().enumerate() {
            let text = secret.expose().to_lowercase();
            // What all of a sort begin with tells nothing of this one.
            let text = text.strip_prefix("whsec_").unwrap_or(&text);
            if KNOWN.iter().any(|word| text.contains(word)) || distinct(text) < FEWEST_CHARACTERS {
                wrong.push(format!(
                    "{variable} can be guessed: generate it, for instance with `openssl rand -hex 32`"
                ));
            }
            if secrets.iter().take(position).any(|(_, other)| other.expose() == secret.expose()) {
                wrong.push(format!("{variable} is the same as another secret: each has to be its own"));
            }
        }
    }

    fn check_clients(&self, wrong: &mut Vec<String>) {
        if self.clients.is_empty() {
            wrong.push(
                "no client is configured: set LINCHPIN_CLIENTS__<NAME>__NAME, …__SECRET and …__ORIGINS"
                    .to_owned(),
            );
        }
        let production = self.environment == Environment::Production;
        for (id, client) in &self.clients {
            let variable = format!("LINCHPIN_CLIENTS__{}", id.to_uppercase());
            if client.origins.is_empty() {
                wrong.push(format!("{variable}__ORIGINS is empty: name the pages that may frame the widget"));
            }
            if client.name.trim().is_empty() {
                wrong.push(format!("{variable}__NAME is empty: people are told by this name who asks"));
            }
            if client.origins.iter().any(|origin| origin.as_str() == self.public_url) {
                wrong.push(format!(
                    "{variable}__ORIGINS holds LINCHPIN_PUBLIC_URL itself: the widget needs an origin of its own, or \
                     the page could read what is typed into it"
                ));
            }
            if production && client.origins.iter().any(super::Origin::is_plain_http) {
                wrong.push(format!("{variable}__ORIGINS must be https in production"));
            }
            for (name, secret) in
                [("SECRET", Some(&client.secret)), ("SECRET_NEXT", client.secret_next.as_ref())]
            {
                let shortest = if production { SHORTEST_SECRET } else { 1 };
                if secret.is_some_and(|secret| secret.expose().chars().count() < shortest) {
                    wrong.push(format!(
                        "{variable}__{name} is shorter than {shortest} characters: generate one"
                    ));
                }
            }
            if client.redirect_uris.iter().any(|uri| !is_way_back(uri, &client.origins, production)) {
                wrong.push(format!(
                    "{variable}__REDIRECT_URIS must be addresses of pages below its ORIGINS, without a fragment"
                ));
            }
            for (name, link) in [("HELP_URL", &client.help_url), ("PRIVACY_URL", &client.privacy_url)] {
                if link.as_deref().is_some_and(|link| !is_safe_link(link, production)) {
                    wrong.push(format!("{variable}__{name} must be an https address"));
                }
            }
            self.check_webhook(&variable, client, wrong);
            check_texts(&variable, client, wrong);
        }
    }

    fn check_webhook(&self, variable: &str, client: &ClientConfig, wrong: &mut Vec<String>) {
        let Some(webhook) = &client.webhook else { return };
        let (production, reach) = (self.environment == Environment::Production, Reach::of(self.environment));
        let fits = |url: Url| {
            url.username().is_empty()
                && url.password().is_none()
                && url.fragment().is_none()
                && reach.allows_host(&url)
        };
        if !(is_safe_link(&webhook.url, production) && Url::parse(&webhook.url).is_ok_and(fits)) {
            wrong.push(format!(
                "{variable}__WEBHOOK__URL must be an https address on a public network, without a user or a fragment"
            ));
        }
        for (name, secret) in webhook_secrets(webhook) {
            if Signer::new(secret).is_none() {
                wrong.push(format!(
                    "{variable}__WEBHOOK__{name} must be whsec_ and 24 to 64 bytes in base64: generate it, for \
                     instance with `echo whsec_$(openssl rand -base64 32)`"
                ));
            }
        }
    }
}

/// The secrets of a webhook, by the last part of their variables.
fn webhook_secrets(webhook: &WebhookConfig) -> impl Iterator<Item = (&'static str, &Secret)> {
    let next = webhook.secret_next.as_ref().map(|next| ("SECRET_NEXT", next));
    std::iter::once(("SECRET", &webhook.secret)).chain(next)
}

fn distinct(text: &str) -> usize {
    text.chars().collect::<std::collections::HashSet<_>>().len()
}

pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

/// A page of the client's own, as its `redirect_uri`s name it: the widget opens there again, so it has to be one of the
/// origins that may frame it.
fn is_way_back(uri: &str, origins: &[super::Origin], production: bool) -> bool {
    is_safe_link(uri, production)
        && !uri.contains(['#', '@'])
        && origins
            .iter()
            .any(|origin| uri.strip_prefix(origin.as_str()).is_some_and(|rest| rest.starts_with('/')))
}

/// A link that people are shown: https, or a page on this machine while practising.
pub(crate) fn is_safe_link(link: &str, production: bool) -> bool {
    Url::parse(link).is_ok_and(|url| {
        url.scheme() == "https" || (!production && url.scheme() == "http" && is_loopback(&url))
    })
}

/// A client's own words fit where they are to stand.
fn check_texts(variable: &str, client: &ClientConfig, wrong: &mut Vec<String>) {
    for (tag, own) in &client.texts {
        let Some(language) = Language::ALL.into_iter().find(|language| language.tag() == tag) else {
            let spoken = Language::ALL.map(Language::tag).join(", ");
            wrong.push(format!("{variable}__TEXTS names the language {tag}: there are {spoken}"));
            continue;
        };
        for (name, words) in own {
            let Err((_, why)) = language.widget_with([(name.as_str(), words.as_str())]) else { continue };
            let why = match why {
                Unfit::Unknown => "there is no text of this name".to_owned(),
                Unfit::Fixed => {
                    "it tells people a fact that they rely on, and is the same for every client".to_owned()
                }
                Unfit::Counted => "it has a form for each number, and stays as it is".to_owned(),
                Unfit::Gaps(gaps) if gaps.is_empty() => {
                    "nothing is filled into it, so it has no braces".to_owned()
                }
                Unfit::Gaps(gaps) => {
                    format!("it has to hold {{{}}}, and nothing else in braces", gaps.join("}, {"))
                }
                Unfit::Line => "it has to be one line, and not empty".to_owned(),
            };
            wrong.push(format!("{variable}__TEXTS, {tag}, {name}: {why}"));
        }
    }
}

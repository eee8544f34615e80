//! What of the aggregator's settings parses and still must not be used.

use super::validate::{is_loopback, is_safe_link};
use super::{AggregatorKind, Config, Environment, SignIn};
use reqwest::Url;

impl Config {
    pub(super) fn check_aggregator(&self, wrong: &mut Vec<String>) {
        match self.aggregator.kind {
            AggregatorKind::QuovoV2 | AggregatorKind::QuovoV3 => self.check_quovo(wrong),
            AggregatorKind::Basiq => self.check_basiq(wrong),
        }
        let Ok(url) = Url::parse(&self.aggregator.url) else {
            wrong.push(format!("LINCHPIN_AGGREGATOR__URL must be a URL such as {}", self.example()));
            return;
        };
        if url.cannot_be_a_base() || !matches!(url.scheme(), "http" | "https") {
            wrong.push("LINCHPIN_AGGREGATOR__URL must begin with https://".to_owned());
        }
        if url.path() == "/" && self.aggregator.kind != AggregatorKind::Basiq {
            wrong.push(format!("LINCHPIN_AGGREGATOR__URL lacks the version: {}", self.example()));
        }
        if self.environment == Environment::Production {
            if url.scheme() != "https" {
                wrong.push(
                    "LINCHPIN_AGGREGATOR__URL must be https in production: logins travel there".to_owned(),
                );
            }
            if is_loopback(&url) {
                wrong.push(
                    "LINCHPIN_AGGREGATOR__URL names this machine: production needs the real aggregator; for \
                     practice set LINCHPIN_ENVIRONMENT=practice"
                        .to_owned(),
                );
            }
        }
    }

    fn example(&self) -> &'static str {
        match self.aggregator.kind {
            AggregatorKind::QuovoV2 | AggregatorKind::QuovoV3 => "https://api.quovo.com/v3",
            AggregatorKind::Basiq => "https://au-api.basiq.io",
        }
    }

    fn check_quovo(&self, wrong: &mut Vec<String>) {
        let settings = &self.aggregator;
        if settings.name.is_empty() {
            wrong.push("LINCHPIN_AGGREGATOR__NAME is missing: set it to the API user's name".to_owned());
        }
        let for_basiq = [
            ("SIGN_IN", settings.sign_in.is_some()),
            ("CONSENT_URL", settings.consent_url.is_some()),
            ("SMART_CACHE", settings.smart_cache.is_some()),
        ];
        for (name, _) in for_basiq.into_iter().filter(|(_, set)| *set) {
            wrong.push(format!("LINCHPIN_AGGREGATOR__{name} is set: only Basiq knows it; unset it"));
        }
    }

    fn check_basiq(&self, wrong: &mut Vec<String>) {
        let settings = &self.aggregator;
        let production = self.environment == Environment::Production;
        let page = settings.consent_url.as_deref();
        match settings.sign_in {
            None => wrong.push(
                "LINCHPIN_AGGREGATOR__SIGN_IN is missing: set it to credentials, consent or both".to_owned(),
            ),
            Some(SignIn::Credentials) => {}
            Some(SignIn::Consent | SignIn::Both) if page.is_none() => wrong.push(
                "LINCHPIN_AGGREGATOR__CONSENT_URL is missing: people sign in there; set it, for instance to \
                 https://consent.basiq.io/home"
                    .to_owned(),
            ),
            Some(SignIn::Consent | SignIn::Both) => {}
        }
        if page.is_some_and(|page| !is_safe_link(page, production) || page.contains(['?', '#', '@'])) {
            wrong.push(
                "LINCHPIN_AGGREGATOR__CONSENT_URL must be an https address without a query: people are sent there \
                 with a token"
                    .to_owned(),
            );
        }
    }
}

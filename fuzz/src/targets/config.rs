//! Configuration: the text of a file, then lines of `NAME=value` that stand for variables.
//!
//! Holds: it is refused with words that say what to do and hold no secret, or it is sound.

use crate::shapes::{parts, text};
use linchpin_proxy::Config;
use linchpin_proxy::config::{Environment, Origin};
use linchpin_proxy::fuzzing::config;

const SECRET: &str = "s3cret-of-the-operator-that-nobody-may-read";

pub(crate) fn run(data: &[u8]) {
    let [file, variables] = parts(data);
    let mut variables: Vec<(String, String)> = text(variables)
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    variables.push(("LINCHPIN_KEY".to_owned(), SECRET.to_owned()));
    variables.push(("LINCHPIN_AGGREGATOR__PASSWORD".to_owned(), SECRET.to_owned()));
    match config(&text(file), variables) {
        Ok(config) => sound(&config),
        Err(error) => {
            let said = error.to_string();
            assert!(!said.trim().is_empty(), "a refusal without words");
            assert!(!said.contains(SECRET), "a refusal repeats a secret: {said}");
        }
    }
}

fn sound(config: &Config) {
    assert!(config.key.expose().chars().count() >= 32, "a weak key was taken");
    assert!(!config.clients.is_empty(), "a proxy for nobody was taken");
    let origin = Origin::parse(&config.public_url).expect("the public address is an origin");
    for client in config.clients.values() {
        assert!(!client.origins.is_empty(), "a client without pages was taken");
        assert!(client.origins.iter().all(|origin| Origin::parse(origin.as_str()).is_some()));
    }
    if config.environment == Environment::Production {
        assert!(!origin.is_plain_http(), "production without TLS was taken");
        assert!(config.aggregator.url.trim().to_lowercase().starts_with("https:"), "logins without TLS");
        for client in config.clients.values() {
            assert!(client.secret.expose().chars().count() >= 32, "a weak secret was taken");
            assert!(!client.origins.iter().any(Origin::is_plain_http), "a page without TLS was taken");
            for link in [&client.help_url, &client.privacy_url].into_iter().flatten() {
                assert!(
                    link.trim().to_lowercase().starts_with("https:"),
                    "a link that is not https: {link:?}"
                );
            }
        }
    }
    assert!(!format!("{config:?}").contains(SECRET), "a secret shows when the configuration is printed");
}

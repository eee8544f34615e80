//! Sign-in on a bank's own page (quovo.md 2.11). Quovo is the bank's OAuth client, not we: what a client does against
//! stolen codes (PKCE) is between those two.

use crate::aggregators::quovo::client::{Client, ORDINARY, change};
use crate::aggregators::quovo::place::Place;
use crate::aggregators::quovo::wire as shared;
use crate::aggregators::{BankPage, Observation, Step, UpstreamError};
use crate::config::is_safe_link;
use linchpin_protocol::{CredentialProblem, Secret};
use reqwest::Url;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct NewConsent<'a> {
    redirect_uri: &'a str,
    state: &'a str,
}

#[derive(Deserialize)]
struct ConsentAnswer {
    oauth: Consent,
}

#[derive(Deserialize)]
struct Consent {
    url: Secret,
}

/// Asks for the page. No readable source names the endpoint: this one is made up (quovo.md 2.11).
pub(super) async fn ask(
    client: &Client,
    place: Place,
    back: &str,
    state: &Secret,
    production: bool,
) -> Result<BankPage, UpstreamError> {
    let path = format!("/connections/{}/oauth", place.connection);
    let body = NewConsent { redirect_uri: back, state: state.expose() };
    let answer: ConsentAnswer = client.send(change(&path, body, ORDINARY)).await?;
    page(answer.oauth.url, production).ok_or(UpstreamError::Broken)
}

/// `None`: nobody may be sent there.
fn page(url: Secret, production: bool) -> Option<BankPage> {
    let parsed = Url::parse(url.expose()).ok()?;
    let plain = parsed.username().is_empty() && parsed.password().is_none();
    let host = parsed.host_str()?;
    let host = parsed.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    // As parsed: what stands in a header holds no character that a URL does not.
    (plain && is_safe_link(url.expose(), production)).then(|| BankPage {
        url: Secret::new(String::from(parsed)),
        host,
        moved: None,
    })
}

/// What a connection wants that is made on the bank's own page: no login can be typed for it, and without the bank's
/// leave a new sync leads nowhere.
pub(super) fn instead_of_a_login(
    mut observation: Observation,
    connection: &shared::Connection,
) -> Observation {
    if connection.is_oauth == Some(true) {
        observation.step = match observation.step {
            Step::Credentials { problem } => {
                Step::Authorize { untried: problem == CredentialProblem::None, left: false }
            }
            Step::StartAgain => Step::SIGN_IN_AGAIN,
            step => step,
        };
    }
    observation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_a_page_that_is_not_a_banks() {
        let seen = |url: &str, production| {
            page(Secret::new(url), production).map(|page| (page.url.expose().to_owned(), page.host))
        };
        let bank = "https://signin.harbour.example/oauth?x=1";
        assert_eq!(seen(bank, true), Some((bank.to_owned(), "signin.harbour.example".to_owned())));
        let practice = "http://127.0.0.2:4300/bank/1";
        assert_eq!(seen(practice, false).map(|(_, host)| host), Some("127.0.0.2:4300".to_owned()));
        assert_eq!(seen(practice, true), None, "no TLS");
        for bad in [
            "http://harbour.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://harbour.example@evil.example/",
            "/relative",
            "",
        ] {
            assert_eq!(seen(bad, false), None, "{bad}");
        }
        let split = "https://harbour.example/\r\nset-cookie: a=b";
        let kept = seen(split, true).map(|(url, _)| url).unwrap_or_default();
        assert!(!kept.contains(['\r', '\n']), "a header could be split: {kept:?}");
    }

    #[test]
    fn only_a_connection_that_is_made_there_is_sent_there() {
        let seen = |step: Step, is_oauth| {
            let connection = shared::Connection { is_oauth, ..Default::default() };
            instead_of_a_login(Observation::of(step, "other"), &connection).step
        };
        let fresh = || Step::Credentials { problem: CredentialProblem::None };
        let wrong = || Step::Credentials { problem: CredentialProblem::Incorrect };
        assert_eq!(seen(fresh(), Some(true)), Step::Authorize { untried: true, left: false });
        assert_eq!(seen(wrong(), Some(true)), Step::SIGN_IN_AGAIN);
        assert_eq!(seen(Step::StartAgain, Some(true)), Step::SIGN_IN_AGAIN);
        assert_eq!(seen(Step::NoAccounts, Some(true)), Step::NoAccounts, "that is not about a login");
        for is_oauth in [None, Some(false)] {
            assert_eq!(seen(wrong(), is_oauth), wrong());
        }
    }
}

//! What the words on the screens rest on. What is absent is not said.

use crate::host::Page;
use linchpin_protocol::{DataKind, DepositFacts, Mode, Purpose, Session};

/// Facts that the client, the proxy and the adapter state.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// Who asks.
    pub client: Option<String>,
    /// Where the person finds help.
    pub help_url: Option<String>,
    /// Who signs in at the bank.
    pub provider: Option<String>,
    /// Whether the provider keeps the login for later updates.
    pub keeps_login: Option<bool>,
    /// How long the provider waits before it tries a login that it has already, in seconds.
    pub same_login_pause_s: Option<u32>,
    /// How long linking usually takes, in seconds.
    pub usual_seconds: Option<u32>,
    /// The client's privacy statement.
    pub privacy_url: Option<String>,
    /// What the client gets to see; empty until the session is open.
    pub data: Vec<DataKind>,
    /// Whether there is a search to go back to.
    pub searches: bool,
    /// Whether there is a list of connections to go back to.
    pub manages: bool,
    /// What the client needs; absent until the session is open.
    pub purpose: Option<Purpose>,
    /// What is true of the provider's deposits.
    pub deposits: DepositFacts,
    /// Whether deposits can be asked for by their numbers alone.
    pub by_numbers: bool,
    /// A login that works in practice mode: user name and passcode.
    pub practice: Option<(String, String)>,
    /// Whether it stands in the client's own page, which could read what is typed.
    pub in_page: bool,
}

impl Facts {
    /// What is known from the page alone.
    pub fn of_page(page: &Page, in_page: bool) -> Self {
        Self { client: page.client.clone(), searches: true, in_page, ..Self::default() }
    }

    /// What is known once the session is open.
    pub fn of_session(session: &Session, in_page: bool) -> Self {
        let provider = &session.provider;
        Self {
            client: Some(session.client.name.clone()),
            help_url: session.client.help_url.clone(),
            privacy_url: session.client.privacy_url.clone(),
            data: session.data.clone(),
            searches: session.mode == Mode::Link,
            manages: session.mode == Mode::Manage,
            provider: provider.name.clone(),
            keeps_login: provider.keeps_login,
            same_login_pause_s: provider.same_login_pause_s,
            usual_seconds: provider.usual_seconds,
            purpose: Some(session.purpose),
            deposits: provider.deposits.clone().unwrap_or_default(),
            by_numbers: session.deposits.manual && session.mode == Mode::Link,
            practice: provider
                .practice
                .as_ref()
                .map(|login| (login.username.clone(), login.passcode.clone())),
            in_page,
        }
    }

    /// The client's name, or a word that stands for it.
    pub fn client(&self) -> String {
        self.client.clone().unwrap_or_else(|| crate::text::say(crate::text::Key::ThisCompany))
    }
}

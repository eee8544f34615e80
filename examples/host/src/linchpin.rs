//! The calls to Linchpin's proxy, from this server to that one.

use crate::HostConfig;
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::{
    AccountSelection, Code, ConsentTerms, CreateLinkToken, DepositId, LinkToken, Mode, Problem,
    PublicTokenExchange, Secret, Surface, UserConnection, UserConnections, UserId, Verification,
};
use reqwest::{Client, RequestBuilder, StatusCode, Url, redirect};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt::Write, time::Duration};

/// The proxy reads the result from the aggregator while we wait, so this is longer than its own limit.
const PATIENCE: Duration = Duration::from_secs(40);
/// How long we may use what we are given: a year.
const KEPT: SignedDuration = SignedDuration::from_hours(365 * 24);
/// The page waits for this before it is drawn.
const LOADER_PATIENCE: Duration = Duration::from_secs(1);

/// Why a call to Linchpin failed. Carries neither secrets nor what was sent.
#[derive(Debug, thiserror::Error)]
pub enum LinchpinError {
    /// The proxy cannot be reached, or broke off.
    #[error("Linchpin's proxy cannot be reached")]
    Unreachable,
    /// The proxy said no.
    #[error("Linchpin's proxy refused: {}", .0.as_str())]
    Refused(Code),
    /// The proxy answered something else than it should.
    #[error("Linchpin's proxy gave an answer that is not understood")]
    Garbled,
    /// The system gives no randomness, or no certificates.
    #[error("the system gives no randomness or no certificates")]
    System,
}

/// Where the page gets the loader, with the hash that the browser is to check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Loader {
    pub(crate) url: String,
    pub(crate) integrity: Option<String>,
}

/// What our customer is asked to agree to: the widget says it in these words before anything else.
///
/// A site that can take a consent back on a page of its own names that page as `revoke_url`; this one has none, and so
/// nothing is said of it.
fn consent() -> ConsentTerms {
    let until = Timestamp::now().checked_add(KEPT).unwrap_or(Timestamp::MAX);
    ConsentTerms {
        reason: Some("To show your money in one place, and to pay into the account you choose.".to_owned()),
        until: Some(linchpin_protocol::Timestamp::new(until.to_string())),
        ..ConsentTerms::default()
    }
}

/// The proxy, as seen from this server.
pub(crate) struct Linchpin {
    http: Client,
    base: String,
    secret: Secret,
}

impl Linchpin {
    pub(crate) fn new(config: &HostConfig) -> Result<Self, LinchpinError> {
        // Fails where the process has chosen one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(Duration::from_secs(3))
            // A redirect would carry the client secret to wherever it points.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|_| LinchpinError::System)?;
        Ok(Self { http, base: config.linchpin.clone(), secret: config.secret.clone() })
    }

    /// Mints a token for one opening of the widget on our own page.
    pub(crate) async fn mint(&self, config: &HostConfig) -> Result<LinkToken, LinchpinError> {
        let wanted = CreateLinkToken {
            // Where no window can be opened for a bank's own page, the whole page goes there and comes back here.
            redirect_uri: Some(config.return_page()),
            user_id: config.user.clone(),
            origin: Some(config.origin.clone()),
            surface: Surface::Frame,
            mode: Mode::Link,
            purpose: config.purpose,
            account_selection: AccountSelection::One,
            connection_id: None,
            deposit_id: None,
            institution_id: None,
            language: None,
            appearance: None,
            consent: Some(consent()),
        };
        self.post("/v1/link-tokens", &random_key()?, &wanted).await
    }

    /// Exchanges a public token for what it stands for.
    ///
    /// The token always travels under the same key. So whoever asks again after a broken connection gets the answer
    /// that was lost, though the token can be spent only once.
    pub(crate) async fn exchange(&self, public_token: Secret) -> Result<Verification, LinchpinError> {
        let key = hex(&Sha256::digest(public_token.expose()));
        self.post("/v1/public-tokens/exchange", &key, &PublicTokenExchange { public_token }).await
    }

    /// What a customer has begun and linked, newest first.
    pub(crate) async fn connections(&self, user: &UserId) -> Result<Vec<UserConnection>, LinchpinError> {
        let mut url = Url::parse(&self.base).map_err(|_| LinchpinError::System)?;
        // Our own name for them may hold anything.
        url.path_segments_mut().map_err(|()| LinchpinError::System)?.extend([
            "v1",
            "users",
            user.as_str(),
            "connections",
        ]);
        let list: UserConnections = answer(self.http.get(url).bearer_auth(self.secret.expose())).await?;
        Ok(list.connections)
    }

    /// How a customer's deposits stand, and with the proof the account.
    pub(crate) async fn deposit(&self, id: &DepositId) -> Result<Verification, LinchpinError> {
        let url = format!("{}/v1/deposits/{id}/verification", self.base);
        answer(self.http.get(url).bearer_auth(self.secret.expose())).await
    }

    /// The loader's address, with its hash where the proxy tells one. Asked for each time the page is drawn, so that
    /// it follows the proxy; a site that chooses its version itself writes both into its page.
    pub(crate) async fn loader(&self) -> Loader {
        self.pinned_loader()
            .await
            .unwrap_or_else(|_| Loader { url: format!("{}/sdk/linchpin.js", self.base), integrity: None })
    }

    async fn pinned_loader(&self) -> Result<Loader, LinchpinError> {
        let request = self.http.get(format!("{}/sdk/integrity.json", self.base)).timeout(LOADER_PATIENCE);
        let hashes: BTreeMap<String, String> = answer(request).await?;
        // The proxy has more scripts than this one.
        let is_loader = |name: &str| {
            name.strip_prefix("linchpin-")
                .is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
        };
        let loader = hashes.into_iter().rfind(|(name, _)| is_loader(name));
        let (name, integrity) = loader.ok_or(LinchpinError::Garbled)?;
        // Both go into the page: only what a file name and a hash are made of.
        let plain =
            |text: &str, also: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c));
        if !plain(&name, ".-_") || !plain(&integrity, "-+/=") {
            return Err(LinchpinError::Garbled);
        }
        Ok(Loader { url: format!("{}/sdk/{name}", self.base), integrity: Some(integrity) })
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        body: &impl Serialize,
    ) -> Result<T, LinchpinError> {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(self.secret.expose());
        answer(request.header("idempotency-key", key).json(body)).await
    }
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, LinchpinError> {
    let response = request.send().await.map_err(|_| LinchpinError::Unreachable)?;
    let status = response.status();
    let body = response.bytes().await.map_err(|_| LinchpinError::Unreachable)?;
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|_| LinchpinError::Garbled);
    }
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => Err(LinchpinError::Refused(problem.code)),
        // Something between us and the proxy answered in its place.
        Err(_) if status.is_server_error() => Err(LinchpinError::Unreachable),
        Err(_) if status == StatusCode::NOT_FOUND => Err(LinchpinError::Refused(Code::NotFound)),
        Err(_) => Err(LinchpinError::Garbled),
    }
}

/// One key for one act: 128 random bits.
fn random_key() -> Result<String, LinchpinError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| LinchpinError::System)?;
    Ok(hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

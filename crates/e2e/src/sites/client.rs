//! What the client's server asks of the proxy.

use anyhow::{Context as _, Result};
use linchpin_protocol::{
    Appearance, AskedBy, ConnectionId, ConsentTerms, CreateLinkToken, DepositId, InstitutionRequest,
    InstitutionRequests, LinkId, LinkToken, Mode, Purpose, Surface, UserId, Verification,
};
use serde::de::DeserializeOwned;
use std::sync::atomic::Ordering;

use super::{CLIENT_SECRET, ProxySite};

impl ProxySite {
    /// Mints a link token, as the client's server does, for the host page's origin. Every one is another opening, which
    /// begins with the search.
    ///
    /// # Errors
    /// The proxy does not give one.
    pub async fn mint(&self, user: &str) -> Result<LinkToken> {
        self.mint_to(user, Purpose::Both).await
    }

    /// As [`ProxySite::mint`], for one purpose.
    ///
    /// # Errors
    /// The proxy does not give one.
    pub async fn mint_to(&self, user: &str, purpose: Purpose) -> Result<LinkToken> {
        self.mint_as(&CreateLinkToken { purpose, ..self.opening(user) }).await
    }

    /// Mints a link token to repair a connection.
    ///
    /// # Errors
    /// The proxy does not give one.
    pub async fn mint_repair(&self, user: &str, connection: ConnectionId) -> Result<LinkToken> {
        let connection_id = Some(connection);
        self.mint_as(&CreateLinkToken { mode: Mode::Repair, connection_id, ..self.opening(user) }).await
    }

    /// Mints a link token for an opening in a language.
    ///
    /// # Errors
    /// The proxy does not give one.
    pub async fn mint_in(&self, user: &str, language: &str) -> Result<LinkToken> {
        let language = Some(language.to_owned());
        self.mint_as(&CreateLinkToken { language, ..self.opening(user) }).await
    }

    /// Mints a link token for an opening that is to look like this.
    ///
    /// # Errors
    /// The proxy does not give one.
    pub async fn mint_looking(&self, user: &str, appearance: Appearance) -> Result<LinkToken> {
        self.mint_as(&CreateLinkToken { appearance: Some(appearance), ..self.opening(user) }).await
    }

    /// Mints a link token to look after what a user has linked.
    ///
    /// # Errors
    /// The proxy does not give one.
    pub async fn mint_manage(&self, user: &str) -> Result<LinkToken> {
        self.mint_as(&CreateLinkToken { mode: Mode::Manage, ..self.opening(user) }).await
    }

    /// Mints a link token for deposits that are there.
    ///
    /// # Errors
    /// The proxy does not give one.
    pub async fn mint_deposit(&self, user: &str, deposit: &DepositId) -> Result<LinkToken> {
        let deposit_id = Some(deposit.clone());
        self.mint_as(&CreateLinkToken { mode: Mode::Deposit, deposit_id, ..self.opening(user) }).await
    }

    /// Mints a link token for an app's web view.
    ///
    /// # Errors
    /// The proxy does not give one.
    pub async fn mint_for_app(&self, user: &str) -> Result<LinkToken> {
        let (surface, origin) = (Surface::WebView, None);
        self.mint_as(&CreateLinkToken { surface, origin, ..self.opening(user) }).await
    }

    /// Mints a link token for an element of the host's page, perhaps for deposits that are there.
    ///
    /// # Errors
    /// The proxy does not give one.
    pub async fn mint_for_element(
        &self,
        user: &str,
        mode: Mode,
        deposit: Option<&DepositId>,
    ) -> Result<LinkToken> {
        let (surface, deposit_id) = (Surface::Element, deposit.cloned());
        self.mint_as(&CreateLinkToken { surface, mode, deposit_id, ..self.opening(user) }).await
    }

    /// What a connection proves, as the client's server reads it.
    ///
    /// # Errors
    /// The proxy does not tell.
    pub async fn verification(&self, connection: &ConnectionId) -> Result<Verification> {
        self.read(&format!("/v1/connections/{connection}/verification")).await
    }

    /// What deposits prove, as the client's server reads it.
    ///
    /// # Errors
    /// The proxy does not tell.
    pub async fn deposit_verification(&self, deposit: &DepositId) -> Result<Verification> {
        self.read(&format!("/v1/deposits/{deposit}/verification")).await
    }

    async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let request = self.http.get(format!("{}{path}", self.origin())).bearer_auth(CLIENT_SECRET);
        let answer = request.send().await.with_context(|| format!("reading {path}"))?;
        let answer = answer.error_for_status().with_context(|| format!("reading {path}"))?;
        answer.json().await.with_context(|| format!("reading {path}"))
    }

    fn opening(&self, user: &str) -> CreateLinkToken {
        CreateLinkToken {
            user_id: UserId::new(user),
            origin: Some(self.host_origin.clone()),
            surface: Default::default(),
            mode: Mode::Link,
            purpose: Purpose::Both,
            account_selection: Default::default(),
            connection_id: None,
            deposit_id: None,
            institution_id: None,
            language: None,
            appearance: None,
            redirect_uri: None,
            // Without the screen that asks for it.
            consent: Some(ConsentTerms { asked_by: AskedBy::Client, ..ConsentTerms::default() }),
        }
    }

    async fn mint_as(&self, wanted: &CreateLinkToken) -> Result<LinkToken> {
        let key = format!("e2e-mint-{}", self.minted.fetch_add(1, Ordering::Relaxed));
        let request = self.http.post(format!("{}/v1/link-tokens", self.origin()));
        let request = request.bearer_auth(CLIENT_SECRET).header("idempotency-key", key);
        let answer = request.json(wanted).send().await.context("minting a link token")?;
        let answer = answer.error_for_status().context("minting a link token")?;
        answer.json().await.context("reading a link token")
    }

    /// What people did not find, as the client's server reads it.
    ///
    /// # Errors
    /// The proxy does not tell.
    pub async fn institution_requests(&self) -> Result<Vec<InstitutionRequest>> {
        let page: InstitutionRequests = self.read("/v1/institution-requests").await?;
        Ok(page.requests)
    }

    /// Ends an opening, as the client's server does when its customer logs out.
    ///
    /// # Errors
    /// The proxy does not do it.
    pub async fn revoke(&self, link: &LinkId) -> Result<()> {
        let request = self.http.delete(format!("{}/v1/link-tokens/{link}", self.origin()));
        let request =
            request.bearer_auth(CLIENT_SECRET).header("idempotency-key", format!("e2e-revoke-{link}"));
        let answer = request.send().await.context("revoking a link token")?;
        answer.error_for_status().context("revoking a link token")?;
        Ok(())
    }
}

//! An aggregator with a breaker before it, and with everything that is asked of it counted and logged.

use super::breaker::Breaker;
use super::{
    AccountNames, Aggregator, BankPage, Created, FoundAccounts, Listing, Observation, Reference,
    UpstreamError,
};
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::store::UpstreamUser;
use async_trait::async_trait;
use linchpin_protocol::{
    Answer, CredentialValue, Field, InstitutionId, ProviderFacts, Purpose, Secret, VerifiedAccount,
};
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

/// An aggregator behind a breaker.
pub(crate) struct Guarded {
    inner: Arc<dyn Aggregator>,
    breaker: Breaker,
    metrics: Arc<Metrics>,
}

impl Guarded {
    /// `fewest`: so many calls in a minute before their failures count.
    pub(crate) fn new(
        inner: Arc<dyn Aggregator>,
        clock: Arc<dyn Clock>,
        metrics: Arc<Metrics>,
        fewest: u32,
    ) -> Self {
        Self { inner, breaker: Breaker::new(clock, fewest), metrics }
    }

    async fn call<T>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, UpstreamError>> + Send,
    ) -> Result<T, UpstreamError> {
        let started = Instant::now();
        let result = match self.breaker.admit() {
            // Nothing is sent, so whatever was wanted may be wanted again.
            Err(seconds) => {
                self.metrics.upstream(operation, "left_alone", started.elapsed());
                return Err(UpstreamError::Busy { retry_after_s: Some(seconds) });
            }
            Ok(()) => call.await,
        };
        let outcome = result.as_ref().err().map_or("well", |error| error.word());
        let well = result.as_ref().err().is_none_or(|error| !error.is_its_fault());
        self.metrics.breaker(self.breaker.note(well));
        let milliseconds = started.elapsed().as_millis();
        tracing::info!(operation, outcome, milliseconds, "asked the aggregator");
        self.metrics.upstream(operation, outcome, started.elapsed());
        result
    }
}

#[async_trait]
impl Aggregator for Guarded {
    fn facts(&self) -> ProviderFacts {
        self.inner.facts()
    }

    async fn institutions(&self) -> Result<Vec<Listing>, UpstreamError> {
        self.call("institutions", self.inner.institutions()).await
    }

    fn login_form(&self, listing: &Listing) -> Vec<Field> {
        self.inner.login_form(listing)
    }

    async fn ensure_user(&self, name: &str) -> Result<UpstreamUser, UpstreamError> {
        self.call("ensure_user", self.inner.ensure_user(name)).await
    }

    async fn create(
        &self,
        user: &UpstreamUser,
        institution: &InstitutionId,
        purpose: Purpose,
        adopt: Option<&[Reference]>,
        login: &[CredentialValue],
    ) -> Result<Created, UpstreamError> {
        self.call("create", self.inner.create(user, institution, purpose, adopt, login)).await
    }

    async fn existing(
        &self,
        user: &UpstreamUser,
        institution: &InstitutionId,
        purpose: Purpose,
        besides: Option<&Reference>,
    ) -> Result<Option<Reference>, UpstreamError> {
        self.call("existing", self.inner.existing(user, institution, purpose, besides)).await
    }

    async fn submit_credentials(
        &self,
        reference: &Reference,
        login: &[CredentialValue],
    ) -> Result<Observation, UpstreamError> {
        self.call("submit_credentials", self.inner.submit_credentials(reference, login)).await
    }

    async fn answer(&self, reference: &Reference, answers: &[Answer]) -> Result<Observation, UpstreamError> {
        self.call("answer", self.inner.answer(reference, answers)).await
    }

    async fn retry(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        self.call("retry", self.inner.retry(reference)).await
    }

    fn for_numbers(&self, reference: &Reference) -> Result<Reference, UpstreamError> {
        self.inner.for_numbers(reference)
    }

    async fn read_numbers(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        self.call("read_numbers", self.inner.read_numbers(reference)).await
    }

    async fn authorize(
        &self,
        reference: &Reference,
        back: &str,
        state: &Secret,
    ) -> Result<BankPage, UpstreamError> {
        self.call("authorize", self.inner.authorize(reference, back, state)).await
    }

    async fn authorized(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        self.call("authorized", self.inner.authorized(reference)).await
    }

    async fn read(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        self.call("read", self.inner.read(reference)).await
    }

    async fn accounts(
        &self,
        reference: &Reference,
        names: &AccountNames,
    ) -> Result<FoundAccounts, UpstreamError> {
        self.call("accounts", self.inner.accounts(reference, names)).await
    }

    async fn verified_accounts(
        &self,
        reference: &Reference,
        names: &AccountNames,
    ) -> Result<Vec<VerifiedAccount>, UpstreamError> {
        self.call("verified_accounts", self.inner.verified_accounts(reference, names)).await
    }
}

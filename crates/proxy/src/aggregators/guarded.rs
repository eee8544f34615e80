//! An aggregator with a breaker before it, and with everything that is asked of it counted and logged.

use super::breaker::Breaker;
use super::{
    AccountNames, AccountNumbers, Aggregator, BankPage, Care, Created, DepositKey, Deposits, FoundAccounts,
    Listing, Observation, Reference, SeenDeposit, Upkeep, UpstreamError,
};
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::store::UpstreamUser;
use async_trait::async_trait;
use jiff::Timestamp;
use linchpin_protocol::{
    AccountId, Amounts, Answer, CredentialValue, DepositFacts, DepositWays, Field, FieldKind, InstitutionId,
    ProviderFacts, Purpose, Secret, VerifiedAccount,
};
use std::collections::HashSet;
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

    fn deposits(&self) -> Option<&dyn Deposits> {
        self.inner.deposits().map(|_| self as &dyn Deposits)
    }

    fn upkeep(&self) -> Option<&dyn Upkeep> {
        self.inner.upkeep().map(|_| self as &dyn Upkeep)
    }

    fn login_form(&self, listing: &Listing) -> Vec<Field> {
        self.inner.login_form(listing)
    }

    fn is_practice_value(&self, kind: FieldKind, value: &str) -> bool {
        self.inner.is_practice_value(kind, value)
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

    fn gives_way(&self, reference: &Reference) -> bool {
        self.inner.gives_way(reference)
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

    fn keeps_name(&self, reference: &Reference) -> bool {
        self.inner.keeps_name(reference)
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

    fn return_tells(&self) -> bool {
        self.inner.return_tells()
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
        let found = self.call("accounts", self.inner.accounts(reference, names)).await?;
        Ok(FoundAccounts { accounts: once(found.accounts, |account| &account.id), ..found })
    }

    async fn verified_accounts(
        &self,
        reference: &Reference,
        names: &AccountNames,
    ) -> Result<Vec<VerifiedAccount>, UpstreamError> {
        let found = self.call("verified_accounts", self.inner.verified_accounts(reference, names)).await?;
        Ok(once(found, |account| &account.id))
    }
}

/// Each account once, however often it was told.
fn once<T>(mut accounts: Vec<T>, id: fn(&T) -> &AccountId) -> Vec<T> {
    let mut told = HashSet::new();
    accounts.retain(|account| told.insert(id(account).clone()));
    accounts
}

impl Guarded {
    /// Only called where the inner aggregator has them.
    fn inner_deposits(&self) -> Result<&dyn Deposits, UpstreamError> {
        self.inner.deposits().ok_or(UpstreamError::BadReference)
    }
}

#[async_trait]
impl Deposits for Guarded {
    fn ways(&self) -> DepositWays {
        self.inner.deposits().map(Deposits::ways).unwrap_or_default()
    }

    fn facts(&self) -> DepositFacts {
        self.inner.deposits().map(Deposits::facts).unwrap_or_default()
    }

    fn tries(&self) -> Option<u32> {
        self.inner.deposits().and_then(Deposits::tries)
    }

    async fn make_holder(
        &self,
        user: &UpstreamUser,
        label: Option<&str>,
        in_use: &[Reference],
    ) -> Result<Reference, UpstreamError> {
        self.call("make_holder", self.inner_deposits()?.make_holder(user, label, in_use)).await
    }

    async fn holder(
        &self,
        connection: &Reference,
        account: &AccountId,
        names: &AccountNames,
    ) -> Result<Option<Reference>, UpstreamError> {
        self.call("holder", self.inner_deposits()?.holder(connection, account, names)).await
    }

    async fn send(&self, holder: &Reference, to: &AccountNumbers) -> Result<SeenDeposit, UpstreamError> {
        self.call("send_deposits", self.inner_deposits()?.send(holder, to)).await
    }

    async fn sent_to(&self, holder: &Reference) -> Result<Vec<SeenDeposit>, UpstreamError> {
        self.call("deposits_sent_to", self.inner_deposits()?.sent_to(holder)).await
    }

    async fn look(&self, key: &DepositKey) -> Result<SeenDeposit, UpstreamError> {
        self.call("look_at_deposit", self.inner_deposits()?.look(key)).await
    }

    async fn confirm(
        &self,
        key: &DepositKey,
        amounts: Amounts,
    ) -> Result<Option<SeenDeposit>, UpstreamError> {
        self.call("confirm_deposit", self.inner_deposits()?.confirm(key, amounts)).await
    }

    async fn remove_holder(&self, holder: &Reference) -> Result<(), UpstreamError> {
        self.call("remove_holder", self.inner_deposits()?.remove_holder(holder)).await
    }

    async fn changed(&self, since: Option<Timestamp>) -> Result<Vec<SeenDeposit>, UpstreamError> {
        self.call("changed_deposits", self.inner_deposits()?.changed(since)).await
    }

    async fn proved_account(
        &self,
        holder: &Reference,
        names: &AccountNames,
    ) -> Result<Option<VerifiedAccount>, UpstreamError> {
        self.call("proved_account", self.inner_deposits()?.proved_account(holder, names)).await
    }
}

impl Guarded {
    /// Only called where the inner aggregator has it.
    fn inner_upkeep(&self) -> Result<&dyn Upkeep, UpstreamError> {
        self.inner.upkeep().ok_or(UpstreamError::BadReference)
    }
}

#[async_trait]
impl Upkeep for Guarded {
    fn care(&self, reference: &Reference, seen: &Observation) -> Care {
        self.inner.upkeep().map(|upkeep| upkeep.care(reference, seen)).unwrap_or_default()
    }

    async fn refresh(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        self.call("refresh", self.inner_upkeep()?.refresh(reference)).await
    }

    async fn purge(&self, reference: &Reference) -> Result<(), UpstreamError> {
        self.call("purge", self.inner_upkeep()?.purge(reference)).await
    }

    async fn delete(&self, reference: &Reference) -> Result<(), UpstreamError> {
        self.call("delete", self.inner_upkeep()?.delete(reference)).await
    }
}

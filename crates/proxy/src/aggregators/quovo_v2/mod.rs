//! Quovo's API, version 2: behaviour. The wire is in `wire` and `wire_accounts`, its meaning in `quovo`, which both
//! versions share.
//!
//! The login goes with the making of an account and is changed by `PUT` (quovo.md 2.3); answers go with the sync (9.3).
//! For numbers alone an auth sync blocks until the bank has answered; for both, one sync that is polled reads both.

mod deposits;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod listing;
#[cfg(test)]
mod tests;
mod wire;
mod wire_accounts;
mod wire_deposits;

use super::quovo::client::{BLOCKING, Call, Client, DIRECTORY, ORDINARY, change, look};
use super::quovo::listing::{SYSTEM_INSTITUTIONS, upstream_institution};
use super::quovo::place::Place;
use super::quovo::translate::{self, Phase};
use super::quovo::{accounts, challenges, upkeep, users, wire as shared, wire_accounts as shared_accounts};
use super::text::printable_word;
use super::{
    AccountNames, Aggregator, BankPage, Care, Created, Deposits, FoundAccounts, Listing, Observation,
    Reference, Step, TakenLogin, Upkeep, UpstreamError,
};
use crate::clock::Clock;
use crate::config::{AggregatorConfig, Environment};
use crate::store::UpstreamUser;
use async_trait::async_trait;
use linchpin_protocol::{
    Answer, CredentialValue, Field, InstitutionId, ProviderFacts, Purpose, Secret, VerifiedAccount,
};
use listing::listing;
use reqwest::Method;
use std::sync::Arc;

/// Quovo's API, version 2.
pub struct QuovoV2 {
    client: Client,
    practice: bool,
    usual_seconds: Option<u32>,
}

/// Which sync it is: plain, for numbers alone, or for both at once.
fn start_sync<'a>(place: Place, questions: Vec<wire::Question<'a>>) -> wire::StartSync<'a> {
    let is_auth = place.phase == Phase::Auth;
    // A plain sync would take the numbers back (quovo.md 2.3).
    wire::StartSync { is_auth, is_both: place.numbers && !is_auth, questions }
}

fn question(answer: &Answer) -> Option<wire::Question<'_>> {
    let (id, answer) = challenges::answer(&answer.id, answer.value.expose())?;
    Some(wire::Question { id, answer })
}

/// Where a purpose's connection is found again.
fn place(connection: u64, purpose: Purpose) -> Place {
    let (phase, numbers) = match purpose {
        Purpose::Verify => (Phase::Auth, true),
        Purpose::Aggregate => (Phase::Aggregate, false),
        Purpose::Both => (Phase::Aggregate, true),
    };
    Place { v: 1, connection, phase, numbers }
}

/// How things stand, from a sync, what it asks, and its account where that was read.
fn observation(
    phase: Phase,
    sync: wire::Sync,
    asked: &[shared::Challenge],
    account: Option<wire::Account>,
) -> Observation {
    let realtime = sync.has_realtime == Some(true);
    // What Quovo called it, not what we call it.
    let provider_status = sync.status.as_deref().map(printable_word);
    let connection = account.map(wire::Account::connection);
    let mut seen = translate::observation(phase, &sync.synced(), asked, connection.as_ref());
    seen.provider_status = provider_status;
    if let Step::Challenges { soon, expires_at: None, .. } = &mut seen.step {
        *soon |= realtime;
    }
    seen
}

/// The portfolios of a login, and with their numbers those too that an auth sync lists nowhere else.
fn accounts_of(
    portfolios: Vec<wire_accounts::Portfolio>,
    auth: Option<wire_accounts::Auth>,
) -> (Vec<shared_accounts::Account>, Option<shared_accounts::Auth>) {
    let mut accounts: Vec<shared_accounts::Account> = portfolios.into_iter().map(Into::into).collect();
    if let Some(auth) = &auth {
        accounts.extend(auth.unlisted(&accounts));
    }
    (accounts, auth.map(Into::into))
}

impl QuovoV2 {
    /// An adapter for the configured aggregator. In practice it offers test institutions too, and names a practice
    /// login; in production it refuses an aggregator that says it is for practice.
    ///
    /// # Errors
    /// When no HTTP client can be built, for instance for want of root certificates.
    pub fn new(
        config: &AggregatorConfig,
        environment: Environment,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let practice = environment == Environment::Practice;
        let client = Client::new(&config.url, &config.name, config.password.clone(), !practice, clock)?;
        Ok(Self { client, practice, usual_seconds: config.usual_seconds })
    }

    async fn sync(
        &self,
        place: Place,
        questions: Vec<wire::Question<'_>>,
    ) -> Result<Observation, UpstreamError> {
        let timeout = if place.phase == Phase::Auth { BLOCKING } else { ORDINARY };
        let path = format!("/accounts/{}/sync", place.connection);
        let reply = self.client.send(change(&path, start_sync(place, questions), timeout)).await?;
        // The sync was taken. A failure from here on must not pass for one that did nothing.
        self.observe(place, reply).await.map_err(|_| UpstreamError::Unclear)
    }

    /// Completes a sync's reply with what stands elsewhere.
    async fn observe(&self, place: Place, reply: wire::SyncReply) -> Result<Observation, UpstreamError> {
        let wire::SyncReply { sync, challenges } = reply;
        let status = sync.status.as_deref().map(wire::word);
        let mut asked = challenges.unwrap_or_default();
        if status.as_deref() == Some("challenges") && asked.is_empty() {
            let path = format!("/accounts/{}/challenges", place.connection);
            asked = self.client.send::<shared::ChallengesAnswer>(look(&path)).await?.challenges;
        }
        let account = if status.as_deref() == Some("syncing") {
            None
        } else {
            let path = format!("/accounts/{}", place.connection);
            let answer: wire::AccountAnswer = self.client.send(look(&path)).await?;
            // Another one than was asked for says nothing of this one.
            Some(Some(answer.account).filter(|it| it.id == place.connection).ok_or(UpstreamError::Broken)?)
        };
        Ok(observation(place.phase, sync, &asked, account))
    }

    async fn connections(&self, user: &UpstreamUser) -> Result<Vec<shared::Connection>, UpstreamError> {
        let path = format!("/users/{}/accounts", user.0);
        let accounts = self.client.send::<wire::AccountsAnswer>(look(&path)).await?.accounts;
        Ok(accounts.into_iter().map(wire::Account::connection).collect())
    }

    async fn read_accounts(
        &self,
        place: Place,
    ) -> Result<(Vec<shared_accounts::Account>, Option<shared_accounts::Auth>), UpstreamError> {
        let path = format!("/accounts/{}/portfolios", place.connection);
        let portfolios = self.client.send::<wire_accounts::PortfoliosAnswer>(look(&path)).await?.portfolios;
        if !place.numbers {
            return Ok(accounts_of(portfolios, None));
        }
        let path = format!("/accounts/{}/auth", place.connection);
        let auth = self.client.send::<wire_accounts::AuthAnswer>(look(&path)).await?.auth;
        Ok(accounts_of(portfolios, Some(auth)))
    }
}

#[async_trait]
impl Aggregator for QuovoV2 {
    fn facts(&self) -> ProviderFacts {
        ProviderFacts {
            deposits: Some(Deposits::facts(self)),
            ..users::facts(self.practice, self.usual_seconds)
        }
    }

    async fn institutions(&self) -> Result<Vec<Listing>, UpstreamError> {
        let answer: wire::BrokeragesAnswer =
            self.client.send(Call { largest: DIRECTORY, ..look("/brokerages") }).await?;
        let shown = |wire: &wire::Brokerage| {
            !SYSTEM_INSTITUTIONS.contains(&wire.id) && (self.practice || wire.is_test != Some(true))
        };
        Ok(answer.brokerages.into_iter().filter(shown).map(listing).collect())
    }

    fn deposits(&self) -> Option<&dyn Deposits> {
        Some(self)
    }

    fn upkeep(&self) -> Option<&dyn Upkeep> {
        Some(self)
    }

    fn login_form(&self, listing: &Listing) -> Vec<Field> {
        users::login_form(listing)
    }

    async fn ensure_user(&self, name: &str) -> Result<UpstreamUser, UpstreamError> {
        users::ensure(&self.client, name).await
    }

    async fn create(
        &self,
        user: &UpstreamUser,
        institution: &InstitutionId,
        purpose: Purpose,
        adopt: Option<&[Reference]>,
        login: &[CredentialValue],
    ) -> Result<Created, UpstreamError> {
        let brokerage = upstream_institution(institution).ok_or(UpstreamError::Gone)?;
        if let Some(in_use) = adopt
            && let Some(unused) = users::nobodys(self.connections(user).await?, brokerage, in_use)
        {
            return Ok(Created { reference: place(unused, purpose).write()?, login: TakenLogin::Left });
        }
        let (username, password) = users::login(login).ok_or(UpstreamError::BadReference)?;
        let path = format!("/users/{}/accounts", user.0);
        let body = wire::NewAccount { brokerage, username, password, is_auth: purpose == Purpose::Verify };
        let answer: wire::AccountAnswer = self.client.send(change(&path, body, ORDINARY)).await?;
        Ok(Created { reference: place(answer.account.id, purpose).write()?, login: TakenLogin::Kept })
    }

    async fn existing(
        &self,
        user: &UpstreamUser,
        institution: &InstitutionId,
        purpose: Purpose,
        besides: Option<&Reference>,
    ) -> Result<Option<Reference>, UpstreamError> {
        let besides = besides.map(Place::read).transpose()?.map(|place| place.connection);
        let institution = upstream_institution(institution).ok_or(UpstreamError::Gone)?;
        let only = users::only_other(self.connections(user).await?, institution, besides);
        only.map(|connection| place(connection, purpose).write()).transpose()
    }

    async fn submit_credentials(
        &self,
        reference: &Reference,
        login: &[CredentialValue],
    ) -> Result<Observation, UpstreamError> {
        let place = Place::read(reference)?;
        let (username, password) = users::login(login).ok_or(UpstreamError::BadReference)?;
        let path = format!("/accounts/{}", place.connection);
        let body = wire::ChangedLogin { username, password };
        let change = Call { method: Method::PUT, ..change(&path, body, ORDINARY) };
        self.client.send::<wire::AccountAnswer>(change).await?;
        // The login is there. Whatever becomes of the sync, it must not pass for nothing done.
        self.sync(place, Vec::new()).await
    }

    async fn answer(&self, reference: &Reference, answers: &[Answer]) -> Result<Observation, UpstreamError> {
        let questions: Option<Vec<_>> = answers.iter().map(question).collect();
        self.sync(Place::read(reference)?, questions.ok_or(UpstreamError::BadReference)?).await
    }

    async fn retry(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        self.sync(Place::read(reference)?, Vec::new()).await
    }

    fn for_numbers(&self, reference: &Reference) -> Result<Reference, UpstreamError> {
        Place { phase: Phase::Auth, ..Place::read(reference)? }.write()
    }

    async fn read_numbers(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        self.retry(reference).await
    }

    async fn authorize(&self, _: &Reference, _: &str, _: &Secret) -> Result<BankPage, UpstreamError> {
        // No institution of version 2 is listed with a page of its own.
        Err(UpstreamError::BadReference)
    }

    async fn authorized(&self, _: &Reference) -> Result<Observation, UpstreamError> {
        Err(UpstreamError::BadReference)
    }

    async fn read(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        let place = Place::read(reference)?;
        let path = format!("/accounts/{}/sync", place.connection);
        let seen = match self.client.send::<wire::SyncReply>(look(&path)).await {
            Ok(reply) => self.observe(place, reply).await,
            Err(error) => Err(error),
        };
        match seen {
            Err(UpstreamError::Gone) => Ok(Observation::of(Step::Closed, "deleted")),
            other => other,
        }
    }

    async fn accounts(
        &self,
        reference: &Reference,
        names: &AccountNames,
    ) -> Result<FoundAccounts, UpstreamError> {
        let (accounts, auth) = self.read_accounts(Place::read(reference)?).await?;
        Ok(accounts::masked(&accounts, auth.as_ref(), names))
    }

    async fn verified_accounts(
        &self,
        reference: &Reference,
        names: &AccountNames,
    ) -> Result<Vec<VerifiedAccount>, UpstreamError> {
        let (accounts, auth) = self.read_accounts(Place::read(reference)?).await?;
        Ok(accounts::verified(&accounts, auth, names))
    }
}

#[async_trait]
impl Upkeep for QuovoV2 {
    fn care(&self, _: &Reference, seen: &Observation) -> Care {
        upkeep::care(seen)
    }

    async fn refresh(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        // A second sync would not join the one that runs.
        let seen = self.read(reference).await?;
        if matches!(seen.step, Step::Wait { .. }) {
            return Ok(seen);
        }
        self.retry(reference).await
    }

    async fn purge(&self, _: &Reference) -> Result<(), UpstreamError> {
        Err(UpstreamError::BadReference)
    }

    async fn delete(&self, reference: &Reference) -> Result<(), UpstreamError> {
        self.client.remove(&format!("/accounts/{}", Place::read(reference)?.connection)).await
    }
}

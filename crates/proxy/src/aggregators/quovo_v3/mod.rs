//! Quovo's API, version 3: behaviour. The wire is in `wire`, its meaning in `quovo`, which both versions share.
//!
//! The login goes with the sync (quovo.md 9.10), answers go with the sync too (9.3), and a retry sends neither (9.12).

mod bank_login;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod listing;
mod wire;

use super::quovo::client::{BLOCKING, Call, Client, DIRECTORY, ORDINARY, change, look};
use super::quovo::listing::{SYSTEM_INSTITUTIONS, upstream_institution};
use super::quovo::place::Place;
use super::quovo::translate::{self, Phase};
use super::quovo::{accounts, challenges, upkeep, users, wire as shared, wire_accounts as shared_accounts};
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
use std::sync::Arc;

/// Quovo's API, version 3.
pub struct QuovoV3 {
    client: Client,
    practice: bool,
    usual_seconds: Option<u32>,
}

/// Where a purpose's connection is found again.
fn place(connection: u64, purpose: Purpose) -> Place {
    let (phase, numbers) = match purpose {
        Purpose::Verify => (Phase::Auth, true),
        Purpose::Aggregate => (Phase::Aggregate, false),
        Purpose::Both => (Phase::AggregateFirst, true),
    };
    Place { v: 1, connection, phase, numbers }
}

impl QuovoV3 {
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
        username: Option<&str>,
        passcode: Option<&str>,
        answers: Vec<wire::SyncAnswer<'_>>,
    ) -> Result<Observation, UpstreamError> {
        let timeout = if place.phase == Phase::Auth { BLOCKING } else { ORDINARY };
        let body = wire::StartSync { kind: place.phase.sync_type(), username, passcode, answers };
        let path = format!("/connections/{}/sync", place.connection);
        let reply: shared::SyncReply = self.client.send(change(&path, body, timeout)).await?;
        // The sync was taken. A failure from here on must not pass for one that did nothing.
        self.observe(place, reply).await.map_err(|_| UpstreamError::Unclear)
    }

    /// Completes a sync's reply with what stands elsewhere.
    async fn observe(
        &self,
        place: Place,
        mut reply: shared::SyncReply,
    ) -> Result<Observation, UpstreamError> {
        let status = reply.sync.status.as_deref();
        if status == Some("challenges") && reply.challenges.as_ref().is_none_or(Vec::is_empty) {
            let path = format!("/connections/{}/challenges", place.connection);
            reply.challenges =
                Some(self.client.send::<shared::ChallengesAnswer>(look(&path)).await?.challenges);
        }
        // Before the first sync it says whether a login is wanted at all.
        let connection = if reply.sync.status.as_deref() != Some("syncing") {
            let path = format!("/connections/{}", place.connection);
            let answer: wire::ConnectionAnswer = self.client.send(look(&path)).await?;
            // Another one than was asked for says nothing of this one.
            Some(
                Some(answer.connection)
                    .filter(|it| it.id == place.connection)
                    .ok_or(UpstreamError::Broken)?,
            )
        } else {
            None
        };
        let challenges = reply.challenges.as_deref().unwrap_or_default();
        let observation = translate::observation(place.phase, &reply.sync, challenges, connection.as_ref());
        Ok(match &connection {
            Some(connection) => bank_login::instead_of_a_login(observation, connection),
            None => observation,
        })
    }

    async fn connections(&self, user: &UpstreamUser) -> Result<Vec<shared::Connection>, UpstreamError> {
        let path = format!("/users/{}/connections", user.0);
        Ok(self.client.send::<wire::ConnectionsAnswer>(look(&path)).await?.connections)
    }

    async fn read_accounts(
        &self,
        place: Place,
    ) -> Result<(Vec<shared_accounts::Account>, Option<shared_accounts::Auth>), UpstreamError> {
        let path = format!("/connections/{}/accounts", place.connection);
        let accounts = self.client.send::<shared_accounts::AccountsAnswer>(look(&path)).await?.accounts;
        if !place.numbers {
            return Ok((accounts, None));
        }
        let path = format!("/connections/{}/auth", place.connection);
        let auth = self.client.send::<shared_accounts::AuthAnswer>(look(&path)).await?.auth;
        Ok((accounts, Some(auth)))
    }
}

#[async_trait]
impl Aggregator for QuovoV3 {
    fn facts(&self) -> ProviderFacts {
        users::facts(self.practice, self.usual_seconds)
    }

    async fn institutions(&self) -> Result<Vec<Listing>, UpstreamError> {
        let answer: wire::InstitutionsAnswer =
            self.client.send(Call { largest: DIRECTORY, ..look("/institutions") }).await?;
        let shown = |wire: &wire::Institution| {
            !SYSTEM_INSTITUTIONS.contains(&wire.id) && (self.practice || wire.is_test != Some(true))
        };
        Ok(answer.institutions.into_iter().filter(shown).map(listing).collect())
    }

    fn deposits(&self) -> Option<&dyn Deposits> {
        // Version 3 has them, and no list of what has changed: docs/quovo.md.
        None
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
        _: &[CredentialValue],
    ) -> Result<Created, UpstreamError> {
        let institution_id = upstream_institution(institution).ok_or(UpstreamError::Gone)?;
        let unused = match adopt {
            Some(in_use) => users::nobodys(self.connections(user).await?, institution_id, in_use),
            None => None,
        };
        let connection = match unused {
            Some(unused) => unused,
            None => {
                let path = format!("/users/{}/connections", user.0);
                let body = wire::NewConnection { institution_id };
                let answer: wire::ConnectionAnswer = self.client.send(change(&path, body, ORDINARY)).await?;
                answer.connection.id
            }
        };
        Ok(Created { reference: place(connection, purpose).write()?, login: TakenLogin::Left })
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
        let (username, passcode) = users::login(login).ok_or(UpstreamError::BadReference)?;
        self.sync(Place::read(reference)?, Some(username), Some(passcode), Vec::new()).await
    }

    async fn answer(&self, reference: &Reference, answers: &[Answer]) -> Result<Observation, UpstreamError> {
        let answers = answers
            .iter()
            .map(|answer| {
                let (challenge_id, answer) = challenges::answer(&answer.id, answer.value.expose())
                    .ok_or(UpstreamError::BadReference)?;
                Ok(wire::SyncAnswer { challenge_id, answer })
            })
            .collect::<Result<Vec<_>, UpstreamError>>()?;
        self.sync(Place::read(reference)?, None, None, answers).await
    }

    async fn retry(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        self.sync(Place::read(reference)?, None, None, Vec::new()).await
    }

    fn for_numbers(&self, reference: &Reference) -> Result<Reference, UpstreamError> {
        Place { phase: Phase::Auth, ..Place::read(reference)? }.write()
    }

    async fn read_numbers(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        self.retry(reference).await
    }

    async fn authorize(
        &self,
        reference: &Reference,
        back: &str,
        state: &Secret,
    ) -> Result<BankPage, UpstreamError> {
        bank_login::ask(&self.client, Place::read(reference)?, back, state, !self.practice).await
    }

    async fn authorized(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        // The consent is Quovo's to keep: a sync without a login goes on with it.
        self.retry(reference).await
    }

    async fn read(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        let place = Place::read(reference)?;
        let path = format!("/connections/{}/sync", place.connection);
        let seen = match self.client.send::<shared::SyncReply>(look(&path)).await {
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
impl Upkeep for QuovoV3 {
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
        self.client.remove(&format!("/connections/{}", Place::read(reference)?.connection)).await
    }
}

//! Quovo's API, version 3: behaviour. The wire is in `wire`, its meaning in `translate` and `accounts`.
//!
//! The login goes with the sync (quovo.md 9.10), answers go with the sync too (9.3), and a retry sends neither (9.12).

mod accounts;
#[cfg(test)]
mod accounts_tests;
mod bank_login;
mod challenges;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod listing;
mod place;
mod translate;
#[cfg(test)]
mod translate_tests;
mod wire;
mod wire_accounts;

use super::quovo::client::{BLOCKING, Call, Client, DIRECTORY, ORDINARY, change, look};
use super::{
    AccountNames, Aggregator, BankPage, FoundAccounts, Listing, Observation, Reference, Step, UpstreamError,
};
use crate::clock::Clock;
use crate::config::{AggregatorConfig, Environment};
use crate::store::UpstreamUser;
use async_trait::async_trait;
use linchpin_protocol::{
    Answer, CredentialValue, Field, FieldId, FieldKind, InstitutionId, PracticeFacts, ProviderFacts, Purpose,
    Secret, VerifiedAccount,
};
use listing::{listing, upstream_institution};
use place::Place;
use std::sync::Arc;
use translate::Phase;

/// Holders for what has no login behind it: never shown (quovo.md 8).
const SYSTEM_INSTITUTIONS: [u64; 2] = [21_639, 22_134];
const USERNAME: &str = "username";
const PASSWORD: &str = "password";

/// Quovo's API, version 3.
pub struct QuovoV3 {
    client: Client,
    practice: bool,
    usual_seconds: Option<u32>,
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
        let reply: wire::SyncReply = self.client.send(change(&path, body, timeout)).await?;
        // The sync was taken. A failure from here on must not pass for one that did nothing.
        self.observe(place, reply).await.map_err(|_| UpstreamError::Unclear)
    }

    /// Completes a sync's reply with what stands elsewhere.
    async fn observe(&self, place: Place, mut reply: wire::SyncReply) -> Result<Observation, UpstreamError> {
        let status = reply.sync.status.as_deref();
        if status == Some("challenges") && reply.challenges.as_ref().is_none_or(Vec::is_empty) {
            let path = format!("/connections/{}/challenges", place.connection);
            reply.challenges =
                Some(self.client.send::<wire::ChallengesAnswer>(look(&path)).await?.challenges);
        }
        // Before the first sync it says whether a login is wanted at all.
        let connection = if reply.sync.status.as_deref() != Some("syncing") {
            let path = format!("/connections/{}", place.connection);
            Some(self.client.send::<wire::ConnectionAnswer>(look(&path)).await?.connection)
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

    async fn connections(&self, user: &UpstreamUser) -> Result<Vec<wire::Connection>, UpstreamError> {
        let path = format!("/users/{}/connections", user.0);
        Ok(self.client.send::<wire::ConnectionsAnswer>(look(&path)).await?.connections)
    }

    async fn find_user(&self, name: &str) -> Result<Option<UpstreamUser>, UpstreamError> {
        let users = self.client.send::<wire::UsersAnswer>(look("/users")).await?.users;
        let found = users.into_iter().find(|user| user.username.as_deref() == Some(name));
        Ok(found.map(|user| UpstreamUser(user.id.to_string())))
    }

    async fn read_accounts(
        &self,
        place: Place,
    ) -> Result<(Vec<wire_accounts::Account>, Option<wire_accounts::Auth>), UpstreamError> {
        let path = format!("/connections/{}/accounts", place.connection);
        let accounts = self.client.send::<wire_accounts::AccountsAnswer>(look(&path)).await?.accounts;
        if !place.numbers {
            return Ok((accounts, None));
        }
        let path = format!("/connections/{}/auth", place.connection);
        let auth = self.client.send::<wire_accounts::AuthAnswer>(look(&path)).await?.auth;
        Ok((accounts, Some(auth)))
    }
}

#[async_trait]
impl Aggregator for QuovoV3 {
    fn facts(&self) -> ProviderFacts {
        ProviderFacts {
            name: Some("Quovo".to_owned()),
            // It syncs every night by itself, and can only do so with the login (quovo.md 1.1).
            keeps_login: Some(true),
            usual_seconds: self.usual_seconds,
            practice: self.practice.then(|| PracticeFacts {
                username: "practice-good".to_owned(),
                passcode: "practice".to_owned(),
            }),
        }
    }

    async fn institutions(&self) -> Result<Vec<Listing>, UpstreamError> {
        let answer: wire::InstitutionsAnswer =
            self.client.send(Call { largest: DIRECTORY, ..look("/institutions") }).await?;
        let shown = |wire: &wire::Institution| {
            !SYSTEM_INSTITUTIONS.contains(&wire.id) && (self.practice || wire.is_test != Some(true))
        };
        Ok(answer.institutions.into_iter().filter(shown).map(listing).collect())
    }

    fn login_form(&self, listing: &Listing) -> Vec<Field> {
        vec![
            Field {
                id: FieldId::new(USERNAME),
                label: listing.username_label.clone(),
                kind: FieldKind::Username,
            },
            Field {
                id: FieldId::new(PASSWORD),
                label: listing.password_label.clone(),
                kind: FieldKind::Password,
            },
        ]
    }

    async fn ensure_user(&self, name: &str) -> Result<UpstreamUser, UpstreamError> {
        let made: Result<wire::UserAnswer, _> =
            self.client.send(change("/users", wire::NewUser { username: name }, ORDINARY)).await;
        match made {
            Ok(answer) => Ok(UpstreamUser(answer.user.id.to_string())),
            // The name is taken, or the answer was lost: names are unique and ours alone, so whoever has it is the one.
            Err(
                error @ (UpstreamError::Rejected { .. }
                | UpstreamError::Duplicate
                | UpstreamError::Unclear
                | UpstreamError::Broken),
            ) => self.find_user(name).await?.ok_or(error),
            Err(other) => Err(other),
        }
    }

    async fn create(
        &self,
        user: &UpstreamUser,
        institution: &InstitutionId,
        purpose: Purpose,
        adopt: Option<&[Reference]>,
    ) -> Result<Reference, UpstreamError> {
        let institution_id = upstream_institution(institution).ok_or(UpstreamError::Gone)?;
        let unused = match adopt {
            Some(in_use) => {
                let in_use: Vec<u64> = in_use
                    .iter()
                    .filter_map(|used| Place::read(used).ok())
                    .map(|used| used.connection)
                    .collect();
                let nobodys = |c: &wire::Connection| {
                    c.institution_id == Some(institution_id) && c.status.is_none() && !in_use.contains(&c.id)
                };
                self.connections(user).await?.into_iter().find(nobodys)
            }
            None => None,
        };
        let connection = match unused {
            Some(unused) => unused.id,
            None => {
                let path = format!("/users/{}/connections", user.0);
                let body = wire::NewConnection { institution_id };
                let answer: wire::ConnectionAnswer = self.client.send(change(&path, body, ORDINARY)).await?;
                answer.connection.id
            }
        };
        let (phase, numbers) = match purpose {
            Purpose::Verify => (Phase::Auth, true),
            Purpose::Aggregate => (Phase::Aggregate, false),
            Purpose::Both => (Phase::AggregateFirst, true),
        };
        Place { v: 1, connection, phase, numbers }.write()
    }

    async fn existing(
        &self,
        user: &UpstreamUser,
        institution: &InstitutionId,
        besides: &Reference,
    ) -> Result<Option<Reference>, UpstreamError> {
        let place = Place::read(besides)?;
        let institution = upstream_institution(institution);
        let mut others: Vec<u64> = self
            .connections(user)
            .await?
            .into_iter()
            .filter(|c| c.institution_id == institution && c.id != place.connection && c.status.is_some())
            .map(|c| c.id)
            .collect();
        // Two logins at one bank: which of them it is cannot be told.
        match (others.pop(), others.is_empty()) {
            (Some(connection), true) => Place { connection, ..place }.write().map(Some),
            _ => Ok(None),
        }
    }

    async fn submit_credentials(
        &self,
        reference: &Reference,
        login: &[CredentialValue],
    ) -> Result<Observation, UpstreamError> {
        let value =
            |field: &str| login.iter().find(|value| value.id.as_str() == field).map(|v| v.value.expose());
        self.sync(Place::read(reference)?, value(USERNAME), value(PASSWORD), Vec::new()).await
    }

    async fn answer(&self, reference: &Reference, answers: &[Answer]) -> Result<Observation, UpstreamError> {
        let answers = answers
            .iter()
            .map(|answer| {
                challenges::answer(&answer.id, answer.value.expose()).ok_or(UpstreamError::BadReference)
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

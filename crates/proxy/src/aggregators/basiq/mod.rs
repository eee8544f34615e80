//! Basiq's API: behaviour. Version 2.1 takes logins, version 3 does everything else; a hosted page takes the person to
//! banks that are reached by open banking (basiq.md 0).
//!
//! Everything there is a job: making a connection, reading it again, another login. It tells of its connection by and by,
//! and it vanishes after a week; what must outlast it is in the reference.

mod accounts;
mod api;
mod causes;
mod client;
mod consent;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod jobs;
mod listing;
mod login;
mod place;
mod statuses;
#[cfg(test)]
mod tests;
mod upkeep;
mod wire;
mod wire_accounts;

use super::{
    AccountNames, Aggregator, BankPage, Care, Created, Deposits, FoundAccounts, Listing, Observation,
    Reference, Step, TakenLogin, Upkeep, UpstreamError,
};
use crate::clock::{Clock, later};
use crate::config::{AggregatorConfig, Environment, SignIn};
use crate::store::UpstreamUser;
use async_trait::async_trait;
use causes::Cause;
use client::{Call, Client, DIRECTORY, ORDINARY, Version, change, look};
use jiff::Timestamp;
use linchpin_protocol::{
    Answer, CredentialValue, Field, FieldKind, InstitutionId, PracticeFacts, ProviderFacts, Purpose, Secret,
    Stage, VerifiedAccount,
};
use listing::Offered;
use place::{Place, Visit, Way, plain_name};
use statuses::{Seen, Status};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A login that a connection has already is not tried again before this, so that the bank locks nobody out
/// (basiq.md 7, R5).
const SAME_LOGIN_PAUSE_S: u32 = 360;

/// Basiq's API.
pub struct Basiq {
    client: Client,
    clock: Arc<dyn Clock>,
    practice: bool,
    sign_in: SignIn,
    consent_url: Option<String>,
    smart_cache: Option<bool>,
    usual_seconds: Option<u32>,
    /// By what each institution is offered, as last listed.
    offered: RwLock<BTreeMap<String, Offered>>,
}

impl Basiq {
    /// An adapter for the configured aggregator. In practice it offers test banks too, and names a practice login; in
    /// production it refuses an aggregator that says it is for practice.
    ///
    /// # Errors
    /// When no HTTP client can be built, for instance for want of root certificates.
    pub fn new(
        config: &AggregatorConfig,
        environment: Environment,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let practice = environment == Environment::Practice;
        Ok(Self {
            client: Client::new(&config.url, config.password.clone(), !practice, Arc::clone(&clock))?,
            clock,
            practice,
            sign_in: config.sign_in.unwrap_or(SignIn::Credentials),
            consent_url: config.consent_url.clone(),
            smart_cache: config.smart_cache,
            usual_seconds: config.usual_seconds,
            offered: RwLock::default(),
        })
    }

    fn offered(&self, place: &Place) -> Option<Offered> {
        let offered = self.offered.read().unwrap_or_else(PoisonError::into_inner);
        offered.get(&place.institution).copied()
    }

    /// Looks at a place, and says what has to be remembered of it.
    async fn observe(&self, place: Place) -> Result<Observation, UpstreamError> {
        match &place.visit {
            None => self.stands(place).await,
            Some(Visit { back_at: None, left, .. }) => {
                Ok(Observation::of(Step::Authorize { untried: false, left: *left }, "pre-init"))
            }
            Some(Visit { back_at: Some(at), .. }) => {
                let at = *at;
                self.come_back(place, at).await
            }
        }
    }

    /// What became of a visit to the consent page from which the person is back since `at`.
    async fn come_back(&self, mut place: Place, at: Timestamp) -> Result<Observation, UpstreamError> {
        let Some(visit) = &place.visit else { return self.stands(place).await };
        let deed = consent::deed(&self.client, &place, visit).await?;
        let settled = later(at, deed.patience()) <= self.clock.now();
        if let consent::Deed::Done(done) = deed {
            let reference = done.write()?;
            let seen = self.stands(*done).await?;
            if !matches!(seen.step, Step::Authorize { .. }) {
                return Ok(Observation { moved: seen.moved.or(Some(reference)), ..seen });
            }
        } else if !settled {
            let waits = Observation::of(Step::Wait { stage: Stage::SigningIn, percent: None }, "pre-init");
            return Ok(Observation { moved: Some(place.write()?), ..waits });
        }
        // What may still be done on that page by whoever has it open is not taken for the person's.
        if let Some(visit) = &mut place.visit {
            (visit.back_at, visit.left) = (None, true);
        }
        let left = Observation::of(Step::Authorize { untried: false, left: true }, "pre-init");
        Ok(Observation { moved: Some(place.write()?), ..left })
    }

    /// How a place stands that nobody has left for the consent page.
    async fn stands(&self, mut place: Place) -> Result<Observation, UpstreamError> {
        let before = place.clone();
        let mut job = match &place.job {
            Some(id) => api::job_of(&self.client, &place, id).await?,
            None => None,
        };
        if place.persists && job.as_ref().is_none_or(jobs::is_over) {
            // Basiq may have tried again meanwhile.
            job = self.last_job(&place).await?.or(job);
        }
        if let Some(job) = &job {
            place.connection = match jobs::connection(job, &place.user) {
                Some(told) => Some(told),
                // One that has failed at the login never tells.
                None if place.connection.is_none() && jobs::is_over(job) => {
                    api::connection_of(&self.client, &place, &job.id).await?
                }
                None => place.connection,
            };
        }
        let connection = match api::connection(&self.client, &place).await {
            Err(UpstreamError::Gone) => return Ok(Observation::of(Step::Closed, "deleted")),
            other => other?,
        };
        if job.is_none() {
            place.job = None;
            job = self.unknown_job(&place, connection.as_ref()).await?;
            place.job = job.as_ref().and_then(|job| plain_name(&job.id)).map(str::to_owned);
        }
        let job = job.as_ref().map(|job| (job, jobs::progress(job)));
        let seen = Seen { job, connection: connection.as_ref() };
        statuses::remember(&mut place, &seen, self.clock.now());
        let observation = statuses::observation(&place, &seen, self.smart_cache);
        let moved = if place == before { None } else { Some(place.write()?) };
        Ok(Observation { moved, ..observation })
    }

    /// A connection that is being made, or that has failed for a reason which is not known here: its last job tells more.
    async fn unknown_job(
        &self,
        place: &Place,
        connection: Option<&wire::Connection>,
    ) -> Result<Option<wire::Job>, UpstreamError> {
        let seen = Seen { job: None, connection };
        let wanted = match seen.status() {
            Some(Status::Pending) => true,
            Some(Status::Invalid) => place.cause.is_none(),
            Some(Status::PreInit | Status::Init | Status::Active | Status::Deleted | Status::Other)
            | None => false,
        };
        if wanted { self.last_job(place).await } else { Ok(None) }
    }

    /// What was begun last with the connection of a place, whoever began it.
    async fn last_job(&self, place: &Place) -> Result<Option<wire::Job>, UpstreamError> {
        let Some(connection) = &place.connection else { return Ok(None) };
        Ok(api::latest(api::jobs(&self.client, &place.user, Some(connection)).await?))
    }

    /// Whether the bank is to be left alone: it was in trouble a moment ago, or is known to be out of reach.
    async fn is_left_alone(&self, place: &Place) -> bool {
        let Some(until) = statuses::left_alone_until(place) else { return false };
        until > self.clock.now() || api::is_out(&self.client, place).await
    }

    /// Looks at what was just begun. That it cannot be looked at must not lose where it is.
    async fn begun(&self, place: Place) -> Result<Observation, UpstreamError> {
        let reference = place.write()?;
        let seen = self.observe(place).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "what was begun could not be looked at yet");
            Observation::of(Step::Wait { stage: Stage::SigningIn, percent: None }, "pending")
        });
        Ok(Observation { moved: seen.moved.or(Some(reference)), ..seen })
    }

    /// Has a connection read again, with the login or the permission that Basiq has.
    async fn read_again(&self, mut place: Place) -> Result<Observation, UpstreamError> {
        let Some(path) = place.connection_path() else { return self.observe(place).await };
        match api::refresh(&self.client, &path).await {
            Ok(job) => place.begin(job),
            Err(failure) => {
                // It was refused for what the login is known to be.
                let cause =
                    failure.refused.as_ref().map(Cause::of_error).filter(|cause| cause.is_the_login());
                let Some(cause) = cause else { return Err(failure.into()) };
                place.cause = Some(cause);
                place.failed_at = Some(self.clock.now());
                let seen = Observation::of(cause.step(&place, None), "invalid");
                return Ok(Observation { moved: Some(place.write()?), ..seen });
            }
        }
        self.begun(place).await
    }

    async fn list_accounts(&self, place: &Place) -> Result<Vec<wire_accounts::Account>, UpstreamError> {
        let Some(connection) = &place.connection else { return Ok(Vec::new()) };
        // Through the user: what was read is the user's, and outlives the connection.
        let path = format!("/users/{}/accounts", place.user);
        let path = api::filtered(&path, "institution.id", &place.institution);
        let list: wire::List<wire_accounts::Account> = self.client.send(Version::V3, look(&path)).await?;
        Ok(accounts::of(list.data, &place.institution, connection))
    }
}

#[async_trait]
impl Aggregator for Basiq {
    fn facts(&self) -> ProviderFacts {
        let (username, passcode) = login::SHOWN_LOGIN;
        let practice = PracticeFacts { username: username.to_owned(), passcode: passcode.to_owned() };
        ProviderFacts {
            name: Some("Basiq".to_owned()),
            // It reads a connection again without being told the login; where people sign in elsewhere, it has none.
            keeps_login: (self.sign_in == SignIn::Credentials).then_some(true),
            same_login_pause_s: (self.sign_in != SignIn::Consent).then_some(SAME_LOGIN_PAUSE_S),
            usual_seconds: self.usual_seconds,
            deposits: None,
            practice: self.practice.then_some(practice),
        }
    }

    async fn institutions(&self) -> Result<Vec<Listing>, UpstreamError> {
        let call = Call { largest: DIRECTORY, ..look("/connectors") };
        let list: wire::List<wire::Entry<wire::Connector>> = self.client.send(Version::V3, call).await?;
        let connectors = listing::readable(list.data).ok_or(UpstreamError::Broken)?;
        let (listings, offered) = listing::listings(connectors, self.sign_in, self.practice);
        *self.offered.write().unwrap_or_else(PoisonError::into_inner) = offered;
        Ok(listings)
    }

    fn deposits(&self) -> Option<&dyn Deposits> {
        None
    }

    fn upkeep(&self) -> Option<&dyn Upkeep> {
        Some(self)
    }

    fn login_form(&self, listing: &Listing) -> Vec<Field> {
        login::form(listing)
    }

    fn is_practice_value(&self, kind: FieldKind, value: &str) -> bool {
        login::is_practice_value(kind, value)
    }

    async fn ensure_user(&self, name: &str) -> Result<UpstreamUser, UpstreamError> {
        // Users have no names there, and cannot be looked for: one whose making was lost stays behind, empty. The address
        // is one that nobody can have.
        let email = format!("{name}@users.invalid");
        let body = wire::NewUser { email: &email };
        let user: wire::Named = self.client.send(Version::V3, change("/users", body, ORDINARY)).await?;
        Ok(UpstreamUser(plain_name(&user.id).ok_or(UpstreamError::Broken)?.to_owned()))
    }

    async fn create(
        &self,
        user: &UpstreamUser,
        institution: &InstitutionId,
        purpose: Purpose,
        adopt: Option<&[Reference]>,
        login: &[CredentialValue],
    ) -> Result<Created, UpstreamError> {
        if login.is_empty() {
            // Made on the consent page, if the person gets so far.
            let place = Place::new(user, institution, purpose, Way::Consent)?;
            return Ok(Created { reference: place.write()?, login: TakenLogin::Left });
        }
        let mut place = Place::new(user, institution, purpose, Way::Login)?;
        let adopted = match adopt {
            Some(in_use) => login::adopt(&self.client, &mut place, in_use).await?,
            None => false,
        };
        if !adopted {
            login::create(&self.client, &mut place, login).await?;
        }
        Ok(Created { reference: place.write()?, login: TakenLogin::Tried })
    }

    fn gives_way(&self, reference: &Reference) -> bool {
        // Everything about a login that never worked may have been wrong, also its name, which an update cannot change. A
        // connection whose accounts are in use is kept.
        Place::read(reference).is_ok_and(|place| place.way == Way::Login && !place.good)
    }

    async fn existing(
        &self,
        user: &UpstreamUser,
        institution: &InstitutionId,
        purpose: Purpose,
        besides: Option<&Reference>,
    ) -> Result<Option<Reference>, UpstreamError> {
        let place = Place::new(user, institution, purpose, Way::Login)?;
        let only = login::only_other(&self.client, place, besides).await?;
        only.map(|place| place.write()).transpose()
    }

    async fn submit_credentials(
        &self,
        reference: &Reference,
        login: &[CredentialValue],
    ) -> Result<Observation, UpstreamError> {
        let mut place = Place::read(reference)?;
        login::submit(&self.client, &mut place, login).await?;
        self.begun(place).await
    }

    fn keeps_name(&self, reference: &Reference) -> bool {
        Place::read(reference).is_ok_and(|place| login::keeps_name(&place))
    }

    async fn answer(&self, reference: &Reference, answers: &[Answer]) -> Result<Observation, UpstreamError> {
        let mut place = Place::read(reference)?;
        let answers = jobs::in_order(answers).ok_or(UpstreamError::BadReference)?;
        let path = format!("/jobs/{}/mfa", place.job.as_deref().ok_or(UpstreamError::Gone)?);
        // Answers want a token of the user's; it is minted here and seen by nobody else.
        let version = match place.way {
            Way::Login => Version::V2,
            Way::Consent => Version::V3,
        };
        let token = self.client.user_token(version, &place.user).await?;
        let call = change(&path, wire::MfaResponse { answers }, ORDINARY);
        match self.client.send_as::<serde::de::IgnoredAny>(&token, call).await {
            Ok(_) => {
                place.asked_at = None;
                self.begun(place).await
            }
            Err(failure) if matches!(failure.error, UpstreamError::Rejected { .. }) => {
                // A wrong answer may be refused at once, and the job has failed then (basiq.md 5).
                let seen = self.observe(place).await?;
                let asks_still = matches!(seen.step, Step::Challenges { .. });
                if asks_still { Err(failure.into()) } else { Ok(seen) }
            }
            Err(failure) => Err(failure.into()),
        }
    }

    async fn retry(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        let place = Place::read(reference)?;
        // The same login once more would be the same mistake.
        let mistaken = place.cause.is_some_and(Cause::is_the_login);
        if mistaken || self.is_left_alone(&place).await {
            return self.observe(place).await;
        }
        self.read_again(place).await
    }

    fn for_numbers(&self, reference: &Reference) -> Result<Reference, UpstreamError> {
        // Numbers come with the accounts.
        Ok(reference.clone())
    }

    async fn read_numbers(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        self.read(reference).await
    }

    async fn authorize(
        &self,
        reference: &Reference,
        _: &str,
        state: &Secret,
    ) -> Result<BankPage, UpstreamError> {
        // Where it sends people back to is set at Basiq: our own `/return`.
        let page = self.consent_url.as_deref().ok_or(UpstreamError::BadReference)?;
        consent::page(&self.client, page, Place::read(reference)?, state).await
    }

    fn return_tells(&self) -> bool {
        // Anything may stand there, and a refusal is not documented (basiq.md 11.17).
        false
    }

    async fn authorized(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        let mut place = Place::read(reference)?;
        if let Some(visit) = &mut place.visit {
            visit.back_at = visit.back_at.or(Some(self.clock.now()));
        }
        self.observe(place).await
    }

    async fn read(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        self.observe(Place::read(reference)?).await
    }

    async fn accounts(
        &self,
        reference: &Reference,
        names: &AccountNames,
    ) -> Result<FoundAccounts, UpstreamError> {
        let place = Place::read(reference)?;
        Ok(accounts::masked(&self.list_accounts(&place).await?, place.numbers, names))
    }

    async fn verified_accounts(
        &self,
        reference: &Reference,
        names: &AccountNames,
    ) -> Result<Vec<VerifiedAccount>, UpstreamError> {
        let place = Place::read(reference)?;
        Ok(accounts::verified(self.list_accounts(&place).await?, names))
    }
}

#[async_trait]
impl Upkeep for Basiq {
    fn care(&self, reference: &Reference, seen: &Observation) -> Care {
        let Ok(place) = Place::read(reference) else { return Care::default() };
        upkeep::care(&place, seen, self.offered(&place))
    }

    async fn refresh(&self, reference: &Reference) -> Result<Observation, UpstreamError> {
        let place = Place::read(reference)?;
        if self.is_left_alone(&place).await {
            return self.observe(place).await;
        }
        self.read_again(place).await
    }

    async fn purge(&self, reference: &Reference) -> Result<(), UpstreamError> {
        let path = Place::read(reference)?.connection_path().ok_or(UpstreamError::Gone)?;
        upkeep::purge(&self.client, &path).await
    }

    async fn delete(&self, reference: &Reference) -> Result<(), UpstreamError> {
        match Place::read(reference)?.connection_path() {
            Some(path) => upkeep::delete(&self.client, &path).await,
            // Nothing was ever made there.
            None => Ok(()),
        }
    }
}

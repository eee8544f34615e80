//! What a person has agreed to: one consent for all connections (basiq.md 1 and 2.10).

use std::time::Duration;

use jiff::Timestamp;

use super::connections::Status;
use super::jobs::Begins;
use super::{Basiq, BasiqRefusal, next};
use crate::catalogue::basiq::Failure;
use crate::clock::later;
use crate::id::{BasiqConnectionId, BasiqConsentId, BasiqUserId};
use crate::ledger::BasiqEvent;

/// How long a consent lasts: what most applications ask for.
const LASTS: Duration = Duration::from_hours(365 * 24);

/// A consent of a user.
#[derive(Debug)]
pub(crate) struct UserConsent {
    pub(crate) id: BasiqConsentId,
    pub(crate) user: BasiqUserId,
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
    is_revoked: bool,
    is_expired: bool,
}

impl UserConsent {
    /// Basiq's word for how it is.
    pub(crate) fn status(&self) -> &'static str {
        match (self.is_revoked, self.is_expired) {
            (true, _) => "revoked",
            (false, true) => "expired",
            (false, false) => "active",
        }
    }

    fn is_active(&self) -> bool {
        !self.is_revoked && !self.is_expired
    }
}

impl Basiq {
    /// A user's consents, oldest first.
    pub(crate) fn consents_of(&self, user: BasiqUserId) -> Result<Vec<&UserConsent>, BasiqRefusal> {
        self.user(user)?;
        Ok(self.consents.values().filter(|consent| consent.user == user).collect())
    }

    /// Whether a user has agreed, and still does.
    pub(crate) fn has_consent(&self, user: BasiqUserId) -> bool {
        self.consents.values().any(|consent| consent.user == user && consent.is_active())
    }

    /// A person decides whether their data may be had at all.
    pub(crate) fn decide_consent(&mut self, user: BasiqUserId, agreed: bool) -> Result<(), BasiqRefusal> {
        self.user(user)?;
        self.record(BasiqEvent::ConsentDecided { user, agreed });
        if agreed && !self.has_consent(user) {
            let id = BasiqConsentId(next(&mut self.ids.consent));
            let (created, expires) = (self.now, later(self.now, LASTS));
            let consent = UserConsent { id, user, created, expires, is_revoked: false, is_expired: false };
            self.consents.insert(id, consent);
        }
        Ok(())
    }

    /// Takes a consent back: connections and data of the user are gone.
    pub(crate) fn revoke_consent(
        &mut self,
        user: BasiqUserId,
        id: BasiqConsentId,
    ) -> Result<(), BasiqRefusal> {
        self.user(user)?;
        let consent = self.consents.get_mut(&id).filter(|consent| consent.user == user);
        consent.filter(|consent| consent.is_active()).ok_or(BasiqRefusal::NotFound)?.is_revoked = true;
        self.record(BasiqEvent::ConsentRevoked { user });
        self.forget_data_of(user);
        Ok(())
    }

    /// A person decides at the bank about a connection: about a new one, or about one whose consent there ends.
    pub(crate) fn decide_at_the_bank(
        &mut self,
        user: BasiqUserId,
        id: BasiqConnectionId,
        agreed: bool,
    ) -> Result<(), BasiqRefusal> {
        let connection = self.connection(user, id)?;
        let (job, is_new) = (connection.job, connection.status == Status::PreInit);
        if is_new && !self.jobs.get(&job).is_some_and(super::Job::is_at_the_bank) {
            return Err(BasiqRefusal::NotFound);
        }
        if agreed {
            self.check_other_method(user, connection.connector)?;
        }
        self.record(BasiqEvent::BankDecided { connection: id, agreed });
        match (agreed, is_new) {
            (true, true) => {
                self.authorise(id);
                let heard = later(self.now, self.rules.hears_after);
                if let Some(job) = self.jobs.get_mut(&job) {
                    job.agree(heard);
                }
                self.catch_up(job);
            }
            (true, false) => {
                self.authorise(id);
                self.start_job(id, Begins::AtOnce);
            }
            (false, true) => {
                let now = self.now;
                let did = self.jobs.get_mut(&job).map(|job| job.break_off(Failure::REFUSED_AT_BANK, now));
                self.apply(job, id, &did.unwrap_or_default());
            }
            // Who does not renew leaves everything as it was.
            (false, false) => {}
        }
        Ok(())
    }

    /// Consents that have ended take the data with them.
    pub(super) fn settle_consents(&mut self) {
        let now = self.now;
        let ended =
            self.consents.values_mut().filter(|consent| consent.is_active() && consent.expires <= now);
        let users: Vec<BasiqUserId> = ended
            .map(|consent| {
                consent.is_expired = true;
                consent.user
            })
            .collect();
        for user in users {
            self.forget_data_of(user);
        }
    }

    fn authorise(&mut self, id: BasiqConnectionId) {
        let expires = later(self.now, self.rules.arrangement_lasts);
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.expires = Some(expires);
        }
    }

    /// The bank has let a person in: with a new connection it goes on.
    pub(super) fn let_in(&mut self, id: BasiqConnectionId) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.status == Status::PreInit {
            connection.status = Status::Init;
            let (user, institution) = (connection.user, connection.connector.id);
            self.supersede(user, institution, id);
        }
    }

    /// What nobody finished is listed no more once another has come further.
    fn supersede(&mut self, user: BasiqUserId, institution: &str, by: BasiqConnectionId) {
        for other in self.connections.values_mut() {
            let is_left = other.status == Status::PreInit && other.id != by;
            if is_left && other.user == user && other.connector.id == institution {
                other.superseded = true;
            }
        }
    }

    fn forget_data_of(&mut self, user: BasiqUserId) {
        let connections = self.connections.values().filter(|connection| connection.user == user);
        let ids: Vec<BasiqConnectionId> = connections.map(|connection| connection.id).collect();
        for id in ids {
            self.remove_connection(id);
        }
        self.accounts.retain(|_, account| account.user != user);
    }
}

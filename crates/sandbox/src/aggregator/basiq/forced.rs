//! What somebody brings about on the console.

use jiff::Timestamp;

use super::connections::Status;
use super::{Basiq, BasiqRefusal, Connection};
use crate::catalogue::basiq::{Failure, StepTitle, failure};
use crate::id::BasiqConnectionId;
use crate::ledger::BasiqEvent;

/// A call that can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Purge,
    Delete,
    Refresh,
}

/// How the next call of a kind is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NextRefusal {
    pub(crate) call: Call,
    /// The HTTP code.
    pub(crate) status: u16,
    /// Whether it is done all the same, so that only its answer is lost.
    pub(crate) done: bool,
}

impl Call {
    /// The one that is called so.
    pub(crate) fn read(word: &str) -> Option<Self> {
        match word {
            "purge" => Some(Self::Purge),
            "delete" => Some(Self::Delete),
            "refresh" => Some(Self::Refresh),
            _ => None,
        }
    }
}

impl Basiq {
    /// Gives a connection a status, known or not; a job that ends gives it another.
    pub(crate) fn force_status(&mut self, id: BasiqConnectionId, word: &str) -> Result<(), BasiqRefusal> {
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if word.is_empty() || word.len() > 40 || !word.chars().all(is_word) {
            return Err(BasiqRefusal::NotValid("status", "a status is one word of small letters"));
        }
        self.forced(id, "status")?.status = Status::read(word);
        Ok(())
    }

    /// Has the running job fail at a step that is ahead, or else the next one.
    pub(crate) fn force_failure(
        &mut self,
        id: BasiqConnectionId,
        step: StepTitle,
        code: &str,
    ) -> Result<(), BasiqRefusal> {
        let connection = self.forced(id, "failure")?;
        connection.next_failure = Some((step, code.to_owned()));
        let job = connection.job;
        if self.jobs.get_mut(&job).is_some_and(|job| job.fail_at(step, failure(code))) {
            self.connection_by_id(id)?.next_failure = None;
        }
        Ok(())
    }

    /// Has the next call of a kind be refused.
    pub(crate) fn force_refusal(
        &mut self,
        id: BasiqConnectionId,
        refusal: NextRefusal,
    ) -> Result<(), BasiqRefusal> {
        self.forced(id, "refusal")?.next_refusal = Some(refusal);
        Ok(())
    }

    /// Sets when the consent at the bank ends.
    pub(crate) fn force_expiry(&mut self, id: BasiqConnectionId, at: Timestamp) -> Result<(), BasiqRefusal> {
        if !self.connection_by_id(id)?.is_open_banking() {
            return Err(BasiqRefusal::NotValid("expiryDate", "a connection by login has none"));
        }
        self.forced(id, "expiry")?.expires = Some(at);
        Ok(())
    }

    /// Closes the bank's page for good: nobody decides there any more.
    pub(crate) fn abandon(&mut self, id: BasiqConnectionId) -> Result<(), BasiqRefusal> {
        let connection = self.connection_by_id(id)?;
        if connection.status != Status::PreInit {
            return Err(BasiqRefusal::NotValid("connectionId", "nobody is at the bank for this connection"));
        }
        let job = self.forced(id, "abandoned")?.job;
        let now = self.now;
        if let Some(job) = self.jobs.get_mut(&job) {
            // The connection stays as it is: that is what makes it an abandoned one.
            let _ = job.break_off(Failure { detail: "user_left", ..Failure::REFUSED_AT_BANK }, now);
        }
        Ok(())
    }

    /// How this call is to be refused, once.
    pub(super) fn take_refusal(&mut self, id: BasiqConnectionId, call: Call) -> Option<NextRefusal> {
        let connection = self.connections.get_mut(&id)?;
        connection.next_refusal.take_if(|refusal| refusal.call == call)
    }

    fn forced(&mut self, id: BasiqConnectionId, what: &'static str) -> Result<&mut Connection, BasiqRefusal> {
        self.connection_by_id(id)?;
        self.record(BasiqEvent::Forced { connection: id, what });
        self.connection_by_id(id)
    }

    fn connection_by_id(&mut self, id: BasiqConnectionId) -> Result<&mut Connection, BasiqRefusal> {
        self.connections.get_mut(&id).ok_or(BasiqRefusal::NotFound)
    }
}

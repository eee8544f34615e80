//! Micro-deposits: two small amounts to an account, and the proof that somebody can see them there.
//!
//! A deposit follows its course by the clock, as a sync does: whoever looks lets it catch up ([`Deposit::settle`]).

use jiff::Timestamp;

use super::{Account, Amounts, Refusal, World};
use crate::catalogue::{
    Course, DepositError, DepositStatus, FOUND_AFTER, GIVEN_UP_AFTER, TAKES_NONE, course_for, forced,
    is_seen_on,
};
use crate::clock::later;
use crate::id::{AccountId, ConnectionId, DepositId};
use crate::ledger::{DepositWay, Event};
use crate::money::Cents;
use crate::secret::Secret;

/// How micro-deposits are sent and tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DepositRules {
    /// How often amounts of one pair may be tried before it fails. Quovo's number is not known; 3 by default.
    pub tries: u32,
    /// The amounts of every pair in cents, for tests: two different ones from 1 to 99. Drawn at random when absent (the
    /// default) or not such.
    pub cents: Option<[u8; 2]>,
}

impl Default for DepositRules {
    fn default() -> Self {
        Self { tries: 3, cents: None }
    }
}

/// A pair of micro-deposits.
#[derive(Debug)]
pub(crate) struct Deposit {
    pub(crate) id: DepositId,
    pub(crate) connection: ConnectionId,
    pub(crate) account: AccountId,
    pub(crate) way: DepositWay,
    pub(crate) target: Target,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// Since when the amounts have been announced on the statement or, once they arrived, been there.
    seen_since: Option<Timestamp>,
    amounts: Amounts,
    course: &'static Course,
    /// The stage of the course it is at, and since when.
    at: usize,
    since: Timestamp,
    /// How it was decided, once it was: then the course counts no more.
    verdict: Option<DepositStatus>,
    /// Whether the aggregator sees the amounts among the account's transactions.
    is_found: bool,
    wrong_tries: u32,
}

/// Where deposits go. Debug shows neither number.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) number: Secret,
    pub(crate) routing: Secret,
}

/// What came of trying amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tried {
    Right,
    Wrong,
}

impl Deposit {
    /// Where it stands.
    pub(crate) fn status(&self) -> DepositStatus {
        let staged = || self.course.stages.get(self.at).map(|stage| stage.status);
        // Every course has stages; a test holds them to it.
        self.verdict.or_else(staged).unwrap_or(DepositStatus::Requested)
    }

    /// The word for it on the wire.
    pub(crate) fn status_word(&self) -> &'static str {
        self.status().word(self.course.failed_word)
    }

    /// Why it failed.
    pub(crate) fn error(&self) -> Option<DepositError> {
        match self.status() {
            DepositStatus::Failed(error) => Some(error),
            DepositStatus::Requested
            | DepositStatus::Submitted
            | DepositStatus::Transferred
            | DepositStatus::Verified
            | DepositStatus::VerificationFailed => None,
        }
    }

    /// The amounts and since when they are to be seen, once they are on the way and unless they came back; for the bank's
    /// statement only.
    pub(crate) fn on_statement(&self) -> Option<([Cents; 2], Timestamp)> {
        let seen_since = self.seen_since.filter(|_| self.error().is_none())?;
        Some((self.amounts.on_statement(), seen_since))
    }

    /// Whether the amounts are announced on the statement, but not there.
    pub(crate) fn is_pending(&self) -> bool {
        self.status() == DepositStatus::Submitted
    }

    /// The last digits of the number it goes to.
    pub(crate) fn end_of_number(&self) -> &str {
        let number = self.target.number.expose();
        number.get(number.len().saturating_sub(4)..).unwrap_or_default()
    }

    /// Catches up with the clock. `good_since` is since when the linked account's login has been good; absent while it
    /// is not, and then nothing is found.
    fn settle(&mut self, now: Timestamp, good_since: Option<Timestamp>) {
        while self.verdict.is_none() {
            let status = self.status();
            let stage_ends = self.course.stages.get(self.at).and_then(|stage| stage.lasts);
            let stage_ends = stage_ends.map(|lasts| later(self.since, lasts));
            let is_there = status == DepositStatus::Transferred && self.is_found;
            let found = good_since.filter(|_| is_there).map(|good| later(self.since, FOUND_AFTER).max(good));
            let given_up = status.takes_amounts().then(|| later(self.created, GIVEN_UP_AFTER));
            let next = [found, stage_ends, given_up].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= now) else { return };
            if found == Some(next) {
                self.decide(DepositStatus::Verified, next);
            } else if stage_ends == Some(next) {
                self.at += 1;
                self.since = next;
                self.touch(next);
            } else {
                self.decide(DepositStatus::VerificationFailed, next);
            }
        }
    }

    fn decide(&mut self, verdict: DepositStatus, at: Timestamp) {
        self.verdict = Some(verdict);
        self.touch(at);
    }

    /// It has changed. Whole seconds, as they are shown and asked for.
    fn touch(&mut self, at: Timestamp) {
        self.updated = whole_seconds(at);
        match self.status() {
            DepositStatus::Submitted | DepositStatus::Transferred => self.seen_since = Some(at),
            DepositStatus::Verified => self.seen_since = self.seen_since.or(Some(at)),
            DepositStatus::Requested | DepositStatus::Failed(_) | DepositStatus::VerificationFailed => {}
        }
    }
}

fn whole_seconds(at: Timestamp) -> Timestamp {
    let at = at.as_second();
    Timestamp::from_second(at).unwrap_or(Timestamp::MIN)
}

impl World {
    /// Sends deposits to an account that an aggregation has found, or to a placeholder.
    pub(crate) fn create_deposit(
        &mut self,
        account: AccountId,
        target: Target,
        drawn: Amounts,
    ) -> Result<&Deposit, Refusal> {
        let (connection, linked) = match self.aggregated_account(account) {
            Ok((connection, linked)) => (connection.id, Some(linked)),
            Err(_) => (self.deposit_portfolio(account)?.connection, None),
        };
        let (number, routing) = (target.number.expose(), target.routing.expose());
        let way = if linked.is_some() { DepositWay::Automatic } else { DepositWay::Manual };
        let takes_none = linked.is_some_and(|linked| !linked.holding.has_number);
        let course = if takes_none { &TAKES_NONE } else { course_for(number, routing) };
        let is_seen = |linked: Account| is_seen_on(number, &linked.number());
        let is_found = course.is_found && linked.is_some_and(is_seen);
        let (id, now) = (self.ids.next_deposit(), whole_seconds(self.now));
        let deposit = Deposit {
            id,
            connection,
            account,
            way,
            target,
            created: now,
            updated: now,
            seen_since: None,
            amounts: self.deposit_rules.cents.and_then(Amounts::fixed).unwrap_or(drawn),
            course,
            at: 0,
            since: now,
            verdict: None,
            is_found,
            wrong_tries: 0,
        };
        self.record(Event::DepositCreated { connection, account, deposit: id, way });
        Ok(self.deposits.entry(id).or_insert(deposit))
    }

    /// Tries amounts. At the last of the allowed tries a wrong pair ends it.
    pub(crate) fn try_amounts(&mut self, id: DepositId, amounts: [Cents; 2]) -> Result<Tried, Refusal> {
        let (now, tries) = (self.now, self.deposit_rules.tries);
        let deposit = self.deposits.get_mut(&id).ok_or(Refusal::NotFound)?;
        if !deposit.status().takes_amounts() {
            return Err(Refusal::Invalid("the deposits cannot be verified now"));
        }
        let is_right = deposit.amounts.are(amounts);
        if is_right {
            deposit.decide(DepositStatus::Verified, now);
        } else {
            deposit.wrong_tries += 1;
            if deposit.wrong_tries >= tries {
                deposit.decide(DepositStatus::VerificationFailed, now);
            }
        }
        let connection = deposit.connection;
        self.record(Event::AmountsTried { connection, deposit: id, right: is_right });
        Ok(if is_right { Tried::Right } else { Tried::Wrong })
    }

    /// Brings an outcome about, from wherever the deposits stand.
    pub(crate) fn force_deposit(&mut self, id: DepositId, outcome: &str) -> Result<(), Refusal> {
        let (outcome, course) = forced(outcome).ok_or(Refusal::Invalid("there is no such outcome"))?;
        let now = self.now;
        let deposit = self.deposits.get_mut(&id).ok_or(Refusal::NotFound)?;
        deposit.course = course;
        deposit.at = 0;
        deposit.since = now;
        deposit.verdict = None;
        deposit.touch(now);
        let connection = deposit.connection;
        self.record(Event::DepositForced { connection, deposit: id, outcome });
        Ok(())
    }

    /// The bank takes a connection's login no more.
    pub(crate) fn force_login(&mut self, id: ConnectionId) -> Result<(), Refusal> {
        let now = self.now;
        self.connection_mut(id)?.refuse_login(now);
        self.record(Event::LoginForced { connection: id });
        Ok(())
    }

    /// One pair of deposits.
    pub(crate) fn deposit(&self, id: DepositId) -> Result<&Deposit, Refusal> {
        self.deposits.get(&id).ok_or(Refusal::NotFound)
    }

    /// All of them, oldest first.
    pub(crate) fn deposits(&self) -> impl Iterator<Item = &Deposit> {
        self.deposits.values()
    }

    /// Those to one account, which has to be one that deposits can go to.
    pub(crate) fn deposits_to(&self, id: AccountId) -> Result<impl Iterator<Item = &Deposit>, Refusal> {
        self.aggregated_account(id).map(drop).or_else(|_| self.deposit_portfolio(id).map(drop))?;
        Ok(self.deposits().filter(move |deposit| deposit.account == id))
    }

    /// The deposits that prove an account: those verified last.
    pub(crate) fn proof_of(&self, id: AccountId) -> Option<&Deposit> {
        let to_it = self.deposits().filter(|deposit| deposit.account == id);
        to_it
            .filter(|deposit| deposit.status() == DepositStatus::Verified)
            .max_by_key(|deposit| deposit.updated)
    }

    pub(super) fn settle_deposits(&mut self, now: Timestamp) {
        for deposit in self.deposits.values_mut() {
            let connection = self.connections.get(&deposit.connection);
            let good = connection.filter(|connection| connection.status() == Some("good"));
            deposit.settle(now, good.and_then(|connection| connection.last_good_sync));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_number() {
        let target = Target { number: Secret::new("400123456789"), routing: Secret::new("129999908") };
        let shown = format!("{target:?}");
        assert!(!shown.contains("6789") && !shown.contains("9908"), "leaked in {shown}");
    }
}

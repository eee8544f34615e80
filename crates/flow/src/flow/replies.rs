//! Calls that are sent, what their answers lead to, and what happens when none comes.

use super::{At, tell};
use crate::calls::{Pending, Phase, Stuck};
use crate::{CallError, Effect, Event, Flow, Post, Reply, Request, Seq};
use linchpin_protocol::{Code, Problem, WidgetEvent};

impl Flow {
    /// Sends a call that only reads; an earlier one is no longer waited for.
    pub(crate) fn read(&mut self, request: Request, effects: &mut Vec<Effect>) {
        self.reading = Some(Pending::send(&mut self.numbers, request, effects));
    }

    /// Sends a call that changes something. What was being read is no longer true then.
    pub(crate) fn change(&mut self, request: Request, effects: &mut Vec<Effect>) {
        self.reading = None;
        self.changing = Some(Pending::send(&mut self.numbers, request, effects));
    }

    pub(super) fn replied(&mut self, seq: Seq, result: Result<Reply, CallError>, effects: &mut Vec<Effect>) {
        if self.search.awaits(seq) {
            return self.searched(result, effects);
        }
        let slot = match (&self.changing, &self.reading) {
            (Some(pending), _) if pending.awaits(seq) => &mut self.changing,
            (_, Some(pending)) if pending.awaits(seq) => &mut self.reading,
            _ => return,
        };
        let Some(mut pending) = slot.take() else { return };
        match result {
            Ok(reply) => {
                if pending.request.is_a_sign_of_life() {
                    self.lives_on(effects);
                }
                self.arrived(pending.request, reply, effects);
            }
            Err(error) => {
                if matches!(pending.request, Request::SubmitAmounts { .. }) {
                    return self.amounts_not_taken(&error, effects);
                }
                if pending.request.carries_secrets() {
                    return self.secrets_not_taken(error, effects);
                }
                if matches!(pending.request, Request::ReadRouting { .. }) && !session_is_over(code_of(&error))
                {
                    return;
                }
                match worth_another_try(&error) {
                    Some((why, wait)) => {
                        pending.put_off(why, wait, effects);
                        if pending.request.is_unsafe() {
                            self.changing = Some(pending);
                        } else {
                            self.reading = Some(pending);
                        }
                    }
                    None => self.refused(pending.request, error, effects),
                }
            }
        }
    }

    fn arrived(&mut self, request: Request, reply: Reply, effects: &mut Vec<Effect>) {
        match reply {
            Reply::Session(session) => self.opened(session, effects),
            Reply::Institution(detail) => self.institution_read(*detail, effects),
            Reply::Connection(connection) => self.connection_read(*connection, &request, effects),
            Reply::Connections(read) => self.connections_read(read, effects),
            Reply::Deposit(deposit) => self.deposit_read(*deposit, &request, effects),
            Reply::Routing(facts) => self.routing_read(*facts, effects),
            Reply::PublicToken => self.token_minted(effects),
            Reply::Recorded if matches!(request, Request::GiveConsent { .. }) => {
                self.consent_recorded(effects)
            }
            Reply::Recorded => self.name_recorded(),
            Reply::Ticket { seconds } => self.ticket_came(seconds, &request, effects),
            Reply::Life(_) => self.extended(effects),
            Reply::Institutions(_) => {}
        }
    }

    /// A call came back with a no that another try would not change.
    fn refused(&mut self, request: Request, error: CallError, effects: &mut Vec<Effect>) {
        let code = code_of(&error);
        if request == Request::ResumeSession && self.session.is_none() {
            // The kept session is over; the link token may still be good.
            effects.push(Effect::DropSession);
            let act = self.numbers.act();
            return self.change(Request::OpenSession { act }, effects);
        }
        if matches!(request, Request::OpenSession { .. }) {
            effects.push(Effect::Post(Post::Failed { code }));
            return self.over(code, effects);
        }
        if matches!(request, Request::GiveConsent { .. }) && code == Code::WrongStep {
            // What is to be agreed to has changed since it was shown: it is read and shown anew.
            return self.read(Request::ResumeSession, effects);
        }
        if session_is_over(code) || matches!(self.at, At::Consent) {
            return self.over(code, effects);
        }
        tell(effects, WidgetEvent::Problem { code });
        if matches!(request, Request::AskForInstitution { .. }) {
            return self.name_refused(code, effects);
        }
        if request.is_about_deposits() {
            return self.deposit_call_refused(&request, &error, effects);
        }
        if matches!(self.at, At::Manage(_)) {
            return self.managed_call_refused(&request, &error, effects);
        }
        self.connection_call_refused(request, code, effects);
    }

    /// The session is over: nothing more can be asked.
    pub(crate) fn over(&mut self, code: Code, effects: &mut Vec<Effect>) {
        self.reading = None;
        self.changing = None;
        self.asked_to_leave = false;
        self.life.warned = None;
        effects.push(Effect::ForgetLogin);
        effects.push(Effect::DropSession);
        self.at = At::SessionOver(code);
        if matches!(self.held.take(), Some(Event::Finish | Event::CloseAsked)) {
            self.finish_now(effects);
        }
    }

    pub(super) fn send_again(&mut self, seq: Seq, effects: &mut Vec<Effect>) {
        let numbers = &mut self.numbers;
        for pending in [&mut self.changing, &mut self.reading, &mut self.search.pending].into_iter().flatten()
        {
            if pending.seq == seq && pending.phase == Phase::Waiting {
                return pending.resend(numbers, effects);
            }
        }
    }

    /// Sends everything again that was put off or given up.
    pub(crate) fn revive(&mut self, effects: &mut Vec<Effect>) {
        let numbers = &mut self.numbers;
        for pending in [&mut self.changing, &mut self.reading, &mut self.search.pending].into_iter().flatten()
        {
            pending.revive(numbers, effects);
        }
    }
}

/// The code of an error, for the host page.
pub(crate) fn code_of(error: &CallError) -> Code {
    match error {
        CallError::Network => Code::ProviderUnavailable,
        CallError::Problem(problem) => problem.code,
    }
}

/// Whether the session cannot be used any more.
pub(crate) fn session_is_over(code: Code) -> bool {
    matches!(code, Code::SessionExpired | Code::Unauthorized | Code::TokenExpired | Code::TokenInvalid)
}

/// Whether the same call may succeed later, and after how many milliseconds.
pub(crate) fn worth_another_try(error: &CallError) -> Option<(Stuck, Option<u32>)> {
    match error {
        CallError::Network => Some((Stuck::NoAnswer, None)),
        CallError::Problem(problem) => {
            let Problem { code, retryable, retry_after_s, .. } = &**problem;
            // That takes minutes: it is told, not waited for.
            let waits = *retryable && *code != Code::RefreshTooSoon;
            waits.then(|| (Stuck::Refused(*code), retry_after_s.map(|s| s.saturating_mul(1000))))
        }
    }
}

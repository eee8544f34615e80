//! What happens to deposits that are there: the wait, the amounts, the end.

use super::{Depositing, Place};
use crate::flow::{At, code_of, session_is_over, tell};
use crate::linking::LONG_POLL_S;
use crate::screen::Trouble;
use crate::{CallError, Effect, Flow, Request};
use linchpin_protocol::{
    AmountProblem, Code, Deposit, DepositId, DepositNext, LinkedResult, Mode, ResultStatus, ScreenName,
    Unfinished, WidgetEvent,
};
use std::sync::Arc;

impl Flow {
    #[inline(never)]
    pub(crate) fn depositing(&mut self) -> Option<&mut Depositing> {
        match &mut self.at {
            At::Deposit(deposit) => Some(deposit),
            _ => None,
        }
    }

    /// Deposits that were sent before, as the session offers them.
    pub(crate) fn unfinished_deposits(&self) -> impl Iterator<Item = &Deposit> {
        let unfinished = self.session().into_iter().flat_map(|session| &session.unfinished);
        unfinished.filter_map(|item| match item {
            Unfinished::Deposit { deposit } => Some(&**deposit),
            Unfinished::Connection { .. } | Unfinished::Earlier { .. } | Unfinished::Unknown => None,
        })
    }

    /// Welcome back: go on with these deposits.
    #[inline(never)]
    pub(crate) fn deposit_taken_up(&mut self, id: &DepositId, effects: &mut Vec<Effect>) {
        if !matches!(self.at, At::Welcome(_)) || self.busy() {
            return;
        }
        let offered = self.unfinished_deposits().find(|deposit| deposit.id == *id).cloned();
        if let Some(deposit) = offered {
            self.open_deposit(deposit, effects);
        }
    }

    /// Shows deposits as they stood when the session was opened, and goes on from there.
    #[inline(never)]
    pub(crate) fn open_deposit(&mut self, deposit: Deposit, effects: &mut Vec<Effect>) {
        let deposit = Arc::new(deposit);
        self.at = At::Deposit(Box::new(Depositing::resumed(deposit.clone())));
        self.draw_deposit(deposit, false, effects);
    }

    /// A deposit came, as the answer to something.
    #[inline(never)]
    pub(crate) fn deposit_read(&mut self, deposit: Deposit, request: &Request, effects: &mut Vec<Effect>) {
        let made = matches!(request, Request::CreateDeposit { .. } | Request::CorrectDeposit { .. });
        let Some(depositing) = self.depositing() else { return };
        let known = depositing.deposit.as_ref();
        if !made && known.is_none_or(|known| known.id != deposit.id) {
            return;
        }
        if made {
            effects.push(Effect::ForgetSecrets);
            tell(effects, WidgetEvent::DepositStarted { deposit_id: deposit.id.clone() });
            depositing.at = Place::Deposit;
            depositing.last_digits.clear();
        }
        self.draw_deposit(Arc::new(deposit), made, effects);
    }

    /// Shows a deposit as it stands, and goes on from there. `made`: it was asked for just now.
    fn draw_deposit(&mut self, deposit: Arc<Deposit>, made: bool, effects: &mut Vec<Effect>) {
        let Some(depositing) = self.depositing() else { return };
        let known = depositing.deposit.as_ref();
        let same_step = !made && known.is_some_and(|known| known.revision == deposit.revision);
        let replaced = known.filter(|known| known.id != deposit.id).map(|known| known.id.clone());
        if !same_step {
            depositing.forget_complaints();
            depositing.returned += 1;
            depositing.at = Place::Deposit;
            effects.push(Effect::ForgetSecrets);
        }
        depositing.gone = false;
        depositing.deposit = Some(deposit.clone());
        if let Some(replaced) = replaced {
            self.results.retain(|result| result.deposit_id.as_ref() != Some(&replaced));
        }
        self.count_deposit(&deposit, made, effects);
        self.follow_deposit(effects);
    }

    /// Keeps what the host page is told in the end in step with the deposit. It is told at once of what was sent just now
    /// and of a proof that came.
    fn count_deposit(&mut self, deposit: &Deposit, made: bool, effects: &mut Vec<Effect>) {
        let counted = self.results.iter().find(|result| result.deposit_id.as_ref() == Some(&deposit.id));
        let before = counted.map(|result| result.status);
        let now = match deposit.next {
            DepositNext::Verified {} => Some(ResultStatus::DepositVerified),
            DepositNext::WaitForDeposit { .. }
            | DepositNext::WaitForProvider { .. }
            | DepositNext::EnterAmounts { .. }
            | DepositNext::RepairConnection { .. }
            | DepositNext::ProviderRetries {} => Some(ResultStatus::DepositPending),
            // Nobody knows yet: what was told stands, and what was sent just now counts as on its way.
            DepositNext::Wait { .. } if made => Some(ResultStatus::DepositPending),
            DepositNext::Wait { .. } | DepositNext::Unknown => before,
            DepositNext::CorrectAccount { .. }
            | DepositNext::UseAnotherAccount {}
            | DepositNext::Failed { .. }
            | DepositNext::Replaced { .. }
            | DepositNext::Withdrawn {} => None,
        };
        if now == before {
            return;
        }
        self.results.retain(|result| result.deposit_id.as_ref() != Some(&deposit.id));
        let Some(status) = now else { return };
        let Some(depositing) = self.depositing() else { return };
        let institution = depositing.institution().filter(|_| deposit.connection_id.is_some()).cloned();
        self.results.push(LinkedResult {
            status,
            connection_id: deposit.connection_id.clone(),
            deposit_id: Some(deposit.id.clone()),
            institution_name: deposit
                .bank
                .clone()
                .or_else(|| institution.clone().map(|institution| institution.name)),
            institution_id: institution.map(|institution| institution.id),
            account_ids: deposit.account_id.clone().into_iter().collect(),
        });
        if made || status == ResultStatus::DepositVerified {
            let act = self.numbers.act();
            self.change(Request::MintDepositToken { act, id: deposit.id.clone() }, effects);
        }
    }

    /// Waits for the next step, where it may come by itself.
    #[inline(never)]
    pub(crate) fn follow_deposit(&mut self, effects: &mut Vec<Effect>) {
        if self.changing.is_some() || self.reading.is_some() {
            return;
        }
        let Some(deposit) = self.depositing().filter(|deposit| deposit.goes_on_by_itself()) else { return };
        if let Some(deposit) = &deposit.deposit {
            let (id, revision) = (deposit.id.clone(), Some(deposit.revision));
            self.read(Request::ReadDeposit { id, revision, wait_s: LONG_POLL_S }, effects);
        }
    }

    /// The amounts were submitted; the driver holds them. What cannot be read is not sent, and uses no try.
    pub(crate) fn amounts_entered(
        &mut self,
        problems: [Option<AmountProblem>; 2],
        effects: &mut Vec<Effect>,
    ) {
        if self.shown() != ScreenName::EnterAmounts {
            return self.forget_unless_needed(effects);
        }
        // A double click: the first one has taken its amounts along.
        if self.busy() {
            return effects.push(Effect::ForgetSecrets);
        }
        let Some(deposit) = self.depositing() else { return };
        deposit.forget_complaints();
        if problems.iter().any(Option::is_some) {
            deposit.amounts = problems;
            effects.push(Effect::ForgetSecrets);
            return effects.push(Effect::FocusErrors);
        }
        let Some((id, revision)) = deposit.reference() else { return };
        let act = self.numbers.act();
        self.change(Request::SubmitAmounts { act, id, revision }, effects);
    }

    #[inline(never)]
    pub(crate) fn not_arrived(&mut self, effects: &mut Vec<Effect>) {
        let shown = self.shown();
        let busy = self.busy();
        let Some(deposit) = self.depositing() else { return };
        let by_hand = matches!(deposit.next(), Some(DepositNext::WaitForDeposit { .. }));
        let offered = shown == ScreenName::EnterAmounts || shown == ScreenName::DepositsOnTheirWay && by_hand;
        if let Some(deposit) = self.depositing().filter(|_| offered && !busy) {
            deposit.at = Place::NotArrived;
            deposit.forget_complaints();
            self.follow_deposit(effects);
        }
    }

    /// The person asks to give it up, and is asked back first: it cannot be taken back.
    #[inline(never)]
    pub(crate) fn give_up(&mut self, effects: &mut Vec<Effect>) {
        let shown = self.shown();
        if self.busy() {
            return;
        }
        let act = self.numbers.act();
        let Some(deposit) = self.depositing() else { return };
        if matches!(shown, ScreenName::NotArrived | ScreenName::DepositsOnTheirWay) {
            deposit.at = Place::GivingUp;
            deposit.trouble = None;
        } else if deposit.at == Place::GivingUp
            && let Some((id, revision)) = deposit.reference()
        {
            self.change(Request::WithdrawDeposit { act, id, revision }, effects);
        }
    }

    /// The provider cannot see the account any more: its connection is taken up.
    #[inline(never)]
    pub(crate) fn repair_connection(&mut self, effects: &mut Vec<Effect>) {
        let repairs = self.session().is_some_and(|session| session.mode == Mode::Link);
        if self.shown() != ScreenName::DepositProblem || self.busy() || !repairs {
            return;
        }
        let next = self.depositing().and_then(|deposit| deposit.next().cloned());
        if let Some(DepositNext::RepairConnection { connection_id }) = next {
            let act = self.numbers.act();
            self.change(Request::TakeUp { act, id: connection_id }, effects);
        }
    }

    /// Back within the deposit. Returns whether that was all.
    #[inline(never)]
    pub(crate) fn back_in_deposit(&mut self, effects: &mut Vec<Effect>) -> bool {
        let searches = self.session().is_some_and(|session| session.mode == Mode::Link);
        let Some(deposit) = self.depositing() else { return false };
        match deposit.at {
            Place::Review => {
                // It was put off, and the person does not wait for it.
                self.changing = None;
                self.back_to_details(effects);
            }
            Place::Details if deposit.corrects() => self.back_to_deposit(effects),
            Place::NotArrived | Place::GivingUp => self.back_to_deposit(effects),
            Place::Details if searches => {
                let Some(linking) = deposit.linking.take() else { return false };
                effects.push(Effect::ForgetSecrets);
                self.changing = None;
                self.reading = None;
                self.at = At::Linking(linking);
                self.follow(effects);
            }
            Place::Details | Place::Deposit => return false,
        }
        true
    }

    fn back_to_deposit(&mut self, effects: &mut Vec<Effect>) {
        effects.push(Effect::ForgetSecrets);
        self.changing = None;
        if let Some(deposit) = self.depositing() {
            deposit.at = Place::Deposit;
            deposit.forget_complaints();
        }
        self.follow_deposit(effects);
    }

    /// The amounts did not get through, or were refused. They are never sent again: what is true is read.
    #[inline(never)]
    pub(crate) fn amounts_not_taken(&mut self, error: &CallError, effects: &mut Vec<Effect>) {
        effects.push(Effect::ForgetSecrets);
        let code = code_of(error);
        if session_is_over(code) {
            return self.over(code, effects);
        }
        let Some(deposit) = self.depositing() else { return };
        deposit.returned += 1;
        match error {
            CallError::Network => deposit.trouble = Some(Trouble::Unconfirmed),
            CallError::Problem(problem) => {
                let field = |name| problem.fields.iter().any(|field| field.field == name);
                deposit.amounts =
                    ["cents.0", "cents.1"].map(|name| field(name).then_some(AmountProblem::Range));
                if deposit.amounts == [None; 2] {
                    let unsure = problem.retryable;
                    deposit.trouble =
                        Some(if unsure { Trouble::Unconfirmed } else { Trouble::Refused(code) });
                }
                tell(effects, WidgetEvent::Problem { code });
            }
        }
        effects.push(Effect::FocusErrors);
        self.look_at_deposit(effects);
    }

    /// Reads the deposit as it stands now.
    #[inline(never)]
    pub(crate) fn look_at_deposit(&mut self, effects: &mut Vec<Effect>) {
        let Some(deposit) = self.depositing().and_then(|deposit| deposit.deposit.as_ref()) else { return };
        let id = deposit.id.clone();
        self.read(Request::ReadDeposit { id, revision: None, wait_s: 0 }, effects);
    }

    /// Another call about a deposit was refused for good.
    pub(crate) fn deposit_call_refused(
        &mut self,
        request: &Request,
        error: &CallError,
        effects: &mut Vec<Effect>,
    ) {
        let code = code_of(error);
        match (request, error) {
            (Request::ReadRouting { .. }, _) => {}
            (Request::MintDepositToken { .. }, _) => self.token_not_minted(effects),
            (Request::CorrectDeposit { .. } | Request::WithdrawDeposit { .. }, _)
                if code == Code::WrongStep =>
            {
                self.back_to_deposit_as_it_is(effects);
            }
            (Request::CreateDeposit { .. } | Request::CorrectDeposit { .. }, CallError::Problem(problem)) => {
                self.details_refused(problem, effects);
            }
            (Request::ReadDeposit { .. }, _) => {
                if let Some(deposit) = self.depositing() {
                    deposit.gone = true;
                    deposit.at = Place::Deposit;
                }
            }
            _ => {
                if let Some(deposit) = self.depositing() {
                    deposit.trouble = Some(Trouble::Refused(code));
                    effects.push(Effect::FocusErrors);
                }
            }
        }
    }

    fn back_to_deposit_as_it_is(&mut self, effects: &mut Vec<Effect>) {
        effects.push(Effect::ForgetSecrets);
        if let Some(deposit) = self.depositing() {
            deposit.at = Place::Deposit;
        }
        self.look_at_deposit(effects);
    }

    /// A repair that the deposit waits for cannot be begun.
    #[inline(never)]
    pub(crate) fn not_repaired(&mut self, code: Code, effects: &mut Vec<Effect>) {
        if let Some(deposit) = self.depositing() {
            deposit.trouble = Some(Trouble::Refused(code));
            effects.push(Effect::FocusErrors);
        }
    }
}

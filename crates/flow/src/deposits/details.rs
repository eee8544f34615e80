//! The numbers of an account: typed, checked as far as that can be done here, read once more, sent.

use super::{Depositing, Place};
use crate::flow::{At, tell};
use crate::screen::{NameTrouble, NumberTrouble, RoutingTrouble, Screen, Trouble};
use crate::search::may_be_an_account_number;
use crate::{DepositWay, Effect, Flow, Request};
use linchpin_protocol::{
    FieldProblemKind, Mode, Next, Problem, RoutingNumber, RoutingNumberFacts, RoutingProblem, RoutingState,
    ScreenName, WidgetEvent, digit,
};
use std::sync::Arc;

/// The longest name of an account, in characters.
const LONGEST_NAME: usize = 40;

impl Flow {
    /// A way to a proof by deposits was chosen, wherever it is offered.
    #[inline(never)]
    pub(crate) fn way_chosen(&mut self, way: DepositWay, effects: &mut Vec<Effect>) {
        if self.busy() {
            return;
        }
        let offered = match self.screen() {
            Screen::OfferDeposits(view) => match way {
                DepositWay::Automatic => view.ways.automatic,
                DepositWay::Manual => view.ways.manual,
            },
            Screen::NotListed(view) => view.deposits && way == DepositWay::Manual,
            // Another account instead of one that takes none.
            Screen::DepositProblem(view) => {
                let manual = self
                    .session()
                    .is_some_and(|session| session.deposits.manual && session.mode == Mode::Link);
                manual && way == DepositWay::Manual && !view.gives_up
            }
            _ => false,
        };
        if !offered {
            return;
        }
        let sought = self.search.query.clone();
        match std::mem::replace(&mut self.at, At::Search) {
            At::Linking(mut linking) => {
                let chosen = linking.connection.as_ref().and_then(|connection| match &connection.next {
                    Next::OfferDeposits { account, .. } => Some((connection.id.clone(), account.clone()?)),
                    _ => None,
                });
                let account = chosen.filter(|_| way == DepositWay::Automatic);
                if way == DepositWay::Automatic && account.is_none() {
                    // It has to be linked first: the offer comes again, with an account.
                    linking.signs_in_first = true;
                    self.at = At::Linking(linking);
                    return self.prepare_bank(effects);
                }
                self.at = At::Deposit(Box::new(Depositing::of_numbers(Some(linking), account, &sought)));
            }
            _ => self.at = At::Deposit(Box::new(Depositing::of_numbers(None, None, &sought))),
        }
        self.reading = None;
        effects.push(Effect::ForgetSecrets);
        self.look_up(effects);
    }

    /// The routing number is being typed: as soon as it is one, its bank is looked up.
    #[inline(never)]
    pub(crate) fn routing_typed(&mut self, text: &str, effects: &mut Vec<Effect>) {
        let Some(deposit) = self.depositing().filter(|deposit| deposit.at == Place::Details) else { return };
        let Ok(number) = RoutingNumber::typed(text) else {
            deposit.facts = None;
            self.reading = None;
            return;
        };
        let number = number.to_string();
        if deposit.routing == number && deposit.facts.is_some() || self.busy() {
            return;
        }
        if let Some(deposit) = self.depositing() {
            deposit.routing = number;
            deposit.facts = None;
            // What was wrong was wrong with another number.
            deposit.problems.routing = None;
            self.look_up(effects);
        }
    }

    /// Asks what is known of the routing number that stands there.
    fn look_up(&mut self, effects: &mut Vec<Effect>) {
        let Some(deposit) = self.depositing() else { return };
        if !deposit.routing.is_empty() && deposit.facts.is_none() {
            let routing = deposit.routing.clone();
            self.read(Request::ReadRouting { routing }, effects);
        }
    }

    #[inline(never)]
    pub(crate) fn routing_read(&mut self, facts: RoutingNumberFacts, effects: &mut Vec<Effect>) {
        let Some(deposit) = self.depositing() else { return };
        if facts.routing != deposit.routing || !matches!(deposit.at, Place::Details | Place::Review) {
            return;
        }
        let refused = facts.state == RoutingState::NotForCustomers;
        deposit.facts = Some(Arc::new(facts));
        // In the form it stands beside the field already.
        if refused && deposit.at == Place::Review {
            deposit.problems.routing = Some(RoutingTrouble::NotForCustomers);
            self.back_to_details(effects);
        }
    }

    /// The numbers were submitted. The driver holds the account number and says what is to be known of it.
    pub(crate) fn details_entered(
        &mut self,
        routing: &str,
        number: Result<String, NumberTrouble>,
        name: &str,
        effects: &mut Vec<Effect>,
    ) {
        if self.shown() != ScreenName::BankDetails {
            return self.forget_unless_needed(effects);
        }
        let Some(deposit) = self.depositing() else { return };
        deposit.forget_complaints();
        let known = deposit.account.as_ref().and_then(|(_, account)| account.last_digits.as_deref());
        let problems = &mut deposit.problems;
        let read = RoutingNumber::typed(routing);
        problems.routing = match read {
            Ok(read) => {
                let facts = deposit.facts.as_ref().filter(|facts| facts.routing == read.to_string());
                let refused = facts.is_some_and(|facts| facts.state == RoutingState::NotForCustomers);
                refused.then_some(RoutingTrouble::NotForCustomers)
            }
            Err(why) => Some(routing_trouble(why, routing)),
        };
        problems.number = match &number {
            Ok(last) if known.is_some_and(|known| !fits(known, last)) => Some(NumberTrouble::OtherAccount),
            Ok(_) => None,
            Err(why) => Some(*why),
        };
        let name = name.trim();
        problems.name = if may_be_an_account_number(name) {
            Some(NameTrouble::Digits)
        } else {
            (name.chars().count() > LONGEST_NAME).then_some(NameTrouble::TooLong)
        };
        // What may be an account number is kept nowhere.
        let kept = if problems.name.is_none() { name } else { "" };
        kept.clone_into(&mut deposit.name);
        let wrong = problems.any();
        if let Ok(read) = read {
            let read = read.to_string();
            if deposit.facts.as_ref().is_some_and(|facts| facts.routing != read) {
                deposit.facts = None;
            }
            deposit.routing = read;
        }
        match number {
            Ok(last) if !wrong => {
                deposit.last_digits = last;
                deposit.at = Place::Review;
                if self.reading.is_none() {
                    self.look_up(effects);
                }
            }
            _ => {
                effects.push(Effect::ForgetSecrets);
                effects.push(Effect::FocusErrors);
            }
        }
    }

    /// The numbers were read once more: they are sent.
    #[inline(never)]
    pub(crate) fn send_details(&mut self, effects: &mut Vec<Effect>) {
        if self.shown() != ScreenName::ReviewDetails || self.busy() {
            return;
        }
        let act = self.numbers.act();
        let Some(deposit) = self.depositing() else { return };
        let routing = deposit.routing.clone();
        let request = match &deposit.deposit {
            Some(known) => {
                let (id, revision) = (known.id.clone(), known.revision);
                Request::CorrectDeposit { act, id, revision, routing }
            }
            None => {
                let account = deposit.account.clone().map(|(connection, account)| (connection, account.id));
                let name = (!deposit.name.is_empty()).then(|| deposit.name.clone());
                Request::CreateDeposit { act, account, routing, name }
            }
        };
        self.change(request, effects);
    }

    /// The bank of the routing number can be linked at once, and that is wanted.
    #[inline(never)]
    pub(crate) fn link_instead(&mut self, effects: &mut Vec<Effect>) {
        let Screen::BankDetails(view) = self.screen() else { return };
        let Some(institution) = view.offers_link().cloned().filter(|_| !self.busy()) else { return };
        if self.session().is_none_or(|session| session.mode != Mode::Link) {
            return;
        }
        effects.push(Effect::ForgetSecrets);
        tell(effects, WidgetEvent::InstitutionSelected { institution_id: institution.id.clone() });
        self.open_institution(institution, effects);
    }

    /// The numbers of deposits that are there were wrong, or may be: they are typed anew.
    #[inline(never)]
    pub(crate) fn correct_numbers(&mut self) {
        let offered = match self.screen() {
            Screen::NotArrived(view) | Screen::DepositProblem(view) => {
                !view.busy && !view.gives_up && view.may_correct()
            }
            _ => false,
        };
        if let Some(deposit) = self.depositing().filter(|_| offered) {
            deposit.at = Place::Details;
            deposit.forget_complaints();
            self.reading = None;
        }
    }

    /// Back to the form: what was typed in confidence is typed again.
    #[inline(never)]
    pub(crate) fn back_to_details(&mut self, effects: &mut Vec<Effect>) {
        effects.push(Effect::ForgetSecrets);
        if let Some(deposit) = self.depositing() {
            deposit.at = Place::Details;
            deposit.last_digits.clear();
            deposit.returned += 1;
        }
    }

    /// The numbers were sent and not taken.
    #[inline(never)]
    pub(super) fn details_refused(&mut self, problem: &Problem, effects: &mut Vec<Effect>) {
        self.back_to_details(effects);
        let Some(deposit) = self.depositing() else { return };
        for field in &problem.fields {
            match field.field.as_str() {
                "routing" => deposit.problems.routing = Some(refused_routing(field.problem)),
                "account_number" => deposit.problems.number = Some(refused_number(field.problem)),
                "name" => deposit.problems.name = Some(NameTrouble::Digits),
                _ => {}
            }
        }
        if !deposit.problems.any() {
            deposit.trouble = Some(Trouble::Refused(problem.code));
        }
        effects.push(Effect::FocusErrors);
    }
}

/// Why a text is no routing number, as it is told.
fn routing_trouble(why: RoutingProblem, typed: &str) -> RoutingTrouble {
    let digits = typed.chars().filter(|c| digit(*c).is_some()).count();
    match why {
        RoutingProblem::Format if typed.trim().is_empty() => RoutingTrouble::Empty,
        RoutingProblem::Format => RoutingTrouble::Format { digits },
        RoutingProblem::Checksum => RoutingTrouble::Checksum,
        RoutingProblem::Range => RoutingTrouble::Range,
    }
}

/// Whether two beginnings of the same digits, counted from the end, say the same.
fn fits(known: &str, last: &str) -> bool {
    known.ends_with(last) || last.ends_with(known)
}

fn refused_routing(problem: FieldProblemKind) -> RoutingTrouble {
    match problem {
        FieldProblemKind::Checksum => RoutingTrouble::Checksum,
        FieldProblemKind::NotForCustomers => RoutingTrouble::NotForCustomers,
        FieldProblemKind::Missing | FieldProblemKind::Empty => RoutingTrouble::Empty,
        FieldProblemKind::Malformed
        | FieldProblemKind::TooLong
        | FieldProblemKind::NotOffered
        | FieldProblemKind::NotAPracticeLogin
        | FieldProblemKind::OtherAccount
        | FieldProblemKind::Unknown => RoutingTrouble::Range,
    }
}

fn refused_number(problem: FieldProblemKind) -> NumberTrouble {
    match problem {
        FieldProblemKind::OtherAccount => NumberTrouble::OtherAccount,
        FieldProblemKind::Missing | FieldProblemKind::Empty => NumberTrouble::Empty,
        FieldProblemKind::Malformed
        | FieldProblemKind::TooLong
        | FieldProblemKind::NotOffered
        | FieldProblemKind::NotAPracticeLogin
        | FieldProblemKind::Checksum
        | FieldProblemKind::NotForCustomers
        | FieldProblemKind::Unknown => NumberTrouble::Format,
    }
}

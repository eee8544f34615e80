//! Signing in on the bank's own page: the way there, the time away, the way back.
//!
//! Whether the person got there and came back is learned from the proxy alone. A window that did not open, or was
//! closed, tells nothing; the screen only offers what can be done then.

use super::Linking;
use crate::flow::tell;
use crate::screen::Screen;
use crate::{Effect, Flow, Post, Request, Timer};
use linchpin_protocol::{AuthorizeProblem, ConnectionMethod, Method, Next, WidgetEvent};

/// A way to the bank's own page is not offered in its last seconds: it has to be got there in time.
const LAST_SECONDS: u32 = 15;

/// Where the person is with the bank's own page.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Bank {
    /// Over there, as far as this window knows.
    pub(super) away: bool,
    /// A way there is in the vault.
    pub(super) ready: bool,
    /// Numbers the ways there.
    pub(super) ticket: u32,
}

impl Bank {
    /// Nobody is over there any more, and the way there was taken.
    pub(super) fn end_visit(&mut self) {
        self.away = false;
        self.ready = false;
    }
}

impl Linking {
    /// Whether the person is to sign in on the bank's own page, with a connection or without one yet.
    pub(super) fn at_bank(&self) -> bool {
        match &self.connection {
            Some(connection) => matches!(connection.next, Next::Authorize { .. }),
            None => self.chosen_method() == Some(Method::BankLogin) && self.offered_first().is_none(),
        }
    }
}

impl Flow {
    /// How to sign in was chosen, here or by the institution's having one way only.
    #[inline(never)]
    pub(crate) fn method_chosen(&mut self, method: Method, effects: &mut Vec<Effect>) {
        let offered = match self.screen() {
            Screen::ChooseMethod(view) => view.methods.contains(&method),
            Screen::BankLogin(view) => view.can_type && method == Method::Credentials && !view.busy,
            _ => false,
        };
        let Some(linking) = self.linking().filter(|_| offered) else { return };
        linking.method = Some(method);
        // What was begun on the bank's page is left as it stands; a login is another connection.
        linking.connection = None;
        linking.bank = Bank::default();
        linking.forget_complaints();
        self.reading = None;
        self.prepare_bank(effects);
    }

    /// Gets a way to the bank's own page, so that it is there before the click.
    #[inline(never)]
    pub(crate) fn prepare_bank(&mut self, effects: &mut Vec<Effect>) {
        let changing = self.changing.is_some();
        let Some(linking) = self.linking() else { return };
        if changing || !linking.at_bank() || linking.bank.ready {
            return;
        }
        match linking.reference() {
            None => {
                let institution_id = linking.institution.id.clone();
                let act = self.numbers.act();
                let method = ConnectionMethod::BankLogin;
                self.change(Request::CreateConnection { act, institution_id, method }, effects);
            }
            Some((id, revision)) => {
                let act = self.numbers.act();
                self.change(Request::Authorize { act, id, revision, in_place: false }, effects);
            }
        }
    }

    #[inline(never)]
    pub(crate) fn ticket_came(&mut self, seconds: u32, request: &Request, effects: &mut Vec<Effect>) {
        let Some(linking) = self.linking() else { return };
        if !linking.at_bank() {
            return;
        }
        linking.trouble = None;
        linking.bank.ticket += 1;
        if matches!(request, Request::Authorize { in_place: true, .. }) {
            // It has made the way in a window void, and is gone itself once the page goes there.
            linking.bank.ready = false;
            linking.bank.away = true;
            effects.push(Effect::Post(Post::Navigate));
        } else {
            linking.bank.ready = true;
            let ms = seconds.saturating_sub(LAST_SECONDS).saturating_mul(1_000);
            effects.push(Effect::After { ms, timer: Timer::Ticket(linking.bank.ticket) });
        }
        self.follow(effects);
    }

    /// The way there is void soon. Another is got when the person asks: else a forgotten window would go on for hours.
    #[inline(never)]
    pub(crate) fn ticket_is_void(&mut self, ticket: u32) {
        if let Some(linking) = self.linking()
            && linking.bank.ticket == ticket
        {
            linking.bank.ready = false;
        }
    }

    /// The person took the way there.
    #[inline(never)]
    pub(crate) fn bank_opened(&mut self, effects: &mut Vec<Effect>) {
        if !matches!(self.screen(), Screen::BankLogin(view) if view.ready) {
            return;
        }
        let Some(linking) = self.linking() else { return };
        linking.bank.away = true;
        if let Some((connection_id, _)) = linking.reference() {
            tell(effects, WidgetEvent::BankLoginOpened { connection_id });
        }
        self.follow(effects);
    }

    #[inline(never)]
    pub(crate) fn bank_in_place(&mut self, effects: &mut Vec<Effect>) {
        if !matches!(self.screen(), Screen::BankLogin(view) if view.in_place && !view.busy) {
            return;
        }
        let Some((id, revision)) = self.linking().and_then(|linking| linking.reference()) else { return };
        let act = self.numbers.act();
        self.change(Request::Authorize { act, id, revision, in_place: true }, effects);
    }

    #[inline(never)]
    pub(crate) fn bank_cancelled(&mut self, effects: &mut Vec<Effect>) {
        if !matches!(self.screen(), Screen::BankLogin(view) if view.away && !view.busy) {
            return;
        }
        let Some((id, revision)) = self.linking().and_then(|linking| linking.reference()) else { return };
        let act = self.numbers.act();
        self.change(Request::Abandon { act, id, revision }, effects);
    }

    /// The person says that it is done elsewhere.
    #[inline(never)]
    pub(crate) fn check_now(&mut self, effects: &mut Vec<Effect>) {
        let elsewhere = match self.screen() {
            Screen::BankLogin(view) => view.away && !view.busy,
            Screen::Challenges(view) => view.elsewhere && !view.busy,
            _ => false,
        };
        if let Some((id, _)) = self.linking().and_then(|linking| linking.reference()).filter(|_| elsewhere) {
            self.read(Request::ReadConnection { id, revision: None, wait_s: 0 }, effects);
        }
    }

    /// A step of a connection at which the bank's own page comes in was drawn, or was left.
    #[inline(never)]
    pub(super) fn bank_moved(&mut self, before: Option<&Next>, same_step: bool, effects: &mut Vec<Effect>) {
        let Some(linking) = self.linking() else { return };
        let Some(connection) = &linking.connection else { return };
        let connection_id = connection.id.clone();
        let was_there = matches!(before, Some(Next::Authorize { .. }));
        if let Next::Authorize { opened, problem, .. } = &connection.next {
            let problem = *problem;
            if *opened {
                linking.bank.away = true;
            }
            if !same_step {
                // Used, or void: the way there goes with the step.
                linking.bank.end_visit();
                linking.bank.away = *opened;
                if was_there && problem != AuthorizeProblem::None && !*opened {
                    tell(effects, WidgetEvent::BankLoginAbandoned { connection_id });
                }
            }
            self.prepare_bank(effects);
            self.follow(effects);
        } else if was_there {
            linking.bank = Bank::default();
            tell(effects, WidgetEvent::BankLoginReturned { connection_id });
        }
    }
}

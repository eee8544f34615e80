//! How long the session goes on, and the word before it ends.

use crate::calls::Pending;
use crate::flow::At;
use crate::{Effect, Flow, Request, Timer};
use linchpin_protocol::{Code, Session};

/// The warning comes so many seconds before the end: three times the twenty that a person must have.
const WARNING_S: u32 = 60;

/// What is known of the session's time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Life {
    /// How long the session goes on if the person does nothing; 0: it is not known.
    idle_s: u32,
    /// Numbers the signs of life, so that the timer of an earlier one does nothing.
    acts: u32,
    /// The end is near; whether it can be put off.
    pub(crate) warned: Option<bool>,
}

fn ms(seconds: u32) -> u32 {
    seconds.saturating_mul(1_000)
}

impl Flow {
    pub(crate) fn begin_life(&mut self, session: &Session, effects: &mut Vec<Effect>) {
        self.life.idle_s = session.idle_s;
        self.lives_on(effects);
        if session.remaining_s > 0 {
            let warning = session.remaining_s.saturating_sub(WARNING_S);
            effects.push(Effect::After { ms: ms(warning), timer: Timer::Ending });
        }
    }

    /// The proxy has heard from the person: the time begins anew.
    pub(crate) fn lives_on(&mut self, effects: &mut Vec<Effect>) {
        if self.life.idle_s == 0 {
            return;
        }
        self.life.acts += 1;
        if self.life.warned == Some(true) {
            self.life.warned = None;
        }
        let warning = self.life.idle_s.saturating_sub(WARNING_S);
        effects.push(Effect::After { ms: ms(warning), timer: Timer::Idle(self.life.acts) });
    }

    /// Nothing was heard for long: first the warning, then the end.
    pub(crate) fn idle(&mut self, act: u32, effects: &mut Vec<Effect>) {
        if act != self.life.acts || matches!(self.at, At::SessionOver(_)) {
            return;
        }
        if self.life.warned == Some(true) {
            return self.over(Code::SessionExpired, effects);
        }
        if self.life.warned.is_none() {
            self.life.warned = Some(true);
            effects.push(Effect::After { ms: ms(WARNING_S), timer: Timer::Idle(act) });
        }
    }

    /// The session ends soon, whatever is done.
    pub(crate) fn ending(&mut self) {
        if !matches!(self.at, At::SessionOver(_)) {
            self.life.warned = Some(false);
        }
    }

    /// The person is still there.
    pub(crate) fn extend(&mut self, effects: &mut Vec<Effect>) {
        // Whatever else is being sent keeps the session alive too.
        if self.life.warned.take() == Some(true) && self.changing.is_none() {
            let request = Request::Extend { act: self.numbers.act() };
            // What is being read stays true: a session that goes on changes nothing else.
            self.changing = Some(Pending::send(&mut self.numbers, request, effects));
        }
    }

    /// The session goes on, or does not: what had to wait for the answer goes on.
    pub(crate) fn extended(&mut self, effects: &mut Vec<Effect>) {
        self.prepare_bank(effects);
        self.follow(effects);
        self.follow_deposit(effects);
        self.look_on(effects);
    }
}

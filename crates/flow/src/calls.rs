//! Calls on their way: what was asked, how often, and what to do when no answer comes.

use crate::{Act, Effect, Request, Seq, Timer};
use linchpin_protocol::Code;

/// How often a call is sent again by itself before the person is asked.
const MOST_TRIES: u8 = 3;
/// The first wait before a call is sent again, in milliseconds; doubled each time.
const FIRST_WAIT_MS: u32 = 500;

/// A call that has no answer yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Pending {
    pub(crate) seq: Seq,
    pub(crate) request: Request,
    tries: u8,
    pub(crate) phase: Phase,
}

/// Where a call is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// On its way.
    Sent,
    /// To be sent again soon.
    Waiting,
    /// Given up until the person, or the network, says otherwise.
    Stuck(Stuck),
}

/// Why a call was given up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stuck {
    /// No answer.
    NoAnswer,
    /// An answer that says: not now.
    Refused(Code),
}

/// Hands out numbers for calls and acts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Numbers {
    last_seq: u32,
    last_act: u32,
}

impl Numbers {
    /// A number for one more call.
    pub(crate) fn seq(&mut self) -> Seq {
        self.last_seq += 1;
        Seq(self.last_seq)
    }

    /// A number for one more act of the person.
    pub(crate) fn act(&mut self) -> Act {
        self.last_act += 1;
        Act(self.last_act)
    }
}

impl Pending {
    /// Sends a call.
    pub(crate) fn send(numbers: &mut Numbers, request: Request, effects: &mut Vec<Effect>) -> Self {
        let seq = numbers.seq();
        effects.push(Effect::Call { seq, request: request.clone() });
        Self { seq, request, tries: 1, phase: Phase::Sent }
    }

    /// Whether this call, and no earlier one, is on its way under this number.
    pub(crate) fn awaits(&self, seq: Seq) -> bool {
        self.seq == seq && self.phase == Phase::Sent
    }

    /// Arranges for it to be sent again, or gives it up.
    pub(crate) fn put_off(&mut self, why: Stuck, retry_after_ms: Option<u32>, effects: &mut Vec<Effect>) {
        if self.tries >= MOST_TRIES {
            self.phase = Phase::Stuck(why);
            return;
        }
        let backoff = FIRST_WAIT_MS << self.tries.saturating_sub(1);
        self.phase = Phase::Waiting;
        effects.push(Effect::After {
            ms: retry_after_ms.unwrap_or(0).max(backoff),
            timer: Timer::Resend(self.seq),
        });
    }

    /// Sends it again under a new number, for the same act.
    pub(crate) fn resend(&mut self, numbers: &mut Numbers, effects: &mut Vec<Effect>) {
        self.seq = numbers.seq();
        self.tries += 1;
        self.phase = Phase::Sent;
        effects.push(Effect::Call { seq: self.seq, request: self.request.clone() });
    }

    /// Sends it again because the person or the network says so: the tries count afresh.
    pub(crate) fn revive(&mut self, numbers: &mut Numbers, effects: &mut Vec<Effect>) {
        if self.phase != Phase::Sent {
            self.tries = 0;
            self.resend(numbers, effects);
        }
    }
}

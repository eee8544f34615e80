//! The bank is not in the list: naming it to the client.

use crate::flow::At;
use crate::screen::{NotListedView, Trouble};
use crate::search::may_be_an_account_number;
use crate::{Effect, Flow, Request};
use linchpin_protocol::Code;

/// What became of the name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct NotListed {
    problem: Option<NotNamed>,
    trouble: Option<Trouble>,
    sent: bool,
}

/// Why a name was not sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotNamed {
    /// There is none, or one without a letter.
    Empty,
    /// It has so many digits that it may be an account number.
    Digits,
    /// This opening has named several already.
    Enough,
}

impl NotListed {
    pub(crate) fn view(&self, sought: &str, deposits: bool, busy: bool) -> NotListedView {
        // What looks like an account number is not offered to be sent.
        let sought = if may_be_an_account_number(sought) { "" } else { sought.trim() };
        NotListedView {
            sought: sought.to_owned(),
            problem: self.problem,
            trouble: self.trouble,
            sent: self.sent,
            deposits,
            busy,
        }
    }
}

/// Whether a character alone names nobody.
fn says_nothing(c: char) -> bool {
    linchpin_protocol::digit(c).is_some() || c.is_whitespace() || c.is_ascii_punctuation()
}

impl Flow {
    pub(crate) fn not_listed(&mut self) {
        if matches!(self.at, At::Search) && self.session.is_some() {
            self.search.pending = None;
            self.at = At::NotListed(NotListed::default());
        }
    }

    pub(crate) fn bank_named(&mut self, text: &str, effects: &mut Vec<Effect>) {
        let busy = self.busy();
        let At::NotListed(asked) = &mut self.at else { return };
        if busy || asked.sent {
            return;
        }
        let text = text.trim();
        let problem = match () {
            () if may_be_an_account_number(text) => Some(NotNamed::Digits),
            () if text.chars().all(says_nothing) => Some(NotNamed::Empty),
            () => None,
        };
        *asked = NotListed { problem, ..NotListed::default() };
        if problem.is_some() {
            effects.push(Effect::FocusErrors);
            return;
        }
        let act = self.numbers.act();
        self.change(Request::AskForInstitution { act, text: text.to_owned() }, effects);
    }

    /// The client can read it.
    pub(crate) fn name_recorded(&mut self) {
        if let At::NotListed(asked) = &mut self.at {
            *asked = NotListed { sent: true, ..NotListed::default() };
        }
    }

    pub(crate) fn name_refused(&mut self, code: Code, effects: &mut Vec<Effect>) {
        if let At::NotListed(asked) = &mut self.at {
            if code == Code::TooManyTries {
                asked.problem = Some(NotNamed::Enough);
            } else {
                asked.trouble = Some(Trouble::Refused(code));
            }
            effects.push(Effect::FocusErrors);
        }
    }
}

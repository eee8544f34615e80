//! Ways back and ways out. The host page is told of the end exactly once.

use crate::calls::Phase;
use crate::flow::At;
use crate::screen::Screen;
use crate::{Effect, Flow, Post};
use linchpin_protocol::{ExitReason, Mode};

impl Flow {
    /// Back to the search, with its text; what was begun at the institution stays at the proxy.
    pub(crate) fn back(&mut self, effects: &mut Vec<Effect>) {
        let (At::Linking(_) | At::NotListed(_) | At::Deposit(_) | At::Manage(_)) = &self.at else { return };
        // A call that changes something is let finish: its answer decides what is true.
        let under_way = self.changing.as_ref().is_some_and(|pending| pending.phase == Phase::Sent);
        if under_way || matches!(self.screen(), Screen::Done(_) | Screen::DepositDone(_)) {
            return;
        }
        if self.back_in_deposit(effects) {
            return;
        }
        if self.manages() {
            return self.back_in_manage(effects);
        }
        // A session that is for one connection has no search to go back to.
        if self.session().is_some_and(|session| session.mode != Mode::Link) {
            return self.close_asked(effects);
        }
        self.changing = None;
        self.return_to_search(effects);
    }

    pub(crate) fn another_bank(&mut self, effects: &mut Vec<Effect>) {
        let searches = self.session().is_some_and(|session| session.mode == Mode::Link);
        let done =
            matches!(self.screen(), Screen::Done(_) | Screen::DepositDone(_) | Screen::DepositsOnTheirWay(_));
        if searches && done && self.changing.is_none() {
            self.search = crate::search::Search::default();
            self.mark_what_is_connected();
            self.return_to_search(effects);
        }
    }

    /// What was offered when the session began did not know of what was linked since.
    fn mark_what_is_connected(&mut self) {
        let Some(session) = &mut self.session else { return };
        for institution in &mut session.popular.institutions {
            institution.connected |=
                self.results.iter().any(|result| result.institution_id.as_ref() == Some(&institution.id));
        }
    }

    fn return_to_search(&mut self, effects: &mut Vec<Effect>) {
        self.reading = None;
        self.at = At::Search;
        effects.push(Effect::ForgetLogin);
        // What was being looked for when the search was left.
        self.search_now(effects);
    }

    /// Done: the end. The host page has the result by then.
    pub(crate) fn finish(&mut self, effects: &mut Vec<Effect>) {
        if !self.results.is_empty() || matches!(self.at, At::SessionOver(_)) {
            self.finish_now(effects);
        }
    }

    pub(crate) fn close_asked(&mut self, effects: &mut Vec<Effect>) {
        let lost = match &self.at {
            At::Linking(linking) => linking.would_be_lost(),
            At::Deposit(deposit) => deposit.would_be_lost(),
            At::Consent
            | At::Welcome(_)
            | At::Search
            | At::NotListed(_)
            | At::Manage(_)
            | At::SessionOver(_)
            | At::Ended => false,
        };
        if lost {
            self.asked_to_leave = true;
        } else {
            self.end(ExitReason::ClosedByPerson, effects);
        }
    }

    pub(crate) fn close_ordered(&mut self, effects: &mut Vec<Effect>) {
        self.end(ExitReason::ClosedByHost, effects);
    }

    pub(crate) fn leave(&mut self, effects: &mut Vec<Effect>) {
        if self.asked_to_leave {
            self.end(ExitReason::ClosedByPerson, effects);
        }
    }

    /// Closing after a link is a success.
    fn end(&mut self, reason: ExitReason, effects: &mut Vec<Effect>) {
        self.asked_to_leave = false;
        self.life.warned = None;
        if self.results.is_empty() && !self.ends_as_done() {
            let reason = match (&self.at, reason) {
                (At::SessionOver(_), ExitReason::ClosedByPerson) => ExitReason::SessionOver,
                (_, reason) => reason,
            };
            self.close_books(effects);
            effects.push(Effect::Post(Post::Exit { reason }));
        } else {
            self.finish_now(effects);
        }
    }

    /// Whether connections were looked after: then the end says what became of them. A session that was over before
    /// anything changed ends as others do.
    fn ends_as_done(&self) -> bool {
        let changed = !self.results.is_empty() || !self.manage.changes.is_empty();
        self.manages() && (changed || !matches!(self.at, At::Consent | At::SessionOver(_)))
    }

    pub(crate) fn finish_now(&mut self, effects: &mut Vec<Effect>) {
        let post = if self.ends_as_done() {
            Post::Done { changes: self.manage.changes.clone() }
        } else if self.results.is_empty() {
            Post::Exit { reason: ExitReason::SessionOver }
        } else {
            Post::Success { results: self.results.clone() }
        };
        self.close_books(effects);
        effects.push(Effect::Post(post));
    }

    fn close_books(&mut self, effects: &mut Vec<Effect>) {
        self.at = At::Ended;
        self.reading = None;
        self.changing = None;
        self.search.pending = None;
        effects.push(Effect::ForgetLogin);
        effects.push(Effect::DropSession);
    }
}

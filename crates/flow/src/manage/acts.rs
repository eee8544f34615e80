//! What is done about a connection that is looked after. Each is asked for by the person, one at a time.

use super::Place;
use crate::screen::Screen;
use crate::{Effect, Flow, Request};
use linchpin_protocol::{ConnectionId, Parting, Revision};

impl Flow {
    /// On to the present step of the connection: what it needs of the person, or how far it is.
    #[inline(never)]
    pub(crate) fn mend(&mut self, effects: &mut Vec<Effect>) {
        let Screen::Connection(view) = self.screen() else { return };
        if view.busy || !view.leads_on() {
            return;
        }
        let connection = view.managed.connection.clone();
        if let Some(errand) = self.errand_at(&connection.id) {
            self.run(errand, connection, effects);
        }
    }

    /// Has it read again. Where it was to be ended, that keeps it.
    #[inline(never)]
    pub(crate) fn refresh(&mut self, effects: &mut Vec<Effect>) {
        let connection = match self.screen() {
            Screen::Connection(view) | Screen::Disconnect(view) | Screen::Move(view)
                if view.refreshes() && !view.busy =>
            {
                Some((view.managed.connection.id.clone(), view.managed.connection.revision))
            }
            Screen::Interrupted(view) if view.erased && view.can_keep() && !view.busy => self.linked_up(),
            _ => None,
        };
        let Some((id, revision)) = connection else { return };
        let act = self.numbers.act();
        self.act_on(Request::Refresh { act, id, revision }, effects);
    }

    /// Keeps one that was to be ended. Its data is read again only where it is erased already.
    #[inline(never)]
    pub(crate) fn keep(&mut self, effects: &mut Vec<Effect>) {
        let connection = match self.screen() {
            Screen::Connection(view) if view.can_be_kept() && !view.is_erased() && !view.busy => {
                Some((view.managed.connection.id.clone(), view.managed.connection.revision))
            }
            Screen::Interrupted(view) if !view.erased && view.can_keep() && !view.busy => self.linked_up(),
            _ => return self.refresh(effects),
        };
        let Some((id, revision)) = connection else { return };
        let act = self.numbers.act();
        self.act_on(Request::Retry { act, id, revision }, effects);
    }

    fn linked_up(&mut self) -> Option<(ConnectionId, Revision)> {
        self.linking().and_then(|linking| linking.reference())
    }

    /// Asks whether to end it.
    #[inline(never)]
    pub(crate) fn disconnect_asked(&mut self, effects: &mut Vec<Effect>) {
        if let Screen::Connection(view) = self.screen()
            && !view.busy
            && view.managed.disconnect.is_some()
        {
            self.go_to(Place::Disconnect(view.managed.connection.id.clone()), effects);
        }
    }

    /// Asks whether to put another in its place.
    #[inline(never)]
    pub(crate) fn move_asked(&mut self, effects: &mut Vec<Effect>) {
        if let Screen::Connection(view) = self.screen()
            && !view.busy
            && view.managed.moves.is_some()
        {
            self.go_to(Place::Move(view.managed.connection.id.clone()), effects);
        }
    }

    /// Ends it. `erase`: what is to become of the data, where that was asked.
    #[inline(never)]
    pub(crate) fn disconnect(&mut self, erase: Option<bool>, effects: &mut Vec<Effect>) {
        let Screen::Disconnect(view) = self.screen() else { return };
        if view.busy {
            return;
        }
        self.manage.forget_complaints();
        let purge = match (view.asks_about_data(), erase) {
            (true, None) => {
                self.manage.nothing_chosen = true;
                return effects.push(Effect::FocusErrors);
            }
            (true, Some(erase)) => erase,
            (false, _) => view.is_erased(),
        };
        let (id, revision) = (view.managed.connection.id.clone(), view.managed.connection.revision);
        let act = self.numbers.act();
        self.act_on(Request::Disconnect { act, id, revision, purge }, effects);
    }

    /// Puts another in its place.
    #[inline(never)]
    pub(crate) fn move_connection(&mut self, effects: &mut Vec<Effect>) {
        let Screen::Move(view) = self.screen() else { return };
        if view.busy || !view.moves_now() {
            return;
        }
        let (id, revision) = (view.managed.connection.id.clone(), view.managed.connection.revision);
        let act = self.numbers.act();
        self.act_on(Request::Move { act, id, revision }, effects);
    }

    /// Goes on with what was interrupted.
    #[inline(never)]
    pub(crate) fn part_again(&mut self, effects: &mut Vec<Effect>) {
        let Screen::Interrupted(view) = self.screen() else { return };
        let Some((id, revision)) = self.linking().and_then(|linking| linking.reference()) else { return };
        if view.busy {
            return;
        }
        let act = self.numbers.act();
        match view.parting {
            Parting::Disconnect => {
                self.act_on(Request::Disconnect { act, id, revision, purge: view.erases }, effects);
            }
            Parting::Move => self.act_on(Request::Move { act, id, revision }, effects),
            Parting::Unknown => {}
        }
    }

    fn act_on(&mut self, request: Request, effects: &mut Vec<Effect>) {
        self.manage.forget_complaints();
        if let Some(linking) = self.linking() {
            linking.forget_complaints();
        }
        self.change(request, effects);
    }
}

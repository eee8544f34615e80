//! What was begun before: going on with it, or beginning anew.

use crate::flow::At;
use crate::linking::Linking;
use crate::screen::{Begun, Screen};
use crate::{Effect, Flow, Request};
use linchpin_protocol::{Code, Connection, ConnectionId, Unfinished};

impl Begun {
    /// What of an unfinished thing is offered to be taken up.
    pub(crate) fn of(unfinished: &Unfinished) -> Option<Self> {
        match unfinished {
            Unfinished::Earlier { id, institution, begun_at } => {
                Some(Self { id: id.clone(), institution: institution.clone(), at: begun_at.clone() })
            }
            Unfinished::Deposit { .. } | Unfinished::Connection { .. } | Unfinished::Unknown => None,
        }
    }
}

impl Flow {
    #[inline(never)]
    pub(crate) fn taken_up(&mut self, id: ConnectionId, effects: &mut Vec<Effect>) {
        let At::Welcome(begun) = &self.at else { return };
        if !self.busy() && begun.iter().any(|begun| begun.id == id) {
            let act = self.numbers.act();
            self.change(Request::TakeUp { act, id }, effects);
        }
    }

    #[inline(never)]
    pub(crate) fn start_new(&mut self, effects: &mut Vec<Effect>) {
        if matches!(self.at, At::Welcome(_)) && !self.busy() {
            self.at = At::Search;
            self.search_now(effects);
        }
    }

    /// The institution, or the very login, is connected already, and that connection is to be used.
    #[inline(never)]
    pub(crate) fn use_existing(&mut self, effects: &mut Vec<Effect>) {
        if self.busy() {
            return;
        }
        let screen = self.screen();
        let Some(linking) = self.linking() else { return };
        let id = match screen {
            Screen::AlreadyConnected(_) => linking.existing(),
            Screen::Credentials(view) if view.same_login.is_usable() => linking.same_login().cloned(),
            _ => None,
        };
        match id {
            Some(id) if self.manages() => self.show_connection(id, effects),
            Some(id) => {
                let act = self.numbers.act();
                self.change(Request::TakeUp { act, id }, effects);
            }
            None => {}
        }
    }

    /// A connection is this session's now.
    #[inline(never)]
    pub(crate) fn connection_taken_up(&mut self, connection: Connection, effects: &mut Vec<Effect>) {
        let mut linking = Linking::resumed(&connection);
        if let At::Deposit(deposit) = std::mem::replace(&mut self.at, At::Search) {
            linking.repairs = Some(deposit);
        }
        self.at = At::Linking(Box::new(linking));
        self.draw(connection, effects);
    }

    /// It cannot be taken up any more: it is not offered again.
    #[inline(never)]
    pub(crate) fn not_taken_up(&mut self, id: &ConnectionId, code: Code, effects: &mut Vec<Effect>) {
        match &mut self.at {
            At::Welcome(begun) => {
                begun.retain(|begun| begun.id != *id);
                let nothing_left = begun.is_empty();
                if nothing_left && self.unfinished_deposits().next().is_none() {
                    self.at = At::Search;
                    self.search_now(effects);
                }
            }
            At::Linking(_) => self.go_on_signing_in(effects),
            At::Deposit(_) => self.not_repaired(code, effects),
            At::Consent | At::Search | At::NotListed(_) | At::Manage(_) | At::SessionOver(_) | At::Ended => {}
        }
    }
}

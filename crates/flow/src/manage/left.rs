//! What the person began and left: it goes on without them. How it ended is seen on the list, and told then.

use super::{Errand, Note, Noted};
use crate::linking::needs_the_person;
use crate::{Effect, Flow, Request};
use linchpin_protocol::{Change, Connection, ConnectionId, InstitutionRef, ManagedConnection, Next};

/// An errand that was left before its end was seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Left {
    id: ConnectionId,
    institution: InstitutionRef,
    errand: Errand,
    /// It was seen under way. Without that it may never have reached the proxy.
    seen: bool,
}

/// What can be said of an errand that was left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    /// Its end is still to be seen.
    Open {
        /// It is, or was, under way.
        seen: bool,
    },
    /// It ended so.
    Over(Noted),
    /// The list does not tell, since the connection is not there any more: it tells itself.
    Hidden,
    /// It came to nothing, or to something else.
    Dropped,
}

impl Left {
    /// What takes the place of another, and is not finished yet.
    pub(super) fn successor(id: ConnectionId, institution: InstitutionRef) -> Self {
        Self { id, institution, errand: Errand::Finish { moves: true }, seen: false }
    }

    /// Whether it is to finish what takes the place of another, and that is this connection.
    pub(super) fn is_successor(&self, id: &ConnectionId) -> bool {
        self.id == *id && self.errand == Errand::Finish { moves: true }
    }

    /// What can be said of it, as the connection stands; `None`: it is not on the list.
    fn fate(&self, next: Option<&Next>) -> Fate {
        let seen = self.seen;
        match (self.errand, next) {
            (Errand::Disconnect { erased, .. }, None | Some(Next::Closed { .. })) => {
                Fate::Over(Noted::Disconnected { erased })
            }
            (Errand::Move { .. }, Some(Next::Closed { successor: Some(_) })) => Fate::Over(Noted::MoveOpen),
            (Errand::Move { .. }, None) => Fate::Hidden,
            (_, None | Some(Next::Closed { .. })) => Fate::Dropped,
            (Errand::Finish { moves }, Some(Next::Linked { .. })) => {
                Fate::Over(if moves { Noted::Moved } else { Noted::Linked })
            }
            (Errand::Finish { .. }, Some(_)) => Fate::Open { seen },
            (_, Some(Next::Wait { .. })) => Fate::Open { seen: true },
            // Its call may still be on its way.
            (Errand::Disconnect { .. } | Errand::Move { .. }, Some(_)) if !seen => Fate::Open { seen },
            (Errand::Refresh, Some(Next::Linked { .. })) if seen => Fate::Over(Noted::Refreshed),
            (Errand::Refresh, Some(next)) if seen && needs_the_person(next) => Fate::Over(Noted::NeedsYou),
            (Errand::Repair { .. }, Some(Next::Linked { .. })) if seen => Fate::Over(Noted::Repaired),
            (
                Errand::Refresh
                | Errand::Repair { .. }
                | Errand::Disconnect { .. }
                | Errand::Move { .. }
                | Errand::Keep
                | Errand::Watch,
                Some(_),
            ) => Fate::Dropped,
        }
    }
}

impl Flow {
    /// The person goes from what is under way, or from a call of which nobody knows whether it arrived.
    pub(super) fn leave_errand(&mut self, unanswered: Option<&Request>) {
        let linked_up = self.linking().and_then(|linking| {
            let (id, _) = linking.reference()?;
            let waits = linking.waits();
            // Wherever it stands, it goes on from there.
            let moves = linking.errand == Some(Errand::Finish { moves: true });
            Some((id, linking.institution().clone(), linking.errand, waits, moves))
        });
        let left = match (linked_up, unanswered) {
            (Some((id, institution, ..)), Some(Request::Refresh { .. })) => {
                Some(Left { id, institution, errand: Errand::Refresh, seen: false })
            }
            (Some((id, institution, Some(errand), waits, moves)), unanswered)
                if waits || moves || unanswered.is_some() =>
            {
                Some(Left { id, institution, errand, seen: waits })
            }
            (Some(_), _) => None,
            (None, unanswered) => unanswered.and_then(|request| self.may_have_begun(request)),
        };
        if let Some(left) = left.filter(|left| !matches!(left.errand, Errand::Keep | Errand::Watch)) {
            self.take_up_errand(&left.id.clone());
            self.manage.left.push(left);
        }
    }

    /// What an act on the list has begun, if it arrived.
    fn may_have_begun(&self, request: &Request) -> Option<Left> {
        let (Request::Refresh { id, .. } | Request::Disconnect { id, .. } | Request::Move { id, .. }) =
            request
        else {
            return None;
        };
        let errand = self.errand_of(request)?;
        let institution = self.manage.find(id)?.connection.institution.clone();
        Some(Left { id: id.clone(), institution, errand, seen: false })
    }

    /// The errand that was left with a connection: whoever goes on with it sees to its end.
    pub(super) fn take_up_errand(&mut self, id: &ConnectionId) -> Option<Errand> {
        let at = self.manage.left.iter().position(|left| left.id == *id)?;
        Some(self.manage.left.remove(at).errand)
    }

    /// Tells of what was left, as far as the list shows how it ended. Returns the connections that the person has ended so.
    pub(super) fn settle_by(
        &mut self,
        list: &[ManagedConnection],
        effects: &mut Vec<Effect>,
    ) -> Vec<ConnectionId> {
        let mut told = Vec::new();
        for left in std::mem::take(&mut self.manage.left) {
            let now = list.iter().map(|managed| &managed.connection).find(|listed| listed.id == left.id);
            if now.is_none() && matches!(left.errand, Errand::Disconnect { .. } | Errand::Move { .. }) {
                told.push(left.id.clone());
            }
            self.settle(left, now, effects);
        }
        told
    }

    /// Tells of what was left with a connection that has ended. Returns whether it was told.
    pub(super) fn settle_ended(&mut self, connection: &Connection, effects: &mut Vec<Effect>) -> bool {
        let Some(at) = self.manage.left.iter().position(|left| left.id == connection.id) else {
            return false;
        };
        let left = self.manage.left.remove(at);
        self.settle(left, Some(connection), effects)
    }

    /// Tells how it ended, if it did. Returns whether it was told.
    fn settle(&mut self, left: Left, now: Option<&Connection>, effects: &mut Vec<Effect>) -> bool {
        let fate = left.fate(now.map(|connection| &connection.next));
        let Left { id: connection_id, institution, errand, .. } = left.clone();
        let what = match fate {
            Fate::Open { seen } => {
                self.manage.left.push(Left { seen, ..left });
                return false;
            }
            Fate::Dropped => return false,
            Fate::Hidden => {
                let request = Request::ReadConnection { id: connection_id, revision: None, wait_s: 0 };
                self.manage.left.push(left);
                self.read(request, effects);
                return false;
            }
            Fate::Over(what) => what,
        };
        match (errand, now.map(|connection| &connection.next)) {
            // The host page is told of one link at a time.
            (Errand::Finish { .. }, _) if self.changing.is_some() => {
                self.manage.left.push(left);
                return false;
            }
            (Errand::Finish { .. }, Some(Next::Linked { accounts })) if !self.is_told_of(&connection_id) => {
                let account_ids = accounts.iter().map(|account| account.id.clone()).collect();
                self.linked(institution.clone(), connection_id, account_ids, effects);
            }
            (Errand::Disconnect { erased, .. }, _) => {
                self.changed(Change::Disconnected { connection_id, erased });
            }
            (Errand::Move { .. }, Some(Next::Closed { successor: Some(successor) })) => {
                self.changed(Change::Moved { connection_id, successor: successor.clone() });
                self.manage.left.push(Left::successor(successor.clone(), institution.clone()));
            }
            (Errand::Refresh, Some(Next::Linked { .. })) => self.changed(Change::Refreshed { connection_id }),
            (Errand::Repair { .. }, _) => self.changed(Change::Repaired { connection_id }),
            _ => {}
        }
        self.manage.note = Some(Note { institution, what });
        true
    }
}

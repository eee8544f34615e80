//! Looking after connections: the list of them, and what is shown of one. What is done about one is in `acts`.

mod acts;
mod errand;
mod view;

pub(crate) use errand::Errand;
pub use view::{ConnectionsView, InterruptedView, ManagedView, Note, Noted, Work};

use crate::calls::Pending;
use crate::flow::{At, code_of};
use crate::screen::{Screen, Trouble};
use crate::{CallError, Effect, Flow, Request};
use linchpin_protocol::{
    Change, Code, Connection, ConnectionId, InstitutionRef, ManagedConnection, ManagedConnections, Mode,
    Next, Revision,
};
use std::sync::Arc;

/// What the person has, as it was read last, and what was done about it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Manage {
    /// What the host page is told in the end.
    pub(crate) changes: Vec<Change>,
    /// Absent until it was read.
    list: Option<Vec<Arc<ManagedConnection>>>,
    /// The connection that the list is read for, to name it should it be gone by then.
    wanted: Option<InstitutionRef>,
    /// What came of the last errand.
    note: Option<Note>,
    trouble: Option<Trouble>,
    nothing_chosen: bool,
}

/// What of it is drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// All of them.
    List,
    /// One.
    Connection(ConnectionId),
    /// Whether to end it.
    Disconnect(ConnectionId),
    /// Whether to put another in its place.
    Move(ConnectionId),
}

impl Place {
    /// Which connection it is about.
    fn id(&self) -> Option<&ConnectionId> {
        match self {
            Place::List => None,
            Place::Connection(id) | Place::Disconnect(id) | Place::Move(id) => Some(id),
        }
    }
}

impl Manage {
    fn find(&self, id: &ConnectionId) -> Option<&Arc<ManagedConnection>> {
        self.list.iter().flatten().find(|managed| managed.connection.id == *id)
    }

    fn change(&mut self, id: &ConnectionId, change: impl FnOnce(&mut ManagedConnection)) {
        let found = self.list.iter_mut().flatten().find(|managed| managed.connection.id == *id);
        if let Some(managed) = found {
            change(Arc::make_mut(managed));
        }
    }

    fn forget_complaints(&mut self) {
        self.trouble = None;
        self.nothing_chosen = false;
    }

    /// The screen at a place; the list where what it is about is not, or not yet, in it.
    #[inline(never)]
    pub(crate) fn screen(&self, place: &Place, busy: bool, leaves: bool) -> Screen {
        let view = place.id().and_then(|id| self.find(id)).map(|managed| ManagedView {
            managed: managed.clone(),
            trouble: self.trouble,
            nothing_chosen: self.nothing_chosen,
            busy,
        });
        match (place, view) {
            (Place::Connection(_), Some(view)) => Screen::Connection(view),
            (Place::Disconnect(_), Some(view)) => Screen::Disconnect(view),
            (Place::Move(_), Some(view)) => Screen::Move(view),
            (_, None) | (Place::List, Some(_)) => Screen::Connections(ConnectionsView {
                list: self.list.clone(),
                note: self.note.clone(),
                trouble: self.trouble,
                busy: leaves,
            }),
        }
    }
}

impl Flow {
    /// Whether the session is for looking after connections.
    pub(crate) fn manages(&self) -> bool {
        self.session().is_some_and(|session| session.mode == Mode::Manage)
    }

    fn place(&self) -> Option<&Place> {
        match &self.at {
            At::Manage(place) => Some(place),
            _ => None,
        }
    }

    /// To the list, read anew. Nothing is done about any of them by that.
    #[inline(never)]
    pub(crate) fn show_connections(&mut self, note: Option<Note>, effects: &mut Vec<Effect>) {
        self.at = At::Manage(Place::List);
        self.manage.note = note;
        self.read_connections(effects);
        effects.push(Effect::ForgetLogin);
    }

    fn read_connections(&mut self, effects: &mut Vec<Effect>) {
        self.manage.list = None;
        self.manage.forget_complaints();
        self.reading = None;
        self.look_on(effects);
    }

    /// Reads the list if it is not there, and else waits for whatever goes on by itself: with the connection that is
    /// drawn, or with the first one on the list.
    #[inline(never)]
    pub(crate) fn look_on(&mut self, effects: &mut Vec<Effect>) {
        if self.changing.is_some() || self.reading.is_some() {
            return;
        }
        let waits = |managed: &&Arc<ManagedConnection>| matches!(managed.connection.next, Next::Wait { .. });
        let waiting = match (self.place(), &self.manage.list) {
            (None, _) => return,
            (Some(_), None) => {
                if self.manage.trouble.is_none() {
                    self.read(Request::ReadConnections, effects);
                }
                return;
            }
            (Some(Place::List), Some(list)) => list.iter().find(waits),
            (Some(Place::Connection(id)), Some(_)) => self.manage.find(id).filter(waits),
            // What is asked there is not drawn anew beneath the finger.
            (Some(Place::Disconnect(_) | Place::Move(_)), Some(_)) => None,
        };
        if let Some(managed) = waiting {
            let Connection { id, revision, .. } = &managed.connection;
            let (id, revision) = (id.clone(), Some(*revision));
            let wait_s = crate::linking::LONG_POLL_S;
            self.read(Request::ReadConnection { id, revision, wait_s }, effects);
        }
    }

    #[inline(never)]
    pub(crate) fn connections_read(&mut self, read: ManagedConnections, effects: &mut Vec<Effect>) {
        let Some(place) = self.place().cloned() else { return };
        let gone = |id: &ConnectionId| !read.connections.iter().any(|managed| managed.connection.id == *id);
        let wanted = self.manage.wanted.take();
        let mut known = self.manage.list.iter().flatten().map(|managed| &managed.connection);
        let institution_of = |connection: &Connection| connection.institution.clone();
        let lost = match place.id() {
            Some(id) if gone(id) => {
                let known = known.find(|connection| connection.id == *id).map(institution_of);
                self.at = At::Manage(Place::List);
                known.or(wanted)
            }
            Some(_) => None,
            None => known.find(|connection| gone(&connection.id)).map(institution_of),
        };
        if let Some(institution) = lost {
            self.manage.note = Some(Note { institution, what: Noted::Gone });
        }
        self.manage.list = Some(read.connections.into_iter().map(Arc::new).collect());
        self.look_on(effects);
    }

    /// A connection came while the list, or one of it, is drawn: as the answer to an act, or because it moved on.
    #[inline(never)]
    pub(crate) fn managed_read(
        &mut self,
        connection: Connection,
        request: &Request,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(errand) = self.errand_of(request) {
            return self.run(errand, connection, effects);
        }
        let known = self.manage.find(&connection.id).map(|managed| managed.connection.revision);
        let moved = known.is_some_and(|known: Revision| connection.revision > known);
        let id = connection.id.clone();
        self.manage.change(&id, |managed| managed.connection = connection);
        if moved {
            // What can be done about it may be something else now.
            self.read(Request::ReadConnections, effects);
        } else {
            self.look_on(effects);
        }
    }

    /// One of the list was picked.
    #[inline(never)]
    pub(crate) fn connection_picked(&mut self, id: ConnectionId, effects: &mut Vec<Effect>) {
        if self.place() != Some(&Place::List) || self.manage.find(&id).is_none() {
            return;
        }
        self.manage.note = None;
        self.go_to(Place::Connection(id), effects);
    }

    /// To another place, with what was read last.
    fn go_to(&mut self, place: Place, effects: &mut Vec<Effect>) {
        self.manage.forget_complaints();
        self.at = At::Manage(place);
        // The list may have been on its way.
        let stale = |pending: &Pending| !matches!(pending.request, Request::ReadConnections);
        if self.reading.as_ref().is_some_and(stale) {
            self.reading = None;
        }
        self.look_on(effects);
    }

    /// To one of the list, read anew.
    #[inline(never)]
    pub(crate) fn show_connection(&mut self, id: ConnectionId, effects: &mut Vec<Effect>) {
        let known = self.manage.find(&id).map(|managed| managed.connection.institution.clone());
        self.manage.wanted = known.or_else(|| self.linking().map(|linking| linking.institution().clone()));
        self.at = At::Manage(Place::Connection(id));
        self.manage.note = None;
        self.read_connections(effects);
        effects.push(Effect::ForgetLogin);
    }

    /// Back: from one to the list, from what is asked about one to that one. The list is where it begins.
    #[inline(never)]
    pub(crate) fn back_in_manage(&mut self, effects: &mut Vec<Effect>) {
        self.changing = None;
        match self.place().cloned() {
            None => {
                let note = self.left_undone();
                self.show_connections(note, effects);
            }
            Some(Place::List) => {}
            Some(Place::Connection(_)) => self.go_to(Place::List, effects),
            Some(Place::Disconnect(id) | Place::Move(id)) => self.go_to(Place::Connection(id), effects),
        }
    }

    /// The list could not be read, and is asked for once more.
    #[inline(never)]
    pub(crate) fn read_connections_again(&mut self, effects: &mut Vec<Effect>) {
        if self.manage.list.is_none() && self.reading.is_none() && self.changing.is_none() {
            self.manage.trouble = None;
            self.look_on(effects);
        }
    }

    /// A call was refused for good while the list, or one of it, is drawn.
    #[inline(never)]
    pub(crate) fn managed_call_refused(
        &mut self,
        request: &Request,
        error: &CallError,
        effects: &mut Vec<Effect>,
    ) {
        let code = code_of(error);
        match (request, code) {
            // What is drawn stays true as of when it was read.
            (Request::ReadConnection { .. }, _) => {}
            (Request::MintPublicToken { .. }, _) => self.token_not_minted(effects),
            (Request::Extend { .. }, _) => self.extended(effects),
            (Request::ReadConnections, _) => {
                if self.manage.list.is_none() {
                    self.manage.trouble = Some(Trouble::Refused(code));
                }
            }
            (Request::Refresh { id, .. }, Code::RefreshTooSoon) => {
                let wait_s = match error {
                    CallError::Problem(problem) => problem.retry_after_s,
                    CallError::Network => None,
                };
                self.too_soon(id, wait_s.unwrap_or_default(), effects);
            }
            (
                Request::Refresh { id, .. } | Request::Disconnect { id, .. } | Request::Move { id, .. },
                Code::WrongStep | Code::NotFound,
            ) => self.show_connection(id.clone(), effects),
            _ => {
                self.manage.trouble = Some(Trouble::Refused(code));
                effects.push(Effect::FocusErrors);
                self.look_on(effects);
            }
        }
    }
}

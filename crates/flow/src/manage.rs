//! Looking after connections: the list of them, and what is shown of one. What is done about one is in `acts`.

mod acts;
mod errand;
mod left;
mod view;

pub(crate) use errand::Errand;
use left::Left;
pub use view::{ConnectionsView, InterruptedView, ManagedView, Note, Noted, Work};

use crate::flow::{At, code_of};
use crate::screen::{Screen, Trouble};
use crate::{CallError, Effect, Flow, Request, Timer};
use linchpin_protocol::{
    Change, Code, Connection, ConnectionId, InstitutionRef, ManagedConnection, ManagedConnections, Mode,
    Next, RefreshWay, Revision,
};
use std::sync::Arc;

/// How long one read waits at least where several connections are waited for in turn, in seconds.
const SHORTEST_POLL_S: u32 = 5;

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
    /// What the person began and left before its end was seen.
    left: Vec<Left>,
    /// Which of several that go on by themselves was waited for last.
    waited: Option<ConnectionId>,
    /// Numbers the lists, so that the timer of an earlier one does nothing.
    listed: u32,
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

    /// Whether the connection takes the place of one that was moved in this opening, and left unfinished.
    fn moves_to(&self, id: &ConnectionId) -> bool {
        self.left.iter().any(|left| left.is_successor(id))
    }

    /// The next in turn of the connections that go on by themselves, and how many there are.
    fn in_turn(&mut self) -> Option<(Connection, u32)> {
        let waits = |managed: &&Arc<ManagedConnection>| matches!(managed.connection.next, Next::Wait { .. });
        let waiting: Vec<_> =
            self.list.iter().flatten().filter(waits).map(|managed| &managed.connection).collect();
        let last = waiting.iter().position(|connection| Some(&connection.id) == self.waited.as_ref());
        let at = last.map_or(0, |last| (last + 1) % waiting.len());
        let next = Connection::clone(waiting.get(at)?);
        let count = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
        self.waited = (count > 1).then(|| next.id.clone());
        Some((next, count))
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
    /// drawn, or with those on the list in turn.
    #[inline(never)]
    pub(crate) fn look_on(&mut self, effects: &mut Vec<Effect>) {
        if self.changing.is_some() || self.reading.is_some() {
            return;
        }
        let waits = |managed: &&Arc<ManagedConnection>| matches!(managed.connection.next, Next::Wait { .. });
        let waiting = match (self.place().cloned(), self.manage.list.is_some()) {
            (None, _) => return,
            (Some(_), false) => {
                if self.manage.trouble.is_none() {
                    self.read(Request::ReadConnections, effects);
                }
                return;
            }
            (Some(Place::List), true) => self.manage.in_turn(),
            (Some(Place::Connection(id)), true) => {
                self.manage.find(&id).filter(waits).map(|managed| (managed.connection.clone(), 1))
            }
            // What is asked there is not drawn anew beneath the finger.
            (Some(Place::Disconnect(_) | Place::Move(_)), true) => None,
        };
        if let Some((Connection { id, revision, .. }, count)) = waiting {
            let wait_s = (crate::linking::LONG_POLL_S / count).max(SHORTEST_POLL_S);
            self.read(Request::ReadConnection { id, revision: Some(revision), wait_s }, effects);
        }
    }

    /// Has the list read anew once one of its connections can be refreshed: what it says about that is true until then.
    fn read_in_time(&mut self, effects: &mut Vec<Effect>) {
        let wait = |managed: &Arc<ManagedConnection>| match managed.refresh {
            Some(RefreshWay::TooSoon { wait_s } | RefreshWay::DailyLimit { wait_s }) => Some(wait_s),
            Some(
                RefreshWay::Now {}
                | RefreshWay::Running {}
                | RefreshWay::RepairFirst {}
                | RefreshWay::Unknown,
            )
            | None => None,
        };
        let waits = self.manage.list.iter().flatten().filter_map(wait).filter(|wait_s| *wait_s > 0);
        if let Some(wait_s) = waits.min() {
            // Longer than a timer can be, no session lasts.
            let ms = wait_s.saturating_mul(1_000).min(i32::MAX.unsigned_abs());
            effects.push(Effect::After { ms, timer: Timer::Listed(self.manage.listed) });
        }
    }

    /// What the list says may not be true any more.
    #[inline(never)]
    pub(crate) fn list_aged(&mut self, listed: u32, effects: &mut Vec<Effect>) {
        let drawn = matches!(self.place(), Some(Place::List | Place::Connection(_)));
        if listed == self.manage.listed && drawn && self.manage.list.is_some() && self.changing.is_none() {
            self.read(Request::ReadConnections, effects);
        }
    }

    #[inline(never)]
    pub(crate) fn connections_read(&mut self, read: ManagedConnections, effects: &mut Vec<Effect>) {
        let Some(place) = self.place().cloned() else { return };
        let told = self.settle_by(&read.connections, effects);
        let listed = |id: &ConnectionId| read.connections.iter().any(|managed| managed.connection.id == *id);
        let gone = |id: &ConnectionId| !listed(id) && !told.contains(id);
        let wanted = self.manage.wanted.take();
        let mut known = self.manage.list.iter().flatten().map(|managed| &managed.connection);
        let institution_of = |connection: &Connection| connection.institution.clone();
        let lost = match place.id() {
            Some(id) if !listed(id) => {
                let known = known.find(|connection| connection.id == *id).map(institution_of);
                self.at = At::Manage(Place::List);
                known.or(wanted).filter(|_| gone(id))
            }
            Some(_) => None,
            None => known.find(|connection| gone(&connection.id)).map(institution_of),
        };
        if let Some(institution) = lost {
            self.manage.note = Some(Note { institution, what: Noted::Gone });
        }
        self.manage.list = Some(read.connections.into_iter().map(Arc::new).collect());
        self.manage.listed += 1;
        self.read_in_time(effects);
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
        if matches!(connection.next, Next::Closed { .. }) {
            let listed = self.manage.find(&connection.id).is_some();
            if self.settle_ended(&connection, effects) {
                // What is told does not go missing afterwards.
                self.manage
                    .list
                    .iter_mut()
                    .for_each(|list| list.retain(|one| one.connection.id != connection.id));
            }
            if listed {
                return self.read(Request::ReadConnections, effects);
            }
        }
        let known = self.manage.find(&connection.id).map(|managed| managed.connection.revision);
        if known.is_some_and(|known: Revision| connection.revision > known) {
            // How it stands and what can be done about it come with the list, and are drawn together.
            return self.read(Request::ReadConnections, effects);
        }
        let id = connection.id.clone();
        self.manage.change(&id, |managed| managed.connection = connection);
        self.look_on(effects);
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

    /// To another place, with what was read last. It is read anew meanwhile, except where something is asked: that is not
    /// drawn anew beneath the finger.
    fn go_to(&mut self, place: Place, effects: &mut Vec<Effect>) {
        self.manage.forget_complaints();
        let asks = matches!(place, Place::Disconnect(_) | Place::Move(_));
        self.at = At::Manage(place);
        self.reading = None;
        if !asks && self.changing.is_none() {
            self.read(Request::ReadConnections, effects);
        }
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
        let unanswered = self.changing.take().map(|pending| pending.request);
        let unanswered =
            unanswered.filter(|request| !request.mints() && !matches!(request, Request::Extend { .. }));
        self.leave_errand(unanswered.as_ref());
        match self.place().cloned() {
            None => {
                let note = self.left_undone();
                self.show_connections(note, effects);
            }
            Some(Place::List) => {}
            // It may have been done: what was drawn before is not shown again.
            Some(Place::Connection(_)) if unanswered.is_some() => self.show_connections(None, effects),
            Some(Place::Disconnect(id) | Place::Move(id)) if unanswered.is_some() => {
                self.show_connection(id, effects);
            }
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
            // What is drawn stays true as of when it was read; how one ended that is not there any more is not learned.
            (Request::ReadConnection { id, .. }, _) => {
                if self.manage.find(id).is_none() && self.take_up_errand(id).is_some() {
                    self.look_on(effects);
                }
            }
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

//! What the person is about with a connection, so that its end is told as what it is.

use super::{Left, Note, Noted, Place, Work};
use crate::flow::At;
use crate::linking::Linking;
use crate::{Effect, Flow, Request};
use linchpin_protocol::{
    Change, Connection, ConnectionId, Erase, MaskedAccount, Next, Parting, Stage, Standing,
};

/// What the person is about with a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Errand {
    /// Having it read again.
    Refresh,
    /// Making it work again.
    Repair {
        /// That it does not work was found when it was read.
        found: bool,
    },
    /// Making it work for the first time.
    Finish {
        /// It takes the place of another.
        moves: bool,
    },
    /// Ending it.
    Disconnect {
        /// Erasing what was read, too.
        purge: bool,
        /// What was read does not stay with the provider then.
        erased: bool,
    },
    /// Putting another in its place.
    Move {
        /// Erasing what was read on the way.
        erases: bool,
    },
    /// Keeping one that was to be ended.
    Keep,
    /// Seeing how far it is.
    Watch,
}

impl Errand {
    /// What the person waits for.
    pub(crate) fn work(self, stage: Stage) -> Work {
        match self {
            Errand::Disconnect { purge, .. } => Work::Disconnecting { erases: purge },
            Errand::Move { erases } => Work::Moving { erases },
            _ if stage == Stage::Erasing => Work::Disconnecting { erases: true },
            _ if stage == Stage::Disconnecting => Work::Disconnecting { erases: false },
            Errand::Refresh | Errand::Keep | Errand::Watch => Work::Updating,
            Errand::Repair { .. } | Errand::Finish { .. } => Work::Connecting,
        }
    }

    /// The same where it turns out that the connection has never worked.
    pub(crate) fn finishing(self) -> Self {
        Errand::Finish { moves: self == Errand::Finish { moves: true } }
    }

    /// The same where it turns out that the connection does not work before the person has done something.
    pub(crate) fn repairing(self) -> Self {
        match self {
            Errand::Refresh | Errand::Keep | Errand::Watch => Errand::Repair { found: true },
            Errand::Repair { .. }
            | Errand::Finish { .. }
            | Errand::Disconnect { .. }
            | Errand::Move { .. } => self,
        }
    }

    /// Whether it goes on when the person leaves, so that leaving loses nothing.
    pub(crate) fn goes_on_alone(self) -> bool {
        match self {
            Errand::Refresh
            | Errand::Disconnect { .. }
            | Errand::Move { .. }
            | Errand::Keep
            | Errand::Watch => true,
            Errand::Repair { .. } | Errand::Finish { .. } => false,
        }
    }
}

impl Flow {
    /// The errand that an act begins.
    pub(super) fn errand_of(&self, request: &Request) -> Option<Errand> {
        let managed = |id| self.manage.find(id);
        match request {
            Request::Refresh { .. } => Some(Errand::Refresh),
            Request::Retry { .. } => Some(Errand::Keep),
            Request::Disconnect { id, purge, .. } => {
                let way = managed(id).and_then(|managed| managed.disconnect.as_ref());
                let goes_anyway = way.is_some_and(|way| way.keeps_data == Some(false));
                Some(Errand::Disconnect { purge: *purge, erased: *purge || goes_anyway })
            }
            Request::Move { id, .. } => {
                let way = managed(id).and_then(|managed| managed.moves.as_ref());
                Some(Errand::Move { erases: way.is_some_and(|way| way.erase != Erase::Never) })
            }
            _ => None,
        }
    }

    /// The errand that the present step of a connection asks for.
    pub(super) fn errand_at(&self, id: &ConnectionId) -> Option<Errand> {
        let managed = self.manage.find(id)?;
        Some(match (&managed.connection.next, managed.standing) {
            (Next::Interrupted { parting: Parting::Move, erases, .. }, _) => Errand::Move { erases: *erases },
            (Next::Interrupted { erases, .. }, _) => {
                let goes_anyway =
                    managed.disconnect.as_ref().is_some_and(|way| way.keeps_data == Some(false));
                Errand::Disconnect { purge: *erases, erased: *erases || goes_anyway }
            }
            (next, _) if !matches!(next, Next::Linked { .. }) && self.manage.moves_to(id) => {
                Errand::Finish { moves: true }
            }
            // It has never worked: this is its first time.
            (Next::Wait { .. }, Standing::Updating) if managed.connection.last_success_at.is_none() => {
                Errand::Finish { moves: false }
            }
            (Next::Wait { .. }, _) => Errand::Watch,
            (_, Standing::Unfinished) => Errand::Finish { moves: false },
            _ => Errand::Repair { found: false },
        })
    }

    /// To the screens of a connection, with something to be done there.
    #[inline(never)]
    pub(super) fn run(&mut self, errand: Errand, connection: Connection, effects: &mut Vec<Effect>) {
        let refresh = self.manage.find(&connection.id).and_then(|managed| managed.refresh.clone());
        self.take_up_errand(&connection.id);
        self.manage.forget_complaints();
        self.manage.note = None;
        self.manage.list = None;
        self.reading = None;
        self.at = At::Linking(Box::new(Linking::errand(&connection, errand, refresh)));
        self.draw(connection, effects);
    }

    /// Goes back to the list once a connection works, or ended. Elsewhere these have screens of their own.
    #[inline(never)]
    pub(crate) fn end_errand(&mut self, effects: &mut Vec<Effect>) {
        if !self.manages() {
            return;
        }
        let connection = self.linking().and_then(|linking| linking.connection.clone());
        let Some(Connection { id, next, .. }) = connection else { return };
        match next {
            Next::Linked { accounts } => self.errand_done(id, accounts, effects),
            Next::Closed { successor } => self.connection_ended(id, successor, effects),
            // Nothing can be done on a screen of its own: how it stands, and when it can be read again, is told with it.
            Next::Later { .. } | Next::NoAccounts {} | Next::Failed { .. } if self.has_worked() => {
                self.show_connection(id, effects);
            }
            // Deposits are ordered where banks are connected, not here.
            Next::OfferDeposits { .. } => self.show_connections(None, effects),
            _ => {}
        }
    }

    /// Whether the errand is about a connection that the list has as one of the person's.
    fn has_worked(&mut self) -> bool {
        let errand = self.linking().and_then(|linking| linking.errand);
        errand.is_some_and(|errand| !matches!(errand, Errand::Finish { .. }))
    }

    /// What is told on the list when the person leaves an errand: that a reading found something which they have to do.
    pub(super) fn left_undone(&mut self) -> Option<Note> {
        let linking = self.linking()?;
        let found = matches!(linking.errand, Some(Errand::Repair { found: true }));
        found.then(|| Note { institution: linking.institution().clone(), what: Noted::NeedsYou })
    }

    /// The connection works: what the errand was for is done.
    fn errand_done(&mut self, id: ConnectionId, accounts: Vec<MaskedAccount>, effects: &mut Vec<Effect>) {
        let Some(linking) = self.linking() else { return };
        let (errand, erased, institution) = (linking.errand, linking.erased, linking.institution().clone());
        let connection_id = id.clone();
        let what = match errand {
            Some(Errand::Repair { .. }) => {
                self.changed(Change::Repaired { connection_id });
                Noted::Repaired
            }
            Some(Errand::Finish { moves }) => {
                if !self.is_told_of(&id) {
                    let account_ids = accounts.into_iter().map(|account| account.id).collect();
                    self.linked(institution.clone(), id, account_ids, effects);
                }
                if moves { Noted::Moved } else { Noted::Linked }
            }
            Some(Errand::Refresh) => {
                self.changed(Change::Refreshed { connection_id });
                Noted::Refreshed
            }
            // Here, or elsewhere meanwhile.
            Some(Errand::Disconnect { .. } | Errand::Move { .. } | Errand::Keep) => Noted::Kept { erased },
            Some(Errand::Watch) | None => Noted::Refreshed,
        };
        self.show_connections(Some(Note { institution, what }), effects);
    }

    /// The connection ended. Where another takes its place, the person goes on with that one.
    fn connection_ended(
        &mut self,
        id: ConnectionId,
        successor: Option<ConnectionId>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(linking) = self.linking() else { return };
        let (errand, institution) = (linking.errand, linking.institution().clone());
        if let Some(successor) = successor {
            let moved = Change::Moved { connection_id: id, successor: successor.clone() };
            self.changed(moved);
            self.manage.left.push(Left::successor(successor.clone(), institution));
            let read = Request::ReadConnection { id: successor, revision: None, wait_s: 0 };
            return self.read(read, effects);
        }
        let what = match errand {
            Some(Errand::Disconnect { erased, .. }) => {
                self.changed(Change::Disconnected { connection_id: id, erased });
                Noted::Disconnected { erased }
            }
            _ => Noted::Gone,
        };
        self.show_connections(Some(Note { institution, what }), effects);
    }

    /// A change that the host page is told of in the end, once.
    pub(super) fn changed(&mut self, change: Change) {
        if !self.manage.changes.contains(&change) {
            self.manage.changes.push(change);
        }
    }

    /// What takes the place of a connection was read: the person goes on with it.
    #[inline(never)]
    pub(crate) fn is_successor(&mut self, connection: &Connection) -> bool {
        let Some(linking) = self.linking() else { return false };
        let known = linking.connection.as_ref().map(|known| &known.next);
        matches!(known, Some(Next::Closed { successor: Some(id) }) if *id == connection.id)
    }

    #[inline(never)]
    pub(crate) fn go_on_with_successor(&mut self, connection: Connection, effects: &mut Vec<Effect>) {
        self.run(Errand::Finish { moves: true }, connection, effects);
    }

    /// It can be read again only later.
    #[inline(never)]
    pub(super) fn too_soon(&mut self, id: &ConnectionId, wait_s: u32, effects: &mut Vec<Effect>) {
        use linchpin_protocol::RefreshWay;
        self.manage.change(id, |managed| {
            if !matches!(managed.refresh, Some(RefreshWay::DailyLimit { .. })) {
                managed.refresh = Some(RefreshWay::TooSoon { wait_s });
            }
        });
        if self.place() != Some(&Place::List) {
            self.at = At::Manage(Place::Connection(id.clone()));
        }
        self.read_in_time(effects);
        self.look_on(effects);
    }
}

//! What is to be drawn of connections that are looked after: facts, no words.

use crate::screen::Trouble;
use linchpin_protocol::{
    DisconnectWay, Erase, InstitutionRef, ManagedConnection, Next, Parting, PartingProblem, RefreshWay,
    Revision, Standing,
};
use std::sync::Arc;

/// What the person has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectionsView {
    /// Newest first; absent until it was read.
    pub list: Option<Vec<Arc<ManagedConnection>>>,
    /// What came of the last act.
    pub note: Option<Note>,
    /// Why the list cannot be read.
    pub trouble: Option<Trouble>,
    /// Whether the person goes, and the host page has yet to be told.
    pub busy: bool,
}

/// What came of an act, told on the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// At which institution.
    pub institution: InstitutionRef,
    /// What.
    pub what: Noted,
}

/// What came of an act.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Noted {
    /// It was read again.
    Refreshed,
    /// It works again.
    Repaired,
    /// It works for the first time.
    Linked,
    /// It was ended.
    Disconnected {
        /// What was read through it does not stay with the provider.
        erased: bool,
    },
    /// Another stands in its place, and works.
    Moved,
    /// It was ended, and what is to take its place is not finished.
    MoveOpen,
    /// It was to be ended, and stays.
    Kept {
        /// What was read through it is erased, and not read again yet.
        erased: bool,
    },
    /// It was read, and does not work before the person has done something.
    NeedsYou,
    /// It ended otherwise.
    Gone,
}

/// One connection, and what is asked about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManagedView {
    /// As it was read last.
    pub managed: Arc<ManagedConnection>,
    /// Why an act was not taken.
    pub trouble: Option<Trouble>,
    /// It was not said what becomes of the data.
    pub nothing_chosen: bool,
    /// Whether something is being carried out.
    pub busy: bool,
}

impl ManagedView {
    /// Whether its present step has a screen of its own, on which the person does something or sees how far it is.
    pub fn leads_on(&self) -> bool {
        match self.managed.connection.next {
            Next::Credentials { .. }
            | Next::Wait { .. }
            | Next::Challenges { .. }
            | Next::Authorize { .. }
            | Next::Instructions { .. }
            | Next::ChooseAccounts { .. }
            | Next::Interrupted { .. } => true,
            // Where it can be read again, that is how: under the rules for it.
            Next::StartAgain {} => matches!(self.managed.refresh, None | Some(RefreshWay::RepairFirst {})),
            Next::OfferDeposits { .. }
            | Next::Later { .. }
            | Next::NoAccounts {}
            | Next::Linked { .. }
            | Next::Closed { .. }
            | Next::Failed { .. }
            | Next::Unknown => false,
        }
    }

    /// Whether it can be read again now.
    pub fn refreshes(&self) -> bool {
        matches!(self.managed.refresh, Some(RefreshWay::Now {}))
    }

    /// Whether it was to be ended, is not, and can stay.
    pub fn can_be_kept(&self) -> bool {
        let stopped = matches!(self.managed.connection.next, Next::Interrupted { .. });
        stopped && (self.refreshes() || !self.is_erased())
    }

    /// Whether anything was read through it. Nothing was through one that the person never finished.
    pub fn has_data(&self) -> bool {
        self.managed.connection.last_success_at.is_some() || self.managed.standing != Standing::Unfinished
    }

    /// Whether the person says what becomes of the data when it is ended.
    pub fn asks_about_data(&self) -> bool {
        let asks = |way: &DisconnectWay| {
            way.erase == Erase::Now && way.keeps_data != Some(false) && !self.is_erased()
        };
        self.managed.disconnect.as_ref().is_some_and(asks)
    }

    /// Whether what was read is erased already, and only the end is missing.
    pub fn is_erased(&self) -> bool {
        matches!(self.managed.connection.next, Next::Interrupted { erased: true, .. })
    }

    /// Whether another can take its place now.
    pub fn moves_now(&self) -> bool {
        self.managed.moves.as_ref().is_some_and(|way| way.erase != Erase::WhenWorking)
    }
}

/// A connection that was to be ended, and is not yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InterruptedView {
    /// Where.
    pub institution: InstitutionRef,
    /// As it was read last.
    pub revision: Revision,
    /// What was to be done.
    pub parting: Parting,
    /// Whether what was read was to be erased, too.
    pub erases: bool,
    /// What was read is erased already.
    pub erased: bool,
    /// Why it stopped.
    pub reason: PartingProblem,
    /// When it could be read again; one that cannot be read cannot be kept either.
    pub refresh: Option<RefreshWay>,
    /// Why the last act was not taken.
    pub trouble: Option<Trouble>,
    /// Whether something is being carried out.
    pub busy: bool,
}

impl InterruptedView {
    /// Whether it can be kept instead.
    pub fn can_keep(&self) -> bool {
        self.refresh.is_some()
    }
}

/// What a wait is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Work {
    /// The institution is being connected.
    #[default]
    Connecting,
    /// A connection that is there is read again.
    Updating,
    /// A connection is being ended.
    Disconnecting {
        /// What was read is erased before.
        erases: bool,
    },
    /// A connection is being ended, and another takes its place.
    Moving {
        /// What was read is erased before.
        erases: bool,
    },
}

impl Work {
    /// Whether what was read is erased.
    pub fn erases(self) -> bool {
        matches!(self, Work::Disconnecting { erases: true } | Work::Moving { erases: true })
    }
}

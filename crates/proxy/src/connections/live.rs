//! What is known of connections right now, in this process.

use super::manage::Seen;
use jiff::Timestamp;
use linchpin_protocol::{Connection, ConnectionId, Next};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// Everything that is known, by connection.
#[derive(Default)]
pub(crate) struct Live(Mutex<HashMap<ConnectionId, Arc<Slot>>>);

/// What is known of one connection, and who is busy with it.
pub(crate) struct Slot {
    pub(crate) id: ConnectionId,
    /// Held by whoever looks upstream or acts there, so that an old look never overwrites a newer act.
    pub(crate) gate: Arc<tokio::sync::Mutex<()>>,
    /// Makes a running driver start over with quick polls.
    pub(crate) kick: Notify,
    shown: watch::Sender<Shown>,
    memo: Mutex<Memo>,
}

/// What is shown.
#[derive(Clone, Default)]
pub(crate) struct Shown {
    /// The connection; `None` until somebody looked.
    pub(crate) connection: Option<Arc<Connection>>,
    /// Moves at every change that is worth drawing, percent included.
    pub(crate) drawn: u64,
    /// When that change became known here.
    pub(crate) learned: Option<Instant>,
}

/// What no one sees.
#[derive(Default)]
pub(super) struct Memo {
    /// An unsafe upstream call is under way in this process.
    pub(super) running: bool,
    /// When the last unsafe call was taken upstream.
    pub(super) sent: Option<Instant>,
    /// Since when the person waits.
    pub(super) waiting_since: Option<Timestamp>,
    /// How often somebody who came back in another browser typed digits that do not match.
    pub(super) mismatches: u32,
    /// What the last look told about looking after it.
    pub(super) seen: Option<Seen>,
    /// The last `drawn` that was answered to a long-poll.
    pub(super) served: u64,
    /// Whether a driver runs, and how often one was asked for.
    pub(super) driving: bool,
    pub(super) asked: u64,
    used: Option<Instant>,
}

impl Live {
    /// The slot of a connection.
    pub(crate) fn slot(&self, id: &ConnectionId) -> Arc<Slot> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.entry(id.clone()).or_insert_with(|| Arc::new(Slot::new(id.clone())));
        slot.memo().used = Some(Instant::now());
        Arc::clone(slot)
    }

    /// Forgets what nobody has asked for in a while. Masked accounts are not kept longer than they are looked at.
    pub(crate) fn sweep(&self, idle: Duration) {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|_, slot| {
            let unused = slot.memo().used.is_none_or(|used| used.elapsed() >= idle);
            Arc::strong_count(slot) > 1 || !unused
        });
    }
}

impl Slot {
    fn new(id: ConnectionId) -> Self {
        Self {
            id,
            gate: Arc::default(),
            kick: Notify::new(),
            shown: watch::Sender::new(Shown::default()),
            memo: Mutex::default(),
        }
    }

    pub(super) fn memo(&self) -> MutexGuard<'_, Memo> {
        self.memo.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is shown now.
    pub(super) fn shown(&self) -> Shown {
        self.shown.borrow().clone()
    }

    /// Told at every change.
    pub(super) fn subscribe(&self) -> watch::Receiver<Shown> {
        self.shown.subscribe()
    }

    /// Whether somebody waits for a change.
    pub(super) fn is_watched(&self) -> bool {
        self.shown.receiver_count() > 0
    }

    /// Shows a connection. Whoever waits is woken only if it draws differently.
    pub(super) fn show(&self, connection: Connection) -> Arc<Connection> {
        let connection = Arc::new(connection);
        let shown = Arc::clone(&connection);
        self.shown.send_if_modified(|now| {
            let same = now.connection.as_ref().is_some_and(|before| draws_the_same(before, &connection));
            now.connection = Some(connection);
            if same {
                return false;
            }
            now.drawn += 1;
            now.learned = Some(Instant::now());
            true
        });
        shown
    }
}

fn draws_the_same(before: &Connection, after: &Connection) -> bool {
    before.revision == after.revision && drawn(&before.next) == drawn(&after.next)
}

/// What of a wait is drawn. Every other change moves the revision.
fn drawn(next: &Next) -> Option<(linchpin_protocol::Stage, Option<u8>)> {
    match next {
        Next::Wait { stage, percent, .. } => Some((*stage, *percent)),
        _ => None,
    }
}

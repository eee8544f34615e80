//! What Linchpin has told this server by itself.

use jiff::Timestamp;
use linchpin_protocol::{ConnectionId, DepositId, EventId, Revision, WebhookEvent, WebhookKind};
use serde::Serialize;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// So many ids are known again. A real site keeps them in its database, for a week: Linchpin tries for less.
const IDS: usize = 1_000;
/// So many objects are remembered.
const OBJECTS: usize = 100;

/// What is known by now. A real site has a database here.
#[derive(Clone, Default)]
pub struct News(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    ids: VecDeque<EventId>,
    told: VecDeque<Told>,
}

/// What was told last of one object.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Told {
    /// When this server heard of it, RFC 3339.
    pub at: String,
    /// What happened, such as `connection.updated`.
    pub what: WebhookKind,
    /// To which connection or deposit.
    pub object: String,
    /// How often that had changed by then.
    pub revision: Revision,
}

impl News {
    /// Everything, the last first.
    pub fn told(&self) -> Vec<Told> {
        self.known().told.iter().rev().cloned().collect()
    }

    /// The deposits of which anything was told.
    pub(crate) fn deposits(&self) -> Vec<DepositId> {
        let known = self.known();
        let deposits = known.told.iter().filter(|told| told.what == WebhookKind::DepositUpdated);
        deposits.map(|told| DepositId::new(told.object.as_str())).collect()
    }

    /// Whether anything was told of a connection.
    pub(crate) fn knows(&self, connection: &ConnectionId) -> bool {
        self.known().told.iter().any(|told| told.object == connection.as_str())
    }

    /// Takes an event: one that was taken before changes nothing, and neither does one that another has overtaken.
    pub fn take(&self, event: WebhookEvent, now: Timestamp) {
        let mut known = self.known();
        if known.ids.contains(&event.id) {
            return;
        }
        push(&mut known.ids, event.id, IDS);
        let connection = event.data.connection_id.as_ref().map(ConnectionId::as_str);
        let deposit = event.data.deposit_id.as_ref().map(DepositId::as_str);
        let Some(object) = connection.or(deposit) else { return };
        if known.told.iter().any(|told| told.object == object && told.revision >= event.data.revision) {
            return;
        }
        known.told.retain(|told| told.object != object);
        let told = Told {
            at: now.to_string(),
            what: event.kind,
            object: object.to_owned(),
            revision: event.data.revision,
        };
        push(&mut known.told, told, OBJECTS);
    }

    /// Changed in whole steps, so a panic elsewhere leaves it sound.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn push<T>(list: &mut VecDeque<T>, item: T, most: usize) {
    if list.len() == most {
        list.pop_front();
    }
    list.push_back(item);
}

#[cfg(test)]
mod tests {
    use super::*;
    use linchpin_protocol::{Timestamp as Moment, WebhookData};

    fn event(id: &str, connection: &str, revision: u64) -> WebhookEvent {
        WebhookEvent {
            id: EventId::new(id),
            kind: WebhookKind::ConnectionUpdated,
            created_at: Moment::new("2026-11-20T09:30:00Z"),
            data: WebhookData {
                connection_id: Some(ConnectionId::new(connection)),
                deposit_id: None,
                revision: Revision(revision),
            },
        }
    }

    #[test]
    fn an_event_counts_once_and_the_highest_revision_stands() {
        let news = News::default();
        let take = |id, connection, revision| {
            news.take(event(id, connection, revision), Timestamp::now());
            news.told().into_iter().map(|told| (told.object, told.revision.0)).collect::<Vec<_>>()
        };
        assert_eq!(take("evt_1", "con_7", 2), [("con_7".into(), 2)]);
        assert_eq!(take("evt_3", "con_7", 4), [("con_7".into(), 4)]);
        assert_eq!(take("evt_2", "con_7", 3), [("con_7".into(), 4)], "overtaken on its way");
        assert_eq!(take("evt_2", "con_8", 9), [("con_7".into(), 4)], "sent again, in whatever form");
        assert_eq!(take("evt_4", "con_8", 2), [("con_8".into(), 2), ("con_7".into(), 4)]);
        assert!(news.knows(&ConnectionId::new("con_8")) && !news.knows(&ConnectionId::new("con_9")));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let news = News::default();
        for nth in 0..3_000 {
            news.take(event(&format!("evt_{nth}"), &format!("con_{nth}"), 2), Timestamp::now());
        }
        assert_eq!(news.told().len(), OBJECTS);
        assert_eq!(news.known().ids.len(), IDS);
        assert_eq!(news.told()[0].object, "con_2999");
    }
}

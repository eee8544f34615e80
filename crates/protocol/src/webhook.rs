//! What the client's server is told when something changes while nobody looks, and what it reads then.

use crate::{AccountId, ConnectionId, DepositId, EventId, InstitutionRef, Purpose, Revision, Timestamp};
use serde::{Deserialize, Serialize};

/// The body of a webhook: that something has changed, and never what. What it is now is read with the client's secret.
///
/// The same event may come more than once, and events may overtake each other. So a receiver takes an `id` once, and of
/// one object the highest `revision`.
///
/// ```
/// use linchpin_protocol::{WebhookEvent, WebhookKind};
///
/// let body = r#"{"id":"evt_1","type":"connection.updated","created_at":"2026-11-20T09:30:00Z",
///   "data":{"connection_id":"con_7","revision":4}}"#;
/// let event: WebhookEvent = serde_json::from_str(body).unwrap();
/// assert_eq!(event.kind, WebhookKind::ConnectionUpdated);
/// assert_eq!(event.data.revision.0, 4);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WebhookEvent {
    /// Its name, the same each time that it comes.
    pub id: EventId,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: WebhookKind,
    /// When it happened, however much later it comes.
    pub created_at: Timestamp,
    /// To what.
    pub data: WebhookData,
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum WebhookKind {
    /// A connection is at another step, or its accounts were chosen.
    #[serde(rename = "connection.updated")]
    ConnectionUpdated,
    /// A deposit is at another step.
    #[serde(rename = "deposit.updated")]
    DepositUpdated,
    /// Something newer than this reader: answer it like any other, and pass it over.
    #[serde(other, rename = "unknown")]
    Unknown,
}

/// To what it happened: exactly one of the ids is there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WebhookData {
    /// The connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// The deposit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit_id: Option<DepositId>,
    /// How often the object had changed by then.
    pub revision: Revision,
}

/// `GET /v1/users/{user_id}/connections`: what one of the client's customers has begun, linked and ended.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserConnections {
    /// Newest first, at most 100.
    pub connections: Vec<UserConnection>,
}

/// In [`UserConnections`]: a connection, without anything of the bank's or the person's.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserConnection {
    /// Its name.
    pub id: ConnectionId,
    /// Where it is.
    pub institution: InstitutionRef,
    /// How often it has changed.
    pub revision: Revision,
    /// What the client needed.
    pub purpose: Purpose,
    /// The chosen accounts; empty as long as the person has not finished. What they hold is read with
    /// `GET /v1/connections/{id}/verification`.
    pub account_ids: Vec<AccountId>,
    /// Whether it has ended, by its person or at the provider: what its accounts hold is not handed over any more.
    #[serde(default)]
    pub ended: bool,
    /// When it was begun.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_names_its_object_and_nothing_else() {
        let event = WebhookEvent {
            id: EventId::new("evt_1"),
            kind: WebhookKind::DepositUpdated,
            created_at: Timestamp::new("2026-11-20T09:30:00Z"),
            data: WebhookData {
                connection_id: None,
                deposit_id: Some(DepositId::new("dep_7")),
                revision: Revision(3),
            },
        };
        let body = r#"{"id":"evt_1","type":"deposit.updated","created_at":"2026-11-20T09:30:00Z","data":{"deposit_id":"dep_7","revision":3}}"#;
        assert_eq!(serde_json::to_string(&event).unwrap(), body);
        assert_eq!(serde_json::from_str::<WebhookEvent>(body).unwrap(), event);
    }

    #[test]
    fn what_a_newer_proxy_tells_can_be_read_and_passed_over() {
        let body = r#"{"id":"evt_1","type":"user.moved","created_at":"2026-11-20T09:30:00Z","new":1,
            "data":{"user":"pat","revision":1}}"#;
        let event: WebhookEvent = serde_json::from_str(body).unwrap();
        assert_eq!(event.kind, WebhookKind::Unknown);
    }
}

//! Looking after what is linked: mode `manage`.

use crate::json::tagged;
use crate::{Connection, Revision, Timestamp};
use serde::{Deserialize, Serialize};

/// The answer to `GET /v1/connections`: what the person has, newest first, at most 100.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ManagedConnections {
    /// Nothing that has ended.
    pub connections: Vec<ManagedConnection>,
}

/// A connection, and what its person can do about it. What the provider cannot do is absent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ManagedConnection {
    /// As it stands.
    pub connection: Connection,
    /// That in one word.
    #[serde(default)]
    pub standing: Standing,
    /// When the person began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun_at: Option<Timestamp>,
    /// When the permission that the person gave for it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// That is less than seven days away, or has passed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expires_soon: bool,
    /// Have it read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<RefreshWay>,
    /// End it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disconnect: Option<DisconnectWay>,
    /// Put another in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moves: Option<MoveWay>,
}

/// How a connection stands, in one word.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It works.
    Working,
    /// Something is running.
    Updating,
    /// It worked once, and the person has to do something.
    NeedsYou,
    /// It was begun and never finished.
    Unfinished,
    /// Nothing can be done now.
    Later,
    /// It is being ended, or that was interrupted.
    Ending,
    /// The provider did not say how it stands.
    Unreadable,
    /// A word newer than this reader.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Whether a connection can be read again now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum RefreshWay {
    /// Yes.
    Now {},
    /// It was read not long ago.
    TooSoon {
        /// In so many seconds it can.
        wait_s: u32,
    },
    /// As often as the institution allows in 24 hours.
    DailyLimit {
        /// In so many seconds it can.
        wait_s: u32,
    },
    /// It is being read.
    Running {},
    /// Reading it would fail until the person has done something.
    RepairFirst {},
    /// A word newer than this reader.
    #[serde(other)]
    Unknown,
}

tagged!(RefreshWay by "can");

/// What ending a connection means.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DisconnectWay {
    /// Whether what was read stays with the provider, unless it is erased before; absent: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeps_data: Option<bool>,
    /// What was read can be erased with it.
    #[serde(default)]
    pub erase: Erase,
    /// So many other connections to the same institution lose what was read through them, too.
    #[serde(default)]
    pub others: u32,
}

/// Whether what was read through a connection can be erased.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Erase {
    /// Yes.
    Now,
    /// Only while the connection works, and it does not.
    WhenWorking,
    /// The provider cannot, or this is newer than this reader.
    #[default]
    #[serde(other)]
    Never,
}

/// What another connection to the same institution would be.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MoveWay {
    /// How it would reach the institution.
    pub to: Reach,
    /// Whether what was read so far is erased on the way, as it must be, or cannot be yet.
    #[serde(default)]
    pub erase: Erase,
    /// So many other connections to the same institution lose what was read through them, too.
    #[serde(default)]
    pub others: u32,
}

/// How a provider reaches an institution.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Through the website that people use, with their login.
    Web,
    /// Through what the institution offers for it, with a permission that people give there.
    OpenBanking,
    /// As now, with a connection of its own.
    Same,
    /// A way newer than this reader.
    #[default]
    #[serde(other)]
    Unknown,
}

/// What is done to end a connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Parting {
    /// It ends.
    Disconnect,
    /// Another takes its place.
    Move,
    /// Something newer than this reader.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Why a connection could not be ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartingProblem {
    /// What was read can be erased only while the connection works, and it does not.
    NotWorking,
    /// The provider cannot be reached, or answers with faults.
    ProviderUnavailable,
    /// The provider refused.
    ProviderRejected,
    /// Not told, or newer than this reader.
    #[default]
    #[serde(other)]
    Unknown,
}

/// `POST /v1/connections/{id}/refresh`: have it read again now. Answered with the connection; what runs already is joined.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefreshConnection {
    /// The revision that the screen was drawn from.
    pub revision: Revision,
}

/// `POST /v1/connections/{id}/move`: erase what was read, end it, and put another in its place. That cannot be undone.
/// Answered with the connection; the same again goes on where it was interrupted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveConnection {
    /// The revision that the screen was drawn from.
    pub revision: Revision,
}

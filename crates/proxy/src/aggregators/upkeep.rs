//! Looking after a connection that exists.

use super::{Observation, Reference, UpstreamError};
use async_trait::async_trait;
use jiff::Timestamp;

/// What an aggregator can do for connections that exist. An aggregator that can do nothing of this has none.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// What can be done with a connection that was just seen to stand like this.
    fn care(&self, reference: &Reference, seen: &Observation) -> Care;

    /// Has it read the institution again, with the login or permission that it has. One that is running already is
    /// taken as it is: nothing is begun beside it.
    async fn refresh(&self, reference: &Reference) -> Result<Observation, UpstreamError>;

    /// Has it forget everything that it has read of the user at the connection's institution. That cannot be undone. The
    /// connection stays. Twice is once.
    async fn purge(&self, reference: &Reference) -> Result<(), UpstreamError>;

    /// Ends the connection. That cannot be undone. One that is gone already is ended.
    async fn delete(&self, reference: &Reference) -> Result<(), UpstreamError>;
}

/// What can be done with a connection as it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Care {
    /// It can be made to read again now.
    pub refresh: bool,
    /// It is not to be made to read before this: the institution is in trouble.
    pub left_alone_until: Option<Timestamp>,
    /// So many refreshes of it are taken in any 24 hours; `None`: no number is known.
    pub most_refreshes_a_day: Option<u32>,
    /// It can be ended.
    pub delete: bool,
    /// Whether what was read stays with the aggregator when it is ended, unless it is purged before; `None`: not known.
    pub keeps_data: Option<bool>,
    /// What was read can be purged now.
    pub purge: bool,
    /// How it reaches the institution, if that is known.
    pub channel: Option<Channel>,
    /// The institution can be reached through this instead; or through the same anew.
    pub moves_to: Option<Channel>,
}

/// How an aggregator reaches an institution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Channel {
    /// Through the website that people use, with their login.
    Web,
    /// Through what the institution offers for it, with a permission that people give there.
    OpenBanking,
}

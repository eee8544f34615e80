//! The numbers by which things are known on the wire.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl From<u64> for $name {
            fn from(number: u64) -> Self {
                Self(number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// An end user of the company that embeds the widget.
    UserId
    /// A bank or credit union, real or for practice.
    InstitutionId
    /// One login of one user at one institution.
    ConnectionId
    /// One account (checking, savings, …) found under a connection.
    AccountId
    /// One prompt of a sync.
    ChallengeId
    /// One pair of micro-deposits.
    DepositId
}

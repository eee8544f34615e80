//! Names of things: opaque ids with a prefix, revisions and times.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Declares an opaque id: a string that is passed on and compared, never taken apart.
macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text to send or to compare.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A bank, credit union or broker that can be linked: `ins_…`.
    InstitutionId
);
id!(
    /// What a person asked the client for: an institution that they did not find. `irq_…`.
    InstitutionRequestId
);
id!(
    /// One login at one institution: `con_…`.
    ConnectionId
);
id!(
    /// One verification by two small deposits: `dep_…`.
    DepositId
);
id!(
    /// One account found under a connection, such as a checking account: `acc_…`.
    AccountId
);
id!(
    /// One question that the institution asks during a sync: `chl_…`.
    ChallengeId
);
id!(
    /// One opening of the widget: `lnk_…`. Not secret; it stands in the widget's address.
    LinkId
);
id!(
    /// One message to the host, so that a host can tell a repetition: `evt_…`.
    EventId
);
id!(
    /// One call to the proxy, for support: `req_…`.
    RequestId
);
id!(
    /// One field of an institution's login form, such as `username`.
    FieldId
);
id!(
    /// The client's own name for its customer. Never shown, and opaque to everybody but the client.
    UserId
);

/// The number of changes that an object has seen. An unsafe call names the revision it was made against.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Revision(pub u64);

/// A moment: RFC 3339 in UTC, such as `2026-11-20T09:30:00Z`.
///
/// Kept as text: the browser formats it with `Intl`, and the proxy has a clock of its own.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// Takes text that is already RFC 3339 in UTC.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The RFC 3339 text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

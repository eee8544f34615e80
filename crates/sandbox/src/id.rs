//! The numbers by which things are known on the wire.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

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

/// A text is no id of the kind that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no such id")]
pub struct NotAnId;

macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "-{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let number = text.strip_prefix(concat!($prefix, "-")).and_then(|digits| digits.parse().ok());
                // One thing has one name: no signs, no leading zeros.
                number.map(Self).filter(|id| id.to_string() == text).ok_or(NotAnId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}

// In Basiq's dialect ids are texts. Each kind says what it is, so that a mix-up is seen.
text_ids! {
    /// A user in Basiq's dialect, such as `usr-501`.
    BasiqUserId "usr"
    /// A connection in Basiq's dialect, such as `con-7001`.
    BasiqConnectionId "con"
    /// A job in Basiq's dialect, such as `job-9001`.
    BasiqJobId "job"
    /// An account in Basiq's dialect, such as `acc-3001`.
    BasiqAccountId "acc"
    /// A person's consent in Basiq's dialect, such as `cst-201`.
    BasiqConsentId "cst"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_id_is_read_back_and_no_other_spelling_is() {
        let id = BasiqJobId(9_001);
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in ["9001", "con-9001", "job-09001", "job-+9001", "job-", "job-x", "Job-9001"] {
            assert_eq!(text.parse::<BasiqJobId>(), Err(NotAnId), "{text}");
        }
    }
}

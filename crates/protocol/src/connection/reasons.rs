//! Why a connection stands where it does, and what is going on in it.

use serde::{Deserialize, Serialize};

/// What became of the last visit to the bank's own page.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuthorizeProblem {
    /// Nothing: nobody was there yet.
    #[default]
    None,
    /// The person, or the bank, said no there.
    Denied,
    /// The person gave it up here.
    Abandoned,
    /// The way there was not used in its time.
    Expired,
    /// Nobody came back in time.
    TimedOut,
    /// A problem newer than this reader.
    #[serde(other)]
    Unknown,
}

/// What was wrong with the last login.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CredentialProblem {
    /// Nothing: it has not been tried.
    #[default]
    None,
    /// The institution did not accept it.
    Incorrect,
    /// The institution locked it.
    Locked,
    /// The institution will lock it soon.
    NearLock,
    /// A problem newer than this reader.
    #[serde(other)]
    Unknown,
}

/// What is going on while the person waits. Stages come in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The provider has this login already, and waits before it tries it again.
    Paused,
    /// Signing in at the institution.
    SigningIn,
    /// Reading the accounts.
    Reading,
    /// Reading account and routing numbers.
    Verifying,
    /// Erasing what was read.
    Erasing,
    /// Ending the connection.
    Disconnecting,
    /// Not told, or newer than this reader.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Why nothing can be done now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LaterReason {
    /// The provider paused the attempt.
    Postponed,
    /// The provider is under maintenance.
    Maintenance,
    /// The institution cannot be reached.
    InstitutionUnavailable,
    /// Not told, or newer than this reader.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Why a connection could not be finished.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// The provider refused.
    ProviderRejected,
    /// The institution gives no numbers for its accounts, so none can be verified.
    NotVerifiable,
    /// Not told, or newer than this reader.
    #[default]
    #[serde(other)]
    Unknown,
}

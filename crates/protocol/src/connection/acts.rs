//! What the widget sends about a connection, and what only such a call is answered with.

use super::ConnectionMethod;
use crate::{AccountId, ChallengeId, FieldId, InstitutionId, Revision, Secret};
use serde::{Deserialize, Serialize};

/// `POST /v1/connections`: makes a connection, without a login yet. Repeating it with the same key gives the same one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateConnection {
    /// Where.
    pub institution_id: InstitutionId,
    /// How.
    pub method: ConnectionMethod,
}

/// `POST /v1/connections/{id}/credentials`: the login, passed on and forgotten.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubmitCredentials {
    /// The revision that the form was drawn from.
    pub revision: Revision,
    /// One value for each field of the form.
    pub fields: Vec<CredentialValue>,
    /// The person knows that they have linked this login already, and goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

/// One value of a login form.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CredentialValue {
    /// Which field.
    pub id: FieldId,
    /// What was typed, untouched.
    pub value: Secret,
}

/// `POST /v1/connections/{id}/answers`: answers to every open challenge.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubmitAnswers {
    /// The revision that the challenges were drawn from.
    pub revision: Revision,
    /// One for each challenge.
    pub answers: Vec<Answer>,
}

/// The answer to one challenge.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Which challenge.
    pub id: ChallengeId,
    /// What was typed, untouched; empty where something was approved elsewhere.
    pub value: Secret,
}

/// `POST /v1/connections/{id}/accounts`: which accounts to use.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChooseAccounts {
    /// The revision that the list was drawn from.
    pub revision: Revision,
    /// One, or more where the link token allows it.
    pub account_ids: Vec<AccountId>,
}

/// `POST /v1/connections/{id}/retry`: go on after instructions, a lapsed attempt or an outage. Sends no login.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// The revision that the screen was drawn from.
    pub revision: Revision,
}

/// `POST /v1/connections/{id}/authorize`: a fresh way to the bank's own page. Earlier ones are void.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Authorize {
    /// The revision that the screen was drawn from.
    pub revision: Revision,
    /// Whether the bank is to come back to the client's own page, in this very window.
    #[serde(default)]
    pub in_place: bool,
}

/// The answer to `POST /v1/connections/{id}/authorize`.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorizeTicket {
    /// Where to send the person, once: an address on the proxy that leads on to the bank.
    pub url: Secret,
    /// How many seconds it is good for.
    pub seconds: u32,
}

/// `POST /v1/connections/{id}/abandon`: the person gave the visit to the bank's own page up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Abandon {
    /// The revision that the screen was drawn from.
    pub revision: Revision,
}

//! Institutions: what a person picks from, and what a login form is made of.

use crate::{ConnectionId, FieldId, InstitutionId};
use serde::{Deserialize, Serialize};

/// An institution as it stands in a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Institution {
    /// Our name for it.
    pub id: InstitutionId,
    /// The name to show.
    pub name: String,
    /// The parts of the name that were asked for, in order, apart. None where something else was asked for, such as the
    /// domain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub highlights: Vec<Highlight>,
    /// Its web domain, such as `chase.com`; tells namesakes and look-alikes apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Where it is, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Whether it can be linked now.
    #[serde(default)]
    pub availability: Availability,
    /// The quickest way to what this session needs.
    #[serde(default)]
    pub way: Way,
    /// Whether this user has a connection to it already.
    #[serde(default, skip_serializing_if = "is_false")]
    pub connected: bool,
    /// Whether it exists for practice only.
    #[serde(default, skip_serializing_if = "is_false")]
    pub practice: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// A part of a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Highlight {
    /// Where it begins: a byte of the name as UTF-8, on a character's boundary.
    pub start: u32,
    /// Where it ends: the byte behind it.
    pub end: u32,
}

/// City and state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// Such as `Columbus`.
    pub city: String,
    /// Such as `OH`.
    pub state: String,
}

/// Whether an institution can be linked now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// As usual.
    #[default]
    Available,
    /// Works, with trouble.
    Degraded,
    /// Not now.
    Unavailable,
    /// A value newer than this reader.
    #[serde(other)]
    Unknown,
}

/// The quickest way to what the session needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// While the person waits.
    #[default]
    Instant,
    /// With deposits, over days.
    Days,
    /// Not at all.
    None,
    /// A value newer than this reader.
    #[serde(other)]
    Unknown,
}

/// One page of a ranked list.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstitutionPage {
    /// Best first.
    pub institutions: Vec<Institution>,
    /// How many there are on all pages together.
    #[serde(default)]
    pub total: u32,
    /// As what the query was understood.
    #[serde(default)]
    pub read_as: ReadAs,
    /// Asks for the page after this one; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// As what a query was understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReadAs {
    /// A name, a part of one, a place.
    #[default]
    Name,
    /// The address of a website at which institutions are known.
    Website,
    /// The nine digits of a routing number, whether or not somebody is known by it.
    RoutingNumber,
    /// Something newer than this reader.
    #[serde(other)]
    Unknown,
}

/// An institution with its login form.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstitutionDetail {
    /// As it stands in a list.
    pub institution: Institution,
    /// How a connection to it can be made, preferred first.
    pub methods: Vec<Method>,
    /// The fields of its login form, in order.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// What the institution wants the person to know before signing in; text, not markup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Its website with scheme, https only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// The connection that this user has there already, to be used again instead of a second sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub existing: Option<ConnectionId>,
}

/// How a connection can be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The person enters the login here.
    Credentials,
    /// The person signs in on the bank's own page.
    BankLogin,
    /// A method newer than this reader.
    #[serde(other)]
    Unknown,
}

/// One field of a login form.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Field {
    /// Names the value when it is sent.
    pub id: FieldId,
    /// The institution's own label; absent where the generic word for `kind` will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// How it is entered.
    pub kind: FieldKind,
}

/// How a field is entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// The name of the login: shown, kept after a failed try.
    Username,
    /// The secret of the login: masked, emptied after a failed try.
    Password,
    /// Any other text, masked to be safe.
    #[serde(other)]
    Other,
}

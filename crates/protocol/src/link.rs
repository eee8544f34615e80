//! What the client's server asks for: one opening of the widget.

use crate::{
    Appearance, AppearanceCorrection, ConnectionId, ConsentGiven, ConsentTerms, DepositId, InstitutionId,
    LinkId, LinkedResult, Secret, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

/// `POST /v1/link-tokens`: one opening of the widget, for one user in one place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateLinkToken {
    /// The client's own name for its customer; 1 to 128 characters, any but U+0000.
    pub user_id: UserId,
    /// The origin of the page that the widget stands in, exactly as registered: `https://app.example`. Absent with surface
    /// `web_view`, and only with it: there is no such page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Where the widget stands.
    #[serde(default)]
    pub surface: Surface,
    /// What the widget is opened for.
    #[serde(default)]
    pub mode: Mode,
    /// What the client needs.
    #[serde(default)]
    pub purpose: Purpose,
    /// How many accounts may be chosen.
    #[serde(default)]
    pub account_selection: AccountSelection,
    /// Which connection is to be repaired: with mode `repair`, and only with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<ConnectionId>,
    /// Which deposit is to be confirmed: with mode `deposit`, and only with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit_id: Option<DepositId>,
    /// Opens straight at this institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution_id: Option<InstitutionId>,
    /// A BCP 47 language such as `es-MX`, or `system` for the browser's choice, as when absent. English, Spanish, French and
    /// Arabic are spoken; English stands for all others, and the region says how numbers and days are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The client's own page that a bank may send the person back to, exactly as registered; it is opened with
    /// `linchpin=<link_id>` and has to call `Linchpin.resume`. For pages in which no window can be opened; with surface `frame`
    /// only: in a web view the widget's own page is come back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// How the widget looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appearance: Option<Appearance>,
    /// What the person is to agree to; absent: the widget asks for what the purpose needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentTerms>,
}

/// Where the widget stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// In a frame, of which the page around it sees nothing.
    #[default]
    Frame,
    /// As an element of the client's page, which sees all of it. Logins and answers are typed there only if the client's
    /// configuration allows it; an institution's own page can be gone to anyway.
    Element,
    /// By itself, in a web view of the client's app.
    WebView,
}

impl Surface {
    /// As it stands in the page's `data-surface`.
    pub fn as_str(self) -> &'static str {
        match self {
            Surface::Frame => "frame",
            Surface::Element => "element",
            Surface::WebView => "web_view",
        }
    }
}

/// What the widget is opened for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Link an account.
    #[default]
    Link,
    /// Make a connection work again.
    Repair,
    /// Confirm the amounts of a deposit.
    Deposit,
    /// Look after what is linked.
    Manage,
}

/// What the client needs of an account.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Proof that the account is the person's: account and routing number.
    #[default]
    Verify,
    /// Balances and transactions, kept up to date.
    Aggregate,
    /// Both.
    Both,
}

/// How many accounts may be chosen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountSelection {
    /// Exactly one.
    #[default]
    One,
    /// One or more.
    Many,
}

/// The answer to [`CreateLinkToken`].
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkToken {
    /// `lt_<id>.<secret>`: goes to the page, is spent on first exchange.
    pub link_token: Secret,
    /// Names the opening; not secret.
    pub link_id: LinkId,
    /// Until when it can be exchanged: 30 minutes from now.
    pub expires_at: Timestamp,
    /// The colours that were asked for and could not be read, with what is used in their place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub appearance_corrected: Vec<AppearanceCorrection>,
}

/// `POST /v1/public-tokens/exchange`: what the widget's public token stands for.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PublicTokenExchange {
    /// `pt_…`, as the page received it.
    pub public_token: Secret,
}

/// `GET /v1/link-tokens/{id}`: how far an opening of the widget has come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkStatus {
    /// Which opening.
    pub link_id: LinkId,
    /// The client's own name for its customer.
    pub user_id: UserId,
    /// How far.
    pub state: LinkState,
    /// Until when the token can be exchanged.
    pub expires_at: Timestamp,
    /// What the person agreed to in the widget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentGiven>,
    /// What was linked so far.
    #[serde(default)]
    pub results: Vec<LinkedResult>,
}

/// How far an opening of the widget has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// The token was not exchanged yet.
    Unused,
    /// A session is open.
    Open,
    /// The token or its session is over.
    Over,
    /// A state newer than this reader.
    #[serde(other)]
    Unknown,
}

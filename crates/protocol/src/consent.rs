//! What a person agrees to before anything else: who gets what, for what, and until when.

use crate::{Purpose, Timestamp};
use serde::{Deserialize, Serialize};

/// The version of the words around these facts on the consent screen. It goes up when the words change.
pub const CONSENT_WORDS: u32 = 2;

/// What a client may get to see. Nothing outside what was agreed to is handed over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DataKind {
    /// The names, kinds and last digits of the chosen accounts.
    Accounts,
    /// Account numbers in full, and what names the bank beside them: a routing number, or a BSB.
    AccountNumbers,
    /// Balances.
    Balances,
    /// Transactions.
    Transactions,
    /// The owners' names and, where the institution tells them, their addresses, phone numbers and mail addresses.
    Owner,
    /// A kind newer than this reader.
    #[serde(other)]
    Unknown,
}

impl Purpose {
    /// What a client gets for this purpose if it asks for nothing in particular: no more than the purpose needs.
    pub fn data(self) -> &'static [DataKind] {
        match self {
            Purpose::Verify => &[DataKind::Accounts, DataKind::AccountNumbers, DataKind::Owner],
            Purpose::Aggregate => &[DataKind::Accounts, DataKind::Balances, DataKind::Transactions],
            Purpose::Both => &[
                DataKind::Accounts,
                DataKind::AccountNumbers,
                DataKind::Balances,
                DataKind::Transactions,
                DataKind::Owner,
            ],
        }
    }
}

/// Who asks the person.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AskedBy {
    /// The widget, on its first screen.
    #[default]
    Widget,
    /// The client, which states that it has the person's consent in its own words.
    Client,
}

/// In [`crate::CreateLinkToken`]: what the person is to agree to. What is absent is not said on the screen.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConsentTerms {
    /// Who asks.
    #[serde(default)]
    pub asked_by: AskedBy,
    /// What the client wants to see; what the purpose needs when absent, and never more than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<DataKind>>,
    /// What the client does with it: one sentence to the person, in the language of the opening, at most 200
    /// characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Until when the client may use it, at most 366 days from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Where the person can take it back, https only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke_url: Option<String>,
}

/// In [`crate::Session`]: what the person has to agree to before anything else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consent {
    /// Names the words and these facts; goes back with [`GiveConsent`].
    pub version: String,
    /// What the client gets to see.
    pub data: Vec<DataKind>,
    /// What the client does with it, in its own words: text, never markup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Until when the client may use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Where it can be taken back, https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke_url: Option<String>,
}

/// `POST /v1/sessions/consent`: the person agrees to what was shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GiveConsent {
    /// As it came with [`Consent`]; another one is refused with `wrong_step`.
    pub version: String,
}

/// In [`crate::LinkStatus`]: what was agreed to, for the client's own records.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentGiven {
    /// The words and the facts.
    #[serde(flatten)]
    pub consent: Consent,
    /// When.
    pub given_at: Timestamp,
    /// In which language it was shown: a BCP 47 tag such as `es`. Absent where that was not written down yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

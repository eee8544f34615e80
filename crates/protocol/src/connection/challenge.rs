//! What an institution asks, and what can be picked.

use crate::ChallengeId;
use crate::json::tagged;
use serde::{Deserialize, Serialize};

/// One question that the institution asks. Decided by what it carries, never by a provider's type word.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Challenge {
    /// A question with a typed answer.
    Text {
        /// Names the answer when it is sent.
        id: ChallengeId,
        /// The institution's question; text, not markup.
        prompt: String,
    },
    /// A one-time code, sent or shown by a device.
    Code {
        /// Names the answer when it is sent.
        id: ChallengeId,
        /// What the institution says about it; text, not markup.
        prompt: String,
    },
    /// One option is picked.
    Choice {
        /// Names the answer when it is sent.
        id: ChallengeId,
        /// The institution's question; text, not markup.
        prompt: String,
        /// In the institution's order.
        options: Vec<ChoiceOption>,
    },
    /// A picture, and a typed answer about it.
    Image {
        /// Names the answer when it is sent.
        id: ChallengeId,
        /// The institution's question; text, not markup.
        prompt: String,
        /// A raster picture as a `data:` URI, at most 256 kB.
        picture: String,
    },
    /// One picture is picked.
    ImageChoice {
        /// Names the answer when it is sent.
        id: ChallengeId,
        /// The institution's question; text, not markup.
        prompt: String,
        /// In the institution's order.
        options: Vec<PictureOption>,
    },
    /// Something is approved elsewhere, such as in the bank's app.
    Approve {
        /// Names the challenge.
        id: ChallengeId,
        /// What the institution says about it; text, not markup.
        prompt: String,
        /// The person has to say when it is done, with an answer that is empty. Otherwise it takes no answer and goes on
        /// by itself.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        confirm: bool,
    },
    /// A kind newer than this reader.
    #[serde(other)]
    Unknown,
}

tagged!(Challenge by "kind");

impl Challenge {
    /// Its name; absent for a kind newer than this reader.
    pub fn id(&self) -> Option<&ChallengeId> {
        match self {
            Self::Text { id, .. }
            | Self::Code { id, .. }
            | Self::Choice { id, .. }
            | Self::Image { id, .. }
            | Self::ImageChoice { id, .. }
            | Self::Approve { id, .. } => Some(id),
            Self::Unknown => None,
        }
    }

    /// What is asked, in the institution's words; empty for a kind newer than this reader.
    pub fn prompt(&self) -> &str {
        match self {
            Self::Text { prompt, .. }
            | Self::Code { prompt, .. }
            | Self::Choice { prompt, .. }
            | Self::Image { prompt, .. }
            | Self::ImageChoice { prompt, .. }
            | Self::Approve { prompt, .. } => prompt,
            Self::Unknown => "",
        }
    }

    /// Whether an answer is sent for it.
    pub fn wants_answer(&self) -> bool {
        !matches!(self, Self::Approve { confirm: false, .. } | Self::Unknown)
    }
}

/// One option of a choice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChoiceOption {
    /// What is sent when it is picked.
    pub key: String,
    /// What it says; text, not markup.
    pub label: String,
    /// What it belongs to, such as `Voice` or `Text` for the delivery of a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

/// One picture of a choice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PictureOption {
    /// What is sent when it is picked.
    pub key: String,
    /// A raster picture as a `data:` URI, at most 256 kB.
    pub picture: String,
}

//! Values that must not be seen again once they arrived.

use std::fmt;

use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A password, passcode or answer: shown by nothing, wiped when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the value in.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The value itself, for comparing. Never write it anywhere.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether both hold the same text, in a time that does not tell where they differ.
    #[must_use]
    pub fn matches(&self, other: &str) -> bool {
        bool::from(self.0.as_bytes().ct_eq(other.as_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// An answer as it arrives: text, or a whole number for a choice. Both are kept as text.
#[derive(Debug, Clone)]
pub(crate) struct Answer(pub(crate) Secret);

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "an answer is a text or a whole number")]
        enum Raw {
            Text(Secret),
            Number(u64),
        }
        Ok(match Raw::deserialize(deserializer)? {
            Raw::Text(text) => Self(text),
            Raw::Number(number) => Self(Secret::new(number.to_string())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_a_secret() {
        let shown = format!("{:?} {:?}", Secret::new("canary"), Answer(Secret::new("canary")));
        assert!(!shown.contains("canary"), "leaked in {shown}");
    }

    #[test]
    fn an_answer_is_read_from_text_and_from_a_number() {
        for (json, text) in [("\"1\"", "1"), ("1", "1"), ("\" Rex \"", " Rex ")] {
            let answer: Answer = serde_json::from_str(json).expect(json);
            assert_eq!(answer.0.expose(), text, "{json}");
        }
        assert!(serde_json::from_str::<Answer>("[1]").is_err(), "a list is no answer");
    }
}

//! Text that must not be seen: credentials, answers, account numbers, tokens.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use zeroize::Zeroize;

/// Text that is passed on once and then gone.
///
/// `Debug` prints a fixed word, there is no `Display`, and the bytes are overwritten on drop. It is serialised in
/// clear, because passing it on is its purpose: never put one into anything that is stored or logged.
///
/// In the browser this reaches as far as Rust's memory; the page's own input element and the engine's strings are
/// beyond it.
#[derive(PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text over; the caller keeps no copy.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that passes it on.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing was entered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Clone for Secret {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Secret {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        let format = SchemaFormat::KnownFormat(KnownFormat::Password);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Secret {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_text_or_its_length() {
        let short = format!("{:?}", Secret::new("hunter2"));
        let long = format!("{:#?}", Some(Secret::new("a much longer passphrase than that")));
        assert_eq!(short, "[secret]");
        assert!(!long.contains("passphrase"), "{long}");
    }

    #[test]
    fn is_passed_on_in_clear_and_read_back() {
        let json = serde_json::to_string(&Secret::new("päss\"word")).unwrap();
        let read: Secret = serde_json::from_str(&json).unwrap();
        assert_eq!(read.expose(), "päss\"word");
    }

    #[test]
    fn a_wrong_type_is_refused_without_repeating_the_value() {
        let error = serde_json::from_str::<Secret>("{\"pin\":4711}").unwrap_err().to_string();
        assert!(!error.contains("4711"), "{error}");
    }
}

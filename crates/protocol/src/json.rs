//! JSON as a tree, without floating point.
//!
//! Tagged objects (`{"step":"wait",…}`) are read by way of this tree. serde's own tagging would compile every type
//! behind a tag twice over, and its numbers bring in the parsing and printing of floats: together a third of the
//! widget's module. Nothing in the protocol is a fraction; money is whole cents.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};
use std::fmt;

/// One JSON value.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Json {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object, in the order it was read.
    Map(Vec<(String, Json)>),
}

/// Why a tree does not read as what was asked for. Names what was expected, never the value that was there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonError(String);

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for JsonError {}

impl serde::de::Error for JsonError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }

    fn invalid_type(_unexpected: Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self(format!("expected {expected}"))
    }

    fn invalid_value(_unexpected: Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self(format!("expected {expected}"))
    }
}

impl Json {
    /// Takes a member out of an object.
    pub fn take(&mut self, name: &str) -> Option<Json> {
        let Json::Map(members) = self else { return None };
        let at = members.iter().position(|(known, _)| known == name)?;
        Some(members.remove(at).1)
    }

    /// Reads the tree as a type.
    ///
    /// # Errors
    /// When something is missing or of another kind.
    pub fn read<T: for<'de> Deserialize<'de>>(self) -> Result<T, JsonError> {
        T::deserialize(self)
    }

    /// Rewrites `{"<tag>":"wait","percent":4}` as `{"wait":{"percent":4}}`, which is how an enum is derived.
    ///
    /// The second form, the bare name, is what a variant without content reads; it fits also where content came along
    /// that this reader does not know.
    pub(crate) fn untag(mut self, tag: &str) -> Result<(Json, Json), JsonError> {
        match self.take(tag) {
            Some(Json::Text(name)) => Ok((Json::Map(vec![(name.clone(), self)]), Json::Text(name))),
            Some(_) | None => Err(JsonError(format!("expected a string in `{tag}`"))),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without fractions")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        Json::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Int(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Json, E> {
        i64::try_from(value).map(Json::Int).map_err(|_| E::custom("a number is too large"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Json::Map(members))
    }
}

macro_rules! forward {
    ($to:ident: $($from:ident)+) => {
        $(fn $from<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
            self.$to(visitor)
        })+
    };
}

/// What every method of the deserializer answers to a value of another kind.
fn other_than<T>(expected: &dyn serde::de::Expected) -> Result<T, JsonError> {
    Err(JsonError(format!("expected {expected}")))
}

/// Each method hands over only the kind of value that is asked for. Going through `deserialize_any` everywhere would
/// compile every reader for every kind of value.
impl<'de> Deserializer<'de> for Json {
    type Error = JsonError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Json::Null => visitor.visit_unit(),
            Json::Bool(value) => visitor.visit_bool(value),
            Json::Int(value) => visitor.visit_i64(value),
            Json::Text(value) => visitor.visit_string(value),
            Json::List(items) => visitor.visit_seq(Items(items.into_iter())),
            Json::Map(members) => visitor.visit_map(Members { rest: members.into_iter(), value: Json::Null }),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Json::Bool(value) => visitor.visit_bool(value),
            _ => other_than(&visitor),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Json::Int(value) => visitor.visit_i64(value),
            _ => other_than(&visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Json::Text(value) => visitor.visit_string(value),
            _ => other_than(&visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Json::List(items) => visitor.visit_seq(Items(items.into_iter())),
            _ => other_than(&visitor),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Json::Map(members) => visitor.visit_map(Members { rest: members.into_iter(), value: Json::Null }),
            _ => other_than(&visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Json::Text(value) => visitor.visit_str(&value),
            _ => other_than(&visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        visitor.visit_unit()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Json::Null => visitor.visit_unit(),
            _ => other_than(&visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Json::Null => visitor.visit_none(),
            other => visitor.visit_some(other),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        match self {
            Json::Text(name) => visitor.visit_enum(Variant { name, content: None }),
            Json::Map(mut members) => match (members.pop(), members.is_empty()) {
                (Some((name, content)), true) => visitor.visit_enum(Variant { name, content: Some(content) }),
                _ => Err(JsonError::custom("expected an object with one member")),
            },
            _ => Err(JsonError::custom("expected a name")),
        }
    }

    forward! { deserialize_i64: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }
    forward! { deserialize_string: deserialize_str deserialize_char }

    forward_to_deserialize_any! { i128 u128 f32 f64 bytes byte_buf unit_struct tuple tuple_struct }
}

impl IntoDeserializer<'_, JsonError> for Json {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

struct Items(std::vec::IntoIter<Json>);

impl<'de> SeqAccess<'de> for Items {
    type Error = JsonError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, JsonError> {
        self.0.next().map(|item| seed.deserialize(item)).transpose()
    }
}

struct Members {
    rest: std::vec::IntoIter<(String, Json)>,
    value: Json,
}

impl<'de> MapAccess<'de> for Members {
    type Error = JsonError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, JsonError> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        self.value = value;
        seed.deserialize(Json::Text(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, JsonError> {
        seed.deserialize(std::mem::take(&mut self.value))
    }
}

struct Variant {
    name: String,
    content: Option<Json>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = JsonError;
    type Variant = Content;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content), JsonError> {
        Ok((seed.deserialize(Json::Text(self.name))?, Content(self.content)))
    }
}

struct Content(Option<Json>);

impl<'de> VariantAccess<'de> for Content {
    type Error = JsonError;

    fn unit_variant(self) -> Result<(), JsonError> {
        match self.0 {
            None => Ok(()),
            Some(_) => Err(JsonError::custom("expected no content")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, JsonError> {
        seed.deserialize(self.0.unwrap_or_default())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, JsonError> {
        self.0.unwrap_or_default().deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        match self.0 {
            Some(content) => content.deserialize_map(visitor),
            None => Err(JsonError::custom("expected content")),
        }
    }
}

/// Gives an enum whose variants are told by a member, `{"<tag>":"<name>",…}`, its `Serialize` and `Deserialize`.
///
/// The enum derives both with `#[serde(remote = "Self")]`; a variant `Unknown` marked `#[serde(other)]` takes names
/// that this reader does not know, whatever comes along with them.
macro_rules! tagged {
    ($name:ident by $tag:literal) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use serde::de::Error;
                let tree = crate::Json::deserialize(deserializer)?;
                let (full, bare) = tree.untag($tag).map_err(D::Error::custom)?;
                $name::deserialize(full)
                    .or_else(|error| $name::deserialize(bare).map_err(|_| error))
                    .map_err(D::Error::custom)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $name::serialize(self, crate::tagging::Tagging { tag: $tag, serializer })
            }
        }
    };
}
pub(crate) use tagged;

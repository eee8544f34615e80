//! What a type looks like, read from its JSON schema.

use linchpin_protocol::{
    AppearanceProperty, ChallengeKind, Change, Code, ExitReason, FrameMessage, HostMessage, LinkedResult,
    ResultStatus, ScreenName, WidgetEvent,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shape {
    /// One of several words.
    Words {
        /// What it says.
        told: String,
        /// The words, in order.
        words: Vec<String>,
    },
    /// An object.
    Object {
        /// What it is.
        told: String,
        /// Its members.
        members: Vec<Member>,
    },
    /// One of several objects, told apart by a word in one of their members.
    Choice {
        /// What it is.
        told: String,
        /// The objects, in order.
        choices: Vec<Choice>,
    },
}

/// One of several objects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// The member that tells it apart.
    pub tag: String,
    /// What stands there.
    pub word: String,
    /// What it says.
    pub told: String,
    /// Its other members.
    pub members: Vec<Member>,
}

/// A member of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Its name on the wire.
    pub name: String,
    /// What it says.
    pub told: String,
    /// What can stand there.
    pub holds: Holds,
    /// It may be absent.
    pub optional: bool,
}

/// What can stand in a member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Holds {
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Truth,
    /// A type of its own, by the name it has in Rust.
    Named(String),
    /// Any number of these.
    List(Box<Holds>),
}

/// All types of the messages, by the names that they have in Rust.
pub struct Shapes(BTreeMap<String, Shape>);

impl Shapes {
    /// Those of the messages between frame and host.
    pub fn of_messages() -> Self {
        let mut all = Vec::new();
        let mut add = |name: &str, schema: RefOr<Schema>| all.push((name.to_owned(), json(&schema)));
        add("HostMessage", HostMessage::schema());
        add("FrameMessage", FrameMessage::schema());
        add("WidgetEvent", WidgetEvent::schema());
        add("LinkedResult", LinkedResult::schema());
        add("ResultStatus", ResultStatus::schema());
        add("Change", Change::schema());
        add("ExitReason", ExitReason::schema());
        add("ChallengeKind", ChallengeKind::schema());
        add("AppearanceProperty", AppearanceProperty::schema());
        add("ScreenName", ScreenName::schema());
        add("Code", Code::schema());
        let mut others = Vec::new();
        FrameMessage::schemas(&mut others);
        let others = others.iter().map(|(name, schema)| (name.clone(), json(schema)));
        // Ids and tokens are texts, and nothing more is to be known of them.
        let texts: Vec<String> = others.filter(|(_, schema)| is_text(schema)).map(|(name, _)| name).collect();
        let mut shapes: BTreeMap<_, _> =
            all.into_iter().map(|(name, schema)| (name, shape(&schema, &texts))).collect();
        // Its words are said once more in Rust, where the schema has Rust's names for them.
        if let Some(Shape::Words { words, .. }) = shapes.get_mut("Code") {
            *words = Code::ALL.iter().map(|code| code.as_str().to_owned()).collect();
        }
        Self(shapes)
    }

    /// The type of this name. One that is missing is a fault of this program.
    pub fn of(&self, name: &str) -> &Shape {
        static NOTHING: Shape = Shape::Words { told: String::new(), words: Vec::new() };
        self.0.get(name).unwrap_or(&NOTHING)
    }
}

fn json(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

fn is_text(schema: &Value) -> bool {
    schema["type"] == "string" && schema.get("enum").is_none()
}

fn told(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shape(schema: &Value, texts: &[String]) -> Shape {
    if let Some(words) = schema["enum"].as_array() {
        return Shape::Words { told: told(schema), words: words.iter().filter_map(text).collect() };
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let choices = choices.iter().filter_map(|choice| self::choice(choice, texts)).collect();
        return Shape::Choice { told: told(schema), choices };
    }
    Shape::Object { told: told(schema), members: members(schema, texts) }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// One of several objects: with its word among its members, or, where the type writes that itself, around them.
fn choice(schema: &Value, texts: &[String]) -> Option<Choice> {
    let told = told(schema);
    let by_type =
        |word: &str, members| Choice { tag: "type".to_owned(), word: word.to_owned(), told, members };
    if let Some(word) = only_word(schema) {
        // What stands for messages that are newer than the reader is none.
        return (word != "unknown").then(|| by_type(&word, Vec::new()));
    }
    let properties = schema["properties"].as_object()?;
    if let Some((tag, word)) = properties.iter().find_map(|(name, held)| Some((name, only_word(held)?))) {
        let mut members = members(schema, texts);
        members.retain(|member| member.name != *tag);
        return Some(Choice { tag: tag.clone(), word, members, ..by_type("", Vec::new()) });
    }
    let (word, inner) = properties.iter().next()?;
    Some(by_type(word, members(inner, texts)))
}

fn only_word(schema: &Value) -> Option<String> {
    match schema["enum"].as_array()?.as_slice() {
        [word] => text(word),
        _ => None,
    }
}

fn members(schema: &Value, texts: &[String]) -> Vec<Member> {
    let nothing = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&nothing);
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let member = |(name, held): (&String, &Value)| {
        // What may be absent is described as what it is, or nothing.
        let inner =
            held["oneOf"].as_array().and_then(|either| either.iter().find(|one| one["type"] != "null"));
        let held = inner.unwrap_or(held);
        Member {
            name: name.clone(),
            told: told(held),
            holds: holds(held, texts),
            optional: !required.contains(&name.as_str()),
        }
    };
    let mut members: Vec<Member> = properties.iter().map(member).collect();
    members.sort_by_key(|member| member.optional);
    members
}

fn holds(schema: &Value, texts: &[String]) -> Holds {
    if let Some(name) = schema["$ref"].as_str().and_then(|address| address.rsplit('/').next()) {
        let is_text = texts.iter().any(|text| text == name);
        return if is_text { Holds::Text } else { Holds::Named(name.to_owned()) };
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").cloned().unwrap_or_default(),
        kind => kind.clone(),
    };
    match kind.as_str() {
        Some("array") => Holds::List(Box::new(holds(&schema["items"], texts))),
        Some("integer") => Holds::Number,
        Some("boolean") => Holds::Truth,
        _ => Holds::Text,
    }
}

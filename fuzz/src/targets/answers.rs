//! What the proxy answers, as the widget reads it.
//!
//! Holds: the tree is the same JSON that serde_json reads, without fractions; whatever is written from what serde
//! reads, the widget's own reader reads as the same; where both read an input, they read the same.

use linchpin_protocol::{
    Connection, FromTree, Institution, InstitutionDetail, InstitutionPage, Json, Next, OpenedSession,
    Problem, PublicToken, Session,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub(crate) fn run(data: &[u8]) {
    let value: Option<Value> = serde_json::from_slice(data).ok();
    let Ok(tree) = serde_json::from_slice::<Json>(data) else {
        let fits = value.as_ref().is_some_and(whole_numbers_only);
        assert!(!fits, "JSON without fractions must read as a tree: {value:?}");
        return;
    };
    let value = value.expect("what reads as a tree is JSON");
    assert_eq!(plain(&tree), value, "the tree is other JSON than what was sent");
    both::<Connection>(data, &tree);
    both::<Next>(data, &tree);
    both::<OpenedSession>(data, &tree);
    both::<Session>(data, &tree);
    both::<InstitutionPage>(data, &tree);
    both::<InstitutionDetail>(data, &tree);
    both::<Institution>(data, &tree);
    both::<Problem>(data, &tree);
    both::<PublicToken>(data, &tree);
}

/// The tree as serde_json has it: of two members of one name the later counts.
fn plain(tree: &Json) -> Value {
    match tree {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Int(value) => Value::from(*value),
        Json::Text(text) => Value::String(text.clone()),
        Json::List(items) => Value::Array(items.iter().map(plain).collect()),
        Json::Map(members) => Value::Object(
            members.iter().map(|(name, value)| (name.clone(), plain(value))).collect::<Map<_, _>>(),
        ),
    }
}

fn whole_numbers_only(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => true,
        Value::Number(number) => number.is_i64(),
        Value::Array(items) => items.iter().all(whole_numbers_only),
        // A member that a later one hides may have held anything.
        Value::Object(_) => false,
    }
}

fn both<T: DeserializeOwned + FromTree + Serialize>(data: &[u8], tree: &Json) {
    let Ok(by_serde) = serde_json::from_slice::<T>(data) else { return };
    let written = |value: &T| serde_json::to_string(value).expect("it can be written");
    let said = written(&by_serde);
    if let Some(by_tree) = T::from_tree(tree.clone()) {
        assert_eq!(said, written(&by_tree), "the two readers understand something else");
    }
    // serde's also reads an object from a list of its values, which nobody writes.
    let again: Json = serde_json::from_str(&said).expect("what is written is JSON without fractions");
    let again = T::from_tree(again).expect("the widget's reader must take what the proxy writes");
    assert_eq!(said, written(&again), "the widget understands something else than was written");
}

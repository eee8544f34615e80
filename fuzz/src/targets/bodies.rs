//! The bodies of requests, through the reader that all routes share. The first byte chooses the type.
//!
//! Holds: a refusal names at least one field, in the letters that our fields are made of, and repeats no value; a body
//! that was taken is taken again when it is written out.

use linchpin_proxy::fuzzing::{BODIES, Read};
use serde_json::Value;

const MARKER: &str = "m4rk3r-value-that-nobody-may-repeat";
const NUMBER: u64 = 918_273_645_546_372;

pub(crate) fn run(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let (_, read) = BODIES[usize::from(*first) % BODIES.len()];
    match read(body) {
        Ok(written) => {
            let again = read(written.as_bytes()).expect("a body that was taken must be taken again");
            assert_eq!(again, written, "a body changes when it is read");
        }
        refused => names_a_field(&refused),
    }
    if let Ok(mut value) = serde_json::from_slice::<Value>(body)
        && !is_named_so(&value)
    {
        mark(&mut value);
        let marked = read(value.to_string().as_bytes());
        if let Err((_, said)) = &marked {
            names_a_field(&marked);
            let repeated = said.contains(MARKER) || said.contains(&NUMBER.to_string());
            assert!(!repeated, "a refusal repeats a value: {said}");
        }
    }
}

fn names_a_field(read: &Read) {
    let Err((fields, _)) = read else { return };
    assert!(!fields.is_empty(), "a refusal names no field");
    for field in fields {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        assert!(field.chars().all(fits) && field.len() <= 256, "a refusal names {field:?}");
    }
}

/// Whether a member's name holds the marker, as far as a refusal would repeat the name: names are told, so that a slip
/// of the pen is found.
fn is_named_so(value: &Value) -> bool {
    let told = |name: &str| {
        name.chars().filter(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect::<String>()
    };
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        Value::Array(items) => items.iter().any(is_named_so),
        Value::Object(members) => {
            let named =
                |name: &String| told(name).contains(MARKER) || told(name).contains(&NUMBER.to_string());
            members.iter().any(|(name, inner)| named(name) || is_named_so(inner))
        }
    }
}

/// Puts the marker where a value stood.
fn mark(value: &mut Value) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => *number = NUMBER.into(),
        Value::String(text) => *text = MARKER.to_owned(),
        Value::Array(items) => items.iter_mut().for_each(mark),
        Value::Object(members) => members.values_mut().for_each(mark),
    }
}

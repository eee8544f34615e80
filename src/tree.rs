//! The browser's own JSON parser, read as the protocol's tree.

use linchpin_protocol::Json;
use wasm_bindgen::{JsCast, JsValue};

/// No answer of the proxy and no message of the host page has more values than this.
const MOST_VALUES: u32 = 20_000;
/// Nor is it deeper.
const DEEPEST: u32 = 32;

/// Reads a value that JSON can hold; nothing for any other, or for one of unreasonable size.
pub fn tree(value: &JsValue) -> Option<Json> {
    let mut left = MOST_VALUES;
    branch(value, DEEPEST, &mut left)
}

/// Parses a text.
pub fn parse(text: &str) -> Option<Json> {
    tree(&js_sys::JSON::parse(text).ok()?)
}

fn branch(value: &JsValue, deep: u32, left: &mut u32) -> Option<Json> {
    let deep = deep.checked_sub(1)?;
    *left = left.checked_sub(1)?;
    if value.is_null() {
        return Some(Json::Null);
    }
    if let Some(truth) = value.as_bool() {
        return Some(Json::Bool(truth));
    }
    if let Some(text) = value.as_string() {
        return Some(Json::Text(text));
    }
    if let Some(number) = value.as_f64() {
        return whole(number).map(Json::Int);
    }
    if let Some(list) = value.dyn_ref::<js_sys::Array>() {
        return list.iter().map(|item| branch(&item, deep, left)).collect::<Option<_>>().map(Json::List);
    }
    let object = value.dyn_ref::<js_sys::Object>()?;
    let mut members = Vec::new();
    for entry in js_sys::Object::entries(object).iter() {
        let entry: js_sys::Array = entry.dyn_into().ok()?;
        members.push((entry.get(0).as_string()?, branch(&entry.get(1), deep, left)?));
    }
    Some(Json::Map(members))
}

/// A number without a fraction, within what a browser holds exactly.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_991.0;
    let exact = number.abs() <= EXACT && number.trunc() == number;
    #[expect(clippy::cast_possible_truncation, reason = "checked just above")]
    exact.then_some(number as i64)
}

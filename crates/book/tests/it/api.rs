//! Calls and bodies in the documentation are as the API's document says.

use super::{document, every_sample};
use linchpin_book::Mark;
use serde_json::{Value, json};

/// The document's operation for a call, such as `POST /v1/link-tokens`, with an id in the place of `{id}` too.
fn operation<'a>(document: &'a Value, method: &str, path: &str) -> Option<&'a Value> {
    let fits = |template: &str| {
        let parts: Vec<&str> = path.split('/').collect();
        let wanted: Vec<&str> = template.split('/').collect();
        parts.len() == wanted.len()
            && parts.iter().zip(wanted).all(|(part, wanted)| wanted.starts_with('{') || *part == wanted)
    };
    let paths = document["paths"].as_object()?;
    let (_, operations) = paths.iter().find(|(template, _)| fits(template))?;
    operations.get(method.to_lowercase())
}

/// Holds a body against a schema: it fits, and has no member that the schema does not know.
fn holds(document: &Value, schema: &Value, body: &Value, place: &str) {
    let whole = json!({"allOf": [schema], "components": document["components"]});
    let validator = jsonschema::draft202012::new(&whole).unwrap();
    let faults: Vec<String> = validator.iter_errors(body).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{place}: {faults:?}");
    let unknown = unknown(document, schema, body);
    assert!(unknown.is_empty(), "{place}: the API knows no {unknown:?}");
}

/// The members of a body that no part of the schema names.
fn unknown(document: &Value, schema: &Value, body: &Value) -> Vec<String> {
    let each = |item: &Value, schema: &Value| unknown(document, schema, item);
    match body {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| match member(document, schema, name) {
                Some(schema) => each(value, &schema),
                None => vec![name.clone()],
            })
            .collect(),
        Value::Array(items) => match member(document, schema, "") {
            Some(schema) => items.iter().flat_map(|item| each(item, &schema)).collect(),
            None => vec!["list".to_owned()],
        },
        _ => Vec::new(),
    }
}

/// The schema of a member, or of a list's items where the name is empty.
fn member(document: &Value, schema: &Value, name: &str) -> Option<Value> {
    if let Some(place) = schema["$ref"].as_str() {
        return member(document, document.pointer(place.trim_start_matches('#'))?, name);
    }
    let own = if name.is_empty() { schema.get("items") } else { schema["properties"].get(name) };
    let parts = ["allOf", "oneOf", "anyOf"].iter().filter_map(|key| schema[*key].as_array()).flatten();
    own.cloned().or_else(|| parts.into_iter().find_map(|part| member(document, part, name)))
}

#[test]
fn bodies_and_answers_are_those_of_the_document() {
    let document = document();
    let mut held = 0;
    for sample in every_sample().iter().filter(|sample| sample.language == "json") {
        let (call, is_answer) = match &sample.mark {
            Some(Mark::Body(call)) => (call, false),
            Some(Mark::Answer(call)) => (call, true),
            _ => continue,
        };
        let words: Vec<&str> = call.split(' ').collect();
        let operation = operation(&document, words[0], words[1]);
        let operation = operation.unwrap_or_else(|| panic!("{}: there is no {call}", sample.place));
        let described = if is_answer { &operation["responses"][words[2]] } else { &operation["requestBody"] };
        let (_, content) = described["content"].as_object().and_then(|all| all.iter().next()).unwrap();
        let body: Value = serde_json::from_str(&sample.text).expect(&sample.place);
        holds(&document, &content["schema"], &body, &sample.place);
        held += 1;
    }
    assert!(held >= 4, "only {held} bodies were found");
}

#[test]
fn calls_are_those_of_the_document_with_all_that_they_need() {
    let document = document();
    let mut held = 0;
    for sample in every_sample().iter().filter(|sample| sample.language == "sh") {
        for call in Call::all(&sample.text) {
            let operation = operation(&document, &call.method, &call.path);
            let operation = operation.unwrap_or_else(|| panic!("{}: there is no {call:?}", sample.place));
            let has = |name: &str| call.headers.iter().any(|header| header.starts_with(&format!("{name}: ")));
            assert!(has("Authorization"), "{}: {call:?}", sample.place);
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            for parameter in parameters.iter().filter(|parameter| parameter["in"] == "header") {
                let name = parameter["name"].as_str().unwrap();
                assert!(parameter["required"] != true || has(name), "{}: no {name}", sample.place);
            }
            let schema = operation.pointer("/requestBody/content/application~1json/schema");
            assert_eq!(schema.is_some(), call.body.is_some(), "{}: the body of {call:?}", sample.place);
            if let Some((schema, body)) = schema.zip(call.body.as_ref()) {
                assert!(has("Content-Type"), "{}: {call:?}", sample.place);
                holds(&document, schema, &serde_json::from_str(body).expect(&sample.place), &sample.place);
            }
            held += 1;
        }
    }
    assert!(held >= 5, "only {held} calls were found");
}

/// A command of curl's, as far as the documentation uses it.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: String,
    pub(super) path: String,
    /// Each with its value: `Authorization: Bearer …`.
    pub(super) headers: Vec<String>,
    pub(super) body: Option<String>,
}

impl Call {
    /// Those of a script, in order.
    pub(super) fn all(script: &str) -> Vec<Self> {
        let commands = commands(&script.replace("\\\n", " "));
        commands.into_iter().filter(|words| words[0] == "curl").map(Self::read).collect()
    }

    fn read(words: Vec<String>) -> Self {
        let mut words = words.into_iter().skip(1);
        let (mut method, mut path, mut headers, mut body) = (None, String::new(), Vec::new(), None);
        while let Some(word) = words.next() {
            match word.as_str() {
                "-X" => method = words.next(),
                "-H" => headers.extend(words.next()),
                "-d" => body = words.next(),
                other => {
                    let (_, rest) =
                        other.split_once("://").unwrap_or_else(|| panic!("curl knows no {other}"));
                    path = format!("/{}", rest.split_once('/').unwrap().1);
                }
            }
        }
        let usual = if body.is_some() { "POST" } else { "GET" };
        Self { method: method.unwrap_or_else(|| usual.to_owned()), path, headers, body }
    }
}

/// The commands of a script, each as its words. As in a shell, quotes hold words and lines together.
fn commands(script: &str) -> Vec<Vec<String>> {
    let (mut commands, mut words, mut word, mut quote) = (Vec::new(), Vec::new(), String::new(), None);
    for letter in script.chars().chain(['\n']) {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if letter == open => quote = None,
            (None, ' ' | '\n') => {
                words.push(std::mem::take(&mut word));
                if letter == '\n' {
                    commands.push(std::mem::take(&mut words));
                }
            }
            _ => word.push(letter),
        }
    }
    commands.iter_mut().for_each(|words| words.retain(|word| !word.is_empty()));
    commands.retain(|words| !words.is_empty());
    commands
}

#[test]
fn a_member_that_the_api_does_not_know_is_found() {
    let document = document();
    let schema = json!({"$ref": "#/components/schemas/Verification"});
    let body = json!({"user_id": "a", "accounts": [{"id": "acc_1", "numbr": 1}]});
    assert_eq!(unknown(&document, &schema, &body), ["numbr"]);
}

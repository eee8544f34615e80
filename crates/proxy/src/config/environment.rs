//! `LINCHPIN_*` variables as a source of configuration.
//!
//! Values stay text: a password of digits must not turn into a number and lose its leading zeros.

use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};

const PREFIX: &str = "LINCHPIN_";

/// The variables that begin with `LINCHPIN_`; `__` goes one level down.
pub(super) struct Variables(Vec<(String, String)>);

impl Variables {
    pub(super) fn new(all: Vec<(String, String)>) -> Self {
        let ours = |(name, value): (String, String)| Some((name.strip_prefix(PREFIX)?.to_lowercase(), value));
        Self(all.into_iter().filter_map(ours).collect())
    }
}

impl Provider for Variables {
    fn metadata(&self) -> Metadata {
        Metadata::named("LINCHPIN_* variables")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut root = Dict::new();
        for (name, text) in &self.0 {
            let path: Vec<&str> = name.split("__").collect();
            let value = if matches!(path.last(), Some(&("origins" | "redirect_uris" | "trusted_proxies"))) {
                list(text)
            } else {
                Value::from(text.as_str())
            };
            insert(&mut root, &path, value);
        }
        Ok(Profile::Default.collect(root))
    }
}

/// A list: `["https://a.example", "https://b.example"]`, or the same without brackets and quotes.
fn list(text: &str) -> Value {
    let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
    let items = inner.split(',').map(|item| item.trim().trim_matches(['"', '\'']).to_owned());
    Value::from(items.filter(|item| !item.is_empty()).collect::<Vec<_>>())
}

fn insert(dict: &mut Dict, path: &[&str], value: Value) {
    match path {
        [] => {}
        [last] => {
            dict.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            let below = dict.entry((*first).to_owned()).or_insert_with(|| Value::from(Dict::new()));
            if let Value::Dict(_, below) = below {
                insert(below, rest, value);
            }
        }
    }
}

/// What is wrong, in the reader's terms: the variable to set, never its value.
pub(super) fn explain(error: Error) -> String {
    use figment::error::Kind;
    let variable = |path: &[String]| format!("{PREFIX}{}", path.join("__").to_uppercase());
    let lines: Vec<String> = error
        .into_iter()
        .map(|error| match &error.kind {
            Kind::MissingField(field) => {
                let mut path = error.path.clone();
                path.push(field.to_string());
                format!("{} is missing: set it", variable(&path))
            }
            Kind::UnknownField(field, known) => {
                format!(
                    "`{field}` is not a setting of {}: use one of {}",
                    error.path.join("."),
                    known.join(", ")
                )
            }
            Kind::UnknownVariant(_, known) => {
                format!("{} must be one of {}", variable(&error.path), known.join(", "))
            }
            Kind::Message(message) => format!("{}: {message}", variable(&error.path)),
            Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
                format!("{} must be {expected}", variable(&error.path))
            }
            _ => format!("{} cannot be read", variable(&error.path)),
        })
        .collect();
    lines.join("; ")
}

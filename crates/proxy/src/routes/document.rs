//! Completes the API's document with what holds for many routes alike: keys, problems, how callers identify themselves.

use linchpin_protocol::{Code, CreateInstitutionRequest, Problem};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;

/// Enums of ours that are told by a member, and which: as derived, the name would stand around the fields.
const TAGGED: [(&str, &str); 3] = [("Next", "step"), ("Challenge", "kind"), ("Unfinished", "kind")];

/// What no route names by itself.
#[derive(OpenApi)]
#[openapi(components(schemas(Problem)))]
struct Base;

/// The document to which the routes add themselves.
pub(super) fn base() -> Document {
    Base::openapi()
}

/// The document in full.
pub(super) fn complete(api: Document) -> Value {
    // Words and numbers only: writing it cannot fail.
    let mut document = serde_json::to_value(api).unwrap_or_default();
    document["info"] = json!({
        "title": "Linchpin",
        "version": env!("CARGO_PKG_VERSION"),
        "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        "description": "What a client's server and the widget ask of the proxy. Times are RFC 3339 in UTC, money is \
            whole cents. Readers pass over members that they do not know.",
    });
    document["tags"] = json!([
        {"name": "client", "description": "For the client's server, with its secret."},
        {"name": "widget", "description": "For the widget, with its session."},
    ]);
    document["components"]["securitySchemes"] = json!({
        "client": {"type": "http", "scheme": "bearer", "description": "The client's secret."},
        "session": {"type": "http", "scheme": "bearer", "description": "The session's token."},
    });
    for (name, tag) in TAGGED {
        tell_by_member(&mut document["components"]["schemas"][name], tag);
    }
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    document["components"]["schemas"]["Code"]["enum"] = json!(codes);
    for (pointer, bounds) in bounds() {
        if let (Some(Value::Object(schema)), Value::Object(bounds)) = (document.pointer_mut(pointer), bounds)
        {
            schema.extend(bounds);
        }
    }
    tidy(&mut document);
    links(&mut document);
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, operations) in paths {
            for (method, operation) in operations.as_object_mut().into_iter().flatten() {
                finish(path, method, operation);
            }
        }
    }
    document
}

/// Moves the name of a variant among its fields: `{"wait": {…}}` becomes `{"step": "wait", …}`.
fn tell_by_member(schema: &mut Value, tag: &str) {
    let Some(variants) = schema["oneOf"].as_array_mut() else { return };
    variants.retain_mut(|variant| {
        // The variant for what is newer than the reader is never sent.
        let Some((name, mut fields)) = variant["properties"]
            .as_object()
            .and_then(|members| members.iter().next().map(|(name, fields)| (name.clone(), fields.clone())))
        else {
            return false;
        };
        fields["properties"][tag] = json!({"type": "string", "enum": [name]});
        let mut required = fields["required"].as_array().cloned().unwrap_or_default();
        required.insert(0, Value::from(tag));
        fields["required"] = Value::from(required);
        if let Some(description) = variant.get("description") {
            fields["description"] = description.clone();
        }
        *variant = fields;
        true
    });
}

/// Which answers name what other calls are about, so that a reader, or an attacker, can go on from there.
fn links(document: &mut Value) {
    let from = [
        ("/paths/~1v1~1link-tokens/post/responses/201", "/v1/link-tokens/{id}", "$response.body#/link_id"),
        ("/paths/~1v1~1connections/post/responses/201", "/v1/connections/{id}", "$response.body#/id"),
        (
            "/paths/~1v1~1institutions/get/responses/200",
            "/v1/institutions/{id}",
            "$response.body#/institutions/0/id",
        ),
    ];
    for (answer, about, id) in from {
        let mut links = Map::new();
        for (path, operations) in document["paths"].as_object().into_iter().flatten() {
            for operation in operations.as_object().into_iter().flat_map(|all| all.values()) {
                if let (true, Some(name)) = (path.starts_with(about), operation["operationId"].as_str()) {
                    links.insert(name.to_owned(), json!({"operationId": name, "parameters": {"id": id}}));
                }
            }
        }
        if let Some(answer) = document.pointer_mut(answer) {
            answer["links"] = Value::Object(links);
        }
    }
}

/// What the handlers check beyond the type.
fn bounds() -> [(&'static str, Value); 9] {
    [
        ("/components/schemas/Timestamp", json!({"format": "date-time"})),
        ("/components/schemas/UserId", json!({"minLength": 1, "maxLength": 128})),
        (
            "/components/schemas/CreateLinkToken/properties/origin",
            json!({"pattern": "^https?://[^/]+$", "maxLength": 300}),
        ),
        (
            "/components/schemas/CreateLinkToken/properties/language",
            json!({"pattern": "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$", "maxLength": 35}),
        ),
        ("/components/schemas/ConsentTerms/properties/data", json!({"minItems": 1})),
        ("/components/schemas/ConsentTerms/properties/reason", json!({"minLength": 1, "maxLength": 200})),
        (
            "/components/schemas/CreateInstitutionRequest/properties/text",
            json!({"minLength": 1, "maxLength": CreateInstitutionRequest::LONGEST}),
        ),
        ("/components/schemas/ChooseAccounts/properties/account_ids", json!({"minItems": 1})),
        ("/components/schemas/SubmitCredentials/properties/fields", json!({"minItems": 1})),
    ]
}

/// Takes the word out that stands for whatever is newer than the reader, which nobody sends, and the marks by which
/// Rust's own reference links.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(text)) = members.get_mut("description") {
                *text = text.replace("[`crate::", "`").replace("`]", "`").replace("[`", "`");
            }
            if let Some(Value::Array(words)) = members.get_mut("enum") {
                words.retain(|word| word != "unknown");
            }
            members.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn finish(path: &str, method: &str, operation: &mut Value) {
    let changes = method != "get";
    let secured = operation["security"][0].as_object().and_then(|one| one.keys().next()).cloned();
    if changes {
        let key = json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "One for each act: the same call under the same key is done once.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        });
        match operation["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(key),
            None => operation["parameters"] = json!([key]),
        }
    }
    let has_body = operation.get("requestBody").is_some();
    let has_id = path.contains("{id}");
    let mut add = |status: &str, why: &str| {
        operation["responses"][status] = json!({
            "description": why,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        });
    };
    if changes {
        add("400", "`idempotency_missing`");
        add("409", "`idempotency_running`, `wrong_step`, `already_connected`");
    }
    if path.ends_with("/verification") {
        add("409", "`wrong_step`: nothing is linked yet, or it has ended");
    }
    match secured.as_deref() {
        Some("client") => add("401", "`unauthorized`, `token_used`, `token_expired`, `token_invalid`"),
        Some(_) => {
            add("401", "`session_expired`");
            add("403", "`consent_required`, `forbidden_in_mode`");
        }
        None => {
            add("401", "`token_used`, `token_expired`, `token_invalid`");
        }
    }
    if matches!(path, "/v1/sessions" | "/v1/link-tokens") {
        add("403", "`origin_not_allowed`");
    }
    if has_id {
        add("404", "`not_found`");
    }
    if path == "/v1/deposits" && changes {
        add("404", "`not_found`: there is no such connection");
    }
    if has_body {
        add("413", "`invalid_input`: the body is longer than 64 kB");
        add("415", "`invalid_input`: the body is not `application/json`");
    }
    add("422", "`invalid_input`, with the fields that do not fit; `idempotency_mismatch`");
    add("429", "`rate_limited`, `too_many_tries`: `retry_after_s` says when");
    add("500", "`internal`");
    add("502", "`provider_rejected`");
    add("503", "`provider_unavailable`");
    add("504", "`provider_timeout`");
    sort(operation);
}

/// By status, so that the document does not change with the order of what is added.
fn sort(operation: &mut Value) {
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    let mut sorted: Vec<(String, Value)> = std::mem::take(responses).into_iter().collect();
    sorted.sort_by(|one, other| one.0.cmp(&other.0));
    operation["responses"] = Value::Object(sorted.into_iter().collect::<Map<_, _>>());
}

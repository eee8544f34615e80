//! The page about events and results, for people.

use crate::shape::{Choice, Holds, Member, Shape, Shapes};
use crate::typescript::camel;
use linchpin_protocol::{Stability, WidgetEvent};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// `docs/events.md`.
pub fn events(shapes: &Shapes) -> String {
    let mut page = String::from(
        "<!-- Made by `cargo xtask messages` out of crates/protocol: change that. -->

# Events and results

What the widget tells the page that embeds it. The [loader](embedding.md) hands it to your callbacks, with names in camel case;
[`events.d.ts`](../sdk/events.d.ts) has the types. Nothing here carries a login, an answer, an account number, an amount or free text.

Events are for analytics and for the page's own manners. What your server has to know it learns from the public token and from
[webhooks](webhooks.md), also when the page is gone.

## Events: `onEvent`

| `name` | carries | when | class |
| --- | --- | --- | --- |
",
    );
    if let Shape::Choice { choices, .. } = shapes.of("WidgetEvent") {
        for choice in choices {
            let class = match stability(choice, shapes) {
                Some(Stability::Stable) => "stable",
                Some(Stability::Evolving) | None => "evolving",
            };
            row(&mut page, choice, Some(class));
        }
    }
    page.push_str(
        "
*Stable*: name and members stay as they are as long as messages have this version; members may come to it. *Evolving*: it follows the
screens, and a minor version may change it or take it away; the changelog says so. New names come at any time: ignore what you do
not know; `Later` in the types reminds you.

## Ends

Exactly one of these is called, once, for each opening.

| callback | when |
| --- | --- |
| `onSuccess({ publicToken, results, eventId })` | something was linked, whoever closed the widget then |
| `onDone({ changes, eventId })` | mode `manage` was closed |
| `onExit({ reason, eventId, error? })` | nothing was linked |

`reason`: ",
    );
    words(&mut page, shapes, "ExitReason");
    page.push_str("\n\n### A result\n\n| member | says |\n| --- | --- |\n");
    if let Shape::Object { members, .. } = shapes.of("LinkedResult") {
        for member in members {
            let absent = if member.optional { " May be absent." } else { "" };
            let _ = writeln!(page, "| {} | {}{absent} |", named(member), member.told);
        }
    }
    page.push_str("\n`status`: ");
    words(&mut page, shapes, "ResultStatus");
    page.push_str("\n\n### A change\n\n| `kind` | carries | means |\n| --- | --- | --- |\n");
    if let Shape::Choice { choices, .. } = shapes.of("Change") {
        for choice in choices {
            row(&mut page, choice, None);
        }
    }
    page.push_str("\n## Words\n");
    for (name, rust) in [
        ("screen", "ScreenName"),
        ("kinds", "ChallengeKind"),
        ("property", "AppearanceProperty"),
        ("code", "Code"),
    ] {
        let _ = write!(page, "\n`{name}`: ");
        words(&mut page, shapes, rust);
        page.push('\n');
    }
    page.push_str(
        "
## On the wire

Whoever embeds the widget without the loader speaks to the frame by `postMessage`. [`messages.d.ts`](../sdk/messages.d.ts) has the messages as
they travel, each with `linchpin: 1`.

| from the frame | carries | says |
| --- | --- | --- |
",
    );
    for (name, heading) in [
        ("FrameMessage", None),
        ("HostMessage", Some("\n| to the frame | carries | says |\n| --- | --- | --- |\n")),
    ] {
        page.push_str(heading.unwrap_or_default());
        if let Shape::Choice { choices, .. } = shapes.of(name) {
            for choice in choices {
                wire_row(&mut page, choice);
            }
        }
    }
    page
}

fn row(page: &mut String, choice: &Choice, class: Option<&str>) {
    let carried: Vec<_> = choice.members.iter().map(told).collect();
    let class = class.map(|class| format!(" {class} |")).unwrap_or_default();
    let _ = writeln!(page, "| `{}` | {} | {} |{class}", choice.word, carried.join("; "), choice.told);
}

fn wire_row(page: &mut String, choice: &Choice) {
    let carried: Vec<_> = choice.members.iter().map(|member| format!("`{}`", member.name)).collect();
    let _ = writeln!(page, "| `{}` | {} | {} |", choice.word, carried.join(", "), choice.told);
}

/// A member and what it says: `connectionId` (which).
fn told(member: &Member) -> String {
    let mut letters = member.told.trim_end_matches('.').chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    format!("{}: {}", named(member), first.into_iter().chain(letters).collect::<String>())
}

fn named(member: &Member) -> String {
    format!("`{}`", camel(&member.name))
}

fn words(page: &mut String, shapes: &Shapes, rust: &str) {
    let Shape::Words { words, .. } = shapes.of(rust) else { return };
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    page.push_str(&words.join(", "));
    page.push('.');
}

/// The class of an event, asked of an event of that name: Rust does not compile while one has none.
fn stability(choice: &Choice, shapes: &Shapes) -> Option<Stability> {
    let mut event = Map::new();
    event.insert(choice.tag.clone(), json!(choice.word));
    for member in &choice.members {
        event.insert(member.name.clone(), sample(&member.holds, shapes));
    }
    serde_json::from_value::<WidgetEvent>(Value::Object(event)).ok().map(|event| event.stability())
}

fn sample(holds: &Holds, shapes: &Shapes) -> Value {
    match holds {
        Holds::Text => json!("x"),
        Holds::Number => json!(1),
        Holds::Truth => json!(true),
        Holds::List(_) => json!([]),
        Holds::Named(name) => match shapes.of(name) {
            Shape::Words { words, .. } => json!(words.first()),
            Shape::Object { .. } | Shape::Choice { .. } => Value::Null,
        },
    }
}

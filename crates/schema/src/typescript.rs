//! The messages in TypeScript: as they travel, and as the loader hands them to the host.

use crate::shape::{Choice, Holds, Member, Shape, Shapes};
use linchpin_protocol::MESSAGE_VERSION;
use std::fmt::Write as _;

/// Names that TypeScript has for types of ours: that of the wire, and that of the host's side.
const NAMES: [(&str, &str, &str); 8] = [
    ("LinkedResult", "WireResult", "LinkResult"),
    ("Change", "WireChange", "Change"),
    ("WidgetEvent", "WireEvent", "WidgetEvent"),
    ("ResultStatus", "LinkStatus", "LinkStatus"),
    ("ExitReason", "ExitReason", "ExitReason"),
    ("ChallengeKind", "ChallengeKind", "ChallengeKind"),
    ("ScreenName", "ScreenName", "ScreenName"),
    ("Code", "ProblemCode", "ProblemCode"),
];
/// Those of them that are words, the same on both sides.
const WORDS: [&str; 6] =
    ["ResultStatus", "ExitReason", "ChallengeKind", "AppearanceProperty", "ScreenName", "Code"];

const MADE: &str = "// Made by `cargo xtask messages` out of crates/protocol: change that.";

/// Which side the words are spelled for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Wire,
    Host,
}

impl Side {
    fn spell(self, name: &str) -> String {
        match self {
            Self::Wire => name.to_owned(),
            Self::Host => camel(name),
        }
    }

    fn name(self, rust: &str) -> String {
        let known = NAMES.iter().find(|(name, ..)| *name == rust);
        match (known, self) {
            (Some((_, wire, _)), Self::Wire) => (*wire).to_owned(),
            (Some((_, _, host)), Self::Host) => (*host).to_owned(),
            (None, _) => rust.to_owned(),
        }
    }
}

/// `connection_id` as `connectionId`.
pub fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |done, word| {
        let mut letters = word.chars();
        let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
        done + &capital.into_iter().chain(letters).collect::<String>()
    })
}

/// `sdk/messages.d.ts`: the messages as they travel.
pub fn wire(shapes: &Shapes) -> String {
    let words: Vec<_> = WORDS.iter().map(|name| Side::Wire.name(name)).collect();
    let mut text = format!(
        "{MADE}
/**
 * What the frame and the host page say to each other, exactly as it travels. The loader speaks this for you; it is
 * written down for those who embed the widget without it.
 *
 * Posted as objects. Each side compares `event.origin` and `event.source` and drops what it does not know.
 */

import type {{ {} }} from \"./events.js\";

/** Stands on every message: the version of this schema. */
export interface Envelope {{
  readonly linchpin: {MESSAGE_VERSION};
}}
",
        words.join(", ")
    );
    for (name, told) in [
        ("HostMessage", "From the host page to the frame, posted to the widget's origin and no other."),
        (
            "FrameMessage",
            "From the frame to the host page, posted to the origin that the link token was minted for.",
        ),
    ] {
        let _ = write!(text, "\n/** {told} */\nexport type {name} = Envelope &\n  (");
        choices(&mut text, shapes.of(name), Side::Wire, "\n    ");
        text.push_str("\n  );\n");
    }
    interface(&mut text, shapes, "LinkedResult", Side::Wire);
    union(&mut text, shapes, "Change", "WireChange", Side::Wire);
    union(&mut text, shapes, "WidgetEvent", "WireEvent", Side::Wire);
    text
}

/// `sdk/events.d.ts`: what the loader hands to the host.
pub fn host(shapes: &Shapes) -> String {
    let mut text = format!(
        "{MADE}
/** What a host is told: results, changes and events. docs/events.md says when, and what can be relied on. */

/** A word that may come from a newer widget than these types. */
export type Later = string & {{}};
"
    );
    interface(&mut text, shapes, "LinkedResult", Side::Host);
    for (rust, open, known, tag) in
        [("Change", "Change", "KnownChange", "kind"), ("WidgetEvent", "WidgetEvent", "KnownEvent", "name")]
    {
        let told = match shapes.of(rust) {
            Shape::Choice { told, .. } | Shape::Object { told, .. } | Shape::Words { told, .. } => told,
        };
        let _ = write!(
            text,
            "\n/** {told} */\nexport type {open} = {known} | {{ readonly {tag}: Later; readonly [detail: string]: unknown }};\n"
        );
        union(&mut text, shapes, rust, known, Side::Host);
    }
    for rust in WORDS {
        let Shape::Words { told, words } = shapes.of(rust) else { continue };
        let _ = write!(text, "\n/** {told} */\nexport type {} =", Side::Host.name(rust));
        for word in words {
            let _ = write!(text, "\n  | \"{word}\"");
        }
        text.push_str("\n  | Later;\n");
    }
    text
}

fn interface(text: &mut String, shapes: &Shapes, rust: &str, side: Side) {
    let Shape::Object { told, members } = shapes.of(rust) else { return };
    let _ = writeln!(text, "\n/** {told} */\nexport interface {} {{", side.name(rust));
    for member in members {
        let _ = writeln!(text, "{}", declared(member, side, "  "));
    }
    text.push_str("}\n");
}

fn union(text: &mut String, shapes: &Shapes, rust: &str, name: &str, side: Side) {
    let shape = shapes.of(rust);
    let Shape::Choice { told, .. } = shape else { return };
    let _ = write!(text, "\n/** {told} */\nexport type {name} =");
    choices(text, shape, side, "\n  ");
    text.push_str(";\n");
}

fn choices(text: &mut String, shape: &Shape, side: Side, line: &str) {
    let Shape::Choice { choices, .. } = shape else { return };
    for Choice { tag, word, told, members } in choices {
        let _ = write!(text, "{line}/** {told} */{line}| {{");
        if members.is_empty() {
            let _ = write!(text, " readonly {tag}: \"{word}\" }}");
            continue;
        }
        let deeper = format!("{}    ", line.trim_start_matches('\n'));
        let _ = write!(text, "\n{deeper}readonly {tag}: \"{word}\";");
        for member in members {
            let _ = write!(text, "\n{}", declared(member, side, &deeper));
        }
        let _ = write!(text, "{line}  }}");
    }
}

fn declared(member: &Member, side: Side, margin: &str) -> String {
    let Member { name, told, holds, optional } = member;
    let mark = if *optional { "?" } else { "" };
    let told = if told.is_empty() { String::new() } else { format!("{margin}/** {told} */\n") };
    format!("{told}{margin}readonly {}{mark}: {};", side.spell(name), held(holds, side))
}

fn held(holds: &Holds, side: Side) -> String {
    match holds {
        Holds::Text => "string".to_owned(),
        Holds::Number => "number".to_owned(),
        Holds::Truth => "boolean".to_owned(),
        Holds::Named(name) => side.name(name),
        Holds::List(inner) => format!("readonly {}[]", held(inner, side)),
    }
}

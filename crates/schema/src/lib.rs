//! What frame and host say to each other, written down for hosts out of the Rust types, which are the one definition.
//!
//! - [`shape`]: what a type looks like, read from its JSON schema.
//! - [`typescript`]: the messages as they travel, and the host's side of them.
//! - [`page`]: the page for people.
//!
//! `cargo xtask messages` writes all of it; a test holds what is checked in against it.

pub mod page;
pub mod shape;
pub mod typescript;

use shape::Shapes;

/// The files that are made, below the repository's root, with what belongs in them.
pub fn documents() -> Vec<(&'static str, String)> {
    let shapes = Shapes::of_messages();
    vec![
        ("sdk/messages.d.ts", typescript::wire(&shapes)),
        ("sdk/events.d.ts", typescript::host(&shapes)),
        ("docs/events.md", page::events(&shapes)),
    ]
}

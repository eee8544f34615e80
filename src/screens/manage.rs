//! Looking after connections: the list, one of them, and what is asked before one is ended.

mod list;
mod one;
mod parting;

pub use list::connections;
pub use one::connection;
pub use parting::{disconnect, interrupted, move_it};

use crate::facts::Facts;
use crate::text::{Key, say};

/// The provider's name at the start of a sentence, or a word that stands for it.
pub fn provider(facts: &Facts) -> String {
    facts.provider.clone().unwrap_or_else(|| say(Key::TheProvider))
}

/// The same inside a sentence.
fn provider_inside(facts: &Facts) -> String {
    facts.provider.clone().unwrap_or_else(|| say(Key::ProviderInside))
}

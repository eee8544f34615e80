//! Looking after connections: the list, one of them, and what is asked before one is ended.

mod list;
mod one;
mod parting;

pub use list::connections;
pub use one::connection;
pub use parting::{disconnect, interrupted, move_it};

use crate::facts::Facts;
use crate::parts::{account_name, ago};
use crate::text::{Key, fill, number, say};
use linchpin_protocol::{ManagedConnection, Next, Standing};

/// The provider's name at the start of a sentence, or a word that stands for it.
pub fn provider(facts: &Facts) -> String {
    facts.provider.clone().unwrap_or_else(|| say(Key::TheProvider))
}

/// The same inside a sentence.
fn provider_inside(facts: &Facts) -> String {
    facts.provider.clone().unwrap_or_else(|| say(Key::ProviderInside))
}

/// Which of several connections it is: the accounts that it holds. Where these are not known and another is `alike`, when
/// it was begun.
fn which(managed: &ManagedConnection, alike: bool) -> Option<String> {
    if let Next::Linked { accounts } = &managed.connection.next
        && let Some((first, more)) = accounts.split_first()
    {
        let account = account_name(first);
        return Some(match more.len() {
            0 => account,
            count => fill(Key::AccountAndMore, &[("account", &account), ("count", &number(count))]),
        });
    }
    let when = ago(managed.begun_at.as_ref().filter(|_| alike)?.as_str())?;
    let key = match managed.standing {
        Standing::Unfinished => Key::BegunWhen,
        _ => Key::ConnectedWhen,
    };
    Some(fill(key, &[("when", &when)]))
}

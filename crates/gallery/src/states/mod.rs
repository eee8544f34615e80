//! The table of states: every screen, and all that can stand on it.
//!
//! Where an enum decides what a screen shows, `every!` makes a state of each of its values: a new value is a compile
//! error here until it has a state. `tests` at the end holds the same of screens and covers.

mod accounts;
mod beginnings;
mod challenges;
mod consent;
mod covers;
mod deposits;
mod ends;
mod facts;
mod login;
mod manage;
mod not_listed;
mod page;
mod progress;
mod search;

use linchpin::facts::Facts;
use linchpin_flow::{Cover, Screen};

/// Pairs each value of an enum with what belongs to it. A value that is not listed is a compile error.
macro_rules! every {
    ($type:ident: $($value:ident => $with:expr),+ $(,)?) => {{
        const _: fn($type) = |value| match value { $($type::$value => ()),+ };
        [$(($type::$value, $with)),+]
    }};
}
use every;

/// States that belong together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// What they are of.
    pub title: &'static str,
    /// The states.
    pub states: Vec<State>,
}

/// What a state draws.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shown {
    /// A screen.
    Screen(Screen),
    /// The page as it stands in `index.html`.
    Page {
        /// Which screen it paints, as `data-first` calls it.
        first: &'static str,
        /// The id of the notice that is shown on it.
        notice: Option<&'static str>,
    },
}

/// One state of one screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    /// What the address calls it: small letters, digits and hyphens.
    pub name: String,
    /// What is drawn.
    pub shown: Shown,
    /// What is laid over it.
    pub cover: Option<Cover>,
    /// What the words rest on.
    pub facts: Facts,
    /// The user name of the last try.
    pub username: Option<&'static str>,
}

impl State {
    /// A screen with nothing over it and the usual facts.
    fn new(name: impl Into<String>, screen: Screen) -> Self {
        Self {
            name: name.into(),
            shown: Shown::Screen(screen),
            cover: None,
            facts: facts::usual(),
            username: None,
        }
    }

    fn with_facts(self, facts: Facts) -> Self {
        Self { facts, ..self }
    }
}

/// All states, in the order in which a person meets them.
pub fn all() -> Vec<Group> {
    vec![
        Group { title: "Before the program", states: page::states() },
        Group { title: "Consent", states: consent::states() },
        Group { title: "Search", states: search::states() },
        Group { title: "A bank that is not listed", states: not_listed::states() },
        Group { title: "Beginnings", states: beginnings::states() },
        Group { title: "Login", states: login::states() },
        Group { title: "Progress", states: progress::states() },
        Group { title: "Challenges", states: challenges::states() },
        Group { title: "Accounts", states: accounts::states() },
        Group { title: "Two small deposits", states: deposits::states() },
        Group { title: "Your connections", states: manage::states() },
        Group { title: "Ends and detours", states: ends::states() },
        Group { title: "Laid over a screen", states: covers::states() },
    ]
}

/// The state that the address calls so.
pub fn named(name: &str) -> Option<State> {
    all().into_iter().flat_map(|group| group.states).find(|state| state.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use linchpin_flow::{Limit, Trouble};
    use linchpin_protocol::{Challenge, DepositNext};
    use std::collections::BTreeSet;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn states() -> Vec<State> {
        all().into_iter().flat_map(|group| group.states).collect()
    }

    fn screens() -> Vec<Screen> {
        let screen = |state: State| match state.shown {
            Shown::Screen(screen) => Some(screen),
            Shown::Page { .. } => None,
        };
        states().into_iter().filter_map(screen).collect()
    }

    /// Whether something of each kind is among the values. A kind that is not listed is a compile error.
    macro_rules! holds_every {
        ($values:expr, $type:ident: $($kind:pat),+ $(,)?) => {{
            const _: fn(&$type) = |value| match value { $($kind => ()),+ };
            let values = $values;
            $(assert!(
                values.iter().any(|value| matches!(value, $kind)),
                "no state shows {}",
                stringify!($kind)
            );)+
        }};
    }

    #[test]
    fn every_screen_has_a_state() {
        holds_every!(
            screens().into_iter().chain([Screen::Ended]).collect::<Vec<_>>(),
            Screen: Screen::Consent(_),
            Screen::Welcome(_),
            Screen::Search(_),
            Screen::NotListed(_),
            Screen::AlreadyConnected(_),
            Screen::ChooseMethod(_),
            Screen::BankLogin(_),
            Screen::Credentials(_),
            Screen::Progress(_),
            Screen::Challenges(_),
            Screen::ChooseAccount(_),
            Screen::Done(_),
            Screen::Instructions(_),
            Screen::StartAgain(_),
            Screen::Later(..),
            Screen::NoAccounts(_),
            Screen::Failed(_),
            Screen::OfferDeposits(_),
            Screen::BankDetails(_),
            Screen::ReviewDetails(_),
            Screen::DepositWait(_),
            Screen::DepositsOnTheirWay(_),
            Screen::EnterAmounts(_),
            Screen::NotArrived(_),
            Screen::DepositProblem(_),
            Screen::DepositDone(_),
            Screen::Connections(_),
            Screen::Connection(_),
            Screen::Disconnect(_),
            Screen::Move(_),
            Screen::Interrupted(_),
            Screen::SessionOver(_),
            // Draws nothing: the host page closes the frame.
            Screen::Ended,
        );
    }

    #[test]
    fn every_cover_has_a_state() {
        let covers: Vec<Cover> = states().into_iter().filter_map(|state| state.cover).collect();
        holds_every!(covers, Cover: Cover::Leave, Cover::Offline, Cover::PartMissing, Cover::Trouble(_),
            Cover::Expiring { .. });
    }

    #[test]
    fn every_trouble_has_a_state() {
        let troubles: Vec<Trouble> = screens().iter().filter_map(Screen::trouble).collect();
        holds_every!(troubles, Trouble: Trouble::Unconfirmed, Trouble::NotAPracticeLogin, Trouble::Refused(_));
    }

    #[test]
    fn every_kind_of_challenge_and_of_limit_has_a_state() {
        let (mut items, mut limits) = (Vec::new(), Vec::new());
        for screen in screens() {
            if let Screen::Challenges(view) = screen {
                items.extend(view.items);
                limits.extend(view.limit);
            }
        }
        holds_every!(
            items,
            Challenge: Challenge::Text { .. },
            Challenge::Code { .. },
            Challenge::Choice { .. },
            Challenge::Image { .. },
            Challenge::ImageChoice { .. },
            Challenge::Approve { .. },
            Challenge::Unknown,
        );
        holds_every!(limits, Limit: Limit::Soon, Limit::Left { .. });
    }

    #[test]
    fn every_row_of_the_deposit_table_has_a_state() {
        let deposits = screens().into_iter().filter_map(|screen| match screen {
            Screen::DepositWait(view)
            | Screen::DepositsOnTheirWay(view)
            | Screen::NotArrived(view)
            | Screen::DepositProblem(view)
            | Screen::DepositDone(view) => Some(view.deposit.next.clone()),
            Screen::EnterAmounts(view) => Some(view.deposit.next.clone()),
            _ => None,
        });
        holds_every!(
            deposits.collect::<Vec<_>>(),
            DepositNext: DepositNext::Wait { .. },
            DepositNext::WaitForDeposit { .. },
            DepositNext::WaitForProvider { .. },
            DepositNext::EnterAmounts { .. },
            DepositNext::RepairConnection { .. },
            DepositNext::CorrectAccount { .. },
            DepositNext::UseAnotherAccount {},
            DepositNext::ProviderRetries {},
            DepositNext::Verified {},
            DepositNext::Failed { .. },
            DepositNext::Replaced { .. },
            DepositNext::Withdrawn {},
            DepositNext::Unknown,
        );
    }

    #[test]
    fn names_are_plain_and_each_names_one_state() {
        let mut names = BTreeSet::new();
        for State { name, .. } in states() {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(!name.is_empty() && name.bytes().all(plain), "{name} does not read well in an address");
            assert!(names.insert(name.clone()), "two states are called {name}");
        }
    }

    #[test]
    fn a_state_that_is_not_there_is_not_found() {
        assert!(named("login").is_some() && named("").is_none());
    }
}

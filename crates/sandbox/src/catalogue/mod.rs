//! What can be practised, as data: scripts, logins, banks, accounts.
//!
//! A [`Script`] says what a sync does. One engine (`aggregator::run`) plays every script; nothing here is code that
//! runs for one bank only.

mod banks;
mod banks_v2;
pub(crate) mod basiq;
mod deposits;
mod holdings;
mod logins;
mod pictures;
mod script;
mod scripts;

pub(crate) use banks::{HangUp, OwnerDetails, SignIn};
pub use banks::{PracticeBank, practice_banks};
pub use banks_v2::v2_practice_banks;
pub use basiq::{BasiqConnector, BasiqLogin, basiq_connectors, basiq_logins};
pub(crate) use deposits::{
    Course, DepositError, DepositStatus, FOUND_AFTER, GIVEN_UP_AFTER, TAKES_NONE, course_for, forced,
    forced_outcomes, is_seen_on,
};
pub use deposits::{NumberField, PracticeNumber, practice_numbers};
pub(crate) use holdings::{HOLDINGS, Holding, ROUTING};
pub(crate) use logins::script_for;
pub use logins::{PracticeAnswer, PracticeLogin, logins};
pub(crate) use pictures::Picture;
pub(crate) use script::{Act, Form, Outcome, Prompt, Script, Step};
pub(crate) use scripts::GOOD;

/// The passcode of every practice login, except where a practice bank states its own.
pub(crate) const PASSCODE: &str = "practice";

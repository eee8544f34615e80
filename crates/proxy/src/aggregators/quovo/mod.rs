//! What is the same in both versions of Quovo's API, in the words of version 3.

pub(super) mod accounts;
#[cfg(test)]
mod accounts_tests;
pub(super) mod challenges;
pub(super) mod client;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
pub(super) mod listing;
pub(super) mod place;
pub(super) mod text;
pub(super) mod translate;
#[cfg(test)]
mod translate_tests;
pub(super) mod upkeep;
pub(super) mod users;
pub(super) mod wire;
pub(super) mod wire_accounts;

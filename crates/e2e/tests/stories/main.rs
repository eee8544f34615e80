//! The stories. Each makes its own world, so they can be told at the same time.

mod appearance;
mod bank_login;
mod banks;
mod consent;
mod deposit_errors;
mod deposit_faults;
mod deposit_tries;
mod embedding;
mod faults;
mod finding;
mod halves;
mod hosts;
mod instances;
mod integrators;
mod interruptions;
mod keyboard;
mod languages;
mod leaks;
mod linking;
mod looking_after;
mod looks;
mod moving;
mod proofs;
mod repairing;
mod replicas;
mod web_view;

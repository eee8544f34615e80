//! The practice aggregator over real HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test a panic is the failure message, in its helpers too"
)]

mod access;
mod bank_pages;
mod basiq;
mod basiq_access;
mod basiq_care;
mod basiq_consent;
mod basiq_support;
mod binary;
mod challenges;
mod console;
mod logins;
mod readme;
mod secrets;
mod shapes;
mod stories;
mod support;
mod syncs;
mod v2;
mod v2_deposit_portfolios;
mod v2_deposits;
mod v2_examples;
mod v2_hang_up;
mod v2_support;
mod v2_verification;

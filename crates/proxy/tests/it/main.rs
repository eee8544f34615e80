//! The whole proxy over HTTP, against the real practice aggregator in process.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test, and in what only tests use, a panic is the failure message"
)]

mod bad_input;
mod bank_login;
mod basiq;
mod browser;
mod consent;
mod crash;
mod database;
mod deposits;
mod directory;
mod drain;
mod faults;
mod handled;
mod headers;
mod hostile;
mod idempotency;
mod in_page;
mod institution_requests;
mod keys;
mod late;
mod leaks;
mod limits;
mod looks;
mod manage;
mod modes;
mod openapi;
mod operators;
mod overtaken;
mod quovo_v2;
mod receiver;
mod registration;
mod replicas;
mod restart;
mod revisions;
mod same_login;
mod scopes;
mod sharing;
mod statuses;
mod story;
mod surfaces;
mod taking_up;
mod webhooks;
mod widget;
mod world;

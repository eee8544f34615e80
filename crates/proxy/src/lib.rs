//! The backend that holds the aggregator's secret.
//!
//! It mints link tokens for clients, opens sessions for the widget, finds institutions, drives connections at an
//! aggregator and hands the verified result to the client's server. The browser never learns which aggregator is
//! behind it, and nothing that a person types is kept.
//!
//! [`serve`] runs it on a listener; [`app::build`] gives its router for tests.

pub mod aggregators;
pub mod app;
mod appearance;
pub mod clock;
pub mod config;
mod connections;
mod consent;
mod deposits;
mod directory;
mod extract;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod http;
mod idempotency;
mod language;
mod limits;
mod metrics;
mod pages;
mod problem;
mod ready;
mod routes;
mod routing_numbers;
mod scopes;
mod sharing;
pub mod store;
mod supplement;
pub mod tokens;
mod watch;
mod ways;
mod webhooks;
mod widget;

pub use app::{StartError, serve};
pub use config::Config;
pub use limits::Limits;
pub use routes::document;

//! End-to-end stories in a real browser.
//!
//! A [`World`] is everything a person would meet: a host page, the proxy as it ships, a practice bank, and a browser
//! that a story drives through [`page::HostPage`] and [`page::Widget`] the way a person would, by what stands on the
//! screen. Three sites, as in production: the host page on `localhost`, widget and proxy on `127.0.0.1`, the
//! practice bank on `127.0.0.2`.
//!
//! The stories are in `tests/`. Each names itself after the behaviour it shows, and leaves a picture of every screen
//! it reached.

pub mod browser;
pub mod deposits;
pub mod hosts;
mod http;
mod in_page;
pub mod inspect;
pub mod journey;
pub mod keyboard;
pub mod latency;
pub mod opening;
pub mod page;
mod process;
mod settings;
mod sites;
pub mod upkeep;
pub mod wait;
pub mod words;
mod world;

pub use settings::Settings;
pub use sites::{
    CLIENT_NAME, CLIENT_SECRET, DepositPolicy, Dialect, Fault, HostSite, Isolation, Moment, PracticeSite,
    ProxySite, Replicas, Served, Sort, Wire,
};
pub use world::{Setting, World, story, story_at, story_in, story_over_the_wire, story_without_storage};

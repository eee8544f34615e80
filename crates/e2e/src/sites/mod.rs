//! The three sites of a story.

mod client;
mod halt;
mod host;
mod kept;
mod news;
mod practice;
mod proxy;
mod replica;
mod served;
mod store;
mod wire;

pub use halt::Moment;
pub use host::{HostSite, Isolation};
pub use practice::PracticeSite;
pub(crate) use proxy::Plan;
pub use proxy::{DepositPolicy, Dialect, ProxySite, Replicas};
pub use served::Served;
pub use wire::{Fault, Sort, Wire};

/// The client that stands for the host at the proxy.
pub const CLIENT_NAME: &str = "Acorn Budget";
/// What messages to the client are signed with in stories.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_ZTJlLXdlYmhvb2tzLW9mLWFjb3JuLTAxMjM0NTY3ODk=";
/// The client's secret in stories; it opens nothing else.
pub const CLIENT_SECRET: &str = "e2e-client-secret-of-acorn-0123456789";

//! What can be practised in Basiq's dialect, as data: connectors, logins, challenges, accounts.
//!
//! Basiq documents five test institutions and their logins; everything else here is made up, and says so.

mod connectors;
mod failures;
mod holdings;
mod logins;

pub(crate) use connectors::{Authorization, Method, Place, SECOND_SECRETS, USER_TOKEN};
pub use connectors::{BasiqConnector, basiq_connectors};
pub(crate) use failures::{Failure, failure};
pub(crate) use holdings::{AT_THE_BANK, Holding};
pub use logins::{BasiqLogin, basiq_logins};
pub(crate) use logins::{Challenge, StepTitle};

//! Deposits: two small amounts that prove an account.
//!
//! Unlike a connection, a deposit is kept whole: it lives for days, and mostly while nobody looks. What upstream says of it
//! is written down with each reading, and what the person sees follows from the record alone. Account numbers and amounts
//! pass through and are kept nowhere.

mod amounts;
mod change;
mod look;
mod order;
mod outcome;
mod view;
mod watch;

pub(crate) use amounts::confirm;
pub(crate) use look::{render, wait};
pub(crate) use order::{Order, create, withdraw};
pub(crate) use outcome::{mint_public_token, result, verification};
pub(crate) use view::{is_open, shown, state};
pub(crate) use watch::run as watch;

use crate::aggregators::Deposits;
use crate::app::AppState;
use crate::problem::ApiResult;
use linchpin_protocol::Code;

/// The aggregator's deposits. Without them none was ever made, and none can be.
fn upstream(state: &AppState) -> ApiResult<&dyn Deposits> {
    state.aggregator.deposits().ok_or_else(|| Code::NotFound.into())
}

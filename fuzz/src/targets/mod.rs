//! The targets by name. Each is one file; what must hold is said there.

mod answers;
mod basiq_accounts;
mod basiq_institutions;
mod basiq_jobs;
mod bodies;
mod config;
mod messages;
mod numbers;
mod quovo_accounts;
mod quovo_institutions;
mod quovo_sync;
mod quovo_v2_accounts;
mod quovo_v2_deposits;
mod quovo_v2_institutions;
mod quovo_v2_sync;
mod search;
mod texts;

/// Does something with bytes, and panics where what must hold does not.
pub(crate) type Target = fn(&[u8]);

/// All targets. `cargo xtask fuzz` reads the names from the folders below `corpus`.
pub(crate) const ALL: [(&str, Target); 17] = [
    ("answers", answers::run),
    ("basiq_accounts", basiq_accounts::run),
    ("basiq_institutions", basiq_institutions::run),
    ("basiq_jobs", basiq_jobs::run),
    ("bodies", bodies::run),
    ("config", config::run),
    ("messages", messages::run),
    ("numbers", numbers::run),
    ("quovo_accounts", quovo_accounts::run),
    ("quovo_institutions", quovo_institutions::run),
    ("quovo_sync", quovo_sync::run),
    ("quovo_v2_accounts", quovo_v2_accounts::run),
    ("quovo_v2_deposits", quovo_v2_deposits::run),
    ("quovo_v2_institutions", quovo_v2_institutions::run),
    ("quovo_v2_sync", quovo_v2_sync::run),
    ("search", search::run),
    ("texts", texts::run),
];

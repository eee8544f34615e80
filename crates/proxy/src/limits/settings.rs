//! What an operator decides about limits.

use serde::{Deserialize, Deserializer};
use std::num::NonZeroU32;

/// How often anybody may call. The buckets fill up evenly; a minute's worth may be taken at once.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Calls from one address, or from one IPv6 network of 64 bits, in a minute. Offices and phone networks share one.
    #[serde(deserialize_with = "count")]
    pub address_per_minute: NonZeroU32,
    /// Calls with a client's secret in a minute.
    #[serde(deserialize_with = "count")]
    pub client_per_minute: NonZeroU32,
    /// Calls of a session in a minute, searches apart; a long-poll counts as one.
    #[serde(deserialize_with = "count")]
    pub session_per_minute: NonZeroU32,
    /// Searches of a session in a second, over time.
    #[serde(deserialize_with = "count")]
    pub search_per_second: NonZeroU32,
    /// Searches of a session at once.
    #[serde(deserialize_with = "count")]
    pub search_burst: NonZeroU32,
    /// Secrets and tokens that are none of ours, from one address in a minute; after that it is shut out for a while.
    #[serde(deserialize_with = "count")]
    pub failures_per_minute: NonZeroU32,
    /// So many calls to the aggregator in a minute before their failures count: when half of them fail, it is left
    /// alone for 15 seconds.
    #[serde(deserialize_with = "count")]
    pub breaker_calls: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        let count = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        Self {
            address_per_minute: count(600),
            client_per_minute: count(3_000),
            session_per_minute: count(60),
            search_per_second: count(10),
            search_burst: count(20),
            failures_per_minute: count(20),
            breaker_calls: count(20),
        }
    }
}

/// A number, or text, since variables are text. Zero would shut everybody out.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NonZeroU32, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u32),
        Text(String),
    }
    let count = match Either::deserialize(deserializer)? {
        Either::Number(number) => NonZeroU32::new(number),
        Either::Text(text) => text.trim().parse().ok(),
    };
    count.ok_or_else(|| serde::de::Error::custom("must be a whole number of 1 or more"))
}

//! Quovo's answer to a sync, its challenges, its account, version 2. The first byte chooses the phase.
//!
//! Holds: what holds for version 3's; a status in Quovo's own word is told as that word; what is timed is said to be.

use super::quovo_sync;
use crate::shapes::parts;
use linchpin_proxy::aggregators::Step;
use linchpin_proxy::fuzzing::quovo_v2;
use serde_json::Value;

pub(crate) fn run(data: &[u8]) {
    let Some((phase, rest)) = data.split_first() else { return };
    let [sync, challenges, account] = parts(rest);
    let Some(seen) = quovo_v2::observed(*phase, sync, challenges, account) else { return };
    quovo_sync::holds(&seen, sync, &["questions", "challenges"]);
    let said: Value = serde_json::from_slice(sync).unwrap_or_default();
    for (word, ours) in
        [("questions", "challenges"), ("login", "incorrect_credentials"), ("config", "user_config")]
    {
        if said.pointer("/sync/status").and_then(Value::as_str) == Some(word) {
            assert_eq!(seen.status, ours);
            assert_eq!(seen.provider_status.as_deref(), Some(word), "another word than Quovo's");
        }
    }
    let realtime = said.pointer("/sync/has_realtime") == Some(&Value::Bool(true));
    if let Step::Challenges { expires_at: None, soon, .. } = seen.step {
        assert!(soon || !realtime, "a timed question passes for one that waits");
    }
}

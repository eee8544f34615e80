//! Quovo's answer to a sync, its challenges, its connection; and the smaller answers. The first byte chooses the phase.
//!
//! Holds: only `good` leads to accounts, whatever else is said; text for people stays short and plain; words for
//! support are words.

use crate::shapes::{assert_plain, assert_word, parts};
use linchpin_protocol::Challenge;
use linchpin_proxy::aggregators::{Observation, Step};
use linchpin_proxy::fuzzing::{quovo, quovo_v3};
use serde_json::Value;

pub(crate) fn run(data: &[u8]) {
    let Some((phase, rest)) = data.split_first() else { return };
    let [sync, challenges, connection] = parts(rest);
    quovo::small_answers(sync);
    quovo_v3::connections(connection);
    let Some(seen) = quovo_v3::observed(*phase, sync, challenges, connection) else { return };
    holds(&seen, sync, &["challenges"]);
}

/// Whatever version was read; `asking` are its words for a sync that wants answers.
pub(super) fn holds(seen: &Observation, sync: &[u8], asking: &[&str]) {
    if let Some(word) = &seen.provider_status {
        assert_word(word);
    }
    assert_word(&seen.status);
    let said: Option<Value> = serde_json::from_slice(sync).ok();
    let status = said.as_ref().and_then(|said| said.pointer("/sync/status")?.as_str());
    let status_is = |wanted: &[&str]| said.is_none() || status.is_some_and(|status| wanted.contains(&status));
    match &seen.step {
        Step::Ready | Step::NumbersDue => assert!(status_is(&["good"]), "success out of {status:?}"),
        Step::Challenges { items, .. } => {
            assert!(status_is(asking), "challenges out of {status:?}");
            for item in items {
                match item {
                    Challenge::Text { prompt, .. } => {
                        assert!(!prompt.is_empty(), "a question without words");
                        assert_plain(prompt);
                    }
                    Challenge::Code { prompt, .. }
                    | Challenge::Choice { prompt, .. }
                    | Challenge::Image { prompt, .. }
                    | Challenge::ImageChoice { prompt, .. }
                    | Challenge::Approve { prompt, .. } => assert_plain(prompt),
                    Challenge::Unknown => {}
                }
            }
        }
        Step::Instructions { text } => assert_plain(text),
        Step::Wait { percent, .. } => assert!(percent.is_none_or(|percent| percent <= 100)),
        Step::Closed => assert!(status_is(&["deleted"]), "a connection is gone for {status:?}"),
        Step::Credentials { .. }
        | Step::Authorize { .. }
        | Step::StartAgain
        | Step::Later { .. }
        | Step::NoAccounts
        | Step::Failed { .. } => {}
    }
}

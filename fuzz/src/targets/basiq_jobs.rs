//! Basiq's jobs and connections, and the smaller answers. The first byte chooses the way in.
//!
//! Holds: what has failed at a step is no success, unless a connection is told that may work all the same; text for people stays short and plain; words for support are words;
//! what is remembered of a job reads again.

use crate::shapes::{assert_plain, assert_word, parts};
use linchpin_proxy::aggregators::Step;
use linchpin_proxy::fuzzing::basiq;
use serde_json::Value;

pub(crate) fn run(data: &[u8]) {
    let Some((way, rest)) = data.split_first() else { return };
    let [job, connection] = parts(rest);
    basiq::small_answers(connection);
    let Some((seen, _)) = basiq::observed(*way, job, connection) else { return };
    if let Some(word) = &seen.provider_status {
        assert_word(word);
    }
    assert_word(&seen.status);
    let said: Option<Value> = serde_json::from_slice(job).ok();
    let steps = said.as_ref().and_then(|said| said["steps"].as_array());
    let failed = steps.is_some_and(|steps| steps.iter().any(|step| step["status"] == "failed"));
    let may_work = !connection.is_empty();
    match &seen.step {
        Step::Ready | Step::NumbersDue => assert!(!failed || may_work, "success out of a job that failed"),
        Step::Challenges { items, .. } => {
            assert!(!failed, "challenges out of a job that failed");
            for item in items {
                assert_plain(item.prompt());
            }
        }
        Step::Instructions { text } => assert_plain(text),
        Step::Wait { percent, .. } => assert!(percent.is_none_or(|percent| percent <= 100)),
        Step::Credentials { .. }
        | Step::Authorize { .. }
        | Step::StartAgain
        | Step::Later { .. }
        | Step::NoAccounts
        | Step::Closed
        | Step::Failed { .. } => {}
    }
}

//! One act of a person happens once, however often it is sent.
//!
//! A key is claimed before anything is done. What is kept is the fact that it was done and what it was about; the
//! answer to a repetition is rendered from the present state. A call that did nothing gives its key back.

use crate::app::AppState;
use crate::clock::later;
use crate::problem::{ApiProblem, ApiResult};
use crate::store::{KeyClaim, KeyUse};
use crate::tokens::Kind;
use jiff::SignedDuration;
use linchpin_protocol::Code;
use std::future::Future;

/// For so long a call that has not come back is taken to be running. After it, nobody knows, and the same call is
/// answered from what is: nothing is done upstream, so an answer that comes while the first call still runs does no
/// harm. It is short because a killed proxy leaves its keys running: whoever asks again must not be kept waiting.
const LEASE: SignedDuration = SignedDuration::from_secs(4);
/// When to ask again, in seconds. The widget sends a call three times: the first may have found a proxy that was killed,
/// the second one that knows no more; the third comes when the lease is over.
const ASK_AGAIN: u32 = 4;
const DONE: &str = "done";

/// An unsafe call and its key.
pub(crate) struct Act<'a> {
    /// Who acts.
    pub(crate) principal: String,
    /// On which route.
    pub(crate) route: &'static str,
    /// The `Idempotency-Key`.
    pub(crate) key: String,
    /// The body, without its secret fields.
    pub(crate) body: &'a [&'a str],
    /// What the call is about: an id that exists before anything is done.
    pub(crate) subject: String,
}

/// Does `first` if the key is new. If it was done before, or nobody knows, does `again` with the first call's subject:
/// it must read and render, and change nothing upstream.
///
/// `first` goes on when the caller hangs up, so that what it began is also finished.
pub(crate) async fn once<T, First, Again>(
    state: &AppState,
    act: Act<'_>,
    first: First,
    again: impl FnOnce(String) -> Again,
) -> ApiResult<T>
where
    T: Send + 'static,
    First: Future<Output = ApiResult<T>> + Send + 'static,
    Again: Future<Output = ApiResult<T>>,
{
    let mut parts = vec![act.route];
    parts.extend(act.body);
    let key = KeyUse {
        principal: act.principal,
        route: act.route,
        key: act.key,
        fingerprint: state.key.hash(Kind::Fingerprint, &parts),
        subject: act.subject,
    };
    let now = state.clock.now();
    match state.store.claim_key(&key, now, later(now, LEASE)).await? {
        KeyClaim::Claimed => {}
        KeyClaim::Done { subject, .. } | KeyClaim::Lapsed { subject } => return again(subject).await,
        KeyClaim::Running => {
            return Err(ApiProblem::new(Code::IdempotencyRunning).retry_after(Some(ASK_AGAIN)));
        }
        KeyClaim::Mismatch => return Err(Code::IdempotencyMismatch.into()),
    }
    let store = std::sync::Arc::clone(&state.store);
    let work = state.tasks.spawn(async move {
        let done = first.await;
        match &done {
            Ok(_) => store.finish_key(&key, DONE).await?,
            // Whatever fails has done nothing: what may have done something is shown as a state, not as a problem.
            Err(_) => store.release_key(&key).await?,
        }
        done
    });
    work.await.unwrap_or_else(|_| Err(ApiProblem::new(Code::Internal)))
}

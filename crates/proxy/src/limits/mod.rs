//! How often anybody may call: token buckets for addresses, clients, sessions and searches.
//!
//! The buckets are in this process's memory: with several replicas each has its own, so that together they let through
//! as many times more. What must not be exceeded whatever happens, the tries of a login, is counted in the store
//! (`connections::tries`).

mod address;
mod settings;

pub(crate) use address::Address;
pub use settings::Limits;

use crate::clock::{Clock, later};
use crate::problem::ApiProblem;
use crate::store::ClientId;
use governor::clock::Clock as _;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};
use linchpin_protocol::{Code, LinkId};
use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// So many addresses may be shut out at a time; a flood from more than that meets the address limit itself.
const MOST_SHUT_OUT: usize = 10_000;

/// Our clock, as the buckets read it.
#[derive(Clone, Debug)]
struct BucketClock(Arc<dyn Clock>);

impl governor::clock::Clock for BucketClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        u64::try_from(self.0.now().as_nanosecond()).unwrap_or_default().into()
    }
}

type Buckets<K> =
    RateLimiter<K, DashMapStateStore<K>, BucketClock, governor::middleware::NoOpMiddleware<Nanos>>;

/// Lets calls through, or says when to come again.
pub(crate) struct Guard {
    clock: BucketClock,
    addresses: Buckets<Address>,
    clients: Buckets<ClientId>,
    sessions: Buckets<LinkId>,
    searches: Buckets<LinkId>,
    failures: Buckets<Address>,
    shut_out: Mutex<HashMap<Address, Timestamp>>,
}

impl Guard {
    pub(crate) fn new(limits: &Limits, clock: Arc<dyn Clock>) -> Self {
        let clock = BucketClock(clock);
        let minute = |most: NonZeroU32| Quota::per_minute(most).allow_burst(most);
        let search = Quota::per_second(limits.search_per_second).allow_burst(limits.search_burst);
        Self {
            addresses: buckets(minute(limits.address_per_minute), &clock),
            clients: buckets(minute(limits.client_per_minute), &clock),
            sessions: buckets(minute(limits.session_per_minute), &clock),
            searches: buckets(search, &clock),
            failures: buckets(minute(limits.failures_per_minute), &clock),
            shut_out: Mutex::default(),
            clock,
        }
    }

    /// Any call from an address.
    pub(crate) fn address(&self, address: &Address) -> Result<(), ApiProblem> {
        let now = self.clock.0.now();
        if let Some(until) = self.shut_out().get(address).filter(|until| **until > now) {
            return Err(refusal(until.duration_since(now).unsigned_abs()));
        }
        self.take(&self.addresses, address)
    }

    /// A call with a client's secret.
    pub(crate) fn client(&self, client: &ClientId) -> Result<(), ApiProblem> {
        self.take(&self.clients, client)
    }

    /// A call with a session, a search or any other.
    pub(crate) fn session(&self, link: &LinkId, search: bool) -> Result<(), ApiProblem> {
        self.take(if search { &self.searches } else { &self.sessions }, link)
    }

    /// A secret or token that is none of ours. An address with too many of them is shut out until its bucket has
    /// room again, whatever it brings: otherwise the right guess would still be answered.
    pub(crate) fn failed(&self, address: &Address) {
        let Err(until) = self.failures.check_key(address) else { return };
        let now = self.clock.0.now();
        let wait = until.wait_time_from(self.clock.now()).max(Duration::from_secs(1));
        let until = later(now, SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX));
        let mut shut_out = self.shut_out();
        if shut_out.len() >= MOST_SHUT_OUT {
            shut_out.retain(|_, until| *until > now);
        }
        if shut_out.len() < MOST_SHUT_OUT {
            shut_out.insert(address.clone(), until);
        }
    }

    /// Forgets who has not called for a while.
    pub(crate) fn tidy(&self) {
        self.addresses.retain_recent();
        self.clients.retain_recent();
        self.sessions.retain_recent();
        self.searches.retain_recent();
        self.failures.retain_recent();
        let now = self.clock.0.now();
        self.shut_out().retain(|_, until| *until > now);
    }

    fn take<K: Hash + Eq + Clone>(&self, buckets: &Buckets<K>, key: &K) -> Result<(), ApiProblem> {
        buckets.check_key(key).map_err(|until| refusal(until.wait_time_from(self.clock.now())))
    }

    /// A panic elsewhere while the map was held leaves it whole: it is changed in single steps.
    fn shut_out(&self) -> std::sync::MutexGuard<'_, HashMap<Address, Timestamp>> {
        self.shut_out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn buckets<K: Hash + Eq + Clone>(quota: Quota, clock: &BucketClock) -> Buckets<K> {
    RateLimiter::new(quota, DashMapStateStore::default(), clock.clone())
}

/// Whole seconds, rounded up: who waits so long gets through.
fn refusal(wait: Duration) -> ApiProblem {
    let seconds = wait.as_millis().div_ceil(1000).max(1);
    ApiProblem::new(Code::RateLimited).retry_after(Some(u32::try_from(seconds).unwrap_or(u32::MAX)))
}

//! What is counted for operators. Labels come from closed sets only: templates, operations, codes; never an id or a name.

use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::fmt;
use std::time::Duration;

/// Seconds. A long-poll takes up to 25, a verification some minutes.
const SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0];

/// A request.
#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Request {
    method: String,
    /// The template, never the path.
    route: String,
    status: u16,
}

/// A route, for durations.
#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Route {
    route: String,
}

/// A call to the aggregator.
#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct UpstreamCall {
    operation: &'static str,
    outcome: &'static str,
}

/// A problem that was answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct ProblemCode {
    code: &'static str,
}

/// A try to tell a client.
#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Webhook {
    outcome: &'static str,
}

/// All counters.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    request_seconds: Family<Route, Histogram>,
    problems: Family<ProblemCode, Counter>,
    upstream_calls: Family<UpstreamCall, Counter>,
    upstream_seconds: Histogram,
    breaker_open: Gauge,
    tasks: Gauge,
    watched: Counter,
    institutions_read: Gauge,
    webhooks: Family<Webhook, Counter>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[metrics]")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("linchpin"),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            problems: Family::default(),
            upstream_calls: Family::default(),
            upstream_seconds: Histogram::new(SECONDS),
            breaker_open: Gauge::default(),
            tasks: Gauge::default(),
            watched: Counter::default(),
            institutions_read: Gauge::default(),
            webhooks: Family::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("requests", "Requests answered", metrics.requests.clone());
        registry.register("request_seconds", "How long they took", metrics.request_seconds.clone());
        registry.register("problems", "Problems answered, by code", metrics.problems.clone());
        registry.register("upstream_calls", "Calls to the aggregator", metrics.upstream_calls.clone());
        registry.register("upstream_seconds", "How long they took", metrics.upstream_seconds.clone());
        registry.register(
            "breaker_open",
            "1 while the aggregator is left alone",
            metrics.breaker_open.clone(),
        );
        registry.register("tasks", "Work that goes on without its request", metrics.tasks.clone());
        registry.register("watched", "Connections taken over by the watcher", metrics.watched.clone());
        registry.register(
            "institutions_read_timestamp_seconds",
            "When the list of institutions that is served was read from the aggregator",
            metrics.institutions_read.clone(),
        );
        registry.register("webhooks", "Tries to tell a client, by outcome", metrics.webhooks.clone());
        metrics
    }
}

impl Metrics {
    /// A request was answered.
    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let request = Request { method: method.to_owned(), route: route.to_owned(), status };
        self.requests.get_or_create(&request).inc();
        let route = Route { route: route.to_owned() };
        self.request_seconds.get_or_create(&route).observe(took.as_secs_f64());
    }

    /// A problem was answered.
    pub(crate) fn problem(&self, code: &'static str) {
        self.problems.get_or_create(&ProblemCode { code }).inc();
    }

    /// The aggregator was called, or would have been.
    pub(crate) fn upstream(&self, operation: &'static str, outcome: &'static str, took: Duration) {
        self.upstream_calls.get_or_create(&UpstreamCall { operation, outcome }).inc();
        self.upstream_seconds.observe(took.as_secs_f64());
    }

    /// The list of institutions that is served from now on was read then.
    pub(crate) fn institutions(&self, read_at: Timestamp) {
        self.institutions_read.set(read_at.as_second());
    }

    /// Whether the aggregator is left alone.
    pub(crate) fn breaker(&self, open: bool) {
        self.breaker_open.set(i64::from(open));
    }

    /// The watcher took connections over.
    pub(crate) fn took_over(&self, connections: usize) {
        self.watched.inc_by(u64::try_from(connections).unwrap_or(u64::MAX));
    }

    /// A client was told, or was to be told.
    pub(crate) fn webhook(&self, outcome: &'static str) {
        self.webhooks.get_or_create(&Webhook { outcome }).inc();
    }

    /// Everything as text (OpenMetrics 1.0).
    pub(crate) fn text(&self, tasks: usize) -> String {
        self.tasks.set(i64::try_from(tasks).unwrap_or(i64::MAX));
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

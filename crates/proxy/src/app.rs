//! The parts put together: state, router, background work, and the way down.

use crate::aggregators::{Aggregator, Guarded, basiq::Basiq, quovo_v2::QuovoV2, quovo_v3::QuovoV3};
use crate::clock::{Clock, SystemClock};
use crate::config::{AggregatorKind, ClientConfig, Config};
use crate::connections::Live;
use crate::directory::Directory;
use crate::limits::Guard;
use crate::metrics::Metrics;
use crate::routing_numbers::{RoutingNumbers, RoutingNumbersError};
use crate::store::{ClientId, SqlStore, Store, StoreError};
use crate::supplement::{Supplement, SupplementError};
use crate::tokens::{Hash, Key, Kind};
use crate::webhooks::{self, Webhooks};
use crate::widget::{OwnWords, WidgetFiles};
use crate::{deposits, ready, routes, watch};
use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long calls may go on after the signal to stop.
const DRAIN: Duration = Duration::from_secs(25);

/// Why the proxy did not start or did not go on.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be opened.
    #[error("the database cannot be opened: {0}")]
    Store(#[from] StoreError),
    /// No HTTP client can be built.
    #[error("no HTTP client: {0}")]
    Http(#[from] reqwest::Error),
    /// The operator's table of institutions cannot be used.
    #[error(transparent)]
    Supplement(#[from] SupplementError),
    /// The operator's table of routing numbers cannot be used.
    #[error(transparent)]
    RoutingNumbers(#[from] RoutingNumbersError),
    /// The listener failed.
    #[error("the listener failed: {0}")]
    Listener(#[from] std::io::Error),
}

/// The proxy, ready to answer.
pub struct App {
    /// All routes.
    pub router: Router,
    state: AppState,
}

/// What every handler shares. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) aggregator: Arc<dyn Aggregator>,
    pub(crate) directory: Directory,
    pub(crate) routing_numbers: RoutingNumbers,
    pub(crate) key: Key,
    pub(crate) clients: BTreeMap<ClientId, Client>,
    pub(crate) live: Live,
    pub(crate) guard: Guard,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) webhooks: Webhooks,
    pub(crate) widget: WidgetFiles,
    pub(crate) own_words: OwnWords,
    /// Every screen in every state; absent unless an operator of practice mode wants it served.
    pub(crate) gallery: Option<WidgetFiles>,
    /// Cancelled when the proxy goes down: waits end early.
    pub(crate) closing: CancellationToken,
    /// Work that goes on when its request has gone.
    pub(crate) tasks: TaskTracker,
}

/// A client and the hashes of its secrets.
pub(crate) struct Client {
    pub(crate) config: ClientConfig,
    pub(crate) secrets: Vec<Hash>,
}

impl std::ops::Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Builds the proxy and starts its background work: reading the institutions, watching connections, telling clients.
///
/// # Errors
/// When the store cannot be opened or no HTTP client can be built.
pub async fn build(config: Config, clock: Arc<dyn Clock>) -> Result<App, StartError> {
    let store = SqlStore::open(&config.database, config.database_connections()).await?;
    build_with(config, clock, Arc::new(store)).await
}

/// The same with a store of the caller's: another database, or one that a test has a hand in.
///
/// # Errors
/// When the store does not answer or no HTTP client can be built.
pub async fn build_with(
    config: Config,
    clock: Arc<dyn Clock>,
    store: Arc<dyn Store>,
) -> Result<App, StartError> {
    // Once for the process; a second call finds it done.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let aggregator: Arc<dyn Aggregator> = match config.aggregator.kind {
        AggregatorKind::QuovoV3 => {
            Arc::new(QuovoV3::new(&config.aggregator, config.environment, Arc::clone(&clock))?)
        }
        AggregatorKind::QuovoV2 => {
            Arc::new(QuovoV2::new(&config.aggregator, config.environment, Arc::clone(&clock))?)
        }
        AggregatorKind::Basiq => {
            Arc::new(Basiq::new(&config.aggregator, config.environment, Arc::clone(&clock))?)
        }
    };
    let supplement = Supplement::read(config.supplement.as_deref())?;
    let routing_numbers = RoutingNumbers::read(config.routing_numbers.as_deref())?;
    let metrics = Arc::new(Metrics::default());
    let fewest = config.limits.breaker_calls.get();
    let aggregator = Arc::new(Guarded::new(aggregator, Arc::clone(&clock), Arc::clone(&metrics), fewest));
    let webhooks = Webhooks::new(&config)?;
    let told = webhooks.clients();
    store.set_told_clients(&told).await?;
    let key = Key::new(&config.key);
    let guard = Guard::new(&config.limits, Arc::clone(&clock));
    let state = AppState(Arc::new(Inner {
        clients: clients(&config, &key),
        widget: WidgetFiles::new(config.widget_dir.clone()),
        own_words: OwnWords::of(&config),
        gallery: config.gallery_dir.clone().map(WidgetFiles::new),
        webhooks,
        config,
        clock,
        store,
        aggregator,
        directory: Directory::new(supplement),
        routing_numbers,
        key,
        live: Live::default(),
        guard,
        metrics,
        closing: CancellationToken::new(),
        tasks: TaskTracker::new(),
    }));
    let background = state.clone();
    state.tasks.spawn(async move {
        background.directory.keep_fresh(&background).await;
    });
    state.tasks.spawn(watch::run(state.clone()));
    state.tasks.spawn(deposits::watch(state.clone()));
    if !told.is_empty() {
        state.tasks.spawn(webhooks::run(state.clone()));
    }
    Ok(App { router: routes::router(state.clone()), state })
}

impl App {
    /// The routes for operators: metrics and readiness.
    pub fn operators(&self) -> Router {
        ready::operators(self.state.clone())
    }

    /// Ends waits and background work, and lets upstream calls that are under way finish for a while.
    pub async fn close(self) {
        self.close_within(DRAIN).await;
    }

    async fn close_within(self, time: Duration) {
        self.state.closing.cancel();
        self.state.tasks.close();
        if tokio::time::timeout(time, self.state.tasks.wait()).await.is_err() {
            // Their intents are written down: whoever comes next reads upstream and goes on.
            tracing::warn!("upstream calls were still under way");
        }
    }
}

/// Runs the proxy until `shutdown` completes, then lets calls finish for at most 25 seconds.
///
/// # Errors
/// When it cannot start, or the listener fails.
pub async fn serve(
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    let app = build(config, Arc::new(SystemClock)).await?;
    let closing = app.state.closing.clone();
    let stop = {
        let closing = closing.clone();
        async move {
            shutdown.await;
            tracing::info!("stopping");
            closing.cancel();
        }
    };
    let router = app.router.clone();
    let router = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let server = axum::serve(listener, router).with_graceful_shutdown(stop).into_future();
    if let Some(address) = app.state.config.metrics_listen {
        let listener = TcpListener::bind(address).await?;
        let operators = app.operators().into_make_service_with_connect_info::<std::net::SocketAddr>();
        app.state.tasks.spawn(serve_until(listener, operators, closing.clone()));
    }
    let stopping = OnceLock::new();
    let deadline = async {
        closing.cancelled().await;
        let _ = stopping.set(Instant::now());
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        done = server => done?,
        () = deadline => tracing::warn!("some calls did not finish in time"),
    }
    // What is left of the time, so that the whole of it is kept to.
    let spent = stopping.get().map_or(Duration::ZERO, Instant::elapsed);
    app.close_within(DRAIN.saturating_sub(spent)).await;
    Ok(())
}

async fn serve_until(
    listener: TcpListener,
    service: IntoMakeServiceWithConnectInfo<Router, std::net::SocketAddr>,
    closing: CancellationToken,
) {
    let stop = closing.cancelled_owned();
    if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(stop).await {
        tracing::error!(%error, "the listener for operators failed");
    }
}

fn clients(config: &Config, key: &Key) -> BTreeMap<ClientId, Client> {
    let client = |(id, client): (&String, &ClientConfig)| {
        let secrets = [Some(&client.secret), client.secret_next.as_ref()];
        let secrets = secrets.into_iter().flatten().map(|secret| key.hash(Kind::Client, &[secret.expose()]));
        (ClientId(id.clone()), Client { config: client.clone(), secrets: secrets.collect() })
    };
    config.clients.iter().map(client).collect()
}

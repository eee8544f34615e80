//! The practice aggregator as one value.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::aggregator::basiq::BasiqRules;
use crate::aggregator::{DepositRules, World};
use crate::clock::Clock;
use crate::directory::Directory;
use crate::id::ConnectionId;
use crate::ledger::Ledger;
use crate::secret::Secret;

/// How a practice aggregator is set up. `Default` suits practice.
///
/// ```
/// use linchpin_sandbox::{Directory, Sandbox, SandboxConfig};
///
/// let sandbox = Sandbox::new(SandboxConfig { institutions: Directory::practice_only(), ..Default::default() });
/// assert!(sandbox.ledger().entries().is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// The API user's name, for minting tokens.
    pub api_name: String,
    /// The API user's password.
    pub api_password: Secret,
    /// The API key in Basiq's dialect.
    pub basiq_api_key: Secret,
    /// Where Basiq's consent page leads people in the end; see [`Sandbox::set_basiq_redirect`].
    pub basiq_redirect_url: Option<String>,
    /// The clock it lives by.
    pub clock: Clock,
    /// The institutions it knows.
    pub institutions: Directory,
    /// Under which origin browsers reach the banks' own pages; the one that a caller names in `Host` when absent.
    pub public_url: Option<String>,
}

/// The API user's name unless another is set.
pub const DEFAULT_API_NAME: &str = "practice";
/// The API user's password unless another is set. Not a secret: it opens practice data only.
pub const DEFAULT_API_PASSWORD: &str = "practice-password";
/// The API key in Basiq's dialect unless another is set. Not a secret either.
pub const DEFAULT_BASIQ_API_KEY: &str = "practice-api-key";

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            api_name: DEFAULT_API_NAME.to_owned(),
            api_password: Secret::new(DEFAULT_API_PASSWORD),
            basiq_api_key: Secret::new(DEFAULT_BASIQ_API_KEY),
            basiq_redirect_url: None,
            clock: Clock::running(),
            institutions: Directory::full(),
            public_url: None,
        }
    }
}

/// A practice aggregator. Clones share one.
#[derive(Clone)]
pub struct Sandbox {
    shared: Arc<Shared>,
}

struct Shared {
    api_name: String,
    api_password: Secret,
    basiq_api_key: Secret,
    basiq_redirect_url: Mutex<Option<String>>,
    clock: Clock,
    ledger: Ledger,
    public_url: Option<String>,
    world: Mutex<World>,
    closing: watch::Sender<bool>,
}

impl Sandbox {
    /// A fresh one, without users.
    #[must_use]
    pub fn new(config: SandboxConfig) -> Self {
        let ledger = Ledger::default();
        let world = World::new(config.institutions, ledger.clone(), config.clock.now());
        Self {
            shared: Arc::new(Shared {
                api_name: config.api_name,
                api_password: config.api_password,
                basiq_api_key: config.basiq_api_key,
                basiq_redirect_url: Mutex::new(config.basiq_redirect_url),
                clock: config.clock,
                ledger,
                public_url: config.public_url.map(|url| url.trim_end_matches('/').to_owned()),
                world: Mutex::new(world),
                closing: watch::Sender::new(false),
            }),
        }
    }

    /// Its clock, to move.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// What callers caused.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.shared.ledger
    }

    /// How many callers wait for a blocking sync of this connection.
    #[must_use]
    pub fn waiting_callers(&self, connection: ConnectionId) -> usize {
        self.look(|world, _| world.connection(connection).map_or(0, |known| known.waiting_callers))
    }

    /// Its routes, for a server of one's own; [`crate::serve`] serves them.
    pub fn router(&self) -> Router {
        crate::http::router(self.clone())
    }

    /// Under which origin browsers reach it; `host` is what the caller calls it.
    pub(crate) fn public_url(&self, host: Option<&str>) -> Option<String> {
        self.shared.public_url.clone().or_else(|| host.map(|host| format!("http://{host}")))
    }

    /// Sets how micro-deposits are sent and tried from now on; [`DepositRules::default`] until then.
    pub fn set_deposit_rules(&self, rules: DepositRules) {
        self.look(|world, _| world.deposit_rules = rules);
    }

    /// Sets how Basiq's dialect behaves from now on; [`BasiqRules::default`] until then.
    pub fn set_basiq_rules(&self, rules: BasiqRules) {
        self.look(|world, _| world.basiq.rules = rules);
    }

    /// Sets where Basiq's consent page leads people in the end: what a company sets once, in Basiq's dashboard.
    pub fn set_basiq_redirect(&self, url: impl Into<String>) {
        *self.shared.basiq_redirect_url.lock().unwrap_or_else(PoisonError::into_inner) = Some(url.into());
    }

    /// Where Basiq's consent page leads people in the end.
    pub(crate) fn basiq_redirect(&self) -> Option<String> {
        self.shared.basiq_redirect_url.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether this is the API key in Basiq's dialect.
    pub(crate) fn is_basiq_key(&self, key: &str) -> bool {
        self.shared.basiq_api_key.matches(key)
    }

    /// Whether these are the API user's name and password.
    pub(crate) fn is_api_user(&self, name: &str, password: &str) -> bool {
        // Both are compared always, so that the time tells nothing.
        let name_is_right = Secret::new(name).matches(&self.shared.api_name);
        self.shared.api_password.matches(password) & name_is_right
    }

    /// Looks at the world as it is now. The clock is read under the lock: looks and times have one order.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        // Every change is a few assignments that cannot panic half-way, so a poisoned world is sound.
        let mut world = self.shared.world.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.shared.clock.now();
        world.settle(now);
        look(&mut world, now)
    }

    /// Tells calls that block to give up.
    pub(crate) fn close(&self) {
        self.shared.closing.send_replace(true);
    }

    /// Ends when the service is being stopped.
    pub(crate) async fn closing(&self) {
        let mut closing = self.shared.closing.subscribe();
        // An error would mean that the sender is gone, and with it the service.
        let _ = closing.wait_for(|closing| *closing).await;
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").finish_non_exhaustive()
    }
}

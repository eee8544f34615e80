//! The practice bank, in this process for its clock and its ledger.

use anyhow::{Context as _, Result};
use axum::middleware;
use linchpin_sandbox::{Clock, Event, Ledger, Sandbox, SandboxConfig, SyncKind};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::news::{News, note};
use crate::wait;

/// The practice bank on a third loopback address, hence a site of its own.
pub struct PracticeSite {
    sandbox: Sandbox,
    news: News,
    url: String,
    server: JoinHandle<()>,
}

impl Drop for PracticeSite {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl PracticeSite {
    pub(crate) async fn start() -> Result<Self> {
        // Stopped, so that a screen stays until a story has looked at it.
        let clock = Clock::stopped_at(Clock::running().now());
        let sandbox = Sandbox::new(SandboxConfig { clock, ..SandboxConfig::default() });
        let listener = TcpListener::bind("127.0.0.2:0").await.context("listening for the practice bank")?;
        let url = format!("http://{}", listener.local_addr().context("finding the practice bank's port")?);
        let news = News::default();
        let router = sandbox.router().layer(middleware::from_fn_with_state(news.clone(), note));
        let server = tokio::spawn(async {
            // It ends with the story; until then, whoever calls it in vain reports it.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { sandbox, news, url, server })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its clock, which stands still until it is moved.
    pub fn clock(&self) -> &Clock {
        self.sandbox.clock()
    }

    /// When it told its callers something new last, before `moment`: the moment at which the proxy learned what it
    /// knew by then. Both in milliseconds since 1970.
    pub(crate) fn news_before(&self, moment: f64) -> Option<f64> {
        self.news.last_before(moment)
    }

    /// Waits until the proxy has read the directory: people find no bank before.
    ///
    /// # Errors
    /// It does not in time.
    pub(crate) async fn wait_until_read(&self) -> Result<()> {
        wait::until("the proxy to read the institutions", async || {
            Ok(self.news.told("/institutions").then_some(()))
        })
        .await
    }

    /// How many logins a person has typed, as the bank can tell. One may be tried twice: for balances, and for numbers.
    pub fn typed_logins(&self) -> usize {
        let entries = self.ledger().entries();
        let of = |wanted: SyncKind| {
            let fits = |event: &Event| matches!(event, Event::SyncStarted { sync, .. } if *sync == wanted);
            entries.iter().filter(|entry| fits(&entry.event)).count()
        };
        of(SyncKind::Agg).max(of(SyncKind::Auth))
    }

    /// What was done to it.
    pub fn ledger(&self) -> &Ledger {
        self.sandbox.ledger()
    }
}

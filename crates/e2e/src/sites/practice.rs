//! The practice bank, in this process for its clock and its ledger.

use anyhow::{Context as _, Result};
use axum::middleware;
use linchpin_sandbox::{Clock, Ledger, Sandbox, SandboxConfig};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::news::{News, note};

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

    /// What was done to it.
    pub fn ledger(&self) -> &Ledger {
        self.sandbox.ledger()
    }
}

//! The practice bank, in this process for its clock and its ledger.

use anyhow::{Context as _, Result};
use linchpin_sandbox::{Clock, Ledger, Sandbox, SandboxConfig, serve};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The practice bank on a third loopback address, hence a site of its own.
pub struct PracticeSite {
    sandbox: Sandbox,
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
        let serving = serve(listener, sandbox.clone(), std::future::pending());
        let server = tokio::spawn(async {
            // It ends with the story; until then, whoever calls it in vain reports it.
            let _ = serving.await;
        });
        Ok(Self { sandbox, url, server })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its clock, which stands still until it is moved.
    pub fn clock(&self) -> &Clock {
        self.sandbox.clock()
    }

    /// What was done to it.
    pub fn ledger(&self) -> &Ledger {
        self.sandbox.ledger()
    }
}

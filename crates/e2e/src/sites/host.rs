//! The example host, in this process for what its server has received.

use anyhow::{Context as _, Result};
use linchpin_example_host::{HostConfig, Received, router};
use linchpin_protocol::Secret;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{CLIENT_SECRET, ProxySite};

/// The host page and its server, reached as `localhost`: another site than the proxy's `127.0.0.1`.
pub struct HostSite {
    origin: String,
    received: Received,
    server: JoinHandle<()>,
}

impl Drop for HostSite {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl HostSite {
    pub(crate) async fn start(port: u16, proxy: &ProxySite) -> Result<Self> {
        let origin = format!("http://localhost:{port}");
        let config = HostConfig::new(&origin, proxy.origin(), Secret::new(CLIENT_SECRET));
        let (router, received) =
            router(config.context("setting up the host page")?).context("making the host page")?;
        let listener = TcpListener::bind(("127.0.0.1", port)).await.context("listening for the host page")?;
        let server = tokio::spawn(async {
            // It ends with the story; until then, whoever calls it in vain reports it.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { origin, received, server })
    }

    /// Where the host page is; registered with the proxy.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The whole number of the verified account that the host's server has received last.
    pub fn verified_number(&self) -> Option<String> {
        let results = self.received.verifications();
        let account = results.last()?.accounts.iter().find(|account| account.verified)?;
        self.received.account_number(&account.id).map(|number| number.expose().to_owned())
    }
}

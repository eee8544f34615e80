//! The example host, in this process for what its server has received.

use anyhow::{Context as _, Result};
use axum::http::{HeaderValue, header::HeaderName};
use axum::middleware::map_response;
use axum::response::Response;
use linchpin_example_host::{HostConfig, News, Received, Told, router};
use linchpin_protocol::Secret;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{CLIENT_SECRET, ProxySite, WEBHOOK_SECRET};

/// The host page and its server, reached as `localhost`: another site than the proxy's `127.0.0.1`.
pub struct HostSite {
    origin: String,
    received: Received,
    news: News,
    isolated: Arc<AtomicBool>,
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
        let config = HostConfig::new(&origin, proxy.origin(), Secret::new(CLIENT_SECRET))
            .and_then(|config| config.with_webhook(&Secret::new(WEBHOOK_SECRET)));
        let (router, received, news) =
            router(config.context("setting up the host page")?).context("making the host page")?;
        let isolated = Arc::new(AtomicBool::new(false));
        let router = router.layer(map_response({
            let isolated = Arc::clone(&isolated);
            move |response| isolate(isolated.load(Ordering::SeqCst), response)
        }));
        let listener = TcpListener::bind(("127.0.0.1", port)).await.context("listening for the host page")?;
        let server = tokio::spawn(async {
            // It ends with the story; until then, whoever calls it in vain reports it.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { origin, received, news, isolated, server })
    }

    /// From now on its pages keep apart from every window that they open (`Cross-Origin-Opener-Policy: same-origin`).
    pub fn isolate(&self) {
        self.isolated.store(true, Ordering::SeqCst);
    }

    /// Where the host page is; registered with the proxy.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What the proxy has told the host's server by itself, the last first.
    pub fn told(&self) -> Vec<Told> {
        self.news.told()
    }

    /// The whole number of the verified account that the host's server has received last.
    pub fn verified_number(&self) -> Option<String> {
        let results = self.received.verifications();
        let account = results.last()?.accounts.iter().find(|account| account.verified)?;
        self.received.account_number(&account.id).map(|number| number.expose().to_owned())
    }
}

async fn isolate(isolated: bool, mut response: Response) -> Response {
    if isolated {
        let policy = HeaderName::from_static("cross-origin-opener-policy");
        response.headers_mut().insert(policy, HeaderValue::from_static("same-origin"));
    }
    response
}

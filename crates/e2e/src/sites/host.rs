//! The example host, in this process for what its server has received.

use anyhow::{Context as _, Result, ensure};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header::HeaderName};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::Response;
use linchpin_example_host::{HostConfig, News, Received, ReceivedView, Told, router};
use linchpin_protocol::{DepositId, Purpose, Secret, WebhookKind};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::served::{More, Served, or_served};
use super::{CLIENT_SECRET, ProxySite, WEBHOOK_SECRET};

/// The host page and its server, reached as `localhost`: another site than the proxy's `127.0.0.1`.
pub struct HostSite {
    origin: String,
    received: Received,
    news: News,
    isolation: Arc<Mutex<Isolation>>,
    more: More,
    asked: Asked,
    server: JoinHandle<()>,
}

/// How far the host's pages keep apart from everything else in the browser.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Isolation {
    /// As pages come.
    #[default]
    None,
    /// From every window that they open (`Cross-Origin-Opener-Policy: same-origin`).
    Windows,
    /// So far that they count as isolated: from windows, and from what does not say that it may be embedded
    /// (`Cross-Origin-Embedder-Policy: require-corp`).
    RequireCorp,
    /// The same, but what does not say so is fetched without cookies (`credentialless`). Frames have to say it all the same.
    Credentialless,
}

impl Isolation {
    fn headers(self) -> Vec<(&'static str, &'static str)> {
        let opener = ("cross-origin-opener-policy", "same-origin");
        let embedder = |value| ("cross-origin-embedder-policy", value);
        match self {
            Self::None => vec![],
            Self::Windows => vec![opener],
            Self::RequireCorp => vec![opener, embedder("require-corp")],
            Self::Credentialless => vec![opener, embedder("credentialless")],
        }
    }
}

/// Everything that was asked of the host's server: address and body of each call, as it came.
type Asked = Arc<Mutex<Vec<String>>>;
/// Far above anything that the host takes.
const LARGEST: usize = 1024 * 1024;

impl Drop for HostSite {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl HostSite {
    pub(crate) async fn start(port: u16, proxy: &ProxySite, purpose: Purpose) -> Result<Self> {
        let origin = format!("http://localhost:{port}");
        let config = HostConfig::new(&origin, proxy.origin(), Secret::new(CLIENT_SECRET))
            .map(|config| config.with_purpose(purpose))
            .and_then(|config| config.with_webhook(&Secret::new(WEBHOOK_SECRET)));
        let (router, received, news) =
            router(config.context("setting up the host page")?).context("making the host page")?;
        let isolation = Arc::<Mutex<Isolation>>::default();
        let asked = Asked::default();
        let more = More::default();
        let router = router
            .layer(from_fn_with_state(Arc::clone(&more), or_served))
            .layer(from_fn_with_state(Arc::clone(&asked), note))
            .layer(map_response({
                let isolation = Arc::clone(&isolation);
                move |response| isolate(*isolation.lock().unwrap_or_else(PoisonError::into_inner), response)
            }));
        let listener = TcpListener::bind(("127.0.0.1", port)).await.context("listening for the host page")?;
        let server = tokio::spawn(async {
            // It ends with the story; until then, whoever calls it in vain reports it.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { origin, received, news, isolation, more, asked, server })
    }

    /// Serves this, too, at this path.
    pub fn serve(&self, path: &str, what: Served) {
        self.more.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), what);
    }

    /// From now on its pages keep apart so far.
    pub fn isolate(&self, isolation: Isolation) {
        *self.isolation.lock().unwrap_or_else(PoisonError::into_inner) = isolation;
    }

    /// Where the host page is; registered with the proxy.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What the proxy has told the host's server by itself, the last first.
    pub fn told(&self) -> Vec<Told> {
        self.news.told()
    }

    /// The deposits that it has told of, the last first.
    pub fn told_deposits(&self) -> Vec<DepositId> {
        let told = self.told().into_iter().filter(|told| told.what == WebhookKind::DepositUpdated);
        told.map(|told| DepositId::new(told.object)).collect()
    }

    /// Checks that nothing of this was in any call to the host's server, be it its page's or a webhook, each named for the
    /// message.
    ///
    /// # Errors
    /// Something was.
    pub fn was_told_nothing_of(&self, secrets: &[(&str, &str)]) -> Result<()> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(asked.iter().any(|call| call.contains("/webhooks/")), "there are webhooks to look at");
        for (name, secret) in secrets {
            ensure!(!asked.iter().any(|call| call.contains(secret)), "the host's server was told {name}");
        }
        Ok(())
    }

    /// What its page may see of everything that its server has taken over, the oldest first.
    pub fn received(&self) -> Vec<ReceivedView> {
        self.received.verifications()
    }

    /// The whole number of the verified account that the host's server has received last.
    pub fn verified_number(&self) -> Option<String> {
        let results = self.received.verifications();
        let account = results.last()?.accounts.iter().find(|account| account.verified)?;
        self.received.account_number(&account.id).map(|number| number.expose().to_owned())
    }
}

async fn note(State(asked): State<Asked>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    // A body that cannot be read is passed on empty, and refused like any other that makes no sense.
    let body = to_bytes(body, LARGEST).await.unwrap_or_default();
    let call = format!("{} {} {}", head.method, head.uri, String::from_utf8_lossy(&body));
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    next.run(Request::from_parts(head, Body::from(body))).await
}

async fn isolate(isolation: Isolation, mut response: Response) -> Response {
    for (name, value) in isolation.headers() {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

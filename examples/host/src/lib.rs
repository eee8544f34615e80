//! Acorn Budget: a small fintech site that embeds Linchpin. The integration to copy.
//!
//! The page asks this server for a link token, hands it to Linchpin's loader, and sends the public token that comes
//! back to this server, which exchanges it for the full result. The client secret and the account numbers stay here.
//!
//! | file | is |
//! | --- | --- |
//! | `config` | what the operator states |
//! | `linchpin` | the calls to Linchpin's proxy: mint, exchange, and what a customer has begun |
//! | `api` | what the page may ask of this server |
//! | `guard` | refuses calls that another site makes in the person's name |
//! | `received` | what was linked; full on this side, masked for the page |
//! | `webhook`, `news` | what Linchpin tells by itself: whether it is Linchpin, and what was told |
//! | `openings` | the tokens of openings that a bank may lead back to |
//! | `page` | the page and its files |
//! | `policy` | what the page may load and frame |
//! | `problem` | what the page is told when something fails |
//! | `reload` | for those who work on the widget: the page follows its builds |

mod api;
mod config;
mod guard;
mod linchpin;
mod news;
mod openings;
mod page;
mod policy;
mod problem;
mod received;
mod reload;
mod webhook;

pub use config::{ConfigError, HostConfig};
pub use linchpin::LinchpinError;
pub use news::{News, Told};
pub use received::{AccountView, Received, ReceivedView};

use axum::{Router, extract::DefaultBodyLimit, middleware, routing};
use linchpin::Linchpin;
use openings::Openings;
use std::sync::Arc;
use tokio::net::TcpListener;
use tower_http::set_header::SetResponseHeaderLayer;

/// The page sends a public token, Linchpin the name of an event, and nothing else.
const BODY_LIMIT: usize = 4 * 1024;

/// What every call works with.
pub(crate) struct Site {
    config: HostConfig,
    linchpin: Linchpin,
    openings: Openings,
    news: News,
    received: Received,
}

/// Why the site could not be started or stopped serving.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    Client(#[from] LinchpinError),
    /// The socket failed.
    #[error("serving failed: {0}")]
    Serve(#[from] std::io::Error),
}

/// The site, and handles on what its server has received and been told.
///
/// # Errors
/// [`HostError::Client`] when the HTTP client cannot be made, for instance without certificates of the system.
pub fn router(config: HostConfig) -> Result<(Router, Received, News), HostError> {
    let (received, news) = (Received::default(), News::default());
    let linchpin = Linchpin::new(&config)?;
    let policy = policy::Policy::new(&config);
    let following = config.reload.is_some();
    let site = Arc::new(Site {
        config,
        linchpin,
        openings: Openings::default(),
        news: news.clone(),
        received: received.clone(),
    });
    let guarded = Router::new()
        .route("/api/link-token", routing::post(api::link_token))
        .route("/api/resume", routing::post(api::resume))
        .route("/api/exchange", routing::post(api::exchange))
        .layer(middleware::from_fn_with_state(site.clone(), guard::same_origin));
    let development = if following { reload::routes() } else { Router::new() };
    let router = Router::new()
        .merge(guarded)
        .merge(development)
        .route("/api/received", routing::get(api::received))
        .route("/api/greeting", routing::get(api::greeting))
        // Not from a page, so the guard of pages does not fit: it has a signature instead.
        .route("/webhooks/linchpin", routing::post(webhook::take))
        .merge(page::routes())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(site);
    Ok((
        policy.headers().into_iter().fold(router, |router, (name, value)| {
            router.layer(SetResponseHeaderLayer::if_not_present(name, value))
        }),
        received,
        news,
    ))
}

/// Serves the site until `shutdown` is done, then finishes what is under way.
///
/// # Errors
/// As [`router`], and [`HostError::Serve`] when the socket fails.
pub async fn serve(
    listener: TcpListener,
    config: HostConfig,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), HostError> {
    let (router, _received, _news) = router(config)?;
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await?;
    Ok(())
}

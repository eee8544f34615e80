//! The window in which a person is at the bank's own page: out with a ticket, a decision, and back.

use crate::time::Clocks;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, header};
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tower::ServiceExt;

/// What a person does there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Visit {
    /// Allows it.
    Allows,
    /// Refuses it.
    Refuses,
    /// Closes the window before deciding.
    Closes,
    /// Allows it, and closes the window on the way back.
    ClosesOnTheWayBack,
}

/// A browser's window. Its calls are made past the weather: what a window does not show is closed.
#[derive(Clone)]
pub struct Window {
    proxy: Router,
    bank: Router,
    clocks: Clocks,
}

/// What a window was answered.
struct Shown {
    head: HeaderMap,
}

impl Shown {
    fn leads_to(&self) -> Option<String> {
        Some(self.head.get(header::LOCATION)?.to_str().ok()?.to_owned())
    }
}

impl Window {
    /// A window that can go to this proxy and to this bank.
    pub fn new(proxy: Router, bank: Router, clocks: Clocks) -> Self {
        Self { proxy, bank, clocks }
    }

    /// Goes there, thinks for a while, decides, and comes back. Ends early where a page leads nowhere.
    pub async fn go(self, way: String, visit: Visit, thinks: Duration) -> Option<()> {
        let site = ("sec-fetch-site", "same-origin");
        let there = self.open(&self.proxy, "GET", &way, &[site], "").await?;
        let cookie = there.head.get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).unwrap_or_default().to_owned();
        let page = there.leads_to()?;
        tokio::time::sleep(thinks).await;
        let decision = match visit {
            Visit::Allows | Visit::ClosesOnTheWayBack => "decision=yes",
            Visit::Refuses => "decision=no",
            Visit::Closes => return None,
        };
        let form = ("content-type", "application/x-www-form-urlencoded");
        let decided = self.open(&self.bank, "POST", &page, &[form], decision).await?;
        let back = decided.leads_to()?;
        if visit == Visit::ClosesOnTheWayBack {
            return None;
        }
        let about = [("sec-fetch-site", "cross-site"), ("cookie", cookie.as_str())];
        self.open(&self.proxy, "GET", &back, &about, "").await.map(|_| ())
    }

    async fn open(
        &self,
        routes: &Router,
        method: &str,
        address: &str,
        about: &[(&str, &str)],
        body: &'static str,
    ) -> Option<Shown> {
        let (_, path) = address.split_once("://").unwrap_or(("", address));
        let path = path.find('/').and_then(|at| path.get(at..)).unwrap_or("/");
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("sec-fetch-dest", "document")
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_001))));
        for (name, value) in about {
            request = request.header(*name, *value);
        }
        let call = routes.clone().oneshot(request.body(Body::from(body)).ok()?);
        let response = self.clocks.striking(pin!(call)).await.ok()?;
        Some(Shown { head: response.headers().clone() })
    }
}

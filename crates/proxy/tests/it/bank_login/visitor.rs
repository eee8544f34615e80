//! The window in which a person goes to the bank: a browser with cookies of its own.

use crate::browser::Browser;
use crate::world::World;
use linchpin_protocol::Connection;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

pub(crate) struct Visitor<'a> {
    world: &'a World,
    http: reqwest::Client,
    pub(crate) cookies: Mutex<BTreeMap<String, String>>,
}

/// What a window shows.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// Where it leads, if anywhere.
    pub(crate) to: Option<String>,
    pub(crate) text: String,
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        Self { world, http: Self::raw(), cookies: Mutex::default() }
    }

    /// One that keeps no cookies and follows nothing.
    pub(crate) fn raw() -> reqwest::Client {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        http.build().unwrap()
    }

    /// Opens an address as a browser does that says what it is about.
    pub(crate) async fn open(&self, address: &str, about: &[(&str, &str)]) -> Page {
        let cookies = self.cookies.lock().unwrap().clone();
        let cookies: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.http.get(address).header(COOKIE, cookies.join("; "));
        for (name, value) in about {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["referrer-policy"], "no-referrer", "{address}");
        let text = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        if let Some(cookie) = text(SET_COOKIE) {
            assert!(cookie.contains("; Path=/;") && cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
        }
        Page { status: response.status().as_u16(), to: text(LOCATION), text: response.text().await.unwrap() }
    }

    /// Uses a ticket, as the widget does. The bank's page.
    pub(crate) async fn go(&self, ticket: &str) -> String {
        let about = [("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "document")];
        let page = self.open(ticket, &about).await;
        assert_eq!(page.status, 303, "{page:?}");
        page.to.unwrap()
    }

    /// Decides on the bank's page, and lets the bank think. The way back.
    pub(crate) async fn decide(&self, there: &str, decision: &str) -> String {
        let form = self.http.post(there).header("content-type", "application/x-www-form-urlencoded");
        let asked = form.body(format!("decision={decision}")).send();
        tokio::pin!(asked);
        let decided = loop {
            tokio::select! {
                decided = &mut asked => break decided.unwrap(),
                () = tokio::time::sleep(Duration::from_millis(50)) => self.world.bank_goes_on(1),
            }
        };
        assert_eq!(decided.status(), 303, "{decision}");
        decided.headers()[LOCATION].to_str().unwrap().to_owned()
    }

    /// Follows the way back, as a redirect of the bank's does.
    pub(crate) async fn come_back(&self, address: &str) -> Page {
        self.open(address, &[("sec-fetch-site", "cross-site"), ("sec-fetch-dest", "document")]).await
    }

    /// Types digits into the page that asks for them.
    pub(crate) async fn type_digits(&self, back: &str, digits: &str, site: &str) -> Page {
        let state = reqwest::Url::parse(back).unwrap();
        let state = state.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let form = self.http.post(format!("{}/return", self.world.base)).header("sec-fetch-site", site);
        let form = form.header("content-type", "application/x-www-form-urlencoded");
        let response = form.body(format!("state={state}&digits={digits}")).send().await.unwrap();
        Page { status: response.status().as_u16(), to: None, text: response.text().await.unwrap() }
    }

    /// There, yes, and back.
    pub(crate) async fn sign_in_at_the_bank(
        &self,
        browser: &Browser<'_>,
        connection: &Connection,
    ) -> Connection {
        let there = self.go(&browser.ticket(connection).await).await;
        let back = self.decide(&there, "yes").await;
        let page = self.come_back(&back).await;
        assert!(page.status == 200 || page.status == 303, "{page:?}");
        browser.now(connection).await
    }
}

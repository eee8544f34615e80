//! The window in which a person goes to the bank and comes back: as a browser shows it, with a proxy that may be dead.

use super::person::{ON_ITS_WAY, Person, TRIES};
use linchpin_protocol::Connection;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, RequestBuilder, Response, Url};
use serde_json::json;
use std::future::Future;

/// More pages than there are between here and a bank.
const PAGES: usize = 5;

impl Person<'_> {
    /// Goes to the bank's own page, says yes there, and comes back.
    pub(super) async fn visit(&mut self, on: &Connection) -> Connection {
        let (token, id) = (self.session.clone(), on.id.as_str());
        let path = format!("/v1/connections/{id}/authorize");
        let (status, ticket) = self.act(Method::POST, &path, &token, json!({"revision": on.revision})).await;
        if status != 200 {
            assert_eq!(ticket["code"], "wrong_step", "{ticket}\n{}", self.site.log());
            return self.look(id).await;
        }
        let ticket = ticket["url"].as_str().unwrap().split_once("/go/").unwrap().1.to_owned();
        let Some(out) = self.page(&format!("/go/{ticket}"), "").await else {
            // The browser says that there is nobody. The widget still has its button.
            return self.look(id).await;
        };
        let Some(there) = header(&out, LOCATION) else {
            self.be_patient();
            return self.look(id).await;
        };
        let cookie = header(&out, SET_COOKIE).unwrap().split(';').next().unwrap().to_owned();
        let back = self.agree(&there).await;
        for _ in 0..TRIES {
            match self.page(&back, &cookie).await {
                Some(page) if page.status() == 200 => break,
                // What the page says: reload it in a moment.
                Some(_) => self.be_patient(),
                None => {}
            }
        }
        self.look(id).await
    }

    /// A moment, once.
    fn be_patient(&mut self) {
        if !std::mem::replace(&mut self.was_patient, true) {
            self.wait(ON_ITS_WAY);
        }
    }

    /// Says yes on the bank's page, and on the aggregator's before it. The way back, without the host.
    async fn agree(&self, there: &str) -> String {
        let mut there = there.to_owned();
        for _ in 0..PAGES {
            let at = Url::parse(&there).unwrap();
            let page = match at.path() {
                // It leaves its token behind.
                "/consent/home" => browser().get(at.clone()),
                path if path.starts_with("/consent/") => filled(&at, self.due(&at).await),
                _ => filled(&at, "decision=yes".to_owned()),
            };
            let decided = self.while_the_bank_goes_on(page.send()).await.unwrap();
            let to = header(&decided, LOCATION).unwrap_or_else(|| panic!("{decided:?}"));
            if let Some(back) = to.find("/return") {
                return to.get(back..).unwrap().to_owned();
            }
            there = at.join(&to).unwrap().to_string();
        }
        panic!("it leads from page to page: {there}")
    }

    /// What is said on a page of Basiq's: yes, and that the way leads to the bank, where there is a choice.
    async fn due(&self, page: &Url) -> String {
        let shown = browser().get(page.clone()).send().await.unwrap().text().await.unwrap();
        let mut offered = shown.split("value=\"").filter_map(|rest| Some(rest.split_once('"')?.0));
        match offered.find_map(|value| value.strip_suffix(" open-banking")) {
            Some(institution) => format!("choice=choose&institution={institution}+open-banking"),
            None => "choice=agree".to_owned(),
        }
    }

    async fn while_the_bank_goes_on<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            match tokio::time::timeout(std::time::Duration::from_millis(10), &mut work).await {
                Ok(done) => return done,
                Err(_) => self.site.bank_goes_on(),
            }
        }
    }

    /// A page of the proxy's; nothing if it is dead, and it is started again.
    async fn page(&mut self, path: &str, cookie: &str) -> Option<Response> {
        let request = browser().get(format!("{}{path}", self.site.base())).header(COOKIE, cookie);
        let request = request.timeout(std::time::Duration::from_secs(25));
        let answer = self.while_the_bank_goes_on(request.send()).await.ok();
        if answer.is_none() {
            self.revived += 1;
            assert!(self.revived < TRIES, "no answer again and again:\n{}", self.site.log());
            self.site.revive().await;
        }
        answer
    }
}

fn filled(page: &Url, form: String) -> RequestBuilder {
    let request = browser().post(page.clone()).header("content-type", "application/x-www-form-urlencoded");
    request.body(form)
}

/// Follows nothing by itself, so that a story sees where it is led.
fn browser() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

fn header(response: &Response, name: reqwest::header::HeaderName) -> Option<String> {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
}

//! The window in which a person goes to the bank and comes back: as a browser shows it, with a proxy that may be dead.

use super::person::{ON_ITS_WAY, Person, TRIES};
use linchpin_protocol::Connection;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, Response};
use serde_json::json;

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

    /// Says yes on the bank's page. The way back, without the host.
    async fn agree(&self, there: &str) -> String {
        let form = browser().post(there).header("content-type", "application/x-www-form-urlencoded");
        let decided = form.body("decision=yes").send().await.unwrap();
        let back = header(&decided, LOCATION).unwrap_or_else(|| panic!("{decided:?}"));
        back.get(back.find("/return").unwrap()..).unwrap().to_owned()
    }

    /// A page of the proxy's; nothing if it is dead, and it is started again.
    async fn page(&mut self, path: &str, cookie: &str) -> Option<Response> {
        let request = browser().get(format!("{}{path}", self.site.base())).header(COOKIE, cookie);
        let mut answer = std::pin::pin!(request.timeout(std::time::Duration::from_secs(25)).send());
        let answer = loop {
            match tokio::time::timeout(std::time::Duration::from_millis(10), &mut answer).await {
                Ok(answer) => break answer.ok(),
                Err(_) => self.site.bank_goes_on(),
            }
        };
        if answer.is_none() {
            self.revived += 1;
            assert!(self.revived < TRIES, "no answer again and again:\n{}", self.site.log());
            self.site.revive().await;
        }
        answer
    }
}

/// Follows nothing by itself, so that a story sees where it is led.
fn browser() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

fn header(response: &Response, name: reqwest::header::HeaderName) -> Option<String> {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
}

//! The widget as an element of a page that has words, a button and landmarks of its own.

use anyhow::Result;
use linchpin_protocol::LinkToken;
use serde_json::{Value, json};

use crate::page::{HostPage, Widget};
use crate::{Served, World, wait};

/// Puts the token in, and keeps what the element tells.
const PUT: &str = "const element = document.querySelector('linchpin-link');
    window.told = [];
    for (const kind of ['ready', 'linked', 'event', 'success', 'done', 'exit'])
        element.addEventListener(`linchpin-${kind}`, ({ detail }) => told.push({ kind, detail }));
    element.token = arguments[0];
    return null;";

impl World {
    /// Goes to a page of the host that has the widget as an element, under the policy that this takes and nothing more,
    /// and gives it the token.
    ///
    /// # Errors
    /// The page does not come.
    pub async fn put_element(&self, token: &LinkToken) -> Result<Widget<'_>> {
        let proxy = self.proxy.origin();
        let policy = format!(
            "default-src 'none'; script-src {proxy} 'wasm-unsafe-eval'; connect-src {proxy}; img-src data:"
        );
        let page = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Acorn</title>
            <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"data:,\">
            <body><header>Acorn</header><main><h1>Your money</h1><button type=\"button\">Own</button>
            <linchpin-link widget-url=\"{proxy}/widget\"></linchpin-link></main>
            <script src=\"{proxy}/sdk/linchpin-link.js\"></script></body></html>"
        );
        self.host.serve("/element", Served::page(&page, &policy));
        self.browser.go(&format!("{}/element", self.host.origin())).await?;
        self.browser.run(PUT, &[json!(token.link_token.expose())]).await?;
        Ok(Widget::alone(&self.browser, &token.link_id))
    }

    /// What the element has told of one kind, by the end of its event's name, once it has told any.
    ///
    /// # Errors
    /// It tells none.
    pub async fn told_by_element(&self, kind: &str) -> Result<Vec<Value>> {
        let page = HostPage::shown(&self.browser);
        wait::until(&format!("the element to tell “{kind}”"), async || {
            let told = page.run_plain("return told").await?;
            let told = told.as_array().into_iter().flatten().filter(|one| one["kind"] == kind);
            let details: Vec<Value> = told.map(|one| one["detail"].clone()).collect();
            Ok((!details.is_empty()).then_some(details))
        })
        .await
    }
}

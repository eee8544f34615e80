//! The example host's page.

use anyhow::Result;
use serde_json::{Value, json};
use std::ops::Deref;

use super::{Document, Widget};
use crate::browser::Browser;
use crate::wait;

/// The page of a company that embeds the widget.
pub struct HostPage<'b>(Document<'b>);

impl<'b> Deref for HostPage<'b> {
    type Target = Document<'b>;

    fn deref(&self) -> &Document<'b> {
        &self.0
    }
}

impl<'b> HostPage<'b> {
    /// The page that the browser shows.
    pub fn shown(browser: &'b Browser) -> Self {
        Self(Document::top(browser))
    }

    /// Presses the button that opens the widget, and waits until it is there.
    ///
    /// # Errors
    /// There is no such button, or no frame comes.
    pub async fn connect(&self) -> Result<Widget<'b>> {
        self.press("Connect your bank").await?;
        self.widget().await
    }

    /// The widget that lies open on the page.
    ///
    /// # Errors
    /// None opens in time.
    pub async fn widget(&self) -> Result<Widget<'b>> {
        wait::until("the widget to open", async || Ok(self.open_widget().await?)).await
    }

    /// The widget that lies open on the page now, if one does.
    pub(crate) async fn open_widget(&self) -> Result<Option<Widget<'b>>> {
        let body = "return document.querySelector('dialog[open] iframe[src*=\"link=\"]')?.src ?? null";
        let address = self.run_plain(body).await?;
        Ok(address.as_str().map(|address| Widget::framed(self.0.browser(), address)))
    }

    /// Waits until no widget lies open.
    ///
    /// # Errors
    /// One stays open.
    pub async fn wait_until_closed(&self) -> Result<()> {
        wait::until("the widget to close", async || {
            Ok((self.run_plain("return document.querySelector('dialog[open]') === null").await? == true)
                .then_some(()))
        })
        .await
    }

    /// Runs an async function body in the page, as the host's own script could, and returns what it resolves to.
    ///
    /// # Errors
    /// It throws or rejects.
    pub async fn act(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        self.run(&format!("return (async (...given) => {{ {body} }})(...arguments)"), arguments).await
    }

    /// Makes a widget with the page's own loader, apart from the page's own button. Everything that it tells goes into
    /// `window.told[<name>]`, in order; the instance is `window.made[<name>]`.
    ///
    /// # Errors
    /// The host's server mints no token.
    pub async fn create(&self, name: &str, token: &str) -> Result<()> {
        self.create_with(name, "{ token: given[1] }", &json!(token)).await
    }

    /// The same, with a function that gets these tokens, one at each call.
    ///
    /// # Errors
    /// As [`HostPage::create`].
    pub async fn create_getting(&self, name: &str, tokens: &[&str]) -> Result<()> {
        self.create_with(name, "{ token: async () => given[1].shift() }", &json!(tokens)).await
    }

    /// The same, in a new box of the page, of this width in CSS pixels; [`HostPage::boxed`] finds the widget.
    ///
    /// # Errors
    /// As [`HostPage::create`].
    pub async fn create_in_box(&self, name: &str, token: &str, width: u32) -> Result<()> {
        let options = "(() => {
            const container = document.body.appendChild(document.createElement('section'));
            container.dataset.box = name;
            container.style.width = given[1].width + 'px';
            return { token: given[1].token, container };
        })()";
        self.create_with(name, options, &json!({ "token": token, "width": width })).await
    }

    /// The same, with what the page says of its look.
    ///
    /// # Errors
    /// As [`HostPage::create`].
    pub async fn create_looking(&self, name: &str, token: &str, appearance: &Value) -> Result<()> {
        self.create_with(name, "given[1]", &json!({ "token": token, "appearance": appearance })).await
    }

    async fn create_with(&self, name: &str, options: &str, given: &Value) -> Result<()> {
        let body = format!(
            "const name = given[0];
            const told = ((window.told ??= {{}})[name] = []);
            const tell = (what) => (value) => told.push({{ what, value }});
            const made = Linchpin.create({{ ...{options}, onSuccess: tell('success'), onExit: tell('exit'),
                onEvent: tell('event'), onLinked: tell('linked'), onDone: tell('done') }});
            (window.made ??= {{}})[name] = made;
            made.ready.then(() => tell('ready')(null), (error) => tell('refused')({{ code: error.code, message: error.message, problem: error.problem }}));
            return null;"
        );
        self.act(&body, &[json!(name), given.clone()]).await.map(|_| ())
    }

    /// The widget that [`HostPage::create_in_box`] has made.
    ///
    /// # Errors
    /// Its frame does not come in time.
    pub async fn boxed(&self, name: &str) -> Result<Widget<'b>> {
        let body =
            format!("return document.querySelector('[data-box={name}] iframe[src*=\"link=\"]')?.src ?? null");
        wait::until("the widget to stand in its box", async || {
            let address = self.run_plain(&body).await?;
            Ok(address.as_str().map(|address| Widget::framed(self.0.browser(), address)))
        })
        .await
    }

    /// From now on, keeps what is written to the page's console with our prefix in `window.said`.
    ///
    /// # Errors
    /// The page is not there.
    pub async fn listen_to_console(&self) -> Result<()> {
        let body = "
            window.said = [];
            for (const level of ['error', 'warn', 'info', 'log']) {
                const plain = console[level].bind(console);
                console[level] = (...words) => {
                    if (String(words[0]).startsWith('[Linchpin]')) said.push(words.join(' '));
                    plain(...words);
                };
            }
            return null;";
        self.act(body, &[]).await.map(|_| ())
    }

    /// What was written there since [`HostPage::listen_to_console`].
    ///
    /// # Errors
    /// The page is not there, or nobody listened.
    pub async fn said(&self) -> Result<Vec<String>> {
        let said = self.act("return window.said", &[]).await?;
        let lines = said.as_array().cloned().unwrap_or_default();
        Ok(lines.iter().filter_map(|line| line.as_str().map(str::to_owned)).collect())
    }

    /// Opens, closes or destroys what [`HostPage::create`] has made.
    ///
    /// # Errors
    /// There is nothing of that name.
    pub async fn call(&self, name: &str, method: &str) -> Result<()> {
        self.act("window.made[given[0]][given[1]](); return null", &[json!(name), json!(method)])
            .await
            .map(|_| ())
    }

    /// Everything of one kind that an instance has told: `ready`, `refused`, `linked`, `success`, `exit`, `done`, `event`.
    ///
    /// # Errors
    /// There is nothing of that name.
    pub async fn told(&self, name: &str, what: &str) -> Result<Vec<Value>> {
        let body =
            "return window.told[given[0]].filter((one) => one.what === given[1]).map((one) => one.value)";
        let told = self.act(body, &[json!(name), json!(what)]).await?;
        Ok(told.as_array().cloned().unwrap_or_default())
    }

    /// Waits until an instance has told something of one kind, and returns the first.
    ///
    /// # Errors
    /// It does not in time.
    pub async fn wait_until_told(&self, name: &str, what: &str) -> Result<Value> {
        wait::until(&format!("{name} to tell “{what}”"), async || {
            Ok(self.told(name, what).await?.into_iter().next())
        })
        .await
    }
}

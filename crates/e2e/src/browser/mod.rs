//! A browser that a story drives.
//!
//! What a person does goes through WebDriver, which every browser speaks. What only this or that browser can tell or
//! feign, such as its console or a lost network, is behind [`Chromium`]; another browser is another such file.

mod chromium;

pub use chromium::{Chromium, Held, Slow};

use anyhow::{Context as _, Result};
use fantoccini::elements::Element;
use fantoccini::wd::{Capabilities, WindowHandle};
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use std::path::Path;

use crate::{Settings, wait};

/// The script that runs in every document before its own: it notes policy violations, and when headings are painted.
const WATCH: &str = include_str!("watch.js");

/// How WebDriver marks an element in JSON (<https://www.w3.org/TR/webdriver2/#elements>).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How the person sees the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct View {
    /// Width of the window in CSS pixels.
    pub width: u32,
    /// Height of the window in CSS pixels.
    pub height: u32,
    /// Light or dark.
    pub scheme: Scheme,
}

impl View {
    /// A window on a desk.
    pub const DESK: Self = Self { width: 1280, height: 900, scheme: Scheme::Light };
    /// The narrowest width that must work (WCAG 2.2, 1.4.10).
    pub const NARROW: Self = Self { width: 320, height: 640, scheme: Scheme::Light };
    /// A window on a desk at night.
    pub const DARK: Self = Self { width: 1280, height: 900, scheme: Scheme::Dark };
    /// The narrowest width, at night.
    pub const NARROW_DARK: Self = Self { scheme: Scheme::Dark, ..Self::NARROW };
}

/// What the device prefers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Scheme {
    /// As `prefers-color-scheme` calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        }
    }
}

/// Where the person lets pages keep something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Storage {
    /// As browsers come: each page for its own site, and a frame of another site apart from that.
    #[default]
    Apart,
    /// Nowhere: no cookie, and every access to a page's storage throws.
    Nowhere,
}

/// An error that the browser reported in its console.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsoleError {
    /// Which document it came from, by its address without query.
    pub page: String,
    /// What it says.
    pub text: String,
}

/// A window of the browser's.
#[derive(Clone, Debug)]
pub struct Window(WindowHandle);

/// A browser, and the window of its that is seen.
pub struct Browser {
    client: Client,
    engine: Chromium,
}

impl Browser {
    /// Opens a window. `logs` gets the driver's log; `languages` are those that the person reads, the browser's own where
    /// none are named.
    ///
    /// # Errors
    /// Driver or browser cannot be started.
    pub async fn open(
        settings: &Settings,
        logs: &Path,
        view: View,
        storage: Storage,
        languages: Option<&str>,
    ) -> Result<Self> {
        let driver = Chromium::start_driver(settings, logs).await?;
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities(Chromium::capabilities(settings, storage, languages))?)
            .connect(&driver.url())
            .await
            .context("opening a browser session")?;
        let facts = client.capabilities().cloned().unwrap_or_default();
        let engine = driver.attach(&Value::Object(facts.into_iter().collect()), WATCH).await?;
        engine.look(view).await?;
        Ok(Self { client, engine })
    }

    /// What only this browser can tell or feign.
    pub fn engine(&self) -> &Chromium {
        &self.engine
    }

    /// Loads a page, and stays at its top.
    ///
    /// # Errors
    /// The page cannot be loaded.
    pub async fn go(&self, url: &str) -> Result<()> {
        self.enter(&[]).await?;
        self.client.goto(url).await.with_context(|| format!("loading {url}"))
    }

    /// Enters the frame that these selectors lead to, from the top; with none, the top itself.
    ///
    /// # Errors
    /// There is no such frame now.
    pub async fn enter(&self, frames: &[&str]) -> Result<()> {
        let null = json!({ "id": Value::Null });
        self.client.issue_cmd(Command::post("frame", null)).await.context("going to the top of the page")?;
        for frame in frames {
            let element =
                self.client.find(Locator::Css(frame)).await.with_context(|| format!("frame {frame}"))?;
            element.enter_frame().await.with_context(|| format!("entering frame {frame}"))?;
        }
        Ok(())
    }

    /// Runs a function body in the frame that was entered, and returns its value.
    ///
    /// # Errors
    /// It throws, or the document is gone.
    pub async fn run(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        Ok(self.client.execute(body, arguments.to_vec()).await?)
    }

    /// As [`Browser::run`], for a body that returns an element or null.
    ///
    /// # Errors
    /// As [`Browser::run`].
    pub async fn run_for_element(&self, body: &str, arguments: &[Value]) -> Result<Option<Element>> {
        let value = self.run(body, arguments).await?;
        if value.is_null() {
            return Ok(None);
        }
        let reference = value[ELEMENT].as_str().context("the script should return an element")?.to_owned();
        Ok(Some(Element::from_element_id(self.client.clone(), reference.into())))
    }

    /// Presses keys one after the other, wherever the focus is. [`fantoccini::key::Key`] has those without a letter.
    ///
    /// # Errors
    /// The browser does not take them.
    pub async fn keys(&self, keys: &str) -> Result<()> {
        use fantoccini::actions::{InputSource, KeyAction, KeyActions};
        let strokes = keys.chars().fold(KeyActions::new("keyboard".to_owned()), |strokes, value| {
            strokes.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.client.perform_actions(strokes).await.context("pressing keys")
    }

    /// Presses Tab with Shift held, wherever the focus is.
    ///
    /// # Errors
    /// The browser does not take them.
    pub async fn shift_tab(&self) -> Result<()> {
        use fantoccini::actions::{InputSource, KeyAction, KeyActions};
        use fantoccini::key::Key;
        let (shift, tab) = (char::from(Key::Shift), char::from(Key::Tab));
        let strokes = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: shift })
            .then(KeyAction::Down { value: tab })
            .then(KeyAction::Up { value: tab })
            .then(KeyAction::Up { value: shift });
        self.client.perform_actions(strokes).await.context("pressing Shift and Tab")
    }

    /// What the browser itself tells assistive technology of an element: its role and its name.
    ///
    /// # Errors
    /// The element is gone.
    pub async fn told_to_assistive_technology(&self, element: &Element) -> Result<(String, String)> {
        let id = element.element_id();
        let ask = async |what: &str| {
            let answer = self.client.issue_cmd(Command::get(format!("element/{id}/computed{what}"))).await;
            let answer = answer.with_context(|| format!("asking for a computed {what}"))?;
            Ok::<_, anyhow::Error>(answer.as_str().unwrap_or_default().to_owned())
        };
        Ok((ask("role").await?, ask("label").await?))
    }

    /// Goes to the window that has opened beside the one that is seen now, and returns that one.
    ///
    /// # Errors
    /// None opens in time.
    pub async fn go_to_new_window(&self) -> Result<Window> {
        let here = self.client.window().await.context("asking for the window")?;
        wait::until("another window to open", async || {
            let all = self.client.windows().await.context("asking for the windows")?;
            let Some(other) = all.into_iter().find(|window| *window != here) else { return Ok(None) };
            self.client.switch_to_window(other).await.context("going to another window")?;
            Ok(Some(()))
        })
        .await?;
        Ok(Window(here))
    }

    /// Opens a tab beside the window that is seen now, goes there, and returns that one. It is watched and looks like the
    /// first.
    ///
    /// # Errors
    /// The browser opens none.
    pub async fn open_tab(&self, view: View) -> Result<Window> {
        let here = self.client.window().await.context("asking for the window")?;
        let tab = self.client.new_window(true).await.context("opening a tab")?;
        self.client.switch_to_window(tab.handle).await.context("going to a tab")?;
        self.engine.watch_new_page(view).await?;
        Ok(Window(here))
    }

    /// Goes to another window, and returns the one that was seen.
    ///
    /// # Errors
    /// It is closed.
    pub async fn switch_to(&self, window: Window) -> Result<Window> {
        let here = self.client.window().await.context("asking for the window")?;
        self.client.switch_to_window(window.0).await.context("going to another window")?;
        Ok(Window(here))
    }

    /// Closes the window that is seen now, as a person does, and goes to `other`.
    ///
    /// # Errors
    /// It is gone already.
    pub async fn close_window(&self, other: &Window) -> Result<()> {
        self.client.close_window().await.context("closing the window")?;
        self.client.switch_to_window(other.0.clone()).await.context("going back to a window")
    }

    /// A picture of the window, as PNG.
    ///
    /// # Errors
    /// The browser gives none.
    pub async fn picture(&self) -> Result<Vec<u8>> {
        self.client.screenshot().await.context("taking a picture")
    }

    /// Ends the session; the window closes.
    ///
    /// # Errors
    /// The driver does not answer.
    pub async fn close(self) -> Result<()> {
        self.client.close().await.context("closing the browser")
    }
}

fn capabilities(value: Value) -> Result<Capabilities> {
    serde_json::from_value(value).context("capabilities are an object")
}

/// A command of the session that the client has no method for.
#[derive(Debug)]
struct Command {
    path: String,
    /// What is posted; without, it is asked for.
    body: Option<Value>,
}

impl Command {
    fn post(path: &str, body: Value) -> Self {
        Self { path: path.to_owned(), body: Some(body) }
    }

    fn get(path: String) -> Self {
        Self { path, body: None }
    }
}

impl fantoccini::wd::WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (::http::Method, Option<String>) {
        match &self.body {
            Some(body) => (::http::Method::POST, Some(body.to_string())),
            None => (::http::Method::GET, None),
        }
    }
}

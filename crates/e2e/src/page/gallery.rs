//! The gallery: every screen in every state, fed with fixed data.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use std::ops::Deref;

use super::Document;
use crate::browser::Browser;
use crate::wait;

/// The gallery's list of states, with one of them in a frame.
pub struct GalleryList<'b>(Document<'b>);

impl<'b> Deref for GalleryList<'b> {
    type Target = Document<'b>;

    fn deref(&self) -> &Document<'b> {
        &self.0
    }
}

impl<'b> GalleryList<'b> {
    /// Opens it.
    ///
    /// # Errors
    /// It is not there, or empty.
    pub async fn open(browser: &'b Browser, origin: &str) -> Result<Self> {
        browser.go(&format!("{origin}/gallery/")).await?;
        let list = Self(Document::top(browser));
        wait::until("the gallery's list of states", async || {
            Ok((!list.states().await?.is_empty()).then_some(()))
        })
        .await
        .context("`cargo xtask gallery` builds the gallery")?;
        Ok(list)
    }

    /// The names of all states.
    ///
    /// # Errors
    /// The page is gone.
    pub async fn states(&self) -> Result<Vec<String>> {
        let body = "return [...document.querySelectorAll('nav li a')].map((link) => new URL(link.href).searchParams.get('state'))";
        Ok(serde_json::from_value(self.run_plain(body).await?)?)
    }

    /// The state that the frame shows.
    pub fn framed(&self) -> Document<'b> {
        Document { browser: self.0.browser, frames: vec!["main iframe".to_owned()] }
    }
}

/// The gallery, with one state and nothing around it.
pub struct Gallery<'b> {
    document: Document<'b>,
    states: Vec<String>,
}

impl<'b> Deref for Gallery<'b> {
    type Target = Document<'b>;

    fn deref(&self) -> &Document<'b> {
        &self.document
    }
}

impl<'b> Gallery<'b> {
    /// Opens the gallery's list, reads it, and goes on to the page that shows one state. `look` is what of its address asks
    /// for another look, such as `&radius=0`.
    ///
    /// # Errors
    /// It is not there, or its list is empty.
    pub async fn open(browser: &'b Browser, origin: &str, look: &str) -> Result<Self> {
        let states = GalleryList::open(browser, origin).await?.states().await?;
        let gallery = Self { document: Document::top(browser), states };
        let first = gallery.states.first().context("there is a state")?;
        browser.go(&format!("{origin}/gallery/?state={first}&bare{look}")).await?;
        wait::until("the gallery's first state", async || {
            Ok((gallery.run_plain("return document.documentElement.dataset.state").await? == json!(first))
                .then_some(()))
        })
        .await?;
        Ok(gallery)
    }

    /// The names of all states, in the list's order.
    pub fn states(&self) -> &[String] {
        &self.states
    }

    /// Shows a state in a language, in the colours that the browser prefers, without loading the page again. Returns how tall it is, in
    /// CSS pixels.
    ///
    /// # Errors
    /// There is no such state.
    pub async fn show(&self, state: &str, language: &str) -> Result<u32> {
        let body = "
            history.replaceState(null, '', arguments[0]);
            dispatchEvent(new PopStateEvent('popstate'));
            scrollTo(0, 0);
            // Drawn before the next frame; reading the height lays it out.
            const { dataset } = document.documentElement;
            return new Promise(requestAnimationFrame).then(() =>
                [dataset.state, document.querySelectorAll('h1').length, document.documentElement.scrollHeight]);
        ";
        let address = format!("?state={state}&lang={language}&bare");
        let drawn = self.run(body, &[json!(address)]).await?;
        ensure!(drawn[0] == json!(state) && drawn[1] != json!(0), "“{state}” is not drawn: {drawn}");
        let height = drawn[2].as_u64().and_then(|height| u32::try_from(height).ok());
        height.context("a height")
    }
}

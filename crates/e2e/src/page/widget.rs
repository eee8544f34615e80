//! The widget in its frame.

use anyhow::{Context as _, Result};
use linchpin_protocol::LinkId;
use serde_json::json;
use std::ops::Deref;

use super::Document;
use crate::browser::Browser;
use crate::wait;

/// The label of the search field.
pub const SEARCH: &str = "Name or website";

/// The widget, in the frame that the loader made.
pub struct Widget<'b> {
    document: Document<'b>,
    link: LinkId,
}

impl<'b> Deref for Widget<'b> {
    type Target = Document<'b>;

    fn deref(&self) -> &Document<'b> {
        &self.document
    }
}

impl<'b> Widget<'b> {
    /// The widget in the frame with this address.
    pub fn framed(browser: &'b Browser, address: &str) -> Self {
        let link = address.split("link=").nth(1).unwrap_or_default().split('&').next().unwrap_or_default();
        let frames = vec![format!("iframe[src*=\"link={link}\"]")];
        Self { document: Document { browser, frames }, link: LinkId::new(link) }
    }

    /// The widget that stands alone in the window, as in an app's web view.
    pub fn alone(browser: &'b Browser, link: &LinkId) -> Self {
        Self { document: Document { browser, frames: Vec::new() }, link: link.clone() }
    }

    /// The opening that this frame was made for.
    pub fn link(&self) -> &LinkId {
        &self.link
    }

    /// Reloads the frame, as a browser does that ran out of memory, and waits for the new document.
    ///
    /// # Errors
    /// No new document comes.
    pub async fn reload(&self) -> Result<()> {
        self.run_plain("window.before = true; setTimeout(() => location.reload())").await?;
        wait::until("the frame to load again", async || {
            let fresh = self.run_plain("return !window.before && document.readyState === 'complete'").await?;
            Ok((fresh == true).then_some(()))
        })
        .await
    }

    /// Types what is looked for, and waits for an answer with `institution` in it.
    ///
    /// # Errors
    /// It is not found.
    pub async fn search(&self, text: &str, institution: &str) -> Result<()> {
        self.type_into(SEARCH, text).await?;
        self.wait_for_result(institution).await.with_context(|| format!("looking for “{text}”"))
    }

    /// Waits until `institution` is among what was found; the tiles that are there before do not count.
    ///
    /// # Errors
    /// It is not in time.
    pub async fn wait_for_result(&self, institution: &str) -> Result<()> {
        wait::until(&format!("the result “{institution}”"), async || {
            Ok(self.shows_result(institution).await?.then_some(()))
        })
        .await
    }

    /// Whether `institution` is among what was found.
    ///
    /// # Errors
    /// The document is not there.
    pub async fn shows_result(&self, institution: &str) -> Result<bool> {
        let found = "return find('[role=option]', arguments[0]) !== null";
        Ok(self.run(found, &[json!(institution)]).await? == true)
    }

    /// What stands in the search field.
    ///
    /// # Errors
    /// There is no search field.
    pub async fn sought(&self) -> Result<String> {
        self.value_of(SEARCH).await?.context("there is a search field")
    }
}

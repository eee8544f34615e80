//! The pages as a person sees them.
//!
//! Nothing here knows a class or an id: things are found by role, name and text, so that a page that works for people
//! works here, and a page that lost a label does not.

mod gallery;
mod host;
mod widget;
mod window;

pub use gallery::{Gallery, GalleryList};
pub use host::HostPage;
pub use widget::{SEARCH, Widget};
pub use window::Page;

use anyhow::{Context as _, Result, bail};
use fantoccini::elements::Element;
use serde_json::{Value, json};
use std::time::Duration;

use crate::browser::Browser;
use crate::wait;

const FIND: &str = include_str!("find.js");

/// A document in the browser: the page, or a frame in it.
#[derive(Clone)]
pub struct Document<'b> {
    browser: &'b Browser,
    /// The selectors of the frames that lead there from the top.
    frames: Vec<String>,
}

impl<'b> Document<'b> {
    fn top(browser: &'b Browser) -> Self {
        Self { browser, frames: Vec::new() }
    }

    /// The browser it is in.
    pub fn browser(&self) -> &'b Browser {
        self.browser
    }

    /// Goes there; everything the browser is asked next is asked of this document.
    ///
    /// # Errors
    /// It is not there now.
    pub async fn enter(&self) -> Result<()> {
        let frames: Vec<&str> = self.frames.iter().map(String::as_str).collect();
        self.browser.enter(&frames).await
    }

    /// Runs a function body there, with the words of `find.js` at hand, and returns its value.
    ///
    /// # Errors
    /// The document is not there, or the script throws.
    pub async fn run(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        self.enter().await?;
        self.browser.run(&format!("{FIND}\n{body}"), arguments).await
    }

    /// As [`Document::run`], for a body without a need for those words.
    ///
    /// # Errors
    /// As [`Document::run`].
    pub async fn run_plain(&self, body: &str) -> Result<Value> {
        self.enter().await?;
        self.browser.run(body, &[]).await
    }

    async fn element(&self, body: &str, arguments: &[Value]) -> Result<Option<Element>> {
        self.enter().await?;
        self.browser.run_for_element(&format!("{FIND}\n{body}"), arguments).await
    }

    /// The heading that a person reads now; that of a dialog, where one lies on top. Empty when there is none.
    ///
    /// # Errors
    /// The document is not there.
    pub async fn heading(&self) -> Result<String> {
        Ok(self.run("return heading()", &[]).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the heading contains `text`.
    ///
    /// # Errors
    /// It does not in time; the message says what it was.
    pub async fn wait_for_heading(&self, text: &str) -> Result<()> {
        let mut last = String::new();
        let seen = wait::until(&format!("the heading “{text}”"), async || {
            last = self.heading().await?;
            Ok(last.contains(text).then_some(()))
        })
        .await;
        seen.with_context(|| format!("the heading is “{last}”"))
    }

    /// All text that a person can read now, or hear.
    ///
    /// # Errors
    /// The document is not there.
    pub async fn text(&self) -> Result<String> {
        // What is only heard has a box of its own, and its comma is no new word.
        let body = "return tidy(shown().innerText).replaceAll(' ,', ',')";
        Ok(self.run(body, &[]).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the text contains `text`.
    ///
    /// # Errors
    /// It does not in time; the message says what it was.
    pub async fn wait_for_text(&self, text: &str) -> Result<()> {
        let mut last = String::new();
        let seen = wait::until(&format!("the text “{text}”"), async || {
            last = self.text().await?;
            Ok(last.contains(text).then_some(()))
        })
        .await;
        seen.with_context(|| format!("the text is “{last}”"))
    }

    /// Clicks a button, link or option by its name, once it can be used.
    ///
    /// # Errors
    /// There is none in time.
    pub async fn press(&self, name: &str) -> Result<()> {
        wait::until(&format!("a button “{name}”"), async || {
            let body = "return usable(find(BUTTONS, arguments[0]))";
            let Some(button) = self.element(body, &[json!(name)]).await? else { return Ok(None) };
            // It may move or go while it is being aimed at; then it is looked for again.
            button.click().await.context("clicking it")?;
            Ok(Some(()))
        })
        .await
    }

    /// Clicks a button twice in the same instant, as an impatient hand does.
    ///
    /// # Errors
    /// There is none in time.
    pub async fn press_twice(&self, name: &str) -> Result<()> {
        wait::until(&format!("a button “{name}”"), async || {
            let body = "const button = usable(find(BUTTONS, arguments[0]));
                button?.click(); button?.click(); return button !== null";
            Ok((self.run(body, &[json!(name)]).await? == true).then_some(()))
        })
        .await
    }

    /// Whether there is such a button, link or option now.
    ///
    /// # Errors
    /// The document is not there.
    pub async fn has_button(&self, name: &str) -> Result<bool> {
        Ok(self.run("return find(BUTTONS, arguments[0]) !== null", &[json!(name)]).await? == true)
    }

    /// Types into a field by its label, after what is in it.
    ///
    /// # Errors
    /// There is none in time.
    pub async fn type_into(&self, label: &str, text: &str) -> Result<()> {
        let mut before = None;
        for _ in 0..ATTEMPTS {
            // It may be drawn anew while it is being aimed at; then it is looked for again.
            let field = wait::until(&format!("a field “{label}”"), async || {
                let found = self
                    .element("return inReach(usable(find(FIELDS, arguments[0])))", &[json!(label)])
                    .await?;
                let Some(field) = found else { return Ok(None) };
                if before.is_none() {
                    before = self.value_of(label).await?;
                }
                field.click().await.with_context(|| format!("clicking into “{label}”"))?;
                Ok(Some(field))
            })
            .await?;
            field.send_keys(text).await.with_context(|| format!("typing into “{label}”"))?;
            // A dialog that is just opening may take the keys; a person would see that nothing stands there.
            tokio::time::sleep(FRAMES).await;
            if self.value_of(label).await? != before {
                return Ok(());
            }
        }
        let focus =
            "const at = focused(); return `${at && named(at)} of ${at?.tagName} (${document.hasFocus()})`";
        let here = self.run(focus, &[]).await?;
        let top = Document::top(self.browser).run(focus, &[]).await?;
        bail!("nothing that is typed gets into “{label}”: the focus is on {here} here, and on {top} above")
    }

    /// Types into a field by its label, in place of what is in it.
    ///
    /// # Errors
    /// There is none in time.
    pub async fn replace_in(&self, label: &str, text: &str) -> Result<()> {
        let body = "const field = usable(find(FIELDS, arguments[0])); field?.focus(); field?.select(); return field !== null";
        let there = "return find(FIELDS, arguments[0]) === focused()";
        wait::until(&format!("a field “{label}”"), async || {
            if self.run(body, &[json!(label)]).await? != true {
                return Ok(None);
            }
            // A new screen moves the focus to its heading in its first frame; a person sees that before they type.
            tokio::time::sleep(FRAMES).await;
            Ok((self.run(there, &[json!(label)]).await? == true).then_some(()))
        })
        .await?;
        self.keys(text).await
    }

    /// Presses keys one after the other, wherever the focus is.
    ///
    /// # Errors
    /// The document is not there.
    pub async fn keys(&self, keys: &str) -> Result<()> {
        self.enter().await?;
        self.browser.keys(keys).await
    }

    /// What stands in a field; `None` when there is no such field.
    ///
    /// # Errors
    /// The document is not there.
    pub async fn value_of(&self, label: &str) -> Result<Option<String>> {
        let value = self.run("return find(FIELDS, arguments[0])?.value ?? null", &[json!(label)]).await?;
        Ok(value.as_str().map(str::to_owned))
    }

    /// Chooses a radio button or check box by its label.
    ///
    /// # Errors
    /// There is none in time.
    pub async fn choose(&self, label: &str) -> Result<()> {
        wait::until(&format!("a choice “{label}”"), async || {
            // People hit the label; the input itself may be drawn by other means and have no box of its own.
            let body = "const choice = usable(find(CHOICES, arguments[0]));
                return [choice, ...(choice?.labels ?? [])].find((one) => one && visible(one)) ?? null";
            let Some(choice) = self.element(body, &[json!(label)]).await? else { return Ok(None) };
            choice.click().await.context("clicking it")?;
            Ok(Some(()))
        })
        .await
    }

    /// Waits until the radio button or check box that has the focus is chosen.
    ///
    /// # Errors
    /// It never is, or nothing of the kind has the focus.
    pub async fn is_checked(&self) -> Result<()> {
        wait::until("what has the focus to be chosen", async || {
            Ok((self.run("return focused().checked", &[]).await? == true).then_some(()))
        })
        .await
    }

    /// Checks that the focus is on the heading, so that a screen reader says what is new.
    ///
    /// # Errors
    /// It is elsewhere.
    pub async fn focus_is_on_the_heading(&self) -> Result<()> {
        let body = "const at = focused(); return at?.tagName === 'H1' ? null : named(at ?? document.body)";
        let mut elsewhere = Value::Null;
        let seen = wait::until("the focus to be on the heading", async || {
            elsewhere = self.run(body, &[]).await?;
            Ok(elsewhere.is_null().then_some(()))
        })
        .await;
        seen.with_context(|| format!("the focus is on {elsewhere}"))
    }

    /// Moves the focus with the Tab key until it is on a control with this name.
    ///
    /// # Errors
    /// Tab never gets there, or gets there without showing the focus.
    pub async fn tab_to(&self, name: &str) -> Result<()> {
        const MOST_STOPS: usize = 60;
        let mut stops = Vec::new();
        for _ in 0..MOST_STOPS {
            let body = "const at = focused();
                return at && at !== document.body ? { name: named(at), shown: at.matches(':focus-visible') } : null";
            let at = self.run(body, &[]).await?;
            let stop = at["name"].as_str().unwrap_or("—").to_owned();
            if stop.to_lowercase().starts_with(&name.to_lowercase()) {
                anyhow::ensure!(at["shown"] == true, "the focus is on “{stop}” and cannot be seen");
                return Ok(());
            }
            stops.push(stop);
            self.keys(&String::from(char::from(fantoccini::key::Key::Tab))).await?;
        }
        anyhow::bail!("Tab never reaches “{name}”; it stops at {stops:?}")
    }
}

/// How often somebody types again what did not get into a field.
const ATTEMPTS: usize = 3;
/// How often what has not begun to move is looked at before it is taken to its end.
const LOOKS_AT_STUCK: usize = 40;
/// Some frames of a screen.
const FRAMES: Duration = Duration::from_millis(50);

impl Document<'_> {
    /// Waits until nothing moves that will end by itself.
    ///
    /// # Errors
    /// Something moves on and on; the message says what.
    pub async fn wait_until_still(&self) -> Result<()> {
        // What goes round for ever, such as a skeleton's shimmer, is part of the screen.
        let body = "const moving = ground.getAnimations().filter((one) =>
                one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity);
            const stuck = moving.every((one) => one.pending);
            if (stuck && arguments[0]) for (const one of moving) one.finish();
            return { stuck, moving: moving.map((one) =>
                `${one.transitionProperty ?? one.animationName} of “${tidy(one.effect?.target?.textContent)}”`) }";
        let (mut last, mut looks) = (Value::Null, 0);
        let still = wait::until("the page to stand still", async || {
            // Chromium may never begin what came up while another window was closing. Nobody sees that move.
            last = self.run(body, &[json!(looks >= LOOKS_AT_STUCK)]).await?;
            looks = if last["stuck"] == true { looks + 1 } else { 0 };
            Ok(last["moving"].as_array().is_some_and(Vec::is_empty).then_some(()))
        })
        .await;
        still.with_context(|| format!("what moves: {}", last["moving"]))
    }

    /// Checks that nothing has to be scrolled to the side for (WCAG 2.2, 1.4.10).
    ///
    /// # Errors
    /// The document is wider than its window; the message names what sticks out.
    pub async fn fits_its_width(&self) -> Result<()> {
        let body = "const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > width + 0.5)
                .map((one) => `${one.tagName.toLowerCase()} “${(one.textContent ?? '').trim().slice(0, 40)}”`)";
        let wide = self.run_plain(body).await?;
        let wide = wide.as_array().context("a list of elements")?;
        anyhow::ensure!(wide.is_empty(), "wider than the window: {wide:?}");
        Ok(())
    }
}

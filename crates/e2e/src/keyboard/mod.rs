//! Somebody who has no mouse and does not see the screen: presses keys, and listens.
//!
//! After each key it is known where the focus is, by the role and the name that the browser tells assistive technology;
//! it can be seen to be there, and nothing lies over it. What the keys lead to is said by a screen reader, and the whole is
//! compared with the transcript of that name in `transcripts/`.
//!
//! No step clicks, and none moves the focus by other means than keys.

mod transcript;

use anyhow::{Context as _, Result, ensure};
use fantoccini::key::Key;
use serde_json::json;
use std::fmt;

use crate::inspect::ScreenReader;
use crate::page::{Document, HostPage, Widget};
use crate::{World, wait};
use transcript::Transcript;

/// Looks whether the focus can be seen.
const FOCUS: &str = include_str!("focus.js");
/// What the widget's style calls the colour of the ring around what has the focus.
const RING: &str = "--focus";
/// More stops than any screen has.
const MOST_STOPS: usize = 40;

/// A key, or two at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Press {
    /// On to the next.
    Tab,
    /// Back to the one before.
    BackTab,
    /// Do it.
    Enter,
    /// Choose it.
    Space,
    /// Get out of it.
    Escape,
    /// The next of a list.
    Down,
    /// The one before in a list.
    Up,
}

impl Press {
    fn key(self) -> char {
        match self {
            Press::Tab | Press::BackTab => Key::Tab.into(),
            Press::Enter => Key::Enter.into(),
            Press::Space => ' ',
            Press::Escape => Key::Escape.into(),
            Press::Down => Key::Down.into(),
            Press::Up => Key::Up.into(),
        }
    }
}

impl fmt::Display for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Press::Tab => "Tab",
            Press::BackTab => "Shift+Tab",
            Press::Enter => "Enter",
            Press::Space => "Space",
            Press::Escape => "Escape",
            Press::Down => "Down",
            Press::Up => "Up",
        })
    }
}

/// A way through the widget by keys alone, and what is said on it.
///
/// A *spot* names what has the focus: role and name, such as `button Continue`. One that ends in `…` fits every name that
/// begins so.
pub struct Walk<'w> {
    world: &'w World,
    name: &'static str,
    at: Document<'w>,
    /// The part of its address by which the widget's frame is known, while the keys go there.
    frame: Option<String>,
    /// Whether what is said is listened to.
    listens: bool,
    reader: ScreenReader,
    transcript: Transcript,
}

impl Drop for Walk<'_> {
    /// Leaves what was said among the artefacts, also of a way that did not get to its end.
    fn drop(&mut self) {
        self.transcript.leave(self.world.folder(), self.name);
    }
}

impl<'w> Walk<'w> {
    /// Begins on the host page. `name` is the transcript's.
    ///
    /// # Errors
    /// There is no screen reader.
    pub fn begin(world: &'w World, name: &'static str, page: &HostPage<'w>) -> Result<Self> {
        let reader = ScreenReader::read(world.settings().reader.as_deref())?;
        // The reader stumbles over words that are gone before it says them; that is no error of the page's.
        world.expect_error("computedName");
        let at = Document::clone(page);
        Ok(Self { world, name, at, frame: None, listens: false, reader, transcript: Transcript::default() })
    }

    /// The widget has opened: the focus is on this spot of it. Everything is read from here on.
    ///
    /// # Errors
    /// It is elsewhere.
    pub async fn enters(&mut self, widget: &Widget<'w>, spot: &str, text: &str) -> Result<()> {
        self.enters_again(widget, spot).await?;
        self.reads(spot, text).await
    }

    /// The same, where it is known already what there is to read.
    ///
    /// # Errors
    /// As [`Walk::enters`].
    pub async fn enters_again(&mut self, widget: &Widget<'w>, spot: &str) -> Result<()> {
        self.transcript.does("The widget opens");
        self.is_in(widget);
        self.is_on(spot).await?;
        self.reader.listen(&self.at).await
    }

    /// Goes to a page in another window, which is not listened to.
    pub fn goes_to(&mut self, page: &Document<'w>, what: &str) {
        self.transcript.does(&format!("Goes to {what}"));
        self.at = page.clone();
        self.frame = None;
        self.listens = false;
    }

    /// Checks that the focus is still on this spot.
    ///
    /// # Errors
    /// It has gone.
    pub async fn keeps(&self, spot: &str) -> Result<()> {
        let at = self.spot().await?;
        ensure!(at.as_deref().is_some_and(|at| fits(at, spot)), "the focus has gone to {at:?}");
        Ok(())
    }

    /// Moves on with Tab from the host page into a widget that stands in a box of it.
    ///
    /// # Errors
    /// Tab never gets there.
    pub async fn tabs_into(&mut self, widget: &Widget<'w>) -> Result<()> {
        let framed = "return document.activeElement.tagName === 'IFRAME'";
        let mut stops = 0;
        while self.at.run_plain(framed).await? != true {
            stops += 1;
            ensure!(stops < MOST_STOPS, "Tab never gets into the frame");
            self.hit(Press::Tab).await?;
        }
        self.transcript.does("In the box of the page");
        self.is_in(widget);
        self.reader.listen(&self.at).await?;
        let stop = self.spot().await?.context("the focus is on nothing")?;
        self.transcript.hears(std::slice::from_ref(&stop));
        self.can_be_seen(&stop).await
    }

    /// Comes back to the widget, which has been listened to before.
    pub fn returns_to(&mut self, widget: &Widget<'w>) {
        self.transcript.does("Comes back to the widget");
        self.is_in(widget);
    }

    fn is_in(&mut self, widget: &Widget<'w>) {
        self.at = Document::clone(widget);
        self.frame = Some(format!("link={}", widget.link()));
        self.listens = true;
    }

    /// The widget has closed, or another window has: the focus is on this spot of the page.
    ///
    /// # Errors
    /// It is elsewhere.
    pub async fn is_back_on(&mut self, page: &Document<'w>, spot: &str) -> Result<()> {
        self.at = page.clone();
        self.frame = None;
        self.listens = false;
        self.is_on(spot).await?;
        self.transcript.does(&format!("The page: {spot}"));
        Ok(())
    }

    /// Presses a key that leads to another screen, or to words that take the focus. What is there is read once this text is.
    ///
    /// # Errors
    /// The focus does not get to the spot, or nothing is said of it, or the text does not come.
    pub async fn opens(&mut self, press: Press, spot: &str, text: &str) -> Result<()> {
        self.hit(press).await?;
        self.arrives(spot, text).await
    }

    /// Something else than a key has led to another screen, as [`Walk::opens`].
    ///
    /// # Errors
    /// As [`Walk::opens`].
    pub async fn arrives(&mut self, spot: &str, text: &str) -> Result<()> {
        self.comes_to(spot).await?;
        self.reads(spot, text).await
    }

    /// As [`Walk::opens`], where it is known already what there is to read.
    ///
    /// # Errors
    /// The focus does not get to the spot, or nothing is said of it.
    pub async fn passes(&mut self, press: Press, spot: &str) -> Result<()> {
        self.hit(press).await?;
        self.comes_to(spot).await
    }

    /// As [`Walk::arrives`], where it is known already what there is to read.
    ///
    /// # Errors
    /// The focus does not get to the spot, or nothing is said of it.
    pub async fn comes_to(&mut self, spot: &str) -> Result<()> {
        self.is_on(spot).await?;
        let said = self.heard().await?;
        // What was said on the way there depends on how long it took.
        let subject = subject_of(spot);
        let last = said.iter().rposition(|phrase| phrase.contains(subject));
        let last = last.with_context(|| format!("nothing is said of “{spot}”, but {said:?}"))?;
        self.transcript.hears(said.get(last..).unwrap_or_default());
        Ok(())
    }

    /// Presses a key that leaves the screen, and waits for what comes in between: nothing is read there.
    ///
    /// # Errors
    /// It does not come.
    pub async fn leaves(&mut self, press: Press) -> Result<()> {
        self.hit(press).await
    }

    /// Presses a key that moves the focus within the screen.
    ///
    /// # Errors
    /// The focus does not get to the spot, or cannot be seen there.
    pub async fn press(&mut self, press: Press, spot: &str) -> Result<()> {
        self.hit(press).await?;
        self.is_on(spot).await?;
        let said = self.heard().await?;
        self.transcript.hears(&said);
        Ok(())
    }

    /// Chooses what has the focus, with the Space key.
    ///
    /// # Errors
    /// The focus does not stay, or the browser does not say that it is chosen.
    pub async fn checks(&mut self, spot: &str) -> Result<()> {
        self.hit(Press::Space).await?;
        self.is_on(spot).await?;
        self.at.is_checked().await?;
        self.transcript.hears(&["checked".to_owned()]);
        Ok(())
    }

    /// Presses a key in a field with a list, which chooses this of it: the focus stays in the field.
    ///
    /// # Errors
    /// Nothing is chosen, or something else.
    pub async fn chooses(&mut self, press: Press, spot: &str) -> Result<()> {
        self.hit(press).await?;
        let element = "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))";
        let mut last = None;
        let chosen = wait::until(&format!("“{spot}” to be chosen"), async || {
            last = self.told_of(element).await?;
            Ok(last.clone().filter(|at| fits(at, spot)))
        })
        .await;
        let chosen = chosen.with_context(|| format!("chosen is {last:?}"))?;
        self.transcript.hears(&[chosen]);
        Ok(())
    }

    /// Moves on with Tab until the focus is on this spot. Each stop is heard.
    ///
    /// # Errors
    /// Tab never gets there, or the focus cannot be seen at a stop.
    pub async fn tabs_to(&mut self, spot: &str) -> Result<()> {
        self.tabs(Press::Tab, spot).await
    }

    /// The same backwards.
    ///
    /// # Errors
    /// As [`Walk::tabs_to`].
    pub async fn tabs_back_to(&mut self, spot: &str) -> Result<()> {
        self.tabs(Press::BackTab, spot).await
    }

    async fn tabs(&mut self, press: Press, spot: &str) -> Result<()> {
        let mut stops = Vec::new();
        for _ in 0..MOST_STOPS {
            self.hit(press).await?;
            let stop = self.spot().await?.context("the focus is on nothing")?;
            self.can_be_seen(&stop).await?;
            if self.listens {
                let said = self.heard().await?;
                let subject = subject_of(&stop);
                ensure!(said.iter().any(|phrase| phrase.contains(subject)), "at “{stop}” is said {said:?}");
                self.transcript.hears(&said);
            } else {
                self.transcript.hears(std::slice::from_ref(&stop));
            }
            if fits(&stop, spot) {
                return Ok(());
            }
            stops.push(stop);
        }
        anyhow::bail!("{press} never reaches “{spot}”; it stops at {stops:?}")
    }

    /// Types a text where the focus is. `shown` stands for it in the transcript.
    ///
    /// # Errors
    /// The browser does not take the keys.
    pub async fn types(&mut self, text: &str, shown: &str) -> Result<()> {
        self.transcript.does(&format!("Types {shown}"));
        self.at.keys(text).await
    }

    /// Waits until this is among what is said by itself, and keeps that. What was said before it is over by then.
    ///
    /// # Errors
    /// It is not said in time.
    pub async fn hears(&mut self, part: &str) -> Result<()> {
        let mut all = Vec::new();
        let found = wait::until(&format!("“{part}” to be said"), async || {
            all.extend(self.heard().await?);
            Ok(all.iter().rposition(|phrase| phrase.contains(part)))
        })
        .await;
        let found = found.with_context(|| format!("said was {all:?}"))?;
        self.transcript.hears(all.get(found..=found).unwrap_or_default());
        Ok(())
    }

    /// Compares what was said with the transcript that is kept.
    ///
    /// # Errors
    /// It is another.
    pub fn ends(self) -> Result<()> {
        self.transcript.compare(self.name)
    }

    /// The document in which the keys are pressed.
    pub fn document(&self) -> &Document<'w> {
        &self.at
    }

    async fn hit(&mut self, press: Press) -> Result<()> {
        self.transcript.does(&press.to_string());
        self.at.enter().await?;
        match press {
            Press::BackTab => self.at.browser().shift_tab().await,
            other => self.at.browser().keys(&other.key().to_string()).await,
        }
    }

    async fn heard(&self) -> Result<Vec<String>> {
        if !self.listens {
            return Ok(Vec::new());
        }
        Ok(self.reader.heard(&self.at).await?.iter().map(|phrase| plain(phrase)).collect())
    }

    /// Has everything read, once the screen is whole, and finds the focus where it was.
    async fn reads(&mut self, spot: &str, text: &str) -> Result<()> {
        self.at.wait_for_text(text).await?;
        self.at.wait_until_still().await?;
        let said = self.reader.read_through(&self.at).await?;
        self.transcript.reads(&said.iter().map(|phrase| plain(phrase)).collect::<Vec<_>>());
        self.is_on(spot).await
    }

    /// Waits until the focus is on this spot and can be seen there.
    async fn is_on(&self, spot: &str) -> Result<()> {
        let mut last = None;
        let seen = wait::until(&format!("the focus to be on “{spot}”"), async || {
            last = self.spot().await?;
            Ok(last.as_deref().is_some_and(|at| fits(at, spot)).then_some(()))
        })
        .await;
        seen.with_context(|| format!("the focus is on {last:?}"))?;
        self.can_be_seen(spot).await
    }

    /// What has the focus. None: nothing has.
    async fn spot(&self) -> Result<Option<String>> {
        self.told_of("document.activeElement === document.body ? null : document.activeElement").await
    }

    /// What the browser tells assistive technology of the element that this expression gives, if it gives one.
    async fn told_of(&self, element: &str) -> Result<Option<String>> {
        let browser = self.at.browser();
        let told = match &self.frame {
            Some(part) => browser.engine().told_of(part, element).await?,
            None => {
                self.at.enter().await?;
                match browser.run_for_element(&format!("return {element}"), &[]).await? {
                    Some(element) => Some(browser.told_to_assistive_technology(&element).await?),
                    None => None,
                }
            }
        };
        let Some((role, name)) = told else { return Ok(None) };
        Ok(Some(plain(&format!("{role} {name}"))))
    }

    async fn can_be_seen(&self, spot: &str) -> Result<()> {
        let ring = self.listens.then_some(RING);
        let mut faults = json!([]);
        let seen = wait::until("the focus to be seen", async || {
            faults = self.at.run(FOCUS, &[json!(ring)]).await?;
            Ok(faults.as_array().is_some_and(Vec::is_empty).then_some(()))
        })
        .await;
        seen.with_context(|| format!("the focus on “{spot}” cannot be seen: {faults}"))
    }
}

/// A text as it is heard: without marks of direction, and every space a plain one.
fn plain(text: &str) -> String {
    let text = text.replace(|letter| ('\u{2066}'..='\u{2069}').contains(&letter), "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether what has the focus is this spot.
fn fits(at: &str, spot: &str) -> bool {
    spot.strip_suffix('…').map_or(at == spot, |begins| at.starts_with(begins))
}

/// The name in a spot, or its role where it has no name.
fn subject_of(spot: &str) -> &str {
    let name = spot.split_once(' ').map_or(spot, |(_, name)| name);
    name.trim_end_matches('…')
}

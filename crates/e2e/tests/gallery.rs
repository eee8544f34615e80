//! Every screen in every state: accessible, nothing cut off, and a picture of each to be looked at.
//!
//! Each walk loads one page and goes through all states in it. Two run beside each other, so they are apart from the
//! stories, which would only wait for them.

use anyhow::Result;
use linchpin_e2e::browser::View;
use linchpin_e2e::page::Direction::{self, LeftToRight, RightToLeft};
use linchpin_e2e::{inspect, story_at};

/// What all walks prefer: a picture in the middle of a movement shows nothing that anybody sees.
const STILL: (&str, &str) = ("prefers-reduced-motion", "reduce");

/// Somebody who looks at all states.
struct Person {
    /// Names the folder of the pictures.
    name: &'static str,
    view: View,
    /// A media feature and its value, beside those of `view`.
    prefers: Option<(&'static str, &'static str)>,
    direction: Direction,
    /// Rules of axe-core that cannot be applied.
    apart: &'static [&'static str],
}

impl Person {
    fn new(name: &'static str, view: View) -> Self {
        Self { name, view, prefers: None, direction: LeftToRight, apart: &[] }
    }

    async fn looks_at_every_state(self) -> Result<()> {
        let Self { name, view, prefers, direction, apart } = self;
        let prefers: Vec<_> = [STILL].into_iter().chain(prefers).collect();
        story_at(&format!("gallery/{name}"), view, async |world| {
            let engine = world.browser.engine();
            engine.look_preferring(view, &prefers).await?;
            let gallery = world.open_gallery().await?;
            for state in gallery.states() {
                let height = gallery.show(state, direction).await?;
                // The window grows with the state: the picture is of the whole, and nothing lies over what is scrolled away.
                engine.look_preferring(View { height: height.max(view.height), ..view }, &prefers).await?;
                world.inspect_state(state, &gallery, apart).await?;
                engine.look_preferring(view, &prefers).await?;
            }
            inspect::within_policy(&gallery).await
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_on_the_narrowest_screen() -> Result<()> {
    Person::new("320-light", View::NARROW).looks_at_every_state().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_on_the_narrowest_screen_in_the_dark() -> Result<()> {
    Person::new("320-dark", View::NARROW_DARK).looks_at_every_state().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_on_a_desk() -> Result<()> {
    Person::new("1280-light", View::DESK).looks_at_every_state().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_on_a_desk_in_the_dark() -> Result<()> {
    Person::new("1280-dark", View::DARK).looks_at_every_state().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_from_right_to_left() -> Result<()> {
    Person { direction: RightToLeft, ..Person::new("320-rtl", View::NARROW) }.looks_at_every_state().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_in_colours_that_the_person_forces() -> Result<()> {
    let person = Person {
        prefers: Some(("forced-colors", "active")),
        // A script is told the colours that the page asked for, not those that the person sees.
        apart: &["color-contrast"],
        ..Person::new("320-forced", View::NARROW_DARK)
    };
    person.looks_at_every_state().await
}

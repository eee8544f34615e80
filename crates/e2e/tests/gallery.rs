//! Every screen in every state: accessible, nothing cut off, and a picture of each to be looked at.
//!
//! Each walk loads one page and goes through all states in it. Two run beside each other, so they are apart from the
//! stories, which would only wait for them.

use anyhow::{Result, ensure};
use linchpin_e2e::browser::View;
use linchpin_e2e::inspect::Strain;
use linchpin_e2e::wait;
use linchpin_e2e::{World, inspect, story, story_at};

/// What all walks prefer: a picture in the middle of a movement shows nothing that anybody sees.
const STILL: (&str, &str) = ("prefers-reduced-motion", "reduce");

/// Somebody who looks at all states.
struct Person {
    /// Names the folder of the pictures.
    name: &'static str,
    view: View,
    /// A media feature and its value, beside those of `view`.
    prefers: Option<(&'static str, &'static str)>,
    /// As the gallery calls it.
    language: &'static str,
    /// What of the address asks for a look that is not Linchpin's own.
    look: &'static str,
    /// Rules of axe-core that cannot be applied.
    apart: &'static [&'static str],
    /// What else the states must bear.
    strains: &'static [Strain],
    /// Another size of the window into which they must fit.
    fits: Option<View>,
}

impl Person {
    fn new(name: &'static str, view: View) -> Self {
        Self { name, view, prefers: None, language: "en", look: "", apart: &[], strains: &[], fits: None }
    }

    async fn looks_at_every_state(self) -> Result<()> {
        let Self { name, view, prefers, language, look, apart, strains, fits } = self;
        let prefers: Vec<_> = [STILL].into_iter().chain(prefers).collect();
        story_at(&format!("gallery/{name}"), view, async |world| {
            let engine = world.browser.engine();
            engine.look_preferring(view, &prefers).await?;
            let gallery = world.open_gallery(look).await?;
            for state in gallery.states() {
                let height = gallery.show(state, language).await?;
                // The window grows with the state: the picture is of the whole, and nothing lies over what is scrolled away.
                let tall = height > view.height;
                if tall {
                    engine.look_preferring(View { height, ..view }, &prefers).await?;
                }
                world.inspect_state(state, &gallery, apart).await?;
                for strain in strains {
                    world.strain_state(state, &gallery, *strain).await;
                }
                if let Some(view) = fits {
                    engine.look_preferring(view, &prefers).await?;
                    world.fit_state(state, &gallery).await;
                }
                if tall || fits.is_some() {
                    engine.look_preferring(view, &prefers).await?;
                }
            }
            inspect::within_policy(&gallery).await
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_leads_to_every_state_in_every_guise() -> Result<()> {
    story("gallery/list", async |world| {
        let list = world.open_gallery_list().await?;
        let framed = list.framed();
        list.press("login-locked").await?;
        framed.wait_for_text("has locked this sign-in").await?;
        world.inspect_list("list", &list).await?;
        list.press("dark").await?;
        list.press("العربية").await?;
        list.press("320").await?;
        let guise = "const { dataset, dir, clientWidth } = document.documentElement;
            return [dataset.state, dataset.theme, dir, clientWidth, document.readyState].join(' ')";
        wait::until("the frame to follow the switches", async || {
            Ok((framed.run_plain(guise).await? == "login-locked dark rtl 320 complete").then_some(()))
        })
        .await?;
        // The way back leads through what was shown, one step for each press.
        list.run_plain("history.go(-3)").await?;
        framed.wait_for_text("has locked this sign-in").await?;
        wait::until("the frame to go back", async || {
            let guise = framed.run_plain(guise).await?;
            Ok(guise
                .as_str()
                .is_some_and(|guise| guise.starts_with("login-locked system ltr 420"))
                .then_some(()))
        })
        .await?;
        inspect::within_policy(&list).await?;
        inspect::within_policy(&framed).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_on_the_narrowest_screen() -> Result<()> {
    // As wide as a window on a desk that is enlarged to 400 %.
    let person = Person { strains: &[Strain::Spacing], ..Person::new("320-light", View::NARROW) };
    person.looks_at_every_state().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_on_the_narrowest_screen_in_the_dark() -> Result<()> {
    Person::new("320-dark", View::NARROW_DARK).looks_at_every_state().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_on_a_desk() -> Result<()> {
    // The same window, enlarged to 200 %.
    let enlarged = View { width: View::DESK.width / 2, height: View::DESK.height / 2, ..View::DESK };
    let person = Person {
        strains: &[Strain::DoubleText],
        fits: Some(enlarged),
        ..Person::new("1280-light", View::DESK)
    };
    person.looks_at_every_state().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_on_a_desk_in_the_dark() -> Result<()> {
    Person::new("1280-dark", View::DARK).looks_at_every_state().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_in_arabic() -> Result<()> {
    Person { language: "ar", ..Person::new("320-arabic", View::NARROW) }.looks_at_every_state().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_in_words_that_need_more_room() -> Result<()> {
    Person { language: "en-XA", ..Person::new("320-pseudo", View::NARROW) }.looks_at_every_state().await
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

/// A yellow that cannot be read on white, corners as they were before there were round ones, and serifs.
#[tokio::test(flavor = "multi_thread")]
async fn every_state_in_a_loud_look() -> Result<()> {
    let look = "&accent=%23ffcc00&radius=0&font=serif";
    Person { look, ..Person::new("320-loud-light", View::NARROW) }.looks_at_every_state().await
}

/// A purple that cannot be read on black, the roundest corners, and letters of one width, which need the most room.
#[tokio::test(flavor = "multi_thread")]
async fn every_state_in_a_loud_look_in_the_dark() -> Result<()> {
    let look = "&accentDark=%235b1a8b&radius=24&font=monospace";
    Person { look, ..Person::new("320-loud-dark", View::NARROW_DARK) }.looks_at_every_state().await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_accent_nothing_is_seen_where_the_person_forces_colours() -> Result<()> {
    let view = View::NARROW_DARK;
    story_at("gallery/forced-accent", view, async |world| {
        world.browser.engine().look_preferring(view, &[STILL, ("forced-colors", "active")]).await?;
        let plain = pictures(world, "").await?;
        let loud = pictures(world, "&accent=%23e6007e&accentDark=%23e6007e").await?;
        let differing = plain.iter().zip(&loud).filter(|(plain, loud)| plain != loud);
        let differing: Vec<_> = differing.map(|((state, _), _)| state).collect();
        ensure!(differing.is_empty(), "the accent is seen in {differing:?}");
        Ok(())
    })
    .await
}

/// Every state in a look, with its picture.
async fn pictures(world: &World, look: &str) -> Result<Vec<(String, Vec<u8>)>> {
    let gallery = world.open_gallery(look).await?;
    let mut pictures = Vec::new();
    for state in gallery.states() {
        gallery.show(state, "en").await?;
        // A caret that blinks is no difference.
        gallery.run_plain("document.activeElement?.blur()").await?;
        pictures.push((state.clone(), world.browser.picture().await?));
    }
    Ok(pictures)
}

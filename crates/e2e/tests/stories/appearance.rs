//! The look that a client asks for, as the person sees it.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::browser::View;
use linchpin_e2e::journey::BANK;
use linchpin_e2e::page::{HostPage, Widget};
use linchpin_e2e::{World, story_at};
use linchpin_protocol::{Appearance, Colour, Font, Radius, Theme};
use serde_json::{Value, json};

/// As a style sheet's computed values write a colour.
fn computed(colour: &Value) -> Result<String> {
    let colour = colour.as_str().and_then(Colour::parse).context("a colour")?;
    let [red, green, blue] = colour.rgb();
    Ok(format!("rgb({red}, {green}, {blue})"))
}

/// What the present screen's button looks like.
async fn button(widget: &Widget<'_>) -> Result<Value> {
    let body = "
        const { backgroundColor, borderRadius, fontFamily } = getComputedStyle(document.querySelector('.foot .button'));
        return { backgroundColor, borderRadius, fontFamily };";
    widget.run_plain(body).await
}

/// What the page was told of its look: property, what was asked for and what is used.
async fn corrected(page: &HostPage<'_>) -> Result<Vec<Value>> {
    let events = page.told("one", "event").await?.into_iter();
    let ours = events.filter(|event| event["name"] == "appearance_corrected");
    Ok(ours.map(|event| json!([event["property"], event["asked"], event["used"]])).collect())
}

/// From the search to the end, with a picture of each screen.
async fn whole_path(world: &World, widget: &Widget<'_>) -> Result<Value> {
    widget.wait_for_heading("Find your bank").await?;
    world.inspect("popular", widget).await?;
    widget.search("chase", BANK).await?;
    world.inspect("search", widget).await?;
    widget.press(BANK).await?;
    widget.wait_for_heading("Sign in to").await?;
    world.inspect("credentials", widget).await?;
    let button = button(widget).await?;
    world.to_accounts(widget).await?;
    widget.choose("Everyday Checking").await?;
    world.inspect("chosen", widget).await?;
    widget.press("Use").await?;
    widget.wait_for_heading("is connected").await?;
    world.inspect("done", widget).await?;
    Ok(button)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_there_from_the_first_screen_to_the_last_and_what_was_corrected_is_told() -> Result<()> {
    story_at("look-of-token", View::NARROW, async |world| {
        let asked = Appearance {
            theme: Theme::Light,
            accent: Colour::parse("#ffcc00"),
            accent_dark: None,
            radius: Radius::new(0),
            font: Some(Font::Serif),
        };
        let token = world.proxy.mint_looking("loud", asked).await?;
        let [correction] = token.appearance_corrected[..] else {
            anyhow::bail!("a yellow cannot be read on white: {:?}", token.appearance_corrected)
        };
        let page = world.open_host_page().await?;
        page.create("one", token.link_token.expose()).await?;
        page.wait_until_told("one", "ready").await?;
        page.call("one", "open").await?;
        let widget = page.widget().await?;
        let button = whole_path(world, &widget).await?;
        let used = json!(correction.used.to_string());
        ensure!(
            corrected(&page).await? == [json!(["accent", "#ffcc00", used])],
            "the page is told once what its server was told: {:?}",
            corrected(&page).await?
        );
        ensure!(button["backgroundColor"] == computed(&used)?, "{button}");
        ensure!(button["borderRadius"] == "0px", "{button}");
        ensure!(button["fontFamily"].as_str().is_some_and(|font| font.starts_with("ui-serif")), "{button}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_may_say_how_it_looks_and_is_told_what_there_is_not() -> Result<()> {
    story_at("look-of-page", View::NARROW, async |world| {
        let token = world.proxy.mint("page").await?;
        let page = world.open_host_page().await?;
        let wish = json!({ "theme": "dark", "accentDark": "#ff9eb5", "radius": 24, "font": "Comic Sans" });
        page.create_looking("one", token.link_token.expose(), &wish).await?;
        page.wait_until_told("one", "ready").await?;
        page.call("one", "open").await?;
        let widget = page.widget().await?;
        let button = whole_path(world, &widget).await?;
        ensure!(corrected(&page).await? == [json!(["font", null, null])], "{:?}", corrected(&page).await?);
        ensure!(button["backgroundColor"] == computed(&json!("#ff9eb5"))?, "{button}");
        ensure!(button["borderRadius"] == "24px", "{button}");
        Ok(())
    })
    .await
}

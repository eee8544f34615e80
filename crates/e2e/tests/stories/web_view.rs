//! The widget in an app's web view: its page stands alone, the token comes behind `#`, and what happens goes over the app's
//! bridge.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::browser::View;
use linchpin_e2e::journey::{Decision, PASSCODE};
use linchpin_e2e::page::{Page, Widget};
use linchpin_e2e::{World, story_at, wait};
use linchpin_protocol::{LinkId, LinkToken};
use serde_json::Value;

const OWN_PAGE: &str = "Own Page Bank";
/// What an app puts into its web view; and what it hears of documents that are gone.
const BRIDGE: &str = "const told = () => JSON.parse(sessionStorage.getItem('told') ?? '[]');
    window.LinchpinApp = {
        postMessage: (text) => sessionStorage.setItem('told', JSON.stringify([...told(), JSON.parse(text)])),
    };";

/// A story on a phone, whose app has opened the widget.
async fn in_an_app(
    name: &str,
    tell: impl AsyncFnOnce(&World, Widget<'_>, LinkToken) -> Result<()>,
) -> Result<()> {
    story_at(name, View::NARROW, async |world| {
        let token = world.proxy.mint_for_app(name).await?;
        let widget = open(world, &token.link_id, token.link_token.expose()).await?;
        tell(world, widget, token).await
    })
    .await
}

async fn open<'w>(world: &'w World, link: &LinkId, behind: &str) -> Result<Widget<'w>> {
    world.browser.go("about:blank").await?;
    world.browser.engine().put_into_pages(BRIDGE).await?;
    world.browser.go(&format!("{}/widget?link={link}#{behind}", world.proxy.origin())).await?;
    Ok(Widget::alone(&world.browser, link))
}

/// What the app was told, of one type.
async fn told(widget: &Widget<'_>, kind: &str) -> Result<Vec<Value>> {
    let all = widget.run_plain("return JSON.parse(sessionStorage.getItem('told') ?? '[]')").await?;
    let all = all.as_array().cloned().context("a list")?;
    Ok(all.into_iter().filter(|message| message["type"] == kind).collect())
}

/// Chooses the account, and looks at what the app has in the end.
async fn finish(world: &World, widget: &Widget<'_>, token: &LinkToken) -> Result<()> {
    world.choose(widget).await?;
    widget.press("Back to").await?;
    wait::until(
        "the end to be told",
        async || Ok((!told(widget, "success").await?.is_empty()).then_some(())),
    )
    .await?;
    let (linked, success) = (told(widget, "linked").await?, told(widget, "success").await?);
    ensure!(linked.len() == 1 && success.len() == 1, "{linked:?} {success:?}");
    let public_token = linked[0]["public_token"].as_str().unwrap_or_default();
    ensure!(public_token.starts_with("pt_"), "the app has what its server exchanges: {linked:?}");
    ensure!(success[0]["results"].as_array().is_some_and(|all| all.len() == 1), "{success:?}");
    ensure!(!told(widget, "ready").await?.is_empty(), "it was told when the first screen was there");
    let told = widget.run_plain("return sessionStorage.getItem('told')").await?;
    let secret = token.link_token.expose();
    ensure!(told.as_str().is_some_and(|told| !told.contains(secret)), "the link token stays in the page");
    ensure!(!told.as_str().is_some_and(|told| told.contains(PASSCODE)), "and so does the login");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_hears_over_its_bridge_what_was_linked() -> Result<()> {
    in_an_app("web-view", async |world, widget, token| {
        widget.wait_for_heading("Find your bank").await?;
        let address = widget.run_plain("return location.href").await?;
        let address = address.as_str().context("an address")?;
        ensure!(!address.contains('#') && !address.contains("lt_"), "the token has gone out of {address}");
        world.inspect("web-view", &widget).await?;
        world.find_the_form(&widget).await?;
        world.to_accounts(&widget).await?;
        finish(world, &widget, &token).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_banks_own_page_an_app_comes_back_to_the_widget() -> Result<()> {
    in_an_app("web-view-bank", async |world, widget, token| {
        // What the bank says may overtake the widget as it gets a way there.
        world.expect_error("409");
        widget.wait_for_heading("Find your bank").await?;
        widget.search("own page", OWN_PAGE).await?;
        widget.press(OWN_PAGE).await?;
        widget.wait_for_heading("Sign in at").await?;
        widget.wait_for_text("opens a new tab").await?;
        widget.press("Continue in this window").await?;
        let bank = Page::shown(&world.browser);
        bank.wait_for_heading(OWN_PAGE).await?;
        world.decide_and_see(&bank, Decision::Allow, "Which account").await?;
        finish(world, &widget, &token).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_brings_no_token_is_told_so() -> Result<()> {
    story_at("web-view-no-token", View::NARROW, async |world| {
        world.expect_error("401");
        let token = world.proxy.mint_for_app("forgetful").await?;
        let widget = open(world, &token.link_id, "").await?;
        widget.wait_for_heading("This could not be opened").await?;
        let failed = told(&widget, "failed").await?;
        ensure!(failed.len() == 1 && failed[0]["code"] == "token_invalid", "{failed:?}");
        world.inspect("web-view-no-token", &widget).await
    })
    .await
}

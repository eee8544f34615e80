//! The same path in the dark, on the narrowest screen, and without a mouse.

use anyhow::{Result, ensure};
use fantoccini::key::Key;
use linchpin_e2e::browser::View;
use linchpin_e2e::journey::{BANK, CONSENT, PASSCODE, QUESTION, right_answer};
use linchpin_e2e::page::SEARCH;
use linchpin_e2e::{World, story, story_at};

#[tokio::test(flavor = "multi_thread")]
async fn the_path_can_be_walked_in_the_dark() -> Result<()> {
    story_at("dark", View::DARK, whole_path).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_can_be_walked_on_the_narrowest_screen() -> Result<()> {
    story_at("narrow", View::NARROW, whole_path).await
}

async fn whole_path(world: &World) -> Result<()> {
    let page = world.open_host_page().await?;
    world.inspect_host("host", &page).await?;
    let widget = page.connect().await?;
    widget.wait_for_text("To show your money in one place").await?;
    world.inspect("consent", &widget).await?;
    world.agree(&widget).await?;
    world.inspect("popular", &widget).await?;
    widget.search("chase", BANK).await?;
    world.inspect("search", &widget).await?;
    widget.press(BANK).await?;
    widget.wait_for_heading("Sign in to").await?;
    world.inspect("credentials", &widget).await?;
    world.sign_in(&widget, "practice-question", PASSCODE).await?;
    widget.wait_for_heading("Connecting to").await?;
    world.inspect("progress", &widget).await?;
    world.pass_time_until_text(&widget, QUESTION).await?;
    world.inspect("challenges", &widget).await?;
    world.answer_until_accounts(&widget).await?;
    world.inspect("choose-account", &widget).await?;
    world.choose(&widget).await?;
    world.inspect("done", &widget).await?;
    widget.press("Back to").await?;
    page.wait_until_closed().await?;
    page.wait_for_text("Verified").await?;
    world.inspect_host("host-connected", &page).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_can_be_walked_with_the_keyboard_alone() -> Result<()> {
    story("keyboard", async |world| {
        let enter = String::from(char::from(Key::Enter));
        let down = String::from(char::from(Key::Down));
        let space = " ";
        let page = world.open_host_page().await?;
        page.tab_to("Connect your bank").await?;
        page.keys(&enter).await?;
        let widget = page.widget().await?;
        widget.wait_for_heading(CONSENT).await?;
        widget.focus_is_on_the_heading().await?;
        widget.wait_for_text("To show your money in one place").await?;
        widget.tab_to("Continue").await?;
        widget.keys(&enter).await?;
        widget.wait_for_heading("Find your bank").await?;
        widget.focus_is_on_the_heading().await?;

        widget.tab_to(SEARCH).await?;
        widget.keys("chase").await?;
        widget.wait_for_result(BANK).await?;
        widget.keys(&down).await?;
        widget.keys(&enter).await?;
        widget.wait_for_heading("Sign in to").await?;
        widget.focus_is_on_the_heading().await?;

        widget.tab_to("User name").await?;
        widget.keys("practice-question").await?;
        widget.tab_to("Password").await?;
        widget.keys(PASSCODE).await?;
        widget.keys(&enter).await?;
        world.pass_time_until_text(&widget, QUESTION).await?;
        let answer = right_answer()?;
        world
            .answer_until_accounts_by(&widget, async || {
                widget.focus_is_on_the_heading().await?;
                widget.tab_to("What was the name of your first pet").await?;
                widget.keys(&answer).await?;
                widget.keys(&enter).await
            })
            .await?;
        widget.focus_is_on_the_heading().await?;

        widget.tab_to("Everyday Checking").await?;
        widget.keys(space).await?;
        widget.tab_to("Use").await?;
        widget.keys(&enter).await?;
        widget.wait_for_heading("is connected").await?;
        widget.focus_is_on_the_heading().await?;
        widget.tab_to("Back to").await?;
        widget.keys(&enter).await?;
        page.wait_until_closed().await?;
        page.wait_for_text("Verified").await?;
        let number = world.host.verified_number();
        ensure!(number.is_some(), "the host's server has the account");
        Ok(())
    })
    .await
}

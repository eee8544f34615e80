//! The ways out: the question whether to leave, a bank that is connected already, a session that is over.

use anyhow::{Result, ensure};
use linchpin_e2e::browser::View;
use linchpin_e2e::journey::BANK;
use linchpin_e2e::keyboard::Press::{BackTab, Enter, Escape, Tab};
use linchpin_e2e::keyboard::Walk;
use linchpin_e2e::story_at;

use super::{OPENER, close, open, seek, sign_in};

#[tokio::test(flavor = "multi_thread")]
async fn who_would_leave_is_asked_stays_where_they_were_and_gets_back_to_the_page() -> Result<()> {
    story_at("keyboard-leaving", View::NARROW, async |world| {
        let page = world.open_host_page().await?;
        let mut walk = Walk::begin(world, "leaving", &page)?;
        walk.tabs_to(OPENER).await?;
        let widget = open(world, &page, "leaver").await?;
        walk.enters_again(&widget, "heading Find your bank").await?;
        seek(&mut walk, &widget, BANK).await?;
        walk.passes(Enter, "heading Sign in to JPMorgan Chase Bank").await?;
        walk.tabs_to("textbox User name").await?;
        walk.types("practice-good", "a user name").await?;
        walk.opens(Escape, "heading Leave without finishing?", "Stay").await?;
        walk.press(Tab, "button Stay").await?;
        walk.press(Tab, "button Leave").await?;
        walk.press(BackTab, "button Stay").await?;
        walk.press(Enter, "textbox User name").await?;
        let typed = widget.value_of("User name").await?;
        ensure!(typed.as_deref() == Some("practice-good"), "staying keeps what was typed: {typed:?}");
        walk.passes(Escape, "heading Leave without finishing?").await?;
        // Escape takes the question back.
        walk.press(Escape, "textbox User name").await?;
        walk.tabs_back_to("button Close").await?;
        walk.passes(Enter, "heading Leave without finishing?").await?;
        walk.tabs_to("button Leave").await?;
        close(walk, &page).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_is_connected_already_says_so_and_a_session_that_is_over_leads_out() -> Result<()> {
    story_at("keyboard-already", View::NARROW, async |world| {
        world.expect_error("401");
        let page = world.open_host_page().await?;
        world.link_chase(&page, "again").await?;

        let page = world.open_host_page().await?;
        let mut walk = Walk::begin(world, "already", &page)?;
        walk.tabs_to(OPENER).await?;
        let widget = open(world, &page, "again").await?;
        walk.enters(&widget, "heading Find your bank", BANK).await?;
        seek(&mut walk, &widget, BANK).await?;
        walk.opens(Enter, "heading JPMorgan Chase Bank is connected already", "Use another sign-in").await?;
        walk.tabs_to("button Use another sign-in…").await?;
        walk.passes(Enter, "heading Sign in to JPMorgan Chase Bank").await?;
        world.proxy.revoke(widget.link()).await?;
        sign_in(&mut walk).await?;
        walk.arrives("heading Your session is over", "Start again").await?;
        walk.tabs_to("button Close").await?;
        close(walk, &page).await
    })
    .await
}

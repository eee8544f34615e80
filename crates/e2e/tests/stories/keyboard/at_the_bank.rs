//! Sign-in on the bank's own page, in a window of its own: left once, then finished.

use anyhow::Result;
use linchpin_e2e::browser::View;
use linchpin_e2e::journey::Decision;
use linchpin_e2e::keyboard::Press::Enter;
use linchpin_e2e::keyboard::Walk;
use linchpin_e2e::page::Page;
use linchpin_e2e::story_at;

use super::{OPENER, close, open, seek};

const BANK: &str = "Own Page Bank";

#[tokio::test(flavor = "multi_thread")]
async fn the_banks_own_page_is_left_gone_back_to_and_allowed() -> Result<()> {
    story_at("keyboard-at-the-bank", View::NARROW, async |world| {
        // What the bank says may overtake the widget as it gets a way there.
        world.expect_error("409");
        let page = world.open_host_page().await?;
        let mut walk = Walk::begin(world, "at-the-bank", &page)?;
        walk.tabs_to(OPENER).await?;
        let widget = open(world, &page, "bank").await?;
        walk.enters_again(&widget, "heading Find your bank").await?;
        seek(&mut walk, &widget, BANK).await?;
        walk.opens(Enter, "heading Sign in at Own Page Bank", "opens a new tab").await?;

        walk.tabs_to("link Continue to…").await?;
        walk.leaves(Enter).await?;
        let before = world.browser.go_to_new_window().await?;
        let bank = Page::shown(&world.browser);
        bank.wait_for_heading(BANK).await?;
        world.browser.close_window(&before).await?;
        walk.arrives("heading Finish at Own Page Bank", "Did no page open?").await?;
        walk.tabs_to("button Cancel").await?;
        walk.opens(Enter, "heading Sign in at Own Page Bank", "You have not signed in").await?;

        walk.tabs_to("link Continue to…").await?;
        walk.leaves(Enter).await?;
        let before = world.browser.go_to_new_window().await?;
        let bank = Page::shown(&world.browser);
        bank.wait_for_heading(BANK).await?;
        walk.goes_to(&bank, "the bank’s page");
        walk.tabs_to("button Allow").await?;
        walk.leaves(Enter).await?;
        bank.wait_for_heading(Decision::Allow.told()).await?;
        world.browser.close_window(&before).await?;
        walk.returns_to(&widget);
        world.pass_time_until(&widget, "Which account").await?;
        walk.comes_to("heading Which account…").await?;
        walk.tabs_to("radio Everyday Checking…").await?;
        walk.checks("radio Everyday Checking…").await?;
        walk.tabs_to("button Use…").await?;
        walk.passes(Enter, "heading Own Page Bank is connected").await?;
        walk.tabs_to("button Back to…").await?;
        close(walk, &page).await
    })
    .await
}

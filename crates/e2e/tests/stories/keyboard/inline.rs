//! The widget in a box of the host page: the keys come into it and out of it again, and it keeps nobody in.

use anyhow::{Result, ensure};
use linchpin_e2e::browser::View;
use linchpin_e2e::journey::BANK;
use linchpin_e2e::keyboard::Press::{Enter, Escape, Tab};
use linchpin_e2e::keyboard::Walk;
use linchpin_e2e::{story_at, wait};

use super::{OPENER, seek};

#[tokio::test(flavor = "multi_thread")]
async fn tab_leads_into_the_box_through_it_and_out_of_it() -> Result<()> {
    story_at("keyboard-inline", View::DESK, async |world| {
        let page = world.open_host_page().await?;
        let mut walk = Walk::begin(world, "inline", &page)?;
        let token = world.proxy.mint("inline").await?;
        page.create_in_box("one", token.link_token.expose(), 360).await?;
        page.wait_until_told("one", "ready").await?;
        walk.tabs_to(OPENER).await?;
        page.call("one", "open").await?;
        // Browsers do not lay a frame of another site out as long as it is out of sight.
        page.run_plain("document.querySelector('[data-box]').scrollIntoView()").await?;
        let widget = page.boxed("one").await?;
        widget.wait_for_heading("Find your bank").await?;
        world.inspect_host("host", &page).await?;
        world.inspect("search", &widget).await?;
        walk.keeps(OPENER).await?;
        walk.tabs_into(&widget).await?;
        seek(&mut walk, &widget, BANK).await?;
        walk.opens(Enter, "heading Sign in to JPMorgan Chase Bank", "Where your sign-in goes").await?;
        walk.tabs_to("textbox User name").await?;
        walk.press(Escape, "textbox User name").await?;
        ensure!(page.told("one", "exit").await?.is_empty(), "Escape does not close what is no dialog");
        walk.tabs_to("button Sign in").await?;
        walk.leaves(Tab).await?;
        wait::until("the focus to leave the box", async || {
            let inside = page.run_plain("return document.activeElement.tagName === 'IFRAME'").await?;
            Ok((inside == false).then_some(()))
        })
        .await?;
        walk.ends()
    })
    .await
}

//! Looking after a connection: it breaks at a refresh, is mended, would be moved, and is disconnected.

use anyhow::{Result, ensure};
use linchpin_e2e::browser::View;
use linchpin_e2e::keyboard::Press::{Enter, Tab};
use linchpin_e2e::keyboard::Walk;
use linchpin_e2e::upkeep::LOGIN;
use linchpin_e2e::{Setting, story_in};

use super::{OPENER, close};

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_mended_kept_from_moving_and_disconnected() -> Result<()> {
    story_in("keyboard-upkeep", Setting::over_basiq().seen_at(View::NARROW), async |world| {
        let page = world.open_host_page().await?;
        let id = world.link_hooli(&page, "keeper").await?;
        let page = world.open_host_page().await?;
        let mut walk = Walk::begin(world, "upkeep", &page)?;
        walk.tabs_to(OPENER).await?;
        let widget = world.manage(&page, "keeper").await?;
        walk.enters(&widget, "heading Your connections", "Working").await?;
        walk.tabs_to("button Hooli…").await?;
        walk.opens(Enter, "heading Hooli is connected", "Disconnect").await?;

        world.fail_next(id, "invalid-credentials").await?;
        walk.tabs_to("button Refresh now").await?;
        walk.leaves(Enter).await?;
        world.pass_time_until_text(&widget, "did not accept these details").await?;
        walk.arrives("alert…", "did not accept these details").await?;
        walk.tabs_to("textbox Login ID").await?;
        walk.types(LOGIN.0, "a login").await?;
        walk.press(Tab, "textbox Password").await?;
        walk.types(LOGIN.1, "a password").await?;
        walk.leaves(Enter).await?;
        world.pass_time_until_text(&widget, "works again").await?;
        walk.arrives("heading Your connections", "Working").await?;

        walk.tabs_to("button Hooli…").await?;
        walk.passes(Enter, "heading Hooli is connected").await?;
        walk.tabs_to("button Move to open banking").await?;
        walk.opens(Enter, "heading Move Hooli to open banking?", "Move it now").await?;
        walk.tabs_to("button Keep the connection").await?;
        walk.passes(Enter, "heading Hooli is connected").await?;

        walk.tabs_to("button Disconnect").await?;
        walk.opens(Enter, "heading Disconnect Hooli?", "Erase it too").await?;
        walk.tabs_to("button Disconnect").await?;
        walk.opens(Enter, "alert…", "There is a problem").await?;
        ensure!(world.ends().is_empty(), "nothing is done before: {:?}", world.ends());
        walk.tabs_to("link Choose what should happen to the data").await?;
        walk.passes(Enter, "radio Keep it with Basiq…").await?;
        walk.checks("radio Keep it with Basiq…").await?;
        walk.tabs_to("button Disconnect").await?;
        walk.leaves(Enter).await?;
        widget.wait_for_text("Hooli is disconnected").await?;
        walk.comes_to("heading…").await?;
        walk.tabs_to("button Back to…").await?;
        close(walk, &page).await
    })
    .await
}

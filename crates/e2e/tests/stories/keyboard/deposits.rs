//! A bank that is not in the list: two small deposits, from the numbers to the amounts.

use anyhow::Result;
use linchpin_e2e::browser::View;
use linchpin_e2e::deposits::{AMOUNTS, BANK, NUMBER, NUMBERS, ON_THEIR_WAY, ROUTING, SENT};
use linchpin_e2e::keyboard::Press::{Enter, Tab};
use linchpin_e2e::keyboard::Walk;
use linchpin_e2e::{Setting, story_in};

use super::{OPENER, SEEK, close, open};

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_corrected_deposits_ordered_and_their_amounts_typed() -> Result<()> {
    story_in("keyboard-deposits", Setting::over_v2().seen_at(View::NARROW), async |world| {
        let page = world.open_host_page().await?;
        world.practice.send_amounts([30, 5]);
        let mut walk = Walk::begin(world, "deposits", &page)?;
        walk.tabs_to(OPENER).await?;
        let widget = open(world, &page, "deposits").await?;
        walk.enters_again(&widget, "heading Find your bank").await?;
        walk.tabs_to(SEEK).await?;
        walk.types(BANK, BANK).await?;
        walk.hears("No bank found").await?;
        walk.tabs_to("button My bank is not listed").await?;
        walk.opens(Enter, "heading Which bank is missing?", "Prove the account").await?;
        walk.tabs_to("button Prove the account with two small deposits").await?;
        walk.opens(Enter, &format!("heading {NUMBERS}"), "").await?;

        walk.tabs_to("button Continue").await?;
        walk.opens(Enter, "alert…", "There is a problem").await?;
        walk.tabs_to("link Enter the routing number").await?;
        walk.press(Enter, "textbox Routing number").await?;
        walk.types(ROUTING, "a routing number").await?;
        walk.hears("Is this your bank?").await?;
        walk.tabs_to("textbox Account number").await?;
        walk.types(NUMBER, "an account number").await?;
        walk.tabs_to("textbox Account number again").await?;
        walk.types(NUMBER, "it again").await?;
        walk.tabs_to("button Continue").await?;
        walk.opens(Enter, "heading Is all of this right?", BANK).await?;
        walk.tabs_to("button Send the deposits").await?;
        walk.opens(Enter, &format!("heading {ON_THEIR_WAY}"), "They have not arrived").await?;

        world.practice.clock().advance(SENT);
        walk.arrives(&format!("heading {AMOUNTS}"), "tries are left").await?;
        walk.tabs_to("textbox One amount").await?;
        walk.types("0.50", "a wrong amount").await?;
        walk.hears("Read as 50 cents").await?;
        walk.press(Tab, "textbox Other amount").await?;
        walk.types("0.50", "the same once more").await?;
        walk.opens(Enter, "alert…", "These are not the two amounts").await?;
        let [one, other] = world.practice.statement().await?;
        walk.tabs_to("textbox One amount").await?;
        walk.types(&one, "one amount").await?;
        walk.hears("Read as").await?;
        walk.press(Tab, "textbox Other amount").await?;
        walk.types(&other, "the other").await?;
        walk.opens(Enter, "heading Your account at Lantern Thrift is proved", "").await?;
        walk.tabs_to("button Back to…").await?;
        close(walk, &page).await
    })
    .await
}

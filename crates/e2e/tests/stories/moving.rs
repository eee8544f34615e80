//! A person puts another connection in the place of one, and whatever is cut off on the way goes on.

use anyhow::{Result, ensure};
use linchpin_e2e::browser::View;
use linchpin_e2e::journey::Decision;
use linchpin_e2e::page::{HostPage, Widget};
use linchpin_e2e::upkeep::{BACK, HOOLI, changes, finish};
use linchpin_e2e::{Moment, Setting, Sort, World, story_in, wait};
use linchpin_sandbox::{BasiqEvent, BasiqEventKind, Event};
use std::time::Duration;

/// The call that erases the data.
const ERASE: Sort = Sort { method: "POST", begins: "/basiq/users/", ends: "/purge" };
/// The one that ends the connection.
const END: Sort = Sort { method: "DELETE", begins: "/basiq/users/", ends: "" };
/// The one that lets the person onto the provider's page, where the new connection is made.
const LET_IN: Sort = Sort { method: "POST", begins: "/basiq/token", ends: "" };
/// How long somebody waits before they press a button once more.
const HASTE: Duration = Duration::from_secs(3);

/// From the host page to the question whether to move, with a connection by login.
pub(crate) async fn to_the_question<'w>(world: &'w World, page: &HostPage<'w>) -> Result<Widget<'w>> {
    world.link_hooli(page, "mover").await?;
    let widget = world.manage_at(page, "mover", HOOLI).await?;
    widget.press("Move to open banking").await?;
    widget.wait_for_heading("to open banking?").await?;
    Ok(widget)
}

/// Waits until the new connection waits for its person. They need do nothing for it.
pub(crate) async fn until_the_new_one_waits(widget: &Widget<'_>) -> Result<()> {
    widget.wait_for_heading("Sign in at").await
}

/// From the new connection, which waits for its person, to the end.
pub(crate) async fn to_the_end(world: &World, page: &HostPage<'_>, widget: &Widget<'_>) -> Result<()> {
    world.give_permission(widget, HOOLI).await?;
    world.take_the_first(widget).await?;
    widget.wait_for_text("has moved").await?;
    finish(page, widget).await?;
    let changes = changes(page).await?;
    ensure!(changes == ["moved"], "the host is told of {changes:?}");
    Ok(())
}

/// One was ended before the other was made, each once, and no login was tried for it.
pub(crate) fn never_both(world: &World) -> Result<()> {
    let entries = world.practice.ledger().entries().into_iter();
    let lives = entries.filter_map(|entry| match entry.event {
        Event::Basiq(BasiqEvent::ConnectionCreated { method, .. }) => Some(method),
        Event::Basiq(BasiqEvent::ConnectionDeleted { .. }) => Some("ended"),
        _ => None,
    });
    let lives: Vec<_> = lives.collect();
    ensure!(lives == ["web", "ended", "open-banking"], "one after the other, each once: {lives:?}");
    let logins = world.practice.ledger().count_basiq(BasiqEventKind::LoginTried, None);
    ensure!(logins == 1, "no login was tried for it; there were {logins}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_moves_to_open_banking_stage_by_stage() -> Result<()> {
    story_in("basiq-move", Setting::over_basiq().seen_at(View::NARROW_DARK), async |world| {
        let page = world.open_host_page().await?;
        let widget = to_the_question(world, &page).await?;
        let said = widget.text().await?;
        for warning in [
            "The data read so far is erased. That cannot be undone.",
            "The present connection ends. That cannot be undone.",
            "Nothing is connected in between",
        ] {
            ensure!(said.contains(warning), "it is said before: {warning} Instead: {said}");
        }
        world.inspect("question", &widget).await?;
        widget.press("Move it now").await?;
        until_the_new_one_waits(&widget).await?;
        ensure!(world.ends() == ["erased", "ended"], "{:?}", world.ends());
        world.inspect("sign-in", &widget).await?;
        world.give_permission(&widget, HOOLI).await?;
        world.take_the_first(&widget).await?;
        widget.wait_for_text("has moved").await?;
        world.inspect("moved", &widget).await?;
        let told = page.told("manage", "done").await?;
        ensure!(told.is_empty(), "it is over when the person says so: {told:?}");
        finish(&page, &widget).await?;
        let changes = changes(&page).await?;
        ensure!(changes == ["moved"], "the host is told of {changes:?}");
        never_both(world)
    })
    .await
}

/// The proxy is killed at a call of a stage that goes on by itself, and started again: the person need not do it anew.
async fn is_killed_at(name: &str, call: Sort, moment: Moment, expected: &[&str]) -> Result<()> {
    story_in(name, Setting::over_basiq(), async |world| {
        // Nobody answers for a while.
        world.expect_error("net::ERR_");
        world.expect_error("409");
        let page = world.open_host_page().await?;
        let widget = to_the_question(world, &page).await?;
        world.practice.halt_at(call, moment);
        widget.press("Move it now").await?;
        world.practice.until_halted().await?;
        world.proxy.kill();
        world.proxy.start_again().await?;
        until_the_new_one_waits(&widget).await?;
        world.inspect("sign-in", &widget).await?;
        ensure!(world.ends() == expected, "{:?} instead of {expected:?}", world.ends());
        to_the_end(world, &page, &widget).await?;
        never_both(world)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_data_is_erased_it_goes_on() -> Result<()> {
    is_killed_at("move-before-erasing", ERASE, Moment::Before, &["erased", "ended"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_the_data_is_erased_it_goes_on() -> Result<()> {
    // Nobody knows whether it was done; what is erased already is erased once more without harm.
    is_killed_at("move-after-erasing", ERASE, Moment::After, &["erased", "erased", "ended"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_old_one_ends_it_goes_on() -> Result<()> {
    is_killed_at("move-before-ending", END, Moment::Before, &["erased", "ended"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_the_old_one_has_ended_it_goes_on() -> Result<()> {
    is_killed_at("move-after-ending", END, Moment::After, &["erased", "ended"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_step_of_making_the_new_one_it_goes_on() -> Result<()> {
    story_in("move-while-making", Setting::over_basiq(), async |world| {
        world.expect_error("net::ERR_");
        world.expect_error("409");
        let page = world.open_host_page().await?;
        let widget = to_the_question(world, &page).await?;
        widget.press("Move it now").await?;
        until_the_new_one_waits(&widget).await?;

        // On the way to the provider's page, where the tab stays empty.
        for moment in [Moment::Before, Moment::After] {
            world.practice.halt_at(LET_IN, moment);
            widget.press("Continue to").await?;
            let before = world.browser.go_to_new_window().await?;
            world.practice.until_halted().await?;
            world.proxy.kill();
            world.proxy.start_again().await?;
            world.browser.close_window(&before).await?;
            // It is not known yet that nobody is on the way any more: they try again, and not in a hurry.
            wait::until("the visit to be given up", async || {
                widget.press("Cancel").await?;
                let given_up = async || Ok(widget.heading().await?.contains("Sign in at").then_some(()));
                Ok(wait::within(HASTE, "the way there", given_up).await.ok())
            })
            .await?;
        }

        // While the person is there.
        let (there, before) = world.go_to_the_bank(&widget, "Continue to", "").await?;
        world.go_on_to(&there, HOOLI).await?;
        world.proxy.kill();
        world.proxy.start_again().await?;
        world.decide_and_see(&there, Decision::Allow, BACK).await?;
        world.browser.close_window(&before).await?;

        // When they are back.
        world.proxy.kill();
        world.proxy.start_again().await?;
        world.take_the_first(&widget).await?;
        widget.wait_for_text("has moved").await?;
        finish(&page, &widget).await?;
        ensure!(world.ends() == ["erased", "ended"], "{:?}", world.ends());
        never_both(world)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_closes_the_tab_in_the_middle_finds_it_gone_on_with() -> Result<()> {
    story_in("move-closed-tab", Setting::over_basiq(), async |world| {
        let page = world.open_host_page().await?;
        let widget = to_the_question(world, &page).await?;
        world.practice.halt_at(ERASE, Moment::Before);
        widget.press("Move it now").await?;
        world.practice.until_halted().await?;
        // As if the tab had been closed: nothing of the page before is left.
        let page = world.open_host_page().await?;
        let widget = world.manage(&page, "mover").await?;
        widget.wait_for_heading("Your connections").await?;
        world.inspect("list", &widget).await?;
        // The provider is given half a minute to answer.
        wait::within(wait::PATIENCE * 3, "the new one to wait for its person", async || {
            let text = widget.text().await?;
            Ok(text.contains("Not finished").then_some(()))
        })
        .await?;
        world.inspect("list-later", &widget).await?;
        ensure!(world.ends() == ["erased", "ended"], "nobody looked: {:?}", world.ends());

        // And once more, at the last stage.
        let page = world.open_host_page().await?;
        let widget = world.manage_at(&page, "mover", HOOLI).await?;
        widget.wait_for_heading("is not connected yet").await?;
        world.inspect("unfinished", &widget).await?;
        widget.press("Continue").await?;
        widget.wait_for_heading("Sign in at").await?;
        world.give_permission(&widget, HOOLI).await?;
        world.take_the_first(&widget).await?;
        widget.wait_for_text("Hooli is connected").await?;
        finish(&page, &widget).await?;
        never_both(world)
    })
    .await
}

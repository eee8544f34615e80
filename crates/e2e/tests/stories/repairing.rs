//! A connection breaks, for each cause that the provider tells apart; its person learns why, and mends it.
//!
//! | cause | what the provider says | what mends it |
//! | --- | --- | --- |
//! | the bank is away | `service-unavailable` | another refresh, in ten minutes |
//! | the bank is being serviced | `maintenance` | another refresh, in ten minutes |
//! | something is to be done at the bank | `account-not-accessible-requires-user-action` | to do it, and to say so |
//! | the login is wrong | `invalid-credentials` | the right one |
//! | the login is locked | `locked-account` | the bank alone |
//! | nobody has answered the bank, or wrongly | a failed question | another refresh, and the right answer |
//! | none that is known | `unblocked-by-mistake`, or any other word | another refresh |
//! | the consent at the bank is over | a date that has passed | to give it again, on the bank's page |
//! | the bank cannot be reached at all | `institution-disabled` | nothing: it can be disconnected |

use anyhow::{Result, ensure};
use linchpin_e2e::page::Widget;
use linchpin_e2e::upkeep::{CODE, HOOLI, LOGIN, LOGIN_WITH_CODE, PIED_PIPER, WATTLE, changes, finish};
use linchpin_e2e::{Setting, World, story_in};
use linchpin_sandbox::{BasiqConnectionId, BasiqEventKind};
use serde_json::json;

/// From the connection's screen: breaks at a refresh, which is said in these words. Then back to the list, where it has
/// this tag, and to the connection again.
async fn break_at_a_refresh(
    world: &World,
    widget: &Widget<'_>,
    id: BasiqConnectionId,
    (code, said, tag): (&str, &str, &str),
) -> Result<()> {
    world.fail_next(id, code).await?;
    widget.press("Refresh now").await?;
    world.pass_time_until_text(widget, said).await?;
    world.inspect(code, widget).await?;
    widget.press("Back").await?;
    widget.wait_for_heading("Your connections").await?;
    widget.wait_for_text(tag).await?;
    world.inspect(&format!("{code}-listed"), widget).await?;
    widget.press(HOOLI).await?;
    widget.wait_for_text("Disconnect").await?;
    world.inspect(&format!("{code}-later"), widget).await
}

/// As [`break_at_a_refresh`], and on to what is to be done about it.
async fn break_and_begin_to_fix(
    world: &World,
    widget: &Widget<'_>,
    id: BasiqConnectionId,
    (code, said): (&str, &str),
) -> Result<()> {
    break_at_a_refresh(world, widget, id, (code, said, "Needs you")).await?;
    widget.press("Fix it").await?;
    widget.wait_for_text(said).await
}

/// It works again, as the list says, and its screen.
async fn is_mended(world: &World, widget: &Widget<'_>, bank: &str) -> Result<()> {
    is_good(world, widget, bank, "works again").await
}

/// It works, as the list says in these words, and its screen.
async fn is_good(world: &World, widget: &Widget<'_>, bank: &str, said: &str) -> Result<()> {
    world.pass_time_until_text(widget, &format!("{bank} {said}")).await?;
    widget.press(bank).await?;
    widget.wait_for_heading("is connected").await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_at_a_refresh_says_why_and_is_mended() -> Result<()> {
    story_in("basiq-repair", Setting::over_basiq(), async |world| {
        let page = world.open_host_page().await?;
        let id = world.link_hooli(&page, "mender").await?;
        let widget = world.manage_at(&page, "mender", HOOLI).await?;

        let prompted = ("account-not-accessible-requires-user-action", "needs you to do something first");
        break_and_begin_to_fix(world, &widget, id, prompted).await?;
        widget.press("I have done this").await?;
        is_mended(world, &widget, HOOLI).await?;

        let unknown = ("unblocked-by-mistake", "Start again", "Needs you");
        break_at_a_refresh(world, &widget, id, unknown).await?;
        widget.press("Refresh now").await?;
        is_good(world, &widget, HOOLI, "is up to date").await?;

        break_and_begin_to_fix(world, &widget, id, ("invalid-credentials", "did not accept these details"))
            .await?;
        let replaced = world.practice.ledger().count_basiq(BasiqEventKind::LoginReplaced, None);
        ensure!(replaced == 0, "no login is sent by itself");
        world.log_in(&widget, LOGIN).await?;
        is_mended(world, &widget, HOOLI).await?;

        // Here the person can do nothing but ask the bank; the provider finds out when it is unlocked.
        break_and_begin_to_fix(world, &widget, id, ("locked-account", "has locked this sign-in")).await?;
        world.practice.bring_about_on(id, "status", &json!({"status": "active"})).await?;
        widget.press("Back").await?;
        widget.wait_for_text("Working").await?;
        widget.press(HOOLI).await?;
        widget.wait_for_heading("is connected").await?;
        let replaced = world.practice.ledger().count_basiq(BasiqEventKind::LoginReplaced, None);
        ensure!(replaced == 1, "one login was typed, {replaced} were sent");
        ensure!(world.made() == [id], "it is the same connection: {:?}", world.made());
        widget.press("Back").await?;
        finish(&page, &widget).await?;
        let changes = changes(&page).await?;
        ensure!(changes == ["repaired", "refreshed"], "the host is told of {changes:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_at_the_bank_is_said_and_the_bank_left_alone() -> Result<()> {
    for (code, said) in
        [("service-unavailable", "cannot be reached now"), ("maintenance", "connections are being serviced")]
    {
        story_in(&format!("basiq-repair-{code}"), Setting::over_basiq(), async |world| {
            let page = world.open_host_page().await?;
            let id = world.link_hooli(&page, "mender").await?;
            let widget = world.manage_at(&page, "mender", HOOLI).await?;
            break_at_a_refresh(world, &widget, id, (code, said, "On hold")).await?;
            widget.wait_for_text("You can refresh again").await?;
            ensure!(!widget.has_button("Refresh now").await?, "it was in trouble just now");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_asks_at_a_refresh_is_answered_and_if_wrongly_once_more() -> Result<()> {
    story_in("basiq-repair-code", Setting::over_basiq(), async |world| {
        let page = world.open_host_page().await?;
        let widget = world.begin_link(&page, "mender").await?;
        widget.search("pied piper", PIED_PIPER).await?;
        widget.press(PIED_PIPER).await?;
        world.log_in(&widget, LOGIN_WITH_CODE).await?;
        world.pass_time_until_text(&widget, "Enter").await?;
        world.type_code(&widget, CODE).await?;
        world.take_the_first(&widget).await?;
        widget.wait_for_heading("is connected").await?;
        finish(&page, &widget).await?;

        let widget = world.manage_at(&page, "mender", PIED_PIPER).await?;
        widget.press("Refresh now").await?;
        world.pass_time_until_text(&widget, "Enter").await?;
        world.inspect("asked", &widget).await?;
        world.type_code(&widget, "9999").await?;
        world.pass_time_until_text(&widget, "Start again").await?;
        world.inspect("unanswered", &widget).await?;
        widget.press("Back").await?;
        widget.wait_for_text("Needs you").await?;
        widget.press(PIED_PIPER).await?;
        widget.press("Refresh now").await?;
        world.pass_time_until_text(&widget, "Enter").await?;
        world.type_code(&widget, CODE).await?;
        is_good(world, &widget, PIED_PIPER, "is up to date").await?;
        world.inspect("mended", &widget).await?;
        let ledger = world.practice.ledger();
        let answers = ledger.count_basiq(BasiqEventKind::AnswerGiven, None);
        ensure!(answers == 3, "three codes were typed, {answers} were sent");
        let made = world.made().len();
        ensure!(made == 1, "it is the same connection; {made} were made");
        world.proxy.has_kept_nothing_of(&[("a code", "\"1234\""), ("a code", "\"9999\"")])
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_that_is_over_is_given_again_at_the_bank() -> Result<()> {
    story_in("basiq-repair-consent", Setting::over_basiq(), async |world| {
        // A way to the bank is asked for while the connection moves on.
        world.expect_error("409");
        let page = world.open_host_page().await?;
        let widget = world.begin_link(&page, "mender").await?;
        widget.search("wattle", WATTLE).await?;
        widget.press(WATTLE).await?;
        widget.wait_for_heading("Sign in at").await?;
        world.give_permission(&widget, WATTLE).await?;
        world.take_the_first(&widget).await?;
        widget.wait_for_heading("is connected").await?;
        finish(&page, &widget).await?;
        let id = world.made()[0];

        let widget = world.manage_at(&page, "mender", WATTLE).await?;
        widget.wait_for_text("Permission Until").await?;
        widget.press("Back").await?;
        finish(&page, &widget).await?;
        let now = world.practice.clock().now();
        world.practice.bring_about_on(id, "expiry", &json!({"at": now.to_string()})).await?;

        let widget = world.manage(&page, "mender").await?;
        widget.wait_for_text("Needs you").await?;
        world.inspect("listed", &widget).await?;
        widget.press(WATTLE).await?;
        widget.wait_for_heading("needs you").await?;
        world.inspect("over", &widget).await?;
        widget.press("Fix it").await?;
        widget.wait_for_heading("Sign in at").await?;
        world.inspect("sign-in", &widget).await?;
        world.give_permission(&widget, WATTLE).await?;
        is_mended(world, &widget, WATTLE).await?;
        world.inspect("mended", &widget).await?;
        ensure!(world.made() == [id], "it is the same connection: {:?}", world.made());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_is_off_for_good_can_only_be_disconnected() -> Result<()> {
    story_in("basiq-repair-off", Setting::over_basiq(), async |world| {
        let page = world.open_host_page().await?;
        let id = world.link_hooli(&page, "mender").await?;
        let widget = world.manage_at(&page, "mender", HOOLI).await?;
        world.fail_next(id, "institution-disabled").await?;
        widget.press("Refresh now").await?;
        world.pass_time_until_text(&widget, "does not work any more").await?;
        world.inspect("off", &widget).await?;
        widget.press("Back").await?;
        widget.wait_for_heading("Your connections").await?;
        widget.press(HOOLI).await?;
        widget.wait_for_heading(HOOLI).await?;
        world.inspect("off-later", &widget).await?;
        widget.press("Disconnect").await?;
        widget.wait_for_heading("Disconnect Hooli?").await?;
        // It does not work, so nothing can be erased.
        widget.wait_for_text("The data cannot be erased now").await?;
        world.inspect("question", &widget).await?;
        widget.press("Disconnect").await?;
        widget.wait_for_text("Hooli is disconnected").await?;
        ensure!(world.ends() == ["ended"], "{:?}", world.ends());
        Ok(())
    })
    .await
}

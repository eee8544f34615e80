//! What becomes of deposits that do not arrive: one story for each error of the provider's, and for each end without a
//! proof. Each says what is so, and leads on.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::deposits::{
    AMOUNTS, CUSTOMER, DAY, NUMBER, NUMBERS, ON_THEIR_WAY, PROVED, ROUTING, SENT, UNLISTED, WITHOUT_NUMBERS,
};
use linchpin_e2e::journey::PASSCODE;
use linchpin_e2e::page::{HostPage, Widget};
use linchpin_e2e::{Setting, World, story_in};
use linchpin_protocol::VerificationState;
use std::time::Duration;

/// The heading of the form in which numbers are set right.
const CORRECTION: &str = "What are the right numbers?";

/// Orders deposits to these numbers and lets time pass until the screen has this heading; keeps a picture of it.
async fn until_it_says<'a>(
    world: &'a World,
    (routing, number): (&str, &str),
    time: Duration,
    heading: &str,
) -> Result<(HostPage<'a>, Widget<'a>)> {
    let (page, widget) = world.to_numbers().await?;
    world.order(&widget, routing, number).await?;
    world.practice.clock().advance(time);
    widget.wait_for_heading(heading).await?;
    widget.focus_is_on_the_heading().await?;
    world.inspect("problem", &widget).await?;
    Ok((page, widget))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_account_number_is_set_right_and_a_tab_with_the_old_deposits_says_so() -> Result<()> {
    story_in("deposits-account-number", Setting::over_v2(), async |world| {
        world.expect_error("409");
        let says = "Lantern Thrift does not know this account number";
        let (_, widget) = until_it_says(world, (ROUTING, "990011112222"), 2 * DAY, says).await?;
        widget.wait_for_text("Correct the numbers of Lantern Thrift •••• 2222").await?;
        let deposit = world.told_deposits().await?;
        let first = world.open_tab().await?;
        let page = world.open_host_page().await?;
        let old = world.open_deposits(&page, "old", &deposit).await?;
        old.wait_for_heading(says).await?;

        let second = world.browser.switch_to(first).await?;
        widget.press("Correct the numbers").await?;
        widget.wait_for_heading(CORRECTION).await?;
        let kept = widget.value_of("Routing number").await?;
        ensure!(kept.as_deref() == Some(ROUTING), "what was right need not be typed again: {kept:?}");
        world.inspect("correction", &widget).await?;
        world.order(&widget, ROUTING, NUMBER).await?;
        world.confirm(&widget).await?;
        world.sent_deposits(2)?;

        world.browser.switch_to(second).await?;
        old.press("Correct the numbers").await?;
        old.wait_for_heading(CORRECTION).await?;
        world.give_numbers(&old, ROUTING, "500000001").await?;
        old.press("Send the deposits").await?;
        old.wait_for_heading("New deposits were sent instead").await?;
        world.inspect("replaced", &old).await?;
        world.sent_deposits(2)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_routing_number_is_set_right() -> Result<()> {
    story_in("deposits-routing-number", Setting::over_v2(), async |world| {
        let says = "This routing number is wrong";
        let (_, widget) = until_it_says(world, ("129999911", NUMBER), SENT, says).await?;
        widget.press("Correct the numbers").await?;
        widget.wait_for_heading(CORRECTION).await?;
        world.order(&widget, ROUTING, NUMBER).await?;
        world.confirm(&widget).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_takes_no_deposits_leads_to_another() -> Result<()> {
    story_in("deposits-bank-account", Setting::over_v2(), async |world| {
        let says = "takes no deposits";
        let (_, widget) = until_it_says(world, (ROUTING, "990021112222"), 2 * DAY, says).await?;
        widget.wait_for_text("Please use another account.").await?;
        let deposit = world.told_deposits().await?;
        let result = world.told_that_they_are_at(&deposit, "use_another_account").await?;
        ensure!(result.verification == VerificationState::Failed, "{result:?}");
        widget.press("Send deposits to another account").await?;
        widget.wait_for_heading(NUMBERS).await?;
        world.order(&widget, ROUTING, NUMBER).await?;
        world.confirm(&widget).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn deposits_that_the_provider_could_not_send_are_sent_again_by_itself() -> Result<()> {
    story_in("deposits-process-error", Setting::over_v2(), async |world| {
        let says = "The deposits are held up";
        let (_, widget) = until_it_says(world, (ROUTING, "990031112222"), SENT, says).await?;
        widget.wait_for_text("your numbers are fine").await?;
        world.practice.clock().advance(DAY);
        world.confirm(&widget).await?;
        world.sent_deposits(1)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_confirms_in_time_is_nobodys_fault_and_can_be_sent_anew() -> Result<()> {
    story_in("deposits-not-confirmed", Setting::over_v2(), async |world| {
        let says = "The time for these deposits is over";
        let (_, widget) = until_it_says(world, (ROUTING, NUMBER), 31 * DAY, says).await?;
        widget.wait_for_text("Nobody confirmed them in time. No amounts were wrong.").await?;
        widget.press("Send new deposits").await?;
        widget.wait_for_heading(CORRECTION).await?;
        world.order(&widget, ROUTING, NUMBER).await?;
        world.confirm(&widget).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_does_not_find_says_that_and_not_that_somebody_was_wrong() -> Result<()> {
    story_in("deposits-not-found", Setting::over_v2(), async |world| {
        let (_, widget) = world.to_search().await?;
        let digits = world.link_without_numbers(&widget, WITHOUT_NUMBERS).await?;
        world.order(&widget, ROUTING, &format!("99005000{digits}")).await?;
        world.practice.clock().advance(31 * DAY);
        widget.wait_for_heading("The deposits were not found in time").await?;
        world.inspect("problem", &widget).await
    })
    .await
}

/// Wants the login given again a day after it was first good.
const LAPSING: &str = "Lapsing Login Bank";

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_lapses_meanwhile_is_given_again_and_the_deposits_are_found() -> Result<()> {
    story_in("deposits-repair", Setting::over_v2(), async |world| {
        let page = world.open_host_page().await?;
        let widget = world.open_for(&page, CUSTOMER).await?;
        let digits = world.link_without_numbers(&widget, LAPSING).await?;
        world.order(&widget, ROUTING, &format!("40017712{digits}")).await?;
        let deposit = world.told_deposits().await?;
        world.browser.go("about:blank").await?;

        world.practice.clock().advance(SENT);
        world.practice.clock().advance(2 * DAY);
        world.told_that_they_are_at(&deposit, "repair_connection").await?;
        let (_, widget) = comes_back(world).await?;
        widget.press("Look after two deposits").await?;
        widget.wait_for_heading(&format!("{LAPSING} needs you to sign in again")).await?;
        world.inspect("problem", &widget).await?;
        widget.press("Sign in again").await?;
        widget.wait_for_heading("Sign in to").await?;
        world.sign_in(&widget, "practice-good", PASSCODE).await?;
        world.pass_time_until(&widget, ON_THEIR_WAY).await?;
        world.inspect("repaired", &widget).await?;
        world.practice.clock().advance(2 * DAY);
        widget.wait_for_heading(PROVED).await?;
        world.told_that_they_are_at(&deposit, "verified").await.map(drop)
    })
    .await
}

/// The customer opens the widget again, and is welcomed with what is unfinished.
async fn comes_back(world: &World) -> Result<(HostPage<'_>, Widget<'_>)> {
    let page = world.open_host_page().await?;
    let widget = world.open_for(&page, CUSTOMER).await?;
    widget.wait_for_heading("Welcome back").await.context("there is something unfinished")?;
    world.inspect("welcome", &widget).await?;
    Ok((page, widget))
}

/// What the provider may say, and the heading that it leads to.
const OUTCOMES: [(&str, &str); 8] = [
    ("submitted", AMOUNTS),
    ("transferred", AMOUNTS),
    ("verified", PROVED),
    ("invalid_account_number", "does not know this account number"),
    ("invalid_bank_account", "takes no deposits"),
    ("invalid_routing_number", "This routing number is wrong"),
    ("process_error", "The deposits are held up"),
    ("verification_failed", "The time for these deposits is over"),
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_provider_says_of_deposits_has_its_screen() -> Result<()> {
    story_in("deposits-outcomes", Setting::over_v2(), async |world| {
        let page = world.open_host_page().await?;
        for (nth, (outcome, heading)) in OUTCOMES.into_iter().enumerate() {
            let widget = world.open_for(&page, outcome).await?;
            world.leave_the_search(&widget).await?;
            world.order(&widget, ROUTING, &format!("50000000{nth}")).await?;
            world.practice.bring_about(outcome).await?;
            widget.wait_for_heading(heading).await.context(outcome)?;
            world.inspect(outcome, &widget).await?;
            widget.press("Close").await?;
            page.wait_until_closed().await?;
            page.call(outcome, "destroy").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_a_linked_account_are_set_right_and_have_to_be_that_accounts() -> Result<()> {
    story_in("deposits-linked-account", Setting::over_v2(), async |world| {
        let (_, widget) = world.to_search().await?;
        let digits = world.link_without_numbers(&widget, WITHOUT_NUMBERS).await?;
        world.order(&widget, UNLISTED, &format!("40017712{digits}")).await?;
        world.practice.bring_about("invalid_account_number").await?;
        widget.wait_for_heading("PrimeSouth Bank does not know this account number").await?;
        widget.press("Correct the numbers").await?;
        widget.wait_for_heading(CORRECTION).await?;
        // The proxy knows how the number of that account ends, and refuses another.
        world.expect_error("422");
        world.give_numbers(&widget, UNLISTED, NUMBER).await?;
        if !widget.text().await?.contains(OTHER) {
            widget.press("Send the deposits").await?;
        }
        widget.wait_for_text(OTHER).await?;
        world.inspect("another-account", &widget).await?;
        world.order(&widget, UNLISTED, &format!("50017712{digits}")).await?;
        world.practice.clock().advance(4 * DAY);
        widget.wait_for_heading(PROVED).await
    })
    .await
}

/// What is said of a number that cannot be the linked account's.
const OTHER: &str = "This is not the number of the account that you chose";

#[tokio::test(flavor = "multi_thread")]
async fn an_account_gets_three_deposits_in_a_month_whoever_asks() -> Result<()> {
    story_in("deposits-too-many", Setting::over_v2(), async |world| {
        world.expect_error("429");
        let page = world.open_host_page().await?;
        for user in ["first", "second", "third"] {
            let widget = world.open_for(&page, user).await?;
            world.leave_the_search(&widget).await?;
            world.order(&widget, ROUTING, NUMBER).await?;
            widget.press("Back to").await?;
            page.wait_until_closed().await?;
            page.call(user, "destroy").await?;
        }
        let widget = world.open_for(&page, "fourth").await?;
        world.leave_the_search(&widget).await?;
        world.give_numbers(&widget, ROUTING, NUMBER).await?;
        widget.press("Send the deposits").await?;
        widget.wait_for_text("No more deposits can be sent for now").await?;
        world.inspect("too-many", &widget).await?;
        world.sent_deposits(3)
    })
    .await
}

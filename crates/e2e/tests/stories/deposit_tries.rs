//! Amounts: typed in many ways, wrong, too often wrong, in two tabs, not there. And deposits that are given up.

use anyhow::{Result, ensure};
use linchpin_e2e::browser::View;
use linchpin_e2e::deposits::{AMOUNTS, CUSTOMER, NUMBER, ON_THEIR_WAY, PROVED, ROUTING, SENT, WRONG};
use linchpin_e2e::{Setting, story_in, wait};
use linchpin_protocol::VerificationState;
use linchpin_sandbox::EventKind;

#[tokio::test(flavor = "multi_thread")]
async fn three_wrong_pairs_end_it_and_what_is_no_amount_costs_nothing() -> Result<()> {
    story_in("deposits-too-many-tries", Setting::over_v2().seen_at(View::NARROW), async |world| {
        let (page, widget) = world.to_amounts().await?;
        let tried = || world.practice.ledger().count(EventKind::AmountsTried, None);
        for (amounts, says) in [
            (["0.5", "none"], "Enter an amount such as 0.12"),
            (["1.00", "0.12"], "Each amount is from 1 to 99 cents"),
            (["0", "12"], "Each amount is from 1 to 99 cents"),
        ] {
            world.give_amounts(&widget, amounts).await?;
            widget.wait_for_text(says).await?;
            ensure!(tried() == 0, "{amounts:?} are no amounts, so they are not tried");
        }
        world.inspect("no-amounts", &widget).await?;
        for left in ["2 tries are left.", "1 try is left."] {
            world.give_amounts(&widget, WRONG).await?;
            widget.wait_for_text("These are not the two amounts that were sent").await?;
            widget.wait_for_text(left).await?;
            world.inspect("wrong", &widget).await?;
        }
        world.give_amounts(&widget, WRONG).await?;
        widget.wait_for_heading("Wrong amounts too often").await?;
        world.inspect("too-often", &widget).await?;
        ensure!(tried() == 3, "three tries, and the bank saw {}", tried());
        let deposit = world.told_deposits().await?;
        let result = world.told_that_they_are_at(&deposit, "failed").await?;
        ensure!(result.verification == VerificationState::Failed, "{result:?}");
        widget.press("Send deposits to another account").await?;
        world.order(&widget, ROUTING, "500000001").await?;
        widget.press("Back to").await?;
        page.wait_until_closed().await?;
        page.wait_for_text("Two small deposits are on their way").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_are_understood_as_people_write_them() -> Result<()> {
    story_in("deposits-notations", Setting::over_v2(), async |world| {
        world.practice.send_amounts([7, 83]);
        let (_, widget) = world.to_amounts().await?;
        for (amounts, read) in [
            ([".07", "0,83"], "Read as 7 cents and 83 cents"),
            (["8¢", "$0.84"], "Read as 8 cents and 84 cents"),
            (["８３", " 7 "], "Read as 83 cents and 7 cents"),
        ] {
            for (field, amount) in ["One amount", "Other amount"].into_iter().zip(amounts) {
                widget.replace_in(field, amount).await?;
            }
            widget.wait_for_text(read).await?;
        }
        world.inspect("understood", &widget).await?;
        widget.press_twice("Check the amounts").await?;
        widget.wait_for_heading(PROVED).await?;
        let tried = world.practice.ledger().count(EventKind::AmountsTried, None);
        ensure!(tried == 1, "two clicks are one try; the bank saw {tried}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tabs_one_proves_the_account_and_the_other_says_so() -> Result<()> {
    story_in("deposits-two-tabs", Setting::over_v2(), async |world| {
        // The second tab acts on what is over, and the browser reports the refusal.
        world.expect_error("409");
        let (_, widget) = world.to_amounts().await?;
        let deposit = world.told_deposits().await?;
        let first = world.open_tab().await?;
        let page = world.open_host_page().await?;
        let other_tab = world.open_deposits(&page, "other", &deposit).await?;
        other_tab.wait_for_heading(AMOUNTS).await?;
        let second = world.browser.switch_to(first).await?;
        let [one, other] = world.practice.statement().await?;
        world.give_amounts(&widget, [&one, &other]).await?;
        widget.wait_for_heading(PROVED).await?;

        world.browser.switch_to(second).await?;
        world.give_amounts(&other_tab, WRONG).await?;
        other_tab.wait_for_heading(PROVED).await?;
        world.inspect("other-tab", &other_tab).await?;
        let tried = world.practice.ledger().count(EventKind::AmountsTried, None);
        ensure!(tried == 1, "what is proved is tried no more; the bank saw {tried}");
        world.told_that_they_are_at(&deposit, "verified").await.map(drop)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_no_deposits_learns_what_to_check_and_may_correct_the_numbers() -> Result<()> {
    story_in("deposits-not-arrived", Setting::over_v2().seen_at(View::NARROW_DARK), async |world| {
        let (_, widget) = world.to_numbers().await?;
        world.order(&widget, ROUTING, "500000001").await?;
        // While the host is being told of the order, a press does nothing yet.
        wait::until("what to check", async || {
            if widget.heading().await? == "Have they not arrived?" {
                return Ok(Some(()));
            }
            if widget.has_button("They have not arrived").await? {
                widget.press("They have not arrived").await?;
            }
            Ok(None)
        })
        .await?;
        for says in ["Until then, nothing is wrong.", "Is it Lantern Thrift •••• 0001 that you looked at?"]
        {
            widget.wait_for_text(says).await?;
        }
        world.inspect("not-arrived", &widget).await?;
        widget.press("Back").await?;
        widget.wait_for_heading(ON_THEIR_WAY).await?;
        world.practice.clock().advance(SENT);
        widget.wait_for_heading(AMOUNTS).await?;
        world.inspect("amounts", &widget).await?;
        widget.press("They have not arrived").await?;
        widget.press("Correct the numbers").await?;
        widget.wait_for_heading("What are the right numbers?").await?;
        world.order(&widget, ROUTING, NUMBER).await?;
        widget.wait_for_text("•••• 0934").await?;
        world.sent_deposits(2)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_finds_their_deposits_and_may_stop_them() -> Result<()> {
    story_in("deposits-withdrawn", Setting::over_v2(), async |world| {
        let (page, widget) = world.to_numbers().await?;
        world.order(&widget, ROUTING, NUMBER).await?;
        widget.press("Back to").await?;
        page.wait_until_closed().await?;
        let deposit = world.told_deposits().await?;
        world.browser.go("about:blank").await?;

        let page = world.open_host_page().await?;
        page.wait_for_text("are on their way").await?;
        let widget = world.open_for(&page, CUSTOMER).await?;
        widget.wait_for_heading("Welcome back").await?;
        world.inspect("welcome", &widget).await?;
        widget.press("Two deposits on their way").await?;
        widget.wait_for_heading(ON_THEIR_WAY).await?;
        widget.press("Stop these deposits").await?;
        widget.wait_for_heading("Stop these deposits?").await?;
        world.inspect("stop", &widget).await?;
        widget.press("Keep them").await?;
        widget.wait_for_heading(ON_THEIR_WAY).await?;
        widget.press("Stop these deposits").await?;
        widget.press("Stop them").await?;
        widget.wait_for_heading("These deposits are stopped").await?;
        world.inspect("stopped", &widget).await?;
        let result = world.told_that_they_are_at(&deposit, "withdrawn").await?;
        ensure!(result.verification == VerificationState::Failed, "{result:?}");
        widget.press("Close").await?;
        page.wait_until_closed().await?;
        let exit = page.wait_until_told(CUSTOMER, "exit").await?;
        ensure!(exit["reason"] == "closed_by_person", "{exit}");
        Ok(())
    })
    .await
}

//! Two proxies share a PostgreSQL behind one address, which leads to the one and the other in turn. Each is killed in the
//! middle, the other goes on, and the person hardly notices.

use super::moving::{never_both, to_the_end, to_the_question, until_the_new_one_waits};
use anyhow::{Result, ensure};
use linchpin_e2e::journey::{PASSCODE, QUESTION, right_answer};
use linchpin_e2e::{Moment, Setting, Sort, World, story_in};
use linchpin_sandbox::EventKind;

/// What is expected of a browser whose proxy is killed while it waits for an answer.
fn expect_broken_calls(world: &World) {
    world.expect_error("net::ERR_");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_with_a_question_goes_on_when_either_is_killed() -> Result<()> {
    story_in("replicas-link", Setting::default().over_two_replicas(), async |world| {
        expect_broken_calls(world);
        let (page, widget) = world.to_login().await?;
        world.sign_in(&widget, "practice-question", PASSCODE).await?;
        widget.wait_for_heading("Connecting to").await?;
        world.proxy.kill_replica(0);
        world.pass_time_until_text(&widget, QUESTION).await?;
        world.inspect("question", &widget).await?;
        world.proxy.start_replica(0).await?;

        widget.type_into(QUESTION, &right_answer()?).await?;
        widget.press("Continue").await?;
        widget.wait_for_heading("Connecting to").await?;
        world.proxy.kill_replica(1);
        world.pass_time_until(&widget, "Which account").await?;
        world.proxy.start_replica(1).await?;
        world.choose_and_finish(&page, &widget).await?;
        world.check_the_ends(&page).await?;

        let ledger = world.practice.ledger();
        for kind in [EventKind::UserCreated, EventKind::ConnectionCreated, EventKind::AnswerGiven] {
            let times = ledger.count(kind, None);
            ensure!(times == 1, "{kind:?} happened {times} times");
        }
        let logins = world.practice.typed_logins();
        ensure!(logins == 1, "one login was typed; the bank saw {logins}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_goes_on_when_whoever_has_it_in_hand_is_killed() -> Result<()> {
    const END: Sort = Sort { method: "DELETE", begins: "/basiq/users/", ends: "" };
    story_in("replicas-move", Setting::over_basiq().over_two_replicas(), async |world| {
        expect_broken_calls(world);
        world.expect_error("409");
        let page = world.open_host_page().await?;
        let widget = to_the_question(world, &page).await?;
        world.practice.halt_at(END, Moment::After);
        widget.press("Move it now").await?;
        world.practice.until_halted().await?;
        // Either may have it in hand. One of them always serves.
        for nth in [0, 1] {
            world.proxy.kill_replica(nth);
            world.proxy.start_replica(nth).await?;
        }
        until_the_new_one_waits(&widget).await?;
        ensure!(world.ends() == ["erased", "ended"], "{:?}", world.ends());
        to_the_end(world, &page, &widget).await?;
        never_both(world)
    })
    .await
}

//! Deposits over a wire that spoils one call, in every way: whoever goes on as the screen says proves their account, with
//! one pair of deposits, and no amounts are tried more often than they were typed.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::deposits::{AMOUNTS, NUMBER, NUMBERS, ON_THEIR_WAY, PROVED, ROUTING, SENT};
use linchpin_e2e::page::{HostPage, Widget};
use linchpin_e2e::{Fault, Setting, Sort, World, story_in, wait};
use linchpin_sandbox::EventKind;
use std::time::Duration;

/// How long one of them may take: the widget waits for some seconds where it is told to, and so may a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

const ORDER: Sort = Sort { method: "POST", begins: "/v1/deposits", ends: "deposits" };
const TRY: Sort = Sort { method: "POST", begins: "/v1/deposits/", ends: "/amounts" };

#[tokio::test(flavor = "multi_thread")]
async fn deposits_are_sent_once_whatever_becomes_of_the_order() -> Result<()> {
    every_fault("deposits-order-faults", ORDER).await
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_are_tried_once_whatever_becomes_of_the_answer() -> Result<()> {
    every_fault("deposits-amount-faults", TRY).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_a_call_to_the_provider_is_found_out_and_it_is_not_made_again() -> Result<()> {
    story_in("deposits-provider-faults", Setting::over_v2(), async |world| {
        let (_, widget) = world.to_numbers().await?;
        world.practice.lose_answer("/auth_deposits");
        world.give_numbers(&widget, ROUTING, NUMBER).await?;
        widget.press("Send the deposits").await?;
        widget.wait_for_heading("Asking for your deposits").await?;
        world.inspect("asking", &widget).await?;
        widget.wait_for_heading(ON_THEIR_WAY).await?;
        world.practice.clock().advance(SENT);
        widget.wait_for_heading(AMOUNTS).await?;
        world.practice.lose_answer("/auth_deposits/");
        let [one, other] = world.practice.statement().await?;
        world.give_amounts(&widget, [&one, &other]).await?;
        widget.wait_for_heading(PROVED).await?;
        let tried = world.practice.ledger().count(EventKind::AmountsTried, None);
        ensure!(tried == 1, "one try is one, whatever becomes of its answer; the bank saw {tried}");
        world.sent_deposits(1)
    })
    .await
}

async fn every_fault(name: &str, sort: Sort) -> Result<()> {
    story_in(name, Setting::over_v2().over_the_wire(), async |world| {
        for noise in ["409", "429", "500", "503", "ERR_", "Failed to load"] {
            world.expect_error(noise);
        }
        let page = world.open_host_page().await?;
        for (nth, fault) in Fault::ALL.into_iter().enumerate() {
            // Of one account, three deposits are sent in a month.
            let number = format!("50000000{nth}");
            one(world, &page, &number, (sort, fault))
                .await
                .with_context(|| format!("{fault:?} at {sort:?}"))?;
        }
        Ok(())
    })
    .await
}

/// Somebody new proves the account of this number.
async fn one(world: &World, page: &HostPage<'_>, number: &str, (sort, fault): (Sort, Fault)) -> Result<()> {
    let count = |kind| world.practice.ledger().count(kind, None);
    let before = (count(EventKind::DepositCreated), count(EventKind::AmountsTried));
    let widget = world.open_for(page, number).await?;
    world.leave_the_search(&widget).await?;
    world.wire.spoil(sort, 1, fault);
    let (mut seen, mut typed) = (String::new(), 0);
    let end = wait::within(PATIENCE, "the account to be proved", async || {
        seen = widget.heading().await?;
        typed += go_on(world, &widget, &seen, number).await?;
        Ok(seen.contains(PROVED).then_some(()))
    });
    end.await.with_context(|| format!("the heading is “{seen}”"))?;
    ensure!(world.wire.has_spoiled(), "the story never made this call");
    let sent = count(EventKind::DepositCreated) - before.0;
    ensure!(sent == 1, "one pair of deposits was asked for, and the bank sent {sent}");
    let tried = count(EventKind::AmountsTried) - before.1;
    ensure!(tried == 1 && typed <= 2, "amounts were typed {typed} times, and the bank saw {tried} tries");
    widget.press("Back to").await?;
    page.wait_until_told(number, "success").await?;
    page.wait_until_closed().await?;
    ensure!(page.told(number, "success").await?.len() == 1, "the host page is told of the end once");
    page.call(number, "destroy").await
}

/// Does what the screen says. Returns how often amounts were typed.
async fn go_on(world: &World, widget: &Widget<'_>, heading: &str, number: &str) -> Result<usize> {
    if widget.has_button("Try again").await? {
        widget.press("Try again").await?;
    } else if heading == NUMBERS && widget.has_button("Continue").await? {
        world.give_numbers(widget, ROUTING, number).await?;
    } else if widget.has_button("Send the deposits").await? {
        widget.press("Send the deposits").await?;
    } else if heading == ON_THEIR_WAY {
        world.practice.clock().advance(SENT);
        // It says the same until the widget has heard of it.
        wait::until("the form for the amounts", async || {
            Ok((widget.heading().await? == AMOUNTS).then_some(()))
        })
        .await?;
    } else if heading == AMOUNTS && widget.has_button("Check the amounts").await? {
        let [one, other] = world.practice.statement().await?;
        world.give_amounts(widget, [&one, &other]).await?;
        return Ok(1);
    }
    Ok(0)
}

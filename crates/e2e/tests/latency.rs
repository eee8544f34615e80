//! How fast what the proxy learns is on the screen. Alone in its program, so that nothing runs beside it.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::journey::{PASSCODE, QUESTION};
use linchpin_e2e::latency::{Transition, median, transitions};
use linchpin_e2e::{World, story};
use std::io::Write as _;

/// Milliseconds.
const BUDGET: u64 = 100;
/// One login a round: a bank asks nobody twice whom it knows.
const LOGINS: [&str; 3] = ["practice-question", "practice-good", "practice-slow"];

#[tokio::test(flavor = "multi_thread")]
async fn what_the_proxy_learns_is_painted_at_once() -> Result<()> {
    story("latency", async |world| {
        let mut all = Vec::new();
        for login in LOGINS {
            all.extend(round(world, login).await?);
        }
        ensure!(
            all.len() >= LOGINS.len(),
            "a round brings at least one change by long-poll; there were {}",
            all.len()
        );
        let middle = median(all.iter().map(|one| one.painted)).context("there are changes")?;
        // Straight to the stream: the test's own output is shown only when it fails.
        writeln!(
            std::io::stderr(),
            "learns → painted: {middle} ms (budget {BUDGET}), median of {}",
            all.len()
        )?;
        ensure!(middle <= BUDGET, "learns → painted: {middle} ms is over the budget of {BUDGET} ms: {all:?}");
        Ok(())
    })
    .await
}

/// From the login to the list of accounts; the changes of screen on the way.
async fn round(world: &World, login: &str) -> Result<Vec<Transition>> {
    let (_, widget) = world.to_login().await?;
    world.sign_in(&widget, login, PASSCODE).await?;
    if login == "practice-question" {
        world.pass_time_until_text(&widget, QUESTION).await?;
        world.answer_until_accounts(&widget).await?;
    } else {
        world.pass_time_until(&widget, "Which account").await?;
    }
    widget.wait_until_still().await?;
    transitions(world, &widget).await
}

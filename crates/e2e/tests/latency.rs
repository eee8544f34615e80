//! How fast what the proxy learns, and what is found for a key press, is on the screen. Alone in its program, so that nothing runs beside it.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::journey::{PASSCODE, QUESTION};
use linchpin_e2e::latency::{Transition, median, of_key_presses, transitions, watch_key_presses};
use linchpin_e2e::page::SEARCH;
use linchpin_e2e::{World, story, wait};
use linchpin_flow::TYPING_MS;
use std::io::Write as _;
use tokio::sync::Mutex;

/// Each is measured alone.
static ALONE: Mutex<()> = Mutex::const_new(());
/// Milliseconds.
const BUDGET: u64 = 100;
/// The same from a key press, beyond the pause after which a text is sent.
const TYPING_BUDGET: u64 = 60;
/// What is typed, letter by letter: no text comes twice, so that every answer is asked for.
const NAMES: [&str; 10] = [
    "wells fargo",
    "capital one",
    "navy federal",
    "huntington",
    "fifth third",
    "truist bank",
    "us bank of",
    "alliant credit",
    "morgan stnaley",
    "regions bank",
];
const KEY_PRESSES: usize = 100;
/// One login a round: a bank asks nobody twice whom it knows.
const LOGINS: [&str; 3] = ["practice-question", "practice-good", "practice-slow"];

#[tokio::test(flavor = "multi_thread")]
async fn what_the_proxy_learns_is_painted_at_once() -> Result<()> {
    let _alone = ALONE.lock().await;
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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_for_a_key_press_is_painted_at_once() -> Result<()> {
    let _alone = ALONE.lock().await;
    story("latency-typing", async |world| {
        let (_, widget) = world.to_search().await?;
        watch_key_presses(&widget).await?;
        let mut pressed = 0;
        for name in NAMES {
            for (at, letter) in name.char_indices().filter(|(_, letter)| *letter != ' ') {
                let text = name.get(..at + letter.len_utf8()).context("a beginning")?;
                // Each name begins in place of the one before, and a space alone asks for nothing else.
                let keys = text.split_whitespace().last().filter(|word| word.len() == 1 && at > 0);
                match keys {
                    _ if at == 0 => widget.replace_in(SEARCH, text).await?,
                    Some(word) => widget.keys(&format!(" {word}")).await?,
                    None => widget.keys(&letter.to_string()).await?,
                }
                pressed += 1;
                wait::until(&format!("what is found for “{text}”"), async || {
                    Ok((of_key_presses(&widget).await?.len() >= pressed).then_some(()))
                })
                .await?;
            }
        }
        let all = of_key_presses(&widget).await?;
        ensure!(all.len() >= KEY_PRESSES, "only {} key presses were measured", all.len());
        let beyond = all.iter().map(|whole| whole - f64::from(TYPING_MS));
        let middle = median(beyond).context("there are key presses")?;
        writeln!(
            std::io::stderr(),
            "key press → painted: {middle} ms beyond the pause of {TYPING_MS} ms (budget {TYPING_BUDGET}), median of {}",
            all.len()
        )?;
        ensure!(middle <= TYPING_BUDGET, "key press → painted: {middle} ms is over {TYPING_BUDGET} ms: {all:?}");
        Ok(())
    })
    .await
}

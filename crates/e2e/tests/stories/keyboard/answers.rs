//! What banks ask: a choice, characters in a picture, a picture to pick, a code after a choice, an approval.

use anyhow::{Context as _, Result};
use linchpin_e2e::browser::View;
use linchpin_e2e::keyboard::Press::{Down, Enter, Up};
use linchpin_e2e::keyboard::Walk;
use linchpin_e2e::page::{HostPage, Widget};
use linchpin_e2e::{World, story_at};
use linchpin_sandbox::practice_banks;

use super::{open, seek, sign_in};

/// From the host page to what `bank` asks.
async fn ask<'w>(
    world: &World,
    page: &HostPage<'w>,
    walk: &mut Walk<'w>,
    (bank, heading, text): (&str, &str, &str),
) -> Result<Widget<'w>> {
    let widget = open(world, page, &bank.replace(' ', "-")).await?;
    walk.enters_again(&widget, "heading Find your bank").await?;
    seek(walk, &widget, bank).await?;
    walk.passes(Enter, &format!("heading Sign in to {bank}")).await?;
    sign_in(walk).await?;
    world.pass_time_until(&widget, heading).await?;
    walk.arrives(&format!("heading {bank} {heading}"), text).await?;
    Ok(widget)
}

/// From the answer to the accounts, where this opening ends.
async fn is_taken(
    world: &World,
    page: &HostPage<'_>,
    walk: &mut Walk<'_>,
    widget: &Widget<'_>,
    bank: &str,
) -> Result<()> {
    world.pass_time_until(widget, "Which account").await?;
    walk.comes_to("heading Which account…").await?;
    page.call(&bank.replace(' ', "-"), "destroy").await?;
    page.wait_until_closed().await
}

/// What a bank takes for an answer to its only question: as it is sent, and as it is shown.
fn answer_of(name: &str) -> Result<(String, String)> {
    let bank = practice_banks().iter().find(|bank| bank.name == name).context("there is such a bank")?;
    let answer = bank.answers().into_iter().next().context("it asks something")?;
    Ok((answer.send, answer.shown))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_question_is_answered() -> Result<()> {
    story_at("keyboard-answers", View::NARROW, async |world| {
        let page = world.open_host_page().await?;
        let mut walk = Walk::begin(world, "answers", &page)?;

        let choices = "Choices Bank";
        let widget = ask(world, &page, &mut walk, (choices, "asks a question", "Which street")).await?;
        walk.tabs_to("button Continue").await?;
        walk.opens(Enter, "alert…", "There is a problem").await?;
        walk.tabs_to("link…").await?;
        let (_, street) = answer_of(choices)?;
        walk.passes(Enter, "radio Elm Street").await?;
        let streets = ["Elm Street", "Oak Street", "Birch Street"];
        let at = streets.iter().position(|known| *known == street).context("the street is among them")?;
        // Down goes round: to the last by Up.
        match at {
            0 => walk.checks("radio Elm Street").await?,
            1 => walk.press(Down, "radio Oak Street").await?,
            _ => walk.press(Up, "radio Birch Street").await?,
        }
        walk.tabs_to("button Continue").await?;
        walk.leaves(Enter).await?;
        is_taken(world, &page, &mut walk, &widget, choices).await?;

        let text = "Picture Text Bank";
        let widget = ask(world, &page, &mut walk, (text, "asks a question", "Type the characters")).await?;
        walk.tabs_to("textbox Type the characters…").await?;
        walk.types(&answer_of(text)?.1, "the characters").await?;
        walk.leaves(Enter).await?;
        is_taken(world, &page, &mut walk, &widget, text).await?;

        let pictures = "Picture Choice Bank";
        let widget = ask(world, &page, &mut walk, (pictures, "asks a question", "Pick your")).await?;
        walk.tabs_to("radio Picture 1 of…").await?;
        let at: usize = answer_of(pictures)?.0.parse().context("the place of a picture")?;
        if at == 0 {
            walk.checks("radio Picture 1 of…").await?;
        }
        for place in 1..=at {
            walk.press(Down, &format!("radio Picture {} of…", place + 1)).await?;
        }
        walk.tabs_to("button Continue").await?;
        walk.leaves(Enter).await?;
        is_taken(world, &page, &mut walk, &widget, pictures).await?;

        let code = "One-Time Code Bank";
        let widget = ask(world, &page, &mut walk, (code, "asks a question", "How should we send")).await?;
        walk.tabs_to("radio…").await?;
        walk.checks("radio…").await?;
        walk.tabs_to("button Continue").await?;
        walk.leaves(Enter).await?;
        world.pass_time_until_text(&widget, "one-time code we sent you").await?;
        walk.arrives("heading One-Time Code Bank asks a question", "one-time code we sent you").await?;
        walk.tabs_to("textbox…").await?;
        walk.types(&code_of(code)?, "the code").await?;
        walk.leaves(Enter).await?;
        is_taken(world, &page, &mut walk, &widget, code).await?;

        let approval = "Approve In App Bank";
        let widget =
            ask(world, &page, &mut walk, (approval, "wants you to approve this", "Open the bank")).await?;
        walk.tabs_to("button I have approved it").await?;
        walk.leaves(Enter).await?;
        is_taken(world, &page, &mut walk, &widget, approval).await?;
        walk.ends()
    })
    .await
}

/// The code that a bank sends after its question how.
fn code_of(name: &str) -> Result<String> {
    let bank = practice_banks().iter().find(|bank| bank.name == name).context("there is such a bank")?;
    let asked = bank.answers().into_iter().find(|answer| answer.question.contains("code we sent"));
    Ok(asked.context("it asks for a code")?.shown)
}

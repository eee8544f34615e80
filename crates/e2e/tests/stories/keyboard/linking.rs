//! From the host page to a linked account and back, past a form that was sent too early and a wrong login.

use anyhow::Result;
use linchpin_e2e::browser::View;
use linchpin_e2e::journey::{BANK, PASSCODE, QUESTION, right_answer};
use linchpin_e2e::keyboard::Press::{Down, Enter, Tab};
use linchpin_e2e::keyboard::Walk;
use linchpin_e2e::story_at;

use super::{OPENER, SEEK};

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_typed_again_a_question_answered_and_an_account_linked() -> Result<()> {
    story_at("keyboard-linking", View::NARROW, async |world| {
        let page = world.open_host_page().await?;
        let mut walk = Walk::begin(world, "linking", &page)?;
        walk.tabs_to(OPENER).await?;
        walk.leaves(Enter).await?;
        let widget = page.widget().await?;
        walk.enters(&widget, "heading Share bank data…", "To show your money in one place").await?;
        world.inspect_host("host-open", &page).await?;
        walk.tabs_to("button Continue").await?;
        walk.opens(Enter, "heading Find your bank", BANK).await?;

        walk.tabs_to(SEEK).await?;
        walk.types("chase", "chase").await?;
        widget.wait_for_result(BANK).await?;
        walk.hears("banks found").await?;
        walk.chooses(Down, "option JPMorgan Chase Bank…").await?;
        walk.opens(Enter, "heading Sign in to JPMorgan Chase Bank", "Where your sign-in goes").await?;
        walk.tabs_to("button Sign in").await?;
        walk.opens(Enter, "alert…", "There is a problem").await?;
        walk.tabs_to("link Enter your user name").await?;
        walk.press(Enter, "textbox User name").await?;
        walk.types("practice-wrong", "a user name").await?;
        walk.press(Tab, "textbox Password").await?;
        walk.types(PASSCODE, "a password").await?;
        walk.opens(Enter, "heading Connecting to JPMorgan Chase Bank", "in progress").await?;
        world.pass_time_until_text(&widget, "did not accept").await?;
        walk.arrives("alert…", "did not accept").await?;
        walk.tabs_to("textbox User name").await?;
        // The whole of it is selected, as every browser does at a field that is tabbed to.
        walk.types("practice-question", "another user name").await?;
        walk.press(Tab, "textbox Password").await?;
        walk.types(PASSCODE, "a password").await?;
        walk.leaves(Enter).await?;
        world.pass_time_until_text(&widget, QUESTION).await?;
        walk.arrives("heading JPMorgan Chase Bank asks a question", QUESTION).await?;

        walk.tabs_to("textbox What was the name of your first pet?").await?;
        walk.opens(Enter, "alert…", "There is a problem").await?;
        walk.tabs_to("textbox What was the name of your first pet?").await?;
        walk.types(&right_answer()?, "the answer").await?;
        walk.leaves(Enter).await?;
        world.pass_time_until(&widget, "Which account").await?;
        walk.arrives("heading Which account…", "Everyday Checking").await?;

        walk.tabs_to("radio Everyday Checking…").await?;
        walk.checks("radio Everyday Checking…").await?;
        walk.tabs_to("button Use…").await?;
        walk.opens(Enter, "heading JPMorgan Chase Bank is connected", "").await?;
        walk.tabs_to("button Back to…").await?;
        walk.leaves(Enter).await?;
        page.wait_for_text("Verified").await?;
        // It is the same button, which says something else now.
        walk.is_back_on(&page, "button Connect another account").await?;
        walk.ends()
    })
    .await
}

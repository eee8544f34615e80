//! A person looks after what they have linked.

use anyhow::{Result, ensure};
use linchpin_e2e::browser::View;
use linchpin_e2e::journey::{BANK, Decision};
use linchpin_e2e::upkeep::{BACK, CODE, HOOLI, LOGIN_WITH_CODE, PIED_PIPER, WATTLE, changes, finish};
use linchpin_e2e::{Setting, story, story_in};
use linchpin_sandbox::{BasiqEventKind, EventKind};

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_says_when_it_can_be_refreshed_and_is_gone_once_it_is_disconnected() -> Result<()> {
    story("looking-after", async |world| {
        let page = world.open_host_page().await?;
        world.link_chase(&page, "keeper").await?;
        let syncs = world.practice.ledger().count(EventKind::SyncStarted, None);

        let widget = world.manage(&page, "keeper").await?;
        widget.wait_for_heading("Your connections").await?;
        world.inspect("list", &widget).await?;
        widget.press(BANK).await?;
        widget.wait_for_heading("is connected").await?;
        widget.wait_for_text("You can refresh again").await?;
        ensure!(!widget.has_button("Refresh now").await?, "it was read just now");
        ensure!(!widget.has_button("Move to").await?, "what the provider cannot do is not there");
        world.inspect("connection", &widget).await?;
        let now = world.practice.ledger().count(EventKind::SyncStarted, None);
        ensure!(now == syncs, "looking reads nothing: {now} syncs instead of {syncs}");

        widget.press("Disconnect").await?;
        widget.wait_for_heading("Disconnect").await?;
        world.inspect("disconnect", &widget).await?;
        widget.press("Keep the connection").await?;
        widget.wait_for_heading("is connected").await?;
        widget.press("Disconnect").await?;
        widget.wait_for_heading("Disconnect").await?;
        widget.press_twice("Disconnect").await?;
        widget.wait_for_text(&format!("{BANK} is disconnected")).await?;
        world.inspect("disconnected", &widget).await?;
        finish(&page, &widget).await?;
        let done = page.wait_until_told("manage", "done").await?;
        let changes = done["changes"].as_array().map(Vec::len);
        ensure!(changes == Some(1), "the host is told of one change: {done}");
        let ended = world.practice.ledger().count(EventKind::ConnectionDeleted, None);
        ensure!(ended == 1, "two clicks end it once; it was ended {ended} times");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn over_basiq_a_code_is_asked_for_and_the_account_is_linked() -> Result<()> {
    story_in("basiq-code", Setting::over_basiq(), async |world| {
        let page = world.open_host_page().await?;
        let widget = world.begin_link(&page, "jared").await?;
        widget.search("pied piper", PIED_PIPER).await?;
        widget.press(PIED_PIPER).await?;
        world.log_in(&widget, LOGIN_WITH_CODE).await?;
        world.pass_time_until_text(&widget, "Enter").await?;
        world.inspect("code", &widget).await?;
        world.type_code(&widget, CODE).await?;
        world.pass_time_until(&widget, "Which account").await?;
        world.inspect("accounts", &widget).await?;
        let ledger = world.practice.ledger();
        let tried = (
            ledger.count_basiq(BasiqEventKind::LoginTried, None),
            ledger.count_basiq(BasiqEventKind::AnswerGiven, None),
        );
        ensure!(tried == (1, 1), "one login, one answer: {tried:?}");
        world.proxy.has_kept_nothing_of(&[("a code", "\"1234\"")])
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn over_basiq_consent_is_refused_left_and_then_given() -> Result<()> {
    story_in("basiq-consent", Setting::over_basiq(), async |world| {
        world.expect_error("409");
        let page = world.open_host_page().await?;
        let widget = world.begin_link(&page, "pat").await?;
        widget.search("wattle", WATTLE).await?;
        widget.press(WATTLE).await?;
        widget.wait_for_heading("Sign in at").await?;

        let (bank, before) = world.go_to_the_bank(&widget, "Continue to", "Consent").await?;
        bank.fits_its_width().await?;
        bank.press("I agree").await?;
        bank.wait_for_heading(WATTLE).await?;
        world.decide(&bank, Decision::Refuse).await?;
        world.browser.close_window(&before).await?;
        widget.wait_for_text("did not share anything").await?;
        world.inspect("refused", &widget).await?;

        // Agreed to once, it leads straight to the bank; there the window is closed.
        let (_, before) = world.go_to_the_bank(&widget, "Continue to", WATTLE).await?;
        world.browser.close_window(&before).await?;
        widget.press("Cancel").await?;
        widget.wait_for_heading("Sign in at").await?;
        world.inspect("left", &widget).await?;

        let (bank, before) = world.go_to_the_bank(&widget, "Continue to", WATTLE).await?;
        world.decide_and_see(&bank, Decision::Allow, BACK).await?;
        world.browser.close_window(&before).await?;
        world.pass_time_until(&widget, "Which account").await?;
        world.inspect("accounts", &widget).await?;
        let ledger = world.practice.ledger();
        ensure!(ledger.count_basiq(BasiqEventKind::LoginTried, None) == 0, "no login went through us");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn over_basiq_who_disconnects_says_what_becomes_of_the_data() -> Result<()> {
    for (name, view, choice, expected) in [
        ("basiq-disconnect-keep", View::NARROW, "Keep it with Basiq", &["ended"][..]),
        ("basiq-disconnect-erase", View::DESK, "Erase it too", &["erased", "ended"]),
    ] {
        story_in(name, Setting::over_basiq().seen_at(view), async |world| {
            let page = world.open_host_page().await?;
            world.link_hooli(&page, "leaver").await?;
            let widget = world.manage_at(&page, "leaver", HOOLI).await?;
            widget.press("Disconnect").await?;
            widget.wait_for_heading("Disconnect Hooli?").await?;
            let said = widget.text().await?;
            for warning in
                ["no new data from it then. This cannot be undone.", "That cannot be undone either."]
            {
                ensure!(said.contains(warning), "it is said before that {warning} Instead: {said}");
            }
            world.inspect("question", &widget).await?;
            // Neither is chosen for the person.
            widget.press("Disconnect").await?;
            widget.wait_for_text("Choose what should happen to the data").await?;
            world.inspect("nothing-chosen", &widget).await?;
            ensure!(world.ends().is_empty(), "nothing is done before: {:?}", world.ends());
            widget.choose(choice).await?;
            widget.press_twice("Disconnect").await?;
            widget.wait_for_text("Hooli is disconnected").await?;
            world.inspect("disconnected", &widget).await?;
            let erased = widget.text().await?.contains("The data read through it is erased.");
            ensure!(erased == (expected.len() == 2), "what became of the data is told");
            ensure!(world.ends() == expected, "{:?} instead of {expected:?}", world.ends());
            finish(&page, &widget).await?;
            let changes = changes(&page).await?;
            ensure!(changes == ["disconnected"], "the host is told of {changes:?}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

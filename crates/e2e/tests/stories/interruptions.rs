//! Slow networks, lost networks, reloads, storage that is blocked, impatience, and sessions that end.

use anyhow::{Result, ensure};
use linchpin_e2e::journey::{BANK, PASSCODE, QUESTION};
use linchpin_e2e::page::{HostPage, SEARCH, Widget};
use linchpin_e2e::{World, story, story_without_storage, wait};
use linchpin_sandbox::EventKind;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_before_the_program_arrives_is_kept_and_answered() -> Result<()> {
    story("typed-early", async |world| {
        world.browser.engine().hold(".wasm");
        let page = world.open_host_page().await?;
        // This client has asked for consent itself: the search comes first.
        let token = world.proxy.mint("early").await?;
        page.create("one", token.link_token.expose()).await?;
        page.call("one", "open").await?;
        let widget = page.widget().await?;
        wait::until("the program to be asked for", async || {
            Ok((world.browser.engine().held() > 0).then_some(()))
        })
        .await?;
        widget.wait_for_heading("Find your bank").await?;
        widget.type_into(SEARCH, "chase").await?;
        world.inspect("static", &widget).await?;
        ensure!(!widget.has_button(BANK).await?, "nothing can be found before the program is there");

        world.browser.engine().release();
        widget.wait_for_result(BANK).await?;
        let kept = widget.sought().await?;
        ensure!(kept == "chase", "what was typed is kept, but the field holds {kept:?}");
        widget.type_into(SEARCH, " bank").await?;
        let more = widget.sought().await?;
        ensure!(more == "chase bank", "typing goes on where it was: {more:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_in_the_middle_goes_on_where_it_was() -> Result<()> {
    story("reload", async |world| {
        let (page, widget) = world.to_login().await?;
        world.sign_in(&widget, "practice-question", PASSCODE).await?;
        widget.wait_for_heading("Connecting to").await?;
        widget.reload().await?;
        world.pass_time_until_text(&widget, QUESTION).await?;
        widget.reload().await?;
        widget.wait_for_text(QUESTION).await?;
        world.inspect("challenges-after-reload", &widget).await?;
        world.answer_until_accounts(&widget).await?;
        widget.reload().await?;
        widget.wait_for_heading("Which account").await?;
        world.choose_and_finish(&page, &widget).await?;
        let logins = world.practice.typed_logins();
        ensure!(logins == 1, "a reload tries no login again; the bank saw {logins}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_closes_the_tab_is_greeted_when_they_come_back_since_the_host_was_told() -> Result<()> {
    story("told", async |world| {
        let (_, widget) = world.to_login().await?;
        world.sign_in(&widget, "practice-question", PASSCODE).await?;
        world.pass_time_until_text(&widget, QUESTION).await?;
        wait::until("the host's server to be told", async || {
            Ok((!world.host.told().is_empty()).then_some(()))
        })
        .await?;
        // As if the tab had been closed: nothing of the page before is left.
        let page = world.open_host_page().await?;
        page.wait_for_text("Welcome back").await?;
        let greeting = page.text().await?;
        ensure!(greeting.contains(&format!("You began to connect {BANK}")), "it says what: {greeting}");
        ensure!(!greeting.contains(QUESTION), "and nothing of what the bank asked: {greeting}");
        world.inspect_host("greeting", &page).await?;
        Ok(())
    })
    .await
}

/// Holds that the frame can keep nothing, so that the stories below are about that.
async fn can_keep_nothing(widget: &Widget<'_>) -> Result<()> {
    for storage in ["sessionStorage", "localStorage"] {
        let body = format!("try {{ return String({storage}.length) }} catch (error) {{ return error.name }}");
        let refused = widget.run_plain(&body).await?;
        ensure!(refused == "SecurityError", "{storage} says {refused}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_kept_an_account_is_linked_all_the_same() -> Result<()> {
    story_without_storage("no-storage", async |world| {
        let (page, widget) = world.to_login().await?;
        can_keep_nothing(&widget).await?;
        world.sign_in(&widget, "practice-question", PASSCODE).await?;
        world.pass_time_until_text(&widget, QUESTION).await?;
        world.answer_until_accounts(&widget).await?;
        world.choose_and_finish(&page, &widget).await?;
        world.check_the_ends(&page).await
    })
    .await
}

/// Somebody's next opening of the widget, by this name on the host page.
async fn open<'a>(world: &'a World, page: &HostPage<'a>, name: &str) -> Result<Widget<'a>> {
    let token = world.proxy.mint("forgetful").await?;
    page.create(name, token.link_token.expose()).await?;
    page.call(name, "open").await?;
    page.wait_until_told(name, "ready").await?;
    page.widget().await
}

/// From a frame that was reloaded and remembers nothing to the closed widget.
async fn be_told_and_close(world: &World, page: &HostPage<'_>, widget: &Widget<'_>) -> Result<()> {
    widget.reload().await?;
    widget.wait_for_heading("This link has run out").await?;
    widget.wait_for_text("Go back to Acorn Budget and start again.").await?;
    world.inspect("link-over", widget).await?;
    widget.press("Close").await?;
    page.wait_until_closed().await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_kept_a_reload_is_told_what_to_do_and_nothing_is_lost_or_doubled() -> Result<()>
{
    story_without_storage("no-storage-reload", async |world| {
        // The token of an opening is spent once; the loader says so to the developer.
        world.expect_error("401");
        world.expect_error("[Linchpin] The widget could not open its session (token_used)");
        let page = world.open_host_page().await?;
        let widget = open(world, &page, "first").await?;
        can_keep_nothing(&widget).await?;
        widget.search("chase", BANK).await?;
        widget.press(BANK).await?;
        world.sign_in(&widget, "practice-question", PASSCODE).await?;
        world.pass_time_until_text(&widget, QUESTION).await?;
        be_told_and_close(world, &page, &widget).await?;
        let exit = page.wait_until_told("first", "exit").await?;
        ensure!(exit["reason"] == "session_over", "the host learns why: {exit}");

        let widget = open(world, &page, "second").await?;
        widget.wait_for_heading("Welcome back").await?;
        widget.press(&format!("Go on with {BANK}")).await?;
        widget.wait_for_text(QUESTION).await?;
        world.answer_until_accounts(&widget).await?;
        world.choose(&widget).await?;
        page.wait_until_told("second", "linked").await?;
        be_told_and_close(world, &page, &widget).await?;
        page.wait_until_told("second", "success").await?;

        for (opening, successes, exits) in [("first", 0, 1), ("second", 1, 0)] {
            let told = (page.told(opening, "success").await?.len(), page.told(opening, "exit").await?.len());
            ensure!(told == (successes, exits), "{opening}: {told:?} successes and exits were told");
        }
        let made = world.practice.ledger().count(EventKind::ConnectionCreated, None);
        ensure!(made == 1, "what was begun is gone on with; the bank saw {made} connections");
        let logins = world.practice.typed_logins();
        ensure!(logins == 1, "and no login is tried again; the bank saw {logins}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_on_sign_in_tries_one_login() -> Result<()> {
    story("double-click", async |world| {
        let (_, widget) = world.to_login().await?;
        widget.type_into("User name", "practice-good").await?;
        widget.type_into("Password", PASSCODE).await?;
        widget.press_twice("Sign in").await?;
        world.pass_time_until(&widget, "Which account").await?;
        let ledger = world.practice.ledger();
        let logins = world.practice.typed_logins();
        ensure!(logins == 1, "two clicks are one act; the bank saw {logins} logins");
        let made = ledger.count(EventKind::ConnectionCreated, None);
        ensure!(made == 1, "and one connection; the bank saw {made}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_network_is_said_and_the_path_goes_on_when_it_is_back() -> Result<()> {
    story("offline", async |world| {
        world.expect_error("ERR_INTERNET_DISCONNECTED");
        let (page, widget) = world.to_login().await?;
        world.sign_in(&widget, "practice-good", PASSCODE).await?;
        widget.wait_for_heading("Connecting to").await?;
        let engine = world.browser.engine();
        engine.set_offline(world.proxy.origin(), true).await?;
        widget.wait_for_heading("offline").await?;
        world.inspect("offline", &widget).await?;
        engine.set_offline(world.proxy.origin(), false).await?;
        world.pass_time_until(&widget, "Which account").await?;
        world.choose_and_finish(&page, &widget).await?;
        let logins = world.practice.typed_logins();
        ensure!(logins == 1, "a lost network tries no login again; the bank saw {logins}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_over_says_so_and_leads_out() -> Result<()> {
    story("session-over", async |world| {
        world.expect_error("401");
        let (page, widget) = world.to_login().await?;
        world.proxy.revoke(widget.link()).await?;
        world.sign_in(&widget, "practice-good", PASSCODE).await?;
        widget.wait_for_heading("session").await?;
        world.inspect("session-over", &widget).await?;
        widget.press("Close").await?;
        page.wait_until_closed().await?;
        let logins = world.practice.typed_logins();
        ensure!(logins == 0, "no login is tried for a session that is over; the bank saw {logins}");
        Ok(())
    })
    .await
}

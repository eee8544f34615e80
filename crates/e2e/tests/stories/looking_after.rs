//! A person looks after what they have linked.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::journey::{BANK, Decision, PASSCODE};
use linchpin_e2e::page::{HostPage, Widget};
use linchpin_e2e::{Setting, World, story, story_in, wait};
use linchpin_sandbox::{BasiqEvent, BasiqEventKind, Event, EventKind};
use serde_json::json;

/// A bank of Basiq's own that takes a login, and has open banking, too.
const HOOLI: &str = "Hooli";
/// One that always asks.
const PIED_PIPER: &str = "Pied Piper Bank";
/// The heading for whoever is back from Basiq's page, while it is not known yet what was decided there.
const BACK: &str = "You’re back from your bank";

/// The widget in which `user` looks after their connections.
async fn manage<'w>(world: &'w World, page: &HostPage<'w>, user: &str) -> Result<Widget<'w>> {
    let token = world.proxy.mint_manage(user).await?;
    page.create("manage", token.link_token.expose()).await?;
    page.call("manage", "open").await?;
    page.widget().await
}

/// A widget in which `user` links something.
async fn link<'w>(world: &'w World, page: &HostPage<'w>, user: &str) -> Result<Widget<'w>> {
    let token = world.proxy.mint(user).await?;
    page.create("link", token.link_token.expose()).await?;
    page.call("link", "open").await?;
    let widget = page.widget().await?;
    widget.wait_for_heading("Find your bank").await?;
    Ok(widget)
}

async fn finish(page: &HostPage<'_>, widget: &Widget<'_>) -> Result<()> {
    widget.press("Back to").await?;
    page.wait_until_closed().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_says_when_it_can_be_refreshed_and_is_gone_once_it_is_disconnected() -> Result<()> {
    story("looking-after", async |world| {
        let page = world.open_host_page().await?;
        let widget = link(world, &page, "keeper").await?;
        widget.search("chase", BANK).await?;
        widget.press(BANK).await?;
        widget.wait_for_heading("Sign in to").await?;
        world.sign_in(&widget, "practice-good", PASSCODE).await?;
        world.pass_time_until(&widget, "Which account").await?;
        world.choose(&widget).await?;
        finish(&page, &widget).await?;
        let syncs = world.practice.ledger().count(EventKind::SyncStarted, None);

        let widget = manage(world, &page, "keeper").await?;
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
        let widget = link(world, &page, "jared").await?;
        widget.search("pied piper", PIED_PIPER).await?;
        widget.press(PIED_PIPER).await?;
        sign_in(world, &widget, "jared", "django").await?;
        world.pass_time_until_text(&widget, "Enter").await?;
        world.inspect("code", &widget).await?;
        let label = wait::until("a field for the code", async || {
            for label in ["Code", "OTP", "One-time"] {
                if widget.value_of(label).await?.is_some() {
                    return Ok(Some(label));
                }
            }
            Ok(None)
        })
        .await?;
        widget.type_into(label, "1234").await?;
        widget.press("Continue").await?;
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

/// Past the choice of a way, if there is one, and through the bank's own form.
async fn sign_in(world: &World, widget: &Widget<'_>, name: &str, secret: &str) -> Result<()> {
    let at = wait::until("the form, or the choice of a way", async || {
        let heading = widget.heading().await?;
        Ok(["Sign in to", "How"].into_iter().find(|known| heading.contains(known)))
    })
    .await?;
    if at == "How" {
        world.inspect("ways", widget).await?;
        widget.press("Here").await?;
    }
    widget.wait_for_heading("Sign in to").await?;
    widget.type_into("Login ID", name).await?;
    widget.type_into("Password", secret).await?;
    widget.press("Sign in").await
}

/// From the list of accounts on, with the first of them.
async fn choose_the_first(world: &World, widget: &Widget<'_>) -> Result<()> {
    let body =
        "return document.querySelector('input[type=radio]')?.labels[0]?.innerText.split('\\n')[0] ?? null";
    let account = widget.run_plain(body).await?;
    world.choose_account(widget, account.as_str().context("an account to choose")?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn over_basiq_a_connection_moves_to_open_banking_stage_by_stage() -> Result<()> {
    story_in("basiq-move", Setting::over_basiq(), async |world| {
        let page = world.open_host_page().await?;
        let widget = link(world, &page, "mover").await?;
        widget.search("hooli", HOOLI).await?;
        widget.press(HOOLI).await?;
        sign_in(world, &widget, "gavinBelson", "hooli2016").await?;
        world.pass_time_until(&widget, "Which account").await?;
        choose_the_first(world, &widget).await?;
        widget.wait_for_heading("is connected").await?;
        finish(&page, &widget).await?;

        let widget = manage(world, &page, "mover").await?;
        widget.wait_for_heading("Your connections").await?;
        widget.press(HOOLI).await?;
        widget.wait_for_heading("is connected").await?;
        world.inspect("before", &widget).await?;
        widget.press("Move to open banking").await?;
        widget.wait_for_heading("to open banking?").await?;
        world.inspect("question", &widget).await?;
        widget.press("Move it now").await?;
        // The new one waits for its person.
        widget.wait_for_text(HOOLI).await?;
        let ledger = world.practice.ledger();
        wait::until("the old one to be erased and ended", async || {
            let ends = (
                ledger.count_basiq(BasiqEventKind::ConnectionPurged, None),
                ledger.count_basiq(BasiqEventKind::ConnectionDeleted, None),
            );
            Ok((ends == (1, 1)).then_some(()))
        })
        .await?;
        wait::until("the way to the bank's own page", async || {
            let text = widget.text().await?;
            Ok(text.contains("own page").then_some(()))
        })
        .await?;
        world.inspect("sign-in", &widget).await?;
        let (bank, before) = world.go_to_the_bank(&widget, "Continue to", "Consent").await?;
        bank.press("I agree").await?;
        bank.wait_for_heading("Choose your institution").await?;
        bank.press("Hooli · at your bank").await?;
        bank.wait_for_heading(HOOLI).await?;
        world.decide_and_see(&bank, Decision::Allow, BACK).await?;
        world.browser.close_window(&before).await?;
        world.pass_time_until(&widget, "Which account").await?;
        choose_the_first(world, &widget).await?;
        widget.wait_for_text("has moved").await?;
        world.inspect("moved", &widget).await?;
        let told = page.told("manage", "done").await?;
        ensure!(told.is_empty(), "it is over when the person says so: {told:?}");
        finish(&page, &widget).await?;
        let done = page.wait_until_told("manage", "done").await?;
        ensure!(done["changes"][0]["kind"] == "moved", "the host is told what became of it: {done}");
        let logins = world.practice.ledger().count_basiq(BasiqEventKind::LoginTried, None);
        ensure!(logins == 1, "no login was tried for it; there were {logins}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn over_basiq_consent_is_refused_left_and_then_given() -> Result<()> {
    const WATTLE: &str = "Wattle Bank";
    story_in("basiq-consent", Setting::over_basiq(), async |world| {
        world.expect_error("409");
        let page = world.open_host_page().await?;
        let widget = link(world, &page, "pat").await?;
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

/// The widget at the one connection that `user` has.
async fn at_the_connection<'w>(world: &'w World, page: &HostPage<'w>, user: &str) -> Result<Widget<'w>> {
    let widget = manage(world, page, user).await?;
    widget.wait_for_heading("Your connections").await?;
    widget.press(HOOLI).await?;
    widget.wait_for_heading(HOOLI).await?;
    Ok(widget)
}

#[tokio::test(flavor = "multi_thread")]
async fn over_basiq_what_breaks_at_a_refresh_says_why_and_is_mended() -> Result<()> {
    story_in("basiq-repair", Setting::over_basiq(), async |world| {
        let page = world.open_host_page().await?;
        let widget = link(world, &page, "mender").await?;
        widget.search("hooli", HOOLI).await?;
        widget.press(HOOLI).await?;
        sign_in(world, &widget, "gavinBelson", "hooli2016").await?;
        world.pass_time_until(&widget, "Which account").await?;
        choose_the_first(world, &widget).await?;
        widget.wait_for_heading("is connected").await?;
        finish(&page, &widget).await?;
        let entries = world.practice.ledger().entries();
        let made = entries.iter().find_map(|entry| match entry.event {
            Event::Basiq(BasiqEvent::ConnectionCreated { connection, .. }) => Some(connection),
            _ => None,
        });
        let id = made.context("a connection was made")?;

        let widget = at_the_connection(world, &page, "mender").await?;
        let breaks = async |code: &str| {
            let how = json!({"step": "verify-credentials", "code": code});
            world.practice.bring_about_on(id, "failure", &how).await?;
            widget.press("Refresh now").await
        };
        breaks("service-unavailable").await?;
        world.pass_time_until_text(&widget, "cannot be reached").await?;
        world.inspect("away", &widget).await?;
        // At the connection itself, with what can be done about it: it was on hold, and may be read again.
        widget.wait_for_heading(HOOLI).await?;

        breaks("account-not-accessible-requires-user-action").await?;
        world.pass_time_until_text(&widget, "I have done this").await?;
        world.inspect("instructions", &widget).await?;
        widget.press("I have done this").await?;
        world.pass_time_until_text(&widget, "works again").await?;
        widget.press(HOOLI).await?;
        widget.wait_for_heading("is connected").await?;

        breaks("invalid-credentials").await?;
        world.pass_time_until(&widget, "Sign in to").await?;
        world.inspect("login", &widget).await?;
        let logins = world.practice.ledger().count_basiq(BasiqEventKind::LoginReplaced, None);
        ensure!(logins == 0, "no login is sent by itself");
        if widget.value_of("Login ID").await?.is_some() {
            widget.replace_in("Login ID", "gavinBelson").await?;
        }
        widget.type_into("Password", "hooli2016").await?;
        widget.press("Sign in").await?;
        world.pass_time_until_text(&widget, "Hooli works again").await?;
        world.inspect("mended", &widget).await?;
        let made = world.practice.ledger().count_basiq(BasiqEventKind::ConnectionCreated, None);
        ensure!(made == 1, "it is the same connection; {made} were made");
        Ok(())
    })
    .await
}

//! The widget as an element of the host's page: what it takes there, and what it does not.

use anyhow::{Context as _, Result, ensure};
use fantoccini::key::Key;
use linchpin_e2e::browser::View;
use linchpin_e2e::deposits::{NUMBER, PROVED, ROUTING};
use linchpin_e2e::journey::{BANK, Decision};
use linchpin_e2e::page::{HostPage, SEARCH, Widget};
use linchpin_e2e::{CLIENT_NAME, Setting, World, story, story_at, story_in};
use linchpin_protocol::Mode;

const OWN_PAGE: &str = "Own Page Bank";

/// What the person is told where they type something that the page could read.
fn page_could_read() -> String {
    format!("You are on {CLIENT_NAME}’s own page, which could read what you type here.")
}

/// Nothing of the opening is left with the page, where its own scripts and those of others would find it later.
async fn keeps_nothing_in_the_page(world: &World) -> Result<()> {
    let body = "return sessionStorage.length + localStorage.length + document.cookie.length";
    let kept = HostPage::shown(&world.browser).run_plain(body).await?;
    ensure!(kept == 0, "the page keeps nothing: {kept}");
    Ok(())
}

/// From the search to a bank that takes logins.
async fn pick_a_bank_with_logins(widget: &Widget<'_>) -> Result<()> {
    widget.wait_for_heading("Find your bank").await?;
    widget.search("chase", BANK).await?;
    widget.press(BANK).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_with_a_page_of_its_own_is_linked_in_page_and_a_login_is_not_taken() -> Result<()> {
    story_at("in-page-bank-login", View::NARROW, async |world| {
        world.expect_error("409");
        let token = world.proxy.mint_for_element("in-page", Mode::Link, None).await?;
        let widget = world.put_element(&token).await?;
        pick_a_bank_with_logins(&widget).await?;
        widget.wait_for_heading("cannot be connected here").await?;
        world.inspect("no-way", &widget).await?;
        ensure!(!widget.text().await?.contains("Password"), "no password is asked for");
        widget.press("Choose another bank").await?;

        widget.wait_for_heading("Find your bank").await?;
        widget.replace_in(SEARCH, "own page").await?;
        widget.wait_for_result(OWN_PAGE).await?;
        widget.press(OWN_PAGE).await?;
        widget.wait_for_heading("Sign in at").await?;
        widget.wait_for_text("opens a new tab").await?;
        world.inspect("bank-login", &widget).await?;
        ensure!(!widget.has_button("in this window").await?, "the page is not left");
        world.decide_at_the_bank(&widget, OWN_PAGE, Decision::Allow).await?;
        world.pass_time_until(&widget, "Which account").await?;
        world.choose(&widget).await?;
        world.inspect("done", &widget).await?;
        widget.press("Back to").await?;
        let success = world.told_by_element("success").await?;
        let public_token = success[0]["publicToken"].as_str().unwrap_or_default();
        ensure!(success.len() == 1 && public_token.starts_with("pt_"), "{success:?}");
        keeps_nothing_in_the_page(world).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_client_is_trusted_a_login_is_taken_and_the_person_is_told_who_could_read_it() -> Result<()>
{
    story_in("in-page-login", Setting::default().trusting_the_page(), async |world| {
        let token = world.proxy.mint_for_element("in-page-login", Mode::Link, None).await?;
        let widget = world.put_element(&token).await?;
        pick_a_bank_with_logins(&widget).await?;
        widget.wait_for_heading("Sign in to").await?;
        widget.wait_for_text(&page_could_read()).await?;
        ensure!(!widget.text().await?.contains("never sees"), "nothing is claimed to be hidden");
        world.inspect("login", &widget).await?;
        world.to_accounts(&widget).await?;
        world.choose(&widget).await?;
        widget.press("Back to").await?;
        world.told_by_element("success").await?;
        keeps_nothing_in_the_page(world).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_proved_in_page_by_two_small_deposits() -> Result<()> {
    story_in("in-page-deposits", Setting::over_v2(), async |world| {
        let user = "in-page-deposits";
        let token = world.proxy.mint_for_element(user, Mode::Link, None).await?;
        let widget = world.put_element(&token).await?;
        world.leave_the_search(&widget).await?;
        widget.wait_for_text(&page_could_read()).await?;
        world.inspect("numbers", &widget).await?;
        world.order(&widget, ROUTING, NUMBER).await?;
        let deposits = world.told_deposits().await?;

        let token = world.proxy.mint_for_element(user, Mode::Deposit, Some(&deposits)).await?;
        let widget = world.put_element(&token).await?;
        world.confirm(&widget).await?;
        widget.wait_for_heading(PROVED).await?;
        widget.press("Back to").await?;
        let success = world.told_by_element("success").await?;
        ensure!(success[0]["results"][0]["status"] == "deposit_verified", "{success:?}");
        keeps_nothing_in_the_page(world).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_looked_after_in_page_with_keys_alone() -> Result<()> {
    story("in-page-manage", async |world| {
        let page = world.open_host_page().await?;
        world.link_chase(&page, "in-page-manage").await?;

        let token = world.proxy.mint_for_element("in-page-manage", Mode::Manage, None).await?;
        let widget = world.put_element(&token).await?;
        widget.wait_for_heading("Your connections").await?;
        let own = HostPage::shown(&world.browser);
        let focus = async || own.run_plain("return document.activeElement.tagName").await;
        ensure!(focus().await? == "BODY", "the focus is not fetched from the page: {}", focus().await?);
        let key = |key: Key| String::from(char::from(key));
        widget.keys(&key(Key::Tab)).await?;
        ensure!(focus().await? == "BUTTON", "the page's own button comes first: {}", focus().await?);
        widget.tab_to(BANK).await?;
        widget.keys(&key(Key::Enter)).await?;
        widget.wait_for_heading("is connected").await?;
        widget.focus_is_on_the_heading().await?;
        world.inspect("connection", &widget).await?;
        widget.tab_to("Disconnect").await?;
        widget.keys(&key(Key::Enter)).await?;
        widget.wait_for_heading("Disconnect").await?;
        widget.focus_is_on_the_heading().await?;
        widget.keys(&key(Key::Escape)).await?;
        widget.wait_for_heading("Disconnect").await.context("Escape is the page's own")?;
        widget.keys(&key(Key::Tab)).await?;
        widget.tab_to("Disconnect").await?;
        widget.keys(&key(Key::Enter)).await?;
        widget.wait_for_text(&format!("{BANK} is disconnected")).await?;
        widget.tab_to("Back to").await?;
        widget.keys(&key(Key::Enter)).await?;
        let done = world.told_by_element("done").await?;
        ensure!(done[0]["changes"][0]["kind"] == "disconnected", "{done:?}");
        keeps_nothing_in_the_page(world).await
    })
    .await
}

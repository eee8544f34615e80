//! A person links an account, or does not.

use anyhow::{Result, ensure};
use linchpin_e2e::journey::{BANK, CONSENT, PASSCODE, QUESTION, right_answer};
use linchpin_e2e::story;
use linchpin_sandbox::EventKind;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_links_an_account_and_the_hosts_server_has_it_verified() -> Result<()> {
    story("link-with-a-question", async |world| {
        let page = world.open_host_page().await?;
        world.inspect_host("host", &page).await?;
        let widget = page.connect().await?;
        widget.wait_for_heading(CONSENT).await?;
        widget.wait_for_text("To show your money in one place").await?;
        world.inspect("consent", &widget).await?;
        world.agree(&widget).await?;
        world.inspect("popular", &widget).await?;

        widget.search("chase", BANK).await?;
        world.inspect("search", &widget).await?;
        widget.press(BANK).await?;
        widget.wait_for_heading(&format!("Sign in to {BANK}")).await?;
        world.inspect("credentials", &widget).await?;

        world.sign_in(&widget, "practice-question", PASSCODE).await?;
        widget.wait_for_heading("Connecting to").await?;
        world.inspect("progress", &widget).await?;

        world.pass_time_until_text(&widget, QUESTION).await?;
        world.inspect("challenges", &widget).await?;
        let asked = world.answer_until_accounts(&widget).await?;
        world.inspect("choose-account", &widget).await?;
        world.choose(&widget).await?;
        world.inspect("done", &widget).await?;
        widget.press("Back to").await?;

        page.wait_until_closed().await?;
        page.wait_for_text("Verified").await?;
        world.inspect_host("host-connected", &page).await?;

        world.check_the_ends(&page).await?;
        ensure!(asked == 1, "an answered question is not asked again; it was asked {asked} times");
        let ledger = world.practice.ledger();
        let logins = world.practice.typed_logins();
        ensure!(logins == 1, "one login was typed, so it is carried to the bank once; it was {logins} times");
        let tried = ledger.count(EventKind::LoginTried, None);
        ensure!(tried == 2, "the bank sees one sign-in for balances and one for numbers; it saw {tried}");
        let entries = serde_json::to_string(&ledger.entries())?;
        for secret in [format!("\"{PASSCODE}\""), right_answer()?] {
            ensure!(!entries.contains(&secret), "the bank's ledger must not hold a passcode or an answer");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_login_keeps_the_name_empties_the_secret_and_the_right_one_goes_on() -> Result<()> {
    story("wrong-login-then-right", async |world| {
        let (page, widget) = world.to_login().await?;
        world.sign_in(&widget, "practice-wrong", PASSCODE).await?;
        world.pass_time_until_text(&widget, "did not accept").await?;
        world.inspect("wrong-login", &widget).await?;
        let name = widget.value_of("User name").await?;
        ensure!(
            name.as_deref() == Some("practice-wrong"),
            "the user name is kept, but the field holds {name:?}"
        );
        let secret = widget.value_of("Password").await?;
        ensure!(secret.as_deref() == Some(""), "the secret is emptied");

        widget.replace_in("User name", "practice-good").await?;
        widget.type_into("Password", PASSCODE).await?;
        widget.press("Sign in").await?;
        world.pass_time_until(&widget, "Which account").await?;
        world.choose_and_finish(&page, &widget).await?;
        let logins = world.practice.typed_logins();
        ensure!(logins == 2, "each typed login is tried once; the bank saw {logins}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_is_asked_about_where_something_would_be_lost_and_told_once() -> Result<()> {
    story("leave", async |world| {
        let page = world.open_host_page().await?;
        let token = world.proxy.mint("leaver").await?;
        page.create("one", token.link_token.expose()).await?;
        page.call("one", "open").await?;
        let widget = page.widget().await?;
        widget.wait_for_heading("Find your bank").await?;
        world.find_the_form(&widget).await?;

        widget.press("Back").await?;
        widget.wait_for_heading("Find your bank").await?;
        let kept = widget.sought().await?;
        ensure!(kept == "chase", "going back keeps what was typed, but the field holds {kept:?}");

        widget.press(BANK).await?;
        widget.wait_for_heading("Sign in to").await?;
        widget.type_into("User name", "practice-good").await?;
        widget.press("Close").await?;
        widget.wait_for_heading("Leave").await?;
        world.inspect("leave", &widget).await?;
        ensure!(page.told("one", "exit").await?.is_empty(), "asking is not leaving");
        widget.press("Stay").await?;
        widget.wait_for_heading("Sign in to").await?;
        let typed = widget.value_of("User name").await?;
        ensure!(typed.as_deref() == Some("practice-good"), "staying keeps what was typed");

        widget.press("Close").await?;
        widget.wait_for_heading("Leave").await?;
        widget.press("Leave").await?;
        page.wait_until_closed().await?;
        let exit = page.wait_until_told("one", "exit").await?;
        ensure!(exit["reason"] == "closed_by_person", "the host learns why: {exit}");
        page.call("one", "exit").await?;
        page.call("one", "destroy").await?;
        ensure!(page.told("one", "exit").await?.len() == 1, "the end is told once");
        ensure!(page.told("one", "success").await?.is_empty(), "leaving is no success");
        Ok(())
    })
    .await
}

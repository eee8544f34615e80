//! A person agrees, or does not.

use anyhow::{Result, ensure};
use linchpin_e2e::journey::CONSENT;
use linchpin_e2e::{story, wait};

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_agree_goes_back_and_nothing_was_asked() -> Result<()> {
    story("decline", async |world| {
        let page = world.open_host_page().await?;
        let widget = page.connect().await?;
        widget.wait_for_text("To show your money in one place").await?;
        widget.press("Not now").await?;
        page.wait_until_closed().await?;
        let logins = world.practice.typed_logins();
        ensure!(logins == 0, "nothing is done without consent; the bank saw {logins} logins");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_asked_for_before_the_program_is_there_and_once() -> Result<()> {
    story("consent-once", async |world| {
        world.browser.engine().hold(".wasm");
        let page = world.open_host_page().await?;
        let widget = page.connect().await?;
        wait::until("the program to be asked for", async || {
            Ok((world.browser.engine().held() > 0).then_some(()))
        })
        .await?;
        widget.wait_for_heading(CONSENT).await?;
        world.inspect("static-consent", &widget).await?;
        world.browser.engine().release();
        widget.wait_for_text("To show your money in one place").await?;
        widget.reload().await?;
        widget.wait_for_text("To show your money in one place").await?;
        world.agree(&widget).await?;
        widget.reload().await?;
        widget.wait_for_heading("Find your bank").await?;
        ensure!(!widget.text().await?.contains(CONSENT), "what was agreed to is not asked again");
        Ok(())
    })
    .await
}

//! Sign-in on the bank's own page. The practice bank isolates itself from whoever opened it, as banks do, and the browser
//! blocks windows that no click has asked for.

use anyhow::{Result, ensure};
use linchpin_e2e::journey::Decision;
use linchpin_e2e::page::{HostPage, Page, Widget};
use linchpin_e2e::{Isolation, World, story, wait};
use linchpin_sandbox::EventKind;

const BANK: &str = "Own Page Bank";

/// A story from the step that leads to the bank.
async fn at_the_step(
    name: &str,
    tell: impl AsyncFnOnce(&World, HostPage<'_>, Widget<'_>) -> Result<()>,
) -> Result<()> {
    story(name, async |world| {
        let (page, widget) = to_the_step(world).await?;
        tell(world, page, widget).await
    })
    .await
}

/// From the host page to the step that leads to the bank, with the way there at hand.
async fn to_the_step(world: &World) -> Result<(HostPage<'_>, Widget<'_>)> {
    // What the bank says may overtake the widget as it gets a way there: then it is refused for the step that is over.
    world.expect_error("409");
    let (page, widget) = world.to_search().await?;
    widget.search("own page", BANK).await?;
    widget.press(BANK).await?;
    widget.wait_for_heading("Sign in at").await?;
    widget.wait_for_text("opens a new tab").await?;
    Ok((page, widget))
}

/// From the bank's yes to the end: an account is linked, and the bank saw one connection and no login.
async fn finish(world: &World, page: &HostPage<'_>, widget: &Widget<'_>) -> Result<()> {
    world.pass_time_until(widget, "Which account").await?;
    world.choose_and_finish(page, widget).await?;
    let ledger = world.practice.ledger();
    let (made, tried) =
        (ledger.count(EventKind::ConnectionCreated, None), ledger.count(EventKind::LoginTried, None));
    ensure!(made == 1, "one connection, however many visits; the bank saw {made}");
    ensure!(tried == 0, "no login went through us; the bank saw {tried}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_on_the_banks_own_page_and_is_linked() -> Result<()> {
    at_the_step("bank-login", async |world, page, widget| {
        // The driver's own scripts count as a click for a while.
        let body =
            "while (navigator.userActivation.isActive) await new Promise((next) => setTimeout(next, 50));
            return window.open('about:blank') === null";
        let unasked = page.act(body, &[]).await?;
        ensure!(unasked == true, "the browser blocks what nobody clicked for");
        world.inspect("bank-login", &widget).await?;
        let (bank, before) = world.go_to_the_bank(&widget, "Continue to", BANK).await?;
        let opener = bank.run_plain("return window.opener === null").await?;
        ensure!(opener == true, "the bank's page has no hold on ours");
        world.decide(&bank, Decision::Allow).await?;
        let address = bank.run_plain("return location.pathname").await?;
        ensure!(address == "/return", "{address}");
        bank.fits_its_width().await?;
        world.browser.close_window(&before).await?;
        finish(world, &page, &widget).await?;
        world.check_the_ends(&page).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_on_the_banks_page_is_told_so_and_can_go_again() -> Result<()> {
    at_the_step("bank-login-refused", async |world, page, widget| {
        world.decide_at_the_bank(&widget, BANK, Decision::Refuse).await?;
        widget.wait_for_text("did not share anything").await?;
        world.inspect("bank-login-refused", &widget).await?;
        world.decide_at_the_bank(&widget, BANK, Decision::Allow).await?;
        finish(world, &page, &widget).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_was_closed_ends_nothing_and_can_be_opened_again_or_given_up() -> Result<()> {
    at_the_step("bank-login-closed", async |world, page, widget| {
        for way in ["Continue to", "Open the page again"] {
            let (_, before) = world.go_to_the_bank(&widget, way, BANK).await?;
            world.browser.close_window(&before).await?;
            widget.wait_for_heading("Finish at").await?;
        }
        world.inspect("bank-login-away", &widget).await?;
        widget.press("Cancel").await?;
        widget.wait_for_text("You have not signed in").await?;
        world.inspect("bank-login-given-up", &widget).await?;
        world.decide_at_the_bank(&widget, BANK, Decision::Allow).await?;
        finish(world, &page, &widget).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_in_another_browser_finishes_with_the_digits_of_the_widget() -> Result<()> {
    at_the_step("bank-login-another-browser", async |world, page, widget| {
        // The page that asks is answered with 403, and a browser says so.
        world.expect_error("403");
        let (bank, _) = world.go_to_the_bank(&widget, "Continue to", BANK).await?;
        // Without what was kept when it left, this is as good as another browser.
        world.browser.engine().forget_cookies().await?;
        world.decide_and_see(&bank, Decision::Allow, "Finish in this browser").await?;
        bank.fits_its_width().await?;
        bank.type_into("Six digits", "000 000").await?;
        bank.press("Go on").await?;
        bank.wait_for_text("These are not the digits").await?;
        world.inspect_page("another-browser", &bank).await?;

        world.browser.go_to_new_window().await?;
        widget.wait_for_text("Back in another browser?").await?;
        let text = widget.text().await?;
        let digits: String = text
            .split("Type")
            .nth(1)
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_digit)
            .take(6)
            .collect();
        ensure!(digits.len() == 6, "the widget shows six digits: {text}");
        let window = world.browser.go_to_new_window().await?;
        bank.type_into("Six digits", &digits).await?;
        bank.press("Go on").await?;
        bank.wait_for_heading(Decision::Allow.told()).await?;
        world.browser.close_window(&window).await?;
        finish(world, &page, &widget).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_page_that_keeps_apart_from_its_windows_learns_of_the_return_all_the_same() -> Result<()> {
    keeping_apart("bank-login-isolated", Isolation::Windows, false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_page_that_embeds_only_what_agrees_frames_the_widget_and_learns_of_the_return() -> Result<()> {
    keeping_apart("bank-login-require-corp", Isolation::RequireCorp, true).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_page_that_embeds_without_cookies_frames_the_widget_and_learns_of_the_return() -> Result<()> {
    keeping_apart("bank-login-credentialless", Isolation::Credentialless, true).await
}

/// To the bank and back, and to the end, from a page that keeps apart so far.
async fn keeping_apart(name: &str, isolation: Isolation, wholly: bool) -> Result<()> {
    story(name, async |world| {
        world.host.isolate(isolation);
        let (page, widget) = to_the_step(world).await?;
        let is_apart = page.run_plain("return crossOriginIsolated").await?;
        ensure!(is_apart == wholly, "what the page keeps apart from is another thing than meant: {is_apart}");
        world.decide_at_the_bank(&widget, BANK, Decision::Allow).await?;
        finish(world, &page, &widget).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_window_can_be_opened_the_whole_page_goes_there_and_comes_back() -> Result<()> {
    at_the_step("bank-login-in-place", async |world, _, widget| {
        let link = widget.link().clone();
        widget.press("Continue in this window").await?;
        let bank = Page::shown(&world.browser);
        bank.wait_for_heading(BANK).await?;
        bank.press("Allow").await?;
        let page = HostPage::shown(&world.browser);
        let widget = page.widget().await?;
        ensure!(*widget.link() == link, "the same opening goes on");
        let address = page.run_plain("return location.href").await?;
        ensure!(
            address == format!("{}/return", world.host.origin()),
            "and the address forgets it: {address}"
        );
        finish(world, &page, &widget).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_the_bank_that_was_passed_on_is_not_followed() -> Result<()> {
    at_the_step("bank-login-passed-on", async |world, _, widget| {
        world.expect_error("400");
        let ready = wait::until("the way there", async || {
            let link =
                widget.run_plain("return document.querySelector('a[href*=\"/go/\"]')?.href ?? null").await?;
            Ok(link.as_str().map(str::to_owned))
        });
        let link = ready.await?;
        world.browser.go(&link).await?;
        let stranger = Page::shown(&world.browser);
        stranger.wait_for_heading("opened like this").await?;
        let asked = world.practice.ledger().count(EventKind::ConsentAsked, None);
        ensure!(asked == 0, "nobody was led to the bank");
        Ok(())
    })
    .await
}

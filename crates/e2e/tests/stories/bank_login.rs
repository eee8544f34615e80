//! Sign-in on the bank's own page. The practice bank isolates itself from whoever opened it, as banks do, and the browser
//! blocks windows that no click has asked for.

use anyhow::{Result, ensure};
use linchpin_e2e::page::{HostPage, Page, Widget};
use linchpin_e2e::{World, story, wait};
use linchpin_sandbox::EventKind;

const BANK: &str = "Own Page Bank";
const SAID_YES: &str = "Your bank has said yes";

/// From the host page to the step that leads to the bank.
async fn to_bank_login(world: &World) -> Result<(HostPage<'_>, Widget<'_>)> {
    // What the bank says may overtake the widget as it gets a way there: then it is refused for the step that is over.
    world.expect_error("409");
    let (page, widget) = world.to_search().await?;
    widget.search("own page", BANK).await?;
    widget.press(BANK).await?;
    widget.wait_for_heading("Sign in at").await?;
    // The way there has come.
    widget.wait_for_text("opens a new tab").await?;
    Ok((page, widget))
}

/// Opens the bank's page in a window of its own, decides there by `button`, and closes the window.
async fn decide(world: &World, widget: &Widget<'_>, button: &str, told: &str) -> Result<()> {
    widget.press("Continue to").await?;
    let before = world.browser.go_to_new_window().await?;
    let bank = Page::shown(&world.browser);
    bank.wait_for_heading(BANK).await?;
    bank.press(button).await?;
    bank.wait_for_heading(told).await?;
    let text = bank.text().await?;
    ensure!(text.contains("Acorn Budget"), "it says where to go back to: {text}");
    world.browser.close_window(&before).await
}

fn one_visit_one_sync(world: &World) -> Result<()> {
    let ledger = world.practice.ledger();
    let (made, tried) =
        (ledger.count(EventKind::ConnectionCreated, None), ledger.count(EventKind::LoginTried, None));
    ensure!(made == 1, "one connection, however many visits; the bank saw {made}");
    ensure!(tried == 0, "no login went through us; the bank saw {tried}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_on_the_banks_own_page_and_is_linked() -> Result<()> {
    story("bank-login", async |world| {
        let (page, widget) = to_bank_login(world).await?;
        // The driver's own scripts count as a click for a while.
        let body =
            "while (navigator.userActivation.isActive) await new Promise((next) => setTimeout(next, 50));
            return window.open('about:blank') === null";
        let unasked = page.act(body, &[]).await?;
        ensure!(unasked == true, "the browser blocks what nobody clicked for");
        world.inspect("bank-login", &widget).await?;
        widget.press("Continue to").await?;
        let before = world.browser.go_to_new_window().await?;
        let bank = Page::shown(&world.browser);
        bank.wait_for_heading(BANK).await?;
        let opener = bank.run_plain("return window.opener === null").await?;
        ensure!(opener == true, "the bank's page has no hold on ours");
        bank.press("Allow").await?;
        bank.wait_for_heading(SAID_YES).await?;
        let address = bank.run_plain("return location.pathname").await?;
        ensure!(address == "/return", "{address}");
        bank.fits_its_width().await?;
        world.browser.close_window(&before).await?;
        world.pass_time_until(&widget, "Which account").await?;
        world.choose_and_finish(&page, &widget).await?;
        world.check_the_ends(&page).await?;
        one_visit_one_sync(world)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_on_the_banks_page_is_told_so_and_can_go_again() -> Result<()> {
    story("bank-login-refused", async |world| {
        let (page, widget) = to_bank_login(world).await?;
        decide(world, &widget, "Refuse", "Nothing was linked").await?;
        widget.wait_for_text("did not share anything").await?;
        world.inspect("bank-login-refused", &widget).await?;
        decide(world, &widget, "Allow", SAID_YES).await?;
        world.pass_time_until(&widget, "Which account").await?;
        world.choose_and_finish(&page, &widget).await?;
        one_visit_one_sync(world)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_was_closed_ends_nothing_and_can_be_opened_again_or_given_up() -> Result<()> {
    story("bank-login-closed", async |world| {
        let (page, widget) = to_bank_login(world).await?;
        for again in [false, true] {
            widget.press(if again { "Open the page again" } else { "Continue to" }).await?;
            let before = world.browser.go_to_new_window().await?;
            Page::shown(&world.browser).wait_for_heading(BANK).await?;
            world.browser.close_window(&before).await?;
            widget.wait_for_heading("Finish at").await?;
        }
        world.inspect("bank-login-away", &widget).await?;
        widget.press("Cancel").await?;
        widget.wait_for_text("You have not signed in").await?;
        world.inspect("bank-login-given-up", &widget).await?;
        decide(world, &widget, "Allow", SAID_YES).await?;
        world.pass_time_until(&widget, "Which account").await?;
        world.choose_and_finish(&page, &widget).await?;
        one_visit_one_sync(world)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_page_that_keeps_apart_from_its_windows_learns_of_the_return_all_the_same() -> Result<()> {
    story("bank-login-isolated", async |world| {
        world.host.isolate();
        let (page, widget) = to_bank_login(world).await?;
        decide(world, &widget, "Allow", SAID_YES).await?;
        world.pass_time_until(&widget, "Which account").await?;
        world.choose_and_finish(&page, &widget).await?;
        one_visit_one_sync(world)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_window_can_be_opened_the_whole_page_goes_there_and_comes_back() -> Result<()> {
    story("bank-login-in-place", async |world| {
        let (_, widget) = to_bank_login(world).await?;
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
        world.pass_time_until(&widget, "Which account").await?;
        world.choose_and_finish(&page, &widget).await?;
        one_visit_one_sync(world)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_the_bank_that_was_passed_on_is_not_followed() -> Result<()> {
    story("bank-login-passed-on", async |world| {
        world.expect_error("400");
        let (page, widget) = to_bank_login(world).await?;
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
        drop(page);
        Ok(())
    })
    .await
}

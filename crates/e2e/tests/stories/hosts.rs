//! The widget in host pages as others make them. Each goes the same way.

use anyhow::{Result, ensure};
use fantoccini::key::Key;
use linchpin_e2e::hosts::Host;
use linchpin_e2e::journey::BANK;
use linchpin_e2e::page::{HostPage, Widget};
use linchpin_e2e::{World, story, wait};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_allows_one_script_and_one_frame_opens_links_and_closes() -> Result<()> {
    story("host-strict", async |world| walk(world, Host::Strict).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn from_within_a_modal_that_traps_the_focus_it_opens_links_and_closes() -> Result<()> {
    story("host-trap", async |world| walk(world, Host::Trap).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_project_of_vite_and_react_opens_links_and_closes() -> Result<()> {
    story("host-vite", async |world| walk(world, Host::Vite).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn from_within_a_modal_of_radix_it_opens_links_and_closes() -> Result<()> {
    story("host-vite-modal", async |world| walk(world, Host::ViteModal).await).await
}

/// Opens, links, opens again and closes, goes away and comes back, destroys, reloads, and opens once more.
async fn walk(world: &World, host: Host) -> Result<()> {
    let address = host.serve(world).await?;
    world.browser.go(&address).await?;
    let page = HostPage::shown(&world.browser);
    host.enter(&page).await?;

    let widget = open(world, &page).await?;
    world.connect(&widget).await?;
    widget.press("Back to").await?;
    page.wait_until_closed().await?;
    page.wait_for_text(&format!("linked: {BANK}")).await?;
    ensure!(world.host.received().len() == 1, "the host's server has it");

    let widget = open(world, &page).await?;
    widget.keys(&String::from(char::from(Key::Escape))).await?;
    page.wait_until_closed().await?;
    page.wait_for_text("left: closed_by_person").await?;
    holds(&page, "the focus to be back", "document.activeElement.id === 'connect'").await?;

    let widget = open(world, &page).await?;
    let note = "addEventListener('pageshow', ({ persisted }) => (window.kept = persisted)); return null";
    page.run_plain(note).await?;
    world.browser.go(world.host.origin()).await?;
    page.run_plain("setTimeout(() => history.back()); return null").await?;
    holds(&page, "the page to come back alive", "window.kept === true").await?;
    widget.search("chase", BANK).await?;

    page.run_plain("document.querySelector('#leave').click(); return null").await?;
    holds(&page, "everything to be gone", NOTHING_LEFT).await?;
    page.run_plain("document.querySelector('#leave').click(); return null").await?;

    open(world, &page).await?;
    page.run_plain("window.before = true; setTimeout(() => location.reload()); return null").await?;
    let loaded =
        "!window.before && document.readyState === 'complete' && !!document.querySelector('#connect')";
    holds(&page, "the page to load again", loaded).await?;
    host.enter(&page).await?;
    holds(&page, "nothing to be left", "document.querySelector('dialog[open]') === null").await?;
    let widget = open(world, &page).await?;
    widget.search("chase", BANK).await?;
    Ok(())
}

/// No frame, no overlay, and the page can be scrolled.
const NOTHING_LEFT: &str = "document.querySelectorAll('iframe, dialog').length === 0
    && document.adoptedStyleSheets.length === 0 && getComputedStyle(document.documentElement).overflowY === 'visible'";

/// Where the page has a modal of its own, what is beside that is shut out, and its trap is set.
const STILL_MODAL: &str = "[...document.querySelectorAll('[aria-label=\"Beside the modal\"]')]
    .every((one) => one.closest('[inert], [aria-hidden=true]')) && (globalThis.trapped?.() ?? true)";

/// By the page's button to the search, with the focus in the frame.
async fn open<'w>(world: &World, page: &HostPage<'w>) -> Result<Widget<'w>> {
    let widget = page.connect().await?;
    world.agree(&widget).await?;
    let inside = "document.activeElement.tagName === 'IFRAME'
        && !document.querySelector('dialog[open]').closest('[inert], [aria-hidden=true]')";
    holds(page, "the focus to be in the frame, which nothing shuts out", inside).await?;
    holds(page, "the page's own modal to insist", STILL_MODAL).await?;
    Ok(widget)
}

/// Waits until an expression is true in the page.
async fn holds(page: &HostPage<'_>, what: &str, expression: &str) -> Result<()> {
    let body = format!("return {expression}");
    wait::until(what, async || Ok((page.run_plain(&body).await? == true).then_some(()))).await
}

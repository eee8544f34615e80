//! The module comes in two halves: what the search needs, and the rest behind it.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::journey::BANK;
use linchpin_e2e::opening::at_once;
use linchpin_e2e::page::{HostPage, Widget};
use linchpin_e2e::{Fault, Sort, World, story, story_over_the_wire, wait};

const REST: &str = "_rest.wasm";
const FETCHING: Sort = Sort { method: "GET", begins: "/widget/", ends: REST };

/// How often the rest was fetched at once, because something of it was called before it was there.
const FETCHED_AT_ONCE: &str = "return performance.getEntriesByType('resource').filter((it) => it.initiatorType === 'xmlhttprequest').length";

/// What is fetched until somebody can search, as names end: the page first, a session in the end, the rest beside it.
const FIRST: [&str; 7] = ["/widget", ".txt", ".css", ".js", ".js", "_bg.wasm", "/v1/sessions"];
/// Bytes that all of it may take on its way, with the headers of each answer.
const FIRST_BYTES: u64 = 160_000;

/// From the login form to the end.
async fn finish(world: &World, page: &HostPage<'_>, widget: &Widget<'_>) -> Result<()> {
    widget.wait_for_heading("Sign in to").await?;
    world.to_accounts(widget).await?;
    world.choose_and_finish(page, widget).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_first_half_is_fetched_before_people_can_search() -> Result<()> {
    story("halves-first", async |world| {
        let page = world.open_host_page().await?;
        let token = world.proxy.mint("first").await?;
        let (opening, _widget) = at_once(&page, token.link_token.expose()).await?;
        let (rest, first): (Vec<_>, Vec<_>) =
            opening.fetched.iter().partition(|fetched| fetched.name.ends_with(REST));
        let mut names: Vec<_> = first.iter().map(|fetched| fetched.name.as_str()).collect();
        ensure!(
            names.first() == FIRST.first() && names.last() == FIRST.last(),
            "from the page to the session: {names:?}"
        );
        for end in FIRST {
            let place = names.iter().position(|name| name.ends_with(end));
            names.remove(place.with_context(|| format!("…{end} is fetched: {first:?}"))?);
        }
        ensure!(names.is_empty(), "and nothing else: {names:?}");
        let bytes: u64 = first.iter().map(|fetched| fetched.bytes).sum();
        ensure!(bytes <= FIRST_BYTES, "that takes {bytes} bytes of {FIRST_BYTES}");
        let there = first.iter().find(|fetched| fetched.name.ends_with("_bg.wasm")).context("its module")?;
        ensure!(
            rest.iter().all(|rest| rest.asked >= there.ended),
            "the rest takes nothing of the way from the first half: {:?}",
            opening.fetched
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn people_search_while_the_rest_is_on_its_way_and_whom_they_pick_waits_for_it() -> Result<()> {
    story("halves-slow", async |world| {
        world.browser.engine().hold(REST);
        let (page, widget) = world.to_search().await?;
        widget.search("chase", BANK).await?;
        wait::until("the rest to be asked for", async || {
            Ok((world.browser.engine().held() > 0).then_some(()))
        })
        .await?;
        widget.press(BANK).await?;
        widget.wait_for_heading("Find your bank").await?;
        let at_once = widget.run_plain(FETCHED_AT_ONCE).await?;
        ensure!(at_once == 0, "nothing of the rest is called before it is there: {at_once}");

        world.browser.engine().release();
        finish(world, &page, &widget).await?;
        let at_once = widget.run_plain(FETCHED_AT_ONCE).await;
        ensure!(at_once.is_err() || at_once.is_ok_and(|times| times == 0), "nor later");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rest_that_is_lost_on_its_way_is_fetched_again() -> Result<()> {
    story_over_the_wire("halves-lost", async |world| {
        world.expect_error(REST);
        world.wire.spoil(FETCHING, 1, Fault::Reset);
        let (page, widget) = world.to_search().await?;
        widget.search("chase", BANK).await?;
        widget.press(BANK).await?;
        ensure!(world.wire.has_spoiled(), "the first one was lost");
        finish(world, &page, &widget).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_too_early_fetches_the_rest_at_once() -> Result<()> {
    story_over_the_wire("halves-early", async |world| {
        world.wire.spoil(FETCHING, 1, Fault::Delay);
        let (page, widget) = world.to_search().await?;
        // As if it had come, so that nothing waits for it.
        widget.run_plain("delete document.documentElement.dataset.rest").await?;
        widget.press(BANK).await?;
        widget.wait_for_heading("Sign in to").await?;
        let at_once = widget.run_plain(FETCHED_AT_ONCE).await?;
        ensure!(at_once == 1, "it was fetched at once, and once: {at_once}");
        finish(world, &page, &widget).await
    })
    .await
}

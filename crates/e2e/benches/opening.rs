//! How soon the first screen is there on a slow network and a slow phone. No test: it judges the machine, too.
//! `cargo xtask bench page` runs it, and nothing beside it.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::browser::{Browser, Slow};
use linchpin_e2e::latency::{median, of_key_presses, watch_key_presses};
use linchpin_e2e::opening::{Opening, PHONE, at_once, made_before, work};
use linchpin_e2e::page::{HostPage, SEARCH};
use linchpin_e2e::{World, story, wait};
use std::io::Write as _;

/// How often it is measured; each time in a browser that has never seen the widget.
const RUNS: usize = 5;
/// Milliseconds from `create()` and `open()` to the search field's being on the screen.
const PAINTED: u64 = 1_000;
/// The same to its being of use.
const USABLE: u64 = 2_000;

#[tokio::main]
async fn main() -> Result<()> {
    story("opening", async |world| {
        let (mut own, mut slow, mut results, mut later) = (vec![], vec![], vec![], vec![]);
        let mut openings: Vec<Opening> = Vec::new();
        for run in 0..RUNS {
            let browser = world.open_another_browser(&format!("at-once-{run}")).await?;
            let page = prepared(world, &browser, &mut own, &mut slow).await?;
            let token = world.proxy.mint("at-once").await?;
            let (opening, widget) = at_once(&page, token.link_token.expose()).await?;
            openings.push(opening);
            watch_key_presses(&widget).await?;
            widget.replace_in(SEARCH, "c").await?;
            results.push(
                wait::until("what is found", async || Ok(of_key_presses(&widget).await?.first().copied()))
                    .await?,
            );
            browser.close().await?;

            let browser = world.open_another_browser(&format!("before-{run}")).await?;
            let page = prepared(world, &browser, &mut own, &mut slow).await?;
            let token = world.proxy.mint("before").await?;
            later.push(made_before(&page, token.link_token.expose()).await?.0.painted);
            browser.close().await?;
        }
        let middle = |all: Vec<f64>| median(all).context("it was measured");
        let painted = middle(openings.iter().map(|one| one.painted).collect())?;
        let usable = middle(openings.iter().map(|one| one.usable).collect())?;
        let mut say = std::io::stdout();
        let Slow { latency_ms, down, up, times_slower } = PHONE;
        writeln!(
            say,
            "\nMedians of {RUNS}, at {down} bit/s down, {up} bit/s up, {latency_ms} ms to each answer, {times_slower} times slower:"
        )?;
        writeln!(say, "create() and open() → search field painted: {painted} ms (at most {PAINTED})")?;
        writeln!(say, "create() and open() → usable: {usable} ms (at most {USABLE})")?;
        writeln!(say, "first key → what is found: {} ms", middle(results)?)?;
        writeln!(say, "open() of one that was ready → search field painted: {} ms", middle(later)?)?;
        writeln!(
            say,
            "the machine: a fixed piece of work takes {} ms, slowed down {} ms",
            middle(own)?,
            middle(slow)?
        )?;
        openings.sort_by(|one, other| one.usable.total_cmp(&other.usable));
        writeln!(say, "\n asked  first   last     sent    whole")?;
        for fetched in openings.get(RUNS / 2).iter().flat_map(|one| &one.fetched) {
            writeln!(say, "{fetched}")?;
        }
        ensure!(painted <= PAINTED, "the search field is painted after {painted} ms, later than {PAINTED}");
        ensure!(usable <= USABLE, "it is usable after {usable} ms, later than {USABLE}");
        Ok(())
    })
    .await
}

/// The host page with its loader, before anything of the widget: how fast the machine is, and slow from then on.
async fn prepared<'b>(
    world: &World,
    browser: &'b Browser,
    own: &mut Vec<f64>,
    slow: &mut Vec<f64>,
) -> Result<HostPage<'b>> {
    let page = world.open_host_page_in(browser).await?;
    wait::until("the loader", async || {
        Ok((page.run_plain("return typeof Linchpin === 'object'").await? == true).then_some(()))
    })
    .await?;
    own.push(work(&page).await?);
    browser.engine().slow_down(PHONE).await?;
    slow.push(work(&page).await?);
    Ok(page)
}

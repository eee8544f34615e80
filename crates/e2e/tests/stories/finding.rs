//! A person looks for their bank.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::browser::{Scheme, View};
use linchpin_e2e::journey::BANK;
use linchpin_e2e::page::{Document, SEARCH};
use linchpin_e2e::{story, story_at, wait};
use linchpin_sandbox::{practice_banks, routing_number};
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;

const ARROW_DOWN: char = '\u{e015}';
const ENTER: char = '\u{e007}';
const PAGE: usize = 20;

/// The rows that are listed, as they read.
async fn listed(widget: &Document<'_>) -> Result<Vec<String>> {
    let body = "return [...document.querySelectorAll('[role=option]')].map((row) => tidy(row.textContent))";
    serde_json::from_value(widget.run(body, &[]).await?).context("rows are texts")
}

async fn wait_for_rows(widget: &Document<'_>, fits: impl Fn(&[String]) -> bool) -> Result<Vec<String>> {
    wait::until("other rows", async || {
        let rows = listed(widget).await?;
        Ok(fits(&rows).then_some(rows))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn slips_are_understood_and_namesakes_told_apart() -> Result<()> {
    story("finding-namesakes", async |world| {
        let (_, widget) = world.to_search().await?;
        widget.search("jpmrogan chsae", BANK).await?;
        widget.replace_in(SEARCH, "first state bank").await?;
        let rows = wait_for_rows(&widget, |rows| rows.len() == PAGE && !rows[0].contains(BANK)).await?;
        let different: HashSet<&String> = rows.iter().collect();
        ensure!(different.len() == rows.len(), "two rows read the same: {rows:#?}");
        let mark = widget.run("return document.querySelector('mark')?.textContent ?? null", &[]).await?;
        ensure!(mark == "First", "what was asked for is marked: {mark}");
        world.inspect("namesakes", &widget).await?;
        widget.replace_in(SEARCH, "first state bank tx athens").await?;
        wait_for_rows(&widget, |rows| rows.first().is_some_and(|row| row.contains("Athens, TX"))).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_at_a_bank_and_comes_back_finds_text_list_and_place() -> Result<()> {
    story("finding-return", async |world| {
        let (_, widget) = world.to_search().await?;
        widget.type_into(SEARCH, "first").await?;
        let first = wait_for_rows(&widget, |rows| rows.len() == PAGE).await?;
        // Behind the last row comes the next page.
        widget.keys(&String::from(ARROW_DOWN).repeat(PAGE + 1)).await?;
        let more = wait_for_rows(&widget, |rows| rows.len() == 2 * PAGE).await?;
        ensure!(more[..PAGE] == first[..], "the next page comes below");
        widget.keys(&String::from(ARROW_DOWN)).await?;
        let chosen = "return document.querySelector('[aria-selected=true]')?.id ?? null";
        let chosen = widget.run(chosen, &[]).await?;
        ensure!(chosen == format!("found-{PAGE}"), "the first of the next page is chosen, not {chosen}");
        let place = "return Math.round(document.scrollingElement.scrollTop)";
        let before = widget.run(place, &[]).await?.as_i64().context("a number")?;
        ensure!(before > 0, "the list is longer than the window");
        widget.keys(&String::from(ENTER)).await?;
        widget.wait_for_heading("Sign in to").await?;
        widget.press("Back").await?;
        widget.wait_for_heading("Find your bank").await?;
        ensure!(widget.sought().await? == "first", "the text is kept");
        ensure!(listed(&widget).await? == more, "the list is kept");
        wait::until("the place in the list", async || {
            let now = widget.run(place, &[]).await?.as_i64().context("a number")?;
            Ok(((now - before).abs() <= 2).then_some(()))
        })
        .await?;
        widget.focus_is_on_the_heading().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_and_addresses_are_understood_and_an_account_number_goes_nowhere() -> Result<()> {
    story("finding-numbers", async |world| {
        let (_, widget) = world.to_search().await?;
        let bank = practice_banks().first().context("there are practice banks")?;
        widget.search(routing_number(), bank.name).await?;
        widget.wait_for_text("Found by the routing number").await?;
        let rows = listed(&widget).await?;
        ensure!(rows.len() == 1, "the number belongs to one: {rows:?}");
        widget.replace_in(SEARCH, "https://secure.jpmorganchase.com/login?next=%2F#top").await?;
        widget.wait_for_result(BANK).await?;
        widget.wait_for_text("Found by the website’s address").await?;
        let number = "4111 1111 1111 1111";
        widget.replace_in(SEARCH, number).await?;
        widget.wait_for_text("This may be an account number").await?;
        world.inspect("withheld", &widget).await?;
        // Longer than the pause after which a text is sent.
        tokio::time::sleep(Duration::from_millis(400)).await;
        let asked = "return performance.getEntriesByType('resource').filter((one) => one.name.includes('4111')).length";
        ensure!(widget.run(asked, &[]).await? == 0, "an account number was sent");
        world.proxy.has_kept_nothing_of(&[("the account number", number), ("the account number", "4111111111111111")])
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_learns_which_bank_is_missing() -> Result<()> {
    story("finding-not-listed", async |world| {
        let (_, widget) = world.to_search().await?;
        widget.type_into(SEARCH, "zzyzx road thrift").await?;
        widget.wait_for_text("No bank found for “zzyzx road thrift”").await?;
        widget.press("My bank is not listed").await?;
        widget.wait_for_heading("Which bank is missing?").await?;
        widget.focus_is_on_the_heading().await?;
        world.inspect("not-listed", &widget).await?;
        widget.replace_in(SEARCH, "Zzyzx Road Thrift, no. 4711").await?;
        widget.press_twice("Send to").await?;
        widget.wait_for_heading("Thank you").await?;
        world.inspect("not-listed-sent", &widget).await?;
        let asked = world.proxy.institution_requests().await?;
        ensure!(asked.len() == 1, "it is on record once: {}", asked.len());
        let text = asked[0].text.as_str();
        ensure!(
            text.starts_with("Zzyzx Road Thrift") && !text.contains("4711"),
            "numbers are masked: {text}"
        );
        widget.press("Look for another bank").await?;
        widget.wait_for_heading("Find your bank").await?;
        ensure!(widget.sought().await? == "zzyzx road thrift", "the search is as it was");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_late_is_not_shown() -> Result<()> {
    story("finding-late", async |world| {
        world.browser.engine().hold("query=first");
        let (_, widget) = world.to_search().await?;
        widget.type_into(SEARCH, "first").await?;
        wait::until("the first search", async || Ok((world.browser.engine().held() > 0).then_some(())))
            .await?;
        widget.replace_in(SEARCH, "wells fargo").await?;
        widget.wait_for_result("Wells Fargo Bank").await?;
        let before = listed(&widget).await?;
        world.browser.engine().release();
        tokio::time::sleep(Duration::from_millis(500)).await;
        ensure!(listed(&widget).await? == before, "the answer to another text is shown");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_with_its_keyboard_open_leaves_room_for_what_is_found() -> Result<()> {
    let view = View { width: 320, height: 300, scheme: Scheme::Light };
    story_at("finding-keyboard", view, async |world| {
        let (_, widget) = world.to_search().await?;
        widget.search("first", "First").await?;
        let seen = "const box = (one) => one.getBoundingClientRect();
            const field = box(document.getElementById(arguments[0])), row = box(document.querySelector(arguments[1]));
            return { field: field.top >= 0 && field.bottom <= innerHeight,
                row: row.top >= field.bottom - 1 && row.bottom <= innerHeight + 1 }";
        let of = |row: &str| [json!("search"), json!(row)];
        for chosen in 0..4 {
            widget.keys(&String::from(ARROW_DOWN)).await?;
            let row = format!("#found-{chosen}[aria-selected=true]");
            wait::until(&format!("row {chosen} and the field to be seen"), async || {
                let there = "return document.querySelector(arguments[0]) !== null";
                if widget.run(there, &[json!(row)]).await? != true {
                    return Ok(None);
                }
                let seen = widget.run(seen, &of(&row)).await?;
                Ok((seen["field"] == true && seen["row"] == true).then_some(()))
            })
            .await?;
        }
        world.inspect("keyboard", &widget).await?;
        widget.keys(&String::from(ENTER)).await?;
        widget.wait_for_heading("Sign in to").await
    })
    .await
}

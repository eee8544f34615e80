//! The canary in the browser: what was typed and what the bank answered is nowhere that a browser keeps or shows things.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::deposits::{AMOUNTS, CUSTOMER, PROVED, SENT};
use linchpin_e2e::journey::{PASSCODE, QUESTION, right_answer};
use linchpin_e2e::page::Document;
use linchpin_e2e::{Setting, story, story_in};

/// Everything that a document has kept, asked for, or shows.
const EVERYTHING: &str = "
    const entries = (store) => { try { return { ...store }; } catch { return null; } };
    const kept = async (ask) => { try { return await ask(); } catch { return null; } };
    return JSON.stringify({
        session: entries(window.sessionStorage), local: entries(window.localStorage), cookie: document.cookie,
        databases: await kept(() => indexedDB.databases()), caches: await kept(() => caches.keys()),
        asked: performance.getEntries().map((entry) => entry.name), state: history.state, title: document.title,
        address: location.href, referrer: document.referrer, name: window.name,
        told: window.told ?? null, said: window.said ?? null, heard: window.heard ?? null,
        shown: document.documentElement.outerHTML,
    });";

async fn holds_none(place: &str, document: &Document<'_>, secrets: &[(&str, String)]) -> Result<()> {
    let body = format!("return (async () => {{ {EVERYTHING} }})()");
    let text =
        document.run_plain(&body).await?.as_str().context("the document tells what it holds")?.to_owned();
    ensure!(text.contains("asked"), "the search looks at something: {text:.200}");
    for (what, secret) in secrets {
        ensure!(!text.contains(secret.as_str()), "{what} is in {place}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_typed_or_answered_stays_in_the_browser() -> Result<()> {
    story("browser-leaks", async |world| {
        let page = world.open_host_page().await?;
        page.listen_to_console().await?;
        page.act("window.heard = []; addEventListener('message', ({ data }) => heard.push(data)); return null", &[])
            .await?;
        let token = world.proxy.mint("canary").await?;
        page.create("one", token.link_token.expose()).await?;
        page.call("one", "open").await?;
        let widget = page.widget().await?;
        world.find_the_form(&widget).await?;
        let mut secrets = vec![
            ("a passcode", "practice-canary-5d1e".to_owned()),
            ("an answer", "canary-answer-77ab".to_owned()),
            ("the right answer", right_answer()?),
            ("the client's secret", linchpin_e2e::CLIENT_SECRET.to_owned()),
        ];
        world.sign_in(&widget, "practice-question", "practice-canary-5d1e").await?;
        widget.wait_for_heading("Connecting to").await?;
        holds_none("the widget, while the login is sent", &widget, &secrets).await?;
        world.pass_time_until(&widget, "Sign in to").await?;
        holds_none("the widget, after a wrong login", &widget, &secrets).await?;
        widget.type_into("Password", PASSCODE).await?;
        widget.press("Sign in").await?;
        widget.wait_for_heading("Connecting to").await?;
        world.pass_time_until_text(&widget, QUESTION).await?;
        widget.type_into(QUESTION, "canary-answer-77ab").await?;
        widget.press("Continue").await?;
        widget.wait_for_heading("Connecting to").await?;
        holds_none("the widget, while an answer is sent", &widget, &secrets).await?;
        world.pass_time_until_text(&widget, QUESTION).await?;
        world.answer_until_accounts(&widget).await?;
        world.choose(&widget).await?;
        // The public token has been told to the page by now: that is its purpose. The numbers have not.
        let linked = page.wait_until_told("one", "linked").await?;
        ensure!(linked.is_string(), "the page has the public token: {linked}");
        secrets.push(("the session's token", "st_".to_owned()));
        holds_none("the host page", &page, &secrets).await?;
        secrets.pop();
        holds_none("the widget, when it is done", &widget, &secrets).await?;
        widget.press("Back to").await?;
        page.wait_until_told("one", "success").await?;
        let left = "return Object.keys(sessionStorage).concat(Object.keys(localStorage)).filter((key) => key.includes('linchpin'))";
        let left = widget.run_plain(left).await?;
        ensure!(left.as_array().is_some_and(Vec::is_empty), "the session's token stays after the end: {left}");
        let secrets: Vec<(&str, &str)> = secrets.iter().map(|(what, secret)| (*what, secret.as_str())).collect();
        world.proxy.has_kept_nothing_of(&secrets)
    })
    .await
}

/// Of a bank that nobody knows here, so that no table holds it.
const ROUTING: &str = "322271627";

#[tokio::test(flavor = "multi_thread")]
async fn no_number_of_an_account_and_no_amount_stays_anywhere() -> Result<()> {
    story_in("deposits-leaks", Setting::over_v2(), async |world| {
        world.practice.send_amounts([37, 83]);
        let page = world.open_host_page().await?;
        page.listen_to_console().await?;
        page.act(
            "window.heard = []; addEventListener('message', ({ data }) => heard.push(data)); return null",
            &[],
        )
        .await?;
        let widget = world.open_for(&page, CUSTOMER).await?;
        let secrets = [
            ("the account number", "400177120934"),
            ("the account number as it was typed", "4001 7712-0934"),
            ("an amount as it was typed", "37¢"),
            ("an amount as it was typed", "$0.83"),
            ("an amount as it was read", "83 cents"),
            ("a wrong amount as it was typed", "41¢"),
            ("a wrong amount as it was read", "41 cents"),
        ]
        .map(|(what, secret)| (what, secret.to_owned()));
        world.leave_the_search(&widget).await?;
        world.give_numbers(&widget, ROUTING, "4001 7712-0934").await?;
        widget.wait_for_heading("Is all of this right?").await?;
        holds_none("the widget, while the numbers are read once more", &widget, &secrets).await?;
        world.send_deposits(&widget).await?;
        holds_none("the widget, while deposits are on their way", &widget, &secrets).await?;
        world.practice.clock().advance(SENT);
        widget.wait_for_heading(AMOUNTS).await?;
        world.give_amounts(&widget, ["41¢", "$0.83"]).await?;
        widget.wait_for_text("These are not the two amounts that were sent").await?;
        holds_none("the widget, after wrong amounts", &widget, &secrets).await?;
        world.give_amounts(&widget, ["$0.83", "37¢"]).await?;
        widget.wait_for_heading(PROVED).await?;
        holds_none("the widget, when it is done", &widget, &secrets).await?;
        widget.press("Back to").await?;
        page.wait_until_told(CUSTOMER, "success").await?;
        let deposit = world.told_deposits().await?;
        world.told_that_they_are_at(&deposit, "verified").await?;

        // That number is no secret, and the widget asks for its bank by it; nobody else has to know it.
        let mut secrets = secrets.to_vec();
        secrets.push(("the routing number", ROUTING.to_owned()));
        holds_none("the host page", &page, &secrets).await?;
        let entries = serde_json::to_string(&world.practice.ledger().entries())?;
        let secrets: Vec<(&str, &str)> =
            secrets.iter().map(|(what, secret)| (*what, secret.as_str())).collect();
        for (what, secret) in &secrets {
            ensure!(!entries.contains(secret), "{what} is in the bank's ledger");
        }
        world.host.was_told_nothing_of(&secrets)?;
        world.proxy.has_kept_nothing_of(&secrets)
    })
    .await
}

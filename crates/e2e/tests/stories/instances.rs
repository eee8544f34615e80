//! More than one widget on a page at the same time, and one after the other.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::journey::{BANK, PASSCODE};
use linchpin_e2e::page::{HostPage, Widget};
use linchpin_e2e::{World, story};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn one_over_the_page_and_one_in_a_box_link_at_the_same_time() -> Result<()> {
    story("overlay-and-box", async |world| {
        let page = world.open_host_page().await?;
        let boxed = in_a_box(world, &page, "boxed").await?;
        to_login(&boxed).await?;
        let token = world.proxy.mint("over").await?;
        page.create("over", token.link_token.expose()).await?;
        // This one goes on behind the other.
        world.sign_in(&boxed, "practice-good", PASSCODE).await?;
        boxed.wait_for_heading("Connecting to").await?;
        page.call("over", "open").await?;
        let over = page.widget().await?;
        to_login(&over).await?;
        world.sign_in(&over, "practice-good", PASSCODE).await?;
        to_the_end(world, &over).await?;
        check_end(&page, "over").await?;
        ensure!(page.told("boxed", "success").await?.is_empty(), "the one in the box goes on");
        page.wait_until_closed().await?;
        look_at(&page, "boxed").await?;
        to_the_end(world, &boxed).await?;
        check_end(&page, "boxed").await?;
        check_apart(&page, ["over", "boxed"]).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_in_boxes_of_one_page_link_at_the_same_time() -> Result<()> {
    story("two-boxes", async |world| {
        let page = world.open_host_page().await?;
        let names = ["left", "right"];
        let left = in_a_box(world, &page, "left").await?;
        let right = in_a_box(world, &page, "right").await?;
        for (name, widget) in names.iter().zip([&left, &right]) {
            look_at(&page, name).await?;
            to_login(widget).await?;
        }
        for (name, widget) in names.iter().zip([&left, &right]) {
            look_at(&page, name).await?;
            world.sign_in(widget, "practice-good", PASSCODE).await?;
        }
        // The one that began last ends first.
        for (name, widget) in [("right", &right), ("left", &left)] {
            look_at(&page, name).await?;
            to_the_end(world, widget).await?;
            check_end(&page, name).await?;
        }
        check_apart(&page, names).await
    })
    .await
}

async fn in_a_box<'w>(world: &'w World, page: &HostPage<'w>, name: &str) -> Result<Widget<'w>> {
    let token = world.proxy.mint(name).await?;
    page.create_in_box(name, token.link_token.expose(), 400).await?;
    page.wait_until_told(name, "ready").await?;
    page.call(name, "open").await?;
    look_at(page, name).await?;
    page.boxed(name).await
}

/// Browsers do not lay a frame of another site out as long as it is out of sight.
async fn look_at(page: &HostPage<'_>, name: &str) -> Result<()> {
    let body = "document.querySelector(`[data-box=${given[0]}]`).scrollIntoView()";
    page.act(body, &[json!(name)]).await.map(|_| ())
}

async fn to_login(widget: &Widget<'_>) -> Result<()> {
    widget.wait_for_heading("Find your bank").await?;
    widget.search("chase", BANK).await?;
    widget.press(BANK).await?;
    widget.wait_for_heading("Sign in to").await
}

/// From the bank's yes to the button that leads back to the page.
async fn to_the_end(world: &World, widget: &Widget<'_>) -> Result<()> {
    world.pass_time_until(widget, "Which account").await?;
    world.choose(widget).await?;
    widget.press("Back to").await
}

async fn check_end(page: &HostPage<'_>, name: &str) -> Result<()> {
    let success = page.wait_until_told(name, "success").await?;
    ensure!(success["results"].as_array().is_some_and(|all| all.len() == 1), "{name}: one result: {success}");
    Ok(())
}

/// Each told one end of its own, with a token and a connection of its own.
async fn check_apart(page: &HostPage<'_>, names: [&str; 2]) -> Result<()> {
    let mut told = Vec::new();
    for name in names {
        let ends = [page.told(name, "success").await?, page.told(name, "exit").await?].concat();
        let [end] = &ends[..] else { anyhow::bail!("{name} ends {} times", ends.len()) };
        told.push((end["publicToken"].clone(), end["results"][0]["connectionId"].clone()));
    }
    let [(one, first), (other, second)] = &told[..] else { anyhow::bail!("there are two") };
    ensure!(one.is_string() && first.is_string(), "they linked something: {told:?}");
    ensure!(one != other && first != second, "each has its own: {told:?}");
    Ok(())
}

/// How often the widget is opened and closed before anything is counted: until then V8 goes on compiling the loader.
const WARM: usize = 30;
/// How often it is opened and closed after that.
const ROUNDS: usize = 100;
/// How often between two looks of the driver's, which leave traces of their own.
const AT_ONCE: usize = 10;

/// Makes, opens, closes and takes away a widget for each of the tokens, one after the other, and keeps nothing of them.
const OPEN_AND_CLOSE: &str = "
    const told = new Set();
    for (const token of given[0]) {
        let ended;
        const end = new Promise((resolve) => (ended = resolve));
        const made = Linchpin.create({ token, onSuccess: ended, onExit: ended });
        made.open();
        await made.ready;
        const seen = document.querySelectorAll('dialog[open] iframe').length;
        made.exit();
        const { reason } = await end;
        made.destroy();
        told.add(`${seen} ${reason} ${document.querySelectorAll('iframe').length}`);
    }
    return [...told];";

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_openings_leave_nothing_in_the_page() -> Result<()> {
    story("hundred-rounds", async |world| {
        let page = world.open_host_page().await?;
        open_and_close(world, &page, WARM).await?;
        let before = world.browser.engine().held_by_page().await?;
        open_and_close(world, &page, ROUNDS).await?;
        let after = world.browser.engine().held_by_page().await?;
        for (what, before, after) in before.grown(&after) {
            ensure!(
                after * 100 <= before * 101,
                "{what}: {before}, and {after} after {ROUNDS} openings: more than 1 % more"
            );
        }
        Ok(())
    })
    .await
}

async fn open_and_close(world: &World, page: &HostPage<'_>, rounds: usize) -> Result<()> {
    for _ in 0..rounds / AT_ONCE {
        let mut tokens = Vec::new();
        for _ in 0..AT_ONCE {
            tokens.push(world.proxy.mint("round").await?.link_token.expose().to_owned());
        }
        let told = page.act(OPEN_AND_CLOSE, &[json!(tokens)]).await.context("opening and closing")?;
        ensure!(told == json!(["1 closed_by_host 0"]), "an opening goes otherwise: {told}");
    }
    Ok(())
}

//! What a host page's own script sees of the widget.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::journey::BANK;
use linchpin_e2e::page::{HostPage, Widget};
use linchpin_e2e::{story, wait};

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_refused_for_its_origin_becomes_a_clear_reason() -> Result<()> {
    story("refused-frame", async |world| {
        world.expect_error("frame-ancestors");
        world.expect_error("[Linchpin]");
        // The same page under an address that is not registered.
        world.browser.go(&world.host.origin().replace("localhost", "127.0.0.1")).await?;
        let page = HostPage::shown(&world.browser);
        let token = world.proxy.mint("stranger").await?;
        page.create("one", token.link_token.expose()).await?;
        let refused = page.wait_until_told("one", "refused").await?;
        ensure!(refused["code"] == "handshake_timeout", "the reason has a code: {refused}");
        let message = refused["message"].as_str().context("the reason has words")?;
        ensure!(message.contains("http://127.0.0.1:"), "it names the origin to register: {message}");
        ensure!(page.told("one", "ready").await?.is_empty(), "a refused widget is never ready");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_widgets_on_one_page_keep_apart() -> Result<()> {
    story("two-instances", async |world| {
        let page = world.open_host_page().await?;
        for name in ["one", "two"] {
            let token = world.proxy.mint(name).await?;
            page.create(name, token.link_token.expose()).await?;
            page.wait_until_told(name, "ready").await?;
        }
        page.call("one", "open").await?;
        let first = page.widget().await?;
        first.search("chase", BANK).await?;
        page.call("one", "exit").await?;
        let exit = page.wait_until_told("one", "exit").await?;
        ensure!(exit["reason"] == "closed_by_host", "the first ends as its host asked: {exit}");
        ensure!(page.told("two", "exit").await?.is_empty(), "the second goes on");

        page.call("two", "open").await?;
        let second = page.widget().await?;
        ensure!(second.link() != first.link(), "each instance has a frame of its own");
        second.wait_for_heading("Find your bank").await?;
        let typed = second.sought().await?;
        ensure!(typed.is_empty(), "what was typed in one is not in the other: {typed:?}");
        world.connect(&second).await?;
        second.press("Back to").await?;
        let success = page.wait_until_told("two", "success").await?;
        ensure!(success["results"].as_array().is_some_and(|all| all.len() == 1), "one result: {success}");
        ensure!(
            success["publicToken"].as_str().is_some_and(|token| token.starts_with("pt_")),
            "with its token"
        );
        ensure!(page.told("one", "success").await?.is_empty(), "the first has no part in it");
        for name in ["one", "two"] {
            let ends = page.told(name, "exit").await?.len() + page.told(name, "success").await?.len();
            ensure!(ends == 1, "“{name}” ends once, but told {ends} ends");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destroyed_widget_leaves_nothing_behind() -> Result<()> {
    story("destroy", async |world| {
        let page = world.open_host_page().await?;
        let before = traces(&page).await?;
        let token = world.proxy.mint("tidy").await?;
        page.create("one", token.link_token.expose()).await?;
        page.call("one", "open").await?;
        let widget: Widget<'_> = page.widget().await?;
        widget.wait_for_heading("Find your bank").await?;
        ensure!(traces(&page).await? != before, "an open widget is to be seen");
        page.call("one", "destroy").await?;
        wait::until("every trace to be gone", async || Ok((traces(&page).await? == before).then_some(())))
            .await?;
        page.call("one", "destroy").await?;
        ensure!(traces(&page).await? == before, "destroying twice is harmless");
        Ok(())
    })
    .await
}

/// What a widget could leave in a page: elements, styles, a locked scroll, a lost focus.
async fn traces(page: &HostPage<'_>) -> Result<serde_json::Value> {
    let body = "
        const { length } = document.querySelectorAll('dialog, iframe');
        const root = document.documentElement;
        return { length, sheets: document.adoptedStyleSheets.length, frames: window.length,
            attributes: [root, document.body].map((one) => one.getAttributeNames().join()),
            scroll: [root, document.body].map((one) => getComputedStyle(one).overflow),
            children: document.body.childElementCount, focus: document.activeElement.tagName };";
    page.run_plain(body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn escape_closes_and_the_focus_returns_to_where_it_was() -> Result<()> {
    story("escape", async |world| {
        let page = world.open_host_page().await?;
        let widget = page.connect().await?;
        world.agree(&widget).await?;
        widget.keys(&String::from(char::from(fantoccini::key::Key::Escape))).await?;
        page.wait_until_closed().await?;
        wait::until("the focus to return", async || {
            let body = "return document.activeElement.textContent.includes('Connect')";
            Ok((page.run_plain(body).await? == true).then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_box_of_the_page_the_frame_is_as_high_as_what_it_shows() -> Result<()> {
    story("inline", async |world| {
        let page = world.open_host_page().await?;
        let token = world.proxy.mint("inline").await?;
        page.create_in_box("one", token.link_token.expose(), 360).await?;
        page.wait_until_told("one", "ready").await?;
        page.run_plain("document.querySelector('button').focus()").await?;
        page.call("one", "open").await?;
        // Browsers do not lay a frame of another site out as long as it is out of sight.
        page.run_plain("document.querySelector('[data-box]').scrollIntoView()").await?;
        let widget = page.boxed("one").await?;
        widget.wait_for_heading("Find your bank").await?;
        let short = fits(&page, &widget, 360).await?;
        let focused = page.run_plain("return document.activeElement.tagName").await?;
        ensure!(focused == "BUTTON", "the focus is not fetched into the box: {focused}");

        widget.search("chase", BANK).await?;
        let list = fits(&page, &widget, 360).await?;
        ensure!(list != short, "the list is as high as the first screen, {short} px: this shows nothing");

        widget.press(BANK).await?;
        widget.wait_for_heading("Sign in to").await?;
        let form = fits(&page, &widget, 360).await?;
        ensure!(form != list, "the form is as high as the list, {list} px: this shows nothing");
        widget.keys(&String::from(char::from(fantoccini::key::Key::Escape))).await?;
        fits(&page, &widget, 360).await?;
        ensure!(page.told("one", "exit").await?.is_empty(), "Escape does not close what is no dialog");

        page.call("one", "exit").await?;
        page.wait_until_told("one", "exit").await?;
        Ok(())
    })
    .await
}

/// Waits until the frame in the box is as wide as that and as high as its page, which has nothing to scroll. Returns the
/// height.
async fn fits(page: &HostPage<'_>, widget: &Widget<'_>, width: u64) -> Result<u64> {
    let mut last = String::new();
    let seen = wait::until("the box to fit", async || {
        let frame = "const { clientWidth: width, clientHeight: height } = document.querySelector('[data-box] iframe');
            return { width, height };";
        let frame = page.run_plain(frame).await?;
        let inside = "const { scrollHeight, clientHeight } = document.scrollingElement;
            const whole = document.getElementById('linchpin').getBoundingClientRect().height;
            return { scrolls: scrollHeight > clientHeight, height: Math.round(whole) };";
        let inside = widget.run_plain(inside).await?;
        let fits = frame["width"] == width && frame["height"] == inside["height"] && inside["scrolls"] == false;
        last = format!("the frame is {frame}, inside {inside}");
        Ok(frame["height"].as_u64().filter(|_| fits))
    })
    .await;
    seen.context(last)
}

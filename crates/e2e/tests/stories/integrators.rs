//! What everybody who embeds the widget gets wrong first. Each says once, in the console and to `ready`, what to change.

use anyhow::{Result, ensure};
use linchpin_e2e::page::HostPage;
use linchpin_e2e::{World, story};
use serde_json::Value;

/// Makes a widget that must fail, and checks everything that the host's engineer sees of it.
async fn refuses(
    world: &World,
    page: &HostPage<'_>,
    token: &str,
    code: &str,
    words: &[&str],
) -> Result<Value> {
    world.expect_error("[Linchpin]");
    page.listen_to_console().await?;
    page.create("one", token).await?;
    page.call("one", "open").await?;
    let refused = page.wait_until_told("one", "refused").await?;
    ensure!(refused["code"] == code, "the reason has another code: {refused}");
    let message = refused["message"].as_str().unwrap_or_default();
    for word in words {
        ensure!(message.contains(word), "“{word}” is not said: {message}");
    }
    ensure!(!message.contains(token), "the token is repeated");
    let said = page.said().await?;
    ensure!(said == [format!("[Linchpin] {message}")], "one message, the same in both places: {said:?}");
    ensure!(page.told("one", "ready").await?.is_empty(), "it is never ready");
    Ok(refused)
}

/// An overlay that shows nothing must not stay over the page.
async fn is_gone(page: &HostPage<'_>) -> Result<()> {
    page.wait_until_closed().await?;
    let exit = page.wait_until_told("one", "exit").await?;
    ensure!(exit["reason"] == "problem", "the host learns that it failed: {exit}");
    page.call("one", "destroy").await?;
    let left = page.run_plain("return document.querySelectorAll('dialog iframe').length").await?;
    ensure!(page.told("one", "exit").await?.len() == 1, "the end is told once");
    ensure!(
        left == page
            .run_plain("return document.querySelectorAll('dialog:not([open]) iframe').length")
            .await?
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_used_says_so() -> Result<()> {
    story("token-used", async |world| {
        world.expect_error("401");
        let page = world.open_host_page().await?;
        let token = world.proxy.mint("twice").await?;
        page.create("first", token.link_token.expose()).await?;
        page.wait_until_told("first", "ready").await?;
        // Ended, not only taken away: a frame that was merely lost finds its session again.
        page.call("first", "exit").await?;
        page.wait_until_told("first", "exit").await?;
        let words = ["token_used", "pass a function as token"];
        let refused = refuses(world, &page, token.link_token.expose(), "session_failed", &words).await?;
        ensure!(refused["problem"] == "token_used", "{refused}");
        let widget = page.widget().await?;
        widget.wait_for_heading("run out").await?;
        world.inspect("link-over", &widget).await?;
        widget.press("Close").await?;
        page.wait_until_closed().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_used_is_replaced_where_a_function_gets_it() -> Result<()> {
    story("token-replaced", async |world| {
        world.expect_error("401");
        let page = world.open_host_page().await?;
        let used = world.proxy.mint("used").await?;
        page.create("first", used.link_token.expose()).await?;
        page.wait_until_told("first", "ready").await?;
        page.call("first", "exit").await?;
        page.wait_until_told("first", "exit").await?;
        let fresh = world.proxy.mint("fresh").await?;
        page.create_getting("one", &[used.link_token.expose(), fresh.link_token.expose()]).await?;
        page.call("one", "open").await?;
        page.wait_until_told("one", "ready").await?;
        let widget = page.widget().await?;
        widget.wait_for_heading("Find your bank").await?;
        ensure!(*widget.link() == fresh.link_id, "the fresh opening is framed");
        ensure!(page.told("one", "refused").await?.is_empty(), "nobody is told of the used one");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_revoked_says_so() -> Result<()> {
    story("token-revoked", async |world| {
        world.expect_error("401");
        let page = world.open_host_page().await?;
        let token = world.proxy.mint("revoked").await?;
        world.proxy.revoke(&token.link_id).await?;
        let words = ["token_invalid"];
        let refused = refuses(world, &page, token.link_token.expose(), "session_failed", &words).await?;
        ensure!(refused["problem"] == "token_invalid", "{refused}");
        let widget = page.widget().await?;
        widget.wait_for_heading("could not be opened").await?;
        world.inspect("cannot-open", &widget).await?;
        widget.press("Close").await?;
        page.wait_until_closed().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_nobody_knows_says_what_to_check() -> Result<()> {
    story("token-unknown", async |world| {
        world.expect_error("frame-ancestors");
        world.expect_error("404");
        let page = world.open_host_page().await?;
        let words = ["did not answer", world.host.origin(), "is the token fresh"];
        refuses(world, &page, "lt_0123456789abcdef.0123456789abcdef", "handshake_timeout", &words).await?;
        is_gone(&page).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_down_says_so() -> Result<()> {
    story("proxy-down", async |world| {
        world.expect_error("ERR_CONNECTION_REFUSED");
        let page = world.open_host_page().await?;
        let token = world.proxy.mint("nobody-there").await?;
        world.proxy.kill();
        let words = ["did not answer", world.proxy.origin()];
        refuses(world, &page, token.link_token.expose(), "handshake_timeout", &words).await?;
        is_gone(&page).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_policy_blocks_the_frame_is_told_which_directive() -> Result<()> {
    story("policy-blocks", async |world| {
        world.expect_error("Content Security Policy");
        let page = world.open_host_page().await?;
        // A second policy can only make the page's own stricter.
        let body = "
            const policy = document.createElement('meta');
            policy.httpEquiv = 'Content-Security-Policy';
            policy.content = \"frame-src 'none'\";
            document.head.append(policy);
            return null;";
        page.act(body, &[]).await?;
        let token = world.proxy.mint("blocked").await?;
        let words = [format!("add frame-src {}", world.proxy.origin())];
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        refuses(world, &page, token.link_token.expose(), "blocked_by_policy", &words).await?;
        is_gone(&page).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loader_that_is_loaded_twice_warns_and_works() -> Result<()> {
    story("loaded-twice", async |world| {
        world.expect_error("[Linchpin]");
        let page = world.open_host_page().await?;
        page.listen_to_console().await?;
        let body = "
            const first = document.querySelector('script[src*=linchpin]');
            const again = document.createElement('script');
            for (const { name, value } of first.attributes) again.setAttribute(name, value);
            await new Promise((loaded) => { again.onload = loaded; document.head.append(again); });
            return null;";
        page.act(body, &[]).await?;
        let said = page.said().await?;
        ensure!(said.len() == 1, "one warning: {said:?}");
        ensure!(said[0].contains("Loaded twice") && said[0].contains("first copy stays"), "{said:?}");
        let token = world.proxy.mint("twice-loaded").await?;
        page.create("one", token.link_token.expose()).await?;
        page.wait_until_told("one", "ready").await?;
        Ok(())
    })
    .await
}

//! The harness itself: what it is there to notice, it notices, also in a frame of another site.

use anyhow::{Result, ensure};
use axum::response::Html;
use axum::{Router, http::header, routing::get};
use linchpin_e2e::browser::{Browser, Storage, View};
use linchpin_e2e::page::{HostPage, Widget};
use linchpin_e2e::{Settings, inspect, wait};
use tempfile::TempDir;

/// A page that frames another site's, as a host frames the widget.
struct Stage {
    browser: Browser,
    frame: String,
    _logs: TempDir,
}

impl Stage {
    /// Shows `body` in a frame under a strict policy; nothing is loaded before.
    async fn set(body: &'static str, prepare: impl AsyncFnOnce(&Browser)) -> Result<Self> {
        let policy = "default-src 'none'; script-src 'self'; connect-src 'self'";
        let script =
            "console.error('said in the frame'); window.ask = () => fetch('/slow.txt').then((a) => a.text())";
        let framed = Router::new()
            .route(
                "/frame",
                get(move || async move { ([(header::CONTENT_SECURITY_POLICY, policy)], Html(body)) }),
            )
            .route(
                "/loud.js",
                get(move || async move { ([(header::CONTENT_TYPE, "text/javascript")], script) }),
            )
            .route("/slow.txt", get(|| async { "answer" }));
        let frame = format!("http://{}/frame?link=lnk_1", serve(framed).await?);
        let host =
            format!("<!doctype html><title>Host</title><h1>Host</h1><iframe src=\"{frame}\"></iframe>");
        let host = serve(Router::new().route("/", get(move || async move { Html(host) }))).await?;

        let logs = TempDir::new()?;
        let browser =
            Browser::open(&Settings::read()?, logs.path(), View::DESK, Storage::Apart, None).await?;
        prepare(&browser).await;
        browser.go(&format!("http://localhost:{}", host.port())).await?;
        Ok(Self { browser, frame, _logs: logs })
    }

    fn widget(&self) -> Widget<'_> {
        Widget::framed(&self.browser, &self.frame)
    }
}

async fn serve(router: Router) -> Result<std::net::SocketAddr> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, router).await });
    Ok(address)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_the_console_of_a_frame_is_heard_with_its_page() -> Result<()> {
    let stage = Stage::set("<h1>Frame</h1><script src=/loud.js></script>", async |_| {}).await?;
    let errors = wait::until("the error", async || {
        let errors = stage.browser.engine().take_console_errors();
        Ok(errors.into_iter().find(|error| error.text == "said in the frame"))
    });
    let error = errors.await?;
    ensure!(error.page.starts_with("http://127.0.0.1:"), "it comes from the frame: {error:?}");
    ensure!(!error.page.contains("link="), "without the query: {error:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_violated_policy_is_noted() -> Result<()> {
    let stage = Stage::set("<h1 style=\"color:red\">Frame</h1>", async |_| {}).await?;
    stage.widget().wait_for_heading("Frame").await?;
    let refused =
        inspect::within_policy(&stage.widget()).await.expect_err("an inline style violates the policy");
    ensure!(refused.to_string().contains("style-src"), "the message names the directive: {refused}");
    ensure!(
        inspect::within_policy(&HostPage::shown(&stage.browser)).await.is_ok(),
        "the host page violates nothing"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_axe_core_finds_in_a_frame_is_told_with_rule_and_place() -> Result<()> {
    let stage = Stage::set("<main><h1>Frame</h1><input></main>", async |_| {}).await?;
    let axe = std::fs::read_to_string(Settings::read()?.axe)?;
    let refused =
        inspect::accessible(&stage.widget(), &axe).await.expect_err("a field without label is a violation");
    let message = refused.to_string();
    ensure!(message.contains("label (") && message.contains("at input:"), "rule and place: {message}");
    let violations = stage.widget().run_plain("return window.__linchpinWatch.violations.length").await?;
    ensure!(violations == 0, "loading axe-core is no violation of the page's policy");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_request_goes_on_when_it_is_released() -> Result<()> {
    let stage = Stage::set("<h1>Frame</h1><script src=/loud.js></script>", async |browser| {
        browser.engine().hold("slow")
    })
    .await?;
    let widget = stage.widget();
    widget.wait_for_heading("Frame").await?;
    widget.run_plain("ask().then((text) => (document.querySelector('h1').textContent = text))").await?;
    let engine = stage.browser.engine();
    wait::until("the request", async || Ok((engine.held() == 1).then_some(()))).await?;
    ensure!(widget.heading().await? == "Frame", "nothing comes while it is held");
    engine.release();
    widget.wait_for_heading("answer").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_can_lose_its_network_and_get_it_back() -> Result<()> {
    let stage = Stage::set("<h1>Frame</h1><script src=/loud.js></script>", async |_| {}).await?;
    let widget = stage.widget();
    widget.wait_for_heading("Frame").await?;
    let ask = "return ask().catch(() => 'lost')";
    let engine = stage.browser.engine();
    engine.set_offline(&stage.frame, true).await?;
    ensure!(widget.run_plain(ask).await? == "lost", "requests fail");
    ensure!(widget.run_plain("return navigator.onLine").await? == false, "and the frame is told");
    engine.set_offline(&stage.frame, false).await?;
    ensure!(widget.run_plain(ask).await? == "answer", "requests succeed again");
    ensure!(widget.run_plain("return navigator.onLine").await? == true, "and the frame is told");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn things_are_found_by_the_names_that_people_read() -> Result<()> {
    let body = "<!doctype html><h1>Pick</h1><button aria-label=Close>x</button><button hidden>Go home</button>
        <label for=f>Your <b>name</b></label><input id=f><button id=go>Go <span aria-hidden=true>→</span></button>
        <fieldset><legend>Which</legend><label><input type=radio name=r> Everyday <i>Checking</i></label>
        <label><input type=radio name=r id=p><span><img alt='Picture 2 of 4' width=9 height=9></span></label></fieldset>
        <dialog open><h2>Sure?</h2><button>Stay</button></dialog>";
    let stage = Stage::set(body, async |_| {}).await?;
    let widget = stage.widget();
    ensure!(widget.heading().await? == "Sure?", "the dialog lies on top");
    ensure!(!widget.has_button("Close").await?, "what lies below is out of reach");
    widget.run_plain("document.querySelector('dialog').close()").await?;
    ensure!(widget.heading().await? == "Pick", "without the dialog the page is there again");
    ensure!(widget.has_button("close").await?, "a label counts, and case does not");
    ensure!(!widget.has_button("Go home").await?, "what cannot be seen is not there");
    widget.type_into("Your name", "Pat").await?;
    ensure!(widget.value_of("your name").await?.as_deref() == Some("Pat"), "typed by label");
    widget.replace_in("Your name", "Kim").await?;
    ensure!(widget.value_of("your name").await?.as_deref() == Some("Kim"), "replaced by keys");
    widget.choose("Everyday Checking").await?;
    ensure!(
        widget.run_plain("return document.querySelector('[type=radio]').checked").await? == true,
        "chosen by label"
    );
    widget.choose("Picture 2 of 4").await?;
    ensure!(
        widget.run_plain("return document.getElementById('p').checked").await? == true,
        "chosen by what is said of its picture"
    );
    widget.tab_to("Go").await?;
    ensure!(widget.run_plain("return document.activeElement.id").await? == "go", "reached by Tab");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn text_that_leaves_its_box_or_lies_on_other_text_is_told() -> Result<()> {
    let stage =
        Stage::set("<h1>Frame</h1><p>Incomprehensibilities</p><p>Elsewhere</p>", async |_| {}).await?;
    let widget = stage.widget();
    widget.wait_for_heading("Frame").await?;
    inspect::nothing_is_cut_off(&widget).await?;
    for (fault, told) in [
        ("first.style.width = '40px'", "text of p “Incomprehensibilities” leaves p"),
        ("last.style.marginTop = '-35px'", "lies on p “Elsewhere”"),
    ] {
        let with = |script: &str| format!("const [first, last] = document.querySelectorAll('p'); {script}");
        widget.run_plain(&with(fault)).await?;
        let found = inspect::nothing_is_cut_off(&widget).await.expect_err("something is wrong");
        ensure!(found.to_string().contains(told), "{fault}: {found}");
        widget.run_plain(&with("first.removeAttribute('style'); last.removeAttribute('style')")).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_small_to_be_hit_is_told_unless_nothing_is_near() -> Result<()> {
    let body = "<main><h1>Frame</h1><p>Read <a href=#a>this</a> first.</p>
        <p><a id=small href=#b>b</a><a href=#c>c</a></p></main>";
    let stage = Stage::set(body, async |_| {}).await?;
    let widget = stage.widget();
    widget.wait_for_heading("Frame").await?;
    let found = inspect::large_enough(&widget).await.expect_err("two small links lie side by side");
    let message = found.to_string();
    ensure!(message.contains("a “b” is") && message.contains("a “c” is close to it"), "both: {message}");
    ensure!(!message.contains("this"), "a link in a sentence is as high as its line: {message}");
    widget.run_plain("document.getElementById('small').remove()").await?;
    inspect::large_enough(&widget).await
}

#[tokio::test(flavor = "multi_thread")]
async fn headings_and_landmarks_out_of_order_are_told() -> Result<()> {
    let stage = Stage::set("<main><h1>Frame</h1><h2>Part</h2></main>", async |_| {}).await?;
    let widget = stage.widget();
    widget.wait_for_heading("Frame").await?;
    inspect::well_structured(&widget).await?;
    for (fault, told) in [
        ("document.querySelector('h2').outerHTML = '<h3>Part</h3>'", "“Part” is of level 3 after 1"),
        ("document.querySelector('h3').outerHTML = '<h1>Other</h1>'", "2 headings of the first level"),
        ("document.body.append(document.createElement('main'))", "2 of <main>"),
    ] {
        widget.run_plain(fault).await?;
        let found = inspect::well_structured(&widget).await.expect_err("something is wrong");
        ensure!(found.to_string().contains(told), "{fault}: {found}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_does_not_bear_larger_text_is_told_and_left_as_it_was() -> Result<()> {
    let stage = Stage::set("<h1>Frame</h1><p>Incomprehensibilities</p>", async |_| {}).await?;
    let widget = stage.widget();
    widget.wait_for_heading("Frame").await?;
    let narrow = "document.querySelector('p').style.width = '180px'";
    widget.run_plain(narrow).await?;
    inspect::nothing_is_cut_off(&widget).await?;
    let found = inspect::Strain::DoubleText.is_borne_by(&widget).await.expect_err("the word leaves its box");
    ensure!(format!("{found:#}").contains("Incomprehensibilities"), "{found:#}");
    inspect::nothing_is_cut_off(&widget).await?;
    let violations = widget.run_plain("return window.__linchpinWatch.violations.length").await?;
    ensure!(violations == 0, "nothing of this violates the page's policy");
    Ok(())
}

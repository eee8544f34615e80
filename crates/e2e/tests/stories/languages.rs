//! The path in each language, on the narrowest screen: nothing cut off, nothing left in English, written from its own side.

use anyhow::{Result, ensure};
use linchpin_e2e::browser::View;
use linchpin_e2e::journey::{BANK, PASSCODE, QUESTION, right_answer};
use linchpin_e2e::page::Widget;
use linchpin_e2e::words::said;
use linchpin_e2e::{Setting, World, story_at, story_in, wait};
use linchpin_words::{Key, Language};

/// What the page says of itself: language and direction.
async fn tongue(widget: &Widget<'_>) -> Result<String> {
    let body = "const { lang, dir } = document.documentElement; return `${lang} ${dir}`";
    Ok(widget.run_plain(body).await?.as_str().unwrap_or_default().to_owned())
}

async fn whole_path(world: &World, language: Language, tag: &str) -> Result<()> {
    let says = |key: Key| said(language, key, &[]);
    let of_bank = |key: Key| said(language, key, &[("bank", BANK)]);
    let page = world.open_host_page().await?;
    let widget = world.open_in(&page, tag).await?;
    let looked_at = async |screen: &str| {
        world.nothing_is_english(&widget, language).await?;
        world.inspect(screen, &widget).await
    };
    ensure!(
        tongue(&widget).await? == format!("{tag} {}", language.direction().as_str()),
        "{}",
        tongue(&widget).await?
    );
    widget.wait_for_heading(&says(Key::FindYourBank)).await?;
    looked_at("popular").await?;
    widget.type_into(&says(Key::NameOrWebsite), "chase").await?;
    widget.wait_for_result(BANK).await?;
    looked_at("found").await?;
    widget.press(BANK).await?;
    widget.wait_for_heading(&of_bank(Key::SignInTo)).await?;
    widget.press(&says(Key::SignIn)).await?;
    widget.wait_for_text(&says(Key::ThereIsAProblem)).await?;
    looked_at("empty").await?;
    widget.type_into(&says(Key::UserName), "practice-question").await?;
    widget.type_into(&says(Key::Password), PASSCODE).await?;
    widget.press(&says(Key::SignIn)).await?;
    world.pass_time_until_text(&widget, QUESTION).await?;
    looked_at("asked").await?;
    let answer = right_answer()?;
    let accounts = said(language, Key::WhichAccount, &[("client", linchpin_e2e::CLIENT_NAME)]);
    world
        .answer_until(&widget, &of_bank(Key::ConnectingTo), &accounts, async || {
            widget.type_into(QUESTION, &answer).await?;
            widget.press(&says(Key::Continue)).await
        })
        .await?;
    looked_at("accounts").await?;
    widget.choose("Everyday Checking").await?;
    looked_at("chosen").await?;
    widget.press("Everyday Checking").await?;
    widget.wait_for_heading(&of_bank(Key::BankConnected)).await?;
    looked_at("done").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_can_be_walked_in_spanish() -> Result<()> {
    story_at("spanish", View::NARROW, async |world| whole_path(world, Language::Spanish, "es-MX").await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_can_be_walked_in_french() -> Result<()> {
    story_at("french", View::NARROW, async |world| whole_path(world, Language::French, "fr").await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_can_be_walked_in_arabic() -> Result<()> {
    story_at("arabic", View::NARROW, async |world| whole_path(world, Language::Arabic, "ar-EG").await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_no_language_gets_the_browsers_and_the_words_of_one_only() -> Result<()> {
    story_in("browsers-language", Setting::default().reading("fr-CA,es"), async |world| {
        let page = world.open_host_page().await?;
        let widget = page.connect().await?;
        widget
            .wait_for_heading(&said(
                Language::French,
                Key::ShareWith,
                &[("client", linchpin_e2e::CLIENT_NAME)],
            ))
            .await?;
        ensure!(tongue(&widget).await? == "fr-CA ltr", "{}", tongue(&widget).await?);
        let body = "return performance.getEntriesByType('resource').map(({ name }) => name)
            .filter((name) => name.includes('/words/')).join(' ')";
        let fetched = widget.run_plain(body).await?;
        let fetched = fetched.as_str().unwrap_or_default();
        let name = Language::French.file_name();
        ensure!(
            fetched.ends_with(&name) && !fetched.contains(' '),
            "one language is fetched, once: {fetched}"
        );
        world.nothing_is_english(&widget, Language::French).await?;
        world.inspect("consent", &widget).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gets_no_words_is_told_so_and_can_try_again() -> Result<()> {
    story_at("words-lost", View::NARROW, async |world| {
        for part in ["/words/", "module could not be loaded"] {
            world.expect_error(part);
        }
        let engine = world.browser.engine();
        engine.hold("/words/");
        let page = world.open_host_page().await?;
        let widget = page.connect().await?;
        wait::until("the words to be asked for", async || Ok((engine.held() > 0).then_some(()))).await?;
        engine.lose();
        widget.wait_for_text("could not be loaded").await?;
        world.inspect("not-loaded", &widget).await?;
        widget.press("try again").await?;
        world.agree(&widget).await?;
        widget.search("chase", BANK).await
    })
    .await
}

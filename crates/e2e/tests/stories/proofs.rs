//! The three ways to a proof that an account is the person's: at once, by deposits that are found, by deposits whose
//! amounts they tell.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::deposits::{
    AMOUNTS, BANK, DAY, NUMBER, NUMBERS, PROVED, ROUTING, SENT, UNLISTED, WITHOUT_NUMBERS,
};
use linchpin_e2e::journey::CONSENT;
use linchpin_e2e::page::{HostPage, SEARCH};
use linchpin_e2e::{DepositPolicy, Setting, World, story_in};
use linchpin_protocol::{
    Confidence, OwnerDetail, Verification, VerificationMethod, VerificationState, VerifiedAccount,
};
use linchpin_sandbox::{practice_banks, routing_number};

/// Tells numbers at once, and of the owner everything but the email address.
const INSTANT: &str = "No Email Bank";

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_where_the_bank_tells_numbers_is_verified_at_once() -> Result<()> {
    story_in("proof-instant", Setting::over_v2(), async |world| {
        let page = world.open_host_page().await?;
        let widget = page.connect().await?;
        widget.wait_for_heading(CONSENT).await?;
        world.inspect("consent", &widget).await?;
        world.agree(&widget).await?;
        widget.search("no email", INSTANT).await?;
        widget.press(INSTANT).await?;
        widget.wait_for_heading("Sign in to").await?;
        world.to_accounts(&widget).await?;
        world.inspect("choose-account", &widget).await?;
        world.choose_account(&widget, "Checking").await?;
        widget.wait_for_heading("is connected").await?;
        widget.wait_for_text("is verified.").await?;
        world.inspect("done", &widget).await?;
        widget.press("Back to").await?;
        page.wait_until_closed().await?;
        page.wait_for_text("Verified").await?;
        world.inspect_host("host-verified", &page).await?;
        world.check_the_ends(&page).await?;

        let linked = world.host.received().pop().and_then(|received| received.connection_id);
        let result = world.proxy.verification(&linked.context("a connection was handed over")?).await?;
        let account = proved(&result, VerificationMethod::Instant)?;
        ensure!(account.routing.is_some() && account.confidence == Some(Confidence::VeryHigh), "{account:?}");
        ensure!(account.present_balance.is_none(), "nobody agreed to hand balances over: {account:?}");
        ensure!(account.owner_names.as_deref() == Some(&["Pat Practice".to_owned()]), "{account:?}");
        let owner = account.owner.as_ref().context("the owner's details are told")?;
        ensure!(matches!(owner.phone, Some(OwnerDetail::Data(_))), "the phone number is told: {owner:?}");
        ensure!(matches!(owner.email, Some(OwnerDetail::Error(_))), "why the address is not: {owner:?}");
        world.sent_deposits(0)
    })
    .await
}

/// The account that is proved, in this way.
fn proved(result: &Verification, method: VerificationMethod) -> Result<&VerifiedAccount> {
    ensure!(result.verification == VerificationState::Verified, "{:?}", result.verification);
    let [account] = result.accounts.as_slice() else { anyhow::bail!("one account: {result:?}") };
    ensure!(account.verification_method == method && account.verified_at.is_some(), "{account:?}");
    Ok(account)
}

/// Who comes back days later finds the account on the host page, verified, with these last digits.
async fn is_greeted_with_the_proof(world: &World, page: &HostPage<'_>, digits: &str) -> Result<()> {
    page.wait_for_text("Verified").await?;
    let text = page.text().await?;
    ensure!(text.contains(digits), "it shows the last digits {digits}: {text}");
    ensure!(!text.contains("on their way"), "nothing is waited for any more: {text}");
    world.inspect_host("host-verified", page).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_only_numbers_types_both_amounts_days_later_in_another_browser() -> Result<()> {
    story_in("proof-manual", Setting::over_v2(), async |world| {
        let (page, widget) = world.to_numbers().await?;
        world.inspect("numbers", &widget).await?;
        for (routing, says) in [
            ("30606154", "A routing number has 9 digits. You entered 8."),
            ("306061540", "These digits do not fit together."),
            ("999999992", "No bank has this routing number"),
            ("011000015", "No customer has an account under this number."),
        ] {
            world.give_numbers(&widget, routing, NUMBER).await?;
            widget.wait_for_text(says).await.with_context(|| routing.to_owned())?;
        }
        world.inspect("not-for-customers", &widget).await?;
        widget.replace_in("Routing number", UNLISTED).await?;
        widget.wait_for_text("We do not know this bank. If the number is right, go on.").await?;
        world.inspect("unlisted", &widget).await?;
        widget.replace_in("Routing number", "021000021").await?;
        widget.wait_for_text("Lantern Thrift has another number now").await?;
        world.inspect("replaced-number", &widget).await?;
        widget.press(&format!("Use {ROUTING}")).await?;
        widget.wait_for_text("Lantern Thrift. Is this your bank?").await?;
        widget.replace_in("A name for it", "Boat money").await?;
        widget.replace_in("Account number", NUMBER).await?;
        widget.replace_in("Account number again", "400177120943").await?;
        widget.press("Continue").await?;
        widget.wait_for_text("The two account numbers are not the same").await?;
        world.inspect("numbers-differ", &widget).await?;
        world.give_numbers(&widget, ROUTING, NUMBER).await?;
        widget.wait_for_heading("Is all of this right?").await?;
        widget.wait_for_text(BANK).await?;
        world.inspect("review", &widget).await?;
        world.send_deposits(&widget).await?;
        widget.wait_for_text("Boat money").await?;
        world.inspect("on-their-way", &widget).await?;
        widget.press("Back to").await?;
        page.wait_until_closed().await?;
        page.wait_for_text("Two small deposits are on their way").await?;
        world.inspect_host("host-pending", &page).await?;
        let deposit = world.told_deposits().await?;
        world.browser.go("about:blank").await?;

        world.practice.clock().advance(3 * DAY);
        let pending = world.told_that_they_are_at(&deposit, "enter_amounts").await?;
        ensure!(pending.accounts.is_empty(), "nothing is proved yet: {pending:?}");
        let elsewhere = world.open_another_browser("elsewhere").await?;
        let page = world.open_host_page_in(&elsewhere).await?;
        page.wait_for_text("should be there: connect again to enter their amounts.").await?;
        world.inspect_host("host-greeting", &page).await?;
        let widget = world.open_deposits(&page, "later", &deposit).await?;
        widget.wait_for_heading(AMOUNTS).await?;
        world.inspect("amounts", &widget).await?;
        let [one, other] = world.practice.statement().await?;
        world.give_amounts(&widget, [&other, &one]).await?;
        widget.wait_for_heading(PROVED).await?;
        world.inspect("proved", &widget).await?;
        widget.press("Back to").await?;
        page.wait_until_closed().await?;
        let success = page.wait_until_told("later", "success").await?;
        ensure!(success["results"][0]["status"] == "deposit_verified", "{success}");

        let result = world.told_that_they_are_at(&deposit, "verified").await?;
        let account = proved(&result, VerificationMethod::ManualDeposit)?;
        ensure!(
            account.account_number.as_ref().is_some_and(|number| number.expose() == NUMBER),
            "its number"
        );
        ensure!(account.routing.as_deref() == Some(ROUTING) && account.name == "Boat money", "{account:?}");
        let page = world.open_host_page_in(&elsewhere).await?;
        is_greeted_with_the_proof(world, &page, "0934").await?;
        world.sent_deposits(1)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn deposits_to_a_linked_account_are_found_while_nobody_watches() -> Result<()> {
    story_in("proof-automatic", Setting::over_v2(), async |world| {
        let (page, widget) = world.to_search().await?;
        let digits = world.link_without_numbers(&widget, WITHOUT_NUMBERS).await?;
        world.inspect("numbers", &widget).await?;
        world.give_numbers(&widget, UNLISTED, NUMBER).await?;
        widget.wait_for_text("This is not the number of the account that you chose").await?;
        world.inspect("another-account", &widget).await?;
        let number = format!("40017712{digits}");
        world.give_numbers(&widget, UNLISTED, &number).await?;
        widget.wait_for_heading("Is all of this right?").await?;
        widget.wait_for_text(WITHOUT_NUMBERS).await?;
        world.inspect("review", &widget).await?;
        world.send_deposits(&widget).await?;
        widget.wait_for_text("looks for them in your account. You need not do anything.").await?;
        world.inspect("on-their-way", &widget).await?;
        widget.press("Back to").await?;
        page.wait_until_closed().await?;
        page.wait_for_text("Two small deposits are on their way").await?;
        let deposit = world.told_deposits().await?;
        world.browser.go("about:blank").await?;

        world.practice.clock().advance(4 * DAY);
        let result = world.told_that_they_are_at(&deposit, "verified").await?;
        let account = proved(&result, VerificationMethod::AutomaticDeposit)?;
        ensure!(account.account_number.as_ref().is_some_and(|known| known.expose() == number), "its number");
        ensure!(result.connection.is_some(), "and what it was linked by: {result:?}");
        let page = world.open_host_page().await?;
        is_greeted_with_the_proof(world, &page, &digits).await?;
        world.sent_deposits(1)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_may_want_the_amounts_of_a_linked_account_too() -> Result<()> {
    let policy = DepositPolicy { manual: false, confirm_automatic: true, ..DepositPolicy::default() };
    story_in("proof-confirmed", Setting::over_v2().allowing(policy), async |world| {
        let (_, widget) = world.to_search().await?;
        widget.type_into(SEARCH, BANK).await?;
        widget.press("My bank is not listed").await?;
        widget.wait_for_heading("Which bank is missing?").await?;
        ensure!(!widget.has_button("Prove the account").await?, "numbers alone are not allowed");
        widget.press("Back").await?;
        let digits = world.link_without_numbers(&widget, WITHOUT_NUMBERS).await?;
        world.order(&widget, UNLISTED, &format!("40017712{digits}")).await?;
        widget.wait_for_text("Then come back here with both amounts.").await?;
        world.practice.clock().advance(SENT);
        widget.wait_for_heading(AMOUNTS).await?;
        let [one, other] = world.practice.statement().await?;
        world.give_amounts(&widget, [&one, &other]).await?;
        widget.wait_for_heading(PROVED).await?;
        world.inspect("proved", &widget).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_would_not_sign_in_proves_an_account_by_its_numbers_alone() -> Result<()> {
    story_in("proof-by-choice", Setting::over_v2(), async |world| {
        let (_, widget) = world.to_search().await?;
        widget.search("primesouth", WITHOUT_NUMBERS).await?;
        widget.press(WITHOUT_NUMBERS).await?;
        widget.wait_for_heading("Prove your account at").await?;
        world.inspect("offer", &widget).await?;
        widget.press("With its numbers alone").await?;
        widget.wait_for_heading(NUMBERS).await?;
        world.order(&widget, UNLISTED, NUMBER).await?;
        world.confirm(&widget).await?;
        let logins = world.practice.typed_logins();
        ensure!(logins == 0, "nobody signed in; the bank saw {logins}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_routing_number_whose_bank_tells_numbers_leads_to_signing_in_there() -> Result<()> {
    story_in("proof-at-once-instead", Setting::over_v2(), async |world| {
        let bank = practice_banks().first().context("there are practice banks")?.name;
        let (_, widget) = world.to_numbers().await?;
        widget.replace_in("Routing number", routing_number()).await?;
        widget.wait_for_text(&format!("{bank} can be connected at once")).await?;
        world.inspect("at-once", &widget).await?;
        widget.press(&format!("Connect {bank} instead")).await?;
        widget.wait_for_heading("Sign in to").await?;
        world.sent_deposits(0)
    })
    .await
}

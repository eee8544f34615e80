//! Two small deposits, step by step: ordered, waited for, confirmed. Stories leave the path where theirs begins.

use anyhow::{Context as _, Result, ensure};
use linchpin_protocol::{DepositId, Purpose, Secret, Verification};
use std::time::Duration;

use crate::page::{HostPage, SEARCH, Widget};
use crate::{World, wait};

/// A routing number that takes transfers. The proxy's operator knows its bank as [`BANK`].
pub const ROUTING: &str = "306061549";
/// A routing number that takes transfers, too. The proxy's operator does not know its bank.
pub const UNLISTED: &str = "322271627";
/// The bank of the first.
pub const BANK: &str = "Lantern Thrift";
/// A number of an account that takes deposits.
pub const NUMBER: &str = "400177120934";
/// A bank of the list that gives no numbers.
pub const WITHOUT_NUMBERS: &str = "PrimeSouth Bank";
/// The host's customer.
pub const CUSTOMER: &str = "demo-user";
/// After this time they were asked for, deposits are sent and announced on the statement.
pub const SENT: Duration = Duration::from_hours(3);
/// Two amounts that were not sent: the same twice never is.
pub const WRONG: [&str; 2] = ["0.50", "0.50"];
/// A day.
pub const DAY: Duration = Duration::from_hours(24);

/// The heading of the form for an account's numbers.
pub const NUMBERS: &str = "Which account is it?";
/// The heading while deposits are on their way.
pub const ON_THEIR_WAY: &str = "Two small deposits are on their way";
/// The heading of the form for the amounts.
pub const AMOUNTS: &str = "Which two amounts arrived?";
/// A part of the heading once an account is proved.
pub const PROVED: &str = "is proved";

impl World {
    /// From the host page to the form for the numbers of an account, past the search: the bank is not in it.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn to_numbers(&self) -> Result<(HostPage<'_>, Widget<'_>)> {
        let (page, widget) = self.to_search().await?;
        self.leave_the_search(&widget).await?;
        Ok((page, widget))
    }

    /// From the search to the form for the numbers.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn leave_the_search(&self, widget: &Widget<'_>) -> Result<()> {
        widget.wait_for_heading("Find your bank").await?;
        widget.type_into(SEARCH, BANK).await?;
        widget.press("My bank is not listed").await?;
        widget.press("Prove the account with two small deposits").await?;
        widget.wait_for_heading(NUMBERS).await
    }

    /// Opens the widget for a customer of that name, by which the opening also goes on the host page.
    ///
    /// # Errors
    /// It does not open.
    pub async fn open_for<'b>(&self, page: &HostPage<'b>, user: &str) -> Result<Widget<'b>> {
        let token = self.proxy.mint_to(user, Purpose::Verify).await?;
        self.open_with(page, user, &token.link_token).await
    }

    /// Opens the widget for deposits of the host's customer that are there, as `opening` on the host page.
    ///
    /// # Errors
    /// It does not open.
    pub async fn open_deposits<'b>(
        &self,
        page: &HostPage<'b>,
        opening: &str,
        deposits: &DepositId,
    ) -> Result<Widget<'b>> {
        let token = self.proxy.mint_deposit(CUSTOMER, deposits).await?;
        self.open_with(page, opening, &token.link_token).await
    }

    pub(crate) async fn open_with<'b>(
        &self,
        page: &HostPage<'b>,
        opening: &str,
        token: &Secret,
    ) -> Result<Widget<'b>> {
        page.create(opening, token.expose()).await?;
        page.call(opening, "open").await?;
        // What can be done before the program has come is another story.
        page.wait_until_told(opening, "ready").await?;
        page.widget().await
    }

    /// Types an account's numbers, the account's own twice, in place of what stands there, and goes on.
    ///
    /// # Errors
    /// The form is not there.
    pub async fn give_numbers(&self, widget: &Widget<'_>, routing: &str, number: &str) -> Result<()> {
        widget.replace_in("Routing number", routing).await?;
        widget.replace_in("Account number", number).await?;
        widget.replace_in("Account number again", number).await?;
        widget.press("Continue").await
    }

    /// From the form for the numbers to the deposits on their way.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn order(&self, widget: &Widget<'_>, routing: &str, number: &str) -> Result<()> {
        self.give_numbers(widget, routing, number).await?;
        self.send_deposits(widget).await
    }

    /// From the review of the numbers to the deposits on their way.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn send_deposits(&self, widget: &Widget<'_>) -> Result<()> {
        widget.wait_for_heading("Is all of this right?").await?;
        widget.press("Send the deposits").await?;
        widget.wait_for_heading(ON_THEIR_WAY).await
    }

    /// From the host page to the form for the amounts of deposits by numbers alone.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn to_amounts(&self) -> Result<(HostPage<'_>, Widget<'_>)> {
        let (page, widget) = self.to_numbers().await?;
        self.order(&widget, ROUTING, NUMBER).await?;
        self.practice.clock().advance(SENT);
        widget.wait_for_heading(AMOUNTS).await?;
        Ok((page, widget))
    }

    /// From the search to the form for the numbers of an account: links `bank`, which gives none, and chooses the account
    /// that deposits are to prove. Returns the digits that are known of its number.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn link_without_numbers(&self, widget: &Widget<'_>, bank: &str) -> Result<String> {
        widget.replace_in(SEARCH, bank).await?;
        widget.wait_for_result(bank).await?;
        widget.wait_for_text("Takes a few days").await?;
        widget.press(bank).await?;
        widget.wait_for_heading("Prove your account at").await?;
        widget.press("Connect the account").await?;
        widget.wait_for_heading("Sign in to").await?;
        self.to_accounts(widget).await?;
        self.choose_account(widget, "Everyday Checking").await?;
        widget.wait_for_heading("Prove Everyday Checking").await?;
        widget.press("Connect the account").await?;
        widget.wait_for_heading("What are the numbers of").await?;
        let digits: String = widget.heading().await?.chars().filter(char::is_ascii_digit).collect();
        ensure!(digits.len() == 4, "the heading tells the last digits: {digits}");
        Ok(digits)
    }

    /// Types two amounts in place of what stands there, and has them checked.
    ///
    /// # Errors
    /// The form is not there.
    pub async fn give_amounts(&self, widget: &Widget<'_>, amounts: [&str; 2]) -> Result<()> {
        for (field, amount) in ["One amount", "Other amount"].into_iter().zip(amounts) {
            widget.replace_in(field, amount).await?;
        }
        widget.press("Check the amounts").await
    }

    /// From deposits that were just sent to the proof, with the amounts that the bank's statement shows.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn confirm(&self, widget: &Widget<'_>) -> Result<()> {
        self.practice.clock().advance(SENT);
        widget.wait_for_heading(AMOUNTS).await?;
        let [one, other] = self.practice.statement().await?;
        self.give_amounts(widget, [&one, &other]).await?;
        widget.wait_for_heading(PROVED).await
    }

    /// The deposits that the host's server was told of last, once it has been told of any.
    ///
    /// # Errors
    /// It is not in time.
    pub async fn told_deposits(&self) -> Result<DepositId> {
        wait::until("the host's server to be told of deposits", async || {
            Ok(self.host.told_deposits().into_iter().next())
        })
        .await
    }

    /// What the host's server reads of deposits, once it was told that there is something to read and they are at `step`,
    /// by its name on the wire.
    ///
    /// # Errors
    /// They do not get there in time.
    pub async fn told_that_they_are_at(&self, deposits: &DepositId, step: &str) -> Result<Verification> {
        let told = || self.host.told().into_iter().find(|told| told.object == deposits.as_str());
        wait::until(&format!("the host to be told that deposits are at {step}"), async || {
            let read = self.proxy.deposit_verification(deposits).await?;
            let deposit = &read.deposit.as_ref().context("deposits prove it")?.deposit;
            let knows = told().is_some_and(|told| told.revision == deposit.revision);
            let is_there = serde_json::to_value(&deposit.next)?["step"] == step;
            Ok((knows && is_there).then_some(read))
        })
        .await
    }

    /// Checks that the practice bank was asked for so many deposits.
    ///
    /// # Errors
    /// It was asked for more or fewer.
    pub fn sent_deposits(&self, wanted: usize) -> Result<()> {
        let sent = self.practice.ledger().count(linchpin_sandbox::EventKind::DepositCreated, None);
        ensure!(sent == wanted, "{wanted} deposits were to be sent, and the bank was asked for {sent}");
        Ok(())
    }
}

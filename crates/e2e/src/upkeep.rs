//! Connections that are looked after over Basiq, step by step: linked, opened in the list, given permission for at the
//! bank. Stories leave the path where theirs begins.

use anyhow::{Context as _, Result};
use linchpin_sandbox::{BasiqConnectionId, BasiqEvent, Event};
use serde_json::{Value, json};

use crate::journey::Decision;
use crate::page::{HostPage, Page, Widget};
use crate::{World, wait};

/// A bank that takes a login and asks nothing beyond it; it has open banking, too.
pub const HOOLI: &str = "Hooli";
/// One that always asks.
pub const PIED_PIPER: &str = "Pied Piper Bank";
/// One that has open banking alone.
pub const WATTLE: &str = "Wattle Bank";

/// The heading for whoever is back from the provider's page, while it is not known yet what was decided there.
pub const BACK: &str = "You’re back from your bank";

/// A login that is taken everywhere: its id, and its password.
pub const LOGIN: (&str, &str) = ("gavinBelson", "hooli2016");
/// One that is asked for a code where something is asked.
pub const LOGIN_WITH_CODE: (&str, &str) = ("jared", "django");
/// The code.
pub const CODE: &str = "1234";

impl World {
    /// Opens the widget in which `user` looks after their connections.
    ///
    /// # Errors
    /// It does not open.
    pub async fn manage<'b>(&self, page: &HostPage<'b>, user: &str) -> Result<Widget<'b>> {
        let token = self.proxy.mint_manage(user).await?;
        page.create("manage", token.link_token.expose()).await?;
        page.call("manage", "open").await?;
        page.widget().await
    }

    /// As [`World::manage`], at the one connection that they have to `bank`.
    ///
    /// # Errors
    /// It does not open, or they have none.
    pub async fn manage_at<'b>(&self, page: &HostPage<'b>, user: &str, bank: &str) -> Result<Widget<'b>> {
        let widget = self.manage(page, user).await?;
        widget.wait_for_heading("Your connections").await?;
        widget.press(bank).await?;
        widget.wait_for_heading(bank).await?;
        Ok(widget)
    }

    /// Opens a widget in which `user` links something, at the search.
    ///
    /// # Errors
    /// It does not open.
    pub async fn begin_link<'b>(&self, page: &HostPage<'b>, user: &str) -> Result<Widget<'b>> {
        let token = self.proxy.mint(user).await?;
        page.create("link", token.link_token.expose()).await?;
        page.call("link", "open").await?;
        let widget = page.widget().await?;
        widget.wait_for_heading("Find your bank").await?;
        Ok(widget)
    }

    /// `user` links the first account at [`HOOLI`] with [`LOGIN`], and leaves the widget. Returns the provider's id of the
    /// connection.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn link_hooli(&self, page: &HostPage<'_>, user: &str) -> Result<BasiqConnectionId> {
        let widget = self.begin_link(page, user).await?;
        widget.search("hooli", HOOLI).await?;
        widget.press(HOOLI).await?;
        self.log_in(&widget, LOGIN).await?;
        self.take_the_first(&widget).await?;
        widget.wait_for_heading("is connected").await?;
        finish(page, &widget).await?;
        self.made().last().copied().context("a connection was made")
    }

    /// As `user`, from the host page to a linked account of the bank of most stories, and back to the host page.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn link_chase(&self, page: &HostPage<'_>, user: &str) -> Result<()> {
        let widget = self.begin_link(page, user).await?;
        self.connect(&widget).await?;
        finish(page, &widget).await
    }

    /// Past the choice of a way, if there is one, and through the bank's own form.
    ///
    /// # Errors
    /// The form is not there.
    pub async fn log_in(&self, widget: &Widget<'_>, (name, password): (&str, &str)) -> Result<()> {
        // The form has no fields before it is known whether there is a choice.
        let has_form = wait::until("the form, or the choice of a way", async || {
            if widget.value_of("Login ID").await?.is_some() {
                return Ok(Some(true));
            }
            Ok(widget.heading().await?.starts_with("How").then_some(false))
        })
        .await?;
        if !has_form {
            widget.press("Here").await?;
        }
        widget.wait_for_heading("Sign in to").await?;
        if widget.value_of("Login ID").await?.is_some_and(|before| !before.is_empty()) {
            widget.replace_in("Login ID", name).await?;
        } else {
            widget.type_into("Login ID", name).await?;
        }
        widget.type_into("Password", password).await?;
        widget.press("Sign in").await
    }

    /// From the answer to the bank's question to the next screen: types the code that is asked for.
    ///
    /// # Errors
    /// None is asked for.
    pub async fn type_code(&self, widget: &Widget<'_>, code: &str) -> Result<()> {
        let label = wait::until("a field for the code", async || {
            for label in ["Code", "OTP", "One-time"] {
                if widget.value_of(label).await?.is_some() {
                    return Ok(Some(label));
                }
            }
            Ok(None)
        })
        .await?;
        widget.type_into(label, code).await?;
        widget.press("Continue").await
    }

    /// From the step that leads to the bank's own page, through it and back.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn give_permission(&self, widget: &Widget<'_>, bank: &str) -> Result<()> {
        let (there, before) = self.go_to_the_bank(widget, "Continue to", "").await?;
        self.go_on_to(&there, bank).await?;
        self.decide_and_see(&there, Decision::Allow, BACK).await?;
        self.browser.close_window(&before).await
    }

    /// From wherever the provider's page begins to the bank's own.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn go_on_to(&self, there: &Page<'_>, bank: &str) -> Result<()> {
        const CONSENT: &str = "Consent";
        const CHOICE: &str = "Choose your institution";
        let mut at = at(there, &[CONSENT, CHOICE, bank]).await?;
        if at == CONSENT {
            there.press("I agree").await?;
            at = self::at(there, &[CHOICE, bank]).await?;
        }
        if at == CHOICE {
            there.press(&format!("{bank} · at your bank")).await?;
            there.wait_for_heading(bank).await?;
        }
        Ok(())
    }

    /// Once the accounts are there: takes the first of them.
    ///
    /// # Errors
    /// They do not come.
    pub async fn take_the_first(&self, widget: &Widget<'_>) -> Result<()> {
        self.pass_time_until(widget, "Which account").await?;
        let first = "return document.querySelector('input[type=radio]')?.labels[0]?.innerText.split('\\n')[0] ?? null";
        let account = widget.run_plain(first).await?;
        self.choose_account(widget, account.as_str().context("an account to choose")?).await
    }

    /// The provider's ids of all connections that were made, the oldest first.
    pub fn made(&self) -> Vec<BasiqConnectionId> {
        let entries = self.practice.ledger().entries().into_iter();
        let made = entries.filter_map(|entry| match entry.event {
            Event::Basiq(BasiqEvent::ConnectionCreated { connection, .. }) => Some(connection),
            _ => None,
        });
        made.collect()
    }

    /// What was erased and ended at the provider, in order: `erased`, `ended`.
    pub fn ends(&self) -> Vec<&'static str> {
        let entries = self.practice.ledger().entries().into_iter();
        let ends = entries.filter_map(|entry| match entry.event {
            Event::Basiq(BasiqEvent::ConnectionPurged { .. }) => Some("erased"),
            Event::Basiq(BasiqEvent::ConnectionDeleted { .. }) => Some("ended"),
            _ => None,
        });
        ends.collect()
    }

    /// Has the next job of a connection fail at its first step with this code of the provider's.
    ///
    /// # Errors
    /// There is no such connection.
    pub async fn fail_next(&self, connection: BasiqConnectionId, code: &str) -> Result<()> {
        let how = json!({"step": "verify-credentials", "code": code});
        self.practice.bring_about_on(connection, "failure", &how).await
    }
}

/// Which of these headings is there, once one is.
async fn at<'a>(page: &Page<'_>, headings: &[&'a str]) -> Result<&'a str> {
    wait::until("a step of the provider's page", async || {
        let heading = page.heading().await?;
        Ok(headings.iter().copied().find(|known| heading.contains(known)))
    })
    .await
}

/// From the widget's last screen to the host page.
///
/// # Errors
/// It does not close.
pub async fn finish(page: &HostPage<'_>, widget: &Widget<'_>) -> Result<()> {
    widget.press("Back to").await?;
    page.wait_until_closed().await
}

/// The kinds of the changes that the host page was told of in the end.
///
/// # Errors
/// It was told nothing in time.
pub async fn changes(page: &HostPage<'_>) -> Result<Vec<String>> {
    let done = page.wait_until_told("manage", "done").await?;
    let kind = |change: &Value| change["kind"].as_str().unwrap_or_default().to_owned();
    Ok(done["changes"].as_array().map(|changes| changes.iter().map(kind).collect()).unwrap_or_default())
}

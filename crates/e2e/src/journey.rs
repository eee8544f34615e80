//! The path that nearly every person takes, step by step. Stories leave it where theirs begins.

use anyhow::{Context as _, Result, bail, ensure};
use linchpin_sandbox::logins;
use std::pin::pin;
use std::time::Duration;

use crate::browser::Window;
use crate::page::{Document, HostPage, Page, Widget};
use crate::sites::CLIENT_NAME;
use crate::{World, wait};

/// The institution that most stories link.
pub const BANK: &str = "JPMorgan Chase Bank";
/// The heading of the consent screen, as far as it is the same for every client.
pub const CONSENT: &str = "Share bank data";
/// The passcode of every practice login.
pub const PASSCODE: &str = "practice";
/// A part of the question that `practice-question` is asked.
pub const QUESTION: &str = "first pet";
/// How far the practice bank's clock moves between two looks.
pub const STEP: Duration = Duration::from_millis(500);
/// How long it takes until its clock moves again while something else is being waited for.
const BETWEEN_STEPS: Duration = Duration::from_millis(50);

/// What a person decides on a practice bank's own page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// The bank may share the accounts.
    Allow,
    /// It may not.
    Refuse,
}

impl Decision {
    fn button(self) -> &'static str {
        match self {
            Decision::Allow => "Allow",
            Decision::Refuse => "Refuse",
        }
    }

    /// The heading of the page that it leads to.
    pub fn told(self) -> &'static str {
        match self {
            Decision::Allow => "Your bank has said yes",
            Decision::Refuse => "Nothing was linked",
        }
    }
}

/// The right answer to the question that `practice-question` is asked.
///
/// # Errors
/// There is no such login, or it is asked nothing.
pub fn right_answer() -> Result<String> {
    let login = logins().iter().find(|login| login.user_name == "practice-question");
    let answers = login.context("there is a login that is asked a question")?.answers();
    Ok(answers.into_iter().next().context("it is asked a question")?.shown)
}

impl World {
    /// From the host page to the widget's search.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn to_search(&self) -> Result<(HostPage<'_>, Widget<'_>)> {
        let page = self.open_host_page().await?;
        let widget = page.connect().await?;
        self.agree(&widget).await?;
        Ok((page, widget))
    }

    /// From the consent screen to the search, past what an earlier opening left unfinished.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn agree(&self, widget: &Widget<'_>) -> Result<()> {
        widget.wait_for_heading(CONSENT).await?;
        widget.press("Continue").await?;
        let at = wait::until("the search, or what was begun before", async || {
            let heading = widget.heading().await?;
            Ok(["Find your bank", "Welcome back"].into_iter().find(|known| heading.contains(known)))
        });
        if at.await? == "Welcome back" {
            widget.press("Connect another bank").await?;
        }
        widget.wait_for_heading("Find your bank").await
    }

    /// From the host page to the bank's login form.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn to_login(&self) -> Result<(HostPage<'_>, Widget<'_>)> {
        let (page, widget) = self.to_search().await?;
        self.find_the_form(&widget).await?;
        Ok((page, widget))
    }

    /// From the search to the bank's login form.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn find_the_form(&self, widget: &Widget<'_>) -> Result<()> {
        widget.search("chase", BANK).await?;
        widget.press(BANK).await?;
        widget.wait_for_heading("Sign in to").await
    }

    /// From the login form to the list of accounts, as somebody whom the bank asks nothing more.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn to_accounts(&self, widget: &Widget<'_>) -> Result<()> {
        self.sign_in(widget, "practice-good", PASSCODE).await?;
        self.pass_time_until(widget, "Which account").await
    }

    /// From the search to the screen that says what is connected.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn connect(&self, widget: &Widget<'_>) -> Result<()> {
        self.find_the_form(widget).await?;
        self.to_accounts(widget).await?;
        self.choose(widget).await
    }

    /// From the step that leads to `bank`'s own page, by the link `way`, to that page in a window of its own. Returns the
    /// window in which the widget is.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn go_to_the_bank(
        &self,
        widget: &Widget<'_>,
        way: &str,
        bank: &str,
    ) -> Result<(Page<'_>, Window)> {
        widget.press(way).await?;
        let before = self.browser.go_to_new_window().await?;
        let page = Page::shown(&self.browser);
        page.wait_for_heading(bank).await?;
        Ok((page, before))
    }

    /// Decides on the bank's own page, and stays on the page that it leads to.
    ///
    /// # Errors
    /// It leads elsewhere, or where it leads to does not say where to go back to.
    pub async fn decide(&self, page: &Page<'_>, decision: Decision) -> Result<()> {
        self.decide_and_see(page, decision, decision.told()).await?;
        let text = page.text().await?;
        ensure!(text.contains(CLIENT_NAME), "it says where to go back to: {text}");
        Ok(())
    }

    /// Decides on the bank's own page, and waits for the page with this heading that it leads to.
    ///
    /// # Errors
    /// It leads elsewhere.
    pub async fn decide_and_see(&self, page: &Page<'_>, decision: Decision, heading: &str) -> Result<()> {
        // A page that thinks goes on when its time has come. Whether the press lasts as long is up to the browser's driver.
        self.pass_time_during(async {
            page.press(decision.button()).await?;
            page.wait_for_heading(heading).await
        })
        .await
    }

    /// From the step that leads to `bank`'s own page there and back: goes, decides, and closes the window.
    ///
    /// # Errors
    /// It does not get there, or not back.
    pub async fn decide_at_the_bank(
        &self,
        widget: &Widget<'_>,
        bank: &str,
        decision: Decision,
    ) -> Result<()> {
        let (page, before) = self.go_to_the_bank(widget, "Continue to", bank).await?;
        self.decide(&page, decision).await?;
        self.browser.close_window(&before).await
    }

    /// Lets the practice bank's time pass as long as something is being done.
    async fn pass_time_during<T>(&self, doing: impl Future<Output = T>) -> T {
        let mut doing = pin!(doing);
        loop {
            tokio::select! {
                done = &mut doing => return done,
                () = tokio::time::sleep(BETWEEN_STEPS) => self.practice.clock().advance(STEP),
            }
        }
    }

    /// Lets the practice bank's time pass until the widget's heading contains `text`.
    ///
    /// # Errors
    /// It never does.
    pub async fn pass_time_until(&self, widget: &Document<'_>, text: &str) -> Result<()> {
        self.pass_time(&format!("the heading “{text}”"), text, async || widget.heading().await).await
    }

    /// Lets the practice bank's time pass until the widget's text contains `text`.
    ///
    /// # Errors
    /// It never does.
    pub async fn pass_time_until_text(&self, widget: &Document<'_>, text: &str) -> Result<()> {
        self.pass_time(&format!("the text “{text}”"), text, async || widget.text().await).await
    }

    async fn pass_time(
        &self,
        what: &str,
        text: &str,
        mut read: impl AsyncFnMut() -> Result<String>,
    ) -> Result<()> {
        let mut last = String::new();
        let seen = wait::until(what, async || {
            last = read().await?;
            if last.contains(text) {
                return Ok(Some(()));
            }
            self.practice.clock().advance(STEP);
            Ok(None)
        })
        .await;
        seen.with_context(|| format!("what there is: “{last}”"))
    }

    /// From the login form, as `user_name`, to the first screen after it.
    ///
    /// # Errors
    /// The form is not there.
    pub async fn sign_in(&self, widget: &Widget<'_>, user_name: &str, passcode: &str) -> Result<()> {
        widget.type_into("User name", user_name).await?;
        widget.type_into("Password", passcode).await?;
        widget.press("Sign in").await
    }

    /// From the bank's question to the list of accounts: answers as often as it is asked, and returns how often.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn answer_until_accounts(&self, widget: &Widget<'_>) -> Result<usize> {
        let answer = right_answer()?;
        self.answer_until_accounts_by(widget, async || {
            widget.type_into(QUESTION, &answer).await?;
            widget.press("Continue").await
        })
        .await
    }

    /// As [`World::answer_until_accounts`], with another way to answer.
    ///
    /// # Errors
    /// As [`World::answer_until_accounts`].
    pub async fn answer_until_accounts_by(
        &self,
        widget: &Widget<'_>,
        answer: impl AsyncFnMut() -> Result<()>,
    ) -> Result<usize> {
        self.answer_until(widget, "Connecting to", "Which account", answer).await
    }

    /// As [`World::answer_until_accounts_by`], in whatever language: `connecting` heads the screen in between, `accounts`
    /// the list.
    ///
    /// # Errors
    /// As [`World::answer_until_accounts`].
    pub async fn answer_until(
        &self,
        widget: &Widget<'_>,
        connecting: &str,
        accounts: &str,
        mut answer: impl AsyncFnMut() -> Result<()>,
    ) -> Result<usize> {
        const MOST: usize = 3;
        for asked in 1..=MOST {
            answer().await?;
            widget.wait_for_heading(connecting).await?;
            let next = wait::until("the accounts, or another question", async || {
                let heading = widget.heading().await?;
                if !heading.contains(connecting) {
                    return Ok(Some(heading));
                }
                self.practice.clock().advance(STEP);
                Ok(None)
            });
            if next.await?.contains(accounts) {
                return Ok(asked);
            }
        }
        bail!("the bank asks for the {MOST}th time")
    }

    /// From the list of accounts to the end: chooses the first checking account, and finishes.
    ///
    /// # Errors
    /// It does not get there, or the host has nothing to show for it.
    pub async fn choose_and_finish(&self, page: &HostPage<'_>, widget: &Widget<'_>) -> Result<()> {
        self.choose(widget).await?;
        widget.press("Back to").await?;
        page.wait_until_closed().await?;
        page.wait_for_text("Verified").await
    }

    /// From the list of accounts to the screen that says what is connected: chooses the first checking account.
    ///
    /// # Errors
    /// It does not get there.
    pub async fn choose(&self, widget: &Widget<'_>) -> Result<()> {
        self.choose_account(widget, "Everyday Checking").await?;
        widget.wait_for_heading("is connected").await
    }

    /// Chooses an account in the list by a part of its name, and goes on.
    ///
    /// # Errors
    /// There is no such account.
    pub async fn choose_account(&self, widget: &Widget<'_>, account: &str) -> Result<()> {
        widget.choose(account).await?;
        widget.press("Use").await
    }

    /// Checks what is left of one link at the two ends: the host's server holds a verified account with its whole
    /// number, and nothing between has kept it.
    ///
    /// # Errors
    /// The account is missing, or a secret was found where none may be.
    pub async fn check_the_ends(&self, page: &HostPage<'_>) -> Result<()> {
        let number =
            self.host.verified_number().context("the host's server has received no verified account")?;
        ensure!(
            number.len() >= 4 && number.chars().all(|c| c.is_ascii_digit()),
            "the account number is a number"
        );
        let shown = page.text().await?;
        ensure!(!shown.contains(&number), "the host page must not show the whole account number");
        let last = number.get(number.len() - 4..).unwrap_or_default();
        ensure!(shown.contains(last), "the host page shows the last digits {last}: {shown}");
        self.proxy.has_kept_nothing_of(&[("an account number", &number), ("an answer", &right_answer()?)])
    }
}

//! The practice bank, in this process for its clock and its ledger.

use anyhow::{Context as _, Result};
use axum::middleware;
use linchpin_sandbox::{
    BasiqConnectionId, BasiqEventKind, Clock, DepositRules, Event, Ledger, Sandbox, SandboxConfig, SyncKind,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::halt::{Halts, Moment, halt};
use super::news::{News, note};
use super::{Dialect, Sort};
use crate::{http, wait};

/// The practice bank on a third loopback address, hence a site of its own.
pub struct PracticeSite {
    sandbox: Sandbox,
    news: News,
    halts: Halts,
    url: String,
    server: JoinHandle<()>,
}

impl Drop for PracticeSite {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl PracticeSite {
    pub(crate) async fn start() -> Result<Self> {
        // Stopped, so that a screen stays until a story has looked at it.
        let clock = Clock::stopped_at(Clock::running().now());
        let sandbox = Sandbox::new(SandboxConfig { clock, ..SandboxConfig::default() });
        let listener = TcpListener::bind("127.0.0.2:0").await.context("listening for the practice bank")?;
        let url = format!("http://{}", listener.local_addr().context("finding the practice bank's port")?);
        let news = News::default();
        let halts = Halts::default();
        let router = sandbox
            .router()
            .layer(middleware::from_fn_with_state(news.clone(), note))
            .layer(middleware::from_fn_with_state(halts.clone(), halt));
        let server = tokio::spawn(async {
            // It ends with the story; until then, whoever calls it in vain reports it.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { sandbox, news, halts, url, server })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on Basiq's page for consent leads people back to the proxy that browsers find at `origin`.
    pub(crate) fn lead_back_to(&self, origin: &str) {
        self.sandbox.set_basiq_redirect(format!("{origin}/return"));
    }

    /// Brings something about on a connection in Basiq's dialect, as the console does.
    ///
    /// # Errors
    /// There is no such connection, or it cannot be brought about.
    pub async fn bring_about_on(&self, id: BasiqConnectionId, what: &str, how: &Value) -> Result<()> {
        self.ask_console(&format!("basiq/connections/{id}/{what}"), how).await
    }

    /// Its clock, which stands still until it is moved.
    pub fn clock(&self) -> &Clock {
        self.sandbox.clock()
    }

    /// When it told its callers something new last, before `moment`: the moment at which the proxy learned what it
    /// knew by then. Both in milliseconds since 1970.
    pub(crate) fn news_before(&self, moment: f64) -> Option<f64> {
        self.news.last_before(moment)
    }

    /// Waits until the proxy has read the directory: people find no bank before.
    ///
    /// # Errors
    /// It does not in time.
    pub(crate) async fn wait_until_read(&self, dialect: Dialect) -> Result<()> {
        wait::until("the proxy to read the institutions", async || {
            Ok(self.news.told(dialect.directory()).then_some(()))
        })
        .await
    }

    /// How many logins a person has typed, as the bank can tell. One may be tried twice: for balances, and for numbers. In
    /// Basiq's dialect each job tries one, a refresh, too.
    pub fn typed_logins(&self) -> usize {
        let entries = self.ledger().entries();
        let of = |wanted: SyncKind| {
            let fits = |event: &Event| matches!(event, Event::SyncStarted { sync, .. } if *sync == wanted);
            entries.iter().filter(|entry| fits(&entry.event)).count()
        };
        of(SyncKind::Agg).max(of(SyncKind::Auth))
            + self.ledger().count_basiq(BasiqEventKind::LoginTried, None)
    }

    /// Sends these amounts from now on, instead of such that nobody can guess.
    pub fn send_amounts(&self, cents: [u8; 2]) {
        self.sandbox.set_deposit_rules(DepositRules { cents: Some(cents), ..DepositRules::default() });
    }

    /// Does what is asked next by a call that changes something and whose path contains `part`, and answers nothing that
    /// could be understood.
    pub fn lose_answer(&self, part: &'static str) {
        self.news.lose(part);
    }

    /// Keeps the caller of the next call of this sort waiting for good. Paths are the aggregator's own, such as `/v3/…`.
    pub fn halt_at(&self, sort: Sort, moment: Moment) {
        self.halts.plan(sort, moment);
    }

    /// Waits until the call of [`PracticeSite::halt_at`] has come that far.
    ///
    /// # Errors
    /// It does not come in time.
    pub async fn until_halted(&self) -> Result<()> {
        wait::until("the call to halt at", async || Ok(self.halts.reached().then_some(()))).await
    }

    /// The amounts of the deposits that were sent last, as the bank's statement shows them: `0.37`.
    ///
    /// # Errors
    /// It shows none.
    pub async fn statement(&self) -> Result<[String; 2]> {
        let answer = http::client().get(format!("{}/console/statement.json", self.url)).send().await;
        let statement: Value = answer.context("reading the statement")?.json().await?;
        let lines = statement["lines"].as_array().context("a statement has lines")?;
        let dollars = lines.iter().rev().filter_map(|line| line["amount"].as_f64());
        let shown: Vec<String> = dollars.take(2).map(|dollars| format!("{dollars:.2}")).collect();
        shown.try_into().ok().context("the statement shows two amounts")
    }

    /// Brings about what becomes of the deposits that were asked for last, as the console does.
    ///
    /// # Errors
    /// There are none, or there is no such outcome.
    pub async fn bring_about(&self, outcome: &str) -> Result<()> {
        let made = self.ledger().entries().into_iter().rev().find_map(|entry| match entry.event {
            Event::DepositCreated { deposit, .. } => Some(deposit),
            _ => None,
        });
        let path = format!("deposits/{}/outcome", made.context("there are deposits")?);
        self.ask_console(&path, &json!({ "outcome": outcome })).await
    }

    async fn ask_console(&self, path: &str, body: &Value) -> Result<()> {
        let call = http::client().post(format!("{}/console/{path}", self.url)).json(body);
        call.send().await?.error_for_status().with_context(|| format!("asking the console for {path}"))?;
        Ok(())
    }

    /// What was done to it.
    pub fn ledger(&self) -> &Ledger {
        self.sandbox.ledger()
    }
}

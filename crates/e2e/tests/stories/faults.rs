//! The main stories over a wire that spoils one call, in every way, at every sort of call: whoever goes on as the
//! screen says comes to the end, nothing is tried twice, and the host page is told once.

use anyhow::{Context as _, Result, ensure};
use linchpin_e2e::journey::{BANK, PASSCODE, QUESTION, STEP, right_answer};
use linchpin_e2e::page::{HostPage, SEARCH, Widget};
use linchpin_e2e::{Fault, Sort, World, story_over_the_wire, wait};
use linchpin_sandbox::EventKind;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// How long one story may take: the widget waits for some seconds where it is told to, and so may a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A call to be spoiled.
#[derive(Clone, Copy, Debug)]
struct Call {
    sort: Sort,
    place: Place,
}

/// Which of the calls of a sort.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// The n-th, counted from 1.
    Nth(usize),
    /// The first that comes after one of another sort.
    After(Sort),
}

const fn sort(method: &'static str, begins: &'static str, ends: &'static str) -> Sort {
    Sort { method, begins, ends }
}

const fn first(method: &'static str, begins: &'static str, ends: &'static str) -> Call {
    Call { sort: sort(method, begins, ends), place: Place::Nth(1) }
}

const LOGIN: Sort = sort("POST", "/v1/connections/", "/credentials");
const READ: Sort = sort("GET", "/v1/connections/", "");
const ANSWERS: Sort = sort("POST", "/v1/connections/", "/answers");

/// The calls that a link with a question makes, in their order.
const CALLS: [Call; 10] = [
    first("POST", "/v1/sessions", "sessions"),
    first("GET", "/v1/institutions", "institutions"),
    first("GET", "/v1/institutions/", ""),
    first("POST", "/v1/connections", "connections"),
    Call { sort: LOGIN, place: Place::Nth(1) },
    Call { sort: READ, place: Place::Nth(1) },
    Call { sort: ANSWERS, place: Place::Nth(1) },
    Call { sort: READ, place: Place::After(ANSWERS) },
    first("POST", "/v1/connections/", "/accounts"),
    first("POST", "/v1/connections/", "/public-token"),
];

/// Those at which a wrong login is something else than a right one, and the same of the right one that comes next.
const CALLS_OF_A_WRONG_LOGIN: [Call; 3] = [
    Call { sort: LOGIN, place: Place::Nth(1) },
    Call { sort: READ, place: Place::Nth(1) },
    Call { sort: LOGIN, place: Place::Nth(2) },
];

#[tokio::test(flavor = "multi_thread")]
async fn a_link_with_a_question_survives_early_faults_at_every_call() -> Result<()> {
    every_fault("faults-early", &CALLS, &Fault::ALL[..4], &["practice-question"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_with_a_question_survives_refusals_at_every_call() -> Result<()> {
    every_fault("faults-refusals", &CALLS, &Fault::ALL[4..], &["practice-question"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_login_and_then_the_right_one_survive_every_fault() -> Result<()> {
    let logins = ["practice-wrong", "practice-good"];
    every_fault("faults-wrong-login", &CALLS_OF_A_WRONG_LOGIN, &Fault::ALL, &logins).await
}

async fn every_fault(name: &str, calls: &[Call], faults: &[Fault], logins: &[&str]) -> Result<()> {
    story_over_the_wire(name, async |world| {
        for noise in ["429", "500", "503", "ERR_", "Failed to load"] {
            world.expect_error(noise);
        }
        let began = Instant::now();
        let page = world.open_host_page().await?;
        let mut told = 0;
        for call in calls {
            for fault in faults {
                told += 1;
                let user = format!("{name}-{told}");
                one(world, &page, &user, (*call, *fault), logins)
                    .await
                    .with_context(|| format!("{fault:?} at {call:?}"))?;
            }
        }
        writeln!(std::io::stderr(), "{name}: {told} stories in {:?}", began.elapsed())?;
        Ok(())
    })
    .await
}

/// One story, by somebody new.
async fn one(
    world: &World,
    page: &HostPage<'_>,
    user: &str,
    (call, fault): (Call, Fault),
    logins: &[&str],
) -> Result<()> {
    let ledger = world.practice.ledger();
    let before =
        (ledger.count(EventKind::LoginTried, None), ledger.count(EventKind::ConnectionCreated, None));
    let token = world.proxy.mint(user).await?;
    match call.place {
        Place::Nth(nth) => world.wire.spoil(call.sort, nth, fault),
        Place::After(other) => world.wire.spoil_after(other, call.sort, fault),
    }
    page.create(user, token.link_token.expose()).await?;
    page.call(user, "open").await?;
    let widget = page.widget().await?;
    let mut person = Person { logins: logins.to_vec(), pressed: 0, searched: false };
    let mut seen = String::new();
    let end = wait::within(PATIENCE, "the host page to be told of a success", async || {
        if !page.told(user, "success").await?.is_empty() {
            return Ok(Some(()));
        }
        seen = widget.heading().await?;
        person.go_on(world, &widget, &seen).await?;
        Ok(None)
    });
    end.await.with_context(|| format!("the heading is “{seen}”"))?;
    ensure!(world.wire.has_spoiled(), "the story never made this call");
    page.wait_until_closed().await?;
    ensure!(page.told(user, "success").await?.len() == 1, "the host page is told of the end once");
    ensure!(page.told(user, "exit").await?.is_empty(), "a success is no exit");
    let tried = ledger.count(EventKind::LoginTried, None) - before.0;
    // Each login that is taken is tried for balances, and a good one again for numbers.
    let most = person.pressed + 1;
    ensure!(tried <= most, "{} logins were typed, and the bank saw {tried}", person.pressed);
    let made = ledger.count(EventKind::ConnectionCreated, None) - before.1;
    ensure!(made <= 1, "the bank saw {made} connections");
    page.call(user, "destroy").await
}

/// Somebody who does what the screen says.
struct Person<'a> {
    /// Whom they sign in as, one after the other.
    logins: Vec<&'a str>,
    /// How often they signed in.
    pressed: usize,
    searched: bool,
}

impl Person<'_> {
    async fn go_on(&mut self, world: &World, widget: &Widget<'_>, heading: &str) -> Result<()> {
        if widget.has_button("Try again").await? {
            return widget.press("Try again").await;
        }
        if heading.contains("Find your bank") {
            return self.find(widget).await;
        }
        if heading.contains("Sign in to") {
            return self.sign_in(widget).await;
        }
        if heading.contains("Which account") {
            if widget.has_button("Use").await? {
                widget.choose("Everyday Checking").await?;
                widget.press("Use").await?;
            }
            return Ok(());
        }
        if heading.contains("is connected") {
            return if widget.has_button("Back to").await? { widget.press("Back to").await } else { Ok(()) };
        }
        if widget.text().await?.contains(QUESTION) {
            if widget.has_button("Continue").await? {
                widget.replace_in(QUESTION, &right_answer()?).await?;
                widget.press("Continue").await?;
            }
            return Ok(());
        }
        world.practice.clock().advance(STEP);
        Ok(())
    }

    async fn find(&mut self, widget: &Widget<'_>) -> Result<()> {
        if !self.searched {
            widget.type_into(SEARCH, "chase").await?;
            self.searched = true;
        }
        // Not by its tile: the search is a call that may fail too.
        if widget.shows_result(BANK).await? { widget.press(BANK).await } else { Ok(()) }
    }

    async fn sign_in(&mut self, widget: &Widget<'_>) -> Result<()> {
        if !widget.has_button("Sign in").await? {
            return Ok(());
        }
        let text = widget.text().await?;
        if text.contains("did not accept") && self.logins.len() > 1 {
            self.logins.remove(0);
        }
        let login = self.logins.first().context("somebody to sign in as")?;
        widget.replace_in("User name", login).await?;
        widget.replace_in("Password", PASSCODE).await?;
        widget.press("Sign in").await?;
        self.pressed += 1;
        Ok(())
    }
}

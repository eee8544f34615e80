//! One story for each practice bank: a person finds it, signs in, does what the screens say, and comes to the end that
//! there is. The host page is told of that end once.
//!
//! What happens at which bank is in `table`; here is how it is told.

mod table;

use anyhow::{Context as _, Result, bail, ensure};
use linchpin_e2e::journey::{BANK, Decision, PASSCODE};
use linchpin_e2e::page::{HostPage, SEARCH, Widget};
use linchpin_e2e::{World, story};
use linchpin_protocol::{ConnectionId, Purpose};
use linchpin_sandbox::{EventKind, PracticeBank, practice_banks};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::{Duration, Instant};
use table::{
    DEAD_ENDS, DETOURS, End, GROUPS, Manner, OTHER_ANSWERS, OWN_WAYS, Seen, Step, Story, TYPED_ANSWERS,
};

#[test]
fn every_practice_bank_has_its_story() {
    let told: BTreeSet<&str> = GROUPS.iter().copied().flatten().map(|story| story.bank).collect();
    let there: BTreeSet<&str> = practice_banks().iter().map(|bank| bank.name).collect();
    let missing: Vec<_> = there.difference(&told).collect();
    assert!(missing.is_empty(), "practice banks without a story: {missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_asks_for_words_gets_them() -> Result<()> {
    tell("banks-typed-answers", TYPED_ANSWERS).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_asks_for_a_choice_a_picture_a_code_or_an_approval_gets_it() -> Result<()> {
    tell("banks-other-answers", OTHER_ANSWERS).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_wants_something_done_again_or_takes_long_is_connected_in_the_end() -> Result<()> {
    tell("banks-detours", DETOURS).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_cannot_be_connected_says_why_and_leaves_a_way_on() -> Result<()> {
    tell("banks-dead-ends", DEAD_ENDS).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_with_a_way_of_its_own_to_sign_in_is_connected_by_it() -> Result<()> {
    tell("banks-own-ways", OWN_WAYS).await
}

async fn tell(name: &str, stories: &[Story]) -> Result<()> {
    story(name, async |world| {
        let began = Instant::now();
        let page = world.open_host_page().await?;
        let mut openings = Vec::new();
        for (at, story) in stories.iter().enumerate() {
            let person = Person { world, page: &page, name: format!("{name}-{at}"), bank: bank(story.bank)? };
            openings.extend(person.live(story).await.with_context(|| story.bank)?);
        }
        // However late: nobody was told of a second end.
        for (opening, end) in openings {
            ensure!(ends(&page, &opening).await? == [end], "{opening} has one end");
        }
        writeln!(std::io::stderr(), "{name}: {} stories in {:?}", stories.len(), began.elapsed())?;
        Ok(())
    })
    .await
}

fn bank(name: &str) -> Result<&'static PracticeBank> {
    practice_banks().iter().find(|bank| bank.name == name).context("there is such a practice bank")
}

/// The ends that the host page was told of.
async fn ends(page: &HostPage<'_>, opening: &str) -> Result<Vec<&'static str>> {
    let mut ends = Vec::new();
    for end in ["success", "exit"] {
        ends.extend(page.told(opening, end).await?.iter().map(|_| end));
    }
    Ok(ends)
}

/// Somebody new, at a bank.
struct Person<'a> {
    world: &'a World,
    page: &'a HostPage<'a>,
    name: String,
    bank: &'static PracticeBank,
}

impl<'a> Person<'a> {
    /// Lives through the story. Returns the openings that it took, and the end of each.
    async fn live(&self, story: &Story) -> Result<Vec<(String, &'static str)>> {
        let ledger = self.world.practice.ledger();
        let before = ledger.count(EventKind::ConnectionCreated, None);
        let token = self.world.proxy.mint_to(&self.name, story.purpose).await?;
        let widget = self.open(&self.name, token.link_token.expose()).await?;
        widget.search(self.bank.name, self.bank.name).await?;
        let text = widget.text().await?;
        ensure!(text.contains(story.listed_as), "it is listed as “{}”: {text}", story.listed_as);
        widget.press(self.bank.name).await?;
        for step in story.steps {
            self.take(&widget, step).await?;
        }
        let told = self.end(&widget, story).await?;
        let mut openings = vec![(self.name.clone(), told)];
        if let End::ConnectedAndRepaired = story.end {
            openings.push(self.repair().await?);
        }
        let wanted = if let End::AnotherBank = story.end { 2 } else { 1 };
        let made = ledger.count(EventKind::ConnectionCreated, None) - before;
        ensure!(made == wanted, "{wanted} connections were to be made, and the banks saw {made}");
        Ok(openings)
    }

    async fn open(&self, opening: &str, token: &str) -> Result<Widget<'a>> {
        self.page.create(opening, token).await?;
        self.page.call(opening, "open").await?;
        // What can be done before the program has come is another story.
        self.page.wait_until_told(opening, "ready").await?;
        self.page.widget().await
    }

    async fn take(&self, widget: &Widget<'_>, step: &Step) -> Result<()> {
        match step {
            Step::See(seen) => self.see(widget, seen).await.with_context(|| format!("“{}”", seen.heading)),
            Step::SignIn(fields) => {
                for (label, text) in *fields {
                    widget.type_into(label, text).await?;
                }
                widget.press("Sign in").await?;
                widget.wait_for_heading("Connecting to").await
            }
            Step::Holds(label, expected) => {
                let held = widget.value_of(label).await?;
                ensure!(held.as_deref() == Some(expected), "“{label}” holds {held:?}");
                Ok(())
            }
            Step::Answer(manner) => self.answer(widget, manner).await,
            Step::Press(name) => widget.press(name).await,
            Step::PassTime(time) => {
                self.world.practice.clock().advance(*time);
                Ok(())
            }
            Step::AtTheBank(decision) => {
                // The bank's word may overtake the widget's call: that is refused for the step which is over.
                self.world.expect_error("409");
                self.world.decide_at_the_bank(widget, self.bank.name, *decision).await
            }
        }
    }

    async fn see(&self, widget: &Widget<'_>, seen: &Seen) -> Result<()> {
        self.world.pass_time_until(widget, seen.heading).await?;
        for words in seen.says.iter().chain(&[self.bank.name]) {
            widget.wait_for_text(words).await?;
        }
        for way in seen.offers {
            ensure!(widget.has_button(way).await?, "there is a way on called “{way}”");
        }
        Ok(())
    }

    async fn answer(&self, widget: &Widget<'_>, manner: &Manner) -> Result<()> {
        let text = widget.text().await?;
        let answers = self.bank.answers();
        let asked: Vec<_> = answers.iter().filter(|answer| text.contains(answer.question)).collect();
        ensure!(!asked.is_empty(), "something is asked: {text}");
        for answer in asked {
            match manner {
                Manner::Typed => widget.type_into(answer.question, &answer.shown).await?,
                Manner::Picked => widget.choose(&answer.shown).await?,
                Manner::Pictured => {
                    let at: usize = answer.send.parse().context("the place of a picture")?;
                    widget.choose(&format!("Picture {} of", at + 1)).await?;
                }
                Manner::AnyOf(option) => widget.choose(option).await?,
            }
        }
        widget.press("Continue").await
    }

    /// From the last step to the end. Returns what the host page was told.
    async fn end(&self, widget: &Widget<'_>, story: &Story) -> Result<&'static str> {
        match story.end {
            End::Connected | End::ConnectedAndRepaired => {
                self.finish(widget, self.bank.name, story.purpose).await
            }
            End::AnotherBank => {
                widget.press("Choose another bank").await?;
                widget.wait_for_heading("Find your bank").await?;
                let kept = widget.sought().await?;
                ensure!(kept == self.bank.name, "what was looked for is kept, but the field holds {kept:?}");
                widget.replace_in(SEARCH, "chase").await?;
                widget.wait_for_result(BANK).await?;
                widget.press(BANK).await?;
                self.world.sign_in(widget, "practice-good", PASSCODE).await?;
                self.finish(widget, BANK, story.purpose).await
            }
            End::Closed => {
                widget.press("Close").await?;
                self.closed().await
            }
        }
    }

    async fn finish(&self, widget: &Widget<'_>, bank: &str, purpose: Purpose) -> Result<&'static str> {
        self.world.pass_time_until(widget, "Which account").await?;
        self.world.choose(widget).await?;
        let heading = widget.heading().await?;
        ensure!(heading == format!("{bank} is connected"), "{heading}");
        // Verified is what is good for payments.
        let proven = if purpose == Purpose::Aggregate { "is connected." } else { "is verified." };
        widget.wait_for_text(proven).await?;
        widget.press("Back to").await?;
        self.page.wait_until_closed().await?;
        self.page.wait_until_told(&self.name, "success").await?;
        Ok("success")
    }

    async fn closed(&self) -> Result<&'static str> {
        self.page.wait_until_closed().await?;
        let exit = self.page.wait_until_told(&self.name, "exit").await?;
        ensure!(exit["reason"] == "closed_by_person", "{exit}");
        Ok("exit")
    }

    /// A day later the login is worth nothing, and the connection is set right on the bank's own page.
    async fn repair(&self) -> Result<(String, &'static str)> {
        const A_DAY: Duration = Duration::from_hours(25);
        let linked = self.page.wait_until_told(&self.name, "success").await?;
        let Some(connection) = linked["results"][0]["connectionId"].as_str() else { bail!("{linked}") };
        self.world.practice.clock().advance(A_DAY);
        let token = self.world.proxy.mint_repair(&self.name, ConnectionId::new(connection)).await?;
        let opening = format!("{}-repair", self.name);
        let widget = self.open(&opening, token.link_token.expose()).await?;
        self.see(
            &widget,
            &Seen { heading: "Sign in at", says: &["opens a new tab"], offers: &["Continue to"] },
        )
        .await?;
        self.take(&widget, &Step::AtTheBank(Decision::Allow)).await?;
        self.world.pass_time_until(&widget, "is connected").await?;
        widget.press("Back to").await?;
        self.page.wait_until_closed().await?;
        let repaired = self.page.wait_until_told(&opening, "success").await?;
        ensure!(repaired["results"][0]["connectionId"] == connection, "it is the same: {repaired}");
        Ok((opening, "success"))
    }
}

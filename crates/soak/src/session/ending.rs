//! How a session is brought to its end, and what must hold there.

use super::{Outcome, Stage, short};
use crate::book::{Act, ActKind, name_of};
use crate::person::Person;
use crate::tab::{Tab, path_of};
use crate::wire::{Call, Patience};
use linchpin_flow::{Cover, Event, Screen, Trouble};
use linchpin_protocol::Connection;
use linchpin_sandbox::EventKind;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// A person who does everything right is through after so many deeds.
const ENOUGH: usize = 40;
/// With nothing in the way, whatever is under way ends within this time: whoever went to the bank's own page is there
/// for 700 seconds at most, and then the slowest practice bank, a lost call's fifteen seconds, the pause of a shut-off
/// aggregator and the longest patience of a call fit into the rest.
const SETTLES: Duration = Duration::from_secs(1_000);

impl Stage {
    /// With nothing in the way any more, somebody who does everything right comes to an end or to a screen with a way on.
    pub(super) async fn bring_to_an_end(&mut self) -> String {
        self.book.note("it clears up".to_owned());
        self.world.clear_up();
        for tab in &mut self.tabs {
            tab.happen(Event::CameOnline);
            tab.happen(Event::Stay);
        }
        for at in 0..self.tabs.len() {
            self.settle(at).await;
        }
        let stood = self.tabs.get(self.at).map_or("nothing", |tab| name_of(&tab.flow.screen()));
        self.person = Person::of(self.seed, self.book.clone()).sensible();
        let mut last: Option<Screen> = None;
        for _ in 0..ENOUGH {
            let at = self.at;
            let Some(tab) = self.tabs.get(at) else { break };
            if !has_way_on(tab) {
                self.book.complain(format!(
                    "no way on from {:?} under {:?}",
                    short_screen(tab),
                    tab.flow.cover()
                ));
                break;
            }
            self.compare(at).await;
            let Some(tab) = self.tabs.get(at) else { break };
            let screen = tab.flow.screen();
            if is_stable(&screen) || last.as_ref() == Some(&screen) {
                break;
            }
            last = Some(screen.clone());
            let deed = self.person.decide(tab);
            self.book.note(format!("sensibly does {}", short(&deed)));
            if let Err(error) = self.perform(deed).await {
                self.book.complain(format!("{error:#}"));
            }
            self.pass(Duration::from_millis(500)).await;
            self.settle(at).await;
        }
        let came_to = self.tabs.get(self.at).map_or("nothing", |tab| name_of(&tab.flow.screen()));
        let linked = self.tabs.get(self.at).is_some_and(|tab| !tab.flow.results().is_empty());
        format!("{stood} -> {came_to}{}", if linked { ", linked" } else { "" })
    }

    /// Waits until nothing is under way in a tab.
    async fn settle(&mut self, at: usize) {
        let until = Instant::now() + SETTLES;
        while Instant::now() < until {
            self.pass(Duration::from_millis(300)).await;
            let Some(tab) = self.tabs.get(at) else { return };
            let screen = tab.flow.screen();
            let elsewhere = matches!(&screen, Screen::Challenges(view) if view.elsewhere);
            let waits =
                matches!(screen, Screen::Progress(_) | Screen::DepositWait(_)) || elsewhere || screen.busy();
            let waits = waits || (tab.is_calling() && !tab.only_listens()) || !self.windows.is_empty();
            if !waits && tab.flow.cover().is_none() {
                return;
            }
            let on = match tab.flow.cover() {
                Some(Cover::Leave) => Event::Stay,
                // What was given up in the storm is for the person to send again.
                Some(Cover::Offline | Cover::PartMissing | Cover::Trouble(_)) if !tab.is_calling() => {
                    Event::TryAgain
                }
                Some(Cover::Expiring { .. }) => Event::Extend,
                Some(Cover::Offline | Cover::PartMissing | Cover::Trouble(_)) | None => continue,
            };
            if let Some(tab) = self.tabs.get_mut(at) {
                tab.happen(on);
            }
        }
        if let Some(tab) = self.tabs.get(at) {
            self.book.complain(format!("still under way after {SETTLES:?}: {}", short_screen(tab)));
        }
    }

    /// A refusal that stated the present state led there.
    async fn compare(&mut self, at: usize) {
        let Some(tab) = self.tabs.get_mut(at) else { return };
        let Some(conflict) = tab.conflict.take() else { return };
        let Some((id, revision)) = tab.connection.clone() else { return };
        if tab.flow.screen().institution().is_none() || id.as_str() != conflict.connection {
            return;
        }
        if revision < conflict.present {
            let (known, present) = (revision.0, conflict.present.0);
            self.book.complain(format!("revision {known} is drawn after a refusal that stated {present}"));
        }
        let call = Call::get(path_of(&id, "?wait=0"), tab.session(), Patience::Long);
        if let Ok(now) = self.world.front.ask::<Connection>(&call).await
            && now.revision < revision
        {
            self.book.complain("a revision went backwards".to_owned());
        }
    }

    /// The host page closes every frame; each tells of its end once.
    pub(super) fn close_all(&mut self) {
        for tab in &mut self.tabs {
            tab.happen(Event::CloseOrdered);
            tab.check_end();
            let before = format!("{:?}", tab.told);
            tab.happen(Event::CloseOrdered);
            tab.happen(Event::Finish);
            if format!("{:?}", tab.told) != before {
                self.book.complain("something was told after the end".to_owned());
            }
        }
    }

    /// What the bank saw, against what the person did.
    pub(super) fn audit(&self, outcome: &mut Outcome) -> anyhow::Result<()> {
        let ledger = self.world.sandbox.ledger();
        let count = |kind| ledger.count(kind, None);
        let acts = self.book.acts();
        let reached: Vec<&Act> = acts.iter().filter(|act| act.may_have_reached_the_bank()).collect();
        for act in &acts {
            if matches!(act.kind, ActKind::Login | ActKind::Answers(_) | ActKind::Amounts) && act.sent > 1 {
                self.book.complain(format!("secrets were sent {} times for one act", act.sent));
            }
        }
        let logins = reached.iter().filter(|act| act.kind == ActKind::Login);
        // A refused login may have made its connection: that is no login, and the next one takes it on.
        let connects = |act: &&Act| matches!(act.kind, ActKind::Login | ActKind::Authorize);
        let arrived = acts.iter().filter(connects).filter(|act| !act.outcomes.is_empty());
        let tried_on: BTreeSet<_> = arrived.filter_map(|act| act.connection.clone()).collect();
        // Who comes back from the bank's own page, having allowed it, has signed in there.
        let agreed = ledger.entries().into_iter().filter(|entry| {
            matches!(entry.event, linchpin_sandbox::Event::ConsentDecided { agreed: true, .. })
        });
        let mut syncs =
            logins.count() + agreed.count() + reached.iter().filter(|act| act.kind == ActKind::Retry).count();
        if self.numbers_wanted {
            // Reading the numbers after an aggregation is a sync of its own, once for each act that led to one.
            syncs *= 2;
        }
        let answers: usize = reached
            .iter()
            .map(|act| match act.kind {
                ActKind::Answers(count) => count,
                ActKind::Login | ActKind::Retry | ActKind::Authorize | ActKind::Amounts | ActKind::Other => 0,
            })
            .sum();
        let limits = [
            (EventKind::UserCreated, "users made", 1),
            (EventKind::ConnectionCreated, "connections made", tried_on.len()),
            (EventKind::LoginTried, "logins tried", syncs),
            (EventKind::AnswerGiven, "answers given", answers),
        ];
        for (kind, what, most) in limits {
            let seen = count(kind);
            outcome.ledger.insert(what, u64::try_from(seen)?);
            if seen > most {
                self.book
                    .complain(format!("{what} at the bank: {seen}; what the person did accounts for {most}"));
            }
        }
        let mut answered = BTreeSet::new();
        for entry in ledger.entries() {
            if let linchpin_sandbox::Event::AnswerGiven { challenge, .. } = entry.event
                && !answered.insert(format!("{challenge:?}"))
            {
                self.book.complain(format!("{challenge:?} was answered twice"));
            }
        }
        self.book.search("the ledger", &format!("{:?}", ledger.entries()));
        self.book.search("the database", &String::from_utf8_lossy(&self.world.database()?));
        Ok(())
    }
}

/// Whether a person can do something here that leads on.
fn has_way_on(tab: &Tab) -> bool {
    let screen = tab.flow.screen();
    match &screen {
        Screen::Progress(_) | Screen::DepositWait(_) => false,
        Screen::Credentials(view) => view.fields.is_some() && !view.busy,
        Screen::Consent(_)
        | Screen::Welcome(_)
        | Screen::Search(_)
        | Screen::NotListed(_)
        | Screen::AlreadyConnected(_)
        | Screen::ChooseMethod(_)
        | Screen::BankLogin(_)
        | Screen::Challenges(_)
        | Screen::ChooseAccount(_)
        | Screen::Done(_)
        | Screen::Instructions(_)
        | Screen::StartAgain(_)
        | Screen::Later(..)
        | Screen::NoAccounts(_)
        | Screen::Failed(_)
        | Screen::OfferDeposits(_)
        | Screen::BankDetails(_)
        | Screen::ReviewDetails(_)
        | Screen::DepositsOnTheirWay(_)
        | Screen::EnterAmounts(_)
        | Screen::NotArrived(_)
        | Screen::DepositProblem(_)
        | Screen::DepositDone(_)
        | Screen::Connections(_)
        | Screen::Connection(_)
        | Screen::Disconnect(_)
        | Screen::Move(_)
        | Screen::Interrupted(_)
        | Screen::SessionOver(_)
        | Screen::Ended => !screen.busy(),
    }
}

/// Whether it goes on elsewhere, or not at all.
fn is_stable(screen: &Screen) -> bool {
    match screen {
        Screen::Later(..)
        | Screen::NoAccounts(_)
        | Screen::Failed(_)
        | Screen::DepositsOnTheirWay(_)
        | Screen::DepositProblem(_)
        | Screen::DepositDone(_)
        | Screen::SessionOver(_)
        | Screen::Ended => true,
        Screen::EnterAmounts(view) => view.wrong || view.trouble.is_some(),
        Screen::BankDetails(view) => view.trouble.is_some(),
        Screen::BankLogin(view) => view.trouble.is_some(),
        Screen::Credentials(view) => matches!(view.trouble, Some(Trouble::Refused(_))),
        Screen::Connections(_)
        | Screen::Connection(_)
        | Screen::Disconnect(_)
        | Screen::Move(_)
        | Screen::Interrupted(_) => true,
        Screen::Consent(_)
        | Screen::Welcome(_)
        | Screen::Search(_)
        | Screen::NotListed(_)
        | Screen::AlreadyConnected(_)
        | Screen::ChooseMethod(_)
        | Screen::Progress(_)
        | Screen::Challenges(_)
        | Screen::ChooseAccount(_)
        | Screen::Done(_)
        | Screen::Instructions(_)
        | Screen::OfferDeposits(_)
        | Screen::ReviewDetails(_)
        | Screen::DepositWait(_)
        | Screen::NotArrived(_)
        | Screen::StartAgain(_) => false,
    }
}

fn short_screen(tab: &Tab) -> String {
    let screen = tab.flow.screen();
    let busy = if screen.busy() { ", busy" } else { "" };
    let calling = if tab.is_calling() { ", calling" } else { "" };
    format!("{}{busy}{calling}", name_of(&screen))
}

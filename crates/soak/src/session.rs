//! One session from the opening of the widget to its end, and what must be true afterwards.

mod ending;

use crate::book::Book;
use crate::dice::Dice;
use crate::person::{Deed, Person};
use crate::tab::{Happening, Tab};
use crate::time::Brake;
use crate::world::{REDIRECT, World, wish};
use linchpin_flow::Event;
use linchpin_protocol::Secret;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Deeds of a person, at least and at most.
const DEEDS: (usize, usize) = (20, 50);
/// Tabs of one person, at most.
const TABS: usize = 3;

/// How often the company opens the widget for one person.
const OPENINGS: u32 = 3;

/// What came of one session.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What is not as it must be; empty when all is well.
    pub wrong: Vec<String>,
    /// What happened, line by line.
    pub log: Vec<String>,
    /// Faults that were met between widget and proxy, by kind.
    pub faults_before: BTreeMap<&'static str, u64>,
    /// Faults that were met between proxy and aggregator, by kind.
    pub faults_behind: BTreeMap<&'static str, u64>,
    /// How often each screen came up.
    pub screens: BTreeMap<&'static str, u64>,
    /// Where the session stood in the end, and how it ended.
    pub ending: String,
    /// Deeds that were done.
    pub deeds: u64,
    /// How long it took, in the session's own time.
    pub lasted: Duration,
    /// What the bank saw of it.
    pub ledger: BTreeMap<&'static str, u64>,
}

/// Runs the session of this seed, in a runtime under this brake.
pub async fn run(seed: u64, brake: &Brake) -> Outcome {
    let began = Instant::now();
    let book = Book::default();
    let mut outcome = Outcome::default();
    if let Err(error) = play(seed, brake, &book, &mut outcome).await {
        book.complain(format!("the session could not be played: {error:#}"));
    }
    // What was cut off with the tabs ends within the runtime.
    tokio::time::sleep(Duration::from_millis(1)).await;
    outcome.lasted = began.elapsed();
    outcome.wrong = book.complaints();
    outcome.log = book.log().lines();
    outcome.screens = book.screens();
    outcome
}

async fn play(seed: u64, brake: &Brake, book: &Book, outcome: &mut Outcome) -> anyhow::Result<()> {
    let world = World::new(seed, brake, book).await?;
    let mut stage = Stage::new(world, Person::of(seed, book.clone()), book.clone(), seed);
    stage.open_anew().await?;
    let mut deeds = 0;
    let (least, most) = DEEDS;
    let enough = least + Dice::keyed(seed, "deeds").below(most - least + 1);
    while deeds < enough {
        deeds += 1;
        stage.next_deed().await?;
        if stage.is_over() {
            break;
        }
    }
    outcome.deeds = u64::try_from(deeds)?;
    outcome.ending = stage.bring_to_an_end().await;
    stage.close_all();
    stage.audit(outcome)?;
    outcome.faults_before = stage.world.front.met();
    outcome.faults_behind = stage.world.behind.met();
    stage.world.close().await;
    Ok(())
}

/// A person, their tabs, and the servers.
struct Stage {
    world: World,
    person: Person,
    book: Book,
    seed: u64,
    tabs: Vec<Tab>,
    /// The tab that the person looks at.
    at: usize,
    inbox: UnboundedReceiver<Happening>,
    send: tokio::sync::mpsc::UnboundedSender<Happening>,
    openings: u32,
    link: Option<linchpin_protocol::LinkId>,
    /// Windows in which the person is at the bank.
    windows: JoinSet<Option<()>>,
    numbers_wanted: bool,
}

impl Stage {
    fn new(world: World, person: Person, book: Book, seed: u64) -> Self {
        let (send, inbox) = unbounded_channel();
        Self {
            world,
            person,
            book,
            seed,
            tabs: Vec::new(),
            at: 0,
            inbox,
            send,
            openings: 0,
            link: None,
            windows: JoinSet::new(),
            numbers_wanted: false,
        }
    }

    /// The company's page opens the widget; what was open before is gone, as when a page is left.
    async fn open_anew(&mut self) -> anyhow::Result<()> {
        self.openings += 1;
        let purpose = self.person.purpose();
        self.numbers_wanted |= purpose == "both";
        let (own_consent, institution, many) = self.person.opening();
        let mut wish = wish("pat", purpose);
        if let Some(members) = wish.as_object_mut() {
            if own_consent {
                members.insert("consent".into(), json!({"asked_by": "client"}));
            }
            if self.seed.is_multiple_of(2) {
                members.insert("redirect_uri".into(), json!(REDIRECT));
            }
            if many {
                members.insert("account_selection".into(), json!("many"));
            }
            if let Some(id) = institution {
                members.insert("institution_id".into(), json!(format!("ins_{id}")));
            }
        }
        self.book.note(format!("opening {} for {wish}", self.openings));
        let key = format!("open-{}", self.openings);
        // The proxy may not know its institutions yet: the company's server tries again.
        let mut tries = 0;
        let opening = loop {
            match self.world.open(&wish, &format!("{key}-{tries}")).await {
                Ok(opening) => break opening,
                Err(error) if tries >= 60 => return Err(error),
                Err(_) => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_secs(2)).await;
                }
            }
        };
        let consent_first = self.world.consent_first(&opening.link_id).await;
        let tab = Tab::new(
            self.tabs.len(),
            &opening,
            consent_first,
            self.world.front.clone(),
            self.book.clone(),
            self.send.clone(),
        );
        self.link = Some(opening.link_id);
        self.at = self.tabs.len();
        self.tabs.push(tab);
        Ok(())
    }

    async fn consent_first(&self) -> bool {
        match &self.link {
            Some(link) => self.world.consent_first(link).await,
            None => false,
        }
    }

    /// Whether every frame has ended and the company opens no more.
    fn is_over(&self) -> bool {
        self.openings >= OPENINGS && self.tabs.iter().all(|tab| tab.flow.ended())
    }

    /// The person does something, and a while goes by.
    async fn next_deed(&mut self) -> anyhow::Result<()> {
        let Some(tab) = self.tabs.get(self.at) else { return Ok(()) };
        let deed = self.person.decide(tab);
        self.book.note(format!("does {}", short(&deed)));
        self.perform(deed).await?;
        let pause = self.person.pause();
        self.pass(pause).await;
        Ok(())
    }

    async fn perform(&mut self, deed: Deed) -> anyhow::Result<()> {
        let live = self.tabs.iter().filter(|tab| !tab.flow.ended()).count();
        match deed {
            Deed::Look => {}
            Deed::OpenAnew if self.openings < OPENINGS => self.open_anew().await?,
            Deed::OpenAnew => {}
            Deed::OtherTab if live < TABS && self.tabs.len() < 6 => {
                let consent_first = self.consent_first().await;
                let number = self.tabs.len();
                if let Some(tab) = self.tabs.get(self.at) {
                    let other = tab.duplicate(number, consent_first);
                    self.tabs.push(other);
                    self.at = number;
                }
            }
            Deed::OtherTab => self.at = (self.at + 1) % self.tabs.len().max(1),
            Deed::Tunnel => {
                let online = !self.world.front.online();
                self.world.front.set_online(online);
                for tab in &mut self.tabs {
                    tab.happen(if online { Event::CameOnline } else { Event::WentOffline });
                }
            }
            Deed::ShutLaptop(time) => self.world.sleep_over(time),
            Deed::VisitBank(visit, thinks) => {
                let way = self.tabs.get(self.at).and_then(|tab| tab.vault.way.clone());
                if let Some(tab) = self.tabs.get_mut(self.at) {
                    tab.happen(Event::BankOpened);
                }
                if let Some(way) = way {
                    let window = self.world.window();
                    self.windows.spawn_local(window.go(way.expose().to_owned(), visit, thinks));
                }
            }
            Deed::Reload => {
                let consent_first = self.consent_first().await;
                if let Some(tab) = self.tabs.get_mut(self.at) {
                    tab.reload(consent_first);
                }
            }
            Deed::Event(event) => {
                if let Some(tab) = self.tabs.get_mut(self.at) {
                    tab.happen(event);
                }
            }
            Deed::SignIn(values, empty) => {
                if let Some(tab) = self.tabs.get_mut(self.at) {
                    tab.sign_in(values, empty);
                }
            }
            Deed::GiveNumbers { routing, number } => {
                if let Some(tab) = self.tabs.get_mut(self.at) {
                    tab.give_numbers(routing, number);
                }
            }
            Deed::TellAmounts(amounts) => {
                if let Some(tab) = self.tabs.get_mut(self.at) {
                    tab.tell_amounts(amounts);
                }
            }
            Deed::Answer(values, empty) => {
                if let Some(tab) = self.tabs.get_mut(self.at) {
                    tab.answer(values, empty);
                }
            }
        }
        Ok(())
    }

    /// Time goes by, and what the tabs waited for happens.
    async fn pass(&mut self, time: Duration) {
        let until = Instant::now() + time;
        loop {
            tokio::select! {
                biased;
                Some(happening) = self.inbox.recv() => {
                    let at = happening.tab;
                    let leaving = self.tabs.get_mut(at).and_then(|tab| {
                        tab.take(happening);
                        tab.leaving.take()
                    });
                    if let Some(way) = leaving {
                        self.go_in_place(at, way).await;
                    }
                }
                Some(_) = self.windows.join_next() => {}
                () = tokio::time::sleep_until(until) => return,
            }
        }
    }

    /// The company's page itself goes to the bank, and opens the widget where it was once it is back.
    async fn go_in_place(&mut self, at: usize, way: Secret) {
        let (visit, thinks) = self.person.visit();
        self.book.note(format!("goes to the bank in place: {visit:?}, thinks {thinks:?}"));
        self.world.window().go(way.expose().to_owned(), visit, thinks).await;
        let consent_first = self.consent_first().await;
        if let Some(tab) = self.tabs.get_mut(at) {
            tab.reload(consent_first);
        }
    }
}

/// A deed on one line, without what was typed.
fn short(deed: &Deed) -> String {
    match deed {
        Deed::SignIn(values, empty) => format!("sign in with {} values, {} empty", values.len(), empty.len()),
        Deed::Answer(values, empty) => format!("answer {}, {} empty", values.len(), empty.len()),
        other => format!("{other:?}"),
    }
}

/// Seeds of sessions, from one seed for all.
pub fn seeds(seed: u64) -> impl Iterator<Item = u64> {
    let mut dice = Dice::keyed(seed, "sessions");
    // Short enough to be read out.
    std::iter::repeat_with(move || dice.number() % 1_000_000_000_000)
}

//! The only place that performs effects.

mod calls;

use crate::browser::{Alarm, Listening, kept, random_key};
use crate::facts::Facts;
use crate::host::{self, Host, Page};
use crate::place::{INLINE, PROBLEM_SUMMARY, Place};
use crate::rest::{self, Rest};
use crate::vault::Vault;
use leptos::prelude::*;
use leptos::task::spawn_local;
use linchpin_flow::{
    Act, CallError, Cover, Effect, Event, Flow, NumberTrouble, Post, Request, Screen, ScreenId, Seq,
};
use linchpin_protocol::{
    AmountProblem, Amounts, Answer, Cents, CredentialValue, EventId, FrameMessage, HostMessage, Secret,
};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::AbortController;

/// What a screen hands back.
#[derive(Debug)]
pub enum Intent {
    /// Something that the flow decides.
    Event(Event),
    /// A login, with the fields that were left empty.
    Login {
        /// What was typed.
        values: Vec<CredentialValue>,
        /// The user name among it, kept for another try.
        username: Option<Secret>,
        /// Fields without a value.
        empty: Vec<linchpin_protocol::FieldId>,
    },
    /// Answers, with the challenges that were left without one.
    Answers {
        /// What was typed.
        values: Vec<Answer>,
        /// Challenges without an answer.
        empty: Vec<linchpin_protocol::ChallengeId>,
    },
    /// The numbers of an account.
    Numbers {
        /// The routing number as it was typed.
        routing: String,
        /// The account number; or why it is none.
        number: Result<Secret, NumberTrouble>,
        /// What the person calls the account.
        name: String,
    },
    /// The amounts of two deposits, each as far as it can be read.
    Amounts([Result<Cents, AmountProblem>; 2]),
}

/// Where screens hand their intents.
pub type Intents = UnsyncCallback<Intent>;

/// A call that is not answered yet.
struct Flight {
    seq: Seq,
    /// Whether it only reads.
    reads: bool,
    way_back: AbortController,
}

/// Connects the flow to the browser, the proxy and the host page.
pub struct Driver {
    page: Page,
    flow: RefCell<Flow>,
    vault: RefCell<Vault>,
    keys: RefCell<Vec<(Act, String)>>,
    rest: Rest,
    host: Host,
    listening: RefCell<Vec<Listening>>,
    /// Each with whether it has gone off.
    alarms: RefCell<Vec<(Rc<Cell<bool>>, Alarm)>>,
    /// The calls that are not answered yet.
    flights: RefCell<Vec<Flight>>,
    left: Cell<bool>,
    /// Where it is drawn.
    pub place: Place,
    /// What is to be drawn.
    pub screen: RwSignal<Screen>,
    /// What makes the screen a new one.
    pub id: RwSignal<ScreenId>,
    /// What is laid over it.
    pub cover: RwSignal<Option<Cover>>,
    /// What the words rest on.
    pub facts: RwSignal<Facts>,
}

impl Driver {
    /// A driver at the first screen, at a place in the given page.
    pub fn new(place: Place, page: Page, host: Host) -> Rc<Self> {
        let flow = if page.consent_first { Flow::asking_for_consent() } else { Flow::new() };
        Rc::new(Self {
            screen: RwSignal::new(flow.screen()),
            id: RwSignal::new(flow.screen().id()),
            cover: RwSignal::new(None),
            facts: RwSignal::new(Facts::of_page(&page, place.is_in_page())),
            page,
            flow: RefCell::new(flow),
            vault: RefCell::default(),
            keys: RefCell::default(),
            rest: Rest::default(),
            host,
            listening: RefCell::default(),
            alarms: RefCell::default(),
            flights: RefCell::default(),
            left: Cell::new(false),
            place,
        })
    }

    /// Listens to the host page and the browser, and says hello.
    pub fn listen(self: &Rc<Self>) {
        let mut listening = Vec::new();
        if !self.place.is_in_page() {
            let driver = self.clone();
            listening.push(host::listen(self.page.clone(), move |message| driver.hear(message)));
        }
        for (name, event) in [("offline", Event::WentOffline), ("online", Event::CameOnline)] {
            let driver = self.clone();
            listening.push(Listening::to(&window(), name, move |_| driver.happen(event.clone())));
        }
        for (name, came) in [(rest::CAME, true), (rest::FAILED, false)] {
            let driver = self.clone();
            listening.extend(self.place.listen(name, move |_| driver.hear_of_the_rest(came)));
        }
        let driver = self.clone();
        // The page may be kept alive behind the next one: nothing that was typed stays with it.
        listening.push(Listening::to(&window(), "pagehide", move |_| {
            driver.vault.borrow_mut().forget_login();
        }));
        self.listening.borrow_mut().append(&mut listening);
        self.host.post(&self.page, FrameMessage::Hello { link_id: self.page.link_id.clone() });
    }

    /// Ends it where it stands: nothing is heard, sent or drawn any more, and what is secret is overwritten.
    pub fn leave(&self) {
        self.left.set(true);
        self.listening.take();
        self.alarms.take();
        self.flights.take().iter().for_each(|flight| flight.way_back.abort());
        self.rest.take();
        self.keys.take();
        self.vault.take();
    }

    /// Takes what the host page says.
    pub fn hear(self: &Rc<Self>, message: HostMessage) {
        match message {
            HostMessage::Start { token, origin, inline } => {
                if origin != self.page.host {
                    return;
                }
                let resumable = {
                    let mut vault = self.vault.borrow_mut();
                    if vault.link_token.is_some() || vault.session.is_some() {
                        return;
                    }
                    vault.link_token = Some(token);
                    // Somebody's page is no place to keep a session in.
                    vault.session =
                        if self.place.is_in_page() { None } else { kept::read(&self.page.link_id) };
                    vault.session.is_some()
                };
                if inline && !self.place.is_in_page() {
                    self.place.mark(INLINE, "");
                    host::tell_height(self.place, self.page.clone());
                }
                self.happen(Event::Start { resumable });
            }
            HostMessage::Open => self.happen(Event::Shown),
            HostMessage::Escape => self.happen(Event::CloseAsked),
            HostMessage::Close => self.happen(Event::CloseOrdered),
            HostMessage::Unknown => {}
        }
    }

    /// Goes on with what waited for the rest of the module; or says, where somebody waits, that it could not be fetched.
    fn hear_of_the_rest(self: &Rc<Self>, came: bool) {
        if self.rest.is_awaited() {
            self.happen(if came { Event::PartComing } else { Event::PartMissing });
        }
        if came {
            for step in self.rest.take() {
                step(self);
            }
        }
    }

    /// Takes what a screen hands back.
    pub fn intend(self: &Rc<Self>, intent: Intent) {
        let missing = self.cover.get_untracked() == Some(Cover::PartMissing);
        if missing && matches!(intent, Intent::Event(Event::TryAgain)) {
            rest::fetch_now(self.place);
            return self.happen(Event::PartComing);
        }
        let later = rest::is_needed_for(&intent);
        self.rest.before(later, self, move |driver| driver.take_in(intent));
    }

    fn take_in(self: &Rc<Self>, intent: Intent) {
        match intent {
            Intent::Event(event) => self.happen(event),
            Intent::Login { values, username, empty } => {
                {
                    let mut vault = self.vault.borrow_mut();
                    vault.put_login(values);
                    vault.username = username;
                }
                self.happen(Event::CredentialsEntered { empty });
            }
            Intent::Numbers { routing, number, name } => {
                let told = number.as_ref().map(last_digits).map_err(|why| *why);
                self.vault.borrow_mut().put_number(number.ok());
                self.happen(Event::DetailsEntered { routing, number: told, name });
            }
            Intent::Amounts([first, second]) => {
                let problems = [first.err(), second.err()];
                let amounts = first.ok().zip(second.ok()).map(|(first, second)| Amounts([first, second]));
                self.vault.borrow_mut().put_amounts(amounts);
                self.happen(Event::AmountsEntered { problems });
            }
            Intent::Answers { values, empty } => {
                self.vault.borrow_mut().put_answers(values);
                self.happen(Event::AnswersEntered { empty });
            }
        }
    }

    /// The user name of the last try.
    pub fn username(&self) -> Option<Secret> {
        self.vault.borrow().username.clone()
    }

    /// Reads the way to the bank's own page.
    pub fn way(&self) -> Option<Secret> {
        self.vault.borrow().way.clone()
    }

    /// Lets something happen: moves the flow, draws it, does what follows.
    pub fn happen(self: &Rc<Self>, event: Event) {
        if self.left.get() {
            return;
        }
        let effects = self.flow.borrow_mut().handle(event);
        self.give_up_reading();
        self.draw();
        for effect in effects {
            self.perform(effect);
        }
    }

    /// Gives up what is read for nobody any more: the proxy need not wait with an answer, nor the next one for it. What
    /// changes something is given up in [`Driver::leave`] alone.
    fn give_up_reading(&self) {
        let flow = self.flow.borrow();
        for flight in self.flights.borrow().iter().filter(|flight| flight.reads && !flow.awaits(flight.seq)) {
            flight.way_back.abort();
        }
    }

    fn draw(&self) {
        let flow = self.flow.borrow();
        let screen = flow.screen();
        let id = screen.id();
        if self.screen.with_untracked(|drawn| *drawn != screen) {
            self.screen.set(screen);
        }
        if self.id.with_untracked(|drawn| *drawn != id) {
            self.id.set(id);
        }
        let cover = flow.cover();
        if self.cover.get_untracked() != cover {
            self.cover.set(cover);
        }
        if let Some(session) = flow.session() {
            let facts = Facts::of_session(session, self.place.is_in_page());
            if self.facts.with_untracked(|stated| *stated != facts) {
                self.facts.set(facts);
            }
        }
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Call { seq, request } => self.call(seq, request),
            Effect::After { ms, timer } => {
                let (driver, rung) = (self.clone(), Rc::new(Cell::new(false)));
                let ring = rung.clone();
                let alarm = Alarm::after(ms, move || {
                    ring.set(true);
                    driver.happen(Event::Elapsed(timer));
                });
                let mut alarms = self.alarms.borrow_mut();
                alarms.retain(|(rung, _)| !rung.get());
                alarms.extend(alarm.map(|alarm| (rung, alarm)));
            }
            Effect::ForgetSecrets => self.vault.borrow_mut().forget_unsent(),
            Effect::ForgetLogin => self.vault.borrow_mut().forget_login(),
            Effect::KeepSession => {
                let mut vault = self.vault.borrow_mut();
                vault.link_token = None;
                if let Some(token) = vault.session.as_ref().filter(|_| !self.place.is_in_page()) {
                    kept::write(&self.page.link_id, token);
                }
            }
            Effect::DropSession => {
                self.vault.borrow_mut().session = None;
                if !self.place.is_in_page() {
                    kept::remove(&self.page.link_id);
                }
            }
            Effect::FocusHeading => {
                let first = self.screen.with_untracked(|screen| matches!(screen, Screen::Search(_)));
                if first { self.place.focus_in_place("h1") } else { self.place.focus_soon("h1") }
            }
            Effect::FocusErrors => self.place.focus_soon(PROBLEM_SUMMARY),
            Effect::Post(post) => self.post(post),
        }
    }

    fn post(&self, post: Post) {
        let event_id = || EventId::new(format!("evt_{}", random_key().unwrap_or_default()));
        let message = match post {
            Post::Ready => FrameMessage::Ready,
            Post::Failed { code } => FrameMessage::Failed { code },
            Post::Linked { result } => {
                let Some(public_token) = self.vault.borrow_mut().public_token.take() else { return };
                FrameMessage::Linked { public_token, result }
            }
            Post::Success { results } => FrameMessage::Success { event_id: event_id(), results },
            Post::Done { changes } => FrameMessage::Done { event_id: event_id(), changes },
            Post::Exit { reason } => FrameMessage::Exit { event_id: event_id(), reason },
            Post::Navigate => {
                let Some(url) = self.vault.borrow_mut().way.take() else { return };
                FrameMessage::Navigate { url }
            }
            Post::Event(event) => FrameMessage::Event { event },
        };
        let ready = matches!(message, FrameMessage::Ready);
        self.host.post(&self.page, message);
        if ready {
            self.host.tell_corrections(&self.page);
        }
    }

    /// One key for each act, however often its call is sent.
    fn key(&self, act: Act) -> String {
        let mut keys = self.keys.borrow_mut();
        if let Some((_, key)) = keys.iter().find(|(known, _)| *known == act) {
            return key.clone();
        }
        // There is one unsafe call at a time, so the key of an earlier act is never needed again.
        keys.clear();
        // Without randomness the proxy refuses the empty key: nothing is ever done under a guessable one.
        let key = random_key().unwrap_or_default();
        keys.push((act, key.clone()));
        key
    }

    fn call(self: &Rc<Self>, seq: Seq, request: Request) {
        let reads = !request.is_unsafe();
        let (call, answer) = self.prepare(request);
        let driver = self.clone();
        // Every browser that has `fetch` has it.
        let Ok(way_back) = AbortController::new() else { return };
        self.flights.borrow_mut().push(Flight { seq, reads, way_back: way_back.clone() });
        spawn_local(async move {
            let answered = call.send(&driver.page.home, &way_back).await;
            driver.flights.borrow_mut().retain(|flight| flight.seq != seq);
            let later = answered.as_ref().is_ok_and(|json| answer.leads_on(json));
            driver.rest.before(later, &driver, move |driver| {
                let result = answered.and_then(|json| driver.read(answer, json).ok_or(CallError::Network));
                driver.happen(Event::Replied { seq, result });
            });
        });
    }
}

/// The last digits of an account number: four, and never more than half of it.
fn last_digits(number: &Secret) -> String {
    let digits = number.expose();
    let shown = (digits.len() / 2).min(4);
    digits.get(digits.len() - shown..).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_number_is_told_by_four_digits_and_never_by_more_than_half() {
        for (number, told) in [("000123454411", "4411"), ("1234", "34"), ("12345", "45"), ("", "")] {
            assert_eq!(last_digits(&Secret::new(number)), told);
        }
    }
}

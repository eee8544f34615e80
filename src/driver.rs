//! The only place that performs effects.

mod calls;

use crate::browser::kept;
use crate::facts::Facts;
use crate::host::Page;
use crate::rest::Rest;
use crate::vault::Vault;
use crate::{browser, host, rest};
use leptos::prelude::*;
use leptos::task::spawn_local;
use linchpin_flow::{
    Act, CallError, Cover, Effect, Event, Flow, NumberTrouble, Post, Request, Screen, ScreenId, Seq,
};
use linchpin_protocol::{
    AmountProblem, Amounts, Answer, Cents, CredentialValue, EventId, FrameMessage, HostMessage, Secret,
};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

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

/// Connects the flow to the browser, the proxy and the host page.
pub struct Driver {
    page: Page,
    flow: RefCell<Flow>,
    vault: RefCell<Vault>,
    keys: RefCell<Vec<(Act, String)>>,
    rest: Rest,
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
    /// A driver at the first screen, in the given page.
    pub fn new(page: Page) -> Rc<Self> {
        let flow = if page.consent_first { Flow::asking_for_consent() } else { Flow::new() };
        Rc::new(Self {
            screen: RwSignal::new(flow.screen()),
            id: RwSignal::new(flow.screen().id()),
            cover: RwSignal::new(None),
            facts: RwSignal::new(Facts::of_page(&page)),
            page,
            flow: RefCell::new(flow),
            vault: RefCell::default(),
            keys: RefCell::default(),
            rest: Rest::default(),
        })
    }

    /// Listens to the host page and the browser, and says hello.
    pub fn listen(self: &Rc<Self>) {
        let driver = self.clone();
        host::listen(self.page.clone(), move |message| driver.hear(message));
        for (name, event) in [("offline", Event::WentOffline), ("online", Event::CameOnline)] {
            let driver = self.clone();
            std::mem::forget(window_event_listener_untyped(name, move |_| driver.happen(event.clone())));
        }
        let driver = self.clone();
        for (name, came) in [(rest::CAME, true), (rest::FAILED, false)] {
            let driver = driver.clone();
            std::mem::forget(window_event_listener_untyped(name, move |_| driver.hear_of_the_rest(came)));
        }
        // The page may be kept alive behind the next one: nothing that was typed stays with it.
        std::mem::forget(window_event_listener_untyped("pagehide", move |_| {
            driver.vault.borrow_mut().forget_login();
        }));
        host::post(&self.page, FrameMessage::Hello { link_id: self.page.link_id.clone() });
    }

    fn hear(self: &Rc<Self>, message: HostMessage) {
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
                    vault.session = kept::read(&self.page.link_id);
                    vault.session.is_some()
                };
                if inline {
                    browser::mark_page(browser::INLINE, "");
                    host::tell_height(self.page.clone());
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
            rest::fetch_now();
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
        let effects = self.flow.borrow_mut().handle(event);
        self.draw();
        for effect in effects {
            self.perform(effect);
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
            let facts = Facts::of_session(session);
            if self.facts.with_untracked(|stated| *stated != facts) {
                self.facts.set(facts);
            }
        }
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Call { seq, request } => self.call(seq, request),
            Effect::After { ms, timer } => {
                let driver = self.clone();
                set_timeout(
                    move || driver.happen(Event::Elapsed(timer)),
                    Duration::from_millis(u64::from(ms)),
                );
            }
            Effect::ForgetSecrets => self.vault.borrow_mut().forget_unsent(),
            Effect::ForgetLogin => self.vault.borrow_mut().forget_login(),
            Effect::KeepSession => {
                let mut vault = self.vault.borrow_mut();
                vault.link_token = None;
                if let Some(token) = &vault.session {
                    kept::write(&self.page.link_id, token);
                }
            }
            Effect::DropSession => {
                self.vault.borrow_mut().session = None;
                kept::remove(&self.page.link_id);
            }
            Effect::FocusHeading => {
                let first = self.screen.with_untracked(|screen| matches!(screen, Screen::Search(_)));
                if first { browser::focus_in_place("h1") } else { browser::focus_soon("h1") }
            }
            Effect::FocusErrors => browser::focus_soon(browser::PROBLEM_SUMMARY),
            Effect::Post(post) => self.post(post),
        }
    }

    fn post(&self, post: Post) {
        let event_id = || EventId::new(format!("evt_{}", browser::random_key().unwrap_or_default()));
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
        host::post(&self.page, message);
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
        let key = browser::random_key().unwrap_or_default();
        keys.push((act, key.clone()));
        key
    }

    fn call(self: &Rc<Self>, seq: Seq, request: Request) {
        let (call, answer) = self.prepare(request);
        let driver = self.clone();
        spawn_local(async move {
            let answered = call.send().await;
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

//! The only place that performs effects.

use crate::backend::{Call, Patience, json};
use crate::browser::{self, kept};
use crate::facts::Facts;
use crate::host::{self, Page};
use crate::rest::{self, Rest, member};
use crate::vault::Vault;
use leptos::prelude::*;
use leptos::task::spawn_local;
use linchpin_flow::{
    Act, CallError, Cover, Effect, Event, Flow, NumberTrouble, Post, Reply, Request, Screen, ScreenId, Seq,
};
use linchpin_protocol::{
    Abandon, AmountProblem, Amounts, Answer, Authorize, AuthorizeTicket, Cents, ChooseAccounts, ConnectionId,
    CorrectDeposit, CreateConnection, CreateDeposit, CreateInstitutionRequest, CreateSession,
    CredentialValue, DepositId, EventId, FrameMessage, FromTree, GiveConsent, HostMessage, Json,
    MoveConnection, OpenedSession, PublicToken, RefreshConnection, Retry, Revision, Secret, SubmitAmounts,
    SubmitAnswers, SubmitCredentials, WithdrawDeposit,
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
            HostMessage::Start { token, origin } => {
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

    /// The account number that was typed. Without one the proxy refuses what it is sent with.
    fn number(&self) -> Secret {
        self.vault.borrow().number().unwrap_or_else(|| Secret::new(""))
    }

    /// Makes the call for a request, and says what its answer is.
    fn prepare(&self, request: Request) -> (Call, Answers) {
        let session = self.vault.borrow().session.clone();
        let (act, path, body, answer): (Act, String, _, _) = match request {
            Request::ResumeSession => {
                return (
                    Call::get("/v1/sessions/current".into(), session, Patience::Short),
                    Answers::Session,
                );
            }
            Request::OpenSession { act } => {
                let link_token = self.vault.borrow().link_token.clone().unwrap_or_else(|| Secret::new(""));
                let body = CreateSession { link_token, origin: self.page.host.clone() };
                (act, "/v1/sessions".into(), json(&body), Answers::OpenedSession)
            }
            Request::GiveConsent { act, version } => {
                let body = GiveConsent { version };
                (act, "/v1/sessions/consent".into(), json(&body), Answers::Nothing)
            }
            Request::Search { query, cursor } => {
                let mut path = format!("/v1/institutions?query={}", escaped(&query));
                if let Some(cursor) = cursor {
                    path.push_str("&cursor=");
                    path.push_str(&escaped(&cursor));
                }
                return (Call::get(path, session, Patience::Short), Answers::Institutions);
            }
            Request::AskForInstitution { act, text } => {
                let path = "/v1/institution-requests".into();
                let body = CreateInstitutionRequest { text: Secret::new(text) };
                (act, path, json(&body), Answers::Nothing)
            }
            Request::ReadInstitution { id } => {
                let path = format!("/v1/institutions/{}", escaped(id.as_str()));
                return (Call::get(path, session, Patience::Short), Answers::Institution);
            }
            Request::ReadConnection { id, revision, wait_s } => {
                let path = path_of(&id, &waiting(revision, wait_s));
                return (Call::get(path, session, Patience::Long), Answers::Connection);
            }
            Request::CreateConnection { act, institution_id, method } => {
                let body = CreateConnection { institution_id, method };
                (act, "/v1/connections".into(), json(&body), Answers::Connection)
            }
            Request::TakeUp { act, id } => {
                let path = path_of(&id, "/take-up");
                (act, path, json(&Nothing {}), Answers::Connection)
            }
            Request::Authorize { act, id, revision, in_place } => {
                let body = Authorize { revision, in_place };
                (act, path_of(&id, "/authorize"), json(&body), Answers::Ticket)
            }
            Request::Abandon { act, id, revision } => {
                let body = Abandon { revision };
                (act, path_of(&id, "/abandon"), json(&body), Answers::Connection)
            }
            Request::Extend { act } => {
                let path = "/v1/sessions/extend".into();
                (act, path, json(&Nothing {}), Answers::Life)
            }
            Request::SendCredentials { act, id, revision, again } => {
                let fields = self.vault.borrow_mut().take_login();
                let body = SubmitCredentials { revision, fields, again };
                (act, path_of(&id, "/credentials"), json(&body), Answers::Connection)
            }
            Request::SendAnswers { act, id, revision } => {
                let answers = self.vault.borrow_mut().take_answers();
                let body = SubmitAnswers { revision, answers };
                (act, path_of(&id, "/answers"), json(&body), Answers::Connection)
            }
            Request::Retry { act, id, revision } => {
                let body = Retry { revision };
                (act, path_of(&id, "/retry"), json(&body), Answers::Connection)
            }
            Request::ChooseAccounts { act, id, revision, account_ids } => {
                let body = ChooseAccounts { revision, account_ids };
                (act, path_of(&id, "/accounts"), json(&body), Answers::Connection)
            }
            Request::ReadConnections => {
                return (Call::get("/v1/connections".into(), session, Patience::Short), Answers::Connections);
            }
            Request::Refresh { act, id, revision } => {
                let body = RefreshConnection { revision };
                (act, path_of(&id, "/refresh"), json(&body), Answers::Connection)
            }
            Request::Disconnect { act, id, revision: Revision(revision), purge } => {
                let path = path_of(&id, &format!("?purge={purge}&revision={revision}"));
                return (Call::delete(path, session, self.key(act)), Answers::Connection);
            }
            Request::Move { act, id, revision } => {
                let body = MoveConnection { revision };
                (act, path_of(&id, "/move"), json(&body), Answers::Connection)
            }
            Request::MintPublicToken { act, id } => {
                let path = path_of(&id, "/public-token");
                (act, path, json(&Nothing {}), Answers::PublicToken)
            }
            Request::MintDepositToken { act, id } => {
                let path = deposit_path(&id, "/public-token");
                (act, path, json(&Nothing {}), Answers::PublicToken)
            }
            Request::ReadRouting { routing } => {
                let path = format!("/v1/routing-numbers/{}", escaped(&routing));
                return (Call::get(path, session, Patience::Short), Answers::Routing);
            }
            Request::ReadDeposit { id, revision, wait_s } => {
                let path = deposit_path(&id, &waiting(revision, wait_s));
                return (Call::get(path, session, Patience::Long), Answers::Deposit);
            }
            Request::CreateDeposit { act, account, routing, name } => {
                let (connection_id, account_id) = account.unzip();
                let body =
                    CreateDeposit { connection_id, account_id, routing, account_number: self.number(), name };
                (act, "/v1/deposits".into(), json(&body), Answers::Deposit)
            }
            Request::CorrectDeposit { act, id, revision, routing } => {
                let body = CorrectDeposit { revision, routing, account_number: self.number() };
                (act, deposit_path(&id, "/correct"), json(&body), Answers::Deposit)
            }
            Request::SubmitAmounts { act, id, revision } => {
                let none = || Amounts([Cents(0), Cents(0)]);
                let cents = self.vault.borrow_mut().take_amounts().unwrap_or_else(none);
                let body = SubmitAmounts { revision, cents };
                (act, deposit_path(&id, "/amounts"), json(&body), Answers::Deposit)
            }
            Request::WithdrawDeposit { act, id, revision } => {
                let body = WithdrawDeposit { revision };
                (act, deposit_path(&id, "/withdraw"), json(&body), Answers::Deposit)
            }
        };
        (Call::post(path, session, self.key(act), body), answer)
    }

    /// Reads an answer. Tokens go into the vault and no further.
    fn read(&self, answer: Answers, json: Json) -> Option<Reply> {
        let reply = match answer {
            Answers::Session => Reply::Session(FromTree::from_tree(json)?),
            Answers::OpenedSession => {
                let OpenedSession { token, session } = FromTree::from_tree(json)?;
                self.vault.borrow_mut().session = Some(token);
                Reply::Session(Box::new(session))
            }
            Answers::Institutions => Reply::Institutions(FromTree::from_tree(json)?),
            Answers::Institution => Reply::Institution(FromTree::from_tree(json)?),
            Answers::Connection => Reply::Connection(FromTree::from_tree(json)?),
            Answers::Connections => Reply::Connections(FromTree::from_tree(json)?),
            Answers::Deposit => Reply::Deposit(FromTree::from_tree(json)?),
            Answers::Routing => Reply::Routing(FromTree::from_tree(json)?),
            Answers::Nothing => Reply::Recorded,
            Answers::Life => Reply::Life(FromTree::from_tree(json)?),
            Answers::Ticket => {
                let AuthorizeTicket { url, seconds } = FromTree::from_tree(json)?;
                self.vault.borrow_mut().way = Some(url);
                Reply::Ticket { seconds }
            }
            Answers::PublicToken => {
                let PublicToken { public_token, .. } = FromTree::from_tree(json)?;
                self.vault.borrow_mut().public_token = Some(public_token);
                Reply::PublicToken
            }
        };
        Some(reply)
    }
}

/// What the answer to a call is.
#[derive(Clone, Copy)]
enum Answers {
    Session,
    OpenedSession,
    Institutions,
    Institution,
    Connection,
    Connections,
    Deposit,
    Routing,
    PublicToken,
    Ticket,
    Life,
    Nothing,
}

impl Answers {
    /// Whether such an answer may lead behind the first screens, and hence takes the rest of the module.
    fn leads_on(self, json: &Json) -> bool {
        match self {
            Answers::Institutions | Answers::Life | Answers::Nothing => false,
            Answers::Session => rest::is_begun(json),
            Answers::OpenedSession => member(json, "session").is_none_or(rest::is_begun),
            Answers::Institution
            | Answers::Connection
            | Answers::Connections
            | Answers::Deposit
            | Answers::Routing
            | Answers::PublicToken
            | Answers::Ticket => true,
        }
    }
}

/// The body of a call that says everything in its path.
#[derive(serde::Serialize)]
struct Nothing {}

/// Text as a part of an address.
fn escaped(text: &str) -> String {
    String::from(js_sys::encode_uri_component(text))
}

/// How long a read waits for what is newer than the revision that is known.
fn waiting(revision: Option<Revision>, wait_s: u32) -> String {
    let mut query = format!("?wait={wait_s}");
    if let Some(Revision(revision)) = revision {
        query.push_str(&format!("&revision={revision}"));
    }
    query
}

/// The last digits of an account number: four, and never more than half of it.
fn last_digits(number: &Secret) -> String {
    let digits = number.expose();
    let shown = (digits.len() / 2).min(4);
    digits.get(digits.len() - shown..).unwrap_or_default().to_owned()
}

fn deposit_path(id: &DepositId, tail: &str) -> String {
    format!("/v1/deposits/{}{tail}", escaped(id.as_str()))
}

fn path_of(id: &ConnectionId, tail: &str) -> String {
    format!("/v1/connections/{}{tail}", escaped(id.as_str()))
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

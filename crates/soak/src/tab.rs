//! One frame of the widget, natively: performs the effects of its flow as the widget's `src/driver.rs` does.

mod calls;

use crate::book::{Book, Conflict, Told, name_of};
use crate::vault::Vault;
use crate::wire::Front;
use crate::world::Opening;
use calls::{Answers, escaped};
use linchpin_flow::{
    Act, CallError, Effect, Event, Flow, NumberTrouble, Post, Reply, Request, Screen, Seq, Timer,
};
use linchpin_protocol::{
    AmountProblem, Amounts, Answer, Code, Connection, ConnectionId, CredentialValue, Json, Revision, Secret,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;

/// Something that a frame waited for.
#[derive(Debug)]
pub struct Happening {
    /// In which tab.
    pub tab: usize,
    /// In which of its frames, one after the other.
    frame: u32,
    what: What,
}

#[derive(Debug)]
enum What {
    Answered { seq: Seq, answer: Answers, request: Request, result: Result<Json, CallError> },
    Elapsed(Timer),
}

/// One frame of the widget.
pub struct Tab {
    number: usize,
    frame: u32,
    /// Its state machine.
    pub flow: Flow,
    /// Its secrets.
    pub vault: Vault,
    link_token: Secret,
    kept: Option<Secret>,
    keys: Vec<(Act, String)>,
    calls: JoinSet<()>,
    under_way: BTreeMap<Seq, Request>,
    /// Calls that were put off, to be sent again by themselves.
    put_off: BTreeSet<Seq>,
    inbox: UnboundedSender<Happening>,
    front: Front,
    book: Book,
    /// Where the whole page is to go.
    pub leaving: Option<Secret>,
    /// What its present frame told the host page.
    pub told: Told,
    /// The connection that the flow was told of last.
    pub connection: Option<(ConnectionId, Revision)>,
    /// The last refusal that stated another revision.
    pub conflict: Option<Conflict>,
    /// Some address of each kind that was on a screen once.
    pub memory: Memory,
}

/// What stood on screens that may be gone by now.
#[derive(Clone, Default, Debug)]
pub struct Memory {
    /// Institutions that were listed.
    pub institutions: Vec<linchpin_protocol::InstitutionId>,
    /// Accounts that were offered.
    pub accounts: Vec<linchpin_protocol::AccountId>,
    /// Questions that were asked.
    pub challenges: Vec<linchpin_protocol::Challenge>,
    /// Fields of a login form.
    pub fields: Vec<linchpin_protocol::Field>,
}

impl Tab {
    /// A frame that the host page has just made, for an opening of the widget.
    pub fn new(
        number: usize,
        opening: &Opening,
        consent_first: bool,
        front: Front,
        book: Book,
        inbox: UnboundedSender<Happening>,
    ) -> Self {
        book.keep_secret(opening.link_token.expose());
        let mut tab = Self {
            number,
            frame: 0,
            flow: first(consent_first),
            vault: Vault::default(),
            link_token: opening.link_token.clone(),
            kept: None,
            keys: Vec::new(),
            calls: JoinSet::new(),
            under_way: BTreeMap::new(),
            put_off: BTreeSet::new(),
            inbox,
            front,
            book,
            leaving: None,
            told: Told::default(),
            connection: None,
            conflict: None,
            memory: Memory::default(),
        };
        tab.start();
        tab
    }

    /// The same page once more in another tab: browsers copy what the frame kept.
    pub fn duplicate(&self, number: usize, consent_first: bool) -> Self {
        let mut tab = Self {
            number,
            frame: 0,
            flow: first(consent_first),
            vault: Vault::default(),
            link_token: self.link_token.clone(),
            kept: self.kept.clone(),
            keys: Vec::new(),
            calls: JoinSet::new(),
            under_way: BTreeMap::new(),
            put_off: BTreeSet::new(),
            inbox: self.inbox.clone(),
            front: self.front.clone(),
            book: self.book.clone(),
            leaving: None,
            told: Told::default(),
            connection: None,
            conflict: None,
            memory: self.memory.clone(),
        };
        tab.start();
        tab
    }

    /// The frame is loaded anew: only what it kept is left. Calls that were under way are cut off.
    pub fn reload(&mut self, consent_first: bool) {
        self.check_end();
        self.frame += 1;
        self.calls = JoinSet::new();
        self.under_way.clear();
        self.put_off.clear();
        self.flow = first(consent_first);
        self.vault = Vault::default();
        self.keys.clear();
        self.leaving = None;
        self.told = Told::default();
        self.connection = None;
        self.conflict = None;
        self.start();
    }

    /// What the loader does once the frame has said hello.
    fn start(&mut self) {
        self.vault.link_token = Some(self.link_token.clone());
        self.vault.session = self.kept.clone();
        let resumable = self.kept.is_some();
        self.happen(Event::Start { resumable });
        self.happen(Event::Shown);
    }

    /// Whether a call is on its way, or is going to be sent again.
    pub fn is_calling(&self) -> bool {
        !self.under_way.is_empty() || !self.put_off.is_empty()
    }

    /// Whether every call on its way only waits for the connection to change.
    pub fn only_listens(&self) -> bool {
        let listens = |request: &Request| {
            matches!(
                request,
                Request::ReadConnection { wait_s: 1.., .. } | Request::ReadDeposit { wait_s: 1.., .. }
            )
        };
        self.put_off.is_empty() && self.under_way.values().all(listens)
    }

    /// Signs in with what was typed.
    pub fn sign_in(&mut self, values: Vec<CredentialValue>, empty: Vec<linchpin_protocol::FieldId>) {
        self.vault.put_login(values);
        self.happen(Event::CredentialsEntered { empty });
    }

    /// Answers with what was typed.
    pub fn answer(&mut self, values: Vec<Answer>, empty: Vec<linchpin_protocol::ChallengeId>) {
        self.vault.put_answers(values);
        self.happen(Event::AnswersEntered { empty });
    }

    /// Submits the numbers of an account as they were typed.
    pub fn give_numbers(&mut self, routing: &str, number: Result<Secret, NumberTrouble>) {
        let last = |number: &Secret| {
            let digits = number.expose();
            let shown = (digits.len() / 2).min(4);
            digits.get(digits.len() - shown..).unwrap_or_default().to_owned()
        };
        let told = number.as_ref().map(last).map_err(|why| *why);
        self.vault.put_number(number.ok());
        let (routing, name) = (routing.to_owned(), String::new());
        self.happen(Event::DetailsEntered { routing, number: told, name });
    }

    /// Submits amounts as they were typed.
    pub fn tell_amounts(&mut self, amounts: Result<Amounts, AmountProblem>) {
        let problems = [amounts.as_ref().err().copied(), None];
        self.vault.put_amounts(amounts.ok());
        self.happen(Event::AmountsEntered { problems });
    }

    /// Takes what a frame waited for; what an earlier frame waited for is nobody's.
    pub fn take(&mut self, happening: Happening) {
        if happening.frame != self.frame {
            return;
        }
        match happening.what {
            What::Elapsed(timer) => {
                if let Timer::Resend(seq) = timer {
                    self.put_off.remove(&seq);
                }
                self.happen(Event::Elapsed(timer));
            }
            What::Answered { seq, answer, request, result } => {
                self.under_way.remove(&seq);
                let result = result.and_then(|json| self.read(answer, json).ok_or(CallError::Network));
                self.look_at(&request, &result);
                self.happen(Event::Replied { seq, result });
            }
        }
    }

    /// Lets something happen: moves the flow and does what follows.
    pub fn happen(&mut self, event: Event) {
        let before = (self.flow.screen().id(), self.flow.cover());
        let (line, elapsed) = (short(&event), matches!(event, Event::Elapsed(_)));
        let effects = self.flow.handle(event);
        let screen = self.flow.screen();
        let after = (screen.id(), self.flow.cover());
        self.book.note(format!("  tab {} {line} -> {} {:?}", self.number, name_of(&screen), after.1));
        if before != after {
            self.book.saw(name_of(&screen));
            match after.1 {
                Some(linchpin_flow::Cover::Leave) => self.book.saw("(leave?)"),
                Some(linchpin_flow::Cover::Offline) => self.book.saw("(offline)"),
                Some(linchpin_flow::Cover::PartMissing) => self.book.saw("(part missing)"),
                Some(linchpin_flow::Cover::Trouble(_)) => self.book.saw("(trouble)"),
                Some(linchpin_flow::Cover::Expiring { .. }) => self.book.saw("(expiring)"),
                None => {}
            }
        }
        self.remember(&screen);
        for effect in effects {
            self.perform(effect);
        }
        // A timer brings nothing that could be one.
        if !elapsed {
            self.book.search("the flow's state", &format!("{:?}", self.flow));
        }
    }

    fn remember(&mut self, screen: &Screen) {
        match screen {
            Screen::Search(view) => {
                let found = view.found.iter().flat_map(|found| &found.institutions);
                let listed = found.chain(view.popular.iter().flatten());
                self.memory.institutions = listed.map(|institution| institution.id.clone()).collect();
            }
            Screen::Credentials(view) => {
                if let Some(fields) = &view.fields {
                    self.memory.fields.clone_from(fields);
                }
            }
            Screen::Challenges(view) => self.memory.challenges.clone_from(&view.items),
            Screen::ChooseAccount(view) => {
                self.memory.accounts = view.accounts.iter().map(|account| account.id.clone()).collect();
            }
            _ => {}
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Call { seq, request } => self.call(seq, request),
            Effect::After { ms, timer } => {
                if let Timer::Resend(seq) = timer {
                    self.put_off.insert(seq);
                }
                let (tab, frame, inbox) = (self.number, self.frame, self.inbox.clone());
                self.calls.spawn_local(async move {
                    tokio::time::sleep(Duration::from_millis(u64::from(ms))).await;
                    // An error would mean that the session is over.
                    let _ = inbox.send(Happening { tab, frame, what: What::Elapsed(timer) });
                });
            }
            Effect::ForgetSecrets => self.vault.forget_unsent(),
            Effect::ForgetLogin => self.vault.forget_login(),
            Effect::KeepSession => {
                self.vault.link_token = None;
                self.kept = self.vault.session.clone();
            }
            Effect::DropSession => {
                self.vault.session = None;
                self.kept = None;
            }
            Effect::FocusHeading | Effect::FocusErrors => {}
            Effect::Post(post) => self.post(&post),
        }
    }

    fn post(&mut self, post: &Post) {
        self.book.search("a message to the host page", &format!("{post:?}"));
        self.book.note(format!("    tells {post:?}"));
        if matches!(post, Post::Linked { .. }) && self.vault.public_token.take().is_none() {
            self.book.complain("a link is told of without its public token".to_owned());
        }
        if *post == Post::Navigate {
            self.leaving = self.vault.way.take();
        }
        self.told.write(post, &self.book);
    }

    /// One key for each act, however often its call is sent.
    fn key(&mut self, act: Act) -> String {
        if let Some((_, key)) = self.keys.iter().find(|(known, _)| *known == act) {
            return key.clone();
        }
        self.keys.clear();
        let key = format!("act-{}-{}-{}", self.number, self.frame, act.0);
        self.keys.push((act, key.clone()));
        key
    }

    fn call(&mut self, seq: Seq, request: Request) {
        let (call, answer) = self.prepare(&request);
        self.under_way.insert(seq, request.clone());
        let (tab, frame, inbox, front) = (self.number, self.frame, self.inbox.clone(), self.front.clone());
        self.calls.spawn_local(async move {
            let result = front.send(call).await;
            let _ =
                inbox.send(Happening { tab, frame, what: What::Answered { seq, answer, request, result } });
        });
    }

    /// Writes down what is learned of the connection.
    fn look_at(&mut self, request: &Request, result: &Result<Reply, CallError>) {
        match result {
            Ok(Reply::Connection(connection)) => {
                let Connection { id, revision, .. } = &**connection;
                self.connection = Some((id.clone(), *revision));
            }
            Err(CallError::Problem(problem)) if problem.code == Code::WrongStep && request.is_unsafe() => {
                if let Some(present) = &problem.connection {
                    let (connection, present) = (present.id.to_string(), present.revision);
                    self.conflict = Some(Conflict { connection, present });
                }
            }
            _ => {}
        }
    }

    /// That the host page was told of the end once, if this is the end, and not otherwise.
    pub fn check_end(&self) {
        let Told { successes, exits, .. } = self.told;
        let (ends, ended) = (successes + exits, u32::from(self.flow.ended()));
        if ends != ended {
            self.book.complain(format!("{ends} ends were told of, {ended} came"));
        }
        if self.flow.ended() && (successes > 0) == self.flow.results().is_empty() {
            self.book.complain("the end does not say what was linked".to_owned());
        }
        if self.flow.ended()
            && (self.vault.holds_typed() || self.vault.session.is_some() || self.kept.is_some())
        {
            let (typed, session, kept) =
                (self.vault.holds_typed(), self.vault.session.is_some(), self.kept.is_some());
            self.book.complain(format!("beyond the end: typed {typed}, session {session}, kept {kept}"));
        }
    }

    /// The session that speaks for this frame.
    pub fn session(&self) -> Option<Secret> {
        self.vault.session.clone()
    }
}

fn first(consent_first: bool) -> Flow {
    if consent_first { Flow::asking_for_consent() } else { Flow::new() }
}

/// The path of a connection, or of what can be done with it.
pub fn path_of(id: &ConnectionId, tail: &str) -> String {
    format!("/v1/connections/{}{tail}", escaped(id.as_str()))
}

/// An event on one line of a log, without what came with it.
fn short(event: &Event) -> String {
    match event {
        Event::Replied { seq, result: Ok(reply) } => {
            let reply = match reply {
                Reply::Connection(connection) => {
                    let next = format!("{:?}", connection.next);
                    let step = next.split([' ', '(']).next().unwrap_or_default();
                    format!("connection at revision {}: {step}", connection.revision.0)
                }
                other => format!("{other:?}").split(['(', ' ']).next().unwrap_or_default().to_owned(),
            };
            format!("call {} <- {reply}", seq.0)
        }
        Event::Replied { seq, result: Err(CallError::Network) } => format!("call {} <- nothing", seq.0),
        Event::Replied { seq, result: Err(CallError::Problem(problem)) } => {
            format!("call {} <- {}", seq.0, problem.code.as_str())
        }
        other => format!("{other:?}"),
    }
}

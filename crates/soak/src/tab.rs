//! One frame of the widget, natively: performs the effects of its flow as the widget's `src/driver.rs` does.

use crate::book::{ActKind, Book, Conflict, Told, name_of};
use crate::vault::Vault;
use crate::wire::{Call, Front, Patience};
use crate::world::{ORIGIN, Opening};
use linchpin_flow::{
    Act, CallError, Effect, Event, Flow, NumberTrouble, Post, Reply, Request, Screen, Seq, Timer,
};
use linchpin_protocol::{
    Abandon, AmountProblem, Amounts, Answer, Authorize, AuthorizeTicket, Cents, ChooseAccounts, Code,
    Connection, ConnectionId, CorrectDeposit, CreateConnection, CreateDeposit, CreateInstitutionRequest,
    CreateSession, CredentialValue, DepositId, FromTree, GiveConsent, Json, MoveConnection, OpenedSession,
    PublicToken, RefreshConnection, Retry, Revision, Secret, SubmitAmounts, SubmitAnswers, SubmitCredentials,
    WithdrawDeposit,
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

    /// Makes the call for a request, and says what its answer is.
    fn prepare(&mut self, request: &Request) -> (Call, Answers) {
        let session = self.vault.session.clone();
        match request {
            Request::ResumeSession => {
                (Call::get("/v1/sessions/current".into(), session, Patience::Short), Answers::Session)
            }
            Request::OpenSession { act } => {
                let link_token = self.vault.link_token.clone().unwrap_or_else(|| Secret::new(""));
                let body = CreateSession { link_token, origin: ORIGIN.to_owned() };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post("/v1/sessions".into(), None, key, &body), Answers::OpenedSession)
            }
            Request::GiveConsent { act, version } => {
                let body = GiveConsent { version: version.clone() };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post("/v1/sessions/consent".into(), session, key, &body), Answers::Nothing)
            }
            Request::AskForInstitution { act, text } => {
                let body = CreateInstitutionRequest { text: Secret::new(text.as_str()) };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post("/v1/institution-requests".into(), session, key, &body), Answers::Nothing)
            }
            Request::Search { query, cursor } => {
                let cursor = cursor.iter().map(|cursor| format!("&cursor={}", escaped(cursor)));
                let path = format!("/v1/institutions?query={}{}", escaped(query), cursor.collect::<String>());
                (Call::get(path, session, Patience::Short), Answers::Institutions)
            }
            Request::ReadInstitution { id } => {
                let path = format!("/v1/institutions/{}", escaped(id.as_str()));
                (Call::get(path, session, Patience::Short), Answers::Institution)
            }
            Request::ReadConnection { id, revision, wait_s } => {
                let mut path = format!("{}?wait={wait_s}", path_of(id, ""));
                if let Some(Revision(revision)) = revision {
                    path.push_str(&format!("&revision={revision}"));
                }
                (Call::get(path, session, Patience::Long), Answers::Connection)
            }
            Request::CreateConnection { act, institution_id, method } => {
                let body = CreateConnection { institution_id: institution_id.clone(), method: *method };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post("/v1/connections".into(), session, key, &body), Answers::Connection)
            }
            Request::TakeUp { act, id } => {
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::post(path_of(id, "/take-up"), session, key, &Nothing {}), Answers::Connection)
            }
            Request::Authorize { act, id, revision, in_place } => {
                let body = Authorize { revision: *revision, in_place: *in_place };
                let key = self.send_once(*act, ActKind::Authorize, Some(id));
                (Call::post(path_of(id, "/authorize"), session, key, &body), Answers::Ticket)
            }
            Request::Abandon { act, id, revision } => {
                let body = Abandon { revision: *revision };
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::post(path_of(id, "/abandon"), session, key, &body), Answers::Connection)
            }
            Request::Extend { act } => {
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post("/v1/sessions/extend".into(), session, key, &Nothing {}), Answers::Life)
            }
            Request::SendCredentials { act, id, revision, again } => {
                let fields = self.vault.take_login();
                let body = SubmitCredentials { revision: *revision, fields, again: *again };
                let key = self.send_once(*act, ActKind::Login, Some(id));
                (Call::post(path_of(id, "/credentials"), session, key, &body), Answers::Connection)
            }
            Request::SendAnswers { act, id, revision } => {
                let answers = self.vault.take_answers();
                let key = self.send_once(*act, ActKind::Answers(answers.len()), Some(id));
                let body = SubmitAnswers { revision: *revision, answers };
                (Call::post(path_of(id, "/answers"), session, key, &body), Answers::Connection)
            }
            Request::Retry { act, id, revision } => {
                let body = Retry { revision: *revision };
                let key = self.send_once(*act, ActKind::Retry, Some(id));
                (Call::post(path_of(id, "/retry"), session, key, &body), Answers::Connection)
            }
            Request::ChooseAccounts { act, id, revision, account_ids } => {
                let body = ChooseAccounts { revision: *revision, account_ids: account_ids.clone() };
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::post(path_of(id, "/accounts"), session, key, &body), Answers::Connection)
            }
            Request::MintDepositToken { act, id } => {
                let key = self.send_once(*act, ActKind::Other, None);
                (
                    Call::post(deposit_path(id, "/public-token"), session, key, &Nothing {}),
                    Answers::PublicToken,
                )
            }
            Request::ReadRouting { routing } => {
                let path = format!("/v1/routing-numbers/{}", escaped(routing));
                (Call::get(path, session, Patience::Short), Answers::Routing)
            }
            Request::ReadDeposit { id, revision, wait_s } => {
                let mut path = deposit_path(id, &format!("?wait={wait_s}"));
                if let Some(Revision(revision)) = revision {
                    path.push_str(&format!("&revision={revision}"));
                }
                (Call::get(path, session, Patience::Long), Answers::Deposit)
            }
            Request::CreateDeposit { act, account, routing, name } => {
                let (connection_id, account_id) = account.clone().unzip();
                let (routing, name) = (routing.clone(), name.clone());
                let account_number = self.number();
                let body = CreateDeposit { connection_id, account_id, routing, account_number, name };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post("/v1/deposits".into(), session, key, &body), Answers::Deposit)
            }
            Request::CorrectDeposit { act, id, revision, routing } => {
                let account_number = self.number();
                let body = CorrectDeposit { revision: *revision, routing: routing.clone(), account_number };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post(deposit_path(id, "/correct"), session, key, &body), Answers::Deposit)
            }
            Request::SubmitAmounts { act, id, revision } => {
                let cents = self.vault.take_amounts().unwrap_or(Amounts([Cents(0), Cents(0)]));
                let body = SubmitAmounts { revision: *revision, cents };
                let key = self.send_once(*act, ActKind::Amounts, None);
                (Call::post(deposit_path(id, "/amounts"), session, key, &body), Answers::Deposit)
            }
            Request::WithdrawDeposit { act, id, revision } => {
                let body = WithdrawDeposit { revision: *revision };
                let key = self.send_once(*act, ActKind::Other, None);
                (Call::post(deposit_path(id, "/withdraw"), session, key, &body), Answers::Deposit)
            }
            Request::ReadConnections => {
                (Call::get("/v1/connections".into(), session, Patience::Short), Answers::Connections)
            }
            Request::Refresh { act, id, revision } => {
                let body = RefreshConnection { revision: *revision };
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::post(path_of(id, "/refresh"), session, key, &body), Answers::Connection)
            }
            Request::Disconnect { act, id, revision: Revision(revision), purge } => {
                let path = path_of(id, &format!("?purge={purge}&revision={revision}"));
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::delete(path, session, key), Answers::Connection)
            }
            Request::Move { act, id, revision } => {
                let body = MoveConnection { revision: *revision };
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::post(path_of(id, "/move"), session, key, &body), Answers::Connection)
            }
            Request::MintPublicToken { act, id } => {
                let key = self.send_once(*act, ActKind::Other, Some(id));
                (Call::post(path_of(id, "/public-token"), session, key, &Nothing {}), Answers::PublicToken)
            }
        }
    }

    /// The account number that was typed; the flow never sends what needs one without it.
    fn number(&mut self) -> Secret {
        self.vault.number().unwrap_or_else(|| {
            self.book.complain("deposits are asked for without an account number".to_owned());
            Secret::new("")
        })
    }

    fn send_once(&mut self, act: Act, kind: ActKind, id: Option<&ConnectionId>) -> String {
        let key = self.key(act);
        self.book.sends(&key, kind, id.map(ConnectionId::as_str));
        key
    }

    /// Reads an answer. Tokens go into the vault and no further.
    fn read(&mut self, answer: Answers, json: Json) -> Option<Reply> {
        let reply = match answer {
            Answers::Session => Reply::Session(FromTree::from_tree(json)?),
            Answers::OpenedSession => {
                let OpenedSession { token, session } = FromTree::from_tree(json)?;
                self.book.keep_secret(token.expose());
                self.vault.session = Some(token);
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
                self.book.keep_secret(url.expose());
                self.vault.way = Some(url);
                Reply::Ticket { seconds }
            }
            Answers::PublicToken => {
                let PublicToken { public_token, .. } = FromTree::from_tree(json)?;
                self.book.keep_secret(public_token.expose());
                self.vault.public_token = Some(public_token);
                Reply::PublicToken
            }
        };
        Some(reply)
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

/// What the answer to a call is.
#[derive(Clone, Copy, Debug)]
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

/// The body of a call that says everything in its path.
#[derive(serde::Serialize)]
struct Nothing {}

/// Text as a part of an address.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(byte))
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

fn deposit_path(id: &DepositId, tail: &str) -> String {
    format!("/v1/deposits/{}{tail}", escaped(id.as_str()))
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

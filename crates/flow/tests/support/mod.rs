//! What a proxy might answer, and how to tell two states apart that differ only in numbering.
#![allow(dead_code, unused_imports, reason = "each test file uses its own part")]
#![allow(clippy::expect_used, reason = "a panic is how a test says what broke")]

mod deposits;
mod looking_after;
mod manage;
mod story;

pub(crate) use deposits::*;
pub(crate) use looking_after::*;
pub(crate) use manage::*;
pub(crate) use story::Story;

use linchpin_flow::{CallError, Reply, Request};
use linchpin_protocol::{
    AccountId, AccountKind, AccountSelection, AuthorizeProblem, Challenge, ChallengeId, ClientFacts, Code,
    Connection, ConnectionId, ConnectionMethod, Consent, CredentialProblem, DataKind, FailureReason, Field,
    FieldId, FieldKind, Institution, InstitutionDetail, InstitutionId, InstitutionPage, InstitutionRef,
    LaterReason, LinkId, MaskedAccount, Method, Mode, Next, Problem, ProviderFacts, Purpose, Revision,
    Session, SessionLife, Stage, Timestamp, Unfinished,
};
use std::collections::HashMap;

pub(crate) fn institution() -> Institution {
    Institution {
        id: InstitutionId::new("ins_1"),
        name: "Harbour Savings".into(),
        highlights: Vec::new(),
        domain: Some("harbour.example".into()),
        place: None,
        availability: Default::default(),
        way: Default::default(),
        connected: false,
        practice: true,
    }
}

pub(crate) fn fields() -> Vec<Field> {
    vec![
        Field {
            id: FieldId::new("username"),
            label: Some("Member number".into()),
            kind: FieldKind::Username,
        },
        Field { id: FieldId::new("password"), label: None, kind: FieldKind::Password },
    ]
}

pub(crate) fn detail(method: Method) -> InstitutionDetail {
    InstitutionDetail {
        institution: institution(),
        methods: vec![method],
        fields: fields(),
        notes: Some("Use your member number.".into()),
        existing: None,
        website: Some("https://harbour.example".into()),
    }
}

pub(crate) fn session(unfinished: Vec<Unfinished>) -> Session {
    Session {
        link_id: LinkId::new("lnk_1"),
        mode: Mode::Link,
        purpose: Purpose::Both,
        account_selection: AccountSelection::One,
        origin: "http://localhost:4100".into(),
        client: ClientFacts { name: "Acorn Budget".into(), help_url: None, privacy_url: None },
        provider: ProviderFacts::default(),
        expires_at: Timestamp::new("2026-11-21T10:00:00Z"),
        // Not known: the warnings before a session ends are walked on their own.
        idle_s: 0,
        remaining_s: 0,
        can_redirect: false,
        data: vec![],
        consent: None,
        popular: InstitutionPage { institutions: vec![institution()], ..InstitutionPage::default() },
        institution_id: None,
        deposits: Default::default(),
        deposit_id: None,
        unfinished,
    }
}

/// A session that says how long it goes on, and begins at an institution.
pub(crate) fn mortal() -> Session {
    let institution_id = Some(InstitutionId::new("ins_1"));
    Session { idle_s: 1_800, remaining_s: 14_400, institution_id, ..session(vec![]) }
}

/// A session of a person who began something before.
pub(crate) fn returning() -> Session {
    let earlier = Unfinished::Earlier {
        id: ConnectionId::new("con_1"),
        institution: waiting(None).institution,
        begun_at: Timestamp::new("2026-11-20T10:00:00Z"),
    };
    Session { can_redirect: true, ..session(vec![earlier]) }
}

pub(crate) fn life() -> SessionLife {
    SessionLife {
        idle_expires_at: Timestamp::new("2026-11-21T10:00:00Z"),
        expires_at: Timestamp::new("2026-11-21T12:00:00Z"),
        idle_s: 1_800,
        remaining_s: 9_000,
    }
}

pub(crate) fn consent() -> Consent {
    Consent {
        version: "1.abc".into(),
        data: vec![DataKind::Accounts, DataKind::Balances],
        reason: Some("To pay you.".into()),
        until: None,
        revoke_url: None,
    }
}

/// A session in which the person has not agreed yet.
pub(crate) fn asking(unfinished: Vec<Unfinished>) -> Session {
    Session { consent: Some(consent()), ..session(unfinished) }
}

/// A session that is for one connection.
pub(crate) fn repairing() -> Session {
    let broken = Unfinished::Connection { connection: Box::new(refused_login()) };
    Session { mode: Mode::Repair, ..session(vec![broken]) }
}

pub(crate) fn connection(revision: u64, next: Next) -> Connection {
    Connection {
        id: ConnectionId::new("con_1"),
        revision: Revision(revision),
        institution: InstitutionRef {
            id: InstitutionId::new("ins_1"),
            name: "Harbour Savings".into(),
            domain: Some("harbour.example".into()),
        },
        method: ConnectionMethod::Credentials,
        status: format!("status_{revision}"),
        provider_status: None,
        last_attempt_at: None,
        last_success_at: None,
        updates_itself: None,
        next,
    }
}

pub(crate) fn account() -> MaskedAccount {
    MaskedAccount {
        id: AccountId::new("acc_1"),
        name: "Everyday Checking".into(),
        last_digits: Some("4411".into()),
        kind: AccountKind::Checking,
        balance: None,
        not_verifiable: None,
    }
}

pub(crate) fn empty_form() -> Connection {
    connection(1, Next::Credentials { fields: fields(), problem: CredentialProblem::None, tries_left: None })
}

pub(crate) fn waiting(percent: Option<u8>) -> Connection {
    connection(2, Next::Wait { stage: Stage::Reading, percent, since: None })
}

pub(crate) fn asked() -> Connection {
    let items = vec![Challenge::Text { id: ChallengeId::new("chl_1"), prompt: "First pet?".into() }];
    connection(3, Next::Challenges { items, expires_at: None, remaining_ms: None, soon: false })
}

pub(crate) fn refused_login() -> Connection {
    connection(
        4,
        Next::Credentials { fields: fields(), problem: CredentialProblem::Incorrect, tries_left: None },
    )
}

pub(crate) fn choosing() -> Connection {
    connection(5, Next::ChooseAccounts { accounts: vec![account()], many: false })
}

pub(crate) fn linked() -> Connection {
    connection(6, Next::Linked { accounts: vec![account()] })
}

/// A code that is wanted in time.
pub(crate) fn asked_in_time(remaining_ms: u64) -> Connection {
    let items = vec![Challenge::Code { id: ChallengeId::new("chl_1"), prompt: "Code?".into() }];
    let expires_at = Some(Timestamp::new("2026-11-21T10:00:00Z"));
    connection(14, Next::Challenges { items, expires_at, remaining_ms: Some(remaining_ms), soon: false })
}

/// Something to approve elsewhere.
pub(crate) fn approving() -> Connection {
    connection(
        15,
        Next::Challenges { items: approve(false), expires_at: None, remaining_ms: None, soon: true },
    )
}

/// Something to approve elsewhere, which the person has to say when it is done.
pub(crate) fn approving_aloud() -> Connection {
    connection(
        20,
        Next::Challenges { items: approve(true), expires_at: None, remaining_ms: None, soon: true },
    )
}

fn approve(confirm: bool) -> Vec<Challenge> {
    vec![Challenge::Approve { id: ChallengeId::new("chl_1"), prompt: "In the app.".into(), confirm }]
}

pub(crate) fn at_the_bank(revision: u64, problem: AuthorizeProblem, opened: bool) -> Connection {
    let digits = opened.then(|| "482913".to_owned());
    connection(revision, Next::Authorize { host: Some("bank.example".into()), problem, opened, digits })
}

pub(crate) fn locked() -> Connection {
    connection(
        19,
        Next::Credentials { fields: fields(), problem: CredentialProblem::Locked, tries_left: None },
    )
}

fn outcomes() -> Vec<Connection> {
    vec![
        asked_in_time(60_000),
        asked_in_time(0),
        approving(),
        approving_aloud(),
        locked(),
        waiting(Some(60)),
        waiting(None),
        asked(),
        refused_login(),
        choosing(),
        linked(),
        connection(7, Next::Instructions { text: "Accept the terms.".into(), website: None }),
        connection(8, Next::StartAgain {}),
        connection(9, Next::Later { reason: LaterReason::Maintenance, retries_itself: true }),
        connection(10, Next::NoAccounts {}),
        connection(11, Next::Failed { reason: FailureReason::Unknown }),
        connection(12, Next::Unknown),
        connection(13, Next::Closed { successor: None }),
    ]
}

pub(crate) fn problem(code: Code) -> CallError {
    CallError::Problem(Box::new(Problem::new(code)))
}

/// The login is linked already, by another connection.
pub(crate) fn same_login() -> CallError {
    let mut problem = Problem::new(Code::AlreadyConnected);
    problem.connection = Some(Box::new(Connection { id: ConnectionId::new("con_9"), ..linked() }));
    CallError::Problem(Box::new(problem))
}

/// Where a walk goes. Each has its share of the answers: all of them together would be too many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ground {
    /// Banks whose login is typed here.
    Forms,
    /// Banks with a page of their own, beside a form.
    OwnPages,
    /// A session that says how long it goes on.
    InTime,
    /// Deposits that are sent and confirmed by hand.
    Deposits,
    /// Banks that give no numbers: deposits are offered there, before a login and after one.
    SlowBanks,
    /// A session for looking after connections.
    Managed,
}

/// The answers that a call can have there.
pub(crate) fn replies_on(ground: Ground, request: &Request) -> Vec<Result<Reply, CallError>> {
    match ground {
        Ground::Forms => usual_replies(request),
        Ground::OwnPages => replies_at_own_pages(request),
        Ground::InTime => replies_in_time(request),
        Ground::Deposits => deposits::replies(request),
        Ground::SlowBanks => deposits::replies_at_slow_banks(request),
        Ground::Managed => manage::replies(request),
    }
}

fn replies_at_own_pages(request: &Request) -> Vec<Result<Reply, CallError>> {
    let mut own: Vec<Result<Reply, CallError>> = match request {
        Request::ResumeSession | Request::OpenSession { .. } => {
            let there = at_the_bank(16, AuthorizeProblem::None, false);
            let begun = Unfinished::Connection { connection: Box::new(there) };
            let redirects = Session { can_redirect: true, ..session(vec![begun]) };
            [session(vec![]), redirects]
                .into_iter()
                .map(|session| Ok(Reply::Session(Box::new(session))))
                .collect()
        }
        Request::ReadInstitution { .. } => vec![
            Ok(Reply::Institution(Box::new(InstitutionDetail {
                methods: vec![Method::BankLogin, Method::Credentials],
                ..detail(Method::BankLogin)
            }))),
            Ok(Reply::Institution(Box::new(detail(Method::BankLogin)))),
        ],
        Request::ReadConnection { .. } => [
            at_the_bank(16, AuthorizeProblem::None, false),
            at_the_bank(17, AuthorizeProblem::None, true),
            at_the_bank(18, AuthorizeProblem::Denied, false),
            waiting(None),
            refused_login(),
            linked(),
            connection(13, Next::Closed { successor: None }),
        ]
        .into_iter()
        .map(|connection| Ok(Reply::Connection(Box::new(connection))))
        .collect(),
        other => return usual_replies(other),
    };
    own.extend(failures());
    own
}

/// Fewer answers, in a session that says how long it goes on.
fn replies_in_time(request: &Request) -> Vec<Result<Reply, CallError>> {
    let connections = |list: Vec<Connection>| {
        list.into_iter().map(|connection| Ok(Reply::Connection(Box::new(connection)))).collect()
    };
    match request {
        Request::ResumeSession | Request::OpenSession { .. } => {
            vec![Ok(Reply::Session(Box::new(mortal())))]
        }
        Request::ReadInstitution { .. } => {
            vec![Ok(Reply::Institution(Box::new(detail(Method::Credentials))))]
        }
        Request::ReadConnection { .. } => {
            connections(vec![waiting(None), asked(), refused_login(), linked()])
        }
        Request::SendCredentials { again: false, .. } => {
            vec![Ok(Reply::Connection(Box::new(waiting(None)))), Err(same_login())]
        }
        // Calls that fail are walked with the rest.
        other => usual_replies(other).into_iter().take(1).collect(),
    }
}

/// What can go wrong with any call.
pub(crate) fn failures() -> [Result<Reply, CallError>; 4] {
    let refused =
        [Code::ProviderUnavailable, Code::SessionExpired, Code::WrongStep].map(|code| Err(problem(code)));
    let [away, over, other_step] = refused;
    [Err(CallError::Network), away, over, other_step]
}

/// Every answer that a call can have: what it asks for, and what can go wrong with it.
pub(crate) fn usual_replies(request: &Request) -> Vec<Result<Reply, CallError>> {
    let one = |connection: Connection| vec![Ok(Reply::Connection(Box::new(connection)))];
    let mut replies = match request {
        Request::ResumeSession | Request::OpenSession { .. } => {
            let begun = Unfinished::Connection { connection: Box::new(waiting(None)) };
            vec![
                Ok(Reply::Session(Box::new(session(vec![])))),
                Ok(Reply::Session(Box::new(session(vec![begun.clone()])))),
                Ok(Reply::Session(Box::new(asking(vec![])))),
                Ok(Reply::Session(Box::new(asking(vec![begun])))),
                Ok(Reply::Session(Box::new(repairing()))),
                Ok(Reply::Session(Box::new(returning()))),
            ]
        }
        Request::Search { cursor: Some(_), .. } => vec![Ok(Reply::Institutions(InstitutionPage {
            institutions: vec![institution()],
            total: 2,
            ..InstitutionPage::default()
        }))],
        Request::Search { cursor: None, .. } => vec![
            Ok(Reply::Institutions(InstitutionPage {
                institutions: vec![institution()],
                total: 2,
                next_cursor: Some("1".into()),
                ..InstitutionPage::default()
            })),
            Ok(Reply::Institutions(InstitutionPage::default())),
        ],
        Request::ReadInstitution { .. } => vec![
            Ok(Reply::Institution(Box::new(detail(Method::Credentials)))),
            Ok(Reply::Institution(Box::new(InstitutionDetail {
                existing: Some(ConnectionId::new("con_1")),
                ..detail(Method::Credentials)
            }))),
            Ok(Reply::Institution(Box::new(detail(Method::Unknown)))),
        ],
        Request::ReadConnection { .. } => {
            outcomes().into_iter().map(|connection| Ok(Reply::Connection(Box::new(connection)))).collect()
        }
        Request::CreateConnection { method: ConnectionMethod::BankLogin, .. } => {
            one(at_the_bank(16, AuthorizeProblem::None, false))
        }
        Request::CreateConnection { .. } => one(empty_form()),
        Request::TakeUp { .. } => {
            vec![Ok(Reply::Connection(Box::new(waiting(None)))), Ok(Reply::Connection(Box::new(linked())))]
        }
        Request::Authorize { .. } => vec![Ok(Reply::Ticket { seconds: 300 })],
        Request::Abandon { .. } => one(at_the_bank(18, AuthorizeProblem::Abandoned, false)),
        Request::Extend { .. } => vec![Ok(Reply::Life(life()))],
        Request::SendCredentials { .. } | Request::SendAnswers { .. } | Request::Retry { .. } => {
            one(waiting(Some(10)))
        }
        Request::ChooseAccounts { .. } => one(linked()),
        Request::MintPublicToken { .. } | Request::MintDepositToken { .. } => vec![Ok(Reply::PublicToken)],
        Request::ReadRouting { .. }
        | Request::ReadDeposit { .. }
        | Request::CreateDeposit { .. }
        | Request::CorrectDeposit { .. }
        | Request::SubmitAmounts { .. }
        | Request::WithdrawDeposit { .. } => return deposits::replies(request),
        Request::ReadConnections
        | Request::Refresh { .. }
        | Request::Disconnect { .. }
        | Request::Move { .. } => return manage::replies(request),
        Request::GiveConsent { .. } | Request::AskForInstitution { .. } => vec![Ok(Reply::Recorded)],
    };
    replies.extend(failures());
    replies
}

/// Renumbers what only counts up, in the order of first appearance, so that equal situations read equal.
pub(crate) fn canonical(text: &str) -> String {
    const COUNTED: [(&str, &str); 16] = [
        ("listed: ", "list"),
        ("Listed(", "list"),
        ("lists: ", "returned"),
        ("countdown: ", "countdown"),
        ("Expired(", "countdown"),
        ("ticket: ", "ticket"),
        ("Ticket(", "ticket"),
        ("acts: ", "sign"),
        ("Idle(", "sign"),
        ("Seq(", "seq"),
        ("Act(", "act"),
        ("Typing(", "stroke"),
        ("strokes: ", "stroke"),
        ("Patience(", "wait"),
        ("wait: ", "wait"),
        ("returned: ", "returned"),
    ];
    let text = strip_number(&strip_number(text, "last_seq: "), "last_act: ");
    let mut names: HashMap<(&str, &str), usize> = HashMap::new();
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    // Numbers are few: only what stands before one is looked at.
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (head, tail) = rest.split_at(at);
        let digits = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, tail) = tail.split_at(digits);
        out.push_str(head);
        match COUNTED.iter().find(|(mark, _)| head.ends_with(mark)) {
            Some((_, "returned")) => {}
            Some((_, family)) => {
                let count = names.len();
                let name = *names.entry((family, number)).or_insert(count);
                out.push_str(&name.to_string());
            }
            None => out.push_str(number),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn strip_number(text: &str, mark: &str) -> String {
    let mut parts = text.split(mark);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    out
}

/// The text without what stands between two marks.
#[expect(clippy::panic, reason = "a panic is how a test says what broke")]
pub(crate) fn without(text: &str, from: &str, to: &str) -> String {
    let marked = text.split_once(from).and_then(|(head, tail)| Some((head, tail.split_once(to)?.1)));
    let (head, tail) =
        marked.unwrap_or_else(|| panic!("the state's text has no {from:?} before {to:?}: {text}"));
    format!("{head}{tail}")
}

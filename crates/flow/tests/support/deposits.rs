//! What a proxy might answer about deposits.

use super::{account, connection, detail, failures, institution, linked, session, usual_replies, waiting};
use linchpin_flow::{CallError, Reply, Request};
use linchpin_protocol::{
    AccountField, AccountId, Code, ConnectionId, Deposit, DepositFailure, DepositId, DepositMethod,
    DepositNext, DepositWays, DepositWork, FieldProblem, FieldProblemKind, InstitutionDetail, Method, Mode,
    Next, Problem, Revision, RoutingNumberFacts, RoutingState, Session, Timestamp, Unfinished, Way,
};

pub(crate) const BOTH_WAYS: DepositWays = DepositWays { automatic: true, manual: true };

pub(crate) fn deposit(revision: u64, next: DepositNext) -> Deposit {
    Deposit {
        id: DepositId::new("dep_1"),
        revision: Revision(revision),
        method: DepositMethod::Manual,
        bank: Some("Harbour Savings".into()),
        last_digits: Some("4411".into()),
        name: None,
        connection_id: None,
        account_id: None,
        replaces: None,
        status: format!("status_{revision}"),
        provider_status: None,
        created_at: Timestamp::new("2026-11-20T10:00:00Z"),
        next,
    }
}

pub(crate) fn sending() -> Deposit {
    deposit(1, DepositNext::Wait { work: DepositWork::Sending })
}

pub(crate) fn on_the_way() -> Deposit {
    deposit(2, DepositNext::WaitForDeposit { expected_by: None })
}

pub(crate) fn arrived(revision: u64, tries_left: u32, wrong: bool) -> Deposit {
    deposit(revision, DepositNext::EnterAmounts { tries_left, wrong, expected_by: None })
}

pub(crate) fn checking() -> Deposit {
    deposit(5, DepositNext::Wait { work: DepositWork::Checking })
}

pub(crate) fn verified() -> Deposit {
    deposit(6, DepositNext::Verified {})
}

pub(crate) fn wrong_number() -> Deposit {
    deposit(7, DepositNext::CorrectAccount { field: AccountField::AccountNumber })
}

/// The numbers that stand in the place of `dep_1`.
pub(crate) fn replacement() -> Deposit {
    Deposit { id: DepositId::new("dep_2"), replaces: Some(DepositId::new("dep_1")), ..on_the_way() }
}

pub(crate) fn automatic() -> Deposit {
    Deposit {
        method: DepositMethod::Automatic,
        connection_id: Some(ConnectionId::new("con_1")),
        account_id: Some(AccountId::new("acc_1")),
        ..deposit(8, DepositNext::WaitForProvider { expected_by: None })
    }
}

fn outcomes() -> Vec<Deposit> {
    vec![
        on_the_way(),
        arrived(3, 3, false),
        arrived(4, 2, true),
        verified(),
        wrong_number(),
        deposit(9, DepositNext::RepairConnection { connection_id: ConnectionId::new("con_1") }),
        deposit(11, DepositNext::ProviderRetries {}),
        deposit(12, DepositNext::Failed { reason: DepositFailure::TooManyTries }),
    ]
}

/// A session in which deposits are a way.
pub(crate) fn with_deposits(unfinished: Vec<Unfinished>) -> Session {
    let mut session = Session { deposits: BOTH_WAYS, ..session(unfinished) };
    session.popular.institutions.iter_mut().for_each(|institution| institution.way = Way::Days);
    session
}

pub(crate) fn unfinished(deposit: Deposit) -> Unfinished {
    Unfinished::Deposit { deposit: Box::new(deposit) }
}

/// A session that is for one deposit.
pub(crate) fn confirming(deposit: Deposit) -> Session {
    let id = deposit.id.clone();
    Session { mode: Mode::Deposit, deposit_id: Some(id), ..session(vec![unfinished(deposit)]) }
}

/// A bank that gives no numbers.
pub(crate) fn slow_bank() -> InstitutionDetail {
    let mut detail = detail(Method::Credentials);
    detail.institution.way = Way::Days;
    detail
}

pub(crate) fn offering() -> linchpin_protocol::Connection {
    connection(20, Next::OfferDeposits { account: Some(account()), ways: BOTH_WAYS })
}

pub(crate) fn facts(state: RoutingState) -> RoutingNumberFacts {
    let known = institution();
    let institution =
        linchpin_protocol::InstitutionRef { id: known.id, name: known.name, domain: known.domain };
    RoutingNumberFacts {
        routing: "021000021".into(),
        state,
        bank: Some("Harbour Savings".into()),
        replaced_by: None,
        institution: (state == RoutingState::Known).then_some(institution),
    }
}

pub(crate) fn refused_field(field: &str, problem: FieldProblemKind) -> CallError {
    let fields = vec![FieldProblem { field: field.to_owned(), problem }];
    CallError::Problem(Box::new(Problem { fields, ..Problem::new(Code::InvalidInput) }))
}

/// The answers that a call can have where deposits are confirmed by hand.
pub(super) fn replies(request: &Request) -> Vec<Result<Reply, CallError>> {
    let mut own = match request {
        Request::ResumeSession | Request::OpenSession { .. } => {
            return sessions(vec![
                with_deposits(vec![unfinished(arrived(3, 3, false))]),
                confirming(arrived(3, 3, false)),
            ]);
        }
        Request::ReadRouting { .. } => {
            let known = [RoutingState::Known, RoutingState::NotForCustomers];
            return known.into_iter().map(|state| Ok(Reply::Routing(Box::new(facts(state))))).collect();
        }
        Request::ReadDeposit { wait_s: 0, .. } => of(vec![on_the_way(), verified()]),
        Request::ReadDeposit { .. } => of(outcomes()),
        Request::CreateDeposit { .. } => {
            let mut own = of(vec![sending(), on_the_way()]);
            own.push(Err(refused_field("routing", FieldProblemKind::Checksum)));
            own
        }
        Request::CorrectDeposit { .. } => of(vec![replacement()]),
        Request::SubmitAmounts { .. } => {
            let mut own = of(vec![checking(), arrived(4, 2, true), verified()]);
            own.push(Err(refused_field("cents.0", FieldProblemKind::Malformed)));
            own
        }
        Request::WithdrawDeposit { .. } => of(vec![deposit(13, DepositNext::Withdrawn {})]),
        Request::TakeUp { .. } => vec![Ok(Reply::Connection(Box::new(linked())))],
        // What else can be asked is walked elsewhere.
        other => return usual_replies(other).into_iter().take(1).collect(),
    };
    own.extend(failures());
    own
}

/// The answers that a call can have at a bank that gives no numbers. Calls that fail are walked with the rest.
pub(super) fn replies_at_slow_banks(request: &Request) -> Vec<Result<Reply, CallError>> {
    match request {
        Request::ResumeSession | Request::OpenSession { .. } => sessions(vec![with_deposits(vec![])]),
        Request::ReadInstitution { .. } => vec![Ok(Reply::Institution(Box::new(slow_bank())))],
        Request::ReadConnection { .. } => vec![Ok(Reply::Connection(Box::new(offering())))],
        Request::SendCredentials { .. } => vec![Ok(Reply::Connection(Box::new(waiting(None))))],
        Request::CreateDeposit { account: Some(_), .. } => of(vec![automatic()]),
        Request::CreateDeposit { account: None, .. } => of(vec![on_the_way()]),
        Request::ReadDeposit { .. } => of(vec![verified(), wrong_number()]),
        other => replies(other).into_iter().take(1).collect(),
    }
}

fn of(list: Vec<Deposit>) -> Vec<Result<Reply, CallError>> {
    list.into_iter().map(|deposit| Ok(Reply::Deposit(Box::new(deposit)))).collect()
}

fn sessions(list: Vec<Session>) -> Vec<Result<Reply, CallError>> {
    list.into_iter().map(|session| Ok(Reply::Session(Box::new(session)))).collect()
}

//! What a proxy might answer in a session for looking after connections.

use super::{
    at_the_bank, connection, linked, problem, refused_login, same_login, session, usual_replies, waiting,
};
use linchpin_flow::{CallError, Reply, Request};
use linchpin_protocol::{
    AuthorizeProblem, Code, Connection, ConnectionId, DisconnectWay, Erase, ManagedConnection,
    ManagedConnections, Mode, MoveWay, Next, Parting, PartingProblem, Problem, Reach, RefreshWay, Session,
    Stage, Standing,
};

/// A session for looking after connections.
pub(crate) fn managing() -> Session {
    Session { mode: Mode::Manage, ..session(vec![]) }
}

/// One that works, with everything that can be done about one.
pub(crate) fn working() -> ManagedConnection {
    ManagedConnection {
        connection: linked(),
        standing: Standing::Working,
        begun_at: None,
        expires_at: None,
        expires_soon: false,
        refresh: Some(RefreshWay::Now {}),
        disconnect: Some(DisconnectWay { keeps_data: Some(true), erase: Erase::Now, others: 1 }),
        moves: Some(MoveWay { to: Reach::OpenBanking, erase: Erase::Now, others: 1 }),
    }
}

/// One that stands elsewhere: its data can be erased only once it works.
pub(crate) fn standing(standing: Standing, connection: Connection) -> ManagedConnection {
    let way = DisconnectWay { keeps_data: Some(true), erase: Erase::WhenWorking, others: 0 };
    let moves = MoveWay { to: Reach::Unknown, erase: Erase::WhenWorking, others: 0 };
    let refresh = if standing == Standing::Ending { RefreshWay::Now {} } else { RefreshWay::RepairFirst {} };
    ManagedConnection {
        connection,
        standing,
        refresh: Some(refresh),
        disconnect: Some(way),
        moves: Some(moves),
        ..working()
    }
}

pub(crate) fn erasing() -> Connection {
    connection(20, Next::Wait { stage: Stage::Erasing, percent: None, since: None })
}

pub(crate) fn interrupted(parting: Parting, erased: bool) -> Connection {
    let reason = PartingProblem::ProviderUnavailable;
    connection(if erased { 22 } else { 21 }, Next::Interrupted { parting, erases: true, erased, reason })
}

pub(crate) fn closed(successor: Option<&str>) -> Connection {
    connection(23, Next::Closed { successor: successor.map(ConnectionId::new) })
}

/// What takes the place of another, where its bank asks for a permission.
pub(crate) fn successor() -> Connection {
    Connection { id: ConnectionId::new("con_2"), ..at_the_bank(16, AuthorizeProblem::None, false) }
}

/// The same, once that is given.
pub(crate) fn successor_linked() -> Connection {
    Connection { id: ConnectionId::new("con_2"), ..linked() }
}

pub(crate) fn too_soon(wait_s: u32) -> CallError {
    let mut problem = Problem::new(Code::RefreshTooSoon);
    problem.retry_after_s = Some(wait_s);
    CallError::Problem(Box::new(problem))
}

pub(crate) fn list(connections: Vec<ManagedConnection>) -> Reply {
    Reply::Connections(ManagedConnections { connections })
}

/// The answers that a call can have in such a session.
pub(super) fn replies(request: &Request) -> Vec<Result<Reply, CallError>> {
    let connections = |list: Vec<Connection>| -> Vec<Result<Reply, CallError>> {
        list.into_iter().map(|connection| Ok(Reply::Connection(Box::new(connection)))).collect()
    };
    let mut replies = match request {
        Request::ResumeSession | Request::OpenSession { .. } => {
            vec![Ok(Reply::Session(Box::new(managing())))]
        }
        Request::ReadConnections => [
            vec![],
            vec![working()],
            vec![standing(Standing::NeedsYou, refused_login())],
            vec![standing(Standing::Updating, waiting(None))],
            vec![standing(Standing::Ending, interrupted(Parting::Disconnect, false))],
            vec![standing(Standing::Ending, interrupted(Parting::Disconnect, true))],
            vec![standing(Standing::Ending, interrupted(Parting::Move, true))],
            vec![standing(Standing::Unfinished, at_the_bank(16, AuthorizeProblem::None, false))],
        ]
        .into_iter()
        .map(|connections| Ok(list(connections)))
        .collect(),
        Request::ReadConnection { id, .. } if *id == ConnectionId::new("con_2") => {
            connections(vec![successor(), successor_linked()])
        }
        Request::ReadConnection { .. } => connections(vec![
            waiting(None),
            refused_login(),
            linked(),
            interrupted(Parting::Disconnect, false),
            closed(None),
            closed(Some("con_2")),
        ]),
        Request::Refresh { .. } => {
            let mut replies = connections(vec![waiting(None), linked()]);
            replies.push(Err(too_soon(720)));
            replies
        }
        Request::Disconnect { .. } => {
            connections(vec![erasing(), interrupted(Parting::Disconnect, true), closed(None)])
        }
        Request::Move { .. } => {
            connections(vec![erasing(), interrupted(Parting::Move, true), closed(Some("con_2"))])
        }
        Request::Retry { .. } => connections(vec![linked(), waiting(None)]),
        Request::SendCredentials { again: false, .. } => {
            let mut replies = connections(vec![waiting(None)]);
            replies.push(Err(same_login()));
            replies
        }
        other => return usual_replies(other).into_iter().take(1).collect(),
    };
    // Elsewhere calls fail as they do in other sessions.
    let acts = matches!(request, Request::Refresh { .. } | Request::Disconnect { .. } | Request::Move { .. });
    if acts {
        let refused = [Code::ProviderRejected, Code::SessionExpired, Code::WrongStep];
        replies.extend(refused.map(|code| Err(problem(code))));
        replies.push(Err(CallError::Network));
    }
    if *request == Request::ReadConnections {
        replies.push(Err(problem(Code::ForbiddenInMode)));
    }
    replies
}

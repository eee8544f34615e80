//! Looking after connections.

use super::{State, every, facts};
use linchpin_flow::{ConnectionsView, InterruptedView, ManagedView, Note, Noted, Screen, Trouble};
use linchpin_protocol::{
    AccountId, AccountKind, AuthorizeProblem, Cents, Code, Connection, ConnectionId, ConnectionMethod,
    CredentialProblem, Currency, DisconnectWay, Erase, FailureReason, InstitutionRef, LaterReason,
    ManagedConnection, MaskedAccount, Money, MoveWay, Next, Parting, PartingProblem, Reach, RefreshWay,
    Revision, Stage, Standing, Timestamp,
};
use std::sync::Arc;

pub(super) fn states() -> Vec<State> {
    let state = |name: &str, screen| State::new(name, screen).with_facts(facts::manage());
    let mut states = lists();
    states.extend(ones());
    states.extend(partings());
    let problems = every!(PartingProblem: NotWorking => "interrupted-not-working",
        ProviderUnavailable => "interrupted-unavailable", ProviderRejected => "interrupted-rejected",
        Unknown => "interrupted-unknown");
    let interrupted = |reason, parting, erased| InterruptedView {
        institution: facts::bank(),
        revision: Revision(1),
        parting,
        erases: true,
        erased,
        reason,
        refresh: Some(RefreshWay::Now {}),
        trouble: None,
        busy: false,
    };
    states.extend(problems.map(|(reason, name)| {
        let erased = reason != PartingProblem::NotWorking;
        state(name, Screen::Interrupted(interrupted(reason, Parting::Disconnect, erased)))
    }));
    let moving = interrupted(PartingProblem::ProviderUnavailable, Parting::Move, true);
    let refused = Some(Trouble::Refused(Code::RefreshTooSoon));
    states.extend([
        state("interrupted-move", Screen::Interrupted(moving.clone())),
        state(
            "interrupted-keep-later",
            Screen::Interrupted(InterruptedView {
                refresh: Some(RefreshWay::TooSoon { wait_s: 720 }),
                ..moving.clone()
            }),
        ),
        state("interrupted-sending", Screen::Interrupted(InterruptedView { busy: true, ..moving.clone() })),
        state(
            "interrupted-refused",
            Screen::Interrupted(InterruptedView { trouble: refused, ..moving.clone() }),
        ),
        state(
            "interrupted-newer",
            Screen::Interrupted(InterruptedView { parting: Parting::Unknown, ..moving }),
        ),
    ]);
    states
}

/// The list, with everything that can stand on it.
fn lists() -> Vec<State> {
    let list = |name: &str, list: Option<Vec<_>>, note, trouble| {
        let list = list.map(|list| list.into_iter().enumerate().map(numbered).collect());
        let view = ConnectionsView { list, note, trouble, busy: false };
        State::new(name, Screen::Connections(view)).with_facts(facts::manage())
    };
    let standings = every!(Standing: Working => 0, Updating => 1, NeedsYou => 2, Unfinished => 3, Later => 4,
        Ending => 5, Unreadable => 6, Unknown => 7);
    let every_one = standings.map(|(standing, _)| Arc::new(at(standing))).to_vec();
    let soon = ManagedConnection { expires_soon: true, ..open_banking() };
    let few = vec![Arc::new(soon), Arc::new(at(Standing::NeedsYou)), Arc::new(long())];
    let note = |what| Some(Note { institution: facts::bank(), what });
    let notes = [
        (Noted::Refreshed, "connections-refreshed"),
        (Noted::Repaired, "connections-repaired"),
        (Noted::Linked, "connections-linked"),
        (Noted::Disconnected { erased: true }, "connections-disconnected-erased"),
        (Noted::Disconnected { erased: false }, "connections-disconnected"),
        (Noted::Moved, "connections-moved"),
        (Noted::MoveOpen, "connections-move-open"),
        (Noted::Kept { erased: false }, "connections-kept"),
        (Noted::Kept { erased: true }, "connections-kept-erased"),
        (Noted::NeedsYou, "connections-found-broken"),
        (Noted::Gone, "connections-gone"),
    ];
    let mut states = vec![
        list("connections", Some(few.clone()), None, None),
        list("connections-every-standing", Some(every_one), None, None),
        list("connections-none", Some(Vec::new()), None, None),
        list("connections-loading", None, None, None),
        list("connections-refused", None, None, Some(Trouble::Refused(Code::Internal))),
    ];
    states.extend(notes.map(|(what, name)| list(name, Some(few.clone()), note(what), None)));
    states
}

/// One of them: each standing, each reason why it cannot be refreshed, each way to move it.
fn ones() -> Vec<State> {
    let one = |name: &str, managed: ManagedConnection| {
        State::new(name, Screen::Connection(view(managed))).with_facts(facts::manage())
    };
    let standings = every!(Standing: Working => "connection", Updating => "connection-updating",
        NeedsYou => "connection-needs-you", Unfinished => "connection-unfinished", Later => "connection-on-hold",
        Ending => "connection-ending", Unreadable => "connection-unreadable", Unknown => "connection-newer");
    let mut states: Vec<State> = standings.map(|(standing, name)| one(name, at(standing))).into();
    let ways = [
        (RefreshWay::TooSoon { wait_s: 720 }, "connection-too-soon"),
        (RefreshWay::DailyLimit { wait_s: 5 * 3_600 }, "connection-daily-limit"),
        (RefreshWay::Running {}, "connection-running"),
        (RefreshWay::Unknown, "connection-refresh-newer"),
    ];
    states.extend(ways.map(|(way, name)| one(name, ManagedConnection { refresh: Some(way), ..working() })));
    let reaches = every!(Reach: Web => "connection-move-web", OpenBanking => "connection-move-open",
        Same => "connection-move-anew", Unknown => "connection-move-newer");
    states.extend(reaches.map(|(to, name)| {
        let moves = Some(MoveWay { to, erase: Erase::Now, others: 0 });
        one(name, ManagedConnection { moves, ..working() })
    }));
    let bare = ManagedConnection { refresh: None, disconnect: None, moves: None, ..working() };
    let stopped = |parting| standing(Standing::Ending, interrupted(parting));
    let failed = Next::Failed { reason: FailureReason::Unknown };
    let busy = ManagedView { busy: true, ..view(working()) };
    let refused = ManagedView { trouble: Some(Trouble::Refused(Code::ProviderRejected)), ..view(working()) };
    states.extend([
        one("connection-nothing-to-do", bare),
        one("connection-expires-soon", ManagedConnection { expires_soon: true, ..open_banking() }),
        one("connection-until", open_banking()),
        one("connection-interrupted", stopped(Parting::Disconnect)),
        one("connection-move-interrupted", stopped(Parting::Move)),
        one("connection-no-accounts", standing(Standing::NeedsYou, Next::NoAccounts {})),
        one("connection-failed", standing(Standing::NeedsYou, failed)),
        one("connection-long", long()).with_facts(linchpin::facts::Facts {
            client: Some(facts::LONG_CLIENT.into()),
            ..facts::manage()
        }),
        State::new("connection-sending", Screen::Connection(busy)).with_facts(facts::manage()),
        State::new("connection-refused", Screen::Connection(refused)).with_facts(facts::manage()),
    ]);
    states
}

/// What is asked before one is ended, or another takes its place.
fn partings() -> Vec<State> {
    let state = |name: &str, screen| State::new(name, screen).with_facts(facts::manage());
    let ending = |keeps_data, erase, others| {
        let disconnect = Some(DisconnectWay { keeps_data, erase, others });
        view(ManagedConnection { disconnect, ..working() })
    };
    let asked = ending(Some(true), Erase::Now, 0);
    let erased = Next::Interrupted {
        parting: Parting::Disconnect,
        erases: true,
        erased: true,
        reason: PartingProblem::ProviderUnavailable,
    };
    let moving = |to, erase, others| {
        view(ManagedConnection { moves: Some(MoveWay { to, erase, others }), ..working() })
    };
    let mut broken = moving(Reach::OpenBanking, Erase::WhenWorking, 0);
    Arc::make_mut(&mut broken.managed).refresh = Some(RefreshWay::RepairFirst {});
    let mut states = vec![
        state(
            "disconnect-nothing-chosen",
            Screen::Disconnect(ManagedView { nothing_chosen: true, ..asked.clone() }),
        ),
        state("disconnect-sending", Screen::Disconnect(ManagedView { busy: true, ..asked.clone() })),
        state("disconnect", Screen::Disconnect(asked)),
        state("disconnect-others", Screen::Disconnect(ending(Some(true), Erase::Now, 2))),
        state("disconnect-other", Screen::Disconnect(ending(None, Erase::Now, 1))),
        state("disconnect-data-stays", Screen::Disconnect(ending(Some(true), Erase::Never, 0))),
        state("disconnect-data-goes", Screen::Disconnect(ending(Some(false), Erase::Never, 0))),
        state("disconnect-erase-later", Screen::Disconnect(ending(Some(true), Erase::WhenWorking, 0))),
        state("disconnect-never-worked", Screen::Disconnect(view(never_worked()))),
        state("disconnect-nothing-known", Screen::Disconnect(ending(None, Erase::Never, 0))),
        state("disconnect-erased", Screen::Disconnect(view(standing(Standing::Ending, erased)))),
        state("disconnect-long", Screen::Disconnect(view(long()))),
        state("move-others", Screen::Move(moving(Reach::OpenBanking, Erase::Now, 1))),
        state("move-erase-first", Screen::Move(moving(Reach::OpenBanking, Erase::WhenWorking, 0))),
        state("move-fix-first", Screen::Move(broken)),
        state("move-without-erasing", Screen::Move(moving(Reach::OpenBanking, Erase::Never, 0))),
        state("move-long", Screen::Move(view(long()))),
    ];
    let reaches = every!(Reach: Web => "move-web", OpenBanking => "move-open",
        Same => "move-anew", Unknown => "move-newer");
    states.extend(reaches.map(|(to, name)| state(name, Screen::Move(moving(to, Erase::Now, 0)))));
    states
}

/// With an id of its own.
fn numbered((at, mut managed): (usize, Arc<ManagedConnection>)) -> Arc<ManagedConnection> {
    Arc::make_mut(&mut managed).connection.id = ConnectionId::new(format!("con_{at}"));
    managed
}

fn view(managed: ManagedConnection) -> ManagedView {
    ManagedView { managed: Arc::new(managed), trouble: None, nothing_chosen: false, busy: false }
}

/// One that works, with everything that can be done about one.
fn working() -> ManagedConnection {
    let accounts = vec![
        account("acc_1", "Everyday Checking", "4411", 123_456),
        account("acc_2", "Rainy Day Savings", "9022", 805_000),
    ];
    ManagedConnection {
        connection: connection(facts::bank(), Next::Linked { accounts }),
        standing: Standing::Working,
        begun_at: Some(Timestamp::new("2026-10-20T10:00:00Z")),
        expires_at: None,
        expires_soon: false,
        refresh: Some(RefreshWay::Now {}),
        disconnect: Some(DisconnectWay { keeps_data: Some(true), erase: Erase::Now, others: 0 }),
        moves: Some(MoveWay { to: Reach::OpenBanking, erase: Erase::Now, others: 0 }),
    }
}

/// One with a permission that ends some time.
fn open_banking() -> ManagedConnection {
    ManagedConnection {
        expires_at: Some(Timestamp::new("2999-12-03T10:00:00Z")),
        connection: Connection { updates_itself: Some(true), ..working().connection },
        moves: None,
        ..working()
    }
}

/// One of each standing.
fn at(wanted: Standing) -> ManagedConnection {
    let next = match wanted {
        Standing::Working => return working(),
        Standing::Updating => Next::Wait { stage: Stage::Reading, percent: None, since: None },
        Standing::NeedsYou => {
            Next::Credentials { fields: Vec::new(), problem: CredentialProblem::Incorrect, tries_left: None }
        }
        Standing::Unfinished => {
            Next::Authorize { host: None, problem: AuthorizeProblem::None, opened: false, digits: None }
        }
        Standing::Later => Next::Later { reason: LaterReason::InstitutionUnavailable, retries_itself: true },
        Standing::Ending => Next::Wait { stage: Stage::Erasing, percent: None, since: None },
        Standing::Unreadable => return unreadable(),
        Standing::Unknown => Next::Unknown,
    };
    standing(wanted, next)
}

/// One that cannot be looked at now: that it is there is all that is told.
fn unreadable() -> ManagedConnection {
    let next = Next::Later { reason: LaterReason::Unknown, retries_itself: false };
    ManagedConnection {
        connection: Connection {
            last_success_at: None,
            updates_itself: None,
            ..connection(facts::bank(), next)
        },
        refresh: None,
        disconnect: None,
        moves: None,
        ..standing(Standing::Unreadable, Next::Unknown)
    }
}

fn standing(standing: Standing, next: Next) -> ManagedConnection {
    let refresh = match standing {
        Standing::NeedsYou | Standing::Unfinished => RefreshWay::RepairFirst {},
        Standing::Updating => RefreshWay::Running {},
        _ => RefreshWay::Now {},
    };
    ManagedConnection {
        connection: connection(facts::bank(), next),
        standing,
        refresh: Some(refresh),
        disconnect: Some(DisconnectWay { keeps_data: Some(true), erase: Erase::WhenWorking, others: 0 }),
        moves: None,
        ..working()
    }
}

/// One that the person began and never finished.
fn never_worked() -> ManagedConnection {
    let began = at(Standing::Unfinished);
    ManagedConnection { connection: Connection { last_success_at: None, ..began.connection }, ..began }
}

fn interrupted(parting: Parting) -> Next {
    Next::Interrupted { parting, erases: true, erased: false, reason: PartingProblem::ProviderUnavailable }
}

fn long() -> ManagedConnection {
    let accounts = vec![account(
        "acc_1",
        "Joint Household & Grocery Checking Account with Overdraft Protection Plus",
        "4411",
        -1_234_567_890,
    )];
    ManagedConnection {
        connection: connection(facts::long_bank(), Next::Linked { accounts }),
        disconnect: Some(DisconnectWay { keeps_data: Some(true), erase: Erase::Now, others: 3 }),
        ..working()
    }
}

fn connection(institution: InstitutionRef, next: Next) -> Connection {
    Connection {
        id: ConnectionId::new("con_1"),
        revision: Revision(1),
        institution,
        method: ConnectionMethod::Credentials,
        status: "linked".into(),
        provider_status: None,
        last_attempt_at: None,
        // Long ago, so that the pictures do not change from day to day.
        last_success_at: Some(Timestamp::new("2026-11-02T10:00:00Z")),
        updates_itself: Some(false),
        next,
    }
}

fn account(id: &str, name: &str, digits: &str, cents: i64) -> MaskedAccount {
    MaskedAccount {
        id: AccountId::new(id),
        name: name.into(),
        last_digits: Some(digits.into()),
        kind: AccountKind::Checking,
        balance: Some(Money { cents: Cents(cents), currency: Currency::new("USD") }),
        not_verifiable: None,
    }
}

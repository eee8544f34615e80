//! What goes on without the person: what they began and left, and a list that does not stay true by itself.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is how a test says what broke")]

mod support;

use linchpin_flow::{CallError, Effect, Event, Noted, Post, Reply, Request, Screen, Timer};
use linchpin_protocol::{
    AuthorizeProblem, Change, Connection, ConnectionId, ManagedConnection, RefreshWay, ScreenName, Standing,
};
use support::{
    Story, at, at_the_bank, closed, con_1, erasing, linked, list, looking_after, name, noted, refused_login,
    shown, standing, successor, successor_linked, told, too_soon, waiting, working,
};

fn con_2() -> ConnectionId {
    ConnectionId::new("con_2")
}

/// The same, as another connection.
fn second(managed: ManagedConnection) -> ManagedConnection {
    ManagedConnection { connection: Connection { id: con_2(), ..managed.connection }, ..managed }
}

/// Left while it is being ended.
fn left_ending(act: Event) -> Story {
    let mut story = at(working());
    let asked = if act == Event::Move { Event::MoveAsked } else { Event::DisconnectAsked };
    story.happen(asked);
    story.happen(act);
    story.connection(erasing());
    story.happen(Event::Back);
    story
}

#[test]
fn the_end_of_one_that_was_left_is_told_when_it_is_seen() {
    for erase in [true, false] {
        let mut story = left_ending(Event::Disconnect { erase: Some(erase) });
        story.reply(Ok(list(vec![standing(Standing::Ending, erasing())])));
        story.connection(closed(None));
        assert_eq!(*story.last_call(), Request::ReadConnections);
        story.reply(Ok(list(vec![])));
        assert_eq!(noted(&story), Some(Noted::Disconnected { erased: erase }));
        assert_eq!(told(&mut story), [Change::Disconnected { connection_id: con_1(), erased: erase }]);
    }
    // It may be over before the list is read.
    let mut story = left_ending(Event::Disconnect { erase: Some(true) });
    story.reply(Ok(list(vec![])));
    assert_eq!(noted(&story), Some(Noted::Disconnected { erased: true }));
}

#[test]
fn an_end_that_was_left_and_stops_is_no_end() {
    let mut story = left_ending(Event::Disconnect { erase: Some(true) });
    story.reply(Ok(list(vec![standing(Standing::Ending, erasing())])));
    story.connection(linked());
    story.reply(Ok(list(vec![working()])));
    assert_eq!(noted(&story), None);
    assert_eq!(told(&mut story), []);
}

#[test]
fn a_move_that_was_left_is_told_with_what_is_to_be_finished_and_finished_as_a_move() {
    let mut story = left_ending(Event::Move);
    story.reply(Ok(list(vec![standing(Standing::Ending, erasing())])));
    story.connection(closed(Some("con_2")));
    assert_eq!(noted(&story), Some(Noted::MoveOpen));
    story.reply(Ok(list(vec![standing(Standing::Unfinished, successor())])));
    assert_eq!(noted(&story), Some(Noted::MoveOpen), "it has not just vanished");
    story.happen(Event::ConnectionPicked(con_2()));
    story.happen(Event::Repair);
    assert_eq!(name(&story), ScreenName::BankLogin);
    story.connection(successor_linked());
    assert_eq!(noted(&story), Some(Noted::Moved));
    assert_eq!(told(&mut story), [Change::Moved { connection_id: con_1(), successor: con_2() }]);
}

#[test]
fn a_move_that_is_over_before_the_list_is_read_is_asked_after() {
    let mut story = left_ending(Event::Move);
    story.reply(Ok(list(vec![standing(Standing::Unfinished, successor())])));
    let Request::ReadConnection { id, wait_s: 0, .. } = story.last_call() else {
        panic!("{:?}", story.last_call())
    };
    assert_eq!(*id, con_1());
    story.connection(closed(Some("con_2")));
    assert_eq!(noted(&story), Some(Noted::MoveOpen));
    assert_eq!(told(&mut story), [Change::Moved { connection_id: con_1(), successor: con_2() }]);
}

#[test]
fn a_refresh_that_was_left_is_told_as_what_came_of_it() {
    let found = [
        (working(), Noted::Refreshed, vec![Change::Refreshed { connection_id: con_1() }]),
        (standing(Standing::NeedsYou, refused_login()), Noted::NeedsYou, vec![]),
    ];
    for (managed, note, changes) in found {
        let mut story = at(working());
        story.happen(Event::Refresh);
        story.connection(waiting(None));
        story.happen(Event::Back);
        story.reply(Ok(list(vec![standing(Standing::Updating, waiting(None))])));
        story.connection(managed.connection.clone());
        story.reply(Ok(list(vec![managed])));
        assert_eq!(noted(&story), Some(note));
        assert_eq!(told(&mut story), changes);
    }
}

#[test]
fn one_that_is_finished_after_the_person_went_on_is_linked_as_elsewhere() {
    let mut story = at(standing(Standing::Unfinished, at_the_bank(16, AuthorizeProblem::None, false)));
    story.happen(Event::Repair);
    story.reply(Ok(Reply::Ticket { seconds: 300 }));
    story.happen(Event::BankOpened);
    story.connection(waiting(None));
    story.happen(Event::Back);
    story.reply(Ok(list(vec![standing(Standing::Updating, waiting(None))])));
    story.connection(linked());
    story.reply(Ok(list(vec![working()])));
    assert_eq!(noted(&story), Some(Noted::Linked));
    assert!(matches!(story.last_call(), Request::MintPublicToken { .. }), "{:?}", story.last_call());
    story.reply(Ok(Reply::PublicToken));
    assert!(story.posts.iter().any(|post| matches!(post, Post::Linked { .. })));
}

/// Back from an end whose call was never answered.
fn unanswered() -> Story {
    let mut story = at(working());
    story.happen(Event::DisconnectAsked);
    story.happen(Event::Disconnect { erase: Some(true) });
    story.reply(Err(CallError::Network));
    story.happen(Event::Back);
    story
}

#[test]
fn an_end_of_which_nobody_knows_whether_it_arrived_is_looked_up() {
    let mut story = unanswered();
    assert!(
        matches!(story.flow.screen(), Screen::Connections(view) if view.list.is_none()),
        "not the old list"
    );
    assert_eq!(*story.last_call(), Request::ReadConnections);
    story.reply(Ok(list(vec![])));
    assert_eq!(noted(&story), Some(Noted::Disconnected { erased: true }));
    assert_eq!(told(&mut story), [Change::Disconnected { connection_id: con_1(), erased: true }]);

    let mut story = unanswered();
    story.reply(Ok(list(vec![working()])));
    assert_eq!(name(&story), ScreenName::Connection, "it never arrived");
    assert_eq!(told(&mut story), []);
}

#[test]
fn what_can_be_done_with_a_connection_is_read_anew_when_it_is_picked_and_on_the_way_back() {
    let mut story = looking_after(vec![working()]);
    for event in [Event::ConnectionPicked(con_1()), Event::Back] {
        let calls = story.calls.len();
        story.happen(event);
        assert_eq!(story.calls.len(), calls + 1);
        assert_eq!(*story.last_call(), Request::ReadConnections);
        story.reply(Ok(list(vec![working()])));
    }
    assert_eq!(story.calls.len(), 4, "the session, and the list three times");
}

#[test]
fn what_is_asked_is_not_changed_beneath_the_finger() {
    let mut story = at(working());
    story.happen(Event::DisconnectAsked);
    let asked = shown(&story);
    story.reply(Ok(list(vec![standing(Standing::NeedsYou, refused_login())])));
    assert_eq!(shown(&story), asked);
}

#[test]
fn one_that_is_looked_at_changes_at_once_and_takes_no_focus() {
    let mut story = at(standing(Standing::Updating, waiting(None)));
    story.reply(Ok(list(vec![standing(Standing::Updating, waiting(None))])));
    let before = shown(&story);
    let effects = story.connection(linked());
    assert_eq!(shown(&story), before, "how it stands and what can be done come together");
    assert!(!effects.contains(&Effect::FocusHeading), "{effects:?}");
    let effects = story.reply(Ok(list(vec![working()])));
    assert_eq!(*shown(&story).managed, working());
    assert!(!effects.contains(&Effect::FocusHeading), "{effects:?}");
}

#[test]
fn several_that_go_on_are_waited_for_in_turn() {
    let going = || standing(Standing::Updating, waiting(None));
    let mut story = looking_after(vec![second(going()), going()]);
    for id in [con_2(), con_1(), con_2()] {
        let Request::ReadConnection { id: read, wait_s: 12, .. } = story.last_call() else {
            panic!("{:?}", story.last_call())
        };
        assert_eq!(*read, id);
        story.connection(Connection { id, ..waiting(None) });
    }
}

#[test]
fn the_list_is_read_again_once_a_refresh_is_possible() {
    let soon = |wait_s| ManagedConnection { refresh: Some(RefreshWay::TooSoon { wait_s }), ..working() };
    let mut story = looking_after(vec![second(soon(720)), soon(90)]);
    let (ms, first) = *story.timers.last().expect("a timer");
    assert_eq!(ms, 90_000, "the shortest wait");
    story.happen(Event::Elapsed(first));
    assert_eq!(*story.last_call(), Request::ReadConnections);
    story.reply(Ok(list(vec![second(soon(630)), working()])));
    let calls = story.calls.len();
    story.happen(Event::Elapsed(first));
    assert_eq!(story.calls.len(), calls, "that list is not drawn any more");

    // Also where it was learned late.
    let mut story = at(working());
    story.happen(Event::Refresh);
    story.reply(Err(too_soon(60)));
    let (ms, timer) = *story.timers.last().expect("a timer");
    assert!(ms == 60_000 && matches!(timer, Timer::Listed(_)), "{ms} {timer:?}");
    story.happen(Event::Elapsed(timer));
    story.reply(Ok(list(vec![working()])));
    assert_eq!(shown(&story).managed.refresh, Some(RefreshWay::Now {}));
}

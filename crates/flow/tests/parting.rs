//! Ending a connection, and putting another in its place: single rules, each by the shortest story that shows it.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is how a test says what broke")]

mod support;

use linchpin_flow::{CallError, Cover, Effect, Event, Noted, Post, Reply, Request, Screen, Trouble, Work};
use linchpin_protocol::{
    Change, Code, Connection, ConnectionId, DisconnectWay, ManagedConnection, Next, Parting, Reach,
    RefreshWay, Revision, ScreenName, Standing,
};
use support::{
    acts, at, closed, con_1, erasing, interrupted, linked, list, name, noted, problem, refused_login, shown,
    standing, successor, successor_linked, told, too_soon, waiting, working,
};

#[test]
fn nothing_is_ended_or_moved_before_that_was_asked_and_a_double_click_does_it_once() {
    let mut story = at(working());
    for event in [Event::Disconnect { erase: Some(true) }, Event::Move] {
        story.happen(event);
        assert_eq!((acts(&story), name(&story)), (0, ScreenName::Connection));
    }
    story.happen(Event::DisconnectAsked);
    story.happen(Event::Move);
    assert_eq!((acts(&story), name(&story)), (0, ScreenName::Disconnect), "what was asked is something else");
    story.happen(Event::Disconnect { erase: Some(true) });
    story.happen(Event::Disconnect { erase: Some(true) });
    story.happen(Event::Disconnect { erase: Some(false) });
    assert_eq!(acts(&story), 1);

    let mut story = at(working());
    story.happen(Event::MoveAsked);
    assert_eq!((acts(&story), name(&story)), (0, ScreenName::Move));
    story.happen(Event::Move);
    story.happen(Event::Move);
    story.happen(Event::Refresh);
    assert_eq!(acts(&story), 1);
}

#[test]
fn ending_one_asks_first_what_becomes_of_the_data() {
    let mut story = at(working());
    story.happen(Event::DisconnectAsked);
    assert!(shown(&story).asks_about_data());
    let effects = story.happen(Event::Disconnect { erase: None });
    assert!(effects.contains(&Effect::FocusErrors) && shown(&story).nothing_chosen, "{effects:?}");
    assert_eq!(acts(&story), 0);
    story.happen(Event::Disconnect { erase: Some(true) });
    assert!(matches!(story.last_call(), Request::Disconnect { purge: true, .. }));
    story.connection(erasing());
    let Screen::Progress(view) = story.flow.screen() else { panic!("it waits") };
    assert_eq!(view.work, Work::Disconnecting { erases: true });
    story.happen(Event::CloseAsked);
    assert_ne!(story.flow.cover(), Some(Cover::Leave), "it goes on without the person");
}

#[test]
fn the_end_of_one_is_told_with_what_became_of_the_data() {
    for erase in [true, false] {
        let mut story = at(working());
        story.happen(Event::DisconnectAsked);
        story.happen(Event::Disconnect { erase: Some(erase) });
        story.connection(closed(None));
        assert_eq!(noted(&story), Some(Noted::Disconnected { erased: erase }));
        assert_eq!(told(&mut story), [Change::Disconnected { connection_id: con_1(), erased: erase }]);
    }
    // Where the provider keeps nothing, nothing is asked and nothing stays.
    let way = DisconnectWay { keeps_data: Some(false), ..DisconnectWay::default() };
    let mut story = at(ManagedConnection { disconnect: Some(way), ..working() });
    story.happen(Event::DisconnectAsked);
    story.happen(Event::Disconnect { erase: None });
    assert!(matches!(story.last_call(), Request::Disconnect { purge: false, .. }));
    story.connection(closed(None));
    assert_eq!(noted(&story), Some(Noted::Disconnected { erased: true }));
}

#[test]
fn what_was_interrupted_is_gone_on_with_by_the_same_act_or_kept() {
    let mut story = at(working());
    story.happen(Event::DisconnectAsked);
    story.happen(Event::Disconnect { erase: Some(true) });
    story.connection(interrupted(Parting::Disconnect, true));
    let Screen::Interrupted(view) = story.flow.screen() else { panic!("{:?}", story.flow.screen()) };
    assert!(view.erased && view.erases && view.can_keep());
    story.happen(Event::TryAgain);
    let Request::Disconnect { purge: true, revision: Revision(22), .. } = story.last_call() else {
        panic!("{:?}", story.last_call())
    };
    story.connection(interrupted(Parting::Disconnect, true));
    story.happen(Event::Keep);
    assert!(matches!(story.last_call(), Request::Refresh { .. }), "what was erased is read again");
    story.connection(waiting(None));
    story.connection(linked());
    assert_eq!(noted(&story), Some(Noted::Refreshed));
}

#[test]
fn one_whose_data_is_still_there_is_kept_without_being_read_again() {
    let stopped = standing(Standing::Ending, interrupted(Parting::Disconnect, false));
    let mut story = at(ManagedConnection { refresh: Some(RefreshWay::TooSoon { wait_s: 60 }), ..stopped });
    story.happen(Event::Keep);
    assert!(matches!(story.last_call(), Request::Retry { .. }), "{:?}", story.last_call());
    story.connection(linked());
    assert_eq!(noted(&story), Some(Noted::Kept { erased: false }));
    assert_eq!(told(&mut story), [], "as it was");
}

#[test]
fn one_that_is_kept_too_soon_to_be_read_again_is_kept_all_the_same() {
    let erased = standing(Standing::Ending, interrupted(Parting::Disconnect, true));
    let mut story = at(erased);
    story.happen(Event::Repair);
    story.happen(Event::Keep);
    story.reply(Err(too_soon(720)));
    assert!(matches!(story.last_call(), Request::ReadConnection { wait_s: 0, .. }));
    story.connection(linked());
    assert_eq!(noted(&story), Some(Noted::Kept { erased: true }));
}

#[test]
fn what_was_interrupted_in_another_session_is_gone_on_with_as_it_was_wanted() {
    for (erases, erased) in [(false, false), (true, false), (true, true)] {
        let reason = linchpin_protocol::PartingProblem::ProviderUnavailable;
        let next = Next::Interrupted { parting: Parting::Disconnect, erases, erased, reason };
        let connection = Connection { next, ..interrupted(Parting::Disconnect, erased) };
        // Nothing is known of what else could be done with it.
        let mut story =
            at(ManagedConnection { disconnect: None, moves: None, ..standing(Standing::Ending, connection) });
        story.happen(Event::Repair);
        let Screen::Interrupted(view) = story.flow.screen() else { panic!("{:?}", story.flow.screen()) };
        assert_eq!((view.erases, view.erased), (erases, erased));
        story.happen(Event::TryAgain);
        let Request::Disconnect { purge, .. } = story.last_call() else { panic!("{:?}", story.last_call()) };
        assert_eq!(*purge, erases, "nobody says anything else about the data than the person did");
        story.connection(closed(None));
        assert_eq!(noted(&story), Some(Noted::Disconnected { erased: erases }));
    }
}

#[test]
fn a_move_goes_on_with_what_takes_its_place_and_tells_of_both() {
    let mut story = at(working());
    story.happen(Event::MoveAsked);
    assert_eq!(shown(&story).managed.moves.as_ref().map(|way| way.to), Some(Reach::OpenBanking));
    story.happen(Event::Move);
    story.connection(erasing());
    story.connection(closed(Some("con_2")));
    assert!(
        matches!(story.flow.screen(), Screen::Progress(view) if view.work == Work::Moving { erases: true })
    );
    let con_2 = ConnectionId::new("con_2");
    assert!(matches!(story.last_call(), Request::ReadConnection { id, wait_s: 0, .. } if *id == con_2));
    story.connection(successor());
    assert_eq!(name(&story), ScreenName::BankLogin);
    story.reply(Ok(Reply::Ticket { seconds: 300 }));
    story.happen(Event::BankOpened);
    story.connection(successor_linked());
    assert_eq!(noted(&story), Some(Noted::Moved));
    assert!(matches!(story.last_call(), Request::MintPublicToken { id, .. } if *id == con_2));
    story.reply(Ok(Reply::PublicToken));
    assert!(story.posts.iter().any(|post| matches!(post, Post::Linked { .. })), "as when it is linked");
    assert_eq!(*story.last_call(), Request::ReadConnections);
    assert_eq!(told(&mut story), [Change::Moved { connection_id: con_1(), successor: con_2 }]);
}

#[test]
fn a_move_waits_until_what_was_read_can_be_erased() {
    let mut story = at(standing(Standing::Later, linked()));
    story.happen(Event::MoveAsked);
    story.happen(Event::Move);
    assert_eq!(acts(&story), 0);
    assert!(!shown(&story).moves_now());
}

#[test]
fn one_that_moved_on_meanwhile_is_drawn_as_it_stands_now() {
    let mut story = at(working());
    story.happen(Event::DisconnectAsked);
    story.happen(Event::Disconnect { erase: Some(false) });
    story.reply(Err(problem(Code::WrongStep)));
    assert_eq!(*story.last_call(), Request::ReadConnections);
    story.reply(Ok(list(vec![standing(Standing::NeedsYou, refused_login())])));
    assert_eq!(name(&story), ScreenName::Connection);
    assert_eq!(shown(&story).managed.standing, Standing::NeedsYou);
}

#[test]
fn what_is_refused_for_good_is_told_where_it_was_asked_for() {
    let mut story = at(working());
    story.happen(Event::DisconnectAsked);
    story.happen(Event::Disconnect { erase: Some(false) });
    let effects = story.reply(Err(problem(Code::ProviderRejected)));
    assert!(effects.contains(&Effect::FocusErrors), "{effects:?}");
    assert_eq!(name(&story), ScreenName::Disconnect);
    assert_eq!(shown(&story).trouble, Some(Trouble::Refused(Code::ProviderRejected)));
    story.happen(Event::Back);
    assert_eq!((name(&story), shown(&story).trouble), (ScreenName::Connection, None));
}

#[test]
fn a_lost_answer_to_an_end_is_asked_for_again_as_the_same_act() {
    let mut story = at(working());
    story.happen(Event::DisconnectAsked);
    story.happen(Event::Disconnect { erase: Some(true) });
    let first = story.last_call().clone();
    story.reply(Err(CallError::Network));
    story.elapse_last();
    assert_eq!(*story.last_call(), first, "one act, one key");
}

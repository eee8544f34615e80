//! Looking after connections: single rules, each by the shortest story that shows it.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is how a test says what broke")]

mod support;

use linchpin_flow::{
    CallError, Cover, Effect, Event, ManagedView, Noted, Post, Reply, Request, SameLogin, Screen, Trouble,
    Work,
};
use linchpin_protocol::{
    Change, Code, Connection, ConnectionId, DisconnectWay, ExitReason, ManagedConnection, Parting, Reach,
    RefreshWay, Revision, ScreenName, Session, Standing,
};
use support::{
    Story, at_the_bank, choosing, closed, empty_form, erasing, interrupted, linked, list, managing, problem,
    refused_login, repairing, same_login, standing, successor, successor_linked, too_soon, waiting, working,
};

/// With these connections on the list.
fn looking_after(connections: Vec<ManagedConnection>) -> Story {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: false });
    story.reply(Ok(Reply::Session(Box::new(managing()))));
    story.reply(Ok(list(connections)));
    story
}

/// At the only one.
fn at(managed: ManagedConnection) -> Story {
    let mut story = looking_after(vec![managed]);
    story.happen(Event::ConnectionPicked(con_1()));
    story
}

fn con_1() -> ConnectionId {
    ConnectionId::new("con_1")
}

fn name(story: &Story) -> ScreenName {
    story.flow.screen().name()
}

fn shown(story: &Story) -> ManagedView {
    match story.flow.screen() {
        Screen::Connection(view) | Screen::Disconnect(view) | Screen::Move(view) => view,
        other => panic!("another screen: {other:?}"),
    }
}

fn noted(story: &Story) -> Option<Noted> {
    match story.flow.screen() {
        Screen::Connections(view) => view.note.map(|note| note.what),
        other => panic!("not at the list: {other:?}"),
    }
}

/// What the host page is told in the end.
fn told(story: &mut Story) -> Vec<Change> {
    story.happen(Event::CloseOrdered);
    let ends =
        story.posts.iter().filter(|post| !matches!(post, Post::Event(_) | Post::Ready | Post::Linked { .. }));
    match ends.collect::<Vec<_>>().as_slice() {
        [Post::Done { changes }] => changes.clone(),
        other => panic!("it ends otherwise: {other:?}"),
    }
}

fn acts(story: &Story) -> usize {
    let acts = |request: &Request| {
        matches!(request, Request::Refresh { .. } | Request::Disconnect { .. } | Request::Move { .. })
    };
    story.calls.iter().filter(|(_, request)| acts(request)).count()
}

#[test]
fn the_list_is_read_and_nothing_else_until_the_person_asks() {
    let mut story = looking_after(vec![working()]);
    assert_eq!(*story.last_call(), Request::ReadConnections);
    assert_eq!(name(&story), ScreenName::Connections);
    let calls = story.calls.len();
    story.happen(Event::ConnectionPicked(con_1()));
    assert_eq!((name(&story), story.calls.len()), (ScreenName::Connection, calls));
    assert_eq!(told(&mut story), [], "and nothing has changed");
}

#[test]
fn consent_comes_before_the_list_and_without_it_nothing_was_looked_after() {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: false });
    let consent = Some(support::consent());
    story.reply(Ok(Reply::Session(Box::new(Session { consent, ..managing() }))));
    assert_eq!(name(&story), ScreenName::Consent);
    let mut declined = Story { flow: story.flow.clone(), calls: vec![], timers: vec![], posts: vec![] };
    declined.happen(Event::CloseAsked);
    assert_eq!(declined.posts, [Post::Exit { reason: ExitReason::ClosedByPerson }]);
    story.happen(Event::Agreed);
    story.reply(Ok(Reply::Recorded));
    assert_eq!(*story.last_call(), Request::ReadConnections);
}

#[test]
fn a_refresh_is_waited_for_and_leads_back_to_the_list_with_a_word() {
    let mut story = at(working());
    story.happen(Event::Refresh);
    story.happen(Event::Refresh);
    assert_eq!(acts(&story), 1, "a double click refreshes once");
    story.connection(waiting(None));
    assert!(matches!(story.flow.screen(), Screen::Progress(view) if view.work == Work::Updating));
    let effects = story.connection(linked());
    assert!(effects.contains(&Effect::FocusHeading), "{effects:?}");
    assert_eq!(noted(&story), Some(Noted::Refreshed));
    assert_eq!(*story.last_call(), Request::ReadConnections, "the list is read anew");
    assert_eq!(told(&mut story), [Change::Refreshed { connection_id: con_1() }]);
}

#[test]
fn a_refresh_that_comes_too_soon_is_not_sent_again_and_the_wait_is_told() {
    let mut story = at(working());
    story.happen(Event::Refresh);
    let timers = story.timers.len();
    story.reply(Err(too_soon(720)));
    assert_eq!(story.timers.len(), timers, "minutes are not waited for");
    assert_eq!(shown(&story).managed.refresh, Some(RefreshWay::TooSoon { wait_s: 720 }));
    assert!(!shown(&story).busy);
    story.happen(Event::Refresh);
    assert_eq!(acts(&story), 1);
}

#[test]
fn a_refresh_that_needs_the_person_leads_there_and_back() {
    let mut story = at(working());
    story.happen(Event::Refresh);
    story.connection(refused_login());
    assert_eq!(name(&story), ScreenName::Credentials);
    story.happen(Event::CredentialsEntered { empty: vec![] });
    story.connection(waiting(None));
    story.connection(linked());
    assert_eq!(noted(&story), Some(Noted::Refreshed));
}

#[test]
fn one_that_needs_the_person_is_repaired_on_the_usual_screens() {
    let mut story = at(standing(Standing::NeedsYou, refused_login()));
    story.happen(Event::Refresh);
    assert_eq!(acts(&story), 0, "a refresh would fail until then");
    story.happen(Event::Repair);
    assert_eq!(name(&story), ScreenName::Credentials);
    story.happen(Event::Back);
    assert_eq!(name(&story), ScreenName::Connections, "back is to the list, not out");
    story.reply(Ok(list(vec![standing(Standing::NeedsYou, refused_login())])));
    story.happen(Event::ConnectionPicked(con_1()));
    story.happen(Event::Repair);
    story.happen(Event::CredentialsEntered { empty: vec![] });
    story.connection(linked());
    assert_eq!(noted(&story), Some(Noted::Repaired));
    assert_eq!(told(&mut story), [Change::Repaired { connection_id: con_1() }]);
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
    assert!(view.erased && view.erases && view.can_keep);
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
    assert_eq!(noted(&story), Some(Noted::Kept));
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
    assert_eq!(noted(&story), Some(Noted::Kept));
}

#[test]
fn whoever_chooses_accounts_links_for_the_first_time() {
    let mut story = at(standing(Standing::Updating, waiting(None)));
    story.happen(Event::Repair);
    story.connection(choosing());
    story.happen(Event::AccountsChosen(vec![linchpin_protocol::AccountId::new("acc_1")]));
    story.connection(linked());
    assert_eq!(noted(&story), Some(Noted::Linked));
    assert!(matches!(story.last_call(), Request::MintPublicToken { .. }));
}

#[test]
fn what_was_interrupted_in_another_session_is_asked_anew_where_nobody_knows_about_the_data() {
    let stopped = ManagedConnection {
        connection: interrupted(Parting::Disconnect, false),
        standing: Standing::Ending,
        ..working()
    };
    let mut story = at(stopped.clone());
    story.happen(Event::Repair);
    assert_eq!(name(&story), ScreenName::Disconnect);
    let erased = ManagedConnection { connection: interrupted(Parting::Disconnect, true), ..stopped };
    let mut story = at(erased);
    story.happen(Event::Repair);
    assert_eq!(name(&story), ScreenName::Interrupted);
    story.happen(Event::TryAgain);
    assert!(matches!(story.last_call(), Request::Disconnect { purge: true, .. }));
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

#[test]
fn what_goes_on_by_itself_is_followed_on_the_list_and_the_list_read_anew_when_it_moved() {
    let mut story = looking_after(vec![standing(Standing::Updating, waiting(None))]);
    assert!(matches!(story.last_call(), Request::ReadConnection { wait_s: 25, .. }));
    story.connection(waiting(Some(50)));
    assert!(matches!(story.last_call(), Request::ReadConnection { wait_s: 25, .. }), "it has not moved");
    story.connection(linked());
    assert_eq!(*story.last_call(), Request::ReadConnections);
    story.reply(Ok(list(vec![working()])));
    let calls = story.calls.len();
    story.happen(Event::ConnectionPicked(con_1()));
    assert_eq!(story.calls.len(), calls, "nothing is left to follow");
}

#[test]
fn a_list_that_cannot_be_read_is_asked_for_once_more_by_the_person() {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: false });
    story.reply(Ok(Reply::Session(Box::new(managing()))));
    story.reply(Err(problem(Code::ForbiddenInMode)));
    let Screen::Connections(view) = story.flow.screen() else { panic!("it stays there") };
    assert_eq!(view.trouble, Some(Trouble::Refused(Code::ForbiddenInMode)));
    story.happen(Event::TryAgain);
    assert_eq!(*story.last_call(), Request::ReadConnections);
}

#[test]
fn a_session_that_is_over_tells_what_changed_before() {
    let mut story = at(working());
    story.happen(Event::Refresh);
    story.connection(linked());
    story.reply(Err(problem(Code::SessionExpired)));
    assert_eq!(told(&mut story).len(), 1);
    let mut nothing = looking_after(vec![standing(Standing::Updating, waiting(None))]);
    nothing.reply(Err(problem(Code::SessionExpired)));
    nothing.happen(Event::CloseAsked);
    assert_eq!(nothing.posts.last(), Some(&Post::Exit { reason: ExitReason::SessionOver }));
}

#[test]
fn one_that_was_begun_is_finished_and_linked_as_elsewhere() {
    let there = at_the_bank(16, Default::default(), true);
    let mut story = at(standing(Standing::Unfinished, there));
    story.happen(Event::Repair);
    assert_eq!(name(&story), ScreenName::BankLogin);
    story.reply(Ok(Reply::Ticket { seconds: 300 }));
    story.connection(linked());
    assert_eq!(noted(&story), Some(Noted::Linked));
    story.reply(Ok(Reply::PublicToken));
    assert!(story.posts.iter().any(|post| matches!(post, Post::Linked { .. })));
}

/// At a login that the person has linked before.
fn met_again() -> Story {
    let mut story = Story::at_form();
    story.happen(Event::CredentialsEntered { empty: vec![] });
    story.connection(empty_form());
    story
}

fn same(story: &Story) -> SameLogin {
    match story.flow.screen() {
        Screen::Credentials(view) => view.same_login,
        other => panic!("another screen: {other:?}"),
    }
}

#[test]
fn a_login_that_is_linked_already_is_told_with_the_connection_that_has_it() {
    let mut story = met_again();
    let effects = story.reply(Err(same_login()));
    assert_eq!(same(&story), SameLogin::Linked { usable: true });
    assert!(
        effects.contains(&Effect::ForgetSecrets) && effects.contains(&Effect::FocusHeading),
        "{effects:?}"
    );
    assert!(!effects.contains(&Effect::ForgetLogin), "the user name is kept");
    story.happen(Event::UseExisting);
    let Request::TakeUp { id, .. } = story.last_call() else { panic!("{:?}", story.last_call()) };
    assert_eq!(*id, ConnectionId::new("con_9"));
    story.connection(Connection { id: id.clone(), ..linked() });
    assert_eq!(name(&story), ScreenName::Done);
}

#[test]
fn a_login_that_is_linked_already_is_sent_again_only_by_the_person_and_says_that_it_is() {
    let mut story = met_again();
    story.reply(Err(same_login()));
    let calls = story.calls.len();
    let effects = story.happen(Event::CredentialsEntered { empty: vec![] });
    assert_eq!((story.calls.len(), effects.as_slice()), (calls, &[Effect::ForgetSecrets][..]));
    story.happen(Event::EnterAgain);
    assert_eq!((story.calls.len(), same(&story)), (calls, SameLogin::Again), "it has to be typed anew");
    story.happen(Event::CredentialsEntered { empty: vec![] });
    assert!(matches!(story.last_call(), Request::SendCredentials { again: true, .. }));
}

#[test]
fn a_connection_that_cannot_be_taken_up_leaves_the_form() {
    let mut story = met_again();
    story.reply(Err(same_login()));
    story.happen(Event::UseExisting);
    story.reply(Err(problem(Code::NotFound)));
    assert_eq!(same(&story), SameLogin::New);
}

#[test]
fn a_session_for_one_connection_offers_no_other() {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: false });
    story.reply(Ok(Reply::Session(Box::new(repairing()))));
    story.happen(Event::CredentialsEntered { empty: vec![] });
    story.reply(Err(same_login()));
    assert_eq!(same(&story), SameLogin::Linked { usable: false });
    let calls = story.calls.len();
    story.happen(Event::UseExisting);
    assert_eq!(story.calls.len(), calls);
}

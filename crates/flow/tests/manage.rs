//! Looking after connections: single rules, each by the shortest story that shows it. Ending and moving one is in
//! `parting`.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is how a test says what broke")]

mod support;

use linchpin_flow::{Effect, Event, Noted, Post, Reply, Request, Screen, Timer, Trouble, Work};
use linchpin_protocol::{
    Change, Code, Connection, ConnectionId, ExitReason, LaterReason, ManagedConnection, Next, RefreshWay,
    ScreenName, Session, Standing,
};
use support::{
    Story, acts, approving_aloud, at, at_the_bank, choosing, con_1, connection, linked, list, looking_after,
    managing, name, noted, problem, refused_login, shown, standing, told, too_soon, waiting, working,
};

#[test]
fn the_list_is_read_and_nothing_else_until_the_person_asks() {
    let mut story = looking_after(vec![working()]);
    assert_eq!(*story.last_call(), Request::ReadConnections);
    assert_eq!(name(&story), ScreenName::Connections);
    story.happen(Event::ConnectionPicked(con_1()));
    assert_eq!(name(&story), ScreenName::Connection);
    assert_eq!(*story.last_call(), Request::ReadConnections);
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
    story.reply(Err(too_soon(720)));
    let resends = |(_, timer): &(u32, Timer)| matches!(timer, Timer::Resend(_));
    assert!(!story.timers.iter().any(resends), "minutes are not waited for");
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
    assert_eq!(noted(&story), Some(Noted::Repaired), "it did not work before");
    assert_eq!(told(&mut story), [Change::Repaired { connection_id: con_1() }]);
}

#[test]
fn whoever_leaves_what_a_refresh_found_is_told_on_the_list_that_it_was_not_updated() {
    let mut story = at(working());
    story.happen(Event::Refresh);
    story.connection(waiting(None));
    story.connection(refused_login());
    story.happen(Event::Back);
    assert_eq!(noted(&story), Some(Noted::NeedsYou));
    story.reply(Ok(list(vec![standing(Standing::NeedsYou, refused_login())])));
    assert_eq!(noted(&story), Some(Noted::NeedsYou), "it stays until the person goes on");
    story.happen(Event::ConnectionPicked(con_1()));
    story.happen(Event::Repair);
    story.happen(Event::Back);
    assert_eq!(noted(&story), None, "this time nothing was found: it was known");
    assert_eq!(told(&mut story), [], "and nothing has changed");
}

#[test]
fn a_refresh_that_the_bank_cannot_answer_leads_to_the_connection_and_to_when_it_can_be_tried_again() {
    let away =
        || connection(30, Next::Later { reason: LaterReason::InstitutionUnavailable, retries_itself: false });
    let mut story = at(working());
    story.happen(Event::Refresh);
    story.connection(waiting(None));
    story.connection(away());
    assert_eq!(*story.last_call(), Request::ReadConnections, "only the list tells when");
    let refresh = Some(RefreshWay::TooSoon { wait_s: 600 });
    story.reply(Ok(list(vec![ManagedConnection { refresh, ..standing(Standing::Later, away()) }])));
    assert_eq!(name(&story), ScreenName::Connection);
    assert_eq!(shown(&story).managed.refresh, Some(RefreshWay::TooSoon { wait_s: 600 }));
    assert_eq!(told(&mut story), [], "nothing was refreshed");
}

#[test]
fn what_ended_elsewhere_is_named_when_it_leaves_the_list() {
    let other = ManagedConnection {
        connection: Connection { id: ConnectionId::new("con_9"), ..waiting(None) },
        ..standing(Standing::Updating, waiting(None))
    };
    let mut story = looking_after(vec![other, working()]);
    story.connection(Connection { id: ConnectionId::new("con_9"), ..linked() });
    story.reply(Ok(list(vec![working()])));
    assert_eq!(noted(&story), Some(Noted::Gone));

    // Also where it was being looked at, and the list was not there any more.
    let mut story = at(working());
    story.happen(Event::Refresh);
    story.reply(Err(problem(Code::NotFound)));
    story.reply(Ok(list(vec![])));
    assert_eq!(noted(&story), Some(Noted::Gone));
}

#[test]
fn a_question_that_is_only_approved_waits_for_the_persons_word_and_sends_it_once() {
    let mut story = at(working());
    story.happen(Event::Refresh);
    story.connection(approving_aloud());
    assert_eq!(name(&story), ScreenName::Challenges);
    let calls = story.calls.len();
    assert!(matches!(story.last_call(), Request::Refresh { .. }), "nothing is asked meanwhile");
    story.happen(Event::AnswersEntered { empty: vec![] });
    story.happen(Event::AnswersEntered { empty: vec![] });
    assert_eq!(story.calls.len(), calls + 1, "an empty answer, and once");
    assert!(matches!(story.last_call(), Request::SendAnswers { .. }));
    story.connection(linked());
    assert_eq!(noted(&story), Some(Noted::Refreshed), "a question is a part of a refresh");
}

#[test]
fn whoever_goes_while_the_host_page_is_told_goes_as_soon_as_it_is() {
    let mut story = at(standing(Standing::Updating, waiting(None)));
    story.happen(Event::Repair);
    story.connection(choosing());
    story.happen(Event::AccountsChosen(vec![linchpin_protocol::AccountId::new("acc_1")]));
    story.connection(linked());
    assert!(!story.flow.screen().busy());
    story.happen(Event::CloseAsked);
    assert!(story.flow.screen().busy() && !story.flow.ended(), "it is seen that the press has arrived");
    story.reply(Ok(Reply::PublicToken));
    assert!(story.flow.ended());
    assert!(
        matches!(story.posts.as_slice(), [.., Post::Linked { .. }, Post::Done { .. }]),
        "{:?}",
        story.posts
    );
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
fn what_goes_on_by_itself_is_followed_on_the_list_and_the_list_read_anew_when_it_moved() {
    let mut story = looking_after(vec![standing(Standing::Updating, waiting(None))]);
    assert!(matches!(story.last_call(), Request::ReadConnection { wait_s: 25, .. }));
    story.connection(waiting(Some(50)));
    assert!(matches!(story.last_call(), Request::ReadConnection { wait_s: 25, .. }), "it has not moved");
    story.connection(linked());
    assert_eq!(*story.last_call(), Request::ReadConnections);
    story.reply(Ok(list(vec![working()])));
    assert_eq!(*story.last_call(), Request::ReadConnections, "nothing is left to follow");
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

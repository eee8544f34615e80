//! A login that the person has linked already: single rules, each by the shortest story that shows it.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is how a test says what broke")]

mod support;

use linchpin_flow::{Effect, Event, Reply, Request, SameLogin, Screen};
use linchpin_protocol::{Code, Connection, ConnectionId, ScreenName};
use support::{Story, empty_form, linked, name, problem, repairing, same_login};

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

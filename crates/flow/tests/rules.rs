//! Single rules, each by the shortest story that shows it.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is how a test says what broke")]

mod support;

use linchpin_flow::{Cover, Effect, Event, Limit, Patience, Post, Reply, Request, Screen, Timer};
use linchpin_protocol::{
    AuthorizeProblem, Code, ConnectionId, CredentialProblem, ExitReason, InstitutionId, Method, Revision,
    ScreenName, Session, Unfinished, WidgetEvent,
};
use support::{
    Story, asked_in_time, asking, at_the_bank, choosing, detail, empty_form, life, linked, locked, mortal,
    problem, refused_login, repairing, returning, session, waiting,
};

#[test]
fn a_call_that_is_sent_again_is_the_same_act_and_waits_longer_each_time() {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: false });
    let Request::OpenSession { act } = *story.last_call() else { unreachable!("it opens the session") };
    story.reply(Err(linchpin_flow::CallError::Network));
    assert_eq!(story.elapse_last(), 500);
    story.reply(Err(linchpin_flow::CallError::Network));
    assert_eq!(story.elapse_last(), 1_000);
    assert_eq!(*story.last_call(), Request::OpenSession { act }, "one act, one key");
    story.reply(Err(linchpin_flow::CallError::Network));
    assert_eq!(story.flow.cover(), Some(Cover::Offline), "then the person is asked");
    story.happen(Event::CameOnline);
    assert_eq!(*story.last_call(), Request::OpenSession { act });
}

#[test]
fn a_wait_that_the_proxy_asks_for_is_kept() {
    let mut story = Story::searching();
    story.happen(Event::Picked(InstitutionId::new("ins_1")));
    let mut slow_down = linchpin_protocol::Problem::new(Code::RateLimited);
    slow_down.retry_after_s = Some(7);
    story.reply(Err(linchpin_flow::CallError::Problem(Box::new(slow_down))));
    assert_eq!(story.timers.last().map(|(ms, _)| *ms), Some(7_000));
}

#[test]
fn progress_never_goes_backwards() {
    let mut story = Story::waiting();
    story.connection(waiting(Some(70)));
    story.connection(waiting(Some(20)));
    story.connection(waiting(None));
    let Screen::Progress(view) = story.flow.screen() else { unreachable!("it waits") };
    assert_eq!(view.percent, Some(70));
}

#[test]
fn a_complaint_moves_the_focus_also_where_no_waiting_was_seen() {
    let mut story = Story::waiting();
    story.connection(refused_login());
    story.happen(Event::CredentialsEntered { empty: vec![] });
    let wrong_again = linchpin_protocol::Connection { revision: Revision(5), ..refused_login() };
    let effects = story.connection(wrong_again);
    assert_eq!(
        effects.iter().filter(|effect| matches!(effect, Effect::FocusErrors)).count(),
        1,
        "{effects:?}"
    );

    story.happen(Event::CredentialsEntered { empty: vec![] });
    let effects = story.connection(locked());
    assert!(effects.contains(&Effect::FocusHeading), "no form is left to complain about: {effects:?}");
    story.happen(Event::CloseAsked);
    assert_eq!(story.flow.cover(), None, "and nothing that leaving could lose");
}

#[test]
fn a_long_wait_is_explained_after_4_and_after_15_seconds() {
    let mut story = Story::waiting();
    let patience = |story: &Story| match story.flow.screen() {
        Screen::Progress(view) => view.patience,
        other => unreachable!("it waits: {other:?}"),
    };
    assert_eq!(patience(&story), Patience::Fresh);
    let first = story.elapse_last();
    assert_eq!((first, patience(&story)), (4_000, Patience::Reassure));
    let second = story.elapse_last();
    assert_eq!((first + second, patience(&story)), (15_000, Patience::MayClose));
}

#[test]
fn a_wrong_login_comes_back_to_the_form_with_the_focus_on_what_is_wrong() {
    let mut story = Story::waiting();
    let effects = story.connection(refused_login());
    assert!(
        effects.contains(&Effect::FocusErrors) && !effects.contains(&Effect::FocusHeading),
        "{effects:?}"
    );
    assert!(effects.contains(&Effect::ForgetSecrets), "{effects:?}");
}

#[test]
fn a_lost_answer_to_a_login_is_looked_up_and_the_login_is_not_sent_again() {
    let mut story = Story::at_form();
    story.happen(Event::CredentialsEntered { empty: vec![] });
    story.connection(empty_form());
    assert!(story.last_call().carries_secrets());
    let effects = story.reply(Err(linchpin_flow::CallError::Network));
    assert!(effects.contains(&Effect::ForgetSecrets));
    assert!(
        matches!(story.last_call(), Request::ReadConnection { wait_s: 0, .. }),
        "{:?}",
        story.last_call()
    );
    story.connection(waiting(None));
    assert!(matches!(story.flow.screen(), Screen::Progress(_)), "it had arrived after all");
}

#[test]
fn the_host_hears_of_the_link_before_it_hears_of_the_end() {
    let mut story = Story::waiting();
    story.connection(choosing());
    story.happen(Event::AccountsChosen(vec![linchpin_protocol::AccountId::new("acc_1")]));
    story.connection(linked());
    assert!(!story.flow.screen().busy(), "it is done, as far as the person is concerned");
    story.happen(Event::Finish);
    assert!(!story.flow.ended(), "the public token is still on its way");
    assert!(story.flow.screen().busy(), "it is seen that the press has arrived");
    story.reply(Ok(Reply::PublicToken));
    let told: Vec<_> =
        story.posts.iter().filter(|post| !matches!(post, Post::Event(_) | Post::Ready)).collect();
    assert!(matches!(told.as_slice(), [Post::Linked { .. }, Post::Success { .. }]), "{told:?}");
}

#[test]
fn what_is_pressed_while_the_host_is_told_is_done_afterwards() {
    let mut story = Story::waiting();
    story.connection(linked());
    story.happen(Event::AnotherBank);
    assert_eq!(story.flow.screen().name(), ScreenName::Done);
    story.reply(Ok(Reply::PublicToken));
    assert_eq!(story.flow.screen().name(), ScreenName::Search);
    assert!(story.posts.iter().any(|post| matches!(post, Post::Linked { .. })));
}

#[test]
fn whoever_does_not_want_to_wait_until_the_host_can_be_told_can_close() {
    let mut story = Story::waiting();
    story.connection(linked());
    story.happen(Event::Finish);
    for _ in 0..2 {
        story.reply(Err(linchpin_flow::CallError::Network));
        story.elapse_last();
    }
    story.reply(Err(linchpin_flow::CallError::Network));
    assert_eq!(story.flow.cover(), Some(Cover::Offline));
    story.happen(Event::CloseAsked);
    assert!(story.flow.ended());
    assert!(matches!(story.posts.last(), Some(Post::Success { .. })), "it is linked all the same");
}

#[test]
fn a_part_that_could_not_be_fetched_is_said_until_it_comes() {
    let mut story = Story::searching();
    story.happen(Event::PartMissing);
    assert_eq!(story.flow.cover(), Some(Cover::PartMissing));
    assert_eq!(story.flow.screen().name(), ScreenName::Search, "what was chosen is kept");
    story.happen(Event::PartComing);
    assert_eq!(story.flow.cover(), None);
}

#[test]
fn the_end_of_the_session_is_said_and_told_as_such() {
    let mut story = Story::waiting();
    story.reply(Err(problem(Code::SessionExpired)));
    assert_eq!(story.flow.screen(), Screen::SessionOver(Code::SessionExpired));
    story.happen(Event::CloseAsked);
    assert_eq!(story.posts.last(), Some(&Post::Exit { reason: ExitReason::SessionOver }));
}

#[test]
fn a_kept_session_that_is_over_gives_way_to_the_link_token() {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: true });
    assert_eq!(*story.last_call(), Request::ResumeSession);
    story.reply(Err(problem(Code::SessionExpired)));
    assert!(matches!(story.last_call(), Request::OpenSession { .. }));
}

#[test]
fn the_host_hears_what_is_laid_over_a_screen() {
    let mut story = Story::waiting();
    story.happen(Event::WentOffline);
    story.happen(Event::CameOnline);
    story.happen(Event::CloseAsked);
    let named = |name| Post::Event(WidgetEvent::Screen { screen: name });
    for screen in [ScreenName::Offline, ScreenName::Leave] {
        let told = story.posts.iter().filter(|post| **post == named(screen)).count();
        assert_eq!(told, 1, "{screen:?}: {:?}", story.posts);
    }
}

#[test]
fn nothing_is_asked_before_the_person_has_agreed_and_what_was_typed_is_searched_after() {
    let mut story = Story::new();
    story.happen(Event::Typed("chase".into()));
    story.happen(Event::Start { resumable: false });
    story.reply(Ok(Reply::Session(Box::new(asking(vec![])))));
    assert_eq!(story.flow.screen().name(), ScreenName::Consent);
    let calls = story.calls.len();
    story.elapse_last();
    assert_eq!(story.calls.len(), calls, "the search waits for consent");
    story.happen(Event::Agreed);
    story.happen(Event::Agreed);
    assert_eq!(story.calls.len(), calls + 1, "a double click agrees once");
    let Request::GiveConsent { version, .. } = story.last_call() else { panic!("it agrees") };
    assert_eq!(version, "1.abc", "to what was shown");
    story.reply(Ok(Reply::Recorded));
    assert_eq!(story.flow.screen().name(), ScreenName::Search);
    assert_eq!(*story.last_call(), Request::Search { query: "chase".into(), cursor: None });
    let ready = story.posts.iter().filter(|post| matches!(post, Post::Ready)).count();
    assert_eq!(ready, 1, "the host is told once that it can be used");
}

#[test]
fn other_terms_than_those_shown_are_shown_anew() {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: false });
    story.reply(Ok(Reply::Session(Box::new(asking(vec![])))));
    story.happen(Event::Agreed);
    story.reply(Err(problem(Code::WrongStep)));
    assert_eq!(*story.last_call(), Request::ResumeSession);
    let mut changed = asking(vec![]);
    changed.consent.as_mut().expect("it asks").version = "1.def".into();
    story.reply(Ok(Reply::Session(Box::new(changed))));
    let Screen::Consent(view) = story.flow.screen() else { panic!("it asks again") };
    assert_eq!(view.consent.map(|consent| consent.version), Some("1.def".into()));
    assert!(!view.busy);
}

#[test]
fn declining_ends_at_once_with_nothing_lost() {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: false });
    story.reply(Ok(Reply::Session(Box::new(asking(vec![])))));
    story.happen(Event::CloseAsked);
    assert_eq!(story.flow.cover(), None);
    assert!(matches!(story.posts.last(), Some(Post::Exit { reason: ExitReason::ClosedByPerson })));
}

#[test]
fn a_repair_opens_at_its_connection_and_leads_to_no_search() {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: false });
    story.reply(Ok(Reply::Session(Box::new(repairing()))));
    assert_eq!(story.flow.screen().name(), ScreenName::Credentials);
    story.happen(Event::Back);
    assert_eq!(story.flow.cover(), Some(Cover::Leave), "back is out");
    story.happen(Event::Stay);
    story.happen(Event::CredentialsEntered { empty: vec![] });
    story.connection(linked());
    story.reply(Ok(Reply::PublicToken));
    story.happen(Event::AnotherBank);
    assert_eq!(story.flow.screen().name(), ScreenName::Done);
    story.happen(Event::Finish);
    assert!(matches!(story.posts.last(), Some(Post::Success { .. })));
}

/// A story in which a connection stands somewhere, as it is met after a reload.
fn standing(connection: linchpin_protocol::Connection) -> Story {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: true });
    let begun = Unfinished::Connection { connection: Box::new(connection) };
    story.reply(Ok(Reply::Session(Box::new(session(vec![begun])))));
    story
}

#[test]
fn when_the_time_for_an_answer_is_over_it_is_asked_once_and_nothing_starts_by_itself() {
    let mut story = standing(asked_in_time(60_000));
    assert!(
        matches!(story.flow.screen(), Screen::Challenges(view) if view.limit == Some(Limit::Left { ms: 60_000, countdown: 1 }))
    );
    assert_eq!(story.elapse_last(), 60_000);
    assert!(
        matches!(story.last_call(), Request::ReadConnection { wait_s: 0, .. }),
        "one look before it is said"
    );
    let calls = story.calls.len();
    story.connection(asked_in_time(0));
    assert!(matches!(story.flow.screen(), Screen::StartAgain(view) if view.can_retry));
    assert_eq!(story.calls.len(), calls, "the bank would send another code");
    story.happen(Event::AnswersEntered { empty: vec![] });
    assert_eq!(story.calls.len(), calls, "an answer that comes too late is not sent");
    story.happen(Event::TryAgain);
    assert!(matches!(story.last_call(), Request::Retry { .. }));
}

#[test]
fn an_answer_that_came_in_time_is_not_called_late() {
    let mut story = standing(asked_in_time(60_000));
    story.elapse_last();
    story.connection(waiting(None));
    assert!(matches!(story.flow.screen(), Screen::Progress(_)));
}

#[test]
fn a_second_wrong_login_warns_and_a_locked_one_is_not_sent() {
    let mut story = standing(refused_login());
    let problem = |story: &Story| match story.flow.screen() {
        Screen::Credentials(view) => view.problem,
        other => panic!("another screen: {other:?}"),
    };
    assert_eq!(problem(&story), CredentialProblem::Incorrect);
    story.happen(Event::CredentialsEntered { empty: vec![] });
    story.connection(waiting(None));
    let mut again = refused_login();
    again.revision = Revision(40);
    story.connection(again);
    assert_eq!(problem(&story), CredentialProblem::NearLock);
    let calls = story.calls.len();
    let mut locked_story = standing(locked());
    let before = locked_story.calls.len();
    let effects = locked_story.happen(Event::CredentialsEntered { empty: vec![] });
    assert_eq!(effects, [Effect::ForgetSecrets]);
    assert_eq!((locked_story.calls.len(), story.calls.len()), (before, calls));
}

#[test]
fn the_way_to_the_bank_is_there_before_the_click_and_a_new_one_only_when_it_was_used() {
    let mut story = standing(at_the_bank(16, AuthorizeProblem::None, false));
    assert!(matches!(story.last_call(), Request::Authorize { in_place: false, .. }));
    story.reply(Ok(Reply::Ticket { seconds: 300 }));
    assert!(matches!(story.flow.screen(), Screen::BankLogin(view) if view.ready && !view.away));
    let tickets = |story: &Story| {
        story.calls.iter().filter(|(_, request)| matches!(request, Request::Authorize { .. })).count()
    };
    story.happen(Event::BankOpened);
    assert!(matches!(story.flow.screen(), Screen::BankLogin(view) if view.ready && view.away));
    assert!(
        matches!(story.last_call(), Request::ReadConnection { wait_s: 25, .. }),
        "it is learned from the proxy"
    );
    assert_eq!(tickets(&story), 1, "the first is on its way and must not be made void");
    story.connection(at_the_bank(17, AuthorizeProblem::None, true));
    assert_eq!(tickets(&story), 2, "used: another for the second try");
    story.reply(Ok(Reply::Ticket { seconds: 300 }));
    story.connection(waiting(None));
    assert!(matches!(story.flow.screen(), Screen::Progress(_)));
    let told = |event: &WidgetEvent| story.posts.contains(&Post::Event(event.clone()));
    let connection_id = ConnectionId::new("con_1");
    assert!(told(&WidgetEvent::BankLoginOpened { connection_id: connection_id.clone() }));
    assert!(told(&WidgetEvent::BankLoginReturned { connection_id }));
}

#[test]
fn a_visit_that_was_refused_or_given_up_leads_back_to_the_start_of_it() {
    let mut story = standing(at_the_bank(17, AuthorizeProblem::None, true));
    story.reply(Ok(Reply::Ticket { seconds: 300 }));
    story.happen(Event::BankCancelled);
    assert!(matches!(story.last_call(), Request::Abandon { .. }));
    story.connection(at_the_bank(18, AuthorizeProblem::Abandoned, false));
    assert!(
        matches!(story.flow.screen(), Screen::BankLogin(view) if !view.away && view.problem == AuthorizeProblem::Abandoned)
    );
}

#[test]
fn a_visit_that_is_given_up_before_the_bank_is_reached_leads_back_each_time() {
    let mut story = standing(at_the_bank(18, AuthorizeProblem::Abandoned, false));
    story.reply(Ok(Reply::Ticket { seconds: 300 }));
    story.happen(Event::BankOpened);
    story.happen(Event::BankCancelled);
    assert!(matches!(story.last_call(), Request::Abandon { .. }));
    // As it was: given up, and given up again.
    story.connection(at_the_bank(18, AuthorizeProblem::Abandoned, false));
    assert!(matches!(story.flow.screen(), Screen::BankLogin(view) if !view.away && !view.ready));
    assert!(matches!(story.last_call(), Request::Authorize { .. }), "another way there");
}

#[test]
fn a_way_that_nobody_takes_is_not_renewed_for_ever() {
    let mut story = standing(at_the_bank(16, AuthorizeProblem::None, false));
    story.reply(Ok(Reply::Ticket { seconds: 300 }));
    let calls = story.calls.len();
    assert!(story.elapse_last() < 300_000, "before it is void");
    assert!(matches!(story.flow.screen(), Screen::BankLogin(view) if !view.ready));
    assert_eq!(story.calls.len(), calls);
    story.happen(Event::TryAgain);
    assert!(matches!(story.last_call(), Request::Authorize { .. }));
}

#[test]
fn what_was_begun_before_is_offered_unless_the_person_is_searching_already() {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: false });
    story.reply(Ok(Reply::Session(Box::new(returning()))));
    assert!(matches!(story.flow.screen(), Screen::Welcome(_)));
    story.happen(Event::TakenUp(ConnectionId::new("con_1")));
    assert!(matches!(story.last_call(), Request::TakeUp { .. }));
    story.connection(waiting(None));
    assert!(matches!(story.flow.screen(), Screen::Progress(_)));

    let mut story = Story::new();
    story.happen(Event::Typed("harb".into()));
    story.happen(Event::Start { resumable: false });
    story.reply(Ok(Reply::Session(Box::new(returning()))));
    assert!(matches!(story.flow.screen(), Screen::Search(_)), "nobody is taken away from what they type");
}

#[test]
fn a_session_warns_a_minute_before_it_ends_and_one_press_keeps_it() {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: false });
    story.reply(Ok(Reply::Session(Box::new(mortal()))));
    let idle = |story: &Story| {
        let timer = story.timers.iter().rev().find(|(_, timer)| matches!(timer, Timer::Idle(_)));
        *timer.expect("a timer")
    };
    let (ms, timer) = idle(&story);
    assert_eq!(ms, 1_740_000, "29 of 30 minutes");
    story.happen(Event::Elapsed(timer));
    assert_eq!(story.flow.cover(), Some(Cover::Expiring { can_extend: true }));
    story.happen(Event::Extend);
    assert!(matches!(story.last_call(), Request::Extend { .. }));
    story.reply(Ok(Reply::Life(life())));
    assert_eq!(story.flow.cover(), None);
    let (_, timer) = idle(&story);
    story.happen(Event::Elapsed(timer));
    let (ms, timer) = idle(&story);
    assert_eq!(ms, 60_000);
    story.happen(Event::Elapsed(timer));
    assert!(matches!(story.flow.screen(), Screen::SessionOver(Code::SessionExpired)));
}

#[test]
fn keeping_the_session_loses_nothing_that_is_being_read() {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: false });
    // It opens at an institution, whose login form is being read.
    story.reply(Ok(Reply::Session(Box::new(mortal()))));
    let (reading, request) = story.calls.last().expect("a call").clone();
    assert!(matches!(request, Request::ReadInstitution { .. }));
    let (_, timer) =
        *story.timers.iter().find(|(_, timer)| matches!(timer, Timer::Idle(_))).expect("a timer");
    story.happen(Event::Elapsed(timer));
    story.happen(Event::Extend);
    story.reply(Ok(Reply::Life(life())));
    let result = Ok(Reply::Institution(Box::new(detail(Method::Credentials))));
    story.happen(Event::Replied { seq: reading, result });
    assert!(matches!(story.flow.screen(), Screen::Credentials(view) if view.fields.is_some()));
}

#[test]
fn a_way_in_place_that_led_nowhere_can_be_had_again() {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: true });
    let there = at_the_bank(16, AuthorizeProblem::None, false);
    let begun = Unfinished::Connection { connection: Box::new(there) };
    story.reply(Ok(Reply::Session(Box::new(Session { can_redirect: true, ..session(vec![begun]) }))));
    story.reply(Ok(Reply::Ticket { seconds: 300 }));
    story.happen(Event::BankInPlace);
    assert!(matches!(story.last_call(), Request::Authorize { in_place: true, .. }));
    story.reply(Ok(Reply::Ticket { seconds: 300 }));
    assert!(story.posts.contains(&Post::Navigate));
    assert!(matches!(story.flow.screen(), Screen::BankLogin(view) if view.away && !view.ready));
    story.happen(Event::TryAgain);
    assert!(matches!(story.last_call(), Request::Authorize { in_place: false, .. }));
}

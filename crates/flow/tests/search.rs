//! The rules of the search, each by the shortest story that shows it.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is how a test says what broke")]

mod support;

use linchpin_flow::{
    CallError, Effect, Event, Found, NotListedView, NotNamed, Reply, Request, Screen, SearchView, Trouble,
};
use linchpin_protocol::{Code, InstitutionId, InstitutionPage, Method, ReadAs, ScreenName};
use std::sync::Arc;
use support::{Story, choosing, detail, empty_form, institution, linked, problem, session};

fn search(query: &str, cursor: Option<&str>) -> Request {
    Request::Search { query: query.into(), cursor: cursor.map(str::to_owned) }
}

fn page(names: &[&str], next: Option<&str>) -> Result<Reply, CallError> {
    let named = |name: &&str| linchpin_protocol::Institution {
        id: InstitutionId::new(format!("ins_{name}")),
        name: (*name).into(),
        ..institution()
    };
    Ok(Reply::Institutions(InstitutionPage {
        institutions: names.iter().map(named).collect(),
        total: 40,
        read_as: ReadAs::Name,
        next_cursor: next.map(str::to_owned),
    }))
}

fn found(name: &str) -> Result<Reply, CallError> {
    page(&[name], None)
}

fn view(story: &Story) -> SearchView {
    match story.flow.screen() {
        Screen::Search(view) => view,
        other => panic!("it is the search, not {other:?}"),
    }
}

fn shown(story: &Story) -> Arc<Found> {
    view(story).found.expect("something is shown")
}

fn names(found: &Found) -> Vec<&str> {
    found.institutions.iter().map(|institution| institution.name.as_str()).collect()
}

/// At the search, with this text typed and sent.
fn asked(story: &mut Story, text: &str) {
    story.happen(Event::Typed(text.into()));
    story.elapse_last();
}

#[test]
fn what_is_typed_before_the_session_is_searched_once_it_is_open() {
    let mut story = Story::new();
    story.happen(Event::Typed("chase".into()));
    story.elapse_last();
    assert!(story.calls.is_empty(), "there is nobody to ask yet");
    story.happen(Event::Start { resumable: false });
    story.reply(Ok(Reply::Session(Box::new(session(vec![])))));
    assert_eq!(*story.last_call(), search("chase", None));
}

#[test]
fn an_answer_to_what_was_typed_before_is_not_shown() {
    let mut story = Story::searching();
    story.happen(Event::Typed("ch".into()));
    story.elapse_last();
    let (old, _) = story.calls.last().expect("a search").clone();
    story.happen(Event::Typed("chase".into()));
    story.elapse_last();
    story.reply(found("Chase"));
    story.happen(Event::Replied { seq: old, result: found("Charter") });
    let Screen::Search(view) = story.flow.screen() else { unreachable!("it is the search") };
    let found = view.found.expect("something is found");
    assert_eq!((found.sought.as_str(), found.institutions[0].name.as_str()), ("chase", "Chase"));
}

#[test]
fn only_the_last_of_quick_key_presses_is_searched() {
    let mut story = Story::searching();
    for text in ["c", "ch", "cha"] {
        story.happen(Event::Typed(text.into()));
    }
    for (_, timer) in story.timers.clone() {
        story.happen(Event::Elapsed(timer));
    }
    let searches =
        story.calls.iter().filter(|(_, request)| matches!(request, Request::Search { .. })).count();
    assert_eq!(searches, 1);
}

#[test]
fn what_was_found_before_is_shown_at_once_and_not_asked_for_again() {
    let mut story = Story::searching();
    asked(&mut story, "ch");
    story.reply(page(&["Chase", "Charter"], None));
    asked(&mut story, "cha");
    story.reply(found("Chase"));
    let (calls, timers) = (story.calls.len(), story.timers.len());
    let list = view(&story).list;
    story.happen(Event::Typed("ch".into()));
    assert_eq!(names(&shown(&story)), ["Chase", "Charter"]);
    assert!(view(&story).list > list, "it is another list");
    story.happen(Event::Typed("ch ".into()));
    assert_eq!(view(&story).list, list + 1, "a space asks for nothing else");
    assert_eq!(
        (story.calls.len(), story.timers.len()),
        (calls, timers),
        "nothing is sent, nothing waited for"
    );
}

#[test]
fn twenty_answers_are_kept_and_the_oldest_goes_first() {
    let mut story = Story::searching();
    let texts: Vec<String> = (0..21).map(|at| format!("bank {at}")).collect();
    for text in &texts {
        asked(&mut story, text);
        story.reply(found(text));
    }
    let calls = story.calls.len();
    story.happen(Event::Typed(texts[1].clone()));
    assert_eq!(names(&shown(&story)), [texts[1].as_str()]);
    asked(&mut story, &texts[0]);
    assert_eq!(story.calls.len(), calls + 1, "the first of twenty-one is asked for again");
}

#[test]
fn the_next_page_is_asked_for_once_and_comes_below() {
    let mut story = Story::searching();
    asked(&mut story, "first");
    story.happen(Event::More);
    assert_eq!(*story.last_call(), search("first", None), "there is no page yet to come behind");
    story.reply(page(&["First A", "First B"], Some("2")));
    story.happen(Event::More);
    assert_eq!(*story.last_call(), search("first", Some("2")));
    let calls = story.calls.len();
    story.happen(Event::More);
    assert_eq!(story.calls.len(), calls, "a double click asks once");
    story.reply(page(&["First C"], None));
    assert_eq!(names(&shown(&story)), ["First A", "First B", "First C"]);
    story.happen(Event::More);
    assert_eq!(story.calls.len(), calls, "that was the last page");
    asked(&mut story, "other");
    story.reply(found("Other"));
    story.happen(Event::Typed("first".into()));
    assert_eq!(shown(&story).institutions.len(), 3, "all pages are kept");
}

#[test]
fn a_page_that_comes_after_another_text_is_typed_is_not_shown() {
    let mut story = Story::searching();
    asked(&mut story, "first");
    story.reply(page(&["First A"], Some("1")));
    story.happen(Event::More);
    let (more, _) = story.calls.last().expect("a call").clone();
    asked(&mut story, "fir");
    story.happen(Event::Replied { seq: more, result: page(&["First B"], None) });
    story.reply(found("Fir Bank"));
    assert_eq!(names(&shown(&story)), ["Fir Bank"]);
}

#[test]
fn a_page_that_does_not_come_leaves_what_is_there_and_can_be_asked_for_again() {
    let mut story = Story::searching();
    asked(&mut story, "first");
    story.reply(page(&["First A"], Some("1")));
    story.happen(Event::More);
    story.reply(Err(problem(Code::NotFound)));
    assert_eq!(view(&story).trouble, Some(Code::NotFound));
    assert_eq!(names(&shown(&story)), ["First A"]);
    story.happen(Event::TryAgain);
    assert_eq!(*story.last_call(), search("first", Some("1")));
}

#[test]
fn ten_digits_are_never_sent_in_any_script_and_it_is_said() {
    for text in ["1234567890", "account 12 34 56 78 90", "١٢٣٤٥٦٧٨٩٠", "１２３４５６７８９０"]
    {
        let mut story = Story::searching();
        let (calls, timers) = (story.calls.len(), story.timers.len());
        story.happen(Event::Typed(text.into()));
        assert!(shown(&story).withheld, "{text} may be an account number");
        story.happen(Event::More);
        story.happen(Event::TryAgain);
        story.happen(Event::NotListed);
        let Screen::NotListed(view) = story.flow.screen() else { panic!("it asks for the name") };
        assert_eq!(view.sought, "", "nor is it offered to be sent");
        let effects = story.happen(Event::BankNamed(text.into()));
        let Screen::NotListed(view) = story.flow.screen() else { panic!("it asks for the name") };
        assert_eq!(view.problem, Some(NotNamed::Digits));
        assert!(effects.contains(&Effect::FocusErrors));
        assert_eq!((story.calls.len(), story.timers.len()), (calls, timers), "{text} is sent nowhere");
    }
}

#[test]
fn who_comes_back_finds_text_and_results_as_they_were() {
    let mut story = Story::searching();
    asked(&mut story, "harb");
    story.reply(page(&["Harbour", "Harborstone"], Some("2")));
    let before = view(&story);
    story.happen(Event::Picked(InstitutionId::new("ins_Harborstone")));
    story.reply(Ok(Reply::Institution(Box::new(detail(Method::Credentials)))));
    let calls = story.calls.len();
    story.happen(Event::Back);
    assert_eq!(view(&story), before);
    assert_eq!(story.calls.len(), calls, "nothing is asked for again");
}

#[test]
fn what_was_typed_and_not_answered_is_searched_on_return() {
    let mut story = Story::searching();
    asked(&mut story, "harb");
    story.happen(Event::NotListed);
    story.happen(Event::Back);
    assert_eq!(*story.last_call(), search("harb", None));
    assert!(view(&story).busy);
}

#[test]
fn another_bank_begins_with_an_empty_field_and_knows_what_is_connected_now() {
    let mut story = Story::at_form();
    story.happen(Event::CredentialsEntered { empty: vec![] });
    story.connection(empty_form());
    story.connection(choosing());
    story.happen(Event::AccountsChosen(vec![support::account().id]));
    story.connection(linked());
    story.reply(Ok(Reply::PublicToken));
    story.happen(Event::AnotherBank);
    let view = view(&story);
    assert_eq!((view.query.as_str(), &view.found), ("", &None));
    assert!(view.popular.expect("the session is open")[0].connected);
}

fn naming(story: &Story) -> NotListedView {
    match story.flow.screen() {
        Screen::NotListed(view) => view,
        other => panic!("it asks for the name, not {other:?}"),
    }
}

#[test]
fn a_bank_that_is_not_listed_is_named_once() {
    let mut story = Story::searching();
    asked(&mut story, "  my bank ");
    story.reply(page(&[], None));
    story.happen(Event::NotListed);
    assert_eq!(naming(&story).sought, "my bank");
    story.happen(Event::BankNamed("  ".into()));
    assert_eq!(naming(&story).problem, Some(NotNamed::Empty));
    story.happen(Event::BankNamed(" My Bank ".into()));
    let Request::AskForInstitution { act, text } = story.last_call().clone() else { panic!("it is sent") };
    assert_eq!(text, "My Bank");
    assert!(naming(&story).busy);
    let calls = story.calls.len();
    story.happen(Event::BankNamed("My Bank".into()));
    assert_eq!(story.calls.len(), calls, "a double click sends once");
    story.reply(Err(CallError::Network));
    story.elapse_last();
    assert_eq!(*story.last_call(), Request::AskForInstitution { act, text }, "one act, one key");
    let effects = story.reply(Ok(Reply::Recorded));
    assert!(naming(&story).sent && effects.contains(&Effect::FocusHeading));
    let calls = story.calls.len();
    story.happen(Event::BankNamed("My Bank".into()));
    assert_eq!(story.calls.len(), calls, "once is enough");
    story.happen(Event::Back);
    assert_eq!(view(&story).query, "  my bank ");
    story.happen(Event::NotListed);
    assert!(!naming(&story).sent, "another one may be named");
}

#[test]
fn a_name_that_is_refused_is_kept_and_the_reason_is_said() {
    let mut story = Story::searching();
    story.happen(Event::NotListed);
    story.happen(Event::BankNamed("My Bank".into()));
    let effects = story.reply(Err(problem(Code::NotFound)));
    assert_eq!(naming(&story).trouble, Some(Trouble::Refused(Code::NotFound)));
    assert!(effects.contains(&Effect::FocusErrors));
    assert_eq!(story.flow.screen().name(), ScreenName::NotListed);
    story.happen(Event::BankNamed("My Bank".into()));
    let effects = story.reply(Err(problem(Code::TooManyTries)));
    assert_eq!((naming(&story).problem, naming(&story).trouble), (Some(NotNamed::Enough), None));
    assert!(effects.contains(&Effect::FocusErrors));
}

#[test]
fn a_text_without_a_letter_names_nobody() {
    let mut story = Story::searching();
    story.happen(Event::NotListed);
    let calls = story.calls.len();
    for text in ["", "  ", "4711", "47-11 #5", "٤٧١١"] {
        story.happen(Event::BankNamed(text.into()));
        assert_eq!(naming(&story).problem, Some(NotNamed::Empty), "{text}");
    }
    assert_eq!(story.calls.len(), calls);
}

//! Deposits: single rules, each by the shortest story that shows it.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is how a test says what broke")]

mod support;

use linchpin_flow::{
    CallError, Cover, DepositWay, Effect, Event, NumberTrouble, Post, Reply, Request, RoutingTrouble, Screen,
    Trouble,
};
use linchpin_protocol::{
    AmountProblem, Code, ConnectionId, Deposit, DepositId, DepositNext, FieldProblemKind, InstitutionId,
    ResultStatus, RoutingState, Session, WidgetEvent,
};
use support::{
    Story, arrived, automatic, checking, confirming, deposit, empty_form, facts, linked, offering,
    on_the_way, problem, refused_field, replacement, sending, slow_bank, unfinished, verified, waiting,
    with_deposits,
};

fn opened(session: Session) -> Story {
    let mut story = Story::new();
    story.happen(Event::Start { resumable: false });
    story.reply(Ok(Reply::Session(Box::new(session))));
    story
}

/// At the numbers of an account that is not linked.
fn at_numbers() -> Story {
    let mut story = opened(with_deposits(vec![]));
    story.happen(Event::NotListed);
    story.happen(Event::WayChosen(DepositWay::Manual));
    story
}

fn numbers(routing: &str) -> Event {
    Event::DetailsEntered { routing: routing.to_owned(), number: Ok("4411".into()), name: " Mine ".into() }
}

/// At the numbers that are read once more.
fn at_review() -> Story {
    let mut story = at_numbers();
    story.happen(numbers("0210-0002 1"));
    story.reply(Ok(Reply::Routing(Box::new(facts(RoutingState::Known)))));
    story
}

fn answer(story: &mut Story, deposit: Deposit) -> Vec<Effect> {
    story.reply(Ok(Reply::Deposit(Box::new(deposit))))
}

fn statuses(story: &Story) -> Vec<ResultStatus> {
    story.flow.results().iter().map(|result| result.status).collect()
}

#[test]
fn what_is_on_its_way_is_a_success_of_its_own_kind_and_the_page_is_told_at_once() {
    let mut story = at_review();
    let Screen::ReviewDetails(view) = story.flow.screen() else { panic!("{:?}", story.flow.screen()) };
    assert_eq!((view.routing.as_str(), view.last_digits.as_str()), ("021000021", "4411"));
    assert_eq!(view.bank.as_deref(), Some("Harbour Savings"));
    story.happen(Event::SendDetails);
    let Request::CreateDeposit { account: None, routing, name, .. } = story.last_call() else {
        panic!("{:?}", story.last_call())
    };
    assert_eq!((routing.as_str(), name.as_deref()), ("021000021", Some("Mine")));
    let effects = answer(&mut story, on_the_way());
    assert!(effects.contains(&Effect::ForgetSecrets), "the number has done its work");
    let started = WidgetEvent::DepositStarted { deposit_id: DepositId::new("dep_1") };
    assert!(story.posts.contains(&Post::Event(started)));
    assert!(matches!(story.last_call(), Request::MintDepositToken { .. }));
    story.happen(Event::Finish);
    assert!(!story.flow.ended(), "the page is told of the deposit before it is told of the end");
    story.reply(Ok(Reply::PublicToken));
    let told: Vec<_> = story.posts.iter().rev().take(2).collect();
    assert!(
        matches!(told.as_slice(), [Post::Success { results }, Post::Linked { .. }]
            if results[0].status == ResultStatus::DepositPending),
        "{told:?}"
    );
}

#[test]
fn deposits_whose_answer_is_lost_are_asked_for_again_by_the_same_act_and_the_number_is_kept_for_that() {
    let mut story = at_review();
    story.happen(Event::SendDetails);
    let first = story.last_call().clone();
    let effects = story.reply(Err(CallError::Network));
    assert!(!effects.contains(&Effect::ForgetSecrets), "it is needed again");
    story.elapse_last();
    assert_eq!(*story.last_call(), first, "one act, one key, one pair of deposits");
    let effects = story.happen(numbers("021000021"));
    assert!(!effects.contains(&Effect::ForgetSecrets), "a late click takes nothing away");
    answer(&mut story, on_the_way());
    assert!(matches!(story.flow.screen(), Screen::DepositsOnTheirWay(_)));
}

#[test]
fn amounts_whose_answer_is_lost_are_not_sent_again() {
    let mut story = opened(confirming(arrived(3, 3, false)));
    story.happen(Event::AmountsEntered { problems: [None; 2] });
    assert!(story.last_call().carries_secrets());
    let effects = story.reply(Err(CallError::Network));
    assert!(effects.contains(&Effect::ForgetSecrets) && effects.contains(&Effect::FocusErrors));
    assert!(matches!(story.last_call(), Request::ReadDeposit { wait_s: 0, revision: None, .. }));
    answer(&mut story, arrived(4, 2, true));
    let Screen::EnterAmounts(view) = story.flow.screen() else { panic!("it is at the amounts") };
    assert!(view.wrong && view.tries_left == 2 && view.trouble.is_none(), "it had arrived: {view:?}");
}

#[test]
fn what_cannot_be_read_is_not_sent_and_uses_no_try() {
    let mut story = opened(confirming(arrived(3, 3, false)));
    let calls = story.calls.len();
    let effects = story.happen(Event::AmountsEntered { problems: [None, Some(AmountProblem::Format)] });
    assert_eq!(story.calls.len(), calls, "{:?}", story.last_call());
    assert!(effects.contains(&Effect::FocusErrors));
    let Screen::EnterAmounts(view) = story.flow.screen() else { panic!("it is at the amounts") };
    assert_eq!(view.problems, [None, Some(AmountProblem::Format)]);
}

#[test]
fn a_wrong_pair_moves_the_focus_to_what_is_wrong_also_where_the_comparing_was_seen() {
    let mut story = opened(confirming(arrived(3, 3, false)));
    story.happen(Event::AmountsEntered { problems: [None; 2] });
    answer(&mut story, checking());
    assert!(matches!(story.flow.screen(), Screen::DepositWait(_)));
    let effects = answer(&mut story, arrived(4, 2, true));
    let focus = |wanted: &Effect| effects.iter().filter(|effect| *effect == wanted).count();
    assert_eq!((focus(&Effect::FocusErrors), focus(&Effect::FocusHeading)), (1, 0), "{effects:?}");
}

#[test]
fn a_session_for_one_deposit_opens_at_it_and_ends_with_its_proof() {
    let mut story = opened(confirming(arrived(3, 3, false)));
    assert_eq!(statuses(&story), [ResultStatus::DepositPending], "closing now is no failure");
    assert!(!story.posts.iter().any(|post| matches!(post, Post::Linked { .. })), "the page knows of it");
    story.happen(Event::AmountsEntered { problems: [None; 2] });
    answer(&mut story, verified());
    assert!(matches!(story.last_call(), Request::MintDepositToken { .. }));
    story.reply(Ok(Reply::PublicToken));
    assert_eq!(statuses(&story), [ResultStatus::DepositVerified], "one deposit, one result");
    story.happen(Event::CloseAsked);
    assert!(matches!(story.posts.last(), Some(Post::Success { .. })), "{:?}", story.posts.last());
}

#[test]
fn a_session_for_a_deposit_that_was_replaced_opens_at_what_stands_in_its_place() {
    let mut session = confirming(replacement());
    session.deposit_id = Some(DepositId::new("dep_1"));
    let story = opened(session);
    assert!(matches!(story.flow.screen(), Screen::DepositsOnTheirWay(_)), "{:?}", story.flow.screen());
}

#[test]
fn a_slow_bank_offers_deposits_before_anybody_signs_in_and_again_with_the_account() {
    let mut story = opened(with_deposits(vec![]));
    story.happen(Event::Picked(InstitutionId::new("ins_1")));
    story.reply(Ok(Reply::Institution(Box::new(slow_bank()))));
    assert!(matches!(story.flow.screen(), Screen::OfferDeposits(view) if view.account.is_none()));
    story.happen(Event::WayChosen(DepositWay::Automatic));
    assert!(matches!(story.flow.screen(), Screen::Credentials(_)), "it is linked first");
    story.happen(Event::CredentialsEntered { empty: vec![] });
    story.connection(empty_form());
    story.connection(waiting(None));
    story.connection(offering());
    assert!(matches!(story.flow.screen(), Screen::OfferDeposits(view) if view.account.is_some()));
    story.happen(Event::WayChosen(DepositWay::Automatic));
    let other =
        Event::DetailsEntered { routing: "021000021".into(), number: Ok("9999".into()), name: String::new() };
    story.happen(other);
    let Screen::BankDetails(view) = story.flow.screen() else { panic!("{:?}", story.flow.screen()) };
    assert_eq!(view.problems.number, Some(NumberTrouble::OtherAccount), "the account ends in 4411");
    story.happen(numbers("021000021"));
    story.happen(Event::SendDetails);
    let Request::CreateDeposit { account: Some((connection, _)), .. } = story.last_call() else {
        panic!("{:?}", story.last_call())
    };
    assert_eq!(*connection, ConnectionId::new("con_1"));
    answer(&mut story, automatic());
    let Screen::DepositsOnTheirWay(view) = story.flow.screen() else { panic!("{:?}", story.flow.screen()) };
    assert!(matches!(view.deposit.next, DepositNext::WaitForProvider { .. }));
    story.happen(Event::NotArrived);
    assert!(matches!(story.flow.screen(), Screen::DepositsOnTheirWay(_)), "there is nothing to look for");
}

#[test]
fn whoever_goes_back_from_the_numbers_is_at_the_offer_again() {
    let mut story = opened(with_deposits(vec![]));
    story.happen(Event::Picked(InstitutionId::new("ins_1")));
    story.reply(Ok(Reply::Institution(Box::new(slow_bank()))));
    story.happen(Event::WayChosen(DepositWay::Manual));
    story.happen(numbers("021000021"));
    let effects = story.happen(Event::Back);
    assert!(effects.contains(&Effect::ForgetSecrets), "the number is typed again");
    let Screen::BankDetails(view) = story.flow.screen() else { panic!("{:?}", story.flow.screen()) };
    assert_eq!((view.routing.as_str(), view.name.as_str()), ("021000021", "Mine"), "the rest is not");
    story.happen(Event::Back);
    assert!(matches!(story.flow.screen(), Screen::OfferDeposits(_)));
    story.happen(Event::Back);
    assert!(matches!(story.flow.screen(), Screen::Search(_)));
}

#[test]
fn a_routing_number_is_told_wrong_as_precisely_as_is_known() {
    for (typed, trouble) in [
        ("", RoutingTrouble::Empty),
        ("0210-0002", RoutingTrouble::Format { digits: 8 }),
        ("021000012", RoutingTrouble::Checksum),
        ("999999992", RoutingTrouble::Range),
    ] {
        let mut story = at_numbers();
        story.happen(numbers(typed));
        let Screen::BankDetails(view) = story.flow.screen() else { panic!("{:?}", story.flow.screen()) };
        assert_eq!(view.problems.routing, Some(trouble), "{typed}");
    }
}

#[test]
fn a_number_that_is_no_banks_is_refused_and_one_that_is_not_listed_is_not() {
    let mut story = at_numbers();
    story.happen(Event::RoutingTyped("021000021".into()));
    story.reply(Ok(Reply::Routing(Box::new(facts(RoutingState::NotForCustomers)))));
    story.happen(numbers("021000021"));
    let Screen::BankDetails(view) = story.flow.screen() else { panic!("{:?}", story.flow.screen()) };
    assert_eq!(view.problems.routing, Some(RoutingTrouble::NotForCustomers));
    story.happen(Event::RoutingTyped("02100002".into()));
    let Screen::BankDetails(view) = story.flow.screen() else { panic!("{:?}", story.flow.screen()) };
    assert!(view.problems.routing.is_some(), "as long as no other number stands there");
    story.happen(Event::RoutingTyped("322271627".into()));
    let Screen::BankDetails(view) = story.flow.screen() else { panic!("{:?}", story.flow.screen()) };
    assert_eq!(view.problems.routing, None, "another number is another matter");

    let mut story = at_numbers();
    story.happen(Event::RoutingTyped("021000021".into()));
    story.reply(Ok(Reply::Routing(Box::new(facts(RoutingState::Unlisted)))));
    story.happen(numbers("021000021"));
    assert!(matches!(story.flow.screen(), Screen::ReviewDetails(_)));
}

#[test]
fn a_lookup_that_fails_stands_in_nobodys_way() {
    let mut story = at_numbers();
    story.happen(Event::RoutingTyped("021000021".into()));
    story.reply(Err(CallError::Network));
    assert_eq!(story.flow.cover(), None::<Cover>);
    story.happen(numbers("021000021"));
    assert!(matches!(story.flow.screen(), Screen::ReviewDetails(_)));
}

#[test]
fn a_bank_that_can_be_linked_at_once_is_opened_where_that_is_wanted() {
    let mut story = at_numbers();
    story.happen(Event::RoutingTyped("021000021".into()));
    story.reply(Ok(Reply::Routing(Box::new(facts(RoutingState::Known)))));
    story.happen(Event::LinkInstead);
    assert!(matches!(story.last_call(), Request::ReadInstitution { .. }), "{:?}", story.last_call());
    let Screen::Credentials(view) = story.flow.screen() else { panic!("{:?}", story.flow.screen()) };
    assert!(!view.institution.name.is_empty(), "it is named before it is read");
}

#[test]
fn numbers_that_the_proxy_refuses_come_back_with_what_is_wrong() {
    let mut story = at_review();
    story.happen(Event::SendDetails);
    let effects = story.reply(Err(refused_field("account_number", FieldProblemKind::OtherAccount)));
    assert!(effects.contains(&Effect::ForgetSecrets) && effects.contains(&Effect::FocusErrors));
    let Screen::BankDetails(view) = story.flow.screen() else { panic!("{:?}", story.flow.screen()) };
    assert_eq!(view.problems.number, Some(NumberTrouble::OtherAccount));

    let mut story = at_review();
    story.happen(Event::SendDetails);
    story.reply(Err(problem(Code::TooManyTries)));
    let Screen::BankDetails(view) = story.flow.screen() else { panic!("{:?}", story.flow.screen()) };
    assert_eq!(view.trouble, Some(Trouble::Refused(Code::TooManyTries)));
}

#[test]
fn corrected_numbers_take_the_place_of_the_deposit_that_was_wrong() {
    let mut story = opened(with_deposits(vec![unfinished(arrived(3, 3, false))]));
    assert!(matches!(story.flow.screen(), Screen::Welcome(view) if view.deposits.len() == 1));
    story.happen(Event::DepositTakenUp(DepositId::new("dep_1")));
    story.happen(Event::NotArrived);
    story.happen(Event::CorrectNumbers);
    story.happen(numbers("021000021"));
    story.happen(Event::SendDetails);
    assert!(matches!(story.last_call(), Request::CorrectDeposit { .. }), "{:?}", story.last_call());
    answer(&mut story, replacement());
    let ids: Vec<_> = story.flow.results().iter().map(|result| result.deposit_id.clone()).collect();
    assert_eq!(ids, [Some(DepositId::new("dep_2"))], "the old one proves nothing");
}

#[test]
fn a_deposit_is_given_up_only_when_that_is_said_twice() {
    let mut story = opened(confirming(on_the_way()));
    story.happen(Event::GiveUp);
    assert!(matches!(story.flow.screen(), Screen::DepositProblem(view) if view.gives_up));
    assert!(!matches!(story.last_call(), Request::WithdrawDeposit { .. }));
    story.happen(Event::Back);
    assert!(matches!(story.flow.screen(), Screen::DepositsOnTheirWay(_)), "it was kept");
    story.happen(Event::GiveUp);
    story.happen(Event::GiveUp);
    assert!(matches!(story.last_call(), Request::WithdrawDeposit { .. }));
    answer(&mut story, deposit(13, DepositNext::Withdrawn {}));
    assert_eq!(statuses(&story), [], "nothing is pending any more");
}

#[test]
fn a_repair_that_deposits_wait_for_leads_back_to_them_and_is_no_link_of_its_own() {
    let broken = deposit(9, DepositNext::RepairConnection { connection_id: ConnectionId::new("con_1") });
    let mut story = opened(with_deposits(vec![unfinished(broken.clone())]));
    story.happen(Event::DepositTakenUp(DepositId::new("dep_1")));
    story.happen(Event::Repair);
    assert!(matches!(story.last_call(), Request::TakeUp { .. }), "{:?}", story.last_call());
    story.connection(waiting(None));
    story.connection(linked());
    assert!(matches!(story.last_call(), Request::ReadDeposit { wait_s: 0, .. }), "{:?}", story.last_call());
    answer(&mut story, broken);
    let waits = matches!(story.last_call(), Request::ReadDeposit { wait_s: 25, .. });
    assert!(waits, "the provider may hear of it late: {:?}", story.last_call());
    answer(&mut story, automatic());
    assert!(matches!(story.flow.screen(), Screen::DepositsOnTheirWay(_)));
    assert_eq!(statuses(&story), [ResultStatus::DepositPending]);
}

#[test]
fn deposits_whose_outcome_nobody_knows_yet_are_waited_for() {
    let mut story = at_review();
    story.happen(Event::SendDetails);
    answer(&mut story, sending());
    story.reply(Ok(Reply::PublicToken));
    assert!(matches!(story.flow.screen(), Screen::DepositWait(_)));
    assert!(matches!(story.last_call(), Request::ReadDeposit { wait_s: 25, .. }), "{:?}", story.last_call());
    answer(&mut story, on_the_way());
    assert!(matches!(story.flow.screen(), Screen::DepositsOnTheirWay(_)));
}

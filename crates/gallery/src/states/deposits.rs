//! Two small deposits, from the offer to the proof, or to what came instead.

use super::{State, every, facts};
use linchpin::facts::Facts;
use linchpin_flow::{
    AmountsView, DepositView, DetailProblems, DetailsView, NameTrouble, NumberTrouble, OfferView, ReviewView,
    RoutingTrouble, Screen, Trouble,
};
use linchpin_protocol::{
    AccountField, AccountId, AccountKind, AmountProblem, Code, ConnectionId, Deposit, DepositFacts,
    DepositFailure, DepositId, DepositMethod, DepositNext, DepositWays, DepositWork, MaskedAccount, Revision,
    RoutingNumberFacts, RoutingState, Timestamp,
};

use std::sync::Arc;

/// Far ahead, and long past, whenever somebody looks.
const AHEAD: &str = "2099-11-24T12:00:00Z";
const PAST: &str = "2020-11-24T12:00:00Z";

pub(super) fn states() -> Vec<State> {
    [offers(), details(), reviews(), on_their_way(), amounts(), not_arrived(), problems(), ends()].concat()
}

fn offers() -> Vec<State> {
    let state = |name: &str, account, automatic, manual| {
        let ways = DepositWays { automatic, manual };
        let view = OfferView { institution: facts::bank(), account, ways, busy: false };
        State::new(name, Screen::OfferDeposits(view))
    };
    let long = OfferView {
        institution: facts::long_bank(),
        account: None,
        ways: DepositWays { automatic: true, manual: true },
        busy: false,
    };
    vec![
        state("deposits-offered", None, true, true),
        state("deposits-offered-linked", Some(account()), true, true),
        state("deposits-offered-by-numbers", None, false, true),
        state("deposits-offered-days-unknown", None, true, true).with_facts(facts::none()),
        state("deposits-cannot-prove", Some(account()), false, false),
        state("deposits-cannot-prove-repair", Some(account()), false, false).with_facts(facts::repair()),
        State::new("deposits-offered-long", Screen::OfferDeposits(long)).with_facts(facts::long()),
    ]
}

fn details() -> Vec<State> {
    let state = |name: &str, view| State::new(name, Screen::BankDetails(view));
    let of_routing = |state, bank: Option<&str>, by: Option<&str>, institution| DetailsView {
        routing: "021000021".into(),
        facts: Some(Arc::new(RoutingNumberFacts {
            routing: "021000021".into(),
            state,
            bank: bank.map(str::to_owned),
            replaced_by: by.map(str::to_owned),
            institution,
        })),
        ..empty()
    };
    let known = |state, bank| of_routing(state, bank, None, None);
    let replaced = |by| of_routing(RoutingState::Replaced, Some("Harbour Savings"), by, None);
    let linkable = of_routing(RoutingState::Known, Some("Harbour Savings"), None, Some(facts::bank()));
    let wrong = |problems| DetailsView { problems, returned: 1, ..empty() };
    let mut states = vec![
        state("bank-details", empty()),
        state(
            "bank-details-of-linked",
            DetailsView { institution: Some(facts::bank()), account: Some(account()), ..empty() },
        ),
        state("bank-details-replaced-by", replaced(Some("111000025"))),
        state("bank-details-linkable", linkable),
        state("bank-details-known-long", known(RoutingState::Known, Some(facts::LONG_BANK))),
        state(
            "bank-details-refused",
            DetailsView { trouble: Some(Trouble::Refused(Code::TooManyTries)), ..empty() },
        ),
        state(
            "bank-details-all-wrong",
            wrong(DetailProblems {
                routing: Some(RoutingTrouble::Empty),
                number: Some(NumberTrouble::Empty),
                name: Some(NameTrouble::TooLong),
            }),
        ),
        state("bank-details-long", DetailsView { institution: Some(facts::long_bank()), ..empty() })
            .with_facts(facts::long()),
    ];
    let routing = every!(RoutingState: Known => "bank-details-known", Replaced => "bank-details-replaced",
        NotForCustomers => "bank-details-not-for-customers", Unlisted => "bank-details-unlisted");
    states.extend(routing.map(|(routing, name)| {
        state(
            name,
            if routing == RoutingState::Replaced {
                replaced(None)
            } else {
                known(routing, Some("Harbour Savings"))
            },
        )
    }));
    let fields = every!(AccountField: AccountNumber => "bank-details-correct-number",
        RoutingNumber => "bank-details-correct-routing", Unknown => "bank-details-correct");
    states.extend(fields.map(|(field, name)| state(name, DetailsView { corrects: Some(field), ..empty() })));
    let troubles = [
        (RoutingTrouble::Format { digits: 8 }, "bank-details-eight-digits"),
        (RoutingTrouble::Checksum, "bank-details-checksum"),
        (RoutingTrouble::Range, "bank-details-no-bank"),
        (RoutingTrouble::NotForCustomers, "bank-details-refused-routing"),
    ];
    states.extend(troubles.map(|(trouble, name)| {
        state(name, wrong(DetailProblems { routing: Some(trouble), ..DetailProblems::default() }))
    }));
    let numbers = every!(NumberTrouble: Empty => "bank-details-no-number", Format => "bank-details-short-number",
        Differs => "bank-details-differs", OtherAccount => "bank-details-other-account");
    states.extend(numbers.map(|(trouble, name)| {
        state(name, wrong(DetailProblems { number: Some(trouble), ..DetailProblems::default() }))
    }));
    states.push(state(
        "bank-details-digits-in-name",
        wrong(DetailProblems { name: Some(NameTrouble::Digits), ..DetailProblems::default() }),
    ));
    states
}

fn reviews() -> Vec<State> {
    let state = |name: &str, view| State::new(name, Screen::ReviewDetails(view));
    let view = || ReviewView {
        bank: Some("Harbour Savings".into()),
        routing: "021000021".into(),
        last_digits: "5397".into(),
        name: "Household".into(),
        automatic: false,
        busy: false,
    };
    vec![
        state("review", view()),
        state("review-automatic", ReviewView { automatic: true, name: String::new(), ..view() }),
        state("review-bank-unknown", ReviewView { bank: None, ..view() }),
        state("review-sending", ReviewView { busy: true, ..view() }),
        state("review-long", ReviewView { bank: Some(facts::LONG_BANK.into()), ..view() }),
    ]
}

fn on_their_way() -> Vec<State> {
    let state = |name: &str, next| State::new(name, Screen::DepositsOnTheirWay(view(next)));
    let by_hand = |expected_by| DepositNext::WaitForDeposit { expected_by };
    let by_provider = |expected_by| DepositNext::WaitForProvider { expected_by };
    let works = every!(DepositWork: Sending => "deposits-sending", Checking => "deposits-checking",
        Unknown => "deposits-working");
    let mut states = vec![
        state("deposits-on-their-way", by_hand(Some(Timestamp::new(AHEAD)))).with_facts(stated()),
        state("deposits-on-their-way-usual-days", by_hand(None)).with_facts(stated()),
        state("deposits-on-their-way-facts-unknown", by_hand(None)),
        state("deposits-on-their-way-confirming", by_hand(Some(Timestamp::new(AHEAD))))
            .with_facts(Facts { searches: false, ..stated() }),
        state("deposits-looked-for", by_provider(Some(Timestamp::new(AHEAD)))).with_facts(stated()),
        state("deposits-looked-for-facts-unknown", by_provider(None)).with_facts(facts::none()),
        State::new("deposits-on-their-way-long", Screen::DepositsOnTheirWay(long(by_hand(None))))
            .with_facts(facts::long()),
    ];
    states.extend(
        works.map(|(work, name)| State::new(name, Screen::DepositWait(view(DepositNext::Wait { work })))),
    );
    states
}

fn amounts() -> Vec<State> {
    let state = |name: &str, view| State::new(name, Screen::EnterAmounts(view)).with_facts(stated());
    let next = || DepositNext::EnterAmounts { tries_left: 3, wrong: false, expected_by: None };
    let view = || AmountsView {
        deposit: Arc::new(deposit(next())),
        tries_left: 3,
        wrong: false,
        problems: [None; 2],
        trouble: None,
        busy: false,
        returned: 0,
    };
    let wrong = |tries_left| AmountsView { tries_left, wrong: true, returned: 1, ..view() };
    let mut states = vec![
        state("amounts", view()),
        state("amounts-facts-unknown", view()).with_facts(facts::none()),
        state("amounts-wrong", wrong(2)),
        state("amounts-wrong-last-try", wrong(1)),
        state("amounts-checking", AmountsView { busy: true, ..view() }),
        state("amounts-unconfirmed", AmountsView { trouble: Some(Trouble::Unconfirmed), ..view() }),
        state("amounts-long", AmountsView { deposit: long(next()).deposit, ..view() })
            .with_facts(facts::long()),
    ];
    let problems = every!(AmountProblem: Empty => "amounts-missing", Format => "amounts-unread",
        Range => "amounts-too-large");
    states.extend(problems.map(|(problem, name)| {
        state(name, AmountsView { problems: [Some(problem), Some(AmountProblem::Empty)], ..view() })
    }));
    states
}

fn not_arrived() -> Vec<State> {
    let state = |name: &str, expected_by: Option<&str>| {
        let next = DepositNext::EnterAmounts {
            tries_left: 3,
            wrong: false,
            expected_by: expected_by.map(Timestamp::new),
        };
        State::new(name, Screen::NotArrived(view(next))).with_facts(stated())
    };
    vec![
        state("not-arrived", Some(AHEAD)),
        state("not-arrived-late", Some(PAST)),
        state("not-arrived-usual-days", None),
        state("not-arrived-facts-unknown", None).with_facts(facts::none()),
    ]
}

fn problems() -> Vec<State> {
    let state = |name: &str, view| State::new(name, Screen::DepositProblem(view));
    let next = |name: &str, next| state(name, view(next));
    let repair = || DepositNext::RepairConnection { connection_id: ConnectionId::new("con_1") };
    let mut states = vec![
        state("deposits-repair", DepositView { repairs: true, ..view(repair()) }),
        next("deposits-repair-elsewhere", repair()).with_facts(facts::repair()),
        next("deposits-use-another-account", DepositNext::UseAnotherAccount {}).with_facts(stated()),
        next("deposits-use-another-account-elsewhere", DepositNext::UseAnotherAccount {})
            .with_facts(facts::repair()),
        next("deposits-provider-retries", DepositNext::ProviderRetries {}),
        next("deposits-replaced", DepositNext::Replaced { by: DepositId::new("dep_2") }),
        next("deposits-withdrawn", DepositNext::Withdrawn {}).with_facts(stated()),
        next("deposits-newer", DepositNext::Unknown),
        state(
            "deposits-give-up",
            DepositView { gives_up: true, ..view(DepositNext::WaitForDeposit { expected_by: None }) },
        ),
        state(
            "deposits-give-up-refused",
            DepositView {
                gives_up: true,
                trouble: Some(Trouble::Refused(Code::Internal)),
                ..view(DepositNext::WaitForDeposit { expected_by: None })
            },
        ),
        state("deposits-gone", DepositView { gone: true, ..view(DepositNext::ProviderRetries {}) }),
        State::new("deposits-long", Screen::DepositProblem(long(DepositNext::UseAnotherAccount {})))
            .with_facts(facts::long()),
    ];
    let fields = every!(AccountField: AccountNumber => "deposits-wrong-account-number",
        RoutingNumber => "deposits-wrong-routing-number", Unknown => "deposits-wrong-numbers");
    states.extend(fields.map(|(field, name)| next(name, DepositNext::CorrectAccount { field })));
    let reasons = every!(DepositFailure: TooManyTries => "deposits-too-many-tries",
        NotConfirmedInTime => "deposits-not-confirmed-in-time", NotSent => "deposits-not-sent",
        Unknown => "deposits-failed");
    states.extend(
        reasons.map(|(reason, name)| next(name, DepositNext::Failed { reason }).with_facts(stated())),
    );
    let late = DepositNext::Failed { reason: DepositFailure::NotConfirmedInTime };
    let automatic = Arc::new(Deposit { method: DepositMethod::Automatic, ..deposit(late) });
    states.push(state(
        "deposits-not-found-in-time",
        DepositView { deposit: automatic, ..view(DepositNext::Unknown) },
    ));
    states
}

fn ends() -> Vec<State> {
    let done = |name: &str, view| State::new(name, Screen::DepositDone(view));
    vec![
        done("deposits-proved", view(DepositNext::Verified {})),
        done("deposits-proved-confirming", view(DepositNext::Verified {})).with_facts(facts::repair()),
        done("deposits-proved-long", long(DepositNext::Verified {})).with_facts(facts::long()),
    ]
}

/// What a provider states that states everything of its deposits.
fn stated() -> Facts {
    Facts {
        deposits: DepositFacts { usual_days: Some(2), descriptor: Some("ACCTVERIFY".into()) },
        by_numbers: true,
        ..facts::usual()
    }
}

fn empty() -> DetailsView {
    DetailsView {
        institution: None,
        account: None,
        routing: String::new(),
        name: String::new(),
        facts: None,
        corrects: None,
        problems: DetailProblems::default(),
        trouble: None,
        busy: false,
        returned: 0,
    }
}

fn account() -> MaskedAccount {
    MaskedAccount {
        id: AccountId::new("acc_1"),
        name: "Everyday Checking".into(),
        last_digits: Some("5397".into()),
        kind: AccountKind::Checking,
        balance: None,
        not_verifiable: None,
    }
}

/// A deposit that says what is next.
pub(super) fn deposit(next: DepositNext) -> Deposit {
    Deposit {
        id: DepositId::new("dep_1"),
        revision: Revision(3),
        method: DepositMethod::Manual,
        bank: Some("Harbour Savings".into()),
        last_digits: Some("5397".into()),
        name: None,
        connection_id: None,
        account_id: None,
        replaces: None,
        status: "open".into(),
        provider_status: None,
        created_at: Timestamp::new("2026-11-20T10:00:00Z"),
        next,
    }
}

fn view(next: DepositNext) -> DepositView {
    DepositView {
        deposit: Arc::new(deposit(next)),
        gives_up: false,
        repairs: false,
        gone: false,
        trouble: None,
        busy: false,
    }
}

fn long(next: DepositNext) -> DepositView {
    let deposit = Arc::new(Deposit { bank: Some(facts::LONG_BANK.into()), ..deposit(next) });
    DepositView { deposit, ..view(DepositNext::Unknown) }
}

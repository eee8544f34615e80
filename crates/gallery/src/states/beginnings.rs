//! Where to begin, and the bank's own page.

use super::{State, deposits, every, facts};
use linchpin_flow::{BankLoginView, Begun, ExistingView, MethodsView, Screen, Trouble, WelcomeView};
use linchpin_protocol::{AuthorizeProblem, Code, ConnectionId, DepositNext, Method, Timestamp};

pub(super) fn states() -> Vec<State> {
    let begun = |id: &str, institution| Begun {
        id: ConnectionId::new(id),
        institution,
        at: Timestamp::new("2026-11-20T10:00:00Z"),
    };
    let welcome = |name: &str, begun| {
        State::new(name, Screen::Welcome(WelcomeView { deposits: Vec::new(), begun, busy: false }))
    };
    let existing = |name: &str, institution, busy| {
        State::new(name, Screen::AlreadyConnected(ExistingView { institution, busy }))
    };
    let methods = |name: &str, institution| {
        let methods = vec![Method::BankLogin, Method::Credentials];
        State::new(name, Screen::ChooseMethod(MethodsView { institution, methods }))
    };
    let bank = |name: &str, view| State::new(name, Screen::BankLogin(view));
    let deposits = WelcomeView {
        deposits: [
            DepositNext::EnterAmounts { tries_left: 3, wrong: false, expected_by: None },
            DepositNext::WaitForProvider { expected_by: None },
            DepositNext::UseAnotherAccount {},
        ]
        .map(deposits::deposit)
        .to_vec(),
        begun: vec![begun("con_1", facts::bank())],
        busy: false,
    };
    let mut states = vec![
        State::new("welcome-deposits", Screen::Welcome(deposits)),
        welcome("welcome", vec![begun("con_1", facts::bank())]),
        welcome("welcome-several", vec![begun("con_1", facts::bank()), begun("con_2", facts::long_bank())]),
        existing("already-connected", facts::bank(), false),
        existing("already-connected-long", facts::long_bank(), false).with_facts(facts::long()),
        existing("already-connected-looking", facts::bank(), true),
        methods("choose-method", facts::bank()),
        methods("choose-method-long", facts::long_bank()).with_facts(facts::long()),
        bank("bank-login-preparing", BankLoginView { host: None, ready: false, busy: true, ..bank_login() }),
        bank("bank-login-ways", BankLoginView { in_place: true, can_type: true, ..bank_login() }),
        bank("bank-login-void", BankLoginView { ready: false, ..bank_login() }),
        bank(
            "bank-login-refused",
            BankLoginView {
                ready: false,
                trouble: Some(Trouble::Refused(Code::ProviderRejected)),
                ..bank_login()
            },
        ),
        bank("bank-login-away", BankLoginView { away: true, ..bank_login() }),
        bank(
            "bank-login-away-digits",
            BankLoginView { away: true, digits: Some("482913".to_owned()), ..bank_login() },
        ),
        bank("bank-login-away-void", BankLoginView { away: true, ready: false, ..bank_login() }),
        bank(
            "bank-login-long",
            BankLoginView { institution: facts::long_bank(), in_place: true, can_type: true, ..bank_login() },
        )
        .with_facts(facts::long()),
    ];
    let problems = every!(AuthorizeProblem:
        None => "bank-login",
        Denied => "bank-login-denied",
        Abandoned => "bank-login-abandoned",
        Expired => "bank-login-expired",
        TimedOut => "bank-login-timed-out",
        Unknown => "bank-login-newer",
    );
    let problems = problems.into_iter();
    states.extend(problems.map(|(problem, name)| bank(name, BankLoginView { problem, ..bank_login() })));
    states
}

fn bank_login() -> BankLoginView {
    BankLoginView {
        institution: facts::bank(),
        host: Some("login.harbour.example".to_owned()),
        problem: AuthorizeProblem::None,
        digits: None,
        away: false,
        ready: true,
        ticket: 1,
        in_place: false,
        can_type: false,
        trouble: None,
        busy: false,
    }
}

//! Enter the login.

use super::{State, every, facts};
use linchpin::facts::Facts;
use linchpin_flow::{CredentialsView, SameLogin, Screen, Trouble};
use linchpin_protocol::{Code, CredentialProblem, Field, FieldId, FieldKind, Place};

pub(super) fn states() -> Vec<State> {
    let state = |name: &str, view: CredentialsView| State::new(name, Screen::Credentials(view));
    let (usable, elsewhere) = (SameLogin::Linked { usable: true }, SameLogin::Linked { usable: false });
    let pause = Facts { same_login_pause_s: Some(360), provider: Some("Basiq".into()), ..facts::usual() };
    let mut states = vec![
        state("login-loading", CredentialsView { fields: None, ..form() }),
        state("login-nothing-stated", form()).with_facts(facts::none()),
        state("login-kept-once", form()).with_facts(Facts { keeps_login: Some(false), ..facts::usual() }),
        state("login-kept-unknown", form()).with_facts(Facts { keeps_login: None, ..facts::usual() }),
        state("login-in-page", form()).with_facts(Facts { in_page: true, ..facts::usual() }),
        state("login-own-labels", CredentialsView { fields: Some(own_labels()), notes: notes(), ..form() }),
        state("login-empty", CredentialsView { empty: names(), ..form() }),
        state("login-sending", CredentialsView { busy: true, ..form() }),
        state(
            "login-tries-left",
            CredentialsView { problem: CredentialProblem::Incorrect, tries_left: Some(2), ..form() },
        ),
        state("login-linked-already", CredentialsView { same_login: usable, ..form() })
            .with_facts(pause.clone()),
        state("login-linked-elsewhere", CredentialsView { same_login: elsewhere, ..form() })
            .with_facts(facts::repair()),
        state("login-again", CredentialsView { same_login: SameLogin::Again, ..form() }).with_facts(pause),
        state("login-repair", form()).with_facts(facts::repair()),
        state(
            "login-long",
            CredentialsView {
                institution: facts::long_bank(),
                problem: CredentialProblem::NearLock,
                fields: Some(own_labels()),
                ..form()
            },
        )
        .with_facts(facts::long()),
    ];
    let problems = every!(CredentialProblem: None => "login", Incorrect => "login-wrong", NearLock => "login-near-lock",
        Locked => "login-locked", Unknown => "login-wrong-somehow");
    states.extend(problems.map(|(problem, name)| State {
        username: (problem != CredentialProblem::None).then_some("practice-wrong"),
        ..state(name, CredentialsView { problem, ..form() })
    }));
    let troubles = [
        (Trouble::Unconfirmed, "login-unconfirmed"),
        (Trouble::NotAPracticeLogin, "login-not-practice"),
        (Trouble::Refused(Code::TooManyTries), "login-too-many-tries"),
        (Trouble::Refused(Code::AlreadyConnected), "login-connected-already"),
        (Trouble::Refused(Code::Internal), "login-refused"),
    ];
    states.extend(troubles.map(|(trouble, name)| State {
        username: Some("practice-good"),
        ..state(name, CredentialsView { trouble: Some(trouble), ..form() })
    }));
    states
}

/// Before anything is typed.
pub(super) fn empty() -> State {
    State::new("login", Screen::Credentials(form()))
}

fn form() -> CredentialsView {
    CredentialsView {
        institution: facts::bank(),
        place: Some(Place { city: "Portland".into(), state: "ME".into() }),
        fields: Some(vec![
            field("username", None, FieldKind::Username),
            field("password", None, FieldKind::Password),
        ]),
        notes: None,
        website: Some("https://harbour.example".into()),
        problem: CredentialProblem::None,
        tries_left: None,
        same_login: SameLogin::New,
        empty: Vec::new(),
        trouble: None,
        busy: false,
        returned: 0,
    }
}

fn field(id: &str, label: Option<&str>, kind: FieldKind) -> Field {
    Field { id: FieldId::new(id), label: label.map(str::to_owned), kind }
}

fn names() -> Vec<FieldId> {
    vec![FieldId::new("username"), FieldId::new("password")]
}

/// One field of each kind, in the words of an institution.
fn own_labels() -> Vec<Field> {
    every!(FieldKind: Username => ("username", "Member number or e-mail address"), Password => ("password", "Passcode"),
        Other => ("third", "Last four digits of the number on the back of your card"))
    .map(|(kind, (id, label))| field(id, Some(label), kind))
    .into()
}

fn notes() -> Option<String> {
    Some("Use your online banking details.\nLeave out the dashes of your member number.".into())
}

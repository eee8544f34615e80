//! Agree.

use super::{State, every, facts};
use linchpin_flow::{ConsentView, Screen};
use linchpin_protocol::{Consent, DataKind, Purpose, Timestamp};

pub(super) fn states() -> Vec<State> {
    let without_reasons = Consent { reason: None, until: None, revoke_url: None, ..terms() };
    let all = every!(DataKind:
        Accounts => (), AccountNumbers => (), Balances => (), Transactions => (), Owner => (), Unknown => ());
    let everything = Consent { data: all.map(|(kind, ())| kind).to_vec(), ..terms() };
    let long = Consent {
        reason: Some(
            "To compare what you are paid with what you spend, to warn you before a bill cannot be met, and to \
             prepare the yearly summary that you have asked for."
                .into(),
        ),
        revoke_url: Some("https://consent-and-permissions.neighbourhoodbudgeting.example/revoke".into()),
        ..everything.clone()
    };
    vec![
        State::new("consent", asked(Some(terms()))),
        State::new("consent-loading", Screen::Consent(ConsentView { consent: None, busy: true })),
        State::new("consent-sending", Screen::Consent(ConsentView { consent: Some(terms()), busy: true })),
        State::new("consent-everything", asked(Some(everything))),
        State::new("consent-nothing-stated", asked(Some(without_reasons))).with_facts(facts::none()),
        State::new("consent-long", asked(Some(long))).with_facts(facts::long()),
    ]
}

fn asked(consent: Option<Consent>) -> Screen {
    Screen::Consent(ConsentView { consent, busy: false })
}

fn terms() -> Consent {
    Consent {
        version: "1.gallery".into(),
        data: Purpose::Both.data().to_vec(),
        reason: Some("To show your money in one place".into()),
        until: Some(Timestamp::new("2027-11-20T12:00:00Z")),
        revoke_url: Some("https://acorn.example/permissions".into()),
    }
}

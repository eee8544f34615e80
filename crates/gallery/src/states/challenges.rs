//! Answer what the institution asks.

use super::{State, facts};
use linchpin_flow::{AskedView, Screen, Trouble};
use linchpin_protocol::{Challenge, ChallengeId, Revision};

pub(super) fn states() -> Vec<State> {
    let state = |name: &str, view: AskedView| State::new(name, Screen::Challenges(view));
    let pet = || text(1, "What was the name of your first pet?");
    let street = || text(2, "On which street did you grow up?");
    let long = text(
        1,
        "For your protection, please enter the answer to the security question that you chose when you signed up for \
         online banking, exactly as you typed it then: what is the middle name of your oldest sibling?",
    );
    vec![
        state("challenge", asked(vec![pet()])),
        state("challenge-several", asked(vec![pet(), street()])),
        state(
            "challenge-empty",
            AskedView {
                empty: vec![ChallengeId::new("chl_1"), ChallengeId::new("chl_2")],
                ..asked(vec![pet(), street()])
            },
        ),
        state("challenge-sending", AskedView { busy: true, ..asked(vec![pet()]) }),
        state(
            "challenge-unconfirmed",
            AskedView { trouble: Some(Trouble::Unconfirmed), ..asked(vec![pet()]) },
        ),
        state("challenge-unknown", asked(vec![Challenge::Unknown])),
        state("challenge-long", AskedView { institution: facts::long_bank(), ..asked(vec![long]) })
            .with_facts(facts::long()),
    ]
}

fn text(number: u32, prompt: &str) -> Challenge {
    Challenge::Text { id: ChallengeId::new(format!("chl_{number}")), prompt: prompt.into() }
}

fn asked(items: Vec<Challenge>) -> AskedView {
    AskedView {
        institution: facts::bank(),
        revision: Revision(1),
        items,
        limit: None,
        elsewhere: false,
        empty: Vec::new(),
        trouble: None,
        busy: false,
        returned: 0,
    }
}

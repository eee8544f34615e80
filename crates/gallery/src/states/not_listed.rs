//! Name the institution that is not in the list.

use super::{State, every, facts};
use linchpin_flow::{NotListedView, NotNamed, Screen, Trouble};
use linchpin_protocol::Code;

pub(super) fn states() -> Vec<State> {
    let state = |name: &str, view: NotListedView| State::new(name, Screen::NotListed(view));
    let mut states = vec![
        state("not-listed", named()),
        state("not-listed-sending", NotListedView { busy: true, ..named() }),
        state(
            "not-listed-refused",
            NotListedView { trouble: Some(Trouble::Refused(Code::Internal)), ..named() },
        ),
        state("not-listed-deposits", NotListedView { deposits: true, ..named() }),
        state("not-listed-sent-deposits", NotListedView { sent: true, deposits: true, ..named() }),
        state("not-listed-sent", NotListedView { sent: true, ..named() }),
        state("not-listed-long", named()).with_facts(facts::long()),
    ];
    let problems = every!(NotNamed: Empty => "not-listed-empty", Digits => "not-listed-digits",
        Enough => "not-listed-enough");
    states.extend(problems.map(|(problem, name)| {
        state(name, NotListedView { sought: String::new(), problem: Some(problem), ..named() })
    }));
    states
}

fn named() -> NotListedView {
    NotListedView {
        sought: "Elm Street Savings".into(),
        problem: None,
        trouble: None,
        sent: false,
        deposits: false,
        busy: false,
    }
}

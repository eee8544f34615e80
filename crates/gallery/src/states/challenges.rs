//! Answer what the institution asks.

use super::{State, facts};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use linchpin_flow::{AskedView, Limit, Screen, Trouble};
use linchpin_protocol::{Challenge, ChallengeId, ChoiceOption, PictureOption, Revision};

/// Letters to type.
const LETTERS: &[u8] = include_bytes!("../../../sandbox/data/captcha.png");
/// Pictures to pick from.
const SHAPES: [&[u8]; 4] = [
    include_bytes!("../../../sandbox/data/circle.png"),
    include_bytes!("../../../sandbox/data/square.png"),
    include_bytes!("../../../sandbox/data/star.png"),
    include_bytes!("../../../sandbox/data/triangle.png"),
];

pub(super) fn states() -> Vec<State> {
    [kinds(), limits(), troubles()].concat()
}

fn state(name: &str, view: AskedView) -> State {
    State::new(name, Screen::Challenges(view))
}

/// Every kind of challenge, alone and together.
fn kinds() -> Vec<State> {
    let questions = vec![pet(1), text(2, "On which street did you grow up?")];
    let all = vec![pet(1), code(2), delivery(3), letters(4), shapes(5), approval(6, true)];
    let card = Challenge::Choice {
        id: id(1),
        prompt: "Which of these cards do you have at hand?".into(),
        options: vec![
            option("0", "Visa ending in 4417", None),
            option("1", "The card that you have chosen for purchases abroad, ending in 9921", None),
            option("2", "None of these", None),
        ],
    };
    vec![
        question(),
        state("challenge-several", asked(questions)),
        state("challenge-code", asked(vec![code(1)])),
        state("challenge-choice", asked(vec![card])),
        state("challenge-delivery", asked(vec![delivery(1)])),
        state("challenge-picture", asked(vec![letters(1)])),
        state("challenge-pictures", asked(vec![shapes(1)])),
        state("challenge-approve", AskedView { elsewhere: true, ..asked(vec![approval(1, false)]) }),
        state("challenge-approve-and-say", asked(vec![approval(1, true)])),
        state("challenge-every-kind", asked(all)),
        state("challenge-unknown", asked(vec![Challenge::Unknown])),
        long(),
    ]
}

/// One plain question.
pub(super) fn question() -> State {
    state("challenge", asked(vec![pet(1)]))
}

/// A bank with a long name asks a long question.
pub(super) fn long() -> State {
    let prompt = "For your protection, please enter the answer to the security question that you chose when you signed up \
                  for online banking, exactly as you typed it then: what is the middle name of your oldest sibling?";
    let view = AskedView { institution: facts::long_bank(), ..asked(vec![text(1, prompt)]) };
    state("challenge-long", view).with_facts(facts::long())
}

/// How long there is to answer.
fn limits() -> Vec<State> {
    let left = |ms| Some(Limit::Left { ms, countdown: 1 });
    let timed = |name: &str, limit| state(name, AskedView { limit, ..asked(vec![code(1)]) });
    vec![
        timed("challenge-time-left", left(125_000)),
        timed("challenge-time-short", left(25_000)),
        timed("challenge-time-up", left(0)),
        timed("challenge-soon", Some(Limit::Soon)),
        state(
            "challenge-approve-time-left",
            AskedView { limit: left(90_000), elsewhere: true, ..asked(vec![approval(1, false)]) },
        ),
    ]
}

/// What can be wrong with an answer.
fn troubles() -> Vec<State> {
    let all = vec![pet(1), delivery(2), letters(3), shapes(4)];
    vec![
        state("challenge-empty", AskedView { empty: (1..=4).map(id).collect(), ..asked(all) }),
        state("challenge-sending", AskedView { busy: true, ..asked(vec![pet(1)]) }),
        state(
            "challenge-unconfirmed",
            AskedView { trouble: Some(Trouble::Unconfirmed), ..asked(vec![pet(1)]) },
        ),
    ]
}

fn id(number: u32) -> ChallengeId {
    ChallengeId::new(format!("chl_{number}"))
}

fn text(number: u32, prompt: &str) -> Challenge {
    Challenge::Text { id: id(number), prompt: prompt.into() }
}

fn pet(number: u32) -> Challenge {
    text(number, "What was the name of your first pet?")
}

fn code(number: u32) -> Challenge {
    Challenge::Code {
        id: id(number), prompt: "Enter the code that was sent to ••• ••• 0142".into()
    }
}

/// The same number twice: only the group tells the two apart.
fn delivery(number: u32) -> Challenge {
    let (voice, message) = (Some("Voice"), Some("Text"));
    Challenge::Choice {
        id: id(number),
        prompt: "How do you want to get your code?".into(),
        options: vec![
            option("0", "••• ••• 0142", voice),
            option("1", "••• ••• 0199", voice),
            option("2", "••• ••• 0142", message),
        ],
    }
}

fn option(key: &str, label: &str, category: Option<&str>) -> ChoiceOption {
    ChoiceOption { key: key.into(), label: label.into(), category: category.map(str::to_owned) }
}

fn letters(number: u32) -> Challenge {
    Challenge::Image { id: id(number), prompt: "Type the letters".into(), picture: picture(LETTERS) }
}

fn shapes(number: u32) -> Challenge {
    let options = SHAPES.into_iter().zip(0_u32..);
    Challenge::ImageChoice {
        id: id(number),
        prompt: "Which picture did you choose when you signed up?".into(),
        options: options
            .map(|(png, key)| PictureOption { key: key.to_string(), picture: picture(png) })
            .collect(),
    }
}

fn picture(png: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(png))
}

fn approval(number: u32, confirm: bool) -> Challenge {
    Challenge::Approve {
        id: id(number),
        confirm,
        prompt: "Open the app on your phone and approve the sign-in that shows the number 42.".into(),
    }
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

//! The scripts themselves.

use std::time::Duration;

use super::pictures::{CAPTCHA, SHAPES};
use super::script::{Act, ChoiceOption, Form, Outcome, Pick, Prompt, Script, Step, progress, queued};

const QUEUED: Step = queued(400);
const LOGIN: Step = progress(20, 700, "Logging in");
const CHECK: Step = progress(50, 600, "Checking your answer");
const READ: Step = progress(70, 800, "Reading accounts");
const FINISH: Step = progress(90, 500, "Almost done");

const PLAIN_ACT: Act = Act { steps: &[QUEUED, LOGIN, READ, FINISH], end: Outcome::Good };

const PET: Prompt = text("What was the name of your first pet?", "rex", None);
const CITY: Prompt = text("In which city were you born?", "salem", None);
const STREET: Prompt = Prompt {
    question: "Which street did you live on?",
    form: Form::Choices {
        called: "choices",
        options: &[option("Elm Street", None), option("Oak Street", None), option("Birch Street", None)],
        right: Pick::Only(1),
    },
    lapses_after: None,
};
const DELIVERY: Prompt = Prompt {
    question: "How should we send your one-time code?",
    form: Form::Choices {
        called: "question",
        options: &[
            option("***-***-0142", Some("Text")),
            option("***-***-0142", Some("Voice")),
            option("***-***-0177", Some("Text")),
        ],
        right: Pick::Any,
    },
    lapses_after: None,
};
const CODE: Prompt = text("Enter the one-time code we sent you", "246810", Some(Duration::from_secs(120)));
const DEVICE_CODE: Prompt =
    text("Enter the code your security device shows", "135790", Some(Duration::from_secs(60)));
const LETTERS: Prompt = Prompt {
    question: "Type the characters you see",
    form: Form::Image { picture: CAPTCHA, right: CAPTCHA.shows },
    lapses_after: None,
};
const SHAPE: Prompt = Prompt {
    question: "Pick your security picture",
    form: Form::ImageChoices { pictures: SHAPES, right: 2 },
    lapses_after: None,
};

const APPROVE: Prompt = Prompt {
    question: "We have sent a request to your phone. Open the bank's app and approve it.",
    form: Form::Approval { after: Duration::from_secs(6) },
    lapses_after: None,
};

const NEW_TERMS: &str =
    "Sign in on the bank's own website and accept the new terms of use, then come back and try again.";

/// Progress, then good.
pub(crate) static GOOD: Script = script(&[PLAIN_ACT]);
/// What every login that is not known gets.
pub(super) static REFUSED: Script =
    script(&[Act { steps: &[QUEUED, LOGIN], end: Outcome::IncorrectCredentials }]);
pub(super) static QUESTION: Script =
    script(&[Act { steps: &[QUEUED, LOGIN, Step::Ask(&[PET]), CHECK, READ, FINISH], end: Outcome::Good }]);
pub(super) static TWO_QUESTIONS: Script = script(&[Act {
    steps: &[QUEUED, LOGIN, Step::Ask(&[PET, CITY]), CHECK, READ, FINISH],
    end: Outcome::Good,
}]);
pub(super) static TWO_ROUNDS: Script = script(&[Act {
    steps: &[
        QUEUED,
        LOGIN,
        Step::Ask(&[PET]),
        progress(40, 600, "Checking your answer"),
        Step::Ask(&[CITY]),
        CHECK,
        READ,
        FINISH,
    ],
    end: Outcome::Good,
}]);
pub(super) static CHOICES: Script =
    script(&[Act { steps: &[QUEUED, LOGIN, Step::Ask(&[STREET]), CHECK, READ, FINISH], end: Outcome::Good }]);
pub(super) static ONE_TIME_CODE: Script = script(&[Act {
    steps: &[
        QUEUED,
        LOGIN,
        Step::Ask(&[DELIVERY]),
        progress(40, 700, "Sending the code"),
        Step::Ask(&[CODE]),
        CHECK,
        READ,
        FINISH,
    ],
    end: Outcome::Good,
}]);
pub(super) static DEVICE: Script = script(&[Act {
    steps: &[QUEUED, LOGIN, Step::Ask(&[DEVICE_CODE]), CHECK, READ, FINISH],
    end: Outcome::Good,
}]);
pub(super) static IMAGE: Script = script(&[Act {
    steps: &[QUEUED, LOGIN, Step::Ask(&[LETTERS]), CHECK, READ, FINISH],
    end: Outcome::Good,
}]);
pub(super) static IMAGE_CHOICES: Script =
    script(&[Act { steps: &[QUEUED, LOGIN, Step::Ask(&[SHAPE]), CHECK, READ, FINISH], end: Outcome::Good }]);
pub(super) static SLOW: Script = script(&[Act {
    steps: &[
        QUEUED,
        progress(5, 1500, "Waiting for the bank"),
        progress(10, 1500, "Logging in"),
        progress(20, 1500, "Opening your profile"),
        progress(30, 1500, "Looking for accounts"),
        progress(40, 1500, "Reading the first account"),
        progress(50, 1500, "Reading the second account"),
        progress(60, 1500, "Reading the third account"),
        progress(70, 1500, "Reading owner details"),
        progress(80, 1500, "Reading balances"),
        progress(90, 1500, "Checking what was read"),
        progress(95, 1500, "Almost done"),
    ],
    end: Outcome::Good,
}]);
pub(super) static FORTY_SECONDS: Script = script(&[Act {
    steps: &[
        queued(2_000),
        progress(10, 8_000, "Waiting for the bank"),
        progress(30, 10_000, "Logging in"),
        progress(60, 10_000, "Reading accounts"),
        progress(90, 10_000, "Almost done"),
    ],
    end: Outcome::Good,
}]);
pub(super) static THREE_MINUTES: Script = script(&[Act {
    steps: &[
        queued(5_000),
        progress(10, 55_000, "Waiting for the bank"),
        progress(30, 60_000, "Logging in"),
        progress(60, 40_000, "Reading accounts"),
        progress(90, 20_000, "Almost done"),
    ],
    end: Outcome::Good,
}]);
pub(super) static USER_CONFIG: Script =
    script(&[Act { steps: &[QUEUED, LOGIN], end: Outcome::UserConfig(NEW_TERMS) }, PLAIN_ACT]);
pub(super) static RESYNC: Script =
    script(&[Act { steps: &[QUEUED, LOGIN, READ], end: Outcome::Resync }, PLAIN_ACT]);
pub(super) static POSTPONED: Script = script(&[Act { steps: &[QUEUED, LOGIN], end: Outcome::Postponed }]);
pub(super) static MAINTENANCE: Script = script(&[Act { steps: &[QUEUED], end: Outcome::Maintenance }]);
pub(super) static UNAVAILABLE: Script =
    script(&[Act { steps: &[QUEUED, LOGIN], end: Outcome::InstitutionUnavailable }]);
pub(super) static NO_ACCOUNTS: Script =
    script(&[Act { steps: &[QUEUED, LOGIN, READ], end: Outcome::NoAccounts }]);

/// Instructions, then a question: one way round the loop.
pub(super) static USER_CONFIG_THEN_QUESTION: Script = script(&[
    Act { steps: &[QUEUED, LOGIN], end: Outcome::UserConfig(NEW_TERMS) },
    Act { steps: &[QUEUED, LOGIN, Step::Ask(&[PET]), CHECK, READ, FINISH], end: Outcome::Good },
]);
pub(super) static APPROVAL: Script =
    script(&[Act { steps: &[QUEUED, LOGIN, Step::Ask(&[APPROVE]), READ, FINISH], end: Outcome::Good }]);
pub(super) static LOCKED: Script = script(&[Act { steps: &[QUEUED, LOGIN], end: Outcome::Locked }]);
pub(super) static DELETED: Script = script(&[Act { steps: &[QUEUED, LOGIN], end: Outcome::Deleted }]);
pub(super) static NEWER: Script =
    script(&[Act { steps: &[QUEUED, LOGIN], end: Outcome::Other("under_review") }]);

const fn script(acts: &'static [Act]) -> Script {
    Script { acts }
}

const fn text(question: &'static str, right: &'static str, lapses_after: Option<Duration>) -> Prompt {
    Prompt { question, form: Form::Text { right }, lapses_after }
}

const fn option(value: &'static str, category: Option<&'static str>) -> ChoiceOption {
    ChoiceOption { value, category }
}

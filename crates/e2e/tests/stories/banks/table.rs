//! What a person does at each practice bank, and what they are to see there.

use linchpin_e2e::journey::{Decision, PASSCODE};
use linchpin_protocol::Purpose;
use std::time::Duration;

/// What a person does at one bank, and what they are to see there.
pub(super) struct Story {
    pub(super) bank: &'static str,
    /// What the client needs.
    pub(super) purpose: Purpose,
    /// What the search says of the bank.
    pub(super) listed_as: &'static str,
    pub(super) steps: &'static [Step],
    pub(super) end: End,
}

pub(super) enum Step {
    /// A screen comes, if need be after some time at the bank.
    See(Seen),
    /// Fields are filled in, each by its label, and sent off.
    SignIn(&'static [(&'static str, &'static str)]),
    /// A field still holds this.
    Holds(&'static str, &'static str),
    /// Everything that is asked now is answered as the bank wants it.
    Answer(Manner),
    /// A button, a link or an option is pressed.
    Press(&'static str),
    /// Time passes at the bank.
    PassTime(Duration),
    /// The bank's own page is visited in a window of its own.
    AtTheBank(Decision),
}

/// A screen, as far as it matters.
pub(super) struct Seen {
    /// A part of the heading.
    pub(super) heading: &'static str,
    /// What else can be read there.
    pub(super) says: &'static [&'static str],
    /// The ways on.
    pub(super) offers: &'static [&'static str],
}

/// How answers are given.
pub(super) enum Manner {
    /// Typed, each under its question.
    Typed,
    /// By the words of the right option.
    Picked,
    /// By the place of the right picture.
    Pictured,
    /// Any option is right: this one.
    AnyOf(&'static str),
}

/// How a story ends.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// The bank is connected.
    Connected,
    /// The bank is connected, and repaired when its way of signing in has changed.
    ConnectedAndRepaired,
    /// There is no going on here: another bank is connected.
    AnotherBank,
    /// There is no going on here: the person closes the widget.
    Closed,
}

use Decision::Allow;
use End::{AnotherBank, Closed, Connected, ConnectedAndRepaired};
use Manner::{AnyOf, Picked, Pictured, Typed};
use Step::{Answer, AtTheBank, Holds, PassTime, Press, SignIn};

const fn see(heading: &'static str, says: &'static [&'static str], offers: &'static [&'static str]) -> Step {
    Step::See(Seen { heading, says, offers })
}

const fn at(bank: &'static str, steps: &'static [Step], end: End) -> Story {
    Story { bank, purpose: Purpose::Both, listed_as: "Practice", steps, end }
}

/// The practice login, at a bank without labels of its own.
const GOOD: Step = SignIn(&[("User name", "practice-good"), ("Password", PASSCODE)]);
/// The passcode of the banks that refuse the usual one.
const OWN_PASSCODE: Step = SignIn(&[("Password", "practice-open-sesame")]);
const FORM: Step = see("Sign in to", &["Use the same details as on"], &["Sign in"]);
const WAIT: Step = see("Connecting to", &["Signing in, in progress", "Checking account numbers"], &[]);
const REFUSED: Step = see(
    "Sign in to",
    &["did not accept these details", "Check them and enter your password again."],
    &["Sign in", "Forgot your details?"],
);
const TERMS: Step = see(
    "needs you to do something first",
    &["accept the new terms of use, then come back and try again"],
    &["I have done this", "Open", "Choose another bank"],
);
const LAPSED: Step = see(
    "waited too long",
    &["Start it again when you are ready", "may send you a new code"],
    &["Start again", "Choose another bank"],
);

/// After an answer there is a wait again.
const WAIT_AGAIN: Step = see("Connecting to", &[], &[]);
const PET: Step = see("asks a question", &["To make sure it is you.", "first pet"], &["Continue"]);
const CITY: Step = see("asks a question", &["city were you born"], &["Continue"]);

/// Banks whose questions are answered by typing.
pub(super) const TYPED_ANSWERS: &[Story] = &[
    at("Cedar Credit Union", &[FORM, GOOD, PET, Answer(Typed)], Connected),
    at(
        "Two Questions Bank",
        &[
            GOOD,
            see("asks some questions", &["first pet", "city were you born"], &["Continue"]),
            Answer(Typed),
        ],
        Connected,
    ),
    at("Two Rounds Bank", &[GOOD, PET, Answer(Typed), WAIT_AGAIN, CITY, Answer(Typed)], Connected),
    at(
        "Wrong Then Question Bank",
        &[GOOD, REFUSED, Holds("User name", "practice-good"), OWN_PASSCODE, PET, Answer(Typed)],
        Connected,
    ),
    at("Terms Then Question Bank", &[GOOD, TERMS, Press("I have done this"), PET, Answer(Typed)], Connected),
];

const DEVICE: Step = see("asks a question", &["your security device shows", "Time left:"], &["Continue"]);

/// Banks that ask for a choice, a picture, a code or an approval.
pub(super) const OTHER_ANSWERS: &[Story] = &[
    at(
        "Choices Bank",
        &[
            GOOD,
            see(
                "asks a question",
                &["Which street", "Elm Street", "Oak Street", "Birch Street"],
                &["Continue"],
            ),
            Answer(Picked),
        ],
        Connected,
    ),
    at(
        "Picture Text Bank",
        &[GOOD, see("asks a question", &["Type the characters you see"], &["Continue"]), Answer(Typed)],
        Connected,
    ),
    at(
        "Picture Choice Bank",
        &[GOOD, see("asks a question", &["Pick your security picture"], &["Continue"]), Answer(Pictured)],
        Connected,
    ),
    at(
        "One-Time Code Bank",
        &[
            GOOD,
            see("asks a question", &["How should we send", "Text", "Voice", "***-***-0177"], &["Continue"]),
            Answer(AnyOf("***-***-0177")),
            WAIT_AGAIN,
            see("asks a question", &["one-time code we sent you", "Time left:"], &["Continue"]),
            Answer(Typed),
        ],
        Connected,
    ),
    at(
        "Security Device Bank",
        &[
            GOOD,
            DEVICE,
            // Too late, at first.
            PassTime(Duration::from_secs(61)),
            Answer(Typed),
            LAPSED,
            Press("Start again"),
            DEVICE,
            Answer(Typed),
        ],
        Connected,
    ),
    at(
        "Approve In App Bank",
        &[
            GOOD,
            APPROVE,
            // Not yet: it changes nothing.
            Press("I have approved it"),
            APPROVE,
        ],
        Connected,
    ),
];

const APPROVE: Step = see(
    "wants you to approve this",
    &["Open the bank's app and approve it.", "We notice when it is done."],
    &["I have approved it", "Choose another bank"],
);

/// Banks at which something has to be done once more, and those that are in no hurry.
pub(super) const DETOURS: &[Story] = &[
    at(
        "Wrong Password Bank",
        &[GOOD, REFUSED, Holds("User name", "practice-good"), Holds("Password", ""), OWN_PASSCODE],
        Connected,
    ),
    at("New Terms Bank", &[GOOD, TERMS, Press("I have done this")], Connected),
    at("Start Again Bank", &[GOOD, LAPSED, Press("Start again")], Connected),
    at(
        "Slow Lane Bank",
        &[
            GOOD,
            WAIT,
            PassTime(Duration::from_secs(8)),
            see("Connecting to", &["Signing in, done", "Reading your accounts, in progress"], &[]),
        ],
        Connected,
    ),
    at(
        "Forty Seconds Bank",
        &[
            GOOD,
            WAIT,
            PassTime(Duration::from_secs(35)),
            see(
                "Connecting to",
                &[
                    "Reading your accounts, in progress",
                    "Still working",
                    "Banks can take a moment to answer.",
                ],
                &[],
            ),
            PassTime(Duration::from_secs(10)),
            see(
                "Connecting to",
                &["Reading your accounts, done", "Checking account numbers, in progress"],
                &[],
            ),
            PassTime(Duration::from_secs(35)),
        ],
        Connected,
    ),
];

const NOT_CONNECTED: Step =
    see("could not be connected", &["The bank connection could not be finished."], &["Choose another bank"]);

/// Banks at which there is no going on now.
pub(super) const DEAD_ENDS: &[Story] = &[
    at(
        "Postponed Bank",
        &[
            GOOD,
            see(
                "is answering late",
                &["The sign-in was paused.", "It will be tried again by itself."],
                &["Choose another bank"],
            ),
        ],
        Closed,
    ),
    at(
        "Maintenance Bank",
        &[
            GOOD,
            see(
                "Bank connections are being serviced",
                &["This is not about Maintenance Bank or your details.", "It will be tried again by itself."],
                &["Choose another bank"],
            ),
        ],
        Closed,
    ),
    at(
        "Unavailable Bank",
        &[
            GOOD,
            see(
                "cannot be reached now",
                &["This is on the bank’s side. Your details are fine.", "It will be tried again by itself."],
                &["Choose another bank"],
            ),
        ],
        AnotherBank,
    ),
    at(
        "No Accounts Bank",
        &[
            GOOD,
            see(
                "No accounts found at",
                &["The sign-in worked, but there is no account behind it."],
                &["Choose another bank"],
            ),
        ],
        AnotherBank,
    ),
    at(
        "Locked Login Bank",
        &[
            GOOD,
            see(
                "Locked Login Bank has locked this sign-in",
                &["Only Locked Login Bank can unlock it. Please contact them."],
                &["Open locked-login.example", "Choose another bank"],
            ),
        ],
        Closed,
    ),
    at("Vanishing Bank", &[GOOD, NOT_CONNECTED], AnotherBank),
    at("Something New Bank", &[GOOD, NOT_CONNECTED], Closed),
];

const BANK_LOGIN: Step = see(
    "Sign in at",
    &["’s page opens", "Come back here. We go on by ourselves.", "opens a new tab"],
    &["Continue to", "Choose another bank"],
);
const CHOICE: Step = see(
    "How do you want to sign in to Both Ways Bank?",
    &["Your password stays between you and the bank.", "With your user name and password."],
    &["On the bank’s own page", "Here", "Choose another bank"],
);

/// Banks that have a way of their own to sign in, or to be connected.
pub(super) const OWN_WAYS: &[Story] = &[
    at(
        "Harbour Savings",
        &[
            see(
                "Sign in to Harbour Savings",
                &["Use the same details as on harbour.example.", "not the number on your card"],
                &["Sign in"],
            ),
            SignIn(&[("Member number", "practice-good"), ("Passcode", PASSCODE)]),
        ],
        Connected,
    ),
    // It gives no account numbers: enough for some, not for others.
    Story { purpose: Purpose::Aggregate, ..at("No Instant Bank", &[GOOD], Connected) },
    Story {
        listed_as: "Cannot be linked",
        ..at("No Instant Bank", &[GOOD, WAIT, NOT_CONNECTED], AnotherBank)
    },
    at("Own Page Bank", &[BANK_LOGIN, AtTheBank(Allow)], Connected),
    at("Slow Page Bank", &[BANK_LOGIN, AtTheBank(Allow), WAIT_AGAIN], Connected),
    at("Both Ways Bank", &[CHOICE, Press("On the bank’s own page"), BANK_LOGIN, AtTheBank(Allow)], Connected),
    at(
        "Both Ways Bank",
        &[
            CHOICE,
            Press("On the bank’s own page"),
            BANK_LOGIN,
            Press("Use your user name and password instead"),
            FORM,
            SignIn(&[("User name", "practice-good"), ("Passcode", PASSCODE)]),
        ],
        Connected,
    ),
    // Last, since it takes a day.
    at("Moved Bank", &[GOOD, WAIT], ConnectedAndRepaired),
];

/// All of them.
pub(super) const GROUPS: [&[Story]; 5] = [TYPED_ANSWERS, OTHER_ANSWERS, DETOURS, DEAD_ENDS, OWN_WAYS];

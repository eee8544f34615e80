//! How micro-deposits go: courses as data, and the numbers that choose one.
//!
//! Days are days of the practice clock, weekends too. All times are made up; Quovo's pages say "several days" and "3-4
//! business days".

use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// So long after the deposits arrived the aggregator finds them in a linked account's transactions.
pub(crate) const FOUND_AFTER: Duration = DAY;

/// So long after they were asked for, deposits that nobody confirmed are given up.
pub(crate) const GIVEN_UP_AFTER: Duration = Duration::from_hours(30 * 24);

/// Where a pair of deposits stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DepositStatus {
    Requested,
    Submitted,
    Transferred,
    Verified,
    Failed(DepositError),
    VerificationFailed,
}

impl DepositStatus {
    /// The word on the wire. Quovo's table says `deposit_failed`, its examples `failed` (quovo.md 9.1).
    pub(crate) const fn word(self, failed: &'static str) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Submitted => "submitted",
            Self::Transferred => "transferred",
            Self::Verified => "verified",
            Self::Failed(_) => failed,
            Self::VerificationFailed => "verification_failed",
        }
    }

    /// Whether amounts may be tried.
    pub(crate) const fn takes_amounts(self) -> bool {
        matches!(self, Self::Submitted | Self::Transferred)
    }
}

/// Why deposits failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DepositError {
    InvalidAccountNumber,
    InvalidBankAccount,
    InvalidRoutingNumber,
    /// The aggregator's own trouble: it sends again by itself.
    ProcessError,
}

impl DepositError {
    /// The id on the wire.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::InvalidAccountNumber => "invalid_account_number",
            Self::InvalidBankAccount => "invalid_bank_account",
            Self::InvalidRoutingNumber => "invalid_routing_number",
            Self::ProcessError => "process_error",
        }
    }

    /// The text on the wire: the first sentence of Quovo's table of codes, which its examples use for the first.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::InvalidAccountNumber => "The account number is not recognized by the end institution.",
            Self::InvalidBankAccount => {
                "The targeted bank account cannot complete ACH transfers at this time."
            }
            Self::InvalidRoutingNumber => {
                "The routing number does not belong to a valid ACH-enabled institution."
            }
            Self::ProcessError => "There was a Quovo-side issue attempting the ACH transfer.",
        }
    }
}

/// The way that a pair of deposits goes by itself.
#[derive(Debug)]
pub(crate) struct Course {
    pub(crate) stages: &'static [Stage],
    /// Whether the aggregator finds them on a linked account whose number ends as the one given.
    pub(crate) is_found: bool,
    /// The status word for failed deposits.
    pub(crate) failed_word: &'static str,
}

/// A status, and for how long.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) status: DepositStatus,
    /// For ever when absent.
    pub(crate) lasts: Option<Duration>,
}

const fn stage(status: DepositStatus, lasts: Duration) -> Stage {
    Stage { status, lasts: Some(lasts) }
}

const fn last(status: DepositStatus) -> Stage {
    Stage { status, lasts: None }
}

const fn course(stages: &'static [Stage]) -> Course {
    Course { stages, is_found: true, failed_word: "deposit_failed" }
}

const TO_SEND: Duration = HOUR.saturating_mul(2);
const ON_THE_WAY: Duration = HOUR.saturating_mul(46);

const REQUESTED: Stage = stage(DepositStatus::Requested, TO_SEND);
const SUBMITTED: Stage = stage(DepositStatus::Submitted, ON_THE_WAY);
const BOUNCING: Stage = stage(DepositStatus::Submitted, DAY);
const ARRIVED: Stage = last(DepositStatus::Transferred);

/// Sent after two hours, there after two days.
static ARRIVES: Course = course(&[REQUESTED, SUBMITTED, ARRIVED]);
static NEVER_FOUND: Course = Course { is_found: false, ..course(&[REQUESTED, SUBMITTED, ARRIVED]) };
static LATE: Course = course(&[REQUESTED, stage(DepositStatus::Submitted, DAY.saturating_mul(6)), ARRIVED]);
static UNKNOWN_ACCOUNT: Course =
    course(&[REQUESTED, BOUNCING, last(DepositStatus::Failed(DepositError::InvalidAccountNumber))]);
static UNKNOWN_ACCOUNT_IN_OTHER_WORDS: Course = Course {
    failed_word: "failed",
    ..course(&[REQUESTED, BOUNCING, last(DepositStatus::Failed(DepositError::InvalidAccountNumber))])
};
/// Takes no transfers: the number, or an account such as a card.
pub(crate) static TAKES_NONE: Course =
    course(&[REQUESTED, BOUNCING, last(DepositStatus::Failed(DepositError::InvalidBankAccount))]);
static UNKNOWN_ROUTING: Course =
    course(&[REQUESTED, last(DepositStatus::Failed(DepositError::InvalidRoutingNumber))]);
static SENT_AGAIN: Course =
    course(&[REQUESTED, stage(DepositStatus::Failed(DepositError::ProcessError), DAY), SUBMITTED, ARRIVED]);

/// What a person can bring about on the console: a word, and the course from there on.
static FORCED: &[(&str, Course)] = &[
    ("submitted", course(&[SUBMITTED, ARRIVED])),
    ("transferred", course(&[ARRIVED])),
    ("verified", course(&[last(DepositStatus::Verified)])),
    ("invalid_account_number", course(&[last(DepositStatus::Failed(DepositError::InvalidAccountNumber))])),
    ("invalid_bank_account", course(&[last(DepositStatus::Failed(DepositError::InvalidBankAccount))])),
    ("invalid_routing_number", course(&[last(DepositStatus::Failed(DepositError::InvalidRoutingNumber))])),
    (
        "process_error",
        course(&[stage(DepositStatus::Failed(DepositError::ProcessError), DAY), SUBMITTED, ARRIVED]),
    ),
    ("verification_failed", course(&[last(DepositStatus::VerificationFailed)])),
];

/// The course that a person forces by this word, and the word as it is told.
pub(crate) fn forced(outcome: &str) -> Option<(&'static str, &'static Course)> {
    FORCED.iter().find(|(word, _)| *word == outcome).map(|(word, course)| (*word, course))
}

/// The words for [`forced`], in the order in which to show them.
pub(crate) fn forced_outcomes() -> impl Iterator<Item = &'static str> {
    FORCED.iter().map(|(word, _)| *word)
}

/// A number that leads micro-deposits to an outcome. Every other number that can be one arrives.
#[derive(Debug)]
pub struct PracticeNumber {
    /// Which number it is.
    pub field: NumberField,
    /// Its digits, or those it begins with: see [`Self::is_beginning`].
    pub digits: &'static str,
    /// Whether any number counts that begins so, whatever its end: the end may have to fit a linked account.
    pub is_beginning: bool,
    /// What happens, for people.
    pub outcome: &'static str,
    /// Whether Quovo's pages show it; else it is made up here.
    pub is_documented: bool,
    course: &'static Course,
}

/// One of the two numbers that deposits need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberField {
    /// The account number (`name` on the wire).
    Account,
    /// The routing number.
    Routing,
}

/// Every number with an outcome of its own.
#[must_use]
pub fn practice_numbers() -> &'static [PracticeNumber] {
    NUMBERS
}

const fn account(digits: &'static str, outcome: &'static str, course: &'static Course) -> PracticeNumber {
    PracticeNumber {
        field: NumberField::Account,
        digits,
        is_beginning: true,
        outcome,
        is_documented: false,
        course,
    }
}

/// The account number of Quovo's examples: found on every linked account, whatever that account's number is.
const DOCUMENTED: &str = "569339485397";

static NUMBERS: &[PracticeNumber] = &[
    PracticeNumber {
        is_beginning: false,
        is_documented: true,
        ..account(DOCUMENTED, "Arrives; found by itself on any linked account.", &ARRIVES)
    },
    PracticeNumber {
        field: NumberField::Routing,
        is_beginning: false,
        is_documented: true,
        ..account(
            "306061549",
            "Takes transfers, as every well-formed routing number not named here.",
            &ARRIVES,
        )
    },
    account("99001", "`invalid_account_number` a day after it was sent.", &UNKNOWN_ACCOUNT),
    account("99002", "`invalid_bank_account` a day after it was sent.", &TAKES_NONE),
    account("99003", "`process_error`; a day later sent again by itself, and arrives.", &SENT_AGAIN),
    account(
        "99004",
        "`invalid_account_number`, with the status `failed` as Quovo's examples print it.",
        &UNKNOWN_ACCOUNT_IN_OTHER_WORDS,
    ),
    account("99005", "Arrives, but is not found by itself.", &NEVER_FOUND),
    account("99006", "Arrives late, after six days.", &LATE),
    account("99007", "`invalid_routing_number`, and nothing is sent.", &UNKNOWN_ROUTING),
    PracticeNumber {
        field: NumberField::Routing,
        is_beginning: false,
        ..account("129999911", "`invalid_routing_number`, and nothing is sent.", &UNKNOWN_ROUTING)
    },
];

/// The course that deposits to these numbers take.
pub(crate) fn course_for(account: &str, routing: &str) -> &'static Course {
    let is_named = |number: &&PracticeNumber| match number.field {
        NumberField::Account if number.is_beginning => account.starts_with(number.digits),
        NumberField::Account => account == number.digits,
        NumberField::Routing => routing == number.digits,
    };
    // What goes wrong wins over what goes well.
    let named: Vec<_> = practice_numbers().iter().filter(is_named).map(|number| number.course).collect();
    let wrong = named.into_iter().find(|course| !std::ptr::eq(*course, &raw const ARRIVES));
    wrong.unwrap_or(if has_checksum(routing) { &ARRIVES } else { &UNKNOWN_ROUTING })
}

/// Whether deposits to `given` are seen on a linked account with the number `known`: they end alike, since people see
/// no more of a number than its end.
pub(crate) fn is_seen_on(given: &str, known: &str) -> bool {
    let end = |number: &str| number.get(number.len().saturating_sub(4)..).map(str::to_owned);
    given == DOCUMENTED || end(given) == end(known)
}

/// The checksum of routing numbers: 3-7-1, modulo ten.
fn has_checksum(routing: &str) -> bool {
    let digits = routing.bytes().map(|digit| u32::from(digit.wrapping_sub(b'0')));
    let sum: u32 = digits.zip([3, 7, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: (&str, &str) = ("400123456789", "129999908");

    fn ends(account: &str, routing: &str) -> DepositStatus {
        course_for(account, routing).stages.last().unwrap().status
    }

    #[test]
    fn every_number_has_its_course_and_others_arrive() {
        assert_eq!(ends(PLAIN.0, PLAIN.1), DepositStatus::Transferred);
        assert_eq!(ends(DOCUMENTED, "306061549"), DepositStatus::Transferred);
        for number in practice_numbers() {
            let (account, routing) = match number.field {
                NumberField::Account if number.is_beginning => (format!("{}4321", number.digits), PLAIN.1),
                NumberField::Account => (number.digits.to_owned(), PLAIN.1),
                NumberField::Routing => (PLAIN.0.to_owned(), number.digits),
            };
            assert!(std::ptr::eq(course_for(&account, routing), number.course), "{account}, {routing}");
        }
    }

    #[test]
    fn a_routing_number_without_its_checksum_fails_and_what_is_wrong_wins() {
        let unknown = DepositStatus::Failed(DepositError::InvalidRoutingNumber);
        assert_eq!(ends(PLAIN.0, "129999909"), unknown);
        assert_eq!(ends(DOCUMENTED, "129999911"), unknown, "although the account number is fine");
        assert!(has_checksum("129999911") && has_checksum("306061549"), "they can be typed");
    }

    #[test]
    fn a_course_stands_still_only_at_its_end() {
        let named = practice_numbers().iter().map(|number| number.course);
        for course in named.chain(FORCED.iter().map(|(_, course)| course)).chain([&TAKES_NONE]) {
            let (last, before) = course.stages.split_last().unwrap();
            assert!(last.lasts.is_none(), "{course:?}");
            assert!(before.iter().all(|stage| stage.lasts.is_some()), "{course:?}");
        }
    }
}

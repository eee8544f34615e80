//! Why a step fails (basiq.md 6): codes with words that a person may read.

use std::borrow::Cow;

/// Why a step failed, as its `result` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: Cow<'static, str>,
    pub(crate) title: &'static str,
    pub(crate) detail: &'static str,
}

/// What is said with a code. An unknown one has no words of its own.
pub(crate) fn failure(code: &str) -> Failure {
    match KNOWN.iter().find(|(known, ..)| *known == code) {
        Some(&(code, title, detail)) => Failure { code: Cow::Borrowed(code), title, detail },
        None => Failure {
            code: Cow::Owned(code.to_owned()),
            title: "Something else",
            detail: "A code that no page lists.",
        },
    }
}

impl Failure {
    /// The login is locked: the same code as for a wrong password, told apart by words only.
    pub(crate) const LOCKED: Self = Self {
        code: Cow::Borrowed("invalid-credentials"),
        title: "Account is locked",
        detail: "The account is locked. Unlock it with the institution before trying again.",
    };
    /// The person said no at the bank.
    pub(crate) const REFUSED_AT_BANK: Self = Self {
        code: Cow::Borrowed("authorization-failed"),
        title: "Authorization failed",
        detail: "access_denied",
    };
    /// The consent at the bank is over.
    pub(crate) const ARRANGEMENT_OVER: Self = Self {
        code: Cow::Borrowed("authorization-failed"),
        title: "Authorization failed",
        detail: "The arrangement with the data holder has expired.",
    };
}

static KNOWN: &[(&str, &str, &str)] = &[
    (
        "invalid-credentials",
        "Cannot login to the institution",
        "The user name or password is wrong. Check them and try again.",
    ),
    (
        "account-not-accessible-requires-user-action",
        "The account needs an action of its user",
        "Log in at the institution, follow what it asks for, and try again.",
    ),
    (
        "user-action-required",
        "The account needs an action of its user",
        "Log in at the institution, follow what it asks for, and try again.",
    ),
    (
        "service-unavailable",
        "The institution is unavailable",
        "The institution cannot be reached at the moment. Try again later.",
    ),
    ("system-unavailable", "The system is unavailable", "Try again later."),
    ("connector-error", "The connector failed", "Try again later."),
    ("unknown-error", "Something went wrong", "Try again later."),
    ("job-timed-out", "The job took too long", "Try again later."),
    ("maintenance", "The institution is being maintained", "Try again later."),
    ("maintenance-error", "The institution is being maintained", "Try again later."),
    ("institution-not-available", "The institution is not available", "Choose another institution."),
    ("too-many-requests", "Too many requests", "Wait before trying again."),
    ("authorization-failed", "Authorization failed", "access_denied"),
];

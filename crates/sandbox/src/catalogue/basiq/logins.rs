//! The documented test logins (basiq.md 10), and what each leads to.

use super::failures::{Failure, failure};
use super::holdings::{self, Holding};
use super::{BasiqConnector, Place};

/// A test login of Basiq's.
#[derive(Debug)]
pub struct BasiqLogin {
    /// What is typed as login id.
    pub login_id: &'static str,
    /// What is typed as password.
    pub password: &'static str,
    /// What happens, in words.
    pub outcome: &'static str,
    pub(crate) challenge: Challenge,
    pub(crate) fails: Fails,
    pub(crate) holdings: &'static [Holding],
}

/// The steps of a job, in order (basiq.md 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StepTitle {
    VerifyCredentials,
    MfaChallenge,
    RetrieveAccounts,
    RetrieveTransactions,
}

/// What a bank that asks wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// The favourite company, and the id of the institution.
    TwoQuestions,
    /// The first company.
    OneQuestion,
    /// A code.
    Code,
    /// Something to approve in the bank's app.
    Approval,
}

/// Where, and why, a login always fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fails {
    Never,
    Locked,
    At(StepTitle, &'static str),
}

/// Every test login.
#[must_use]
pub fn basiq_logins() -> &'static [BasiqLogin] {
    LOGINS
}

const PLAIN: BasiqLogin = BasiqLogin {
    login_id: "",
    password: "",
    outcome: "",
    // Basiq documents none for its newer logins; they are asked for a code here.
    challenge: Challenge::Code,
    fails: Fails::Never,
    holdings: holdings::SALARY,
};

static LOGINS: &[BasiqLogin] = &[
    BasiqLogin {
        login_id: "Wentworth-Smith",
        password: "whislter",
        outcome: "A joint account, a mortgage and a card.",
        challenge: Challenge::TwoQuestions,
        holdings: holdings::JOINT,
        ..PLAIN
    },
    BasiqLogin {
        login_id: "Whistler",
        password: "ShowBox",
        outcome: "One salary.",
        challenge: Challenge::TwoQuestions,
        ..PLAIN
    },
    BasiqLogin {
        login_id: "Gilfoyle",
        password: "PiedPiper",
        outcome: "One account.",
        challenge: Challenge::OneQuestion,
        holdings: holdings::STOPPED,
        ..PLAIN
    },
    BasiqLogin {
        login_id: "gavinBelson",
        password: "hooli2016",
        outcome: "Savings, a salary and a loan.",
        challenge: Challenge::OneQuestion,
        holdings: holdings::BELSON,
        ..PLAIN
    },
    BasiqLogin {
        login_id: "jared",
        password: "django",
        outcome: "An account and a term deposit.",
        holdings: holdings::GIG,
        ..PLAIN
    },
    BasiqLogin {
        login_id: "richard",
        password: "tabsnotspaces",
        outcome: "Several mortgages and cards.",
        holdings: holdings::MANY,
        ..PLAIN
    },
    BasiqLogin {
        login_id: "laurieBream",
        password: "business2024",
        outcome: "A business account.",
        holdings: holdings::BUSINESS,
        ..PLAIN
    },
    BasiqLogin {
        login_id: "ashMann",
        password: "hooli2024",
        outcome: "One account.",
        holdings: holdings::FLAGGED,
        ..PLAIN
    },
    BasiqLogin {
        login_id: "bighead",
        password: "password",
        outcome: "The login is locked: `invalid-credentials` at `verify-credentials`.",
        fails: Fails::Locked,
        ..PLAIN
    },
    BasiqLogin {
        login_id: "erlich",
        password: "aviato",
        outcome: "`account-not-accessible-requires-user-action` at `retrieve-accounts`.",
        fails: Fails::At(StepTitle::RetrieveAccounts, "account-not-accessible-requires-user-action"),
        ..PLAIN
    },
    BasiqLogin {
        login_id: "jianYang",
        password: "nothotdog",
        outcome: "`service-unavailable` at `verify-credentials`.",
        fails: Fails::At(StepTitle::VerifyCredentials, "service-unavailable"),
        ..PLAIN
    },
];

impl BasiqLogin {
    /// The right answers at Pied Piper Bank, which always asks, in words for a table.
    #[must_use]
    pub fn answers(&self) -> String {
        match (self.fails, self.challenge) {
            (Fails::Locked | Fails::At(StepTitle::VerifyCredentials, _), _) => "–".to_owned(),
            (_, Challenge::TwoQuestions) => {
                "Favourite company → `Basiq`; this institution's id → `AU00000`".to_owned()
            }
            (_, Challenge::OneQuestion) => "First company → `Hooli`".to_owned(),
            (_, Challenge::Code | Challenge::Approval) => "OTP Password → `1234`".to_owned(),
        }
    }

    /// Where and why it fails.
    pub(crate) fn failure(&self) -> Option<(StepTitle, Failure)> {
        match self.fails {
            Fails::Never => None,
            Fails::Locked => Some((StepTitle::VerifyCredentials, Failure::LOCKED)),
            Fails::At(step, code) => Some((step, failure(code))),
        }
    }

    /// What it is asked at an institution that asks.
    pub(crate) fn challenge_at(&self, connector: &BasiqConnector) -> Challenge {
        match connector.place {
            Place::Here => self.challenge,
            Place::InTheApp => Challenge::Approval,
        }
    }
}

impl StepTitle {
    const ALL: [Self; 4] =
        [Self::VerifyCredentials, Self::MfaChallenge, Self::RetrieveAccounts, Self::RetrieveTransactions];

    /// Basiq's word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::VerifyCredentials => "verify-credentials",
            Self::MfaChallenge => "mfa-challenge",
            Self::RetrieveAccounts => "retrieve-accounts",
            Self::RetrieveTransactions => "retrieve-transactions",
        }
    }

    /// The one that is called so.
    pub(crate) fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|title| title.word() == word)
    }
}

impl Challenge {
    /// `method` of a challenge (basiq.md 5).
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::TwoQuestions | Self::OneQuestion => "security-questions",
            Self::Code | Self::Approval => "token",
        }
    }

    /// What is shown above the fields.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::TwoQuestions | Self::OneQuestion => "Answer your security questions.",
            Self::Code => "Enter the code that was sent to you.",
            Self::Approval => "Approve the login in your bank's app.",
        }
    }

    /// A label for each field.
    pub(crate) fn input(self) -> &'static [&'static str] {
        match self {
            Self::TwoQuestions => &["What is your favourite company?", "What is the id of this institution?"],
            Self::OneQuestion => &["What was your first company?"],
            Self::Code => &["OTP Password"],
            Self::Approval => &[],
        }
    }

    /// How many answers are wanted: an approval is confirmed by one word (basiq.md 5).
    pub(crate) fn answers_wanted(self) -> usize {
        self.input().len().max(1)
    }

    /// Whether these are right at the institution of this id. Case and outer spaces do not count.
    pub(crate) fn takes(self, answers: &[&str], institution: &str) -> bool {
        let is = |at: usize, right: &str| {
            answers.get(at).is_some_and(|given| given.trim().eq_ignore_ascii_case(right))
        };
        answers.len() == self.answers_wanted()
            && match self {
                // The tables say AU00000 wherever it is asked, an example says the institution's own (basiq.md 11.14).
                Self::TwoQuestions => is(0, "Basiq") && (is(1, "AU00000") || is(1, institution)),
                Self::OneQuestion => is(0, "Hooli"),
                Self::Code => is(0, "1234"),
                Self::Approval => is(0, "confirmed"),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_challenge_takes_its_right_answers_and_no_others() {
        for (challenge, right) in [
            (Challenge::TwoQuestions, vec!["Basiq", "AU00000"]),
            (Challenge::TwoQuestions, vec![" basiq ", "AU00002"]),
            (Challenge::OneQuestion, vec!["Hooli"]),
            (Challenge::Code, vec!["1234"]),
            (Challenge::Approval, vec!["confirmed"]),
        ] {
            assert!(challenge.takes(&right, "AU00002"), "{challenge:?} {right:?}");
            assert_eq!(challenge.answers_wanted(), right.len(), "{challenge:?}");
            for wrong in [&[][..], &[""], &["no", "no"], &["Hooli", "1234", "Basiq"]] {
                assert!(!challenge.takes(wrong, "AU00002"), "{challenge:?} {wrong:?}");
            }
        }
    }

    #[test]
    fn every_step_is_read_by_its_own_word() {
        for title in StepTitle::ALL {
            assert_eq!(StepTitle::read(title.word()), Some(title));
        }
        assert_eq!(StepTitle::read("retrieve-statements"), None);
    }
}

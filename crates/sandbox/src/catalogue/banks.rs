//! The practice banks: institutions marked `is_test`, each of which shows one thing.

use crate::id::InstitutionId;
use std::time::Duration;

use super::logins::{PracticeAnswer, answers_of};
use super::{GOOD, PASSCODE, Script, scripts};

/// A bank that exists for practice only. Log in with `practice-good`.
#[derive(Debug)]
pub struct PracticeBank {
    /// Its id, in 900001…; no institution Quovo's pages name lies there.
    pub id: InstitutionId,
    /// Its name, which says what it shows.
    pub name: &'static str,
    /// Its web domain, under the reserved `.example`.
    pub website: &'static str,
    /// What it shows, for people.
    pub shows: &'static str,
    /// The passcode that `practice-good` takes here.
    pub passcode: &'static str,
    pub(crate) username_label: Option<&'static str>,
    pub(crate) passcode_label: Option<&'static str>,
    pub(crate) notes: Option<&'static str>,
    pub(crate) instant: bool,
    pub(crate) sign_in: SignIn,
    /// How long its own page thinks about a yes.
    pub(crate) page_takes: Duration,
    pub(crate) script: &'static Script,
    /// Whether it takes every login that is not empty.
    pub(crate) takes_any_login: bool,
    pub(crate) owner_details: OwnerDetails,
    pub(crate) hang_up: HangUp,
}

/// What a bank tells of an account's owner beyond the name, in v2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnerDetails {
    All,
    /// No email address, and an error in its place.
    NoEmail,
    /// None: the aggregator has not allowed them.
    Withheld,
}

/// What comes of a blocking sync whose caller hangs up.
///
/// Quovo's pages do not say, and both can be read out of them: the sync is the aggregator's and shows in `GET …/sync`,
/// or it is the request and ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HangUp {
    /// The sync goes on; a poll shows how it ends.
    GoesOn,
    /// The sync is given up: the connection is as it was before it.
    GivesUp,
}

impl PracticeBank {
    /// Whether it takes a login; otherwise people sign in on its own page only.
    #[must_use]
    pub fn takes_logins(&self) -> bool {
        self.sign_in != SignIn::OwnPage
    }

    /// The right answers to what it asks, in order.
    #[must_use]
    pub fn answers(&self) -> Vec<PracticeAnswer> {
        answers_of(self.script)
    }
}

/// Where people sign in at a bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignIn {
    /// With a login that is typed elsewhere.
    Login,
    /// On its own page.
    OwnPage,
    /// Either way.
    Either,
    /// With a login; a day after the first good sync the bank wants it given again.
    Lapses,
    /// With a login; a day after the first good sync it has moved to its own page, and the login is worth nothing.
    Moves,
}

impl SignIn {
    /// Whether the list says that it has a page of its own.
    pub(crate) const fn is_oauth(self) -> bool {
        matches!(self, Self::OwnPage | Self::Either)
    }
}

/// Every practice bank.
#[must_use]
pub fn practice_banks() -> &'static [PracticeBank] {
    BANKS
}

pub(super) const fn bank(
    id: u64,
    name: &'static str,
    website: &'static str,
    shows: &'static str,
    script: &'static Script,
) -> PracticeBank {
    PracticeBank {
        id: InstitutionId(id),
        name,
        website,
        shows,
        passcode: PASSCODE,
        username_label: None,
        passcode_label: None,
        notes: None,
        instant: true,
        sign_in: SignIn::Login,
        page_takes: Duration::ZERO,
        script,
        takes_any_login: false,
        owner_details: OwnerDetails::All,
        hang_up: HangUp::GoesOn,
    }
}

static BANKS: &[PracticeBank] = &[
    PracticeBank {
        username_label: Some("Member number"),
        passcode_label: Some("Passcode"),
        notes: Some("Use the member number on your statement, not the number on your card."),
        ..bank(900_001, "Harbour Savings", "harbour.example", "Own labels and a note; asks nothing.", &GOOD)
    },
    bank(900_002, "Cedar Credit Union", "cedar.example", "One question.", &scripts::QUESTION),
    bank(
        900_003,
        "Two Questions Bank",
        "two-questions.example",
        "Two questions at once.",
        &scripts::TWO_QUESTIONS,
    ),
    bank(900_004, "Slow Lane Bank", "slow-lane.example", "Many steps of progress.", &scripts::SLOW),
    PracticeBank {
        passcode: "practice-open-sesame",
        ..bank(
            900_005,
            "Wrong Password Bank",
            "wrong-password.example",
            "Refuses every passcode but its own.",
            &GOOD,
        )
    },
    bank(
        900_006,
        "Two Rounds Bank",
        "two-rounds.example",
        "One question, then another.",
        &scripts::TWO_ROUNDS,
    ),
    bank(900_007, "Choices Bank", "choices.example", "A question with options.", &scripts::CHOICES),
    bank(900_008, "Picture Text Bank", "picture-text.example", "Characters in a picture.", &scripts::IMAGE),
    bank(
        900_009,
        "Picture Choice Bank",
        "picture-choice.example",
        "A picture to pick.",
        &scripts::IMAGE_CHOICES,
    ),
    bank(
        900_010,
        "One-Time Code Bank",
        "one-time-code.example",
        "Choose where a code is sent, then type it in time.",
        &scripts::ONE_TIME_CODE,
    ),
    bank(
        900_011,
        "Security Device Bank",
        "security-device.example",
        "A code to type within a minute, at once.",
        &scripts::DEVICE,
    ),
    bank(
        900_012,
        "New Terms Bank",
        "new-terms.example",
        "Something to do on the bank's site; good on the second try.",
        &scripts::USER_CONFIG,
    ),
    bank(
        900_013,
        "Start Again Bank",
        "start-again.example",
        "Has to be started again; good on the second try.",
        &scripts::RESYNC,
    ),
    bank(900_014, "Postponed Bank", "postponed.example", "Put off.", &scripts::POSTPONED),
    bank(900_015, "Maintenance Bank", "maintenance.example", "Being repaired.", &scripts::MAINTENANCE),
    bank(900_016, "Unavailable Bank", "unavailable.example", "Cannot be reached.", &scripts::UNAVAILABLE),
    bank(900_017, "No Accounts Bank", "no-accounts.example", "No account found.", &scripts::NO_ACCOUNTS),
    bank(
        900_018,
        "Forty Seconds Bank",
        "forty-seconds.example",
        "A sync of forty seconds, to try patience with blocking calls.",
        &scripts::FORTY_SECONDS,
    ),
    PracticeBank {
        instant: false,
        ..bank(
            900_019,
            "No Instant Bank",
            "no-instant.example",
            "Links, but offers no instant verification.",
            &GOOD,
        )
    },
    bank(
        900_020,
        "Approve In App Bank",
        "approve-in-app.example",
        "Something to approve elsewhere; it happens by itself.",
        &scripts::APPROVAL,
    ),
    bank(900_021, "Locked Login Bank", "locked-login.example", "Has locked the login.", &scripts::LOCKED),
    PracticeBank {
        passcode: "practice-open-sesame",
        ..bank(
            900_022,
            "Wrong Then Question Bank",
            "wrong-then-question.example",
            "Refuses every passcode but its own, then asks a question.",
            &scripts::QUESTION,
        )
    },
    bank(
        900_023,
        "Terms Then Question Bank",
        "terms-then-question.example",
        "Something to do on the bank's site, then a question.",
        &scripts::USER_CONFIG_THEN_QUESTION,
    ),
    bank(900_024, "Vanishing Bank", "vanishing.example", "The connection is removed.", &scripts::DELETED),
    bank(
        900_025,
        "Something New Bank",
        "something-new.example",
        "A status that nobody has heard of.",
        &scripts::NEWER,
    ),
    PracticeBank {
        sign_in: SignIn::OwnPage,
        ..bank(900_026, "Own Page Bank", "own-page.example", "Sign-in on its own page.", &GOOD)
    },
    PracticeBank {
        sign_in: SignIn::Either,
        username_label: Some("User name"),
        passcode_label: Some("Passcode"),
        ..bank(900_027, "Both Ways Bank", "both-ways.example", "Sign-in on its own page, or a login.", &GOOD)
    },
    PracticeBank {
        sign_in: SignIn::OwnPage,
        page_takes: Duration::from_secs(5),
        ..bank(
            900_028,
            "Slow Page Bank",
            "slow-page.example",
            "Its own page thinks for five seconds, then many steps of progress.",
            &scripts::SLOW,
        )
    },
    PracticeBank {
        sign_in: SignIn::Moves,
        ..bank(
            900_029,
            "Moved Bank",
            "moved.example",
            "Takes a login; a day later, to be repaired on its own page.",
            &GOOD,
        )
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_a_row_and_websites_are_reserved_ones() {
        for (at, bank) in practice_banks().iter().enumerate() {
            assert_eq!(bank.id.0, 900_001 + at as u64, "{}", bank.name);
            assert!(bank.website.ends_with(".example"), "{} could belong to somebody", bank.website);
        }
    }

    #[test]
    fn the_wrong_password_bank_takes_no_passcode_of_a_practice_login() {
        let bank = practice_banks().iter().find(|bank| bank.name == "Wrong Password Bank").unwrap();
        assert!(
            super::super::logins().iter().all(|login| login.passcode != bank.passcode),
            "a practice passcode would get in"
        );
    }
}
